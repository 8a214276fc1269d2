-- A hotel: its rooms and the bookings of its guests; some guests gave no rating.
CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    number INTEGER,
    kind TEXT,
    floor INTEGER,
    price INTEGER
);
CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    guest TEXT,
    nights INTEGER,
    rating INTEGER,
    room_id INTEGER,
    FOREIGN KEY (room_id) REFERENCES room(id)
);
INSERT INTO room (id, number, kind, floor, price) VALUES
    (1, 101, 'single', 1, 60),
    (2, 102, 'single', 1, 65),
    (3, 103, 'double', 1, 88),
    (4, 201, 'double', 2, 95),
    (5, 202, 'double', 2, 99),
    (6, 203, 'family', 2, 130),
    (7, 204, 'single', 2, 70),
    (8, 301, 'suite', 3, 210),
    (9, 302, 'double', 3, 105),
    (10, 303, 'family', 3, 145),
    (11, 401, 'suite', 4, 260),
    (12, 402, 'suite', 4, 240);
INSERT INTO booking (id, guest, nights, rating, room_id) VALUES
    (1, 'Anna Kowalska', 2, 8, 1),
    (2, 'Zoë Bell', 5, 9, 3),
    (3, 'Mark O''Connor', 1, NULL, 2),
    (4, 'Luis Peña', 3, 7, 4),
    (5, 'Anna Kowalska', 4, 10, 8),
    (6, 'Ivan Petrov', 7, 6, 5),
    (7, 'Clara Jung', 6, 9, 6),
    (8, 'Mark O''Connor', 2, 8, 9),
    (9, 'Zoë Bell', 10, NULL, 10),
    (10, 'Peter Lang', 1, 10, 11),
    (11, 'Anna Kowalska', 9, 5, 4),
    (12, 'Helen Moss', 3, 7, 3),
    (13, 'Luis Peña', 2, 4, 1),
    (14, 'Ravi Shah', 12, 9, 8),
    (15, 'Clara Jung', 4, NULL, 5),
    (16, 'Helen Moss', 8, 6, 9),
    (17, 'Ravi Shah', 1, 3, 2),
    (18, 'Sofia Greco', 14, 8, 3);

-- A railway: its stations, its trains and the stops that the trains make at the stations.
CREATE TABLE station (
    id INTEGER PRIMARY KEY,
    name TEXT,
    city TEXT,
    platforms INTEGER
);
CREATE TABLE train (
    id INTEGER PRIMARY KEY,
    name TEXT,
    kind TEXT,
    seats INTEGER,
    built INTEGER
);
CREATE TABLE stop (
    id INTEGER PRIMARY KEY,
    train_id INTEGER,
    station_id INTEGER,
    minutes INTEGER,
    FOREIGN KEY (train_id) REFERENCES train(id),
    FOREIGN KEY (station_id) REFERENCES station(id)
);
INSERT INTO station (id, name, city, platforms) VALUES
    (1, 'Central', 'Hamburg', 14),
    (2, 'Harbour Gate', 'Hamburg', 6),
    (3, 'King''s Hill', 'Bremen', 4),
    (4, 'Fabryczna', 'Łódź', 8),
    (5, 'Airport', 'Hamburg', 3),
    (6, 'Old Mill', 'Bremen', 2),
    (7, 'Riverside', 'Geneva', 10),
    (8, 'University', 'Łódź', 5),
    (9, 'North End', 'Leipzig', 1),
    (10, 'Lake View', 'Geneva', 7);
INSERT INTO train (id, name, kind, seats, built) VALUES
    (1, 'Blue Arrow', 'express', 420, 2015),
    (2, 'Night Owl', 'night', 180, 1998),
    (3, 'Coast Runner', 'local', 150, 2007),
    (4, 'Queen''s Pride', 'express', 380, NULL),
    (5, 'Red Fox', 'local', 120, 1989),
    (6, 'Alpine Star', 'night', 240, 2003),
    (7, 'Silver Wind', 'express', 510, 2019),
    (8, 'Étoile', 'express', 350, 2011),
    (9, 'Morning Dew', 'local', 95, NULL),
    (10, 'Iron Duke', 'local', 210, 1976),
    (11, 'City Hopper', 'local', 135, 2017);
INSERT INTO stop (id, train_id, station_id, minutes) VALUES
    (1, 1, 1, 8),
    (2, 1, 4, 6),
    (3, 1, 7, 5),
    (4, 2, 1, 15),
    (5, 2, 10, 12),
    (6, 3, 2, 3),
    (7, 3, 5, 2),
    (8, 3, 1, 4),
    (9, 4, 7, 7),
    (10, 4, 3, 5),
    (11, 5, 3, 2),
    (12, 5, 6, 1),
    (13, 6, 7, 20),
    (14, 6, 4, 10),
    (15, 7, 1, 9),
    (16, 7, 4, 4),
    (17, 7, 10, 3),
    (18, 7, 3, 2),
    (19, 8, 8, 6),
    (20, 9, 6, 4);

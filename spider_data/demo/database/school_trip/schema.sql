-- A school: its teachers and the trips that they lead.
CREATE TABLE teacher (
    id INTEGER PRIMARY KEY,
    name TEXT,
    subject TEXT,
    age INTEGER
);
CREATE TABLE trip (
    id INTEGER PRIMARY KEY,
    city TEXT,
    students INTEGER,
    price REAL,
    teacher_id INTEGER,
    FOREIGN KEY (teacher_id) REFERENCES teacher(id)
);
INSERT INTO teacher (id, name, subject, age) VALUES
    (1, 'Zoë Adams', 'art', 34),
    (2, 'Peter Novak', 'math', 51),
    (3, 'Fiona O''Neill', 'history', 45),
    (4, 'Carlos Vega', 'sport', 29),
    (5, 'Helen Marsh', 'math', 38),
    (6, 'Ingrid Dahl', 'music', 62),
    (7, 'Samuel King', 'history', 41),
    (8, 'Nora Haddad', 'art', 56),
    (9, 'Victor Lang', 'math', 27),
    (10, 'Grace Kim', 'music', 48);
INSERT INTO trip (id, city, students, price, teacher_id) VALUES
    (1, 'London', 24, 180.0, 1),
    (2, 'Paris', 31, 245.5, 1),
    (3, 'Kraków', 18, 130.0, 2),
    (4, 'Oxford', 40, 42.5, 3),
    (5, 'London', 36, 165.0, 3),
    (6, 'Rome', 22, 310.0, 3),
    (7, 'Innsbruck', 28, 395.0, 4),
    (8, 'Brighton', 45, NULL, 4),
    (9, 'Paris', 20, 260.0, 5),
    (10, 'Vienna', 16, 275.0, 6),
    (11, 'Kraków', 27, 142.0, 7),
    (12, 'Oxford', 33, NULL, 7),
    (13, 'London', 19, 172.5, 8),
    (14, 'Rome', 25, 325.0, 3),
    (15, 'London', 30, 158.0, 2),
    (16, 'Vienna', 14, 290.0, 10),
    (17, 'Brighton', 50, 35.0, 5);

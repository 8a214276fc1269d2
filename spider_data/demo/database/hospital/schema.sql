-- A hospital: doctors in several cities and the patients they treat.
CREATE TABLE doctor (
    id INTEGER PRIMARY KEY,
    name TEXT,
    specialty TEXT,
    city TEXT,
    salary INTEGER
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY,
    name TEXT,
    age INTEGER,
    illness TEXT,
    doctor_id INTEGER,
    FOREIGN KEY (doctor_id) REFERENCES doctor(id)
);
INSERT INTO doctor (id, name, specialty, city, salary) VALUES
    (1, 'Anna Keller', 'Cardiology', 'Oslo', 98000),
    (2, 'Maeve O''Brien', 'Surgery', 'Dublin', 120000),
    (3, 'Zoë Brandt', 'Pediatrics', 'Oslo', 87000),
    (4, 'Luis Ortega', 'Surgery', 'Lisbon', 110500),
    (5, 'Hanna Virtanen', 'Cardiology', 'Lisbon', 104000),
    (6, 'Tomás Silva', 'Neurology', 'Lisbon', NULL),
    (7, 'Ines Rocha', 'Pediatrics', 'Lisbon', 79500),
    (8, 'Erik Dahl', 'Surgery', 'Oslo', 131000),
    (9, 'Nora Walsh', 'Neurology', 'Dublin', 92000),
    (10, 'Piotr Zieliński', 'Dermatology', 'Kraków', 84000),
    (11, 'Samuel Reed', 'Dermatology', 'Dublin', NULL),
    (12, 'Marta Nowak', 'Surgery', 'Kraków', 101500);
INSERT INTO patient (id, name, age, illness, doctor_id) VALUES
    (1, 'Olga Petrov', 34, 'flu', 1),
    (2, 'Ben Carter', 71, 'angina', 1),
    (3, 'Lena Fischer', 8, 'asthma', 3),
    (4, 'Hugo Martins', 45, 'fracture', 4),
    (5, 'Chloé Dupont', 29, 'fracture', 2),
    (6, 'Sam O''Connor', 66, 'migraine', 9),
    (7, 'Rosa Lima', 52, 'angina', 5),
    (8, 'Jan Kowal', 15, 'eczema', 10),
    (9, 'Mia Berg', 5, 'flu', 3),
    (10, 'Patrick Doyle', 59, 'fracture', 2),
    (11, 'Clara Nunes', 38, 'migraine', 6),
    (12, 'Ivar Holm', 82, 'angina', 1),
    (13, 'Sofia Reis', 19, 'migraine', 6),
    (14, 'Adam Wójcik', 63, 'fracture', 12),
    (15, 'Greta Lund', 12, 'flu', 3),
    (16, 'Tom Byrne', 48, 'fracture', 2),
    (17, 'Finn Moe', 3, 'asthma', 3),
    (18, 'Kasia Bąk', 27, 'eczema', 10),
    (19, 'Pedro Alves', 41, 'fracture', 4),
    (20, 'Nils Strand', 77, 'fracture', 8);

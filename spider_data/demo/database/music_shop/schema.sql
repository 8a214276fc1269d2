-- A music shop: its customers, the instruments it offers and what it sold to whom.
CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT,
    city TEXT,
    age INTEGER
);
CREATE TABLE instrument (
    id INTEGER PRIMARY KEY,
    name TEXT,
    type TEXT,
    maker TEXT,
    price REAL
);
CREATE TABLE sale (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER,
    instrument_id INTEGER,
    year INTEGER,
    quantity INTEGER,
    FOREIGN KEY (customer_id) REFERENCES customer(id),
    FOREIGN KEY (instrument_id) REFERENCES instrument(id)
);
INSERT INTO customer (id, name, city, age) VALUES
    (1, 'Siân Davies', 'Cardiff', 34),
    (2, 'Łukasz Zając', 'Poznań', 27),
    (3, 'Rafael Moura', 'São Paulo', 45),
    (4, 'Molly D''Arcy', 'Cardiff', 61),
    (5, 'Karin Holt', 'Malmö', 52),
    (6, 'Aldo Ricci', 'Turin', 38),
    (7, 'Bianca Conti', 'Turin', 23),
    (8, 'Gwen Pryce', 'Cardiff', 19),
    (9, 'Henrique Dias', 'São Paulo', 70),
    (10, 'Ola Lind', 'Malmö', 41),
    (11, 'Paolo Greco', 'Turin', 57),
    (12, 'Rhys Morgan', 'Cardiff', 48);
INSERT INTO instrument (id, name, type, maker, price) VALUES
    (1, 'violin', 'string', 'Lindqvist', 640.0),
    (2, 'cello', 'string', 'Lindqvist', 1850.0),
    (3, 'acoustic guitar', 'string', 'Harlow', 320.0),
    (4, 'ukulele', 'string', 'Harlow', 85.5),
    (5, 'flute', 'wind', 'Bellmont', 410.0),
    (6, 'clarinet', 'wind', 'Bellmont', 525.0),
    (7, 'trumpet', 'wind', 'Harlow', 480.0),
    (8, 'snare drum', 'percussion', NULL, 210.0),
    (9, 'xylophone', 'percussion', 'Farrow''s Workshop', 175.0),
    (10, 'cajón', 'percussion', NULL, 120.0),
    (11, 'upright piano', 'keyboard', 'Bellmont', 3900.0),
    (12, 'accordion', 'keyboard', 'Farrow''s Workshop', 990.0);
INSERT INTO sale (id, customer_id, instrument_id, year, quantity) VALUES
    (1, 1, 1, 2020, 1),
    (2, 1, 4, 2021, 2),
    (3, 2, 3, 2021, 1),
    (4, 2, 10, 2022, 1),
    (5, 3, 11, 2020, 1),
    (6, 3, 4, 2022, 6),
    (7, 4, 5, 2021, 1),
    (8, 4, 6, 2022, 2),
    (9, 6, 3, 2022, 3),
    (10, 6, 7, 2023, 1),
    (11, 7, 4, 2021, 4),
    (12, 9, 8, 2023, 1),
    (13, 9, 1, 2022, 1),
    (14, 10, 3, 2022, 2),
    (15, 11, 12, 2021, 1),
    (16, 12, 7, 2023, 5),
    (17, 12, 4, 2019, 8),
    (18, 1, 10, 2023, 3),
    (19, 11, 10, 2022, 2);

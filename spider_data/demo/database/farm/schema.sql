-- A farm: its fields and the crops grown on each field in each year.
CREATE TABLE field (
    id INTEGER PRIMARY KEY,
    name TEXT,
    soil TEXT,
    area REAL,
    owner TEXT
);
CREATE TABLE crop (
    id INTEGER PRIMARY KEY,
    name TEXT,
    year INTEGER,
    tons REAL,
    field_id INTEGER,
    FOREIGN KEY (field_id) REFERENCES field(id)
);
INSERT INTO field (id, name, soil, area, owner) VALUES
    (1, 'Long Meadow', 'clay', 12.5, 'Anna Berg'),
    (2, 'Miller''s Corner', 'loam', 8.2, 'Sean O''Hara'),
    (3, 'Hill Top', 'sand', 5.4, 'Anna Berg'),
    (4, 'River Field', 'loam', 20.1, 'Jürgen Voss'),
    (5, 'Black Acre', 'peat', 3.8, 'Sean O''Hara'),
    (6, 'South Slope', 'sand', 9.6, 'Maria Rossi'),
    (7, 'Oak Side', 'loam', 15.3, 'Anna Berg'),
    (8, 'Stone Pit', 'sand', 2.7, 'Jürgen Voss'),
    (9, 'East Bank', 'clay', 17.9, 'Maria Rossi'),
    (10, 'Fox Hollow', 'loam', 6.6, 'Anna Berg');
INSERT INTO crop (id, name, year, tons, field_id) VALUES
    (1, 'wheat', 2021, 61.5, 1),
    (2, 'barley', 2022, 48.2, 1),
    (3, 'potato', 2021, 92.4, 2),
    (4, 'carrot', 2022, 37.8, 2),
    (5, 'rye', 2021, 14.6, 3),
    (6, 'wheat', 2022, 118.3, 4),
    (7, 'maize', 2023, 134.7, 4),
    (8, 'potato', 2023, NULL, 4),
    (9, 'onion', 2022, 21.9, 5),
    (10, 'rye', 2022, 30.1, 6),
    (11, 'carrot', 2023, 55.0, 6),
    (12, 'barley', 2021, 70.8, 7),
    (13, 'maize', 2022, 101.2, 7),
    (14, 'wheat', 2023, 79.4, 7),
    (15, 'wheat', 2020, 88.6, 9),
    (16, 'sugar beet', 2022, 156.9, 9),
    (17, 'barley', 2023, NULL, 9),
    (18, 'onion', 2021, 18.3, 10);

-- Weather stations and their yearly readings: height in metres, rain in mm, mean temperature in degrees Celsius.
CREATE TABLE station (
    id INTEGER PRIMARY KEY,
    name TEXT,
    country TEXT,
    height INTEGER
);
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    station_id INTEGER,
    year INTEGER,
    rain REAL,
    temperature REAL,
    FOREIGN KEY (station_id) REFERENCES station(id)
);
INSERT INTO station (id, name, country, height) VALUES
    (1, 'Zürich Hill', 'Switzerland', 556),
    (2, 'São Miguel', 'Portugal', 71),
    (3, 'Tromsø', 'Norway', 100),
    (4, 'Widow''s Point', 'Ireland', 24),
    (5, 'Alta Pass', 'Norway', 830),
    (6, 'Kilmore', 'Ireland', 180),
    (7, 'Santis Peak', 'Switzerland', 2502),
    (8, 'Faro Beach', 'Portugal', 7),
    (9, 'Bergen Quay', 'Norway', 12),
    (10, 'Davos Lake', 'Switzerland', 1590),
    (11, 'Oban Moor', 'Scotland', 310),
    (12, 'Røros', 'Norway', 640);
INSERT INTO reading (id, station_id, year, rain, temperature) VALUES
    (1, 1, 2019, 1085.5, 9.8),
    (2, 1, 2020, 990.0, 10.4),
    (3, 2, 2019, 1021.3, 17.6),
    (4, 2, 2021, NULL, 17.9),
    (5, 3, 2019, 1031.0, 3.1),
    (6, 3, 2020, 1180.4, 3.9),
    (7, 4, 2020, 1220.5, 10.9),
    (8, 4, 2021, 1145.0, 11.3),
    (9, 5, 2021, 760.2, -1.4),
    (10, 6, 2019, 1104.8, 10.1),
    (11, 6, 2020, NULL, 10.6),
    (12, 6, 2021, 980.6, 10.2),
    (13, 7, 2020, 2640.0, -0.8),
    (14, 7, 2022, 2835.5, -1.9),
    (15, 8, 2021, 505.3, 18.4),
    (16, 8, 2022, 468.7, 19.2),
    (17, 9, 2020, 2390.1, 8.3),
    (18, 9, 2022, 2250.0, 8.8),
    (19, 10, 2022, 1065.9, 4.6),
    (20, 11, 2022, 1540.4, 9.1);

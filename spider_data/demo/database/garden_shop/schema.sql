-- A garden shop: its customers, the plants it sells and who bought which plant; a few plants have no price yet.
CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT,
    city TEXT
);
CREATE TABLE plant (
    id INTEGER PRIMARY KEY,
    name TEXT,
    kind TEXT,
    price REAL
);
CREATE TABLE purchase (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER,
    plant_id INTEGER,
    quantity INTEGER,
    year INTEGER,
    FOREIGN KEY (customer_id) REFERENCES customer(id),
    FOREIGN KEY (plant_id) REFERENCES plant(id)
);
INSERT INTO customer (id, name, city) VALUES
    (1, 'Zoë Martin', 'Leeds'),
    (2, 'Omar Haddad', 'York'),
    (3, 'Siobhán O''Neill', 'Dublin'),
    (4, 'Greta Lind', 'Leeds'),
    (5, 'Paul Stone', 'York'),
    (6, 'Amelia Ward', 'Leeds'),
    (7, 'Karol Nowak', 'Łódź'),
    (8, 'Bea Costa', 'Porto'),
    (9, 'Victor Hale', 'Dublin'),
    (10, 'Nina Frost', 'Leeds'),
    (11, 'Ruth Abbott', 'Porto'),
    (12, 'Dan Pike', 'York');
INSERT INTO plant (id, name, kind, price) VALUES
    (1, 'Lavender', 'shrub', 6.5),
    (2, 'Farmer''s Choice', 'rose', 14.9),
    (3, 'Golden Dawn', 'rose', 12.5),
    (4, 'Silver Birch', 'tree', 45.0),
    (5, 'Apple Tree', 'tree', 38.0),
    (6, 'Mint', 'herb', 2.9),
    (7, 'Basil', 'herb', 2.4),
    (8, 'Thyme', 'herb', 3.2),
    (9, 'Rosemary', 'herb', 4.1),
    (10, 'Box Hedge', 'shrub', 9.8),
    (11, 'Snow Queen', 'rose', 17.3),
    (12, 'Japanese Maple', 'tree', 62.0),
    (13, 'Hydrangea', 'shrub', 11.2),
    (14, 'Giant Fern', 'fern', NULL),
    (15, 'Sage', 'herb', NULL);
INSERT INTO purchase (id, customer_id, plant_id, quantity, year) VALUES
    (1, 1, 6, 4, 2021),
    (2, 1, 2, 1, 2022),
    (3, 2, 4, 2, 2021),
    (4, 2, 1, 6, 2023),
    (5, 3, 3, 3, 2022),
    (6, 3, 7, 5, 2023),
    (7, 4, 5, 1, 2020),
    (8, 4, 6, 7, 2021),
    (9, 5, 10, 12, 2022),
    (10, 6, 11, 2, 2023),
    (11, 6, 8, 8, 2023),
    (12, 6, 1, 9, 2021),
    (13, 7, 12, 1, 2022),
    (14, 8, 9, 10, 2020),
    (15, 8, 13, 2, 2023),
    (16, 9, 2, 3, 2022),
    (17, 10, 6, 15, 2023),
    (18, 10, 3, 4, 2020),
    (19, 11, 5, 2, 2022),
    (20, 6, 6, 3, 2022);

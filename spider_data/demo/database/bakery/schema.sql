-- A bakery: its bakers and the breads they make.
CREATE TABLE baker (
    id INTEGER PRIMARY KEY,
    name TEXT,
    level TEXT,
    wage REAL,
    phone TEXT
);
CREATE TABLE bread (
    id INTEGER PRIMARY KEY,
    name TEXT,
    flour TEXT,
    price REAL,
    baker_id INTEGER,
    FOREIGN KEY (baker_id) REFERENCES baker(id)
);
INSERT INTO baker (id, name, level, wage, phone) VALUES
    (1, 'Hanna Wolf', 'master', 24.5, '555-0101'),
    (2, 'Luís Tavares', 'junior', 15.2, '555-0102'),
    (3, 'Mary O''Connor', 'master', 26.0, NULL),
    (4, 'Nils Berg', 'apprentice', 11.4, '555-0104'),
    (5, 'Olga Petrova', 'senior', 19.8, '555-0105'),
    (6, 'Piotr Łaski', 'senior', 20.6, '555-0106'),
    (7, 'Rosa Conti', 'junior', 14.9, NULL),
    (8, 'Sven Lund', 'apprentice', 10.7, '555-0108'),
    (9, 'Tina Graf', 'junior', 16.3, '555-0109');
INSERT INTO bread (id, name, flour, price, baker_id) VALUES
    (1, 'Farmer''s Loaf', 'rye', 4.8, 1),
    (2, 'White Toast', 'wheat', 2.6, 2),
    (3, 'Baguette', 'wheat', 1.9, 2),
    (4, 'Brötchen', 'wheat', 0.7, 4),
    (5, 'Soda Bread', 'wheat', 3.5, 3),
    (6, 'Dark Rye', 'rye', 5.1, 1),
    (7, 'Spelt Ring', 'spelt', 4.2, 5),
    (8, 'Walnut Bread', 'spelt', 6.4, 5),
    (9, 'Ciabatta', 'wheat', 2.9, 7),
    (10, 'Focaccia', 'wheat', 3.8, 7),
    (11, 'Oat Bun', 'oat', 1.2, 9),
    (12, 'Seed Loaf', 'rye', 5.6, 6),
    (13, 'Brioche', 'wheat', 4.5, 3),
    (14, 'Corn Bread', 'corn', 3.1, 9),
    (15, 'Pumpkin Bread', 'spelt', 5.9, 6),
    (16, 'Olive Bread', 'wheat', 4.9, 3);

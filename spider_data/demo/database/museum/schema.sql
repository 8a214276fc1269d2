-- A museum: the artists it shows and their paintings; the price of a few paintings is unknown.
CREATE TABLE artist (
    id INTEGER PRIMARY KEY,
    name TEXT,
    country TEXT,
    birth_year INTEGER
);
CREATE TABLE painting (
    id INTEGER PRIMARY KEY,
    title TEXT,
    style TEXT,
    price INTEGER,
    artist_id INTEGER,
    FOREIGN KEY (artist_id) REFERENCES artist(id)
);
INSERT INTO artist (id, name, country, birth_year) VALUES
    (1, 'Zoë Larsen', 'Denmark', 1921),
    (2, 'Marcel Dufour', 'France', 1884),
    (3, 'Ada O''Brien', 'Ireland', 1902),
    (4, 'Pietro Gallo', 'Italy', 1876),
    (5, 'Lucie Perrin', 'France', 1915),
    (6, 'Henrik Voss', 'Germany', 1898),
    (7, 'Carla Mendes', 'Portugal', 1933),
    (8, 'Giulia Ferri', 'Italy', 1940),
    (9, 'Émile Roux', 'France', 1869),
    (10, 'Tom Hadley', 'Ireland', 1951),
    (11, 'Ines Duarte', 'Portugal', 1947),
    (12, 'Jonas Brandt', 'Germany', 1928);
INSERT INTO painting (id, title, style, price, artist_id) VALUES
    (1, 'Blue Harbour', 'landscape', 640, 1),
    (2, 'The Baker''s Daughter', 'portrait', 820, 2),
    (3, 'Red Roofs', 'landscape', 310, 2),
    (4, 'Winter Apples', 'still life', 275, 3),
    (5, 'Old Fisherman', 'portrait', 560, 3),
    (6, 'Evening in Lucca', 'landscape', 905, 4),
    (7, 'Three Lemons', 'still life', 190, 4),
    (8, 'Girl with a Lamp', 'portrait', 1250, 5),
    (9, 'Shadow Lines', 'abstract', 430, 6),
    (10, 'Square Moon', 'abstract', 715, 6),
    (11, 'Copper Jug', 'still life', NULL, 7),
    (12, 'Silent Bridge', 'landscape', 480, 7),
    (13, 'Green Circles', 'abstract', 350, 8),
    (14, 'The Violin Teacher', 'portrait', 990, 9),
    (15, 'Café at Noon', 'landscape', NULL, 9),
    (16, 'Snow on the Hill', 'landscape', 525, 9),
    (17, 'Summer Orchard', 'landscape', 375, 10),
    (18, 'The Young Captain', 'portrait', 1100, 12);

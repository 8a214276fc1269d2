-- A cinema: its films and the screenings of each film.
CREATE TABLE film (
    id INTEGER PRIMARY KEY,
    title TEXT,
    genre TEXT,
    year INTEGER,
    minutes INTEGER
);
CREATE TABLE screening (
    id INTEGER PRIMARY KEY,
    hall TEXT,
    price REAL,
    visitors INTEGER,
    film_id INTEGER,
    FOREIGN KEY (film_id) REFERENCES film(id)
);
INSERT INTO film (id, title, genre, year, minutes) VALUES
    (1, 'Red Desert Road', 'western', 1968, 112),
    (2, 'The Baker''s Secret', 'comedy', 2014, 94),
    (3, 'Última Noche', 'drama', 2009, 131),
    (4, 'Star Harvest', 'science fiction', 2021, 148),
    (5, 'Paper Boats', 'drama', 1996, 105),
    (6, 'Two Left Shoes', 'comedy', 2003, 89),
    (7, 'The Long Tunnel', 'thriller', 2018, 122),
    (8, 'Moon Base Nine', 'science fiction', 1984, 117),
    (9, 'Silent Witness Hill', 'thriller', 2011, 126),
    (10, 'Grandma on Tour', 'comedy', 2019, 98),
    (11, 'Émile and the Sea', 'drama', 2023, 143);
INSERT INTO screening (id, hall, price, visitors, film_id) VALUES
    (1, 'Ruby', 8.5, 64, 1),
    (2, 'Ruby', 9.0, 120, 2),
    (3, 'Opal', 7.5, 38, 3),
    (4, 'Grand', 12.0, 245, 4),
    (5, 'Grand', 13.5, 310, 4),
    (6, 'Opal', 6.5, 22, 5),
    (7, 'Ruby', 8.0, 87, 6),
    (8, 'Grand', 11.5, 198, 7),
    (9, 'Ruby', 9.5, 103, 7),
    (10, 'Opal', 7.0, 45, 8),
    (11, 'Grand', 12.5, 276, 4),
    (12, 'Ruby', 8.8, 71, 9),
    (13, 'Grand', 11.0, 154, 10),
    (14, 'Studio', 5.5, 17, 5),
    (15, 'Studio', 6.0, NULL, 3),
    (16, 'Ruby', 9.8, NULL, 10),
    (17, 'Opal', 7.8, 52, 2);

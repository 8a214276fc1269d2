-- A town library: its members, its books and the loans of books to members.
CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    name TEXT,
    town TEXT,
    birth_year INTEGER
);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    title TEXT,
    author TEXT,
    year INTEGER,
    pages INTEGER
);
CREATE TABLE loan (
    id INTEGER PRIMARY KEY,
    date TEXT,
    days INTEGER,
    member_id INTEGER,
    book_id INTEGER,
    FOREIGN KEY (member_id) REFERENCES member(id),
    FOREIGN KEY (book_id) REFERENCES book(id)
);
INSERT INTO member (id, name, town, birth_year) VALUES
    (1, 'Alice Moreau', 'Lyon', 1985),
    (2, 'Benoît Faure', 'Vienne', 1972),
    (3, 'Chloé Dubois', 'Lyon', 1999),
    (4, 'David Petit', 'Givors', 1964),
    (5, 'Eva Nowak', 'Lyon', 2003),
    (6, 'Frank O''Shea', 'Vienne', 1958),
    (7, 'Gina Russo', 'Lyon', 1991),
    (8, 'Hugo Blanc', 'Bron', 1979),
    (9, 'Irène Colin', 'Vienne', 2008),
    (10, 'Jean Roche', 'Bron', 1947);
INSERT INTO book (id, title, author, year, pages) VALUES
    (1, 'The Silent Harbor', 'Nora Lind', 2004, 312),
    (2, 'Winter Bread', 'Paul Sauvage', 1998, 186),
    (3, 'The Fisherman''s Son', 'Nora Lind', 2011, 428),
    (4, 'A Map of Rain', 'Kenji Mori', 2019, 254),
    (5, 'Seven Bridges', 'Marta Díaz', 1987, 540),
    (6, 'The Glass Garden', 'Marta Díaz', 1993, 367),
    (7, 'Café Lumière', 'Paul Sauvage', 2015, 143),
    (8, 'Night Trains', 'Nora Lind', 2020, 295),
    (9, 'Old Maps', 'Ruth Adler', 1969, 611),
    (10, 'The Clock Maker', 'Kenji Mori', 2008, 402),
    (11, 'Sand and Salt', 'Ruth Adler', 1976, 228),
    (12, 'Letters from Oslo', 'Ivar Dahl', 2022, 171);
INSERT INTO loan (id, date, days, member_id, book_id) VALUES
    (1, '2023-01-09', 14, 1, 1),
    (2, '2023-01-12', 21, 2, 5),
    (3, '2023-01-30', 7, 1, 4),
    (4, '2023-02-03', 28, 3, 1),
    (5, '2023-02-14', 10, 4, 2),
    (6, '2023-02-20', 35, 5, 9),
    (7, '2023-03-01', 12, 1, 3),
    (8, '2023-03-08', 16, 7, 7),
    (9, '2023-03-17', 30, 6, 6),
    (10, '2023-03-25', 9, 3, 1),
    (11, '2023-04-04', 18, 8, 10),
    (12, '2023-04-11', 24, 5, 8),
    (13, '2023-04-19', 6, 7, 4),
    (14, '2023-05-02', 20, 1, 6),
    (15, '2023-05-10', NULL, 2, 11),
    (16, '2023-05-15', NULL, 9, 8),
    (17, '2023-05-22', NULL, 3, 3);

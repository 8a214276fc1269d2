-- A zoo: its keepers and the animals they look after.
CREATE TABLE keeper (
    id INTEGER PRIMARY KEY,
    name TEXT,
    age INTEGER,
    city TEXT,
    start_year INTEGER
);
CREATE TABLE animal (
    id INTEGER PRIMARY KEY,
    name TEXT,
    species TEXT,
    weight REAL,
    keeper_id INTEGER,
    FOREIGN KEY (keeper_id) REFERENCES keeper(id)
);
INSERT INTO keeper (id, name, age, city, start_year) VALUES
    (1, 'Ann Foster', 34, 'Leeds', 2015),
    (2, 'Zoë Martin', 27, 'York', 2021),
    (3, 'Peter O''Brien', 51, 'Leeds', 2004),
    (4, 'Carla Gomez', 45, 'Hull', 2010),
    (5, 'Tom Weaver', 38, 'York', 2012),
    (6, 'Ingrid Holm', 62, 'Leeds', 1998),
    (7, 'Samir Khan', 23, 'Hull', 2023),
    (8, 'Lucy Bell', 31, 'Bradford', 2018),
    (9, 'Mark Dunn', 56, 'Leeds', 2001),
    (10, 'Oscar Pratt', 54, 'Whitby', 2006);
INSERT INTO animal (id, name, species, weight, keeper_id) VALUES
    (1, 'Raja', 'tiger', 190.5, 1),
    (2, 'Shanti', 'tiger', 142.0, 1),
    (3, 'Kito', 'giraffe', 830.0, 3),
    (4, 'Amara', 'giraffe', 1120.0, 3),
    (5, 'Bubbles', 'penguin', 5.4, 2),
    (6, 'Pingo', 'penguin', 4.8, 2),
    (7, 'Flip', 'penguin', 6.1, 2),
    (8, 'Skipper', 'penguin', NULL, 8),
    (9, 'Bruno', 'bear', 310.0, 4),
    (10, 'Misha', 'bear', 275.5, 4),
    (11, 'Simba', 'lion', 201.0, 6),
    (12, 'Nala', 'lion', 148.5, 6),
    (13, 'Zuzú', 'parrot', 1.1, 5),
    (14, 'Coco', 'parrot', 0.9, 5),
    (15, 'Kiwi', 'parrot', NULL, 8),
    (16, 'Tembo', 'elephant', 4200.0, 6),
    (17, 'Duma', 'cheetah', 54.0, 1),
    (18, 'Luna', 'wolf', 39.5, 5),
    (19, 'Ghost', 'wolf', 45.0, 5),
    (20, 'Otto', 'otter', 9.5, 10);

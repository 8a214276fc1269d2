-- A cycling club: its members, the teams they ride for and the bikes they own.
CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    name TEXT,
    age INTEGER,
    city TEXT,
    team TEXT
);
CREATE TABLE bike (
    id INTEGER PRIMARY KEY,
    model TEXT,
    color TEXT,
    weight REAL,
    member_id INTEGER,
    FOREIGN KEY (member_id) REFERENCES member(id)
);
INSERT INTO member (id, name, age, city, team) VALUES
    (1, 'Ada Novak', 24, 'Ghent', 'Comets'),
    (2, 'Bruno Maes', 57, 'Ghent', 'Falcons'),
    (3, 'Zoë Peeters', 31, 'Antwerp', 'Comets'),
    (4, 'Conor O''Neill', 46, 'Bruges', NULL),
    (5, 'Dirk Claes', 63, 'Liège', 'Falcons'),
    (6, 'Elif Demir', 28, 'Antwerp', 'Farmer''s Wheels'),
    (7, 'Femke Jacobs', 39, 'Ghent', 'Comets'),
    (8, 'Gaël Lambert', 52, 'Liège', NULL),
    (9, 'Hilde Wouters', 19, 'Bruges', 'Comets'),
    (10, 'Igor Petit', 44, 'Ghent', 'Farmer''s Wheels'),
    (11, 'Julie Renard', 35, 'Liège', 'Falcons'),
    (12, 'Karim Haddad', 68, 'Antwerp', NULL),
    (13, 'Lotte Smets', 22, 'Ghent', 'Comets'),
    (14, 'Milan Simon', 41, 'Liège', 'Farmer''s Wheels');
INSERT INTO bike (id, model, color, weight, member_id) VALUES
    (1, 'Swift', 'red', 7.9, 1),
    (2, 'Ridge', 'black', 12.4, 2),
    (3, 'Aero', 'blue', 7.2, 3),
    (4, 'Tempo', 'white', 8.6, 4),
    (5, 'Boulder', 'green', 13.1, 5),
    (6, 'Comète', 'red', 8.1, 7),
    (7, 'Nomad', 'black', 11.3, 7),
    (8, 'Pavé', 'blue', 9.4, 8),
    (9, 'Spark', 'red', 8.8, 9),
    (10, 'Trekker', 'green', 14.2, 10),
    (11, 'Mistral', 'white', 9.9, 11),
    (12, 'Glider', 'black', 10.5, 1),
    (13, 'Kestrel', 'red', 7.5, 13),
    (14, 'Sable', 'black', 9.1, 11),
    (15, 'Rambler', 'blue', 12.9, 12),
    (16, 'Zephyr', 'red', 8.3, 1),
    (17, 'Harrier', 'white', 10.8, 3),
    (18, 'Courier', 'black', 15.0, 5),
    (19, 'Ember', 'red', 9.7, 9);

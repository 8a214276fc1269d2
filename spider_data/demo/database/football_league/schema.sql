-- A football league: its teams and the players of each team.
CREATE TABLE team (
    id INTEGER PRIMARY KEY,
    name TEXT,
    city TEXT,
    founded INTEGER,
    points INTEGER
);
CREATE TABLE player (
    id INTEGER PRIMARY KEY,
    name TEXT,
    position TEXT,
    goals INTEGER,
    team_id INTEGER,
    FOREIGN KEY (team_id) REFERENCES team(id)
);
INSERT INTO team (id, name, city, founded, points) VALUES
    (1, 'Harbour Rovers', 'Porto', 1908, 54),
    (2, 'Red Lions', 'Leeds', 1921, 61),
    (3, 'Saint Mary''s', 'Dublin', 1933, 47),
    (4, 'Dragão United', 'Porto', 1946, 38),
    (5, 'Northern Star', 'Leeds', 1899, 70),
    (6, 'Green Valley', 'Cork', NULL, 29),
    (7, 'Iron City', 'Leeds', 1954, 43),
    (8, 'Shamrock Athletic', 'Dublin', 1912, 65),
    (9, 'Lakeside', 'Cork', 1977, 33),
    (10, 'Königstein Town', 'Mainz', NULL, 25);
INSERT INTO player (id, name, position, goals, team_id) VALUES
    (1, 'Liam O''Brien', 'forward', 17, 3),
    (2, 'Marco Silva', 'midfielder', 9, 1),
    (3, 'Tom Hughes', 'defender', 2, 2),
    (4, 'João Pereira', 'forward', 21, 4),
    (5, 'Daniel Frost', 'goalkeeper', 0, 5),
    (6, 'Kevin Shaw', 'forward', 24, 5),
    (7, 'Patrick Doyle', 'midfielder', 11, 8),
    (8, 'Sean Murphy', 'defender', 3, 3),
    (9, 'Rui Tavares', 'defender', 4, 1),
    (10, 'Adam Price', 'midfielder', 8, 5),
    (11, 'Ben Carter', 'forward', 15, 2),
    (12, 'Eoin Walsh', 'goalkeeper', 0, 8),
    (13, 'Luke Barnes', 'midfielder', 6, 7),
    (14, 'Niall Kelly', 'forward', 13, 6),
    (15, 'Owen Clarke', 'defender', 1, 9),
    (16, 'André Lopes', 'forward', 12, 4),
    (17, 'Harry Wood', 'midfielder', 7, 2),
    (18, 'Colm Byrne', 'defender', 5, 8),
    (19, 'Max Turner', 'midfielder', 10, 5);

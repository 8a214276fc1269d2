-- What the engine says of one statement on the database of tests/test_execute.py:
--     city(id INTEGER PRIMARY KEY, name TEXT, people INTEGER, area REAL), three rows; river(name TEXT, city_id INTEGER), none.
-- A case is a line "-- status: words that the error contains", then one statement, up to the next such line.

-- ok:
SELECT name FROM city
-- ok:
SELECT name FROM city;
-- ok:
SELECT name FROM city; -- the biggest first
-- ok:
/* a comment */ SELECT /* another */ name FROM city -- the end
-- ok:
WITH big AS (SELECT * FROM city WHERE people > 10) SELECT count(*) FROM big
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT sum(n) FROM t
-- ok:
VALUES (1, 2), (3, 4)
-- ok:
SELECT "Zürich" AS "a string in double quotes, as in the official data"
-- ok:
SELECT `name` FROM [city] WHERE name LIKE 'L%' OR name GLOB 'Z*'
-- ok:
SELECT rank() OVER (ORDER BY people DESC), round(avg(area) OVER (), 2) FROM city
-- ok:
SELECT value FROM json_each('[1, 2]')
-- ok:
SELECT strftime('%Y', '2020-02-29'), group_concat(name, ', '), total(area) FROM city
-- ok:
SELECT 'INSERT INTO city; DROP TABLE city' AS text
-- ok:
EXPLAIN QUERY PLAN SELECT * FROM city

-- invalid: there is no statement
;
-- invalid: there is no statement
/* only a comment */
-- invalid: syntax error
SELEC name FROM city
-- invalid: incomplete input
SELECT name FROM
-- invalid: syntax error
I would select the name of each city
-- invalid: no such table: town
SELECT name FROM town
-- invalid: no such column: height
SELECT height FROM city
-- invalid: no such function: concatenate
SELECT concatenate(name, area) FROM city
-- invalid: ambiguous column name
SELECT name FROM city JOIN river ON id = city_id
-- invalid: bindings
SELECT name FROM city WHERE id = ?
-- invalid: one statement
SELECT name FROM city; SELECT area FROM city
-- invalid: one statement
SELECT name FROM city; DROP TABLE city

-- invalid: INSERT is not a query
INSERT INTO city VALUES (9, 'Rome', 1, 1)
-- invalid: REPLACE is not a query
REPLACE INTO city VALUES (9, 'Rome', 1, 1)
-- invalid: UPDATE is not a query
UPDATE city SET people = 0
-- invalid: UPDATE is not a query
UPDATE city SET people = 0 RETURNING people
-- invalid: DELETE is not a query
-- a comment before it hides nothing
DELETE FROM city
-- invalid: DELETE is not allowed
WITH old AS (SELECT 1) DELETE FROM city
-- invalid: INSERT is not allowed
EXPLAIN INSERT INTO city VALUES (9, 'Rome', 1, 1)
-- invalid: DROP is not a query
DROP TABLE city
-- invalid: DROP is not a query
DROP TABLE IF EXISTS river
-- invalid: CREATE is not a query
CREATE TABLE town (name)
-- invalid: CREATE is not a query
CREATE TEMP TABLE city AS SELECT 1 AS name
-- invalid: CREATE is not a query
CREATE TEMP VIEW city AS SELECT 1 AS name
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE words USING fts5(word)
-- invalid: CREATE is not a query
CREATE INDEX by_name ON city (name)
-- invalid: ALTER is not a query
ALTER TABLE city RENAME TO town
-- invalid: ATTACH is not a query
ATTACH DATABASE ':memory:' AS other
-- invalid: DETACH is not a query
DETACH DATABASE main
-- invalid: VACUUM is not a query
VACUUM
-- invalid: VACUUM is not a query
VACUUM INTO 'copy.sqlite'
-- invalid: ANALYZE is not a query
ANALYZE
-- invalid: PRAGMA is not a query
PRAGMA table_info(city)
-- invalid: PRAGMA is not a query
PRAGMA query_only = OFF
-- invalid: PRAGMA is not a query
PRAGMA journal_mode = WAL
-- invalid: BEGIN is not a query
BEGIN EXCLUSIVE
-- invalid: COMMIT is not a query
COMMIT
-- invalid: SAVEPOINT is not a query
SAVEPOINT a
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_table_info('city')
-- invalid: load_extension() is not allowed
SELECT load_extension('/usr/lib/anything.so')
-- invalid: no such function: readfile
SELECT readfile('/etc/hostname')
-- invalid: no such function: writefile
SELECT writefile('out.txt', 'text')
-- invalid: fts3_tokenizer() is not allowed
SELECT fts3_tokenizer('simple')

-- invalid: too big
SELECT hex(zeroblob(900000))
-- invalid: too big
SELECT replace(printf('%.*c', 100000, 'x'), 'x', '0123456789abcdef')
-- invalid: more than 100,000 rows
SELECT a.n FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 200000) SELECT n FROM t) AS a
-- invalid: larger than
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 500) SELECT hex(zeroblob(400000)) FROM t
-- invalid: larger than
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 500) SELECT zeroblob(800000) FROM t
-- invalid: pattern too complex
SELECT name FROM city WHERE name LIKE printf('%.*c', 1000, '%')

-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t WHERE n < 0
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 10000)
SELECT count(*) FROM t AS a, t AS b, t AS c WHERE a.n + b.n + c.n = 0

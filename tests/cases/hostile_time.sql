-- Statements that would run for ever, or for far too long.
-- A case is a line "-- status: words that the error contains", then one statement, up to the next such line.
-- Status is ok, invalid or timeout, as in execute.sql, or stopped: invalid or timeout, whichever limit is met first.
-- The tables are those of tests/test_execute.py: city, river, the view small, person (1,000 rows), note (10 long texts).

-- An endless recursion, wherever a query may stand.

-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n + 1 FROM t) SELECT max(n) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t LIMIT -1) SELECT sum(n) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 9223372036854775807) SELECT avg(n) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t LIMIT 1 OFFSET 9000000000
-- timeout: stopped
SELECT name FROM city WHERE EXISTS (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT 1 FROM t WHERE n < 0)
-- stopped:
SELECT name FROM city WHERE id NOT IN (WITH RECURSIVE t(n) AS (SELECT 9 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t)
-- timeout: stopped
SELECT name, (WITH RECURSIVE t(n) AS (SELECT city.id UNION ALL SELECT n + city.id FROM t) SELECT max(n) FROM t) AS most FROM city
-- timeout: stopped
SELECT name FROM city ORDER BY (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t)
-- timeout: stopped
SELECT name FROM city LIMIT (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t)
-- timeout: stopped
SELECT city_id, count(*) FROM person GROUP BY city_id HAVING count(*) > (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t)
-- timeout: stopped
SELECT CASE WHEN id > 0 THEN (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT total(n) FROM t) END FROM city
-- timeout: stopped
VALUES (1), ((WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t))
-- stopped:
SELECT value FROM json_each((WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT json_group_array(n) FROM t))
-- timeout: stopped
SELECT city.name, person.name FROM city LEFT JOIN person ON person.id = (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT max(n) FROM t)
-- timeout: stopped
SELECT count(*) FILTER (WHERE id IN (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT -n FROM t) SELECT n FROM t)) FROM city
-- timeout: stopped
SELECT sum(id) OVER (ORDER BY (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t)) FROM city
-- timeout: stopped
SELECT coalesce(NULL, abs((WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t)))
-- timeout: stopped
SELECT (1, 2) = (WITH RECURSIVE t(a, b) AS (SELECT 1, 2 UNION ALL SELECT b, a FROM t) SELECT max(a), min(b) FROM t)
-- timeout: stopped
SELECT 1 UNION SELECT 1 FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT n FROM t)
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT id FROM city EXCEPT SELECT n FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT n FROM t INTERSECT SELECT id FROM city

-- An endless recursion in many shapes.

-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ORDER BY 1 DESC) SELECT count(*) FROM t
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + city.id FROM t, city ORDER BY 1) SELECT count(*) FROM t
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t UNION ALL SELECT n + 2 FROM t) SELECT count(*) FROM t
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n + 1 FROM t UNION SELECT n * 2 FROM t) SELECT count(*) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 3 - n FROM t) SELECT count(*) FROM t WHERE n = 3
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t), u(m) AS (SELECT n FROM t UNION ALL SELECT m + 1 FROM u) SELECT count(*) FROM u
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT (WITH RECURSIVE u(m) AS (SELECT t.n UNION ALL SELECT m + 1 FROM u) SELECT min(m) FROM u) FROM t) SELECT * FROM t
-- stopped:
WITH RECURSIVE t(n) AS (SELECT random() UNION SELECT random() FROM t WHERE random() <> 0) SELECT count(*) FROM t
-- stopped:
WITH RECURSIVE t(x) AS (SELECT 'a' UNION ALL SELECT x || 'a' FROM t) SELECT max(length(x)) FROM t
-- stopped:
WITH RECURSIVE t(x) AS (SELECT '' UNION ALL SELECT quote(x) FROM t) SELECT max(length(x)) FROM t
-- invalid: too big
WITH RECURSIVE t(x) AS (SELECT 'a' UNION ALL SELECT x || x FROM t) SELECT length(x) FROM t
-- stopped:
WITH RECURSIVE t(x) AS (SELECT '[]' UNION ALL SELECT json_array(json(x), json(x)) FROM t) SELECT max(length(x)) FROM t
-- timeout: stopped
WITH RECURSIVE t(x) AS (SELECT 0.5 UNION ALL SELECT 3.9 * x * (1 - x) FROM t) SELECT max(x) FROM t
-- timeout: stopped
WITH RECURSIVE t(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, (a + b) % 1000003 FROM t) SELECT count(*) FROM t WHERE a = -1
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT NULL FROM t) SELECT count(n) FROM t
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT CASE WHEN n % 2 THEN 3 * n + 1 ELSE n / 2 END FROM t) SELECT min(n) FROM t
-- timeout: stopped
WITH RECURSIVE way(at, goal) AS (SELECT 1, 9 UNION ALL SELECT person.city_id, goal FROM way JOIN person ON person.id = way.at) SELECT * FROM way WHERE at = goal
-- timeout: stopped
WITH RECURSIVE up(id, depth) AS (SELECT id, 0 FROM city UNION ALL SELECT city.id, depth + 1 FROM up JOIN city ON city.id = up.id) SELECT max(depth) FROM up
-- timeout: stopped
WITH RECURSIVE split(word, rest) AS (SELECT '', 'a,b,c' UNION ALL SELECT substr(rest, 1, instr(rest, ';')), substr(rest, instr(rest, ';') + 1) FROM split WHERE rest <> '') SELECT word FROM split WHERE word <> ''
-- timeout: stopped
WITH RECURSIVE day(d) AS (SELECT '2020-01-31' UNION ALL SELECT date(d, '+1 month', 'start of month') FROM day WHERE d <> '2020-12-31' AND d < '9') SELECT count(*) FROM day AS a, day AS b
-- timeout: stopped
WITH RECURSIVE t(n) AS MATERIALIZED (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT * FROM t LIMIT (SELECT count(*) FROM t)
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t ORDER BY n DESC LIMIT 1
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT DISTINCT n FROM t
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n, row_number() OVER (ORDER BY -n) FROM t LIMIT 1
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n % 10, count(*) FROM t GROUP BY n % 10
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT a.n FROM t AS a JOIN t AS b ON a.n = -b.n
-- timeout: stopped
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT small.name FROM small, t WHERE small.name = t.n
-- timeout: stopped
WITH RECURSIVE ack(m, n, rest) AS (SELECT 2, 2000, '' UNION ALL SELECT CASE WHEN m = 0 THEN 2 ELSE m END, n + 1, rest FROM ack WHERE m >= 0) SELECT max(n) FROM ack
-- timeout: stopped
WITH RECURSIVE queens(board, n) AS (SELECT '', 0 UNION ALL SELECT board || char(96 + p.id), n + 1 FROM queens, person AS p WHERE p.id <= 12 AND n < 12 AND instr(board, char(96 + p.id)) = 0) SELECT count(*) FROM queens WHERE n = 12
-- timeout: stopped
WITH RECURSIVE x(v) AS (SELECT -2.0 UNION ALL SELECT v + 0.005 FROM x WHERE v < 1.2), y(w) AS (SELECT -1.0 UNION ALL SELECT w + 0.005 FROM y WHERE w < 1.0),
m(i, cx, cy, a, b) AS (SELECT 0, v, w, 0.0, 0.0 FROM x, y UNION ALL SELECT i + 1, cx, cy, a * a - b * b + cx, 2.0 * a * b + cy FROM m WHERE a * a + b * b < 4.0 AND i < 280)
SELECT max(i), cx, cy FROM m GROUP BY cx, cy
-- timeout: stopped
WITH RECURSIVE input(sud) AS (VALUES ('.....6....59.....82....8....45........3........6..3.54...325..6..................')),
digits(z, lp) AS (VALUES ('1', 1) UNION ALL SELECT CAST(lp + 1 AS TEXT), lp + 1 FROM digits WHERE lp < 9),
x(s, ind) AS (SELECT sud, instr(sud, '.') FROM input UNION ALL SELECT substr(s, 1, ind - 1) || z || substr(s, ind + 1), instr(substr(s, 1, ind - 1) || z || substr(s, ind + 1), '.') FROM x, digits AS z
WHERE ind > 0 AND NOT EXISTS (SELECT 1 FROM digits AS lp WHERE z.z = substr(s, ((ind - 1) / 9) * 9 + lp, 1) OR z.z = substr(s, ((ind - 1) % 9) + (lp - 1) * 9 + 1, 1)))
SELECT s FROM x WHERE ind = 0 AND s LIKE '123456789%'

-- Endless, but not asked for more than a few rows: these end at once.

-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t LIMIT 10
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT 1 WHERE EXISTS (SELECT 1 FROM t WHERE n > 100)
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT n % 5 + 1 FROM t) SELECT n FROM t
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 WHERE 0 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT 'the recursion is not used'
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT name FROM city WHERE 0 AND id IN t
-- ok:
EXPLAIN WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t

-- Joins without a condition, or with one that no index helps.

-- timeout: stopped
SELECT count(*) FROM person AS a, person AS b, person AS c
-- timeout: stopped
SELECT count(*) FROM person AS a CROSS JOIN person AS b CROSS JOIN person AS c CROSS JOIN person AS d WHERE a.id = -1 OR d.id = -1
-- timeout: stopped
SELECT a.name FROM person AS a JOIN person AS b ON a.id <> b.id JOIN person AS c ON b.id <> c.id WHERE a.name || b.name LIKE c.name
-- timeout: stopped
SELECT count(*) FROM person AS a LEFT JOIN person AS b ON a.id = b.id OR a.name = b.born LEFT JOIN person AS c ON c.id = a.id OR c.name = b.born LEFT JOIN person AS d ON a.name || b.name LIKE d.name || '%' LEFT JOIN person AS e ON e.born || d.born LIKE c.name
-- timeout: stopped
SELECT count(*) FROM person AS a FULL JOIN person AS b ON a.id <> b.id FULL JOIN person AS c ON b.id <> c.id
-- timeout: stopped
SELECT count(*) FROM person AS a NATURAL JOIN (SELECT name AS n2, id AS i2 FROM person) AS b NATURAL JOIN (SELECT name AS n3 FROM person) AS c
-- timeout: stopped
SELECT count(*) FROM person AS a JOIN person AS b USING (city_id) JOIN person AS c USING (city_id) JOIN person AS d USING (city_id)
-- timeout: stopped
SELECT name FROM person AS a WHERE NOT EXISTS (SELECT 1 FROM person AS b WHERE NOT EXISTS (SELECT 1 FROM person AS c WHERE c.id + a.id + b.id > 0)) AND (SELECT count(*) FROM person AS d, person AS e WHERE d.id + e.id > a.id) < 0
-- timeout: stopped
SELECT (SELECT count(*) FROM person AS b WHERE (SELECT count(*) FROM person AS c WHERE c.id < b.id AND c.city_id = a.city_id) > 5) FROM person AS a
-- timeout: stopped
SELECT count(*) FROM person AS a, person AS b, person AS c WHERE a.name || b.name LIKE '%' || c.name || '%'
-- timeout: stopped
SELECT count(*) FROM person AS a, person AS b, person AS c WHERE a.born BETWEEN b.born AND c.born
-- timeout: stopped
SELECT a.id FROM person AS a, person AS b, person AS c WHERE julianday(a.born) - julianday(b.born) = julianday(c.born) - julianday('now')
-- timeout: stopped
SELECT count(*) FROM person AS a, person AS b, person AS c WHERE (a.id, b.id) > (c.id, 5000)
-- timeout: stopped
SELECT count(*) FROM sqlite_master AS a, sqlite_master AS b, person AS c, person AS d, person AS e WHERE a.sql > e.name
-- timeout: stopped
SELECT count(*) FROM city a, city b, city c, city d, city e, city f, city g, city h, city i, city j, city k, city l, city m, city n, city o, city p, city q, city r, city s, city t, city u, city v, city w, city x, city y, city z
-- timeout: stopped
SELECT DISTINCT a.city_id FROM person AS a, person AS b, person AS c
-- timeout: stopped
SELECT 1 FROM person AS a, person AS b, person AS c WHERE random() = a.id + b.id + c.id
-- timeout: stopped
SELECT a.value FROM json_each('[1, 2, 3]') AS a, person AS b, person AS c, person AS d WHERE a.value = 'no'
-- timeout: stopped
SELECT a.id FROM person AS a, person AS b, person AS c EXCEPT SELECT id FROM person
-- timeout: stopped
SELECT name FROM city WHERE id IN (SELECT a.id + b.id * c.id * 4 FROM person AS a, person AS b, person AS c WHERE a.id > 3)

-- Windows and sorts that take a time quadratic in their rows, or more.

-- timeout: stopped
SELECT count(*) OVER (ORDER BY a.id ROWS BETWEEN 50000 PRECEDING AND 50000 FOLLOWING EXCLUDE CURRENT ROW) FROM person AS a, person AS b LIMIT 99999
-- stopped:
SELECT max(a.name) OVER (ORDER BY b.id, a.id ROWS BETWEEN 5000 PRECEDING AND 5000 FOLLOWING EXCLUDE TIES) FROM person AS a, person AS b WHERE b.id <= 50
-- stopped:
SELECT sum(a.id) OVER (ORDER BY a.name GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP) FROM person AS a, person AS b WHERE b.id <= 90
-- stopped:
SELECT group_concat(a.name, '') OVER (ORDER BY a.id ROWS 30 PRECEDING), nth_value(a.name, 900) OVER (ORDER BY a.born ROWS BETWEEN 900 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM person AS a, person AS b
-- stopped:
SELECT sum(x) OVER (ORDER BY x RANGE BETWEEN 1000 PRECEDING AND 1000 FOLLOWING EXCLUDE GROUP) FROM (SELECT a.id * 1000 + b.id AS x FROM person AS a, person AS b)
-- stopped:
SELECT ntile(7) OVER (ORDER BY a.name, b.name), percent_rank() OVER (ORDER BY b.name, a.name), cume_dist() OVER (PARTITION BY a.city_id ORDER BY b.born, a.born) FROM person AS a, person AS b LIMIT 10
-- stopped:
SELECT a.name, b.name FROM person AS a, person AS b, city AS c, city AS d ORDER BY random() LIMIT 5
-- stopped:
SELECT a.name || b.name COLLATE NOCASE AS x FROM person AS a, person AS b, city AS c ORDER BY x DESC LIMIT 3 OFFSET 2000000
-- stopped:
SELECT count(*) FROM (SELECT a.name || b.name || c.id FROM person AS a, person AS b, city AS c GROUP BY 1)
-- stopped:
SELECT a.name FROM person AS a, person AS b UNION SELECT b.name || a.id || c.id FROM person AS a, person AS b, city AS c, city AS d ORDER BY 1 DESC LIMIT 1
-- stopped:
SELECT a.body || p.id COLLATE NOCASE AS x FROM note AS a, person AS p, person AS q ORDER BY x LIMIT 1

-- Long to prepare: every level doubles the one below it.

-- stopped:
WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT 1 AS x FROM c0 AS p, c0 AS q), c2 AS (SELECT 1 AS x FROM c1 AS p, c1 AS q), c3 AS (SELECT 1 AS x FROM c2 AS p, c2 AS q), c4 AS (SELECT 1 AS x FROM c3 AS p, c3 AS q), c5 AS (SELECT 1 AS x FROM c4 AS p, c4 AS q), c6 AS (SELECT 1 AS x FROM c5 AS p, c5 AS q), c7 AS (SELECT 1 AS x FROM c6 AS p, c6 AS q), c8 AS (SELECT 1 AS x FROM c7 AS p, c7 AS q), c9 AS (SELECT 1 AS x FROM c8 AS p, c8 AS q), c10 AS (SELECT 1 AS x FROM c9 AS p, c9 AS q), c11 AS (SELECT 1 AS x FROM c10 AS p, c10 AS q), c12 AS (SELECT 1 AS x FROM c11 AS p, c11 AS q), c13 AS (SELECT 1 AS x FROM c12 AS p, c12 AS q), c14 AS (SELECT 1 AS x FROM c13 AS p, c13 AS q), c15 AS (SELECT 1 AS x FROM c14 AS p, c14 AS q), c16 AS (SELECT 1 AS x FROM c15 AS p, c15 AS q), c17 AS (SELECT 1 AS x FROM c16 AS p, c16 AS q), c18 AS (SELECT 1 AS x FROM c17 AS p, c17 AS q), c19 AS (SELECT 1 AS x FROM c18 AS p, c18 AS q), c20 AS (SELECT 1 AS x FROM c19 AS p, c19 AS q), c21 AS (SELECT 1 AS x FROM c20 AS p, c20 AS q), c22 AS (SELECT 1 AS x FROM c21 AS p, c21 AS q), c23 AS (SELECT 1 AS x FROM c22 AS p, c22 AS q), c24 AS (SELECT 1 AS x FROM c23 AS p, c23 AS q), c25 AS (SELECT 1 AS x FROM c24 AS p, c24 AS q), c26 AS (SELECT 1 AS x FROM c25 AS p, c25 AS q), c27 AS (SELECT 1 AS x FROM c26 AS p, c26 AS q), c28 AS (SELECT 1 AS x FROM c27 AS p, c27 AS q), c29 AS (SELECT 1 AS x FROM c28 AS p, c28 AS q) SELECT count(*) FROM c29
-- stopped:
WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT x FROM c0 UNION ALL SELECT x FROM c0), c2 AS (SELECT x FROM c1 UNION ALL SELECT x FROM c1), c3 AS (SELECT x FROM c2 UNION ALL SELECT x FROM c2), c4 AS (SELECT x FROM c3 UNION ALL SELECT x FROM c3), c5 AS (SELECT x FROM c4 UNION ALL SELECT x FROM c4), c6 AS (SELECT x FROM c5 UNION ALL SELECT x FROM c5), c7 AS (SELECT x FROM c6 UNION ALL SELECT x FROM c6), c8 AS (SELECT x FROM c7 UNION ALL SELECT x FROM c7), c9 AS (SELECT x FROM c8 UNION ALL SELECT x FROM c8), c10 AS (SELECT x FROM c9 UNION ALL SELECT x FROM c9), c11 AS (SELECT x FROM c10 UNION ALL SELECT x FROM c10), c12 AS (SELECT x FROM c11 UNION ALL SELECT x FROM c11), c13 AS (SELECT x FROM c12 UNION ALL SELECT x FROM c12), c14 AS (SELECT x FROM c13 UNION ALL SELECT x FROM c13), c15 AS (SELECT x FROM c14 UNION ALL SELECT x FROM c14), c16 AS (SELECT x FROM c15 UNION ALL SELECT x FROM c15), c17 AS (SELECT x FROM c16 UNION ALL SELECT x FROM c16), c18 AS (SELECT x FROM c17 UNION ALL SELECT x FROM c17), c19 AS (SELECT x FROM c18 UNION ALL SELECT x FROM c18), c20 AS (SELECT x FROM c19 UNION ALL SELECT x FROM c19), c21 AS (SELECT x FROM c20 UNION ALL SELECT x FROM c20), c22 AS (SELECT x FROM c21 UNION ALL SELECT x FROM c21), c23 AS (SELECT x FROM c22 UNION ALL SELECT x FROM c22), c24 AS (SELECT x FROM c23 UNION ALL SELECT x FROM c23), c25 AS (SELECT x FROM c24 UNION ALL SELECT x FROM c24), c26 AS (SELECT x FROM c25 UNION ALL SELECT x FROM c25), c27 AS (SELECT x FROM c26 UNION ALL SELECT x FROM c26), c28 AS (SELECT x FROM c27 UNION ALL SELECT x FROM c27), c29 AS (SELECT x FROM c28 UNION ALL SELECT x FROM c28) SELECT count(*) FROM c29
-- stopped:
WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT x FROM c0 UNION SELECT x + 1 FROM c0), c2 AS (SELECT x FROM c1 UNION SELECT x + 1 FROM c1), c3 AS (SELECT x FROM c2 UNION SELECT x + 1 FROM c2), c4 AS (SELECT x FROM c3 UNION SELECT x + 1 FROM c3), c5 AS (SELECT x FROM c4 UNION SELECT x + 1 FROM c4), c6 AS (SELECT x FROM c5 UNION SELECT x + 1 FROM c5), c7 AS (SELECT x FROM c6 UNION SELECT x + 1 FROM c6), c8 AS (SELECT x FROM c7 UNION SELECT x + 1 FROM c7), c9 AS (SELECT x FROM c8 UNION SELECT x + 1 FROM c8), c10 AS (SELECT x FROM c9 UNION SELECT x + 1 FROM c9), c11 AS (SELECT x FROM c10 UNION SELECT x + 1 FROM c10), c12 AS (SELECT x FROM c11 UNION SELECT x + 1 FROM c11), c13 AS (SELECT x FROM c12 UNION SELECT x + 1 FROM c12), c14 AS (SELECT x FROM c13 UNION SELECT x + 1 FROM c13), c15 AS (SELECT x FROM c14 UNION SELECT x + 1 FROM c14), c16 AS (SELECT x FROM c15 UNION SELECT x + 1 FROM c15), c17 AS (SELECT x FROM c16 UNION SELECT x + 1 FROM c16), c18 AS (SELECT x FROM c17 UNION SELECT x + 1 FROM c17), c19 AS (SELECT x FROM c18 UNION SELECT x + 1 FROM c18), c20 AS (SELECT x FROM c19 UNION SELECT x + 1 FROM c19), c21 AS (SELECT x FROM c20 UNION SELECT x + 1 FROM c20), c22 AS (SELECT x FROM c21 UNION SELECT x + 1 FROM c21), c23 AS (SELECT x FROM c22 UNION SELECT x + 1 FROM c22), c24 AS (SELECT x FROM c23 UNION SELECT x + 1 FROM c23), c25 AS (SELECT x FROM c24 UNION SELECT x + 1 FROM c24), c26 AS (SELECT x FROM c25 UNION SELECT x + 1 FROM c25), c27 AS (SELECT x FROM c26 UNION SELECT x + 1 FROM c26), c28 AS (SELECT x FROM c27 UNION SELECT x + 1 FROM c27), c29 AS (SELECT x FROM c28 UNION SELECT x + 1 FROM c28) SELECT count(*) FROM c29
-- stopped:
WITH c0 AS (SELECT name FROM small), c1 AS (SELECT name FROM c0 EXCEPT SELECT name || 1 FROM c0), c2 AS (SELECT name FROM c1 EXCEPT SELECT name || 1 FROM c1), c3 AS (SELECT name FROM c2 EXCEPT SELECT name || 1 FROM c2), c4 AS (SELECT name FROM c3 EXCEPT SELECT name || 1 FROM c3), c5 AS (SELECT name FROM c4 EXCEPT SELECT name || 1 FROM c4), c6 AS (SELECT name FROM c5 EXCEPT SELECT name || 1 FROM c5), c7 AS (SELECT name FROM c6 EXCEPT SELECT name || 1 FROM c6), c8 AS (SELECT name FROM c7 EXCEPT SELECT name || 1 FROM c7), c9 AS (SELECT name FROM c8 EXCEPT SELECT name || 1 FROM c8), c10 AS (SELECT name FROM c9 EXCEPT SELECT name || 1 FROM c9), c11 AS (SELECT name FROM c10 EXCEPT SELECT name || 1 FROM c10), c12 AS (SELECT name FROM c11 EXCEPT SELECT name || 1 FROM c11), c13 AS (SELECT name FROM c12 EXCEPT SELECT name || 1 FROM c12), c14 AS (SELECT name FROM c13 EXCEPT SELECT name || 1 FROM c13), c15 AS (SELECT name FROM c14 EXCEPT SELECT name || 1 FROM c14), c16 AS (SELECT name FROM c15 EXCEPT SELECT name || 1 FROM c15), c17 AS (SELECT name FROM c16 EXCEPT SELECT name || 1 FROM c16), c18 AS (SELECT name FROM c17 EXCEPT SELECT name || 1 FROM c17), c19 AS (SELECT name FROM c18 EXCEPT SELECT name || 1 FROM c18), c20 AS (SELECT name FROM c19 EXCEPT SELECT name || 1 FROM c19), c21 AS (SELECT name FROM c20 EXCEPT SELECT name || 1 FROM c20), c22 AS (SELECT name FROM c21 EXCEPT SELECT name || 1 FROM c21), c23 AS (SELECT name FROM c22 EXCEPT SELECT name || 1 FROM c22), c24 AS (SELECT name FROM c23 EXCEPT SELECT name || 1 FROM c23), c25 AS (SELECT name FROM c24 EXCEPT SELECT name || 1 FROM c24), c26 AS (SELECT name FROM c25 EXCEPT SELECT name || 1 FROM c25), c27 AS (SELECT name FROM c26 EXCEPT SELECT name || 1 FROM c26), c28 AS (SELECT name FROM c27 EXCEPT SELECT name || 1 FROM c27), c29 AS (SELECT name FROM c28 EXCEPT SELECT name || 1 FROM c28) SELECT * FROM c29
-- stopped:
WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT (SELECT x FROM c0) + (SELECT x FROM c0) AS x), c2 AS (SELECT (SELECT x FROM c1) + (SELECT x FROM c1) AS x), c3 AS (SELECT (SELECT x FROM c2) + (SELECT x FROM c2) AS x), c4 AS (SELECT (SELECT x FROM c3) + (SELECT x FROM c3) AS x), c5 AS (SELECT (SELECT x FROM c4) + (SELECT x FROM c4) AS x), c6 AS (SELECT (SELECT x FROM c5) + (SELECT x FROM c5) AS x), c7 AS (SELECT (SELECT x FROM c6) + (SELECT x FROM c6) AS x), c8 AS (SELECT (SELECT x FROM c7) + (SELECT x FROM c7) AS x), c9 AS (SELECT (SELECT x FROM c8) + (SELECT x FROM c8) AS x), c10 AS (SELECT (SELECT x FROM c9) + (SELECT x FROM c9) AS x), c11 AS (SELECT (SELECT x FROM c10) + (SELECT x FROM c10) AS x), c12 AS (SELECT (SELECT x FROM c11) + (SELECT x FROM c11) AS x), c13 AS (SELECT (SELECT x FROM c12) + (SELECT x FROM c12) AS x), c14 AS (SELECT (SELECT x FROM c13) + (SELECT x FROM c13) AS x), c15 AS (SELECT (SELECT x FROM c14) + (SELECT x FROM c14) AS x), c16 AS (SELECT (SELECT x FROM c15) + (SELECT x FROM c15) AS x), c17 AS (SELECT (SELECT x FROM c16) + (SELECT x FROM c16) AS x), c18 AS (SELECT (SELECT x FROM c17) + (SELECT x FROM c17) AS x), c19 AS (SELECT (SELECT x FROM c18) + (SELECT x FROM c18) AS x), c20 AS (SELECT (SELECT x FROM c19) + (SELECT x FROM c19) AS x), c21 AS (SELECT (SELECT x FROM c20) + (SELECT x FROM c20) AS x), c22 AS (SELECT (SELECT x FROM c21) + (SELECT x FROM c21) AS x), c23 AS (SELECT (SELECT x FROM c22) + (SELECT x FROM c22) AS x), c24 AS (SELECT (SELECT x FROM c23) + (SELECT x FROM c23) AS x), c25 AS (SELECT (SELECT x FROM c24) + (SELECT x FROM c24) AS x), c26 AS (SELECT (SELECT x FROM c25) + (SELECT x FROM c25) AS x), c27 AS (SELECT (SELECT x FROM c26) + (SELECT x FROM c26) AS x), c28 AS (SELECT (SELECT x FROM c27) + (SELECT x FROM c27) AS x), c29 AS (SELECT (SELECT x FROM c28) + (SELECT x FROM c28) AS x) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT id AS x FROM city), c1 AS (SELECT x FROM c0 WHERE x IN (SELECT x FROM c0)), c2 AS (SELECT x FROM c1 WHERE x IN (SELECT x FROM c1)), c3 AS (SELECT x FROM c2 WHERE x IN (SELECT x FROM c2)), c4 AS (SELECT x FROM c3 WHERE x IN (SELECT x FROM c3)), c5 AS (SELECT x FROM c4 WHERE x IN (SELECT x FROM c4)), c6 AS (SELECT x FROM c5 WHERE x IN (SELECT x FROM c5)), c7 AS (SELECT x FROM c6 WHERE x IN (SELECT x FROM c6)), c8 AS (SELECT x FROM c7 WHERE x IN (SELECT x FROM c7)), c9 AS (SELECT x FROM c8 WHERE x IN (SELECT x FROM c8)), c10 AS (SELECT x FROM c9 WHERE x IN (SELECT x FROM c9)), c11 AS (SELECT x FROM c10 WHERE x IN (SELECT x FROM c10)), c12 AS (SELECT x FROM c11 WHERE x IN (SELECT x FROM c11)), c13 AS (SELECT x FROM c12 WHERE x IN (SELECT x FROM c12)), c14 AS (SELECT x FROM c13 WHERE x IN (SELECT x FROM c13)), c15 AS (SELECT x FROM c14 WHERE x IN (SELECT x FROM c14)), c16 AS (SELECT x FROM c15 WHERE x IN (SELECT x FROM c15)), c17 AS (SELECT x FROM c16 WHERE x IN (SELECT x FROM c16)), c18 AS (SELECT x FROM c17 WHERE x IN (SELECT x FROM c17)), c19 AS (SELECT x FROM c18 WHERE x IN (SELECT x FROM c18)), c20 AS (SELECT x FROM c19 WHERE x IN (SELECT x FROM c19)), c21 AS (SELECT x FROM c20 WHERE x IN (SELECT x FROM c20)), c22 AS (SELECT x FROM c21 WHERE x IN (SELECT x FROM c21)), c23 AS (SELECT x FROM c22 WHERE x IN (SELECT x FROM c22)), c24 AS (SELECT x FROM c23 WHERE x IN (SELECT x FROM c23)), c25 AS (SELECT x FROM c24 WHERE x IN (SELECT x FROM c24)), c26 AS (SELECT x FROM c25 WHERE x IN (SELECT x FROM c25)), c27 AS (SELECT x FROM c26 WHERE x IN (SELECT x FROM c26)), c28 AS (SELECT x FROM c27 WHERE x IN (SELECT x FROM c27)), c29 AS (SELECT x FROM c28 WHERE x IN (SELECT x FROM c28)), c30 AS (SELECT x FROM c29 WHERE x IN (SELECT x FROM c29)), c31 AS (SELECT x FROM c30 WHERE x IN (SELECT x FROM c30)), c32 AS (SELECT x FROM c31 WHERE x IN (SELECT x FROM c31)), c33 AS (SELECT x FROM c32 WHERE x IN (SELECT x FROM c32)), c34 AS (SELECT x FROM c33 WHERE x IN (SELECT x FROM c33)), c35 AS (SELECT x FROM c34 WHERE x IN (SELECT x FROM c34)), c36 AS (SELECT x FROM c35 WHERE x IN (SELECT x FROM c35)), c37 AS (SELECT x FROM c36 WHERE x IN (SELECT x FROM c36)), c38 AS (SELECT x FROM c37 WHERE x IN (SELECT x FROM c37)), c39 AS (SELECT x FROM c38 WHERE x IN (SELECT x FROM c38)) SELECT x FROM c39
-- stopped:
WITH c0 AS (SELECT id AS x FROM city), c1 AS (SELECT x FROM c0 AS o WHERE EXISTS (SELECT 1 FROM c0 AS i WHERE i.x = o.x)), c2 AS (SELECT x FROM c1 AS o WHERE EXISTS (SELECT 1 FROM c1 AS i WHERE i.x = o.x)), c3 AS (SELECT x FROM c2 AS o WHERE EXISTS (SELECT 1 FROM c2 AS i WHERE i.x = o.x)), c4 AS (SELECT x FROM c3 AS o WHERE EXISTS (SELECT 1 FROM c3 AS i WHERE i.x = o.x)), c5 AS (SELECT x FROM c4 AS o WHERE EXISTS (SELECT 1 FROM c4 AS i WHERE i.x = o.x)), c6 AS (SELECT x FROM c5 AS o WHERE EXISTS (SELECT 1 FROM c5 AS i WHERE i.x = o.x)), c7 AS (SELECT x FROM c6 AS o WHERE EXISTS (SELECT 1 FROM c6 AS i WHERE i.x = o.x)), c8 AS (SELECT x FROM c7 AS o WHERE EXISTS (SELECT 1 FROM c7 AS i WHERE i.x = o.x)), c9 AS (SELECT x FROM c8 AS o WHERE EXISTS (SELECT 1 FROM c8 AS i WHERE i.x = o.x)), c10 AS (SELECT x FROM c9 AS o WHERE EXISTS (SELECT 1 FROM c9 AS i WHERE i.x = o.x)), c11 AS (SELECT x FROM c10 AS o WHERE EXISTS (SELECT 1 FROM c10 AS i WHERE i.x = o.x)), c12 AS (SELECT x FROM c11 AS o WHERE EXISTS (SELECT 1 FROM c11 AS i WHERE i.x = o.x)), c13 AS (SELECT x FROM c12 AS o WHERE EXISTS (SELECT 1 FROM c12 AS i WHERE i.x = o.x)), c14 AS (SELECT x FROM c13 AS o WHERE EXISTS (SELECT 1 FROM c13 AS i WHERE i.x = o.x)), c15 AS (SELECT x FROM c14 AS o WHERE EXISTS (SELECT 1 FROM c14 AS i WHERE i.x = o.x)), c16 AS (SELECT x FROM c15 AS o WHERE EXISTS (SELECT 1 FROM c15 AS i WHERE i.x = o.x)), c17 AS (SELECT x FROM c16 AS o WHERE EXISTS (SELECT 1 FROM c16 AS i WHERE i.x = o.x)), c18 AS (SELECT x FROM c17 AS o WHERE EXISTS (SELECT 1 FROM c17 AS i WHERE i.x = o.x)), c19 AS (SELECT x FROM c18 AS o WHERE EXISTS (SELECT 1 FROM c18 AS i WHERE i.x = o.x)), c20 AS (SELECT x FROM c19 AS o WHERE EXISTS (SELECT 1 FROM c19 AS i WHERE i.x = o.x)), c21 AS (SELECT x FROM c20 AS o WHERE EXISTS (SELECT 1 FROM c20 AS i WHERE i.x = o.x)), c22 AS (SELECT x FROM c21 AS o WHERE EXISTS (SELECT 1 FROM c21 AS i WHERE i.x = o.x)), c23 AS (SELECT x FROM c22 AS o WHERE EXISTS (SELECT 1 FROM c22 AS i WHERE i.x = o.x)), c24 AS (SELECT x FROM c23 AS o WHERE EXISTS (SELECT 1 FROM c23 AS i WHERE i.x = o.x)), c25 AS (SELECT x FROM c24 AS o WHERE EXISTS (SELECT 1 FROM c24 AS i WHERE i.x = o.x)), c26 AS (SELECT x FROM c25 AS o WHERE EXISTS (SELECT 1 FROM c25 AS i WHERE i.x = o.x)), c27 AS (SELECT x FROM c26 AS o WHERE EXISTS (SELECT 1 FROM c26 AS i WHERE i.x = o.x)), c28 AS (SELECT x FROM c27 AS o WHERE EXISTS (SELECT 1 FROM c27 AS i WHERE i.x = o.x)), c29 AS (SELECT x FROM c28 AS o WHERE EXISTS (SELECT 1 FROM c28 AS i WHERE i.x = o.x)) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT id AS x FROM city), c1 AS (SELECT p.x FROM c0 AS p LEFT JOIN c0 AS q ON p.x = q.x), c2 AS (SELECT p.x FROM c1 AS p LEFT JOIN c1 AS q ON p.x = q.x), c3 AS (SELECT p.x FROM c2 AS p LEFT JOIN c2 AS q ON p.x = q.x), c4 AS (SELECT p.x FROM c3 AS p LEFT JOIN c3 AS q ON p.x = q.x), c5 AS (SELECT p.x FROM c4 AS p LEFT JOIN c4 AS q ON p.x = q.x), c6 AS (SELECT p.x FROM c5 AS p LEFT JOIN c5 AS q ON p.x = q.x), c7 AS (SELECT p.x FROM c6 AS p LEFT JOIN c6 AS q ON p.x = q.x), c8 AS (SELECT p.x FROM c7 AS p LEFT JOIN c7 AS q ON p.x = q.x), c9 AS (SELECT p.x FROM c8 AS p LEFT JOIN c8 AS q ON p.x = q.x), c10 AS (SELECT p.x FROM c9 AS p LEFT JOIN c9 AS q ON p.x = q.x), c11 AS (SELECT p.x FROM c10 AS p LEFT JOIN c10 AS q ON p.x = q.x), c12 AS (SELECT p.x FROM c11 AS p LEFT JOIN c11 AS q ON p.x = q.x), c13 AS (SELECT p.x FROM c12 AS p LEFT JOIN c12 AS q ON p.x = q.x), c14 AS (SELECT p.x FROM c13 AS p LEFT JOIN c13 AS q ON p.x = q.x), c15 AS (SELECT p.x FROM c14 AS p LEFT JOIN c14 AS q ON p.x = q.x), c16 AS (SELECT p.x FROM c15 AS p LEFT JOIN c15 AS q ON p.x = q.x), c17 AS (SELECT p.x FROM c16 AS p LEFT JOIN c16 AS q ON p.x = q.x), c18 AS (SELECT p.x FROM c17 AS p LEFT JOIN c17 AS q ON p.x = q.x), c19 AS (SELECT p.x FROM c18 AS p LEFT JOIN c18 AS q ON p.x = q.x), c20 AS (SELECT p.x FROM c19 AS p LEFT JOIN c19 AS q ON p.x = q.x), c21 AS (SELECT p.x FROM c20 AS p LEFT JOIN c20 AS q ON p.x = q.x), c22 AS (SELECT p.x FROM c21 AS p LEFT JOIN c21 AS q ON p.x = q.x), c23 AS (SELECT p.x FROM c22 AS p LEFT JOIN c22 AS q ON p.x = q.x), c24 AS (SELECT p.x FROM c23 AS p LEFT JOIN c23 AS q ON p.x = q.x), c25 AS (SELECT p.x FROM c24 AS p LEFT JOIN c24 AS q ON p.x = q.x), c26 AS (SELECT p.x FROM c25 AS p LEFT JOIN c25 AS q ON p.x = q.x), c27 AS (SELECT p.x FROM c26 AS p LEFT JOIN c26 AS q ON p.x = q.x), c28 AS (SELECT p.x FROM c27 AS p LEFT JOIN c27 AS q ON p.x = q.x), c29 AS (SELECT p.x FROM c28 AS p LEFT JOIN c28 AS q ON p.x = q.x) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT id AS x FROM city), c1 AS (SELECT max(p.x) OVER () AS x FROM c0 AS p, c0 AS q), c2 AS (SELECT max(p.x) OVER () AS x FROM c1 AS p, c1 AS q), c3 AS (SELECT max(p.x) OVER () AS x FROM c2 AS p, c2 AS q), c4 AS (SELECT max(p.x) OVER () AS x FROM c3 AS p, c3 AS q), c5 AS (SELECT max(p.x) OVER () AS x FROM c4 AS p, c4 AS q), c6 AS (SELECT max(p.x) OVER () AS x FROM c5 AS p, c5 AS q), c7 AS (SELECT max(p.x) OVER () AS x FROM c6 AS p, c6 AS q), c8 AS (SELECT max(p.x) OVER () AS x FROM c7 AS p, c7 AS q), c9 AS (SELECT max(p.x) OVER () AS x FROM c8 AS p, c8 AS q), c10 AS (SELECT max(p.x) OVER () AS x FROM c9 AS p, c9 AS q), c11 AS (SELECT max(p.x) OVER () AS x FROM c10 AS p, c10 AS q), c12 AS (SELECT max(p.x) OVER () AS x FROM c11 AS p, c11 AS q), c13 AS (SELECT max(p.x) OVER () AS x FROM c12 AS p, c12 AS q), c14 AS (SELECT max(p.x) OVER () AS x FROM c13 AS p, c13 AS q), c15 AS (SELECT max(p.x) OVER () AS x FROM c14 AS p, c14 AS q), c16 AS (SELECT max(p.x) OVER () AS x FROM c15 AS p, c15 AS q), c17 AS (SELECT max(p.x) OVER () AS x FROM c16 AS p, c16 AS q), c18 AS (SELECT max(p.x) OVER () AS x FROM c17 AS p, c17 AS q), c19 AS (SELECT max(p.x) OVER () AS x FROM c18 AS p, c18 AS q), c20 AS (SELECT max(p.x) OVER () AS x FROM c19 AS p, c19 AS q), c21 AS (SELECT max(p.x) OVER () AS x FROM c20 AS p, c20 AS q), c22 AS (SELECT max(p.x) OVER () AS x FROM c21 AS p, c21 AS q), c23 AS (SELECT max(p.x) OVER () AS x FROM c22 AS p, c22 AS q), c24 AS (SELECT max(p.x) OVER () AS x FROM c23 AS p, c23 AS q), c25 AS (SELECT max(p.x) OVER () AS x FROM c24 AS p, c24 AS q), c26 AS (SELECT max(p.x) OVER () AS x FROM c25 AS p, c25 AS q), c27 AS (SELECT max(p.x) OVER () AS x FROM c26 AS p, c26 AS q), c28 AS (SELECT max(p.x) OVER () AS x FROM c27 AS p, c27 AS q), c29 AS (SELECT max(p.x) OVER () AS x FROM c28 AS p, c28 AS q) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT id AS x FROM city), c1 AS (SELECT DISTINCT x + (SELECT max(x) FROM c0) AS x FROM c0), c2 AS (SELECT DISTINCT x + (SELECT max(x) FROM c1) AS x FROM c1), c3 AS (SELECT DISTINCT x + (SELECT max(x) FROM c2) AS x FROM c2), c4 AS (SELECT DISTINCT x + (SELECT max(x) FROM c3) AS x FROM c3), c5 AS (SELECT DISTINCT x + (SELECT max(x) FROM c4) AS x FROM c4), c6 AS (SELECT DISTINCT x + (SELECT max(x) FROM c5) AS x FROM c5), c7 AS (SELECT DISTINCT x + (SELECT max(x) FROM c6) AS x FROM c6), c8 AS (SELECT DISTINCT x + (SELECT max(x) FROM c7) AS x FROM c7), c9 AS (SELECT DISTINCT x + (SELECT max(x) FROM c8) AS x FROM c8), c10 AS (SELECT DISTINCT x + (SELECT max(x) FROM c9) AS x FROM c9), c11 AS (SELECT DISTINCT x + (SELECT max(x) FROM c10) AS x FROM c10), c12 AS (SELECT DISTINCT x + (SELECT max(x) FROM c11) AS x FROM c11), c13 AS (SELECT DISTINCT x + (SELECT max(x) FROM c12) AS x FROM c12), c14 AS (SELECT DISTINCT x + (SELECT max(x) FROM c13) AS x FROM c13), c15 AS (SELECT DISTINCT x + (SELECT max(x) FROM c14) AS x FROM c14), c16 AS (SELECT DISTINCT x + (SELECT max(x) FROM c15) AS x FROM c15), c17 AS (SELECT DISTINCT x + (SELECT max(x) FROM c16) AS x FROM c16), c18 AS (SELECT DISTINCT x + (SELECT max(x) FROM c17) AS x FROM c17), c19 AS (SELECT DISTINCT x + (SELECT max(x) FROM c18) AS x FROM c18), c20 AS (SELECT DISTINCT x + (SELECT max(x) FROM c19) AS x FROM c19), c21 AS (SELECT DISTINCT x + (SELECT max(x) FROM c20) AS x FROM c20), c22 AS (SELECT DISTINCT x + (SELECT max(x) FROM c21) AS x FROM c21), c23 AS (SELECT DISTINCT x + (SELECT max(x) FROM c22) AS x FROM c22), c24 AS (SELECT DISTINCT x + (SELECT max(x) FROM c23) AS x FROM c23), c25 AS (SELECT DISTINCT x + (SELECT max(x) FROM c24) AS x FROM c24), c26 AS (SELECT DISTINCT x + (SELECT max(x) FROM c25) AS x FROM c25), c27 AS (SELECT DISTINCT x + (SELECT max(x) FROM c26) AS x FROM c26), c28 AS (SELECT DISTINCT x + (SELECT max(x) FROM c27) AS x FROM c27), c29 AS (SELECT DISTINCT x + (SELECT max(x) FROM c28) AS x FROM c28) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT people AS x FROM city), c1 AS (SELECT x + x AS x FROM c0), c2 AS (SELECT x + x AS x FROM c1), c3 AS (SELECT x + x AS x FROM c2), c4 AS (SELECT x + x AS x FROM c3), c5 AS (SELECT x + x AS x FROM c4), c6 AS (SELECT x + x AS x FROM c5), c7 AS (SELECT x + x AS x FROM c6), c8 AS (SELECT x + x AS x FROM c7), c9 AS (SELECT x + x AS x FROM c8), c10 AS (SELECT x + x AS x FROM c9), c11 AS (SELECT x + x AS x FROM c10), c12 AS (SELECT x + x AS x FROM c11), c13 AS (SELECT x + x AS x FROM c12), c14 AS (SELECT x + x AS x FROM c13), c15 AS (SELECT x + x AS x FROM c14), c16 AS (SELECT x + x AS x FROM c15), c17 AS (SELECT x + x AS x FROM c16), c18 AS (SELECT x + x AS x FROM c17), c19 AS (SELECT x + x AS x FROM c18), c20 AS (SELECT x + x AS x FROM c19), c21 AS (SELECT x + x AS x FROM c20), c22 AS (SELECT x + x AS x FROM c21), c23 AS (SELECT x + x AS x FROM c22), c24 AS (SELECT x + x AS x FROM c23), c25 AS (SELECT x + x AS x FROM c24), c26 AS (SELECT x + x AS x FROM c25), c27 AS (SELECT x + x AS x FROM c26), c28 AS (SELECT x + x AS x FROM c27), c29 AS (SELECT x + x AS x FROM c28) SELECT x FROM c29
-- stopped:
WITH c0 AS (SELECT people AS x FROM city), c1 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c0), c2 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c1), c3 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c2), c4 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c3), c5 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c4), c6 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c5), c7 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c6), c8 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c7), c9 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c8), c10 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c9), c11 AS (SELECT max(x, x, x, x, x, x, x, x) AS x FROM c10) SELECT x FROM c11
-- stopped:
WITH c0 AS (SELECT people AS x FROM city), c1 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c0 WHERE x <> 5), c2 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c1 WHERE x <> 5), c3 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c2 WHERE x <> 5), c4 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c3 WHERE x <> 5), c5 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c4 WHERE x <> 5), c6 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c5 WHERE x <> 5), c7 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c6 WHERE x <> 5), c8 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c7 WHERE x <> 5), c9 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c8 WHERE x <> 5), c10 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c9 WHERE x <> 5), c11 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c10 WHERE x <> 5), c12 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c11 WHERE x <> 5), c13 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c12 WHERE x <> 5), c14 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c13 WHERE x <> 5), c15 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c14 WHERE x <> 5), c16 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c15 WHERE x <> 5), c17 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c16 WHERE x <> 5), c18 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c17 WHERE x <> 5), c19 AS (SELECT CASE WHEN x > 1 THEN x ELSE -x END AS x FROM c18 WHERE x <> 5) SELECT x FROM c19
-- invalid: too many columns
WITH c0 AS (SELECT * FROM city), c1 AS (SELECT p.*, q.* FROM c0 AS p, c0 AS q), c2 AS (SELECT p.*, q.* FROM c1 AS p, c1 AS q), c3 AS (SELECT p.*, q.* FROM c2 AS p, c2 AS q), c4 AS (SELECT p.*, q.* FROM c3 AS p, c3 AS q), c5 AS (SELECT p.*, q.* FROM c4 AS p, c4 AS q), c6 AS (SELECT p.*, q.* FROM c5 AS p, c5 AS q), c7 AS (SELECT p.*, q.* FROM c6 AS p, c6 AS q), c8 AS (SELECT p.*, q.* FROM c7 AS p, c7 AS q), c9 AS (SELECT p.*, q.* FROM c8 AS p, c8 AS q), c10 AS (SELECT p.*, q.* FROM c9 AS p, c9 AS q), c11 AS (SELECT p.*, q.* FROM c10 AS p, c10 AS q) SELECT * FROM c11
-- stopped:
EXPLAIN WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT x FROM c0 UNION ALL SELECT x FROM c0), c2 AS (SELECT x FROM c1 UNION ALL SELECT x FROM c1), c3 AS (SELECT x FROM c2 UNION ALL SELECT x FROM c2), c4 AS (SELECT x FROM c3 UNION ALL SELECT x FROM c3), c5 AS (SELECT x FROM c4 UNION ALL SELECT x FROM c4), c6 AS (SELECT x FROM c5 UNION ALL SELECT x FROM c5), c7 AS (SELECT x FROM c6 UNION ALL SELECT x FROM c6), c8 AS (SELECT x FROM c7 UNION ALL SELECT x FROM c7), c9 AS (SELECT x FROM c8 UNION ALL SELECT x FROM c8), c10 AS (SELECT x FROM c9 UNION ALL SELECT x FROM c9), c11 AS (SELECT x FROM c10 UNION ALL SELECT x FROM c10), c12 AS (SELECT x FROM c11 UNION ALL SELECT x FROM c11), c13 AS (SELECT x FROM c12 UNION ALL SELECT x FROM c12), c14 AS (SELECT x FROM c13 UNION ALL SELECT x FROM c13), c15 AS (SELECT x FROM c14 UNION ALL SELECT x FROM c14), c16 AS (SELECT x FROM c15 UNION ALL SELECT x FROM c15), c17 AS (SELECT x FROM c16 UNION ALL SELECT x FROM c16), c18 AS (SELECT x FROM c17 UNION ALL SELECT x FROM c17), c19 AS (SELECT x FROM c18 UNION ALL SELECT x FROM c18), c20 AS (SELECT x FROM c19 UNION ALL SELECT x FROM c19), c21 AS (SELECT x FROM c20 UNION ALL SELECT x FROM c20), c22 AS (SELECT x FROM c21 UNION ALL SELECT x FROM c21), c23 AS (SELECT x FROM c22 UNION ALL SELECT x FROM c22), c24 AS (SELECT x FROM c23 UNION ALL SELECT x FROM c23), c25 AS (SELECT x FROM c24 UNION ALL SELECT x FROM c24), c26 AS (SELECT x FROM c25 UNION ALL SELECT x FROM c25), c27 AS (SELECT x FROM c26 UNION ALL SELECT x FROM c26), c28 AS (SELECT x FROM c27 UNION ALL SELECT x FROM c27), c29 AS (SELECT x FROM c28 UNION ALL SELECT x FROM c28) SELECT count(*) FROM c29
-- stopped:
EXPLAIN QUERY PLAN WITH c0 AS (SELECT 1 AS x), c1 AS (SELECT 1 AS x FROM c0 AS p, c0 AS q), c2 AS (SELECT 1 AS x FROM c1 AS p, c1 AS q), c3 AS (SELECT 1 AS x FROM c2 AS p, c2 AS q), c4 AS (SELECT 1 AS x FROM c3 AS p, c3 AS q), c5 AS (SELECT 1 AS x FROM c4 AS p, c4 AS q), c6 AS (SELECT 1 AS x FROM c5 AS p, c5 AS q), c7 AS (SELECT 1 AS x FROM c6 AS p, c6 AS q), c8 AS (SELECT 1 AS x FROM c7 AS p, c7 AS q), c9 AS (SELECT 1 AS x FROM c8 AS p, c8 AS q), c10 AS (SELECT 1 AS x FROM c9 AS p, c9 AS q), c11 AS (SELECT 1 AS x FROM c10 AS p, c10 AS q), c12 AS (SELECT 1 AS x FROM c11 AS p, c11 AS q), c13 AS (SELECT 1 AS x FROM c12 AS p, c12 AS q), c14 AS (SELECT 1 AS x FROM c13 AS p, c13 AS q), c15 AS (SELECT 1 AS x FROM c14 AS p, c14 AS q), c16 AS (SELECT 1 AS x FROM c15 AS p, c15 AS q), c17 AS (SELECT 1 AS x FROM c16 AS p, c16 AS q), c18 AS (SELECT 1 AS x FROM c17 AS p, c17 AS q), c19 AS (SELECT 1 AS x FROM c18 AS p, c18 AS q), c20 AS (SELECT 1 AS x FROM c19 AS p, c19 AS q), c21 AS (SELECT 1 AS x FROM c20 AS p, c20 AS q), c22 AS (SELECT 1 AS x FROM c21 AS p, c21 AS q), c23 AS (SELECT 1 AS x FROM c22 AS p, c22 AS q), c24 AS (SELECT 1 AS x FROM c23 AS p, c23 AS q), c25 AS (SELECT 1 AS x FROM c24 AS p, c24 AS q), c26 AS (SELECT 1 AS x FROM c25 AS p, c25 AS q), c27 AS (SELECT 1 AS x FROM c26 AS p, c26 AS q), c28 AS (SELECT 1 AS x FROM c27 AS p, c27 AS q), c29 AS (SELECT 1 AS x FROM c28 AS p, c28 AS q) SELECT count(*) FROM c29
-- stopped:
SELECT (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1 FROM person WHERE id IN (SELECT 1)))))))))))))))))))))))))))))))))))))))))

-- Joins of many tables, with all the conditions that the planner may weigh.

-- stopped:
SELECT count(*) FROM person t0, person t1, person t2, person t3, person t4, person t5, person t6, person t7, person t8, person t9, person t10, person t11, person t12, person t13, person t14, person t15, person t16, person t17, person t18, person t19, person t20, person t21, person t22, person t23, person t24, person t25, person t26, person t27, person t28, person t29, person t30, person t31, person t32, person t33, person t34, person t35, person t36, person t37, person t38, person t39, person t40, person t41, person t42, person t43, person t44, person t45, person t46, person t47, person t48, person t49, person t50, person t51, person t52, person t53, person t54, person t55, person t56, person t57, person t58, person t59, person t60, person t61, person t62, person t63 WHERE t0.id <> t1.id AND t1.id <> t2.id AND t2.id <> t3.id AND t3.id <> t4.id AND t4.id <> t5.id AND t5.id <> t6.id AND t6.id <> t7.id AND t7.id <> t8.id AND t8.id <> t9.id AND t9.id <> t10.id AND t10.id <> t11.id AND t11.id <> t12.id AND t12.id <> t13.id AND t13.id <> t14.id AND t14.id <> t15.id AND t15.id <> t16.id AND t16.id <> t17.id AND t17.id <> t18.id AND t18.id <> t19.id AND t19.id <> t20.id AND t20.id <> t21.id AND t21.id <> t22.id AND t22.id <> t23.id AND t23.id <> t24.id AND t24.id <> t25.id AND t25.id <> t26.id AND t26.id <> t27.id AND t27.id <> t28.id AND t28.id <> t29.id AND t29.id <> t30.id AND t30.id <> t31.id AND t31.id <> t32.id AND t32.id <> t33.id AND t33.id <> t34.id AND t34.id <> t35.id AND t35.id <> t36.id AND t36.id <> t37.id AND t37.id <> t38.id AND t38.id <> t39.id AND t39.id <> t40.id AND t40.id <> t41.id AND t41.id <> t42.id AND t42.id <> t43.id AND t43.id <> t44.id AND t44.id <> t45.id AND t45.id <> t46.id AND t46.id <> t47.id AND t47.id <> t48.id AND t48.id <> t49.id AND t49.id <> t50.id AND t50.id <> t51.id AND t51.id <> t52.id AND t52.id <> t53.id AND t53.id <> t54.id AND t54.id <> t55.id AND t55.id <> t56.id AND t56.id <> t57.id AND t57.id <> t58.id AND t58.id <> t59.id AND t59.id <> t60.id AND t60.id <> t61.id AND t61.id <> t62.id AND t62.id <> t63.id
-- invalid: at most 64 tables
SELECT count(*) FROM city t0, city t1, city t2, city t3, city t4, city t5, city t6, city t7, city t8, city t9, city t10, city t11, city t12, city t13, city t14, city t15, city t16, city t17, city t18, city t19, city t20, city t21, city t22, city t23, city t24, city t25, city t26, city t27, city t28, city t29, city t30, city t31, city t32, city t33, city t34, city t35, city t36, city t37, city t38, city t39, city t40, city t41, city t42, city t43, city t44, city t45, city t46, city t47, city t48, city t49, city t50, city t51, city t52, city t53, city t54, city t55, city t56, city t57, city t58, city t59, city t60, city t61, city t62, city t63, city t64
-- stopped:
SELECT count(*) FROM person t0, person t1, person t2, person t3, person t4, person t5, person t6, person t7, person t8, person t9, person t10, person t11, person t12, person t13 WHERE t0.id + t1.id > 1500 AND t0.id + t2.id > 1500 AND t0.id + t3.id > 1500 AND t0.id + t4.id > 1500 AND t0.id + t5.id > 1500 AND t0.id + t6.id > 1500 AND t0.id + t7.id > 1500 AND t0.id + t8.id > 1500 AND t0.id + t9.id > 1500 AND t0.id + t10.id > 1500 AND t0.id + t11.id > 1500 AND t0.id + t12.id > 1500 AND t0.id + t13.id > 1500 AND t1.id + t2.id > 1500 AND t1.id + t3.id > 1500 AND t1.id + t4.id > 1500 AND t1.id + t5.id > 1500 AND t1.id + t6.id > 1500 AND t1.id + t7.id > 1500 AND t1.id + t8.id > 1500 AND t1.id + t9.id > 1500 AND t1.id + t10.id > 1500 AND t1.id + t11.id > 1500 AND t1.id + t12.id > 1500 AND t1.id + t13.id > 1500 AND t2.id + t3.id > 1500 AND t2.id + t4.id > 1500 AND t2.id + t5.id > 1500 AND t2.id + t6.id > 1500 AND t2.id + t7.id > 1500 AND t2.id + t8.id > 1500 AND t2.id + t9.id > 1500 AND t2.id + t10.id > 1500 AND t2.id + t11.id > 1500 AND t2.id + t12.id > 1500 AND t2.id + t13.id > 1500 AND t3.id + t4.id > 1500 AND t3.id + t5.id > 1500 AND t3.id + t6.id > 1500 AND t3.id + t7.id > 1500 AND t3.id + t8.id > 1500 AND t3.id + t9.id > 1500 AND t3.id + t10.id > 1500 AND t3.id + t11.id > 1500 AND t3.id + t12.id > 1500 AND t3.id + t13.id > 1500 AND t4.id + t5.id > 1500 AND t4.id + t6.id > 1500 AND t4.id + t7.id > 1500 AND t4.id + t8.id > 1500 AND t4.id + t9.id > 1500 AND t4.id + t10.id > 1500 AND t4.id + t11.id > 1500 AND t4.id + t12.id > 1500 AND t4.id + t13.id > 1500 AND t5.id + t6.id > 1500 AND t5.id + t7.id > 1500 AND t5.id + t8.id > 1500 AND t5.id + t9.id > 1500 AND t5.id + t10.id > 1500 AND t5.id + t11.id > 1500 AND t5.id + t12.id > 1500 AND t5.id + t13.id > 1500 AND t6.id + t7.id > 1500 AND t6.id + t8.id > 1500 AND t6.id + t9.id > 1500 AND t6.id + t10.id > 1500 AND t6.id + t11.id > 1500 AND t6.id + t12.id > 1500 AND t6.id + t13.id > 1500 AND t7.id + t8.id > 1500 AND t7.id + t9.id > 1500 AND t7.id + t10.id > 1500 AND t7.id + t11.id > 1500 AND t7.id + t12.id > 1500 AND t7.id + t13.id > 1500 AND t8.id + t9.id > 1500 AND t8.id + t10.id > 1500 AND t8.id + t11.id > 1500 AND t8.id + t12.id > 1500 AND t8.id + t13.id > 1500 AND t9.id + t10.id > 1500 AND t9.id + t11.id > 1500 AND t9.id + t12.id > 1500 AND t9.id + t13.id > 1500 AND t10.id + t11.id > 1500 AND t10.id + t12.id > 1500 AND t10.id + t13.id > 1500 AND t11.id + t12.id > 1500 AND t11.id + t13.id > 1500 AND t12.id + t13.id > 1500
-- stopped:
SELECT count(*) FROM person t0, person t1, person t2, person t3, person t4, person t5, person t6, person t7, person t8, person t9, person t10, person t11, person t12, person t13, person t14, person t15, person t16, person t17, person t18, person t19 WHERE (t0.id = t1.city_id OR t0.city_id = t1.id OR t0.name = t1.born) AND (t1.id = t2.city_id OR t1.city_id = t2.id OR t1.name = t2.born) AND (t2.id = t3.city_id OR t2.city_id = t3.id OR t2.name = t3.born) AND (t3.id = t4.city_id OR t3.city_id = t4.id OR t3.name = t4.born) AND (t4.id = t5.city_id OR t4.city_id = t5.id OR t4.name = t5.born) AND (t5.id = t6.city_id OR t5.city_id = t6.id OR t5.name = t6.born) AND (t6.id = t7.city_id OR t6.city_id = t7.id OR t6.name = t7.born) AND (t7.id = t8.city_id OR t7.city_id = t8.id OR t7.name = t8.born) AND (t8.id = t9.city_id OR t8.city_id = t9.id OR t8.name = t9.born) AND (t9.id = t10.city_id OR t9.city_id = t10.id OR t9.name = t10.born) AND (t10.id = t11.city_id OR t10.city_id = t11.id OR t10.name = t11.born) AND (t11.id = t12.city_id OR t11.city_id = t12.id OR t11.name = t12.born) AND (t12.id = t13.city_id OR t12.city_id = t13.id OR t12.name = t13.born) AND (t13.id = t14.city_id OR t13.city_id = t14.id OR t13.name = t14.born) AND (t14.id = t15.city_id OR t14.city_id = t15.id OR t14.name = t15.born) AND (t15.id = t16.city_id OR t15.city_id = t16.id OR t15.name = t16.born) AND (t16.id = t17.city_id OR t16.city_id = t17.id OR t16.name = t17.born) AND (t17.id = t18.city_id OR t17.city_id = t18.id OR t17.name = t18.born) AND (t18.id = t19.city_id OR t18.city_id = t19.id OR t18.name = t19.born) AND t0.name = 'x' || t19.name

-- One call of a function that takes seconds or minutes by itself: nothing inside SQLite stops it.

-- stopped:
SELECT length(printf('%.*c', 1000000000, 'x'))
-- stopped:
SELECT format('%.2147483647c', 'x')
-- stopped:
SELECT name, printf('%s: %.*c', name, 2000000000 + id, '=') FROM city
-- stopped:
SELECT printf('%1000000000c%1000000000c%.1000000000c', 'a', 'b', 'c')
-- stopped:
SELECT instr(printf('%.*c', 999999, 'a'), printf('%.*c', 500000, 'a') || 'b')
-- stopped:
SELECT instr(zeroblob(999999), CAST(zeroblob(499999) || x'01' AS BLOB)), instr(zeroblob(999999), randomblob(1) || 'x')
-- stopped:
SELECT replace(printf('%.*c', 999999, 'a'), printf('%.*c', 500000, 'a') || 'b', '')
-- stopped:
SELECT length(trim(printf('%.*c', 999999, 'a'), printf('%.*c', 80000, 'b') || 'a'))
-- stopped:
SELECT length(ltrim(printf('%.*c', 999999, 'z'), replace(hex(zeroblob(20000)), '0', 'y') || 'z'))
-- stopped:
SELECT rtrim(printf('%.*c', 300000, 'é'), printf('%.*c', 80000, 'è') || 'é')
-- stopped:
SELECT json_patch(json_group_object(p.id || '.' || q.id, 0), json_group_object(p.id || '.' || q.id, 1)) FROM person AS p, person AS q WHERE q.id <= 60
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 70000), o AS (SELECT json_group_object(n, NULL) AS x FROM t)
SELECT length(json_patch(x, replace(x, ':null', ':{}'))) FROM o
-- stopped:
SELECT name FROM city WHERE 0 = instr(printf('%.*c', 990000 + id, 'ab'), printf('%.*c', 400000, 'a') || name) ORDER BY name

-- Calls that take milliseconds each, so that many of them fit between two looks at the clock.

-- stopped:
SELECT sum(instr(a.body || p.id, printf('%.*c', 25000, substr(a.body, 1, 1)) || 'z')) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT a.body || p.id GLOB '*' || replace(printf('%.*c', 30, 'x'), 'x', '[^bcdef]') || 'Q' FROM note AS a, person AS p
-- stopped:
SELECT count(*) FROM person AS p WHERE like('%' || printf('%.*c', 200, 'a') || p.id || '%', printf('%.*c', 999999, 'a'))
-- stopped:
SELECT sum(glob('*' || printf('%.*c', 200, 'a') || '?' || p.id, printf('%.*c', 999999, 'a'))) FROM person AS p
-- stopped:
SELECT sum(length(replace(a.body || p.id, substr(a.body, 1, 1), 'a longer text'))) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT count(*) FROM person AS p, person AS q WHERE replace(hex(zeroblob(200000 + p.id + q.id)), '00', 'a') LIKE '%b'
-- stopped:
SELECT sum(length(upper(lower(hex(randomblob(499000 + p.id + q.id % 2)))))) FROM person AS p, person AS q WHERE q.id + p.id < 1000
-- stopped:
SELECT count(*) FROM person AS p, person AS q WHERE hex(zeroblob(490000 + p.id)) = quote(zeroblob(490000 + q.id))
-- stopped:
SELECT sum(length(strftime(replace(printf('%.*c', 40000, 'x'), 'x', '%J'), p.id))) FROM person AS p
-- stopped:
SELECT sum(length(strftime(replace(printf('%.*c', 40000, 'x'), 'x', '%Y%j%W'), p.born))) FROM person AS p, person AS q
-- stopped:
SELECT max(length(printf('%.*f', 900000 + p.id, 1.0 / q.id))) FROM person AS p, person AS q
-- stopped:
SELECT max(length(printf('%,d%*s%-*d', p.id, 300000 + q.id, 'x', 400000 + p.id, 1))) FROM person AS p, person AS q
-- stopped:
SELECT sum(length(soundex(a.body || p.id))) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT sum(unicode(substr(a.body || p.id, -1 - q.id, 1))) + sum(length(substr(a.body, q.id))) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT sum(length(trim(a.body || p.id, 'bcdefghijklmnopqrstuvwxyz0123456789a'))) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT sum(length(quote(quote(quote(replace(a.body || p.id, 'a', '''')))))) FROM note AS a, person AS p, person AS q
-- stopped:
SELECT sum(length(group_concat)) FROM (SELECT group_concat(b.body, a.body) AS group_concat FROM note AS a, note AS b, person AS p, person AS q WHERE b.id < 4 AND a.id < 4 GROUP BY p.id, q.id, a.id)
-- stopped:
SELECT max(p.body || q.id || r.id COLLATE NOCASE) FROM note AS p, person AS q, person AS r
-- stopped:
SELECT count(*) FROM note AS a, note AS b, person AS p, person AS q WHERE a.body || p.id = b.body || q.id COLLATE RTRIM
-- stopped:
SELECT count(DISTINCT substr(a.body || p.id, 1 + q.id % 3)) FROM note AS a, person AS p, person AS q WHERE q.id < 5
-- stopped:
SELECT sum(json_valid('[' || replace(printf('%.*c', 300000, 'x'), 'x', '1,') || p.id || ']')) FROM person AS p, person AS q
-- stopped:
SELECT sum(json_extract(replace(printf('%.*c', 1990, '['), '[', '[' || p.id || ',[],[],') || 1 || printf('%.*c', 1990, ']'), '$[0]')) FROM person AS p, person AS q
-- stopped:
WITH a AS (SELECT json_group_array(p.id) AS x FROM person AS p, city AS q, note AS r) SELECT sum(json_extract(x || substr('          ', 1, p.id % 9), '$[#-1]')) FROM a, person AS p, person AS q
-- stopped:
WITH a AS (SELECT json_group_object(p.id || 'x' || q.id, q.name) AS x FROM person AS p, city AS q) SELECT max(length(json_set(x, '$.a', p.id, '$.b', q.id, '$.999x3', 1))) FROM a, person AS p, person AS q
-- stopped:
SELECT count(*) FROM person AS p, json_each('[' || replace(printf('%.*c', 300000, 'x'), 'x', '1,') || p.id || ']') AS j WHERE j.value = -1
-- stopped:
SELECT count(*) FROM person AS p, json_tree(replace(printf('%.*c', 1900, '['), '[', '[0,0,0,0,0,') || 1 || printf('%.*c', 1900, ']')) WHERE fullkey LIKE '%x' OR path LIKE '%y'
-- stopped:
SELECT sum(x.value + y.value) FROM person AS p, json_each(json_array(p.id, p.name, p.born)) AS x, person AS q, json_tree(json_object('a', q.id, 'b', json_array(q.name, q.born))) AS y
-- stopped:
WITH RECURSIVE t(x, n) AS (SELECT body, 1 FROM note UNION ALL SELECT substr(x, 2) || substr(x, 1, 1), n + 1 FROM t WHERE n < 1000000) SELECT max(x) FROM t
-- stopped:
WITH RECURSIVE t(x, n) AS (SELECT '[]', 1 UNION ALL SELECT json_insert(x, '$[#]', n), n + 1 FROM t WHERE n < 100000) SELECT length(x) FROM t ORDER BY n DESC LIMIT 1
-- stopped:
WITH RECURSIVE t(c, rest) AS (SELECT '', (SELECT group_concat(body, '') FROM note) UNION ALL SELECT substr(rest, 1, 1), substr(rest, 2) FROM t WHERE rest <> '') SELECT c, count(*) FROM t GROUP BY c
-- stopped:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 200), s AS MATERIALIZED (SELECT printf('%.*c', 900000, 'a') || n AS a FROM t)
SELECT count(*) FROM s AS x, s AS y, s AS z WHERE x.a < y.a AND y.a < z.a
-- stopped:
SELECT count(*) FROM note AS a JOIN note AS b ON a.body LIKE '%' || substr(b.body, 1, 250) || '_' JOIN person AS p ON p.name || a.body LIKE '%' || substr(b.body, 1, 240) || p.id || '%' JOIN person AS q

-- Long texts and patterns that look worse than they are: these must work.

-- ok:
SELECT printf('%.*c', 999999, 'a') LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%b'
-- ok:
SELECT count(*) FROM note WHERE body LIKE '%a%b%c%d%e%' OR body GLOB '*a*b*c*d*[e-z]?'
-- ok:
SELECT json_valid(printf('%.*c', 999999, '['))
-- ok:
SELECT length(hex(zeroblob(499999))), length(printf('%.*f', 900000, 1.0 / 3))
-- ok:
SELECT length(group_concat(body, '')), length(replace(group_concat(body, ''), 'a', '')) FROM note
-- ok:
SELECT count(*) FROM json_each('[' || replace(printf('%.*c', 100000, 'x'), 'x', '1,') || '1]')
-- ok:
SELECT printf('%2147483647d', 1), printf('%.2147483647f', 1)
-- ok:
SELECT count(DISTINCT a.name || b.name) FROM person AS a, person AS b WHERE b.id <= 100

-- Questions that an analyst asks: every one of these must be run, whatever guards against the others.
-- A case is a line "-- status: words that the error contains", then one statement, up to the next such line.
-- Status is ok, invalid or timeout, as in execute.sql, or stopped: invalid or timeout, whichever limit is met first.
-- The tables are those of tests/test_execute.py: city, river, the view small, person (1,000 rows), note (10 long texts).

-- As in the official data: short, with aliases T1 and T2.

-- ok:
SELECT count(*) FROM person
-- ok:
SELECT T1.name FROM person AS T1 JOIN city AS T2 ON T1.city_id = T2.id WHERE T2.name = "Lima"
-- ok:
SELECT T2.name, count(*) FROM person AS T1 JOIN city AS T2 ON T1.city_id = T2.id GROUP BY T2.id ORDER BY count(*) DESC LIMIT 1
-- ok:
SELECT name FROM city WHERE id NOT IN (SELECT city_id FROM person WHERE born > '1992-01-01')
-- ok:
SELECT city_id FROM person GROUP BY city_id HAVING count(*) >= 300
-- ok:
SELECT avg(people), min(people), max(people) FROM city WHERE area IS NOT NULL
-- ok:
SELECT name FROM city WHERE people = (SELECT max(people) FROM city)
-- ok:
SELECT DISTINCT substr(born, 1, 4) FROM person ORDER BY 1
-- ok:
SELECT name FROM city EXCEPT SELECT T1.name FROM city AS T1 JOIN river AS T2 ON T1.id = T2.city_id
-- ok:
SELECT name FROM person WHERE name LIKE '%99%' AND born BETWEEN '1990-01-01' AND '1991-12-31' ORDER BY born DESC
-- ok:
SELECT count(DISTINCT city_id) FROM person WHERE name != 'person 1'
-- ok:
SELECT sum(CASE WHEN people > 5 THEN 1 ELSE 0 END) * 100.0 / count(*) FROM city
-- ok:
select t1.name , t1.people from city as t1 where t1.people  >  5 or t1.people  <  5 order by t1.name asc limit 3 ;
-- ok:
SELECT max(length(body)), min(length(body)) FROM note
-- ok:
SELECT T1.name, T2.name FROM city AS T1 JOIN city AS T2 ON T1.people < T2.people

-- Joins of every kind.

-- ok:
SELECT city.name, river.name FROM city LEFT JOIN river ON river.city_id = city.id
-- ok:
SELECT city.name, river.name FROM river RIGHT JOIN city ON river.city_id = city.id
-- ok:
SELECT city.name, river.name FROM city FULL OUTER JOIN river ON river.city_id = city.id WHERE river.name IS NULL
-- ok:
SELECT count(*) FROM city CROSS JOIN person
-- ok:
SELECT * FROM city NATURAL JOIN small
-- ok:
SELECT person.name, city.name AS city FROM person INNER JOIN city ON person.city_id = city.id AND city.people > 5 ORDER BY person.id LIMIT 10 OFFSET 20
-- ok:
SELECT * FROM (SELECT id AS city_id, name AS city FROM city) JOIN person USING (city_id) WHERE person.id <= 5
-- ok:
SELECT a.name, b.name FROM person AS a JOIN person AS b ON a.city_id = b.city_id AND a.id < b.id WHERE a.id < 10 AND b.id < 10
-- ok:
SELECT a.name FROM person AS a LEFT JOIN person AS b ON b.id = a.id + 1 WHERE b.id IS NULL
-- ok:
SELECT c.name, count(p.id), count(r.name) FROM city AS c LEFT JOIN person AS p ON p.city_id = c.id AND p.born < '1991' LEFT JOIN river AS r ON r.city_id = c.id GROUP BY c.id
-- ok:
SELECT count(*) FROM person AS a, person AS b WHERE a.id + b.id = 1001
-- ok:
SELECT small.name, city.area FROM small, city WHERE small.name = city.name AND city.area IS NOT NULL

-- Subqueries in every place.

-- ok:
SELECT name, (SELECT count(*) FROM person WHERE person.city_id = city.id) AS inhabitants FROM city
-- ok:
SELECT name FROM city AS c WHERE EXISTS (SELECT 1 FROM person AS p WHERE p.city_id = c.id AND p.name = 'person 7')
-- ok:
SELECT name FROM city AS c WHERE NOT EXISTS (SELECT * FROM river WHERE city_id = c.id)
-- ok:
SELECT name FROM person AS p WHERE born = (SELECT max(born) FROM person WHERE city_id = p.city_id)
-- ok:
SELECT avg(n) FROM (SELECT city_id, count(*) AS n FROM person GROUP BY city_id)
-- ok:
SELECT name FROM city ORDER BY (SELECT count(*) FROM person WHERE city_id = city.id) DESC, name
-- ok:
SELECT city_id, count(*) AS n FROM person GROUP BY city_id HAVING n > (SELECT avg(m) FROM (SELECT count(*) AS m FROM person GROUP BY city_id))
-- ok:
SELECT name FROM person WHERE (city_id, born) IN (SELECT city_id, min(born) FROM person GROUP BY city_id)
-- ok:
SELECT name FROM person LIMIT (SELECT count(*) FROM city) OFFSET (SELECT max(id) FROM city)
-- ok:
SELECT * FROM (SELECT * FROM (SELECT name, people FROM city WHERE people > 1) WHERE people < 50) AS x WHERE x.name <> ''
-- ok:
SELECT CASE WHEN (SELECT count(*) FROM river) = 0 THEN 'no rivers' ELSE 'rivers' END AS rivers
-- ok:
SELECT name FROM city WHERE people > 0.5 * (SELECT avg(people) FROM city) AND id IN (1, 2, (SELECT max(id) FROM city))
-- ok:
SELECT a.name FROM person AS a WHERE 5 > (SELECT count(*) FROM person AS b WHERE b.city_id = a.city_id AND b.born > a.born)

-- Groups, filters, sets and sorting.

-- ok:
SELECT city_id, strftime('%Y', born) AS year, count(*), min(name), max(name) FROM person GROUP BY 1, 2 ORDER BY 1, 2 DESC
-- ok:
SELECT count(*) FILTER (WHERE city_id = 1) AS lima, count(*) FILTER (WHERE city_id = 2) AS zurich, avg(id) FILTER (WHERE born LIKE '1991%') FROM person
-- ok:
SELECT city_id, group_concat(name, '; ') FROM (SELECT * FROM person WHERE id < 30 ORDER BY name) GROUP BY city_id
-- ok:
SELECT group_concat(DISTINCT city_id), sum(DISTINCT city_id), total(city_id) FROM person
-- ok:
SELECT name FROM city UNION SELECT name FROM river UNION ALL SELECT name FROM small ORDER BY name COLLATE NOCASE DESC LIMIT 5
-- ok:
SELECT id FROM city INTERSECT SELECT city_id FROM person EXCEPT SELECT 3
-- ok:
SELECT name FROM city ORDER BY area DESC NULLS LAST, length(name), people ASC NULLS FIRST
-- ok:
SELECT name FROM city ORDER BY CASE name WHEN 'Oslo' THEN 1 WHEN 'Lima' THEN 2 ELSE 3 END
-- ok:
SELECT substr(name, -1) AS digit, count(*) AS n FROM person GROUP BY digit HAVING n BETWEEN 50 AND 150 ORDER BY n DESC, digit
-- ok:
SELECT people / 10 * 10 AS bucket, count(*) FROM city GROUP BY bucket
-- ok:
SELECT 'all' AS what, count(*) AS n FROM person UNION ALL SELECT 'in Lima', count(*) FROM person WHERE city_id = 1 UNION ALL SELECT 'born 1992', count(*) FROM person WHERE born GLOB '1992-*'
-- ok:
SELECT city_id, max(born), name FROM person GROUP BY city_id
-- ok:
SELECT DISTINCT city_id, substr(born, 1, 4) = '1991' AS in_1991 FROM person
-- ok:
SELECT count(*), avg(x), sqrt(avg(x * x) - avg(x) * avg(x)) AS deviation FROM (SELECT people AS x FROM city)
-- ok:
SELECT avg(x) AS median FROM (SELECT people AS x FROM city ORDER BY x LIMIT 2 - (SELECT count(*) FROM city) % 2 OFFSET (SELECT (count(*) - 1) / 2 FROM city))

-- Windows.

-- ok:
SELECT name, rank() OVER (ORDER BY people DESC), dense_rank() OVER (ORDER BY people DESC), row_number() OVER () FROM city
-- ok:
SELECT * FROM (SELECT name, city_id, row_number() OVER (PARTITION BY city_id ORDER BY born DESC) AS n FROM person) WHERE n <= 3
-- ok:
SELECT born, count(*) OVER (ORDER BY born) AS so_far, avg(id) OVER (ORDER BY born ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week FROM person
-- ok:
SELECT name, people, people - lag(people) OVER w AS more, lead(name, 1, 'none') OVER w, first_value(name) OVER w, last_value(name) OVER w FROM city WINDOW w AS (ORDER BY people)
-- ok:
SELECT name, people * 100.0 / sum(people) OVER () AS share, ntile(2) OVER (ORDER BY people), percent_rank() OVER (ORDER BY people), cume_dist() OVER (ORDER BY people) FROM city
-- ok:
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total, nth_value(name, 2) OVER (PARTITION BY city_id ORDER BY id) FROM person
-- ok:
SELECT id, max(id) OVER (ORDER BY julianday(born) RANGE BETWEEN 30 PRECEDING AND 30 FOLLOWING) FROM person
-- ok:
SELECT name, group_concat(name, ' < ') OVER (ORDER BY people ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM city
-- ok:
SELECT city_id, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) AS place FROM person GROUP BY city_id
-- ok:
SELECT sum(id) FILTER (WHERE city_id = 1) OVER (ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM person
-- ok:
WITH gaps AS (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM person WHERE id % 7 <> 0) SELECT min(id), max(id), count(*) FROM gaps GROUP BY island

-- WITH, and recursion that ends.

-- ok:
WITH n AS (SELECT city_id, count(*) AS people FROM person GROUP BY city_id), most AS (SELECT max(people) AS people FROM n) SELECT city.name FROM n JOIN most USING (people) JOIN city ON city.id = n.city_id
-- ok:
WITH a(x) AS MATERIALIZED (SELECT id FROM city), b(x) AS NOT MATERIALIZED (SELECT x + 1 FROM a) SELECT * FROM a LEFT JOIN b USING (x)
-- ok:
WITH RECURSIVE day(d) AS (SELECT '2024-01-01' UNION ALL SELECT date(d, '+1 day') FROM day WHERE d < '2024-12-31') SELECT strftime('%m', d) AS month, count(*), sum(strftime('%w', d) IN ('0', '6')) AS weekend FROM day GROUP BY month
-- ok:
WITH RECURSIVE day(d) AS (SELECT min(born) FROM person UNION ALL SELECT date(d, '+1 day') FROM day WHERE d < (SELECT max(born) FROM person)) SELECT d, count(person.id) FROM day LEFT JOIN person ON born = d GROUP BY d
-- ok:
WITH RECURSIVE fib(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM fib WHERE b < 1000000) SELECT a FROM fib
-- ok:
WITH RECURSIVE split(word, rest) AS (SELECT NULL, 'one,two,three,' UNION ALL SELECT substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1) FROM split WHERE rest <> '') SELECT word FROM split WHERE word IS NOT NULL
-- ok:
WITH RECURSIVE above(id, depth) AS (SELECT 1000, 0 UNION ALL SELECT id / 2, depth + 1 FROM above WHERE id > 1) SELECT person.name, depth FROM above JOIN person USING (id) ORDER BY depth
-- ok:
WITH RECURSIVE reach(id) AS (SELECT 1 UNION SELECT id * 3 % 1000 FROM reach) SELECT count(*) FROM reach
-- ok:
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100), prime(n) AS (SELECT n FROM t WHERE n > 1 AND NOT EXISTS (SELECT 1 FROM t AS d WHERE d.n > 1 AND d.n < t.n AND t.n % d.n = 0)) SELECT group_concat(n) FROM prime
-- ok:
WITH RECURSIVE x(v) AS (SELECT -2.0 UNION ALL SELECT v + 0.1 FROM x WHERE v < 1.0), y(w) AS (SELECT -1.0 UNION ALL SELECT w + 0.2 FROM y WHERE w < 1.0),
m(i, cx, cy, a, b) AS (SELECT 0, v, w, 0.0, 0.0 FROM x, y UNION ALL SELECT i + 1, cx, cy, a * a - b * b + cx, 2.0 * a * b + cy FROM m WHERE a * a + b * b < 4.0 AND i < 20)
SELECT group_concat(substr(' .+*#', 1 + min(i / 5, 4), 1), '') FROM (SELECT max(i) AS i, cx, cy FROM m GROUP BY cx, cy) GROUP BY cy

-- Texts, patterns and collations.

-- ok:
SELECT upper(name), lower(name), length(name), substr(name, 2, 2), substring(name, 1, 1), trim('  a  '), ltrim('xxa', 'x'), rtrim('axx', 'x'), replace(name, 'i', 'I'), instr(name, 'o') FROM city
-- ok:
SELECT name FROM city WHERE name LIKE 'l_ma' OR name LIKE '50\%%' ESCAPE '\' OR name NOT LIKE '%o' OR name GLOB '[A-M]*' OR name GLOB '*[!a-z]'
-- ok:
SELECT printf('%s has %,d people (%.1f%%)', name, people * 100000, people / 0.41), format('%05d|%-8s|%+d|%x', id, name, people, people) FROM city
-- ok:
SELECT name || ' (' || coalesce(area, 'unknown') || ')' FROM city
-- ok:
SELECT hex(name), unicode(name), char(90, 252), quote(name), quote(area), typeof(area), typeof(name), soundex(name) FROM city
-- ok:
SELECT name FROM city WHERE name = 'LIMA' COLLATE NOCASE OR name || ' ' = 'Oslo' COLLATE RTRIM ORDER BY name COLLATE BINARY
-- ok:
SELECT name, length(CAST(name AS BLOB)) AS bytes FROM city WHERE name >= 'Z' OR name < 'M'
-- ok:
SELECT CAST(substr(name, instr(name, ' ') + 1) AS INTEGER) AS number FROM person ORDER BY number DESC LIMIT 3
-- ok:
SELECT length(body) - length(replace(body, 'a', '')) AS letters_a, substr(body, 1, 10) || '...' FROM note
-- ok:
SELECT count(*) FROM note WHERE body LIKE '%aaa%' OR instr(body, 'bbb') > 0 OR body GLOB '*ccc*'

-- Numbers, NULL and CASE.

-- ok:
SELECT round(area, 1), abs(-people), people % 4, people / 4, people / 4.0, people * 1.0 / area, max(people, 10), min(people, 10), sign(people - 7) FROM city
-- ok:
SELECT sqrt(people), pow(people, 2), ln(people), log(people), log10(people), exp(1), pi(), ceil(area), floor(area), trunc(area), mod(people, 3), degrees(radians(90)), sin(0), atan2(1, 1) FROM city
-- ok:
SELECT people & 4, people | 1, people << 2, people >> 1, ~people, people <> 4, people IS NOT 4, NOT people FROM city
-- ok:
SELECT coalesce(area, 0), ifnull(area, -1), nullif(people, 4), iif(people > 5, 'big', 'small'), area IS NULL, area IS DISTINCT FROM 87.9, area IS NOT DISTINCT FROM NULL FROM city
-- ok:
SELECT CASE WHEN people > 20 THEN 'large' WHEN people > 5 THEN 'middle' ELSE 'small' END AS size, count(*) FROM city GROUP BY size
-- ok:
SELECT CAST(people AS REAL), CAST(area AS INTEGER), CAST(people AS TEXT) || '%', CAST('12' AS NUMERIC) + 1, CAST(round(area) AS INT) FROM city
-- ok:
SELECT sum(people) * 1.0 / nullif(sum(area), 0), avg(coalesce(area, 0)), count(*) - count(area) AS missing FROM city

-- Dates.

-- ok:
SELECT name, born, strftime('%Y', born) AS year, strftime('%m', born) AS month, strftime('%d.%m.%Y', born), strftime('%W', born), strftime('%j', born) FROM person WHERE strftime('%m-%d', born) = '02-28'
-- ok:
SELECT date(born, '+1 month', '-1 day'), datetime(born, 'start of year'), time('12:34:56'), julianday(born), date(born, 'weekday 1'), unixepoch(born), date(unixepoch(born), 'unixepoch') FROM person LIMIT 5
-- ok:
SELECT name, CAST(strftime('%Y', 'now') AS INTEGER) - CAST(strftime('%Y', born) AS INTEGER) - (strftime('%m-%d', 'now') < strftime('%m-%d', born)) AS age FROM person ORDER BY age DESC LIMIT 3
-- ok:
SELECT count(*) FROM person WHERE born >= date('now', '-40 years') AND born < date('now') AND julianday('now') - julianday(born) > 365.25
-- ok:
SELECT CASE CAST(strftime('%w', born) AS INTEGER) WHEN 0 THEN 'Sunday' WHEN 6 THEN 'Saturday' ELSE 'a weekday' END AS day, count(*) FROM person GROUP BY day
-- ok:
SELECT max(born), min(born), julianday(max(born)) - julianday(min(born)) AS days FROM person
-- ok:
SELECT current_date <= date('now'), current_timestamp, datetime('now', 'localtime'), strftime('%s', 'now') - strftime('%s', '2020-01-01')
-- ok:
SELECT (strftime('%m', born) + 2) / 3 AS quarter, count(*) FROM person WHERE born LIKE '1991-%' GROUP BY quarter

-- JSON.

-- ok:
SELECT json_object('name', name, 'people', people, 'area', area) FROM city
-- ok:
SELECT json_group_array(name), json_group_object(name, people) FROM city
-- ok:
SELECT key, value, type FROM json_each('{"a": 1, "b": [2, 3], "c": null}')
-- ok:
SELECT city.name, j.value FROM city, json_each(json_array(city.people, city.area, city.name)) AS j WHERE j.type <> 'null'
-- ok:
SELECT fullkey, atom FROM json_tree('{"a": {"b": [1, {"c": 2}]}}') WHERE atom IS NOT NULL
-- ok:
SELECT json_extract(x, '$.a.b[1]'), x -> 'a', x ->> '$.a.b[0]', json_array_length(x, '$.a.b'), json_type(x, '$.a'), json_valid(x) FROM (SELECT '{"a": {"b": [1, 2]}}' AS x)
-- ok:
SELECT json_set('{}', '$.a', 1), json_insert('[1]', '$[#]', 2), json_replace('{"a": 1}', '$.a', 2), json_remove('[1, 2]', '$[0]'), json_patch('{"a": 1}', '{"b": 2}'), json_quote('a'), json('[ 1 ]')
-- ok:
SELECT name FROM city WHERE id IN (SELECT value FROM json_each('[1, 3]'))

-- The schema, row numbers, views and plans.

-- ok:
SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name
-- ok:
SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%PRIMARY KEY%' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
-- ok:
SELECT rowid, oid, _rowid_, id FROM city WHERE rowid BETWEEN 1 AND 2
-- ok:
SELECT s.name, c.people FROM small AS s JOIN city AS c USING (name) ORDER BY 2
-- ok:
SELECT name FROM city NOT INDEXED WHERE +id = 1
-- ok:
SELECT sqlite_version(), typeof(random()), length(randomblob(8)), changes(), total_changes(), last_insert_rowid(), sqlite_source_id() <> ''
-- ok:
SELECT name FROM person ORDER BY random() LIMIT 1
-- ok:
SELECT likely(people > 1), unlikely(people > 1), likelihood(people > 1, 0.9) FROM city
-- ok:
EXPLAIN QUERY PLAN SELECT city.name, count(*) FROM city JOIN person ON person.city_id = city.id GROUP BY 1
-- ok:
EXPLAIN WITH a AS (SELECT * FROM city) SELECT count(*) FROM a

-- Large, but honest.

-- ok:
SELECT * FROM person ORDER BY born DESC, name
-- ok:
SELECT a.id, b.id, a.born < b.born FROM person AS a JOIN person AS b ON a.city_id = b.city_id AND b.id BETWEEN a.id AND a.id + 200
-- ok:
SELECT count(*), sum(a.id * b.id) FROM person AS a, person AS b
-- ok:
SELECT city_id, count(DISTINCT born), count(DISTINCT name), min(id), max(id), sum(id), avg(id), total(id), group_concat(id) FROM person GROUP BY city_id
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100000) SELECT sum(n), avg(n), count(DISTINCT n % 1000) FROM t
-- ok:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 90000) SELECT n FROM t ORDER BY n DESC
-- ok:
SELECT a.name, count(*) FROM person AS a JOIN person AS b ON a.name LIKE b.name || '%' WHERE b.id < 100 GROUP BY a.id HAVING count(*) > 1
-- ok:
SELECT id, length(body), upper(substr(body, 1, 20)), hex(substr(body, 1, 4)) FROM note ORDER BY body DESC

-- Odd statements: not SQL, SQL of other databases, SQL that SQLite refuses, and SQL that only looks wrong.
-- A case is a line "-- status: words that the error contains", then one statement, up to the next such line.
-- Status is ok, invalid or timeout, as in execute.sql, or stopped: invalid or timeout, whichever limit is met first.
-- The tables are those of tests/test_execute.py: city, river, the view small, person (1,000 rows), note (10 long texts).

-- Nothing at all, or no SQL: the first case is an empty text.

-- invalid: there is no statement
-- invalid: there is no statement
;;
-- invalid: there is no statement
; ; ;
-- invalid: there is no statement
-- nothing but this
-- invalid: there is no statement
--
-- invalid: there is no statement
/**/
-- invalid: there is no statement
/* not closed
-- invalid: there is no statement
/* SELECT 1 */ -- SELECT 2
-- invalid: there is no statement
/*/
-- invalid: syntax error
*/
-- invalid: there is no statement
﻿
-- invalid: syntax error
)
-- invalid: syntax error
(
-- invalid: syntax error
()
-- invalid: syntax error
42
-- invalid: syntax error
'a text'
-- invalid: syntax error
NULL
-- invalid: syntax error
N/A
-- invalid: syntax error
name
-- invalid: unrecognized token
{"sql": "SELECT name FROM city"}
-- invalid: syntax error
["SELECT name FROM city"]
-- invalid:
```sql
SELECT name FROM city
```
-- invalid:
SELECT name FROM city```
-- invalid: syntax error
**SELECT** name FROM city
-- invalid: syntax error
<sql>SELECT name FROM city</sql>
-- invalid: syntax error
SELECT name FROM city</s>
-- invalid: syntax error
<think>The cities are in city.</think> SELECT name FROM city
-- invalid: syntax error
The query is: SELECT name FROM city
-- invalid: syntax error
SQL: SELECT name FROM city
-- invalid: syntax error
SELECT name FROM city. This query lists the names of all cities
-- invalid: syntax error
SELECT name FROM city This lists the names
-- invalid: syntax error
Select the name of each city from the table city
-- invalid: syntax error
select all cities that have people
-- invalid: unrecognized token
With pleasure! Here is the query you asked for
-- invalid: syntax error
Values are listed below
-- invalid: incomplete input
Explain
-- invalid: syntax error
sqlite> SELECT name FROM city
-- invalid: unrecognized token
# SELECT name FROM city
-- invalid: syntax error
// SELECT name FROM city
-- invalid: unrecognized token
\SELECT name FROM city
-- invalid: unrecognized token
SELECT name FROM city \g
-- invalid:
SELECT name FROM city \G;
-- invalid: syntax error
SELECT name FROM city GO
GO
-- invalid:
😀
-- invalid: syntax error
選択 name FROM city
-- invalid: syntax error
SÉLECT name FROM city
-- invalid: syntax error
SEL ECT name FROM city
-- invalid: syntax error
SELECTname FROM city
-- invalid: syntax error
SELECT SELECT name FROM city
-- invalid: incomplete input
SELECT
-- invalid: syntax error
SELECT ;
-- invalid: syntax error
SELECT FROM city
-- invalid: syntax error
SELECT , name FROM city
-- invalid: syntax error
SELECT name, FROM city
-- invalid: incomplete input
SELECT name FROM city,
-- invalid: incomplete input
SELECT name FROM city WHERE
-- invalid: incomplete input
SELECT name FROM city ORDER BY people LIMIT
-- invalid: incomplete input
SELECT name FROM city WHERE people >
-- invalid: syntax error
SELECT (name FROM city
-- invalid: syntax error
SELECT name) FROM city
-- invalid: syntax error
SELECT name FROM city WHERE (people > 1))
-- invalid: incomplete input
SELECT name FROM city WHERE id IN (SELECT city_id FROM river
-- invalid: syntax error
FROM city SELECT name
-- invalid: syntax error
SELECT name WHERE people > 1 FROM city
-- invalid: syntax error
SELECT name FROM city LIMIT 1 WHERE people > 1
-- invalid: syntax error
SELECT name FROM city ORDER BY name WHERE people > 1
-- invalid: syntax error
SELECT name FROM city WHERE people > 1 WHERE area > 1
-- invalid: syntax error
SELECT name FROM city WHERE people = = 1
-- invalid: syntax error
SELECT name FROM city WHERE people => 1
-- invalid:
SELECT name FROM city WHERE people ! = 1
-- invalid: unrecognized token
SELECT name FROM city WHERE name = 'Lima
-- invalid: unrecognized token
SELECT name FROM city WHERE name = "Lima
-- invalid: unrecognized token
SELECT `name FROM city
-- invalid: unrecognized token
SELECT [name FROM city
-- invalid: syntax error
SELECT name FROM city WHERE name = 'People's Park'
-- invalid:
SELECT name FROM city WHERE name = ‘Lima’
-- invalid:
SELECT name FROM city WHERE name = “Lima”
-- invalid: syntax error
SELECT name FROM city WHERE people ≥ 7
-- invalid:
SELECT name FROM city WHERE people＞7
-- invalid: no such column: １
SELECT name FROM city WHERE people > １
-- invalid:
SELECT name， people FROM city
-- invalid:
SELECT name FROM city；
-- invalid: unrecognized token
SELECT 1a
-- invalid: unrecognized token
SELECT 0xZZ
-- invalid: unrecognized token
SELECT x'0'
-- invalid: unrecognized token
SELECT x'gg'
-- invalid: hex literal too big
SELECT 0x10000000000000000
-- invalid: unrecognized token
SELECT 1e
-- invalid: unrecognized token
SELECT 1_000

-- Blanks, case, comments and quotes that are odd but right.

-- ok:
SELECT
	name
FROM		city
  WHERE	people>1
-- ok:
sElEcT nAmE fRoM CITY wHeRe PEOPLE > 1 oRdEr By NAME
-- ok:
SELECT/**/name/**/FROM/**/city/**/WHERE/**/people>/**/1
-- ok:
SELECT-1
-- ok:
SELECT(name)FROM(city)WHERE(people)>(1)
-- ok:
SELECT'text'||"text"
-- ok:
SELECT 1--1
-- ok:
SELECT - -1, - + -1, ~1, +'text', NOT NOT 1
-- ok:
SELECT name -- the name; of the city
FROM city /* ; the table
 */ WHERE people > 1 -- the end;
;
-- a comment after the end;
-- ok:
SELECT name FROM city; /* not closed
-- ok:
SELECT name FROM city;;
-- ok:
SELECT name FROM city; ; -- the end
-- ok:
; SELECT name FROM city
-- ok:
SELECT name FROM city WHERE name = 'People''s Park' OR name = "Peter ""the"" Great" OR name = '' OR name = ""
-- ok:
SELECT "name", 'name', [name], `name`, "city".name, city."name", "main"."city"."name", main.city.name FROM "main"."city"
-- ok:
SELECT 'name' FROM 'city' WHERE 'people' > 1
-- ok:
SELECT name FROM city WHERE name = "Lima" OR name = "no such city" OR "no such column" = 1
-- ok:
SELECT name AS "a ""quoted"" name", people 'another', area [a third], id `a fourth` FROM city
-- ok:
SELECT c.name n FROM city c WHERE c.people > 1
-- ok:
SELECT count(*)count, max(people)AS"max"FROM city
-- ok:
SELECT 1 AS "", 2 AS " ", 3 AS '', 4 AS [select], 5 AS "from", 6 AS "1"
-- ok:
SELECT "select", "from" FROM (SELECT 1 AS "select", 2 AS "from")
-- ok:
SELECT replace, left, key, row, first, year FROM (SELECT 1 AS replace, 2 AS left, 3 AS key, 4 AS row, 5 AS first, 6 AS year)
-- ok:
WITH größe(Straße, 東京, été) AS (SELECT 1, 2, 3) SELECT Straße, 東京, été FROM größe
-- ok:
SELECT '😀' AS 😀, '👨‍👩‍👧' AS "a family", length('👨‍👩‍👧'), 'مدينة' AS مدينة, 'עיר' AS עיר, 'é' = 'é'
-- ok:
SELECT 'Ｆｕｌｌ', '​', ' ', '﻿', '‮left', 'tab	here', '
', '\n', '\', '%', '--', '/*', ';'
-- ok:
SELECT people AS _, area AS _1, name AS a$ FROM city AS c$1
-- ok:
SELECT 1.e1, .5, 5., 1e-5, 0x1F, 0XfF, 1E+3, x'', X'AbCd', 9223372036854775807, 9223372036854775808, -9223372036854775808, 1e999, -1e999, 1e-999
-- ok:
SELECT TRUE, false, NOT true, true + true, current_date, CURRENT_TIMESTAMP, current_time
-- ok:
SELECT name FROM city WHERE people == 30 OR people != 4 OR people <> 7 OR NOT people < 1 OR people IS 7 OR people IS NOT 7 OR people ISNULL OR people NOTNULL OR people NOT NULL
-- ok:
SELECT ALL name FROM city UNION SELECT DISTINCT name FROM city
-- ok:
SELECT (1), ((2)), (((SELECT (3)))), (VALUES (4))
-- invalid: syntax error
(SELECT 1)
-- ok:
SELECT * FROM (city)
-- ok:
SELECT * FROM (city JOIN river ON city.id = river.city_id)
-- ok:
SELECT * FROM ((city) JOIN (person) ON city.id = person.city_id) LIMIT 1
-- ok:
SELECT * FROM city WHERE 1 ORDER BY 1 LIMIT 1, 1
-- ok:
SELECT *, *, city.*, c.id FROM city, city AS c
-- ok:
SELECT * FROM city LIMIT -1 OFFSET -5
-- ok:
SELECT * FROM city LIMIT 0
-- ok:
SELECT 1 LIMIT 1 OFFSET 5

-- VALUES, EXPLAIN and parameters.

-- ok:
VALUES (1)
-- invalid: syntax error
VALUES (NULL, 'a'), (2.5, x'00') ORDER BY 1 DESC LIMIT 1
-- ok:
VALUES (1, 2) UNION ALL SELECT id, people FROM city
-- ok:
SELECT column1 + column2 FROM (VALUES (1, 2), (3, 4))
-- invalid: same number of terms
VALUES (1, 2), (3)
-- invalid: syntax error
VALUES ()
-- invalid: syntax error
VALUES 1, 2
-- invalid: no such column
VALUES (name)
-- ok:
EXPLAIN SELECT * FROM city
-- ok:
explain query plan select * from city, person where city.id = person.city_id order by person.name
-- ok:
EXPLAIN QUERY PLAN VALUES (1)
-- invalid: syntax error
EXPLAIN QUERY SELECT 1
-- invalid: syntax error
EXPLAIN (FORMAT JSON) SELECT 1
-- invalid:
EXPLAIN FORMAT=TREE SELECT 1
-- invalid: no such table
EXPLAIN SELECT * FROM town
-- invalid: bindings
SELECT ?1, ?2
-- invalid: bindings
SELECT name FROM city WHERE name = :name
-- invalid: bindings
SELECT name FROM city WHERE name = @name
-- invalid: bindings
SELECT name FROM city WHERE name = $name
-- invalid: bindings
SELECT name FROM city LIMIT ?
-- invalid: bindings
SELECT name FROM city WHERE id IN (?, ?, ?)
-- invalid: variable number must be between
SELECT ?999999999
-- invalid: variable number must be between
SELECT ?0
-- invalid: syntax error
SELECT name FROM city WHERE name = %s
-- invalid:
SELECT name FROM city WHERE name = {name}
-- invalid: syntax error
SELECT name FROM city WHERE name = <name>
-- invalid:
SELECT name FROM ${table}
-- invalid:
SELECT name FROM {{ city }}

-- SQL of other databases.

-- invalid: syntax error
SELECT TOP 3 name FROM city
-- invalid:
SELECT name FROM city FETCH FIRST 3 ROWS ONLY
-- invalid: syntax error
SELECT name FROM city OFFSET 1
-- invalid: syntax error
SELECT name FROM city LIMIT 1 OFFSET 1 ROWS
-- invalid: syntax error
SELECT name FROM city LIMIT ALL
-- invalid: syntax error
SELECT name FROM city WHERE name ILIKE 'l%'
-- invalid: syntax error
SELECT name FROM city WHERE name SIMILAR TO 'L%'
-- invalid: syntax error
SELECT name FROM city WHERE name RLIKE '^L'
-- invalid: no such function: REGEXP
SELECT name FROM city WHERE name REGEXP '^L'
-- invalid: unable to use function MATCH
SELECT name FROM city WHERE name MATCH 'Lima'
-- invalid: syntax error
SELECT name FROM city WHERE name ~ '^L'
-- invalid: unrecognized token
SELECT people::text FROM city
-- invalid: syntax error
SELECT TRY_CAST(people AS TEXT) FROM city
-- invalid: no such function: CONVERT
SELECT CONVERT(people, 'CHAR') FROM city
-- invalid: syntax error
SELECT name FROM city WHERE '2020-01-01' + INTERVAL '1 day' > '2020-01-01'
-- invalid:
SELECT DATE_ADD('2020-01-01', INTERVAL 1 DAY)
-- invalid: no such column: INTERVAL
SELECT INTERVAL FROM city
-- invalid: syntax error
SELECT EXTRACT(YEAR FROM born) FROM person
-- invalid:
SELECT DATE '2020-01-01'
-- invalid: no such function: YEAR
SELECT YEAR(born) FROM person
-- invalid: no such function: NOW
SELECT NOW()
-- invalid: no such function: GETDATE
SELECT GETDATE()
-- invalid: no such column: SYSDATE
SELECT SYSDATE
-- invalid: no such function: DATEDIFF
SELECT DATEDIFF('2020-01-02', '2020-01-01')
-- invalid: no such function: DATE_FORMAT
SELECT DATE_FORMAT(born, '%Y') FROM person
-- invalid: no such function: TO_CHAR
SELECT TO_CHAR(born, 'YYYY') FROM person
-- invalid: no such function: STR_TO_DATE
SELECT STR_TO_DATE('2020', '%Y')
-- invalid: syntax error
SELECT ISNULL(area, 0) FROM city
-- invalid: no such function: NVL
SELECT NVL(area, 0) FROM city
-- invalid: no such function: LEN
SELECT LEN(name) FROM city
-- invalid: no such function: SUBSTRING_INDEX
SELECT SUBSTRING_INDEX(name, ' ', 1) FROM person
-- invalid: syntax error
SELECT LEFT(name, 2) FROM city
-- invalid: no such table: name
SELECT POSITION('i' IN name) FROM city
-- invalid: syntax error
SELECT SUBSTRING(name FROM 1 FOR 2) FROM city
-- invalid: syntax error
SELECT TRIM(BOTH ' ' FROM name) FROM city
-- invalid: no such function: GREATEST
SELECT GREATEST(1, 2)
-- invalid: no such function: STDDEV
SELECT STDDEV(people) FROM city
-- invalid: no such function: VARIANCE
SELECT VARIANCE(people) FROM city
-- invalid: no such function: ARRAY_AGG
SELECT ARRAY_AGG(name) FROM city
-- invalid: syntax error
SELECT GROUP_CONCAT(name SEPARATOR ', ') FROM city
-- invalid: DISTINCT aggregates must have exactly one argument
SELECT GROUP_CONCAT(DISTINCT name, ', ') FROM city
-- invalid:
SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) FROM city
-- invalid:
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY people) FROM city
-- invalid:
SELECT ARRAY[1, 2, 3]
-- invalid: syntax error
SELECT name FROM city WHERE id = ANY (SELECT city_id FROM river)
-- invalid: syntax error
SELECT name FROM city WHERE people > ALL (SELECT people FROM city)
-- invalid: no such table: dual
SELECT 1 FROM dual
-- invalid: no such table: information_schema.tables
SELECT * FROM information_schema.tables
-- invalid: no such table: pg_catalog.pg_tables
SELECT * FROM pg_catalog.pg_tables
-- invalid:
SELECT @@version
-- invalid: no such function: version
SELECT version()
-- invalid: no such function: DATABASE
SELECT DATABASE()
-- invalid: syntax error
SELECT name FROM city QUALIFY row_number() OVER (ORDER BY people) = 1
-- invalid: syntax error
SELECT DISTINCT ON (city_id) name FROM person
-- invalid: no such function: ROLLUP
SELECT city_id, count(*) FROM person GROUP BY ROLLUP (city_id)
-- invalid: syntax error
SELECT city_id, count(*) FROM person GROUP BY GROUPING SETS ((city_id), ())
-- invalid: syntax error
SELECT city_id, count(*) FROM person GROUP BY city_id WITH ROLLUP
-- invalid: syntax error
SELECT name FROM city MINUS SELECT name FROM river
-- invalid: syntax error
SELECT name FROM city EXCEPT ALL SELECT name FROM river
-- invalid: syntax error
SELECT name FROM city INTERSECT ALL SELECT name FROM river
-- invalid: syntax error
(SELECT name FROM city) UNION (SELECT name FROM river)
-- invalid:
SELECT * FROM city, LATERAL (SELECT * FROM person WHERE person.city_id = city.id) AS p
-- invalid: syntax error
SELECT * FROM city CROSS APPLY (SELECT 1)
-- invalid:
SELECT * FROM city WITH (NOLOCK)
-- invalid: syntax error
SELECT * FROM city TABLESAMPLE (10)
-- invalid: syntax error
SELECT * FROM city PIVOT (sum(people) FOR name IN ('Lima'))
-- invalid:
SELECT * FROM city AS OF SYSTEM TIME '-1h'
-- invalid: syntax error
SELECT * FROM city START WITH id = 1 CONNECT BY PRIOR id = people
-- invalid: syntax error
SELECT * FROM city WHERE id = 1 FOR SHARE
-- invalid:
SELECT * EXCEPT (id) FROM city
-- invalid: syntax error
SELECT * EXCLUDE (id) FROM city
-- invalid: syntax error
TABLE city
-- invalid: syntax error
SELECT name FROM city ORDER BY name USING >
-- invalid: syntax error
SELECT IF people > 5 THEN 'big' END FROM city
-- invalid:
DECLARE @a INT = 1; SELECT @a
-- invalid: syntax error
SELECT name FROM city STRAIGHT_JOIN river
-- invalid: syntax error
SELECT name FROM city FULL OUTER UNION JOIN river
-- invalid: no such collation sequence
SELECT name FROM city ORDER BY name COLLATE utf8_general_ci
-- invalid: no such collation sequence
SELECT name FROM city ORDER BY name COLLATE "de_DE"
-- invalid: no such column
SELECT N'text', U&'\0041'
-- invalid: no such column: E
SELECT E'\n'
-- invalid:
SELECT 'a' 'b'
'c'

-- Names: unknown, ambiguous, or of the wrong thing.

-- invalid: no such table: cities
SELECT name FROM cities
-- invalid: no such table: other.city
SELECT name FROM other.city
-- invalid: no such column: city.height
SELECT city.height FROM city
-- invalid: no such column: c.name
SELECT c.name FROM city
-- invalid: no such column: city.name
SELECT city.name FROM city AS c
-- invalid: no such column: T1.id
SELECT name FROM city WHERE T1.id = 1
-- invalid: no such table: c
SELECT c.* FROM city
-- invalid: no tables specified
SELECT *
-- invalid: no such column
SELECT name FROM city WHERE height > 1
-- invalid: no such column
SELECT name FROM city ORDER BY height
-- invalid: no such column
SELECT name FROM city GROUP BY height
-- invalid: no such column
SELECT name FROM city WHERE name = Lima
-- invalid: no such column
SELECT name FROM city LIMIT people
-- invalid: no such column
SELECT city.name FROM city JOIN river ON city.id = river.id
-- invalid: ambiguous column name: id
SELECT id FROM city AS a JOIN city AS b ON a.id = b.id
-- invalid: ambiguous column name: main.city.id
SELECT main.city.id FROM city, city
-- invalid: ambiguous column name
SELECT city.id FROM city JOIN city ON 1
-- invalid: cannot join using column
SELECT * FROM city JOIN river USING (id)
-- invalid: NATURAL join may not have
SELECT * FROM city NATURAL JOIN person ON city.id = person.city_id
-- invalid: incomplete input
SELECT * FROM city JOIN
-- invalid: syntax error
SELECT * FROM city JOIN person WHERE 1 ON city.id = person.city_id
-- invalid: ON clause references tables to its right
SELECT * FROM city LEFT JOIN person ON person.id = river.city_id LEFT JOIN river ON 1
-- invalid: unknown join type
SELECT * FROM city LEFT FULL INNER JOIN person
-- invalid: no such column: p.id
SELECT * FROM city, (SELECT p.id) AS x, person AS p
-- invalid: no such index
SELECT * FROM city INDEXED BY by_name WHERE name = 'Lima'
-- invalid: 'city' is not a function
SELECT * FROM city(1)
-- invalid: too many arguments on json_each()
SELECT * FROM json_each('[]', '$', 1)
-- invalid: no such table
WITH a AS (SELECT * FROM b) SELECT * FROM a
-- invalid: circular reference: a
WITH a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM a
-- invalid: circular reference
WITH a AS (SELECT * FROM a) SELECT * FROM a
-- invalid: duplicate WITH table name: a
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
-- invalid: table a has 1 values for 2 columns
WITH a(x, y) AS (SELECT 1) SELECT * FROM a
-- invalid: multiple references to recursive table
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT a.n FROM t AS a, t AS b) SELECT * FROM t
-- invalid:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT count(*) FROM t) SELECT * FROM t
-- invalid:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT row_number() OVER () FROM t) SELECT * FROM t
-- invalid:
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 1 WHERE 5 IN (SELECT n FROM t)) SELECT * FROM t
-- invalid:
WITH RECURSIVE t(n) AS (SELECT 1 INTERSECT SELECT n FROM t) SELECT * FROM t
-- invalid: syntax error
WITH a AS SELECT 1 SELECT * FROM a
-- invalid: incomplete input
WITH a AS (SELECT 1)
-- invalid: syntax error
WITH a AS (SELECT 1), SELECT * FROM a
-- invalid: syntax error
WITH RECURSIVE AS (SELECT 1) SELECT 1

-- Functions, aggregates and windows in the wrong place or with the wrong arguments.

-- invalid: wrong number of arguments to function abs()
SELECT abs()
-- invalid: wrong number of arguments to function abs()
SELECT abs(1, 2)
-- invalid: wrong number of arguments to function count()
SELECT count(id, name) FROM city
-- invalid: wrong number of arguments to function COALESCE()
SELECT COALESCE(area) FROM city
-- invalid: wrong number of arguments
SELECT sum(*) FROM city
-- invalid: wrong number of arguments
SELECT max() FROM city
-- invalid: wrong number of arguments
SELECT substr(name) FROM city
-- invalid: wrong number of arguments
SELECT round(1, 2, 3)
-- invalid: syntax error
SELECT count(DISTINCT *) FROM city
-- invalid:
SELECT count(DISTINCT id, name) FROM city
-- invalid: misuse of aggregate
SELECT name FROM city WHERE count(*) > 1
-- invalid: misuse of aggregate
SELECT name FROM city WHERE people = max(people)
-- invalid: misuse of aggregate
SELECT sum(max(people)) FROM city
-- invalid: aggregate functions are not allowed in the GROUP BY clause
SELECT count(*) FROM city GROUP BY count(*)
-- invalid: aggregate functions are not allowed in the GROUP BY clause
SELECT max(people) FROM city GROUP BY 1
-- invalid: misuse of aggregate
SELECT count(*) AS n FROM city WHERE n > 1
-- invalid: misuse of aggregate
SELECT city.name FROM city JOIN person ON count(person.id) > 1
-- invalid: HAVING
SELECT name FROM city HAVING people > 5
-- invalid: misuse of window function
SELECT name FROM city WHERE row_number() OVER (ORDER BY people) = 1
-- invalid: misuse of window function
SELECT name FROM city GROUP BY rank() OVER (ORDER BY people)
-- invalid: misuse of window function
SELECT name FROM city GROUP BY name HAVING rank() OVER (ORDER BY people) = 1
-- invalid: misuse of aliased window function
SELECT name, rank() OVER (ORDER BY people) AS r FROM city WHERE r = 1
-- invalid: misuse of window function
SELECT sum(rank() OVER (ORDER BY people)) OVER () FROM city
-- invalid: misuse of window function rank()
SELECT rank() FROM city
-- invalid: may not be used as a window function
SELECT upper(name) OVER () FROM city
-- invalid: DISTINCT is not supported for window functions
SELECT count(DISTINCT name) OVER () FROM city
-- invalid: FILTER clause may only be used with aggregate window functions
SELECT rank() FILTER (WHERE people > 1) OVER (ORDER BY people) FROM city
-- invalid: FILTER may not be used with non-aggregate
SELECT upper(name) FILTER (WHERE people > 1) FROM city
-- invalid: no such window: w
SELECT sum(people) OVER w FROM city
-- invalid: cannot override PARTITION clause of window: w
SELECT sum(people) OVER (w PARTITION BY id) FROM city WINDOW w AS (PARTITION BY name)
-- invalid: syntax error
SELECT sum(people) OVER (ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM city
-- invalid: RANGE with offset PRECEDING/FOLLOWING requires one ORDER BY expression
SELECT sum(people) OVER (ORDER BY id, name RANGE 5 PRECEDING) FROM city
-- invalid: unsupported frame specification
SELECT sum(people) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM city
-- invalid: frame starting offset must be a non-negative integer
SELECT sum(people) OVER (ORDER BY id ROWS -1 PRECEDING) FROM city
-- invalid: frame starting offset must be a non-negative integer
SELECT sum(people) OVER (ORDER BY id ROWS 'x' PRECEDING) FROM city
-- invalid: argument of ntile must be a positive integer
SELECT ntile(0) OVER (ORDER BY id) FROM city
-- invalid: second argument to nth_value must be a positive integer
SELECT nth_value(name, 0) OVER (ORDER BY id) FROM city
-- invalid: wrong number of arguments to function rank()
SELECT rank(people) OVER (ORDER BY people) FROM city
-- invalid: second argument to likelihood() must be
SELECT likelihood(1, 5)
-- invalid: ESCAPE expression must be a single character
SELECT name LIKE 'L%' ESCAPE 'xx' FROM city
-- invalid: unable to use function snippet
SELECT snippet(name) FROM city
-- invalid: unable to use function bm25
SELECT bm25(name) FROM city
-- invalid:
SELECT char(65, 66) LIKE
-- invalid: syntax error
SELECT count(* FROM city
-- invalid: syntax error
SELECT CAST(people INTEGER) FROM city
-- invalid: syntax error
SELECT CASE people WHEN 1 THEN 'one' FROM city
-- invalid: syntax error
SELECT CASE END FROM city
-- invalid: incomplete input
SELECT name FROM city WHERE people BETWEEN 1 OR 5
-- invalid: syntax error
SELECT name FROM city WHERE people IS NOT IN (1, 2)
-- invalid: syntax error
SELECT name FROM city WHERE name NOT = 'Lima'
-- invalid: syntax error
SELECT name FROM city WHERE NOT EXISTS SELECT 1
-- invalid: syntax error
SELECT name FROM city WHERE EXISTS (1)

-- Columns, rows and numbers of terms.

-- invalid: do not have the same number of result columns
SELECT name FROM city UNION SELECT id, name FROM city
-- invalid: do not have the same number of result columns
SELECT * FROM city INTERSECT SELECT * FROM river
-- invalid: ORDER BY clause should come after UNION
SELECT name FROM city ORDER BY name UNION SELECT name FROM river
-- invalid: LIMIT clause should come after UNION ALL
SELECT name FROM city LIMIT 1 UNION ALL SELECT name FROM river
-- invalid: 1st ORDER BY term out of range
SELECT name FROM city ORDER BY 2
-- invalid: 1st ORDER BY term out of range
SELECT name FROM city ORDER BY 0
-- invalid: 1st ORDER BY term does not match any column in the result set
SELECT name FROM city UNION SELECT name FROM river ORDER BY city_id
-- invalid: 1st GROUP BY term out of range
SELECT name FROM city GROUP BY 5
-- invalid: sub-select returns 2 columns - expected 1
SELECT (SELECT id, name FROM city)
-- invalid: sub-select returns 2 columns - expected 1
SELECT name FROM city WHERE id IN (SELECT id, name FROM city)
-- invalid: row value misused
SELECT (1, 2)
-- invalid: row value misused
SELECT name FROM city WHERE (id, people)
-- invalid: row value misused
SELECT name FROM city ORDER BY (id, people)
-- invalid: row value misused
SELECT (1, 2) = 1
-- invalid: row value misused
SELECT (1, 2) = (1, 2, 3)
-- invalid: row value misused
SELECT count((id, people)) FROM city
-- ok:
SELECT (id, name) IN ((1, 'Lima'), (2, 'Zürich')) FROM city
-- invalid:
SELECT (id, name) IN ((1, 'Lima'), 2) FROM city
-- invalid: datatype mismatch
SELECT name FROM city LIMIT 'many'
-- invalid: datatype mismatch
SELECT name FROM city LIMIT 1.5
-- invalid: datatype mismatch
SELECT name FROM city LIMIT NULL
-- invalid: datatype mismatch
SELECT name FROM city LIMIT (SELECT name FROM city)

-- Errors that only running the statement shows.

-- invalid: integer overflow
SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)
-- invalid: integer overflow
SELECT abs(-9223372036854775807 - 1)
-- invalid: integer overflow
SELECT sum(n) OVER (ORDER BY n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 9223372036854775806)
-- invalid: malformed JSON
SELECT json('{')
-- invalid: malformed JSON
SELECT json_extract(name, '$.a') FROM city
-- invalid: malformed JSON
SELECT value FROM json_each('not json')
-- invalid: malformed JSON
SELECT '{"a": 1' -> 'a'
-- invalid: JSON path error
SELECT json_extract('{}', 'a')
-- invalid: JSON cannot hold BLOB values
SELECT json_array(x'00')
-- invalid: json_object() requires an even number of arguments
SELECT json_object('a')
-- invalid: json_object() labels must be TEXT
SELECT json_object(1, 2)
-- ok:
SELECT sum(n), total(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 0.5)
-- ok:
SELECT 9223372036854775807 + 1, -9223372036854775807 - 2, 9223372036854775807 * 2, - -9223372036854775808
-- ok:
SELECT 1 / 0, 1 % 0, 0 / 0, 1.0 / 0, 5 / 2, -5 / 2, 5 % -3, NULL / 0, 'a' / 1, '3 apples' + 4, mod(5, 0)
-- ok:
SELECT people / (people - people) FROM city
-- ok:
SELECT sqrt(-1), ln(0), log(-1), pow(0, -1), exp(1000), acos(2), 1e308 * 10, -1e308 * 10, 1e308 * 10 - 1e308 * 10
-- ok:
SELECT NULL = NULL, NULL <> 1, NULL IS NULL, NULL AND 0, NULL OR 1, NOT NULL, NULL IN (1), 1 IN (NULL), 1 NOT IN (2, NULL), NULL BETWEEN 1 AND 2, NULL || 'a', NULL LIKE '%', 1 IN ()
-- ok:
SELECT count(*), count(area), sum(area), avg(area), max(area), total(area), group_concat(area) FROM city WHERE 0
-- ok:
SELECT sum(name), avg(name), max(name), min(name), sum(NULL), 'a' < 1, x'00' > 'z', NULL < 1 FROM city
-- ok:
SELECT CAST('12abc' AS INTEGER), CAST('abc' AS INTEGER), CAST('' AS REAL), CAST(1e30 AS INTEGER), CAST(2.9 AS INT), CAST(-2.9 AS INT), CAST(x'3132' AS INTEGER), CAST(NULL AS TEXT), CAST('0x10' AS INTEGER), CAST('1e3' AS INTEGER), CAST(5 AS no_such_type), CAST(5 AS VARCHAR(10)), CAST('5' AS "a type of many words" )
-- ok:
SELECT date('2023-02-30'), date('not a date'), date(''), date(NULL), date('2020-13-01'), time('25:00'), date(1e20), julianday('now') IS NOT NULL, datetime(0, 'unixepoch'), date('2020-01-31', '+1 month'), date('2024-02-29', '-1 year', 'weekday 0'), strftime('%s', '1970-01-01'), date('now', 'no such modifier'), strftime('%Z', 'now')
-- ok:
SELECT substr('text', 0), substr('text', -2), substr('text', 2, -1), substr('text', 10), substr('text', 1, 1000000000), substr(NULL, 1), substr('text', -9223372036854775807, 9223372036854775807)
-- ok:
SELECT char(), char(0), unicode(''), char(1114111), char(-1), char(55296), length(char(0) || 'a'), hex('é'), instr('a', ''), instr('', 'a'), replace('abc', '', 'x'), trim('', ''), quote(NULL), quote(1e999), quote(x'00'), round('x'), round(2.5), round(1e300, 50), round(5, -1)
-- ok:
SELECT '{"a": [1, {"b": null}]}' -> '$.a[1].b', '{"a": 1}' ->> 'a', '[1, 2]' -> -1, json_type('null'), json_extract('[1]', '$[5]'), json_array(), json_object(), json_valid('nonsense'), json_quote('a"b')
-- ok:
SELECT printf('%d %s %z', 1), printf('%s'), printf(''), printf(NULL), printf('%5.2f|%-5d|%05d|%+d|%x|%e|%%', 3.14159, 7, 7, 7, 255, 1e10), printf('%s', NULL), printf('%d', 'abc'), printf('%n')
-- ok:
SELECT 'a' < 'B', 'a' < 'B' COLLATE NOCASE, 'a ' = 'a' COLLATE RTRIM, 'Ä' = 'ä' COLLATE NOCASE, '1' = 1, 1 = 1.0, '1.0' = 1, 1 IS '1', x'61' = 'a'
-- ok:
SELECT city.name, count(*) FROM city GROUP BY 'name' HAVING 1
-- ok:
SELECT name, max(people) FROM city
-- ok:
SELECT name, people FROM city GROUP BY name HAVING max(people) > 5 ORDER BY count(*), "no such column"
-- ok:
SELECT * FROM city WHERE (id, people) = (SELECT id, people FROM city LIMIT 1) OR (id, people) IN (SELECT 2, 4) OR (id, people) > (1, 2)
-- ok:
SELECT * FROM river NATURAL JOIN river AS r NATURAL JOIN river AS s
-- ok:
SELECT name FROM city WHERE id IN (SELECT city_id FROM river WHERE city_id = id)
-- ok:
SELECT (SELECT name FROM city ORDER BY id), (SELECT name FROM city WHERE 0), EXISTS (SELECT NULL), EXISTS (SELECT 1 WHERE 0)
-- ok:
SELECT min(1, NULL), max(3, 2, 1), max('a', 1), min(x'00', 'a'), iif(NULL, 1, 2), nullif(1, 1.0), ifnull(NULL, NULL), coalesce(NULL, NULL, 3)

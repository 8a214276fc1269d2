-- Statements that try to change something: data, schema, settings, files, or what the next statement may do.
-- A case is a line "-- status: words that the error contains", then one statement, up to the next such line.
-- Status is ok, invalid or timeout, as in execute.sql, or stopped: invalid or timeout, whichever limit is met first.
-- The tables are those of tests/test_execute.py: city, river, the view small, person (1,000 rows), note (10 long texts).

-- INSERT in all its forms.

-- invalid: INSERT is not a query
INSERT INTO city DEFAULT VALUES
-- invalid: INSERT is not a query
INSERT OR REPLACE INTO city (id, name) VALUES (1, 'Rome')
-- invalid: INSERT is not a query
INSERT OR IGNORE INTO city (id, name) VALUES (1, 'Rome')
-- invalid: INSERT is not a query
INSERT OR ROLLBACK INTO river VALUES ('Tiber', 1)
-- invalid: INSERT is not a query
INSERT OR ABORT INTO river VALUES ('Tiber', 1)
-- invalid: INSERT is not a query
INSERT OR FAIL INTO river VALUES ('Tiber', 1)
-- invalid: INSERT is not a query
INSERT INTO city (id, name) VALUES (1, 'Rome') ON CONFLICT (id) DO UPDATE SET name = excluded.name
-- invalid: INSERT is not a query
INSERT INTO city (id, name) VALUES (1, 'Rome') ON CONFLICT DO NOTHING
-- invalid: INSERT is not a query
INSERT INTO river SELECT name, id FROM city
-- invalid: INSERT is not a query
INSERT INTO river SELECT name, id FROM city WHERE 0
-- invalid: syntax error
INSERT INTO river TABLE city
-- invalid: INSERT is not a query
INSERT INTO city (name) VALUES ('Rome') RETURNING id
-- invalid: INSERT is not a query
INSERT INTO city (name) VALUES ('Rome') RETURNING *, (SELECT count(*) FROM city) AS cities
-- invalid: INSERT is not a query
INSERT INTO main.city (name) VALUES ('Rome')
-- invalid: no such table
INSERT INTO temp.city (name) VALUES ('Rome')
-- invalid: INSERT is not a query
INSERT INTO small VALUES ('Rome')
-- invalid: INSERT is not a query
INSERT INTO river WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT 'a river', n FROM t
-- invalid: INSERT is not a query
insert into city(name)values('Rome')
-- invalid: INSERT is not a query
iNsErT/**/iNtO/**/city(name)/**/vAlUeS('Rome')
-- invalid: incomplete input
INSERT
-- invalid: REPLACE is not a query
REPLACE INTO city SELECT id, 'Rome', people, area FROM city
-- invalid: REPLACE is not a query
rEpLaCe INTO city (id) VALUES (1) RETURNING *

-- UPDATE and DELETE.

-- invalid: UPDATE is not a query
UPDATE city SET name = 'Rome' WHERE 0
-- invalid: UPDATE is not a query
UPDATE city SET id = id
-- invalid: UPDATE is not a query
UPDATE OR REPLACE city SET id = 1
-- invalid: UPDATE is not a query
UPDATE OR IGNORE city SET id = 1
-- invalid: UPDATE is not a query
UPDATE city SET people = river.city_id FROM river WHERE river.name = city.name
-- invalid: UPDATE is not a query
UPDATE city SET (name, people) = (SELECT 'Rome', 1)
-- invalid: UPDATE is not a query
UPDATE city SET people = people + 1 WHERE id IN (SELECT city_id FROM river) RETURNING name, people
-- invalid: no such index
UPDATE city INDEXED BY no_such_index SET people = 0
-- invalid: UPDATE is not a query
UPDATE main.city AS c SET people = 0 WHERE c.id = 1
-- invalid: it is a view
UPDATE small SET name = 'Rome'
-- invalid: UPDATE is not a query
UPDATE person SET name = 'x' ORDER BY id LIMIT 1
-- invalid: UPDATE is not a query
UPDATE city SET rowid = rowid + 10
-- invalid: DELETE is not a query
DELETE FROM city WHERE 0
-- invalid: DELETE is not a query
DELETE FROM city WHERE id = 1 RETURNING *
-- invalid: DELETE is not a query
DELETE FROM main.city NOT INDEXED WHERE id > (SELECT min(id) FROM city)
-- invalid: DELETE is not a query
DELETE FROM person ORDER BY id LIMIT 10 OFFSET 5
-- invalid: it is a view
DELETE FROM small
-- invalid: no such table
DELETE FROM no_such_table
-- invalid: syntax error
TRUNCATE TABLE city
-- invalid: syntax error
MERGE INTO city USING river ON city.id = river.city_id WHEN MATCHED THEN DELETE

-- A write behind WITH, EXPLAIN, brackets, or inside a query.

-- invalid: INSERT is not allowed
WITH new(name) AS (VALUES ('Rome'), ('Bern')) INSERT INTO river SELECT name, 1 FROM new
-- invalid: INSERT is not allowed
WITH new AS (SELECT 1) REPLACE INTO city (id) SELECT * FROM new
-- invalid: INSERT is not allowed
WITH new AS (SELECT 5 AS id) INSERT INTO city (id) SELECT id FROM new RETURNING id, name
-- invalid: INSERT is not allowed
WITH new AS (SELECT 1 AS id) INSERT INTO city (id) SELECT id FROM new WHERE true ON CONFLICT (id) DO UPDATE SET people = 0
-- invalid: UPDATE is not allowed
WITH new AS (SELECT 1) UPDATE city SET people = (SELECT * FROM new)
-- invalid: UPDATE is not allowed
WITH new AS (SELECT 1) UPDATE city SET people = 0 RETURNING *
-- invalid: DELETE is not allowed
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) DELETE FROM city WHERE id IN t RETURNING id
-- invalid: DELETE is not allowed
with/* SELECT */a as(select 1)/* SELECT */delete from city
-- invalid: syntax error
WITH gone AS (DELETE FROM city RETURNING *) SELECT * FROM gone
-- invalid: syntax error
WITH new AS (INSERT INTO city (name) VALUES ('Rome') RETURNING id) SELECT id FROM new
-- invalid: syntax error
SELECT * FROM (DELETE FROM city RETURNING *)
-- invalid: syntax error
SELECT (UPDATE city SET people = 0 RETURNING people)
-- invalid: syntax error
SELECT * FROM city WHERE id IN (DELETE FROM city RETURNING id)
-- invalid: syntax error
SELECT * INTO town FROM city
-- invalid: syntax error
SELECT name FROM city INTO OUTFILE '/tmp/cities.csv'
-- invalid: syntax error
(DELETE FROM city)
-- invalid: syntax error
SELECT 1 UNION ALL DELETE FROM city RETURNING id
-- invalid: syntax error
VALUES (1) RETURNING 1
-- invalid: syntax error
SELECT * FROM city RETURNING id
-- invalid: unrecognized token
SELECT name := 'Rome' FROM city
-- invalid: syntax error
WITH a AS (SELECT 1) DROP TABLE city
-- invalid: syntax error
WITH a AS (SELECT 1) CREATE TABLE town AS SELECT * FROM a
-- invalid: syntax error
WITH a AS (SELECT 1) PRAGMA query_only = OFF
-- invalid: UPDATE is not allowed
EXPLAIN UPDATE city SET people = 0
-- invalid: DELETE is not allowed
EXPLAIN QUERY PLAN DELETE FROM city
-- invalid: INSERT is not allowed
EXPLAIN QUERY PLAN WITH a AS (SELECT 1) INSERT INTO river SELECT 'x', * FROM a
-- invalid: not allowed
EXPLAIN DROP TABLE city
-- invalid: not allowed
EXPLAIN QUERY PLAN CREATE TABLE town (name)
-- invalid: not allowed
EXPLAIN PRAGMA query_only = OFF
-- invalid: not allowed
EXPLAIN PRAGMA user_version
-- invalid: not allowed
EXPLAIN ATTACH 'other.sqlite' AS other
-- invalid: is not a query
EXPLAIN VACUUM INTO 'copy.sqlite'
-- invalid: not allowed
EXPLAIN BEGIN IMMEDIATE
-- invalid: is not a query
EXPLAIN/**/REINDEX
-- invalid: not allowed
EXPLAIN ALTER TABLE city RENAME TO town
-- invalid: not allowed
EXPLAIN DETACH main
-- invalid: not allowed
EXPLAIN CREATE TRIGGER gone AFTER INSERT ON river BEGIN DELETE FROM city; END
-- invalid: not allowed
EXPLAIN SAVEPOINT a
-- invalid: is not a query
EXPLAIN VACUUM
-- invalid: syntax error
EXPLAIN EXPLAIN DELETE FROM city
-- invalid:
EXPLAIN ANALYZE SELECT * FROM city

-- Tables, views, indexes, triggers and virtual tables.

-- invalid: CREATE is not a query
CREATE TABLE IF NOT EXISTS city (id)
-- invalid: CREATE is not a query
CREATE TABLE town AS SELECT * FROM city
-- invalid: CREATE is not a query
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT CHECK (length(name) > 1), twice AS (id * 2) STORED) STRICT
-- invalid: CREATE is not a query
CREATE TABLE town (id PRIMARY KEY, name) WITHOUT ROWID
-- invalid: CREATE is not a query
CREATE TABLE temp.city (id, name)
-- invalid: CREATE is not a query
CREATE TEMPORARY TABLE river AS SELECT 'Tiber' AS name
-- invalid: CREATE is not a query
CREATE VIEW town AS SELECT * FROM city
-- invalid: CREATE is not a query
CREATE TEMP VIEW IF NOT EXISTS river AS SELECT load_extension('x') AS name
-- invalid: CREATE is not a query
CREATE UNIQUE INDEX only_one ON city (name COLLATE NOCASE DESC) WHERE people > 5
-- invalid: cannot create a TEMP index
CREATE INDEX temp.by_length ON city (length(name))
-- invalid: CREATE is not a query
CREATE TRIGGER gone AFTER INSERT ON river BEGIN DELETE FROM city; END
-- invalid: CREATE is not a query
CREATE TEMP TRIGGER gone INSTEAD OF UPDATE ON small BEGIN SELECT 1; END
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE temp.box USING rtree_i32(id, x0, x1)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE words USING fts3(word, tokenize=porter)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE temp.words USING fts4(word)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, note, row)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE temp.lines USING csv(filename='/etc/passwd')
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE temp.pages USING dbstat(main)
-- invalid: CREATE is not a query
CREATE VIRTUAL TABLE IF NOT EXISTS temp.t USING fts3tokenize('porter')
-- invalid: CREATE is not a query
create	virtual
table
temp . "words" using [fts5] (word)
-- invalid: DROP is not a query
DROP VIEW small
-- invalid: DROP is not a query
DROP TABLE main.city
-- invalid: DROP is not a query
DROP TABLE sqlite_master
-- invalid: DROP is not a query
DROP TABLE json_each
-- invalid: DROP is not a query
DROP INDEX IF EXISTS by_name
-- invalid: no such trigger
DROP TRIGGER no_such_trigger
-- invalid: syntax error
DROP DATABASE main
-- invalid: ALTER is not a query
ALTER TABLE city ADD COLUMN mayor TEXT DEFAULT 'nobody'
-- invalid: ALTER is not a query
ALTER TABLE city DROP COLUMN area
-- invalid: ALTER is not a query
ALTER TABLE city RENAME COLUMN people TO inhabitants
-- invalid: may not be altered
ALTER TABLE sqlite_master RENAME TO master
-- invalid: REINDEX is not a query
REINDEX
-- invalid: REINDEX is not a query
REINDEX NOCASE
-- invalid: REINDEX is not a query
REINDEX main.city
-- invalid: ANALYZE is not a query
ANALYZE main.city
-- invalid: ANALYZE is not a query
ANALYZE sqlite_master
-- invalid: VACUUM is not a query
VACUUM main
-- invalid: VACUUM is not a query
VACUUM temp INTO '/tmp/copy.sqlite'
-- invalid: VACUUM is not a query
VACUUM INTO (SELECT 'copy' || '.sqlite')
-- invalid: VACUUM is not a query
VACUUM INTO 'file:copy.sqlite?mode=rwc'

-- Other databases and files.

-- invalid: ATTACH is not a query
ATTACH 'other.sqlite' AS other
-- invalid: ATTACH is not a query
ATTACH DATABASE 'file:other.sqlite?mode=rwc' AS other
-- invalid: ATTACH is not a query
ATTACH '' AS other
-- invalid: ATTACH is not a query
ATTACH ('/tmp/' || 'other.sqlite') AS ('ot' || 'her')
-- invalid: ATTACH is not a query
ATTACH 'other.sqlite' AS other KEY 'secret'
-- invalid: DETACH is not a query
DETACH temp
-- invalid: no such table
SELECT * FROM other.city
-- invalid: no such table
SELECT * FROM '/etc/passwd'
-- invalid: no such table
SELECT * FROM read_csv('/etc/passwd')
-- invalid: no such table
SELECT * FROM csv
-- invalid: no such table
SELECT * FROM fsdir('/')
-- invalid: no such table
SELECT * FROM zipfile('/tmp/a.zip')
-- invalid: no such table
SELECT * FROM generate_series(1, 1000000000)
-- invalid: no such table
SELECT data FROM sqlite_dbpage WHERE pgno = 1
-- invalid: no such function: edit
SELECT edit(name) FROM city
-- invalid: no such function: pg_read_file
SELECT pg_read_file('/etc/passwd')
-- invalid: no such function: LOAD_FILE
SELECT LOAD_FILE('/etc/passwd')
-- invalid: no such function: system
SELECT system('touch /tmp/here')
-- invalid: syntax error
.shell touch /tmp/here
-- invalid: syntax error
.output here.txt
-- invalid: syntax error
COPY city TO '/tmp/city.csv'

-- Transactions and locks: a read-only statement must leave none open.

-- invalid: BEGIN is not a query
BEGIN
-- invalid: BEGIN is not a query
BEGIN DEFERRED TRANSACTION
-- invalid: BEGIN is not a query
BEGIN IMMEDIATE
-- invalid: END is not a query
END TRANSACTION
-- invalid: ROLLBACK is not a query
ROLLBACK
-- invalid: ROLLBACK is not a query
ROLLBACK TRANSACTION TO SAVEPOINT a
-- invalid: RELEASE is not a query
RELEASE SAVEPOINT a
-- invalid: SAVEPOINT is not a query
SAVEPOINT "a b; COMMIT"
-- invalid: syntax error
START TRANSACTION
-- invalid: syntax error
LOCK TABLES city WRITE
-- invalid: syntax error
SELECT * FROM city FOR UPDATE

-- PRAGMA: settings, some of which take effect before the statement even runs.

-- invalid: PRAGMA is not a query
PRAGMA query_only = 0
-- invalid: PRAGMA is not a query
PRAGMA query_only(OFF)
-- invalid: PRAGMA is not a query
pragma main.query_only=no
-- invalid: PRAGMA is not a query
PRAGMA writable_schema = ON
-- invalid: PRAGMA is not a query
PRAGMA writable_schema = RESET
-- invalid: PRAGMA is not a query
PRAGMA trusted_schema = ON
-- invalid: PRAGMA is not a query
PRAGMA journal_mode = DELETE
-- invalid: PRAGMA is not a query
PRAGMA main.journal_mode(MEMORY)
-- invalid: PRAGMA is not a query
PRAGMA locking_mode = EXCLUSIVE
-- invalid: PRAGMA is not a query
PRAGMA temp_store = FILE
-- invalid: PRAGMA is not a query
PRAGMA temp_store_directory = '/etc'
-- invalid: PRAGMA is not a query
PRAGMA data_store_directory = '/etc'
-- invalid: PRAGMA is not a query
PRAGMA wal_checkpoint(TRUNCATE)
-- invalid: PRAGMA is not a query
PRAGMA wal_autocheckpoint = 0
-- invalid: PRAGMA is not a query
PRAGMA hard_heap_limit = 1
-- invalid: PRAGMA is not a query
PRAGMA soft_heap_limit = 1
-- invalid: PRAGMA is not a query
PRAGMA cache_size = -100000000
-- invalid: PRAGMA is not a query
PRAGMA cache_spill = OFF
-- invalid: PRAGMA is not a query
PRAGMA mmap_size = 1000000000000
-- invalid: PRAGMA is not a query
PRAGMA threads = 8
-- invalid: PRAGMA is not a query
PRAGMA busy_timeout = 100000
-- invalid: PRAGMA is not a query
PRAGMA cell_size_check = OFF
-- invalid: PRAGMA is not a query
PRAGMA ignore_check_constraints = ON
-- invalid: PRAGMA is not a query
PRAGMA foreign_keys = OFF
-- invalid: PRAGMA is not a query
PRAGMA recursive_triggers = ON
-- invalid: PRAGMA is not a query
PRAGMA case_sensitive_like = ON
-- invalid: PRAGMA is not a query
PRAGMA reverse_unordered_selects = ON
-- invalid: PRAGMA is not a query
PRAGMA short_column_names = OFF
-- invalid: PRAGMA is not a query
PRAGMA empty_result_callbacks = ON
-- invalid: PRAGMA is not a query
PRAGMA automatic_index = OFF
-- invalid: PRAGMA is not a query
PRAGMA encoding = 'UTF-16'
-- invalid: PRAGMA is not a query
PRAGMA page_size = 65536
-- invalid: PRAGMA is not a query
PRAGMA secure_delete = FAST
-- invalid: PRAGMA is not a query
PRAGMA synchronous = OFF
-- invalid: PRAGMA is not a query
PRAGMA auto_vacuum = FULL
-- invalid: PRAGMA is not a query
PRAGMA incremental_vacuum(10)
-- invalid: PRAGMA is not a query
PRAGMA schema_version = 99
-- invalid: PRAGMA is not a query
PRAGMA user_version = 99
-- invalid: PRAGMA is not a query
PRAGMA application_id = 99
-- invalid: PRAGMA is not a query
PRAGMA max_page_count = 1
-- invalid: PRAGMA is not a query
PRAGMA legacy_file_format = ON
-- invalid: PRAGMA is not a query
PRAGMA vdbe_trace = ON
-- invalid: PRAGMA is not a query
PRAGMA vdbe_debug = ON
-- invalid: PRAGMA is not a query
PRAGMA parser_trace = ON
-- invalid: PRAGMA is not a query
PRAGMA optimize
-- invalid: PRAGMA is not a query
PRAGMA shrink_memory
-- invalid: PRAGMA is not a query
PRAGMA analysis_limit = 1
-- invalid: PRAGMA is not a query
PRAGMA integrity_check
-- invalid: PRAGMA is not a query
PRAGMA foreign_key_check(river)
-- invalid: PRAGMA is not a query
PRAGMA database_list
-- invalid: PRAGMA is not a query
PRAGMA compile_options
-- invalid: PRAGMA is not a query
PRAGMA key = 'secret'
-- invalid: PRAGMA is not a query
PRAGMA rekey = 'secret'
-- invalid: PRAGMA is not a query
PRAGMA activate_extensions = 'see'
-- invalid: PRAGMA is not a query
PRAGMA data_version
-- invalid: PRAGMA is not a query
PRAGMA no_such_setting = 1
-- invalid: incomplete input
PRAGMA
-- invalid: PRAGMA is not a query
/* SELECT * FROM */ PrAgMa/**/query_only/**/=/**/OFF

-- PRAGMA as a table, and the other tables that SQLite makes up.

-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_database_list
-- invalid: SQLite's own are not allowed
SELECT file FROM pragma_database_list() WHERE name = 'main'
-- invalid: SQLite's own are not allowed
SELECT c.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_function_list
-- invalid: SQLite's own are not allowed
SELECT * FROM PRAGMA_Index_List('city')
-- invalid: SQLite's own are not allowed
SELECT (SELECT group_concat(name) FROM pragma_table_list) FROM city
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_user_version
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_integrity_check(100)
-- invalid: SQLite's own are not allowed
WITH a AS (SELECT * FROM pragma_data_version) SELECT * FROM a
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_query_only(0)
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_journal_mode('WAL')
-- invalid: no such table
SELECT * FROM pragma_wal_checkpoint
-- invalid: no such table
SELECT * FROM pragma_temp_store_directory('/etc')
-- invalid: SQLite's own are not allowed
SELECT * FROM pragma_hard_heap_limit(1)
-- invalid:
SELECT * FROM dbstat
-- invalid:
SELECT sql FROM sqlite_stmt
-- invalid:
SELECT * FROM fts3tokenize('porter')
-- invalid: no such table
SELECT * FROM bytecode('SELECT 1')
-- invalid: no such table
SELECT * FROM completion('SEL')

-- Functions that do more than compute, however they are written.

-- invalid: load_extension() is not allowed
SELECT LOAD_EXTENSION('x', 'y')
-- invalid: load_extension() is not allowed
SELECT "load_extension"('x')
-- invalid: load_extension() is not allowed
SELECT [load_extension] /* a comment */ ('x')
-- invalid: load_extension() is not allowed
SELECT name FROM city WHERE name = 'nowhere' AND load_extension('x')
-- ok:
-- SQLite itself drops what stands behind "0 AND", so nothing is called
SELECT name FROM city WHERE 0 AND load_extension('x')
-- invalid: load_extension() is not allowed
SELECT CASE WHEN 1 THEN 1 ELSE load_extension('x') END
-- invalid: load_extension() is not allowed
SELECT name FROM city ORDER BY load_extension(name)
-- invalid: load_extension() is not allowed
SELECT count(*) FILTER (WHERE load_extension(name) IS NULL) FROM city
-- invalid: load_extension() is not allowed
SELECT sum(people) OVER (PARTITION BY load_extension(name)) FROM city
-- invalid: load_extension() is not allowed
SELECT * FROM city LIMIT load_extension('x')
-- invalid: load_extension() is not allowed
SELECT * FROM json_each(load_extension('x'))
-- invalid: load_extension() is not allowed
VALUES (load_extension('x'))
-- invalid: load_extension() is not allowed
WITH a AS (SELECT load_extension('x') AS b) SELECT b FROM a
-- invalid: load_extension() is not allowed
EXPLAIN SELECT load_extension('x')
-- invalid: fts3_tokenizer() is not allowed
SELECT hex(fts3_tokenizer('simple', x'0000000000000000'))
-- invalid: sqlite_log() is not allowed
SELECT sqlite_log(1, 'a line in the log')
-- invalid: sqlite_compileoption_get() is not allowed
SELECT sqlite_compileoption_get(0)
-- invalid: fts5() is not allowed
SELECT fts5(NULL)
-- invalid: rtreecheck() is not allowed
SELECT rtreecheck('main', 'city')
-- invalid: rtreenode() is not allowed
SELECT rtreenode(2, zeroblob(1000))
-- invalid: optimize() is not allowed
SELECT optimize(name) FROM city
-- invalid: no such function: sqlite_offset
SELECT sqlite_offset(name) FROM city
-- invalid: sqlite_rename_table() is not allowed
SELECT sqlite_rename_table('main', 'table', 'city', 'x', 'city', 'town', 0)
-- invalid: sqlite_drop_column() is not allowed
SELECT sqlite_drop_column(0, 'CREATE TABLE t (a, b)', 1)
-- invalid: no such function: eval
SELECT eval('DELETE FROM city')
-- invalid: RAISE() may only be used
SELECT RAISE(ROLLBACK, 'stop')

-- SQLite's own tables: reading them is allowed, writing is not.

-- ok:
SELECT count(*) FROM sqlite_master WHERE type = 'table'
-- ok:
SELECT name FROM main.sqlite_schema
-- ok:
SELECT * FROM temp.sqlite_master
-- ok:
SELECT * FROM sqlite_temp_schema
-- invalid: no such table: sqlite_sequence
SELECT * FROM sqlite_sequence
-- invalid: no such table: sqlite_stat1
SELECT * FROM sqlite_stat1
-- invalid: sqlite_master may not be modified
UPDATE sqlite_master SET sql = 'CREATE TABLE city (x)' WHERE name = 'city'
-- invalid: sqlite_master may not be modified
DELETE FROM sqlite_schema
-- invalid: INSERT is not a query
INSERT INTO sqlite_temp_master VALUES ('view', 'city', 'city', 0, 'CREATE VIEW city AS SELECT 1')
-- invalid: sqlite_master may not be modified
WITH a AS (SELECT 1) UPDATE main.sqlite_master SET rootpage = 2
-- invalid:
CREATE TABLE sqlite_stat1 (tbl, idx, stat)
-- invalid: reserved for internal use
CREATE TABLE main.sqlite_sequence (name, seq)
-- invalid:
INSERT INTO json_each VALUES (1)
-- invalid:
WITH a AS (SELECT 1) DELETE FROM json_each

-- Several statements, with the write where it is easily missed.

-- invalid: one statement
SELECT 1; -- the end
DELETE FROM city
-- invalid: one statement
SELECT ';' /* ; */; /* SELECT */ UPDATE city SET people = 0;
-- invalid: one statement
SELECT 1 /* /* nested */; DROP TABLE city /* */
-- invalid: one statement
SELECT 1;/**/;/**/;PRAGMA query_only = OFF
-- invalid: one statement
EXPLAIN SELECT 1; DROP TABLE city
-- invalid: one statement
VALUES (1);ATTACH 'other.sqlite' AS other
-- invalid: one statement
SELECT "a;b" FROM city; COMMIT; DELETE FROM city; BEGIN
-- invalid:
BEGIN; DELETE FROM city; COMMIT
-- invalid:
DELETE FROM city; SELECT * FROM city
-- invalid: DROP is not a query
; DROP TABLE city
-- invalid: DELETE is not a query
;;;  ; /* SELECT */ ; DELETE FROM city;
-- invalid: load_extension() is not allowed
; SELECT load_extension('x')
-- invalid: DROP is not a query
-- SELECT name FROM city
/* SELECT */ -- SELECT
DROP /* SELECT */ TABLE city
-- invalid: DROP is not a query
/*/ SELECT /*/ DROP TABLE city
-- invalid: DROP is not a query
/**//***//* * / */DROP TABLE city
-- invalid: DELETE is not a query
--DELETE FROM city;
DELETE FROM city --
-- invalid: there is no statement
-- DELETE FROM city
-- invalid: there is no statement
/* DELETE FROM city; */
-- invalid: there is no statement
/* SELECT 1 FROM city; DROP TABLE city
-- ok:
SELECT 1 /* ; DROP TABLE city
-- ok:
SELECT 1 -- ; DROP TABLE city
-- ok:
SELECT 'a''; DROP TABLE city; --' AS text
-- ok:
SELECT ";DELETE FROM city;" AS text
-- ok:
SELECT 1 AS [; DELETE FROM city; --]
-- ok:
SELECT 1 AS `/*`, 2 AS `*/ ; DROP TABLE city`
-- ok:
SELECT '--' || '/*' || name FROM city -- '; DROP TABLE city; --

-- A byte order mark, blanks of other kinds and letters that look alike before a write: many of these can't be seen.

-- invalid: DROP is not a query
﻿DROP TABLE city
-- invalid: load_extension() is not allowed
﻿SELECT load_extension('x')
-- ok:
﻿SELECT name FROM city
-- invalid: DELETE is not a query
﻿;﻿/* */﻿DELETE FROM city
-- invalid:
/**/​DROP TABLE city
-- invalid:
/**/ DROP TABLE city
-- invalid:
/**/　DELETE FROM city
-- invalid:
/**/ DELETE FROM city
-- invalid:
/**/DELETE FROM city
-- invalid:
/**/UPDATE city SET people = 0
-- invalid: DELETE is not a query
/**/DELETEFROMcity
-- invalid: syntax error
DELETE FROM city
-- invalid:
‮ytic MORF ETELED
-- invalid:
DRОP TABLE city
-- invalid:
ＤＥＬＥＴＥ FROM city
-- invalid:
DEL/**/ETE FROM city
-- invalid: syntax error
SELECT 1 ; DELETE FROM city
-- invalid:
\DELETE FROM city
-- invalid:
'DELETE FROM city'
-- invalid:
"DROP" TABLE city

-- Words of other databases, which SQLite does not know.

-- invalid: syntax error
EXECUTE IMMEDIATE 'DELETE FROM city'
-- invalid: syntax error
PREPARE p AS DELETE FROM city
-- invalid: syntax error
CALL drop_everything()
-- invalid:
SET @a = 1
-- invalid: syntax error
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- invalid: syntax error
GRANT ALL ON city TO public
-- invalid: syntax error
USE main
-- invalid: syntax error
SHOW TABLES
-- invalid: syntax error
DESCRIBE city
-- invalid: syntax error
DO $$ BEGIN DELETE FROM city; END $$

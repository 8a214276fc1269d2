SELECT count(*) FROM baker	bakery
SELECT count(*) FROM baker	bakery
SELECT count(*) FROM baker	bakery
SELECT count(*) FROM bread	bakery
SELECT count(*) FROM bread	bakery
SELECT name, price FROM bread	bakery
SELECT name, price FROM bread	bakery
SELECT name, price FROM bread	bakery
SELECT name, level FROM baker	bakery
SELECT name, level FROM baker	bakery
SELECT name FROM bread WHERE flour = 'rye'	bakery
SELECT name FROM bread WHERE flour = 'rye'	bakery
SELECT name FROM bread WHERE flour = 'rye'	bakery
SELECT name FROM bread WHERE price > 5	bakery
SELECT name FROM bread WHERE price > 5	bakery
SELECT price FROM bread WHERE name = 'Farmer''s Loaf'	bakery
SELECT price FROM bread WHERE name = 'Farmer''s Loaf'	bakery
SELECT name FROM baker WHERE level = 'master' OR level = 'senior'	bakery
SELECT name FROM baker WHERE level = 'master' OR level = 'senior'	bakery
SELECT name, price FROM bread WHERE price BETWEEN 2 AND 4	bakery
SELECT name, price FROM bread WHERE price BETWEEN 2 AND 4	bakery
SELECT count(*) FROM baker WHERE level = 'junior'	bakery
SELECT count(*) FROM baker WHERE level = 'junior'	bakery
SELECT avg(price) FROM bread	bakery
SELECT avg(price) FROM bread	bakery
SELECT avg(price) FROM bread	bakery
SELECT max(wage), min(wage) FROM baker	bakery
SELECT max(wage), min(wage) FROM baker	bakery
SELECT avg(wage) FROM baker WHERE level = 'master'	bakery
SELECT avg(wage) FROM baker WHERE level = 'master'	bakery
SELECT DISTINCT flour FROM bread	bakery
SELECT DISTINCT flour FROM bread	bakery
SELECT name FROM bread ORDER BY name	bakery
SELECT name FROM bread ORDER BY name	bakery
SELECT name, wage FROM baker ORDER BY wage DESC	bakery
SELECT name, wage FROM baker ORDER BY wage DESC	bakery
SELECT name FROM bread ORDER BY price LIMIT 1	bakery
SELECT name FROM bread ORDER BY price LIMIT 1	bakery
SELECT name FROM bread ORDER BY price LIMIT 1	bakery
SELECT name FROM bread ORDER BY price DESC LIMIT 3	bakery
SELECT name FROM bread ORDER BY price DESC LIMIT 3	bakery
SELECT flour, count(*) FROM bread GROUP BY flour	bakery
SELECT flour, count(*) FROM bread GROUP BY flour	bakery
SELECT flour, count(*) FROM bread GROUP BY flour	bakery
SELECT level, avg(wage) FROM baker GROUP BY level	bakery
SELECT level, avg(wage) FROM baker GROUP BY level	bakery
SELECT flour FROM bread GROUP BY flour HAVING count(*) >= 3	bakery
SELECT flour FROM bread GROUP BY flour HAVING count(*) >= 3	bakery
SELECT flour FROM bread GROUP BY flour ORDER BY count(*) DESC LIMIT 1	bakery
SELECT flour FROM bread GROUP BY flour ORDER BY count(*) DESC LIMIT 1	bakery
SELECT T1.name FROM bread AS T1 JOIN baker AS T2 ON T1.baker_id = T2.id WHERE T2.name = 'Luís Tavares'	bakery
SELECT T1.name FROM bread AS T1 JOIN baker AS T2 ON T1.baker_id = T2.id WHERE T2.name = 'Luís Tavares'	bakery
SELECT T1.name FROM bread AS T1 JOIN baker AS T2 ON T1.baker_id = T2.id WHERE T2.name = 'Luís Tavares'	bakery
SELECT T1.name FROM baker AS T1 JOIN bread AS T2 ON T1.id = T2.baker_id WHERE T2.name = 'Oat Bun'	bakery
SELECT T1.name FROM baker AS T1 JOIN bread AS T2 ON T1.id = T2.baker_id WHERE T2.name = 'Oat Bun'	bakery
SELECT T1.name, T1.price FROM bread AS T1 JOIN baker AS T2 ON T1.baker_id = T2.id WHERE T2.level = 'master'	bakery
SELECT T1.name, T1.price FROM bread AS T1 JOIN baker AS T2 ON T1.baker_id = T2.id WHERE T2.level = 'master'	bakery
SELECT T1.name, count(*) FROM baker AS T1 JOIN bread AS T2 ON T1.id = T2.baker_id GROUP BY T1.id	bakery
SELECT T1.name, count(*) FROM baker AS T1 JOIN bread AS T2 ON T1.id = T2.baker_id GROUP BY T1.id	bakery
SELECT name FROM bread WHERE flour = 'wheat' AND price > (SELECT avg(price) FROM bread)	bakery
SELECT name FROM bread WHERE flour = 'wheat' AND price > (SELECT avg(price) FROM bread)	bakery
SELECT name FROM baker WHERE id NOT IN (SELECT baker_id FROM bread)	bakery
SELECT name FROM baker WHERE id NOT IN (SELECT baker_id FROM bread)	bakery
SELECT flour FROM bread WHERE price > 4 EXCEPT SELECT flour FROM bread WHERE price < 2	bakery
SELECT flour FROM bread WHERE price > 4 EXCEPT SELECT flour FROM bread WHERE price < 2	bakery
SELECT name FROM baker WHERE phone IS NULL	bakery
SELECT name FROM baker WHERE phone IS NULL	bakery
SELECT count(*) FROM film	cinema
SELECT count(*) FROM film	cinema
SELECT count(*) FROM film	cinema
SELECT count(*) FROM screening	cinema
SELECT count(*) FROM screening	cinema
SELECT title, genre FROM film	cinema
SELECT title, genre FROM film	cinema
SELECT title, genre FROM film	cinema
SELECT hall, price FROM screening	cinema
SELECT hall, price FROM screening	cinema
SELECT title FROM film WHERE genre = 'comedy'	cinema
SELECT title FROM film WHERE genre = 'comedy'	cinema
SELECT title FROM film WHERE genre = 'comedy'	cinema
SELECT title FROM film WHERE minutes > 120	cinema
SELECT title FROM film WHERE minutes > 120	cinema
SELECT year FROM film WHERE title = 'The Baker''s Secret'	cinema
SELECT year FROM film WHERE title = 'The Baker''s Secret'	cinema
SELECT title FROM film WHERE genre = 'drama' AND year > 2000	cinema
SELECT title FROM film WHERE genre = 'drama' AND year > 2000	cinema
SELECT title FROM film WHERE year BETWEEN 1990 AND 2010	cinema
SELECT title FROM film WHERE year BETWEEN 1990 AND 2010	cinema
SELECT hall, visitors FROM screening WHERE price < 7	cinema
SELECT hall, visitors FROM screening WHERE price < 7	cinema
SELECT count(*) FROM screening WHERE visitors > 100	cinema
SELECT count(*) FROM screening WHERE visitors > 100	cinema
SELECT avg(price) FROM screening	cinema
SELECT avg(price) FROM screening	cinema
SELECT avg(price) FROM screening	cinema
SELECT sum(visitors) FROM screening WHERE hall = 'Grand'	cinema
SELECT sum(visitors) FROM screening WHERE hall = 'Grand'	cinema
SELECT min(minutes), max(minutes) FROM film	cinema
SELECT min(minutes), max(minutes) FROM film	cinema
SELECT count(DISTINCT genre) FROM film	cinema
SELECT count(DISTINCT genre) FROM film	cinema
SELECT title FROM film ORDER BY title	cinema
SELECT title FROM film ORDER BY title	cinema
SELECT title FROM film ORDER BY minutes DESC LIMIT 1	cinema
SELECT title FROM film ORDER BY minutes DESC LIMIT 1	cinema
SELECT title FROM film ORDER BY minutes DESC LIMIT 1	cinema
SELECT title FROM film ORDER BY year DESC LIMIT 3	cinema
SELECT title FROM film ORDER BY year DESC LIMIT 3	cinema
SELECT genre, count(*) FROM film GROUP BY genre	cinema
SELECT genre, count(*) FROM film GROUP BY genre	cinema
SELECT genre, count(*) FROM film GROUP BY genre	cinema
SELECT hall, avg(price) FROM screening GROUP BY hall	cinema
SELECT hall, avg(price) FROM screening GROUP BY hall	cinema
SELECT genre FROM film GROUP BY genre HAVING count(*) >= 3	cinema
SELECT genre FROM film GROUP BY genre HAVING count(*) >= 3	cinema
SELECT hall FROM screening GROUP BY hall ORDER BY count(*) DESC LIMIT 1	cinema
SELECT hall FROM screening GROUP BY hall ORDER BY count(*) DESC LIMIT 1	cinema
SELECT DISTINCT T1.hall FROM screening AS T1 JOIN film AS T2 ON T1.film_id = T2.id WHERE T2.title = 'Star Harvest'	cinema
SELECT DISTINCT T1.hall FROM screening AS T1 JOIN film AS T2 ON T1.film_id = T2.id WHERE T2.title = 'Star Harvest'	cinema
SELECT T1.price FROM screening AS T1 JOIN film AS T2 ON T1.film_id = T2.id WHERE T2.title = 'Última Noche'	cinema
SELECT T1.price FROM screening AS T1 JOIN film AS T2 ON T1.film_id = T2.id WHERE T2.title = 'Última Noche'	cinema
SELECT T1.title FROM film AS T1 JOIN screening AS T2 ON T1.id = T2.film_id WHERE T2.hall = 'Opal'	cinema
SELECT T1.title FROM film AS T1 JOIN screening AS T2 ON T1.id = T2.film_id WHERE T2.hall = 'Opal'	cinema
SELECT T1.title FROM film AS T1 JOIN screening AS T2 ON T1.id = T2.film_id WHERE T2.hall = 'Opal'	cinema
SELECT T1.title FROM film AS T1 JOIN screening AS T2 ON T1.id = T2.film_id WHERE T2.hall = 'Grand' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	cinema
SELECT T1.title FROM film AS T1 JOIN screening AS T2 ON T1.id = T2.film_id WHERE T2.hall = 'Grand' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	cinema
SELECT title FROM film WHERE minutes > (SELECT avg(minutes) FROM film)	cinema
SELECT title FROM film WHERE minutes > (SELECT avg(minutes) FROM film)	cinema
SELECT title FROM film WHERE id NOT IN (SELECT film_id FROM screening)	cinema
SELECT title FROM film WHERE id NOT IN (SELECT film_id FROM screening)	cinema
SELECT hall FROM screening WHERE visitors < 80 INTERSECT SELECT hall FROM screening WHERE visitors > 100	cinema
SELECT hall FROM screening WHERE visitors < 80 INTERSECT SELECT hall FROM screening WHERE visitors > 100	cinema
SELECT hall, price FROM screening WHERE visitors IS NULL	cinema
SELECT hall, price FROM screening WHERE visitors IS NULL	cinema
SELECT count(*) FROM field	farm
SELECT count(*) FROM field	farm
SELECT count(*) FROM field	farm
SELECT count(*) FROM crop	farm
SELECT count(*) FROM crop	farm
SELECT name, area FROM field	farm
SELECT name, area FROM field	farm
SELECT name, area FROM field	farm
SELECT name, year FROM crop	farm
SELECT name, year FROM crop	farm
SELECT name FROM field WHERE soil = 'loam'	farm
SELECT name FROM field WHERE soil = 'loam'	farm
SELECT name FROM field WHERE area > 10	farm
SELECT name FROM field WHERE area > 10	farm
SELECT name FROM field WHERE area > 10	farm
SELECT name FROM field WHERE owner = 'Sean O''Hara'	farm
SELECT name FROM field WHERE owner = 'Sean O''Hara'	farm
SELECT year, tons FROM crop WHERE name = 'wheat' AND tons < 80	farm
SELECT year, tons FROM crop WHERE name = 'wheat' AND tons < 80	farm
SELECT name, soil FROM field WHERE name LIKE 'S%'	farm
SELECT name, soil FROM field WHERE name LIKE 'S%'	farm
SELECT count(*) FROM crop WHERE year = 2022	farm
SELECT count(*) FROM crop WHERE year = 2022	farm
SELECT count(*) FROM crop WHERE year = 2022	farm
SELECT count(*) FROM field WHERE area < 6	farm
SELECT count(*) FROM field WHERE area < 6	farm
SELECT avg(area) FROM field	farm
SELECT avg(area) FROM field	farm
SELECT sum(tons) FROM crop WHERE name = 'wheat'	farm
SELECT sum(tons) FROM crop WHERE name = 'wheat'	farm
SELECT sum(tons) FROM crop WHERE name = 'wheat'	farm
SELECT max(area), min(area) FROM field	farm
SELECT max(area), min(area) FROM field	farm
SELECT count(DISTINCT owner) FROM field	farm
SELECT count(DISTINCT owner) FROM field	farm
SELECT name FROM field ORDER BY name	farm
SELECT name FROM field ORDER BY name	farm
SELECT name FROM field ORDER BY area LIMIT 1	farm
SELECT name FROM field ORDER BY area LIMIT 1	farm
SELECT name, year FROM crop ORDER BY tons DESC LIMIT 3	farm
SELECT name, year FROM crop ORDER BY tons DESC LIMIT 3	farm
SELECT soil, count(*) FROM field GROUP BY soil	farm
SELECT soil, count(*) FROM field GROUP BY soil	farm
SELECT soil, count(*) FROM field GROUP BY soil	farm
SELECT year, count(*) FROM crop GROUP BY year	farm
SELECT year, count(*) FROM crop GROUP BY year	farm
SELECT owner FROM field GROUP BY owner HAVING count(*) > 2	farm
SELECT owner FROM field GROUP BY owner HAVING count(*) > 2	farm
SELECT year FROM crop GROUP BY year ORDER BY count(*) DESC LIMIT 1	farm
SELECT year FROM crop GROUP BY year ORDER BY count(*) DESC LIMIT 1	farm
SELECT T1.name FROM crop AS T1 JOIN field AS T2 ON T1.field_id = T2.id WHERE T2.name = 'River Field'	farm
SELECT T1.name FROM crop AS T1 JOIN field AS T2 ON T1.field_id = T2.id WHERE T2.name = 'River Field'	farm
SELECT T1.name FROM crop AS T1 JOIN field AS T2 ON T1.field_id = T2.id WHERE T2.name = 'River Field'	farm
SELECT T1.name FROM field AS T1 JOIN crop AS T2 ON T1.id = T2.field_id WHERE T2.name = 'potato'	farm
SELECT T1.name FROM field AS T1 JOIN crop AS T2 ON T1.id = T2.field_id WHERE T2.name = 'potato'	farm
SELECT T1.name, T1.tons FROM crop AS T1 JOIN field AS T2 ON T1.field_id = T2.id WHERE T2.soil = 'sand'	farm
SELECT T1.name, T1.tons FROM crop AS T1 JOIN field AS T2 ON T1.field_id = T2.id WHERE T2.soil = 'sand'	farm
SELECT T1.name FROM field AS T1 JOIN crop AS T2 ON T1.id = T2.field_id WHERE T2.year = 2023 GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	farm
SELECT T1.name FROM field AS T1 JOIN crop AS T2 ON T1.id = T2.field_id WHERE T2.year = 2023 GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	farm
SELECT name FROM field WHERE area > (SELECT avg(area) FROM field)	farm
SELECT name FROM field WHERE area > (SELECT avg(area) FROM field)	farm
SELECT name FROM field WHERE id NOT IN (SELECT field_id FROM crop)	farm
SELECT name FROM field WHERE id NOT IN (SELECT field_id FROM crop)	farm
SELECT name FROM crop WHERE year = 2021 EXCEPT SELECT name FROM crop WHERE year = 2023	farm
SELECT name FROM crop WHERE year = 2021 EXCEPT SELECT name FROM crop WHERE year = 2023	farm
SELECT name, year FROM crop WHERE tons IS NULL	farm
SELECT name, year FROM crop WHERE tons IS NULL	farm
SELECT count(*) FROM team	football_league
SELECT count(*) FROM team	football_league
SELECT count(*) FROM team	football_league
SELECT count(*) FROM player	football_league
SELECT count(*) FROM player	football_league
SELECT name, city FROM team	football_league
SELECT name, city FROM team	football_league
SELECT name, position FROM player	football_league
SELECT name, position FROM player	football_league
SELECT name, position FROM player	football_league
SELECT name FROM team WHERE city = 'Leeds'	football_league
SELECT name FROM team WHERE city = 'Leeds'	football_league
SELECT name FROM team WHERE city = 'Leeds'	football_league
SELECT name FROM player WHERE goals > 12	football_league
SELECT name FROM player WHERE goals > 12	football_league
SELECT position FROM player WHERE name = 'Liam O''Brien'	football_league
SELECT position FROM player WHERE name = 'Liam O''Brien'	football_league
SELECT name FROM player WHERE position = 'forward' AND goals < 16	football_league
SELECT name FROM player WHERE position = 'forward' AND goals < 16	football_league
SELECT name FROM team WHERE founded BETWEEN 1900 AND 1930	football_league
SELECT name FROM team WHERE founded BETWEEN 1900 AND 1930	football_league
SELECT count(*) FROM player WHERE position = 'defender'	football_league
SELECT count(*) FROM player WHERE position = 'defender'	football_league
SELECT count(*) FROM player WHERE position = 'defender'	football_league
SELECT count(*) FROM team WHERE points > 40	football_league
SELECT count(*) FROM team WHERE points > 40	football_league
SELECT avg(goals) FROM player	football_league
SELECT avg(goals) FROM player	football_league
SELECT max(points), min(points) FROM team	football_league
SELECT max(points), min(points) FROM team	football_league
SELECT sum(goals) FROM player WHERE position = 'midfielder'	football_league
SELECT sum(goals) FROM player WHERE position = 'midfielder'	football_league
SELECT DISTINCT position FROM player	football_league
SELECT DISTINCT position FROM player	football_league
SELECT DISTINCT position FROM player	football_league
SELECT name, points FROM team ORDER BY points DESC	football_league
SELECT name, points FROM team ORDER BY points DESC	football_league
SELECT name FROM player ORDER BY goals DESC LIMIT 1	football_league
SELECT name FROM player ORDER BY goals DESC LIMIT 1	football_league
SELECT name FROM player ORDER BY goals DESC LIMIT 1	football_league
SELECT name FROM team ORDER BY points LIMIT 3	football_league
SELECT name FROM team ORDER BY points LIMIT 3	football_league
SELECT city, count(*) FROM team GROUP BY city	football_league
SELECT city, count(*) FROM team GROUP BY city	football_league
SELECT city, count(*) FROM team GROUP BY city	football_league
SELECT position, count(*) FROM player GROUP BY position	football_league
SELECT position, count(*) FROM player GROUP BY position	football_league
SELECT city FROM team GROUP BY city HAVING count(*) >= 2	football_league
SELECT city FROM team GROUP BY city HAVING count(*) >= 2	football_league
SELECT city FROM team GROUP BY city ORDER BY count(*) DESC LIMIT 1	football_league
SELECT city FROM team GROUP BY city ORDER BY count(*) DESC LIMIT 1	football_league
SELECT T1.name FROM player AS T1 JOIN team AS T2 ON T1.team_id = T2.id WHERE T2.name = 'Northern Star'	football_league
SELECT T1.name FROM player AS T1 JOIN team AS T2 ON T1.team_id = T2.id WHERE T2.name = 'Northern Star'	football_league
SELECT T1.name FROM player AS T1 JOIN team AS T2 ON T1.team_id = T2.id WHERE T2.name = 'Northern Star'	football_league
SELECT T1.name FROM team AS T1 JOIN player AS T2 ON T1.id = T2.team_id WHERE T2.name = 'João Pereira'	football_league
SELECT T1.name FROM team AS T1 JOIN player AS T2 ON T1.id = T2.team_id WHERE T2.name = 'João Pereira'	football_league
SELECT T1.name, T1.goals FROM player AS T1 JOIN team AS T2 ON T1.team_id = T2.id WHERE T2.city = 'Dublin'	football_league
SELECT T1.name, T1.goals FROM player AS T1 JOIN team AS T2 ON T1.team_id = T2.id WHERE T2.city = 'Dublin'	football_league
SELECT T1.name, count(*) FROM team AS T1 JOIN player AS T2 ON T1.id = T2.team_id GROUP BY T1.id	football_league
SELECT T1.name, count(*) FROM team AS T1 JOIN player AS T2 ON T1.id = T2.team_id GROUP BY T1.id	football_league
SELECT name FROM player WHERE position = 'midfielder' AND goals > (SELECT avg(goals) FROM player)	football_league
SELECT name FROM player WHERE position = 'midfielder' AND goals > (SELECT avg(goals) FROM player)	football_league
SELECT name FROM team WHERE id NOT IN (SELECT team_id FROM player)	football_league
SELECT name FROM team WHERE id NOT IN (SELECT team_id FROM player)	football_league
SELECT city FROM team WHERE founded < 1910 INTERSECT SELECT city FROM team WHERE founded > 1940	football_league
SELECT city FROM team WHERE founded < 1910 INTERSECT SELECT city FROM team WHERE founded > 1940	football_league
SELECT name FROM team WHERE founded IS NULL	football_league
SELECT name FROM team WHERE founded IS NULL	football_league
SELECT count(*) FROM customer	garden_shop
SELECT count(*) FROM customer	garden_shop
SELECT count(*) FROM customer	garden_shop
SELECT count(*) FROM plant	garden_shop
SELECT count(*) FROM plant	garden_shop
SELECT name FROM plant	garden_shop
SELECT name FROM plant	garden_shop
SELECT name, price FROM plant	garden_shop
SELECT name, price FROM plant	garden_shop
SELECT name, price FROM plant	garden_shop
SELECT name FROM plant WHERE price < 5	garden_shop
SELECT name FROM plant WHERE price < 5	garden_shop
SELECT name FROM plant WHERE price < 5	garden_shop
SELECT price FROM plant WHERE name = 'Farmer''s Choice'	garden_shop
SELECT price FROM plant WHERE name = 'Farmer''s Choice'	garden_shop
SELECT name FROM customer WHERE city = 'Łódź'	garden_shop
SELECT name FROM customer WHERE city = 'Łódź'	garden_shop
SELECT name FROM plant WHERE kind = 'tree' OR kind = 'shrub'	garden_shop
SELECT name FROM plant WHERE kind = 'tree' OR kind = 'shrub'	garden_shop
SELECT name FROM plant WHERE name LIKE 'S%'	garden_shop
SELECT name FROM plant WHERE name LIKE 'S%'	garden_shop
SELECT count(*) FROM plant WHERE kind = 'herb'	garden_shop
SELECT count(*) FROM plant WHERE kind = 'herb'	garden_shop
SELECT count(*) FROM plant WHERE kind = 'herb'	garden_shop
SELECT count(*) FROM purchase WHERE year = 2022	garden_shop
SELECT count(*) FROM purchase WHERE year = 2022	garden_shop
SELECT avg(price) FROM plant	garden_shop
SELECT avg(price) FROM plant	garden_shop
SELECT avg(price) FROM plant	garden_shop
SELECT max(price), min(price) FROM plant WHERE kind = 'tree'	garden_shop
SELECT max(price), min(price) FROM plant WHERE kind = 'tree'	garden_shop
SELECT sum(quantity) FROM purchase WHERE year = 2023	garden_shop
SELECT sum(quantity) FROM purchase WHERE year = 2023	garden_shop
SELECT count(DISTINCT kind) FROM plant	garden_shop
SELECT count(DISTINCT kind) FROM plant	garden_shop
SELECT name, kind FROM plant ORDER BY name	garden_shop
SELECT name, kind FROM plant ORDER BY name	garden_shop
SELECT name FROM plant ORDER BY price DESC LIMIT 1	garden_shop
SELECT name FROM plant ORDER BY price DESC LIMIT 1	garden_shop
SELECT name FROM plant ORDER BY price DESC LIMIT 1	garden_shop
SELECT year, quantity FROM purchase ORDER BY quantity DESC LIMIT 3	garden_shop
SELECT year, quantity FROM purchase ORDER BY quantity DESC LIMIT 3	garden_shop
SELECT city, count(*) FROM customer GROUP BY city	garden_shop
SELECT city, count(*) FROM customer GROUP BY city	garden_shop
SELECT city, count(*) FROM customer GROUP BY city	garden_shop
SELECT kind, count(*) FROM plant GROUP BY kind	garden_shop
SELECT kind, count(*) FROM plant GROUP BY kind	garden_shop
SELECT kind FROM plant GROUP BY kind HAVING count(*) >= 3	garden_shop
SELECT kind FROM plant GROUP BY kind HAVING count(*) >= 3	garden_shop
SELECT year FROM purchase GROUP BY year ORDER BY count(*) DESC LIMIT 1	garden_shop
SELECT year FROM purchase GROUP BY year ORDER BY count(*) DESC LIMIT 1	garden_shop
SELECT T1.year, T1.quantity FROM purchase AS T1 JOIN customer AS T2 ON T1.customer_id = T2.id WHERE T2.name = 'Greta Lind'	garden_shop
SELECT T1.year, T1.quantity FROM purchase AS T1 JOIN customer AS T2 ON T1.customer_id = T2.id WHERE T2.name = 'Greta Lind'	garden_shop
SELECT T1.year, T1.quantity FROM purchase AS T1 JOIN customer AS T2 ON T1.customer_id = T2.id WHERE T2.name = 'Greta Lind'	garden_shop
SELECT count(*) FROM purchase AS T1 JOIN plant AS T2 ON T1.plant_id = T2.id WHERE T2.name = 'Mint'	garden_shop
SELECT count(*) FROM purchase AS T1 JOIN plant AS T2 ON T1.plant_id = T2.id WHERE T2.name = 'Mint'	garden_shop
SELECT T1.name FROM plant AS T1 JOIN purchase AS T2 ON T1.id = T2.plant_id JOIN customer AS T3 ON T2.customer_id = T3.id WHERE T3.name = 'Bea Costa'	garden_shop
SELECT T1.name FROM plant AS T1 JOIN purchase AS T2 ON T1.id = T2.plant_id JOIN customer AS T3 ON T2.customer_id = T3.id WHERE T3.name = 'Bea Costa'	garden_shop
SELECT T1.name FROM plant AS T1 JOIN purchase AS T2 ON T1.id = T2.plant_id JOIN customer AS T3 ON T2.customer_id = T3.id WHERE T3.name = 'Bea Costa'	garden_shop
SELECT T1.name, count(*) FROM customer AS T1 JOIN purchase AS T2 ON T1.id = T2.customer_id GROUP BY T1.id	garden_shop
SELECT T1.name, count(*) FROM customer AS T1 JOIN purchase AS T2 ON T1.id = T2.customer_id GROUP BY T1.id	garden_shop
SELECT name FROM plant WHERE price > (SELECT avg(price) FROM plant)	garden_shop
SELECT name FROM plant WHERE price > (SELECT avg(price) FROM plant)	garden_shop
SELECT name FROM plant WHERE kind = 'herb' AND id NOT IN (SELECT plant_id FROM purchase)	garden_shop
SELECT name FROM plant WHERE kind = 'herb' AND id NOT IN (SELECT plant_id FROM purchase)	garden_shop
SELECT kind FROM plant WHERE price > 10 EXCEPT SELECT kind FROM plant WHERE price < 10	garden_shop
SELECT kind FROM plant WHERE price > 10 EXCEPT SELECT kind FROM plant WHERE price < 10	garden_shop
SELECT name FROM plant WHERE price IS NULL	garden_shop
SELECT name FROM plant WHERE price IS NULL	garden_shop
SELECT count(*) FROM room	hotel
SELECT count(*) FROM room	hotel
SELECT count(*) FROM room	hotel
SELECT count(*) FROM booking	hotel
SELECT count(*) FROM booking	hotel
SELECT number, price FROM room	hotel
SELECT number, price FROM room	hotel
SELECT number, price FROM room	hotel
SELECT guest, nights FROM booking	hotel
SELECT guest, nights FROM booking	hotel
SELECT number FROM room WHERE kind = 'suite'	hotel
SELECT number FROM room WHERE kind = 'suite'	hotel
SELECT number FROM room WHERE kind = 'suite'	hotel
SELECT number FROM room WHERE price > 100	hotel
SELECT number FROM room WHERE price > 100	hotel
SELECT nights, rating FROM booking WHERE guest = 'Mark O''Connor'	hotel
SELECT nights, rating FROM booking WHERE guest = 'Mark O''Connor'	hotel
SELECT number FROM room WHERE kind = 'double' AND floor = 2	hotel
SELECT number FROM room WHERE kind = 'double' AND floor = 2	hotel
SELECT number FROM room WHERE kind = 'double' AND floor = 2	hotel
SELECT number, kind FROM room WHERE price BETWEEN 80 AND 120	hotel
SELECT number, kind FROM room WHERE price BETWEEN 80 AND 120	hotel
SELECT count(*) FROM room WHERE floor = 3	hotel
SELECT count(*) FROM room WHERE floor = 3	hotel
SELECT count(*) FROM booking WHERE nights > 5	hotel
SELECT count(*) FROM booking WHERE nights > 5	hotel
SELECT count(*) FROM booking WHERE nights > 5	hotel
SELECT avg(rating) FROM booking	hotel
SELECT avg(rating) FROM booking	hotel
SELECT max(price), min(price) FROM room	hotel
SELECT max(price), min(price) FROM room	hotel
SELECT sum(nights) FROM booking WHERE guest = 'Ravi Shah'	hotel
SELECT sum(nights) FROM booking WHERE guest = 'Ravi Shah'	hotel
SELECT sum(nights) FROM booking WHERE guest = 'Ravi Shah'	hotel
SELECT count(DISTINCT guest) FROM booking	hotel
SELECT count(DISTINCT guest) FROM booking	hotel
SELECT number, price FROM room ORDER BY price DESC	hotel
SELECT number, price FROM room ORDER BY price DESC	hotel
SELECT guest FROM booking ORDER BY nights DESC LIMIT 1	hotel
SELECT guest FROM booking ORDER BY nights DESC LIMIT 1	hotel
SELECT guest FROM booking ORDER BY nights DESC LIMIT 1	hotel
SELECT number FROM room ORDER BY price LIMIT 3	hotel
SELECT number FROM room ORDER BY price LIMIT 3	hotel
SELECT kind, count(*) FROM room GROUP BY kind	hotel
SELECT kind, count(*) FROM room GROUP BY kind	hotel
SELECT kind, count(*) FROM room GROUP BY kind	hotel
SELECT guest, count(*) FROM booking GROUP BY guest	hotel
SELECT guest, count(*) FROM booking GROUP BY guest	hotel
SELECT floor FROM room GROUP BY floor HAVING count(*) > 2	hotel
SELECT floor FROM room GROUP BY floor HAVING count(*) > 2	hotel
SELECT guest FROM booking GROUP BY guest ORDER BY count(*) DESC LIMIT 1	hotel
SELECT guest FROM booking GROUP BY guest ORDER BY count(*) DESC LIMIT 1	hotel
SELECT T1.guest FROM booking AS T1 JOIN room AS T2 ON T1.room_id = T2.id WHERE T2.number = 103	hotel
SELECT T1.guest FROM booking AS T1 JOIN room AS T2 ON T1.room_id = T2.id WHERE T2.number = 103	hotel
SELECT T1.guest FROM booking AS T1 JOIN room AS T2 ON T1.room_id = T2.id WHERE T2.number = 103	hotel
SELECT T1.number FROM room AS T1 JOIN booking AS T2 ON T1.id = T2.room_id WHERE T2.guest = 'Sofia Greco'	hotel
SELECT T1.number FROM room AS T1 JOIN booking AS T2 ON T1.id = T2.room_id WHERE T2.guest = 'Sofia Greco'	hotel
SELECT T1.guest, T1.nights FROM booking AS T1 JOIN room AS T2 ON T1.room_id = T2.id WHERE T2.kind = 'family'	hotel
SELECT T1.guest, T1.nights FROM booking AS T1 JOIN room AS T2 ON T1.room_id = T2.id WHERE T2.kind = 'family'	hotel
SELECT T1.number, count(*) FROM room AS T1 JOIN booking AS T2 ON T1.id = T2.room_id GROUP BY T1.id	hotel
SELECT T1.number, count(*) FROM room AS T1 JOIN booking AS T2 ON T1.id = T2.room_id GROUP BY T1.id	hotel
SELECT number FROM room WHERE price > (SELECT avg(price) FROM room)	hotel
SELECT number FROM room WHERE price > (SELECT avg(price) FROM room)	hotel
SELECT number FROM room WHERE price < 100 AND id NOT IN (SELECT room_id FROM booking)	hotel
SELECT number FROM room WHERE price < 100 AND id NOT IN (SELECT room_id FROM booking)	hotel
SELECT number FROM room WHERE floor = 4 UNION SELECT number FROM room WHERE kind = 'single'	hotel
SELECT number FROM room WHERE floor = 4 UNION SELECT number FROM room WHERE kind = 'single'	hotel
SELECT guest FROM booking WHERE rating IS NULL	hotel
SELECT guest FROM booking WHERE rating IS NULL	hotel
SELECT count(*) FROM book	library
SELECT count(*) FROM book	library
SELECT count(*) FROM book	library
SELECT count(*) FROM loan	library
SELECT count(*) FROM loan	library
SELECT title, author FROM book	library
SELECT title, author FROM book	library
SELECT title, author FROM book	library
SELECT name, town FROM member	library
SELECT name, town FROM member	library
SELECT title FROM book WHERE author = 'Nora Lind'	library
SELECT title FROM book WHERE author = 'Nora Lind'	library
SELECT title FROM book WHERE author = 'Nora Lind'	library
SELECT title FROM book WHERE pages > 400	library
SELECT title FROM book WHERE pages > 400	library
SELECT author FROM book WHERE title = 'The Fisherman''s Son'	library
SELECT author FROM book WHERE title = 'The Fisherman''s Son'	library
SELECT name FROM member WHERE town = 'Lyon' OR town = 'Bron'	library
SELECT name FROM member WHERE town = 'Lyon' OR town = 'Bron'	library
SELECT title FROM book WHERE title LIKE 'The%'	library
SELECT title FROM book WHERE title LIKE 'The%'	library
SELECT count(*) FROM book WHERE year > 2010	library
SELECT count(*) FROM book WHERE year > 2010	library
SELECT count(*) FROM book WHERE year > 2010	library
SELECT count(*) FROM member WHERE town = 'Vienne'	library
SELECT count(*) FROM member WHERE town = 'Vienne'	library
SELECT avg(pages) FROM book	library
SELECT avg(pages) FROM book	library
SELECT avg(pages) FROM book	library
SELECT max(pages), min(pages) FROM book	library
SELECT max(pages), min(pages) FROM book	library
SELECT count(DISTINCT author) FROM book	library
SELECT count(DISTINCT author) FROM book	library
SELECT DISTINCT town FROM member	library
SELECT DISTINCT town FROM member	library
SELECT title FROM book ORDER BY title	library
SELECT title FROM book ORDER BY title	library
SELECT title, year FROM book ORDER BY year DESC	library
SELECT title, year FROM book ORDER BY year DESC	library
SELECT title FROM book ORDER BY pages DESC LIMIT 1	library
SELECT title FROM book ORDER BY pages DESC LIMIT 1	library
SELECT title FROM book ORDER BY pages DESC LIMIT 1	library
SELECT title FROM book ORDER BY year LIMIT 3	library
SELECT title FROM book ORDER BY year LIMIT 3	library
SELECT author, count(*) FROM book GROUP BY author	library
SELECT author, count(*) FROM book GROUP BY author	library
SELECT author, count(*) FROM book GROUP BY author	library
SELECT author FROM book GROUP BY author HAVING count(*) > 2	library
SELECT author FROM book GROUP BY author HAVING count(*) > 2	library
SELECT town FROM member GROUP BY town ORDER BY count(*) DESC LIMIT 1	library
SELECT town FROM member GROUP BY town ORDER BY count(*) DESC LIMIT 1	library
SELECT T1.date FROM loan AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.name = 'Alice Moreau'	library
SELECT T1.date FROM loan AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.name = 'Alice Moreau'	library
SELECT T1.date, T1.days FROM loan AS T1 JOIN book AS T2 ON T1.book_id = T2.id WHERE T2.title = 'The Silent Harbor'	library
SELECT T1.date, T1.days FROM loan AS T1 JOIN book AS T2 ON T1.book_id = T2.id WHERE T2.title = 'The Silent Harbor'	library
SELECT T1.title, count(*) FROM book AS T1 JOIN loan AS T2 ON T1.id = T2.book_id GROUP BY T1.id	library
SELECT T1.title, count(*) FROM book AS T1 JOIN loan AS T2 ON T1.id = T2.book_id GROUP BY T1.id	library
SELECT DISTINCT T3.title FROM member AS T1 JOIN loan AS T2 ON T1.id = T2.member_id JOIN book AS T3 ON T2.book_id = T3.id WHERE T1.name = 'Chloé Dubois'	library
SELECT DISTINCT T3.title FROM member AS T1 JOIN loan AS T2 ON T1.id = T2.member_id JOIN book AS T3 ON T2.book_id = T3.id WHERE T1.name = 'Chloé Dubois'	library
SELECT title FROM book WHERE year < 2000 AND pages > (SELECT avg(pages) FROM book)	library
SELECT title FROM book WHERE year < 2000 AND pages > (SELECT avg(pages) FROM book)	library
SELECT title FROM book WHERE id NOT IN (SELECT book_id FROM loan)	library
SELECT title FROM book WHERE id NOT IN (SELECT book_id FROM loan)	library
SELECT title FROM book WHERE id NOT IN (SELECT book_id FROM loan)	library
SELECT author FROM book WHERE year < 2000 INTERSECT SELECT author FROM book WHERE year > 2010	library
SELECT author FROM book WHERE year < 2000 INTERSECT SELECT author FROM book WHERE year > 2010	library
SELECT date FROM loan WHERE days IS NULL	library
SELECT date FROM loan WHERE days IS NULL	library
SELECT count(*) FROM artist	museum
SELECT count(*) FROM artist	museum
SELECT count(*) FROM artist	museum
SELECT count(*) FROM painting	museum
SELECT count(*) FROM painting	museum
SELECT title FROM painting	museum
SELECT title FROM painting	museum
SELECT name, country FROM artist	museum
SELECT name, country FROM artist	museum
SELECT name, country FROM artist	museum
SELECT name FROM artist WHERE country = 'France'	museum
SELECT name FROM artist WHERE country = 'France'	museum
SELECT name FROM artist WHERE country = 'France'	museum
SELECT title FROM painting WHERE price > 700	museum
SELECT title FROM painting WHERE price > 700	museum
SELECT title FROM painting WHERE price > 700	museum
SELECT price FROM painting WHERE title = 'The Baker''s Daughter'	museum
SELECT price FROM painting WHERE title = 'The Baker''s Daughter'	museum
SELECT title FROM painting WHERE style = 'portrait' AND price < 900	museum
SELECT title FROM painting WHERE style = 'portrait' AND price < 900	museum
SELECT name FROM artist WHERE birth_year BETWEEN 1900 AND 1930	museum
SELECT name FROM artist WHERE birth_year BETWEEN 1900 AND 1930	museum
SELECT count(*) FROM painting WHERE style = 'landscape'	museum
SELECT count(*) FROM painting WHERE style = 'landscape'	museum
SELECT count(*) FROM painting WHERE style = 'landscape'	museum
SELECT count(*) FROM artist WHERE birth_year < 1900	museum
SELECT count(*) FROM artist WHERE birth_year < 1900	museum
SELECT avg(price) FROM painting	museum
SELECT avg(price) FROM painting	museum
SELECT avg(price) FROM painting	museum
SELECT max(price), min(price) FROM painting	museum
SELECT max(price), min(price) FROM painting	museum
SELECT sum(price) FROM painting WHERE style = 'abstract'	museum
SELECT sum(price) FROM painting WHERE style = 'abstract'	museum
SELECT DISTINCT country FROM artist	museum
SELECT DISTINCT country FROM artist	museum
SELECT name, birth_year FROM artist ORDER BY birth_year	museum
SELECT name, birth_year FROM artist ORDER BY birth_year	museum
SELECT title FROM painting ORDER BY price DESC LIMIT 1	museum
SELECT title FROM painting ORDER BY price DESC LIMIT 1	museum
SELECT title FROM painting ORDER BY price DESC LIMIT 1	museum
SELECT name FROM artist ORDER BY birth_year DESC LIMIT 3	museum
SELECT name FROM artist ORDER BY birth_year DESC LIMIT 3	museum
SELECT country, count(*) FROM artist GROUP BY country	museum
SELECT country, count(*) FROM artist GROUP BY country	museum
SELECT country, count(*) FROM artist GROUP BY country	museum
SELECT style, count(*) FROM painting GROUP BY style	museum
SELECT style, count(*) FROM painting GROUP BY style	museum
SELECT country FROM artist GROUP BY country HAVING count(*) > 2	museum
SELECT country FROM artist GROUP BY country HAVING count(*) > 2	museum
SELECT style FROM painting GROUP BY style ORDER BY count(*) DESC LIMIT 1	museum
SELECT style FROM painting GROUP BY style ORDER BY count(*) DESC LIMIT 1	museum
SELECT T1.title FROM painting AS T1 JOIN artist AS T2 ON T1.artist_id = T2.id WHERE T2.name = 'Ada O''Brien'	museum
SELECT T1.title FROM painting AS T1 JOIN artist AS T2 ON T1.artist_id = T2.id WHERE T2.name = 'Ada O''Brien'	museum
SELECT T1.title FROM painting AS T1 JOIN artist AS T2 ON T1.artist_id = T2.id WHERE T2.name = 'Ada O''Brien'	museum
SELECT T1.name FROM artist AS T1 JOIN painting AS T2 ON T1.id = T2.artist_id WHERE T2.title = 'Silent Bridge'	museum
SELECT T1.name FROM artist AS T1 JOIN painting AS T2 ON T1.id = T2.artist_id WHERE T2.title = 'Silent Bridge'	museum
SELECT T1.title, T1.price FROM painting AS T1 JOIN artist AS T2 ON T1.artist_id = T2.id WHERE T2.country = 'Italy'	museum
SELECT T1.title, T1.price FROM painting AS T1 JOIN artist AS T2 ON T1.artist_id = T2.id WHERE T2.country = 'Italy'	museum
SELECT T1.name FROM artist AS T1 JOIN painting AS T2 ON T1.id = T2.artist_id WHERE T1.country = 'France' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	museum
SELECT T1.name FROM artist AS T1 JOIN painting AS T2 ON T1.id = T2.artist_id WHERE T1.country = 'France' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	museum
SELECT title FROM painting WHERE price > (SELECT avg(price) FROM painting)	museum
SELECT title FROM painting WHERE price > (SELECT avg(price) FROM painting)	museum
SELECT name FROM artist WHERE id NOT IN (SELECT artist_id FROM painting)	museum
SELECT name FROM artist WHERE id NOT IN (SELECT artist_id FROM painting)	museum
SELECT country FROM artist WHERE birth_year < 1900 INTERSECT SELECT country FROM artist WHERE birth_year > 1930	museum
SELECT country FROM artist WHERE birth_year < 1900 INTERSECT SELECT country FROM artist WHERE birth_year > 1930	museum
SELECT title FROM painting WHERE price IS NULL	museum
SELECT title FROM painting WHERE price IS NULL	museum
SELECT count(*) FROM teacher	school_trip
SELECT count(*) FROM teacher	school_trip
SELECT count(*) FROM teacher	school_trip
SELECT count(*) FROM trip	school_trip
SELECT count(*) FROM trip	school_trip
SELECT name, subject FROM teacher	school_trip
SELECT name, subject FROM teacher	school_trip
SELECT name, subject FROM teacher	school_trip
SELECT city, price FROM trip	school_trip
SELECT city, price FROM trip	school_trip
SELECT name FROM teacher WHERE subject = 'math'	school_trip
SELECT name FROM teacher WHERE subject = 'math'	school_trip
SELECT name FROM teacher WHERE subject = 'math'	school_trip
SELECT city, students FROM trip WHERE students > 30	school_trip
SELECT city, students FROM trip WHERE students > 30	school_trip
SELECT price FROM trip WHERE city = 'Kraków'	school_trip
SELECT price FROM trip WHERE city = 'Kraków'	school_trip
SELECT name FROM teacher WHERE subject = 'art' OR subject = 'music'	school_trip
SELECT name FROM teacher WHERE subject = 'art' OR subject = 'music'	school_trip
SELECT name, age FROM teacher WHERE age BETWEEN 40 AND 50	school_trip
SELECT name, age FROM teacher WHERE age BETWEEN 40 AND 50	school_trip
SELECT count(*) FROM trip WHERE city = 'London'	school_trip
SELECT count(*) FROM trip WHERE city = 'London'	school_trip
SELECT count(*) FROM trip WHERE city = 'London'	school_trip
SELECT count(*) FROM teacher WHERE age < 40	school_trip
SELECT count(*) FROM teacher WHERE age < 40	school_trip
SELECT avg(price) FROM trip	school_trip
SELECT avg(price) FROM trip	school_trip
SELECT max(age), min(age) FROM teacher	school_trip
SELECT max(age), min(age) FROM teacher	school_trip
SELECT sum(students) FROM trip WHERE city = 'Rome'	school_trip
SELECT sum(students) FROM trip WHERE city = 'Rome'	school_trip
SELECT DISTINCT city FROM trip	school_trip
SELECT DISTINCT city FROM trip	school_trip
SELECT city, students FROM trip ORDER BY students DESC	school_trip
SELECT city, students FROM trip ORDER BY students DESC	school_trip
SELECT name FROM teacher ORDER BY age DESC LIMIT 1	school_trip
SELECT name FROM teacher ORDER BY age DESC LIMIT 1	school_trip
SELECT name FROM teacher ORDER BY age DESC LIMIT 1	school_trip
SELECT city, price FROM trip ORDER BY price DESC LIMIT 3	school_trip
SELECT city, price FROM trip ORDER BY price DESC LIMIT 3	school_trip
SELECT subject, count(*) FROM teacher GROUP BY subject	school_trip
SELECT subject, count(*) FROM teacher GROUP BY subject	school_trip
SELECT subject, count(*) FROM teacher GROUP BY subject	school_trip
SELECT city, count(*) FROM trip GROUP BY city	school_trip
SELECT city, count(*) FROM trip GROUP BY city	school_trip
SELECT city FROM trip GROUP BY city HAVING count(*) > 2	school_trip
SELECT city FROM trip GROUP BY city HAVING count(*) > 2	school_trip
SELECT subject FROM teacher GROUP BY subject ORDER BY count(*) DESC LIMIT 1	school_trip
SELECT subject FROM teacher GROUP BY subject ORDER BY count(*) DESC LIMIT 1	school_trip
SELECT T1.city, T1.students FROM trip AS T1 JOIN teacher AS T2 ON T1.teacher_id = T2.id WHERE T2.name = 'Fiona O''Neill'	school_trip
SELECT T1.city, T1.students FROM trip AS T1 JOIN teacher AS T2 ON T1.teacher_id = T2.id WHERE T2.name = 'Fiona O''Neill'	school_trip
SELECT T1.name FROM teacher AS T1 JOIN trip AS T2 ON T1.id = T2.teacher_id WHERE T2.city = 'Paris'	school_trip
SELECT T1.name FROM teacher AS T1 JOIN trip AS T2 ON T1.id = T2.teacher_id WHERE T2.city = 'Paris'	school_trip
SELECT T1.name FROM teacher AS T1 JOIN trip AS T2 ON T1.id = T2.teacher_id WHERE T2.city = 'Paris'	school_trip
SELECT count(*) FROM trip AS T1 JOIN teacher AS T2 ON T1.teacher_id = T2.id WHERE T2.subject = 'history'	school_trip
SELECT count(*) FROM trip AS T1 JOIN teacher AS T2 ON T1.teacher_id = T2.id WHERE T2.subject = 'history'	school_trip
SELECT T1.name, count(*) FROM teacher AS T1 JOIN trip AS T2 ON T1.id = T2.teacher_id GROUP BY T1.id	school_trip
SELECT T1.name, count(*) FROM teacher AS T1 JOIN trip AS T2 ON T1.id = T2.teacher_id GROUP BY T1.id	school_trip
SELECT city, price FROM trip WHERE students > 24 AND price > (SELECT avg(price) FROM trip)	school_trip
SELECT city, price FROM trip WHERE students > 24 AND price > (SELECT avg(price) FROM trip)	school_trip
SELECT name FROM teacher WHERE id NOT IN (SELECT teacher_id FROM trip)	school_trip
SELECT name FROM teacher WHERE id NOT IN (SELECT teacher_id FROM trip)	school_trip
SELECT city FROM trip WHERE price < 140 INTERSECT SELECT city FROM trip WHERE price > 140	school_trip
SELECT city FROM trip WHERE price < 140 INTERSECT SELECT city FROM trip WHERE price > 140	school_trip
SELECT city, students FROM trip WHERE price IS NULL	school_trip
SELECT city, students FROM trip WHERE price IS NULL	school_trip
SELECT count(*) FROM train	train_line
SELECT count(*) FROM train	train_line
SELECT count(*) FROM train	train_line
SELECT count(*) FROM station	train_line
SELECT count(*) FROM station	train_line
SELECT name, city FROM station	train_line
SELECT name, city FROM station	train_line
SELECT name, kind, seats FROM train	train_line
SELECT name, kind, seats FROM train	train_line
SELECT name FROM station WHERE city = 'Łódź'	train_line
SELECT name FROM station WHERE city = 'Łódź'	train_line
SELECT name FROM train WHERE seats > 300	train_line
SELECT name FROM train WHERE seats > 300	train_line
SELECT name FROM train WHERE seats > 300	train_line
SELECT built FROM train WHERE name = 'Blue Arrow'	train_line
SELECT built FROM train WHERE name = 'Blue Arrow'	train_line
SELECT name FROM station WHERE city = 'Bremen' OR city = 'Geneva'	train_line
SELECT name FROM station WHERE city = 'Bremen' OR city = 'Geneva'	train_line
SELECT name, seats FROM train WHERE seats BETWEEN 150 AND 250	train_line
SELECT name, seats FROM train WHERE seats BETWEEN 150 AND 250	train_line
SELECT count(*) FROM train WHERE kind = 'local'	train_line
SELECT count(*) FROM train WHERE kind = 'local'	train_line
SELECT count(*) FROM train WHERE kind = 'local'	train_line
SELECT count(*) FROM station WHERE platforms > 5	train_line
SELECT count(*) FROM station WHERE platforms > 5	train_line
SELECT avg(seats) FROM train	train_line
SELECT avg(seats) FROM train	train_line
SELECT min(minutes), max(minutes) FROM stop	train_line
SELECT min(minutes), max(minutes) FROM stop	train_line
SELECT sum(platforms) FROM station WHERE city = 'Hamburg'	train_line
SELECT sum(platforms) FROM station WHERE city = 'Hamburg'	train_line
SELECT count(DISTINCT city) FROM station	train_line
SELECT count(DISTINCT city) FROM station	train_line
SELECT name FROM station ORDER BY name	train_line
SELECT name FROM station ORDER BY name	train_line
SELECT name FROM train ORDER BY seats DESC LIMIT 1	train_line
SELECT name FROM train ORDER BY seats DESC LIMIT 1	train_line
SELECT name FROM train ORDER BY seats DESC LIMIT 1	train_line
SELECT name, platforms FROM station ORDER BY platforms DESC LIMIT 3	train_line
SELECT name, platforms FROM station ORDER BY platforms DESC LIMIT 3	train_line
SELECT kind, count(*) FROM train GROUP BY kind	train_line
SELECT kind, count(*) FROM train GROUP BY kind	train_line
SELECT kind, count(*) FROM train GROUP BY kind	train_line
SELECT city, count(*) FROM station GROUP BY city	train_line
SELECT city, count(*) FROM station GROUP BY city	train_line
SELECT city FROM station GROUP BY city HAVING count(*) > 2	train_line
SELECT city FROM station GROUP BY city HAVING count(*) > 2	train_line
SELECT kind FROM train GROUP BY kind ORDER BY count(*) DESC LIMIT 1	train_line
SELECT kind FROM train GROUP BY kind ORDER BY count(*) DESC LIMIT 1	train_line
SELECT T1.minutes FROM stop AS T1 JOIN train AS T2 ON T1.train_id = T2.id WHERE T2.name = 'Silver Wind'	train_line
SELECT T1.minutes FROM stop AS T1 JOIN train AS T2 ON T1.train_id = T2.id WHERE T2.name = 'Silver Wind'	train_line
SELECT count(*) FROM stop AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'King''s Hill'	train_line
SELECT count(*) FROM stop AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'King''s Hill'	train_line
SELECT T1.name FROM train AS T1 JOIN stop AS T2 ON T1.id = T2.train_id JOIN station AS T3 ON T2.station_id = T3.id WHERE T3.name = 'Central'	train_line
SELECT T1.name FROM train AS T1 JOIN stop AS T2 ON T1.id = T2.train_id JOIN station AS T3 ON T2.station_id = T3.id WHERE T3.name = 'Central'	train_line
SELECT T1.name FROM train AS T1 JOIN stop AS T2 ON T1.id = T2.train_id JOIN station AS T3 ON T2.station_id = T3.id WHERE T3.name = 'Central'	train_line
SELECT T1.name, count(*) FROM train AS T1 JOIN stop AS T2 ON T1.id = T2.train_id GROUP BY T1.id	train_line
SELECT T1.name, count(*) FROM train AS T1 JOIN stop AS T2 ON T1.id = T2.train_id GROUP BY T1.id	train_line
SELECT name FROM train WHERE seats > (SELECT avg(seats) FROM train)	train_line
SELECT name FROM train WHERE seats > (SELECT avg(seats) FROM train)	train_line
SELECT name FROM train WHERE seats > 200 AND id NOT IN (SELECT train_id FROM stop)	train_line
SELECT name FROM train WHERE seats > 200 AND id NOT IN (SELECT train_id FROM stop)	train_line
SELECT name FROM train WHERE seats > 200 AND id NOT IN (SELECT train_id FROM stop)	train_line
SELECT city FROM station WHERE platforms > 9 INTERSECT SELECT city FROM station WHERE platforms < 8	train_line
SELECT city FROM station WHERE platforms > 9 INTERSECT SELECT city FROM station WHERE platforms < 8	train_line
SELECT name FROM train WHERE built IS NULL	train_line
SELECT name FROM train WHERE built IS NULL	train_line
SELECT count(*) FROM station	weather_station
SELECT count(*) FROM station	weather_station
SELECT count(*) FROM station	weather_station
SELECT count(*) FROM reading	weather_station
SELECT count(*) FROM reading	weather_station
SELECT name, height FROM station	weather_station
SELECT name, height FROM station	weather_station
SELECT name, height FROM station	weather_station
SELECT year, temperature FROM reading	weather_station
SELECT year, temperature FROM reading	weather_station
SELECT name FROM station WHERE country = 'Norway'	weather_station
SELECT name FROM station WHERE country = 'Norway'	weather_station
SELECT name FROM station WHERE country = 'Norway'	weather_station
SELECT name FROM station WHERE height < 100	weather_station
SELECT name FROM station WHERE height < 100	weather_station
SELECT height FROM station WHERE name = 'Widow''s Point'	weather_station
SELECT height FROM station WHERE name = 'Widow''s Point'	weather_station
SELECT name, height FROM station WHERE country = 'Ireland' OR country = 'Portugal'	weather_station
SELECT name, height FROM station WHERE country = 'Ireland' OR country = 'Portugal'	weather_station
SELECT year, temperature FROM reading WHERE rain BETWEEN 1000 AND 1100	weather_station
SELECT year, temperature FROM reading WHERE rain BETWEEN 1000 AND 1100	weather_station
SELECT count(*) FROM reading WHERE temperature > 10	weather_station
SELECT count(*) FROM reading WHERE temperature > 10	weather_station
SELECT count(*) FROM reading WHERE temperature > 10	weather_station
SELECT count(*) FROM station WHERE country = 'Switzerland'	weather_station
SELECT count(*) FROM station WHERE country = 'Switzerland'	weather_station
SELECT avg(temperature) FROM reading WHERE year = 2020	weather_station
SELECT avg(temperature) FROM reading WHERE year = 2020	weather_station
SELECT avg(temperature) FROM reading WHERE year = 2020	weather_station
SELECT max(rain), min(rain) FROM reading	weather_station
SELECT max(rain), min(rain) FROM reading	weather_station
SELECT sum(rain) FROM reading WHERE year = 2019	weather_station
SELECT sum(rain) FROM reading WHERE year = 2019	weather_station
SELECT DISTINCT year FROM reading	weather_station
SELECT DISTINCT year FROM reading	weather_station
SELECT name, height FROM station ORDER BY height	weather_station
SELECT name, height FROM station ORDER BY height	weather_station
SELECT name FROM station ORDER BY height DESC LIMIT 1	weather_station
SELECT name FROM station ORDER BY height DESC LIMIT 1	weather_station
SELECT name FROM station ORDER BY height DESC LIMIT 1	weather_station
SELECT year, rain FROM reading ORDER BY rain DESC LIMIT 3	weather_station
SELECT year, rain FROM reading ORDER BY rain DESC LIMIT 3	weather_station
SELECT country, count(*) FROM station GROUP BY country	weather_station
SELECT country, count(*) FROM station GROUP BY country	weather_station
SELECT country, count(*) FROM station GROUP BY country	weather_station
SELECT year, count(*) FROM reading GROUP BY year	weather_station
SELECT year, count(*) FROM reading GROUP BY year	weather_station
SELECT country FROM station GROUP BY country HAVING count(*) > 2	weather_station
SELECT country FROM station GROUP BY country HAVING count(*) > 2	weather_station
SELECT year FROM reading GROUP BY year ORDER BY count(*) DESC LIMIT 1	weather_station
SELECT year FROM reading GROUP BY year ORDER BY count(*) DESC LIMIT 1	weather_station
SELECT T1.year, T1.rain FROM reading AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'Bergen Quay'	weather_station
SELECT T1.year, T1.rain FROM reading AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'Bergen Quay'	weather_station
SELECT T1.year, T1.rain FROM reading AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'Bergen Quay'	weather_station
SELECT T1.temperature FROM reading AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'Faro Beach' AND T1.year = 2021	weather_station
SELECT T1.temperature FROM reading AS T1 JOIN station AS T2 ON T1.station_id = T2.id WHERE T2.name = 'Faro Beach' AND T1.year = 2021	weather_station
SELECT T1.name FROM station AS T1 JOIN reading AS T2 ON T1.id = T2.station_id WHERE T2.year = 2022 AND T2.temperature < 5	weather_station
SELECT T1.name FROM station AS T1 JOIN reading AS T2 ON T1.id = T2.station_id WHERE T2.year = 2022 AND T2.temperature < 5	weather_station
SELECT T1.name, avg(T2.temperature) FROM station AS T1 JOIN reading AS T2 ON T1.id = T2.station_id GROUP BY T1.id	weather_station
SELECT T1.name, avg(T2.temperature) FROM station AS T1 JOIN reading AS T2 ON T1.id = T2.station_id GROUP BY T1.id	weather_station
SELECT T1.name, avg(T2.temperature) FROM station AS T1 JOIN reading AS T2 ON T1.id = T2.station_id GROUP BY T1.id	weather_station
SELECT name FROM station WHERE country = 'Norway' AND height > (SELECT avg(height) FROM station)	weather_station
SELECT name FROM station WHERE country = 'Norway' AND height > (SELECT avg(height) FROM station)	weather_station
SELECT name FROM station WHERE id NOT IN (SELECT station_id FROM reading)	weather_station
SELECT name FROM station WHERE id NOT IN (SELECT station_id FROM reading)	weather_station
SELECT country FROM station EXCEPT SELECT country FROM station WHERE height > 500	weather_station
SELECT country FROM station EXCEPT SELECT country FROM station WHERE height > 500	weather_station
SELECT count(*) FROM reading WHERE rain IS NOT NULL	weather_station
SELECT count(*) FROM reading WHERE rain IS NOT NULL	weather_station
SELECT count(*) FROM keeper	zoo
SELECT count(*) FROM keeper	zoo
SELECT count(*) FROM keeper	zoo
SELECT count(*) FROM animal	zoo
SELECT count(*) FROM animal	zoo
SELECT name, species FROM animal	zoo
SELECT name, species FROM animal	zoo
SELECT name, species FROM animal	zoo
SELECT name, city FROM keeper	zoo
SELECT name, city FROM keeper	zoo
SELECT name FROM animal WHERE weight > 200	zoo
SELECT name FROM animal WHERE weight > 200	zoo
SELECT name FROM animal WHERE species = 'penguin'	zoo
SELECT name FROM animal WHERE species = 'penguin'	zoo
SELECT name FROM animal WHERE species = 'penguin'	zoo
SELECT age FROM keeper WHERE name = 'Peter O''Brien'	zoo
SELECT age FROM keeper WHERE name = 'Peter O''Brien'	zoo
SELECT name FROM keeper WHERE city = 'Leeds' AND age > 50	zoo
SELECT name FROM keeper WHERE city = 'Leeds' AND age > 50	zoo
SELECT name FROM animal WHERE weight BETWEEN 100 AND 300	zoo
SELECT name FROM animal WHERE weight BETWEEN 100 AND 300	zoo
SELECT count(*) FROM animal WHERE weight < 10	zoo
SELECT count(*) FROM animal WHERE weight < 10	zoo
SELECT count(*) FROM animal WHERE weight < 10	zoo
SELECT avg(age) FROM keeper	zoo
SELECT avg(age) FROM keeper	zoo
SELECT avg(age) FROM keeper	zoo
SELECT min(weight), max(weight) FROM animal	zoo
SELECT min(weight), max(weight) FROM animal	zoo
SELECT sum(weight) FROM animal WHERE species = 'giraffe'	zoo
SELECT sum(weight) FROM animal WHERE species = 'giraffe'	zoo
SELECT DISTINCT species FROM animal	zoo
SELECT DISTINCT species FROM animal	zoo
SELECT DISTINCT species FROM animal	zoo
SELECT name FROM keeper ORDER BY name	zoo
SELECT name FROM keeper ORDER BY name	zoo
SELECT name, age FROM keeper ORDER BY age DESC	zoo
SELECT name, age FROM keeper ORDER BY age DESC	zoo
SELECT name FROM animal ORDER BY weight DESC LIMIT 1	zoo
SELECT name FROM animal ORDER BY weight DESC LIMIT 1	zoo
SELECT name FROM animal ORDER BY weight DESC LIMIT 1	zoo
SELECT name FROM keeper ORDER BY age LIMIT 3	zoo
SELECT name FROM keeper ORDER BY age LIMIT 3	zoo
SELECT species, count(*) FROM animal GROUP BY species	zoo
SELECT species, count(*) FROM animal GROUP BY species	zoo
SELECT species, count(*) FROM animal GROUP BY species	zoo
SELECT city, count(*) FROM keeper GROUP BY city	zoo
SELECT city, count(*) FROM keeper GROUP BY city	zoo
SELECT species FROM animal GROUP BY species HAVING count(*) >= 3	zoo
SELECT species FROM animal GROUP BY species HAVING count(*) >= 3	zoo
SELECT species FROM animal GROUP BY species ORDER BY count(*) DESC LIMIT 1	zoo
SELECT species FROM animal GROUP BY species ORDER BY count(*) DESC LIMIT 1	zoo
SELECT T1.name FROM animal AS T1 JOIN keeper AS T2 ON T1.keeper_id = T2.id WHERE T2.name = 'Ann Foster'	zoo
SELECT T1.name FROM animal AS T1 JOIN keeper AS T2 ON T1.keeper_id = T2.id WHERE T2.name = 'Ann Foster'	zoo
SELECT T1.name FROM animal AS T1 JOIN keeper AS T2 ON T1.keeper_id = T2.id WHERE T2.name = 'Ann Foster'	zoo
SELECT T1.name FROM keeper AS T1 JOIN animal AS T2 ON T1.id = T2.keeper_id WHERE T2.name = 'Zuzú'	zoo
SELECT T1.name FROM keeper AS T1 JOIN animal AS T2 ON T1.id = T2.keeper_id WHERE T2.name = 'Zuzú'	zoo
SELECT T1.name, T1.weight FROM animal AS T1 JOIN keeper AS T2 ON T1.keeper_id = T2.id WHERE T2.city = 'Leeds'	zoo
SELECT T1.name, T1.weight FROM animal AS T1 JOIN keeper AS T2 ON T1.keeper_id = T2.id WHERE T2.city = 'Leeds'	zoo
SELECT T1.name, count(*) FROM keeper AS T1 JOIN animal AS T2 ON T1.id = T2.keeper_id GROUP BY T1.id	zoo
SELECT T1.name, count(*) FROM keeper AS T1 JOIN animal AS T2 ON T1.id = T2.keeper_id GROUP BY T1.id	zoo
SELECT name FROM keeper WHERE age > (SELECT avg(age) FROM keeper)	zoo
SELECT name FROM keeper WHERE age > (SELECT avg(age) FROM keeper)	zoo
SELECT name FROM keeper WHERE age > 50 AND id NOT IN (SELECT keeper_id FROM animal)	zoo
SELECT name FROM keeper WHERE age > 50 AND id NOT IN (SELECT keeper_id FROM animal)	zoo
SELECT city FROM keeper WHERE age > 50 INTERSECT SELECT city FROM keeper WHERE age < 40	zoo
SELECT city FROM keeper WHERE age > 50 INTERSECT SELECT city FROM keeper WHERE age < 40	zoo
SELECT name FROM animal WHERE weight IS NULL	zoo
SELECT name FROM animal WHERE weight IS NULL	zoo

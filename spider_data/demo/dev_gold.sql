SELECT count(*) FROM member	cycling_club
SELECT count(*) FROM member	cycling_club
SELECT count(*) FROM member	cycling_club
SELECT count(*) FROM bike	cycling_club
SELECT count(*) FROM bike	cycling_club
SELECT model FROM bike	cycling_club
SELECT model FROM bike	cycling_club
SELECT name, city FROM member	cycling_club
SELECT name, city FROM member	cycling_club
SELECT model, color FROM bike	cycling_club
SELECT model, color FROM bike	cycling_club
SELECT model, color FROM bike	cycling_club
SELECT model, weight FROM bike	cycling_club
SELECT model, weight FROM bike	cycling_club
SELECT model FROM bike WHERE color = 'red'	cycling_club
SELECT model FROM bike WHERE color = 'red'	cycling_club
SELECT model FROM bike WHERE color = 'red'	cycling_club
SELECT model FROM bike WHERE weight > 12	cycling_club
SELECT model FROM bike WHERE weight > 12	cycling_club
SELECT name, team FROM member WHERE age < 30	cycling_club
SELECT name, team FROM member WHERE age < 30	cycling_club
SELECT name FROM member WHERE city = 'Liège'	cycling_club
SELECT name FROM member WHERE city = 'Liège'	cycling_club
SELECT name FROM member WHERE team = 'Farmer''s Wheels'	cycling_club
SELECT name FROM member WHERE team = 'Farmer''s Wheels'	cycling_club
SELECT name FROM member WHERE team = 'Farmer''s Wheels'	cycling_club
SELECT model FROM bike WHERE color = 'black' AND weight < 11	cycling_club
SELECT model FROM bike WHERE color = 'black' AND weight < 11	cycling_club
SELECT model FROM bike WHERE model LIKE 'S%'	cycling_club
SELECT model FROM bike WHERE model LIKE 'S%'	cycling_club
SELECT count(*) FROM member WHERE city = 'Ghent'	cycling_club
SELECT count(*) FROM member WHERE city = 'Ghent'	cycling_club
SELECT count(*) FROM bike WHERE color = 'white' OR color = 'green'	cycling_club
SELECT count(*) FROM bike WHERE color = 'white' OR color = 'green'	cycling_club
SELECT count(*) FROM bike WHERE weight < 9	cycling_club
SELECT count(*) FROM bike WHERE weight < 9	cycling_club
SELECT count(*) FROM bike WHERE weight < 9	cycling_club
SELECT avg(weight) FROM bike	cycling_club
SELECT avg(weight) FROM bike	cycling_club
SELECT avg(weight) FROM bike	cycling_club
SELECT min(age) FROM member	cycling_club
SELECT min(age) FROM member	cycling_club
SELECT min(weight), max(weight) FROM bike	cycling_club
SELECT min(weight), max(weight) FROM bike	cycling_club
SELECT avg(age) FROM member WHERE team = 'Comets'	cycling_club
SELECT avg(age) FROM member WHERE team = 'Comets'	cycling_club
SELECT DISTINCT color FROM bike	cycling_club
SELECT DISTINCT color FROM bike	cycling_club
SELECT count(DISTINCT city) FROM member	cycling_club
SELECT count(DISTINCT city) FROM member	cycling_club
SELECT model FROM bike ORDER BY model	cycling_club
SELECT model FROM bike ORDER BY model	cycling_club
SELECT name, age FROM member ORDER BY age	cycling_club
SELECT name, age FROM member ORDER BY age	cycling_club
SELECT model FROM bike ORDER BY weight DESC LIMIT 1	cycling_club
SELECT model FROM bike ORDER BY weight DESC LIMIT 1	cycling_club
SELECT model FROM bike ORDER BY weight DESC LIMIT 1	cycling_club
SELECT name FROM member ORDER BY age DESC LIMIT 3	cycling_club
SELECT name FROM member ORDER BY age DESC LIMIT 3	cycling_club
SELECT color, count(*) FROM bike GROUP BY color	cycling_club
SELECT color, count(*) FROM bike GROUP BY color	cycling_club
SELECT color, count(*) FROM bike GROUP BY color	cycling_club
SELECT city, count(*) FROM member GROUP BY city	cycling_club
SELECT city, count(*) FROM member GROUP BY city	cycling_club
SELECT city FROM member GROUP BY city HAVING count(*) >= 4	cycling_club
SELECT city FROM member GROUP BY city HAVING count(*) >= 4	cycling_club
SELECT color FROM bike GROUP BY color ORDER BY count(*) DESC LIMIT 1	cycling_club
SELECT color FROM bike GROUP BY color ORDER BY count(*) DESC LIMIT 1	cycling_club
SELECT T1.model FROM bike AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.name = 'Ada Novak'	cycling_club
SELECT T1.model FROM bike AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.name = 'Ada Novak'	cycling_club
SELECT T1.model FROM bike AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.name = 'Ada Novak'	cycling_club
SELECT T1.model, T1.weight FROM bike AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.city = 'Antwerp'	cycling_club
SELECT T1.model, T1.weight FROM bike AS T1 JOIN member AS T2 ON T1.member_id = T2.id WHERE T2.city = 'Antwerp'	cycling_club
SELECT T1.name FROM member AS T1 JOIN bike AS T2 ON T1.id = T2.member_id WHERE T2.color = 'blue'	cycling_club
SELECT T1.name FROM member AS T1 JOIN bike AS T2 ON T1.id = T2.member_id WHERE T2.color = 'blue'	cycling_club
SELECT T1.name FROM member AS T1 JOIN bike AS T2 ON T1.id = T2.member_id WHERE T1.team = 'Comets' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	cycling_club
SELECT T1.name FROM member AS T1 JOIN bike AS T2 ON T1.id = T2.member_id WHERE T1.team = 'Comets' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	cycling_club
SELECT model FROM bike WHERE color = 'black' AND weight > (SELECT avg(weight) FROM bike)	cycling_club
SELECT model FROM bike WHERE color = 'black' AND weight > (SELECT avg(weight) FROM bike)	cycling_club
SELECT name FROM member WHERE id NOT IN (SELECT member_id FROM bike)	cycling_club
SELECT name FROM member WHERE id NOT IN (SELECT member_id FROM bike)	cycling_club
SELECT city FROM member WHERE age > 50 EXCEPT SELECT city FROM member WHERE age < 30	cycling_club
SELECT city FROM member WHERE age > 50 EXCEPT SELECT city FROM member WHERE age < 30	cycling_club
SELECT name FROM member WHERE team IS NULL	cycling_club
SELECT name FROM member WHERE team IS NULL	cycling_club
SELECT count(*) FROM doctor	hospital
SELECT count(*) FROM doctor	hospital
SELECT count(*) FROM patient	hospital
SELECT count(*) FROM patient	hospital
SELECT count(*) FROM patient	hospital
SELECT name FROM doctor	hospital
SELECT name FROM doctor	hospital
SELECT name, specialty FROM doctor	hospital
SELECT name, specialty FROM doctor	hospital
SELECT name, specialty FROM doctor	hospital
SELECT name, age FROM patient	hospital
SELECT name, age FROM patient	hospital
SELECT name, illness FROM patient	hospital
SELECT name, illness FROM patient	hospital
SELECT name FROM doctor WHERE city = 'Oslo'	hospital
SELECT name FROM doctor WHERE city = 'Oslo'	hospital
SELECT name FROM doctor WHERE city = 'Oslo'	hospital
SELECT name FROM patient WHERE age > 60	hospital
SELECT name FROM patient WHERE age > 60	hospital
SELECT name, illness FROM patient WHERE age < 18	hospital
SELECT name, illness FROM patient WHERE age < 18	hospital
SELECT specialty FROM doctor WHERE name = 'Maeve O''Brien'	hospital
SELECT specialty FROM doctor WHERE name = 'Maeve O''Brien'	hospital
SELECT name FROM patient WHERE illness = 'fracture' AND age > 45	hospital
SELECT name FROM patient WHERE illness = 'fracture' AND age > 45	hospital
SELECT name FROM doctor WHERE specialty = 'Cardiology' OR specialty = 'Neurology'	hospital
SELECT name FROM doctor WHERE specialty = 'Cardiology' OR specialty = 'Neurology'	hospital
SELECT name FROM patient WHERE age BETWEEN 20 AND 40	hospital
SELECT name FROM patient WHERE age BETWEEN 20 AND 40	hospital
SELECT count(*) FROM doctor WHERE specialty = 'Surgery'	hospital
SELECT count(*) FROM doctor WHERE specialty = 'Surgery'	hospital
SELECT count(*) FROM doctor WHERE specialty = 'Surgery'	hospital
SELECT count(*) FROM patient WHERE illness = 'flu'	hospital
SELECT count(*) FROM patient WHERE illness = 'flu'	hospital
SELECT count(*) FROM doctor WHERE salary > 100000	hospital
SELECT count(*) FROM doctor WHERE salary > 100000	hospital
SELECT avg(age) FROM patient	hospital
SELECT avg(age) FROM patient	hospital
SELECT avg(age) FROM patient	hospital
SELECT max(salary) FROM doctor	hospital
SELECT max(salary) FROM doctor	hospital
SELECT min(age), max(age) FROM patient	hospital
SELECT min(age), max(age) FROM patient	hospital
SELECT sum(salary) FROM doctor WHERE city = 'Lisbon'	hospital
SELECT sum(salary) FROM doctor WHERE city = 'Lisbon'	hospital
SELECT DISTINCT specialty FROM doctor	hospital
SELECT DISTINCT specialty FROM doctor	hospital
SELECT count(DISTINCT illness) FROM patient	hospital
SELECT count(DISTINCT illness) FROM patient	hospital
SELECT name FROM doctor ORDER BY name	hospital
SELECT name FROM doctor ORDER BY name	hospital
SELECT name, age FROM patient ORDER BY age DESC	hospital
SELECT name, age FROM patient ORDER BY age DESC	hospital
SELECT name FROM patient ORDER BY age LIMIT 1	hospital
SELECT name FROM patient ORDER BY age LIMIT 1	hospital
SELECT name FROM patient ORDER BY age LIMIT 1	hospital
SELECT name FROM doctor ORDER BY salary DESC LIMIT 3	hospital
SELECT name FROM doctor ORDER BY salary DESC LIMIT 3	hospital
SELECT city, count(*) FROM doctor GROUP BY city	hospital
SELECT city, count(*) FROM doctor GROUP BY city	hospital
SELECT city, count(*) FROM doctor GROUP BY city	hospital
SELECT illness, count(*) FROM patient GROUP BY illness	hospital
SELECT illness, count(*) FROM patient GROUP BY illness	hospital
SELECT illness FROM patient GROUP BY illness HAVING count(*) > 2	hospital
SELECT illness FROM patient GROUP BY illness HAVING count(*) > 2	hospital
SELECT specialty FROM doctor GROUP BY specialty ORDER BY count(*) DESC LIMIT 1	hospital
SELECT specialty FROM doctor GROUP BY specialty ORDER BY count(*) DESC LIMIT 1	hospital
SELECT T1.name FROM patient AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.id WHERE T2.name = 'Zoë Brandt'	hospital
SELECT T1.name FROM patient AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.id WHERE T2.name = 'Zoë Brandt'	hospital
SELECT T1.name FROM patient AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.id WHERE T2.name = 'Zoë Brandt'	hospital
SELECT T1.name, T1.age FROM patient AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.id WHERE T2.city = 'Dublin'	hospital
SELECT T1.name, T1.age FROM patient AS T1 JOIN doctor AS T2 ON T1.doctor_id = T2.id WHERE T2.city = 'Dublin'	hospital
SELECT T1.name FROM doctor AS T1 JOIN patient AS T2 ON T1.id = T2.doctor_id WHERE T2.name = 'Rosa Lima'	hospital
SELECT T1.name FROM doctor AS T1 JOIN patient AS T2 ON T1.id = T2.doctor_id WHERE T2.name = 'Rosa Lima'	hospital
SELECT T1.name FROM doctor AS T1 JOIN patient AS T2 ON T1.id = T2.doctor_id WHERE T2.illness = 'fracture' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	hospital
SELECT T1.name FROM doctor AS T1 JOIN patient AS T2 ON T1.id = T2.doctor_id WHERE T2.illness = 'fracture' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	hospital
SELECT name FROM patient WHERE age > (SELECT avg(age) FROM patient)	hospital
SELECT name FROM patient WHERE age > (SELECT avg(age) FROM patient)	hospital
SELECT name FROM doctor WHERE city = 'Dublin' AND id NOT IN (SELECT doctor_id FROM patient)	hospital
SELECT name FROM doctor WHERE city = 'Dublin' AND id NOT IN (SELECT doctor_id FROM patient)	hospital
SELECT city FROM doctor WHERE specialty = 'Cardiology' INTERSECT SELECT city FROM doctor WHERE specialty = 'Surgery'	hospital
SELECT city FROM doctor WHERE specialty = 'Cardiology' INTERSECT SELECT city FROM doctor WHERE specialty = 'Surgery'	hospital
SELECT name FROM doctor WHERE salary IS NULL	hospital
SELECT name FROM doctor WHERE salary IS NULL	hospital
SELECT count(*) FROM customer	music_shop
SELECT count(*) FROM customer	music_shop
SELECT count(*) FROM customer	music_shop
SELECT count(*) FROM instrument	music_shop
SELECT count(*) FROM instrument	music_shop
SELECT count(*) FROM sale	music_shop
SELECT count(*) FROM sale	music_shop
SELECT name, price FROM instrument	music_shop
SELECT name, price FROM instrument	music_shop
SELECT name, price FROM instrument	music_shop
SELECT name, city FROM customer	music_shop
SELECT name, city FROM customer	music_shop
SELECT year, quantity FROM sale	music_shop
SELECT year, quantity FROM sale	music_shop
SELECT name FROM instrument WHERE type = 'wind'	music_shop
SELECT name FROM instrument WHERE type = 'wind'	music_shop
SELECT name FROM instrument WHERE type = 'wind'	music_shop
SELECT name FROM instrument WHERE price > 500	music_shop
SELECT name FROM instrument WHERE price > 500	music_shop
SELECT name, price FROM instrument WHERE maker = 'Farrow''s Workshop'	music_shop
SELECT name, price FROM instrument WHERE maker = 'Farrow''s Workshop'	music_shop
SELECT name FROM customer WHERE age < 30	music_shop
SELECT name FROM customer WHERE age < 30	music_shop
SELECT name FROM instrument WHERE type = 'string' AND price < 400	music_shop
SELECT name FROM instrument WHERE type = 'string' AND price < 400	music_shop
SELECT name FROM instrument WHERE price BETWEEN 200 AND 500	music_shop
SELECT name FROM instrument WHERE price BETWEEN 200 AND 500	music_shop
SELECT count(*) FROM customer WHERE city = 'São Paulo'	music_shop
SELECT count(*) FROM customer WHERE city = 'São Paulo'	music_shop
SELECT count(*) FROM sale WHERE year = 2022	music_shop
SELECT count(*) FROM sale WHERE year = 2022	music_shop
SELECT count(*) FROM sale WHERE year = 2022	music_shop
SELECT count(*) FROM instrument WHERE maker = 'Bellmont'	music_shop
SELECT count(*) FROM instrument WHERE maker = 'Bellmont'	music_shop
SELECT avg(price) FROM instrument	music_shop
SELECT avg(price) FROM instrument	music_shop
SELECT avg(price) FROM instrument	music_shop
SELECT max(age) FROM customer	music_shop
SELECT max(age) FROM customer	music_shop
SELECT min(price), max(price) FROM instrument	music_shop
SELECT min(price), max(price) FROM instrument	music_shop
SELECT sum(quantity) FROM sale WHERE year = 2021	music_shop
SELECT sum(quantity) FROM sale WHERE year = 2021	music_shop
SELECT DISTINCT type FROM instrument	music_shop
SELECT DISTINCT type FROM instrument	music_shop
SELECT DISTINCT type FROM instrument	music_shop
SELECT count(DISTINCT city) FROM customer	music_shop
SELECT count(DISTINCT city) FROM customer	music_shop
SELECT name FROM instrument ORDER BY name	music_shop
SELECT name FROM instrument ORDER BY name	music_shop
SELECT name, age FROM customer ORDER BY age DESC	music_shop
SELECT name, age FROM customer ORDER BY age DESC	music_shop
SELECT name FROM instrument ORDER BY price DESC LIMIT 1	music_shop
SELECT name FROM instrument ORDER BY price DESC LIMIT 1	music_shop
SELECT name FROM instrument ORDER BY price DESC LIMIT 1	music_shop
SELECT name, price FROM instrument ORDER BY price LIMIT 3	music_shop
SELECT name, price FROM instrument ORDER BY price LIMIT 3	music_shop
SELECT type, count(*) FROM instrument GROUP BY type	music_shop
SELECT type, count(*) FROM instrument GROUP BY type	music_shop
SELECT type, count(*) FROM instrument GROUP BY type	music_shop
SELECT year, count(*) FROM sale GROUP BY year	music_shop
SELECT year, count(*) FROM sale GROUP BY year	music_shop
SELECT city FROM customer GROUP BY city HAVING count(*) > 2	music_shop
SELECT city FROM customer GROUP BY city HAVING count(*) > 2	music_shop
SELECT year FROM sale GROUP BY year ORDER BY count(*) DESC LIMIT 1	music_shop
SELECT year FROM sale GROUP BY year ORDER BY count(*) DESC LIMIT 1	music_shop
SELECT year FROM sale GROUP BY year ORDER BY count(*) DESC LIMIT 1	music_shop
SELECT T1.year, T1.quantity FROM sale AS T1 JOIN instrument AS T2 ON T1.instrument_id = T2.id WHERE T2.name = 'ukulele'	music_shop
SELECT T1.year, T1.quantity FROM sale AS T1 JOIN instrument AS T2 ON T1.instrument_id = T2.id WHERE T2.name = 'ukulele'	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id WHERE T2.year = 2023	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id WHERE T2.year = 2023	music_shop
SELECT T1.year FROM sale AS T1 JOIN customer AS T2 ON T1.customer_id = T2.id WHERE T2.name = 'Molly D''Arcy'	music_shop
SELECT T1.year FROM sale AS T1 JOIN customer AS T2 ON T1.customer_id = T2.id WHERE T2.name = 'Molly D''Arcy'	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id WHERE T1.city = 'Cardiff' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id WHERE T1.city = 'Cardiff' GROUP BY T1.id ORDER BY count(*) DESC LIMIT 1	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id JOIN instrument AS T3 ON T2.instrument_id = T3.id WHERE T3.name = 'violin'	music_shop
SELECT T1.name FROM customer AS T1 JOIN sale AS T2 ON T1.id = T2.customer_id JOIN instrument AS T3 ON T2.instrument_id = T3.id WHERE T3.name = 'violin'	music_shop
SELECT name FROM instrument WHERE price > (SELECT avg(price) FROM instrument)	music_shop
SELECT name FROM instrument WHERE price > (SELECT avg(price) FROM instrument)	music_shop
SELECT name FROM instrument WHERE price > 500 AND id NOT IN (SELECT instrument_id FROM sale)	music_shop
SELECT name FROM instrument WHERE price > 500 AND id NOT IN (SELECT instrument_id FROM sale)	music_shop
SELECT customer_id FROM sale WHERE year = 2021 INTERSECT SELECT customer_id FROM sale WHERE year = 2022	music_shop
SELECT customer_id FROM sale WHERE year = 2021 INTERSECT SELECT customer_id FROM sale WHERE year = 2022	music_shop
SELECT name FROM instrument WHERE maker IS NULL	music_shop
SELECT name FROM instrument WHERE maker IS NULL	music_shop

-- Each refusal of a query, with what its message must name: the thing, the place, the cure.

-- test: names: unknown ones suggest the nearest, ambiguous ones name the candidates
CREATE TABLE orders (id INT, amount INT);
CREATE TABLE items (id INT, Price INT, price INT);
CREATE TABLE doc (r ROW<a INT, A INT, b STRING>, m MAP<STRING, INT>, s STRING);
EXPECT ERROR 'W1102' LIKE '%Did you mean "amount"%';
SELECT amuont FROM orders;
EXPECT ERROR 'W1101' LIKE '%Did you mean "orders"%';
SELECT * FROM order5;
EXPECT ERROR 'W1102' LIKE '%unknown column "x.id"%';
SELECT x.id FROM orders;
EXPECT ERROR 'W1103' LIKE '%"id" may be%';
SELECT id FROM orders, items;
EXPECT ERROR 'W1103' LIKE '%exact case%';
SELECT PRICE FROM items;
EXPECT ERROR 'W1102' LIKE '%Did you mean "a"%';
SELECT doc.r.aa FROM doc;
EXPECT ERROR 'W1102' LIKE '%unknown field "c"%';
SELECT r.c FROM doc;
EXPECT ERROR 'W1102' LIKE '%unknown field "other"%Its fields are: a, A, b.%';
SELECT r.other FROM doc;
EXPECT ERROR 'W1102' LIKE '%unknown field "f0"%Its fields are: EXPR$0, EXPR$1.%';
SELECT r.f0 FROM (SELECT ROW(1, 2) AS r);
EXPECT ERROR 'W1102' LIKE '%map[''key'']%';
SELECT doc.m.a FROM doc;
EXPECT ERROR 'W1102' LIKE '%JSON_VALUE%';
SELECT doc.s.a FROM doc;
EXPECT ERROR 'W1102' LIKE '%no fields%';
SELECT orders.id.x FROM orders;
EXPECT ERROR 'W1101' LIKE '%"nosuch" is no table in FROM%';
SELECT nosuch.* FROM orders;
EXPECT ERROR 'W1001' LIKE '%SELECT * needs a FROM%';
SELECT *;
EXPECT ERROR 'W1201' LIKE '%needs a row%';
SELECT orders.id.* FROM orders;
EXPECT ERROR 'W1105' LIKE '%two tables named "orders"%';
SELECT 1 FROM orders, orders;
EXPECT ERROR 'W1105' LIKE '%two tables named "x"%';
SELECT 1 FROM orders x JOIN items x ON TRUE;
EXPECT ERROR 'W1201' LIKE '%3 names are given%';
SELECT * FROM orders AS o(a, b, c);
EXPECT ERROR 'W1106' LIKE '%"a" is named twice%';
SELECT * FROM orders AS o(a, a);
EXPECT ERROR 'W1101' LIKE '%unknown table or view "nosuch.db.orders"%';
SELECT * FROM nosuch.db.orders;
EXPECT ERROR 'W1101' LIKE '%"weir.nosuch"%';
SELECT * FROM weir.nosuch;
EXPECT ERROR 'W1102' LIKE '%no column "Amount5"%';
SELECT * FROM orders JOIN items USING (Amount5);
EXPECT ERROR 'W1102' LIKE '%the right side of the join has no column "amount"%';
SELECT * FROM orders JOIN items USING (amount);
EXPECT ERROR 'W1102' LIKE '%position 3 is not in the select list%';
SELECT id FROM orders ORDER BY 3;
EXPECT ERROR 'W1102' LIKE '%position 0%';
SELECT id FROM orders ORDER BY 0;
EXPECT ERROR 'W1102' LIKE '%position 2 is not in the select list of 1 column%';
SELECT id FROM orders GROUP BY 2;

-- test: functions: unknown ones suggest the nearest, wrong arguments name the types that are taken
EXPECT ERROR 'W1104' LIKE '%UPPER%';
SELECT UPER('x');
EXPECT ERROR 'W1104' LIKE '%"nosuchatall" does not exist%';
SELECT nosuchatall(1);
EXPECT ERROR 'W1104' LIKE '%SUBSTRING%';
SELECT SUBSTRNG('x', 1);
EXPECT ERROR 'W1104' LIKE '%COUNT%';
SELECT COUTN(1);
EXPECT ERROR 'W1104' LIKE '%function "UPPER" does not take 2 arguments%';
SELECT UPPER('a', 'b');
EXPECT ERROR 'W1104' LIKE '%function "UPPER" does not take 0 arguments%';
SELECT UPPER();
EXPECT ERROR 'W1201' LIKE '%"ABS" does not take (CHAR(1))%';
SELECT ABS('x');
EXPECT ERROR 'W1201' LIKE '%"CHAR_LENGTH" does not take (INT)%';
SELECT CHAR_LENGTH(1);
EXPECT ERROR 'W1104' LIKE '%function "CONCAT_WS" does not take 0 arguments%';
SELECT CONCAT_WS();
EXPECT ERROR 'W1201' LIKE '%"SUM" does not take (CHAR(1))%';
SELECT SUM('a');
EXPECT ERROR 'W1104' LIKE '%aggregate "SUM" does not take 2 arguments%';
SELECT SUM(1, 2);
EXPECT ERROR 'W1201' LIKE '%"AVG" does not take (DATE)%';
SELECT AVG(DATE '2024-01-01');
EXPECT ERROR 'W1302' LIKE '%only COUNT takes *%';
SELECT SUM(*);
EXPECT ERROR 'W1001' LIKE '%expected an expression%';
SELECT COUNT(DISTINCT *) FROM (VALUES (1)) AS v(x);
EXPECT ERROR 'W1302' LIKE '%FILTER is for aggregates%';
SELECT UPPER('x') FILTER (WHERE TRUE);
EXPECT ERROR 'W1302' LIKE '%DISTINCT is for aggregates%';
SELECT UPPER(DISTINCT 'x');
EXPECT ERROR 'W1001' LIKE '%expected an expression%';
SELECT COUNT(* ORDER BY x) FROM (VALUES (1)) AS v(x);
EXPECT ERROR 'W1301' LIKE '%by name%';
SELECT UPPER(s => 'x');
EXPECT ERROR 'W1306' LIKE '%stand in FROM%';
SELECT UPPER(TABLE t);
EXPECT ERROR 'W1306' LIKE '%stands in FROM%';
SELECT TUMBLE(1, 2);
EXPECT ERROR 'W1301' LIKE '%GROUP_ID%';
SELECT GROUP_ID() FROM (VALUES (1)) AS v(x) GROUP BY x;
EXPECT ERROR 'W1104' LIKE '%unknown table function "nosuch"%';
SELECT * FROM TABLE(nosuch(1));
EXPECT ERROR 'W1001' LIKE '%unit%';
SELECT EXTRACT(FORTNIGHT FROM DATE '2024-01-01');
EXPECT ERROR 'W1206' LIKE '%must be a positive constant%';
SELECT TOP_K(x, 0) FROM (VALUES (1)) AS v(x);
EXPECT ERROR 'W1201' LIKE '%separator of LISTAGG must be a constant%';
SELECT LISTAGG(x, x) FROM (VALUES ('a')) AS v(x);
EXPECT ERROR 'W1206' LIKE '%RAND_INTEGER must be positive%';
SELECT RAND_INTEGER(0);
EXPECT ERROR 'W1206' LIKE '%SHA2 takes%';
SELECT SHA2('x', 1);
EXPECT ERROR 'W1206' LIKE '%step of GENERATE_SERIES must not be 0%';
SELECT GENERATE_SERIES(1, 2, 0);
EXPECT ERROR 'W1206' LIKE '%ELEMENT takes an array of one element%';
SELECT ELEMENT(ARRAY[1, 2]);
EXPECT ERROR 'W1206' LIKE '%MAP_FROM_ARRAYS got 2 keys and 1 value%';
SELECT MAP_FROM_ARRAYS(ARRAY[1, 2], ARRAY[1]);
EXPECT ERROR 'W1206' LIKE '%is not a pattern of LIKE%';
SELECT 'x' LIKE 'a!' ESCAPE '!';
EXPECT ERROR 'W1206' LIKE '%is not a pattern of SIMILAR TO%';
SELECT 'x' SIMILAR TO '(';
EXPECT ERROR 'W1206' LIKE '%''a'' is not a pattern of LIKE with the escape ''long''%';
SELECT 'x' LIKE 'a' ESCAPE 'long';

-- test: types: operands that do not meet, conditions that are none
CREATE TABLE t (i INT, s STRING, b BOOLEAN, d DATE, ts TIMESTAMP(3), a ARRAY<INT>, r ROW<x INT, y INT>);
EXPECT ERROR 'W1201' LIKE '%"+" does not take (INT, STRING)%';
SELECT i + s FROM t;
EXPECT ERROR 'W1201' LIKE '%"-" does not take (STRING, STRING)%';
SELECT s - s FROM t;
EXPECT ERROR 'W1201' LIKE '%"+" does not take (BOOLEAN, BOOLEAN)%';
SELECT b + b FROM t;
EXPECT ERROR 'W1201' LIKE '%"-" does not take (STRING)%';
SELECT -s FROM t;
EXPECT ERROR 'W1201' LIKE '%NOT needs a condition, but this is INT%';
SELECT NOT i FROM t;
EXPECT ERROR 'W1201' LIKE '%AND needs a condition, but this is INT%';
SELECT i AND b FROM t;
EXPECT ERROR 'W1201' LIKE '%"=" does not take (INT, STRING)%';
SELECT i = s FROM t;
EXPECT ERROR 'W1201' LIKE '%"=" does not take (STRING, INT)%';
SELECT s = 1 FROM t;
EXPECT ERROR 'W1201' LIKE '%"=" does not take (DATE, INT)%';
SELECT d = 5 FROM t;
EXPECT ERROR 'W1201' LIKE '%"<" does not take (BOOLEAN, INT)%';
SELECT b < 1 FROM t;
EXPECT ERROR 'W1202' LIKE '%cannot cast ''a'' to BIGINT%';
SELECT i IN ('a', 'b') FROM t;
EXPECT ERROR 'W1201' LIKE '%"IN" does not take (STRING, INT)%';
SELECT s IN (1) FROM t;
EXPECT ERROR 'W1202' LIKE '%cannot cast ''a'' to BIGINT%';
SELECT i BETWEEN 'a' AND 'b' FROM t;
EXPECT ERROR 'W1201' LIKE '%"LIKE" does not take (INT, CHAR(1))%';
SELECT i LIKE 'a' FROM t;
EXPECT ERROR 'W1201' LIKE '%"||" does not take (INT, INT)%';
SELECT i || i FROM t;
EXPECT ERROR 'W1201' LIKE '%WHEN needs a condition, but this is INT%';
SELECT CASE WHEN i THEN 1 END FROM t;
EXPECT ERROR 'W1201' LIKE '%"CASE" does not take (BOOLEAN, INT, CHAR(1))%';
SELECT CASE WHEN b THEN 1 ELSE 'x' END FROM t;
EXPECT ERROR 'W1202' LIKE '%cannot cast ''a'' to BIGINT%';
SELECT CASE i WHEN 'a' THEN 1 END FROM t;
EXPECT ERROR 'W1201' LIKE '%"COALESCE" does not take (INT, STRING)%';
SELECT COALESCE(i, s) FROM t;
EXPECT ERROR 'W1201' LIKE '%WHERE needs a condition, but this is INT%';
SELECT i FROM t WHERE i;
EXPECT ERROR 'W1201' LIKE '%WHERE needs a condition, but this is STRING%';
SELECT i FROM t WHERE s;
EXPECT ERROR 'W1201' LIKE '%HAVING needs a condition, but this is BIGINT%';
SELECT COUNT(*) FROM t HAVING COUNT(*);
EXPECT ERROR 'W1201' LIKE '%ON needs a condition, but this is INT%';
SELECT * FROM t u JOIN t v ON u.i;
EXPECT ERROR 'W1201' LIKE '%"+" does not take (DATE, DATE)%';
SELECT d + d FROM t;
EXPECT ERROR 'W1201' LIKE '%"+" does not take (TIMESTAMP(3), INT)%';
SELECT ts + 1 FROM t;
EXPECT ERROR 'W1201' LIKE '%cannot cast DATE to INT%';
SELECT CAST(d AS INT) FROM t;
EXPECT ERROR 'W1201' LIKE '%cannot cast BOOLEAN to DATE%';
SELECT CAST(b AS DATE) FROM t;
EXPECT ERROR 'W1201' LIKE '%cannot cast INT to TIMESTAMP(3)%';
SELECT CAST(i AS TIMESTAMP(3)) FROM t;
EXPECT ERROR 'W1201' LIKE '%cannot cast STRING to ARRAY<INT>%';
SELECT CAST(s AS ARRAY<INT>) FROM t;
EXPECT ERROR 'W1201' LIKE '%cannot cast ARRAY<INT> to INT%';
SELECT CAST(a AS INT) FROM t;
EXPECT ERROR 'W1201' LIKE '%"ITEM" does not take (ARRAY<INT>, CHAR(1))%';
SELECT a['x'] FROM t;
EXPECT ERROR 'W1201' LIKE '%"ITEM" does not take (INT, INT)%';
SELECT i[1] FROM t;
EXPECT ERROR 'W1201' LIKE '%"ARRAY" does not take (INT, CHAR(1))%';
SELECT ARRAY[1, 'x'];
EXPECT ERROR 'W1201' LIKE '%at least one value%';
SELECT ARRAY[];
EXPECT ERROR 'W1201' LIKE '%at least one value%';
SELECT MAP[];
EXPECT ERROR 'W1201' LIKE '%rows of 2 and 3 values%';
SELECT (1, 2) = (1, 2, 3);
EXPECT ERROR 'W1201' LIKE '%periods%';
SELECT (1) OVERLAPS (2);
EXPECT ERROR 'W1201' LIKE '%"IS TRUE" does not take (STRING)%';
SELECT s IS TRUE FROM t;
EXPECT ERROR 'W1101' LIKE '%unknown table or view "x"%';
INSERT INTO t (i) VALUES (TABLE x);
EXPECT ERROR 'W1001' LIKE '%expected an expression%';
SELECT 1 + *;
EXPECT ERROR 'W1001' LIKE '%DEFAULT stands only%';
SELECT DEFAULT;
EXPECT ERROR 'W1201' LIKE '%LIMIT needs a number of rows, but this is CHAR(1)%';
SELECT i FROM t LIMIT 'a';
EXPECT ERROR 'W1206' LIKE '%negative%';
SELECT i FROM t LIMIT -1;
EXPECT ERROR 'W1206' LIKE '%negative%';
SELECT i FROM t OFFSET -1;
EXPECT ERROR 'W1201' LIKE '%this value is%';
VALUES (1), ('a');

-- test: types as they are written
EXPECT ERROR 'W1205' LIKE '%UUID%';
CREATE TABLE x (a UUID);
EXPECT ERROR 'W1205' LIKE '%Did you mean%';
CREATE TABLE x (a STRNG);
EXPECT ERROR 'W1205' LIKE '%precision of DECIMAL is 1 to 38%';
CREATE TABLE x (a DECIMAL(39, 0));
EXPECT ERROR 'W1205' LIKE '%precision of DECIMAL is 1 to 38%';
CREATE TABLE x (a DECIMAL(0));
EXPECT ERROR 'W1205' LIKE '%scale of DECIMAL is not greater%';
CREATE TABLE x (a DECIMAL(3, 4));
EXPECT ERROR 'W1205' LIKE '%length is 1 to%';
CREATE TABLE x (a VARCHAR(0));
EXPECT ERROR 'W1205' LIKE '%takes%';
CREATE TABLE x (a INT(5));
EXPECT ERROR 'W1205' LIKE '%takes%';
CREATE TABLE x (a DATE(3));
EXPECT ERROR 'W1205' LIKE '%6%';
CREATE TABLE x (a TIMESTAMP(9));
EXPECT ERROR 'W1205' LIKE '%6%';
SELECT CAST('2024-01-01 00:00:00' AS TIMESTAMP(7));
EXPECT ERROR 'W1205' LIKE '%TIME WITH TIME ZONE%';
CREATE TABLE x (a TIME WITH TIME ZONE);
EXPECT ERROR 'W1106' LIKE '%field "a" appears twice%';
CREATE TABLE x (r ROW<a INT, a INT>);
EXPECT ERROR 'W1001' LIKE '%expected ",", found ">"%';
CREATE TABLE x (a MAP<INT>);
EXPECT ERROR 'W1205' LIKE '%unknown type "ARRAY"%';
CREATE TABLE x (a ARRAY);
EXPECT ERROR 'W1205' LIKE '%unknown type "NOSUCH"%';
CREATE TABLE x (a MULTISET<NOSUCH>);

-- test: literals that have the right place and no value
EXPECT ERROR 'W1004' LIKE '%38 digits%';
SELECT 123456789012345678901234567890123456789;
EXPECT ERROR 'W1004' LIKE '%DATE%';
SELECT DATE '2024-13-01';
EXPECT ERROR 'W1004' LIKE '%DATE%';
SELECT DATE '2024-02-30';
EXPECT ERROR 'W1004' LIKE '%TIME%';
SELECT TIME '24:00:00';
EXPECT ERROR 'W1004' LIKE '%at most 6 digits%';
SELECT TIMESTAMP '2024-01-01 00:00:00.1234567';
EXPECT ERROR 'W1004' LIKE '%is not an interval%';
SELECT INTERVAL 'x' DAY;
EXPECT ERROR 'W1004' LIKE '%is not an interval%';
SELECT INTERVAL '1-13' YEAR TO MONTH;
EXPECT ERROR 'W1004' LIKE '%mixes months with days%';
SELECT INTERVAL '1 month 2 days';
EXPECT ERROR 'W1004' LIKE '%"100" is not an interval of these units%';
SELECT INTERVAL '100' DAY TO MONTH;
EXPECT ERROR 'W1004' LIKE '%X''...'' holds no bytes%';
SELECT X'1G';

-- test: aggregates where none may stand, columns that are not grouped
CREATE TABLE t (k INT, v INT, s STRING);
EXPECT ERROR 'W1302' LIKE '%column "k" is neither grouped nor aggregated%';
SELECT k, SUM(v) FROM t;
EXPECT ERROR 'W1302' LIKE '%column "v" is neither grouped nor aggregated%';
SELECT k, v FROM t GROUP BY k;
EXPECT ERROR 'W1302' LIKE '%column "v" is neither grouped nor aggregated%';
SELECT * FROM t GROUP BY k;
EXPECT ERROR 'W1302' LIKE '%column "v" is neither grouped nor aggregated%';
SELECT SUM(v) FROM t GROUP BY k HAVING v > 1;
EXPECT ERROR 'W1302' LIKE '%no aggregate may stand in WHERE%';
SELECT k FROM t WHERE SUM(v) > 1;
EXPECT ERROR 'W1302' LIKE '%no aggregate may stand in the arguments of SUM%';
SELECT SUM(SUM(v)) FROM t;
EXPECT ERROR 'W1302' LIKE '%GROUP BY cannot hold an aggregate%';
SELECT 1 FROM t GROUP BY SUM(v);
EXPECT ERROR 'W1302' LIKE '%no aggregate may stand in ON%';
SELECT k FROM t u JOIN t v ON SUM(u.k) = 1;
EXPECT ERROR 'W1302' LIKE '%column "v" is neither grouped nor aggregated%';
SELECT k FROM t GROUP BY k ORDER BY v;
EXPECT ERROR 'W1302' LIKE '%select list%';
SELECT DISTINCT k FROM t ORDER BY v;
EXPECT ERROR 'W1301' LIKE '%behind a star%';
SELECT *, 1 FROM t GROUP BY 2;
EXPECT ERROR 'W1302' LIKE '%take expressions, not sets%';
SELECT 1 FROM t GROUP BY CUBE (GROUPING SETS ((k)));
EXPECT ERROR 'W1302' LIKE '%keys of GROUP BY%';
SELECT GROUPING(v) FROM t GROUP BY k;
EXPECT ERROR 'W1302' LIKE '%GROUPING is for queries with GROUP BY%';
SELECT GROUPING(k) FROM t;
EXPECT ERROR 'W1302' LIKE '%column "v" is neither grouped nor aggregated%';
SELECT SUM(v) OVER () FROM t GROUP BY k;
EXPECT ERROR 'W1302' LIKE '%column "k" is neither grouped nor aggregated%';
SELECT k FROM t HAVING k > 1;
EXPECT ERROR 'W1302' LIKE '%ORDER BY already%';
SELECT LISTAGG(s, ',' ORDER BY s) WITHIN GROUP (ORDER BY s) FROM t;
EXPECT ERROR 'W1104' LIKE '%UPDATE_ME is no function that takes OVER%';
SELECT UPDATE_ME(k) OVER (ORDER BY k) FROM t;

-- test: subqueries in places and shapes that are refused
CREATE TABLE t (a INT, b INT);
CREATE TABLE u (a INT, b INT);
EXPECT ERROR 'W1201' LIKE '%1 %wanted%';
SELECT (SELECT a, b FROM u) FROM t;
EXPECT ERROR 'W1201' LIKE '%1 %wanted%';
SELECT a FROM t WHERE a IN (SELECT a, b FROM u);
EXPECT ERROR 'W1201' LIKE '%2 %wanted%';
SELECT a FROM t WHERE (a, b) IN (SELECT a FROM u);
EXPECT ERROR 'W1201' LIKE '%"=" does not take (INT, CHAR(1))%';
SELECT a FROM t WHERE a = (SELECT 'x');
EXPECT ERROR 'W1301' LIKE '%WITH RECURSIVE%';
WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT * FROM x;
EXPECT ERROR 'W1105' LIKE '%names "x" twice%';
WITH x AS (SELECT 1 AS a), x AS (SELECT 2 AS a) SELECT * FROM x;
EXPECT ERROR 'W1201' LIKE '%2 columns%';
WITH x (a, b, c) AS (SELECT 1, 2) SELECT * FROM x;
EXPECT ERROR 'W1101' LIKE '%unknown table or view "y"%';
WITH x AS (SELECT a FROM y), y AS (SELECT 1 AS a) SELECT * FROM x;
EXPECT ERROR 'W1102' LIKE '%unknown column "t.a"%';
SELECT * FROM t, (SELECT t.a) AS x;
EXPECT ERROR 'W1001' LIKE '%condition%';
SELECT * FROM t JOIN u;
EXPECT ERROR 'W1001' LIKE '%expected FOR, NATURAL, JOIN, INNER, CROSS, LEFT, RIGHT, ..., EMIT or the end of the statement, found "ON"%';
SELECT * FROM t CROSS JOIN u ON TRUE;
EXPECT ERROR 'W1301' LIKE '%ON TRUE%';
SELECT * FROM t LEFT JOIN LATERAL (SELECT u.b FROM u WHERE u.a = t.a) AS x ON x.b > 1;
EXPECT ERROR 'W1301' LIKE '%UNNEST with another join%';
SELECT * FROM t RIGHT JOIN UNNEST(ARRAY[1]) AS x(y) ON TRUE;
EXPECT ERROR 'W1301' LIKE '%MATCH_RECOGNIZE%';
SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES X.a AS z PATTERN (X) DEFINE X AS TRUE);
EXPECT ERROR 'W1301' LIKE '%TABLESAMPLE%';
SELECT * FROM t TABLESAMPLE BERNOULLI (10);
EXPECT ERROR 'W1301' LIKE '%FOR SYSTEM_TIME AS OF in a SELECT%';
SELECT * FROM t JOIN u FOR SYSTEM_TIME AS OF t.a AS x ON x.a = t.a;

-- test: OVER: frames, functions and windows that are none
CREATE TABLE t (k INT, v INT, s STRING);
EXPECT ERROR 'W1301' LIKE '%GROUPS%';
SELECT SUM(v) OVER (ORDER BY v GROUPS 1 PRECEDING) FROM t;
EXPECT ERROR 'W1301' LIKE '%EXCLUDE%';
SELECT SUM(v) OVER (ORDER BY v ROWS 1 PRECEDING EXCLUDE CURRENT ROW) FROM t;
EXPECT ERROR 'W1306' LIKE '%constant number of rows%';
SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) FROM t;
EXPECT ERROR 'W1306' LIKE '%constant%';
SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN v PRECEDING AND CURRENT ROW) FROM t;
EXPECT ERROR 'W1306' LIKE '%the frame ends before it begins%';
SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t;
EXPECT ERROR 'W1306' LIKE '%the frame ends before it begins%';
SELECT SUM(v) OVER (ORDER BY v ROWS BETWEEN UNBOUNDED FOLLOWING AND CURRENT ROW) FROM t;
EXPECT ERROR 'W1306' LIKE '%a RANGE over STRING cannot end at a distance of INT%';
SELECT SUM(v) OVER (ORDER BY s RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t;
EXPECT ERROR 'W1101' LIKE '%there is no window "nosuch"%';
SELECT SUM(v) OVER nosuch FROM t;
EXPECT ERROR 'W1306' LIKE '%only completed%';
SELECT SUM(v) OVER (w PARTITION BY v) FROM t WINDOW w AS (PARTITION BY k);
EXPECT ERROR 'W1105' LIKE '%WINDOW declares "w" twice%';
SELECT SUM(v) OVER w FROM t WINDOW w AS (ORDER BY v), w AS (ORDER BY k);
EXPECT ERROR 'W1201' LIKE '%takes no argument%';
SELECT ROW_NUMBER(v) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1201' LIKE '%NTILE takes%';
SELECT NTILE() OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1306' LIKE '%constant number from%';
SELECT NTILE(0) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1306' LIKE '%constant number from%';
SELECT LAG(v, v) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1201' LIKE '%the default is%';
SELECT LAG(v, 1, 'x') OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1201' LIKE '%takes a value%';
SELECT LAG() OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1302' LIKE '%only COUNT takes *%';
SELECT SUM(*) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1302' LIKE '%FILTER%';
SELECT RANK() FILTER (WHERE TRUE) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1104' LIKE '%UPPER is no function that takes OVER%';
SELECT UPPER(s) OVER (ORDER BY v) FROM t;
EXPECT ERROR 'W1302' LIKE '%no function with OVER may stand in WHERE%';
SELECT v FROM t WHERE ROW_NUMBER() OVER (ORDER BY v) = 1;
EXPECT ERROR 'W1302' LIKE '%ROW_NUMBER needs an OVER clause%';
SELECT ROW_NUMBER() FROM t;
EXPECT ERROR 'W1302' LIKE '%no function with OVER may stand in the arguments of SUM%';
SELECT SUM(ROW_NUMBER() OVER (ORDER BY v)) FROM t;

-- test: joins: hundreds are planned at once, and what doubles without end is refused before it is
EXPECT (WITH w0 AS (SELECT 1 AS x),
     w1 AS (SELECT a.x FROM w0 a JOIN w0 b ON a.x = b.x),
     w2 AS (SELECT a.x FROM w1 a JOIN w1 b ON a.x = b.x),
     w3 AS (SELECT a.x FROM w2 a JOIN w2 b ON a.x = b.x),
     w4 AS (SELECT a.x FROM w3 a JOIN w3 b ON a.x = b.x),
     w5 AS (SELECT a.x FROM w4 a JOIN w4 b ON a.x = b.x),
     w6 AS (SELECT a.x FROM w5 a JOIN w5 b ON a.x = b.x),
     w7 AS (SELECT a.x FROM w6 a JOIN w6 b ON a.x = b.x),
     w8 AS (SELECT a.x FROM w7 a JOIN w7 b ON a.x = b.x)
SELECT COUNT(*) FROM w8) (1);
EXPECT ERROR 'W1003' LIKE '%reads more than 1024 tables%materialized view%';
WITH w0 AS (SELECT 1 AS x),
     w1 AS (SELECT a.x FROM w0 a JOIN w0 b ON a.x = b.x),
     w2 AS (SELECT a.x FROM w1 a JOIN w1 b ON a.x = b.x),
     w3 AS (SELECT a.x FROM w2 a JOIN w2 b ON a.x = b.x),
     w4 AS (SELECT a.x FROM w3 a JOIN w3 b ON a.x = b.x),
     w5 AS (SELECT a.x FROM w4 a JOIN w4 b ON a.x = b.x),
     w6 AS (SELECT a.x FROM w5 a JOIN w5 b ON a.x = b.x),
     w7 AS (SELECT a.x FROM w6 a JOIN w6 b ON a.x = b.x),
     w8 AS (SELECT a.x FROM w7 a JOIN w7 b ON a.x = b.x),
     w9 AS (SELECT a.x FROM w8 a JOIN w8 b ON a.x = b.x),
     w10 AS (SELECT a.x FROM w9 a JOIN w9 b ON a.x = b.x),
     w11 AS (SELECT a.x FROM w10 a JOIN w10 b ON a.x = b.x),
     w12 AS (SELECT a.x FROM w11 a JOIN w11 b ON a.x = b.x),
     w13 AS (SELECT a.x FROM w12 a JOIN w12 b ON a.x = b.x),
     w14 AS (SELECT a.x FROM w13 a JOIN w13 b ON a.x = b.x),
     w15 AS (SELECT a.x FROM w14 a JOIN w14 b ON a.x = b.x),
     w16 AS (SELECT a.x FROM w15 a JOIN w15 b ON a.x = b.x),
     w17 AS (SELECT a.x FROM w16 a JOIN w16 b ON a.x = b.x),
     w18 AS (SELECT a.x FROM w17 a JOIN w17 b ON a.x = b.x),
     w19 AS (SELECT a.x FROM w18 a JOIN w18 b ON a.x = b.x),
     w20 AS (SELECT a.x FROM w19 a JOIN w19 b ON a.x = b.x),
     w21 AS (SELECT a.x FROM w20 a JOIN w20 b ON a.x = b.x),
     w22 AS (SELECT a.x FROM w21 a JOIN w21 b ON a.x = b.x),
     w23 AS (SELECT a.x FROM w22 a JOIN w22 b ON a.x = b.x),
     w24 AS (SELECT a.x FROM w23 a JOIN w23 b ON a.x = b.x)
SELECT COUNT(*) FROM w24;

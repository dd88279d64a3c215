-- test: V6 LEFT JOIN, row by row
CREATE TABLE l (k INT, x STRING);
CREATE TABLE r (k INT, y STRING);
CREATE TABLE out (x STRING, y STRING) WITH ('connector' = 'print');
INSERT INTO out SELECT x, y FROM l LEFT JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 'x');
STEP;
EXPECT CHANGELOG out +I('x', NULL);
PUSH INTO r VALUES (1, 'p');
STEP;
EXPECT CHANGELOG out -D('x', NULL), +I('x', 'p');
PUSH INTO r VALUES (1, 'q');
STEP;
EXPECT CHANGELOG out +I('x', 'q');
PUSH DELETE FROM r VALUES (1, 'p');
STEP;
EXPECT CHANGELOG out -D('x', 'p');
PUSH DELETE FROM r VALUES (1, 'q');
STEP;
EXPECT CHANGELOG out -D('x', 'q'), +I('x', NULL);
PUSH DELETE FROM l VALUES (1, 'x');
STEP;
EXPECT CHANGELOG out -D('x', NULL);
PUSH INTO l VALUES (NULL, 'n');
PUSH INTO r VALUES (NULL, 'n');
STEP;
EXPECT CHANGELOG out +I('n', NULL);

-- test: V6 as a table, any step size
CREATE TABLE l (k INT, x STRING);
CREATE TABLE r (k INT, y STRING);
CREATE MATERIALIZED VIEW v AS SELECT x, y FROM l LEFT JOIN r ON l.k = r.k;
PUSH INTO l VALUES (1, 'x');
PUSH INTO r VALUES (1, 'p'), (1, 'q');
STEP;
EXPECT v ('x', 'p'), ('x', 'q');
PUSH DELETE FROM r VALUES (1, 'p'), (1, 'q');
STEP;
EXPECT v ('x', NULL);
EXPECT CHANGES v +('x', NULL);
PUSH DELETE FROM l VALUES (1, 'x');
PUSH INTO l VALUES (NULL, 'n');
STEP;
EXPECT v ('n', NULL);

-- test: V6 turned round: RIGHT JOIN
CREATE TABLE l (k INT, x STRING);
CREATE TABLE r (k INT, y STRING);
CREATE TABLE out (x STRING, y STRING) WITH ('connector' = 'print');
INSERT INTO out SELECT x, y FROM l RIGHT JOIN r ON l.k = r.k;
PUSH INTO r VALUES (1, 'y');
PUSH INTO l VALUES (1, 'p'), (1, 'q');
PUSH DELETE FROM l VALUES (1, 'p'), (1, 'q');
PUSH DELETE FROM r VALUES (1, 'y');
STEP;
EXPECT CHANGELOG out +I(NULL, 'y'), -D(NULL, 'y'), +I('p', 'y'), +I('q', 'y'), -D('p', 'y'), -D('q', 'y'), +I(NULL, 'y'), -D(NULL, 'y');

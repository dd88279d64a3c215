-- test: JSON_VALUE takes scalars, what is absent is NULL
CREATE TABLE t (j STRING);
INSERT INTO t VALUES ('{"a": 1, "b": {"c": "x"}, "d": [10, 20], "e": null, "f": true}');
EXPECT (SELECT JSON_VALUE(j, '$.a'), JSON_VALUE(j, '$.b.c'), JSON_VALUE(j, '$.d[1]'), JSON_VALUE(j, '$.e'), JSON_VALUE(j, '$.zz'), JSON_VALUE(j, '$.f') FROM t)
  ('1', 'x', '20', NULL, NULL, 'true');
EXPECT (SELECT JSON_VALUE(j, '$.a' RETURNING INTEGER), JSON_VALUE(j, '$.f' RETURNING BOOLEAN), JSON_VALUE(j, 'lax $.zz' DEFAULT 'none' ON EMPTY) FROM t) (1, TRUE, 'none');
EXPECT (SELECT JSON_VALUE(j, '$.b') FROM t) (NULL);

-- test: JSON_QUERY takes objects and arrays
CREATE TABLE t (j STRING);
INSERT INTO t VALUES ('{"a": 1, "b": {"c": "x"}, "d": [10, 20]}');
EXPECT (SELECT JSON_QUERY(j, '$.b'), JSON_QUERY(j, '$.d'), JSON_QUERY(j, '$.a'), JSON_QUERY(j, '$.a' WITH WRAPPER) FROM t)
  ('{"c":"x"}', '[10,20]', NULL, '[1]');

-- test: JSON_EXISTS and IS JSON
CREATE TABLE t (j STRING);
INSERT INTO t VALUES ('{"a": 1}'), ('[1]'), ('1'), ('{'), (NULL);
EXPECT (SELECT j, JSON_EXISTS(j, '$.a'), j IS JSON, j IS JSON OBJECT, j IS JSON ARRAY, j IS JSON SCALAR FROM t WHERE j IS NOT NULL)
  ('{"a": 1}', TRUE, TRUE, TRUE, FALSE, FALSE), ('[1]', FALSE, TRUE, FALSE, TRUE, FALSE), ('1', FALSE, TRUE, FALSE, FALSE, TRUE),
  ('{', FALSE, FALSE, FALSE, FALSE, FALSE);

-- test: JSON_OBJECT keeps NULL unless told otherwise, JSON_ARRAY leaves it out
EXPECT (SELECT JSON_OBJECT('a' VALUE 1, 'b' VALUE CAST(NULL AS INT)), JSON_OBJECT('a' VALUE CAST(NULL AS INT) ABSENT ON NULL), JSON_ARRAY(1, CAST(NULL AS INT), 'x'),
  JSON_ARRAY(CAST(NULL AS INT) NULL ON NULL))
  ('{"a":1,"b":null}', '{}', '[1,"x"]', '[null]');

-- test: JSON_STRING, JSON_QUOTE, JSON_UNQUOTE
EXPECT (SELECT JSON_STRING('a"b'), JSON_STRING(ARRAY[1, 2]), JSON_QUOTE('a"b'), JSON_UNQUOTE('"a\"b"')) ('"a\"b"', '[1,2]', '"a\"b"', 'a"b');

-- test: aggregates into JSON
CREATE TABLE t (k STRING, v INT);
CREATE MATERIALIZED VIEW m AS SELECT JSON_ARRAYAGG(v) AS a, JSON_OBJECTAGG(KEY k VALUE v) AS o FROM t;
PUSH INTO t VALUES ('a', 1), ('b', NULL);
STEP;
EXPECT m ('[1]', '{"a":1,"b":null}');
PUSH DELETE FROM t VALUES ('a', 1);
STEP;
EXPECT m ('[]', '{"b":null}');

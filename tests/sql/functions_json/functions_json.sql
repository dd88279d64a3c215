-- test: functions_json: JSON_VALUE paths
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a'))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b'))
  ('x');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[0]'))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[2].d'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e.f'))
  ('true');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.g'))
  ('1.5');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.z'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.a'))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.a'))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[9]'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.c[9]'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$["h h"]'))
  ('q');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.n'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c.d'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.*'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a.b'))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'a'))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[-1]'))
  (NULL);

-- test: functions_json: JSON_VALUE RETURNING
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' RETURNING STRING))
  ('1');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' RETURNING INTEGER))
  (1);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.g' RETURNING STRING))
  ('1.5');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.g' RETURNING DOUBLE))
  (1.5);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' RETURNING STRING))
  ('x');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e.f' RETURNING STRING))
  ('true');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e.f' RETURNING BOOLEAN))
  (TRUE);

-- test: functions_json: JSON_VALUE ON EMPTY and ON ERROR
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' DEFAULT 'd' ON EMPTY))
  ('d');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' DEFAULT 'd' ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' DEFAULT 'e' ON ERROR))
  ('e');
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' NULL ON EMPTY ERROR ON ERROR))
  (NULL);
EXPECT ERROR 'W1206';
SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' ERROR ON ERROR);
EXPECT ERROR 'W1206';
SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' ERROR ON EMPTY);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c' DEFAULT 'e' ON ERROR))
  (NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c' ERROR ON ERROR))
  (NULL);
EXPECT (SELECT JSON_VALUE('x', '$.a'), JSON_VALUE('x', '$.a' DEFAULT 'bad' ON ERROR), JSON_VALUE('', '$'), JSON_VALUE(CAST(NULL AS STRING), '$.a'), JSON_VALUE('1', '$'))
  (NULL, 'bad', NULL, NULL, '1');
EXPECT (SELECT JSON_VALUE('"s"', '$'), JSON_VALUE('null', '$'))
  ('s', NULL);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' RETURNING INTEGER DEFAULT 5 ON EMPTY))
  (5);
EXPECT (SELECT JSON_VALUE('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.n' DEFAULT 'd' ON EMPTY))
  (NULL);

-- test: functions_json: JSON_VALUE of numbers
EXPECT (SELECT JSON_VALUE('[1]', '$[0]'), JSON_VALUE('[1.0]', '$[0]'), JSON_VALUE('[1.50]', '$[0]'), JSON_VALUE('[1e3]', '$[0]'), JSON_VALUE('[-0]', '$[0]'))
  ('1', '1.0', '1.5', '1000.0', '0');
EXPECT (SELECT JSON_VALUE('[12345678901234567890]', '$[0]'), JSON_VALUE('[1E400]', '$[0]'), JSON_VALUE('[0.1]', '$[0]'), JSON_VALUE('[1.0E-7]', '$[0]'))
  ('12345678901234567890', 'Infinity', '0.1', '1.0E-7');
EXPECT (SELECT JSON_VALUE('["\\u00fc"]', '$[0]'))
  ('\u00fc');

-- test: functions_json: JSON_QUERY paths
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$'))
  ('{"a":1,"b":"x","c":[1,2,{"d":null}],"e":{"f":true},"g":1.5,"h h":"q","n":null}');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a'))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c'))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e'))
  ('{"f":true}');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.z'))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z'))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z'))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[*]'))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*].d'))
  ('[null]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[2]'))
  ('{"d":null}');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b'))
  (NULL);

-- test: functions_json: JSON_QUERY wrappers
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITHOUT WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITH CONDITIONAL WRAPPER))
  ('[1]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITH UNCONDITIONAL WRAPPER))
  ('[1]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITH WRAPPER))
  ('[1]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITHOUT ARRAY WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' WITH CONDITIONAL ARRAY WRAPPER))
  ('[1]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITHOUT WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITH CONDITIONAL WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITH UNCONDITIONAL WRAPPER))
  ('[[1,2,{"d":null}]]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITH WRAPPER))
  ('[[1,2,{"d":null}]]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITHOUT ARRAY WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' WITH CONDITIONAL ARRAY WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITHOUT WRAPPER))
  ('{"f":true}');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITH CONDITIONAL WRAPPER))
  ('[{"f":true}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITH UNCONDITIONAL WRAPPER))
  ('[{"f":true}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITH WRAPPER))
  ('[{"f":true}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITHOUT ARRAY WRAPPER))
  ('{"f":true}');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.e' WITH CONDITIONAL ARRAY WRAPPER))
  ('[{"f":true}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITHOUT WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITH CONDITIONAL WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITH UNCONDITIONAL WRAPPER))
  ('[[1,2,{"d":null}]]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITH WRAPPER))
  ('[[1,2,{"d":null}]]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITHOUT ARRAY WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c[*]' WITH CONDITIONAL ARRAY WRAPPER))
  ('[1,2,{"d":null}]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITHOUT WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITH CONDITIONAL WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITH UNCONDITIONAL WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITH WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITHOUT ARRAY WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' WITH CONDITIONAL ARRAY WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITHOUT WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITH CONDITIONAL WRAPPER))
  ('["x"]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITH UNCONDITIONAL WRAPPER))
  ('["x"]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITH WRAPPER))
  ('["x"]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITHOUT ARRAY WRAPPER))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.b' WITH CONDITIONAL ARRAY WRAPPER))
  ('["x"]');

-- test: functions_json: JSON_QUERY ON EMPTY and ON ERROR
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' NULL ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' EMPTY ARRAY ON EMPTY))
  ('[]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' EMPTY OBJECT ON EMPTY))
  ('{}');
EXPECT ERROR 'W1206';
SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' ERROR ON EMPTY);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' NULL ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' EMPTY ARRAY ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' EMPTY OBJECT ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z' ERROR ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' NULL ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' EMPTY ARRAY ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' EMPTY OBJECT ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' ERROR ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' NULL ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' EMPTY ARRAY ON ERROR))
  ('[]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' EMPTY OBJECT ON ERROR))
  ('{}');
EXPECT ERROR 'W1206';
SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' ERROR ON ERROR);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' NULL ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' EMPTY ARRAY ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' EMPTY OBJECT ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' ERROR ON EMPTY))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' NULL ON ERROR))
  (NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' EMPTY ARRAY ON ERROR))
  ('[]');
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' EMPTY OBJECT ON ERROR))
  ('{}');
EXPECT ERROR 'W1206';
SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a' ERROR ON ERROR);
EXPECT (SELECT JSON_QUERY('x', '$'), JSON_QUERY('x', '$' EMPTY ARRAY ON ERROR), JSON_QUERY(CAST(NULL AS STRING), '$'))
  (NULL, '[]', NULL);
EXPECT (SELECT JSON_QUERY('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c' RETURNING STRING))
  ('[1,2,{"d":null}]');
EXPECT (SELECT CAST(JSON_QUERY('[1, 2]', '$' RETURNING ARRAY<STRING>) AS STRING))
  ('[1, 2]');

-- test: functions_json: JSON_EXISTS
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.a'))
  (TRUE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.z'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.z'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.n'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[0]'))
  (TRUE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$.c[9]'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.c[9]'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'lax $.c.d'))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', '$'))
  (TRUE);
EXPECT (SELECT JSON_EXISTS('x', '$.a' TRUE ON ERROR), JSON_EXISTS('x', '$.a' FALSE ON ERROR), JSON_EXISTS('x', '$.a' UNKNOWN ON ERROR))
  (TRUE, FALSE, NULL);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' TRUE ON ERROR))
  (TRUE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' FALSE ON ERROR))
  (FALSE);
EXPECT (SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' UNKNOWN ON ERROR))
  (NULL);
EXPECT ERROR 'W1206';
SELECT JSON_EXISTS('{"a": 1, "b": "x", "c": [1, 2, {"d": null}], "e": {"f": true}, "g": 1.50, "h h": "q", "n": null}', 'strict $.z' ERROR ON ERROR);
EXPECT (SELECT JSON_EXISTS(CAST(NULL AS STRING), '$.a'), JSON_EXISTS('x', '$.a'))
  (NULL, FALSE);

-- test: functions_json: IS JSON
EXPECT (SELECT '1' IS JSON, '1' IS NOT JSON, '1' IS JSON VALUE, '1' IS JSON SCALAR, '1' IS JSON ARRAY, '1' IS JSON OBJECT, '"a"' IS JSON, '"a"' IS NOT JSON, '"a"' IS JSON VALUE)
  (TRUE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE);
EXPECT (SELECT '"a"' IS JSON SCALAR, '"a"' IS JSON ARRAY, '"a"' IS JSON OBJECT, '[]' IS JSON, '[]' IS NOT JSON, '[]' IS JSON VALUE, '[]' IS JSON SCALAR, '[]' IS JSON ARRAY)
  (TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE, TRUE);
EXPECT (SELECT '[]' IS JSON OBJECT, '{}' IS JSON, '{}' IS NOT JSON, '{}' IS JSON VALUE, '{}' IS JSON SCALAR, '{}' IS JSON ARRAY, '{}' IS JSON OBJECT, 'x' IS JSON, 'x' IS NOT JSON)
  (FALSE, TRUE, FALSE, TRUE, FALSE, FALSE, TRUE, FALSE, TRUE);
EXPECT (SELECT 'x' IS JSON VALUE, 'x' IS JSON SCALAR, 'x' IS JSON ARRAY, 'x' IS JSON OBJECT, '' IS JSON, '' IS NOT JSON, '' IS JSON VALUE, '' IS JSON SCALAR, '' IS JSON ARRAY)
  (FALSE, FALSE, FALSE, FALSE, FALSE, TRUE, FALSE, FALSE, FALSE);
EXPECT (SELECT '' IS JSON OBJECT, 'null' IS JSON, 'null' IS NOT JSON, 'null' IS JSON VALUE, 'null' IS JSON SCALAR, 'null' IS JSON ARRAY, 'null' IS JSON OBJECT, 'true' IS JSON)
  (FALSE, TRUE, FALSE, TRUE, TRUE, FALSE, FALSE, TRUE);
EXPECT (SELECT 'true' IS NOT JSON, 'true' IS JSON VALUE, 'true' IS JSON SCALAR, 'true' IS JSON ARRAY, 'true' IS JSON OBJECT, '{"a":1' IS JSON, '{"a":1' IS NOT JSON)
  (FALSE, TRUE, TRUE, FALSE, FALSE, FALSE, TRUE);
EXPECT (SELECT '{"a":1' IS JSON VALUE, '{"a":1' IS JSON SCALAR, '{"a":1' IS JSON ARRAY, '{"a":1' IS JSON OBJECT, '[1,]' IS JSON, '[1,]' IS NOT JSON, '[1,]' IS JSON VALUE)
  (FALSE, FALSE, FALSE, FALSE, FALSE, TRUE, FALSE);
EXPECT (SELECT '[1,]' IS JSON SCALAR, '[1,]' IS JSON ARRAY, '[1,]' IS JSON OBJECT, ' {} ' IS JSON, ' {} ' IS NOT JSON, ' {} ' IS JSON VALUE, ' {} ' IS JSON SCALAR)
  (FALSE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE);
EXPECT (SELECT ' {} ' IS JSON ARRAY, ' {} ' IS JSON OBJECT, '01' IS JSON, '01' IS NOT JSON, '01' IS JSON VALUE, '01' IS JSON SCALAR, '01' IS JSON ARRAY, '01' IS JSON OBJECT)
  (FALSE, TRUE, FALSE, TRUE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT '"a' IS JSON, '"a' IS NOT JSON, '"a' IS JSON VALUE, '"a' IS JSON SCALAR, '"a' IS JSON ARRAY, '"a' IS JSON OBJECT, 'NaN' IS JSON, 'NaN' IS NOT JSON)
  (FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE, TRUE);
EXPECT (SELECT 'NaN' IS JSON VALUE, 'NaN' IS JSON SCALAR, 'NaN' IS JSON ARRAY, 'NaN' IS JSON OBJECT, CAST(NULL AS STRING) IS JSON, CAST(NULL AS STRING) IS NOT JSON)
  (FALSE, FALSE, FALSE, FALSE, FALSE, TRUE);
EXPECT (SELECT CAST(NULL AS STRING) IS JSON VALUE, CAST(NULL AS STRING) IS JSON SCALAR, CAST(NULL AS STRING) IS JSON ARRAY, CAST(NULL AS STRING) IS JSON OBJECT)
  (FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT '{a:1}' IS JSON, '{a:1}' IS NOT JSON, '{a:1}' IS JSON VALUE, '{a:1}' IS JSON SCALAR, '{a:1}' IS JSON ARRAY, '{a:1}' IS JSON OBJECT, '1 2' IS JSON ARRAY)
  (FALSE, TRUE, FALSE, FALSE, FALSE, FALSE, FALSE);
EXPECT (SELECT '1 2' IS JSON OBJECT)
  (FALSE);

-- test: functions_json: JSON_OBJECT
EXPECT (SELECT JSON_OBJECT(), JSON_OBJECT('a' VALUE 1), JSON_OBJECT(KEY 'a' VALUE 1), JSON_OBJECT('b' VALUE 1, 'a' VALUE 'x'), JSON_OBJECT('a' VALUE CAST(NULL AS STRING)))
  ('{}', '{"a":1}', '{"a":1}', '{"a":"x","b":1}', '{"a":null}');
EXPECT (SELECT JSON_OBJECT('a' VALUE CAST(NULL AS STRING) NULL ON NULL), JSON_OBJECT('a' VALUE CAST(NULL AS STRING), 'b' VALUE 1 ABSENT ON NULL))
  ('{"a":null}', '{"b":1}');
EXPECT (SELECT JSON_OBJECT('a' VALUE 1.50), JSON_OBJECT('a' VALUE 1e0), JSON_OBJECT('a' VALUE TRUE), JSON_OBJECT('a' VALUE TIMESTAMP '2024-01-01 00:00:00.5'))
  ('{"a":1.5}', '{"a":1.0}', '{"a":true}', '{"a":"2024-01-01T00:00:00.5"}');
EXPECT (SELECT JSON_OBJECT('a' VALUE ARRAY[1, 2]), JSON_OBJECT('a' VALUE JSON_OBJECT('b' VALUE 1)), JSON_OBJECT('a' VALUE JSON_ARRAY(1)), JSON_OBJECT('a' VALUE 'x"y'))
  ('{"a":[1,2]}', '{"a":{"b":1}}', '{"a":[1]}', '{"a":"x\"y"}');
EXPECT (SELECT JSON_OBJECT('a' VALUE MAP['k', 1]), JSON_OBJECT('a' VALUE X'4142'), JSON_OBJECT('a' VALUE ROW(1, 'b')), JSON_OBJECT('a' VALUE 'ü'))
  ('{"a":{"k":1}}', '{"a":"QUI="}', '{"a":{"EXPR$0":1,"EXPR$1":"b"}}', '{"a":"ü"}');
EXPECT (SELECT JSON_OBJECT('a' VALUE 1, 'a' VALUE 2), JSON_OBJECT('z' VALUE 1, 'y' VALUE 2, 'x' VALUE 3, 'aa' VALUE 4, 'B' VALUE 5))
  ('{"a":2}', '{"B":5,"aa":4,"x":3,"y":2,"z":1}');

-- test: functions_json: JSON_ARRAY
EXPECT (SELECT JSON_ARRAY(), JSON_ARRAY(1, 'a', TRUE, 1.5), JSON_ARRAY(CAST(NULL AS STRING)), JSON_ARRAY(CAST(NULL AS STRING) NULL ON NULL))
  ('[]', '[1,"a",true,1.5]', '[]', '[null]');
EXPECT (SELECT JSON_ARRAY(1, CAST(NULL AS STRING) ABSENT ON NULL), JSON_ARRAY(JSON_ARRAY(1)), JSON_ARRAY(ARRAY['a']), JSON_ARRAY(1e10), JSON_ARRAY(JSON_OBJECT('a' VALUE 1)))
  ('[1]', '[[1]]', '[["a"]]', '[1.0E10]', '[{"a":1}]');
EXPECT (SELECT JSON_ARRAY(CAST('1.10' AS DECIMAL(10, 2))), JSON_ARRAY(CAST(0.1 AS FLOAT)), JSON_ARRAY(CAST(5000000000 AS BIGINT)), JSON_ARRAY(CAST('NaN' AS DOUBLE)))
  ('[1.1]', '[0.1]', '[5000000000]', '["NaN"]');

-- test: functions_json: JSON_STRING
EXPECT (SELECT JSON_STRING(1), JSON_STRING('a'), JSON_STRING('a"b'), JSON_STRING(TRUE), JSON_STRING(1.50), JSON_STRING(1e0), JSON_STRING(CAST(NULL AS STRING)))
  ('1', '"a"', '"a\"b"', 'true', '1.5', '1.0', NULL);
EXPECT (SELECT JSON_STRING(ARRAY[1, 2]), JSON_STRING(MAP['a', 1]), JSON_STRING(ROW(1, 'a')), JSON_STRING(TIMESTAMP '2024-01-01 00:00:00'))
  ('[1,2]', '{"a":1}', '{"EXPR$0":1,"EXPR$1":"a"}', '"2024-01-01T00:00:00"');
EXPECT (SELECT JSON_STRING(TIMESTAMP '2024-01-01 00:00:00.123'), JSON_STRING(X'4142'), JSON_STRING(TO_TIMESTAMP_LTZ(0, 3)), JSON_STRING('ü'))
  ('"2024-01-01T00:00:00.123"', '"QUI="', '"1970-01-01T00:00:00Z"', '"ü"');
EXPECT (SELECT JSON_STRING(ARRAY[1, CAST(NULL AS INT)]), JSON_STRING('/'))
  ('[1,null]', '"/"');

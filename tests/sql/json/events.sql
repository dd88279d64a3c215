-- test: events in JSON: fields taken out, counted, their objects and arrays kept as text
CREATE TABLE feeds (id INT, doc STRING);
CREATE MATERIALIZED VIEW f AS SELECT id, JSON_VALUE(doc, '$.type') AS typ, JSON_VALUE(doc, '$.n' RETURNING INT) AS n, JSON_QUERY(doc, '$.tags') AS tags, JSON_EXISTS(doc, '$.user.name') AS named, doc IS JSON OBJECT AS obj, JSON_VALUE(doc, 'lax $.tags[1]' DEFAULT 'none' ON EMPTY) AS tag2 FROM feeds;
CREATE MATERIALIZED VIEW c AS SELECT JSON_VALUE(doc, '$.type') AS typ, COUNT(*) AS n, SUM(JSON_VALUE(doc, '$.n' RETURNING INT)) AS s FROM feeds GROUP BY JSON_VALUE(doc, '$.type');
PUSH INTO feeds VALUES (1, '{"type":"a","n":3,"tags":["x","y"],"user":{"name":"k"}}'), (2, '{"type":"a","n":4,"tags":[],"user":{}}'), (3, '{"type":null}'), (4, '[1]'), (5, NULL), (6, '{"type":"b","n":5,"tags":{"p":1},"user":null}');
STEP;
EXPECT f (1, 'a', 3, '["x","y"]', TRUE, TRUE, 'y'), (2, 'a', 4, '[]', FALSE, TRUE, 'none'), (3, NULL, NULL, NULL, FALSE, TRUE, 'none'), (4, NULL, NULL, NULL, FALSE, FALSE, 'none'), (5, NULL, NULL, NULL, NULL, FALSE, NULL), (6, 'b', 5, '{"p":1}', FALSE, TRUE, 'none');
EXPECT c ('a', 2, 7), (NULL, 3, NULL), ('b', 1, 5);

-- test: rows out as JSON: objects, nested, with NULL kept and left out
CREATE TABLE t (id INT, name STRING, score DOUBLE, ok BOOLEAN);
CREATE MATERIALIZED VIEW v AS SELECT JSON_OBJECT('id' VALUE id, 'name' VALUE name, 'in' VALUE JSON_OBJECT('score' VALUE score, 'ok' VALUE ok ABSENT ON NULL)) AS o, JSON_ARRAY(id, name, JSON_ARRAY(ok NULL ON NULL)) AS a FROM t;
CREATE MATERIALIZED VIEW g AS SELECT JSON_OBJECTAGG(KEY name VALUE id) AS o, JSON_ARRAYAGG(score) AS a FROM t WHERE name IS NOT NULL;
PUSH INTO t VALUES (1, 'a"b', 1.5, TRUE), (2, NULL, NULL, NULL);
STEP;
EXPECT v ('{"id":1,"in":{"ok":true,"score":1.5},"name":"a\"b"}', '[1,"a\"b",[true]]'), ('{"id":2,"in":{},"name":null}', '[2,[null]]');
EXPECT g ('{"a\"b":1}', '[1.5]');

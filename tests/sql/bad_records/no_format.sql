-- test: bytes want a table with a format
CREATE TABLE ev (id INT);
CREATE MATERIALIZED VIEW v AS SELECT id FROM ev;
EXPECT ERROR 'W1403' LIKE '%has no format%';
PUSH BYTES INTO ev '{"id":1}';

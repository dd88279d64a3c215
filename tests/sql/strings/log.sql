-- test: lines of a web server's log taken apart by patterns and counted
CREATE TABLE log (line STRING);
CREATE VIEW parts AS SELECT REGEXP_EXTRACT(line, '^(\S+) "(\w+) ([^ "]+)', 2) AS verb, REGEXP_EXTRACT(line, '^(\S+) "(\w+) ([^ "]+)', 3) AS path, CAST(REGEXP_EXTRACT(line, ' (\d+)$', 1) AS INT) AS size FROM log;
CREATE MATERIALIZED VIEW v AS SELECT verb, SPLIT_INDEX(PARSE_URL(CONCAT('http://h', path), 'PATH'), '/', 1) AS top, COUNT(*) AS n, MAX(size) AS size
FROM parts GROUP BY verb, SPLIT_INDEX(PARSE_URL(CONCAT('http://h', path), 'PATH'), '/', 1);
PUSH INTO log VALUES ('1.2.3.4 "GET /api/v1?x=1" 200 512'), ('1.2.3.5 "GET /api" 200 77'), ('::1 "POST /login" 302 0'), ('broken'), (NULL);
STEP;
EXPECT v ('GET', 'api', 2, 512), ('POST', 'login', 1, 0), (NULL, NULL, 2, NULL);

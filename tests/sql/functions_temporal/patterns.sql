-- test: a letter without a meaning at the begin, in the middle and at the end of a pattern is an error
EXPECT ERROR 'W1206' LIKE '%"U" in the date pattern "UTC" has no meaning%';
SELECT DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', 'UTC');
EXPECT ERROR 'W1206' LIKE '%"T" in the date pattern "yyyy-MM-ddTHH" has no meaning%';
SELECT DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', 'yyyy-MM-ddTHH');
EXPECT ERROR 'W1206' LIKE '%"bb"%';
SELECT FROM_UNIXTIME(0, 'yyyy bb');
EXPECT ERROR 'W1206' LIKE '%"J"%';
SELECT DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', x) FROM (VALUES ('yyyy'), ('J'), ('MM')) AS t (x);
EXPECT (SELECT DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', '')) ('');
EXPECT (SELECT DATE_FORMAT(TIMESTAMP '2020-01-01 00:00:00', '''UTC''')) ('UTC');

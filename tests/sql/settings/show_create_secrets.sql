-- test: SHOW CREATE TABLE does not print what options hold that are secrets
CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 't', 'username' = 'u', 'password' = 'visible');
EXPECT (SHOW CREATE TABLE t) LIKE '%''password'' = ''***''%';
EXPECT (SHOW CREATE TABLE t) ('CREATE TABLE `t` (
  `a` INT
)
WITH (
  ''connector'' = ''jdbc'',
  ''url'' = ''jdbc:postgresql://h/d'',
  ''table-name'' = ''t'',
  ''username'' = ''u'',
  ''password'' = ''***''
)');

-- test: passwords inside of a URL and of a JAAS text do not show, the rest does
CREATE TABLE a (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h:5432/d?user=u&password=visible&ssl=true', 'table-name' = 't');
CREATE TABLE b (a INT) WITH ('connector' = 'jdbc', 'url' = 'postgresql://u:vis@ible@h/d', 'table-name' = 't');
EXPECT (SHOW CREATE TABLE a) LIKE '%''url'' = ''jdbc:postgresql://h:5432/d?user=u&password=***&ssl=true''%';
EXPECT (SHOW CREATE TABLE b) LIKE '%''url'' = ''postgresql://u:***@h/d''%';

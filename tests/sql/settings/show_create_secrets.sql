-- test: SHOW CREATE TABLE does not print what options hold that are secrets
CREATE TABLE t (a INT) WITH ('connector' = 'jdbc', 'url' = 'jdbc:postgresql://h/d', 'table-name' = 't', 'username' = 'u', 'password' = 'visible');
EXPECT (SHOW CREATE TABLE t) LIKE '%''password'' = ''***''%';
EXPECT (SHOW CREATE TABLE t) ('CREATE TABLE t (a INT) WITH (''connector'' = ''jdbc'', ''url'' = ''jdbc:postgresql://h/d'', ''table-name'' = ''t'', ''username'' = ''u'', ''password'' = ''***'')');

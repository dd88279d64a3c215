SELECT a /* comment */ + -- line
b // another;

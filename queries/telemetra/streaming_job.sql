-- The job: every closed window into chat_summary_minute, those that stand out into moments.

EXECUTE STATEMENT SET BEGIN
INSERT INTO chat_summary_minute SELECT * FROM summary_rows;
INSERT INTO moments SELECT * FROM moment_rows;
END;

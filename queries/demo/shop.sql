-- The README's first five minutes: a topic, two views of it, and one of them kept in PostgreSQL too. Addresses come from the environment.
--   build/weir serve --state shop.db queries/demo/shop.sql

CREATE TABLE purchases (
  id BIGINT, category STRING, amount DECIMAL(8, 2), quantity INT, bought_at TIMESTAMP(3),
  WATERMARK FOR bought_at AS bought_at - INTERVAL '2' SECOND
) WITH ('connector' = 'kafka', 'topic' = '${TOPIC:-shop}', 'properties.bootstrap.servers' = '${BROKER:-localhost:9092}',
        'scan.startup.mode' = 'earliest-offset', 'format' = 'json');

-- Kept up to date with every record; psql can ask it at any time.
CREATE MATERIALIZED VIEW per_category AS
SELECT category, COUNT(*) AS purchases, SUM(amount * quantity) AS revenue FROM purchases GROUP BY category;

-- Windows of ten seconds of event time: a row for each category when the watermark has passed the window's end.
CREATE MATERIALIZED VIEW per_window AS
SELECT window_start, category, COUNT(*) AS purchases, SUM(amount * quantity) AS revenue
FROM TABLE(TUMBLE(TABLE purchases, DESCRIPTOR(bought_at), INTERVAL '10' SECOND))
GROUP BY window_start, window_end, category;

-- The closed windows, exactly once, in a table of PostgreSQL.
CREATE TABLE revenue (category STRING, window_start TIMESTAMP(3), revenue DECIMAL(38, 2), PRIMARY KEY (category, window_start) NOT ENFORCED)
WITH ('connector' = 'jdbc', 'url' = '${PG_URL:-jdbc:postgresql://localhost:5432/shop}', 'username' = '${PG_USER:-postgres}', 'password' = '${PG_PASSWORD:-}',
      'table-name' = 'revenue', 'weir.create-table' = 'true');

INSERT INTO revenue SELECT category, window_start, revenue FROM per_window;

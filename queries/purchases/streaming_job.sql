-- The streaming job: a page on standard output for each batch: totals by day, its first five events, totals by category,
-- and what all batches so far add up to. Sums are exact; the tables show them as the shortest number.

-- An amount with one digit behind the point where that is enough: 2166.3, 18457.5, 24134.15.
CREATE FUNCTION shortest(amount DECIMAL(38, 2)) RETURNS STRING
RETURN REGEXP_REPLACE(CAST(amount AS STRING), '0$', '');

-- Totals of a batch by day and by category, and its first five events by their time. What the three have in common is
-- the batch; `part` says which of them a row belongs to.
CREATE VIEW batch_parts AS
SELECT window_start, window_end, window_time, 'day' AS part, DATE_FORMAT(`timestamp`, 'yyyy-MM-dd') AS name,
  SUM(total_amount) AS amount, COUNT(*) AS transactions,
  CAST(NULL AS STRING) AS event_id, CAST(NULL AS STRING) AS customer_id, CAST(NULL AS STRING) AS event_time, CAST(0 AS BIGINT) AS place
FROM batched
GROUP BY window_start, window_end, window_time, DATE_FORMAT(`timestamp`, 'yyyy-MM-dd')
UNION ALL
SELECT window_start, window_end, window_time, 'category', product_category, SUM(total_amount), COUNT(*),
  CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(0 AS BIGINT)
FROM batched
GROUP BY window_start, window_end, window_time, product_category
UNION ALL
SELECT window_start, window_end, window_time, 'event', product_category, CAST(total_amount AS DECIMAL(38, 2)), CAST(1 AS BIGINT),
  event_id, customer_id, DATE_FORMAT(`timestamp`, 'yyyy-MM-dd HH:mm:ss'), place
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY `timestamp`, event_id) AS place FROM batched
)
WHERE place <= 5;

CREATE VIEW batches AS
SELECT window_start, window_end, window_time,
  SUM(amount) FILTER (WHERE part = 'day') AS total,
  ARRAY_AGG(ROW(name, amount, transactions) ORDER BY name) FILTER (WHERE part = 'day') AS days,
  ARRAY_AGG(ROW(event_id, customer_id, name, shortest(amount), event_time) ORDER BY place) FILTER (WHERE part = 'event') AS details,
  ARRAY_AGG(ROW(name, shortest(amount), transactions) ORDER BY amount DESC, name) FILTER (WHERE part = 'category') AS categories
FROM batch_parts
GROUP BY window_start, window_end, window_time;

CREATE VIEW totalled AS
SELECT *,
  COUNT(*) OVER (ORDER BY window_time) AS batch,
  SUM(total) OVER (ORDER BY window_time) AS running
FROM batches;

-- The days of a batch with the running total and the time of printing beside them.
CREATE FUNCTION daily_summary(days ARRAY<ROW<name STRING, amount DECIMAL(38, 2), transactions BIGINT>>, running DECIMAL(38, 2), printed STRING)
RETURNS ARRAY<ROW<`Timestamp` STRING, `Date` STRING, `Daily_Total` STRING, `Running_Total` STRING, `Transaction_Count` BIGINT>>
RETURN (
  SELECT ARRAY_AGG(ROW(printed, d.name, shortest(d.amount), shortest(running), d.transactions) ORDER BY d.name)
  FROM UNNEST(days) AS d(name, amount, transactions)
);

CREATE TABLE console (
  batch BIGINT,
  daily ARRAY<ROW<`Timestamp` STRING, `Date` STRING, `Daily_Total` STRING, `Running_Total` STRING, `Transaction_Count` BIGINT>>,
  details ARRAY<ROW<event_id STRING, customer_id STRING, product_category STRING, total_amount STRING, event_time STRING>>,
  categories ARRAY<ROW<product_category STRING, category_total STRING, transaction_count BIGINT>>,
  running_total STRING
) WITH (
  'connector' = 'stdout',
  'template' = '
================================================================================
STREAMING DATA PIPELINE OUTPUT - BATCH {batch}
================================================================================

DAILY AGGREGATION SUMMARY:
{daily:left}

BATCH DETAILS:
{details:left}

CATEGORY BREAKDOWN:
{categories}

================================================================================
RUNNING TOTAL: {running_total}
================================================================================
');

INSERT INTO console
SELECT batch,
  daily_summary(days, running, DATE_FORMAT(CURRENT_ROW_TIMESTAMP(), 'yyyy-MM-dd HH:mm:ss')),
  details, categories, PRINTF('$%,.2f', running)
FROM totalled;

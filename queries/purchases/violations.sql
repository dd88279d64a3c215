-- The table of violations: SELECT * FROM violations, from psql or the shell, while the job runs.

-- A row for each rule that an event breaks, and for each further copy of a valid event, which is remembered as long as
-- valid_events does.
CREATE MATERIALIZED VIEW rule_violations AS
SELECT r.rule, c.event_id, c.customer_id, c.`partition`, c.`offset`
FROM checked_events AS c CROSS JOIN UNNEST(SPLIT(c.broken, ',')) AS r(rule)
WHERE c.broken <> ''
UNION ALL
SELECT 'duplicate:event_id', event_id, customer_id, `partition`, `offset`
FROM (
  SELECT event_id, customer_id, `partition`, `offset`, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY arrived) AS copy
  FROM checked_events
  WHERE broken = ''
)
WHERE copy BETWEEN 2 AND 1000000000;

-- Wrong types, and records that are no JSON: purchasing_events.bad, as the query above met them.
CREATE MATERIALIZED VIEW type_violations AS
SELECT CASE WHEN field IS NULL THEN 'type:record' ELSE CONCAT('type:', field) END AS rule, `partition`, `offset`, error AS reason
FROM purchasing_events.bad
WHERE query = 'rule_violations' OR query IS NULL;

CREATE VIEW violations AS
SELECT rule, event_id, customer_id, `partition`, `offset`, CAST(NULL AS STRING) AS reason FROM rule_violations
UNION ALL
SELECT rule, CAST(NULL AS STRING), CAST(NULL AS STRING), `partition`, `offset`, reason FROM type_violations;

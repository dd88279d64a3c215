-- The data validator: each event with the names of the rules that it breaks.

-- Required fields are there and not empty; numbers lie in their ranges; a discount is a percentage; the total is what
-- quantity, price and discount make, to a cent.
CREATE VIEW checked_events AS
SELECT
  *,
  CONCAT_WS(',',
    CASE WHEN COALESCE(event_id, '') = '' THEN 'required:event_id' END,
    CASE WHEN `timestamp` IS NULL THEN 'required:timestamp' END,
    CASE WHEN COALESCE(customer_id, '') = '' THEN 'required:customer_id' END,
    CASE WHEN COALESCE(product_id, '') = '' THEN 'required:product_id' END,
    CASE WHEN COALESCE(product_category, '') = '' THEN 'required:product_category' END,
    CASE WHEN quantity IS NULL THEN 'required:quantity' END,
    CASE WHEN unit_price IS NULL THEN 'required:unit_price' END,
    CASE WHEN total_amount IS NULL THEN 'required:total_amount' END,
    CASE WHEN quantity NOT BETWEEN 1 AND 1000 THEN 'range:quantity' END,
    CASE WHEN unit_price NOT BETWEEN 0.01 AND 100000 THEN 'range:unit_price' END,
    CASE WHEN total_amount NOT BETWEEN 0 AND 100000000 THEN 'range:total_amount' END,
    CASE WHEN `timestamp` < TIMESTAMP '2000-01-01 00:00:00' OR `timestamp` >= TIMESTAMP '2100-01-01 00:00:00' THEN 'range:timestamp' END,
    CASE WHEN discount_percentage NOT BETWEEN 0 AND 100 THEN 'logic:discount_percentage' END,
    CASE WHEN ABS(quantity * unit_price * (100 - COALESCE(discount_percentage, 0)) - 100 * total_amount) > 1 THEN 'logic:total_amount' END
  ) AS broken
FROM purchasing_events;

-- What goes into the totals: events that break no rule, each event_id once. An event_id is remembered for
-- DUPLICATE_WITHIN (an hour) after its first event.
SET 'weir.dedup.within' = '${DUPLICATE_WITHIN:-1 h}';

CREATE VIEW valid_events AS
SELECT event_id, customer_id, product_category, total_amount, `timestamp`, arrived
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY arrived) AS copy
  FROM checked_events
  WHERE broken = ''
)
WHERE copy = 1;

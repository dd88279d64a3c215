-- The rules of the pipeline on virtual time.
-- include: source.sql
-- include: validator.sql
-- include: violations.sql
-- include: batch_event_time.sql

-- test: an event at the edge of each range is valid, one beyond it is not
PUSH BYTES INTO purchasing_events '{"event_id": "low", "timestamp": "2000-01-01T00:00:00.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 0.01, "total_amount": 0.01, "discount_percentage": 0}';
PUSH BYTES INTO purchasing_events '{"event_id": "high", "timestamp": "2099-12-31T23:59:59.999Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1000, "unit_price": 100000, "total_amount": 100000000}';
PUSH BYTES INTO purchasing_events '{"event_id": "free", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 5, "total_amount": 0, "discount_percentage": 100}';
PUSH BYTES INTO purchasing_events '{"event_id": "early", "timestamp": "1999-12-31T23:59:59.999Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 0, "unit_price": 0, "total_amount": 0}';
PUSH BYTES INTO purchasing_events '{"event_id": "far", "timestamp": "2100-01-01T00:00:00.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1001, "unit_price": 100000.01, "total_amount": 100100010.01}';
PUSH BYTES INTO purchasing_events '{"event_id": "more", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 5, "total_amount": 0, "discount_percentage": 100.01}';
PUSH BYTES INTO purchasing_events '{"event_id": "less", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 5, "total_amount": 5, "discount_percentage": -0.01}';
STEP;
EXPECT (SELECT event_id, rule FROM violations)
  ('early', 'range:timestamp'), ('early', 'range:quantity'), ('early', 'range:unit_price'),
  ('far', 'range:timestamp'), ('far', 'range:quantity'), ('far', 'range:unit_price'), ('far', 'range:total_amount'),
  ('more', 'logic:discount_percentage'), ('less', 'logic:discount_percentage');

-- test: a total may be a cent off, up or down, and not more; amounts have two digits
PUSH BYTES INTO purchasing_events '{"event_id": "exact", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 2, "unit_price": 149.99, "total_amount": 284.98, "discount_percentage": 5.0}';
PUSH BYTES INTO purchasing_events '{"event_id": "a cent", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 10.01}';
PUSH BYTES INTO purchasing_events '{"event_id": "a cent less", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 9.99}';
PUSH BYTES INTO purchasing_events '{"event_id": "two cents", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 10.02}';
PUSH BYTES INTO purchasing_events '{"event_id": "rounded", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 10.014}';
STEP;
EXPECT (SELECT event_id, rule FROM violations) ('two cents', 'logic:total_amount');

-- test: what is required and missing or empty, each by its name
PUSH BYTES INTO purchasing_events '{"event_id": "", "customer_id": null}';
STEP;
EXPECT (SELECT rule FROM violations)
  ('required:event_id'), ('required:timestamp'), ('required:customer_id'), ('required:product_id'), ('required:product_category'),
  ('required:quantity'), ('required:unit_price'), ('required:total_amount');

-- test: wrong types and what is no JSON are violations, too, with the reason
PUSH BYTES INTO purchasing_events '{"event_id": "a", "quantity": "many"}';
PUSH BYTES INTO purchasing_events 'nonsense';
STEP;
EXPECT (SELECT rule, reason IS NOT NULL FROM violations) ('type:quantity', TRUE), ('type:record', TRUE);

-- test: of events with one event_id the first counts, each other is a violation; one that broke a rule was none
CREATE MATERIALIZED VIEW counted AS SELECT event_id, total_amount FROM valid_events;
PUSH BYTES INTO purchasing_events '{"event_id": "a", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 0, "unit_price": 10, "total_amount": 10}';
PUSH BYTES INTO purchasing_events '{"event_id": "a", "timestamp": "2025-06-26T14:11:11.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 10}';
PUSH BYTES INTO purchasing_events '{"event_id": "a", "timestamp": "2025-06-26T14:11:12.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 20, "total_amount": 20}';
STEP;
EXPECT counted ('a', 10.00);
EXPECT (SELECT rule, COUNT(*) FROM violations GROUP BY rule) ('range:quantity', 1), ('logic:total_amount', 1), ('duplicate:event_id', 1);

-- test: in a replay a batch holds what happened in its ten seconds, and closes when the watermark has passed them
CREATE MATERIALIZED VIEW batch AS SELECT window_start, COUNT(*) AS n, SUM(total_amount) AS total FROM batched GROUP BY window_start, window_end;
PUSH BYTES INTO purchasing_events '{"event_id": "a", "timestamp": "2025-06-26T14:11:10.000Z", "customer_id": "c", "product_id": "p", "product_category": "Books", "quantity": 1, "unit_price": 10, "total_amount": 10}';
PUSH BYTES INTO purchasing_events '{"event_id": "b", "timestamp": "2025-06-26T14:11:19.999Z", "customer_id": "c", "product_id": "p", "product_category": "Home", "quantity": 1, "unit_price": 5.5, "total_amount": 5.5}';
PUSH BYTES INTO purchasing_events '{"event_id": "c", "timestamp": "2025-06-26T14:11:20.000Z", "customer_id": "c", "product_id": "p", "product_category": "Home", "quantity": 1, "unit_price": 1, "total_amount": 1}';
STEP;
EXPECT batch ();
PUSH BYTES INTO purchasing_events '{"event_id": "d", "timestamp": "2025-06-26T14:11:30.000Z", "customer_id": "c", "product_id": "p", "product_category": "Home", "quantity": 1, "unit_price": 1, "total_amount": 1}';
STEP;
EXPECT batch (TIMESTAMP '2025-06-26 14:11:10', 2, 15.50);

-- Windows of processing time: bids of each bidder in 10 s of the wall clock.
CREATE MATERIALIZED VIEW q12 AS
SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(p_time), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end;

-- Hot items: in each window of 10 s, moving by 2 s, the auctions with the most bids.
CREATE VIEW bids_of_window AS
SELECT auction, COUNT(*) AS num, window_start, window_end
FROM TABLE(HOP(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
GROUP BY auction, window_start, window_end;

CREATE MATERIALIZED VIEW q5 AS
SELECT c.auction, c.num, c.window_start, c.window_end
FROM bids_of_window AS c
JOIN (
  SELECT MAX(num) AS most, window_start, window_end FROM bids_of_window GROUP BY window_start, window_end
) AS m ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.num >= m.most;

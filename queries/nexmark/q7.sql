-- Highest bid: in each window of 10 s the bids of the highest price.
CREATE MATERIALIZED VIEW q7 AS
SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
FROM bid AS b
JOIN (
  SELECT MAX(price) AS highest, window_start, window_end
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND)) GROUP BY window_start, window_end
) AS w ON b.price = w.highest AND b.dateTime >= w.window_start AND b.dateTime < w.window_end;

-- Winning bids: the best bid of each auction, with the auction.
CREATE MATERIALIZED VIEW q9 AS
SELECT id, itemName, description, initialBid, reserve, opened, expires, seller, category, bidder, price, bid_time
FROM (
  SELECT a.id, a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS opened, a.expires, a.seller, a.category,
         b.bidder, b.price, b.dateTime AS bid_time,
         ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime) AS n
  FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
) AS ranked
WHERE n = 1;

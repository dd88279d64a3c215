-- Seller's average: the mean closing price of a seller's last ten auctions.
CREATE MATERIALIZED VIEW q6 AS
SELECT seller, AVG(final) OVER (PARTITION BY seller ORDER BY dateTime ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS mean
FROM (
  SELECT seller, final, dateTime
  FROM (
    SELECT a.id, a.seller, b.price AS final, b.dateTime,
           ROW_NUMBER() OVER (PARTITION BY a.id, a.seller ORDER BY b.price DESC, b.dateTime) AS n
    FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
  ) AS ranked
  WHERE n = 1
) AS winning;

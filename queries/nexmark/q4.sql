-- Price by category: the mean of the winning bids.
CREATE MATERIALIZED VIEW q4 AS
SELECT category, AVG(final) AS final
FROM (
  SELECT a.category, MAX(b.price) AS final
  FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
  GROUP BY a.id, a.category
) AS winning
GROUP BY category;

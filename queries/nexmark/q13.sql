-- Side input: each bid with a row of a bounded table.
CREATE TABLE side_input (k BIGINT, v STRING, PRIMARY KEY (k));
INSERT INTO side_input SELECT x, CONCAT('side-', CAST(x AS STRING)) FROM GENERATE_SERIES(0, 9999) AS x;

CREATE MATERIALIZED VIEW q13 AS
SELECT b.auction, b.bidder, b.price, b.dateTime, s.v
FROM (SELECT auction, bidder, price, dateTime, MOD(auction, 10000) AS k FROM bid) AS b JOIN side_input AS s ON b.k = s.k;

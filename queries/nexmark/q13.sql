-- Side input: each bid with the row of a bounded table that is there when the bid comes.
CREATE TABLE side_input (k BIGINT, v STRING, PRIMARY KEY (k));
INSERT INTO side_input SELECT x, CONCAT('side-', CAST(x AS STRING)) FROM GENERATE_SERIES(0, 9999) AS x;

CREATE MATERIALIZED VIEW q13 AS
SELECT b.auction, b.bidder, b.price, b.dateTime, s.v
FROM (SELECT auction, bidder, price, dateTime, PROCTIME() AS p_time FROM bid) AS b
JOIN side_input FOR SYSTEM_TIME AS OF b.p_time AS s ON MOD(b.auction, 10000) = s.k;

-- Pass through: what decoding and handing on costs.
CREATE MATERIALIZED VIEW q0 AS
SELECT auction, bidder, price, dateTime, extra FROM bid;

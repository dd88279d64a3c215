-- Three-way join: bids, who bid, and what that person sells.
CREATE MATERIALIZED VIEW q23 AS
SELECT b.auction, b.bidder, b.price, p.name, a.id AS own_auction
FROM bid AS b JOIN person AS p ON b.bidder = p.id JOIN auction AS a ON a.seller = p.id;

-- Log to files: bids in folders by day and minute. OUT names the folder.
CREATE TABLE q10 (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING, dt STRING, hm STRING)
PARTITIONED BY (dt, hm)
WITH ('connector' = 'filesystem', 'path' = '${OUT:?a folder to write to}', 'format' = 'json');

INSERT INTO q10
SELECT auction, bidder, price, dateTime, extra, DATE_FORMAT(dateTime, 'yyyy-MM-dd'), DATE_FORMAT(dateTime, 'HH:mm') FROM bid;

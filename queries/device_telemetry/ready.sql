-- Is the broker there, and the topic? A zero, if so.
SELECT COUNT(*) AS events FROM input_events /*+ OPTIONS('scan.startup.mode' = 'latest-offset', 'scan.bounded.mode' = 'latest-offset') */;

-- Is the broker there, and both topics? Two zeros, if so.
SELECT COUNT(*) AS chat FROM chat_events /*+ OPTIONS('scan.startup.mode' = 'latest-offset', 'scan.bounded.mode' = 'latest-offset') */;
SELECT COUNT(*) AS viewers FROM viewer_events /*+ OPTIONS('scan.startup.mode' = 'latest-offset', 'scan.bounded.mode' = 'latest-offset') */;

-- How many events were made, and how many of them break a rule.
SELECT COUNT(*) AS made, COUNT(*) FILTER (WHERE broken <> '') AS broken FROM checked_events;

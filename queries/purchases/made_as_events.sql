-- Events of the generator in the place of the topic, for the validator.
CREATE VIEW purchasing_events AS SELECT *, 0 AS `partition`, 0 AS `offset`, PROCTIME() AS arrived FROM made_events;

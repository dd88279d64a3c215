-- File: 003_create_analytics_tables.sql
-- The tables of the analytics in PostgreSQL, and their partitions. It may be run again: what exists stays.
--   psql -v ON_ERROR_STOP=1 -f queries/telemetra/migrations/003_create_analytics_tables.sql

-- Chat summary aggregations table (partitioned by date for performance)
CREATE TABLE IF NOT EXISTS chat_summary_minute (
    id SERIAL,
    stream_id VARCHAR(255) NOT NULL,
    window_start TIMESTAMP NOT NULL,
    window_end TIMESTAMP NOT NULL,
    chat_count INTEGER DEFAULT 0,
    unique_chatters INTEGER DEFAULT 0,
    avg_sentiment DOUBLE PRECISION,
    positive_count INTEGER DEFAULT 0,
    negative_count INTEGER DEFAULT 0,
    chat_rate DOUBLE PRECISION,
    avg_viewers DOUBLE PRECISION,
    top_emotes TEXT[],
    z_score DOUBLE PRECISION,
    is_anomaly BOOLEAN DEFAULT FALSE,
    processed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id, window_start)
) PARTITION BY RANGE (window_start);

-- Indexes for query performance
CREATE INDEX IF NOT EXISTS idx_chat_summary_stream ON chat_summary_minute(stream_id, window_start DESC);
CREATE INDEX IF NOT EXISTS idx_chat_summary_anomaly ON chat_summary_minute(stream_id, window_start) WHERE is_anomaly = TRUE;

-- Moments/anomalies table
CREATE TABLE IF NOT EXISTS moments (
    id SERIAL PRIMARY KEY,
    stream_id VARCHAR(255) NOT NULL,
    timestamp TIMESTAMP NOT NULL,
    moment_type VARCHAR(50) NOT NULL,
    description TEXT,
    intensity DOUBLE PRECISION,
    metadata JSONB,
    detected_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

-- Indexes for moments
CREATE INDEX IF NOT EXISTS idx_moments_stream ON moments(stream_id, timestamp DESC);
CREATE INDEX IF NOT EXISTS idx_moments_type ON moments(moment_type, timestamp DESC);
CREATE INDEX IF NOT EXISTS idx_moments_detected ON moments(detected_at DESC);

-- A partition for each month from the one that holds `first` on, `months` of them; says how many were missing. A month is
-- named chat_summary_minute_2024_10. To be called ahead of time, once a month or oftener (migrate.sh does it daily):
--   SELECT chat_summary_make_partitions();
-- A partition is attached, not made in place: that waits for nobody who reads or writes the table.
CREATE OR REPLACE FUNCTION chat_summary_make_partitions(first DATE DEFAULT CURRENT_DATE, months INTEGER DEFAULT 4) RETURNS INTEGER
LANGUAGE plpgsql AS $$
DECLARE
    month DATE := date_trunc('month', first)::DATE;
    name TEXT;
    made INTEGER := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('chat_summary_make_partitions'));
    FOR i IN 1..months LOOP
        name := 'chat_summary_minute_' || to_char(month, 'YYYY_MM');
        IF to_regclass(quote_ident(name)) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE chat_summary_minute INCLUDING DEFAULTS)', name);
            EXECUTE format('ALTER TABLE chat_summary_minute ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           name, month, (month + INTERVAL '1 month')::DATE);
            made := made + 1;
        END IF;
        month := (month + INTERVAL '1 month')::DATE;
    END LOOP;
    RETURN made;
END $$;

-- Partitions for the first two months there were, and for this month and the three after it
SELECT chat_summary_make_partitions(DATE '2024-10-01', 2);
SELECT chat_summary_make_partitions();

/*
 * sql/catalog/options_table.c: every connector, format and option that weir knows, once.
 *
 * The one idea: a row says all that checking, defaults, SHOW and the reference page need, so adding an option is adding
 * a row (and reading it in the connector). Names and defaults are Flink's where Flink has the option. OPTION_NO_EFFECT
 * is only for what cannot change a result; what would change one and is not done yet is OPTION_NOT_YET, never silently
 * accepted.
 */
#include "sql/catalog/options.h"

#define KAFKA "kafka"
#define UPSERT "upsert-kafka"
#define KAFKAS "kafka,upsert-kafka"
#define JDBC "jdbc"
#define FILES "filesystem"
#define DATAGEN "datagen"
#define NEXMARK "nexmark"
#define STDOUT "stdout"
#define JSON "format:json"
#define CSV "format:csv"
#define DEBEZIUM "format:debezium-json"
#define JSONS "format:json,format:debezium-json"
#define RAW "format:raw"
#define AVRO "format:avro-confluent"
#define PARQUET "format:parquet"
#define SOURCES "kafka,upsert-kafka,filesystem,datagen,nexmark,jdbc"
#define DECODING "kafka,upsert-kafka,filesystem"
#define ALL "kafka,upsert-kafka,jdbc,filesystem,print,blackhole,datagen,nexmark,stdout"

/* scope, name, type without OPTION_, choices, default, doc */
#define HONOURED(scope, name, type, choices, def, doc)                                                                 \
	{                                                                                                                  \
		scope, name, OPTION_HONOURED, OPTION_##type, choices, def, false, doc, 0, 0                                    \
	}
#define REQUIRED(scope, name, type, doc)                                                                               \
	{                                                                                                                  \
		scope, name, OPTION_HONOURED, OPTION_##type, NULL, NULL, true, doc, 0, 0                                       \
	}
#define NUMBER(scope, name, def, least, greatest, doc)                                                                 \
	{                                                                                                                  \
		scope, name, OPTION_HONOURED, OPTION_INT, NULL, def, false, doc, least, greatest                               \
	}
#define NO_EFFECT(scope, name, doc)                                                                                    \
	{                                                                                                                  \
		scope, name, OPTION_NO_EFFECT, OPTION_STRING, NULL, NULL, false, doc, 0, 0                                     \
	}
#define NOT_YET(scope, name, doc)                                                                                      \
	{                                                                                                                  \
		scope, name, OPTION_NOT_YET, OPTION_STRING, NULL, NULL, false, doc, 0, 0                                       \
	}

static const OptionScope options_scopes[] = {
    {"kafka", true, "Topics of Apache Kafka, read and appended to."},
    {"upsert-kafka", true, "Topics as tables: the newest record of a key is its row, a null value deletes it."},
    {"jdbc", true, "Tables of PostgreSQL."},
    {"filesystem", true, "Files and folders, local or on S3."},
    {"print", true, "Changes as lines on standard output, as Flink prints them."},
    {"blackhole", true, "Takes everything and keeps nothing."},
    {"datagen", true, "Made-up rows."},
    {"stdout", true, "Results as tables, JSON or CSV on standard output."},
    {"nexmark", true, "The people, auctions and bids of the Nexmark benchmark."},
    {"format:json", true, "One JSON object a row, or an array of objects."},
    {"format:csv", true, "One line of comma separated values a row."},
    {"format:raw", true, "The bytes of one column."},
    {"format:debezium-json", true, "Changes of a database's rows, one JSON object with before, after and op each."},
    {"format:avro-confluent", true, "Avro records whose schemas are in a schema registry."},
    {"format:avro", false, "Use \"avro-confluent\", \"json\" or \"csv\"."},
    {"format:parquet", true, "Columns of Parquet files; for the connector filesystem."},
    {"format:orc", false, "Use \"json\" or \"csv\"."},
    {"format:protobuf", false, "Use \"json\" or \"csv\"."},
    {"format:canal-json", false, "Use \"json\" and read the change's fields as columns."},
    {"format:maxwell-json", false, "Use \"json\" and read the change's fields as columns."},
    {"format:ogg-json", false, "Use \"json\" and read the change's fields as columns."},
    {"format:debezium-avro-confluent", false, "Use \"json\" or \"csv\"."},
};

static const OptionDef options_defs[] = {
    /* all */
    REQUIRED(ALL, "connector", STRING, "What the table is connected to."),
    NO_EFFECT(ALL, "property-version", "Flink's version of the options; there is one."),
    NO_EFFECT("kafka,upsert-kafka,filesystem,datagen,nexmark", "scan.parallelism",
              "Flink's degree of parallelism of the source."),
    NO_EFFECT("kafka,upsert-kafka,jdbc,filesystem,print", "sink.parallelism",
              "Flink's degree of parallelism of the sink."),

    /* sources */
    HONOURED(SOURCES, "scan.watermark.idle-timeout", DURATION, NULL, NULL,
             "A partition that is silent this long no longer holds the watermark back. Else "
             "table.exec.source.idle-timeout."),
    NO_EFFECT(SOURCES, "scan.watermark.emit.strategy", "Watermarks move with every row."),
    NO_EFFECT(SOURCES, "scan.watermark.alignment.group", "A catching-up read is aligned by itself."),
    NO_EFFECT(SOURCES, "scan.watermark.alignment.max-drift", "A catching-up read is aligned by itself."),
    NO_EFFECT(SOURCES, "scan.watermark.alignment.update-interval", "A catching-up read is aligned by itself."),
    HONOURED(
        DECODING, "weir.on-bad-record", ENUM, "continue|fail", "continue",
        "What a record that cannot be decoded does to the queries: continue (it goes to the table's .bad) or fail."),

    /* kafka, upsert-kafka */
    HONOURED(KAFKA, "topic", LIST, NULL, NULL, "Topics, separated by semicolons; a sink has one. Or topic-pattern."),
    REQUIRED(UPSERT, "topic", LIST, "Topics, separated by semicolons; a sink has one."),
    HONOURED(KAFKA, "topic-pattern", STRING, NULL, NULL,
             "Reads all topics whose whole name matches the regular expression."),
    REQUIRED(KAFKAS, "properties.bootstrap.servers", STRING,
             "Brokers, host:port, separated by commas; \"embedded\" is the in-process broker for demos."),
    HONOURED(KAFKAS, "properties.*", STRING, NULL, NULL,
             "Settings of the Kafka client, from a list of those that are allowed."),
    HONOURED(KAFKA, "format", STRING, NULL, NULL, "Format of the value (or value.format)."),
    HONOURED(KAFKA, "value.format", STRING, NULL, NULL, "Format of the value."),
    HONOURED(KAFKA, "key.format", STRING, NULL, NULL, "Format of the key; with key.fields."),
    REQUIRED(UPSERT, "key.format", STRING, "Format of the key: the columns of the PRIMARY KEY."),
    REQUIRED(UPSERT, "value.format", STRING, "Format of the value."),
    HONOURED(KAFKA, "key.fields", LIST, NULL, "", "Columns that the key holds, separated by semicolons."),
    HONOURED(KAFKAS, "key.fields-prefix", STRING, NULL, "",
             "Prefix of the key's column names in the table, absent in the record; needs value.fields-include = "
             "EXCEPT_KEY."),
    HONOURED(KAFKAS, "value.fields-include", ENUM, "ALL|EXCEPT_KEY", "ALL",
             "Whether the value holds the key's columns too."),
    HONOURED(KAFKA, "scan.startup.mode", ENUM, "earliest-offset|latest-offset|group-offsets|timestamp|specific-offsets",
             "group-offsets", "Where a new query begins to read."),
    HONOURED(KAFKA, "scan.startup.specific-offsets", STRING, NULL, NULL,
             "partition:0,offset:42;partition:1,offset:300"),
    HONOURED(KAFKA, "scan.startup.timestamp-millis", INT, NULL, NULL, "For scan.startup.mode = timestamp."),
    HONOURED(KAFKA, "scan.bounded.mode", ENUM, "unbounded|latest-offset|group-offsets|timestamp|specific-offsets",
             "unbounded", "Where the reading ends."),
    HONOURED(KAFKA, "scan.bounded.specific-offsets", STRING, NULL, NULL,
             "partition:0,offset:42;partition:1,offset:300"),
    HONOURED(KAFKA, "scan.bounded.timestamp-millis", INT, NULL, NULL, "For scan.bounded.mode = timestamp."),
    HONOURED(KAFKAS, "scan.topic-partition-discovery.interval", DURATION, NULL, "5 min",
             "How often new partitions are looked for; 0: never."),
    HONOURED(
        KAFKAS, "weir.kafka.on-data-loss", ENUM, "fail|continue|true|false", "fail",
        "When the stored position is no longer in the topic: fail (true), or continue (false) at the earliest record."),
    NUMBER(KAFKAS, "weir.source.rows-per-step", NULL, 1, INT64_C(1000000000),
           "Most rows that one step takes from this table."),
    HONOURED(KAFKA, "sink.partitioner", ENUM, "default|fixed|round-robin", "default",
             "Partition of a record: by its key (default), one for all (fixed), in turn."),
    HONOURED(KAFKAS, "sink.delivery-guarantee", ENUM, "at-least-once|exactly-once|none", NULL, "Else weir.delivery."),
    NO_EFFECT(KAFKAS, "sink.transactional-id-prefix",
              "The transactional id comes from the state file and the sink's name."),
    NO_EFFECT(KAFKAS, "sink.transaction-naming-strategy",
              "The transactional id comes from the state file and the sink's name."),
    NO_EFFECT(UPSERT, "sink.buffer-flush.max-rows", "Changes of a key are merged per epoch."),
    NO_EFFECT(UPSERT, "sink.buffer-flush.interval", "Changes of a key are merged per epoch."),
    NOT_YET(KAFKA, "sink.semantic", "Use \"sink.delivery-guarantee\"."),

    /* jdbc */
    REQUIRED(JDBC, "url", STRING, "jdbc:postgresql://host:port/database?name=value&..."),
    REQUIRED(JDBC, "table-name", STRING, "Name of the table in the database, with its schema if need be."),
    HONOURED(JDBC, "username", STRING, NULL, NULL, "User of the database."),
    HONOURED(JDBC, "password", STRING, NULL, NULL, "Password of the user."),
    HONOURED(JDBC, "connection.max-retry-timeout", DURATION, NULL, "60 s", "Longest wait for one connection."),
    HONOURED(JDBC, "weir.create-table", BOOL, NULL, "false", "Makes the target table if it is missing."),
    NO_EFFECT(JDBC, "driver", "libpq is the driver."),
    NO_EFFECT(JDBC, "compatible-mode", "PostgreSQL has one."),
    HONOURED(JDBC, "scan.partition.column", STRING, NULL, NULL,
             "A column of numbers: only rows within the bounds are read (in one scan)."),
    NUMBER(JDBC, "scan.partition.num", NULL, 1, 1000,
           "Into how many ranges of whole numbers the bounds are cut; a fraction between two ranges is not read."),
    NUMBER(JDBC, "scan.partition.lower-bound", NULL, INT64_MIN, INT64_MAX, "Least value that is read."),
    NUMBER(JDBC, "scan.partition.upper-bound", NULL, INT64_MIN, INT64_MAX, "Largest value that is read."),
    NUMBER(JDBC, "scan.fetch-size", "0", 0, INT32_MAX, "Most rows that are fetched at once; 0: as many as fit."),
    NO_EFFECT(JDBC, "scan.auto-commit", "A scan is one read-only transaction."),
    NO_EFFECT(JDBC, "filter.handling.policy", "Filters give the same rows wherever they run."),
    HONOURED(JDBC, "lookup.cache", ENUM, "NONE|PARTIAL", "NONE",
             "PARTIAL: a lookup join remembers what it was answered."),
    NUMBER(JDBC, "lookup.partial-cache.max-rows", "100000", 1, INT64_MAX, "Most keys that are remembered."),
    HONOURED(JDBC, "lookup.partial-cache.expire-after-write", DURATION, NULL, NULL,
             "How long after it was answered a key is asked for again."),
    HONOURED(JDBC, "lookup.partial-cache.expire-after-access", DURATION, NULL, NULL,
             "How long after its last use a key is asked for again."),
    HONOURED(JDBC, "lookup.partial-cache.cache-missing-key", BOOL, NULL, "true",
             "Keys without a row are remembered too."),
    NUMBER(JDBC, "lookup.max-retries", "3", 0, 1000, "How often a lookup is tried again at once, within two seconds."),
    NUMBER(JDBC, "lookup.cache.max-rows", NULL, 1, INT64_MAX,
           "The older name of lookup.partial-cache.max-rows; with lookup.cache.ttl the cache is on."),
    HONOURED(JDBC, "lookup.cache.ttl", DURATION, NULL, NULL,
             "The older name of lookup.partial-cache.expire-after-write."),
    HONOURED(JDBC, "lookup.cache.caching-missing-key", BOOL, NULL, "true",
             "The older name of lookup.partial-cache.cache-missing-key."),
    NO_EFFECT(JDBC, "sink.buffer-flush.max-rows", "An epoch is sent as a whole."),
    NO_EFFECT(JDBC, "sink.buffer-flush.interval", "An epoch is sent as soon as it is committed."),
    NO_EFFECT(JDBC, "sink.max-retries", "The outbox keeps an epoch until it is delivered."),

    /* filesystem */
    REQUIRED(FILES, "path", STRING, "A file, a folder, or s3://bucket/prefix."),
    REQUIRED(FILES, "format", STRING, "Format of the files."),
    HONOURED(FILES, "partition.default-name", STRING, NULL, "__DEFAULT_PARTITION__",
             "Folder name of a NULL partition column."),
    HONOURED(FILES, "source.monitor-interval", DURATION, NULL, NULL,
             "How often new files are looked for; without it the source is bounded."),
    HONOURED(FILES, "source.path.regex-pattern", STRING, NULL, NULL, "Reads only files whose whole path matches."),
    HONOURED(FILES, "sink.rolling-policy.file-size", SIZE, NULL, "128 MB", "A file of this size is closed."),
    HONOURED(FILES, "sink.rolling-policy.rollover-interval", DURATION, NULL, "30 min", "A file of this age is closed."),
    HONOURED(FILES, "sink.rolling-policy.inactivity-interval", DURATION, NULL, "30 min",
             "A file untouched this long is closed."),
    HONOURED(FILES, "sink.rolling-policy.check-interval", DURATION, NULL, "1 min", "How often ages are looked at."),
    NO_EFFECT(FILES, "auto-compaction", "The sink writes one file a partition at a time."),
    NO_EFFECT(FILES, "compaction.file-size", "The sink writes one file a partition at a time."),
    NO_EFFECT(FILES, "compaction.parallelism", "The sink writes one file a partition at a time."),
    NO_EFFECT(FILES, "sink.shuffle-by-partition.enable", "The sink writes one file a partition at a time."),
    HONOURED(FILES, "sink.partition-commit.policy.kind", STRING, NULL, NULL,
             "success-file: a file tells that a folder is complete. Without it nothing does."),
    HONOURED(FILES, "sink.partition-commit.trigger", ENUM, "process-time|partition-time", "process-time",
             "When a folder is complete: process-time, by the clock."),
    HONOURED(FILES, "sink.partition-commit.delay", DURATION, NULL, "0",
             "How long after its first row a folder is complete; 0: whenever a file has got its name."),
    HONOURED(FILES, "sink.partition-commit.success-file.name", STRING, NULL, "_SUCCESS", "Name of that file."),
    NOT_YET(FILES, "sink.partition-commit.watermark-time-zone", "Use the trigger process-time."),
    NOT_YET(FILES, "sink.partition-commit.policy.class", "Use the policy success-file."),
    NOT_YET(FILES, "sink.partition-commit.policy.class.parameters", "Use the policy success-file."),
    NOT_YET(FILES, "partition.time-extractor.kind", "Use the trigger process-time."),
    NOT_YET(FILES, "partition.time-extractor.class", "Use the trigger process-time."),
    NOT_YET(FILES, "partition.time-extractor.timestamp-pattern", "Use the trigger process-time."),
    NOT_YET(FILES, "partition.time-extractor.timestamp-formatter", "Use the trigger process-time."),
    HONOURED(FILES, "s3.endpoint", STRING, NULL, NULL,
             "Address of the S3 server, http://host:port; else AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's."),
    HONOURED(FILES, "s3.region", STRING, NULL, NULL,
             "Region of the bucket; else AWS_REGION, AWS_DEFAULT_REGION, else us-east-1."),
    HONOURED(FILES, "s3.access-key", STRING, NULL, NULL,
             "Access key; else AWS_ACCESS_KEY_ID, else the credentials file, else the machine's metadata service."),
    HONOURED(FILES, "s3.secret-key", STRING, NULL, NULL, "Secret key, with s3.access-key."),
    HONOURED(FILES, "s3.session-token", STRING, NULL, NULL, "Session token of temporary keys, with s3.access-key."),
    HONOURED(FILES, "s3.path-style", BOOL, NULL, NULL,
             "Whether the bucket is in the path (true) or in the host name; else true with an endpoint of one's own."),

    /* print, stdout */
    HONOURED("print", "print-identifier", STRING, NULL, NULL, "Put before each line as \"identifier> \"."),
    HONOURED("print", "standard-error", BOOL, NULL, "false", "Prints on standard error."),
    HONOURED(STDOUT, "format", ENUM, "table|json|csv", "table", "How a block of rows is printed."),
    HONOURED(STDOUT, "title", STRING, NULL, NULL, "A line above the first block."),
    HONOURED(STDOUT, "banner", STRING, NULL, NULL, "A line above each block; {n} is its number."),
    HONOURED(STDOUT, "template", STRING, NULL, NULL,
             "A text for each row, instead of the others: {column}, {column:left}, {n} for the row's number, {{ for a "
             "brace; "
             "an ARRAY of ROWs is a table in a frame."),

    /* datagen */
    NUMBER(DATAGEN, "rows-per-second", "10000", 1, INT64_C(1000000000000), "How fast rows come."),
    NUMBER(DATAGEN, "number-of-rows", NULL, 0, INT64_MAX,
           "How many rows come; without it (and without a sequence) unbounded."),
    HONOURED(DATAGEN, "seed", INT, NULL, NULL,
             "Same seed, same rows; also makes the table readable again after a crash."),
    HONOURED(DATAGEN, "start-time", STRING, NULL, NULL, "Time columns begin here instead of at the wall clock."),
    HONOURED(DATAGEN, "step", DURATION, NULL, NULL, "Time columns move on by this much a row; with start-time."),
    HONOURED(DATAGEN, "fields.#.kind", ENUM, "random|sequence|choice|zipf", "random",
             "How the column's values are made."),
    HONOURED(DATAGEN, "fields.#.min", STRING, NULL, NULL, "Least random value; else the type's."),
    HONOURED(DATAGEN, "fields.#.max", STRING, NULL, NULL, "Greatest random value; else the type's."),
    HONOURED(DATAGEN, "fields.#.max-past", DURATION, NULL, "0", "Random times lie up to this much in the past."),
    NUMBER(DATAGEN, "fields.#.length", "100", 0, 1 << 20,
           "Length of random strings and bytes, items of arrays and maps."),
    HONOURED(DATAGEN, "fields.#.var-len", BOOL, NULL, "false", "Lengths are random, up to fields.#.length."),
    HONOURED(DATAGEN, "fields.#.start", STRING, NULL, NULL, "First value of a sequence."),
    HONOURED(DATAGEN, "fields.#.end", STRING, NULL, NULL, "Last value of a sequence; the table ends there."),
    HONOURED(DATAGEN, "fields.#.null-rate", DOUBLE, NULL, "0", "Share of NULLs, 0 to 1."),
    HONOURED(DATAGEN, "fields.#.values", LIST, NULL, NULL, "The values of a choice, separated by semicolons."),
    HONOURED(DATAGEN, "fields.#.weights", LIST, NULL, NULL,
             "Weights of a choice's values, separated by semicolons; else equal."),
    HONOURED(DATAGEN, "fields.#.exponent", DOUBLE, NULL, "1",
             "Exponent of a zipf; ranks go from fields.#.min to .max."),

    /* nexmark */
    NUMBER(NEXMARK, "first-event.rate", "10000", 1, 1000000000, "Events per second of event time."),
    NUMBER(NEXMARK, "events.num", "0", 0, INT64_MAX, "How many events come; 0: unbounded."),
    NUMBER(NEXMARK, "person.proportion", "1", 1, 1000000, "People among that many events of all kinds."),
    NUMBER(NEXMARK, "auction.proportion", "3", 1, 1000000, "Auctions among them."),
    NUMBER(NEXMARK, "bid.proportion", "46", 0, 1000000, "Bids among them."),
    NUMBER(NEXMARK, "seed", "0", INT64_MIN, INT64_MAX, "Same seed, same events."),
    HONOURED(NEXMARK, "start-time", STRING, NULL, "2024-01-01 00:00:00", "The time of the first event."),
    NUMBER(NEXMARK, "rows-per-second", NULL, 1, INT64_C(1000000000000),
           "How fast events come; without it as fast as they are taken, or by first-event.rate where unbounded."),

    /* json */
    HONOURED(JSON, "fail-on-missing-field", BOOL, NULL, "false", "A field that is absent is an error, not NULL."),
    HONOURED(JSONS, "ignore-parse-errors", BOOL, NULL, "false",
             "A field that cannot be converted becomes NULL, a record that is no JSON is skipped; both stay in .bad."),
    HONOURED(JSONS, "timestamp-format.standard", ENUM, "SQL|ISO-8601|ISO-8601-WITH-OFFSET", "SQL",
             "SQL: 2020-12-30 12:13:14.123, with Z for TIMESTAMP_LTZ; ISO-8601: T between date and time."),
    HONOURED(JSONS, "map-null-key.mode", ENUM, "FAIL|DROP|LITERAL", "FAIL",
             "What writing does with a NULL key of a MAP."),
    HONOURED(JSONS, "map-null-key.literal", STRING, NULL, "null", "The key that is written for NULL with LITERAL."),
    HONOURED(JSONS, "encode.decimal-as-plain-number", BOOL, NULL, "false", "Writes 0.000000027 instead of 2.7E-8."),
    HONOURED(JSON, "encode.ignore-null-fields", BOOL, NULL, "false", "Leaves out fields that are NULL."),
    NO_EFFECT(JSON, "decode.json-parser.enabled", "There is one decoder."),

    /* debezium-json */
    HONOURED(DEBEZIUM, "schema-include", BOOL, NULL, "false",
             "The messages are {\"schema\": .., \"payload\": ..} with the change in the payload; for reading only."),

    /* csv */
    HONOURED(CSV, "field-delimiter", STRING, NULL, ",", "One character between fields; \\t is a tab."),
    HONOURED(CSV, "disable-quote-character", BOOL, NULL, "false", "Quotes are characters like others."),
    HONOURED(CSV, "quote-character", STRING, NULL, "\"", "One character around fields."),
    HONOURED(CSV, "allow-comments", BOOL, NULL, "false", "Lines that begin with # are no records."),
    HONOURED(CSV, "ignore-parse-errors", BOOL, NULL, "false",
             "A field that is missing or cannot be converted becomes NULL, a record that is no CSV is skipped; both "
             "stay in .bad."),
    HONOURED(CSV, "array-element-delimiter", STRING, NULL, ";", "Between the items of ARRAY and ROW columns."),
    HONOURED(CSV, "escape-character", STRING, NULL, NULL, "One character; the one behind it is taken as it is."),
    HONOURED(CSV, "null-literal", STRING, NULL, NULL, "The text that means NULL."),
    HONOURED(CSV, "write-bigdecimal-in-scientific-notation", BOOL, NULL, "true", "Writes 1E+5 instead of 100000."),

    /* avro-confluent */
    HONOURED(AVRO, "url", STRING, NULL, NULL, "Address of the schema registry; several, separated by commas."),
    HONOURED(AVRO, "schema-registry.url", STRING, NULL, NULL, "The old name of \"url\"."),
    HONOURED(AVRO, "subject", STRING, NULL, NULL,
             "Under which the schema of what is written is registered; <topic>-value or <topic>-key by default."),
    HONOURED(AVRO, "schema-registry.subject", STRING, NULL, NULL, "The old name of \"subject\"."),
    HONOURED(AVRO, "schema", STRING, NULL, NULL,
             "An Avro schema instead of the one derived from the columns; its defaults stand for fields that a record "
             "lacks."),
    HONOURED(AVRO, "schema-registry.schema", STRING, NULL, NULL, "The old name of \"schema\"."),
    HONOURED(AVRO, "auto.register.schemas", BOOL, NULL, "true",
             "Registers the schema of what is written; false: it must be there."),
    HONOURED(AVRO, "basic-auth.credentials-source", STRING, NULL, NULL, "USER_INFO."),
    HONOURED(AVRO, "basic-auth.user-info", STRING, NULL, NULL, "user:password."),
    HONOURED(AVRO, "bearer-auth.credentials-source", STRING, NULL, NULL, "STATIC_TOKEN."),
    HONOURED(AVRO, "bearer-auth.token", STRING, NULL, NULL, "The token."),
    HONOURED(AVRO, "ssl.truststore.location", STRING, NULL, NULL,
             "Certificates that are trusted, as PEM; without it those of the system."),
    NO_EFFECT(AVRO, "ssl.truststore.password", "PEM files of certificates have none."),
    HONOURED(AVRO, "ssl.keystore.location", STRING, NULL, NULL,
             "The client's certificate and key, as PKCS#12 (.p12, .pfx) or PEM."),
    HONOURED(AVRO, "ssl.keystore.password", STRING, NULL, NULL, "The password of the key."),
    NUMBER(AVRO, "properties.http.connect.timeout.ms", "5000", 1, 600000, "How long a connection may take."),
    NUMBER(AVRO, "properties.http.read.timeout.ms", "10000", 1, 600000, "How long a reply may take after that."),
    HONOURED(AVRO, "properties.proxy.host", STRING, NULL, NULL, "A proxy for HTTP."),
    HONOURED(AVRO, "properties.proxy.port", STRING, NULL, NULL, "Its port."),
    NOT_YET(AVRO, "properties.*", "Use the options of avro-confluent that have names of their own."),

    /* raw */
    HONOURED(RAW, "charset", ENUM, "UTF-8|US-ASCII|ISO-8859-1", "UTF-8", "Encoding of a text column."),
    HONOURED(RAW, "endianness", ENUM, "big-endian|little-endian", "big-endian", "Byte order of a numeric column."),

    /* parquet */
    HONOURED(PARQUET, "compression", STRING, NULL, "SNAPPY", "SNAPPY, ZSTD, GZIP or UNCOMPRESSED."),
    HONOURED(PARQUET, "block.size", SIZE, NULL, "128 MB", "A row group is closed with so many bytes, not compressed."),
    HONOURED(PARQUET, "page.size", SIZE, NULL, "1 MB", "A page is closed with so many bytes, not compressed."),
    HONOURED(PARQUET, "dictionary.page.size", SIZE, NULL, "1 MB", "Columns with larger dictionaries have none."),
    HONOURED(PARQUET, "enable.dictionary", BOOL, NULL, "true",
             "Columns with few values are written as numbers of them."),
    HONOURED(PARQUET, "write.int64.timestamp", BOOL, NULL, "false",
             "Timestamps are written as INT64 with their logical type, instead of INT96."),
    HONOURED(PARQUET, "timestamp.time.unit", ENUM, "millis|micros|nanos", "micros", "Unit of INT64 timestamps."),
    HONOURED(PARQUET, "utc-timezone", BOOL, NULL, "false",
             "A TIMESTAMP stored as an instant is the wall clock of UTC, not of table.local-time-zone."),
};

const OptionDef *options_def_at(uint32_t index)
{
	return index < sizeof options_defs / sizeof options_defs[0] ? &options_defs[index] : NULL;
}

const OptionScope *options_scope_at(uint32_t index)
{
	return index < sizeof options_scopes / sizeof options_scopes[0] ? &options_scopes[index] : NULL;
}

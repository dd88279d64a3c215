/*
 * engine/formats/format.h: bytes <-> columns. One decoder and one encoder table per format.
 *
 * A decoder is opened for the fields that the plans read, and fills one column per field for a batch of messages. It
 * converts only those, but checks the whole message. Strings of the result point into the messages (or the arena when
 * they had to be unescaped). Errors: a message that is not of the format at all is bad as a whole; a field that cannot
 * be converted has ROW_BAD_FIELD in its column's err; nobody else is concerned. What a format's ignore-parse-errors
 * makes of them is the reader's work, not the decoder's.
 *
 * Thread: a Decoder or Encoder belongs to one thread at a time.
 */
#ifndef WEIR_ENGINE_FORMATS_FORMAT_H
#define WEIR_ENGINE_FORMATS_FORMAT_H

#include "engine/batch/chunk.h"
#include "sql/catalog/options.h"

/* A wanted field: a column of the record, or something inside it. */
typedef struct FormatField {
	const Str *path; /* names from the top: {"user", "address", "city"}; npath >= 1 */
	uint32_t npath;
	uint32_t position; /* of path[0] among the record's physical columns (formats without names: csv, raw) */
	const Type *type;
	bool metadata; /* path[0] is a key of the format's metadata, without "value." */
} FormatField;

/* A column of the schema compared with a value. */
typedef struct FormatAsk {
	uint32_t col;
	const char *op; /* "=", "<", ">", "<=", ">=" */
	const Type *type;
	Value value; /* never NULL */
} FormatAsk;

typedef struct FormatSchema {
	/* All physical columns that the record holds, in the order of the table (csv counts them). */
	const Str *names;
	const Type *const *types;
	uint32_t ncols;
	/* Those to decode: result column i is fields[i]. */
	const FormatField *fields;
	uint32_t nfields;
	/* Changelog formats: the columns of the table's PRIMARY KEY that the record holds, when rows are kept by it. */
	const Str *key;
	uint32_t nkey;
	/* Files by columns: rows for which one of these does not hold may be left out. */
	const FormatAsk *asks;
	uint32_t nasks;
	const struct Zone *zone;
	uint32_t depth_max; /* weir.json.max-depth: arrays and objects inside of each other; 0: 512 */
	/* Formats that ask a server: who is woken when an answer has come (by any thread), until the decoder is closed. */
	void (*wake)(void *wake_ctx);
	void *wake_ctx;
	Str topic;   /* of what is written; empty: there is none */
	bool is_key; /* the columns are those of the key */
} FormatSchema;

typedef struct Decoded {
	uint32_t nrows;
	Column *cols;            /* nfields columns of nrows */
	const uint32_t *message; /* message[row]: which message the row came from; NULL: row i from message i */
	const int64_t *weight;   /* changelog formats; NULL: all +1 */
	const uint8_t *bad;      /* bad[message] != 0: malformed, one row that nobody reads; NULL: none */
	uint32_t nbad;
} Decoded;

/* Is what messages need from elsewhere there? */
typedef enum FormatReady {
	FORMAT_READY,
	FORMAT_WAITS,  /* not yet: err (ERR_RETRIABLE) says for what; ask again */
	FORMAT_FAILED, /* err: what waiting does not cure */
} FormatReady;

typedef struct Decoder Decoder;
typedef struct Encoder Encoder;
typedef struct FileWriter FileWriter;
typedef struct FileReader FileReader;

/* The bytes of a file that is read by a FileReader. */
typedef struct FormatInput {
	void *ctx;
	int64_t size;
	bool (*read)(void *ctx, int64_t at, char *out, size_t n, Err *err); /* exactly n bytes */
} FormatInput;

/* What strings of a result point into; held until it is unpinned. The list is in the arena of the result. */
typedef struct FormatPins {
	void **items;
	uint32_t len, cap;
} FormatPins;

/* A format of whole files: blocks of rows, column by column, then a footer that says where they are. A file can be read
 * when its footer is there, so who writes one keeps the rows of the open block, and the notes of those written.
 *
 *   add, add ... block -> bytes, note;  add, add ... block -> bytes, note;  footer(notes) -> bytes
 */
typedef struct FormatFiles {
	bool (*writer_open)(const Options *options, const FormatSchema *schema, FileWriter **out, Err *err);
	/* Adds a row (all columns of the schema) to the open block. false: ERR_SINK_REFUSED; to be undone. */
	bool (*add)(FileWriter *w, const Value *values, Err *err);
	size_t (*bytes)(const FileWriter *w);       /* of the open block, before it is encoded */
	size_t (*memory)(const FileWriter *w);      /* that the open block takes */
	size_t (*block_bytes)(const FileWriter *w); /* with so many it is to be closed */
	void (*mark)(FileWriter *w);                /* undo takes away what was added since the mark */
	void (*undo)(FileWriter *w);
	/* Ends the open block, whose bytes begin at `offset` of the file; begins the next one. */
	void (*block)(FileWriter *w, int64_t offset, StrBuf *out, StrBuf *note);
	/* Equal for writers whose blocks may stand in one file; the same in every process. */
	uint64_t (*shape)(const FileWriter *w);
	/* The end of a file with these blocks. false: the notes are damaged. */
	bool (*footer)(const FileWriter *w, const Str *notes, uint32_t n, StrBuf *out, Err *err);
	void (*writer_close)(FileWriter *w);

	/* Reads the footer and matches the columns with the schema's. name is for errors. */
	bool (*reader_open)(const FormatInput *in, Str name, const Options *options, const FormatSchema *schema,
	                    FileReader **out, Err *err);
	int64_t (*rows)(const FileReader *r);
	/* The first row from this one on whose block may have rows that are asked for; all rows: there is none. */
	int64_t (*next)(const FileReader *r, int64_t row);
	/* How many blocks the file has, and how many of them next passes over. */
	void (*blocks)(const FileReader *r, uint32_t *blocks, uint32_t *skipped);
	/* How many rows from this one on, at most so many, can be read at once; 0: there are none. */
	uint32_t (*run)(const FileReader *r, int64_t row, uint32_t most);
	/* Fills out[cols[i]] with rows [row, row + n), n as of run. */
	bool (*read)(FileReader *r, int64_t row, uint32_t n, const uint32_t *cols, uint32_t ncols, Arena *arena,
	             FormatPins *pins, Column *out, Err *err);
	/* Where the bytes lie that reading any of the schema's columns needs in the block of the row: the i-th range.
	 * false: there are no more. */
	bool (*extent)(const FileReader *r, int64_t row, uint32_t i, int64_t *at, int64_t *len);
	void (*unpin)(FormatPins *pins); /* the reader may be closed by then */
	void (*reader_close)(FileReader *r);
} FormatFiles;

typedef struct Format {
	const char *name; /* json, csv, raw ... */
	/* Checks the options (names without the prefix "json."); ERR_BAD_OPTION. At CREATE TABLE. */
	bool (*check)(const Options *options, const FormatSchema *schema, Err *err);
	/* Splits bytes of a file into messages: fills up to max messages from data[0..len); *used is how many bytes they
	 * took; with at_end the last one need not be ended. NULL: the format is not for files. */
	uint32_t (*split)(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used);

	bool (*decoder_open)(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out, Err *err);
	/* May these messages be decoded? Waits for wait_ms at most. NULL: always. */
	FormatReady (*ready)(Decoder *d, const Str *messages, uint32_t n, int64_t wait_ms, Err *err);
	void (*decode)(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out);
	/* Says in words what is wrong with a message: field (may be empty), reason. For side tables and failures. */
	void (*explain)(Decoder *d, Str message, Arena *arena, Str *field, Err *err);
	void (*decoder_close)(Decoder *d);

	/* Appends one record for a row (all columns of the schema). kind matters for changelog formats only. */
	bool (*encoder_open)(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err);
	/* May rows be encoded? Waits for its server, for seconds. NULL: always. */
	FormatReady (*encoder_ready)(Encoder *e, Err *err);
	bool (*encode)(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err);
	void (*encoder_close)(Encoder *e);
	bool changelog_in;        /* decoded rows may have weight -1 */
	bool changelog_out;       /* takes all row kinds */
	const FormatFiles *files; /* NULL: records are bytes of their own; else there are no decoders and encoders */
} Format;

const Format *format_find(Str name); /* NULL: unknown */
const Format *format_at(uint32_t index);

#endif

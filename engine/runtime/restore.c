/*
 * engine/runtime/restore.c: the catalog in the state file: one record per object in order of creation: the text of its
 * statement and the settings it was made with.
 *
 * At the start the statements are bound again, in order. A query whose plan is no longer the same (another version of
 * weir plans it otherwise) does not read the old state: it is FAILED with the reason, and its rows stay readable.
 */
#include "base/hash.h"
#include "base/log.h"
#include "engine/runtime/engine_int.h"
#include "engine/runtime/execute.h"

typedef struct Record {
	uint8_t kind;
	bool from_file;
	uint32_t group;
	uint64_t plan_hash;
	Str name;
	Str sql;
	Str settings; /* k=v, one per line */
} Record;

static bool decode(Str bytes, Record *r)
{
	CodecReader c = codec_reader(bytes);
	uint8_t file = 0;
	bool ok = codec_get_fixed(&c, &r->kind, 1) && codec_get_fixed(&c, &file, 1) && codec_get_fixed(&c, &r->group, 4) &&
	          codec_get_fixed(&c, &r->plan_hash, 8) && codec_get_blob(&c, &r->name) && codec_get_blob(&c, &r->sql) &&
	          codec_get_blob(&c, &r->settings);
	r->from_file = file != 0;
	return ok;
}

static void put_settings(const Settings *s, StrBuf *out)
{
	const SettingDef *d;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++) {
		if (d->scope != SETTING_QUERY || d->class != OPTION_HONOURED || settings_is_default(s, d->name))
			continue;
		strbuf_puts(out, d->name);
		strbuf_putc(out, '=');
		strbuf_put_str(out, settings_str(s, d->name));
		strbuf_putc(out, '\n');
	}
}

void restore_record(Engine *e, RecordKind kind, Str name, Str sql, const Settings *settings, bool from_file,
                    uint64_t plan_hash, uint32_t group)
{
	StrBuf key, value, text;
	strbuf_init(&key);
	strbuf_init(&value);
	strbuf_init(&text);
	put_settings(settings, &text);
	codec_put_i64(&key, (int64_t)e->next_seq++);
	uint8_t k = (uint8_t)kind, f = from_file;
	codec_put_fixed(&value, &k, 1);
	codec_put_fixed(&value, &f, 1);
	codec_put_fixed(&value, &group, 4);
	codec_put_fixed(&value, &plan_hash, 8);
	codec_put_blob(&value, name);
	codec_put_blob(&value, sql);
	codec_put_blob(&value, strbuf_str(&text));
	state_put(e->records, strbuf_str(&key), strbuf_str(&value));
	strbuf_deinit(&key);
	strbuf_deinit(&value);
	strbuf_deinit(&text);
}

/* Finds the record of a name; *key is its key. */
static bool find(Engine *e, RecordKind kind, Str name, Arena *arena, Str *key, Record *out)
{
	StateScan *s = state_scan_open(e->records, (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	bool found = false;
	while (!found && state_scan_next(s, &k, &v)) {
		Record r;
		Str copy = arena_str(arena, v);
		if (decode(copy, &r) && r.kind == (uint8_t)kind && str_eq(r.name, name)) {
			*key = arena_str(arena, k);
			*out = r;
			found = true;
		}
	}
	state_scan_close(s);
	return found;
}

void restore_forget(Engine *e, RecordKind kind, Str name)
{
	Arena *arena = arena_open("records", 0);
	Str key;
	Record r;
	if (find(e, kind, name, arena, &key, &r))
		state_del(e->records, key);
	arena_close(arena);
}

bool restore_find(Engine *e, RecordKind kind, Str name, Arena *arena, Str *sql, uint64_t *plan_hash)
{
	Str key;
	Record r;
	if (!find(e, kind, name, arena, &key, &r))
		return false;
	*sql = r.sql;
	*plan_hash = r.plan_hash;
	return true;
}

static bool apply_settings(Settings *s, Str text, Err *err)
{
	Str rest = text, line;
	while (str_next(&rest, '\n', &line)) {
		int64_t eq = str_find(line, STR("="), 0);
		if (eq < 0)
			continue;
		bool no_effect;
		if (!settings_set(s, str_slice(line, 0, (uint32_t)eq), str_slice(line, (uint32_t)eq + 1, line.len), &no_effect,
		                  err))
			return false;
	}
	return true;
}

static bool restore_one(Engine *e, const Record *r, Err *err)
{
	Arena *arena = arena_open("restore", 0);
	Settings *settings = settings_copy(e->settings);
	AstNode *node = NULL;
	uint32_t next;
	ParserOptions po = {.expand = r->from_file ? &expand_environment : NULL};
	bool ok = apply_settings(settings, r->settings, err) && parser_statement(arena, r->sql, 0, &po, &node, &next, err);
	if (ok) {
		EngineStatement s = {.stmt = node, .text = r->sql, .settings = settings, .from_file = r->from_file};
		ExecuteRestore er = {.name = r->name, .plan_hash = r->plan_hash, .group = r->group};
		ok = execute_statement(e, &s, &er, err);
	}
	settings_free(settings);
	arena_close(arena);
	return ok;
}

bool restore_all(Engine *e, Err *err)
{
	Arena *arena = arena_open("restore", 0);
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	StateScan *s = state_scan_open(e->records, (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	while (state_scan_next(s, &k, &v))
		ARENA_PUSH(arena, &list, arena_str(arena, v));
	state_scan_close(s);
	bool ok = true;
	for (uint32_t i = 0; ok && i < list.len; i++) {
		Record r;
		if (!decode(list.items[i], &r)) {
			ok = err_set(err, ERR_STATE_CORRUPT, "a record of the catalog is damaged");
			break;
		}
		if (r.kind == RECORD_ONCE)
			continue;
		Err why = {0};
		if (!restore_one(e, &r, &why)) {
			*err = why;
			ok = err_detail(err, "while restoring \"%.*s\" from the state file", STR_ARG(r.name));
		}
	}
	arena_close(arena);
	return ok;
}

/*
 * engine/runtime/restore.c: the catalog in the state file: one record per object: the text of its statement and the
 * settings it was made with. An object that is bound again (ALTER, OR REPLACE, or since something it reads has changed)
 * goes to the end, so that the order of the records is one in which all of them can be bound.
 *
 * At the start the statements are bound again, in order. A query whose plan is no longer the same (another version of
 * weir plans it otherwise) does not read the old state: it is FAILED with the reason, and its rows stay readable.
 */
#include "engine/runtime/alter.h"
#include "engine/runtime/execute.h"

static bool decode(Str bytes, RestoreRecord *r)
{
	CodecReader c = codec_reader(bytes);
	uint8_t kind = 0, file = 0;
	bool ok = codec_get_fixed(&c, &kind, 1) && codec_get_fixed(&c, &file, 1) && codec_get_fixed(&c, &r->group, 4) &&
	          codec_get_fixed(&c, &r->plan_hash, 8) && codec_get_blob(&c, &r->name) && codec_get_blob(&c, &r->sql) &&
	          codec_get_blob(&c, &r->settings);
	r->kind = (RecordKind)kind;
	r->from_file = file != 0;
	if (ok && c.at < c.end)
		ok = codec_get_blob(&c, &r->origin);
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

Str restore_settings_text(const Settings *s, Arena *arena)
{
	StrBuf text;
	strbuf_init(&text);
	put_settings(s, &text);
	Str out = arena_str(arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return out;
}

static void put(Engine *e, const RestoreRecord *r)
{
	StrBuf value;
	strbuf_init(&value);
	uint8_t k = (uint8_t)r->kind, f = r->from_file;
	codec_put_fixed(&value, &k, 1);
	codec_put_fixed(&value, &f, 1);
	codec_put_fixed(&value, &r->group, 4);
	codec_put_fixed(&value, &r->plan_hash, 8);
	codec_put_blob(&value, r->name);
	codec_put_blob(&value, r->sql);
	codec_put_blob(&value, r->settings);
	codec_put_blob(&value, r->origin);
	state_put(e->records, r->key, strbuf_str(&value));
	strbuf_deinit(&value);
}

void restore_put_last(Engine *e, RestoreRecord *r, Arena *arena)
{
	if (r->key.len)
		state_del(e->records, r->key);
	StrBuf key;
	strbuf_init(&key);
	codec_put_i64(&key, (int64_t)e->next_seq++);
	r->key = arena_str(arena, strbuf_str(&key));
	strbuf_deinit(&key);
	put(e, r);
}

void restore_record(Engine *e, RecordKind kind, Str name, Str sql, const Settings *settings, bool from_file,
                    uint64_t plan_hash, uint32_t group, Str origin)
{
	Arena *arena = arena_open("record", 0);
	RestoreRecord r = {.kind = kind,
	                   .from_file = from_file,
	                   .group = group,
	                   .plan_hash = plan_hash,
	                   .name = name,
	                   .sql = sql,
	                   .settings = restore_settings_text(settings, arena),
	                   .origin = origin};
	restore_put_last(e, &r, arena);
	arena_close(arena);
}

bool restore_get(Engine *e, RecordKind kind, Str name, Arena *arena, RestoreRecord *out)
{
	StateScan *s = state_scan_open(e->records, (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	bool found = false;
	while (!found && state_scan_next(s, &k, &v)) {
		RestoreRecord r = {0};
		Str copy = arena_str(arena, v);
		if (decode(copy, &r) && r.kind == kind && str_eq(r.name, name)) {
			r.key = arena_str(arena, k);
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
	RestoreRecord r;
	if (restore_get(e, kind, name, arena, &r))
		state_del(e->records, r.key);
	arena_close(arena);
}

bool restore_find(Engine *e, RecordKind kind, Str name, Arena *arena, Str *sql, uint64_t *plan_hash)
{
	RestoreRecord r;
	if (!restore_get(e, kind, name, arena, &r))
		return false;
	*sql = r.sql;
	*plan_hash = r.plan_hash;
	return true;
}

bool restore_settings(Settings *s, Str text, Err *err)
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

Settings *restore_base(Engine *e)
{
	Settings *s = settings_copy(e->settings);
	const SettingDef *d;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++)
		if (d->scope == SETTING_QUERY && d->class == OPTION_HONOURED)
			settings_clear(s, d->name);
	return s;
}

bool restore_run(Engine *e, const RestoreRecord *r, bool fresh, Err *err)
{
	Arena *arena = arena_open("restore", 0);
	Settings *settings = restore_base(e);
	AstNode *node = NULL;
	uint32_t next;
	ParserOptions po = {.expand = r->from_file ? &expand_environment : NULL};
	bool ok =
	    restore_settings(settings, r->settings, err) && parser_statement(arena, r->sql, 0, &po, &node, &next, err);
	if (ok) {
		EngineStatement s = {.stmt = node, .text = r->sql, .settings = settings, .from_file = r->from_file};
		ExecuteRestore er = {
		    .name = r->name, .plan_hash = r->plan_hash, .group = r->group, .fresh = fresh, .origin = r->origin};
		ok = execute_statement(e, &s, &er, err);
	}
	settings_free(settings);
	arena_close(arena);
	return ok;
}

bool restore_list(Engine *e, Arena *arena, RestoreRecord **out, uint32_t *n, Err *err)
{
	struct {
		RestoreRecord *items;
		uint32_t len, cap;
	} list = {0};
	StateScan *s = state_scan_open(e->records, (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	bool ok = true;
	while (ok && state_scan_next(s, &k, &v)) {
		RestoreRecord r = {0};
		ok = decode(arena_str(arena, v), &r) || err_set(err, ERR_STATE_CORRUPT, "a record of the catalog is damaged");
		r.key = arena_str(arena, k);
		ARENA_PUSH(arena, &list, r);
	}
	state_scan_close(s);
	*out = list.items;
	*n = list.len;
	return ok;
}

/* Functions and indexes were recorded as objects once, whose names are those of tables and views. */
static void set_kind(Engine *e, RestoreRecord *r, Arena *arena)
{
	AstNode *node = NULL;
	uint32_t next;
	Err ignored = {0};
	if (r->kind != RECORD_OBJECT || !parser_statement(arena, r->sql, 0, NULL, &node, &next, &ignored) || !node)
		return;
	if (node->kind == AST_CREATE_FUNCTION)
		r->kind = RECORD_FUNCTION;
	else if (node->kind == AST_CREATE_INDEX)
		r->kind = RECORD_INDEX;
	else
		return;
	put(e, r);
}

bool restore_all(Engine *e, Err *err)
{
	Arena *arena = arena_open("restore", 0);
	RestoreRecord *list;
	uint32_t n;
	bool ok = restore_list(e, arena, &list, &n, err);
	for (uint32_t i = 0; ok && i < n; i++) {
		if (list[i].kind == RECORD_ONCE)
			continue;
		set_kind(e, &list[i], arena);
		Err why = {0};
		if (!restore_run(e, &list[i], false, &why)) {
			*err = why;
			ok = err_detail(err, "while restoring \"%.*s\" from the state file", STR_ARG(list[i].name));
		}
	}
	if (ok && str_eq_c(settings_str(e->settings, "weir.state.on-changed-plan"), "rebuild"))
		ok = alter_rebuild_changed(e, err);
	arena_close(arena);
	return ok;
}

/*
 * engine/connectors/filesystem_parts.c: see filesystem_parts.h.
 *
 * The marker is text:
 *   weir-files 1
 *   epoch 57
 *   next 8
 *   part NUMBER LENGTH CREATED TOUCHED FOLDER     being written
 *   open NUMBER LENGTH GENERATION LENGTH CREATED TOUCHED FOLDER     likewise, with a file of open rows and its length
 *   done NUMBER FOLDER                            to get its name, unless it has it
 *   wait SINCE FILES FOLDER                       to be committed (filesystem_commits.h)
 *   end
 * Behind the line of a file there may be lines of the place.
 */
#include "engine/connectors/filesystem_parts.h"

#include "engine/connectors/filesystem_path.h"
#include "engine/connectors/filesystem_place.h"
#include "engine/state/store.h"

enum {
	MAP_FROM = 16, /* open files: fewer are looked through */
	MANY = 8,      /* files that get their names at once */
	BUFFER_KEPT = 64 << 10,
};

void filesystem_parts_init(FilesystemParts *p, Str path, uint64_t engine_id, Str sink, const char *extension)
{
	*p = (FilesystemParts){
	    .arena = arena_open("files", 0), .place = &filesystem_local, .extension = extension, .next_number = 1};
	p->path = arena_cstr(p->arena, path);
	map_init(&p->by_folder);
	filesystem_commits_init(&p->commits);
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "%016llx-", (unsigned long long)engine_id);
	filesystem_path_escape(sink, &b);
	p->id = arena_cstr(p->arena, strbuf_str(&b));
	strbuf_deinit(&b);
}

static void free_part(const FilesystemParts *p, FilesystemPart *f)
{
	if (p->place->free_part)
		p->place->free_part(f);
	strbuf_deinit(&f->fresh);
	strbuf_deinit(&f->side_fresh);
	strbuf_deinit(&f->notes);
	if (f->writer)
		f->writer_close(f->writer);
	f->writer = NULL;
}

static void clear(FilesystemParts *p)
{
	for (uint32_t i = 0; i < p->len; i++)
		free_part(p, &p->items[i]);
	p->len = 0;
	p->by_folder_stale = true;
	filesystem_commits_clear(&p->commits);
}

void filesystem_parts_deinit(FilesystemParts *p)
{
	clear(p);
	if (p->place->close)
		p->place->close(p);
	mem_free(p->items);
	map_deinit(&p->by_folder);
	filesystem_commits_deinit(&p->commits);
	arena_close(p->arena);
	*p = (FilesystemParts){0};
}

static FilesystemPart *add(FilesystemParts *p, Str folder, uint64_t number)
{
	if (p->len == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 8;
		p->items = mem_realloc(p->items, p->cap * sizeof *p->items);
	}
	FilesystemPart *part = &p->items[p->len++];
	*part = (FilesystemPart){.folder = arena_str(p->arena, folder), .number = number};
	strbuf_init(&part->fresh);
	strbuf_init(&part->side_fresh);
	strbuf_init(&part->notes);
	return part;
}

static FilesystemPart *find(FilesystemParts *p, Str folder)
{
	if (p->len < MAP_FROM) {
		for (uint32_t i = 0; i < p->len; i++)
			if (!p->items[i].done && str_eq(p->items[i].folder, folder))
				return &p->items[i];
		return NULL;
	}
	if (p->by_folder_stale) {
		map_deinit(&p->by_folder);
		map_init(&p->by_folder);
		for (uint32_t i = 0; i < p->len; i++)
			if (!p->items[i].done)
				map_put(&p->by_folder, p->items[i].folder, (void *)(uintptr_t)(i + 1));
		p->by_folder_stale = false;
	}
	uintptr_t at = (uintptr_t)map_get(&p->by_folder, folder);
	return at && !p->items[at - 1].done ? &p->items[at - 1] : NULL;
}

FilesystemPart *filesystem_parts_of(FilesystemParts *p, Str folder, int64_t now_us)
{
	FilesystemPart *part = find(p, folder);
	if (part)
		return part;
	part = add(p, folder, p->next_number++);
	part->created_us = part->touched_us = now_us;
	filesystem_commits_wait(&p->commits, folder, now_us);
	if (p->len < MAP_FROM)
		p->by_folder_stale = true;
	else if (!p->by_folder_stale)
		map_put(&p->by_folder, part->folder, (void *)(uintptr_t)p->len);
	return part;
}

void filesystem_parts_forget(FilesystemParts *p)
{
	for (uint32_t i = 0; i < p->len; i++) {
		strbuf_clear(&p->items[i].fresh);
		strbuf_clear(&p->items[i].side_fresh);
		p->items[i].side_anew = false;
	}
}

/* ---- the marker ---- */

static bool number(Str *line, int64_t *out)
{
	Str word;
	return str_next(line, ' ', &word) && str_to_i64(word, out);
}

static bool parse_marker(FilesystemParts *p, Str text)
{
	Str line;
	bool ended = false;
	if (!str_next(&text, '\n', &line) || !str_eq_c(line, "weir-files 1"))
		return false;
	while (!ended && str_next(&text, '\n', &line)) {
		Str what;
		int64_t a, b, c, d;
		if (!str_next(&line, ' ', &what))
			return false;
		if (str_eq_c(what, "end")) {
			ended = true;
		} else if (str_eq_c(what, "epoch")) {
			if (!number(&line, &a))
				return false;
			p->epoch = (uint64_t)a;
		} else if (str_eq_c(what, "next")) {
			if (!number(&line, &a))
				return false;
			p->next_number = (uint64_t)a;
		} else if (str_eq_c(what, "part")) {
			if (!number(&line, &a) || !number(&line, &b) || !number(&line, &c) || !number(&line, &d))
				return false;
			FilesystemPart *part = add(p, line.ptr ? line : STR_EMPTY, (uint64_t)a);
			part->length = b;
			part->created_us = c;
			part->touched_us = d;
		} else if (str_eq_c(what, "open")) {
			int64_t e, f;
			if (!number(&line, &a) || !number(&line, &b) || !number(&line, &c) || !number(&line, &d) ||
			    !number(&line, &e) || !number(&line, &f))
				return false;
			FilesystemPart *part = add(p, line.ptr ? line : STR_EMPTY, (uint64_t)a);
			part->length = b;
			part->side = (uint64_t)c;
			part->side_length = d;
			part->created_us = e;
			part->touched_us = f;
		} else if (str_eq_c(what, "done")) {
			if (!number(&line, &a))
				return false;
			FilesystemPart *part = add(p, line.ptr ? line : STR_EMPTY, (uint64_t)a);
			part->done = true;
			part->length = -1; /* unless the place says it */
		} else if (str_eq_c(what, "wait")) {
			if (!filesystem_commits_parse(&p->commits, line))
				return false;
		} else if (!p->len || !p->place->parse || !p->place->parse(&p->items[p->len - 1], what, line)) {
			return false;
		}
	}
	return ended;
}

static bool write_marker(FilesystemParts *p, uint64_t epoch, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	strbuf_printf(&text, "weir-files 1\nepoch %llu\nnext %llu\n", (unsigned long long)epoch,
	              (unsigned long long)p->next_number);
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemPart *f = &p->items[i];
		if (f->done)
			strbuf_printf(&text, "done %llu %.*s\n", (unsigned long long)f->number, STR_ARG(f->folder));
		else if (f->side)
			strbuf_printf(&text, "open %llu %lld %llu %lld %lld %lld %.*s\n", (unsigned long long)f->number,
			              (long long)f->length, (unsigned long long)f->side, (long long)f->side_length,
			              (long long)f->created_us, (long long)f->touched_us, STR_ARG(f->folder));
		else if (f->length > 0)
			strbuf_printf(&text, "part %llu %lld %lld %lld %.*s\n", (unsigned long long)f->number, (long long)f->length,
			              (long long)f->created_us, (long long)f->touched_us, STR_ARG(f->folder));
		if (p->place->print && (f->done || f->side || f->length > 0))
			p->place->print(f, &text);
	}
	filesystem_commits_print(&p->commits, &text);
	strbuf_puts(&text, "end\n");
	bool ok = p->place->write_marker(p, strbuf_str(&text), err);
	strbuf_deinit(&text);
	return ok;
}

/* ---- files ---- */

/* Gives finished files their names, and forgets them. */
static bool finish(FilesystemParts *p, bool *any, Err *err)
{
	uint32_t n = 0, done = 0;
	bool ok = true;
	for (uint32_t i = 0; i < p->len; i++)
		done += p->items[i].done;
	p->many = done > MANY && p->place->finished;
	for (uint32_t i = 0; i < p->len && ok; i++)
		ok = !p->items[i].done || p->place->finish(p, &p->items[i], err);
	ok = ok && (!p->many || p->place->finished(p, err));
	*any = ok && done > 0;
	if (!*any)
		return ok;
	for (uint32_t i = 0; i < p->len; i++) {
		if (!p->items[i].done) {
			p->items[n++] = p->items[i];
			continue;
		}
		FilesystemWait *w = filesystem_commits_find(&p->commits, p->items[i].folder);
		if (w)
			w->files = true;
		free_part(p, &p->items[i]);
	}
	p->len = n;
	p->by_folder_stale = true;
	return true;
}

static bool finish_done(FilesystemParts *p, Err *err)
{
	bool any;
	return finish(p, &any, err) && (!any || !p->place->finish_is_marked || write_marker(p, p->epoch, err));
}

/* ---- recovery ---- */

bool filesystem_parts_recover(FilesystemParts *p, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	clear(p);
	p->epoch = 0;
	p->next_number = 1;
	bool ok = p->place->read_marker(p, &text, &p->known, err);
	if (ok && p->known && !parse_marker(p, strbuf_str(&text)))
		ok = err_set(err, ERR_SINK_MARKER, "\"%s/.weir-%s\" is no marker of weir", p->path, p->id);
	strbuf_deinit(&text);
	return ok && p->place->restore(p, err) && finish_done(p, err) && p->place->remove_strays(p, err);
}

bool filesystem_parts_read_side(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err)
{
	return p->place->read_side(p, part, out, err);
}

/* A large one, as after a block, gives its memory back. */
static void emptied(StrBuf *b)
{
	if (b->cap <= BUFFER_KEPT) {
		strbuf_clear(b);
		return;
	}
	strbuf_deinit(b);
	strbuf_init(b);
}

/* What was written counts. */
static void settle(FilesystemPart *f)
{
	f->length += (int64_t)f->fresh.len;
	emptied(&f->fresh);
	if (f->done)
		return;
	f->side += f->side_anew;
	f->side_length = (f->side_anew ? 0 : f->side_length) + (int64_t)f->side_fresh.len;
	emptied(&f->side_fresh);
}

bool filesystem_parts_commit(FilesystemParts *p, uint64_t epoch, Err *err)
{
	if (!p->place->store(p, err))
		return false;
	for (uint32_t i = 0; i < p->len; i++)
		settle(&p->items[i]);
	store_fail_point("before-file-marker");
	if (!write_marker(p, epoch, err))
		return false;
	store_fail_point("after-file-marker");
	p->place->stored(p);
	for (uint32_t i = 0; i < p->len; i++)
		p->items[i].side_anew = false;
	p->epoch = epoch;
	p->known = true;
	return finish_done(p, err);
}

/* ---- folders that are complete ---- */

static bool holds_rows(const FilesystemPart *f)
{
	return f->length || f->side || f->fresh.len || f->side_fresh.len;
}

bool filesystem_parts_end_due(FilesystemParts *p, int64_t now_us)
{
	FilesystemCommits *c = &p->commits;
	bool any = false;
	for (uint32_t i = 0; i < p->len && c->delay_us > 0; i++) {
		FilesystemPart *f = &p->items[i];
		const FilesystemWait *w = filesystem_commits_find(c, f->folder);
		f->done = f->done || (w && filesystem_commits_due(c, w, now_us) && holds_rows(f));
		any = any || f->done;
	}
	for (uint32_t i = 0; i < c->len && !any; i++)
		any = c->items[i].files && filesystem_commits_due(c, &c->items[i], now_us);
	return any;
}

bool filesystem_parts_commit_due(FilesystemParts *p, int64_t now_us, Err *err)
{
	FilesystemCommits *c = &p->commits;
	for (uint32_t i = 0; i < c->len; i++)
		c->items[i].open = false;
	for (uint32_t i = 0; i < p->len && c->len; i++) {
		FilesystemWait *w = filesystem_commits_find(c, p->items[i].folder);
		if (w)
			w->open = w->open || holds_rows(&p->items[i]);
	}
	for (uint32_t i = 0; i < c->len;) {
		FilesystemWait *w = &c->items[i];
		if (w->open || !w->files || !filesystem_commits_due(c, w, now_us)) {
			i++;
			continue;
		}
		if (!p->place->tell(p, str_from(w->folder), c->file, err))
			return false;
		filesystem_commits_remove(c, i);
	}
	return true;
}

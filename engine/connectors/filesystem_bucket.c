/*
 * engine/connectors/filesystem_bucket.c: a bucket on S3 as the place of a sink's files (filesystem_place.h).
 *
 *   prefix/.weir-ID                  the marker
 *   prefix/.open-ID/9f3c...          a journal: bytes that are in no part of an upload yet
 *   prefix/k=v/part-ID-6.json        a finished file; until then an upload in parts, which nobody sees
 *
 * A file is an upload whose parts are sent while it is open and whose completion gives it its name. Parts have a least
 * size, so what is behind the last one (the tail), and the rows of an open block (the side), lie in journals. An epoch
 * writes one journal with what is fresh of all files, then the marker, which says what counts:
 *
 *   part 7 9000000 ...     upload ID     sent 8388608 "etag"     tail 9f3c... 0 611392
 *
 * Small journals at the end are taken into the new one, so that there are few and each byte is written again a few
 * times at most. One that nothing points to is deleted.
 *
 * Order of a commit: parts, journal; marker; completions. A completion that is repeated finds the upload gone and the
 * object there.
 *
 * Uploads and journals that the marker does not name are left by a process that died: they go at a start. MinIO lists
 * uploads of one key only, whatever prefix is asked for. So at a start those of each key in the marker are looked for
 * too, and while the rows of the dead process come again, those of each key just before an upload to it begins: the
 * same rows make the same keys. Only where they do not (the query was dropped, or promises no more than at-least-once)
 * an upload can be left on MinIO, which removes it by itself after a day.
 */
#include "engine/connectors/filesystem_place.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/log.h"
#include "engine/connectors/filesystem_upload.h"

enum {
	PART_BYTES = 8 << 20, /* S3 takes 5 MB or more, but for the last one */
	PARTS_AS_ONE = 1000,  /* so many parts later they grow: there can be 10,000 */
	HELD_BYTES_MAX = 64 << 20,
	TAKEN_BYTES_MAX = 32 << 20,
	OBJECTS_MAX = 1000000,
};

typedef struct Journal {
	uint64_t id;
	int64_t live;
} Journal;

typedef struct Bucket {
	S3 *s3;
	uint64_t earlier;  /* epochs up to this one may have been written by another process */
	bool anew;         /* the marker was read, and not written since */
	Journal *journals; /* oldest first */
	uint32_t njournals, cap;
} Bucket;

static Bucket *of(const FilesystemParts *p)
{
	return p->at;
}

/* ---- names ---- */

static void put_prefix(const FilesystemParts *p, StrBuf *out)
{
	strbuf_clear(out);
	strbuf_printf(out, "%s%s", p->path, *p->path ? "/" : "");
}

static void put_marker_key(const FilesystemParts *p, StrBuf *out)
{
	put_prefix(p, out);
	strbuf_printf(out, ".weir-%s", p->id);
}

static void put_journal_key(const FilesystemParts *p, uint64_t id, StrBuf *out)
{
	put_prefix(p, out);
	strbuf_printf(out, ".open-%s/%016llx", p->id, (unsigned long long)id);
}

static void put_key(const FilesystemParts *p, const FilesystemPart *f, StrBuf *out)
{
	put_prefix(p, out);
	strbuf_printf(out, "%.*s%spart-%s-%llu.%s", STR_ARG(f->folder), f->folder.len ? "/" : "", p->id,
	              (unsigned long long)f->number, p->extension);
}

/* ---- the marker ---- */

static bool bucket_read_marker(FilesystemParts *p, StrBuf *text, bool *there, Err *err)
{
	StrBuf key;
	strbuf_init(&key);
	put_marker_key(p, &key);
	bool ok = s3_get(of(p)->s3, strbuf_str(&key), 0, -1, STR_EMPTY, text, there, err);
	strbuf_deinit(&key);
	return ok;
}

static bool bucket_write_marker(FilesystemParts *p, Str text, Err *err)
{
	StrBuf key;
	strbuf_init(&key);
	put_marker_key(p, &key);
	bool ok = s3_put(of(p)->s3, strbuf_str(&key), text, err);
	strbuf_deinit(&key);
	return ok;
}

static bool bucket_tell(FilesystemParts *p, Str folder, Str name, Err *err)
{
	StrBuf key;
	strbuf_init(&key);
	strbuf_printf(&key, "%s%s%.*s/%.*s", p->path, *p->path ? "/" : "", STR_ARG(folder), STR_ARG(name));
	bool ok = s3_put(of(p)->s3, strbuf_str(&key), STR_EMPTY, err);
	strbuf_deinit(&key);
	return ok;
}

/* ---- journals ---- */

static void add_journal(Bucket *k, uint64_t id)
{
	for (uint32_t i = 0; i < k->njournals; i++)
		if (k->journals[i].id == id)
			return;
	if (k->njournals == k->cap) {
		k->cap = k->cap ? k->cap * 2 : 16;
		k->journals = mem_realloc(k->journals, k->cap * sizeof *k->journals);
	}
	k->journals[k->njournals++] = (Journal){.id = id};
}

static void count(Bucket *k, const FilesystemPieces *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		for (uint32_t j = 0; j < k->njournals; j++)
			if (k->journals[j].id == list->items[i].journal)
				k->journals[j].live += list->items[i].len;
}

static void count_live(const FilesystemParts *p)
{
	Bucket *k = of(p);
	for (uint32_t j = 0; j < k->njournals; j++)
		k->journals[j].live = 0;
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemUpload *b = p->items[i].at;
		if (!b)
			continue;
		count(k, &b->tail);
		count(k, &b->side);
	}
}

static bool lost(const FilesystemParts *p, const char *key, Err *err)
{
	err_set(err, ERR_SINK_MARKER, "\"%s\" is gone, and rows with it", key);
	err_detail(err, "The marker \"%s%s.weir-%s\" names it.", p->path, *p->path ? "/" : "", p->id);
	return err_hint(err,
	                "Does somebody, or a rule of the bucket, remove what is being written? Drop the query and create "
	                "it again, or restore the object.");
}

/* Appends the bytes of some pieces. */
static bool read_pieces(const FilesystemParts *p, const FilesystemPieces *list, uint32_t from, StrBuf *out, Err *err)
{
	StrBuf key, bytes;
	strbuf_init(&key);
	strbuf_init(&bytes);
	bool ok = true, there = true;
	for (uint32_t i = from; ok && i < list->len; i++) {
		const FilesystemPiece *piece = &list->items[i];
		put_journal_key(p, piece->journal, &key);
		ok = s3_get(of(p)->s3, strbuf_str(&key), piece->at, piece->len, STR_EMPTY, &bytes, &there, err);
		if (ok && (!there || bytes.len != (size_t)piece->len))
			ok = lost(p, strbuf_cstr(&key), err);
		strbuf_put(out, bytes.ptr, bytes.len);
	}
	strbuf_deinit(&key);
	strbuf_deinit(&bytes);
	return ok;
}

/* How many of the newest journals are taken into a new one of so many fresh bytes: those that are not much larger. */
static uint32_t to_take(const Bucket *k, int64_t fresh)
{
	uint32_t n = 0;
	int64_t all = fresh;
	for (uint32_t i = k->njournals; i-- > 0; n++) {
		int64_t live = k->journals[i].live;
		if (live > 2 * all || all + live > TAKEN_BYTES_MAX)
			break;
		all += live;
	}
	return n;
}

/* Moves the pieces of one stream that lie in the journals to be taken into the new one, and what is fresh behind them.
 */
static bool move(const FilesystemParts *p, FilesystemPieces *list, uint32_t taken, const StrBuf *held, Str fresh,
                 uint64_t id, StrBuf *journal, Err *err)
{
	const Bucket *k = of(p);
	uint32_t from = list->len;
	bool inside = true;
	while (from > 0 && inside) {
		inside = false;
		for (uint32_t i = 0; i < taken; i++)
			inside = inside || k->journals[k->njournals - 1 - i].id == list->items[from - 1].journal;
		from -= inside;
	}
	if (from == list->len && !fresh.len)
		return true;
	int64_t at = (int64_t)journal->len, old = 0;
	for (uint32_t i = from; i < list->len; i++)
		old += list->items[i].len;
	if (held) /* all of the tail, with what is fresh */
		strbuf_put(journal, held->ptr + held->len - fresh.len - (size_t)old, (size_t)old);
	else if (!read_pieces(p, list, from, journal, err))
		return false;
	strbuf_put_str(journal, fresh);
	list->len = from;
	filesystem_upload_piece(list, (FilesystemPiece){.journal = id, .at = at, .len = (int64_t)journal->len - at});
	return true;
}

static Str fresh_tail(const FilesystemPart *f)
{
	const FilesystemUpload *b = f->at;
	return b->tail_anew ? strbuf_str(&b->held) : strbuf_str(&f->fresh);
}

static Str fresh_side(const FilesystemPart *f)
{
	return f->done ? STR_EMPTY : strbuf_str(&f->side_fresh);
}

static bool write_journal(FilesystemParts *p, Err *err)
{
	Bucket *k = of(p);
	int64_t fresh = 0;
	for (uint32_t i = 0; i < p->len; i++)
		if (p->items[i].at)
			fresh += (int64_t)fresh_tail(&p->items[i]).len + (int64_t)fresh_side(&p->items[i]).len;
	if (!fresh)
		return true;
	count_live(p);
	uint32_t taken = to_take(k, fresh);
	uint64_t id;
	hash_random(&id, sizeof id);
	StrBuf journal, key;
	strbuf_init(&journal);
	strbuf_init(&key);
	bool ok = true;
	for (uint32_t i = 0; ok && i < p->len; i++) {
		FilesystemPart *f = &p->items[i];
		FilesystemUpload *b = f->at;
		if (b)
			ok = move(p, &b->tail, taken, b->is_held ? &b->held : NULL, fresh_tail(f), id, &journal, err) &&
			     move(p, &b->side, taken, NULL, fresh_side(f), id, &journal, err);
	}
	put_journal_key(p, id, &key);
	ok = ok && s3_put(k->s3, strbuf_str(&key), strbuf_str(&journal), err);
	if (ok)
		add_journal(k, id);
	strbuf_deinit(&journal);
	strbuf_deinit(&key);
	return ok;
}

/* ---- uploads that were left ---- */

/* Is it an upload of this sink that no part goes on with? */
static bool is_stray(const FilesystemParts *p, const S3Upload *u)
{
	uint32_t slash = u->key.len;
	while (slash > 0 && u->key.ptr[slash - 1] != '/')
		slash--;
	Str name = str_slice(u->key, slash, u->key.len), ours = arena_printf(p->arena, "part-%s-", p->id);
	int64_t number, dot = str_starts(name, ours) ? str_find(name, STR("."), ours.len) : -1;
	if (dot < 0 || !str_to_i64(str_slice(name, ours.len, (uint32_t)dot - ours.len), &number))
		return false;
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemUpload *b = p->items[i].at;
		if (b && b->upload && str_eq_c(u->id, b->upload))
			return false;
	}
	return true;
}

static bool abort_uploads(FilesystemParts *p, Str prefix, Arena *arena, uint32_t *seen, Err *err)
{
	S3Uploads found;
	if (!s3_uploads(of(p)->s3, prefix, arena, &found, err))
		return false;
	*seen = found.len;
	for (uint32_t i = 0; i < found.len; i++)
		if (is_stray(p, &found.items[i])) {
			LOGI("filesystem", "an upload that was left behind is aborted", "key=\"%.*s\"",
			     STR_ARG(found.items[i].key));
			if (!s3_upload_abort(of(p)->s3, found.items[i].key, found.items[i].id, err))
				return false;
		}
	return true;
}

/* Aborts uploads to a key that another process, or a commit that failed, may have begun. */
static bool abort_left(FilesystemParts *p, Str key, Err *err)
{
	const Bucket *k = of(p);
	if (!k->anew && p->epoch >= k->earlier)
		return true;
	Arena *arena = arena_open("s3 strays", 0);
	uint32_t seen;
	bool ok = abort_uploads(p, key, arena, &seen, err);
	arena_close(arena);
	return ok;
}

/* ---- parts of uploads ---- */

static bool send_part(FilesystemParts *p, const FilesystemPart *f, FilesystemUpload *b, Str bytes, Err *err)
{
	StrBuf key, text;
	strbuf_init(&key);
	strbuf_init(&text);
	put_key(p, f, &key);
	bool ok = true;
	if (!b->upload) {
		ok = abort_left(p, strbuf_str(&key), err);
		ok = ok && s3_upload_begin(of(p)->s3, strbuf_str(&key), &text, err);
		if (ok)
			b->upload = mem_cstr(strbuf_str(&text));
	}
	bool there = true;
	ok =
	    ok && s3_upload_part(of(p)->s3, strbuf_str(&key), str_from(b->upload), b->nsent + 1, bytes, &text, &there, err);
	if (ok && !there)
		ok = lost(p, strbuf_cstr(&key), err);
	if (ok)
		filesystem_upload_sent(b, bytes.len, strbuf_str(&text));
	strbuf_deinit(&key);
	strbuf_deinit(&text);
	return ok;
}

/* Sends whole parts of a file, and the rest if it is finished. */
static bool send_parts(FilesystemParts *p, FilesystemPart *f, Err *err)
{
	FilesystemUpload *b = filesystem_upload_of(f);
	size_t size = (size_t)PART_BYTES * (1 + b->nsent / PARTS_AS_ONE);
	int64_t tail = filesystem_upload_bytes(&b->tail);
	b->tail_anew = false;
	bool sends = f->done || (size_t)tail + f->fresh.len >= size;
	if (!b->is_held && (sends || tail == 0)) {
		strbuf_clear(&b->held);
		if (!read_pieces(p, &b->tail, 0, &b->held, err))
			return false;
		b->is_held = true;
	}
	if (b->is_held)
		strbuf_put_str(&b->held, strbuf_str(&f->fresh));
	if (!sends)
		return true;
	size_t at = 0;
	while (b->held.len - at >= size || (f->done && at < b->held.len)) {
		size_t n = b->held.len - at < size ? b->held.len - at : size;
		if (!send_part(p, f, b, str_make(b->held.ptr + at, n), err))
			return false;
		at += n;
		size = (size_t)PART_BYTES * (1 + b->nsent / PARTS_AS_ONE);
	}
	b->held.len -= at;
	if (b->held.len)
		memmove(b->held.ptr, b->held.ptr + at, b->held.len);
	b->tail.len = 0;
	b->tail_anew = true;
	return true;
}

static void limit_held(FilesystemParts *p)
{
	size_t all = 0;
	for (uint32_t i = 0; i < p->len; i++) {
		const FilesystemUpload *b = p->items[i].at;
		all += b ? b->held.cap : 0;
	}
	for (uint32_t i = 0; all > HELD_BYTES_MAX && i < p->len; i++) {
		FilesystemUpload *b = p->items[i].at;
		if (b) {
			strbuf_deinit(&b->held);
			strbuf_init(&b->held);
			b->is_held = false;
		}
	}
}

static bool bucket_store(FilesystemParts *p, Err *err)
{
	for (uint32_t i = 0; i < p->len; i++) {
		FilesystemPart *f = &p->items[i];
		if ((f->fresh.len || f->done) && !send_parts(p, f, err))
			return false;
		FilesystemUpload *b = filesystem_upload_of(f);
		if (f->done || f->side_anew)
			b->side.len = 0;
	}
	if (!write_journal(p, err))
		return false;
	for (uint32_t i = 0; i < p->len; i++)
		((FilesystemUpload *)p->items[i].at)->tail_anew = false;
	limit_held(p);
	return true;
}

static void bucket_stored(FilesystemParts *p)
{
	Bucket *k = of(p);
	k->anew = false;
	count_live(p);
	StrBuf key;
	strbuf_init(&key);
	uint32_t n = 0;
	for (uint32_t i = 0; i < k->njournals; i++) {
		Err err = {0};
		put_journal_key(p, k->journals[i].id, &key);
		if (k->journals[i].live || !s3_delete(k->s3, strbuf_str(&key), &err))
			k->journals[n++] = k->journals[i];
	}
	k->njournals = n;
	strbuf_deinit(&key);
}

static bool bucket_finish(FilesystemParts *p, const FilesystemPart *f, Err *err)
{
	const FilesystemUpload *b = f->at;
	if (!b || !b->upload)
		return true; /* no row ever came to it */
	StrBuf key;
	strbuf_init(&key);
	put_key(p, f, &key);
	Str *etags = MEM_ARRAY(Str, b->nsent + 1);
	for (uint32_t i = 0; i < b->nsent; i++)
		etags[i] = str_from(b->sent[i].etag);
	bool gone, there = true;
	S3Object object = {0};
	bool ok = s3_upload_complete(of(p)->s3, strbuf_str(&key), str_from(b->upload), etags, b->nsent, &gone, err);
	if (ok && gone) {
		ok = s3_head(of(p)->s3, strbuf_str(&key), &object, &there, err);
		if (ok && (!there || object.size != filesystem_upload_sent_bytes(b)))
			ok = lost(p, strbuf_cstr(&key), err);
	}
	mem_free(etags);
	strbuf_deinit(&key);
	return ok;
}

/* ---- after a start ---- */

static bool bucket_restore(FilesystemParts *p, Err *err)
{
	Bucket *k = of(p);
	k->njournals = 0;
	k->anew = true;
	for (uint32_t i = 0; i < p->len; i++) {
		FilesystemPart *f = &p->items[i];
		const FilesystemUpload *b = filesystem_upload_of(f);
		if (!f->done && (filesystem_upload_sent_bytes(b) + filesystem_upload_bytes(&b->tail) != f->length ||
		                 filesystem_upload_bytes(&b->side) != f->side_length))
			return err_set(err, ERR_SINK_MARKER, "the marker \"%s/.weir-%s\" is damaged", p->path, p->id);
		for (uint32_t j = 0; j < b->tail.len; j++)
			add_journal(k, b->tail.items[j].journal);
		for (uint32_t j = 0; j < b->side.len; j++)
			add_journal(k, b->side.items[j].journal);
	}
	return true;
}

static bool bucket_read_side(const FilesystemParts *p, const FilesystemPart *part, StrBuf *out, Err *err)
{
	return read_pieces(p, &((const FilesystemUpload *)part->at)->side, 0, out, err);
}

static bool remove_journals(FilesystemParts *p, Arena *arena, Err *err)
{
	Bucket *k = of(p);
	StrBuf key;
	strbuf_init(&key);
	put_prefix(p, &key);
	strbuf_printf(&key, ".open-%s/", p->id);
	uint32_t skip = (uint32_t)key.len;
	S3Objects found;
	bool ok = s3_list(k->s3, strbuf_str(&key), OBJECTS_MAX, arena, &found, err);
	for (uint32_t i = 0; ok && i < found.len; i++) {
		uint64_t id;
		bool named = false;
		if (!filesystem_upload_number(str_slice(found.items[i].key, skip, UINT32_MAX), &id))
			continue;
		for (uint32_t j = 0; j < k->njournals; j++)
			named = named || k->journals[j].id == id;
		ok = named || s3_delete(k->s3, found.items[i].key, err);
	}
	strbuf_deinit(&key);
	return ok;
}

static bool bucket_remove_strays(FilesystemParts *p, Err *err)
{
	Arena *arena = arena_open("s3 strays", 0);
	StrBuf key;
	strbuf_init(&key);
	put_prefix(p, &key);
	uint32_t seen = 0, one;
	bool ok = remove_journals(p, arena, err) && abort_uploads(p, strbuf_str(&key), arena, &seen, err);
	/* Some servers (MinIO) list the uploads of one key only. */
	for (uint32_t i = 0; ok && !seen && i < p->len; i++) {
		put_key(p, &p->items[i], &key);
		ok = abort_uploads(p, strbuf_str(&key), arena, &one, err);
	}
	strbuf_deinit(&key);
	arena_close(arena);
	return ok;
}

static void bucket_until(FilesystemParts *p, int64_t until_us)
{
	s3_until(of(p)->s3, until_us);
}

static void bucket_close(FilesystemParts *p)
{
	Bucket *k = of(p);
	s3_close(k->s3);
	mem_free(k->journals);
	mem_free(k);
	p->at = NULL;
}

static const FilesystemPlace filesystem_bucket = {
    .name = "the bucket's marker",
    .pace_us = 1000000,
    .read_marker = bucket_read_marker,
    .write_marker = bucket_write_marker,
    .print = filesystem_upload_print,
    .parse = filesystem_upload_parse,
    .store = bucket_store,
    .stored = bucket_stored,
    .finish = bucket_finish,
    .finish_is_marked = true,
    .tell = bucket_tell,
    .restore = bucket_restore,
    .remove_strays = bucket_remove_strays,
    .read_side = bucket_read_side,
    .free_part = filesystem_upload_free,
    .until = bucket_until,
    .close = bucket_close,
};

void filesystem_bucket_use(FilesystemParts *p, const S3Config *config, uint64_t earlier, const atomic_bool *cancel)
{
	Bucket *k = MEM_NEW(Bucket);
	k->s3 = s3_open(config, ERR_SINK_UNREACHABLE, ERR_SINK_FAILED, cancel);
	k->earlier = earlier;
	p->at = k;
	p->place = &filesystem_bucket;
}

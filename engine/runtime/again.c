/*
 * engine/runtime/again.c: records that are replayed to one query, as rows that arrive now.
 */
#include "engine/runtime/again.h"

#include "engine/runtime/missed.h"

static void put_optional(StrBuf *b, Str s)
{
	uint8_t there = s.ptr != NULL;
	codec_put_fixed(b, &there, 1);
	if (there)
		codec_put_blob(b, s);
}

static bool get_optional(CodecReader *r, Str *s)
{
	uint8_t there = 0;
	*s = (Str){0};
	return codec_get_fixed(r, &there, 1) && (!there || codec_get_blob(r, s));
}

void again_put(Engine *e, Feed *f, const ReaderRecord *record)
{
	StrBuf b;
	strbuf_init(&b);
	codec_put_blob(&b, record->partition);
	codec_put_fixed(&b, &record->position, 8);
	codec_put_fixed(&b, &record->time_us, 8);
	put_optional(&b, record->key);
	put_optional(&b, record->value);
	put_optional(&b, record->headers);
	missed_put(e, f, strbuf_str(&b));
	strbuf_deinit(&b);
}

bool again_decode(Str entry, ReaderRecord *out)
{
	CodecReader r = codec_reader(entry);
	return codec_get_blob(&r, &out->partition) && codec_get_fixed(&r, &out->position, 8) &&
	       codec_get_fixed(&r, &out->time_us, 8) && get_optional(&r, &out->key) && get_optional(&r, &out->value) &&
	       get_optional(&r, &out->headers);
}

bool again_feed(Engine *e, Feed *f, int64_t next_ord, uint32_t max, uint32_t *rows, Err *err)
{
	Arena *arena = e->step;
	ReaderRecord *list = ARENA_ARRAY(arena, ReaderRecord, max + 1);
	uint32_t n = 0;
	Str entry;
	StateScan *scan = missed_scan(e, f);
	while (n < max && missed_next(e, f, scan, &entry))
		if (again_decode(entry, &list[n]))
			n++;
	state_scan_close(scan);
	f->step_rows = n;
	*rows = 0;
	return !n || source_reader_again(f->reader, f->scan_in, list, n, next_ord, &f->query->run.env, arena, rows, err);
}

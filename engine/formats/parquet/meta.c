/*
 * engine/formats/parquet/meta.c: footers and page heads from bytes.
 */
#include "engine/formats/parquet/meta.h"

#include "engine/formats/parquet/thrift.h"

/* The items of a list of structs, each of at least `least` bytes: what is allocated for them has a bound. */
static uint32_t structs(ThriftIn *t, ThriftType type, uint32_t least)
{
	ThriftType item;
	uint32_t n = thrift_list(t, type, &item);
	if ((n && item != THRIFT_STRUCT) || (uint64_t)n * least > (uint64_t)(t->end - t->at))
		t->bad = true;
	return t->bad ? 0 : n;
}

/* ---- the schema ---- */

static MetaUnit read_unit(ThriftIn *t, ThriftType type, bool *known)
{
	int16_t id = 0;
	MetaUnit unit = META_MICROS;
	*known = false;
	if (!thrift_enter(t, type))
		return unit;
	while (thrift_field(t, &id, &type)) {
		if (id >= 1 && id <= 3) {
			unit = (MetaUnit)(id - 1);
			*known = true;
		}
		thrift_skip(t, type);
	}
	thrift_leave(t);
	return unit;
}

/* TimeType, TimestampType: utc, unit; DecimalType: scale, precision; IntType: bits, signed. */
static void read_annotation(ThriftIn *t, ThriftType type, MetaElement *e)
{
	int16_t id = 0;
	bool known = true;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		if (e->logical == META_DECIMAL && id == 1)
			e->scale = thrift_i32(t, type);
		else if (e->logical == META_DECIMAL && id == 2)
			e->precision = thrift_i32(t, type);
		else if ((e->logical == META_TIME || e->logical == META_TIMESTAMP) && id == 1)
			e->utc = thrift_bool(t, type);
		else if ((e->logical == META_TIME || e->logical == META_TIMESTAMP) && id == 2)
			e->unit = read_unit(t, type, &known);
		else if (e->logical == META_INTEGER && id == 1)
			e->bits = (int)thrift_int(t, type);
		else if (e->logical == META_INTEGER && id == 2)
			e->is_signed = thrift_bool(t, type);
		else
			thrift_skip(t, type);
	}
	if (!known)
		e->logical = META_OTHER;
	thrift_leave(t);
}

static void read_logical(ThriftIn *t, ThriftType type, MetaElement *e)
{
	static const MetaLogical kinds[] = {META_NONE, META_STRING, META_MAP,       META_LIST,   META_ENUM,    META_DECIMAL,
	                                    META_DATE, META_TIME,   META_TIMESTAMP, META_OTHER,  META_INTEGER, META_NULL,
	                                    META_JSON, META_BSON,   META_UUID,      META_FLOAT16};
	int16_t id = 0;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		e->logical = id > 0 && id < (int)(sizeof kinds / sizeof *kinds) ? kinds[id] : META_OTHER;
		read_annotation(t, type, e);
	}
	thrift_leave(t);
}

/* ConvertedType by number; 10 and 20 are TIMESTAMP_MICROS and JSON. */
static void take_converted(MetaElement *e, int32_t converted)
{
	static const struct {
		MetaLogical logical;
		MetaUnit unit;
		uint8_t bits;
		bool is_signed;
	} kinds[] = {
	    {META_STRING, 0, 0, false},
	    {META_MAP, 0, 0, false},
	    {META_MAP, 0, 0, false},
	    {META_LIST, 0, 0, false},
	    {META_ENUM, 0, 0, false},
	    {META_DECIMAL, 0, 0, false},
	    {META_DATE, 0, 0, false},
	    {META_TIME, META_MILLIS, 0, false},
	    {META_TIME, META_MICROS, 0, false},
	    {META_TIMESTAMP, META_MILLIS, 0, false},
	    {META_TIMESTAMP, META_MICROS, 0, false},
	    {META_INTEGER, 0, 8, false},
	    {META_INTEGER, 0, 16, false},
	    {META_INTEGER, 0, 32, false},
	    {META_INTEGER, 0, 64, false},
	    {META_INTEGER, 0, 8, true},
	    {META_INTEGER, 0, 16, true},
	    {META_INTEGER, 0, 32, true},
	    {META_INTEGER, 0, 64, true},
	    {META_JSON, 0, 0, false},
	    {META_BSON, 0, 0, false},
	    {META_INTERVAL, 0, 0, false},
	};
	if (converted < 0 || converted >= (int32_t)(sizeof kinds / sizeof *kinds)) {
		e->logical = META_OTHER;
		return;
	}
	e->logical = kinds[converted].logical;
	e->unit = kinds[converted].unit;
	e->bits = kinds[converted].bits;
	e->is_signed = kinds[converted].is_signed;
	e->utc = e->logical == META_TIMESTAMP || e->logical == META_TIME; /* the old types knew instants only */
}

static void read_element(ThriftIn *t, MetaElement *e)
{
	int16_t id = 0;
	ThriftType type;
	int32_t converted = -1, n;
	bool logical = false;
	*e = (MetaElement){.name = STR_EMPTY};
	if (!thrift_enter(t, THRIFT_STRUCT))
		return;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 1:
			n = thrift_i32(t, type);
			e->leaf = true;
			t->bad |= n < META_BOOLEAN || n > META_FIXED;
			e->type = (MetaType)n;
			break;
		case 2: e->length = thrift_i32(t, type); break;
		case 3:
			n = thrift_i32(t, type);
			t->bad |= n < META_REQUIRED || n > META_REPEATED;
			e->repetition = (MetaRepetition)n;
			break;
		case 4: e->name = thrift_binary(t, type); break;
		case 5:
			n = thrift_i32(t, type);
			t->bad |= n < 0;
			e->nchildren = (uint32_t)n;
			break;
		case 6: converted = thrift_i32(t, type); break;
		case 7: e->scale = thrift_i32(t, type); break;
		case 8: e->precision = thrift_i32(t, type); break;
		case 10:
			read_logical(t, type, e);
			logical = e->logical != META_NONE;
			break;
		default: thrift_skip(t, type);
		}
	}
	if (e->nchildren)
		e->leaf = false;
	if (!logical && converted >= 0)
		take_converted(e, converted);
	thrift_leave(t);
}

/* ---- row groups ---- */

static void read_stats(ThriftIn *t, ThriftType type, MetaStats *s)
{
	int16_t id = 0;
	bool least = false, most = false;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 3:
			s->nulls = thrift_int(t, type);
			s->has_nulls = true;
			break;
		case 5:
			s->most = thrift_binary(t, type);
			most = true;
			break;
		case 6:
			s->least = thrift_binary(t, type);
			least = true;
			break;
		default: thrift_skip(t, type);
		}
	}
	s->has_range = least && most;
	thrift_leave(t);
}

static void read_column(ThriftIn *t, ThriftType type, MetaChunk *c)
{
	int16_t id = 0;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		int32_t n;
		switch (id) {
		case 1:
			n = thrift_i32(t, type);
			t->bad |= n < META_BOOLEAN || n > META_FIXED;
			c->type = (MetaType)n;
			break;
		case 4: c->codec = thrift_i32(t, type); break;
		case 5: c->values = thrift_int(t, type); break;
		case 6: c->plain_bytes = thrift_int(t, type); break;
		case 7: c->bytes = thrift_int(t, type); break;
		case 9: c->data_at = thrift_int(t, type); break;
		case 11: c->dictionary_at = thrift_int(t, type); break;
		case 12: read_stats(t, type, &c->stats); break;
		default: thrift_skip(t, type);
		}
	}
	thrift_leave(t);
}

static void read_chunk(ThriftIn *t, MetaChunk *c)
{
	int16_t id = 0;
	ThriftType type;
	bool there = false;
	*c = (MetaChunk){0};
	if (!thrift_enter(t, THRIFT_STRUCT))
		return;
	while (thrift_field(t, &id, &type)) {
		if (id == 3) {
			read_column(t, type, c);
			there = true;
		} else {
			c->elsewhere |= id == 1 || id == 8 || id == 9;
			thrift_skip(t, type);
		}
	}
	c->elsewhere |= !there;
	thrift_leave(t);
}

static void read_group(ThriftIn *t, Arena *arena, MetaGroup *g)
{
	int16_t id = 0;
	ThriftType type;
	*g = (MetaGroup){0};
	if (!thrift_enter(t, THRIFT_STRUCT))
		return;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 1:
			g->nchunks = structs(t, type, 10);
			g->chunks = ARENA_ARRAY(arena, MetaChunk, g->nchunks);
			for (uint32_t i = 0; i < g->nchunks; i++)
				read_chunk(t, &g->chunks[i]);
			break;
		case 2: g->plain_bytes = thrift_int(t, type); break;
		case 3: g->rows = thrift_int(t, type); break;
		default: thrift_skip(t, type);
		}
	}
	t->bad |= g->rows < 0;
	thrift_leave(t);
}

bool meta_read_group(Str bytes, Arena *arena, MetaGroup *out)
{
	ThriftIn t = thrift_in(bytes);
	read_group(&t, arena, out);
	return !t.bad;
}

/* Of each leaf which order its bounds have: that of its type, or one that is not known here. */
static void read_orders(ThriftIn *t, ThriftType type, Arena *arena, MetaFile *out)
{
	out->nordered = structs(t, type, 1);
	bool *ordered = ARENA_ARRAY_ZERO(arena, bool, out->nordered + 1);
	for (uint32_t i = 0; i < out->nordered; i++) {
		int16_t id = 0;
		ThriftType field;
		if (!thrift_enter(t, THRIFT_STRUCT))
			return;
		while (thrift_field(t, &id, &field)) {
			ordered[i] = id == 1;
			thrift_skip(t, field);
		}
		thrift_leave(t);
	}
	out->ordered = ordered;
}

bool meta_read_file(Str bytes, Arena *arena, MetaFile *out)
{
	ThriftIn t = thrift_in(bytes);
	int16_t id = 0;
	ThriftType type;
	*out = (MetaFile){.created_by = STR_EMPTY};
	thrift_enter(&t, THRIFT_STRUCT);
	while (thrift_field(&t, &id, &type)) {
		switch (id) {
		case 2:
			out->nelements = structs(&t, type, 4);
			out->elements = ARENA_ARRAY(arena, MetaElement, out->nelements);
			for (uint32_t i = 0; i < out->nelements; i++)
				read_element(&t, &out->elements[i]);
			break;
		case 3: out->rows = thrift_int(&t, type); break;
		case 4:
			out->ngroups = structs(&t, type, 6);
			out->groups = ARENA_ARRAY(arena, MetaGroup, out->ngroups);
			for (uint32_t i = 0; i < out->ngroups; i++)
				read_group(&t, arena, &out->groups[i]);
			break;
		case 6: out->created_by = thrift_binary(&t, type); break;
		case 7: read_orders(&t, type, arena, out); break;
		default: thrift_skip(&t, type);
		}
	}
	return !t.bad && out->nelements > 0 && out->rows >= 0;
}

/* ---- pages ---- */

static void read_data_page(ThriftIn *t, ThriftType type, MetaPage *p)
{
	int16_t id = 0;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 1: p->values = thrift_i32(t, type); break;
		case 2: p->encoding = thrift_i32(t, type); break;
		case 3: p->def_encoding = thrift_i32(t, type); break;
		case 4: p->rep_encoding = thrift_i32(t, type); break;
		default: thrift_skip(t, type);
		}
	}
	thrift_leave(t);
}

static void read_dictionary_page(ThriftIn *t, ThriftType type, MetaPage *p)
{
	int16_t id = 0;
	if (!thrift_enter(t, type))
		return;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 1: p->values = thrift_i32(t, type); break;
		case 2: p->encoding = thrift_i32(t, type); break;
		default: thrift_skip(t, type);
		}
	}
	thrift_leave(t);
}

static void read_data_page_v2(ThriftIn *t, ThriftType type, MetaPage *p)
{
	int16_t id = 0;
	if (!thrift_enter(t, type))
		return;
	p->compressed = true;
	while (thrift_field(t, &id, &type)) {
		switch (id) {
		case 1: p->values = thrift_i32(t, type); break;
		case 2: p->nulls = thrift_i32(t, type); break;
		case 3: p->rows = thrift_i32(t, type); break;
		case 4: p->encoding = thrift_i32(t, type); break;
		case 5: p->def_bytes = thrift_i32(t, type); break;
		case 6: p->rep_bytes = thrift_i32(t, type); break;
		case 7: p->compressed = thrift_bool(t, type); break;
		default: thrift_skip(t, type);
		}
	}
	thrift_leave(t);
}

bool meta_read_page(Str bytes, MetaPage *out, size_t *used, bool *more)
{
	ThriftIn t = thrift_in(bytes);
	int16_t id = 0;
	ThriftType type;
	*out = (MetaPage){.type = META_INDEX_PAGE, .plain_bytes = -1, .bytes = -1};
	thrift_enter(&t, THRIFT_STRUCT);
	while (thrift_field(&t, &id, &type)) {
		int32_t n;
		switch (id) {
		case 1:
			n = thrift_i32(&t, type);
			t.bad |= n < META_DATA_PAGE || n > META_DATA_PAGE_V2;
			out->type = (MetaPageType)n;
			break;
		case 2: out->plain_bytes = thrift_i32(&t, type); break;
		case 3: out->bytes = thrift_i32(&t, type); break;
		case 4:
			out->crc = (uint32_t)thrift_i32(&t, type);
			out->has_crc = true;
			break;
		case 5: read_data_page(&t, type, out); break;
		case 7: read_dictionary_page(&t, type, out); break;
		case 8: read_data_page_v2(&t, type, out); break;
		default: thrift_skip(&t, type);
		}
	}
	*used = (size_t)(t.at - (const uint8_t *)bytes.ptr);
	*more = t.bad && t.at == t.end;
	bool sane = out->plain_bytes >= 0 && out->bytes >= 0 && out->values >= 0 && out->nulls >= 0 &&
	            out->def_bytes >= 0 && out->rep_bytes >= 0;
	return !t.bad && sane;
}

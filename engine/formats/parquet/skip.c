/*
 * engine/formats/parquet/skip.c: see skip.h.
 *
 * A comparison with NULL is not true, so a group of NULLs alone is passed over, and so is a column that the file does
 * not have. Else least and greatest value decide, which become values of the column's type as those of a page do: each
 * such conversion keeps the order, but that between an instant and the wall clock of a zone whose clocks are set back.
 * Bounds may be cut (a least one is then smaller, a greatest one greater than the value), so they say what cannot be,
 * never what is. NaN is not among them, and no comparison with it is true. What the format leaves undefined is not
 * used: bounds of a file that does not say how its columns are ordered, the older fields min and max, INT96, and
 * whatever does not fit its type.
 */
#include "engine/formats/parquet/skip.h"

#include <math.h>

#include "engine/formats/parquet/leaf.h"
#include "engine/formats/parquet/shred.h"
#include "sql/types/zone.h"

/* A bound as the column's values are. false: it is none. */
static bool take_bound(const SchemaLeaf *leaf, const SchemaNode *node, Str bytes, const struct Zone *zone, Arena *arena,
                       Value *out)
{
	union {
		uint8_t b[16];
		int64_t i64;
		double f64;
		Int128 i128;
		Str str;
	} v = {.b = {0}};
	uint32_t width = leaf->type == META_BOOLEAN ? 1 : shred_width(leaf);
	if (width && bytes.len != width)
		return false;
	if (node->convert == SCHEMA_TEXT || node->convert == SCHEMA_RAW) {
		*out = value_str(bytes);
		return true;
	}
	StrBuf plain;
	strbuf_init(&plain);
	if (!width)
		strbuf_put(&plain, &bytes.len, sizeof bytes.len);
	strbuf_put(&plain, bytes.ptr, bytes.len);
	LeafReader r;
	leaf_init(&r, NULL, leaf, node, zone);
	r.encoding = META_PLAIN;
	size_t budget = 1 << 20;
	bool ok =
	    leaf_values_start(&r, strbuf_str(&plain)) && leaf_values_read(&r, (LeafValues){.data = &v}, 1, arena, &budget);
	switch (ok ? r.phys : PHYS_STR) {
	case PHYS_BOOL: *out = (Value){.b = v.b[0] != 0}; break;
	case PHYS_I64: *out = value_i64(v.i64); break;
	case PHYS_F64: *out = (Value){.f = v.f64}; break;
	case PHYS_I128: *out = (Value){.d = v.i128}; break;
	default: ok = false;
	}
	leaf_deinit(&r);
	strbuf_deinit(&plain);
	return ok;
}

static bool is_outside(const Type *t, const char *op, Value v, Value least, Value most)
{
	switch (op[0]) {
	case '=': return value_compare(t, v, least) < 0 || value_compare(t, v, most) > 0;
	case '<': return op[1] ? value_compare(t, least, v) > 0 : value_compare(t, least, v) >= 0;
	default: return op[1] ? value_compare(t, most, v) < 0 : value_compare(t, most, v) <= 0;
	}
}

bool skip_group(const Schema *s, const MetaFile *file, uint32_t group, const FormatAsk *ask, const struct Zone *zone,
                Arena *arena)
{
	const SchemaNode *node = &s->cols[ask->col];
	if (node->kind == SCHEMA_ABSENT)
		return true;
	if (node->kind != SCHEMA_LEAF || s->leaves[node->leaf].max_rep)
		return false;
	const SchemaLeaf *leaf = &s->leaves[node->leaf];
	const MetaChunk *chunk = &file->groups[group].chunks[node->leaf];
	const MetaStats *stats = &chunk->stats;
	if (chunk->type != leaf->type || chunk->elsewhere || chunk->values != file->groups[group].rows)
		return false; /* reading it says what is wrong */
	if (stats->has_nulls && stats->nulls == chunk->values)
		return true;
	Phys phys = type_phys(node->type);
	if (!stats->has_range || (uint32_t)node->leaf >= file->nordered || !file->ordered[node->leaf] ||
	    type_phys(ask->type) != phys || leaf->type == META_INT96 || node->convert == SCHEMA_JSON ||
	    (node->instant && zone != zone_utc))
		return false;
	Value least, most;
	if (!take_bound(leaf, node, stats->least, zone, arena, &least) ||
	    !take_bound(leaf, node, stats->most, zone, arena, &most))
		return false;
	if (phys == PHYS_F64 && (isnan(least.f) || isnan(most.f) || isnan(ask->value.f)))
		return false;
	return value_compare(node->type, least, most) <= 0 && is_outside(node->type, ask->op, ask->value, least, most);
}

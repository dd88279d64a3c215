/*
 * engine/formats/avro_program.c: see avro_program.h.
 */
#include "engine/formats/avro_program.h"

typedef enum OpCode {
	OP_END,
	OP_SKIP_VARINTS, /* n of them */
	OP_SKIP_BYTES,
	OP_SKIP_FIXED, /* n bytes */
	OP_SKIP_NODE,
	OP_UNION, /* to targets[branch], branch < n */
	OP_JUMP,  /* to n */
	OP_MARK,  /* the next value is read more than once: OP_BACK returns to it */
	OP_BACK,
	OP_MISSING, /* the writer has no such field */
	OP_LONG,
	OP_DOUBLE,
	OP_TEXT,
	OP_VALUE, /* all else */
} OpCode;

typedef struct AvroOp {
	OpCode code;
	uint32_t col, n;
	const AvroRead *read;
	const AvroNode *node;
	uint32_t *targets;
	AvroMissing missing;
	Str name; /* of the field, for messages */
} AvroOp;

typedef struct Ops {
	AvroOp *items;
	uint32_t len, cap;
} Ops;

struct AvroProgram {
	AvroOp *ops;
	const FormatSchema *schema;
};

/* ---- making */

/* Which of the wanted fields concern the value at hand: those whose path goes through it. */
typedef struct Wanted {
	uint32_t *cols;
	uint32_t n;
	uint32_t depth; /* names of the path that lead here */
} Wanted;

typedef struct Maker {
	const FormatSchema *schema;
	Arena *arena;
	Ops ops;
	Str name;
	uint32_t joined; /* ops before this are targets of jumps: nothing is merged into them */
} Maker;

static AvroOp *put(Maker *m, OpCode code)
{
	AvroOp op = {.code = code, .name = m->name};
	ARENA_PUSH(m->arena, &m->ops, op);
	return &m->ops.items[m->ops.len - 1];
}

static uint32_t here(Maker *m)
{
	m->joined = m->ops.len;
	return m->ops.len;
}

static void put_skip(Maker *m, const AvroNode *node)
{
	AvroOp *last = m->ops.len > m->joined ? &m->ops.items[m->ops.len - 1] : NULL;
	uint32_t fixed = node->kind == AVRO_FIXED    ? node->size
	                 : node->kind == AVRO_FLOAT  ? 4
	                 : node->kind == AVRO_DOUBLE ? 8
	                                             : 0;
	if (node->kind == AVRO_LONG) {
		if (last && last->code == OP_SKIP_VARINTS)
			last->n++;
		else
			put(m, OP_SKIP_VARINTS)->n = 1;
	} else if (fixed && fixed < UINT32_MAX / 2) {
		if (last && last->code == OP_SKIP_FIXED && last->n < UINT32_MAX / 2)
			last->n += fixed;
		else
			put(m, OP_SKIP_FIXED)->n = fixed;
	} else if (node->kind == AVRO_BYTES || node->kind == AVRO_STRING) {
		put(m, OP_SKIP_BYTES);
	} else if (node->kind != AVRO_NULL) {
		put(m, OP_SKIP_NODE)->node = node;
	}
}

static const FormatField *wanted_field(const Maker *m, const Wanted *w, uint32_t i)
{
	return &m->schema->fields[w->cols[i]];
}

static void put_leaf(Maker *m, const AvroNode *node, const AvroNode *reader, uint32_t col)
{
	const AvroRead *r = avro_read_resolve(node, reader, m->schema->fields[col].type, m->arena);
	OpCode code = r->kind == AVRO_READ_LONG && node->kind == AVRO_LONG ? OP_LONG
	              : r->kind == AVRO_READ_DOUBLE                        ? OP_DOUBLE
	              : r->kind == AVRO_READ_TEXT                          ? OP_TEXT
	                                                                   : OP_VALUE;
	AvroOp *op = put(m, code);
	op->col = col;
	op->read = r;
	op->node = node;
}

static void put_value(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w);

static void put_missing(Maker *m, const AvroNode *reader, const Wanted *w, uint32_t i)
{
	const FormatField *f = wanted_field(m, w, i);
	bool whole = f->npath == w->depth + 1;
	AvroOp *op = put(m, OP_MISSING);
	op->col = w->cols[i];
	op->name = f->path[w->depth];
	/* Of a field inside of one that is missing: the default of the whole is not taken apart. */
	op->missing = avro_read_missing(whole ? reader : NULL, f->path[w->depth], f->type, m->arena);
}

/* Those of w that want the writer's field number `at`. */
static void select_field(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w, uint32_t at,
                         Wanted *out)
{
	*out = (Wanted){.cols = ARENA_ARRAY(m->arena, uint32_t, w->n + 1), .depth = w->depth + 1};
	for (uint32_t i = 0; i < w->n; i++)
		if (avro_read_field(node, reader, wanted_field(m, w, i)->path[w->depth]) == (int32_t)at)
			out->cols[out->n++] = w->cols[i];
}

static void put_record(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w)
{
	for (uint32_t i = 0; i < node->n; i++) {
		Wanted inner;
		select_field(m, node, reader, w, i, &inner);
		Str outer = m->name;
		m->name = node->fields[i].name;
		if (inner.n == 0) {
			put_skip(m, node->fields[i].type);
		} else {
			Str wanted = m->schema->fields[inner.cols[0]].path[w->depth];
			put_value(m, node->fields[i].type, avro_read_reader_field(reader, wanted), &inner);
		}
		m->name = outer;
	}
	for (uint32_t i = 0; i < w->n; i++)
		if (avro_read_field(node, reader, wanted_field(m, w, i)->path[w->depth]) < 0)
			put_missing(m, reader, w, i);
}

/* One column wants the value itself, or all want something inside of it. */
static void put_one(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w)
{
	if (wanted_field(m, w, 0)->npath == w->depth) {
		put_leaf(m, node, reader, w->cols[0]);
		return;
	}
	if (node->kind == AVRO_RECORD) {
		put_record(m, node, reader, w);
		return;
	}
	/* Something inside of what is no record: NULL in a null, else an error. */
	for (uint32_t i = 0; i < w->n; i++) {
		AvroOp *op = put(m, OP_MISSING);
		op->col = w->cols[i];
		op->name = wanted_field(m, w, i)->path[w->depth ? w->depth - 1 : 0];
		op->missing.there = node->kind == AVRO_NULL && (w->depth > 0 || !wanted_field(m, w, i)->type->not_null);
		op->missing.value = VALUE_NULL;
		op->node = node;
	}
	put_skip(m, node);
}

static void put_union(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w)
{
	uint32_t *targets = ARENA_ARRAY(m->arena, uint32_t, node->n);
	uint32_t *ends = ARENA_ARRAY(m->arena, uint32_t, node->n);
	AvroOp *op = put(m, OP_UNION);
	op->n = node->n;
	op->targets = targets;
	for (uint32_t i = 0; i < node->n; i++) {
		targets[i] = here(m);
		put_value(m, node->items[i], reader, w);
		ends[i] = m->ops.len;
		put(m, OP_JUMP);
	}
	for (uint32_t i = 0; i < node->n; i++)
		m->ops.items[ends[i]].n = m->ops.len;
	here(m);
}

static void put_value(Maker *m, const AvroNode *node, const AvroNode *reader, const Wanted *w)
{
	if (node->kind == AVRO_UNION) {
		put_union(m, node, reader, w);
		return;
	}
	/* Each column that wants the value itself reads it; those that want parts of it read it together. */
	Wanted parts = {.cols = ARENA_ARRAY(m->arena, uint32_t, w->n + 1), .depth = w->depth};
	uint32_t rounds = 0, total = 0;
	for (uint32_t i = 0; i < w->n; i++) {
		if (wanted_field(m, w, i)->npath == w->depth)
			total++;
		else
			parts.cols[parts.n++] = w->cols[i];
	}
	total += parts.n > 0;
	for (uint32_t i = 0; i < w->n; i++) {
		if (wanted_field(m, w, i)->npath != w->depth)
			continue;
		Wanted one = {.cols = &w->cols[i], .n = 1, .depth = w->depth};
		if (++rounds < total)
			put(m, OP_MARK);
		put_one(m, node, reader, &one);
		if (rounds < total)
			put(m, OP_BACK);
	}
	if (parts.n)
		put_one(m, node, reader, &parts);
}

bool avro_program_make(const AvroNode *writer, const AvroNode *reader, const FormatSchema *schema, Arena *arena,
                       AvroProgram **out, Err *err)
{
	Maker m = {.schema = schema, .arena = arena};
	Wanted all = {.cols = ARENA_ARRAY(arena, uint32_t, schema->nfields + 1), .n = schema->nfields};
	for (uint32_t i = 0; i < schema->nfields; i++)
		all.cols[i] = i;
	const AvroNode *top = avro_read_inner(writer);
	bool lone = top->kind != AVRO_RECORD;
	if (lone && schema->ncols != 1) {
		err_set(err, ERR_BAD_RECORD, "the schema is %.*s, and the table has %u columns to read from it",
		        STR_ARG(avro_schema_words(top, arena)), schema->ncols);
		return err_hint(err, "A schema that is no record is read by a table with one such column.");
	}
	all.depth = lone ? 1 : 0;
	if (schema->nfields == 0)
		put_skip(&m, writer);
	else
		put_value(&m, writer, reader, &all);
	put(&m, OP_END);
	AvroProgram *p = ARENA_NEW(arena, AvroProgram);
	p->ops = m.ops.items;
	p->schema = schema;
	*out = p;
	return true;
}

bool avro_program_fits(const AvroProgram *p, Arena *arena, Err *err)
{
	for (const AvroOp *op = p->ops; op->code != OP_END; op++) {
		const AvroRead *r = op->read;
		if (op->code != OP_MISSING && !(op->code == OP_VALUE && r->kind == AVRO_READ_MISFIT))
			continue;
		if (op->code == OP_MISSING && op->missing.there && op->node)
			continue;
		StrBuf type;
		strbuf_init(&type);
		type_print(p->schema->fields[op->col].type, false, &type);
		if (op->code == OP_MISSING)
			err_set(err, ERR_BAD_OPTION, "the schema has no field \"%.*s\"", STR_ARG(op->name));
		else
			err_set(err, ERR_BAD_OPTION, "field \"%.*s\" of the schema is %.*s, and the column is %s",
			        STR_ARG(op->name), STR_ARG(avro_schema_words(r->node, arena)), strbuf_cstr(&type));
		strbuf_deinit(&type);
		return false;
	}
	return true;
}

/* ---- running */

static void store(Column *c, uint32_t row, Value v, bool ok, Arena *arena)
{
	if (ok)
		column_set(c, row, v, arena);
	else
		column_set_err(c, row, ROW_BAD_FIELD, arena);
}

static bool run_value(const AvroOp *op, AvroCursor *c, uint32_t row, Column *cols)
{
	Value v;
	bool ok = true;
	if (!avro_read_value(c, op->read, &v, &ok))
		return false;
	store(&cols[op->col], row, v, ok, c->arena);
	return true;
}

static bool misfit(const AvroOp *op, AvroCursor *c, uint32_t row, Column *cols, const char *why)
{
	column_set_err(&cols[op->col], row, ROW_BAD_FIELD, c->arena);
	if (!c->at) {
		c->at = op->read;
		c->why = why;
	}
	return true;
}

/* One op that is no jump. */
static inline bool run_op(const AvroOp *op, AvroCursor *c, uint32_t row, Column *cols)
{
	int64_t v;
	Str s;
	switch (op->code) {
	case OP_SKIP_VARINTS:
		for (uint32_t i = 0; i < op->n; i++)
			if (!avro_bytes_get_long(&c->b, &v))
				return false;
		return true;
	case OP_SKIP_BYTES: return avro_bytes_get_bytes(&c->b, &s);
	case OP_SKIP_FIXED: return avro_bytes_get_fixed(&c->b, op->n, &s);
	case OP_SKIP_NODE: return avro_bytes_skip(&c->b, op->node);
	case OP_LONG:
		if (!avro_bytes_get_long(&c->b, &v))
			return false;
		return avro_read_long(op->read, v, &cols[op->col].i64[row]) ||
		       misfit(op, c, row, cols, "a number that is out of its range");
	case OP_DOUBLE: return avro_bytes_get_double(&c->b, &cols[op->col].f64[row]);
	case OP_MISSING: store(&cols[op->col], row, op->missing.value, op->missing.there, c->arena); return true;
	case OP_TEXT:
		if (!avro_bytes_get_bytes(&c->b, &s))
			return false;
		cols[op->col].str[row] = s;
		return str_is_utf8(s) || misfit(op, c, row, cols, "text that is not UTF-8");
	default: return run_value(op, c, row, cols);
	}
}

/* *failed: the op that met damage, or the first one that made an error of a field. */
static bool run(const AvroProgram *p, AvroCursor *c, uint32_t row, Column *cols, const AvroOp **failed)
{
	const uint8_t *marks[AVRO_DEPTH_MAX];
	uint32_t nmarks = 0, branch;
	const AvroOp *op = p->ops;
	*failed = NULL;
	while (op->code != OP_END) {
		switch (op->code) {
		case OP_UNION:
			if (!avro_bytes_get_index(&c->b, op->n, "a union has no such branch", &branch)) {
				*failed = op;
				return false;
			}
			op = &p->ops[op->targets[branch]];
			continue;
		case OP_JUMP: op = &p->ops[op->n]; continue;
		case OP_MARK: marks[nmarks++] = c->b.at; break;
		case OP_BACK:
			c->b.at = marks[--nmarks];
			c->b.items_left = (uint64_t)(c->b.end - c->b.begin) + AVRO_ITEMS_FREE;
			break;
		default:
			if (!run_op(op, c, row, cols)) {
				*failed = op;
				return false;
			}
			if (!*failed && (c->at || (op->code == OP_MISSING && !op->missing.there)))
				*failed = op;
		}
		op++;
	}
	if (c->b.at < c->b.end) {
		c->b.why = "there are bytes behind the value";
		*failed = NULL;
		return false;
	}
	return true;
}

bool avro_program_run(const AvroProgram *p, Str message, uint32_t row, Column *cols, Arena *arena)
{
	AvroCursor c = {.b = avro_bytes_of(message), .arena = arena};
	const AvroOp *failed;
	return run(p, &c, row, cols, &failed);
}

/* ---- what is wrong */

static Str path_text(const FormatField *f, Arena *arena)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < f->npath; i++) {
		if (i > 0)
			strbuf_putc(&b, '.');
		strbuf_put_str(&b, f->path[i]);
	}
	Str text = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

static void explain_field(const AvroProgram *p, const AvroOp *op, const AvroCursor *c, Arena *arena, Str *field,
                          Err *err)
{
	const FormatField *f = &p->schema->fields[op->col];
	*field = path_text(f, arena);
	StrBuf type;
	strbuf_init(&type);
	type_print(c->at ? c->at->type : f->type, true, &type);
	if (op->code == OP_MISSING && op->node)
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %.*s was written where a record was expected", STR_ARG(*field),
		        STR_ARG(avro_schema_words(op->node, arena)));
	else if (op->code == OP_MISSING)
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\" is not in the schema of the message, and the column is NOT NULL",
		        STR_ARG(*field));
	else if (c->why)
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": %s cannot be read as %s", STR_ARG(*field), c->why,
		        strbuf_cstr(&type));
	else
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": Avro's %.*s cannot be read as %s", STR_ARG(*field),
		        STR_ARG(avro_schema_words(c->at->node, arena)), strbuf_cstr(&type));
	strbuf_deinit(&type);
	if (op->code == OP_MISSING && !op->node)
		err_hint(err, "Leave NOT NULL away, or give a schema with a default in the option \"schema\".");
}

void avro_program_explain(const AvroProgram *p, Str message, Arena *arena, Str *field, Err *err)
{
	Column *cols = ARENA_ARRAY(arena, Column, p->schema->nfields + 1);
	for (uint32_t i = 0; i < p->schema->nfields; i++)
		column_init(&cols[i], p->schema->fields[i].type, 1, arena);
	AvroCursor c = {.b = avro_bytes_of(message), .arena = arena};
	const AvroOp *op;
	*field = STR_EMPTY;
	if (!run(p, &c, 0, cols, &op)) {
		err_set(err, ERR_BAD_RECORD, "the message is not of its schema: %s", c.b.why);
		if (op && op->name.len)
			err_detail(err, "It is at byte %zu of %u, in the field \"%.*s\".", (size_t)(c.b.at - c.b.begin),
			           message.len, STR_ARG(op->name));
		else
			err_detail(err, "It is at byte %zu of %u.", (size_t)(c.b.at - c.b.begin), message.len);
		return;
	}
	if (op)
		explain_field(p, op, &c, arena, field, err);
	else
		err_set(err, ERR_BAD_RECORD, "the message can be decoded");
}

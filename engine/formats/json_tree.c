/*
 * engine/formats/json_tree.c: what is wanted of a record, as a tree of names, and what is remembered of the records
 * seen.
 *
 *   fields: user.name, user.address.city, amount        root
 *                                                      /    \
 *                                                   user    amount -> column 2
 *                                                  /    \
 *                                  column 0 <- name    address
 *                                                         \
 *                                                         city -> column 1
 *
 * Each node also has members: the names that objects at this place had, wanted or not, each with its bytes as they were
 * written and the member that came next. Walking a message of the same shape is then a chain of comparisons.
 */
#include "engine/formats/json_int.h"

#include "base/hash.h"

enum { SLOTS_MIN = 16, NAME_LENGTH_MAX = 1024 /* longer names are not remembered */ };

static JsonNode *tree_child(const JsonNode *node, Str name)
{
	for (JsonNode *child = node->children; child; child = child->sibling) {
		if (str_eq(child->name, name))
			return child;
	}
	return NULL;
}

static JsonMember **tree_slot(JsonMember **slots, uint32_t nslots, Str name)
{
	uint64_t at = hash_bytes(name.ptr, name.len, hash_process_seed());
	for (;; at++) {
		JsonMember **slot = &slots[at & (nslots - 1)];
		if (!*slot || str_eq((*slot)->name, name))
			return slot;
	}
}

static JsonMember *tree_add_member(JsonNode *node, Str name, JsonNode *wanted, Arena *arena)
{
	if (node->nmembers * 2 >= node->nslots) {
		uint32_t nslots = node->nslots > 0 ? node->nslots * 2 : SLOTS_MIN;
		JsonMember **slots = ARENA_ARRAY_ZERO(arena, JsonMember *, nslots);
		for (uint32_t i = 0; i < node->nslots; i++) {
			if (node->slots[i])
				*tree_slot(slots, nslots, node->slots[i]->name) = node->slots[i];
		}
		node->slots = slots;
		node->nslots = nslots;
	}
	JsonMember *m = ARENA_NEW(arena, JsonMember);
	m->name = name;
	m->node = wanted;
	*tree_slot(node->slots, node->nslots, name) = m;
	node->nmembers++;
	return m;
}

JsonNode *json_tree_make(const FormatSchema *schema, JsonTarget *targets, Arena *arena)
{
	JsonNode *root = ARENA_NEW(arena, JsonNode);
	for (uint32_t i = 0; i < schema->nfields; i++) {
		const FormatField *field = &schema->fields[i];
		JsonNode *node = root;
		for (uint32_t k = 0; k < field->npath; k++) {
			JsonNode *child = tree_child(node, field->path[k]);
			if (!child) {
				child = ARENA_NEW(arena, JsonNode);
				child->name = field->path[k];
				child->sibling = node->children;
				node->children = child;
				tree_add_member(node, child->name, child, arena);
			}
			node = child;
		}
		targets[i].next = node->targets;
		node->targets = &targets[i];
	}
	return root;
}

static void tree_remember(JsonMember *m, Str text, Arena *arena)
{
	uint32_t head = text.len < JSON_NAME_MAX ? text.len : JSON_NAME_MAX;
	uint32_t tail = text.len - head;
	if (tail > JSON_TAIL_MAX) {
		m->len = 0;
		return;
	}
	if (tail > 0 && !m->tail)
		m->tail = arena_alloc(arena, JSON_TAIL_MAX);
	memset(m->text, 0, sizeof m->text);
	memcpy(m->text, text.ptr, head);
	if (tail > 0)
		memcpy(m->tail, text.ptr + head, tail);
	m->mask = head == JSON_NAME_MAX ? UINT32_MAX : (UINT32_C(1) << head) - 1;
	m->len = text.len;
}

JsonMember *json_tree_learn(Decoder *d, JsonNode *node, JsonMember *before, Str raw, bool escaped, Str text)
{
	Str name = escaped ? json_string_unescape(raw, d->arena) : raw;
	JsonMember *m = node->nslots > 0 ? *tree_slot(node->slots, node->nslots, name) : NULL;
	if (!m) {
		if (node->nmembers >= JSON_MEMBERS_MAX || name.len > NAME_LENGTH_MAX)
			return NULL;
		m = tree_add_member(node, arena_str(d->memory, name), NULL, d->memory);
	}
	tree_remember(m, text, d->memory);
	if (before)
		before->next = m;
	else
		node->first = m;
	return m;
}

static void target_clear(const Decoder *d, JsonTarget *t)
{
	bit_clear(t->valid, d->row);
	if (t->err)
		t->err[d->row] = ROW_OK;
	t->why = JSON_WHY_NONE;
}

void json_tree_reset(Decoder *d, JsonNode *node)
{
	for (JsonTarget *t = node->targets; t; t = t->next)
		target_clear(d, t);
	for (JsonNode *child = node->children; child; child = child->sibling) {
		child->stamp = 0;
		json_tree_reset(d, child);
	}
}

static void tree_fail(Decoder *d, JsonNode *node, JsonWhy why, JsonText v)
{
	for (JsonTarget *t = node->targets; t; t = t->next)
		json_value_fail(d, t, why, v);
	for (JsonNode *child = node->children; child; child = child->sibling) {
		child->stamp = d->stamp;
		child->was_null = true; /* an error, not missing as well */
		tree_fail(d, child, why, v);
	}
}

void json_tree_misfit(Decoder *d, JsonNode *node, JsonText value)
{
	for (JsonNode *child = node->children; child; child = child->sibling) {
		child->stamp = d->stamp;
		child->was_null = true;
		tree_fail(d, child, JSON_WHY_PARENT, value);
	}
}

void json_tree_missing(Decoder *d, JsonNode *node)
{
	for (JsonNode *child = node->children; child; child = child->sibling) {
		if (child->stamp != d->stamp)
			tree_fail(d, child, JSON_WHY_MISSING, (JsonText){JSON_TOKEN_NULL, false, STR_EMPTY});
		else if (!child->was_null)
			json_tree_missing(d, child);
	}
}

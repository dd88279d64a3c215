/*
 * engine/state/ordered.c: a B+tree of entries.
 *
 *                  inner: order, key (copies)  | -inf | k1 | k2 |
 *                                                 |     |    |
 *   leaf: order, entry   [a b c ....] <-> [k1 ....] <-> [k2 ...]
 *
 * Each node keeps the first 8 bytes of its keys beside the pointers (order): most comparisons end there.
 * A separator is a lower bound of its child, no more: removals leave it. A leaf that runs empty is taken out; a thin
 * one takes in its right neighbour under the same parent.
 */
#include "engine/state/ordered.h"

#include "base/arena.h"
#include "base/err.h"

enum { ORDERED_FAN = 64, ORDERED_THIN = 16, ORDERED_MERGED_MAX = 48, ORDERED_HEIGHT_MAX = 16 };

struct OrderedLeaf {
	uint32_t n;
	OrderedLeaf *prev, *next;
	uint64_t order[ORDERED_FAN];
	Entry *entry[ORDERED_FAN];
};

typedef struct Inner {
	uint32_t n;
	uint64_t order[ORDERED_FAN];
	Str key[ORDERED_FAN]; /* key[0] is unused: -infinity */
	void *child[ORDERED_FAN];
} Inner;

typedef struct Path {
	Inner *node[ORDERED_HEIGHT_MAX];
	uint32_t at[ORDERED_HEIGHT_MAX]; /* which child */
} Path;

static OrderedLeaf *ordered_new_leaf(Ordered *t)
{
	OrderedLeaf *leaf = mem_alloc(sizeof *leaf);
	leaf->n = 0;
	leaf->prev = leaf->next = NULL;
	t->bytes += (int64_t)sizeof *leaf;
	return leaf;
}

static Inner *ordered_new_inner(Ordered *t)
{
	Inner *inner = mem_alloc(sizeof *inner);
	inner->n = 0;
	t->bytes += (int64_t)sizeof *inner;
	return inner;
}

static Str ordered_copy_key(Ordered *t, Str key)
{
	char *p = mem_alloc(key.len + 1u);
	memcpy(p, key.ptr, key.len);
	t->bytes += key.len + 1;
	return str_make(p, key.len);
}

static void ordered_free_key(Ordered *t, Str key)
{
	t->bytes -= key.len + 1;
	mem_free((void *)(uintptr_t)key.ptr);
}

void ordered_init(Ordered *t)
{
	*t = (Ordered){0};
	t->first = t->last = ordered_new_leaf(t);
	t->root = t->first;
}

static void ordered_free_node(Ordered *t, void *node, uint32_t height)
{
	if (height > 0) {
		Inner *inner = node;
		for (uint32_t i = 0; i < inner->n; i++) {
			if (i > 0)
				ordered_free_key(t, inner->key[i]);
			ordered_free_node(t, inner->child[i], height - 1);
		}
	}
	mem_free(node);
}

void ordered_deinit(Ordered *t)
{
	if (t->root)
		ordered_free_node(t, t->root, t->height);
	*t = (Ordered){.version = t->version + 1};
}

static int ordered_compare(uint64_t order, Str key, uint64_t other_order, Str other)
{
	if (order != other_order)
		return order < other_order ? -1 : 1;
	return str_cmp(key, other);
}

/* The number of entries of the leaf that are < key (or <= key with after). */
static uint32_t ordered_leaf_find(const OrderedLeaf *leaf, uint64_t order, Str key, bool after)
{
	uint32_t lo = 0, hi = leaf->n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		int c =
		    leaf->order[mid] != order ? (leaf->order[mid] < order ? -1 : 1) : str_cmp(entry_key(leaf->entry[mid]), key);
		if (c < 0 || (after && c == 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint32_t ordered_child(const Inner *inner, uint64_t order, Str key)
{
	uint32_t lo = 1, hi = inner->n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (ordered_compare(inner->order[mid], inner->key[mid], order, key) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

static OrderedLeaf *ordered_descend(const Ordered *t, uint64_t order, Str key, Path *path)
{
	void *node = t->root;
	for (uint32_t level = 0; level < t->height; level++) {
		Inner *inner = node;
		uint32_t at = ordered_child(inner, order, key);
		if (path) {
			path->node[level] = inner;
			path->at[level] = at;
		}
		node = inner->child[at];
	}
	return node;
}

Entry *ordered_find(const Ordered *t, Str key)
{
	uint64_t order = entry_order(key);
	OrderedLeaf *leaf = ordered_descend(t, order, key, NULL);
	uint32_t at = ordered_leaf_find(leaf, order, key, false);
	if (at < leaf->n && leaf->order[at] == order && entry_is(leaf->entry[at], key))
		return leaf->entry[at];
	return NULL;
}

static void ordered_inner_put(Inner *inner, uint32_t at, uint64_t order, Str key, void *child)
{
	uint32_t rest = inner->n - at;
	memmove(&inner->order[at + 1], &inner->order[at], rest * sizeof *inner->order);
	memmove(&inner->key[at + 1], &inner->key[at], rest * sizeof *inner->key);
	memmove(&inner->child[at + 1], &inner->child[at], rest * sizeof *inner->child);
	inner->order[at] = order;
	inner->key[at] = key;
	inner->child[at] = child;
	inner->n++;
}

/* Adds a child with its lower bound beside the path's child of `level`; splits upwards. Takes the key. */
static void ordered_add_child(Ordered *t, const Path *path, uint32_t level, uint64_t order, Str key, void *child)
{
	while (level > 0) {
		Inner *inner = path->node[level - 1];
		uint32_t at = path->at[level - 1] + 1;
		if (inner->n < ORDERED_FAN) {
			ordered_inner_put(inner, at, order, key, child);
			return;
		}
		uint32_t cut = at == inner->n ? inner->n - 1 : inner->n / 2; /* keys that rise fill their nodes */
		Inner *right = ordered_new_inner(t);
		right->n = inner->n - cut;
		memcpy(right->order, &inner->order[cut], right->n * sizeof *right->order);
		memcpy(right->key, &inner->key[cut], right->n * sizeof *right->key);
		memcpy(right->child, &inner->child[cut], right->n * sizeof *right->child);
		inner->n = cut;
		if (at > cut)
			ordered_inner_put(right, at - cut, order, key, child);
		else
			ordered_inner_put(inner, at, order, key, child);
		order = right->order[0];
		key = right->key[0];
		child = right;
		level--;
	}
	ASSERT(t->height < ORDERED_HEIGHT_MAX);
	Inner *root = ordered_new_inner(t);
	root->n = 2;
	root->order[0] = 0;
	root->key[0] = STR_EMPTY;
	root->child[0] = t->root;
	root->order[1] = order;
	root->key[1] = key;
	root->child[1] = child;
	t->root = root;
	t->height++;
}

static void ordered_leaf_put(OrderedLeaf *leaf, uint32_t at, Entry *e)
{
	uint32_t rest = leaf->n - at;
	memmove(&leaf->order[at + 1], &leaf->order[at], rest * sizeof *leaf->order);
	memmove(&leaf->entry[at + 1], &leaf->entry[at], rest * sizeof *leaf->entry);
	leaf->order[at] = e->hash;
	leaf->entry[at] = e;
	leaf->n++;
}

void ordered_insert(Ordered *t, Entry *e)
{
	Path path;
	Str key = entry_key(e);
	OrderedLeaf *leaf = ordered_descend(t, e->hash, key, &path);
	uint32_t at = ordered_leaf_find(leaf, e->hash, key, false);
	t->version++;
	t->count++;
	if (leaf->n < ORDERED_FAN) {
		ordered_leaf_put(leaf, at, e);
		return;
	}
	uint32_t cut = at == leaf->n && !leaf->next ? leaf->n : leaf->n / 2;
	OrderedLeaf *right = ordered_new_leaf(t);
	right->n = leaf->n - cut;
	memcpy(right->order, &leaf->order[cut], right->n * sizeof *right->order);
	memcpy(right->entry, &leaf->entry[cut], right->n * sizeof *right->entry);
	leaf->n = cut;
	right->prev = leaf;
	right->next = leaf->next;
	if (leaf->next)
		leaf->next->prev = right;
	else
		t->last = right;
	leaf->next = right;
	if (at >= cut)
		ordered_leaf_put(right, at - cut, e);
	else
		ordered_leaf_put(leaf, at, e);
	Str low = ordered_copy_key(t, entry_key(right->entry[0]));
	ordered_add_child(t, &path, t->height, right->order[0], low, right);
}

/* Takes child `at` of the path's node above `level` out of it; nodes that run empty go too. */
static void ordered_drop_child(Ordered *t, const Path *path, uint32_t level, uint32_t at)
{
	Inner *inner = path->node[level - 1];
	/* Child 0 has no key of its own: its neighbour becomes the one without. */
	if (at > 0 || inner->n > 1)
		ordered_free_key(t, inner->key[at > 0 ? at : 1]);
	uint32_t rest = inner->n - at - 1;
	memmove(&inner->order[at], &inner->order[at + 1], rest * sizeof *inner->order);
	memmove(&inner->key[at], &inner->key[at + 1], rest * sizeof *inner->key);
	memmove(&inner->child[at], &inner->child[at + 1], rest * sizeof *inner->child);
	inner->n--;
	if (inner->n == 0) {
		ASSERT(level > 1); /* a root has two children at least */
		ordered_drop_child(t, path, level - 1, path->at[level - 2]);
		t->bytes -= (int64_t)sizeof *inner;
		mem_free(inner);
	}
}

static void ordered_free_leaf(Ordered *t, OrderedLeaf *leaf)
{
	if (leaf->prev)
		leaf->prev->next = leaf->next;
	else
		t->first = leaf->next;
	if (leaf->next)
		leaf->next->prev = leaf->prev;
	else
		t->last = leaf->prev;
	t->bytes -= (int64_t)sizeof *leaf;
	mem_free(leaf);
}

void ordered_remove(Ordered *t, const Entry *e)
{
	Path path;
	Str key = entry_key(e);
	OrderedLeaf *leaf = ordered_descend(t, e->hash, key, &path);
	uint32_t at = ordered_leaf_find(leaf, e->hash, key, false);
	ASSERT(at < leaf->n && leaf->entry[at] == e);
	t->version++;
	t->count--;
	uint32_t rest = leaf->n - at - 1;
	memmove(&leaf->order[at], &leaf->order[at + 1], rest * sizeof *leaf->order);
	memmove(&leaf->entry[at], &leaf->entry[at + 1], rest * sizeof *leaf->entry);
	leaf->n--;
	if (t->height == 0 || leaf->n >= ORDERED_THIN)
		return;
	uint32_t child = path.at[t->height - 1];
	Inner *parent = path.node[t->height - 1];
	if (leaf->n == 0) {
		ordered_drop_child(t, &path, t->height, child);
		ordered_free_leaf(t, leaf);
	} else if (child + 1 < parent->n && leaf->n + leaf->next->n <= ORDERED_MERGED_MAX) {
		OrderedLeaf *right = leaf->next;
		memcpy(&leaf->order[leaf->n], right->order, right->n * sizeof *right->order);
		memcpy(&leaf->entry[leaf->n], right->entry, right->n * sizeof *right->entry);
		leaf->n += right->n;
		ordered_drop_child(t, &path, t->height, child + 1);
		ordered_free_leaf(t, right);
	}
	while (t->height > 0 && ((Inner *)t->root)->n == 1) {
		Inner *root = t->root;
		t->root = root->child[0];
		t->height--;
		t->bytes -= (int64_t)sizeof *root;
		mem_free(root);
	}
}

static Entry *ordered_at(OrderedCursor *c)
{
	while (c->leaf && c->at >= c->leaf->n) {
		c->leaf = c->leaf->next;
		c->at = 0;
	}
	return c->leaf ? c->leaf->entry[c->at] : NULL;
}

Entry *ordered_seek(const Ordered *t, Str from, bool after, OrderedCursor *c)
{
	uint64_t order = entry_order(from);
	c->version = t->version;
	c->leaf = ordered_descend(t, order, from, NULL);
	c->at = ordered_leaf_find(c->leaf, order, from, after);
	return ordered_at(c);
}

Entry *ordered_first(const Ordered *t, OrderedCursor *c)
{
	*c = (OrderedCursor){t->first, 0, t->version};
	return ordered_at(c);
}

Entry *ordered_next(OrderedCursor *c)
{
	c->at++;
	return ordered_at(c);
}

/* One place to the left of the cursor. */
Entry *ordered_prev(OrderedCursor *c)
{
	while (c->leaf && c->at == 0) {
		c->leaf = c->leaf->prev;
		c->at = c->leaf ? c->leaf->n : 0;
	}
	if (!c->leaf)
		return NULL;
	c->at--;
	return c->leaf->entry[c->at];
}

Entry *ordered_seek_before(const Ordered *t, Str to, OrderedCursor *c)
{
	uint64_t order = entry_order(to);
	c->version = t->version;
	c->leaf = ordered_descend(t, order, to, NULL);
	c->at = ordered_leaf_find(c->leaf, order, to, false);
	return ordered_prev(c);
}

Entry *ordered_last(const Ordered *t, OrderedCursor *c)
{
	*c = (OrderedCursor){t->last, t->last->n, t->version};
	return ordered_prev(c);
}

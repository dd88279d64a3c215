/*
 * engine/state/ordered.c: a B+tree of entries.
 *
 *                  inner: order, key (copies)  | -inf | k1 | k2 |
 *                                                 |     |    |
 *   leaf: order, entry   [a b c ....] <-> [k1 ....] <-> [k2 ...]
 *
 * Each node keeps the first 16 bytes of its keys beside the pointers (order): most comparisons end there.
 * A separator is a lower bound of its child, no more: removals leave it. A leaf that runs empty is taken out; a thin
 * one takes in its right neighbour under the same parent.
 */
#include "engine/state/ordered.h"

#include "base/arena.h"
#include "base/err.h"

enum { ORDERED_FAN = 64, ORDERED_THIN = 16, ORDERED_MERGED_MAX = 48, ORDERED_HEIGHT_MAX = 16 };

/* The first 16 bytes of a key, padded with zeros, as two numbers. */
typedef struct Order {
	uint64_t high, low;
} Order;

struct OrderedLeaf {
	uint32_t n;
	OrderedLeaf *prev, *next;
	Order order[ORDERED_FAN];
	Entry *entry[ORDERED_FAN];
};

typedef struct Inner {
	uint32_t n;
	Order order[ORDERED_FAN];
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

static Order ordered_order(Str key)
{
	Str rest = key.len > 8 ? (Str){key.ptr + 8, key.len - 8} : STR_EMPTY;
	return (Order){entry_order(key), entry_order(rest)};
}

/* 0: the first 16 bytes do not tell. */
static inline int ordered_compare_order(const Order *a, const Order *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->low == b->low ? 0 : a->low < b->low ? -1 : 1;
}

/* Keys whose order is the same: what is behind 16 bytes decides, then the length. */
static int ordered_compare_rest(Str a, Str b)
{
	if (a.len <= 16 || b.len <= 16)
		return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
	return str_cmp((Str){a.ptr + 16, a.len - 16}, (Str){b.ptr + 16, b.len - 16});
}

/* The number of entries of the leaf that are < key (or <= key with after). */
static uint32_t ordered_leaf_find(const OrderedLeaf *leaf, Order order, Str key, bool after)
{
	uint32_t lo = 0, hi = leaf->n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		int c = ordered_compare_order(&leaf->order[mid], &order);
		if (c == 0)
			c = ordered_compare_rest(entry_key(leaf->entry[mid]), key);
		if (c < 0 || (after && c == 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static uint32_t ordered_child(const Inner *inner, Order order, Str key)
{
	uint32_t lo = 1, hi = inner->n;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		int c = ordered_compare_order(&inner->order[mid], &order);
		if (c == 0)
			c = ordered_compare_rest(inner->key[mid], key);
		if (c <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

static OrderedLeaf *ordered_descend(const Ordered *t, Order order, Str key, Path *path)
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
	Order order = ordered_order(key);
	OrderedLeaf *leaf = ordered_descend(t, order, key, NULL);
	uint32_t at = ordered_leaf_find(leaf, order, key, false);
	if (at < leaf->n && ordered_compare_order(&leaf->order[at], &order) == 0 && entry_is(leaf->entry[at], key))
		return leaf->entry[at];
	return NULL;
}

static void ordered_inner_put(Inner *inner, uint32_t at, Order order, Str key, void *child)
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
static void ordered_add_child(Ordered *t, const Path *path, uint32_t level, Order order, Str key, void *child)
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
	root->order[0] = (Order){0, 0};
	root->key[0] = STR_EMPTY;
	root->child[0] = t->root;
	root->order[1] = order;
	root->key[1] = key;
	root->child[1] = child;
	t->root = root;
	t->height++;
}

static void ordered_leaf_put(OrderedLeaf *leaf, uint32_t at, Order order, Entry *e)
{
	uint32_t rest = leaf->n - at;
	memmove(&leaf->order[at + 1], &leaf->order[at], rest * sizeof *leaf->order);
	memmove(&leaf->entry[at + 1], &leaf->entry[at], rest * sizeof *leaf->entry);
	leaf->order[at] = order;
	leaf->entry[at] = e;
	leaf->n++;
}

void ordered_insert(Ordered *t, Entry *e)
{
	Path path;
	Str key = entry_key(e);
	Order order = ordered_order(key);
	OrderedLeaf *leaf = ordered_descend(t, order, key, &path);
	uint32_t at = ordered_leaf_find(leaf, order, key, false);
	t->version++;
	t->count++;
	if (leaf->n < ORDERED_FAN) {
		ordered_leaf_put(leaf, at, order, e);
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
		ordered_leaf_put(right, at - cut, order, e);
	else
		ordered_leaf_put(leaf, at, order, e);
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
	Order order = ordered_order(key);
	OrderedLeaf *leaf = ordered_descend(t, order, key, &path);
	uint32_t at = ordered_leaf_find(leaf, order, key, false);
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
	Order order = ordered_order(from);
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
	Order order = ordered_order(to);
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

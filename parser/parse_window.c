/*
 * parser/parse_window.c: ORDER BY items, and the windows of OVER and WINDOW.
 */
#include "parser/take.h"

/* sort := e ["ASC" | "DESC"] ["NULLS" ("FIRST" | "LAST")] */
AstSortItem *parse_window_sort_item(Parse *p)
{
	AstSortItem *item = TAKE_NODE(p, AstSortItem, AST_SORT_ITEM);
	item->expr = parse_expr(p);
	if (item->expr == NULL)
		return NULL;
	if (take_word_if(p, KW_ASC))
		item->direction = AST_SORT_ASC;
	else if (take_word_if(p, KW_DESC))
		item->direction = AST_SORT_DESC;
	if (take_word_if(p, KW_NULLS)) {
		if (take_word_if(p, KW_FIRST)) {
			item->nulls = AST_SORT_NULLS_FIRST;
		} else if (take_word_if(p, KW_LAST)) {
			item->nulls = AST_SORT_NULLS_LAST;
		} else {
			fail_tried(p, NULL);
			return NULL;
		}
	}
	take_done(p, item);
	return item;
}

/* sorts := sort {"," sort} */
bool parse_window_sort_list(Parse *p, AstList *out)
{
	do {
		AstSortItem *item = parse_window_sort_item(p);
		if (item == NULL)
			return false;
		take_push(p, out, item);
	} while (take_symbol_if(p, ','));
	return true;
}

/* order-by := ["ORDER" "BY" sorts] */
bool parse_window_order_by(Parse *p, AstList *out)
{
	bool there = false;
	return take_by_if(p, KW_ORDER, &there) && (!there || parse_window_sort_list(p, out));
}

/* partition-by := ["PARTITION" "BY" e {"," e}] */
bool parse_window_partition_by(Parse *p, AstList *out)
{
	bool there = false;
	return take_by_if(p, KW_PARTITION, &there) && (!there || parse_expr_list(p, out));
}

/* One end of a frame, to be filled in. */
typedef struct FrameEnd {
	AstFrameBound *bound;
	AstNode **value;
} FrameEnd;

/* bound := "UNBOUNDED" ("PRECEDING" | "FOLLOWING") | "CURRENT" "ROW" | e ("PRECEDING" | "FOLLOWING") */
static bool frame_bound(Parse *p, FrameEnd end)
{
	if (take_words_if(p, KW_CURRENT, KW_ROW)) {
		*end.bound = AST_BOUND_CURRENT_ROW;
		return true;
	}
	if (take_words_if(p, KW_UNBOUNDED, KW_PRECEDING)) {
		*end.bound = AST_BOUND_UNBOUNDED_PRECEDING;
		return true;
	}
	if (take_words_if(p, KW_UNBOUNDED, KW_FOLLOWING)) {
		*end.bound = AST_BOUND_UNBOUNDED_FOLLOWING;
		return true;
	}
	*end.value = parse_expr(p);
	if (*end.value == NULL)
		return false;
	if (take_word_if(p, KW_PRECEDING))
		*end.bound = AST_BOUND_PRECEDING;
	else if (take_word_if(p, KW_FOLLOWING))
		*end.bound = AST_BOUND_FOLLOWING;
	else
		return fail_tried(p, NULL);
	return true;
}

/* exclude := ["EXCLUDE" ("CURRENT" "ROW" | "GROUP" | "TIES" | "NO" "OTHERS")] */
static bool frame_exclude(Parse *p, AstFrame *frame)
{
	if (!take_word_if(p, KW_EXCLUDE))
		return true;
	if (take_words_if(p, KW_CURRENT, KW_ROW))
		frame->exclude = AST_EXCLUDE_CURRENT_ROW;
	else if (take_word_if(p, KW_GROUP))
		frame->exclude = AST_EXCLUDE_GROUP;
	else if (take_word_if(p, KW_TIES))
		frame->exclude = AST_EXCLUDE_TIES;
	else if (take_words_if(p, KW_NO, KW_OTHERS))
		frame->exclude = AST_EXCLUDE_NO_OTHERS;
	else
		return fail_tried(p, NULL);
	return true;
}

/* frame := ("ROWS" | "RANGE" | "GROUPS") (bound | "BETWEEN" bound "AND" bound) exclude */
static AstFrame *window_frame(Parse *p)
{
	AstFrame *frame = TAKE_NODE(p, AstFrame, AST_FRAME);
	frame->unit = take_peek_word(p, 0, KW_ROWS)    ? AST_FRAME_ROWS
	              : take_peek_word(p, 0, KW_RANGE) ? AST_FRAME_RANGE
	                                               : AST_FRAME_GROUPS;
	take_any(p);
	frame->between = take_word_if(p, KW_BETWEEN);
	frame->end = AST_BOUND_CURRENT_ROW;
	if (!frame_bound(p, (FrameEnd){&frame->start, &frame->start_value}))
		return NULL;
	if (frame->between && (!take_word(p, KW_AND) || !frame_bound(p, (FrameEnd){&frame->end, &frame->end_value})))
		return NULL;
	if (!frame_exclude(p, frame))
		return NULL;
	take_done(p, frame);
	return frame;
}

static bool at_frame(Parse *p)
{
	return take_peek_word(p, 0, KW_ROWS) || take_peek_word(p, 0, KW_RANGE) || take_peek_word(p, 0, KW_GROUPS);
}

/* A window may be named partition or rows: then another clause or the end follows. */
static bool at_base_name(Parse *p)
{
	bool clause = at_frame(p) || take_peek_word(p, 0, KW_PARTITION);
	bool ends = take_peek_symbol(p, 1, ')') || take_peek_word(p, 1, KW_ORDER);
	return take_peek_name(p, 0) && (!clause || ends);
}

/* window := "(" [name] partition-by order-by [frame] ")" */
static bool window_body(Parse *p, AstWindow *window)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	if (at_base_name(p) && !take_name(p, "a window's name", &window->base))
		return false;
	if (!parse_window_partition_by(p, &window->partition_by) || !parse_window_order_by(p, &window->order_by))
		return false;
	if (at_frame(p)) {
		window->frame = window_frame(p);
		if (window->frame == NULL)
			return false;
	}
	take_note_tried(p, "ROWS");
	take_note_tried(p, "RANGE");
	return take_close(p, open);
}

/* over := name | window */
AstWindow *parse_window_over(Parse *p)
{
	AstWindow *window = TAKE_NODE(p, AstWindow, AST_WINDOW);
	if (take_peek_symbol(p, 0, '(')) {
		if (!window_body(p, window))
			return NULL;
	} else {
		window->bare = true;
		if (!take_name(p, "\"(\" or a window's name", &window->base))
			return NULL;
	}
	take_done(p, window);
	return window;
}

/* named := name "AS" window */
AstWindow *parse_window_named(Parse *p)
{
	AstWindow *window = TAKE_NODE(p, AstWindow, AST_WINDOW);
	if (!take_name(p, "a window's name", &window->name) || !take_word(p, KW_AS) || !window_body(p, window))
		return NULL;
	take_done(p, window);
	return window;
}

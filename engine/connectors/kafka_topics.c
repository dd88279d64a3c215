/*
 * engine/connectors/kafka_topics.c: see kafka_topics.h. Patterns are Java's; POSIX extended expressions cover the
 * everyday ones, \d and (?: are rewritten.
 */
#include "engine/connectors/kafka_topics.h"

enum { TOPICS_MAX = 10000, TOPIC_NAME_MAX = 249 };

static bool compile(const OptionValue *o, regex_t *out, Err *err)
{
	StrBuf re;
	strbuf_init(&re);
	strbuf_puts(&re, "^(");
	Str s = o->value;
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == 'd') {
			strbuf_puts(&re, "[0-9]");
			i++;
		} else if (s.ptr[i] == '\\' && i + 1 < s.len) {
			strbuf_put(&re, s.ptr + i, 2);
			i++;
		} else if (s.ptr[i] == '(' && i + 2 < s.len && s.ptr[i + 1] == '?' && s.ptr[i + 2] == ':') {
			strbuf_putc(&re, '(');
			i += 2;
		} else {
			strbuf_putc(&re, s.ptr[i]);
		}
	}
	strbuf_puts(&re, ")$");
	int e = regcomp(out, strbuf_cstr(&re), REG_EXTENDED | REG_NOSUB);
	strbuf_deinit(&re);
	if (e == 0)
		return true;
	char why[128];
	regerror(e, out, why, sizeof why);
	err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no pattern for topics", STR_ARG(o->value));
	return err_detail(err, "%s", why);
}

static bool read_list(const OptionValue *o, KafkaTopics *t, Arena *arena, Err *err)
{
	struct {
		Str *items;
		uint32_t len, cap;
	} list = {0};
	Str rest = o->value, name;
	while (str_next(&rest, ';', &name)) {
		name = str_trim(name);
		if (name.len == 0 || name.len > TOPIC_NAME_MAX || list.len == TOPICS_MAX)
			return err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no list of topics", STR_ARG(o->value));
		for (uint32_t i = 0; i < list.len; i++)
			if (str_eq(list.items[i], name))
				return err_set_at(err, ERR_BAD_OPTION, o->span, "the topic \"%.*s\" is listed twice", STR_ARG(name));
		ARENA_PUSH(arena, &list, arena_str(arena, name));
	}
	if (list.len == 0)
		return err_set_at(err, ERR_BAD_OPTION, o->span, "\"topic\" is empty");
	t->names = list.items;
	t->len = list.len;
	return true;
}

bool kafka_topics_init(KafkaTopics *t, const Options *options, Arena *arena, Err *err)
{
	*t = (KafkaTopics){0};
	const OptionValue *topic = options_find(options, STR("topic"));
	const OptionValue *pattern = options_find(options, STR("topic-pattern"));
	if (topic && pattern)
		return err_set_at(err, ERR_BAD_OPTION, pattern->span, "\"topic\" and \"topic-pattern\" cannot both be given");
	if (topic)
		return read_list(topic, t, arena, err);
	if (pattern)
		return compile(pattern, &t->pattern, err);
	return err_set(err, ERR_MISSING_OPTION, "\"topic\" or \"topic-pattern\" is missing");
}

void kafka_topics_deinit(KafkaTopics *t)
{
	if (!t->names)
		regfree(&t->pattern);
}

bool kafka_topics_match(const KafkaTopics *t, const char *topic)
{
	if (!t->names)
		return topic[0] != '_' && regexec(&t->pattern, topic, 0, NULL, 0) == 0;
	for (uint32_t i = 0; i < t->len; i++)
		if (str_eq_c(t->names[i], topic))
			return true;
	return false;
}

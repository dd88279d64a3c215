/*
 * tests/tools/options.c: the connectors, formats and options that weir knows, as lines for docs/generate.sh.
 *
 *   options      scope TAB NAME TAB yes|no TAB DOC, then option TAB SCOPES TAB NAME TAB CLASS TAB TYPE TAB CHOICES TAB
 * DEFAULT TAB yes|no TAB DOC
 */
#include "sql/catalog/options.h"

#include <stdio.h>

static const char *const classes[] = {
    [OPTION_HONOURED] = "honoured", [OPTION_NO_EFFECT] = "no effect", [OPTION_NOT_YET] = "not yet"};

static const char *const types[] = {
    [OPTION_STRING] = "text", [OPTION_BOOL] = "boolean", [OPTION_INT] = "integer", [OPTION_DURATION] = "duration",
    [OPTION_SIZE] = "size",   [OPTION_ENUM] = "one of",  [OPTION_LIST] = "list",   [OPTION_DOUBLE] = "number"};

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

int main(void)
{
	const OptionScope *s;
	for (uint32_t i = 0; (s = options_scope_at(i)); i++)
		printf("scope\t%s\t%s\t%s\n", s->name, s->supported ? "yes" : "no", or_empty(s->doc));
	const OptionDef *o;
	for (uint32_t i = 0; (o = options_def_at(i)); i++)
		printf("option\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o->scope, o->name, classes[o->class], types[o->type],
		       or_empty(o->choices), or_empty(o->default_), o->required ? "yes" : "no", or_empty(o->doc));
	return 0;
}

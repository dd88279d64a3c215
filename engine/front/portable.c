/*
 * engine/front/portable.c: check --dialect flink and export --to flink: files in, findings or files for Flink out.
 */
#include "engine/front/portable.h"

#include <stdio.h>
#include <string.h>

#include "sql/dialect/dialect.h"

typedef struct Portable {
	Arena *arena;
	Dialect *dialect;
	bool json;
	uint32_t errors, hopeless, warnings, notes;
} Portable;

typedef struct PortableFile {
	const char *name;
	StrBuf text;
	AstList stmts;
} PortableFile;

static void put_json(const DialectFinding *f, const char *file, ErrPlace place, StrBuf *out)
{
	strbuf_puts(out, "{\"file\":");
	strbuf_put_json(out, str_from(file));
	strbuf_printf(out, ",\"line\":%u,\"column\":%u,\"severity\":\"%s\",\"rule\":\"%s\",\"export\":%s,\"message\":",
	              place.line, place.column, dialect_severity_name(f->severity), f->rule, f->mended ? "true" : "false");
	strbuf_put_json(out, f->message);
	strbuf_puts(out, ",\"hint\":");
	strbuf_put_json(out, f->hint);
	strbuf_puts(out, "}\n");
}

static void put_text(const DialectFinding *f, const char *file, Str text, ErrPlace place, StrBuf *out)
{
	static const char *const labels[] = {"ERROR", "WARNING", "NOTE"};
	strbuf_printf(out, "%s:%u:%u: %s: %.*s\n", file, place.line, place.column, labels[f->severity],
	              STR_ARG(f->message));
	if (f->severity != DIALECT_NOTE) {
		Str line = str_slice(text, place.line_begin, place.line_end - place.line_begin);
		strbuf_printf(out, "  %.*s\n  ", STR_ARG(line));
		for (uint32_t i = place.line_begin; i < f->span.begin; i++)
			if (str_begins_char(text.ptr[i])) /* a caret stands under a character, not under a byte */
				strbuf_putc(out, text.ptr[i] == '\t' ? '\t' : ' ');
		strbuf_puts(out, "^\n");
	}
	if (f->hint.len > 0)
		strbuf_printf(out, "  HINT: %.*s\n", STR_ARG(f->hint));
}

/* Prints the findings of a file. only_hopeless: those that an export cannot rewrite. */
static void look(Portable *p, const PortableFile *file, bool only_hopeless, StrBuf *out)
{
	Str text = strbuf_str(&file->text);
	const DialectFindings *findings = dialect_check(p->dialect, text, &file->stmts);
	for (uint32_t i = 0; i < findings->len; i++) {
		const DialectFinding *f = &findings->items[i];
		p->errors += f->severity == DIALECT_ERROR;
		p->hopeless += !f->mended;
		p->warnings += f->severity == DIALECT_WARNING;
		p->notes += f->severity == DIALECT_NOTE;
		if (only_hopeless && f->mended)
			continue;
		ErrPlace place = err_place(text.ptr, text.len, f->span.begin);
		if (p->json)
			put_json(f, file->name, place, out);
		else
			put_text(f, file->name, text, place, out);
	}
}

static bool read_files(Portable *p, const Command *c, PortableFile *files)
{
	for (int i = 0; i < c->nargs; i++) {
		PortableFile *f = &files[i];
		Err err = {0};
		f->name = c->args[i];
		if (!command_read_file(f->name, &f->text))
			return false;
		Str text = strbuf_str(&f->text);
		if (dialect_parse(p->arena, text, &f->stmts, &err))
			continue;
		StrBuf b;
		strbuf_init(&b);
		err_print(&err, f->name, 1, text.ptr, text.len, &b);
		fwrite(b.ptr, 1, b.len, stderr);
		strbuf_deinit(&b);
		return false;
	}
	return true;
}

static PortableFile *open_files(Portable *p, const Command *c)
{
	p->arena = arena_open("dialect", 0);
	p->dialect = dialect_open(p->arena);
	p->json = c->format != NULL && strcmp(c->format, "json") == 0;
	PortableFile *files = ARENA_ARRAY_ZERO(p->arena, PortableFile, c->nargs);
	for (int i = 0; i < c->nargs; i++)
		strbuf_init(&files[i].text);
	return files;
}

static void close_files(Portable *p, PortableFile *files, int n)
{
	for (int i = 0; i < n; i++)
		strbuf_deinit(&files[i].text);
	arena_close(p->arena);
}

int portable_check(const Command *c)
{
	Portable p = {0};
	PortableFile *files = open_files(&p, c);
	bool ok = read_files(&p, c, files);
	StrBuf out;
	strbuf_init(&out);
	for (int i = 0; ok && i < c->nargs; i++)
		look(&p, &files[i], false, &out);
	if (ok && !p.json)
		strbuf_printf(&out, "%s: %u error%s, %u warning%s, %u note%s\n",
		              p.errors ? "does not run on Flink" : "runs on Flink", p.errors, p.errors == 1 ? "" : "s",
		              p.warnings, p.warnings == 1 ? "" : "s", p.notes, p.notes == 1 ? "" : "s");
	fwrite(out.ptr, 1, out.len, stdout);
	strbuf_deinit(&out);
	close_files(&p, files, c->nargs);
	return ok && p.errors == 0 ? 0 : 1;
}

int portable_export(const Command *c)
{
	Portable p = {0};
	PortableFile *files = open_files(&p, c);
	bool ok = read_files(&p, c, files);
	StrBuf out;
	strbuf_init(&out);
	for (int i = 0; ok && i < c->nargs; i++)
		look(&p, &files[i], true, &out);
	if (p.hopeless > 0) {
		fwrite(out.ptr, 1, out.len, stderr);
		fprintf(stderr, "weir: %u place%s cannot be rewritten for Flink\n", p.hopeless, p.hopeless == 1 ? "" : "s");
		ok = false;
	}
	strbuf_clear(&out);
	strbuf_puts(&out, "-- Written by weir export --to flink, for Flink 1.20. Comments of the source are left out,\n"
	                  "-- and variables are replaced: secrets stand here in the clear.\n\n");
	for (int i = 0; ok && i < c->nargs; i++) {
		strbuf_puts(&out, i > 0 ? "\n" : "");
		dialect_export(p.dialect, strbuf_str(&files[i].text), &files[i].stmts, &out);
	}
	if (ok)
		fwrite(out.ptr, 1, out.len, stdout);
	strbuf_deinit(&out);
	close_files(&p, files, c->nargs);
	return ok ? 0 : 1;
}

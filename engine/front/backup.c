/*
 * engine/front/backup.c: weir backup, and the statement BACKUP TO that it asks a running engine for.
 *
 * A running engine makes the copy itself, on a connection that only reads, with its bound on the write-ahead log
 * lifted. One that cannot be asked (it runs without a server) is copied from beside, as any reader of SQLite may.
 */
#include "engine/front/backup.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/pgwire.h"
#include "engine/front/serve_place.h"
#include "engine/front/session_int.h"
#include "engine/state/store.h"

/* ---- the statement ---- */

static void log_progress(void *ctx, int64_t written, int64_t expected)
{
	LOGI("backup", "copying", "to=\"%s\" written=%lld of_about=%lld", (const char *)ctx, (long long)written,
	     (long long)expected);
}

bool backup_statement(Running *r, Err *err)
{
	const AstBackup *node = AST_CONST(AstBackup, r->stmt);
	Session *s = r->s;
	if (s->opt.serve)
		return err_set_at(err, ERR_WRONG_OBJECT, r->stmt->span, "a served file may not make a backup") ||
		       err_hint(err, "Run weir backup FILE.db TO.db beside the engine.");
	if (!s->opt.is_owner)
		return err_set_at(err, ERR_AUTH, r->stmt->span,
		                  "a backup is written by the engine's own user, through its Unix socket") ||
		       err_hint(err, "Run weir backup FILE.db TO.db on the machine of the engine.");
	if (node->to->value.len == 0 || node->to->value.ptr[0] != '/')
		return err_set_at(err, ERR_BAD_OPTION, node->to->node.span, "a backup's name is a path from the root");
	if (s->opt.dry)
		return true;
	Store *store = engine_store(s->opt.engine);
	char *to = arena_cstr(r->arena, node->to->value);
	StoreBackup b = {.to = to, .cancel = &s->cancel, .progress = log_progress, .ctx = to};
	uint64_t epoch = 0;
	LOGI("backup", "started", "to=\"%s\"", to);
	bool ok = store_backup(store, &b, &epoch, err);
	struct stat st = {0};
	if (ok && stat(to, &st) == 0)
		LOGI("backup", "made, checked and synced", "to=\"%s\" epoch=%llu bytes=%lld", to, (unsigned long long)epoch,
		     (long long)st.st_size);
	else if (!ok)
		LOGW("backup", "failed", "to=\"%s\" error=\"%s\"", to, err->message);
	if (ok)
		session_end(r, "BACKUP %llu", (unsigned long long)epoch);
	return ok;
}

/* ---- the command ---- */

static int failed(const Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	err_print(err, NULL, 1, NULL, 0, &b);
	fwrite(b.ptr, 1, b.len, stderr);
	strbuf_deinit(&b);
	return 1;
}

static int done(const char *to, unsigned long long epoch)
{
	struct stat st;
	fprintf(stderr, "weir: %s is a copy at epoch %llu, %.1f MB, checked\n", to, epoch,
	        stat(to, &st) == 0 ? (double)st.st_size / 1e6 : 0.0);
	return 0;
}

static void print_progress(void *ctx, int64_t written, int64_t expected)
{
	(void)ctx;
	fprintf(stderr, "weir: %.0f of about %.0f MB\n", (double)written / 1e6, (double)expected / 1e6);
}

/* A copy from beside; the file may be at rest, or held by an engine. */
static int copy_file(const char *from, const char *to)
{
	StoreBackup b = {.from = from, .to = to, .progress = print_progress};
	uint64_t epoch = 0;
	Err err = {0};
	return store_backup_file(&b, &epoch, &err) ? done(to, epoch) : failed(&err);
}

static PGconn *reach(const char *dir)
{
	char port[16];
	snprintf(port, sizeof port, "%d", PGWIRE_PORT);
	const char *keys[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
	const char *values[] = {dir, port, "weir", "default_database", "10", NULL};
	PGconn *conn = PQconnectdbParams(keys, values, 0);
	if (PQstatus(conn) == CONNECTION_OK)
		return conn;
	PQfinish(conn);
	return NULL;
}

static int ask_engine(PGconn *conn, const char *to, const char *full)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "BACKUP TO '");
	for (const char *p = full; *p; p++) {
		if (*p == '\'')
			strbuf_putc(&sql, '\'');
		strbuf_putc(&sql, *p);
	}
	strbuf_putc(&sql, '\'');
	fprintf(stderr, "weir: the engine that runs makes the copy; its log says how far it is\n");
	PGresult *res = PQexec(conn, strbuf_cstr(&sql));
	strbuf_deinit(&sql);
	int status = 1;
	if (PQresultStatus(res) == PGRES_COMMAND_OK) {
		const char *tag = PQcmdStatus(res);
		const char *number = strchr(tag, ' ');
		status = done(to, number ? strtoull(number, NULL, 10) : 0);
	} else {
		fprintf(stderr, "weir: %s", PQerrorMessage(conn));
	}
	PQclear(res);
	return status;
}

static int copy_running(const Command *c, const char *from, const char *to, const Err *locked)
{
	StrBuf dir, full;
	strbuf_init(&dir);
	strbuf_init(&full);
	Err err = {0};
	int status;
	if (c->socket)
		strbuf_puts(&dir, c->socket);
	if (!serve_place_absolute(to, &full, &err) || (!c->socket && !serve_place_socket(from, &dir, &err))) {
		status = failed(&err);
	} else {
		PGconn *conn = reach(strbuf_cstr(&dir));
		if (conn) {
			status = ask_engine(conn, to, strbuf_cstr(&full));
		} else {
			fprintf(stderr, "weir: %s, and cannot be asked (--socket names its folder); copying from beside it\n",
			        locked->message);
			status = copy_file(from, to);
		}
		PQfinish(conn);
	}
	strbuf_deinit(&dir);
	strbuf_deinit(&full);
	return status;
}

int backup_main(const Command *c)
{
	if (c->nargs != 2) {
		fprintf(stderr, "weir: backup FILE.db TO.db\n");
		return 2;
	}
	const char *from = c->args[0], *to = c->args[1];
	struct stat st;
	Err err = {0};
	if (stat(from, &st) != 0) {
		err_set(&err, ERR_STATE_IO, "there is no state file \"%s\"", from);
		return failed(&err);
	}
	StoreOptions so = {.path = from, .clock = &clock_real, .memory_bytes = 64 << 20, .wal_max_bytes = 1 << 30};
	Store *store;
	if (!store_open(&so, &store, &err))
		return err.code == ERR_STATE_LOCKED ? copy_running(c, from, to, &err) : failed(&err);
	StoreBackup b = {.to = to, .progress = print_progress};
	uint64_t epoch = 0;
	bool ok = store_backup(store, &b, &epoch, &err);
	store_close(store);
	return ok ? done(to, epoch) : failed(&err);
}

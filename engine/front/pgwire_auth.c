/*
 * engine/front/pgwire_auth.c: start-up and authentication.
 *
 *   StartupMessage -> [SASL -> SCRAM-SHA-256 -> proof] -> AuthenticationOk, ParameterStatus ..., BackendKeyData,
 * ReadyForQuery
 */
#include "engine/front/pgwire_int.h"

#include "base/hash.h"
#include "base/log.h"

enum { AUTH_OK = 0, AUTH_SASL = 10, AUTH_SASL_CONTINUE = 11, AUTH_SASL_FINAL = 12 };

static bool refuse(PgwireConn *c, const Err *err, const char *sqlstate)
{
	pgwire_reply_error(&c->out, err, "FATAL", sqlstate, (Str){0});
	return false;
}

static bool malformed(PgwireConn *c)
{
	Err err = {0};
	err_set(&err, ERR_PROTOCOL, "invalid start-up message");
	return refuse(c, &err, NULL);
}

static void put_auth(StrBuf *out, int32_t code, Str data)
{
	size_t at = pgwire_message_begin(out, 'R');
	pgwire_message_put_i32(out, code);
	strbuf_put_str(out, data);
	pgwire_message_end(out, at);
}

static Str parameter(const PgwireConn *c, const char *name)
{
	for (uint32_t i = 0; i < c->startup.nparams; i++)
		if (str_eq_c(c->startup.names[i], name))
			return c->startup.values[i];
	return STR_EMPTY;
}

/* ---- settings of the start-up message ---- */

static bool set(PgwireConn *c, Str name, Str value, Err *err)
{
	/* Some drivers write the quotes that a configuration file would have. */
	if (value.len > 1 && value.ptr[0] == '\'' && value.ptr[value.len - 1] == '\'')
		value = str_slice(value, 1, value.len - 2);
	if (str_eq_nocase(name, STR("client_encoding")) && !str_starts_nocase(value, STR("utf")) &&
	    !str_starts_nocase(value, STR("unicode")))
		return err_set(err, ERR_BAD_OPTION, "client_encoding is UTF8 always, not \"%.*s\"", STR_ARG(value));
	if (str_eq_nocase(name, STR("client_encoding")) || str_eq_nocase(name, STR("DateStyle")))
		return true; /* ISO is the only style */
	const SettingDef *d = settings_find(name);
	if (d && (d->scope == SETTING_ENGINE || d->scope == SETTING_START))
		return err_set(err, ERR_BAD_OPTION, "\"%s\" is one for the whole engine: SET it in a statement", d->name);
	bool no_effect;
	return settings_set(session_settings_edit(c->session), name, value, &no_effect, err);
}

/* options=-c name=value -c name=value; a backslash keeps the blank behind it. */
static bool set_options(PgwireConn *c, Str options, Err *err)
{
	bool ok = true, wants_value = false;
	StrBuf word;
	strbuf_init(&word);
	for (uint32_t i = 0; ok && i <= options.len; i++) {
		char ch = i < options.len ? options.ptr[i] : ' ';
		if (ch != ' ') {
			if (ch == '\\' && i + 1 < options.len)
				ch = options.ptr[++i];
			strbuf_putc(&word, ch);
			continue;
		}
		if (!word.len)
			continue;
		Str w = strbuf_str(&word);
		if (!wants_value && str_eq_c(w, "-c")) {
			wants_value = true;
		} else {
			if (str_starts(w, STR("-c")) || str_starts(w, STR("--")))
				w = str_slice(w, 2, w.len);
			int64_t eq = str_find(w, STR("="), 0);
			ok = eq > 0 ? set(c, str_slice(w, 0, (uint32_t)eq), str_slice(w, (uint32_t)eq + 1, w.len), err)
			            : err_set(err, ERR_BAD_OPTION, "invalid start-up option \"%.*s\"", STR_ARG(w));
			wants_value = false;
		}
		strbuf_clear(&word);
	}
	strbuf_deinit(&word);
	return ok;
}

static bool apply_settings(PgwireConn *c, Err *err)
{
	for (uint32_t i = 0; i < c->startup.nparams; i++) {
		Str name = c->startup.names[i], value = c->startup.values[i];
		bool ok = true;
		if (str_eq_c(name, "user") || str_eq_c(name, "database") || str_starts(name, STR("_pq_.")))
			continue;
		if (str_eq_c(name, "replication"))
			ok = str_eq_nocase(value, STR("false")) || str_eq_c(value, "0") || str_eq_nocase(value, STR("off")) ||
			     err_set(err, ERR_NOT_SUPPORTED, "replication connections are not supported");
		else if (str_eq_c(name, "options"))
			ok = set_options(c, value, err);
		else
			ok = set(c, name, value, err);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- the end of it ---- */

static bool finish(PgwireConn *c)
{
	SessionOptions so = {.engine = c->server->engine, .user = "weir", .is_owner = c->trusted};
	c->session = session_open(&so);
	Err err = {0};
	if (!apply_settings(c, &err))
		return refuse(c, &err, NULL);
	c->wants_status = str_eq_c(settings_str(session_settings(c->session), "application_name"), "weir shell");
	put_auth(&c->out, AUTH_OK, STR_EMPTY);
	pgwire_reply_parameters(c, &c->out);
	size_t at = pgwire_message_begin(&c->out, 'K');
	pgwire_message_put_i32(&c->out, c->pid);
	pgwire_message_put_i32(&c->out, c->key);
	pgwire_message_end(&c->out, at);
	pgwire_reply_ready(&c->out, 'I');
	c->phase = PHASE_READY;
	scram_close(c->scram);
	c->scram = NULL;
	arena_close(c->start);
	c->start = NULL;
	LOGD("pgwire", "client connected", "pid=%u", c->pid);
	return true;
}

/* For a name that does not exist the exchange goes on and fails at its end, always with the same salt for the same
 * name, so that names cannot be tried out. */
static void mock_verifier(const PgwireConn *c, Str user, ScramVerifier *v)
{
	*v = c->server->verifier;
	Hash128 salt = hash_bytes128(user.ptr, user.len, hash_process_seed());
	memcpy(v->salt, &salt, sizeof salt);
	hash_random(v->stored_key, sizeof v->stored_key);
}

static bool start(PgwireConn *c, const PgwireStartup *m)
{
	Err err = {0};
	if (m->code >> 16 != 3) {
		err_set(&err, ERR_PROTOCOL, "unsupported protocol %u.%u: weir speaks 3.0", m->code >> 16, m->code & 0xffff);
		return refuse(c, &err, "0A000");
	}
	if (c->one_too_many) {
		err_set(&err, ERR_OUT_OF_MEMORY, "too many connections: weir takes %d", PGWIRE_CONNECTIONS_MAX);
		return refuse(c, &err, "53300");
	}
	c->startup = *m;
	uint32_t extensions = 0;
	for (uint32_t i = 0; i < m->nparams; i++)
		extensions += str_starts(m->names[i], STR("_pq_."));
	if (m->code != PGWIRE_PROTOCOL || extensions) {
		size_t at = pgwire_message_begin(&c->out, 'v');
		pgwire_message_put_i32(&c->out, PGWIRE_PROTOCOL);
		pgwire_message_put_i32(&c->out, extensions);
		for (uint32_t i = 0; i < m->nparams; i++)
			if (str_starts(m->names[i], STR("_pq_.")))
				pgwire_message_put_text(&c->out, m->names[i]);
		pgwire_message_end(&c->out, at);
	}
	Str user = parameter(c, "user");
	if (!user.len) {
		err_set(&err, ERR_AUTH, "no user name in the start-up message");
		return refuse(c, &err, "28000");
	}
	if (c->trusted)
		return finish(c);
	if (!c->server->has_verifier) {
		err_set(&err, ERR_AUTH, "the server has no password, and trusts its own user only");
		return refuse(c, &err, "28000");
	}
	c->known_user = str_eq_c(user, "weir");
	ScramVerifier v = c->server->verifier;
	if (!c->known_user)
		mock_verifier(c, user, &v);
	c->scram = scram_open(&v, NULL);
	static const char mechanisms[] = "SCRAM-SHA-256\0"; /* a list, ended by an empty one */
	put_auth(&c->out, AUTH_SASL, str_make(mechanisms, sizeof mechanisms));
	c->phase = PHASE_SASL;
	return true;
}

bool pgwire_auth_startup(PgwireConn *c, Str body)
{
	PgwireStartup m;
	Err err = {0};
	arena_reset(c->start);
	Str copy = arena_str(c->start, body);
	if (!pgwire_message_startup(copy, c->start, &m, &err))
		return malformed(c);
	switch (m.code) {
	case PGWIRE_SSL:
	case PGWIRE_GSSENC: strbuf_putc(&c->out, 'N'); return true;
	case PGWIRE_CANCEL: pgwire_taken(c->server, m.pid, m.key); return false;
	default: return start(c, &m);
	}
}

bool pgwire_auth_password(PgwireConn *c, char type, Str body)
{
	Err err = {0};
	StrBuf answer;
	strbuf_init(&answer);
	bool ok = type == 'p' || err_set(&err, ERR_PROTOCOL, "a password was expected");
	if (ok && c->phase == PHASE_SASL) {
		Str mechanism, response;
		ok = pgwire_message_sasl_initial(body, &mechanism, &response, &err);
		if (ok && !str_eq_c(mechanism, "SCRAM-SHA-256"))
			ok = err_set(&err, ERR_PROTOCOL, "weir knows SCRAM-SHA-256 only");
		ok = ok && scram_first(c->scram, response, &answer, &err);
		if (ok) {
			put_auth(&c->out, AUTH_SASL_CONTINUE, strbuf_str(&answer));
			c->phase = PHASE_PROOF;
		}
	} else if (ok) {
		ok = scram_final(c->scram, body, &answer, &err);
		if (ok && !c->known_user)
			ok = err_set(&err, ERR_AUTH, "password authentication failed");
		if (ok)
			put_auth(&c->out, AUTH_SASL_FINAL, strbuf_str(&answer));
		else
			LOGW("pgwire", "a client failed to log in", "error=\"%s\"", err.message);
		ok = ok && finish(c);
		if (!ok && !err.code) {
			strbuf_deinit(&answer);
			return false; /* finish has said why */
		}
	}
	strbuf_deinit(&answer);
	return ok || refuse(c, &err, NULL);
}

/*
 * tests/unit/sql/catalog/test_settings.c: the table of settings and sets of values.
 */
#include "sql/catalog/settings.h"

#include "tests/support/check.h"

static bool set(Settings *s, const char *name, const char *value, Err *err)
{
	bool no_effect;
	*err = (Err){0};
	return settings_set(s, str_from(name), str_from(value), &no_effect, err);
}

static bool equals(Str s, const char *want)
{
	return str_eq_c(s, want);
}

TEST(defaults_fit_their_own_checks)
{
	Settings *s = settings_new();
	const SettingDef *d;
	Err err;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++) {
		bool wild = d->name[strlen(d->name) - 1] == '*';
		CHECK_FMT(wild || d->class == OPTION_NO_EFFECT || d->type == OPTION_STRING ||
		              set(s, d->name, d->default_, &err),
		          "    %s: %s\n", d->name, err.message);
		CHECK_FMT(d->doc && d->doc[0], "    %s has no doc\n", d->name);
		if (!wild)
			CHECK_FMT(settings_is_default(s, d->name), "    %s\n", d->name);
	}
	settings_free(s);
}

TEST(values_are_read_by_type)
{
	Settings *s = settings_new();
	Err err;
	CHECK_EQ_I64(settings_int(s, "weir.step.rows"), 4096);
	CHECK_EQ_I64(settings_size(s, "weir.memory"), 256 << 20);
	CHECK_EQ_I64(settings_duration_us(s, "weir.epoch.min"), 20000);
	CHECK_EQ_I64(settings_duration_us(s, "execution.checkpointing.interval"), 200000);
	CHECK(settings_bool(s, "table.exec.mini-batch.enabled"));
	CHECK(equals(settings_str(s, "table.local-time-zone"), "UTC"));
	CHECK(set(s, "weir.step.rows", "1", &err));
	CHECK_EQ_I64(settings_int(s, "weir.step.rows"), 1);
	CHECK(!settings_is_default(s, "weir.step.rows"));
	CHECK(set(s, "statement_timeout", "5s", &err) && settings_duration_us(s, "statement_timeout") == 5000000);
	CHECK(set(s, "statement_timeout", "1500", &err) && settings_duration_us(s, "statement_timeout") == 1500000);
	CHECK(set(s, "weir.delivery", "AT-LEAST-ONCE", &err));
	CHECK(equals(settings_str(s, "weir.delivery"), "at-least-once"));
	settings_free(s);
}

TEST(bad_values_are_refused)
{
	Settings *s = settings_new();
	Err err;
	CHECK(!set(s, "weir.step.rows", "0", &err));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
	CHECK_STR(err.message, "\"0\" is out of range for the setting \"weir.step.rows\"");
	CHECK_STR(err.hint, "It takes 1 to 1048576.");
	CHECK(!set(s, "weir.step.rows", "many", &err));
	CHECK(!set(s, "weir.memory", "lots", &err));
	CHECK(!set(s, "weir.memory", "-1", &err));
	CHECK(!set(s, "table.exec.mini-batch.enabled", "maybe", &err));
	CHECK(!set(s, "weir.delivery", "never", &err));
	CHECK_STR(err.hint, "It takes: exactly-once|at-least-once.");
	CHECK(!set(s, "table.local-time-zone", "Mars/Olympus", &err));
	CHECK(!set(s, "execution.runtime-mode", "batch", &err));
	CHECK(!set(s, "standard_conforming_strings", "off", &err));
	CHECK(settings_is_default(s, "weir.step.rows"));
	settings_free(s);
}

TEST(names_unknown_are_guessed)
{
	Settings *s = settings_new();
	Err err;
	CHECK(!set(s, "weir.step.row", "1", &err));
	CHECK_EQ_I64(err.code, ERR_NO_SUCH_OPTION);
	CHECK_STR(err.hint, "Did you mean \"weir.step.rows\"? SHOW SETTINGS lists them all.");
	CHECK(!set(s, "nothing.of.the.kind.at.all", "1", &err));
	CHECK(!settings_reset(s, STR("weir.stop.rows"), &err));
	settings_free(s);
}

TEST(names_of_others)
{
	Settings *s = settings_new();
	Err err;
	CHECK(set(s, "TimeZone", "Europe/Berlin", &err));
	CHECK(equals(settings_str(s, "table.local-time-zone"), "Europe/Berlin"));
	CHECK(set(s, "datestyle", "iso, mdy", &err));
	CHECK(equals(settings_str(s, "DateStyle"), "ISO, MDY"));
	CHECK(set(s, "client_encoding", "utf8", &err));
	CHECK(!set(s, "client_encoding", "LATIN1", &err));
	CHECK(set(s, "sql-client.display.max-column-width", "50", &err));
	CHECK_EQ_I64(settings_int(s, "table.display.max-column-width"), 50);
	settings_free(s);
}

TEST(flinks_keys_without_effect)
{
	Settings *s = settings_new();
	Err err = {0};
	bool no_effect = false;
	CHECK(settings_set(s, STR("parallelism.default"), STR("4"), &no_effect, &err) && no_effect);
	CHECK(settings_set(s, STR("restart-strategy"), STR("none"), &no_effect, &err) && no_effect);
	CHECK(settings_set(s, STR("state.backend.type"), STR("rocksdb"), &no_effect, &err) && no_effect);
	CHECK(settings_set(s, STR("execution.checkpointing.mode"), STR("EXACTLY_ONCE"), &no_effect, &err) && no_effect);
	CHECK(settings_set(s, STR("execution.checkpointing.interval"), STR("1 s"), &no_effect, &err) && !no_effect);
	CHECK(settings_set(s, STR("sql-client.execution.result-mode"), STR("tableau"), &no_effect, &err) && no_effect);
	settings_free(s);
}

TEST(the_ttl_of_state_is_a_duration)
{
	Settings *s = settings_new();
	Err err = {0};
	CHECK(set(s, "table.exec.state.ttl", "0", &err));
	CHECK(set(s, "table.exec.state.ttl", "1 h", &err));
	CHECK(!set(s, "table.exec.state.ttl", "-1 h", &err));
	CHECK_EQ_I64(err.code, ERR_BAD_OPTION);
	settings_free(s);
}

TEST(copies_and_resets)
{
	Settings *a = settings_new();
	Err err;
	CHECK(set(a, "weir.step.rows", "7", &err) && set(a, "weir.arithmetic", "flink", &err));
	Settings *b = settings_copy(a);
	CHECK(settings_reset(a, STR("weir.step.rows"), &err));
	CHECK(settings_is_default(a, "weir.step.rows") && !settings_is_default(a, "weir.arithmetic"));
	CHECK_EQ_I64(settings_int(b, "weir.step.rows"), 7);
	CHECK(settings_reset(b, STR(""), &err));
	CHECK(settings_is_default(b, "weir.step.rows") && settings_is_default(b, "weir.arithmetic"));
	settings_free(a);
	settings_free(b);
	settings_free(NULL);
}

TEST(reset_goes_back_to_the_start)
{
	Settings *a = settings_new();
	Err err;
	bool none;
	CHECK(equals(settings_origin(a, "weir.memory"), "default"));
	CHECK(settings_start(a, STR("weir.memory"), STR("1 GB"), "x.conf:3", &none, &err));
	CHECK(settings_start(a, STR("weir.memory"), STR("2 GB"), "command line", &none, &err));
	CHECK(!settings_start(a, STR("weir.memory"), STR("much"), "x.conf:4", &none, &err));
	CHECK(equals(settings_origin(a, "weir.memory"), "command line"));
	CHECK(set(a, "weir.memory", "256 MB", &err) && settings_is_default(a, "weir.memory"));
	CHECK(equals(settings_origin(a, "weir.memory"), "SET"));
	Settings *b = settings_copy(a);
	CHECK(settings_reset(b, STR("weir.memory"), &err) && equals(settings_str(b, "weir.memory"), "2 GB"));
	CHECK(equals(settings_origin(b, "weir.memory"), "command line"));
	settings_clear(b, "weir.memory");
	CHECK(settings_is_default(b, "weir.memory") && equals(settings_origin(b, "weir.memory"), "default"));
	CHECK(settings_reset(b, STR(""), &err) && equals(settings_str(b, "weir.memory"), "2 GB"));
	settings_take(b, a, "weir.memory");
	CHECK(settings_is_default(b, "weir.memory") && equals(settings_origin(b, "weir.memory"), "SET"));
	settings_free(a);
	settings_free(b);
}

TESTS(defaults_fit_their_own_checks, values_are_read_by_type, bad_values_are_refused, names_unknown_are_guessed,
      names_of_others, flinks_keys_without_effect, the_ttl_of_state_is_a_duration, copies_and_resets,
      reset_goes_back_to_the_start)

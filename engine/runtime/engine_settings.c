/*
 * engine/runtime/engine_settings.c: SET of what belongs to the whole engine. Most of it is read where it is used, at
 * each step or epoch; what was handed out as a number is handed out again.
 */
#include "engine/runtime/engine_int.h"

typedef struct SetRequest {
	EngineRequest req;
	Str name, value; /* value.ptr NULL: the default; name empty: all */
} SetRequest;

static bool apply(Engine *e, EngineRequest *r, Err *err)
{
	const SetRequest *s = (const SetRequest *)(const void *)r;
	bool no_effect;
	pthread_mutex_lock(&e->lock); /* other threads copy them */
	bool ok = s->value.ptr ? settings_set(e->settings, s->name, s->value, &no_effect, err)
	                       : settings_reset(e->settings, s->name, err);
	pthread_mutex_unlock(&e->lock);
	if (!ok)
		return false;
	store_set_memory(e->store, settings_size(e->settings, "weir.memory"));
	for (Query *q = e->queries; q; q = q->next) {
		q->run.side_rows_max = settings_int(e->settings, "weir.side-rows.max");
		if (q->outbox)
			outbox_take_settings(q->outbox);
	}
	return true;
}

bool engine_set(Engine *e, Str name, Str value, Err *err)
{
	const SettingDef *d = settings_find(name);
	ASSERT(d && (d->scope == SETTING_ENGINE || d->scope == SETTING_START));
	if (d->scope == SETTING_START) {
		Settings *now = engine_settings(e);
		Settings *then = settings_copy(now);
		bool no_effect;
		bool ok = value.ptr ? settings_set(then, name, value, &no_effect, err) : settings_reset(then, name, err);
		bool same = ok && str_eq(settings_str(now, d->name), settings_str(then, d->name));
		settings_free(now);
		settings_free(then);
		if (!ok || same)
			return ok;
		err_set(err, ERR_BAD_OPTION, "\"%s\" is fixed when the engine starts", d->name);
		return err_hint(err, "Start weir with --set %s=%.*s.", d->name, value.ptr ? (int)value.len : 0,
		                value.ptr ? value.ptr : "");
	}
	SetRequest r = {.req = {.run = apply}, .name = name, .value = value};
	return engine_call(e, &r.req, err);
}

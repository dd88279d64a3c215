/*
 * engine/front/system_weir.c: schema weir: what runs, where it stands, what waits.
 */
#include "engine/front/system_int.h"

#include "engine/runtime/history.h"
#include "engine/runtime/report.h"

static bool queries(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	for (uint32_t i = 0; i < report.nqueries; i++) {
		const ReportQuery *q = &report.queries[i];
		system_str(r, q->name);
		system_str(r, q->kind);
		system_str(r, q->state);
		system_u64(r, q->rows_in);
		system_u64(r, q->rows_out);
		system_u64(r, q->late);
		system_u64(r, q->bad);
		system_u64(r, q->filtered);
		system_u64(r, q->expired);
		system_u64(r, q->unknown);
		system_i64(r, q->held_rows);
		system_ms(r, q->watermark_ms);
		system_put(r, q->lag_records < 0 ? VALUE_NULL : value_i64(q->lag_records));
		system_i64(r, q->lag_us / 1000);
		system_i64(r, q->state_bytes);
		system_us(r, q->started_us);
		system_opt(r, q->held_by.len   ? arena_printf(r->arena, "query %.*s", STR_ARG(q->held_by))
		              : q->outbox_full ? STR("its outbox is full")
		              : q->backfill    ? STR("backfill")
		                               : STR_EMPTY);
		system_opt(r, q->error_code);
		system_opt(r, q->error);
	}
	return true;
}

static bool operators(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	for (uint32_t i = 0; i < report.noperators; i++) {
		const ReportOperator *o = &report.operators[i];
		system_str(r, o->query);
		system_i64(r, o->id);
		system_str(r, o->name);
		system_u64(r, o->rows_in);
		system_u64(r, o->rows_out);
		system_u64(r, o->filtered);
		system_u64(r, o->late);
		system_u64(r, o->partly_late);
		system_u64(r, o->duplicate);
		system_u64(r, o->expired);
		system_u64(r, o->unknown);
		system_i64(r, o->held_rows);
		system_ms(r, o->watermark_ms);
		system_i64(r, o->state_rows);
		system_i64(r, o->state_bytes);
		system_opt(r, o->holds);
	}
	return true;
}

static bool sources(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	for (uint32_t i = 0; i < report.nsources; i++) {
		const ReportSource *s = &report.sources[i];
		system_str(r, s->query);
		system_str(r, s->table);
		system_str(r, s->partition);
		system_put(r, s->position == REPORT_UNKNOWN ? VALUE_NULL : value_i64(s->position));
		system_put(r, s->end == REPORT_UNKNOWN ? VALUE_NULL : value_i64(s->end));
		system_put(r, s->lag_records < 0 ? VALUE_NULL : value_i64(s->lag_records));
		system_i64(r, s->lag_us / 1000);
		system_ms(r, s->watermark_ms);
		system_us(r, s->time_us);
		system_bool(r, s->idle);
		system_bool(r, s->done);
		system_u64(r, s->gaps);
		system_opt(r, s->trouble);
	}
	return true;
}

/* Per query and table: its watermark, and which partition holds it back. */
static bool watermarks(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	for (uint32_t i = 0; i < report.nsources;) {
		const ReportSource *first = &report.sources[i];
		int64_t ms = first->table_watermark_ms;
		Str blamed = STR_EMPTY;
		uint32_t partitions = 0, idle = 0;
		for (; i < report.nsources && str_eq(report.sources[i].query, first->query) &&
		       str_eq(report.sources[i].table, first->table);
		     i++) {
			const ReportSource *s = &report.sources[i];
			partitions++;
			idle += s->idle;
			if (s->blamed)
				blamed = s->partition;
		}
		system_str(r, first->query);
		system_str(r, first->table);
		system_ms(r, ms);
		system_opt(r, blamed);
		system_i64(r, partitions);
		system_i64(r, idle);
		bool known = ms != BATCH_END && ms != BATCH_NO_WATERMARK;
		system_put(r, known ? value_i64(report.now_us / 1000 - ms) : VALUE_NULL);
	}
	return true;
}

static bool sinks(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	for (uint32_t i = 0; i < report.nsinks; i++) {
		const ReportSink *s = &report.sinks[i];
		system_str(r, s->name);
		system_str(r, s->connector);
		system_str(r, s->state);
		system_u64(r, s->delivered);
		system_u64(r, s->sealed);
		system_i64(r, s->waiting_bytes);
		system_u64(r, s->rows);
		system_u64(r, s->refused);
		system_u64(r, s->retries);
		system_opt(r, s->error_code);
		system_opt(r, s->error);
	}
	return true;
}

static bool checkpoints(SystemRows *r, Err *err)
{
	Report report;
	if (!report_take(r->engine, r->arena, &report, err))
		return false;
	const ReportStore *s = &report.store;
	system_u64(r, s->sealed);
	system_u64(r, s->landed);
	system_u64(r, s->epochs);
	system_i64(r, s->entries);
	system_i64(r, s->written_bytes);
	system_i64(r, s->wal_bytes);
	system_i64(r, s->unlanded_bytes);
	system_i64(r, s->ram_bytes);
	system_i64(r, s->evicted);
	system_i64(r, s->reloaded);
	system_i64(r, s->commit_us_last);
	system_i64(r, s->commit_us_max);
	system_us(r, s->landed_us ? s->landed_us : INT64_MIN);
	return true;
}

static bool settings(SystemRows *r, Err *err)
{
	(void)err;
	static const char *const scopes[] = {"engine", "start", "query", "session"};
	const Settings *s = session_settings_fresh(r->session);
	const SettingDef *d;
	for (uint32_t i = 0; (d = settings_def_at(i)); i++) {
		if (d->class != OPTION_HONOURED)
			continue;
		system_text(r, d->name);
		system_str(r, arena_str(r->arena, settings_str(s, d->name)));
		system_text(r, d->default_);
		system_bool(r, settings_is_default(s, d->name));
		system_text(r, scopes[d->scope]);
		system_str(r, arena_str(r->arena, settings_origin(s, d->name)));
		system_text(r, d->doc);
	}
	return true;
}

static bool history(SystemRows *r, Err *err)
{
	HistoryEvent *events;
	uint32_t n;
	if (!history_take(r->engine, r->arena, &events, &n, err))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		system_i64(r, events[i].seq);
		system_us(r, events[i].at_us);
		system_u64(r, events[i].epoch);
		system_str(r, events[i].event);
		system_opt(r, events[i].name);
		system_opt(r, events[i].error_code);
		system_opt(r, events[i].detail);
	}
	return true;
}

/* clang-format off */
const SystemTable system_weir_tables[] = {
    {"weir", "queries", "name:s kind:s state:s rows_in:i rows_out:i late:i bad:i filtered:i expired:i unknown:i held:i watermark:w lag_records:i lag_ms:i state_bytes:i started:t waits_for:s error_code:s error:s", queries},
    {"weir", "operators", "query:s id:i operator:s rows_in:i rows_out:i filtered:i late:i partly_late:i duplicate:i expired:i unknown:i held:i watermark:w state_rows:i state_bytes:i holds:s", operators},
    {"weir", "sources", "query:s table:s partition:s position:i end:i lag_records:i lag_ms:i watermark:w newest:t idle:b done:b gaps:i trouble:s", sources},
    {"weir", "watermarks", "query:s table:s watermark:w held_by:s partitions:i idle:i behind_clock_ms:i", watermarks},
    {"weir", "sinks", "name:s connector:s state:s delivered_epoch:i epoch:i waiting_bytes:i rows:i refused:i retries:i error_code:s error:s", sinks},
    {"weir", "checkpoints", "epoch:i landed_epoch:i epochs:i entries:i written_bytes:i wal_bytes:i unlanded_bytes:i state_bytes:i evicted:i reloaded:i commit_us:i commit_us_max:i landed_at:t", checkpoints},
    {"weir", "history", "seq:i at:t epoch:i event:s name:s error_code:s detail:s", history},
    {"weir", "settings", "name:s value:s default:s is_default:b scope:s origin:s description:s", settings},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

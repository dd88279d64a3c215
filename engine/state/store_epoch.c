/*
 * engine/state/store_epoch.c: epochs as the step loop sees them: seal, poll, wait, discard.
 */
#include "engine/state/store.h"

#include "engine/state/evict.h"
#include "engine/state/load.h"
#include "engine/state/reader.h"
#include "engine/state/seal.h"
#include "engine/state/writer.h"

bool store_dirty(const Store *store)
{
	bool dirty = store->creates.len > 0 || store->drops.len > 0 || store->renames.len > 0;
	for (uint32_t i = 0; i < store->changed.len && !dirty; i++)
		dirty = store->changed.items[i]->nchanged > 0 || store->changed.items[i]->cuts.n > 0;
	return dirty;
}

uint64_t store_seal(Store *store)
{
	ASSERT(store->cursors == 0);
	seal_drop_landed(store);
	/* So that the commit may start the WAL from its beginning. */
	reader_release(store);
	seal_epoch(store);
	writer_submit(store->writer, store->sealed);
	seal_drop_landed(store); /* inline: it has landed */
	return store->sealed_epoch;
}

bool store_poll(Store *store, Err *err)
{
	reader_release(store);
	writer_between_steps(store->writer);
	seal_drop_landed(store);
	evict_to_bound(store);
	return writer_check(store->writer, err);
}

bool store_check(Store *store, Err *err)
{
	if (!store->read_failed)
		return true;
	store->read_failed = false;
	if (err)
		*err = store->read_err;
	return false;
}

bool store_discard(Store *store, uint32_t unit, Err *err)
{
	bool ok = true;
	for (uint32_t i = 0; i < store->tables.len; i++) {
		StateTable *t = store->tables.items[i];
		if (t->unit != unit || (t->nchanged == 0 && t->cuts.n == 0))
			continue;
		table_reset(t);
		t->sealed = NULL;
		ok = load_table(t, ok ? err : NULL) && ok;
	}
	return ok;
}

static int64_t store_current_bytes(const Store *store)
{
	int64_t bytes = 0;
	for (uint32_t i = 0; i < store->changed.len; i++)
		bytes += store->changed.items[i]->changed_bytes;
	return bytes;
}

int64_t store_unlanded_bytes(const Store *store)
{
	return store_current_bytes(store) + (store->sealed ? store->sealed->bytes : 0);
}

bool store_pressed(const Store *store)
{
	return store_current_bytes(store) > store->options.memory_bytes / 4;
}

uint64_t store_sealed_epoch(const Store *store)
{
	return store->sealed_epoch;
}

uint64_t store_landed_epoch(const Store *store)
{
	return writer_landed(store->writer);
}

bool store_writer_free(Store *store)
{
	return writer_is_free(store->writer);
}

bool store_wait_landed(Store *store, uint64_t epoch, int64_t timeout_ms, Err *err)
{
	return writer_wait(store->writer, epoch, timeout_ms, err);
}

void store_set_memory(Store *store, int64_t bytes)
{
	store->options.memory_bytes = bytes;
	store->evict_retry = 0;
}

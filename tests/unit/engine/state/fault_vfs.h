/*
 * tests/unit/engine/state/fault_vfs.h: an SQLite VFS whose writes to the WAL, or its syncs, fail when told to.
 */
#ifndef WEIR_TESTS_UNIT_ENGINE_STATE_FAULT_VFS_H
#define WEIR_TESTS_UNIT_ENGINE_STATE_FAULT_VFS_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_int fault;    /* SQLite's code of what writes to the WAL return; 0: they work */
static atomic_int fault_at; /* how many operations go through before */

typedef struct FaultFile {
	sqlite3_file base;
	bool wal;
	sqlite3_file *real;
} FaultFile;

static sqlite3_vfs *real_vfs;
static sqlite3_io_methods methods;

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((FaultFile *)f)->real;
}

static int fails(sqlite3_file *f, bool sync)
{
	int code = atomic_load(&fault);
	bool wants_sync = code == SQLITE_IOERR_FSYNC;
	if (code == 0 || !((FaultFile *)f)->wal || wants_sync != sync || atomic_fetch_sub(&fault_at, 1) > 0)
		return 0;
	return code;
}

static int fault_close(sqlite3_file *f)
{
	int rc = real_of(f)->pMethods->xClose(real_of(f));
	sqlite3_free(real_of(f));
	return rc;
}
static int fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}
static int fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = fails(f, false);
	return rc ? rc : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}
static int fault_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return real_of(f)->pMethods->xTruncate(real_of(f), n);
}
static int fault_sync(sqlite3_file *f, int flags)
{
	int rc = fails(f, true);
	return rc ? rc : real_of(f)->pMethods->xSync(real_of(f), flags);
}
static int fault_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), n);
}
static int fault_lock(sqlite3_file *f, int l)
{
	return real_of(f)->pMethods->xLock(real_of(f), l);
}
static int fault_unlock(sqlite3_file *f, int l)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), l);
}
static int fault_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int fault_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int fault_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int fault_device(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, out);
}
static int fault_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}
static void fault_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int fault_shm_unmap(sqlite3_file *f, int del)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), del);
}

static int fault_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *out_flags)
{
	(void)vfs;
	FaultFile *file = (FaultFile *)f;
	file->base.pMethods = NULL;
	file->wal = (flags & SQLITE_OPEN_WAL) != 0;
	file->real = sqlite3_malloc(real_vfs->szOsFile);
	int rc = real_vfs->xOpen(real_vfs, name, file->real, flags, out_flags);
	if (rc == SQLITE_OK)
		file->base.pMethods = &methods;
	else
		sqlite3_free(file->real);
	return rc;
}

static void install_faults(void)
{
	static sqlite3_vfs vfs;
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "weir-test";
	vfs.szOsFile = sizeof(FaultFile);
	vfs.xOpen = fault_open;
	methods = (sqlite3_io_methods){
	    .iVersion = 2,
	    .xClose = fault_close,
	    .xRead = fault_read,
	    .xWrite = fault_write,
	    .xTruncate = fault_truncate,
	    .xSync = fault_sync,
	    .xFileSize = fault_size,
	    .xLock = fault_lock,
	    .xUnlock = fault_unlock,
	    .xCheckReservedLock = fault_reserved,
	    .xFileControl = fault_control,
	    .xSectorSize = fault_sector,
	    .xDeviceCharacteristics = fault_device,
	    .xShmMap = fault_shm_map,
	    .xShmLock = fault_shm_lock,
	    .xShmBarrier = fault_shm_barrier,
	    .xShmUnmap = fault_shm_unmap,
	};
	sqlite3_vfs_register(&vfs, 1);
}

#endif

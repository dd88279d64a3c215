/*
 * engine/connectors/filesystem_commits.h: folders of a sink that are told to be complete by a file in them, _SUCCESS
 * (sink.partition-commit.*, trigger process-time).
 *
 * A folder waits from its first row on. It is committed when the delay has passed and all of its files have their
 * names; with a delay, an open file is ended for it. Rows that come later make it wait anew, and it is committed again.
 * Who waits is in the marker ("wait SINCE FILES FOLDER"), so that a crash leaves no folder out.
 *
 * Thread: one (delivery).
 */
#ifndef WEIR_ENGINE_CONNECTORS_FILESYSTEM_COMMITS_H
#define WEIR_ENGINE_CONNECTORS_FILESYSTEM_COMMITS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"

typedef struct FilesystemWait {
	char *folder;
	int64_t since_us; /* wall clock: its first row since it was committed last */
	bool files;       /* one has got its name since then */
	bool open;        /* for whoever looks through the open files */
} FilesystemWait;

typedef struct FilesystemCommits {
	Str file; /* its name; empty: nobody wants to be told */
	int64_t delay_us;
	FilesystemWait *items;
	uint32_t len, cap;
	Map by_folder; /* index + 1 */
} FilesystemCommits;

void filesystem_commits_init(FilesystemCommits *c);
void filesystem_commits_deinit(FilesystemCommits *c);
void filesystem_commits_clear(FilesystemCommits *c);
/* Rows have come into a folder. */
void filesystem_commits_wait(FilesystemCommits *c, Str folder, int64_t now_us);
/* NULL: it does not wait. */
FilesystemWait *filesystem_commits_find(const FilesystemCommits *c, Str folder);
bool filesystem_commits_due(const FilesystemCommits *c, const FilesystemWait *w, int64_t now_us);
/* Takes the i-th out; another comes into its place. */
void filesystem_commits_remove(FilesystemCommits *c, uint32_t i);

void filesystem_commits_print(const FilesystemCommits *c, StrBuf *out);
bool filesystem_commits_parse(FilesystemCommits *c, Str line);

#endif

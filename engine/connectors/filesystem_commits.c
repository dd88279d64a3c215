/*
 * engine/connectors/filesystem_commits.c: see filesystem_commits.h.
 */
#include "engine/connectors/filesystem_commits.h"

void filesystem_commits_init(FilesystemCommits *c)
{
	*c = (FilesystemCommits){0};
	map_init(&c->by_folder);
}

void filesystem_commits_clear(FilesystemCommits *c)
{
	while (c->len)
		filesystem_commits_remove(c, c->len - 1);
}

void filesystem_commits_deinit(FilesystemCommits *c)
{
	filesystem_commits_clear(c);
	mem_free(c->items);
	map_deinit(&c->by_folder);
}

FilesystemWait *filesystem_commits_find(const FilesystemCommits *c, Str folder)
{
	uintptr_t at = (uintptr_t)map_get(&c->by_folder, folder);
	return at ? &c->items[at - 1] : NULL;
}

void filesystem_commits_wait(FilesystemCommits *c, Str folder, int64_t now_us)
{
	/* without folders there is nothing that could be complete */
	if (!c->file.len || !folder.len || map_has(&c->by_folder, folder))
		return;
	if (c->len == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 8;
		c->items = mem_realloc(c->items, c->cap * sizeof *c->items);
	}
	c->items[c->len] = (FilesystemWait){.folder = mem_cstr(folder), .since_us = now_us};
	map_put(&c->by_folder, folder, (void *)(uintptr_t)++c->len);
}

bool filesystem_commits_due(const FilesystemCommits *c, const FilesystemWait *w, int64_t now_us)
{
	return now_us - w->since_us >= c->delay_us;
}

void filesystem_commits_remove(FilesystemCommits *c, uint32_t i)
{
	map_remove(&c->by_folder, str_from(c->items[i].folder));
	mem_free(c->items[i].folder);
	c->items[i] = c->items[--c->len];
	if (i < c->len)
		map_put(&c->by_folder, str_from(c->items[i].folder), (void *)(uintptr_t)(i + 1));
}

void filesystem_commits_print(const FilesystemCommits *c, StrBuf *out)
{
	for (uint32_t i = 0; i < c->len; i++)
		strbuf_printf(out, "wait %lld %d %s\n", (long long)c->items[i].since_us, c->items[i].files, c->items[i].folder);
}

bool filesystem_commits_parse(FilesystemCommits *c, Str line)
{
	Str word;
	int64_t since, files;
	if (!str_next(&line, ' ', &word) || !str_to_i64(word, &since) || !str_next(&line, ' ', &word) ||
	    !str_to_i64(word, &files) || !line.len)
		return false;
	filesystem_commits_wait(c, line, since);
	FilesystemWait *w = filesystem_commits_find(c, line);
	if (w) /* not, when nobody wants to be told any more */
		w->files = files != 0;
	return true;
}

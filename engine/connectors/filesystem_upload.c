/*
 * engine/connectors/filesystem_upload.c: see filesystem_upload.h.
 */
#include "engine/connectors/filesystem_upload.h"

FilesystemUpload *filesystem_upload_of(FilesystemPart *f)
{
	if (!f->at) {
		FilesystemUpload *b = MEM_NEW(FilesystemUpload);
		strbuf_init(&b->held);
		f->at = b;
	}
	return f->at;
}

void filesystem_upload_free(FilesystemPart *f)
{
	FilesystemUpload *b = f->at;
	if (!b)
		return;
	for (uint32_t i = 0; i < b->nsent; i++)
		mem_free(b->sent[i].etag);
	mem_free(b->sent);
	mem_free(b->upload);
	mem_free(b->tail.items);
	mem_free(b->side.items);
	strbuf_deinit(&b->held);
	mem_free(b);
	f->at = NULL;
}

void filesystem_upload_piece(FilesystemPieces *list, FilesystemPiece piece)
{
	if (list->len == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 4;
		list->items = mem_realloc(list->items, list->cap * sizeof *list->items);
	}
	list->items[list->len++] = piece;
}

void filesystem_upload_sent(FilesystemUpload *b, int64_t len, Str etag)
{
	if (b->nsent == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 8;
		b->sent = mem_realloc(b->sent, b->cap * sizeof *b->sent);
	}
	b->sent[b->nsent++] = (FilesystemSent){.len = len, .etag = mem_cstr(etag)};
}

int64_t filesystem_upload_bytes(const FilesystemPieces *list)
{
	int64_t n = 0;
	for (uint32_t i = 0; i < list->len; i++)
		n += list->items[i].len;
	return n;
}

int64_t filesystem_upload_sent_bytes(const FilesystemUpload *b)
{
	int64_t n = 0;
	for (uint32_t i = 0; i < b->nsent; i++)
		n += b->sent[i].len;
	return n;
}

/* ---- lines of the marker ---- */

static void print_pieces(const char *what, const FilesystemPieces *list, StrBuf *out)
{
	for (uint32_t i = 0; i < list->len; i++)
		strbuf_printf(out, "%s %016llx %lld %lld\n", what, (unsigned long long)list->items[i].journal,
		              (long long)list->items[i].at, (long long)list->items[i].len);
}

void filesystem_upload_print(const FilesystemPart *f, StrBuf *out)
{
	const FilesystemUpload *b = f->at;
	if (!b)
		return;
	if (b->upload)
		strbuf_printf(out, "upload %s\n", b->upload);
	for (uint32_t i = 0; i < b->nsent; i++)
		strbuf_printf(out, "sent %lld %s\n", (long long)b->sent[i].len, b->sent[i].etag);
	print_pieces("tail", &b->tail, out);
	print_pieces("side", &b->side, out);
}

bool filesystem_upload_number(Str text, uint64_t *out)
{
	*out = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
		                 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
		                                        : 16;
		if (digit > 15)
			return false;
		*out = *out << 4 | digit;
	}
	return text.len == 16;
}

bool filesystem_upload_parse(FilesystemPart *f, Str what, Str line)
{
	FilesystemUpload *b = filesystem_upload_of(f);
	Str word;
	FilesystemPiece piece;
	int64_t n;
	if (!line.ptr)
		return false;
	if (str_eq_c(what, "upload")) {
		mem_free(b->upload);
		b->upload = mem_cstr(line);
		return true;
	}
	if (str_eq_c(what, "sent")) {
		if (!str_next(&line, ' ', &word) || !str_to_i64(word, &n) || !line.ptr)
			return false;
		filesystem_upload_sent(b, n, line);
		return true;
	}
	if (!str_eq_c(what, "tail") && !str_eq_c(what, "side"))
		return false;
	if (!str_next(&line, ' ', &word) || !filesystem_upload_number(word, &piece.journal) ||
	    !str_next(&line, ' ', &word) || !str_to_i64(word, &piece.at) || !line.ptr || !str_to_i64(line, &piece.len))
		return false;
	filesystem_upload_piece(str_eq_c(what, "tail") ? &b->tail : &b->side, piece);
	return true;
}

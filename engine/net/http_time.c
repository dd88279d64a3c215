/*
 * engine/net/http_time.c: see http_time.h.
 */
#include "engine/net/http_time.h"

#include "sql/types/timestamp.h"

bool http_time_parse(Str text, int64_t *us)
{
	int64_t offset = 0;
	bool zoned = false;
	text = str_trim(text);
	if (text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9') {
		if (!timestamp_parse(text, us, &zoned, &offset))
			return false;
		*us -= zoned ? offset : 0;
		return true;
	}
	int64_t comma = str_find(text, STR(", "), 0);
	if (comma < 0)
		return false;
	Str rest = str_slice(text, (uint32_t)comma + 2, text.len);
	return timestamp_parse_format(STR("dd MMM yyyy HH:mm:ss"), &rest, us);
}

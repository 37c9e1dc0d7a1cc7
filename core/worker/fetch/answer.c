// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/answer.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/base/num.h"

enum { HEAD_MAX = 64 * 1024, YEAR = 365 * 24 * 3600 };

struct text {
	const char *at;
	size_t n;
};

void gv_answer_init(struct gv_answer *a)
{
	*a = (struct gv_answer){.retry_after = -1};
}

static struct text trim(const char *s, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", s[n - 1]))
		n--;
	while (n > 0 && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	return (struct text){s, n};
}

/* What does not fit, or cannot be sent back as it came, is not kept. */
static void keep(char *ret, size_t cap, struct text value)
{
	ret[0] = '\0';
	if (value.n >= cap)
		return;
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.at[i] < 0x20 || value.at[i] == 0x7f)
			return;
	memcpy(ret, value.at, value.n);
	ret[value.n] = '\0';
}

static bool number(struct text t, uint64_t *ret)
{
	return gv_num_parse(t.at, t.n, INT64_MAX, ret) == 0;
}

static void set_length(struct gv_answer *a, struct text value)
{
	uint64_t length;

	if (!number(value, &length) || (a->has_length && length != a->length)) {
		a->contradicts = "Content-Length";
		return;
	}
	a->has_length = true;
	a->length = length;
}

/* RFC 9110, 14.4: "bytes 5-9/10", the total or the range may be a star. */
static void set_range(struct gv_answer *a, struct text value)
{
	static const char unit[] = "bytes ";
	const char *slash, *dash;
	struct text range, total;

	a->contradicts = "Content-Range"; /* until it is understood */
	if (a->has_range || a->unsatisfied || value.n < sizeof(unit) - 1 ||
	    strncasecmp(value.at, unit, sizeof(unit) - 1) != 0)
		return;
	value = trim(value.at + sizeof(unit) - 1, value.n - (sizeof(unit) - 1));
	slash = memchr(value.at, '/', value.n);
	if (!slash)
		return;
	range = trim(value.at, (size_t)(slash - value.at));
	total = trim(slash + 1, (size_t)(value.at + value.n - slash - 1));
	if (!(total.n == 1 && *total.at == '*') && !number(total, &a->range_total))
		return;
	if (range.n == 1 && *range.at == '*') {
		a->unsatisfied = true;
		a->contradicts = NULL;
		return;
	}
	dash = memchr(range.at, '-', range.n);
	if (!dash ||
	    !number((struct text){range.at, (size_t)(dash - range.at)}, &a->range_from) ||
	    !number((struct text){dash + 1, (size_t)(range.at + range.n - dash - 1)},
		    &a->range_to) ||
	    a->range_to < a->range_from ||
	    (a->range_total && a->range_to >= a->range_total))
		return;
	a->has_range = true;
	a->contradicts = NULL;
}

/* RFC 9110, 10.2.3: seconds, or a date. */
static void set_retry_after(struct gv_answer *a, struct text value)
{
	uint64_t seconds;
	char date[64];
	time_t when;
	double left;
	int r = gv_num_parse(value.at, value.n, YEAR, &seconds);

	if (r == 0) {
		a->retry_after = (long)seconds;
		return;
	}
	if (r == -ERANGE) {
		a->retry_after = YEAR;
		return;
	}
	keep(date, sizeof(date), value);
	when = date[0] ? curl_getdate(date, NULL) : -1;
	if (when == -1)
		return;
	left = difftime(when, time(NULL));
	a->retry_after = left < 0 ? 0 : left > YEAR ? YEAR : (long)left;
}

bool gv_answer_line(struct gv_answer *a, const char *line, size_t n)
{
	const char *colon;
	struct text name, value;

	a->head_bytes += n;
	if (a->head_bytes > HEAD_MAX)
		return false;
	if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		size_t bytes = a->head_bytes;

		gv_answer_init(a);
		a->head_bytes = bytes;
		return true;
	}
	if (trim(line, n).n == 0)
		a->ended = true;
	colon = memchr(line, ':', n);
	if (!colon)
		return true;
	name = (struct text){line, (size_t)(colon - line)};
	value = trim(colon + 1, n - name.n - 1);

#define IS(field) \
	(name.n == sizeof(field) - 1 && strncasecmp(name.at, field, name.n) == 0)
	if (IS("content-length"))
		set_length(a, value);
	else if (IS("content-range"))
		set_range(a, value);
	else if (IS("transfer-encoding"))
		a->chunked = true;
	else if (IS("retry-after"))
		set_retry_after(a, value);
	else if (IS("etag"))
		keep(a->etag, sizeof(a->etag), value);
	else if (IS("last-modified"))
		keep(a->last_modified, sizeof(a->last_modified), value);
	else if (IS("content-type"))
		keep(a->type, sizeof(a->type), value);
	else if (IS("content-encoding"))
		keep(a->encoding, sizeof(a->encoding), value);
#undef IS
	return true;
}

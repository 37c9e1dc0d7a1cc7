// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.h"

#include <errno.h>
#include <string.h>

#include "core/base/num.h"

int64_t gv_clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail with this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void gv_clock_rfc3339(time_t when, char ret[GV_RFC3339_LEN])
{
	struct tm tm;

	if (!gmtime_r(&when, &tm) || tm.tm_year > 9999 - 1900 ||
	    strftime(ret, GV_RFC3339_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		memcpy(ret, "1970-01-01T00:00:00Z", GV_RFC3339_LEN);
}

int gv_clock_parse(const char *s, time_t *ret)
{
	static const struct {
		unsigned at, len;
	} fields[] = {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}};
	char again[GV_RFC3339_LEN];
	uint64_t v[6];
	struct tm tm;
	time_t when;

	if (strlen(s) != GV_RFC3339_LEN - 1)
		return -EINVAL;
	for (size_t i = 0; i < 6; i++)
		if (gv_num_parse(s + fields[i].at, fields[i].len, 9999, &v[i]) < 0)
			return -EINVAL;
	tm = (struct tm){
		.tm_year = (int)v[0] - 1900,
		.tm_mon = (int)v[1] - 1,
		.tm_mday = (int)v[2],
		.tm_hour = (int)v[3],
		.tm_min = (int)v[4],
		.tm_sec = (int)v[5],
	};
	when = timegm(&tm);
	/* Written again it must be the same: catches separators and days that do not
	 * exist. */
	gv_clock_rfc3339(when, again);
	if (strcmp(s, again) != 0)
		return -EINVAL;
	*ret = when;
	return 0;
}

int gv_duration_parse(const char *s, int64_t *ret_seconds)
{
	static const struct {
		char letter;
		unsigned seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
	enum { NUMBER_MAX = 1000000 };
	size_t n = strlen(s);
	uint64_t number;

	for (size_t i = 0; n > 1 && i < GV_COUNT(units); i++) {
		if (s[n - 1] != units[i].letter ||
		    gv_num_parse(s, n - 1, NUMBER_MAX, &number) < 0)
			continue;
		*ret_seconds = (int64_t)(number * units[i].seconds);
		return 0;
	}
	return -EINVAL;
}

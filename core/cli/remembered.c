// SPDX-License-Identifier: Apache-2.0
#include "core/cli/remembered.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/pipeline.h"
#include "core/config/dirs.h"

void gv_remembered_support(struct gv_cli *cli, struct gv_support *s, int64_t *ret_as_of)
{
	GV_CLEANUP(gv_free_str) char *cache = NULL;
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_releases releases = {0};
	struct gv_err ignored = GV_ERR_INIT;
	bool offline = cli->offline;

	*ret_as_of = 0;
	/* Opening the cache would make it. */
	if (gv_dirs_cache(&cache, &ignored) < 0 || access(cache, F_OK) < 0)
		return;
	cli->offline = true;
	if (gv_pipeline_open(cli, &p, &ignored) == 0) {
		if (gv_install_releases(&p.in, false, &releases, &ignored) == 0 &&
		    releases.n) {
			for (size_t i = 0; i < releases.n; i++)
				gv_support_add(s, &releases.items[i]);
			/* A list that lies in a directory is as new as can be. */
			*ret_as_of = releases.fetched_at ? releases.fetched_at
							 : (int64_t)time(NULL);
		}
		gv_releases_release(&releases);
		gv_pipeline_close(&p);
	}
	cli->offline = offline;
}

void gv_format_age(int64_t as_of, char ret[GV_AGE_LEN])
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {{86400, "day", "days"},
		     {3600, "hour", "hours"},
		     {60, "minute", "minutes"}};
	int64_t age = (int64_t)time(NULL) - as_of;
	struct gv_text t = gv_text_in(ret, GV_AGE_LEN);

	for (size_t i = 0; i < GV_COUNT(units); i++) {
		long long n = age / units[i].seconds;

		if (n < 1)
			continue;
		gv_text_format(&t, "%lld %s old", n,
			       n == 1 ? units[i].one : units[i].many);
		return;
	}
	gv_text_add(&t, "less than a minute old");
}

void gv_cli_say_as_of(const struct gv_cli *cli, int64_t as_of)
{
	char when[GV_RFC3339_LEN], age[GV_AGE_LEN];

	if (!as_of) {
		gv_cli_say(cli, "end of life: by what is installed here");
		return;
	}
	gv_clock_rfc3339((time_t)as_of, when);
	gv_format_age(as_of, age);
	gv_cli_say(cli, "end of life: by the list of releases of %s, %s", when, age);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <fcntl.h>

#include "core/base/file.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"
#include "core/config/dirs.h"
#include "core/install/clean.h"
#include "core/store/gc.h"

static const char *const store_kinds[] = {
	[GV_GC_TRASH] = "trash",
	[GV_GC_STAGING] = "staging",
	[GV_GC_TEMPORARY] = "temporary",
	[GV_GC_GENERATIONS] = "generations",
};

static const char *const cache_kinds[] = {
	[GV_CLEAN_PARTIAL] = "partial",
	[GV_CLEAN_ARCHIVES] = "archives",
	[GV_CLEAN_LISTS] = "lists",
	[GV_CLEAN_TILES] = "tiles",
	[GV_CLEAN_TEMPORARY] = "cache-temporary",
};

struct gc {
	struct gv_cli *cli;
	bool dry;
	uint64_t n, bytes;
	struct gv_table table;
	struct gv_json *freed;
};

static int add(struct gc *g, const char *what, uint64_t n, uint64_t bytes)
{
	char count[24], size[GV_SIZE_LEN];
	const char *cells[] = {what, count, size};
	struct gv_json *o;

	if (n == 0)
		return 0;
	g->n += n;
	g->bytes += bytes;
	snprintf(count, sizeof(count), "%llu", (unsigned long long)n);
	gv_format_size(bytes, size);
	o = gv_json_new_object();
	gv_json_set_str(o, "what", what);
	gv_json_set_int(o, "count", (int64_t)n);
	gv_json_set_int(o, "bytes", (int64_t)bytes);
	gv_json_append(g->freed, o);
	return gv_table_row(&g->table, GV_STYLE_OFF, cells);
}

static void record_expired(void *arg, const struct gv_store *s, uint64_t until)
{
	struct gv_journal_entry e = {.event = "expire", .generation = until};

	gv_cli_record_in(arg, s, &e);
}

static int clean_store(struct gc *g, struct gv_err *err)
{
	struct gv_gc_sum sums[GV_GC_KINDS] = {0};
	struct gv_gc how = {.dry = g->dry, .expired = record_expired, .arg = g->cli};
	int r = gv_cli_store(g->cli, GV_STORE_READ, err);

	if (r != 0)
		return r < 0 ? r : 0; /* there is no store */
	r = gv_cli_config(g->cli, err);
	if (r < 0)
		return r;
	how.keep_generations =
		gv_config_num(&g->cli->config, GV_SET_STORE_KEEP_GENERATIONS);
	if (!g->cli->store.writable) {
		gv_cli_say(g->cli, "the store '%s' is not yours to clean: only the cache",
			   g->cli->store.root);
		return 0;
	}
	r = gv_store_gc(&g->cli->store, &how, sums, err);
	for (size_t i = 0; i < GV_GC_KINDS && r == 0; i++)
		if (add(g, store_kinds[i], sums[i].n, sums[i].bytes) < 0)
			r = gv_err_sys(err, -ENOMEM, "cannot clean");
	return r;
}

static int clean_cache(struct gc *g, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	GV_CLEANUP(gv_close) int fd = -1;
	struct gv_clean clean = {.dry = g->dry,
				 .all = gv_cli_option(g->cli, "all") != NULL};
	int r = gv_dirs_cache(&path, err);

	if (r == 0)
		r = gv_cli_config(g->cli, err);
	if (r < 0)
		return r;
	clean.keep_archives = gv_config_bool(&g->cli->config, GV_SET_STORE_KEEP_CACHE);
	fd = r = gv_open_dir(AT_FDCWD, path);
	if (r == -ENOENT)
		return 0;
	if (r >= 0)
		r = gv_clean_cache(fd, &clean);
	for (size_t i = 0; i < GV_CLEAN_KINDS; i++)
		if (add(g, cache_kinds[i], clean.sums[i].files, clean.sums[i].bytes) < 0)
			r = -ENOMEM;
	if (r == 0)
		return 0;
	gv_err_sys(err, r, "cannot clean the cache '%s'", path);
	return r == -EACCES || r == -EPERM ? gv_err_hint(err, "govern doctor") : r;
}

static void print(struct gc *g)
{
	char size[GV_SIZE_LEN];

	gv_format_size(g->bytes, size);
	if (!g->cli->quiet && g->table.rows)
		gv_table_print(&g->table, g->cli);
	if (!g->n)
		gv_cli_done(g->cli, "nothing to clean");
	else
		gv_cli_done(g->cli, g->dry ? "%s would be freed" : "%s freed", size);
}

static struct gv_json *to_json(struct gc *g)
{
	struct gv_json *o = gv_cli_new_json();

	gv_json_set_bool(o, "dry_run", g->dry);
	gv_json_set(o, "freed", g->freed);
	gv_json_set_int(o, "bytes", (int64_t)g->bytes);
	g->freed = NULL;
	return o;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct gc g = {
		.cli = cli,
		.dry = gv_cli_option(cli, "dry-run") != NULL,
		.table = {.columns = 3, .right = 1u << 1 | 1u << 2},
	};
	int r;

	(void)argc;
	(void)argv;
	g.freed = gv_json_new_array();
	r = clean_store(&g, err);
	if (r == 0)
		r = clean_cache(&g, err);
	if (cli->json && r == 0)
		r = gv_cli_print_json(to_json(&g), err);
	else if (cli->json)
		cli->partial = to_json(&g);
	else if (r == 0)
		print(&g);
	gv_table_release(&g.table);
	gv_json_free(g.freed);
	return r;
}

static const struct gv_option options[] = {
	{"dry-run", 'n', NULL, "only tell what would go", NULL},
	{"all", 0, NULL, "also what is of use in the cache: downloads, lists, tiles",
	 NULL},
	{0},
};

const struct gv_command gv_cmd_gc = {
	.name = "gc",
	.what = "free what nobody needs: trash, interrupted installs, stale caches",
	.details =
		"No toolchain goes, and nothing that somebody is using; see also govern "
		"prune.  Of the generations\n"
		"store.keep_generations stay beside the one in force.  Of the cache "
		"goes\n"
		"what was not renewed for 30 days, partial downloads that nobody went on "
		"with for a week,\n"
		"and archives that store.keep_cache does not keep any more.",
	.options = options,
	.max_operands = 0,
	.json = true,
	.run = run,
};

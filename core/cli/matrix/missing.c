// SPDX-License-Identifier: Apache-2.0
#include "core/cli/matrix/missing.h"

#include <errno.h>

#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot run the command");
}

/* Those of the words that nothing installed is. */
static int find_missing(struct gv_cli *cli, const struct gv_list *words,
			struct gv_list *missing, struct gv_err *err)
{
	for (size_t i = 0; i < words->n; i++) {
		struct gv_err why = GV_ERR_INIT;
		char name[GV_NAME_MAX];
		struct gv_spec spec;
		int r = gv_cli_spec(words->items[i], &spec, &why);

		if (r == 0 && spec.kind != GV_SPEC_SYSTEM)
			r = gv_cli_find_installed(cli, &spec, name, &why);
		if (r == 0)
			continue;
		if (r != -GV_ENOTFOUND || missing->n == 0)
			*err = why;
		if (r != -GV_ENOTFOUND)
			return r;
		if (gv_list_add(missing, words->items[i]) < 0)
			return no_memory(err);
	}
	if (missing->n == 0)
		return 0;
	return err->code;
}

static int add_missing(const struct gv_pipeline *p, const struct gv_list *missing,
		       struct gv_batch *batch, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < missing->n && r == 0; i++) {
		struct gv_spec spec;

		r = gv_cli_spec(missing->items[i], &spec, err);
		if (r == 0)
			r = gv_batch_add_spec(p, &spec, batch, err);
	}
	return r;
}

static int install(struct gv_cli *cli, unsigned jobs, const struct gv_list *missing,
		   struct gv_err *err)
{
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_batch batch = {0};
	int r = jobs ? 0 : gv_batch_jobs(cli, &jobs, err);

	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_CREATE, err);
	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	r = add_missing(&p, missing, &batch, err);
	if (r == 0)
		r = gv_batch_bring(cli, &p, &batch, jobs, err);
	for (size_t i = 0; i < batch.n; i++)
		if (batch.items[i].tried && batch.items[i].r == 0)
			gv_cli_talk(cli, "%s installed", batch.items[i].version.name);
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

/* With all of them in the hint, and not one after the other. */
static int are_missing(const struct gv_list *missing, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf all = GV_BUF_INIT(0);

	for (size_t i = 0; i < missing->n; i++) {
		gv_buf_add_str(&all, " ");
		gv_buf_add_word(&all, missing->items[i]);
	}
	return gv_buf_error(&all) < 0 ? err->code
				      : gv_err_hint(err, "govern install%s", all.data);
}

int gv_matrix_bring(struct gv_cli *cli, unsigned jobs, const struct gv_list *words,
		    struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list missing = GV_LIST_INIT;
	struct gv_err why = GV_ERR_INIT;
	bool wanted = gv_cli_option(cli, "install") != NULL;
	int r = wanted ? gv_cli_store(cli, GV_STORE_READ, err) : 0;

	/* What an interrupted one brought in is there, and its pointers may not be. */
	if (wanted && r == 0)
		gv_store_heal(&cli->store);
	if (r < 0)
		return r;
	r = find_missing(cli, words, &missing, &why);
	if (r == 0)
		return 0;
	if (missing.n && wanted)
		return install(cli, jobs, &missing, err);
	*err = why;
	return missing.n ? are_missing(&missing, err) : r;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/matrix/releasewords.h"

#include <errno.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/pipeline.h"

static bool is_of_list(const char *word, struct gv_spec *ret)
{
	struct gv_err ignored = GV_ERR_INIT;

	return gv_cli_spec(word, ret, &ignored) == 0 &&
	       (ret->kind == GV_SPEC_LATEST || ret->kind == GV_SPEC_OLDSTABLE);
}

static int add(const struct gv_pipeline *p, const char *word, struct gv_list *ret,
	       struct gv_err *err)
{
	char name[GV_NAME_MAX + 8];
	struct gv_text t = gv_text_in(name, sizeof(name));
	struct gv_version v;
	struct gv_spec spec;
	int r = 0;

	if (is_of_list(word, &spec)) {
		r = gv_install_choose(&p->in, &spec, &v, err);
		if (r < 0)
			return r;
		gv_text_format(&t, "%s%s", v.name, gv_cli_suffix(&spec));
		word = name;
	}
	return gv_list_add(ret, word) < 0 ? gv_err_sys(err, -ENOMEM, "cannot install")
					  : 0;
}

int gv_release_words(struct gv_cli *cli, const struct gv_list *words, struct gv_list *ret,
		     struct gv_err *err)
{
	struct gv_pipeline p = {.cache_dir = -1};
	struct gv_spec spec;
	bool asked = false;
	int r = 0;

	for (size_t i = 0; i < words->n; i++)
		asked |= is_of_list(words->items[i], &spec);
	if (asked)
		r = gv_cli_store(cli, GV_STORE_CREATE, err);
	if (asked && r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < words->n && r == 0; i++)
		r = add(&p, words->items[i], ret, err);
	if (asked)
		gv_pipeline_close(&p);
	return r;
}

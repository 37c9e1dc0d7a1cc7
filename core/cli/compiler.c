// SPDX-License-Identifier: Apache-2.0
#include "core/cli/compiler.h"

#include <string.h>

#include "core/cli/installed.h"
#include "plugins/build/build.h"

static bool is_proven(const struct gv_store *store, const char *name)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
	struct gv_err unused = GV_ERR_INIT;

	return gv_receipt_load(store, name, &receipt, &unused) == 0 &&
	       receipt.trust == GV_TRUST_PROVEN;
}

/* The newest that is installed, proven, and can.  1: there is one. */
static int find_installed(const struct gv_store *store,
			  const struct gv_build_compilers *can, struct gv_version *ret,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = gv_store_list(store, &names, err);

	for (size_t i = names.n; i > 0 && r == 0; i--) {
		const char *name = names.items[i - 1];
		struct gv_version v;

		if (gv_version_parse(name, strlen(name), &v) == 0 &&
		    gv_version_is_stable(&v) && gv_build_can_compile(can, &v) &&
		    is_proven(store, name)) {
			*ret = v;
			r = 1;
		}
	}
	return r;
}

static int cannot(const struct gv_build *build, const struct gv_build_compilers *can,
		  const struct gv_version *v, struct gv_err *err)
{
	if (can->newest)
		return gv_err_set(err, -GV_EUSAGE,
				  "%s cannot build %s: that takes a Go from 1.4 to 1.%u",
				  v->name, build->base.name, can->newest);
	return gv_err_set(err, -GV_EUSAGE,
			  "%s cannot build %s: that takes %s or a newer one", v->name,
			  build->base.name, can->oldest.name);
}

int gv_compiler_choose(struct gv_cli *cli, const struct gv_install *in,
		       const struct gv_build *build, const char *given,
		       struct gv_version *ret, struct gv_err *err)
{
	struct gv_build_compilers can;
	struct gv_err unused = GV_ERR_INIT;
	struct gv_version chosen;
	char name[GV_NAME_MAX];
	struct gv_spec spec;
	int r = gv_build_compilers(&build->base, &can, err);

	if (r < 0)
		return r;
	if (!given && !build->from) {
		/* Its source comes with a compiler that is as good as any. */
		*ret = build->base;
		return 0;
	}
	if (!given) {
		r = find_installed(&cli->store, &can, ret, err);
		if (r != 0)
			return r < 0 ? r : 0;
		given = can.usual;
	}
	r = gv_cli_spec(given, &spec, err);
	if (r == 0 && gv_cli_find_installed(cli, &spec, name, &unused) == 0)
		r = gv_version_parse(name, strlen(name), &chosen);
	else if (r == 0)
		r = gv_install_choose(in, &spec, &chosen, err);
	if (r == 0 && !gv_build_can_compile(&can, &chosen))
		r = cannot(build, &can, &chosen, err);
	if (r == 0)
		*ret = chosen;
	return r;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/built.h"

#include "core/base/clock.h"
#include "core/cli/output.h"
#include "core/store/receipt.h"
#include "plugins/build/build.h"

/* Why it is less than proven, where that needs a word. */
static const char *remark(const struct gv_build *build)
{
	if (build->n_patches)
		return " (patched)";
	return gv_build_is_reproducible(&build->base) ? "" : " (not reproducible)";
}

void gv_built_tell(const struct gv_cli *cli, const struct gv_build *build,
		   const struct gv_installed *done)
{
	char took[GV_DURATION_LEN];

	if (done->already) {
		gv_cli_done(cli, "%s is already built: %s%s", done->name,
			    gv_trust_name(done->trust), remark(build));
		return;
	}
	gv_format_duration(done->milliseconds, took);
	gv_cli_done(cli, "%s built: %s%s, by %s in %s", done->name,
		    gv_trust_name(done->trust), remark(build), build->bootstrap, took);
}

struct gv_json *gv_built_object(const struct gv_cli *cli, const struct gv_build *build,
				const struct gv_installed *done)
{
	GV_CLEANUP(gv_free_str) char *path = gv_store_path(&cli->store, done->name);
	struct gv_json *o = gv_json_new_object(), *patches = gv_json_new_array();

	gv_json_set_str(o, "version", done->name);
	gv_json_set_str(o, "platform", cli->store.platform);
	gv_json_set_str(o, "path", path);
	gv_json_set_str(o, "trust", gv_trust_name(done->trust));
	gv_json_set_str(o, "source", "build");
	gv_json_set_str(o, "h1", done->h1[0] ? done->h1 : NULL);
	gv_json_set_str(o, "base", build->base.name);
	gv_json_set_str(o, "bootstrap", build->bootstrap[0] ? build->bootstrap : NULL);
	gv_json_set_str(o, "source_h1", build->source_h1[0] ? build->source_h1 : NULL);
	gv_json_set_str(o, "source_sha256",
			build->source_sha256[0] ? build->source_sha256 : NULL);
	for (size_t i = 0; i < build->n_patches; i++) {
		struct gv_json *patch = gv_json_new_object();

		gv_json_set_str(patch, "name", build->patches[i].name);
		gv_json_set_str(patch, "sha256", build->patches[i].sha256);
		gv_json_append(patches, patch);
	}
	gv_json_set(o, "patches", patches);
	gv_json_set_real(o, "seconds", (double)done->milliseconds / 1000);
	gv_json_set_bool(o, "already", done->already);
	return o;
}

// SPDX-License-Identifier: Apache-2.0
#include "plugins/build/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/install/talk.h"

static int add(struct gv_list *set, const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "%s=%s", name, value);
	return gv_buf_error(&b) == 0 ? gv_list_add(set, b.data) : gv_buf_error(&b);
}

/*
 * What archives of that time were built with.  Without a C compiler, which all but the
 * last of them take for cgo, they get along without cgo.
 */
static int compose_old(const struct gv_source_env *env, struct gv_list *ret)
{
	int r = add(ret, "GOROOT_FINAL", "/usr/local/go");

	if (r == 0 && !gv_build_has("gcc")) {
		gv_talk(env->in, "there is no gcc: it is built without cgo");
		r = add(ret, "CGO_ENABLED", "0");
	}
	return r;
}

/* As the release is built: GOARM, where it says nothing, is that of this machine. */
static int compose(const struct gv_source_env *env, struct gv_list *ret)
{
	GV_CLEANUP(gv_free_str)
	char *bootstrap = gv_store_path(env->in->store, env->in->build->bootstrap);
	int r = bootstrap ? add(ret, "GOROOT_BOOTSTRAP", bootstrap) : -ENOMEM;

	if (r == 0 && strcmp(env->in->store->platform, "linux-arm") == 0)
		r = add(ret, "GOARM", "6");
	if (r == 0 && !gv_build_is_reproducible(&env->in->build->base))
		r = compose_old(env, ret);
	return r;
}

int gv_build_make(const struct gv_source_env *env, const char *name, int log,
		  struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	GV_CLEANUP(gv_buf_release) struct gv_buf src = GV_BUF_INIT(0);
	char *argv[] = {"bash", "make.bash", "-distpack", NULL};
	struct gv_build_run run = {
		.env = env,
		.argv = argv,
		.set = &set,
		.limit_ms = env->in->build->limit_ms,
		.log = log,
	};
	char last[GV_WORD_MAX * 8];
	int r = compose(env, &set), status = 0;

	if (!gv_build_is_reproducible(&env->in->build->base))
		argv[GV_COUNT(argv) - 2] = NULL;
	gv_buf_format(&src, "%s/" GV_BUILD_TREE "/src", env->scratch);
	if (r == 0)
		r = gv_buf_error(&src);
	if (r == 0) {
		run.directory = src.data;
		gv_talk(env->in, "%s: make.bash, compiled by %s", name,
			env->in->build->bootstrap);
		r = gv_build_run(&run, last, &status);
	}
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r == -ETIMEDOUT)
		return gv_err_set(err, -GV_EFAILED,
				  "%s could not be built: it took more than %ld s", name,
				  env->in->build->limit_ms / 1000);
	if (r < 0)
		return gv_err_sys(err, r, "cannot run make.bash for %s", name);
	if (status == 127 && !last[0])
		return gv_err_set(err, -GV_EFAILED,
				  "%s could not be built: there is no bash", name);
	if (status != 0)
		return gv_err_set(err, -GV_EFAILED, "%s could not be built: %s", name,
				  last[0] ? last : "make.bash does not say why");
	return 0;
}

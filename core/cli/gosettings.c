// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/config/goenv.h"

/* More would only cost time: the first that says something decides. */
#define GOROOTS_MAX 64

static int add_go_env(struct gv_list *files, const char *goroot)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	gv_buf_format(&path, "%s/go.env", goroot);
	return gv_buf_error(&path) < 0 ? -ENOMEM : gv_list_add(files, path.data);
}

static int add_installed(struct gv_cli *cli, struct gv_list *files)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err ignored = GV_ERR_INIT;
	int r = 0;

	/* A store that cannot be listed knows no proxy; whoever needs it will say why. */
	if (gv_cli_store(cli, GV_STORE_READ, &ignored) != 0 ||
	    gv_store_list(&cli->store, &names, &ignored) < 0)
		return 0;
	for (size_t i = names.n; i > 0 && r == 0 && names.n - i < GOROOTS_MAX; i--) {
		GV_CLEANUP(gv_free_str)
		char *goroot = gv_store_path(&cli->store, names.items[i - 1]);

		r = goroot ? add_go_env(files, goroot) : -ENOMEM;
	}
	return r;
}

/* <goroot>/bin/go for each go in PATH.  A shim of ours, or of another manager, has no
 * go.env beside its directory, so it need not be told apart. */
static int add_from_path(struct gv_list *files)
{
	const char *p = getenv("PATH");
	int r = 0;

	while (p && *p && r == 0) {
		GV_CLEANUP(gv_buf_release) struct gv_buf program = GV_BUF_INIT(0);
		GV_CLEANUP(gv_free_str) char *real = NULL;
		size_t n = strcspn(p, ":");

		if (p[0] == '/') {
			gv_buf_format(&program, "%.*s/go", (int)n, p);
			real = program.data ? realpath(program.data, NULL) : NULL;
		}
		for (int i = 0; i < 2 && real && strrchr(real, '/'); i++)
			*strrchr(real, '/') = '\0';
		if (real)
			r = add_go_env(files, real);
		p += n + (p[n] == ':');
	}
	return r;
}

int gv_find_go_setting(struct gv_cli *cli, const char *key, struct gv_found_setting *ret,
		       struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list files = GV_LIST_INIT;
	const char **paths = NULL;
	/* Whose go.env says something is dear to find out: when nobody else does. */
	int r = gv_goenv_find(key, NULL, &ret->value, &ret->origin, err);

	if (r <= 0)
		return r;
	r = add_installed(cli, &files);
	if (r == 0)
		r = add_from_path(&files);
	if (r == 0)
		r = add_go_env(&files, "/usr/local/go");
	if (r == 0)
		paths = calloc(files.n + 1, sizeof(*paths));
	if (!paths)
		return gv_err_sys(err, -ENOMEM, "cannot look for %s", key);
	for (size_t i = 0; i < files.n; i++)
		paths[i] = files.items[i];
	r = gv_goenv_find(key, paths, &ret->value, &ret->origin, err);
	free(paths);
	return r < 0 ? r : 0;
}

static int find(struct gv_cli *cli, enum gv_setting_id id, const char *key,
		struct gv_found_setting *ret, struct gv_err *err)
{
	struct gv_found_setting found = {0};
	const struct gv_setting *s;
	int r = gv_cli_config(cli, err);

	if (r < 0)
		return r;
	s = &cli->config.settings[id];
	if (s->value[0]) {
		found.value = strdup(s->value);
		found.origin = strdup(s->origin);
		if (!found.value || !found.origin)
			r = gv_err_sys(err, -ENOMEM, "cannot look for %s", key);
	} else {
		r = gv_find_go_setting(cli, key, &found, err);
	}
	if (r < 0) {
		gv_found_setting_release(&found);
		return r;
	}
	*ret = found;
	return 0;
}

int gv_find_goproxy(struct gv_cli *cli, struct gv_found_setting *ret, struct gv_err *err)
{
	return find(cli, GV_SET_GOPROXY_URL, "GOPROXY", ret, err);
}

int gv_find_gosumdb(struct gv_cli *cli, struct gv_found_setting *ret, struct gv_err *err)
{
	struct gv_found_setting found = {0};
	int r = find(cli, GV_SET_TRUST_SUMDB, "GOSUMDB", &found, err);

	if (r < 0)
		return r;
	if (!found.value) {
		found.value = strdup("sum.golang.org");
		found.origin = strdup("default");
		if (!found.value || !found.origin) {
			gv_found_setting_release(&found);
			return gv_err_sys(err, -ENOMEM, "cannot look for GOSUMDB");
		}
	}
	*ret = found;
	return 0;
}

void gv_found_setting_release(struct gv_found_setting *s)
{
	free(s->value);
	free(s->origin);
	*s = (struct gv_found_setting){0};
}

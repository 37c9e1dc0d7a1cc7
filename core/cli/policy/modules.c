// SPDX-License-Identifier: Apache-2.0
/*
 * Modules: go.sum against the module cache, the cache against itself (`go mod verify`),
 * and vendor against both (`go mod vendor` into a scratch directory, or `go work
 * vendor`).  Go runs with the toolchain in force there, with nobody's settings, on copies
 * of what it may write to, and fetches nothing unless --download is given; neither the
 * repository nor the cache is written to.
 */
#include "core/cli/policy/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/adopt/managers.h"
#include "core/cli/gomod.h"
#include "core/cli/pipeline.h"
#include "core/cli/policy/gosum.h"
#include "core/cli/policy/vendored.h"
#include "core/cli/scratch.h"
#include "core/cli/uri.h"

static bool wants(const struct gv_policed_module *m, const char *option)
{
	return gv_cli_option(m->p->cli, option) != NULL;
}

/* -- running Go ---------------------------------------------------------------------- */

/* What would have Go ask somebody, or start something. */
static const char *const nobody[] = {"GONOPROXY=",  "GOPRIVATE=",  "GONOSUMDB=",
				     "GOINSECURE=", "GOVCS=*:off", "GOAUTH=off"};

static int add_pair(struct gv_list *set, const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "%s=%s", name, value);
	return gv_buf_error(&b) < 0 ? -ENOMEM : gv_list_add(set, b.data);
}

/* Where the go.mod asks for a newer Go, that is taken when it is installed. */
static int add_toolchain(const struct gv_policed_module *m, struct gv_list *set)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	int r = add_pair(set, "GOTOOLCHAIN", m->gotoolchain);

	gv_buf_format(&path, "%s/bin:%s/bin:/usr/bin:/bin", m->scratch.goroot,
		      m->p->cli->store.prefix);
	if (r == 0)
		r = gv_buf_error(&path) < 0 ? -ENOMEM : add_pair(set, "PATH", path.data);
	return r;
}

static int add_work(const struct gv_policed_module *m, const char *dir,
		    struct gv_list *set)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));

	gv_text_format(&t, "%s/go.work", dir);
	if (!m->workspace)
		return add_pair(set, "GOWORK", "off");
	return t.cut ? -ENAMETOOLONG : add_pair(set, "GOWORK", path);
}

static int run_go(const struct gv_policed_module *m, const char *dir, char *const *argv,
		  bool fetch, struct gv_list *set, struct gv_scratch_result *ret,
		  struct gv_err *err)
{
	struct gv_scratch_job job = {
		.argv = argv, .directory = dir, .clean = !fetch, .set = set};
	int r = add_work(m, dir, set);

	if (!fetch && r == 0)
		r = add_toolchain(m, set);
	if (fetch && r == 0)
		r = add_pair(set, "GOTOOLCHAIN", m->gotoolchain);
	if (fetch && r == 0)
		r = add_pair(set, "GOFLAGS", "");
	for (size_t i = 0; !fetch && i < GV_COUNT(nobody) && r == 0; i++)
		r = gv_list_add(set, nobody[i]);
	if (r < 0)
		return gv_err_sys(err, r, "cannot run Go");
	return gv_scratch_run(&m->scratch, &job, ret, err);
}

static char *modfile(const struct gv_policed_module *m)
{
	GV_CLEANUP(gv_free_str) char *file = gv_scratch_path(&m->scratch, "work/go.mod");
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "-modfile=%s", file ? file : "");
	return file ? gv_buf_take(&b) : NULL;
}

static int verify(struct gv_policed_module *m, struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	GV_CLEANUP(gv_free_str) char *file = modfile(m);
	char *argv[] = {"go", "mod", "verify", file, NULL};
	int r = file ? add_pair(&set, "GOMODCACHE", m->cache) : -ENOMEM;

	if (r < 0)
		return gv_err_sys(err, r, "cannot run Go");
	r = run_go(m, m->dir, argv, false, &set, &result, err);
	if (r == -GV_EFAILED && gv_module_modified(m, &result) == 0)
		gv_module_unverified(m, "go.sum", "the module cache cannot be verified",
				     &result, err);
	return r == -GV_EFAILED ? 0 : r;
}

/* -- vendor -------------------------------------------------------------------------- */

/* 1: modules.txt and go.mod agree, or nobody could tell. */
static int is_consistent(struct gv_policed_module *m, struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	char *argv[] = {"go", "list", "-mod=vendor", "-m", NULL};
	int r = run_go(m, m->dir, argv, false, &set, &result, err);

	if (r == -GV_EFAILED)
		return gv_module_inconsistent(m, &result) == 0;
	return r < 0 ? r : 1;
}

/* From the user's module cache, as from a proxy: it is read, never written. */
static int add_proxy(const struct gv_policed_module *m, bool fetch, struct gv_list *set)
{
	GV_CLEANUP(gv_free_str) char *uri = m->cache ? gv_uri_of_path(m->cache) : NULL;
	GV_CLEANUP(gv_buf_release) struct gv_buf proxy = GV_BUF_INIT(0);
	struct gv_found_setting theirs = {0};
	struct gv_err ignored = GV_ERR_INIT;

	if (uri)
		gv_buf_format(&proxy, "%s/cache/download,", uri);
	if (fetch && gv_find_goproxy(m->p->cli, &theirs, &ignored) == 0)
		gv_buf_add_str(&proxy, theirs.value ? theirs.value : "direct");
	else
		gv_buf_add_str(&proxy, "off");
	gv_found_setting_release(&theirs);
	return gv_buf_error(&proxy) < 0 ? -ENOMEM : add_pair(set, "GOPROXY", proxy.data);
}

static int compare_trees(struct gv_policed_module *m, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int wanted = -1, there = -1;
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct gv_err why = GV_ERR_INIT;
	int r;

	/* Nothing to vendor: then nothing is made. */
	(void)!mkdirat(m->scratch.fd, "vendor", 0700);
	gv_text_format(&t, "%s/vendor", m->dir);
	wanted = gv_open_dir(m->scratch.fd, "vendor");
	there = gv_open_dir(AT_FDCWD, path);
	r = wanted < 0 ? wanted : there < 0 ? there : 0;
	if (r == 0)
		r = gv_vendored_compare(wanted, there, gv_module_other_file, m);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot compare '%s'", path);
	if (m->told > GV_VENDORED_TOLD) {
		gv_err_set(&why, -GV_EPOLICY, "more files that are others: %zu",
			   m->told - GV_VENDORED_TOLD);
		gv_module_breach(m, GV_RULE_VENDOR, "vendor", 0, &why);
	}
	return 0;
}

/* `go work vendor` knows no -modfile, and may write to go.work.sum: it runs in a copy of
 * all. */
static int make_vendor(struct gv_policed_module *m, bool fetch,
		       struct gv_scratch_result *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	GV_CLEANUP(gv_free_str) char *file = modfile(m);
	GV_CLEANUP(gv_free_str) char *copy = gv_scratch_path(&m->scratch, "work/copy");
	GV_CLEANUP(gv_free_str) char *to = gv_scratch_path(&m->scratch, "work/vendor");
	char *of_module[] = {"go", "mod", "vendor", file, "-o", to, NULL};
	char *of_work[] = {"go", "work", "vendor", "-o", to, NULL};
	int r = file && copy && to ? add_proxy(m, fetch, &set) : -ENOMEM;

	if (r < 0)
		return gv_err_sys(err, r, "cannot run Go");
	if (!m->workspace)
		return run_go(m, m->dir, of_module, fetch, &set, ret, err);
	r = gv_scratch_copy(&m->scratch, m->dir, "copy", "vendor", err);
	return r < 0 ? r : run_go(m, copy, of_work, fetch, &set, ret, err);
}

static int compare_vendor(struct gv_policed_module *m, struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	bool fetch = wants(m, "download");
	int r = make_vendor(m, fetch, &result, err);

	if (r == 0)
		return compare_trees(m, err);
	if (r == -GV_EFAILED && gv_module_mismatch(m, &result) == 0)
		gv_module_unverified(
			m, "vendor/modules.txt",
			fetch ? "vendor cannot be compared"
			      : "vendor cannot be compared without --download",
			&result, err);
	return r == -GV_EFAILED ? 0 : r;
}

/* -- a module ------------------------------------------------------------------------ */

/* The toolchain in force there; 1: none of the store's is, which was told. */
static int find_toolchain(struct gv_policed_module *m, char ret[GV_NAME_MAX])
{
	static struct gv_choice choice; /* large */
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));
	char *argv[] = {"go", "-C", dir, "version", NULL};
	struct gv_request req = {.program = "go", .argv = argv, .envp = environ};
	struct gv_err err = GV_ERR_INIT, why = GV_ERR_INIT;
	int r = 0;

	gv_text_add(&t, m->dir[0] ? m->dir : "/");
	if (t.cut)
		return -ENAMETOOLONG;
	if (m->p->cli->store_open) {
		req.prefix = m->p->cli->store.prefix;
		r = gv_resolve(&req, &choice, &err);
	}
	if (m->p->cli->store_open && r == 0 && choice.name[0]) {
		memcpy(ret, choice.name, sizeof(choice.name));
		/* Nothing is fetched, whatever a suffix allows. */
		m->gotoolchain = choice.explicit_pin && choice.gotoolchain &&
						 strcmp(choice.gotoolchain, "local") == 0
					 ? "local"
					 : "path";
		return 0;
	}
	if (r == 0)
		gv_err_set(&err, -GV_ENOTFOUND,
			   "no toolchain of the store is in force there");
	gv_err_set(&why, -GV_EPOLICY, "no Go can look at its modules: %s", err.message);
	gv_module_breach(m, GV_RULE_UNVERIFIED, gv_module_mod(m), 0, &why);
	return 1;
}

/* Copies, for Go may want to add to them. */
static int open_scratch(struct gv_policed_module *m, const char *version,
			struct gv_err *err)
{
	long limit = (long)gv_config_num(&m->p->cli->config, GV_SET_UPGRADE_TIMEOUT);
	int r = gv_scratch_open(m->p->cli, version, limit * 1000, &m->scratch, err);

	if (r < 0)
		return r;
	if (m->workspace)
		return 0;
	r = gv_save_file(m->scratch.fd, "go.mod", m->mod.data, m->mod.len, 0644);
	if (r == 0 && m->sum.data)
		r = gv_save_file(m->scratch.fd, "go.sum", m->sum.data, m->sum.len, 0644);
	return r < 0 ? gv_err_sys(err, r, "cannot write to '%s'", m->scratch.dir) : 0;
}

static int judge(struct gv_policed_module *m, bool vendored, struct gv_err *err)
{
	size_t cached = m->cache && m->sum.data ? gv_gosum_compare(&m->sum, m->cache,
								   gv_module_other_sum, m)
						: 0;
	char version[GV_NAME_MAX];
	int r;

	/* Of a workspace each module's go.sum is looked at for itself. */
	if (!vendored && (cached == 0 || m->workspace))
		return 0;
	r = find_toolchain(m, version);
	if (r != 0)
		return r < 0 ? gv_err_sys(err, r, "cannot check") : 0;
	r = open_scratch(m, version, err);
	if (r == 0 && cached && !m->workspace)
		r = verify(m, err);
	if (r == 0 && vendored)
		r = is_consistent(m, err);
	return r == 1 ? compare_vendor(m, err) : r;
}

/* A workspace's is of several modules, and made by `go work vendor` beside the
 * go.work. */
static bool is_vendored(int dirfd, bool workspace)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOSUM_MAX);

	return gv_read_file(dirfd, "vendor/modules.txt", &text) == 0 &&
	       (text.data && gv_after_prefix(text.data, "## workspace")) == workspace;
}

static int police(struct gv_policed_module *m, int dirfd)
{
	const struct gv_policing *p = m->p;
	struct gv_err err = GV_ERR_INIT;
	bool vendored;
	int r;

	if (gv_cli_option(p->cli, "no-modules") ||
	    strstr(m->dir + p->top_length, "/testdata/") ||
	    strstr(m->dir + p->top_length, "/pkg/mod/") ||
	    gv_read_file(dirfd, gv_module_mod(m), &m->mod) < 0 || !m->mod.data)
		return 0;
	if (gv_read_file(dirfd, gv_module_sum(m), &m->sum) < 0)
		gv_buf_release(&m->sum);
	vendored = is_vendored(dirfd, m->workspace);
	if (!vendored && !m->sum.data)
		return 0;
	m->cache = gv_module_cache();
	r = judge(m, vendored, &err);
	if (r < 0 && r != -GV_EINTERRUPTED && r != -ENOMEM) {
		gv_module_breach(m, GV_RULE_UNVERIFIED, gv_module_mod(m), 0, &err);
		r = 0;
	}
	return r;
}

int gv_policing_module(struct gv_policing *p, int dirfd, const char *dir, bool workspace)
{
	struct gv_policed_module m = {.p = p,
				      .dir = dir,
				      .workspace = workspace,
				      .mod = GV_BUF_INIT(GV_GOMOD_MAX),
				      .sum = GV_BUF_INIT(GV_GOSUM_MAX),
				      .scratch = GV_SCRATCH_INIT};
	int r = police(&m, dirfd);

	gv_scratch_close(&m.scratch);
	gv_buf_release(&m.mod);
	gv_buf_release(&m.sum);
	free(m.cache);
	return r;
}

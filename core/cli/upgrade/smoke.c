// SPDX-License-Identifier: Apache-2.0
#include "core/cli/upgrade/smoke.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/hook.h"
#include "core/cli/output.h"
#include "core/cli/scripts.h"
#include "core/cli/terminal/progress.h"

#define LINES_SHOWN 20
#define MODULE	    "module smoke\n"

/* -- the programs -------------------------------------------------------------------- */

/* The files of core/cli/upgrade/smoke/: for every Go since 1.5. */
static const struct {
	const char *path, *text;
} sources[] = {
	{"plain/go.mod", MODULE},
	{"plain/main.go", gv_script_smoke},
	{"plain/main_test.go", gv_script_smoke_test},
	{"cgo/go.mod", MODULE},
	{"cgo/main.go", gv_script_smoke_cgo},
};

/* SHA-256 of {"N":100,"Sum":5050}, its beginning. */
#define DIGEST "b2be6971"

static int write_sources(const struct gv_scratch *s)
{
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(sources) && r == 0; i++) {
		const char *slash = strchr(sources[i].path, '/');
		char dir[16] = "";

		memcpy(dir, sources[i].path, (size_t)(slash - sources[i].path));
		r = gv_make_dirs(s->fd, dir, 0755);
		if (r == 0)
			r = gv_save_file(s->fd, sources[i].path, sources[i].text,
					 strlen(sources[i].text), 0644);
	}
	return r;
}

/* -- one step ------------------------------------------------------------------------ */

void gv_smoke_show(const struct gv_cli *cli, const struct gv_scratch_result *result)
{
	const char *text = result->said.data ? result->said.data : "";
	const char *at = text + result->said.len;
	unsigned lines = 0;

	/* Back to where the last lines begin. */
	while (at > text && (at[-1] != '\n' || lines++ < LINES_SHOWN + 1))
		at--;
	while (*at) {
		size_t n = strcspn(at, "\n");

		if (n)
			gv_cli_say(cli, "  %.*s", (int)(n > 500 ? 500 : n), at);
		at += n + (at[n] == '\n');
	}
}

struct step {
	const char *dir;  /* in work/ */
	char *argv[6];	  /* "go", or a program in dir */
	const char *cgo;  /* CGO_ENABLED */
	const char *says; /* its stdout; NULL: whatever it is */
};

static void words(const struct step *step, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	for (size_t i = 0; i < GV_COUNT(step->argv) && step->argv[i]; i++)
		gv_text_format(&t, "%s%s", i ? " " : "", step->argv[i]);
}

static int run_job(const struct gv_scratch *s, const struct step *step,
		   struct gv_scratch_result *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *work = gv_scratch_path(s, "work");
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	char dir[PATH_MAX], program[PATH_MAX];
	struct gv_text d = gv_text_in(dir, sizeof(dir));
	struct gv_text p = gv_text_in(program, sizeof(program));
	char *argv[GV_COUNT(step->argv) + 1] = {0};
	struct gv_scratch_job job = {
		.argv = argv, .directory = dir, .clean = true, .set = &set};

	gv_text_format(&d, "%s/%s", work ? work : "", step->dir);
	gv_text_format(&p, "%s/%s", dir, step->argv[0]);
	for (size_t i = 0; i < GV_COUNT(step->argv); i++)
		argv[i] = step->argv[i];
	if (strcmp(step->argv[0], "go") != 0)
		argv[0] = program;
	if (!work || d.cut || p.cut || (step->cgo && gv_list_add(&set, step->cgo) < 0))
		return gv_err_sys(err, -ENOMEM, "cannot be run");
	return gv_scratch_run(s, &job, ret, err);
}

/* What went wrong, with the name of what did. */
static int name_step(const struct gv_scratch *s, const struct step *step, int r,
		     struct gv_err *err)
{
	struct gv_err why = *err;
	char line[256];

	if (r == -GV_EINTERRUPTED)
		return r;
	words(step, line, sizeof(line));
	return gv_err_set(err, r, "the smoke check of %s: '%s' %s", s->version, line,
			  why.message);
}

static int compare(const struct step *step, const struct gv_scratch_result *result,
		   struct gv_err *err)
{
	const char *text = result->out.data ? result->out.data : "";

	if (!step->says || strcmp(text, step->says) == 0)
		return 0;
	return gv_err_set(err, -GV_EFAILED, "says '%.*s', not '%.*s'",
			  (int)strcspn(text, "\n"), text, (int)strcspn(step->says, "\n"),
			  step->says);
}

/* `ret_out` NULL: its stdout is not wanted. */
static int take_step(const struct gv_scratch *s, const struct step *step,
		     struct gv_buf *ret_out, struct gv_err *err)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	char line[256];
	int r;

	words(step, line, sizeof(line));
	gv_cli_talk(s->cli, "%s: %s", s->version, line);
	r = run_job(s, step, &result, err);
	if (r == 0)
		r = compare(step, &result, err);
	if (r == -GV_EFAILED)
		gv_smoke_show(s->cli, &result);
	if (r < 0)
		return name_step(s, step, r, err);
	if (ret_out) {
		*ret_out = result.out;
		result.out = GV_BUF_INIT(0);
	}
	return 0;
}

/* -- the standard check -------------------------------------------------------------- */

/* The line at *text, which goes on behind it. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	*text = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	return line;
}

static bool same_directory(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* What it takes itself for.  *ret_cc: the C compiler it would use. */
static int check_env(const struct gv_scratch *s, char **ret_cc, struct gv_err *err)
{
	static const struct step step = {
		.dir = "plain", .argv = {"go", "env", "GOROOT", "GOOS", "GOARCH", "CC"}};
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(0);
	char platform[GV_PLATFORM_MAX + 1];
	struct gv_text t = gv_text_in(platform, sizeof(platform));
	const char *goroot, *os, *arch;
	char *rest;
	int r = take_step(s, &step, &out, err);

	if (r < 0)
		return r;
	rest = out.data ? out.data : (char[]){""};
	goroot = next_line(&rest);
	os = next_line(&rest);
	arch = next_line(&rest);
	gv_text_format(&t, "%s-%s", os, arch);
	if (!same_directory(goroot, s->goroot))
		return gv_err_set(err, -GV_EFAILED,
				  "the smoke check of %s: its GOROOT is '%s', not '%s'",
				  s->version, goroot, s->goroot);
	if (strcmp(platform, s->cli->store.platform) != 0)
		return gv_err_set(err, -GV_EFAILED,
				  "the smoke check of %s: it is for %s, not for %s",
				  s->version, platform, s->cli->store.platform);
	*ret_cc = strdup(next_line(&rest));
	return *ret_cc ? 0 : gv_err_sys(err, -ENOMEM, "cannot upgrade");
}

/* Whether a program with C in it can be made here at all: a compiler without the C
 * library's headers is none. */
static bool has_c(const struct gv_scratch *s, const char *cc)
{
	GV_CLEANUP(gv_scratch_result_release) struct gv_scratch_result result = {0};
	char line[PATH_MAX];
	char *argv[] = {"/bin/sh", "-c", line, NULL};
	struct gv_scratch_job job = {.argv = argv, .directory = s->dir, .clean = true};
	struct gv_err why = GV_ERR_INIT;

	int n = snprintf(
		line, sizeof(line),
		"printf '#include <stdlib.h>\\n#include <pthread.h>\\n"
		"int main(void) { return 0; }\\n' | %s -x c -o tmp/c - -lpthread",
		cc);

	return cc[0] && n > 0 && (size_t)n < sizeof(line) &&
	       gv_scratch_run(s, &job, &result, &why) == 0;
}

static int check_standard(const struct gv_scratch *s, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *cc = NULL;
	char version[128], runs[128];
	const char *platform = s->cli->store.platform, *dash = strchr(platform, '-');
	const struct step plain[] = {
		{"plain", {"go", "version"}, NULL, version},
		{"plain", {"go", "vet", "."}, NULL, NULL},
		{"plain", {"go", "build", "-o", "smoke", "."}, NULL, NULL},
		{"plain", {"smoke"}, NULL, runs},
		{"plain", {"go", "run", "main.go"}, NULL, runs},
		{"plain", {"go", "test", "."}, NULL, NULL},
	};
	const struct step with_c[] = {
		{"cgo", {"go", "build", "-o", "smoke", "."}, "CGO_ENABLED=1", NULL},
		{"cgo", {"smoke"}, NULL, "cgo 42\n"},
	};
	int r = write_sources(s);

	if (r < 0)
		return gv_err_sys(err, r, "cannot write to '%s'", s->dir);
	snprintf(version, sizeof(version), "go version %s %.*s/%s\n", s->version,
		 (int)(dash - platform), platform, dash + 1);
	snprintf(runs, sizeof(runs), "%s %s " DIGEST "\n", s->version, platform);
	r = check_env(s, &cc, err);
	for (size_t i = 0; i < GV_COUNT(plain) && r == 0; i++)
		r = take_step(s, &plain[i], NULL, err);
	if (r < 0)
		return r;
	if (!has_c(s, cc)) {
		gv_cli_talk(s->cli, "%s: cgo is not tried: no C compiler works here",
			    s->version);
		return 0;
	}
	for (size_t i = 0; i < GV_COUNT(with_c) && r == 0; i++)
		r = take_step(s, &with_c[i], NULL, err);
	return r;
}

/* -- all of it ----------------------------------------------------------------------- */

/* A hook that says no is a check that failed, as all others. */
static int check_hooks(const struct gv_smoke *what, struct gv_err *err)
{
	struct gv_hook_subject subject = {.version = what->version};
	int r = gv_cli_hook_before(what->cli, GV_HOOK_SMOKE, &subject, err);

	return r == -GV_EPOLICY ? (err->code = -GV_EFAILED) : r;
}

/* A check takes minutes: who looks on sees which it is. */
static void tell(struct gv_progress *p, const char *what, const char *subject)
{
	char text[GV_PROGRESS_ROW];

	snprintf(text, sizeof(text), "checking%s%s", what, subject);
	gv_progress_tell(&p->lines[0], text);
	gv_progress_draw(p);
}

static int check_all(const struct gv_smoke *what, unsigned parts, struct gv_scratch *s,
		     struct gv_progress *p, struct gv_err *err)
{
	int r = 0;

	snprintf(p->lines[0].name, sizeof(p->lines[0].name), "%s", what->version);
	if (parts & GV_SMOKE_STANDARD) {
		tell(p, "", "");
		r = check_standard(s, err);
	}
	if (r == 0 && parts & GV_SMOKE_HOOKS) {
		tell(p, ": ", "hooks");
		r = check_hooks(what, err);
	}
	for (size_t i = 0; parts & GV_SMOKE_PROJECTS && i < what->projects->n && r == 0;
	     i++) {
		const char *project = what->projects->items[i];

		if (what->concerns && !what->concerns(what->arg, project, what->version))
			continue;
		tell(p, " with ", project);
		r = gv_smoke_project(what, s, project, err);
	}
	return r;
}

int gv_smoke(const struct gv_smoke *what, unsigned parts, struct gv_err *err)
{
	struct gv_progress progress;
	struct gv_scratch s;
	long limit = (long)gv_config_num(&what->cli->config, GV_SET_UPGRADE_TIMEOUT);
	int r = gv_scratch_open(what->cli, what->version, limit * 1000, &s, err);

	if (r < 0)
		return r;
	r = gv_progress_init(&progress, what->cli, 1);
	if (r == 0) {
		r = check_all(what, parts, &s, &progress, err);
		gv_progress_clear(&progress);
		gv_progress_release(&progress);
	} else {
		r = gv_err_sys(err, r, "cannot check");
	}
	gv_scratch_close(&s);
	return r;
}

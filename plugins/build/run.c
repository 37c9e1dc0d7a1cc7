// SPDX-License-Identifier: Apache-2.0
/* Programs of a build: in an environment of their own, and with none of them left. */
#include "plugins/build/build.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/isolate.h"
#include "core/base/lines.h"
#include "core/base/program.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/install/talk.h"

/* Nothing of the user's, who may have anything in his own. */
#define BUILD_PATH "/usr/local/bin:/usr/bin:/bin"

struct hearing {
	const struct gv_build_run *what;
	struct gv_lines lines;
	bool log_full;
};

static void say(void *arg, const char *line)
{
	const struct gv_source_env *env = arg;

	gv_talk(env->in, "%s", line);
	gv_step(env->in, GV_STEP_BUILD, 0, 0);
}

static int hear(void *arg, int fd, const char *data, size_t n)
{
	struct hearing *h = arg;

	(void)fd;
	/* The build itself will say that the disk is full. */
	if (!h->log_full && gv_write_all(h->what->log, data, n) < 0)
		h->log_full = true;
	gv_lines_add(&h->lines, data, n);
	return 0;
}

static int add(struct gv_list *set, const char *name, const char *dir, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "%s=%s%s", name, dir, value);
	return gv_buf_error(&b) == 0 ? gv_list_add(set, b.data) : gv_buf_error(&b);
}

/* What Go's own rebuilders clear is not there, and Go asks nobody. */
static int compose(const struct gv_build_run *what, struct gv_list *ret)
{
	static const char *const plain[][2] = {
		{"PATH", BUILD_PATH},	  {"LC_ALL", "C"},    {"TERM", "dumb"},
		{"GOTOOLCHAIN", "local"}, {"GOPROXY", "off"}, {"GOSUMDB", "off"},
		{"GOENV", "off"},	  {"GOFLAGS", ""},
	};
	static const char *const places[][2] = {
		{"HOME", "/home"}, {"TMPDIR", "/tmp"}, {"GOCACHE", "/cache"}};
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(plain) && r == 0; i++)
		r = add(ret, plain[i][0], plain[i][1], "");
	for (size_t i = 0; i < GV_COUNT(places) && r == 0; i++)
		r = add(ret, places[i][0], what->env->scratch, places[i][1]);
	for (size_t i = 0; what->set && i < what->set->n && r == 0; i++)
		r = gv_list_add(ret, what->set->items[i]);
	return r;
}

/* execve(2) searches no PATH, and argv[0] may be one of several. */
static int find(const char *name, char ret[PATH_MAX])
{
	return gv_program_find(BUILD_PATH, name, ret) ? 0 : -ENOENT;
}

bool gv_build_has(const char *program)
{
	char unused[PATH_MAX];

	return find(program, unused) == 0;
}

int gv_build_run(const struct gv_build_run *what, char ret_last[GV_WORD_MAX * 8],
		 int *ret_status)
{
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	struct hearing hearing = {
		.what = what,
		.lines = {.say = say,
			  .arg = (void *)(uintptr_t)what->env,
			  .left = 100000},
	};
	char program[PATH_MAX], **envp;
	struct gv_supervise run = {
		.program = program,
		.argv = what->argv,
		.directory = what->directory,
		.guarded = true,
#ifndef GV_WITHOUT_ISOLATION /* tests/controls: with the network that we have */
		.no_network = gv_isolate_possible(),
#endif
		.limit_ms = what->limit_ms,
		.output = hear,
		.arg = &hearing,
	};
	struct gv_text last = gv_text_in(ret_last, GV_WORD_MAX * 8);
	int r = compose(what, &set);

	if (r == 0 && find(what->argv[0], program) < 0) {
		*ret_status = 127;
		return 0;
	}
	envp = calloc(set.n + 1, sizeof(*envp));
	for (size_t i = 0; envp && i < set.n; i++)
		envp[i] = set.items[i];
	run.envp = envp;
	if (r == 0)
		r = envp ? gv_supervise(&run, ret_status) : -ENOMEM;
	free(envp);
	gv_text_add(&last, gv_lines_end(&hearing.lines));
	return r;
}

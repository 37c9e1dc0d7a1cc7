// SPDX-License-Identifier: Apache-2.0
#include "plugins/hooks/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/lines.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/install/plugin.h"
#include "plugins/hooks/fit.h"

#define LINES_SHOWN 1000

static bool is_pre(enum gv_hook_event event)
{
	return event == GV_HOOK_PRE_INSTALL || event == GV_HOOK_PRE_SWITCH ||
	       event == GV_HOOK_PRE_REMOVE || event == GV_HOOK_SMOKE;
}

struct firing {
	const struct gv_hooks *hooks;
	enum gv_hook_event event;
	const struct gv_hook_subject *subject;
	char dir[PATH_MAX];
	int fd;			     /* of that directory; -1 */
	char hook[GV_HOOK_NAME_MAX]; /* the one at hand, fit to be shown */
	struct gv_err *err;
};

static GV_PRINTF(3, 4) void tell(const struct firing *f,
				 void (*to)(void *arg, const char *line), const char *fmt,
				 ...)
{
	char line[1024];
	struct gv_text t = gv_text_in(line, sizeof(line));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	to(f->hooks->arg, line);
}

/* -- which of them run --------------------------------------------------------------- */

static bool may_run(const struct firing *f, const char *name)
{
	int unfit = gv_hook_unfit(f->fd, name);

	if (unfit == GV_UNFIT_LEFTOVER)
		tell(f, f->hooks->talk, "%s: passed over, a hidden file or a leftover",
		     f->hook);
	else if (unfit)
		tell(f, f->hooks->warn, "the hook '%s' is passed over: %s", f->hook,
		     gv_unfit_text(unfit));
	return unfit == 0;
}

/* 0: it is open.  1: there are no hooks, or none that we may run. */
static int open_event(struct firing *f)
{
	struct gv_text t = gv_text_in(f->dir, sizeof(f->dir));
	struct stat st;
	int unfit;

	gv_text_format(&t, "%s/hooks", f->hooks->root);
	if (t.cut || stat(f->dir, &st) < 0)
		return 1;
	unfit = gv_hook_dir_unfit(&st);
	gv_text_format(&t, "/%s.d", gv_hook_events[f->event]);
	f->fd = t.cut ? -ENAMETOOLONG : gv_open_dir(AT_FDCWD, f->dir);
	if (f->fd == -ENOENT)
		return 1;
	if (f->fd < 0)
		unfit = f->fd;
	else if (unfit == 0 && fstat(f->fd, &st) == 0)
		unfit = gv_hook_dir_unfit(&st);
	if (unfit)
		tell(f, f->hooks->warn, "the hooks in '%s' are passed over: %s", f->dir,
		     gv_unfit_text(unfit));
	return unfit ? 1 : 0;
}

bool gv_hooks_any(const char *root, enum gv_hook_event event)
{
	const char *within = getenv("GOVERN_HOOK");
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));

	gv_text_format(&t, "%s/hooks/%s.d", root, gv_hook_events[event]);
	return !(within && within[0]) && !t.cut && access(dir, F_OK) == 0;
}

/* -- running one --------------------------------------------------------------------- */

static int compose_environment(const struct firing *f, struct gv_list *env)
{
	const struct gv_hook_subject *s = f->subject;
	const char *const pairs[][2] = {
		{"GOVERN_HOOK", gv_hook_events[f->event]},
		{"GOVERN_HOOK_COMMAND", f->hooks->command},
		{"GOVERN_HOOK_VERSION", s->version},
		{"GOVERN_HOOK_POINTER", s->pointer},
		{"GOVERN_HOOK_BEFORE", s->before},
		{"GOVERN_HOOK_PATH", s->path},
		{"GOVERN_HOOK_TRUST", s->trust},
		{"GOVERN_HOOK_SOURCE", s->source},
		{"GOVERN_HOOK_H1", s->h1},
	};
	int r = gv_plugin_env(f->hooks->root, f->hooks->platform, env);

	for (size_t i = 0; i < GV_COUNT(pairs) && r == 0; i++)
		r = gv_plugin_env_add(env, pairs[i][0], pairs[i][1]);
	return r;
}

static void on_line(void *arg, const char *line)
{
	const struct firing *f = arg;

	f->hooks->say(f->hooks->arg, f->hook, line);
}

static int on_output(void *arg, int fd, const char *data, size_t n)
{
	(void)fd;
	gv_lines_add(arg, data, n);
	return 0;
}

/* What went wrong; 0: nothing. */
static int outcome(const struct firing *f, int r, int status, const char *last)
{
	const char *what =
		f->subject->pointer ? f->subject->pointer : f->subject->version;

	if (r == -GV_EINTERRUPTED)
		return gv_err_set(f->err, r, "interrupted");
	if (r == -ETIMEDOUT)
		return gv_err_set(f->err, -GV_EFAILED,
				  "the hook '%s' took more than %ld s and was killed%s%s",
				  f->hook, f->hooks->limit_ms / 1000, last[0] ? ": " : "",
				  last);
	if (r < 0)
		return gv_err_sys(f->err, r, "cannot run the hook '%s'", f->hook);
	if (status > 255)
		return gv_err_set(f->err, -GV_EFAILED,
				  "the hook '%s' was killed by signal %d%s%s", f->hook,
				  status - 256, last[0] ? ": " : "", last);
	if (status && is_pre(f->event))
		return gv_err_set(f->err, -GV_EPOLICY,
				  "%s is refused by the hook '%s' with status %d%s%s",
				  what, f->hook, status, last[0] ? ": " : "", last);
	if (status)
		return gv_err_set(f->err, -GV_EFAILED,
				  "the hook '%s' failed with status %d%s%s", f->hook,
				  status, last[0] ? ": " : "", last);
	return 0;
}

static int run_one(struct firing *f, const char *name)
{
	GV_CLEANUP(gv_list_release) struct gv_list env = GV_LIST_INIT;
	struct gv_lines lines = {.say = on_line, .arg = f, .left = LINES_SHOWN};
	char program[PATH_MAX];
	struct gv_text t = gv_text_in(program, sizeof(program));
	char *argv[] = {program, NULL};
	struct gv_supervise what = {
		.program = program,
		.argv = argv,
		.set = &env,
		.limit_ms = f->hooks->limit_ms,
		.output = on_output,
		.arg = &lines,
	};
	const char *last;
	int status = 0, r;

	gv_text_format(&t, "%s/%s", f->dir, name);
	r = t.cut ? -ENAMETOOLONG : compose_environment(f, &env);
	tell(f, f->hooks->talk, "%s: running", f->hook);
	if (r == 0)
		r = gv_supervise(&what, &status);
	last = gv_lines_end(&lines);
	r = outcome(f, r, status, last);
	if (r == 0 && last[0])
		on_line(f, last); /* nothing else will tell it */
	return r;
}

static int run_all(struct firing *f, const struct gv_list *names)
{
	int r = 0;

	for (size_t i = 0; i < names->n && r == 0; i++) {
		struct gv_text t = gv_text_in(f->hook, sizeof(f->hook));

		gv_text_format(&t, "%s.d/", gv_hook_events[f->event]);
		gv_text_add_visible(&t, names->items[i], strlen(names->items[i]));
		if (!may_run(f, names->items[i]))
			continue;
		r = run_one(f, names->items[i]);
		if (r < 0 && r != -GV_EINTERRUPTED && !is_pre(f->event)) {
			tell(f, f->hooks->warn, "%s", f->err->message);
			*f->err = GV_ERR_INIT;
			r = 0;
		}
	}
	return r;
}

int gv_hooks_run(const struct gv_hooks *h, enum gv_hook_event event,
		 const struct gv_hook_subject *subject, char ret_hook[GV_HOOK_NAME_MAX],
		 struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct firing f = {
		.hooks = h, .event = event, .subject = subject, .fd = -1, .err = err};
	int r = gv_hooks_any(h->root, event) ? open_event(&f) : 1;

	if (r == 0) {
		r = gv_list_dir(f.fd, ".", &names);
		if (r < 0)
			gv_err_sys(err, r, "cannot list the hooks in '%s'", f.dir);
	}
	gv_list_sort(&names);
	if (r == 0)
		r = run_all(&f, &names);
	if (f.fd >= 0)
		gv_close(&f.fd);
	memcpy(ret_hook, f.hook, sizeof(f.hook));
	return r < 0 ? r : 0;
}

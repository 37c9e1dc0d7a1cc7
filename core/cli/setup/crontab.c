// SPDX-License-Identifier: Apache-2.0
/* One line in the user's crontab; the others stay as they are, byte for byte. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/program.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/pipeline.h"
#include "core/cli/setup/timer.h"
#include "core/config/dirs.h"

#define CRONTAB_MAX (1u << 20)
#define LIMIT_MS    (60L * 1000)

struct said {
	struct gv_buf out, err;
};

static int on_output(void *arg, int fd, const char *data, size_t n)
{
	struct said *s = arg;

	return gv_buf_add(fd == 1 ? &s->out : &s->err, data, n);
}

static bool find_crontab(char ret[PATH_MAX])
{
	const char *path = getenv("PATH");
	char dirs[PATH_MAX];
	struct gv_text t = gv_text_in(dirs, sizeof(dirs));

	gv_text_format(&t, "%s:/usr/bin:/bin", path ? path : "");
	return gv_program_find(dirs, "crontab", ret);
}

static int run(char *const *argv, struct said *ret, int *status, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	struct gv_supervise what = {.program = argv[0],
				    .argv = argv,
				    .set = &set,
				    .limit_ms = LIMIT_MS,
				    .output = on_output,
				    .arg = ret};
	int r = gv_list_add(&set, "LC_ALL=C");

	if (r == 0)
		r = gv_supervise(&what, status);
	return r < 0 ? gv_err_sys(err, r, "cannot run '%s'", argv[0]) : 0;
}

static int failed(const char *program, const struct said *s, struct gv_err *err)
{
	const char *why = s->err.data ? s->err.data : "";

	return gv_err_set(err, -GV_EFAILED, "'%s' failed: %.*s", program,
			  (int)strcspn(why, "\n"), why);
}

/* That there is none is the only failure which may be taken for an empty one. */
static int load(char *program, struct said *s, struct gv_err *err)
{
	char *argv[] = {program, "-l", NULL};
	int status = 0, r = run(argv, s, &status, err);

	if (r < 0 || status == 0)
		return r;
	if (s->err.data &&
	    (strstr(s->err.data, "no crontab") || strstr(s->err.data, "No such file"))) {
		gv_buf_clear(&s->out);
		return 0;
	}
	return failed(program, s, err);
}

static int save(struct gv_cli *cli, char *program, const struct gv_buf *text,
		struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *cache = NULL;
	GV_CLEANUP(gv_close) int dir = gv_open_cache(cli);
	char nonce[GV_NONCE_LEN], file[PATH_MAX], *name;
	struct gv_text t = gv_text_in(file, sizeof(file));
	char *argv[] = {program, file, NULL};
	struct said s = {.out = GV_BUF_INIT(CRONTAB_MAX),
			 .err = GV_BUF_INIT(CRONTAB_MAX)};
	int status = 0, r = gv_dirs_cache(&cache, err);

	if (r < 0)
		return r;
	r = dir < 0 ? -ENOENT : gv_nonce(nonce);
	if (r == 0) {
		gv_text_format(&t, "%s/crontab-%s", cache, nonce);
		r = t.cut ? -ENAMETOOLONG : 0;
	}
	name = strrchr(file, '/') + (r == 0);
	if (r == 0)
		r = gv_save_file(dir, name, text->data, text->len, 0600);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write to '%s'", cache);
	/* None at all, when nothing else was in it. */
	if (text->len == 0) {
		argv[1] = "-r";
		argv[2] = NULL;
	}
	r = run(argv, &s, &status, err);
	if (r == 0 && status != 0)
		r = failed(program, &s, err);
	(void)unlinkat(dir, name, 0);
	gv_buf_release(&s.out);
	gv_buf_release(&s.err);
	return r;
}

/* `root` NULL: of any store. */
static bool is_ours(const char *line, size_t n, const char *root)
{
	size_t mark = strlen(GV_TIMER_MARK);

	return n >= mark && memcmp(line + n - mark, GV_TIMER_MARK, mark) == 0 &&
	       (!root || gv_timer_is_of(line, n, root));
}

static void compose(const struct gv_buf *old, const char *put, const char *root,
		    struct gv_buf *new)
{
	const char *at = old->data ? old->data : "";

	while (*at) {
		size_t n = strcspn(at, "\n"), whole = n + (at[n] == '\n');

		if (!is_ours(at, n, root))
			gv_buf_add(new, at, whole);
		at += whole;
	}
	if (put && new->len &&new->data[new->len - 1] != '\n')
		gv_buf_add_str(new, "\n");
	if (put)
		gv_buf_format(new, "%s %s\n", put, GV_TIMER_MARK);
}

int gv_crontab_change(struct gv_cli *cli, const char *put, const char *root,
		      bool *ret_changed, struct gv_err *err)
{
	struct said s = {.out = GV_BUF_INIT(CRONTAB_MAX),
			 .err = GV_BUF_INIT(CRONTAB_MAX)};
	struct gv_buf new = GV_BUF_INIT(CRONTAB_MAX);
	char program[PATH_MAX];
	bool same;
	int r;

	if (!find_crontab(program)) {
		if (!put)
			return 0;
		gv_err_set(err, -GV_ENOTFOUND, "there is neither systemd nor cron here");
		return gv_err_hint(
			err, "have something run 'govern upgrade --quiet' by itself");
	}
	r = load(program, &s, err);
	/* Nothing of ours can be where we may not look. */
	if (r == -GV_EFAILED && !put) {
		*err = GV_ERR_INIT;
		r = 1;
	}
	if (r == 0) {
		compose(&s.out, put, root, &new);
		r = gv_buf_error(&new) < 0
			    ? gv_err_sys(err, -ENOMEM, "cannot change the crontab")
			    : 0;
	}
	same = r == 0 && new.len == s.out.len &&
	       (new.len == 0 || memcmp(new.data, s.out.data, new.len) == 0);
	if (r == 0 && !same) {
		r = save(cli, program, &new, err);
		*ret_changed = r == 0 ? true : *ret_changed;
	}
	gv_buf_release(&s.out);
	gv_buf_release(&s.err);
	gv_buf_release(&new);
	return r < 0 ? r : 0;
}

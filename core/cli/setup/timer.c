// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/replace.h"
#include "core/cli/setup/rcfiles.h"
#include "core/config/dirs.h"

#define NAME	"govern-upgrade"
#define MACHINE "/etc/systemd/system"
#define WANTS	"timers.target.wants"

enum gv_timer_kind gv_timer_find(void)
{
	/* As sd_booted(3) has it. */
	return access("/run/systemd/system", F_OK) == 0 ? GV_TIMER_SYSTEMD
							: GV_TIMER_CRON;
}

/* -- showing ------------------------------------------------------------------------- */

static int check_paths(const struct gv_timer *t, struct gv_err *err)
{
	for (const char *s = t->root; *s; s++)
		if ((unsigned char)*s < ' ')
			return gv_err_set(err, -GV_EUSAGE, "'%s' cannot stand in a timer",
					  t->root);
	return 0;
}

int gv_timer_print(const struct gv_timer *t, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);
	int r = check_paths(t, err);

	if (r < 0)
		return r;
	if (t->kind == GV_TIMER_CRON) {
		gv_timer_cron_line(t, &b);
		gv_buf_add_str(&b, " " GV_TIMER_MARK "\n");
	} else {
		gv_buf_add_str(&b, "\n# " NAME ".timer:\n");
		gv_timer_timer(t, &b);
		gv_buf_add_str(&b, "\n# " NAME ".service:\n");
		gv_timer_service(t, &b);
	}
	if (gv_buf_error(&b) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot set up");
	(void)fputs(b.data, stdout); /* reported at the end */
	return 0;
}

/* -- units --------------------------------------------------------------------------- */

static int unit_dir(bool machine, char ret[PATH_MAX], struct gv_err *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct gv_text t = gv_text_in(ret, PATH_MAX);

	if (machine)
		gv_text_add(&t, MACHINE);
	else if (config && config[0] == '/')
		gv_text_format(&t, "%s/systemd/user", config);
	else if (home && home[0] == '/')
		gv_text_format(&t, "%s/.config/systemd/user", home);
	else
		return gv_err_set(err, -GV_EUSAGE,
				  "HOME is not set: there is no place for a timer");
	return t.cut ? gv_err_sys(err, -ENAMETOOLONG, "cannot set up") : 0;
}

/* 1: it is there and ours; 0: it is not there. */
static int look(const char *path, struct gv_buf *text, struct gv_err *err)
{
	int r = gv_user_file_load(path, text, err);

	if (r != 0)
		return r < 0 ? r : 0;
	if (text->data && gv_after_prefix(text->data, GV_TIMER_MARK "\n"))
		return 1;
	gv_err_set(err, -GV_EFAILED, "'%s' is not of govern setup", path);
	return gv_err_hint(err, "move it away, or use --timer cron");
}

static int put_unit(const struct gv_timer *t, const char *dir, const char *name,
		    const struct gv_buf *text, bool *changed, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf old = GV_BUF_INIT(GV_RC_MAX);
	char path[PATH_MAX];
	struct gv_text p = gv_text_in(path, sizeof(path));
	int r;

	gv_text_format(&p, "%s/%s", dir, name);
	if (p.cut || gv_buf_error(text) < 0)
		return gv_err_sys(err, p.cut ? -ENAMETOOLONG : -ENOMEM, "cannot set up");
	r = look(path, &old, err);
	if (r < 0)
		return r;
	if (r == 1 && old.len == text->len && memcmp(old.data, text->data, old.len) == 0)
		return 0;
	r = gv_user_file_save(path, text->data, text->len, err);
	if (r < 0)
		return r;
	*changed = true;
	gv_cli_done(t->cli, "%s written", path);
	return 0;
}

/* What `systemctl enable` does. */
static int enable(const char *dir, bool *changed, struct gv_err *err)
{
	static const char target[] = "../" NAME ".timer",
			  link[] = WANTS "/" NAME ".timer";
	GV_CLEANUP(gv_close) int fd = gv_open_dir(AT_FDCWD, dir);
	char is[PATH_MAX];
	int r = fd < 0 ? fd : gv_make_dirs(fd, WANTS, 0755);

	if (r == 0 && gv_read_link(fd, link, is, sizeof(is)) > 0 &&
	    strcmp(is, target) == 0)
		return 0;
	if (r == 0)
		r = gv_save_link(fd, link, target);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write to '%s'", dir);
	*changed = true;
	return 0;
}

static bool systemctl(bool machine, char *verb, char *unit)
{
	char *scope = machine ? "--system" : "--user";
	char *argv[] = {"/usr/bin/env", "systemctl", scope, verb, unit, NULL};
	struct gv_supervise job = {.program = argv[0], .argv = argv, .limit_ms = 30000};
	int status = 0;

	return gv_supervise(&job, &status) == 0 && status == 0;
}

/* Best effort: without a bus (ssh, a container) the next start of systemd sees it. */
static void say_told(struct gv_cli *cli, bool told)
{
	if (!told)
		gv_cli_say(cli,
			   "systemd could not be told now: it sees the timer when it "
			   "is started anew");
}

static int put_units(const struct gv_timer *t, bool *ret_changed, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf a = GV_BUF_INIT(0), b = GV_BUF_INIT(0);
	bool machine = t->kind == GV_TIMER_MACHINE, changed = false;
	char dir[PATH_MAX];
	int r = unit_dir(machine, dir, err);

	if (r < 0)
		return r;
	gv_timer_service(t, &a);
	gv_timer_timer(t, &b);
	r = gv_make_dirs(AT_FDCWD, dir, 0755);
	if (r < 0)
		return gv_err_sys(err, r, "cannot make the directory '%s'", dir);
	r = put_unit(t, dir, NAME ".service", &a, &changed, err);
	if (r == 0)
		r = put_unit(t, dir, NAME ".timer", &b, &changed, err);
	if (r == 0)
		r = enable(dir, &changed, err);
	if (r == 0 && changed)
		say_told(t->cli, systemctl(machine, "daemon-reload", NULL) &&
					 systemctl(machine, "restart", NAME ".timer"));
	*ret_changed |= changed;
	return r;
}

static int remove_unit(struct gv_cli *cli, const char *dir, const char *name,
		       bool *changed, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err anothers = GV_ERR_INIT;
	char path[PATH_MAX];
	struct gv_text p = gv_text_in(path, sizeof(path));
	int r;

	gv_text_format(&p, "%s/%s", dir, name);
	r = p.cut ? 0 : look(path, &text, &anothers);
	if (r != 1)
		return 0; /* somebody else's stays */
	r = gv_remove_durably(AT_FDCWD, path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot remove '%s'", path);
	*changed = true;
	gv_cli_done(cli, "%s removed", path);
	return 0;
}

static bool is_ours(const char *dir, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err ignored = GV_ERR_INIT;
	char path[PATH_MAX];
	struct gv_text p = gv_text_in(path, sizeof(path));

	gv_text_format(&p, "%s/%s", dir, name);
	return !p.cut && look(path, &text, &ignored) == 1;
}

/* That of another store; what was half removed is of none. */
static bool is_anothers(const char *dir, const char *root)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err ignored = GV_ERR_INIT;
	char path[PATH_MAX];
	struct gv_text p = gv_text_in(path, sizeof(path));

	gv_text_format(&p, "%s/" NAME ".service", dir);
	return !p.cut && look(path, &text, &ignored) == 1 &&
	       !gv_timer_is_of(text.data, text.len, root);
}

/* `root` NULL: of whatever store they are. */
static int remove_units(struct gv_cli *cli, const char *root, bool machine,
			bool *ret_changed, struct gv_err *err)
{
	static const char *const dirs[] = {"/" WANTS, "", "/.."};
	bool changed = false, told = true;
	char dir[PATH_MAX], path[PATH_MAX + 64];
	int r = unit_dir(machine, dir, err);

	if (r < 0)
		return r;
	if (root && is_anothers(dir, root)) {
		gv_cli_talk(cli, "'%s/" NAME ".timer' is of another store", dir);
		return 0;
	}
	/* While it is there: a timer that loses its file is one that failed. */
	if (is_ours(dir, NAME ".timer"))
		told = systemctl(machine, "stop", NAME ".timer");
	r = remove_unit(cli, dir, NAME ".timer", &changed, err);
	if (r == 0)
		r = remove_unit(cli, dir, NAME ".service", &changed, err);
	if (r < 0 || !changed)
		return r;
	snprintf(path, sizeof(path), "%s/" WANTS "/" NAME ".timer", dir);
	(void)unlink(path); /* a link to nothing now */
	/* Empty ones, which were made for it. */
	for (size_t i = 0; i < GV_COUNT(dirs) && !machine; i++) {
		snprintf(path, sizeof(path), "%s%s", dir, dirs[i]);
		if (i == 2 && strrchr(dir, '/'))
			snprintf(path, sizeof(path), "%.*s",
				 (int)(strrchr(dir, '/') - dir), dir);
		if (rmdir(path) < 0 && errno != ENOENT)
			break;
	}
	say_told(cli, systemctl(machine, "daemon-reload", NULL) && told);
	*ret_changed = true;
	return 0;
}

/* -- both ---------------------------------------------------------------------------- */

int gv_timer_put(const struct gv_timer *t, bool *ret_changed, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);
	bool machine = t->kind == GV_TIMER_MACHINE;
	int r = check_paths(t, err);

	if (r < 0)
		return r;
	if (t->kind != GV_TIMER_CRON) {
		r = put_units(t, ret_changed, err);
		return r < 0 || machine
			       ? r
			       : gv_crontab_change(t->cli, NULL, NULL, ret_changed, err);
	}
	gv_timer_cron_line(t, &line);
	if (gv_buf_error(&line) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot set up");
	r = gv_crontab_change(t->cli, line.data, NULL, ret_changed, err);
	return r < 0 ? r : remove_units(t->cli, NULL, false, ret_changed, err);
}

bool gv_timer_machine_has(const char *root)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err ignored = GV_ERR_INIT;

	return look(MACHINE "/" NAME ".service", &text, &ignored) == 1 &&
	       gv_timer_is_of(text.data, text.len, root);
}

int gv_timer_remove(struct gv_cli *cli, const char *root, bool machine, bool *ret_changed,
		    struct gv_err *err)
{
	int r = remove_units(cli, root, machine, ret_changed, err);

	return r < 0 || machine ? r
				: gv_crontab_change(cli, NULL, root, ret_changed, err);
}

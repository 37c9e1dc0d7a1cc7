// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/setup/asowner.h"
#include "core/cli/setup/programs.h"
#include "core/cli/setup/rcfiles.h"
#include "core/cli/setup/starter.h"
#include "core/cli/setup/timer.h"
#include "core/cli/upgrade/channel.h"
#include "core/store/unmake.h"

struct setup {
	struct gv_cli *cli;
	char *bin;    /* <prefix>/bin */
	char *govern; /* in it */
	char *libexec;
	bool dry, remove, changed;
	bool is_gone;	  /* the store itself */
	const char *when; /* upgrades by themselves: "daily", "weekly", "no"; or NULL */
	struct gv_timer timer; /* by what, when there is a `when` */
};

/* A store of somebody else's that is set up: only PATH is left to do. */
static bool is_set_up(struct setup *s)
{
	struct gv_err ignored = GV_ERR_INIT;

	if (gv_cli_store(s->cli, GV_STORE_READ, &ignored) != 0 ||
	    s->cli->store.prefix_fd < 0)
		return false;
	for (const struct gv_program *p = gv_programs; p->to; p++)
		if (faccessat(s->cli->store.prefix_fd, p->to, X_OK, 0) < 0)
			return false;
	return true;
}

static bool is_forbidden(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
}

static int put_programs(struct setup *s, struct gv_err *err)
{
	int r = gv_cli_store(s->cli, GV_STORE_CREATE, err);

	if (is_forbidden(r) && is_set_up(s))
		return 0;
	if (r < 0)
		return r;
	gv_store_heal(&s->cli->store);
	r = gv_programs_put(s->cli, s->libexec, &s->changed, err);
	if (r == 0)
		gv_cli_tell_shim(s->cli);
	return r;
}

/* The store, when nothing is in it, and the directories above it that it alone was in. */
static int remove_store(struct setup *s, struct gv_err *err)
{
	const char *home = getenv("HOME");
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));

	int r = gv_store_unmake(&s->cli->store);

	s->is_gone = r == 0;
	if (r != 0)
		return r < 0 ? gv_err_sys(err, r, "cannot remove '%s'", s->cli->root) : 0;
	s->changed = true;
	gv_cli_done(s->cli, "%s removed: nothing was installed in it", s->cli->root);
	gv_text_add(&t, s->cli->root);
	for (char *slash; home && !t.cut && (slash = strrchr(dir, '/')) != NULL;) {
		const char *rest;

		*slash = '\0';
		rest = gv_after_prefix(dir, home);
		if (!rest || *rest != '/' || rmdir(dir) < 0)
			break;
	}
	return 0;
}

static int take_programs(struct setup *s, struct gv_err *err)
{
	int r = gv_cli_store(s->cli, GV_STORE_READ, err);

	if (r != 0)
		return r < 0 ? r : 0;
	if (!s->cli->store.writable) {
		gv_cli_done(s->cli, "the programs stay: '%s' is not yours to change",
			    s->cli->root);
		return 0;
	}
	for (const struct gv_program *p = gv_programs;
	     p->to && s->cli->store.prefix_fd >= 0; p++) {
		r = gv_remove_durably(s->cli->store.prefix_fd, p->to);
		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		if (r < 0)
			return gv_err_sys(err, r, "cannot remove '%s/%s'",
					  s->cli->store.prefix, p->to);
		s->changed = true;
		gv_cli_done(s->cli, "%s/%s removed", s->cli->store.prefix, p->to);
	}
	if (s->cli->store.prefix_fd >= 0) {
		(void)!unlinkat(s->cli->store.prefix_fd, "auto-install", 0);
		/* Empty now, unless somebody put something there. */
		(void)!unlinkat(s->cli->store.prefix_fd, "libexec/govern", AT_REMOVEDIR);
		(void)!unlinkat(s->cli->store.prefix_fd, "libexec", AT_REMOVEDIR);
	}
	return remove_store(s, err);
}

static int update_file(struct setup *s, const struct gv_rcfile *file, struct gv_err *err)
{
	static const char *const done[][2] = {
		[GV_RC_ADDED] = {"the PATH block added", "would get this block"},
		[GV_RC_CHANGED] = {"the PATH block renewed", "would get this block anew"},
		[GV_RC_REMOVED] = {"the PATH block taken out", "would lose its block"},
	};
	enum gv_rc_done what;
	int r = gv_rcfile_update(file, s->remove ? NULL : s->bin, s->dry, &what, err);

	if (r < 0 && !s->remove && !err->line)
		gv_err_hint(err, "use --no-rc, and put '%s' first into PATH", s->bin);
	if (r < 0 || what == GV_RC_UNCHANGED)
		return r;
	s->changed = true;
	gv_cli_done(s->cli, "%s%s: %s", s->dry ? "# " : "", file->path,
		    done[what][s->dry]);
	return 0;
}

/* One that cannot be changed does not keep the others from it. */
static int update_files(struct setup *s, struct gv_err *err)
{
	struct gv_err first = GV_ERR_INIT;
	struct gv_rcfiles files;
	int r = gv_rcfiles_find(&files, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < files.n; i++) {
		struct gv_err why = GV_ERR_INIT;

		if (files.items[i].wanted && update_file(s, &files.items[i], &why) < 0 &&
		    first.code == 0)
			first = why;
	}
	gv_rcfiles_release(&files);
	if (first.code < 0)
		*err = first;
	return first.code;
}

static int update_rc(struct setup *s, struct gv_err *err)
{
	const char *home = getenv("HOME");
	struct gv_as_owner as;
	int r = gv_as_owner_begin(home ? home : "", &as, err), updated;

	if (r < 0)
		return r;
	updated = update_files(s, err);
	r = gv_as_owner_end(&as, err);
	return r < 0 ? r : updated;
}

/* -- upgrades by themselves ---------------------------------------------------------- */

static int read_timer(const struct setup *s, struct gv_timer *ret, struct gv_err *err)
{
	const char *by = gv_cli_option(s->cli, "timer");

	if (strcmp(s->when, "daily") != 0 && strcmp(s->when, "weekly") != 0 &&
	    strcmp(s->when, "no") != 0)
		return gv_err_set(err, -GV_EUSAGE,
				  "--auto-upgrade takes daily, weekly or no, not '%s'",
				  s->when);
	ret->cli = s->cli;
	ret->canary = gv_cli_option(s->cli, "channel") != NULL;
	ret->weekly = strcmp(s->when, "weekly") == 0;
	ret->kind = gv_timer_find();
	if (by && strcmp(by, "systemd") == 0)
		ret->kind = GV_TIMER_SYSTEMD;
	else if (by && strcmp(by, "machine") == 0)
		ret->kind = GV_TIMER_MACHINE;
	else if (by && strcmp(by, "cron") == 0)
		ret->kind = GV_TIMER_CRON;
	else if (by)
		return gv_err_set(err, -GV_EUSAGE,
				  "--timer takes systemd, machine or cron, not '%s'", by);
	return 0;
}

static int change_timer(struct setup *s, struct gv_err *err)
{
	bool machine = s->when && s->timer.kind == GV_TIMER_MACHINE;
	const char *home = getenv("HOME");
	struct gv_as_owner as;
	int r, done;

	if (!s->when && !s->remove)
		return 0;
	r = gv_as_owner_begin(machine || !home ? "" : home, &as, err);
	if (r < 0)
		return r;
	if (s->remove || strcmp(s->when, "no") == 0)
		done = gv_timer_remove(s->cli, s->cli->root, machine, &s->changed, err);
	else
		done = gv_timer_put(&s->timer, &s->changed, err);
	r = gv_as_owner_end(&as, err);
	if (r < 0 || done < 0 || !s->remove || !gv_timer_machine_has(s->cli->root))
		return r < 0 ? r : done;
	if (geteuid() == 0)
		return gv_timer_remove(s->cli, s->cli->root, true, &s->changed, err);
	gv_cli_warn(s->cli, "the timer of the machine stays: it is root's");
	gv_cli_hint(s->cli, "sudo systemctl disable --now govern-upgrade.timer");
	return 0;
}

/* For what reads no rc file. */
static void print_lines(const struct setup *s)
{
	static const struct {
		enum gv_starter starter;
		const char *where;
	} lines[] = {
		{GV_STARTER_CRON, "a crontab, above the jobs"},
		{GV_STARTER_SYSTEMD, "a unit of systemd, in [Service]"},
	};

	for (size_t i = 0; i < GV_COUNT(lines); i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);

		gv_starter_line(lines[i].starter, s->bin, &line);
		if (gv_buf_error(&line) == 0)
			printf("\n# %s:\n# %s\n", lines[i].where, line.data);
	}
}

static int print_plan(struct setup *s, const char *body, struct gv_err *err)
{
	bool rc = !gv_cli_option(s->cli, "no-rc");
	int r = 0;

	s->dry = true;
	printf("# %s %s: go, gofmt, govern\n", s->remove ? "from" : "into", s->bin);
	if (rc)
		r = update_rc(s, err);
	if (r == 0 && !s->remove) {
		printf("\n%s", body);
		print_lines(s);
	}
	if (r < 0 || !s->when)
		return r;
	if (strcmp(s->when, "no") != 0)
		return gv_timer_print(&s->timer, err);
	printf("\n# the timer of upgrades would go\n");
	return 0;
}

static bool is_first_in_path(const char *dir)
{
	const char *path = getenv("PATH");
	const char *rest = path ? gv_after_prefix(path, dir) : NULL;

	return rest && (*rest == '\0' || *rest == ':');
}

static void tell_the_end(const struct setup *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);

	if (!s->changed)
		gv_cli_done(s->cli,
			    s->remove ? "nothing to remove" : "nothing to change");
	if (s->remove && s->cli->store.writable && !s->is_gone)
		gv_cli_done(s->cli,
			    "the toolchains stay in %s: remove it when they are not "
			    "wanted either",
			    s->cli->root);
	if (s->remove || is_first_in_path(s->bin))
		return;
	gv_starter_line(GV_STARTER_SHELL, s->bin, &line);
	if (gv_buf_error(&line) == 0)
		gv_cli_done(s->cli, "open a new shell, or: %s", line.data);
}

static int work(struct setup *s, struct gv_err *err)
{
	bool rc = !gv_cli_option(s->cli, "no-rc");
	int r;

	/* PATH first when it goes, last when it comes: it never leads to nothing. */
	if (s->remove) {
		r = change_timer(s, err);
		if (r == 0 && rc)
			r = update_rc(s, err);
		return r < 0 ? r : take_programs(s, err);
	}
	r = put_programs(s, err);
	if (r == 0 && rc)
		r = update_rc(s, err);
	return r < 0 ? r : change_timer(s, err);
}

/* Before anything is written. */
static int check_usage(struct setup *s, struct gv_err *err)
{
	const char *by = gv_cli_option(s->cli, "timer");

	if (s->when && s->remove)
		return gv_err_set(
			err, -GV_EUSAGE,
			"--remove takes the timer out, too: --auto-upgrade does "
			"not go with it");
	if (by && !s->when) {
		gv_err_set(err, -GV_EUSAGE, "--timer goes with --auto-upgrade");
		return gv_err_hint(err, "govern setup --auto-upgrade daily --timer %s",
				   by);
	}
	return s->when ? read_timer(s, &s->timer, err) : 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf bin = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf govern = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf body = GV_BUF_INIT(0);
	GV_CLEANUP(gv_free_str) char *prefix = NULL, *libexec = NULL;
	struct setup s = {.cli = cli,
			  .remove = gv_cli_option(cli, "remove") != NULL,
			  .when = gv_cli_option(cli, "auto-upgrade")};
	int r = check_usage(&s, err);

	(void)argc;
	(void)argv;
	if (r == 0)
		r = gv_cli_channel(cli, !gv_cli_option(cli, "print"), err);
	if (r >= 0)
		r = gv_cli_prefix(cli, &prefix, err);
	if (r == 0)
		r = gv_cli_libexec(&libexec, err);
	if (r < 0)
		return r;
	gv_buf_format(&bin, "%s/bin", prefix);
	gv_buf_format(&govern, "%s/bin/govern", prefix);
	if (gv_buf_error(&bin) < 0 || gv_buf_error(&govern) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot set up");
	if (gv_rc_body(GV_RC_SH, bin.data, &body) < 0)
		return gv_err_set(err, -GV_EUSAGE, "'%s' cannot stand in PATH", bin.data);
	s.bin = bin.data;
	s.govern = govern.data;
	s.libexec = libexec;
	s.timer.root = cli->root;
	s.timer.govern = s.govern;
	if (gv_cli_option(cli, "print"))
		return print_plan(&s, body.data, err);
	r = work(&s, err);
	if (s.changed && cli->store_open && !s.is_gone)
		gv_cli_record(cli, &(struct gv_journal_entry){
					   .event = s.remove ? "setup-remove" : "setup"});
	if (r == 0)
		tell_the_end(&s);
	return r;
}

static const struct gv_option options[] = {
	{"remove", 0, NULL, "take all of it out again; toolchains stay", NULL},
	{"print", 0, NULL, "only show what would be done", NULL},
	{"no-rc", 0, NULL, "leave the shells' rc files alone", NULL},
	{"channel", 0, "NAME", "canary: this machine tries upgrades, if it is one",
	 "channel"},
	{"auto-upgrade", 0, "WHEN", "daily, weekly or no: upgrade by itself", "when"},
	{"timer", 0, "KIND", "systemd, machine (systemd, for all) or cron", "timer"},
	{0},
};

const struct gv_command gv_cmd_setup = {
	.name = "setup",
	.what = "make the store and put its go first into PATH",
	.details =
		"Puts go, gofmt and govern into the store's bin directory, and a marked "
		"block into the\n"
		"rc files of bash, zsh and fish and of login shells that puts that "
		"directory first into\n"
		"PATH.  Run again, it changes nothing.",
	.options = options,
	.run = run,
};

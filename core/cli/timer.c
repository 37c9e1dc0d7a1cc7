// SPDX-License-Identifier: Apache-2.0
#include "core/cli/timer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/rcfiles.h"
#include "core/cli/replace.h"
#include "core/config/dirs.h"
#include "core/store/canary.h"

#define NAME	"govern-upgrade"
#define MACHINE "/etc/systemd/system"
#define WANTS	"timers.target.wants"

enum gv_timer_kind gv_timer_find(void)
{
	/* As sd_booted(3) has it. */
	return access("/run/systemd/system", F_OK) == 0 ? GV_TIMER_SYSTEMD
							: GV_TIMER_CRON;
}

/* -- the texts ----------------------------------------------------------------------- */

/* One word of a unit, as systemd.syntax(7) and its specifiers want it. */
static void add_word(struct gv_buf *b, const char *s)
{
	gv_buf_add_str(b, "\"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			gv_buf_add_str(b, "\\");
		if (*s == '%' || *s == '$')
			gv_buf_add(b, s, 1);
		gv_buf_add(b, s, 1);
	}
	gv_buf_add_str(b, "\"");
}

/* ReadWritePaths= takes no `$`; else the same. */
static void add_path(struct gv_buf *b, const char *s)
{
	gv_buf_add_str(b, "\"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			gv_buf_add_str(b, "\\");
		if (*s == '%')
			gv_buf_add(b, s, 1);
		gv_buf_add(b, s, 1);
	}
	gv_buf_add_str(b, "\"");
}

static const char *every(const struct gv_timer *t)
{
	return t->weekly ? "6d" : "20h";
}

static void add_machine(const struct gv_timer *t, struct gv_buf *b)
{
	const struct passwd *owner;
	char above[PATH_MAX];
	struct stat st;

	snprintf(above, sizeof(above), "%s", t->root);

	if (stat(t->root, &st) == 0 && st.st_uid != 0) {
		owner = getpwuid(st.st_uid);
		if (owner)
			gv_buf_format(b, "User=%s\n", owner->pw_name);
		else
			gv_buf_format(b, "User=%u\n", st.st_uid);
	}
	gv_buf_add_str(b, "CacheDirectory=govern\n"
			  "Environment=XDG_CACHE_HOME=%C\n"
			  "CapabilityBoundingSet=\n"
			  "PrivateDevices=yes\n"
			  "PrivateTmp=yes\n"
			  "ProtectClock=yes\n"
			  "ProtectControlGroups=yes\n"
			  "ProtectHome=read-only\n"
			  "ProtectHostname=yes\n"
			  "ProtectKernelLogs=yes\n"
			  "ProtectKernelModules=yes\n"
			  "ProtectKernelTunables=yes\n"
			  "ProtectProc=invisible\n"
			  "ProtectSystem=strict\n"
			  "ReadWritePaths=");
	if (gv_has_suffix(t->root, "/" GV_CANARY)) /* its toolchains are the store's */
		above[strlen(above) - strlen("/" GV_CANARY)] = '\0';
	add_path(b, above);
	gv_buf_add_str(b, "\n");
}

static void service(const struct gv_timer *t, struct gv_buf *b)
{
	gv_buf_add_str(b, GV_TIMER_MARK "\n[Unit]\nDescription=Newest patches of Go\n"
					"After=network-online.target\n"
					"\n[Service]\nType=oneshot\nExecStart=");
	add_word(b, t->govern);
	gv_buf_add_str(b, " --root ");
	add_word(b, t->root);
	gv_buf_format(b, " upgrade --quiet --every %s", every(t));
	gv_buf_add_str(b, t->canary ? " --channel canary\n" : "\n");
	gv_buf_add_str(b, "Nice=10\n"
			  "IOSchedulingClass=idle\n"
			  "LockPersonality=yes\n"
			  "NoNewPrivileges=yes\n"
			  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
			  "RestrictNamespaces=yes\n"
			  "RestrictRealtime=yes\n"
			  "RestrictSUIDSGID=yes\n"
			  "SystemCallArchitectures=native\n"
			  "SystemCallErrorNumber=EPERM\n"
			  "SystemCallFilter=~@clock @cpu-emulation @debug @module @mount "
			  "@obsolete @raw-io @reboot @swap\n"
			  "UMask=0022\n");
	if (t->kind == GV_TIMER_MACHINE)
		add_machine(t, b);
}

static void timer(const struct gv_timer *t, struct gv_buf *b)
{
	gv_buf_format(b,
		      GV_TIMER_MARK "\n[Unit]\nDescription=Newest patches of Go\n"
				    "\n[Timer]\nOnCalendar=%s\nRandomizedDelaySec=%s\n"
				    "Persistent=true\n"
				    "\n[Install]\nWantedBy=timers.target\n",
		      t->weekly ? "weekly" : "daily", t->weekly ? "1d" : "4h");
}

/* Another minute of the night, and day of the week, on each machine and for each user. */
static unsigned spread(const struct gv_timer *t)
{
	char host[256] = "";
	unsigned h = 2166136261u ^ (unsigned)geteuid();

	(void)!gethostname(host, sizeof(host) - 1); /* then it is the same as elsewhere */
	for (const char *s = host; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	for (const char *s = t->root; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* In a crontab `%` ends the command, also within quotes. */
static void add_shell_word(struct gv_buf *b, const char *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);

	gv_rc_quote(&word, s, GV_RC_SH);
	for (const char *c = word.data ? word.data : ""; *c; c++) {
		if (*c == '%')
			gv_buf_add_str(b, "'\\%'");
		else
			gv_buf_add(b, c, 1);
	}
}

static void cron_line(const struct gv_timer *t, struct gv_buf *b)
{
	unsigned h = spread(t);

	gv_buf_format(b, "%u %u * * ", h % 60, 1 + h / 60 % 5);
	if (t->weekly)
		gv_buf_format(b, "%u ", h / 300 % 7);
	else
		gv_buf_add_str(b, "* ");
	add_shell_word(b, t->govern);
	gv_buf_add_str(b, " --root ");
	add_shell_word(b, t->root);
	gv_buf_format(b, " upgrade --quiet --every %s", every(t));
	gv_buf_add_str(b, t->canary ? " --channel canary" : "");
}

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
		cron_line(t, &b);
		gv_buf_add_str(&b, " " GV_TIMER_MARK "\n");
	} else {
		gv_buf_add_str(&b, "\n# " NAME ".timer:\n");
		timer(t, &b);
		gv_buf_add_str(&b, "\n# " NAME ".service:\n");
		service(t, &b);
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

/* Best effort: without a bus (ssh, a container) the next start of systemd sees it. */
static void tell_systemd(struct gv_cli *cli, bool machine, char *what)
{
	char *scope = machine ? "--system" : "--user";
	char *reload[] = {"/usr/bin/env", "systemctl", scope, "daemon-reload", NULL};
	char *act[] = {"/usr/bin/env", "systemctl", scope, what, NAME ".timer", NULL};
	struct gv_supervise job = {
		.program = reload[0], .argv = reload, .limit_ms = 30000};
	int status = 0, r = gv_supervise(&job, &status);

	job.argv = act;
	if (r == 0 && status == 0)
		r = gv_supervise(&job, &status);
	if (r < 0 || status != 0)
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
	service(t, &a);
	timer(t, &b);
	r = gv_make_dirs(AT_FDCWD, dir, 0755);
	if (r < 0)
		return gv_err_sys(err, r, "cannot make the directory '%s'", dir);
	r = put_unit(t, dir, NAME ".service", &a, &changed, err);
	if (r == 0)
		r = put_unit(t, dir, NAME ".timer", &b, &changed, err);
	if (r == 0)
		r = enable(dir, &changed, err);
	if (r == 0 && changed)
		tell_systemd(t->cli, machine, "restart");
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

static int remove_units(struct gv_cli *cli, bool machine, bool *ret_changed,
			struct gv_err *err)
{
	static const char *const dirs[] = {"/" WANTS, "", "/.."};
	bool changed = false;
	char dir[PATH_MAX], path[PATH_MAX + 64];
	int r = unit_dir(machine, dir, err);

	if (r < 0)
		return r;
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
	tell_systemd(cli, machine, "stop");
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
			       : gv_crontab_change(t->cli, NULL, ret_changed, err);
	}
	cron_line(t, &line);
	if (gv_buf_error(&line) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot set up");
	r = gv_crontab_change(t->cli, line.data, ret_changed, err);
	return r < 0 ? r : remove_units(t->cli, false, ret_changed, err);
}

int gv_timer_remove(struct gv_cli *cli, bool machine, bool *ret_changed,
		    struct gv_err *err)
{
	int r = remove_units(cli, machine, ret_changed, err);

	return r < 0 || machine ? r : gv_crontab_change(cli, NULL, ret_changed, err);
}

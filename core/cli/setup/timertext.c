// SPDX-License-Identifier: Apache-2.0
/* What stands in the units and in the line of cron. */
#include "core/cli/setup/timer.h"

#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/setup/rcfiles.h"
#include "core/store/canary.h"

/* -- units --------------------------------------------------------------------------- */

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

static void add_root(struct gv_buf *b, const char *root)
{
	gv_buf_add_str(b, " --root ");
	add_word(b, root);
	gv_buf_add_str(b, " upgrade ");
}

void gv_timer_service(const struct gv_timer *t, struct gv_buf *b)
{
	gv_buf_add_str(b, GV_TIMER_MARK "\n[Unit]\nDescription=Newest patches of Go\n"
					"After=network-online.target\n"
					"\n[Service]\nType=oneshot\nExecStart=");
	add_word(b, t->govern);
	add_root(b, t->root);
	gv_buf_format(b, "--quiet --every %s", every(t));
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

void gv_timer_timer(const struct gv_timer *t, struct gv_buf *b)
{
	gv_buf_format(b,
		      GV_TIMER_MARK "\n[Unit]\nDescription=Newest patches of Go\n"
				    "\n[Timer]\nOnCalendar=%s\nRandomizedDelaySec=%s\n"
				    "Persistent=true\n"
				    "\n[Install]\nWantedBy=timers.target\n",
		      t->weekly ? "weekly" : "daily", t->weekly ? "1d" : "4h");
}

/* -- cron ---------------------------------------------------------------------------- */

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

static void add_cron_root(struct gv_buf *b, const char *root)
{
	gv_buf_add_str(b, " --root ");
	add_shell_word(b, root);
	gv_buf_add_str(b, " upgrade ");
}

void gv_timer_cron_line(const struct gv_timer *t, struct gv_buf *b)
{
	unsigned h = spread(t);

	gv_buf_format(b, "%u %u * * ", h % 60, 1 + h / 60 % 5);
	if (t->weekly)
		gv_buf_format(b, "%u ", h / 300 % 7);
	else
		gv_buf_add_str(b, "* ");
	add_shell_word(b, t->govern);
	add_cron_root(b, t->root);
	gv_buf_format(b, "--quiet --every %s", every(t));
	gv_buf_add_str(b, t->canary ? " --channel canary" : "");
}

/* -- whose it is --------------------------------------------------------------------- */

bool gv_timer_is_of(const char *text, size_t n, const char *root)
{
	static const char *const below[] = {"", "/" GV_CANARY};
	bool is = false;

	for (size_t i = 0; i < GV_COUNT(below) && !is; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
		GV_CLEANUP(gv_buf_release) struct gv_buf unit = GV_BUF_INIT(0);
		GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);

		gv_buf_format(&path, "%s%s", root, below[i]);
		if (gv_buf_error(&path) < 0)
			return false;
		add_root(&unit, path.data);
		add_cron_root(&line, path.data);
		is = gv_buf_error(&unit) == 0 && gv_buf_error(&line) == 0 &&
		     (memmem(text, n, unit.data, unit.len) ||
		      memmem(text, n, line.data, line.len));
	}
	return is;
}

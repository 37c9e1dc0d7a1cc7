// SPDX-License-Identifier: Apache-2.0
/*
 * What has a store upgraded by itself (`govern setup --auto-upgrade`): a timer and a
 * service of systemd, or where there is none a line of the user's crontab.
 *
 *   user     ${XDG_CONFIG_HOME:-~/.config}/systemd/user/govern-upgrade.{timer,service}
 *   machine  /etc/systemd/system/govern-upgrade.{timer,service}, run as the store's owner
 *   cron     one line, which ends in "# govern setup --auto-upgrade"
 *
 * Each runs `govern upgrade --quiet --every ...`, some time in the night that is another
 * on each machine: what changed or failed is in the mail of cron, or the log of the unit.
 * Units of the machine are shut off by namespaces, too; in those of a user they would
 * need user namespaces, which not every kernel gives, and the unit would not start.
 */
#ifndef GV_CLI_SETUP_TIMER_H
#define GV_CLI_SETUP_TIMER_H

#include "core/cli/cli.h"

enum gv_timer_kind { GV_TIMER_SYSTEMD, GV_TIMER_MACHINE, GV_TIMER_CRON };

struct gv_timer {
	struct gv_cli *cli;
	enum gv_timer_kind kind;
	const char *govern; /* absolute path */
	const char *root;   /* of the store */
	bool weekly;	    /* else daily */
	bool canary;	    /* only where the machine is one */
};

/* systemd where it runs this machine, else cron. */
enum gv_timer_kind gv_timer_find(void);

/* Puts it there, or anew.  *ret: something was changed.  -GV_EFAILED: a unit of that
 * name is somebody else's, or crontab(1) failed; -GV_EUSAGE: a path that cannot stand
 * there. */
int gv_timer_put(const struct gv_timer *t, bool *ret_changed, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
/* Takes out whatever kind is there, of the store at `root`: that of another one stays. */
int gv_timer_remove(struct gv_cli *cli, const char *root, bool machine, bool *ret_changed,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4, 5);
/* Whether the machine has one for the store at `root`. */
bool gv_timer_machine_has(const char *root) GV_MUST GV_NONNULL(1);
/* What would be put there, to stdout. */
int gv_timer_print(const struct gv_timer *t, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);

/* The texts; for core/cli/setup/timer.c. */
void gv_timer_service(const struct gv_timer *t, struct gv_buf *b) GV_NONNULL(1, 2);
void gv_timer_timer(const struct gv_timer *t, struct gv_buf *b) GV_NONNULL(1, 2);
void gv_timer_cron_line(const struct gv_timer *t, struct gv_buf *b) GV_NONNULL(1, 2);
/* Whether a service, or a line, is for the store at `root` or its canary. */
bool gv_timer_is_of(const char *text, size_t n, const char *root)
	GV_MUST GV_NONNULL(1, 3);

/* The crontab without our line, and with it; for timer.c.  `put` NULL: without; `root`
 * NULL: of whatever store it is.  *ret_changed as above. */
int gv_crontab_change(struct gv_cli *cli, const char *put, const char *root,
		      bool *ret_changed, struct gv_err *err) GV_MUST GV_NONNULL(1, 4, 5);

#define GV_TIMER_MARK "# govern setup --auto-upgrade"

#endif

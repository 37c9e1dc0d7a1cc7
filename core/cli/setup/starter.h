// SPDX-License-Identifier: Apache-2.0
/*
 * What started this process, where that has a PATH of its own and reads no rc file, and
 * the line by which it is told of the store's directory.
 *
 * cron      PATH is /usr/bin:/bin; a crontab may set it, and expands nothing (crontab(5))
 *   systemd   PATH is systemd's; a unit may set it (systemd.exec(5))
 *   sshd      `ssh host command` with a login shell that is neither bash, zsh nor fish
 *   sudo      PATH is secure_path (sudoers(5)); a program given by its path runs
 */
#ifndef GV_CLI_SETUP_STARTER_H
#define GV_CLI_SETUP_STARTER_H

#include "core/base/attr.h"
#include "core/base/buf.h"

enum gv_starter {
	GV_STARTER_SHELL, /* or anything else that hands its PATH down */
	GV_STARTER_CRON,
	GV_STARTER_SYSTEMD,
	GV_STARTER_SSHD,
	GV_STARTER_SUDO,
};

/* The nearest ancestor decides; at a terminal it is a shell. */
enum gv_starter gv_starter_find(void) GV_MUST;

/* Adds the line for a crontab or a unit, or the command for the others, without a
 * newline; `bin` can stand in PATH (gv_rc_body()). */
void gv_starter_line(enum gv_starter starter, const char *bin, struct gv_buf *ret)
	GV_NONNULL(2, 3);

#endif

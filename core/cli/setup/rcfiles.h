// SPDX-License-Identifier: Apache-2.0
/*
 * Which rc files of which shells get the PATH block, and where in them.
 *
 *   bash      ~/.bashrc, at the top: `ssh host cmd` reads it too, and most distributions
 *             leave it early when the shell is not interactive
 *   zsh       .zshenv, which every zsh reads, and .zshrc, .zprofile and .zlogin, so that
 *             nothing read in between comes first; the latter two where they are there.
 *             They are in ZDOTDIR, which ~/.zshenv may set: then zsh reads that one too
 *   fish      ${XDG_CONFIG_HOME:-~/.config}/fish/conf.d/govern.fish
 *   login     ~/.profile, and ~/.bash_profile, ~/.bash_login where they are, because bash
 *             then does not read ~/.profile
 *
 * A dash that is given a command reads nothing at all, nor does cron, a unit of systemd
 * or sudo: core/cli/setup/starter.h.
 */
#ifndef GV_CLI_SETUP_RCFILES_H
#define GV_CLI_SETUP_RCFILES_H

#include "core/cli/setup/rcblock.h"

/* Largest rc file that is touched, in bytes. */
#define GV_RC_MAX (4u << 20)

struct gv_rcfile {
	char *path;
	enum gv_rc_syntax syntax;
	enum gv_rc_place place;
	bool wanted; /* else it is only looked at by --remove */
};

struct gv_rcfiles {
	struct gv_rcfile items[12];
	size_t n;
};

/* -GV_EUSAGE when HOME is not set. */
int gv_rcfiles_find(struct gv_rcfiles *ret, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
void gv_rcfiles_release(struct gv_rcfiles *f);

/* What was done to a file. */
enum gv_rc_done { GV_RC_UNCHANGED, GV_RC_ADDED, GV_RC_CHANGED, GV_RC_REMOVED };

/* Puts the block for `dir` into the file, or takes it out when dir is NULL.  With `dry`
 * only says what would be done.  Not changed are files that nobody may write, and those
 * that have several names (hard links), for which the others would keep the old text. */
int gv_rcfile_update(const struct gv_rcfile *file, const char *dir, bool dry,
		     enum gv_rc_done *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4, 5);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/rcfiles.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/program.h"
#include "core/cli/replace.h"
#include "core/cli/setup/rclines.h"

static bool in_path(const char *program)
{
	char unused[PATH_MAX];

	return gv_program_find(getenv("PATH"), program, unused);
}

/* Adds a file.  It is wanted when its shell is, or, with `shell` NULL, when it is there.
 */
static int add(struct gv_rcfiles *f, const char *dir, const char *name, const char *shell,
	       enum gv_rc_syntax syntax, enum gv_rc_place place)
{
	struct gv_buf path = GV_BUF_INIT(0);
	struct gv_rcfile *file = &f->items[f->n];

	gv_buf_format(&path, "%s/%s", dir, name);
	if (gv_buf_error(&path) < 0) {
		gv_buf_release(&path);
		return -ENOMEM;
	}
	*file = (struct gv_rcfile){
		.path = gv_buf_take(&path), .syntax = syntax, .place = place};
	file->wanted = access(file->path, F_OK) == 0 || (shell && in_path(shell));
	f->n++;
	return 0;
}

static const char *absolute(const char *variable)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : NULL;
}

/* The directory of zsh's files: ZDOTDIR, which need not be exported. */
static const char *find_zsh_dir(const char *home, char *ret, size_t cap)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	const char *zdot = absolute("ZDOTDIR"), *line, *found = NULL;
	struct gv_err ignored = GV_ERR_INIT;
	size_t n = 0;

	if (zdot)
		return zdot;
	gv_buf_format(&path, "%s/.zshenv", home);
	if (gv_buf_error(&path) < 0 || gv_user_file_load(path.data, &text, &ignored) != 0)
		return home;
	line = text.data;
	while (line && line < text.data + text.len && !found) {
		size_t rest = (size_t)(text.data + text.len - line);
		const char *eol = memchr(line, '\n', rest);

		found = gv_rc_assigned(line, eol ? (size_t)(eol - line) : rest, "ZDOTDIR",
				       &n);
		line = eol ? eol + 1 : NULL;
	}
	if (found) {
		struct gv_text t = gv_text_in(ret, cap);

		gv_rc_expand(found, n, &t);
		/* What else the shell would expand in it leads nowhere. */
		return t.cut || ret[0] != '/' || access(ret, F_OK) < 0 ? home : ret;
	}
	return home;
}

int gv_rcfiles_find(struct gv_rcfiles *ret, struct gv_err *err)
{
	const char *home = absolute("HOME"), *config = absolute("XDG_CONFIG_HOME");
	char buf[PATH_MAX];
	const char *zsh = home ? find_zsh_dir(home, buf, sizeof(buf)) : NULL;
	const struct {
		const char *dir, *name, *shell;
		enum gv_rc_syntax syntax;
		enum gv_rc_place place;
	} all[] = {
		{home, ".bashrc", "bash", GV_RC_SH, GV_RC_TOP},
		{home, ".profile", "sh", GV_RC_SH, GV_RC_BOTTOM},
		{home, ".bash_profile", NULL, GV_RC_SH, GV_RC_BOTTOM},
		{home, ".bash_login", NULL, GV_RC_SH, GV_RC_BOTTOM},
		{home, ".zshenv", "zsh", GV_RC_SH, GV_RC_BOTTOM},
		/* Read where ZDOTDIR is in the environment already. */
		{zsh != home ? zsh : NULL, ".zshenv", NULL, GV_RC_SH, GV_RC_BOTTOM},
		{zsh, ".zprofile", NULL, GV_RC_SH, GV_RC_BOTTOM},
		{zsh, ".zshrc", "zsh", GV_RC_SH, GV_RC_BOTTOM},
		{zsh, ".zlogin", NULL, GV_RC_SH, GV_RC_BOTTOM},
		{config, "fish/conf.d/govern.fish", "fish", GV_RC_FISH, GV_RC_TOP},
		{config ? NULL : home, ".config/fish/conf.d/govern.fish", "fish",
		 GV_RC_FISH, GV_RC_TOP},
	};
	struct gv_rcfiles f = {0};
	int r = 0;

	if (!home) {
		gv_err_set(err, -GV_EUSAGE,
			   "HOME is not set: there are no rc files to change");
		return gv_err_hint(err, "govern setup --no-rc");
	}
	for (size_t i = 0; i < GV_COUNT(all) && r == 0; i++)
		if (all[i].dir)
			r = add(&f, all[i].dir, all[i].name, all[i].shell, all[i].syntax,
				all[i].place);
	if (r < 0) {
		gv_rcfiles_release(&f);
		return gv_err_sys(err, r, "cannot look for rc files");
	}
	*ret = f;
	return 0;
}

void gv_rcfiles_release(struct gv_rcfiles *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->items[i].path);
	f->n = 0;
}

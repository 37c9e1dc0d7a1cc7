// SPDX-License-Identifier: Apache-2.0
#include "core/cli/rcfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/cli/replace.h"

/* Largest rc file that is touched, in bytes. */
#define RC_MAX (4u << 20)

static bool in_path(const char *program)
{
	const char *p = getenv("PATH");

	while (p && *p) {
		GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
		size_t n = strcspn(p, ":");

		gv_buf_format(&path, "%.*s/%s", (int)n, p, program);
		if (p[0] == '/' && path.data && access(path.data, X_OK) == 0)
			return true;
		p += n + (p[n] == ':');
	}
	return false;
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

int gv_rcfiles_find(struct gv_rcfiles *ret, struct gv_err *err)
{
	const char *home = absolute("HOME"), *zdot = absolute("ZDOTDIR");
	const char *config = absolute("XDG_CONFIG_HOME");
	struct gv_rcfiles f = {0};
	int r;

	if (!home) {
		gv_err_set(err, -GV_EUSAGE,
			   "HOME is not set: there are no rc files to change");
		return gv_err_hint(err, "govern setup --no-rc");
	}
	zdot = zdot ? zdot : home;
	r = add(&f, home, ".bashrc", "bash", GV_RC_SH, GV_RC_TOP);
	r = r < 0 ? r : add(&f, home, ".profile", "sh", GV_RC_SH, GV_RC_BOTTOM);
	r = r < 0 ? r : add(&f, home, ".bash_profile", NULL, GV_RC_SH, GV_RC_BOTTOM);
	r = r < 0 ? r : add(&f, home, ".bash_login", NULL, GV_RC_SH, GV_RC_BOTTOM);
	r = r < 0 ? r : add(&f, zdot, ".zshenv", "zsh", GV_RC_SH, GV_RC_BOTTOM);
	r = r < 0 ? r : add(&f, zdot, ".zshrc", "zsh", GV_RC_SH, GV_RC_BOTTOM);
	r = r < 0    ? r
	    : config ? add(&f, config, "fish/conf.d/govern.fish", "fish", GV_RC_FISH,
			   GV_RC_TOP)
		     : add(&f, home, ".config/fish/conf.d/govern.fish", "fish",
			   GV_RC_FISH, GV_RC_TOP);
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

static int make_parent(const char *path, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *dir = strdup(path);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	int r = slash ? 0 : -ENOMEM;

	if (slash)
		*slash = '\0';
	if (r == 0 && dir[0])
		r = gv_make_dirs(AT_FDCWD, dir, 0755);
	return r < 0 ? gv_err_sys(err, r, "cannot make the directory of '%s'", path) : 0;
}

static int put_in(const struct gv_rcfile *file, const struct gv_buf *text, bool is_there,
		  const struct gv_buf *body, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf new = GV_BUF_INIT(2 * RC_MAX);
	int r = gv_rc_insert(is_there ? (text->data ? text->data : "") : NULL, text->len,
			     body->data, file->place, &new);

	if (r < 0)
		return gv_err_sys(err, r, "cannot compose '%s'", file->path);
	r = is_there ? 0 : make_parent(file->path, err);
	return r < 0 ? r : gv_user_file_save(file->path, new.data, new.len, err);
}

/* conf.d and the fish above it, made for our file or by fish, which makes them again: away
 * when there is nothing else in them. */
static void remove_made_dirs(const struct gv_rcfile *file)
{
	GV_CLEANUP(gv_free_str)
	char *path = file->syntax == GV_RC_FISH ? strdup(file->path) : NULL;

	for (int up = 0; path && up < 2; up++) {
		*strrchr(path, '/') = '\0';
		if (rmdir(path) < 0)
			return;
	}
}

static int take_out(const struct gv_rcfile *file, const struct gv_buf *rest, bool ours,
		    struct gv_err *err)
{
	int r;

	if (!ours)
		return gv_user_file_save(file->path, rest->data ? rest->data : "",
					 rest->len, err);
	r = gv_remove_durably(AT_FDCWD, file->path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot remove '%s'", file->path);
	remove_made_dirs(file);
	return 0;
}

int gv_rcfile_update(const struct gv_rcfile *file, const char *dir, bool dry,
		     enum gv_rc_done *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(RC_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf rest = GV_BUF_INIT(RC_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf body = GV_BUF_INIT(0);
	bool ours = false, is_there, had;
	unsigned line = 0;
	int r = gv_user_file_load(file->path, &text, err);

	if (r < 0)
		return r;
	is_there = r == 0;
	r = gv_rc_remove(text.data ? text.data : "", text.len, &rest, &ours, &line);
	if (r == -GV_EFORMAT)
		return gv_err_at(
			err, -GV_EFAILED, file->path, line,
			"%s:%u: the block of govern setup has no end: remove it by hand",
			file->path, line);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", file->path);
	had = r == 0;
	*ret = GV_RC_UNCHANGED;
	if (!dir) {
		if (!had)
			return dry ? 0 : gv_user_file_sync(file->path, err);
		*ret = GV_RC_REMOVED;
		return dry ? 0 : take_out(file, &rest, ours, err);
	}
	r = gv_rc_body(file->syntax, dir, &body);
	if (r == -EINVAL)
		return gv_err_set(err, -GV_EUSAGE, "'%s' cannot stand in PATH", dir);
	if (r < 0)
		return gv_err_sys(err, r, "cannot compose '%s'", file->path);
	if (had && memmem(text.data, text.len, body.data, body.len))
		return dry ? 0 : gv_user_file_sync(file->path, err);
	*ret = had ? GV_RC_CHANGED : GV_RC_ADDED;
	return dry ? 0 : put_in(file, &rest, is_there && !ours, &body, err);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/replace.h"
#include "core/cli/setup/rcfiles.h"

/* The directory that holds the path, in its place; NULL: none. */
static char *cut_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return NULL;
	*slash = '\0';
	return path;
}

/* Makes the directories above a file; adds how many those are. */
static int make_dirs_above(const char *path, unsigned *made, struct gv_err *err)
{
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));
	unsigned missing = 0;
	int r = 0;

	gv_text_add(&t, path);
	if (t.cut)
		return gv_err_sys(err, -ENAMETOOLONG, "cannot write '%s'", path);
	while (cut_name(dir) && access(dir, F_OK) < 0)
		missing++;
	*made += missing;
	for (; missing > 0 && r == 0; missing--) {
		dir[strlen(dir)] = '/';
		r = gv_make_dirs(AT_FDCWD, dir, 0755);
	}
	return r < 0 ? gv_err_sys(err, r, "cannot make the directory of '%s'", path) : 0;
}

static int put_in(const struct gv_rcfile *file, const struct gv_buf *rest, bool is_there,
		  const struct gv_rc_found *found, const struct gv_buf *body,
		  struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf new = GV_BUF_INIT(2 * GV_RC_MAX);
	bool keep = is_there && !found->made_file;
	unsigned dirs = found->made_dirs;
	int r = is_there ? 0 : make_dirs_above(file->path, &dirs, err);

	if (r < 0)
		return r;
	r = gv_rc_insert(keep ? (rest->data ? rest->data : "") : NULL, rest->len,
			 body->data, file->place, dirs, &new);
	if (r < 0)
		return gv_err_sys(err, r, "cannot compose '%s'", file->path);
	return gv_user_file_save(file->path, new.data, new.len, err);
}

/* Those that were made for the file, unless somebody put something there. */
static void remove_made_dirs(const char *file, unsigned made)
{
	char dir[PATH_MAX];
	struct gv_text t = gv_text_in(dir, sizeof(dir));

	gv_text_add(&t, file);
	while (!t.cut && made-- > 0 && cut_name(dir))
		if (rmdir(dir) < 0)
			return;
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static int take_out(const struct gv_rcfile *file, const struct gv_buf *rest,
		    const struct gv_rc_found *found, struct gv_err *err)
{
	int r;

	/* A link was put there since: the file has become another one's. */
	if (!found->made_file || is_link(file->path))
		return gv_user_file_save(file->path, rest->data ? rest->data : "",
					 rest->len, err);
	r = gv_remove_durably(AT_FDCWD, file->path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot remove '%s'", file->path);
	remove_made_dirs(file->path, found->made_dirs);
	return 0;
}

/* What a person who writes with an editor is asked about. */
static int is_protected(const char *path, struct gv_err *err)
{
	struct stat st;

#ifdef GV_WITHOUT_RC_PROTECTED /* tests/controls: rename(2) asks nobody */
	return 0;
#endif
	if (stat(path, &st) < 0)
		return 0;
	if (!(st.st_mode & 0222))
		return gv_err_set(err, -GV_EFAILED, "'%s' is read-only", path);
	if (st.st_nlink > 1)
		return gv_err_set(err, -GV_EFAILED, "'%s' has another name (hard link)",
				  path);
	return 0;
}

int gv_rcfile_update(const struct gv_rcfile *file, const char *dir, bool dry,
		     enum gv_rc_done *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf rest = GV_BUF_INIT(GV_RC_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf body = GV_BUF_INIT(0);
	struct gv_rc_found found = {0};
	bool is_there, is_right;
	int r = gv_user_file_load(file->path, &text, err);

	if (r < 0)
		return r;
	is_there = r == 0;
	r = gv_rc_remove(text.data ? text.data : "", text.len, &rest, &found);
	if (r == -GV_EFORMAT)
		return gv_err_at(
			err, -GV_EFAILED, file->path, found.line,
			"%s:%u: the block of govern setup has no end: remove it by hand",
			file->path, found.line);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", file->path);
	if (dir) {
		r = gv_rc_body(file->syntax, dir, &body);
		if (r == -EINVAL)
			return gv_err_set(err, -GV_EUSAGE, "'%s' cannot stand in PATH",
					  dir);
		if (r < 0)
			return gv_err_sys(err, r, "cannot compose '%s'", file->path);
	}
	is_right = dir ? found.blocks == 1 && found.whole &&
				   memmem(text.data, text.len, body.data, body.len)
		       : found.blocks == 0;
	*ret = is_right ? GV_RC_UNCHANGED
	       : !dir	? GV_RC_REMOVED
			: (found.blocks ? GV_RC_CHANGED : GV_RC_ADDED);
	if (dry)
		return 0;
	if (is_right)
		return gv_user_file_sync(file->path, err);
	r = is_protected(file->path, err);
	if (r < 0)
		return r;
	return dir ? put_in(file, &rest, is_there, &found, &body, err)
		   : take_out(file, &rest, &found, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/store/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/denied.h"

/* -- names --------------------------------------------------------------------------- */

bool gv_store_name_valid(const char *name)
{
	struct gv_version v;

	return gv_version_parse(name, strlen(name), &v) == 0 && strcmp(v.name, name) == 0;
}

/* Never cut: a name has at most 66 bytes, a platform 31. */
static GV_PRINTF(1, 2) struct gv_path path_of(const char *fmt, ...)
{
	struct gv_path path;
	struct gv_text t = gv_text_in(path.s, sizeof(path.s));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat(&t, fmt, ap);
	va_end(ap);
	return path;
}

struct gv_path gv_toolchain_path(const char *name)
{
	return path_of("toolchains/%s", name);
}

struct gv_path gv_bin_path(const char *name)
{
	return path_of("bin/%s", name);
}

struct gv_path gv_bin_target(const char *name)
{
	return path_of("../toolchains/%s/bin/go", name);
}

struct gv_path gv_receipt_dir(const struct gv_store *s)
{
	return path_of("receipts/%s", s->platform);
}

struct gv_path gv_receipt_path(const struct gv_store *s, const char *name)
{
	return path_of("receipts/%s/%s.json", s->platform, name);
}

struct gv_path gv_manifest_path(const struct gv_store *s, const char *name)
{
	return path_of("receipts/%s/%s.manifest", s->platform, name);
}

struct gv_path gv_lock_path(const struct gv_store *s, const char *name)
{
	return path_of("locks/%s_%s", s->platform, name);
}

struct gv_path gv_attempt_path(const struct gv_store *s, const char *what)
{
	return path_of("locks/%s_attempt_%s", s->platform, what);
}

struct gv_path gv_stage_path(const struct gv_store *s, const char *name,
			     const char *nonce)
{
	return path_of("staging/%s_%s_%s", s->platform, name, nonce);
}

bool gv_stage_name(const struct gv_store *s, const char *entry, char ret[GV_NAME_MAX])
{
	const char *name = gv_after_prefix(entry, s->platform);
	const char *nonce = strrchr(entry, '_');
	size_t n;

	if (!name || *name != '_' || nonce <= name)
		return false;
	name++;
	n = (size_t)(nonce - name);
	if (n >= GV_NAME_MAX)
		return false;
	memcpy(ret, name, n);
	ret[n] = '\0';
	return gv_store_name_valid(ret);
}

/* -- moves --------------------------------------------------------------------------- */

int gv_list_names(int dirfd, const char *dir, const char *ending, struct gv_list *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	int r = gv_list_dir(dirfd, dir, &entries);

	for (size_t i = 0; i < entries.n && r == 0; i++) {
		char name[GV_NAME_MAX];
		struct gv_text t = gv_text_in(name, sizeof(name));

		if (!gv_has_suffix(entries.items[i], ending))
			continue;
		gv_text_add_n(&t, entries.items[i],
			      strlen(entries.items[i]) - strlen(ending));
		if (!t.cut && gv_store_name_valid(name))
			r = gv_list_add(ret, name);
	}
	return r;
}

int gv_there(int dirfd, const char *path)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

int gv_receipt_there(const struct gv_store *s, const char *name)
{
	GV_CLEANUP(gv_close) int dir = gv_open_dir(s->root_fd, gv_receipt_dir(s).s);

	if (dir < 0)
		return dir == -ENOENT || dir == -ENOTDIR ? 0 : dir;
	return gv_there(s->root_fd, gv_receipt_path(s, name).s);
}

int gv_move_if_free(int from_dir, const char *from, int to_dir, const char *to)
{
	int r = gv_there(from_dir, from);

	if (r <= 0)
		return r;
	r = gv_there(to_dir, to);
	if (r != 0)
		return r < 0 ? r : 0;
	return gv_rename_durably(from_dir, from, to_dir, to);
}

int gv_temp_dirs(const struct gv_store *s, struct gv_list *ret)
{
	static const char *const below_prefix[] = {"", "/bin", "/generations",
						   "/libexec/govern", "/toolchains"};
	int r = gv_list_add(ret, ".");

	if (r == 0)
		r = gv_list_add(ret, "log-heads");
	if (r == 0)
		r = gv_list_add(ret, gv_receipt_dir(s).s);
	for (size_t i = 0; i < GV_COUNT(below_prefix) && r == 0; i++)
		r = gv_list_add(ret, path_of("%s%s", s->platform, below_prefix[i]).s);
	return r;
}

bool gv_unchanged_for(int dirfd, const char *path, long seconds)
{
	struct stat dir, st;

	return fstat(dirfd, &dir) == 0 &&
	       fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       dir.st_mtime - st.st_mtime > seconds &&
	       dir.st_mtime - st.st_ctime > seconds;
}

int gv_trash(const struct gv_store *s, int dirfd, const char *path, struct gv_path *ret)
{
	char nonce[GV_NONCE_LEN];
	struct gv_path to;
	int r = gv_nonce(nonce);

	if (r < 0)
		return r;
	to = path_of("trash/%s", nonce);
	r = gv_rename_durably(dirfd, path, s->root_fd, to.s);
	if (r == 0)
		*ret = to;
	return r;
}

int gv_bin_agree(const struct gv_store *s, const char *name, bool present)
{
	struct gv_path link = gv_bin_path(name), wanted = gv_bin_target(name);
	char target[sizeof(wanted.s)];
	int r = gv_read_link(s->prefix_fd, link.s, target, sizeof(target));
	int denied = present ? gv_store_denies(s, name) : 0;

	if (denied < 0)
		return denied;
	present = present && !denied;
	if (r == -ENOENT)
		return present ? gv_save_link(s->prefix_fd, link.s, wanted.s) : 0;
	if (r < 0 && r != -EINVAL && r != -ENAMETOOLONG)
		return r;
	if (r < 0 || strcmp(target, wanted.s) != 0 || present)
		return 0; /* somebody else's file, or as it should be */
	if (unlinkat(s->prefix_fd, link.s, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return gv_sync_parent(s->prefix_fd, link.s);
}

/* -- refusals ------------------------------------------------------------------------ */

void gv_user_name(unsigned uid, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	struct passwd pw, *found = NULL;
	char room[4096];

	if (getpwuid_r(uid, &pw, room, sizeof(room), &found) == 0 && found)
		gv_text_format(&t, "%s", pw.pw_name);
	else
		gv_text_format(&t, "user %u", uid);
}

int gv_store_refused(const struct gv_store *s, int code, const char *what,
		     struct gv_err *err)
{
	char owner[128];
	struct stat st;

	if (code == -EROFS) {
		gv_err_sys(err, code, "cannot %s: the store '%s' can only be read", what,
			   s->root);
		return gv_err_hint(err, "choose a store of your own with --root DIR");
	}
	if ((code != -EACCES && code != -EPERM) || stat(s->root, &st) < 0 ||
	    st.st_uid == geteuid())
		return gv_err_sys(err, code, "cannot %s in '%s'", what, s->root);
	gv_user_name(st.st_uid, owner, sizeof(owner));
	gv_err_sys(err, code, "cannot %s: the store '%s' belongs to %s", what, s->root,
		   owner);
	return gv_err_hint(err,
			   "run it as %s, or choose a store of your own with --root DIR",
			   owner);
}

int gv_store_damaged(const struct gv_store *s, const char *path, const char *why,
		     struct gv_err *err)
{
	char file[sizeof(err->file)];
	struct gv_text t = gv_text_in(file, sizeof(file));

	gv_text_format(&t, "%s/%s", s->root, path);
	return gv_err_at(err, -GV_EFORMAT, file, 1, "'%s' is damaged: %s", file, why);
}

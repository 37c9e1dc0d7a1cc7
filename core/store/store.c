// SPDX-License-Identifier: Apache-2.0
#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/store/layout.h"

static const char *const root_dirs[] = {"receipts", "locks", "staging", "trash",
					"log-heads"};
static const char *const prefix_dirs[] = {"bin", "toolchains", "generations"};

/* What may lie in the root of a store that was never made: our own, in case a command was
 * killed while it made it, and what an administrator puts there beforehand. */
static bool may_be_ours(const char *entry)
{
	static const char *const others[] = {"format",	   "journal", "canary",
					     "govern.ini", "hooks",   "plugins",
					     "lost+found"};

	if (gv_after_prefix(entry, ".tmp-") || gv_platform_valid(entry))
		return true;
	for (size_t i = 0; i < GV_COUNT(root_dirs); i++)
		if (strcmp(entry, root_dirs[i]) == 0)
			return true;
	for (size_t i = 0; i < GV_COUNT(others); i++)
		if (strcmp(entry, others[i]) == 0)
			return true;
	return false;
}

/* Nobody wants a store strewn over their home directory. */
static int check_free(const struct gv_store *s, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	int r = gv_list_dir(s->root_fd, ".", &entries);

	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", s->root);
	for (size_t i = 0; i < entries.n; i++)
		if (!may_be_ours(entries.items[i]))
			return gv_err_set(
				err, -GV_EPOLICY,
				"'%s' is not a store and not empty: it holds '%s'",
				s->root, entries.items[i]);
	return 0;
}

/* 0: a store of our format.  1: no format file. */
static int check_format(const struct gv_store *s, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(64);
	uint64_t format = 0;
	int r = gv_read_file(s->root_fd, "format", &text);

	if (r == -ENOENT)
		return 1;
	if (r < 0 && r != -EFBIG)
		return gv_err_sys(err, r, "cannot read '%s/format'", s->root);
	if (r == -EFBIG || text.len < 2 || text.data[text.len - 1] != '\n' ||
	    gv_num_parse(text.data, text.len - 1, UINT32_MAX, &format) < 0 || format == 0)
		return gv_store_damaged(s, "format", "it does not hold a format number",
					err);
	if (format <= GV_STORE_FORMAT)
		return 0;
	gv_err_set(
		err, -GV_EPOLICY,
		"the store '%s' has format %llu, and this govern knows formats up to %d",
		s->root, (unsigned long long)format, GV_STORE_FORMAT);
	return gv_err_hint(err, "use a newer govern, or another store with --root DIR");
}

static int make_dirs(const struct gv_store *s, int dirfd, const char *const *dirs,
		     size_t n)
{
	struct gv_path receipts = gv_receipt_dir(s);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = gv_make_dirs(dirfd, dirs[i], 0755 | GV_MODE_EXACT);
	return r == 0 ? gv_make_dirs(s->root_fd, receipts.s, 0755 | GV_MODE_EXACT) : r;
}

static int make(struct gv_store *s, struct gv_err *err)
{
	int r = gv_make_dirs(AT_FDCWD, s->root, 0755);

	if (r == 0)
		r = s->root_fd = gv_open_dir(AT_FDCWD, s->root);
	if (r < 0)
		return gv_err_sys(err, r, "cannot make the store '%s'", s->root);
	r = check_format(s, err);
	if (r == 1) {
		r = check_free(s, err);
		if (r < 0)
			return r;
		/* Once more: another may be making it, and NFS, which believes for a
		 * while that a name is absent, looked again when the directory was
		 * read. */
		r = check_format(s, err);
	}
	if (r == 1) {
		/* First of all: whatever is found beside it later is ours. */
		r = gv_save_file(s->root_fd, "format", "1\n", 2, 0644 | GV_MODE_EXACT);
		if (r < 0)
			return gv_store_refused(s, r, "make a store", err);
	}
	if (r < 0)
		return r;
	r = make_dirs(s, s->root_fd, root_dirs, GV_COUNT(root_dirs));
	if (r == 0)
		r = gv_make_dirs(s->root_fd, s->platform, 0755 | GV_MODE_EXACT);
	if (r == 0)
		r = s->prefix_fd = gv_open_dir(s->root_fd, s->platform);
	if (r >= 0)
		r = make_dirs(s, s->prefix_fd, prefix_dirs, GV_COUNT(prefix_dirs));
	return r < 0 ? gv_store_refused(s, r, "make directories", err) : 0;
}

static int find(struct gv_store *s, struct gv_err *err)
{
	int r = s->root_fd = gv_open_dir(AT_FDCWD, s->root);

	if (r >= 0)
		r = check_format(s, err);
	else if (r != -ENOENT)
		return gv_err_sys(err, r, "cannot open the store '%s'", s->root);
	if (r == -ENOENT || r == 1) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no store at '%s'", s->root);
		return gv_err_hint(err, "govern install latest");
	}
	if (r < 0)
		return r;
	r = gv_open_dir(s->root_fd, s->platform);
	if (r < 0 && r != -ENOENT)
		return gv_err_sys(err, r, "cannot open '%s'", s->prefix);
	s->prefix_fd = r < 0 ? -1 : r;
	return 0;
}

/* -errno of why not; 0: as far as can be told. */
static int may_write(const struct gv_store *s)
{
	int fd = s->prefix_fd >= 0 ? s->prefix_fd : s->root_fd;

	if (faccessat(s->root_fd, ".", W_OK | X_OK, AT_EACCESS) < 0 ||
	    faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return -errno;
	return 0;
}

static bool is_forbidden(int r)
{
	return r == -EACCES || r == -EPERM || r == -EROFS;
}

/* <root>, without slashes at its end, and <root>/<platform>. */
static int set_paths(struct gv_store *s, const char *root, const char *platform)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	struct gv_text t = gv_text_in(s->platform, sizeof(s->platform));
	size_t n = strlen(root);

	while (n > 1 && root[n - 1] == '/')
		n--;
	gv_text_add(&t, platform);
	s->root = strndup(root, n);
	if (!s->root || gv_buf_format(&path, "%s/%s", s->root, platform) < 0)
		return -ENOMEM;
	s->prefix = gv_buf_take(&path);
	return 0;
}

int gv_store_open(const char *root, const char *platform, unsigned flags,
		  struct gv_store *ret, struct gv_err *err)
{
	struct gv_store s = {.root_fd = -1, .prefix_fd = -1};
	int r;

	if (root[0] != '/')
		return gv_err_set(err, -GV_EUSAGE,
				  "the path of a store must be absolute: '%s' is not",
				  root);
	if (!gv_platform_valid(platform) || strlen(platform) >= sizeof(s.platform))
		return gv_err_set(err, -GV_EUSAGE, "'%s' is not a platform", platform);
	r = set_paths(&s, root, platform);
	if (r < 0)
		r = gv_err_sys(err, r, "cannot open the store '%s'", root);
	else
		r = flags & GV_STORE_CREATE ? make(&s, err) : find(&s, err);
	if (r == 0) {
		r = may_write(&s);
		s.writable = r == 0;
		if (is_forbidden(r) && !(flags & GV_STORE_CREATE))
			r = 0;
		if (r < 0)
			gv_store_refused(&s, r, "write", err);
	}
	if (r < 0) {
		gv_store_close(&s);
		return r;
	}
	*ret = s;
	return 0;
}

void gv_store_close(struct gv_store *s)
{
	if (!s)
		return;
	gv_close(&s->prefix_fd);
	gv_close(&s->root_fd);
	free(s->prefix);
	free(s->root);
	s->prefix = s->root = NULL;
}

int gv_store_lock(struct gv_store *s, const char *name, long wait_ms,
		  gv_lock_waiting *waiting, void *arg, struct gv_lock *ret)
{
	struct gv_lock l = GV_LOCK_INIT;
	int r;

	if (!gv_store_name_valid(name))
		return -EINVAL;
	*ret = l;
	if (!s->writable)
		return 1;
	r = gv_lock_take(&l, s->root_fd, gv_lock_path(s, name).s, wait_ms, waiting, arg);
	if (r < 0)
		return r;
#ifndef GV_WITHOUT_HEALING /* tests/controls: what a crash left stays */
	gv_store_recover(s, name, r == 0);
#endif
	*ret = l;
	return r;
}

int gv_store_no_locks(const struct gv_store *s, struct gv_err *err)
{
	return gv_err_set(err, -ENOLCK,
			  "the file system of '%s' has no locks that other machines see: "
			  "two commands at once may do the same work",
			  s->root);
}

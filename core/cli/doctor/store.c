// SPDX-License-Identifier: Apache-2.0
/* The store: its file system, its owner and modes, its pointers, what was left behind. */
#include "core/cli/doctor/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/lock.h"
#include "core/base/text.h"
#include "core/store/inspect.h"
#include "core/store/journal.h"
#include "core/store/pointers.h"

static const struct gv_store *store(const struct gv_doctor *d)
{
	return &d->cli->store;
}

/* -- the file system ----------------------------------------------------------------- */

static void look_at_locks(struct gv_doctor *d)
{
	GV_CLEANUP(gv_close)
	int fd = openat(store(d)->root_fd, "format", O_RDONLY | O_CLOEXEC);
	struct gv_err *f;

	/* Who cannot write takes no locks. */
	if (fd < 0 || !store(d)->writable || gv_lock_works(fd))
		return;
	f = gv_doctor_find(d, GV_CHECK_STORE_LOCKS);
	(void)gv_store_no_locks(store(d), f);
	gv_err_hint(f, "mount it with locks, on NFS without 'nolock'");
}

static void look_at_file_system(struct gv_doctor *d)
{
	int fd = store(d)->root_fd;
	struct statvfs fs;
	struct gv_err *f;

	if (fstatvfs(fd, &fs) == 0 && fs.f_flag & ST_NOEXEC) {
		f = gv_doctor_find(d, GV_CHECK_STORE_NOEXEC);
		gv_err_set(f, -GV_EFAILED, "the file system of '%s' is mounted noexec",
			   d->cli->root);
		gv_err_hint(f, "mount it with exec, or choose another with --root DIR");
	}
	if (gv_on_nfs(fd)) {
		f = gv_doctor_find(d, GV_CHECK_STORE_NFS);
		gv_err_set(f, -GV_EFAILED, "'%s' is on NFS", d->cli->root);
		gv_err_hint(f, "nothing, unless each machine should have its own: --root "
			       "DIR");
	}
	if (faccessat(fd, "FORMAT", F_OK, 0) == 0) {
		f = gv_doctor_find(d, GV_CHECK_STORE_CASE);
		gv_err_set(f, -GV_EFAILED, "the file system of '%s' does not tell case",
			   d->cli->root);
		gv_err_hint(f, "choose a store on another one with --root DIR");
	}
	look_at_locks(d);
}

/* -- owner and modes ----------------------------------------------------------------- */

static void find_mode(struct gv_doctor *d, const char *base, const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_STORE_MODE);

	gv_err_set(f, -GV_EFAILED, "everybody can write to '%s/%s'", base, path);
	gv_err_hint(f, "chmod o-w %s", gv_doctor_word(&word, base, path));
}

static void find_owner(struct gv_doctor *d, const char *base, const char *path,
		       const struct stat *root)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_STORE_OWNER);

	gv_err_set(f, -GV_EFAILED, "'%s/%s' does not belong to the owner of the store",
		   base, path);
	gv_err_hint(f, "sudo chown -R %u:%u %s", (unsigned)root->st_uid,
		    (unsigned)root->st_gid, gv_word(&word, d->cli->root));
}

static void look_at_entry(struct gv_doctor *d, int dirfd, const char *base,
			  const char *path)
{
	struct stat root, st;

	if (fstat(store(d)->root_fd, &root) < 0 ||
	    fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (st.st_mode & S_IWOTH && !S_ISLNK(st.st_mode))
		find_mode(d, base, path);
	/* A group shares a store that is set-gid. */
	if (st.st_uid != root.st_uid && !(root.st_mode & S_ISGID))
		find_owner(d, base, path, &root);
}

static void look_at_owner(struct gv_doctor *d)
{
	static const char *const of_root[] = {".",	 "receipts", "locks",
					      "staging", "trash",    "log-heads"};
	static const char *const of_prefix[] = {
		".",	      "bin",	    "bin/go",	   "bin/gofmt",
		"bin/govern", "toolchains", "generations", "libexec/govern"};
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	char path[512];

	for (size_t i = 0; i < GV_COUNT(of_root); i++)
		look_at_entry(d, store(d)->root_fd, store(d)->root, of_root[i]);
	for (size_t i = 0; i < GV_COUNT(of_prefix); i++)
		look_at_entry(d, store(d)->prefix_fd, store(d)->prefix, of_prefix[i]);
	if (gv_list_dir(store(d)->prefix_fd, "toolchains", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct gv_text t = gv_text_in(path, sizeof(path));

		gv_text_format(&t, "toolchains/%s", names.items[i]);
		look_at_entry(d, store(d)->prefix_fd, store(d)->prefix, path);
	}
}

/* -- what is in it ------------------------------------------------------------------- */

static void on_amiss(void *arg, enum gv_amiss what, const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	struct gv_doctor *d = arg;
	struct gv_err *f;

	switch (what) {
	case GV_AMISS_LEFTOVER:
		f = gv_doctor_find(d, GV_CHECK_STORE_LEFTOVERS);
		gv_err_set(f, -GV_EFAILED, "'%s' was left behind", path);
		break;
	case GV_AMISS_LINK:
		f = gv_doctor_find(d, GV_CHECK_TOOLCHAIN_LINK);
		gv_err_set(f, -GV_EFAILED, "the link '%s' does not fit what is installed",
			   path);
		break;
	case GV_AMISS_FOREIGN:
		f = gv_doctor_find(d, GV_CHECK_TOOLCHAIN_LINK);
		gv_err_set(f, -GV_EFAILED, "'%s' is not the link that belongs there",
			   path);
		gv_err_hint(f, "rm %s && govern doctor --fix", gv_word(&word, path));
		return;
	default:
		f = gv_doctor_find(d, GV_CHECK_POINTER_STALE);
		gv_err_set(f, -GV_EFAILED, "'%s' is not the newest state of the pointers",
			   path);
	}
	gv_err_hint(f, "govern doctor --fix");
}

static void look_at_pointers(struct gv_doctor *d)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers p = GV_POINTERS_INIT;
	struct gv_err why = GV_ERR_INIT;

	if (gv_pointers_load(store(d), &p, &why) < 0) {
		gv_err_hint(&why, "govern default latest");
		*gv_doctor_find(d, GV_CHECK_POINTER_DANGLING) = why;
		return;
	}
	for (size_t i = 0; i < p.n; i++) {
		const struct gv_pointer *one = &p.items[i];
		struct gv_err *f;

		/* Lines and `latest` follow from what is installed. */
		if ((strcmp(one->name, "default") != 0 && one->name[0] != '@') ||
		    gv_store_look(store(d), one->target) != 0)
			continue;
		f = gv_doctor_find(d, GV_CHECK_POINTER_DANGLING);
		gv_err_set(f, -GV_ENOTFOUND, "'%s' leads to %s, which is not installed",
			   one->name, one->target);
		gv_err_hint(f, "govern install %s", one->target);
	}
}

static int on_line(void *arg, const struct gv_journal_line *line)
{
	struct gv_journal_line *first = arg;

	if (line->wrong && !first->wrong)
		*first = *line;
	return 0;
}

static void look_at_journal(struct gv_doctor *d)
{
	/* A long one takes its time: `govern journal --check` */
	enum { SHORT = 1 << 20 };
	struct gv_journal_line first = {0};
	struct gv_err why = GV_ERR_INIT, *f;
	struct gv_journal_end end = {0};
	struct stat st;

	int r;

	if (fstatat(store(d)->root_fd, "journal", &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_size > SHORT)
		return;
	r = gv_journal_read(store(d), on_line, &first, &end, &why);
	if (r < 0 && r != -EACCES) {
		gv_err_hint(&why, "move '%s/journal' away", d->cli->root);
		*gv_doctor_find(d, GV_CHECK_JOURNAL_UNREADABLE) = why;
		return;
	}
	if (r < 0 || (!first.wrong && !end.wrong))
		return;
	f = gv_doctor_find(d, GV_CHECK_JOURNAL_CHANGED);
	gv_err_set(f, -GV_EVERIFY, "'%s/journal' is not as it was written: %s",
		   d->cli->root, first.wrong ? first.wrong : end.wrong);
	gv_err_hint(f, "govern journal --check");
}

void gv_doctor_store(struct gv_doctor *d)
{
	struct gv_err why = GV_ERR_INIT, *f;
	int r = gv_cli_store(d->cli, GV_STORE_READ, &why);

	if (r < 0) {
		*gv_doctor_find(d, GV_CHECK_STORE_UNUSABLE) = why;
		return;
	}
	d->has_store = r == 0 && store(d)->prefix_fd >= 0;
	if (!d->has_store) {
		f = gv_doctor_find(d, GV_CHECK_STORE_ABSENT);
		gv_err_set(f, -GV_ENOTFOUND, "there is no store at '%s'", d->prefix);
		gv_err_hint(f, "govern setup");
		return;
	}
	if (!store(d)->writable) {
		f = gv_doctor_find(d, GV_CHECK_STORE_READ_ONLY);
		gv_err_set(f, -GV_EFAILED, "you cannot write to the store '%s'",
			   d->cli->root);
		gv_err_hint(f, "to install, choose a store of your own with --root DIR");
	}
	look_at_file_system(d);
	look_at_owner(d);
	look_at_pointers(d);
	look_at_journal(d);
	r = gv_store_inspect(store(d), on_amiss, d);
	if (r < 0) {
		f = gv_doctor_find(d, GV_CHECK_STORE_UNUSABLE);
		gv_err_sys(f, r, "cannot look through the store '%s'", d->cli->root);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/trust/remembered.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/lock.h"
#include "core/base/text.h"
#include "core/trust/sha256.h"

enum {
	LOCK_WAIT_MS = 30000, /* it is held for one small file's fsync */
	NAME_BYTES = 160,
};

/* The whole path of a file in heads_dir, for messages. */
static void path_for_people(const struct gv_sumdb *db, const char *name, char *ret,
			    size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	char link[64], dir[PATH_MAX];
	struct gv_text l = gv_text_in(link, sizeof(link));

	gv_text_format(&l, "/proc/self/fd/%d", db->heads_dir);
	if (gv_read_link(AT_FDCWD, link, dir, sizeof(dir)) >= 0)
		gv_text_format(&t, "%s/%s", dir, name);
	else
		gv_text_format(&t, "log-heads/%s", name);
}

/* -- loading ------------------------------------------------------------------------- */

static int cannot_use(const struct gv_sumdb *db, int code, const char *why,
		      struct gv_err *err)
{
	char path[1024];

	path_for_people(db, db->key->file, path, sizeof(path));
	(void)gv_err_at(err, code, path, 0,
			"the remembered tree head '%s' cannot be used: %s", path, why);
	return gv_err_hint(err,
			   "restore it from a backup; or, to trust the log anew from its "
			   "present head: rm '%s'",
			   path);
}

int gv_remembered_load(const struct gv_sumdb *db, struct gv_remembered *ret,
		       struct gv_err *err)
{
	struct gv_remembered found = {.note = GV_BUF_INIT(GV_NOTE_MAX)};
	struct gv_err why = GV_ERR_INIT;
	int r = -ENOENT;

	if (db->heads_dir >= 0)
		r = gv_read_file(db->heads_dir, db->key->file, &found.note);
	if (r == -ENOENT) {
		*ret = found;
		return 0;
	}
	if (r < 0) {
		r = cannot_use(db, r, gv_err_text(r), err);
	} else {
		r = gv_head_open(found.note.data, found.note.len, db->key, &found.head,
				 &why);
		if (r == 0 && found.head.size == 0)
			r = gv_err_set(&why, -GV_EFORMAT,
				       "it is the head of an empty log");
		if (r < 0)
			r = cannot_use(db, r, why.message, err);
	}
	if (r < 0)
		gv_remembered_release(&found);
	else
		*ret = found;
	return r;
}

void gv_remembered_release(struct gv_remembered *r)
{
	if (r)
		gv_buf_release(&r->note);
}

static struct gv_text lock_name(const struct gv_sumdb *db, char ret[NAME_BYTES])
{
	struct gv_text t = gv_text_in(ret, NAME_BYTES);

	gv_text_format(&t, "%s.lock", db->key->file);
	return t;
}

/* Our clock may be wrong, and another one than that of the file system: a first glance by
 * ours, and the lock's file, which is always there, tells what the time is for the
 * head. */
int64_t gv_remembered_age(const struct gv_sumdb *db)
{
	char lock[NAME_BYTES];
	struct stat head, now;

#ifdef GV_WITHOUT_AGE /* tests/controls: nobody looks how old the head is */
	return 0;
#endif
	if (db->heads_dir < 0 || db->read_only || lock_name(db, lock).cut ||
	    fstatat(db->heads_dir, db->key->file, &head, AT_SYMLINK_NOFOLLOW) < 0 ||
	    time(NULL) - head.st_mtime < GV_LOG_QUIET_DAYS * 24 * 60 * 60 ||
	    utimensat(db->heads_dir, lock, NULL, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fstatat(db->heads_dir, lock, &now, AT_SYMLINK_NOFOLLOW) < 0 ||
	    now.st_mtime < head.st_mtime)
		return 0;
	return now.st_mtime - head.st_mtime;
}

/* -- replacing ----------------------------------------------------------------------- */

static bool same_note(const struct gv_remembered *a, const struct gv_remembered *b)
{
	return a->note.len == b->note.len &&
	       (a->note.len == 0 || memcmp(a->note.data, b->note.data, a->note.len) == 0);
}

/* The lock is of all machines, what one of them believes of a name is its own: NFS looks
 * again when the directory is opened. */
static int load_anew(const struct gv_sumdb *db, struct gv_remembered *ret,
		     struct gv_err *err)
{
	struct gv_sumdb now = *db;
	int r;

	now.heads_dir = gv_open_dir(db->heads_dir, ".");
	if (now.heads_dir < 0)
		return gv_err_sys(err, now.heads_dir, "cannot save the tree head of '%s'",
				  db->key->name);
	r = gv_remembered_load(&now, ret, err);
	gv_close(&now.heads_dir);
	return r;
}

static int replace_locked(const struct gv_sumdb *db, const struct gv_remembered *was,
			  const char *note, size_t n, struct gv_err *err)
{
	struct gv_remembered is;
	bool same;
	int r = load_anew(db, &is, err);

	if (r < 0)
		return r;
	same = same_note(was, &is);
	gv_remembered_release(&is);
#ifndef GV_WITHOUT_SECOND_COMPARISON /* tests/controls: the last one to write wins */
	if (!same)
		return 1;
#else
	(void)same;
#endif
	r = gv_save_file(db->heads_dir, db->key->file, note, n, 0644 | GV_MODE_EXACT);
	if (r < 0)
		return gv_err_sys(err, r, "cannot save the tree head of '%s'",
				  db->key->name);
	return 0;
}

int gv_remembered_replace(const struct gv_sumdb *db, const struct gv_remembered *was,
			  const char *note, size_t n, struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	char name[NAME_BYTES];
	int r;

	if (lock_name(db, name).cut)
		return gv_err_sys(err, -ENAMETOOLONG, "cannot lock the tree head of '%s'",
				  db->key->name);
	/* Without the lock two could both find `was` and the smaller head be the last one
	 * saved. */
	r = gv_lock_take(&lock, db->heads_dir, name, LOCK_WAIT_MS, NULL, NULL);
	if (r < 0)
		return gv_err_sys(err, r, "cannot lock the tree head of '%s'",
				  db->key->name);
	return replace_locked(db, was, note, n, err);
}

/* -- forks --------------------------------------------------------------------------- */

/* A note on one line: its newlines as \n. */
static void add_on_one_line(struct gv_text *t, const char *note, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (note[i] == '\n')
			gv_text_add(t, "\\n");
		else
			gv_text_add_n(t, &note[i], 1);
	}
}

/* Both notes in one file.  The name is made from what is in it: the same fork met again
 * finds it there, another one cannot take its place. */
static int save_evidence(const struct gv_sumdb *db, const struct gv_remembered *was,
			 const char *note, size_t n, char *ret_name, size_t cap)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf both = GV_BUF_INIT(2 * GV_NOTE_MAX + 1);
	struct gv_text t = gv_text_in(ret_name, cap);
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];
	struct stat st;

	gv_buf_add(&both, was->note.data, was->note.len);
	gv_buf_add(&both, "\n", 1);
	gv_buf_add(&both, note, n);
	if (gv_buf_error(&both) < 0)
		return gv_buf_error(&both);
	gv_sha256_of(both.data, both.len, digest);
	gv_sha256_to_hex(digest, hex);
	gv_text_format(&t, "%s.fork-%.*s", db->key->file, 16, hex);
	if (db->heads_dir < 0 || db->read_only)
		return -EROFS;
	if (fstatat(db->heads_dir, ret_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return gv_save_file(db->heads_dir, ret_name, both.data, both.len,
			    0644 | GV_MODE_EXACT);
}

int gv_remembered_fork(const struct gv_sumdb *db, const struct gv_remembered *was,
		       const char *note, size_t n, struct gv_err *err)
{
	/* Both must fit into the message; whole ones are in the file. */
	char old[600], new[600], name[NAME_BYTES], path[400];
	struct gv_text o = gv_text_in(old, sizeof(old));
	struct gv_text w = gv_text_in(new, sizeof(new));

	add_on_one_line(&o, was->note.data, was->note.len);
	add_on_one_line(&w, note, n);
	(void)gv_err_set(
		err, -GV_EVERIFY,
		"'%s' contradicts itself: neither of these two tree heads is the "
		"beginning of the other: remembered \"%s\", now \"%s\"",
		db->key->name, old, new);
	if (save_evidence(db, was, note, n, name, sizeof(name)) < 0)
		return gv_err_hint(err, "do not install anything; report both notes");
	path_for_people(db, name, path, sizeof(path));
	return gv_err_hint(err, "do not install anything; report the two notes in '%s'",
			   path);
}

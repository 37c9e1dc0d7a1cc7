// SPDX-License-Identifier: Apache-2.0
#include "core/store/summary.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/layout.h"

enum {
	ENTRIES_MAX = 100000,
	WORTH_IT = 32, /* so many receipts read anew cost more than a file is worth */
};

/* The file is these structures as they lie in memory, for this machine and this build
 * only: whatever does not fit is no cache. */
struct entry {
	uint64_t inode, size;
	int64_t modified[2], changed[2]; /* seconds, nanoseconds */
	struct gv_summary summary;
};

struct header {
	char magic[16]; /* with the version of what follows */
	uint64_t entry_size;
};

#define HEADER \
	((struct header){.magic = "govern list 1", .entry_size = sizeof(struct entry)})

struct gv_summaries {
	const struct gv_store *store;
	int receipts_fd, cache_dir;
	char file[64];
	struct gv_buf known; /* the file; by name, as it was written */
	struct gv_buf now;   /* a header, then each that was asked for */
	unsigned n_new;
};

static size_t count(const struct gv_buf *b)
{
	return b->len < sizeof(struct header)
		       ? 0
		       : (b->len - sizeof(struct header)) / sizeof(struct entry);
}

static const struct entry *entries(const struct gv_buf *b)
{
	return (const void *)(b->data + sizeof(struct header));
}

/* Read from a file that anything may have been written to. */
static bool is_sound(const struct gv_buf *b)
{
	static const struct header header = HEADER;

	if (b->len < sizeof(header) || memcmp(b->data, &header, sizeof(header)) != 0 ||
	    (b->len - sizeof(header)) % sizeof(struct entry) != 0)
		return false;
	for (size_t i = 0; i < count(b); i++) {
		const struct gv_summary *s = &entries(b)[i].summary;
		unsigned char adopted;

		memcpy(&adopted, &s->adopted, 1);
		if (!memchr(s->name, '\0', sizeof(s->name)) ||
		    !memchr(s->source, '\0', sizeof(s->source)) ||
		    !memchr(s->h1, '\0', sizeof(s->h1)) || adopted > 1 ||
		    (unsigned)s->trust > GV_TRUST_PROVEN)
			return false;
	}
	return true;
}

int gv_summaries_open(const struct gv_store *s, int cache_dir, struct gv_summaries **ret)
{
	struct gv_summaries *all = calloc(1, sizeof(*all));
	static const struct header header = HEADER;
	struct stat st;

	if (!all)
		return -ENOMEM;
	all->store = s;
	all->cache_dir = cache_dir;
	all->receipts_fd = gv_open_dir(s->root_fd, gv_receipt_dir(s).s);
	all->known =
		GV_BUF_INIT(sizeof(struct header) + ENTRIES_MAX * sizeof(struct entry));
	all->now = all->known;
	gv_buf_add(&all->now, &header, sizeof(header));
	if (all->receipts_fd >= 0 && cache_dir >= 0 &&
	    fstat(all->receipts_fd, &st) == 0) {
		struct gv_text name = gv_text_in(all->file, sizeof(all->file));

		gv_text_format(&name, "list-%llx-%llx", (unsigned long long)st.st_dev,
			       (unsigned long long)st.st_ino);
		if (gv_read_file(cache_dir, all->file, &all->known) < 0 ||
		    !is_sound(&all->known))
			gv_buf_clear(&all->known);
	}
	*ret = all;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->summary.name, y->summary.name);
}

/* Which file the receipt of that name is now. */
static bool identify(const struct gv_summaries *all, const char *name, struct entry *ret)
{
	char file[GV_NAME_MAX + sizeof(".json")];
	struct gv_text t = gv_text_in(file, sizeof(file));
	struct stat st;

	gv_text_format(&t, "%s.json", name);
	if (t.cut || all->receipts_fd < 0 ||
	    fstatat(all->receipts_fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	ret->inode = st.st_ino;
	ret->size = (uint64_t)st.st_size;
	ret->modified[0] = st.st_mtim.tv_sec;
	ret->modified[1] = st.st_mtim.tv_nsec;
	ret->changed[0] = st.st_ctim.tv_sec;
	ret->changed[1] = st.st_ctim.tv_nsec;
	t = gv_text_in(ret->summary.name, sizeof(ret->summary.name));
	gv_text_add(&t, name);
	return true;
}

static bool recall(const struct gv_summaries *all, const struct entry *e,
		   struct gv_summary *ret)
{
	const struct entry *known;

	if (count(&all->known) == 0)
		return false;
	known = bsearch(e, entries(&all->known), count(&all->known), sizeof(*e), by_name);
	if (!known || memcmp(known, e, offsetof(struct entry, summary)) != 0)
		return false;
	*ret = known->summary;
	return true;
}

static void summarize(const struct gv_receipt *r, struct gv_summary *ret)
{
	struct gv_text source = gv_text_in(ret->source, sizeof(ret->source));
	struct gv_text h1 = gv_text_in(ret->h1, sizeof(ret->h1));

	gv_text_add(&source, r->source ? r->source : "");
	gv_text_add(&h1, r->h1 ? r->h1 : "");
	memcpy(ret->name, r->name, sizeof(ret->name));
	ret->trust = r->trust;
	ret->adopted = r->adopted;
	ret->bytes = r->bytes;
	ret->installed_at = r->installed_at;
}

int gv_summary_get(struct gv_summaries *all, const char *name, struct gv_summary *ret,
		   struct gv_err *err)
{
	GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
	struct entry e;
	bool same;
	int r;

	memset(&e, 0, sizeof(e)); /* what lies between the members is written, too */
	/* Looked at before it is read: a receipt that comes between is new next time. */
	same = identify(all, name, &e);
	if (!same || !recall(all, &e, &e.summary)) {
		r = gv_receipt_load(all->store, name, &receipt, err);
		if (r < 0)
			return r;
		summarize(&receipt, &e.summary);
		all->n_new++;
	}
	if (same)
		gv_buf_add(&all->now, &e, sizeof(e));
	*ret = e.summary;
	return 0;
}

void gv_summaries_close(struct gv_summaries *all)
{
	if (!all)
		return;
	if (all->n_new >= WORTH_IT && all->file[0] && gv_buf_error(&all->now) == 0) {
		qsort(all->now.data + sizeof(struct header), count(&all->now),
		      sizeof(struct entry), by_name);
		(void)!gv_save_file(all->cache_dir, all->file, all->now.data,
				    all->now.len, 0644); /* then it is slow next time */
	}
	gv_close(&all->receipts_fd);
	gv_buf_release(&all->known);
	gv_buf_release(&all->now);
	free(all);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/store/canary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/layout.h"

/* -- the directory ------------------------------------------------------------------- */

static int link_to(int dirfd, const char *name, const char *target)
{
	char is[256];
	int r = gv_read_link(dirfd, name, is, sizeof(is));

	return r > 0 && strcmp(is, target) == 0 ? 0 : gv_save_link(dirfd, name, target);
}

static int make_links(const struct gv_store *s)
{
	static const char *const shared[] = {"receipts", "locks", "staging",
					     "trash",	 "hooks", "govern.ini"};
	GV_CLEANUP(gv_close) int dir = -1, prefix = -1;
	char target[64 + GV_PLATFORM_MAX];
	struct gv_text t = gv_text_in(target, sizeof(target));
	int r = gv_make_dirs(s->root_fd, GV_CANARY, 0755 | GV_MODE_EXACT);

	if (r == 0)
		r = dir = gv_open_dir(s->root_fd, GV_CANARY);
	if (r >= 0)
		r = gv_save_file(dir, "format", "1\n", 2, 0644 | GV_MODE_EXACT);
	for (size_t i = 0; i < GV_COUNT(shared) && r == 0; i++) {
		t = gv_text_in(target, sizeof(target));
		gv_text_format(&t, "../%s", shared[i]);
		r = link_to(dir, shared[i], target);
	}
	if (r == 0)
		r = gv_make_dirs(dir, s->platform, 0755 | GV_MODE_EXACT);
	if (r == 0)
		r = prefix = gv_open_dir(dir, s->platform);
	t = gv_text_in(target, sizeof(target));
	gv_text_format(&t, "../../%s/toolchains", s->platform);
	return r < 0 ? r : link_to(prefix, "toolchains", target);
}

int gv_canary_is_there(const struct gv_store *s, struct gv_err *err)
{
	int r = gv_there(s->root_fd, GV_CANARY "/format");

	if (r >= 0 || r == -ENOTDIR)
		return r == 1;
	return gv_err_sys(err, r, "cannot look for the canary of '%s'", s->root);
}

bool gv_canary_is(const struct gv_store *s)
{
	char target[32];

	return gv_has_suffix(s->root, "/" GV_CANARY) &&
	       gv_read_link(s->root_fd, "receipts", target, sizeof(target)) > 0 &&
	       strcmp(target, "../receipts") == 0;
}

static int open_at(const char *root, const struct gv_store *s, struct gv_store *ret,
		   struct gv_err *err)
{
	int r = root ? gv_store_open(root, s->platform, GV_STORE_READ, ret, err)
		     : gv_err_sys(err, -ENOMEM, "cannot open the store '%s'", s->root);

	if (r == 0 && ret->prefix_fd < 0) {
		gv_store_close(ret);
		r = 1;
	}
	return r == -GV_ENOTFOUND ? 1 : r;
}

int gv_canary_open(const struct gv_store *s, struct gv_store *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf root = GV_BUF_INIT(0);
	int r = gv_canary_is_there(s, err);

	if (r <= 0)
		return r < 0 ? r : 1;
	gv_buf_format(&root, "%s/" GV_CANARY, s->root);
	return open_at(root.data, s, ret, err);
}

int gv_canary_open_parent(const struct gv_store *s, struct gv_store *ret,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf root = GV_BUF_INIT(0);

	if (!gv_canary_is(s))
		return 1;
	gv_buf_add(&root, s->root, strlen(s->root) - strlen("/" GV_CANARY));
	return open_at(root.data, s, ret, err);
}

int gv_canary_open_other(const struct gv_store *s, struct gv_store *ret,
			 struct gv_err *err)
{
	int r = gv_canary_open_parent(s, ret, err);

	return r == 1 ? gv_canary_open(s, ret, err) : r;
}

void gv_canary_heal_other(const struct gv_store *s)
{
	struct gv_err unused = GV_ERR_INIT;
	struct gv_store other;

	if (gv_canary_open_other(s, &other, &unused) != 0)
		return;
	gv_store_heal(&other);
	gv_store_close(&other);
}

int gv_canary_make(struct gv_store *s, struct gv_err *err)
{
	struct gv_store canary;
	int r = make_links(s);

	if (r < 0)
		return gv_store_refused(s, r, "make directories", err);
	r = gv_canary_open(s, &canary, err);
	if (r != 0)
		return r < 0 ? r : gv_store_refused(s, -ENOENT, "make directories", err);
	r = gv_make_dirs(canary.root_fd, "log-heads", 0755 | GV_MODE_EXACT);
	if (r == 0)
		r = gv_make_dirs(canary.prefix_fd, "generations", 0755 | GV_MODE_EXACT);
	if (r == 0)
		r = gv_make_dirs(canary.prefix_fd, "bin", 0755 | GV_MODE_EXACT);
	r = r < 0 ? gv_store_refused(s, r, "make directories", err)
		  : gv_canary_follow(&canary, NULL, err);
	gv_store_close(&canary);
	return r;
}

/* -- pointers ------------------------------------------------------------------------ */

/* A newer one of the same line. */
static bool is_ahead(const char *name, const char *of)
{
	struct gv_version v, w;

	return gv_version_parse(name, strlen(name), &v) == 0 && v.suffix.len == 0 &&
	       gv_version_parse(of, strlen(of), &w) == 0 && w.suffix.len == 0 &&
	       gv_version_same_line(&v, &w) && gv_version_compare(&v, &w) > 0;
}

void gv_promotion_release(struct gv_promotion *p)
{
	gv_pointers_release(&p->theirs);
	gv_pointers_release(&p->ours);
	free(p->changes);
	*p = (struct gv_promotion){0};
}

static void add(struct gv_promotion *p, const char *name, const char *target)
{
	p->changes[p->n++] = (struct gv_pointer_change){name, target};
}

/* Both sets, and room for whatever may change. */
static int load(const struct gv_store *store, const struct gv_store *canary,
		struct gv_promotion *p, struct gv_err *err)
{
	int r = gv_pointers_load(store, &p->ours, err);

	if (r == 0)
		r = gv_pointers_load(canary, &p->theirs, err);
	if (r < 0)
		return r;
	p->changes = calloc(p->ours.n + p->theirs.n + 1, sizeof(*p->changes));
	return p->changes ? 0 : gv_err_sys(err, -ENOMEM, "cannot change pointers");
}

/* `leaving`, or NULL, is about to go: nothing is to lead there, and nothing to wait for
 * it. */
static int follow(struct gv_store *canary, const char *leaving,
		  const struct gv_change_note *note, struct gv_err *err)
{
	GV_CLEANUP(gv_promotion_release) struct gv_promotion p = {0};
	struct gv_store store;
	int r = gv_canary_open_parent(canary, &store, err);

	if (r == 1) /* it follows nobody */
		return leaving ? gv_pointers_forget(canary, leaving, note, err) : 0;
	if (r < 0)
		return r;
	r = load(&store, canary, &p, err);
	for (size_t i = 0; i < p.ours.n && r == 0; i++) {
		const struct gv_pointer *to = &p.ours.items[i];
		const char *now = gv_pointers_get(&p.theirs, to->name);

		if (leaving && strcmp(to->target, leaving) == 0)
			continue;
		if (now && leaving && strcmp(now, leaving) == 0)
			now = NULL;
		if (gv_pointer_is_chosen(to->name) &&
		    (!now || !is_ahead(now, to->target)) &&
		    gv_store_has(canary, to->target))
			add(&p, to->name, to->target);
	}
	for (size_t i = 0; i < p.theirs.n && r == 0; i++)
		if (gv_pointer_is_chosen(p.theirs.items[i].name) &&
		    !gv_pointers_get(&p.ours, p.theirs.items[i].name))
			add(&p, p.theirs.items[i].name, "");
	if (r == 0)
		r = gv_pointers_replace(canary, leaving, p.changes, p.n, note, err);
	gv_store_close(&store);
	return r;
}

int gv_canary_follow(struct gv_store *canary, const struct gv_change_note *note,
		     struct gv_err *err)
{
	return follow(canary, NULL, note, err);
}

int gv_canary_forget_other(const struct gv_store *s, const char *name,
			   const struct gv_change_note *note, struct gv_err *err)
{
	struct gv_store other;
	int r = gv_canary_open_other(s, &other, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = follow(&other, name, note, err);
	gv_store_close(&other);
	return r;
}

/* Whether the canary's line has come to the toolchain, or past it. */
static bool is_tried(const struct gv_promotion *p, const char *toolchain)
{
	char line[GV_NAME_MAX];
	const char *leads;
	struct gv_version v;

	if (gv_version_parse(toolchain, strlen(toolchain), &v) < 0 ||
	    gv_pointers_get(&p->theirs, gv_pointer_hold(toolchain).s))
		return false;
	gv_version_line(&v, line);
	leads = gv_pointers_get(&p->theirs, line);
	return leads && gv_version_compare_names(leads, toolchain) >= 0;
}

int gv_canary_promotion(const struct gv_store *s, struct gv_promotion *ret,
			struct gv_err *err)
{
	struct gv_promotion p = {0};
	struct gv_store canary;
	int r = gv_canary_open(s, &canary, err);

	if (r == 1) {
		gv_err_set(err, -GV_ENOTFOUND, "'%s' has no canary", s->root);
		return gv_err_hint(err, "govern setup --channel canary");
	}
	if (r < 0)
		return r;
	r = load(s, &canary, &p, err);
	gv_store_close(&canary);
	for (size_t i = 0; i < p.ours.n && r == 0; i++) {
		const struct gv_pointer *to = &p.ours.items[i];
		const char *theirs = gv_pointers_get(&p.theirs, to->name);

		if (gv_pointer_is_hold(to->name) && is_tried(&p, to->target))
			add(&p, to->name, "");
		else if (gv_pointer_is_chosen(to->name) && theirs &&
			 is_ahead(theirs, to->target))
			add(&p, to->name, theirs);
	}
	if (r < 0) {
		gv_promotion_release(&p);
		return r;
	}
	*ret = p;
	return 0;
}

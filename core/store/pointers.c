// SPDX-License-Identifier: Apache-2.0
#include "core/store/pointers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/store/adopted.h"
#include "core/store/denied.h"
#include "core/store/generations.h"
#include "core/store/layout.h"
#include "core/version/spec.h"

void gv_pointers_release(struct gv_pointers *p)
{
	if (!p)
		return;
	free(p->items);
	*p = GV_POINTERS_INIT;
}

/* Where the name is, or would be. */
static size_t place_of(const struct gv_pointers *p, const char *name)
{
	size_t i = 0;

	while (i < p->n && strcmp(p->items[i].name, name) < 0)
		i++;
	return i;
}

static bool is_at(const struct gv_pointers *p, size_t i, const char *name)
{
	return i < p->n && strcmp(p->items[i].name, name) == 0;
}

const char *gv_pointers_get(const struct gv_pointers *p, const char *name)
{
	size_t i = place_of(p, name);

	return is_at(p, i, name) ? p->items[i].target : NULL;
}

int gv_pointers_set(struct gv_pointers *p, const char *name, const char *target)
{
	struct gv_pointer one;
	struct gv_text n = gv_text_in(one.name, sizeof(one.name));
	struct gv_text t = gv_text_in(one.target, sizeof(one.target));
	size_t i = place_of(p, name);

	gv_text_add(&n, name);
	gv_text_add(&t, target);
	if (n.cut || t.cut)
		return -ENAMETOOLONG;
	if (!is_at(p, i, name)) {
		struct gv_pointer *more = realloc(p->items, (p->n + 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		p->items = more;
		memmove(more + i + 1, more + i, (p->n - i) * sizeof(*more));
		p->n++;
	}
	p->items[i] = one;
	return 0;
}

static void drop(struct gv_pointers *p, const char *name)
{
	size_t i = place_of(p, name);

	if (!is_at(p, i, name))
		return;
	p->n--;
	memmove(p->items + i, p->items + i + 1, (p->n - i) * sizeof(*p->items));
}

static bool same(const struct gv_pointers *a, const struct gv_pointers *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
		    strcmp(a->items[i].target, b->items[i].target) != 0)
			return false;
	return true;
}

int gv_pointers_load(const struct gv_store *s, struct gv_pointers *ret,
		     struct gv_err *err)
{
	uint64_t number = 0;
	int r = gv_generation_current(s, &number);

	if (r == 0)
		r = gv_generation_load(s, number, ret);
	if (r == -GV_EFORMAT)
		return gv_err_set(err, r, "'%s/current' does not name a generation",
				  s->prefix);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s/current'", s->prefix) : 0;
}

/* -- changing ------------------------------------------------------------------------ */

bool gv_pointer_is_chosen(const char *name)
{
	return strcmp(name, "default") == 0 ||
	       (name[0] == '@' && gv_tag_valid(name + 1, strlen(name + 1)));
}

bool gv_pointer_is_hold(const char *name)
{
	return name[0] == '!' && gv_store_name_valid(name + 1);
}

struct gv_pointer_name gv_pointer_hold(const char *toolchain)
{
	struct gv_pointer_name hold;
	struct gv_text t = gv_text_in(hold.s, sizeof(hold.s));

	gv_text_format(&t, "!%s", toolchain);
	return hold;
}

static bool is_held(const struct gv_pointers *p, const char *toolchain)
{
#ifdef GV_WITHOUT_HOLD /* tests/controls: what is not tried yet is followed */
	return false && p && toolchain;
#endif
	return gv_pointers_get(p, gv_pointer_hold(toolchain).s) != NULL;
}

static int check(const struct gv_store *s, const struct gv_pointer_change *c,
		 struct gv_err *err)
{
	int r;

	/* Of a toolchain that is still to come, perhaps. */
	if (gv_pointer_is_hold(c->name) &&
	    (!c->target[0] || strcmp(c->target, c->name + 1) == 0))
		return 0;
	if (!gv_pointer_is_chosen(c->name))
		return gv_err_set(err, -GV_EUSAGE,
				  "'%s' cannot be set: it is neither 'default' "
				  "nor a tag",
				  c->name);
	r = c->target[0] ? gv_adopted_check(s, c->target, err) : 0;
	if (r < 0)
		return r;
	r = c->target[0] ? gv_store_look(s, c->target) : 1;
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the tree of %s", c->target);
	return r ? 0 : gv_err_set(err, -GV_ENOTFOUND, "%s is not installed", c->target);
}

/* 1: it does.  An adopted one that is not what was adopted any more is not installed;
 * what is denied does not run.  -errno: that cannot be told. */
static int counts(const struct gv_store *s, const char *name)
{
	struct gv_err unused = GV_ERR_INIT;
	int r = gv_store_denies(s, name);

	if (r != 0)
		return r < 0 ? r : 0;
	r = gv_adopted_check(s, name, &unused);
	return r != -GV_ENOTFOUND && r != -GV_EVERIFY;
}

/* Lines and `latest`, of those that are held back or of the others. */
static int add_those(const struct gv_store *s, const struct gv_list *installed,
		     const char *leaving, bool held, struct gv_pointers *p)
{
	int r = 0;

	for (size_t i = 0; i < installed->n && r == 0; i++) {
		const char *name = installed->items[i];
		char line[GV_NAME_MAX];
		struct gv_version v;

		if ((leaving && strcmp(name, leaving) == 0) || is_held(p, name) != held ||
		    gv_version_parse(name, strlen(name), &v) < 0 ||
		    !gv_version_is_stable(&v))
			continue;
		r = counts(s, name);
		if (r <= 0)
			continue;
		/* oldest first, so that the newest stays */
		gv_version_line(&v, line);
		r = gv_pointers_set(p, line, name);
		if (r == 0)
			r = gv_pointers_set(p, "latest", name);
	}
	return r;
}

/* Lines and `latest`, as if `leaving` were not there.  What is held back comes first, so
 * that it stays only where there is no other. */
static int add_lines(const struct gv_store *s, const char *leaving, struct gv_pointers *p,
		     struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list installed = GV_LIST_INIT;
	int r = gv_store_list(s, &installed, err);

	if (r < 0)
		return r;
	r = add_those(s, &installed, leaving, true, p);
	if (r == 0)
		r = add_those(s, &installed, leaving, false, p);
	return r < 0 ? gv_err_sys(err, r, "cannot list the toolchains in '%s'", s->prefix)
		     : 0;
}

struct change {
	const struct gv_pointer_change *changes;
	size_t n;
	const char *leaving; /* or NULL */
};

static int check_all(const struct gv_store *s, const struct change *c, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < c->n && r == 0; i++)
		r = check(s, &c->changes[i], err);
	return r;
}

/* What the pointers in `base` become. */
static int apply(const struct gv_store *s, const struct change *c,
		 const struct gv_pointers *base, struct gv_pointers *next,
		 struct gv_err *err)
{
	int r = 0;

	/* Its hold stays until it is gone: who is killed before that leaves it there. */
#ifndef GV_WITHOUT_HOLD_LAST /* tests/controls: it goes with the others */
	bool gone = c->leaving && gv_store_look(s, c->leaving) == 0;
#else
	bool gone = true;
#endif

	next->generation = base->generation + 1;
	for (size_t i = 0; i < base->n && r == 0; i++) {
		const struct gv_pointer *p = &base->items[i];
		bool leaves = c->leaving && strcmp(p->target, c->leaving) == 0;

		if ((gv_pointer_is_chosen(p->name) && !leaves) ||
		    (gv_pointer_is_hold(p->name) && !(leaves && gone)))
			r = gv_pointers_set(next, p->name, p->target);
	}
	for (size_t i = 0; i < c->n && r == 0; i++) {
		if (c->changes[i].target[0])
			r = gv_pointers_set(next, c->changes[i].name,
					    c->changes[i].target);
		else
			drop(next, c->changes[i].name);
	}
	return r < 0 ? gv_err_sys(err, r, "cannot change pointers")
		     : add_lines(s, c->leaving, next, err);
}

/* What one turn comes to, when it does not fail. */
enum { WAS_SO, IS_SO_NOW, ANOTHER_WAS_FASTER };

static int try_change(struct gv_store *s, const struct change *c,
		      const struct gv_change_note *note, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers base = GV_POINTERS_INIT;
	GV_CLEANUP(gv_pointers_release) struct gv_pointers next = GV_POINTERS_INIT;
	uint64_t newest = 0;
	int r = gv_generation_newest(s, &newest);

	if (r == 0)
		r = gv_generation_load(s, newest, &base);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the pointers in '%s'", s->prefix);
	r = apply(s, c, &base, &next, err);
	if (r < 0 || same(&base, &next))
		return r < 0 ? r : WAS_SO;
	r = gv_generation_save(s, &next, newest, note);
	if (r < 0)
		return gv_store_refused(s, r, "save a generation", err);
	return r == 1 ? ANOTHER_WAS_FASTER : IS_SO_NOW;
}

static int change(struct gv_store *s, const struct change *c,
		  const struct gv_change_note *note, struct gv_err *err)
{
	struct gv_err unused = GV_ERR_INIT;
	struct change again = {.leaving = c->leaving};
	int r, more;

	/* In each turn that comes to nothing another command succeeded. */
	do
		r = try_change(s, c, note, err);
	while (r == ANOTHER_WAS_FASTER);
	/* A toolchain that went between our look and our generation took its pointers
	 * from the one before ours: whoever comes last, the one who removes or the one
	 * who writes, sees what the other did. */
	for (more = r; more > WAS_SO;)
		more = try_change(s, &again, note, &unused);
	if (r < 0)
		return r;
	r = gv_generation_switch(s);
	return r < 0 ? gv_store_refused(s, r, "switch the generation", err) : 0;
}

/* Who removes a toolchain lets go of its pointers once more afterwards.  If that was
 * before ours was there, the toolchain is gone by now, and ours must go too; if it is
 * only being exchanged, it is back when its lock is free. */
static void forget_if_gone(struct gv_store *s, const char *name,
			   const struct gv_change_note *note)
{
	enum { WAIT_MS = 60 * 1000 };
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	struct gv_err unused = GV_ERR_INIT;

	if (gv_store_lock(s, name, WAIT_MS, NULL, NULL, &lock) >= 0 &&
	    gv_store_look(s, name) == 0)
		(void)!gv_pointers_forget(s, name, note, &unused);
}

int gv_pointers_replace(struct gv_store *s, const char *name,
			const struct gv_pointer_change *changes, size_t n,
			const struct gv_change_note *note, struct gv_err *err)
{
	struct change c = {.changes = changes, .n = n, .leaving = name};
	int r = check_all(s, &c, err);

	if (r == 0)
		r = change(s, &c, note, err);
	for (size_t i = 0; i < n && r == 0; i++) {
		const char *target = changes[i].target;

		if (target[0] && gv_pointer_is_chosen(changes[i].name) &&
		    gv_store_look(s, target) == 0)
			forget_if_gone(s, target, note);
	}
	return r < 0 ? r : check_all(s, &c, err);
}

int gv_pointers_change(struct gv_store *s, const struct gv_pointer_change *changes,
		       size_t n, const struct gv_change_note *note, struct gv_err *err)
{
	return gv_pointers_replace(s, NULL, changes, n, note, err);
}

int gv_pointers_forget(struct gv_store *s, const char *name,
		       const struct gv_change_note *note, struct gv_err *err)
{
	return gv_pointers_replace(s, name, NULL, 0, note, err);
}

int gv_pointers_preview(const struct gv_store *s, const struct gv_pointer_change *changes,
			size_t n, struct gv_pointers *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers base = GV_POINTERS_INIT;
	struct gv_pointers next = GV_POINTERS_INIT;
	struct change c = {.changes = changes, .n = n};
	uint64_t newest = 0;
	int r = check_all(s, &c, err);

	if (r < 0)
		return r;
	r = gv_generation_newest(s, &newest);
	if (r == 0)
		r = gv_generation_load(s, newest, &base);
	r = r < 0 ? gv_err_sys(err, r, "cannot read the pointers in '%s'", s->prefix)
		  : apply(s, &c, &base, &next, err);
	if (r < 0) {
		gv_pointers_release(&next);
		return r;
	}
	if (same(&base, &next))
		next.generation = base.generation;
	*ret = next;
	return 0;
}

void gv_pointers_heal(struct gv_store *s)
{
	static const struct gv_change_note note = {
		.command = "heal",
		.reason = "a command was interrupted",
	};
	struct gv_err unused = GV_ERR_INIT;
	struct change c = {0};

	(void)change(s, &c, &note, &unused); /* the next command tries again */
	gv_generation_sweep(s);
}

int gv_pointers_look(const struct gv_store *s)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers base = GV_POINTERS_INIT;
	GV_CLEANUP(gv_pointers_release) struct gv_pointers next = GV_POINTERS_INIT;
	struct gv_err unused = GV_ERR_INIT;
	struct change c = {0};
	uint64_t newest = 0, current = 0;
	int r = gv_generation_newest(s, &newest);

	if (r == 0)
		r = gv_generation_current(s, &current);
	if (r == 0)
		r = gv_generation_load(s, newest, &base);
	if (r == 0)
		r = apply(s, &c, &base, &next, &unused);
	return r < 0 ? r : newest != current || !same(&base, &next);
}

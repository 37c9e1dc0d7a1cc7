// SPDX-License-Identifier: Apache-2.0
#include "core/store/rollback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/store/adopted.h"
#include "core/store/generations.h"

void gv_rollback_release(struct gv_rollback *p)
{
	if (!p)
		return;
	gv_pointers_release(&p->then);
	gv_pointers_release(&p->now);
	free(p->changes);
	*p = (struct gv_rollback){0};
}

static bool can_be_set(const char *name)
{
	return gv_pointer_is_chosen(name) || gv_pointer_is_hold(name);
}

static int no_such(const struct gv_store *s, uint64_t number, struct gv_err *err)
{
	if (number)
		gv_err_set(err, -GV_ENOTFOUND, "there is no generation %llu in '%s'",
			   (unsigned long long)number, s->prefix);
	else
		gv_err_set(err, -GV_ENOTFOUND,
			   "there is no generation before this one in '%s'", s->prefix);
	return gv_err_hint(err, "govern generations");
}

static int load(const struct gv_store *s, uint64_t number, struct gv_rollback *p,
		struct gv_err *err)
{
	uint64_t newest = 0;
	int r = gv_generation_newest(s, &newest);

	p->number = number;
	if (r == 0 && number == 0)
		r = gv_generation_before(s, newest, &p->number);
	if (r == 0 && p->number == 0)
		return no_such(s, 0, err);
	if (r == 0)
		r = gv_generation_load(s, newest, &p->now);
	if (r == 0)
		r = gv_generation_load(s, p->number, &p->then);
	if (r == -ENOENT)
		return no_such(s, p->number, err);
	return r < 0 ? gv_err_sys(err, r, "cannot read the pointers in '%s'", s->prefix)
		     : 0;
}

/* Whether what was chosen then can be had. */
static int check(const struct gv_store *s, const struct gv_rollback *p,
		 struct gv_err *err)
{
	for (size_t i = 0; i < p->then.n; i++) {
		const struct gv_pointer *to = &p->then.items[i];
		char bare[GV_NAME_MAX];
		struct gv_version v;
		int r;

		if (!gv_pointer_is_chosen(to->name))
			continue;
		r = gv_adopted_check(s, to->target, err);
		if (r < 0)
			return r;
		r = gv_store_look(s, to->target);
		if (r < 0)
			return gv_err_sys(err, r, "cannot read the tree of %s",
					  to->target);
		if (r == 1)
			continue;
		gv_err_set(err, -GV_ENOTFOUND,
			   "in generation %llu %s is %s, which is not installed",
			   (unsigned long long)p->number,
			   to->name[0] == '@' ? to->name : "the default", to->target);
		if (gv_version_parse(to->target, strlen(to->target), &v) < 0)
			return err->code;
		return gv_err_hint(err, "govern install %s", gv_version_bare(&v, bare));
	}
	return 0;
}

static void drop_holds(struct gv_pointers *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (!gv_pointer_is_hold(p->items[i].name))
			p->items[n++] = p->items[i];
	p->n = n;
}

static bool is_newer(const char *name, const char *than)
{
	return than && gv_version_compare_names(name, than) > 0;
}

/* What came in since then and would take a line, or `latest`, away. */
static int hold_newer(const struct gv_store *s, struct gv_pointers *then,
		      struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list installed = GV_LIST_INIT;
	int r = gv_store_list(s, &installed, err);

	if (r < 0)
		return r;
	drop_holds(then);
	for (size_t i = 0; i < installed.n && r == 0; i++) {
		const char *name = installed.items[i];
		char line[GV_NAME_MAX];
		struct gv_version v;

		if (gv_version_parse(name, strlen(name), &v) < 0 ||
		    !gv_version_is_stable(&v))
			continue;
		gv_version_line(&v, line);
		if (is_newer(name, gv_pointers_get(then, line)) ||
		    is_newer(name, gv_pointers_get(then, "latest")))
			r = gv_pointers_set(then, gv_pointer_hold(name).s, name);
	}
	return r < 0 ? gv_err_sys(err, r, "cannot list the toolchains in '%s'", s->prefix)
		     : 0;
}

static void compare(struct gv_rollback *p)
{
	for (size_t i = 0; i < p->then.n; i++) {
		const struct gv_pointer *to = &p->then.items[i];
		const char *now = gv_pointers_get(&p->now, to->name);

		if (can_be_set(to->name) && (!now || strcmp(now, to->target) != 0))
			p->changes[p->n++] =
				(struct gv_pointer_change){to->name, to->target};
	}
	for (size_t i = 0; i < p->now.n; i++) {
		const char *name = p->now.items[i].name;

		if (can_be_set(name) && !gv_pointers_get(&p->then, name))
			p->changes[p->n++] = (struct gv_pointer_change){name, ""};
	}
}

int gv_rollback_plan(const struct gv_store *s, uint64_t number, struct gv_rollback *ret,
		     struct gv_err *err)
{
	struct gv_rollback p = {0};
	int r = load(s, number, &p, err);

	if (r == 0)
		r = check(s, &p, err);
	if (r == 0)
		r = hold_newer(s, &p.then, err);
	if (r == 0) {
		p.changes = calloc(p.then.n + p.now.n + 1, sizeof(*p.changes));
		if (!p.changes)
			r = gv_err_sys(err, -ENOMEM, "cannot go back");
	}
	if (r < 0) {
		gv_rollback_release(&p);
		return r;
	}
	compare(&p);
	*ret = p;
	return 0;
}

int gv_pointers_return(struct gv_store *s, uint64_t number,
		       const struct gv_change_note *note, struct gv_err *err)
{
	GV_CLEANUP(gv_rollback_release) struct gv_rollback plan = {0};
	struct gv_change_note whole = note ? *note : (struct gv_change_note){0};
	int r = gv_rollback_plan(s, number, &plan, err);

	if (r < 0)
		return r;
	whole.returned_to = plan.number;
	return gv_pointers_change(s, plan.changes, plan.n, &whole, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/snapshot/facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

const char *gv_fact_kind_name(enum gv_fact_kind kind)
{
	static const char *const names[] = {
		[GV_FACT_IN_FORCE] = "in force",
		[GV_FACT_PLATFORM] = "platform",
		[GV_FACT_TOOLCHAIN] = "toolchain",
		[GV_FACT_H1] = "h1",
		[GV_FACT_POINTER] = "pointer",
		[GV_FACT_GO_ENV] = "go env",
		[GV_FACT_C] = "C toolchain",
		[GV_FACT_TRUST] = "trust",
		[GV_FACT_PROBLEM] = "problem",
		[GV_FACT_PLACE] = "go env place",
		[GV_FACT_ENV_FILE] = "go env file",
		[GV_FACT_ENVIRONMENT] = "environment",
		[GV_FACT_C_PATH] = "C toolchain path",
		[GV_FACT_GO_MOD] = "go.mod",
		[GV_FACT_SYSTEM] = "system",
		[GV_FACT_STORE] = "store",
		[GV_FACT_GOVERN] = "govern",
	};

	return names[kind];
}

/* -- taking them out ----------------------------------------------------------------- */

/* What is null or absent is no fact. */
static int add(struct gv_facts *f, enum gv_fact_kind kind, const char *of,
	       const char *name, const char *value)
{
	struct gv_fact *fact;

	if (!value || strlen(of) >= GV_NAME_MAX)
		return 0;
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		struct gv_fact *more = reallocarray(f->items, cap, sizeof(*more));

		if (!more)
			return -ENOMEM;
		f->items = more;
		f->cap = cap;
	}
	fact = &f->items[f->n];
	*fact = (struct gv_fact){
		.kind = kind, .name = strdup(name), .value = strdup(value)};
	memcpy(fact->of, of, strlen(of) + 1);
	f->n++;
	return fact->name && fact->value ? 0 : -ENOMEM;
}

/* Those of go env that say where something lies, or what else does not get into a
 * build. */
static bool is_place(const char *name)
{
	static const char *const places[] = {
		"GOBIN",	  "GOCACHE",	"GOCACHEPROG", "GOENV",	 "GOGCCFLAGS",
		"GOMOD",	  "GOMODCACHE", "GOPATH",      "GOROOT", "GOTELEMETRY",
		"GOTELEMETRYDIR", "GOTMPDIR",	"GOTOOLDIR",   "GOWORK", "PWD",
	};

	for (size_t i = 0; i < GV_COUNT(places); i++)
		if (strcmp(places[i], name) == 0)
			return true;
	return false;
}

struct walk {
	struct gv_facts *facts;
	enum gv_fact_kind kind;
	const char *of;
};

static int add_member(void *arg, const char *key, const struct gv_json *value)
{
	const struct walk *w = arg;
	enum gv_fact_kind kind = w->kind;

	if (kind == GV_FACT_GO_ENV && is_place(key))
		kind = GV_FACT_PLACE;
	return add(w->facts, kind, w->of, key, gv_json_text(value));
}

static int add_members(struct gv_facts *f, enum gv_fact_kind kind, const char *of,
		       const struct gv_json *object)
{
	struct walk w = {f, kind, of};

	return gv_json_each(object, add_member, &w);
}

static int add_toolchain(void *arg, const char *name, const struct gv_json *t)
{
	struct gv_facts *f = arg;
	int r = add(f, GV_FACT_TOOLCHAIN, "", name, "installed");

	if (r == 0)
		r = add(f, GV_FACT_H1, name, "", gv_json_str(t, "h1"));
	if (r == 0)
		r = add(f, GV_FACT_TRUST, name, "", gv_json_str(t, "trust"));
	if (r == 0)
		r = add(f, GV_FACT_PROBLEM, name, "", gv_json_str(t, "problem"));
	if (r == 0)
		r = add_members(f, GV_FACT_GO_ENV, name, gv_json_get(t, "go_env"));
	return r;
}

static int add_c(void *arg, const char *name, const struct gv_json *program)
{
	struct gv_facts *f = arg;
	int r = add(f, GV_FACT_C, "", name, gv_json_str(program, "version"));

	return r == 0 ? add(f, GV_FACT_C_PATH, "", name, gv_json_str(program, "path"))
		      : r;
}

int gv_facts_of_snapshot(const struct gv_json *s, struct gv_facts *ret)
{
	const struct gv_json *in_force = gv_json_get(s, "in_force");
	const struct gv_json *host = gv_json_get(s, "host");
	static const char *const system[] = {"kernel", "libc", "machine", "os"};
	const char *version = gv_json_str(in_force, "version");
	int r = add(ret, GV_FACT_IN_FORCE, "", "",
		    version ? version : gv_json_str(in_force, "problem"));

	if (r == 0)
		r = add(ret, GV_FACT_PLATFORM, "", "", gv_json_str(s, "platform"));
	if (r == 0)
		r = gv_json_each(gv_json_get(s, "toolchains"), add_toolchain, ret);
	if (r == 0)
		r = add_members(ret, GV_FACT_POINTER, "", gv_json_get(s, "pointers"));
	if (r == 0)
		r = gv_json_each(gv_json_get(s, "c"), add_c, ret);
	if (r == 0)
		r = add_members(ret, GV_FACT_ENV_FILE, "",
				gv_json_get(gv_json_get(s, "go_env_file"), "values"));
	if (r == 0)
		r = add_members(ret, GV_FACT_ENVIRONMENT, "",
				gv_json_get(s, "environment"));
	if (r == 0)
		r = add_members(ret, GV_FACT_GO_MOD, "", gv_json_get(s, "go_mod"));
	for (size_t i = 0; i < GV_COUNT(system) && r == 0; i++)
		r = add(ret, GV_FACT_SYSTEM, "", system[i], gv_json_str(host, system[i]));
	if (r == 0)
		r = add_members(ret, GV_FACT_STORE, "", gv_json_get(s, "store"));
	if (r == 0)
		r = add(ret, GV_FACT_GOVERN, "", "", gv_json_str(s, "govern"));
	return r;
}

int gv_facts_of_pointers(const struct gv_pointers *p, struct gv_facts *ret)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++)
		r = add(ret, GV_FACT_POINTER, "", p->items[i].name, p->items[i].target);
	ret->only_pointers = true;
	return r;
}

void gv_facts_release(struct gv_facts *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].name);
		free(f->items[i].value);
	}
	free(f->items);
	*f = (struct gv_facts){0};
}

/* -- comparing ----------------------------------------------------------------------- */

static int by_subject(const void *a, const void *b)
{
	const struct gv_fact *x = a, *y = b;
	int r = (int)x->kind - (int)y->kind;

	if (r == 0)
		r = strcmp(x->name, y->name);
	if (r == 0)
		r = gv_version_compare_names(x->of, y->of);
	return r ? r : strcmp(x->of, y->of);
}

static const char *value_of(const struct gv_facts *f, const struct gv_fact *subject)
{
	const struct gv_fact *found =
		f->n ? bsearch(subject, f->items, f->n, sizeof(*f->items), by_subject)
		     : NULL;

	return found ? found->value : NULL;
}

/* A toolchain that is not there, or that does not answer, differs by that alone. */
static bool is_unknown(const struct gv_facts *f, const struct gv_fact *subject)
{
	if (f->only_pointers)
		return subject->kind != GV_FACT_POINTER;
	if (!subject->of[0])
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].kind == subject->kind &&
		    strcmp(f->items[i].of, subject->of) == 0)
			return false;
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool all_same(const struct gv_difference *d, size_t n)
{
	size_t first = n;

	for (size_t i = 0; i < n; i++) {
		if (d->unknown[i])
			continue;
		if (first == n)
			first = i;
		else if (!same_text(d->values[first], d->values[i]))
			return false;
	}
	return true;
}

/* What differs in the same way for several toolchains is told once. */
static bool join(struct gv_difference *last, const struct gv_difference *d, size_t n)
{
	if (last->kind != d->kind || !d->of.n || strcmp(last->name, d->name) != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (last->unknown[i] != d->unknown[i] ||
		    !same_text(last->values[i], d->values[i]))
			return false;
	return true;
}

static void release_one(struct gv_difference *d)
{
	free(d->values);
	free(d->unknown);
	gv_list_release(&d->of);
}

static int compare_one(const struct gv_facts *all, size_t n,
		       const struct gv_fact *subject, struct gv_differences *ret)
{
	struct gv_difference d = {
		.kind = subject->kind,
		.name = subject->name,
		.values = calloc(n, sizeof(*d.values)),
		.unknown = calloc(n, sizeof(*d.unknown)),
	};
	struct gv_difference *more;
	int r = d.values && d.unknown ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++) {
		d.values[i] = value_of(&all[i], subject);
		d.unknown[i] = !d.values[i] && is_unknown(&all[i], subject);
	}
	if (r == 0 && subject->of[0])
		r = gv_list_add(&d.of, subject->of);
	if (r == 0 && !all_same(&d, n)) {
		if (ret->n && join(&ret->items[ret->n - 1], &d, n)) {
			r = gv_list_add(&ret->items[ret->n - 1].of, subject->of);
		} else {
			more = reallocarray(ret->items, ret->n + 1, sizeof(*more));
			if (more) {
				ret->items = more;
				more[ret->n++] = d;
				ret->matter += d.kind < GV_FACT_REST;
				return 0;
			}
			r = -ENOMEM;
		}
	}
	release_one(&d);
	return r;
}

int gv_facts_compare(const struct gv_facts *all, size_t n, struct gv_differences *ret)
{
	struct gv_fact *subjects;
	size_t total = 0, k = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		if (all[i].n)
			qsort(all[i].items, all[i].n, sizeof(*subjects), by_subject);
		total += all[i].n;
	}
	subjects = calloc(total + 1, sizeof(*subjects));
	if (!subjects)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < all[i].n; j++)
			subjects[k++] = all[i].items[j];
	qsort(subjects, total, sizeof(*subjects), by_subject);
	for (size_t i = 0; i < total && r == 0; i++)
		if (i == 0 || by_subject(&subjects[i - 1], &subjects[i]) != 0)
			r = compare_one(all, n, &subjects[i], ret);
	free(subjects);
	return r;
}

void gv_differences_release(struct gv_differences *d)
{
	for (size_t i = 0; i < d->n; i++)
		release_one(&d->items[i]);
	free(d->items);
	*d = (struct gv_differences){0};
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/keeping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/pins.h"
#include "core/config/goenv.h"
#include "core/store/adopted.h"
#include "core/store/canary.h"
#include "core/store/history.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

/* The first reason counts. */
static GV_PRINTF(3, 4) void keep(struct gv_kept *i, const char *why, const char *fmt, ...)
{
	struct gv_text t;
	va_list ap;

	if (i->why)
		return;
	t = gv_text_in(i->detail, sizeof(i->detail));
	i->why = why;
	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
}

static struct gv_kept *find(struct gv_keeping *k, const char *name)
{
	for (size_t i = 0; i < k->names.n; i++)
		if (strcmp(k->items[i].name, name) == 0)
			return &k->items[i];
	return NULL;
}

/* Whose pointers ask for it: of the store at hand, or of the other of the two that share
 * what is installed (core/store/canary.h). */
struct owner {
	const struct gv_store *store;
	const char *whose; /* "canary's ", or "" */
};

static int keep_pointed(struct gv_keeping *k, const struct owner *o, struct gv_err *err)
{
	GV_CLEANUP(gv_pointers_release) struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_pointers_load(o->store, &pointers, err);

	for (size_t i = 0; i < pointers.n && r == 0; i++) {
		const struct gv_pointer *to = &pointers.items[i];
		struct gv_kept *item = find(k, to->target);

		if (item && strcmp(to->name, "default") == 0)
			keep(item, "default", "the %sdefault", o->whose);
		else if (item && to->name[0] == '@')
			keep(item, "tag", "%s%s", o->whose, to->name);
		else if (item && gv_pointer_is_hold(to->name) && !o->whose[0])
			item->held = true;
	}
	return r;
}

static void keep_here(struct gv_keeping *k)
{
	static struct gv_choice choice;
	struct gv_err ignored = GV_ERR_INIT;
	char why[GV_WHY_LEN];
	struct gv_kept *item;

	if (gv_cli_resolve(k->cli, "go", NULL, NULL, &choice, &ignored) < 0)
		return;
	item = find(k, choice.name);
	gv_cli_why(&choice, why);
	if (item)
		keep(item, "here", "%s", why);
}

/* GOTOOLCHAIN, by which a Go turns into one of ours: the variable, and what `go env -w`
 * wrote, which counts where the variable is not set. */
static int keep_gotoolchain(struct gv_keeping *k, const char *value, const char *origin)
{
	struct gv_version v;
	struct gv_kept *kept = NULL;

	if (gv_version_parse(value, strcspn(value, "+"), &v) == 0)
		kept = find(k, v.name);
	if (!kept || kept->why)
		return 0;
	if (origin && gv_list_add(&k->files, origin) < 0)
		return -ENOMEM;
	keep(kept, "gotoolchain", "GOTOOLCHAIN%s%s", origin ? " in " : "",
	     origin ? origin : "");
	kept->file = origin ? k->files.items[k->files.n - 1] : NULL;
	return 0;
}

static int keep_gotoolchains(struct gv_keeping *k, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *value = NULL;
	GV_CLEANUP(gv_free_str) char *origin = NULL;
	const char *set = getenv("GOTOOLCHAIN");
	int r = set ? keep_gotoolchain(k, set, NULL) : 0;

	if (r == 0)
		r = gv_goenv_find_written("GOTOOLCHAIN", &value, &origin, err);
	if (r < 0)
		return r;
	if (r == 0 && keep_gotoolchain(k, value, origin) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot tell what is needed");
	return 0;
}

/* Of all that a word may mean the newest: a line and `latest` lead there. */
static int on_pin(void *arg, const struct gv_spec *spec, const char *file, unsigned line)
{
	struct gv_keeping *k = arg;
	struct gv_kept *found = NULL;

	if (spec->kind == GV_SPEC_TAG || spec->kind == GV_SPEC_SYSTEM)
		return 0; /* what has a tag stays in any case */
	for (size_t i = 0; i < k->names.n; i++) {
		struct gv_version v;

		if (!k->items[i].gone &&
		    (!k->items[i].held || spec->kind == GV_SPEC_EXACT) &&
		    gv_version_parse(k->items[i].name, strlen(k->items[i].name), &v) ==
			    0 &&
		    (spec->kind == GV_SPEC_EXACT ? strcmp(v.name, spec->version.name) == 0
						 : gv_spec_matches(spec, &v)))
			found = &k->items[i];
	}
	if (!found || found->why)
		return 0;
	if (gv_list_add(&k->files, file) < 0)
		return -ENOMEM;
	keep(found, "pin", "%s:%u", file, line);
	found->file = k->files.items[k->files.n - 1];
	found->line = line;
	return 0;
}

static void on_warning(void *arg, const char *message)
{
	const struct gv_keeping *k = arg;

	gv_cli_warn(k->cli, "%s", message);
}

/* "1.22", and "1.22-corp" for what has a suffix: those are lines of their own. */
static void line_of(const char *name, char ret[2 * GV_NAME_MAX])
{
	struct gv_text t = gv_text_in(ret, 2 * GV_NAME_MAX);
	const char *suffix = strchr(name, '-');
	char line[GV_NAME_MAX] = "";
	struct gv_version v;

	if (gv_version_parse(name, strlen(name), &v) == 0)
		gv_version_line(&v, line);
	gv_text_format(&t, "%s%s", line, suffix ? suffix : "");
}

static void keep_newest(struct gv_keeping *k, uint64_t n)
{
	for (size_t i = 0; i < k->names.n; i++) {
		char line[2 * GV_NAME_MAX], other[2 * GV_NAME_MAX];
		uint64_t newer = 0;

		line_of(k->items[i].name, line);
		for (size_t j = i + 1; j < k->names.n; j++) {
			line_of(k->items[j].name, other);
			newer += !k->items[j].gone && !k->items[j].held &&
				 strcmp(line, other) == 0;
		}
		if (newer < n && !k->items[i].gone)
			keep(&k->items[i], "newest", "the newest of %s", line);
	}
}

static void keep_all_of(struct gv_keeping *k, const struct owner *o,
			const struct gv_pointers *p, bool lines)
{
	for (size_t i = 0; i < p->n; i++) {
		const char *name = p->items[i].name;
		struct gv_kept *item = find(k, p->items[i].target);

		if (item && !item->gone && !gv_pointer_is_hold(name) &&
		    (lines || gv_pointer_is_chosen(name)))
			keep(item, "generation", "%s%s in generation %llu", o->whose,
			     name, (unsigned long long)p->generation);
	}
}

/* What a rollback would need, and what the lines lead to now, which need not be the
 * newest of them.  Without `lines` they keep nothing, neither now nor then: who takes the
 * newest of a line away means it, also when he was interrupted and begins again. */
static int keep_generations(struct gv_keeping *k, const struct owner *o, bool lines,
			    bool no_rollback, struct gv_err *err)
{
	GV_CLEANUP(gv_history_release) struct gv_history h = {0};
	uint64_t n;
	int r = gv_cli_config(k->cli, err);

	if (r == 0)
		r = gv_history_load(o->store, &h, err);
	if (r < 0)
		return r;
	if (h.n && lines)
		keep_all_of(k, o, &h.items[h.n - 1].pointers, true);
	n = gv_config_num(&k->cli->config, GV_SET_STORE_KEEP_GENERATIONS);
#ifdef GV_WITHOUT_ROLLBACK_KEPT /* tests/controls: nobody will go back */
	no_rollback = true;
#endif
	for (size_t i = h.n; i > 1 && n && !no_rollback; i--, n--)
		keep_all_of(k, o, &h.items[i - 2].pointers, lines);
	return 0;
}

static void keep_running(struct gv_keeping *k)
{
	for (size_t i = 0; i < k->names.n; i++) {
		struct gv_kept *item = &k->items[i];
		char comm[64] = "";
		int pid = item->why ? 0
				    : gv_store_user(&k->cli->store, item->name, comm,
						    sizeof(comm));

		if (pid > 0)
			keep(item, "process", "process %d (%s)", pid, comm);
	}
}

static int judge(struct gv_keeping *k, const struct owner *o, size_t n, uint64_t newest,
		 bool no_rollback, int n_dirs, char **dirs, struct gv_err *err)
{
	struct gv_pins pins = {.found = on_pin, .warn = on_warning, .arg = k};
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = keep_pointed(k, &o[i], err);
	keep_here(k);
	if (r == 0)
		r = keep_gotoolchains(k, err);
	for (int i = 0; i < n_dirs && r == 0; i++)
		r = gv_pins_scan(&pins, dirs[i], err);
	if (r < 0)
		return r;
	keep_newest(k, newest);
	for (size_t i = 0; i < n && r == 0; i++)
		r = keep_generations(k, &o[i], newest > 0, no_rollback, err);
	keep_running(k);
	return r;
}

int gv_keeping_judge(struct gv_keeping *k, uint64_t newest, bool no_rollback, int n_dirs,
		     char **dirs, struct gv_err *err)
{
	const struct gv_store *s = &k->cli->store;
	struct gv_store other;
	struct owner owners[] = {
		{s, ""},
		{&other, gv_canary_is(s) ? "store's " : "canary's "},
	};
	int r = gv_canary_open_other(s, &other, err);
	bool alone = r == 1;

	if (r < 0)
		return r;
	r = judge(k, owners, alone ? 1 : 2, newest, no_rollback, n_dirs, dirs, err);
	if (!alone)
		gv_store_close(&other);
	return r;
}

int gv_keeping_gather(struct gv_keeping *k, struct gv_err *err)
{
	int r = gv_store_list(&k->cli->store, &k->names, err);

	if (r < 0)
		return r;
	k->items = calloc(k->names.n + 1, sizeof(*k->items));
	if (!k->items)
		return gv_err_sys(err, -ENOMEM, "cannot tell what is needed");
	for (size_t i = 0; i < k->names.n; i++) {
		GV_CLEANUP(gv_receipt_release) struct gv_receipt receipt = {0};
		struct gv_err ignored = GV_ERR_INIT;

		k->items[i].name = k->names.items[i];
		k->items[i].gone =
			gv_adopted_check(&k->cli->store, k->names.items[i], &ignored) < 0;
		if (gv_receipt_load(&k->cli->store, k->names.items[i], &receipt,
				    &ignored) < 0)
			continue; /* it can go all the same */
		k->items[i].adopted = receipt.adopted;
		k->items[i].bytes = receipt.adopted ? 0 : receipt.bytes;
	}
	return 0;
}

void gv_keeping_release(struct gv_keeping *k)
{
	free(k->items);
	gv_list_release(&k->names);
	gv_list_release(&k->files);
}

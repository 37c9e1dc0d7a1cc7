// SPDX-License-Identifier: Apache-2.0
#include "core/install/asking.h"

#include <string.h>

#include "core/base/text.h"
#include "core/config/nearest.h"
#include "core/config/policy.h"

struct gv_source_env gv_asking_env(const struct gv_install *in,
				   struct gv_fetcher *fetcher)
{
	return (struct gv_source_env){
		.fetcher = fetcher,
		.config = in->config,
		.cache_dir = in->cache_dir,
		.goproxy = in->goproxy,
		.from = in->from && !gv_source_find(in->from) ? in->from : NULL,
		.bundle = in->bundle,
		.libexec = in->libexec,
		.root = in->root,
		.offline = in->offline,
		.in = in,
	};
}

static const char *const known[] = {"goproxy", "godev", "exec:"};

static void put(struct gv_asking *a, const struct gv_source *source, const char *name)
{
	struct gv_text t = gv_text_in(a->names[a->n], sizeof(a->names[a->n]));

	gv_text_add(&t, name);
	a->sources[a->n] = *source;
	a->sources[a->n].name = a->names[a->n];
	a->n++;
}

static int add(struct gv_asking *a, const char *name, size_t n, struct gv_err *err)
{
	char word[GV_SOURCE_NAME_MAX];
	struct gv_text t = gv_text_in(word, sizeof(word));
	const struct gv_source *source;
	const char *best = NULL;

	gv_text_add_n(&t, name, n);
	source = t.cut ? NULL : gv_source_find(word);
	if (!source) {
		gv_err_set(err, -GV_EUSAGE, "sources.order: there is no source '%s'",
			   word);
		for (size_t i = 0; i < GV_COUNT(known); i++)
			best = gv_nearer(word, best, known[i]);
		return best ? gv_err_hint(err, "did you mean '%s'?", best)
			    : gv_err_hint(err,
					  "goproxy, godev, or exec:NAME for a program "
					  "govern-source-NAME");
	}
	if (a->n == GV_SOURCES_MAX)
		return gv_err_set(err, -GV_EUSAGE,
				  "sources.order names too many sources");
	put(a, source, word);
	return 0;
}

static void add_given(struct gv_asking *a, const struct gv_install *in)
{
	const struct gv_source *named = gv_source_find(in->from);

	if (in->bundle)
		put(a, &gv_source_bundle, "bundle");
	else
		put(a, named ? named : &gv_source_dir, named ? in->from : "dir");
}

/* Whom policy does not allow is not asked.  It is an error when nobody is left. */
static int leave_out(struct gv_asking *a, const struct gv_policy *policy,
		     struct gv_err *err)
{
	struct gv_asking kept = {.platform = a->platform};
	struct gv_err first = GV_ERR_INIT;

	for (size_t i = 0; i < a->n; i++) {
		struct gv_policy_subject s = {.source = a->names[i]};
		struct gv_err why = GV_ERR_INIT;

		if (gv_policy_judge(policy, &s, &why) == 0)
			put(&kept, &a->sources[i], a->names[i]);
		else if (first.code == 0)
			first = why;
	}
	if (kept.n == 0 && first.code < 0) {
		*err = first;
		return first.code;
	}
	*a = kept;
	/* The names moved along. */
	for (size_t i = 0; i < a->n; i++)
		a->sources[i].name = a->names[i];
	return 0;
}

int gv_asking_init(struct gv_asking *a, const struct gv_install *in, struct gv_err *err)
{
	const char *at = gv_config_str(in->config, GV_SET_SOURCES_ORDER);
	int r = 0;

	*a = (struct gv_asking){.platform = in->store->platform};
	if (in->build)
		put(a, &gv_source_build, "build");
	else if (in->from)
		add_given(a, in);
	while (!in->build && !in->from && r == 0 && *(at += strspn(at, " \t,"))) {
		size_t n = strcspn(at, " \t,");

		r = add(a, at, n, err);
		at += n;
	}
	return r == 0 ? leave_out(a, &in->config->policy, err) : r;
}

const struct gv_source *gv_asking_next(struct gv_asking *a)
{
	return a->next < a->n ? &a->sources[a->next++] : NULL;
}

bool gv_asking_go_on(struct gv_asking *a, const struct gv_source *source, int r,
		     const struct gv_err *why)
{
	if (r == -GV_ENOTFOUND || r == -GV_EGONE) {
		size_t n = strlen(a->without);
		struct gv_text t = gv_text_in(a->without + n, sizeof(a->without) - n);

		gv_text_format(&t, "%s%s", n ? ", " : "", source->name);
		a->none = *why;
		return true;
	}
	if (r != -GV_EREMOTE && r != -GV_EFORMAT)
		return false;
	if (!a->failure.code) {
		a->failure = *why;
		a->failure.code = r;
	}
	return true;
}

int gv_asking_failed(const struct gv_asking *a, const char *what, struct gv_err *err)
{
	if (a->failure.code && a->without[0]) {
		gv_err_set(err, a->failure.code, "%s is not at %s; %s", what, a->without,
			   a->failure.message);
		return a->failure.hint[0] ? gv_err_hint(err, "%s", a->failure.hint)
					  : a->failure.code;
	}
	if (a->failure.code) {
		*err = a->failure;
		return a->failure.code;
	}
	/* A directory, URL or bundle of the user's: its own words name it. */
	if (a->without[0] &&
	    (strcmp(a->names[0], "dir") == 0 || strcmp(a->names[0], "bundle") == 0 ||
	     strcmp(a->names[0], "build") == 0)) {
		*err = a->none;
		return err->code = -GV_ENOTFOUND;
	}
	if (a->without[0]) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no %s for %s (asked: %s)", what,
			   a->platform, a->without);
		return gv_err_hint(err, "govern available --all");
	}
	gv_err_set(err, -GV_EUSAGE, "no source of toolchains is set up");
	return gv_err_hint(err, "set GOPROXY, or name one: --from godev");
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/bring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/install/asking.h"
#include "core/install/intake.h"
#include "core/install/judge.h"
#include "core/install/log.h"
#include "core/install/lookup.h"
#include "core/install/settle.h"
#include "core/install/talk.h"
#include "core/install/url.h"

struct job {
	const struct gv_install *in;
	const struct gv_version *v;
	struct gv_fetcher *fetcher;
	struct gv_stage stage;
	struct gv_lookup lookup;
	const struct gv_candidate *candidate; /* at hand */
	const struct gv_present *present;
	bool stage_used;
	bool settled; /* what goes wrong now would go wrong elsewhere too */
	uint64_t downloaded;
	struct gv_installed done;
};

static void begin_lookup(void *arg)
{
	struct job *j = arg;

	gv_lookup_start(&j->lookup, j->candidate);
}

/* A log that could not prove it has answered: if nothing else will do, do not wait for
 * the rest of the bytes. */
static int go_on(void *arg, struct gv_err *err)
{
	struct job *j = arg;
	struct gv_evidence e = {
		.name = j->v->name,
		.log = &j->lookup,
		.digest_counts = j->candidate->digest_counts,
		.minimum = j->in->minimum,
	};
	enum gv_trust trust;
	int r = gv_lookup_failed(&j->lookup) ? gv_judge_trust(&e, &trust, err) : 0;

	j->settled = r < 0;
	return r;
}

/* "cannot write 'bin/go'" alone says neither what of nor where. */
static int name_place(const struct job *j, int r, struct gv_err *err)
{
	struct gv_err cause = *err;

	if (-r >= GV_EFAILED)
		return r;
	gv_err_set(err, r, "cannot install %s in '%s': %s", j->v->name,
		   j->in->store->root, cause.message);
	return cause.hint[0] ? gv_err_hint(err, "%s", cause.hint) : r;
}

static int once(struct job *j, const struct gv_source *source,
		const struct gv_candidate *c, bool resume, bool *ret_resumed,
		struct gv_err *err)
{
	struct gv_intake intake = {
		.in = j->in,
		.name = j->v->name,
		.source = source->name,
		.from = c,
		.fetcher = j->fetcher,
		.stage = &j->stage,
		.resume = resume,
		.begun = begin_lookup,
		.go_on = go_on,
		.arg = j,
	};
	struct gv_taken taken;
	struct gv_settle settle = {
		.in = j->in,
		.name = j->v->name,
		.source = source->name,
		.candidate = c,
		.taken = &taken,
		.stage = &j->stage,
		.lookup = &j->lookup,
		.replace = j->present->there,
		.floor = j->present->floor,
	};
	int r = 0;

	j->settled = false;
	j->candidate = c;
	if (j->stage_used)
		r = gv_stage_restart(&j->stage, err);
	if (r < 0)
		return r;
	j->stage_used = true;
	r = gv_intake(&intake, &taken, err);
	*ret_resumed = taken.resumed;
	j->downloaded += taken.downloaded;
	if (r < 0)
		return name_place(j, r, err);
	j->settled = true;
	return gv_settle(&settle, &j->done, err);
}

/*
 * What went on from an interrupted download and does not hold may be two halves that do
 * not fit (proxies give no validators): once more, from the first byte.
 */
static int attempt(struct job *j, const struct gv_source *source,
		   const struct gv_candidate *c, struct gv_err *err)
{
	/* Without log and digest nobody could tell. */
	bool resume = !j->in->sumdb->off || c->sha256[0];
	struct gv_err why = GV_ERR_INIT;
	bool resumed = false;
	int r = once(j, source, c, resume, &resumed, &why);

	bool log_refuses;

	log_refuses = gv_lookup_failed(&j->lookup) && j->lookup.result == -GV_EVERIFY;
	if (r == -GV_EVERIFY && resumed && !log_refuses) {
		gv_talk(j->in,
			"%s: the resumed download does not hold (%s); from the start",
			j->v->name, why.message);
		return once(j, source, c, false, &resumed, err);
	}
	if (r < 0)
		*err = why;
	return r;
}

static int try_candidates(struct job *j, const struct gv_source *source,
			  const struct gv_candidates *list, struct gv_err *err)
{
	int r = -GV_EGONE;

	for (size_t i = 0; i < list->n; i++) {
		const struct gv_candidate *c = &list->items[i];
		GV_CLEANUP(gv_free_str)
		char *shown = c->url ? gv_url_public(c->url) : NULL;

		if (c->off) {
			gv_err_set(err, -GV_EPOLICY, "%s: GOPROXY=off allows no download",
				   j->v->name);
			return gv_err_hint(err, "set another GOPROXY, or use --from");
		}
		gv_talk(j->in, "%s: %s: %s", j->v->name, source->name,
			shown	     ? shown
			: c->path    ? c->path
			: c->program ? c->program
				     : "?");
		r = attempt(j, source, c, err);
		if (r == 0 || j->settled)
			return r;
#ifndef GV_WITHOUT_COMMA /* tests/controls: every error leads to the next one */
		if (r != -GV_EGONE && !(r == -GV_EREMOTE && c->try_next_on_any_error))
			return r;
#endif
		if (i + 1 < list->n)
			gv_talk(j->in, "%s: %s", j->v->name, err->message);
	}
	return r;
}

static int try_source(struct job *j, const struct gv_source *source,
		      struct gv_source_env *env, struct gv_err *err)
{
	struct gv_candidates list = {0};
	int r;

	gv_step(j->in, GV_STEP_LOCATE, 0, 0);
	env->source = source->name;
	r = source->locate(env, j->v, j->in->store->platform, &list, err);
	if (r == 0)
		r = try_candidates(j, source, &list, err);
	gv_candidates_release(&list);
	if (r < 0 && source->doubt)
		source->doubt(env);
	return r;
}

/* Asks one source after the other, while the former cannot answer. */
static int try_sources(struct job *j, struct gv_err *err)
{
	struct gv_asking asking;
	GV_CLEANUP(gv_free_str)
	char *scratch = gv_url_join(j->in->store->root, j->stage.dir);
	struct gv_source_env env = gv_asking_env(j->in, j->fetcher);
	const struct gv_source *source;
	int r = scratch ? gv_asking_init(&asking, j->in, err)
			: gv_err_sys(err, -ENOMEM, "cannot install");

	env.scratch = scratch;

	if (r < 0)
		return r;
	while ((source = gv_asking_next(&asking))) {
		struct gv_err why = GV_ERR_INIT;

		r = try_source(j, source, &env, &why);
		if (r == 0)
			return 0;
		if (r == 1)
			continue;
		if (j->settled || !gv_asking_go_on(&asking, source, r, &why)) {
			*err = why;
			return r;
		}
		gv_talk(j->in, "%s: %s: %s", j->v->name, source->name, why.message);
	}
	return gv_asking_failed(&asking, j->v->name, err);
}

int gv_bring(const struct gv_install *in, const struct gv_version *v,
	     const struct gv_present *present, struct gv_installed *ret,
	     struct gv_err *err)
{
	struct gv_net net = gv_install_net(in);
	struct job j = {
		.in = in,
		.v = v,
		.stage = GV_STAGE_INIT,
		.present = present,
	};
	int r;

	if (in->sumdb->off && in->minimum == GV_TRUST_PROVEN) {
		gv_err_set(
			err, -GV_EPOLICY,
			"%s cannot be proven: GOSUMDB=off, and trust.minimum is 'proven'",
			v->name);
		return gv_err_hint(err, "unset GOSUMDB");
	}
	gv_lookup_init(&j.lookup, in, v->name);
	r = gv_fetcher_open(in->libexec, &net, &j.fetcher, err);
	if (r < 0)
		return r;
	r = gv_stage_open(in->store, v->name, &j.stage, err);
	if (r == 0)
		r = try_sources(&j, err);
	gv_stage_close(&j.stage);
	gv_lookup_release(&j.lookup);
	gv_fetcher_close(j.fetcher);
	if (r < 0)
		return r;
	j.done.bytes_downloaded = j.downloaded;
	*ret = j.done;
	return 0;
}

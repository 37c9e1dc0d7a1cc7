// SPDX-License-Identifier: Apache-2.0
#include "core/install/install.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/install/asking.h"
#include "core/install/intake.h"
#include "core/install/judge.h"
#include "core/install/log.h"
#include "core/install/lookup.h"
#include "core/install/settle.h"
#include "core/install/talk.h"
#include "core/install/url.h"

/* Somebody else installs the same name: a slow network has this long. */
#define LOCK_WAIT_MS (30L * 60 * 1000)

struct job {
	const struct gv_install *in;
	const struct gv_version *v;
	struct gv_fetcher *fetcher;
	struct gv_stage stage;
	struct gv_lookup lookup;
	const struct gv_candidate *candidate; /* at hand */
	bool replace;			      /* one is there and will go */
	enum gv_trust floor;		      /* it may not be replaced by less */
	bool stage_used;
	bool settled; /* what goes wrong now would go wrong elsewhere too */
	uint64_t downloaded;
	struct gv_installed done;
};

static void begin_lookup(void *arg)
{
	struct job *j = arg;

	gv_lookup_start(&j->lookup, j->candidate->path);
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

static int once(struct job *j, const struct gv_source *source,
		const struct gv_candidate *c, bool resume, bool *ret_resumed,
		struct gv_err *err)
{
	struct gv_intake intake = {
		.in = j->in,
		.name = j->v->name,
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
		.replace = j->replace,
		.floor = j->floor,
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
		return r;
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
			shown	  ? shown
			: c->path ? c->path
				  : "?");
		r = attempt(j, source, c, err);
		if (r == 0 || j->settled)
			return r;
		if (r != -GV_EGONE && !(r == -GV_EREMOTE && c->try_next_on_any_error))
			return r;
		if (i + 1 < list->n)
			gv_talk(j->in, "%s: %s", j->v->name, err->message);
	}
	return r;
}

static int try_source(struct job *j, const struct gv_source *source,
		      const struct gv_source_env *env, struct gv_err *err)
{
	struct gv_candidates list = {0};
	int r;

	gv_step(j->in, GV_STEP_LOCATE, 0, 0);
	r = source->locate(env, j->v, j->in->store->platform, &list, err);
	if (r == 0)
		r = try_candidates(j, source, &list, err);
	gv_candidates_release(&list);
	return r;
}

/* Asks one source after the other, while the former cannot answer. */
static int try_sources(struct job *j, struct gv_err *err)
{
	struct gv_asking asking;
	struct gv_source_env env = gv_asking_env(j->in, j->fetcher);
	const struct gv_source *source;
	int r = gv_asking_init(&asking, j->in, err);

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

static int bring(const struct gv_install *in, const struct gv_version *v, bool replace,
		 enum gv_trust floor, struct gv_installed *ret, struct gv_err *err)
{
	struct gv_net net = gv_install_net(in);
	struct job j = {
		.in = in,
		.v = v,
		.stage = GV_STAGE_INIT,
		.replace = replace,
		.floor = floor,
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

static void from_receipt(const struct gv_receipt *receipt, struct gv_installed *ret)
{
	struct gv_text name = gv_text_in(ret->name, sizeof(ret->name));
	struct gv_text source = gv_text_in(ret->source, sizeof(ret->source));
	struct gv_text h1 = gv_text_in(ret->h1, sizeof(ret->h1));

	gv_text_add(&name, receipt->name);
	gv_text_add(&source, receipt->source ? receipt->source : "");
	gv_text_add(&h1, receipt->h1 ? receipt->h1 : "");
	ret->trust = receipt->trust;
	ret->already = true;
}

/*
 * What to do about a toolchain of this name that may be there.  1: nothing, it is good
 * enough and *ret says so.  0: bring one in; *ret_replace, when one is there.
 */
static int look_at_present(const struct gv_install *in, const struct gv_version *v,
			   struct gv_installed *ret, bool *ret_replace,
			   enum gv_trust *ret_floor, struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_receipt receipt;
	struct gv_verified now;
	bool adopted;
	int r;

	*ret_floor = GV_TRUST_UNPROVEN;
	*ret_replace = gv_store_has(in->store, v->name);
	if (!*ret_replace)
		return 0;
	/* Without a receipt nothing is known about it. */
	if (gv_receipt_load(in->store, v->name, &receipt, &ignored) < 0)
		return 0;
	from_receipt(&receipt, ret);
	adopted = receipt.adopted;
	gv_receipt_release(&receipt);
	*ret_floor = ret->trust == GV_TRUST_PROVEN ? GV_TRUST_PROVEN : GV_TRUST_UNPROVEN;
	if (in->force)
		return 0;
	if (ret->trust >= in->minimum)
		return 1;
	/* To prove what is there costs less than to fetch it. */
	r = gv_verify_one(in, v->name, NULL, NULL, &now, &ignored);
	if (r == 0 && now.trust >= in->minimum) {
		ret->trust = now.trust;
		memcpy(ret->h1, now.h1, sizeof(ret->h1));
		return 1;
	}
	if (r == -GV_EINTERRUPTED) {
		*err = ignored;
		return r;
	}
	if (!adopted)
		return 0;
	gv_err_set(err, -GV_EPOLICY, "%s is adopted and only '%s', not '%s'", v->name,
		   gv_trust_name(ret->trust), gv_trust_name(in->minimum));
	return gv_err_hint(err, "govern install --force %s", gv_version_bare(v));
}

struct waiting {
	const struct gv_install *in;
	const char *name;
};

static void say_waiting(void *arg, const char *lock)
{
	const struct waiting *w = arg;

	(void)lock;
	gv_step(w->in, GV_STEP_WAIT, 0, 0);
	gv_talk(w->in, "%s: waiting for another process that installs it", w->name);
}

int gv_install_one(const struct gv_install *in, const struct gv_version *v,
		   struct gv_installed *ret, struct gv_err *err)
{
	struct waiting waiting = {in, v->name};
	struct gv_installed done = {0};
	struct gv_lock lock = GV_LOCK_INIT;
	int64_t began = gv_clock_ms();
	enum gv_trust floor;
	bool replace;
	int r;

	r = gv_store_lock(in->store, v->name, LOCK_WAIT_MS, say_waiting, &waiting, &lock);
	if (r == -EWOULDBLOCK)
		return gv_err_set(err, -GV_EFAILED,
				  "%s is still being installed by another process",
				  v->name);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot lock %s", v->name);
	r = look_at_present(in, v, &done, &replace, &floor, err);
	if (r == 0)
		r = bring(in, v, replace, floor, &done, err);
	gv_lock_drop(&lock);
	if (r < 0)
		return r;
	done.milliseconds = gv_clock_ms() - began;
	gv_step(in, GV_STEP_DONE, 0, 0);
	*ret = done;
	return 0;
}

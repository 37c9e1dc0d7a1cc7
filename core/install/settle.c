// SPDX-License-Identifier: Apache-2.0
#include "core/install/settle.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "core/install/evidence.h"
#include "core/install/judge.h"
#include "core/install/modes.h"
#include "core/install/permit.h"
#include "core/install/talk.h"
#include "core/install/url.h"
#include "core/trust/dirhash.h"

struct hashing {
	const struct gv_install *in;
	atomic_uint_least64_t bytes;
};

static void on_hashed(void *arg, uint64_t more)
{
	struct hashing *h = arg;
	uint64_t now = atomic_fetch_add(&h->bytes, more) + more;

	gv_step(h->in, GV_STEP_VERIFY, now, 0);
}

struct syncing {
	struct gv_stage *stage;
	int result;
	struct gv_err err;
};

static void *sync_main(void *arg)
{
	struct syncing *s = arg;

	s->result = gv_stage_sync(s->stage, &s->err);
	return NULL;
}

/* Reading for the hash and writing to the disk do not wait for each other. */
static int hash_and_sync(const struct gv_settle *s, struct gv_dirhash *ret,
			 struct gv_err *err)
{
	struct hashing hashing = {.in = s->in};
	struct gv_dirhash_opts opts = {
		.version = s->name,
		.platform = s->in->store->platform,
		.flags = GV_DIRHASH_OURS,
		.progress = on_hashed,
		.progress_arg = &hashing,
	};
	struct syncing sync = {.stage = s->stage};
	pthread_t thread;
	bool beside;
	int r = 0;

#ifndef GV_WITHOUT_MODES /* tests/controls: those that unpack left */
	/* No hash covers them, so nobody's word is taken for them. */
	r = gv_modes_set(s->stage->tree_fd);
#endif
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the tree of %s", s->name);
	beside = pthread_create(&thread, NULL, sync_main, &sync) == 0;
	r = gv_dirhash_tree(s->stage->tree_fd, &opts, ret, err);
	gv_step(s->in, GV_STEP_SYNC, 0, 0);
	if (beside)
		pthread_join(thread, NULL);
	else
		sync_main(&sync);
	if (r < 0)
		return r;
	if (sync.result < 0) {
		gv_dirhash_release(ret);
		*err = sync.err;
		return sync.result;
	}
	return 0;
}

static int judge(const struct gv_settle *s, const struct gv_dirhash *tree,
		 enum gv_trust *ret, struct gv_err *err)
{
	const struct gv_candidate *c = s->candidate;
	struct gv_evidence e = {
		.name = s->name,
		.h1 = tree->h1,
		.log = s->lookup,
		/* A redirect may have led to the very host that gave the digest. */
		.digest_counts = c->sha256[0] && c->digest_counts && c->digest_origin &&
				 strcmp(c->digest_origin, s->taken->host) != 0,
		.minimum = s->in->minimum,
	};
	int r = gv_judge_tree(s->stage->tree_fd, s->name, s->in->store->platform, err);

	if (r == 0)
		r = gv_judge_trust(&e, ret, err);
	/* Built, it is no forgery, but not that release either. */
	if (r == -GV_EVERIFY && s->in->build && s->lookup->result == 0)
		r = gv_err_hint(err,
				"give what you build a name of its own: --name NAME");
	if (r == 0)
		r = gv_permit_tree(s->in, s->name, s->stage->tree_fd, *ret, s->source,
				   err);
	if (r < 0 || *ret >= s->floor)
		return r;
	gv_err_set(err, -GV_EPOLICY,
		   "%s was proven here and would now be only '%s'; it stays", s->name,
		   gv_trust_name(*ret));
	return gv_err_hint(err, "govern uninstall %s", s->name + strlen("go"));
}

static int copy(char **ret, const char *s)
{
	*ret = s && *s ? strdup(s) : NULL;
	return s && *s && !*ret ? -ENOMEM : 0;
}

static int make_receipt(const struct gv_settle *s, const struct gv_dirhash *tree,
			enum gv_trust trust, struct gv_receipt *ret)
{
	const struct gv_candidate *c = s->candidate;
	struct gv_receipt receipt = {
		.trust = trust,
		.archive_bytes = s->taken->archive_bytes,
		.files = tree->files,
		.bytes = tree->bytes,
		.installed_at = time(NULL),
	};
	struct gv_text name = gv_text_in(receipt.name, sizeof(receipt.name));
	struct gv_text platform = gv_text_in(receipt.platform, sizeof(receipt.platform));
	int r;

	gv_text_add(&name, s->name);
	gv_text_add(&platform, s->in->store->platform);
	r = copy(&receipt.source, s->source);
	if (r == 0)
		r = copy(&receipt.h1, tree->h1);
	if (r == 0)
		r = copy(&receipt.archive_sha256, s->taken->sha256);
	if (r == 0 && trust == GV_TRUST_CHECKSUMMED)
		r = copy(&receipt.digest_origin, c->digest_origin);
	if (r == 0 && s->in->build) {
		r = gv_build_save(s->in->build, &receipt.build);
		receipt.built = r == 0;
	} else if (r == 0 && (c->path || c->program))
		r = copy(&receipt.origin, c->path ? c->path : c->program);
	else if (r == 0 && c->url && !(receipt.origin = gv_url_public(c->url)))
		r = -ENOMEM;
	if (r == 0 && trust == GV_TRUST_PROVEN) {
		r = gv_evidence_save(&s->lookup->record, &receipt.record);
		receipt.has_record = r == 0;
	}
	if (r < 0)
		gv_receipt_release(&receipt);
	else
		*ret = receipt;
	return r;
}

static void describe(const struct gv_receipt *receipt, bool already,
		     struct gv_installed *ret)
{
	struct gv_installed done = {.trust = receipt->trust, .already = already};
	struct gv_text name = gv_text_in(done.name, sizeof(done.name));
	struct gv_text source = gv_text_in(done.source, sizeof(done.source));
	struct gv_text h1 = gv_text_in(done.h1, sizeof(done.h1));

	gv_text_add(&name, receipt->name);
	gv_text_add(&source, receipt->source ? receipt->source : "");
	gv_text_add(&h1, receipt->h1 ? receipt->h1 : "");
	*ret = done;
}

/* Another process published this name first, and theirs stays. */
static int take_theirs(const struct gv_settle *s, struct gv_installed *ret,
		       struct gv_err *err)
{
	struct gv_receipt theirs;
	int r = gv_receipt_load(s->in->store, s->name, &theirs, err);

	if (r < 0)
		return r;
	if (theirs.trust < s->in->minimum)
		r = gv_err_set(err, -GV_EPOLICY,
			       "another process installed %s meanwhile, only '%s'",
			       s->name, gv_trust_name(theirs.trust));
	else
		describe(&theirs, true, ret);
	gv_receipt_release(&theirs);
	return r;
}

static int publish(const struct gv_settle *s, const struct gv_dirhash *tree,
		   enum gv_trust trust, struct gv_installed *ret, struct gv_err *err)
{
	struct gv_receipt receipt;
	int r = make_receipt(s, tree, trust, &receipt);

	if (r < 0)
		return gv_err_sys(err, r, "cannot write the receipt of %s", s->name);
	r = gv_stage_publish(s->stage, &receipt, tree->manifest.data, tree->manifest.len,
			     s->replace, err);
	if (r == 0)
		describe(&receipt, false, ret);
	gv_receipt_release(&receipt);
	return r == 1 ? take_theirs(s, ret, err) : r;
}

int gv_settle(const struct gv_settle *s, struct gv_installed *ret, struct gv_err *err)
{
	struct gv_dirhash tree;
	enum gv_trust trust;
	int r;

	gv_step(s->in, GV_STEP_VERIFY, 0, 0);
	r = hash_and_sync(s, &tree, err);
	if (r < 0)
		return r;
	if (gv_lookup_wait(s->lookup) < 0)
		gv_talk(s->in, "%s: no proof: %s", s->name, s->lookup->err.message);
	r = judge(s, &tree, &trust, err);
	if (r == 0) {
		gv_talk(s->in, "%s: %s, %s", s->name, tree.h1, gv_trust_name(trust));
		r = publish(s, &tree, trust, ret, err);
	}
	gv_dirhash_release(&tree);
	return r;
}

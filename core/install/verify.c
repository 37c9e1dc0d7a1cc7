// SPDX-License-Identifier: Apache-2.0
#include "core/install/install.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/evidence.h"
#include "core/install/judge.h"
#include "core/install/lookup.h"
#include "core/install/modes.h"
#include "core/install/talk.h"
#include "core/store/adopted.h"
#include "core/trust/dirhash.h"

struct check {
	const struct gv_install *in;
	const char *name;
	gv_finding *finding;
	void *arg;
	size_t findings;
	struct gv_receipt receipt;
	struct gv_dirhash tree;
	struct gv_buf manifest;
	bool has_manifest;
	struct gv_lookup lookup;
	char stored_h1[GV_H1_LEN]; /* by the receipt's own proof; "": it has none */
	char log_h1[GV_H1_LEN]; /* by the log, now; "": it was not or could not be asked
				 */
};

static void report(struct check *c, enum gv_finding_kind kind, const char *path)
{
	c->findings++;
	if (c->finding)
		c->finding(c->arg, kind, path);
}

static void on_mode(void *arg, const char *rel)
{
	report(arg, GV_FINDING_MODE, rel);
}

static void on_difference(void *arg, enum gv_difference what, const char *path, size_t n)
{
	static const enum gv_finding_kind kinds[] = {
		[GV_DIFF_CHANGED] = GV_FINDING_CHANGED,
		[GV_DIFF_MISSING] = GV_FINDING_MISSING,
		[GV_DIFF_EXTRA] = GV_FINDING_EXTRA,
	};
	char rel[PATH_MAX];
	struct gv_text t = gv_text_in(rel, sizeof(rel));

	gv_text_add_n(&t, path, n);
	report(arg, kinds[what], rel);
}

static void on_hashed(void *arg, uint64_t more)
{
	(void)more;
	gv_step(arg, GV_STEP_VERIFY, 0, 0);
}

static int hash(struct check *c, struct gv_err *err)
{
	GV_CLEANUP(gv_close) int fd = gv_store_open_toolchain(c->in->store, c->name, err);
	struct gv_dirhash_opts opts = {
		.version = c->name,
		.platform = c->in->store->platform,
		.flags = c->receipt.adopted ? GV_DIRHASH_FOREIGN : GV_DIRHASH_OURS,
		.progress = on_hashed,
		.progress_arg = (void *)(uintptr_t)c->in,
	};
	struct gv_err cause = GV_ERR_INIT;
	int r;

	if (fd < 0)
		return fd;
	r = gv_dirhash_tree(fd, &opts, &c->tree, &cause);
	/* It was adopted with links in it, and had no h1 then. */
	if (r == -GV_EVERIFY && c->receipt.adopted && !c->receipt.h1)
		r = gv_judge_tree(fd, c->name, c->in->store->platform, &cause);
	if (r < 0) {
		*err = cause;
		return r;
	}
	r = gv_modes_check(fd, c->receipt.adopted, on_mode, c);
	return r < 0 ? gv_err_sys(err, r, "cannot read the tree of %s", c->name) : 0;
}

static int check_stored(struct check *c, struct gv_err *err)
{
	int r = gv_evidence_check(c->in, &c->receipt, c->stored_h1, err);

	if (r == 1 && c->receipt.has_record)
		gv_talk(c->in, "%s: its proof is by another log, '%s'", c->name,
			c->receipt.record.log);
	return r < 0 ? r : 0;
}

/*
 * An adopted toolchain is a link, and ours never is.  The receipt's word is not enough:
 * of an adopted one less is looked at.
 */
static int check_adopted(const struct check *c, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *path = gv_store_path(c->in->store, c->name);
	struct stat st;

	if (!path)
		return gv_err_sys(err, -ENOMEM, "cannot read the tree of %s", c->name);
#ifndef GV_WITHOUT_ADOPTED_CHECK /* tests/controls: the receipt's word */
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) != c->receipt.adopted)
		return gv_err_set(
			err, -GV_EVERIFY,
			"%s and its receipt do not agree on whether it is adopted",
			c->name);
#endif
	return 0;
}

/* Of what was built here under a name of its own no database knows, nor should it. */
static bool is_private(const struct check *c)
{
	return c->receipt.built && strchr(c->name, '-');
}

static int ask_log(struct check *c, struct gv_err *err)
{
	int r;

	if (c->in->sumdb->off || is_private(c))
		return 0;
	r = gv_lookup_wait(&c->lookup);
	if (r == 0 && c->lookup.from_log) {
		memcpy(c->log_h1, c->lookup.h1, sizeof(c->log_h1));
		return 0;
	}
	if (r == -GV_EVERIFY || r == -GV_EINTERRUPTED) {
		*err = c->lookup.err;
		return r;
	}
	gv_talk(c->in, "%s: %s", c->name, c->lookup.err.message);
	return 0;
}

/*
 * Names the files.  The manifest is taken at its word only when its own h1 is the one
 * that was proved, or at least the receipt's.
 */
static int compare(struct check *c, const char *want, struct gv_err *err)
{
	char h1[GV_H1_LEN];

	if (!c->has_manifest)
		return 0;
	if (gv_manifest_h1(c->manifest.data, c->manifest.len, h1) < 0 ||
	    strcmp(h1, want) != 0)
		return gv_err_set(
			err, -GV_EVERIFY,
			"the manifest kept with the receipt of %s is not the one "
			"that was recorded",
			c->name);
	gv_manifest_compare(c->manifest.data, c->manifest.len, c->tree.manifest.data,
			    c->tree.manifest.len, on_difference, c);
	return 0;
}

/*
 * Nobody said of a toolchain that was adopted unproven that it is the one that the log
 * knows: it may be the distribution's own build.
 */
static bool is_of_its_own(const struct check *c)
{
	return c->receipt.adopted && c->receipt.trust == GV_TRUST_UNPROVEN &&
	       !c->stored_h1[0] && strcmp(c->tree.h1, c->log_h1) != 0;
}

/* What the receipt says beside its proof is shown and passed on: it has to agree. */
static int check_claims(const struct check *c, struct gv_err *err)
{
	const struct gv_receipt *receipt = &c->receipt;

	if (receipt->trust == GV_TRUST_PROVEN && !receipt->has_record)
		return gv_err_set(err, -GV_EVERIFY,
				  "the receipt of %s says 'proven' and holds no proof",
				  c->name);
#ifndef GV_WITHOUT_CLAIMS /* tests/controls: shown as it was written */
	if (c->stored_h1[0] && (!receipt->h1 || strcmp(receipt->h1, c->stored_h1) != 0))
		return gv_err_set(err, -GV_EVERIFY,
				  "the receipt of %s says %s, its proof %s", c->name,
				  receipt->h1 ? receipt->h1 : "nothing", c->stored_h1);
#endif
	return 0;
}

static int decide(struct check *c, struct gv_verified *ret, struct gv_err *err)
{
	const char *log_h1 = is_of_its_own(c) ? "" : c->log_h1;
	const char *proved = log_h1[0] ? log_h1 : c->stored_h1;
	const char *want = proved[0] ? proved : c->receipt.h1;
	struct gv_verified v = {
		.trust = proved[0] ? GV_TRUST_PROVEN : c->receipt.trust,
		.before = c->receipt.trust,
		.from_log = log_h1[0] != '\0',
	};
	int r;

	if (log_h1[0] && c->stored_h1[0] && strcmp(log_h1, c->stored_h1) != 0)
		return gv_err_set(
			err, -GV_EVERIFY,
			"the checksum database says %s of %s, the receipt's proof %s",
			c->log_h1, c->name, c->stored_h1);
	r = check_claims(c, err);
	if (r == 0 && want)
		r = compare(c, want, err);
	if (r < 0)
		return r;
	if (want && strcmp(c->tree.h1, want) != 0 && c->findings == 0)
		return gv_err_set(err, -GV_EVERIFY, "%s is %s on disk; it should be %s",
				  c->name, c->tree.h1, want);
	if (c->findings)
		return gv_err_set(err, -GV_EVERIFY,
				  "%s is not as it was installed: %zu %s", c->name,
				  c->findings,
				  c->findings == 1 ? "file differs" : "files differ");
	if (!proved[0] && c->receipt.trust == GV_TRUST_PROVEN)
		return gv_err_set(
			err, -GV_EPOLICY,
			"%s was proven by a checksum database that is not the one in "
			"force",
			c->name);
	memcpy(v.h1, c->tree.h1, sizeof(v.h1));
	*ret = v;
	return 0;
}

/* The receipt learns what is known now.  A store that cannot be written stays as it is.
 */
static int raise_level(struct check *c, const struct gv_verified *v, struct gv_err *err)
{
	struct gv_receipt *receipt = &c->receipt;
	struct gv_receipt_record record;
	char *h1;
	int r;

	if (v->trust <= v->before || !c->lookup.record.text || !c->in->store->writable)
		return 0;
	r = gv_evidence_save(&c->lookup.record, &record);
	if (r < 0)
		return gv_err_sys(err, r, "cannot write the receipt of %s", c->name);
	gv_receipt_record_release(&receipt->record);
	receipt->record = record;
	receipt->has_record = true;
	receipt->trust = v->trust;
	h1 = strdup(v->h1);
	if (!h1)
		return gv_err_sys(err, -ENOMEM, "cannot write the receipt of %s",
				  c->name);
	gv_free_str(&receipt->h1);
	receipt->h1 = h1;
	if (!c->has_manifest) {
		r = gv_manifest_save(c->in->store, c->name, c->tree.manifest.data,
				     c->tree.manifest.len, err);
		if (r < 0)
			return r;
	}
	return gv_receipt_save(c->in->store, receipt, err);
}

static int run(struct check *c, struct gv_verified *ret, struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	int r;

	if (!c->in->sumdb->off && !is_private(c))
		gv_lookup_start(&c->lookup, NULL);
	r = gv_manifest_load(c->in->store, c->name, &c->manifest, &ignored);
	c->has_manifest = r == 0 && c->manifest.data;
	r = check_adopted(c, err);
	if (r == 0)
		r = gv_adopted_check(c->in->store, c->name, err);
	if (r == 0)
		r = hash(c, err);
	if (r == 0)
		r = check_stored(c, err);
	if (r == 0)
		r = ask_log(c, err);
	if (r == 0)
		r = decide(c, ret, err);
	if (r == 0)
		r = raise_level(c, ret, err);
	return r;
}

int gv_verify_one(const struct gv_install *in, const char *name, gv_finding *finding,
		  void *arg, struct gv_verified *ret, struct gv_err *err)
{
	struct check c = {
		.in = in,
		.name = name,
		.finding = finding,
		.arg = arg,
		.manifest = GV_BUF_INIT(GV_MANIFEST_MAX),
	};
	struct gv_verified v;
	int r = gv_receipt_load(in->store, name, &c.receipt, err);

	if (r < 0)
		return r;
	gv_lookup_init(&c.lookup, in, name);
	r = run(&c, &v, err);
	gv_lookup_release(&c.lookup);
	gv_dirhash_release(&c.tree);
	gv_buf_release(&c.manifest);
	gv_receipt_release(&c.receipt);
	if (r == 0)
		*ret = v;
	return r;
}

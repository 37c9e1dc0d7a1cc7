// SPDX-License-Identifier: Apache-2.0
#include "core/install/install.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/install/bring.h"
#include "core/install/evidence.h"
#include "core/install/locked.h"
#include "core/install/permit.h"
#include "core/install/talk.h"
#include "core/store/adopted.h"

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

/* "proven" is more than a word that somebody wrote into the receipt: the proof holds, and
 * it is of the h1 there.  The tree itself is left to gv_verify_one(). */
static bool is_as_it_says(const struct gv_install *in, const struct gv_receipt *receipt)
{
	struct gv_err ignored = GV_ERR_INIT;
	char h1[GV_H1_LEN];

	return receipt->trust != GV_TRUST_PROVEN ||
	       (gv_evidence_check(in, receipt, h1, &ignored) == 0 && receipt->h1 &&
		strcmp(h1, receipt->h1) == 0);
}

/*
 * What to do about a toolchain of this name that may be there.  1: nothing, it is good
 * enough and *ret says so.  0: bring one in.
 */
static int look_at_present(const struct gv_install *in, const struct gv_version *v,
			   struct gv_installed *ret, struct gv_present *present,
			   struct gv_err *err)
{
	char bare[GV_NAME_MAX];
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_receipt receipt;
	struct gv_verified now;
	bool adopted;
	int r = gv_store_look(in->store, v->name);

	/* It would be taken for another process's when ours is to be published; a link
	 * to itself is in nobody's way. */
	if (r < 0 && r != -ELOOP)
		return gv_err_sys(err, r, "cannot open %s in '%s'", v->name,
				  in->store->prefix);
	*present = (struct gv_present){.there = r == 1};
	if (!present->there)
		return 0;
	/* An adopted one that became another version is in nobody's way. */
	if (gv_adopted_check(in->store, v->name, &ignored) == -GV_EVERIFY)
		return 0;
	/* Without a receipt nothing is known about it. */
	if (gv_receipt_load(in->store, v->name, &receipt, &ignored) < 0)
		return 0;
	from_receipt(&receipt, ret);
	adopted = receipt.adopted;
	if (ret->trust == GV_TRUST_PROVEN)
		present->floor = GV_TRUST_PROVEN;
#ifndef GV_WITHOUT_RECEIPT_PROOF /* tests/controls: the receipt's word */
	if (!is_as_it_says(in, &receipt))
		ret->trust = GV_TRUST_UNPROVEN;
#endif
	gv_receipt_release(&receipt);
	if (in->force)
		return gv_store_may_remove(in->store, v->name, err);
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
	return gv_err_hint(err, "govern install --force %s", gv_version_bare(v, bare));
}

int gv_install_wants(const struct gv_install *in, const struct gv_version *v,
		     struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock lock = GV_LOCK_INIT;
	struct gv_installed unused = {0};
	struct gv_present present;
	int r = gv_permit_release(in, v, false, err);

	if (r == 0)
		r = gv_install_lock(in, v->name, &lock, err);
	if (r == 0)
		r = look_at_present(in, v, &unused, &present, err);
	return r < 0 ? r : r == 0;
}

int gv_install_one(const struct gv_install *in, const struct gv_version *v,
		   struct gv_installed *ret, struct gv_err *err)
{
	struct gv_installed done = {0};
	struct gv_lock lock = GV_LOCK_INIT;
	int64_t began = gv_clock_ms();
	struct gv_present present;
	int r = gv_permit_release(in, v, false, err);

	if (r == 0)
		r = gv_install_lock(in, v->name, &lock, err);
	if (r < 0)
		return r;
	r = look_at_present(in, v, &done, &present, err);
	if (r == 1)
		r = gv_permit_tree(in, v->name, -1, done.trust, done.source, err);
	else if (r == 0)
		r = gv_bring(in, v, &present, &done, err);
	gv_lock_drop(&lock);
	if (r < 0)
		return r;
	done.milliseconds = gv_clock_ms() - began;
	gv_step(in, GV_STEP_DONE, 0, 0);
	*ret = done;
	return 0;
}

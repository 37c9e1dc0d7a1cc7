// SPDX-License-Identifier: Apache-2.0
/* Each installed toolchain: its receipt, and a sample of its files. */
#include "core/cli/doctor/doctor.h"

#include <limits.h>
#include <string.h>

#include "core/base/text.h"
#include "core/install/sample.h"
#include "core/store/adopted.h"
#include "core/store/receipt.h"

/* Of many files one is named: `govern verify` names them all. */
struct tally {
	size_t changed, mode;
	char first_changed[PATH_MAX], first_mode[PATH_MAX];
};

static void on_finding(void *arg, enum gv_finding_kind kind, const char *path)
{
	struct tally *t = arg;
	size_t *n = kind == GV_FINDING_MODE ? &t->mode : &t->changed;
	struct gv_text first = gv_text_in(
		kind == GV_FINDING_MODE ? t->first_mode : t->first_changed, PATH_MAX);

	if ((*n)++ == 0)
		gv_text_add(&first, path);
}

static void tell_changed(struct gv_doctor *d, const char *name, const struct tally *t)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_TREE_CHANGED);

	if (t->changed == 1)
		gv_err_set(f, -GV_EVERIFY, "%s: '%s' is not as it was recorded", name,
			   t->first_changed);
	else
		gv_err_set(f, -GV_EVERIFY,
			   "%s: '%s' and %zu more files are not as they were recorded",
			   name, t->first_changed, t->changed - 1);
	gv_err_hint(f, "govern install --force %s", name);
}

static void tell_mode(struct gv_doctor *d, const char *name, const struct tally *t)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_TREE_MODE);

	if (t->mode == 1)
		gv_err_set(f, -GV_EVERIFY, "%s: '%s' has a wrong mode", name,
			   t->first_mode);
	else
		gv_err_set(f, -GV_EVERIFY,
			   "%s: '%s' and %zu more files have a wrong mode", name,
			   t->first_mode, t->mode - 1);
	gv_err_hint(f, "govern install --force %s", name);
}

static void look_at(struct gv_doctor *d, const char *name)
{
	struct gv_err why = GV_ERR_INIT;
	struct gv_receipt receipt = {0};
	struct tally t = {0};
	bool adopted;
	int r = gv_receipt_load(&d->cli->store, name, &receipt, &why);

	if (r < 0) {
		if (r != -GV_ENOTFOUND) /* it was removed just now */
			*gv_doctor_find(d, GV_CHECK_RECEIPT_DAMAGED) = why;
		return;
	}
	adopted = receipt.adopted;
	r = gv_adopted_check(&d->cli->store, name, &why);
	gv_receipt_release(&receipt);
	if (r < 0) {
		*gv_doctor_find(d, GV_CHECK_ADOPTED_CHANGED) = why;
		return;
	}
	r = gv_verify_sample(&d->cli->store, name, adopted, on_finding, &t, &why);
	if (r < 0 && !adopted && gv_store_has(&d->cli->store, name)) {
		gv_err_hint(&why, "govern install --force %s", name);
		*gv_doctor_find(d, GV_CHECK_RECEIPT_DAMAGED) = why;
	}
	if (t.changed)
		tell_changed(d, name, &t);
	if (t.mode)
		tell_mode(d, name, &t);
}

void gv_doctor_trees(struct gv_doctor *d)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_err why = GV_ERR_INIT;

	if (!d->has_store)
		return;
	if (gv_store_list(&d->cli->store, &names, &why) < 0) {
		*gv_doctor_find(d, GV_CHECK_STORE_UNUSABLE) = why;
		return;
	}
	for (size_t i = 0; i < names.n; i++)
		look_at(d, names.items[i]);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/install/evidence.h"
#include "core/install/locked.h"
#include "core/install/lookup.h"
#include "core/install/permit.h"
#include "core/install/talk.h"
#include "core/store/adopted.h"
#include "core/trust/dirhash.h"

/* What is known of the toolchain that lies in `path` and calls itself `name`. */
struct gv_adopt_found {
	char *path;
	char name[GV_NAME_MAX];
	struct gv_dirhash tree;
	bool hashed;
	struct gv_receipt_record record; /* proven */
	struct gv_adopted done;
	int r; /* how it was judged … */
	struct gv_err err;
};

struct job {
	const struct gv_install *in;
	const struct gv_goroot *g;
	int fd; /* of the GOROOT */
	struct gv_lookup lookup;
	struct gv_adopt_found found;
};

static void release_found(struct gv_adopt_found *f)
{
	free(f->path);
	gv_dirhash_release(&f->tree);
	gv_receipt_record_release(&f->record);
}

void gv_adopt_seen_release(struct gv_adopt_seen *s)
{
	for (size_t i = 0; i < s->n; i++)
		release_found(&s->items[i]);
	free(s->items);
	*s = (struct gv_adopt_seen){0};
}

/* -- what was looked at before ------------------------------------------------------- */

/* Moves it into the job.  False: nobody looked yet. */
static bool recall(struct job *j, struct gv_adopt_seen *seen)
{
	for (size_t i = 0; i < seen->n; i++) {
		struct gv_adopt_found *f = &seen->items[i];

		if (strcmp(f->path, j->g->path) != 0 ||
		    strcmp(f->name, j->g->version.name) != 0)
			continue;
		j->found = *f;
		*f = seen->items[--seen->n];
		return true;
	}
	return false;
}

/* Without memory it is looked at once more, later. */
static void remember(struct job *j, struct gv_adopt_seen *seen)
{
	struct gv_adopt_found *items =
		reallocarray(seen->items, seen->n + 1, sizeof(*items));

	if (!items)
		return;
	seen->items = items;
	memcpy(j->found.name, j->g->version.name, sizeof(j->found.name));
	if (!j->found.path)
		j->found.path = strdup(j->g->path);
	if (!j->found.path)
		return;
	items[seen->n++] = j->found;
	j->found = (struct gv_adopt_found){.done = j->found.done};
}

/* -- what is known about it ---------------------------------------------------------- */

static void say_why(struct job *j, const char *why)
{
	struct gv_text t = gv_text_in(j->found.done.why, sizeof(j->found.done.why));

	gv_text_add(&t, why);
}

static int hash(struct job *j, struct gv_err *err)
{
	struct gv_dirhash_opts opts = {
		.version = j->g->version.name,
		.platform = j->in->store->platform,
		.flags = GV_DIRHASH_FOREIGN,
	};
	struct gv_err cause = GV_ERR_INIT;
	int r;

	gv_step(j->in, GV_STEP_VERIFY, 0, 0);
	r = gv_dirhash_tree(j->fd, &opts, &j->found.tree, &cause);
	if (r == 0) {
		j->found.hashed = true;
		memcpy(j->found.done.h1, j->found.tree.h1, sizeof(j->found.done.h1));
	} else if (r == -GV_EVERIFY) {
		/* Links: it has no h1, and may be a good toolchain all the same. */
		say_why(j, cause.message);
		r = 0;
	} else {
		*err = cause;
	}
	return r;
}

/* What stands against it, and with which code it is refused.  0: nothing does. */
static int object(struct job *j, struct gv_err *err)
{
	int r = gv_lookup_wait(&j->lookup);

	if (r == -GV_EVERIFY || r == -GV_EINTERRUPTED) {
		*err = j->lookup.err;
		return r;
	}
	if (!j->found.hashed)
		return -GV_EPOLICY; /* hash() said why */
#ifdef GV_WITHOUT_ADOPTED_H1	    /* tests/controls: proven by its name */
	if (r == 0)
		return 0;
#endif
	if (r == 0 && strcmp(j->lookup.h1, j->found.tree.h1) == 0)
		return 0;
	if (r == 0)
		say_why(j, "its files are not those that the checksum database has "
			   "recorded");
	else
		say_why(j, j->lookup.err.message);
	return r == 0 || r == -GV_ENOTFOUND ? -GV_EPOLICY : r;
}

static int judge(struct job *j, struct gv_err *err)
{
	char bare[GV_NAME_MAX];
	int r = hash(j, err);

	if (r < 0)
		return r;
	r = object(j, err);
	if (r == -GV_EVERIFY || r == -GV_EINTERRUPTED)
		return r;
	if (r == 0 && gv_evidence_save(&j->lookup.record, &j->found.record) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot adopt");
	j->found.done.trust = r == 0 ? GV_TRUST_PROVEN : GV_TRUST_UNPROVEN;
	if (j->found.done.trust >= j->in->minimum)
		return gv_permit_tree(j->in, j->g->version.name, j->fd,
				      j->found.done.trust, "adopted", err);
	gv_err_set(err, r, "'%s' cannot be proven to be %s: %s", j->g->path,
		   j->g->version.name, j->found.done.why);
	return gv_err_hint(err, "govern install %s; --trust unproven adopts it as it is",
			   gv_version_bare(&j->g->version, bare));
}

/* -- what is there already ----------------------------------------------------------- */

static int refuse(const struct job *j, const char *from, struct gv_err *err)
{
	char bare[GV_NAME_MAX];

	if (from)
		gv_err_set(err, -GV_EPOLICY, "%s is adopted already, from '%s'",
			   j->g->version.name, from);
	else
		gv_err_set(err, -GV_EPOLICY, "%s is installed already",
			   j->g->version.name);
	return gv_err_hint(err, "govern uninstall %s%s", from ? "--force " : "",
			   gv_version_bare(&j->g->version, bare));
}

/* It is this one.  What could not be proven then may be now. */
static int again(struct job *j, const struct gv_receipt *receipt, bool dry,
		 struct gv_err *err)
{
	struct gv_text h1 = gv_text_in(j->found.done.h1, sizeof(j->found.done.h1));
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_verified now;
	char bare[GV_NAME_MAX];

	j->found.done.already = true;
	j->found.done.trust = receipt->trust;
	gv_text_add(&h1, receipt->h1 ? receipt->h1 : "");
	if (!dry && receipt->trust < GV_TRUST_PROVEN &&
	    gv_verify_one(j->in, j->g->version.name, NULL, NULL, &now, &ignored) == 0)
		j->found.done.trust = now.trust;
	if (j->found.done.trust >= j->in->minimum)
		return 1;
	gv_err_set(err, -GV_EPOLICY, "%s is adopted and only '%s', not '%s'",
		   j->g->version.name, gv_trust_name(j->found.done.trust),
		   gv_trust_name(j->in->minimum));
	return gv_err_hint(err, "govern install --force %s",
			   gv_version_bare(&j->g->version, bare));
}

/* 1: it is there, and *j says so; 0: the name is free. */
static int look_at_present(struct job *j, bool dry, struct gv_err *err)
{
	struct gv_err why = GV_ERR_INIT;
	struct gv_receipt receipt;
	char target[PATH_MAX];
	bool adopted;
	int r = gv_adopted_check(j->in->store, j->g->version.name, &why);

	if (r == -GV_ENOTFOUND || r == -GV_EVERIFY)
		return 0; /* it does not count any more */
	if (r < 0) {
		*err = why;
		return r;
	}
	r = gv_store_look(j->in->store, j->g->version.name);
	if (r <= 0)
		return r < 0 ? gv_err_sys(err, r, "cannot read the tree of %s",
					  j->g->version.name)
			     : 0;
	adopted = gv_adopted_target(j->in->store, j->g->version.name, target) == 0;
	if (!adopted || strcmp(target, j->g->path) != 0)
		return refuse(j, adopted ? target : NULL, err);
	r = gv_receipt_load(j->in->store, j->g->version.name, &receipt, err);
	if (r < 0)
		return r;
	r = again(j, &receipt, dry, err);
	gv_receipt_release(&receipt);
	return r;
}

/* A link from the store into itself. */
static int check_outside(const struct job *j, struct gv_err *err)
{
	const struct gv_store *s = j->in->store;
	GV_CLEANUP(gv_free_str) char *root = s->root ? realpath(s->root, NULL) : NULL;
	const char *rest = root ? gv_after_prefix(j->g->path, root) : NULL;

	if (!rest || (*rest && *rest != '/'))
		return 0;
	return gv_err_set(err, -GV_EPOLICY, "'%s' is in this store already", j->g->path);
}

/* -- the link ------------------------------------------------------------------------ */

static int make_receipt(struct job *j, struct gv_receipt *ret)
{
	struct gv_receipt receipt = {
		.trust = j->found.done.trust,
		.files = j->found.tree.files,
		.bytes = j->found.tree.bytes,
		.installed_at = time(NULL),
		.adopted = true,
		.source = strdup("adopted"),
		.adopted_from = strdup(j->g->path),
		.h1 = j->found.hashed ? strdup(j->found.tree.h1) : NULL,
	};
	struct gv_text name = gv_text_in(receipt.name, sizeof(receipt.name));
	struct gv_text platform = gv_text_in(receipt.platform, sizeof(receipt.platform));
	int r = 0;

	gv_text_add(&name, j->g->version.name);
	gv_text_add(&platform, j->in->store->platform);
	if (!receipt.source || !receipt.adopted_from || (j->found.hashed && !receipt.h1))
		r = -ENOMEM;
	if (r == 0 && !j->found.hashed)
		r = gv_tree_bytes(j->fd, &receipt.bytes);
	if (receipt.trust == GV_TRUST_PROVEN) {
		receipt.has_record = true;
		receipt.record = j->found.record;
		j->found.record = (struct gv_receipt_record){0};
	}
	if (r < 0)
		gv_receipt_release(&receipt);
	else
		*ret = receipt;
	return r;
}

static int publish(struct job *j, struct gv_err *err)
{
	struct gv_receipt receipt;
	int r = make_receipt(j, &receipt);

	if (r < 0)
		return gv_err_sys(err, r, "cannot write the receipt of %s",
				  j->g->version.name);
	r = gv_adopted_publish(j->in->store, &receipt,
			       j->found.hashed ? &j->found.tree.manifest : NULL, err);
	gv_receipt_release(&receipt);
	return r;
}

static int look(struct job *j, struct gv_adopt_seen *seen, struct gv_err *err)
{
	if (seen && recall(j, seen)) {
		if (j->found.r < 0)
			*err = j->found.err;
		return j->found.r;
	}
	gv_lookup_start(&j->lookup, NULL);
	j->found.r = judge(j, err);
	if (j->found.r < 0)
		j->found.err = *err;
	return j->found.r;
}

static int adopt(struct job *j, bool dry, struct gv_adopt_seen *seen, struct gv_err *err)
{
	int r = look_at_present(j, dry, err);

	if (r != 0)
		return r < 0 ? r : 0;
	r = check_outside(j, err);
	if (r < 0)
		return r;
	r = gv_permit_release(j->in, &j->g->version, false, err);
	if (r < 0)
		return r;
	r = look(j, seen, err);
	if (!dry)
		return r < 0 ? r : publish(j, err);
	if (seen && r != -GV_EINTERRUPTED)
		remember(j, seen);
	return r;
}

int gv_adopt_one(const struct gv_install *in, const struct gv_goroot *g, bool dry,
		 struct gv_adopt_seen *seen, struct gv_adopted *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_lock_drop) struct gv_lock held = GV_LOCK_INIT;
	struct job j = {.in = in, .g = g, .fd = gv_open_dir(AT_FDCWD, g->path)};
	int r = 0;

	if (j.fd < 0)
		return gv_err_sys(err, j.fd, "cannot open '%s'", g->path);
	gv_lookup_init(&j.lookup, in, g->version.name);
	if (!dry)
		r = gv_install_lock(in, g->version.name, &held, err);
	if (r == 0)
		r = adopt(&j, dry, seen, err);
	gv_lookup_release(&j.lookup);
	if (r == 0)
		*ret = j.found.done;
	release_found(&j.found);
	gv_close(&j.fd);
	return r;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/bundled.h"
#include "core/install/evidence.h"
#include "core/install/log.h"
#include "core/install/talk.h"
#include "core/install/url.h"

void gv_lookup_init(struct gv_lookup *l, const struct gv_install *in, const char *name)
{
	struct gv_text t;

	*l = (struct gv_lookup){.in = in};
	t = gv_text_in(l->name, sizeof(l->name));
	gv_text_add(&t, name);
}

static int ask(struct gv_lookup *l, gv_sumdb_get *get, void *arg, unsigned *quiet_days)
{
	struct gv_sumdb db;
	int r = gv_log_db(l->in, &db, &l->err);

	if (r < 0)
		return r;
	db.get = get;
	db.get_arg = arg;
	db.ret_quiet_days = quiet_days;
	r = gv_sumdb_lookup(&db, l->name, l->in->store->platform, &l->record, l->h1,
			    &l->err);
	gv_close(&db.heads_dir);
	return r;
}

static int ask_log(struct gv_lookup *l)
{
	struct gv_log log;
	unsigned quiet_days = 0;
	int r = gv_log_open(l->in, &log, &l->err);

	if (r < 0)
		return r;
	r = ask(l, gv_log_get, &log, &quiet_days);
	/* Of a copy in files nobody expects that it grows. */
	if (r == 0 && quiet_days && log.way.kind != GV_PROXY_FILE)
		gv_warn(l->in, GV_WARNING_QUIET_LOG,
			"'%s' has shown no newer tree head for %u days: what it has "
			"recorded since may be withheld from you",
			l->in->sumdb->key.name, quiet_days);
	gv_log_close(&log);
	return r;
}

static int get_beside(void *arg, const char *path, struct gv_buf *ret, struct gv_err *err)
{
	const struct gv_lookup *l = arg;
	GV_CLEANUP(gv_buf_release) struct gv_buf name = GV_BUF_INIT(0);
	int r;

	gv_buf_format(&name, "%s/sumdb/%s%s", l->beside, l->in->sumdb->key.name, path);
	r = gv_buf_error(&name);
	if (r == 0)
		r = gv_read_file(AT_FDCWD, name.data, ret);
	if (r == -ENOENT || r == -ENOTDIR)
		return gv_err_set(err, -GV_EGONE, "there is no '%s'", name.data);
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", name.data) : 0;
}

/* What the store's own receipt says, when it proves itself. */
static int remembered(struct gv_lookup *l)
{
	struct gv_receipt receipt;
	struct gv_err ignored = GV_ERR_INIT;
	int r = gv_receipt_load(l->in->store, l->name, &receipt, &ignored);

	if (r < 0)
		return r;
	r = receipt.has_record ? gv_evidence_load(&receipt.record, &l->record)
			       : -GV_ENOTFOUND;
	if (r == 0) {
		r = gv_record_check(&l->record, &l->in->sumdb->key, l->name,
				    l->in->store->platform, l->h1, &ignored);
		if (r < 0)
			gv_record_release(&l->record);
	}
	gv_receipt_release(&receipt);
	return r;
}

static bool is_final(int r)
{
	return r == 0 || r == -GV_EVERIFY || r == -GV_EINTERRUPTED;
}

/* The bundle's own proof, else the log's; when neither will do, what the bundle lacks. */
static void run_bundle(struct gv_lookup *l)
{
	struct gv_err why;
	bool other;

	l->result = gv_bundle_prove(l->in, l->name, &l->record, l->h1, &other, &l->err);
	if (is_final(l->result) && !other)
		return;
	why = l->err;
	why.code = l->result;
	gv_talk(l->in, "%s: %s", l->name, why.message);
	l->result = ask_log(l);
	l->from_log = l->result == 0;
	if (is_final(l->result))
		return;
	l->err = why;
	l->result = why.code;
}

static void run(struct gv_lookup *l)
{
	struct gv_err why;
	int r;

	if (l->in->sumdb->off) {
		l->result = gv_err_set(&l->err, -GV_EPOLICY,
				       "GOSUMDB=off: no checksum database can prove %s",
				       l->name);
		return;
	}
	/* Nobody else's business, and nobody could know it. */
	if (l->in->build && strchr(l->name, '-')) {
		l->result = gv_err_set(
			&l->err, -GV_ENOTFOUND,
			"no checksum database knows %s, which is built here", l->name);
		return;
	}
	if (l->bundled) {
		run_bundle(l);
		return;
	}
	l->result = ask_log(l);
	/* It knows the record, and has not what would prove it. */
	if (l->result == -GV_EGONE)
		l->result = l->err.code = -GV_EREMOTE;
	if (l->result == 0) {
		l->from_log = true;
		return;
	}
	if (l->result == -GV_EVERIFY || l->result == -GV_EINTERRUPTED)
		return;
	why = l->err;
	r = l->beside ? ask(l, get_beside, l, NULL) : -GV_ENOTFOUND;
	/* A receipt that does not prove itself is none; gv_verify_one() tells of it. */
	if (r < 0 && r != -GV_EVERIFY && remembered(l) == 0)
		r = 0;
	if (r == 0 || r == -GV_EVERIFY)
		l->result = r;
	if (r != -GV_EVERIFY)
		l->err = why;
}

static void *thread_main(void *arg)
{
	struct gv_lookup *l = arg;

	run(l);
	/* Whoever sees this sees all that was written before. */
	atomic_store(&l->failed, l->result < 0);
	return NULL;
}

bool gv_lookup_failed(struct gv_lookup *l)
{
	return atomic_load(&l->failed);
}

void gv_lookup_start(struct gv_lookup *l, const struct gv_candidate *from)
{
	const char *slash = from && from->path ? strrchr(from->path, '/') : NULL;

	if (l->started)
		return;
	l->started = true;
	if (slash && from->in_bundle)
		l->bundled = true;
	else if (slash)
		l->beside = strndup(from->path, (size_t)(slash - from->path));
	/* Without a thread it is only slower. */
	l->running = pthread_create(&l->thread, NULL, thread_main, l) == 0;
	if (!l->running)
		thread_main(l);
}

int gv_lookup_wait(struct gv_lookup *l)
{
	gv_lookup_start(l, NULL);
	if (l->running) {
		pthread_join(l->thread, NULL);
		l->running = false;
	}
	return l->result;
}

void gv_lookup_release(struct gv_lookup *l)
{
	if (l->running)
		pthread_join(l->thread, NULL);
	gv_record_release(&l->record);
	free(l->beside);
	*l = (struct gv_lookup){0};
}

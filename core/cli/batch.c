// SPDX-License-Identifier: Apache-2.0
#include "core/cli/batch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/num.h"
#include "core/cli/hook.h"
#include "core/cli/journal/record.h"
#include "core/cli/output.h"
#include "core/cli/terminal/progress.h"

#define JOBS_MAX 32
#define TICK_NS	 100000000L /* how often progress is drawn */

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t left; /* somebody has left */
	const struct gv_pipeline *pipeline;
	struct gv_batch *batch;
	struct gv_progress progress;
	size_t next;
	unsigned working;
};

int gv_batch_add(struct gv_batch *b, const struct gv_version *v)
{
	struct gv_batch_item *more;

	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->items[i].version.name, v->name) == 0)
			return 0;
	more = reallocarray(b->items, b->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	b->items = more;
	more[b->n++] = (struct gv_batch_item){.version = *v};
	return 0;
}

void gv_batch_release(struct gv_batch *b)
{
	free(b->items);
	*b = (struct gv_batch){0};
}

void gv_batch_name_pin(const struct gv_batch *b, struct gv_err *err)
{
	struct gv_err cause = *err;

	if (!b->pinned_by[0])
		return;
	if (b->pin_file[0])
		gv_err_at(err, cause.code, b->pin_file, b->pin_line, "%s (pinned by %s)",
			  cause.message, b->pinned_by);
	else
		gv_err_set(err, cause.code, "%s (pinned by %s)", cause.message,
			   b->pinned_by);
	if (cause.hint[0])
		gv_err_hint(err, "%s", cause.hint);
}

static void record(struct gv_cli *cli, const struct gv_installed *i, bool built)
{
	struct gv_journal_entry e = {
		.event = built ? "build" : "install",
		.version = i->name,
		.h1 = i->h1,
		.trust = gv_trust_name(i->trust),
		.source = i->source,
	};

	if (!i->already)
		gv_cli_record(cli, &e);
}

static void ask_hooks(struct gv_cli *cli, const struct gv_pipeline *p, struct gv_batch *b)
{
	for (size_t i = 0; i < b->n && !gv_interrupted(); i++) {
		struct gv_batch_item *item = &b->items[i];
		struct gv_hook_subject subject = {.version = item->version.name};
		int r = gv_install_wants(&p->in, &item->version, &item->err);

		if (r == 1)
			r = gv_cli_hook_before(cli, GV_HOOK_PRE_INSTALL, &subject,
					       &item->err);
		if (r == 0)
			continue;
		item->tried = true;
		item->r = item->err.code = r;
		gv_batch_name_pin(b, &item->err);
	}
}

void gv_batch_tell_hooks(struct gv_cli *cli, const struct gv_batch *b)
{
	for (size_t i = 0; i < b->n && !gv_interrupted(); i++) {
		const struct gv_batch_item *item = &b->items[i];
		const struct gv_installed *done = &item->installed;
		struct gv_hook_subject subject = {
			.version = done->name,
			.trust = gv_trust_name(done->trust),
			.source = done->source,
			.h1 = done->h1,
		};

		if (item->tried && item->r == 0 && !done->already)
			gv_cli_hook_after(cli, GV_HOOK_POST_INSTALL, &subject);
	}
}

static void install_item(struct crew *crew, size_t i)
{
	struct gv_batch_item *item = &crew->batch->items[i];
	struct gv_install in = crew->pipeline->in;

	if (item->tried)
		return; /* a hook refused it */
	in.progress = gv_progress_set;
	in.progress_arg = &crew->progress.lines[i];
	item->tried = true;
	item->r = gv_install_one(&in, &item->version, &item->installed, &item->err);
	if (item->r == 0)
		record(crew->pipeline->cli, &item->installed, in.build != NULL);
	if (item->r < 0) {
		item->err.code = item->r;
		gv_batch_name_pin(crew->batch, &item->err);
	}
	gv_progress_end(&crew->progress.lines[i], item->r < 0);
}

static void *work(void *arg)
{
	struct crew *crew = arg;

	pthread_mutex_lock(&crew->lock);
	while (crew->next < crew->batch->n && !gv_interrupted()) {
		size_t i = crew->next++;

		pthread_mutex_unlock(&crew->lock);
		install_item(crew, i);
		pthread_mutex_lock(&crew->lock);
	}
	crew->working--;
	pthread_cond_signal(&crew->left);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

static void watch(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	while (crew->working) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_NS;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		(void)!pthread_cond_timedwait(&crew->left, &crew->lock, &until);
		pthread_mutex_unlock(&crew->lock);
		gv_progress_draw(&crew->progress);
		pthread_mutex_lock(&crew->lock);
	}
	pthread_mutex_unlock(&crew->lock);
}

int gv_batch_install(struct gv_cli *cli, const struct gv_pipeline *p, struct gv_batch *b,
		     unsigned jobs, struct gv_err *err)
{
	struct crew crew = {.lock = PTHREAD_MUTEX_INITIALIZER, .pipeline = p, .batch = b};
	pthread_t threads[JOBS_MAX];
	pthread_condattr_t attr;
	unsigned started = 0;
	int r = gv_progress_init(&crew.progress, cli, b->n);

	if (r < 0)
		return gv_err_sys(err, r, "cannot install");
	if (gv_cli_has_hooks(cli, GV_HOOK_PRE_INSTALL))
		ask_hooks(cli, p, b);
	for (size_t i = 0; i < b->n; i++)
		memcpy(crew.progress.lines[i].name, b->items[i].version.name,
		       GV_NAME_MAX);
	(void)!pthread_condattr_init(&attr);
	(void)!pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)!pthread_cond_init(&crew.left, &attr);
	pthread_condattr_destroy(&attr);

	pthread_mutex_lock(&crew.lock);
	while (started < jobs && started < JOBS_MAX && started < b->n) {
		r = pthread_create(&threads[started], NULL, work, &crew);
		if (r != 0)
			break;
		started++;
		crew.working++;
	}
	pthread_mutex_unlock(&crew.lock);
	watch(&crew);
	for (unsigned i = 0; i < started; i++)
		(void)!pthread_join(threads[i], NULL);
	gv_progress_clear(&crew.progress);
	gv_progress_release(&crew.progress);
	pthread_cond_destroy(&crew.left);
	if (gv_interrupted())
		return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	return started ? 0 : gv_err_sys(err, -r, "cannot start a thread");
}

int gv_batch_judge(const struct gv_cli *cli, const struct gv_batch *b, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct gv_batch_item *item = &b->items[i];

		if (item->r == 0)
			continue;
		if (r < 0) {
			gv_cli_complain(cli, &item->err);
			continue;
		}
		*err = item->err;
		r = item->r;
	}
	return r;
}

int gv_batch_bring(struct gv_cli *cli, const struct gv_pipeline *p, struct gv_batch *b,
		   unsigned jobs, struct gv_err *err)
{
	struct gv_err later = GV_ERR_INIT;
	int r = gv_batch_install(cli, p, b, jobs, err), pointed;

	if (r < 0 && r != -GV_EINTERRUPTED)
		return r;
	pointed = gv_cli_point(cli, NULL, 0, &later);
	gv_batch_tell_hooks(cli, b);
	if (r == 0)
		r = gv_batch_judge(cli, b, err);
	if (r == 0 && pointed < 0) {
		*err = later;
		r = pointed;
	}
	return r;
}

int gv_batch_jobs(const struct gv_cli *cli, unsigned *ret, struct gv_err *err)
{
	const char *given = gv_cli_option(cli, "jobs"), *who = "--jobs";
	uint64_t jobs;
	long cpus;

	if (!given) {
		given = getenv("GOVERN_JOBS");
		given = given && given[0] ? given : NULL;
		who = "GOVERN_JOBS";
	}
	if (given) {
		if (gv_num_parse(given, strlen(given), JOBS_MAX, &jobs) < 0 || jobs == 0)
			return gv_err_set(err, -GV_EUSAGE,
					  "%s takes a number from 1 to %d, not '%s'", who,
					  JOBS_MAX, given);
		*ret = (unsigned)jobs;
		return 0;
	}
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	*ret = cpus < 2 ? 2 : cpus > 4 ? 4 : (unsigned)cpus;
	return 0;
}

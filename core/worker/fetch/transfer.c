// SPDX-License-Identifier: Apache-2.0
#include "core/worker/fetch/transfer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/worker/fetch/exchange.h"

enum {
	WAIT_FIRST_MS = 500,
	WAIT_LAST_MS = 8000,
	RETRY_AFTER_MAX_MS = 60 * 1000,
	WAIT_ALL_MS = 120 * 1000,
	TRIES_UNREACHED = 2,
	WORTH_IT = 1 << 20, /* bytes: an attempt that brought so much does not count */
};

static enum gv_outcome follow(struct gv_transfer *t, const struct gv_target *first)
{
	struct gv_target here = {.user = NULL};
	enum gv_outcome outcome;

	for (unsigned hop = 0;; hop++) {
		const struct gv_target *target = hop ? &here : first;
		struct gv_exchange x = {
			.transfer = t,
			.target = target,
			.hop = hop,
			/* Also back to where we came from, but in no other place. */
			.credentials =
				gv_target_same_origin(first, target) ? first : NULL,
		};
		struct gv_target next;

#ifdef GV_WITHOUT_ORIGIN /* tests/controls: the password goes along */
		x.credentials = first;
#endif
		outcome = gv_exchange_run(&x);
		if (outcome != GV_MOVED)
			break;
		if (hop == t->want->max_redirects) {
			(void)gv_err_set(&t->err, -GV_EREMOTE,
					 "'%s': more than %u redirects", first->shown,
					 t->want->max_redirects);
			outcome = GV_FATAL;
			break;
		}
		if (gv_target_redirect(target, x.location, t->want->allow_http, &next,
				       &t->err) < 0) {
			outcome = GV_FATAL;
			break;
		}
		here = next;
	}
	return outcome;
}

/* Between half of it and one and a half: a thousand nodes do not come back together. */
static int64_t jittered(int64_t ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = UINT32_MAX / 2;
	return ms / 2 + (int64_t)((uint64_t)ms * random >> 32);
}

static int64_t pause_before(const struct gv_transfer *t, unsigned tries)
{
	int64_t ms = WAIT_FIRST_MS;

#ifndef GV_WITHOUT_RETRY_AFTER /* tests/controls: we know better */
	if (t->retry_after >= 0)
		return t->retry_after * 1000;
#endif
	while (--tries > 0 && ms < WAIT_LAST_MS)
		ms *= 2;
	return jittered(ms);
}

/* False when the parent is gone; it says nothing while we work. */
static bool wait_ms(int out, int64_t ms)
{
	int64_t end = gv_clock_ms() + ms;
	struct pollfd parent = {.fd = out, .events = POLLIN | POLLRDHUP};

	while (ms > 0) {
		int n = poll(&parent, 1, (int)ms);

		if (n > 0 || (n < 0 && errno != EINTR))
			return false;
		ms = end - gv_clock_ms();
	}
	return true;
}

static enum gv_outcome asks_to_wait(struct gv_transfer *t, const struct gv_target *first)
{
	char until[GV_RFC3339_LEN];

	gv_clock_rfc3339(time(NULL) + t->retry_after, until);
	(void)gv_err_set(&t->err, -GV_EREMOTE,
			 "'%s': the server asks not to come back before %s", first->shown,
			 until);
	return GV_FATAL;
}

static enum gv_outcome run_attempts(struct gv_transfer *t, const struct gv_target *first)
{
	unsigned tries = 0;
	int64_t waited = 0;

	for (;;) {
		enum gv_outcome outcome;
		int64_t ms;

		t->received = 0;
		t->reached = t->restarted = false;
		t->retry_after = -1;
		outcome = follow(t, first);
		if (outcome == GV_WHOLE) {
			/* Happens once: without Range nothing can answer so. */
			t->whole = true;
			continue;
		}
		if (outcome != GV_AGAIN)
			return outcome;
		t->whole = false;
		tries = t->received >= WORTH_IT && !t->restarted ? 1 : tries + 1;
		if (tries > t->want->retries || (!t->reached && tries >= TRIES_UNREACHED))
			return GV_FATAL;
		ms = pause_before(t, tries);
		if (t->retry_after >= 0 && ms > RETRY_AFTER_MAX_MS)
			return asks_to_wait(t, first);
		if (waited + ms > WAIT_ALL_MS)
			return GV_FATAL;
		waited += ms;
		if (!wait_ms(t->out, ms))
			return GV_ALONE;
	}
}

static void copy_cut(char *ret, size_t cap, const char *s)
{
	struct gv_text t = gv_text_in(ret, cap);

	gv_text_add(&t, s);
}

static int send_failed(int out, const struct gv_err *err)
{
	struct gv_wire_failed failed = {.code = err->code};

	copy_cut(failed.message, sizeof(failed.message), err->message);
	copy_cut(failed.hint, sizeof(failed.hint), err->hint);
	return gv_wire_send(out, GV_WIRE_FAILED, &failed, sizeof(failed));
}

int gv_transfer_run(struct gv_handle *h, const struct gv_wire_request *want, int out)
{
	GV_CLEANUP(gv_target_release) struct gv_target first = {.user = NULL};
	struct gv_transfer t = {
		.handle = h,
		.want = want,
		.out = out,
		.at = want->offset,
	};

	memcpy(t.validator, want->validator, sizeof(t.validator));
	if (gv_target_parse(want->url, want->allow_http, &first, &t.err) < 0)
		return send_failed(out, &t.err);
	switch (run_attempts(&t, &first)) {
	case GV_DONE:
		return gv_wire_send(out, GV_WIRE_END, NULL, 0);
	case GV_ALONE:
		return -EPIPE;
	default:
		return send_failed(out, &t.err);
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/locked.h"

#include <errno.h>

#include "core/install/talk.h"

#define WAIT_MS (30L * 60 * 1000)

struct waiting {
	const struct gv_install *in;
	const char *name;
};

static void say_waiting(void *arg, const char *lock)
{
	const struct waiting *w = arg;

	(void)lock;
	gv_step(w->in, GV_STEP_WAIT, 0, 0);
	gv_talk(w->in, "%s: waiting for another process that works on it", w->name);
}

int gv_install_lock(const struct gv_install *in, const char *name, struct gv_lock *ret,
		    struct gv_err *err)
{
	struct waiting waiting = {in, name};
	int r = gv_store_lock(in->store, name, WAIT_MS, say_waiting, &waiting, ret);

	if (r == -EWOULDBLOCK)
		return gv_err_set(err, -GV_EFAILED,
				  "another process is still at work on %s", name);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot lock %s", name);
	if (r == 1 && in->store->writable) {
		struct gv_err why = GV_ERR_INIT;

		(void)gv_store_no_locks(in->store, &why);
		gv_warn(in, GV_WARNING_NO_LOCKS, "%s", why.message);
	}
	return 0;
}

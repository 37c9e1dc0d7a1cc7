// SPDX-License-Identifier: Apache-2.0
/* The store's hooks: which of them nobody runs. */
#include "core/cli/doctor/doctor.h"

#include <string.h>

#include "core/base/text.h"
#include "core/config/nearest.h"
#include "plugins/hooks/fit.h"

/* The last component, with the directory above it: "pre-install.d/10-x". */
static const char *short_name(const char *path)
{
	const char *s = strrchr(path, '/');

	while (s && s > path && s[-1] != '/')
		s--;
	return s ? s : path;
}

static void find_no_event(struct gv_doctor *d, const char *path)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_HOOK_EVENT);
	const char *name = strrchr(path, '/') + 1, *best = NULL;
	char all[128], word[64];
	struct gv_text t = gv_text_in(all, sizeof(all)),
		       w = gv_text_in(word, sizeof(word));

	gv_text_add_n(&w, name, strlen(name) - (gv_has_suffix(name, ".d") ? 2 : 0));
	for (size_t i = 0; gv_hook_events[i]; i++) {
		gv_text_format(&t, "%s%s.d", i ? ", " : "", gv_hook_events[i]);
		best = gv_nearer(word, best, gv_hook_events[i]);
	}
	gv_err_set(f, -GV_EFAILED, "'%s' is of no event that there is", path);
	if (best)
		gv_err_hint(f, "call it %s.d, and put programs into it", best);
	else
		gv_err_hint(f, "the events are %s", all);
}

static void on_oddity(void *arg, const char *path, int unfit)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	struct gv_doctor *d = arg;
	struct gv_err *f;
	const char *p;

	if (unfit == 0) {
		find_no_event(d, path);
		return;
	}
	f = gv_doctor_find(d, GV_CHECK_HOOK_PASSED);
	p = gv_word(&word, path);
	gv_err_set(f, -GV_EFAILED, "the hook '%s' is passed over: %s", short_name(path),
		   gv_unfit_text(unfit));
	if (unfit == GV_UNFIT_NOT_EXECUTABLE)
		gv_err_hint(f, "chmod +x %s", p);
	else if (unfit == GV_UNFIT_OPEN)
		gv_err_hint(f, "chmod o-w %s", p);
	else if (unfit == GV_UNFIT_ANOTHERS)
		gv_err_hint(f, "sudo chown root %s", p);
	else
		gv_err_hint(f, "rm %s, or put a program there", p);
}

void gv_doctor_hooks(struct gv_doctor *d)
{
	if (d->has_store)
		gv_hooks_inspect(d->cli->store.root, on_oddity, d);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/talk.h"

#include "core/base/text.h"

static void say(void (*how)(void *arg, const char *line), void *arg, const char *fmt,
		va_list ap)
{
	char line[2048];
	struct gv_text t = gv_text_in(line, sizeof(line));

	if (!how)
		return;
	gv_text_vformat_visible(&t, fmt, ap);
	how(arg, line);
}

void gv_talk(const struct gv_install *in, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(in->talk, in->talk_arg, fmt, ap);
	va_end(ap);
}

void gv_warn(const struct gv_install *in, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(in->warn, in->warn_arg, fmt, ap);
	va_end(ap);
}

void gv_step(const struct gv_install *in, enum gv_step step, uint64_t done,
	     uint64_t total)
{
	if (in->progress)
		in->progress(in->progress_arg, step, done, total);
}

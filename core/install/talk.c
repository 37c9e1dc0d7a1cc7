// SPDX-License-Identifier: Apache-2.0
#include "core/install/talk.h"

#include "core/base/text.h"

enum { LINE_MAX_BYTES = 2048 };

void gv_talk(const struct gv_install *in, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	struct gv_text t = gv_text_in(line, sizeof(line));
	va_list ap;

	if (!in->talk)
		return;
	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	in->talk(in->talk_arg, line);
}

void gv_warn(const struct gv_install *in, enum gv_warning what, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	struct gv_text t = gv_text_in(line, sizeof(line));
	va_list ap;

	if (!in->warn)
		return;
	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	in->warn(in->warn_arg, what, line);
}

void gv_step(const struct gv_install *in, enum gv_step step, uint64_t done,
	     uint64_t total)
{
	if (in->progress)
		in->progress(in->progress_arg, step, done, total);
}

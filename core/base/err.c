// SPDX-License-Identifier: Apache-2.0
#include "core/base/err.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

static void set(struct gv_err *err, int code, const char *fmt, va_list ap)
{
	struct gv_text t = gv_text_in(err->message, sizeof(err->message));

	gv_text_vformat_visible(&t, fmt, ap);
	err->code = code;
	err->line = 0;
	err->file[0] = '\0';
	err->hint[0] = '\0';
}

int gv_err_set(struct gv_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, code, fmt, ap);
	va_end(ap);
	return code;
}

int gv_err_at(struct gv_err *err, int code, const char *file, unsigned line,
	      const char *fmt, ...)
{
	struct gv_text t;
	va_list ap;

	va_start(ap, fmt);
	set(err, code, fmt, ap);
	va_end(ap);
	t = gv_text_in(err->file, sizeof(err->file));
	gv_text_add_visible(&t, file, strlen(file));
	err->line = line;
	return code;
}

int gv_err_hint(struct gv_err *err, const char *fmt, ...)
{
	struct gv_text t = gv_text_in(err->hint, sizeof(err->hint));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	if (t.cut)
		err->hint[0] = '\0';
	return err->code;
}

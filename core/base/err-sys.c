// SPDX-License-Identifier: Apache-2.0
/* Apart from err.c so that the shim, which has no use for it, links no strerror tables.
 */
#include "core/base/err.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

static const char *private_text(int code)
{
	switch (code) {
	case GV_EUSAGE:
		return "wrong usage";
	case GV_ENOTFOUND:
		return "not found";
	case GV_EVERIFY:
		return "verification failed";
	case GV_EPOLICY:
		return "refused by policy";
	case GV_EGONE:
		return "the server does not have it";
	case GV_EREMOTE:
		return "the server or the network failed";
	case GV_EPIN:
		return "the pin is not valid";
	case GV_ENOEXEC:
		return "cannot be executed";
	case GV_EINTERRUPTED:
		return "interrupted";
	case GV_EFORMAT:
		return "malformed";
	default:
		return "failed";
	}
}

const char *gv_err_text(int code)
{
	int positive = code < 0 ? -code : code;

	/* strerrordesc_np(3) is thread-safe and knows no locale; NULL for unknown
	 * numbers. */
	if (positive < GV_EFAILED) {
#ifdef __GLIBC__
		const char *text = strerrordesc_np(positive);
#else
		const char *text = strerror(positive);
#endif

		return text ? text : "unknown error";
	}
	return private_text(positive);
}

static const char *hint_for(int positive)
{
	switch (positive) {
	case ENOSPC:
		return "free some space there, then run the same command again";
	case EDQUOT:
		return "your quota there is used up: free some space, then run it again";
	case EROFS:
		return "that file system is read-only: choose another store with --root "
		       "DIR";
	case EACCES:
	case EPERM:
		return "run it as the owner, or choose another store with --root DIR";
	case EMFILE:
	case ENFILE:
		return "too many files are open: raise the limit (ulimit -n)";
	case ESTALE:
		return "the server of that file system changed it meanwhile: run it "
		       "again";
	default:
		return NULL;
	}
}

int gv_err_sys(struct gv_err *err, int code, const char *fmt, ...)
{
	struct gv_text t = gv_text_in(err->message, sizeof(err->message));
	const char *hint = hint_for(code < 0 ? -code : code);
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	gv_text_format(&t, ": %s", gv_err_text(code));
	err->code = code;
	err->line = 0;
	err->file[0] = '\0';
	err->hint[0] = '\0';
	if (hint)
		(void)gv_err_hint(err, "%s", hint); /* returns the code we have */
	return code;
}

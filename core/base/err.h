// SPDX-License-Identifier: Apache-2.0
/*
 * Errors: a number for the program, a sentence for the person.
 *
 * A fallible function returns an int: 0 or more is success, a negative number is either
 * -errno or one of the private codes below, negated.  Functions that know what to tell a
 * person take a last parameter `struct gv_err *err`:
 *
 *   - it is untouched on success;
 *   - it is set once, where the context is known (the file, the URL, the version);
 *     a caller that adds nothing passes the callee's error through unchanged;
 *   - `message` is one line, lower case, no full stop, says what failed, then why;
 *   - `hint`, when set, is a command to paste or one thing to do;
 *   - `file` and `line` are set when the error is about a place in a file; `message`
 *     names them too (the shim has only `message`).
 *
 * gv_err_set() and friends return the code they were given, so that a failing function
 * ends with `return gv_err_set(err, -GV_EVERIFY, "…", …);`.
 *
 * Formats understood: %s %.*s %c %d %u %ld %lu %lld %llu %zu %zd %x %%.  Nothing else:
 * the shim links this file and must not pull in stdio.  Arguments of %s that came from
 * the network or from a file are cleaned of control characters (shown as `?`) by the
 * function.
 */
#ifndef GV_BASE_ERR_H
#define GV_BASE_ERR_H

#include <stddef.h>

#include "core/base/attr.h"

enum gv_code {
	GV_EFAILED =
		1024, /* failed, and no errno names why                   -> exit 1 */
	GV_EUSAGE,    /* command line, configuration or pin is wrong      -> exit 2 */
	GV_ENOTFOUND, /* no such version, toolchain, tag                  -> exit 3 */
	GV_EVERIFY,   /* what is there contradicts what is known          -> exit 4 */
	GV_EPOLICY,   /* nothing is wrong, but it is not allowed          -> exit 4 */
	GV_EGONE,     /* a server says 404 or 410                         -> exit 3 */
	GV_EREMOTE,   /* a server or the network failed in another way    -> exit 1 */
	GV_EPIN, /* a pin, or a file holding one, is not valid       -> exit 2; shim 127
		  */
	GV_ENOEXEC, /* the program is there and cannot be executed      -> exit 1; shim
		       126 */
	GV_EINTERRUPTED, /* SIGINT or SIGTERM arrived: clean up and leave            */
	GV_EFORMAT,	 /* bytes that do not parse as what they should be   -> exit 1 */
};

struct gv_err {
	int code;	 /* negative, as returned; 0: not set */
	unsigned line;	 /* 1-based; 0: none */
	char file[1024]; /* "": none */
	char message[1536];
	char hint[512]; /* "": none */
};

#define GV_ERR_INIT ((struct gv_err){0})

/* Sets code and message; clears file, line and hint.  Returns `code`. */
int gv_err_set(struct gv_err *err, int code, const char *fmt, ...)
	GV_NONNULL(1, 3) GV_PRINTF(3, 4);

/* As gv_err_set(), and records the place; the message should name it as `file:line`. */
int gv_err_at(struct gv_err *err, int code, const char *file, unsigned line,
	      const char *fmt, ...) GV_NONNULL(1, 3, 5) GV_PRINTF(5, 6);

/* As gv_err_set() for a failed system call: ": <text of errno>" is appended.  `code` is
 * -errno.  ENOSPC, EDQUOT, EROFS, EACCES get the hint that fits. */
int gv_err_sys(struct gv_err *err, int code, const char *fmt, ...)
	GV_NONNULL(1, 3) GV_PRINTF(3, 4);

/* Adds the hint to an error that is set.  Returns its code. */
int gv_err_hint(struct gv_err *err, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);

/* The text for -errno or a private code; never NULL. */
const char *gv_err_text(int code);

#endif

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
 *   - `hint`, when set, is a command to paste or one thing to do; half a command is none:
 *     what does not fit is left out.  Paths in it are words (gv_word(), core/base/buf.h);
 *   - `file` and `line` are set when the error is about a place in a file; `message`
 *     names them too (the shim has only `message`).
 *
 * gv_err_set() and friends return the code they were given, so that a failing function
 * ends with `return gv_err_set(err, -GV_EVERIFY, "…", …);`.
 *
 * Formats understood: %s %.*s %c %d %u %ld %lu %lld %llu %zu %zd %x %%.  Nothing else:
 * the shim links this file and must not pull in stdio.  Arguments of %s that came from
 * the network or from a file are cleaned of what is no text (shown as `?`, see
 * gv_text_add_visible()) by the function.
 */
#ifndef GV_BASE_ERR_H
#define GV_BASE_ERR_H

#include <stddef.h>

#include "core/base/attr.h"

/* Behind each: the exit status of govern; the shim's only where it is said. */
enum gv_code {
	GV_EFAILED = 1024, /* 1: failed, and no errno names why */
	GV_EUSAGE,	   /* 2: command line or configuration is wrong */
	GV_ENOTFOUND,	   /* 3: no such version, toolchain, tag */
	GV_EVERIFY,	   /* 4: what is there contradicts what is known */
	GV_EPOLICY,	   /* 4, shim 126: nothing is wrong, but it is not allowed */
	GV_EGONE,	   /* 3: a server says 404 or 410 */
	GV_EREMOTE,	   /* 1: a server or the network failed in another way */
	GV_EPIN,	   /* 2, shim 127: a pin, or a file holding one, is not valid */
	GV_ENOEXEC,	   /* 1, shim 126: the program is there and cannot be executed */
	GV_EINTERRUPTED,   /* the signal itself: clean up and leave */
	GV_EFORMAT,	   /* 1: bytes that do not parse as what they should be */
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
	GV_NONNULL(1, 3) GV_PRINTF(3, 4) GV_COLD;

/* As gv_err_set(), and records the place; the message should name it as `file:line`. */
int gv_err_at(struct gv_err *err, int code, const char *file, unsigned line,
	      const char *fmt, ...) GV_NONNULL(1, 3, 5) GV_PRINTF(5, 6) GV_COLD;

/* As gv_err_set() for a failed system call: ": <text of errno>" is appended.  `code` is
 * -errno.  ENOSPC, EDQUOT, EROFS, EACCES get the hint that fits. */
int gv_err_sys(struct gv_err *err, int code, const char *fmt, ...)
	GV_NONNULL(1, 3) GV_PRINTF(3, 4) GV_COLD;

/* Adds the hint to an error that is set.  Returns its code. */
int gv_err_hint(struct gv_err *err, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3) GV_COLD;

/* The text for -errno or a private code; never NULL. */
const char *gv_err_text(int code);

#endif

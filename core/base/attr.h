// SPDX-License-Identifier: Apache-2.0
/*
 * Attributes that every prototype of this project may carry, under short names.
 * No macro here hides control flow.
 */
#ifndef GV_BASE_ATTR_H
#define GV_BASE_ATTR_H

#define GV_MUST		     __attribute__((warn_unused_result))
#define GV_NONNULL(...)	     __attribute__((nonnull(__VA_ARGS__)))
#define GV_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define GV_NORETURN	     __attribute__((noreturn))
#define GV_CLEANUP(fn)	     __attribute__((cleanup(fn)))
/* Not called by a shim that finds what it looks for: laid out apart from what is. */
#define GV_COLD __attribute__((cold))

#define GV_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

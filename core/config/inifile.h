// SPDX-License-Identifier: Apache-2.0
/*
 * One govern.ini, read strictly and whole: either every line of it is good, or none
 * counts. Private to core/config/; inifile.c is the only user of inih.
 */
#ifndef GV_CONFIG_INIFILE_H
#define GV_CONFIG_INIFILE_H

#include "core/config/config.h"

/* Largest file, in bytes. */
#define GV_INIFILE_MAX (64u << 10)

struct gv_inifile {
	const char *path;      /* for messages */
	bool may_lock;	       /* [policy] may have `lock` here */
	char *values[GV_KEYS]; /* NULL: not in this file */
	unsigned lines[GV_KEYS];
	char *lock; /* [policy] lock, as written; NULL */
	unsigned lock_line;
};

/* Reads the file at ini->path.  1: there is none.  -GV_EUSAGE naming file and line. */
int gv_inifile_read(struct gv_inifile *ini, struct gv_err *err) GV_MUST GV_NONNULL(1, 2);
/* The same for text in memory. */
int gv_inifile_parse(struct gv_inifile *ini, const char *text, size_t n,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 4);
void gv_inifile_release(struct gv_inifile *ini);

#endif

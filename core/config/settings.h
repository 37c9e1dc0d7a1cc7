// SPDX-License-Identifier: Apache-2.0
/*
 * The table of settings: name, default, and what a value must look like.  Private to
 * core/config/.
 */
#ifndef GV_CONFIG_SETTINGS_H
#define GV_CONFIG_SETTINGS_H

#include "core/config/config.h"

struct gv_setting_def {
	const char *key;       /* "section.name" */
	const char *otherwise; /* of a setting that has one value */
	enum {
		GV_VALUE_TEXT,
		GV_VALUE_SOURCES,
		GV_VALUE_URLS,
		GV_VALUE_TRUST,
		GV_VALUE_NUMBER,
		GV_VALUE_LOG,
		GV_VALUE_BOOL,
		GV_VALUE_BOOL_OR_ALWAYS,
		GV_VALUE_SPECS,
		GV_VALUE_DURATION,
	} kind;
	uint64_t max; /* of a number */
};

extern const struct gv_setting_def gv_setting_defs[GV_KEYS];

/* Which setting `section` and `name` are; -1. */
int gv_setting_find(const char *section, const char *name) GV_NONNULL(1, 2);
/* Whether there is such a section. */
bool gv_setting_section(const char *name) GV_NONNULL(1);
/* What was probably meant; NULL when nothing is near. */
const char *gv_setting_guess(const char *section, const char *name) GV_NONNULL(1, 2);
const char *gv_setting_guess_section(const char *name) GV_NONNULL(1);

/* NULL when the value is good, else what it must be: "a number, at most 60". */
const char *gv_setting_check(const struct gv_setting_def *def, const char *value)
	GV_NONNULL(1, 2);

#endif

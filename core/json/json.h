// SPDX-License-Identifier: Apache-2.0
/*
 * JSON, read and written by jansson; the only user of it.
 *
 * A gv_json is a reference to a value.  gv_json_parse() and the gv_json_new_*() functions
 * give one that the caller frees; a value handed to gv_json_set() or gv_json_append() is
 * taken over (also on failure); what gv_json_get(), gv_json_at() return is borrowed and
 * lives as long as its parent.
 *
 * Writing: errors are sticky.  Additions return nothing; gv_json_dump() reports -ENOMEM
 * when one failed.  Text that is not UTF-8 is stored with each bad byte as U+FFFD.
 */
#ifndef GV_JSON_JSON_H
#define GV_JSON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/buf.h"

struct gv_json;

/* One object or array and nothing behind it; duplicate keys are refused.  NULL when it
 * does not parse (*ret_line, when wanted: the line). */
struct gv_json *gv_json_parse(const char *data, size_t n, unsigned *ret_line)
	GV_MUST GV_NONNULL(1);
void gv_json_free(struct gv_json *j);
void gv_json_cleanup(struct gv_json **j); /* for GV_CLEANUP */

/* Reading: a wrong type or an absent key is NULL, or the `otherwise` given. */
struct gv_json *gv_json_get(const struct gv_json *object, const char *key) GV_NONNULL(2);
const char *gv_json_str(const struct gv_json *object, const char *key) GV_NONNULL(2);
int64_t gv_json_int(const struct gv_json *object, const char *key, int64_t otherwise)
	GV_NONNULL(2);
bool gv_json_bool(const struct gv_json *object, const char *key, bool otherwise)
	GV_NONNULL(2);
bool gv_json_is_object(const struct gv_json *j);
bool gv_json_is_array(const struct gv_json *j);
size_t gv_json_count(const struct gv_json *array); /* 0 when it is none */
struct gv_json *gv_json_at(const struct gv_json *array, size_t i);
const char *gv_json_str_at(const struct gv_json *array, size_t i);
/* The text of a value itself; NULL when it is none. */
const char *gv_json_text(const struct gv_json *j);
/* Each member of an object, in order; a negative answer ends it and is returned. */
typedef int gv_json_member(void *arg, const char *key, const struct gv_json *value);
int gv_json_each(const struct gv_json *object, gv_json_member *visit, void *arg)
	GV_MUST GV_NONNULL(2);
/* One more reference to a borrowed value, to be freed or handed over; neither may be
 * changed from then on. */
struct gv_json *gv_json_share(const struct gv_json *j) GV_MUST;

/* Writing: keys keep the order in which they were set. */
struct gv_json *gv_json_new_object(void);
struct gv_json *gv_json_new_array(void);
void gv_json_set(struct gv_json *object, const char *key, struct gv_json *value)
	GV_NONNULL(2);
/* NULL text becomes null. */
void gv_json_set_str(struct gv_json *object, const char *key, const char *value)
	GV_NONNULL(2);
void gv_json_set_int(struct gv_json *object, const char *key, int64_t value)
	GV_NONNULL(2);
void gv_json_set_real(struct gv_json *object, const char *key, double value)
	GV_NONNULL(2);
void gv_json_set_bool(struct gv_json *object, const char *key, bool value) GV_NONNULL(2);
void gv_json_append(struct gv_json *array, struct gv_json *value);
void gv_json_append_str(struct gv_json *array, const char *value);
/* Adds the text to `ret`, indented by 2 when `pretty`, a newline at the end. */
int gv_json_dump(const struct gv_json *j, bool pretty, struct gv_buf *ret)
	GV_MUST GV_NONNULL(3);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/json/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "core/base/utf8.h"

/* A gv_json is a json_t under a name that does not need jansson's header. */

/* An addition to what this thread builds could not be made: the next dump says so. */
static _Thread_local bool addition_failed;

static json_t *value_of(const struct gv_json *j)
{
	/* jansson counts references in the value, also for those who only read */
	union {
		const struct gv_json *ours;
		json_t *theirs;
	} u = {.ours = j};

	return u.theirs;
}

static struct gv_json *ours(json_t *j)
{
	return (struct gv_json *)j;
}

/* -- reading ------------------------------------------------------------------------- */

struct gv_json *gv_json_parse(const char *data, size_t n, unsigned *ret_line)
{
	json_error_t error;
	json_t *j = json_loadb(data, n, JSON_REJECT_DUPLICATES, &error);

	if (!j && ret_line)
		*ret_line = error.line > 0 ? (unsigned)error.line : 1;
	return ours(j);
}

struct gv_json *gv_json_share(const struct gv_json *j)
{
	return ours(json_incref(value_of(j)));
}

void gv_json_free(struct gv_json *j)
{
	json_decref(value_of(j));
}

void gv_json_cleanup(struct gv_json **j)
{
	gv_json_free(*j);
}

struct gv_json *gv_json_get(const struct gv_json *object, const char *key)
{
	return ours(json_object_get(value_of(object), key));
}

const char *gv_json_str(const struct gv_json *object, const char *key)
{
	return json_string_value(json_object_get(value_of(object), key));
}

int64_t gv_json_int(const struct gv_json *object, const char *key, int64_t otherwise)
{
	const json_t *j = json_object_get(value_of(object), key);

	return json_is_integer(j) ? (int64_t)json_integer_value(j) : otherwise;
}

bool gv_json_bool(const struct gv_json *object, const char *key, bool otherwise)
{
	const json_t *j = json_object_get(value_of(object), key);

	return json_is_boolean(j) ? json_is_true(j) : otherwise;
}

bool gv_json_is_object(const struct gv_json *j)
{
	return json_is_object(value_of(j));
}

bool gv_json_is_array(const struct gv_json *j)
{
	return json_is_array(value_of(j));
}

size_t gv_json_count(const struct gv_json *array)
{
	return json_array_size(value_of(array));
}

struct gv_json *gv_json_at(const struct gv_json *array, size_t i)
{
	return ours(json_array_get(value_of(array), i));
}

const char *gv_json_str_at(const struct gv_json *array, size_t i)
{
	return json_string_value(json_array_get(value_of(array), i));
}

const char *gv_json_text(const struct gv_json *j)
{
	return json_string_value(value_of(j));
}

int gv_json_each(const struct gv_json *object, gv_json_member *visit, void *arg)
{
	json_t *o = value_of(object);
	int r = 0;

	for (void *i = json_object_iter(o); i && r >= 0; i = json_object_iter_next(o, i))
		r = visit(arg, json_object_iter_key(i), ours(json_object_iter_value(i)));
	return r;
}

/* -- writing ------------------------------------------------------------------------- */

static json_t *text_value(const char *text)
{
	json_t *j = json_string(text);

	if (j)
		return j;
	/* not UTF-8, or no memory */
	GV_CLEANUP(gv_buf_release) struct gv_buf clean = GV_BUF_INIT(0);
	size_t n = strlen(text);
	uint32_t c = 0;

	for (size_t i = 0; i < n;) {
		size_t len = gv_utf8_next(text + i, n - i, &c);

		if (len)
			gv_buf_add(&clean, text + i, len);
		else
			gv_buf_add_str(&clean, "\xef\xbf\xbd");
		i += len ? len : 1;
	}
	return gv_buf_error(&clean) || !clean.data ? NULL : json_string(clean.data);
}

static void set(struct gv_json *object, const char *key, json_t *value)
{
	if (json_object_set_new(value_of(object), key, value) < 0)
		addition_failed = true;
}

static void append(struct gv_json *array, json_t *value)
{
	if (json_array_append_new(value_of(array), value) < 0)
		addition_failed = true;
}

struct gv_json *gv_json_new_object(void)
{
	return ours(json_object());
}

struct gv_json *gv_json_new_array(void)
{
	return ours(json_array());
}

void gv_json_set(struct gv_json *object, const char *key, struct gv_json *value)
{
	set(object, key, value_of(value));
}

void gv_json_set_str(struct gv_json *object, const char *key, const char *value)
{
	set(object, key, value ? text_value(value) : json_null());
}

void gv_json_set_int(struct gv_json *object, const char *key, int64_t value)
{
	set(object, key, json_integer(value));
}

void gv_json_set_real(struct gv_json *object, const char *key, double value)
{
	/* JSON has no word for infinity */
	set(object, key, isfinite(value) ? json_real(value) : json_null());
}

void gv_json_set_bool(struct gv_json *object, const char *key, bool value)
{
	set(object, key, json_boolean(value));
}

void gv_json_append(struct gv_json *array, struct gv_json *value)
{
	append(array, value_of(value));
}

void gv_json_append_str(struct gv_json *array, const char *value)
{
	append(array, value ? text_value(value) : json_null());
}

static int dump_some(const char *data, size_t n, void *arg)
{
	return gv_buf_add(arg, data, n);
}

int gv_json_dump(const struct gv_json *j, bool pretty, struct gv_buf *ret)
{
	/* 15 digits: 0.1 is written as 0.1 */
	size_t flags = JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY |
		       (pretty ? JSON_INDENT(2) : JSON_COMPACT);
	bool failed = addition_failed;

	addition_failed = false;
	if (failed || !j)
		return -ENOMEM;
	if (json_dump_callback(value_of(j), dump_some, ret, flags) < 0) {
		int r = gv_buf_error(ret);

		return r ? r : -ENOMEM;
	}
	gv_buf_add(ret, "\n", 1);
	return gv_buf_error(ret);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/config/goenv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"

#define FILE_MAX (256u << 10)

static int answer(const char *value, size_t n, const char *origin, char **ret_value,
		  char **ret_origin, struct gv_err *err)
{
	char *v = strndup(value, n), *o = strdup(origin);

	if (!v || !o) {
		free(v);
		free(o);
		return gv_err_sys(err, -ENOMEM, "cannot read Go's settings");
	}
	*ret_value = v;
	*ret_origin = o;
	return 0;
}

/*
 * Go's format: KEY=VALUE lines, nothing quoted, nothing trimmed; a line without "=", or
 * that does not begin with A to Z, says nothing.  In the user's file the last line for a
 * key counts, in a GOROOT's go.env the first.
 */
static const char *find_line(const struct gv_buf *text, const char *key, bool last,
			     size_t *ret_n)
{
	const char *p = text->data, *end = p + text->len, *found = NULL;
	size_t n = strlen(key);

	while (p < end && (last || !found)) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((eol ? eol : end) - p);

		if (len > n && memcmp(p, key, n) == 0 && p[n] == '=') {
			found = p + n + 1;
			*ret_n = len - n - 1;
			if (*ret_n > 0 && found[*ret_n - 1] == '\r')
				(*ret_n)--;
		}
		p += len + 1;
	}
	return found;
}

/* 0: found, 1: this file says nothing.  One that cannot be read says nothing, as for Go.
 */
static int ask_file(const char *path, const char *key, bool last, char **ret_value,
		    char **ret_origin, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);
	const char *value;
	size_t n = 0;

	if (gv_read_file(AT_FDCWD, path, &text) < 0 || !text.data)
		return 1;
	value = find_line(&text, key, last, &n);
	if (!value || n == 0 || memchr(value, '\0', n))
		return 1;
	return answer(value, n, path, ret_value, ret_origin, err);
}

/* The path of the user's file, or NULL when there is none or it is switched off. */
static char *user_file(void)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	const char *given = getenv("GOENV"), *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (given && given[0]) {
		/* Go takes any path; what lies in a working directory never counts here.
		 */
		return given[0] == '/' ? strdup(given) : NULL;
	}
	if (config && config[0])
		gv_buf_format(&path, "%s/go/env", config);
	else if (home)
		gv_buf_format(&path, "%s/.config/go/env", home);
	return path.data && path.data[0] == '/' ? gv_buf_take(&path) : NULL;
}

int gv_goenv_find_written(const char *key, char **ret_value, char **ret_origin,
			  struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *user = user_file();

	return user ? ask_file(user, key, true, ret_value, ret_origin, err) : 1;
}

int gv_goenv_find(const char *key, const char *const *go_env_files, char **ret_value,
		  char **ret_origin, struct gv_err *err)
{
	const char *value = getenv(key);
	int r;

	if (value && value[0])
		return answer(value, strlen(value), key, ret_value, ret_origin, err);
	r = gv_goenv_find_written(key, ret_value, ret_origin, err);
	for (size_t i = 0; r == 1 && go_env_files && go_env_files[i]; i++)
		r = ask_file(go_env_files[i], key, false, ret_value, ret_origin, err);
	return r;
}

/* The line for a key that is already there gives way. */
static int put_line(struct gv_list *l, const char *line, size_t n)
{
	size_t key = (size_t)((const char *)memchr(line, '=', n) - line) + 1;

	for (size_t i = 0; i < l->n; i++) {
		if (strncmp(l->items[i], line, key) != 0)
			continue;
		free(l->items[i]);
		l->items[i] = l->items[--l->n];
	}
	return gv_list_add_n(l, line, n);
}

int gv_goenv_list_written(char **ret_path, struct gv_list *ret)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);
	GV_CLEANUP(gv_free_str) char *path = user_file();
	int r = 0;

	if (!path || gv_read_file(AT_FDCWD, path, &text) < 0)
		return 0;
	for (const char *p = text.data; p && *p && r == 0;) {
		size_t n = strcspn(p, "\r\n");

		if (*p >= 'A' && *p <= 'Z' && memchr(p, '=', n))
			r = put_line(ret, p, n);
		p += n + strspn(p + n, "\r\n");
	}
	if (r == 0) {
		*ret_path = path;
		path = NULL;
	}
	return r;
}

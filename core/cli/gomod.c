// SPDX-License-Identifier: Apache-2.0
#include "core/cli/gomod.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

const char *gv_gomod_find(const char *text, size_t n, const char *word, size_t *ret_len)
{
	const char *end = text + n;
	size_t len = strlen(word);

	for (const char *line = text; line < end;) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));
		const char *p = line, *stop = eol ? eol : end;

		line = eol ? eol + 1 : end;
		while (p < stop && is_blank(*p))
			p++;
		if ((size_t)(stop - p) <= len || memcmp(p, word, len) != 0 ||
		    (p[len] != ' ' && p[len] != '\t'))
			continue;
		p += len;
		for (const char *c = p; c + 1 < stop; c++) {
			if (c[0] == '/' && c[1] == '/') {
				stop = c;
				break;
			}
		}
		while (p < stop && is_blank(*p))
			p++;
		while (stop > p && is_blank(stop[-1]))
			stop--;
		*ret_len = (size_t)(stop - p);
		return p;
	}
	return NULL;
}

/* -- the one in force ---------------------------------------------------------------- */

/* The file of that name in the working directory or the nearest one above. */
static bool find_above(const char *name, char ret[PATH_MAX], struct gv_buf *text)
{
	char dir[PATH_MAX];

	if (!getcwd(dir, sizeof(dir)) || dir[0] != '/')
		return false;
	for (;;) {
		struct gv_text t = gv_text_in(ret, PATH_MAX);
		char *slash = strrchr(dir, '/');

		gv_text_format(&t, "%s/%s", dir, name);
		gv_buf_clear(text);
		if (!t.cut && gv_read_file(AT_FDCWD, ret, text) == 0 && text->data)
			return true;
		if (!slash || !dir[0])
			return false;
		*slash = '\0';
	}
}

bool gv_gomod_floor(char ret_file[PATH_MAX], struct gv_version *ret)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOMOD_MAX);
	const char *work = getenv("GOWORK"), *value;
	char file[PATH_MAX];
	size_t n;

	if ((work && work[0]) || !find_above("go.work", file, &text))
		if (!find_above("go.mod", file, &text))
			return false;
	value = gv_gomod_find(text.data, text.len, "go", &n);
	if (!value || gv_version_parse_bare(value, n, ret) < 0)
		return false;
	memcpy(ret_file, file, sizeof(file));
	return true;
}

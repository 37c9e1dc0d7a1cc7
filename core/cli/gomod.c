// SPDX-License-Identifier: Apache-2.0
#include "core/cli/gomod.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/replace.h"
#include "core/config/dirs.h"
#include "core/config/goenv.h"

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

/* What GOFLAGS=-modfile=FILE puts in the place of go.mod.  Go goes by it once it runs:
 * one that is older than it asks for ends there. */
static const char *modfile(char ret[PATH_MAX])
{
	GV_CLEANUP(gv_free_str) char *flags = NULL, *origin = NULL;
	struct gv_err ignored = GV_ERR_INIT;
	const char *found = NULL;
	char *state = NULL;

	if (gv_goenv_find("GOFLAGS", NULL, &flags, &origin, &ignored) != 0 || !flags)
		return NULL;
	for (char *w = strtok_r(flags, " \t", &state); w;
	     w = strtok_r(NULL, " \t", &state)) {
		const char *value = gv_after_prefix(w, "-modfile=");

		value = value ? value : gv_after_prefix(w, "--modfile=");
		if (value && value[0] && strlen(value) < PATH_MAX)
			found = memcpy(ret, value, strlen(value) + 1);
	}
	return found;
}

/* -- as a pin ------------------------------------------------------------------------ */

/* The line of that name as a version; 1: there is none. */
static int mod_line(const char *file, const struct gv_buf *text, const char *name,
		    struct gv_version *ret, struct gv_err *err)
{
	char word[GV_NAME_MAX];
	const char *value = NULL;
	size_t n = 0;

	if (text->data)
		value = gv_gomod_find(text->data, text->len, name, &n);
	if (!value || n == 0 || n >= sizeof(word) ||
	    (n == strlen("default") && memcmp(value, "default", n) == 0))
		return 1;
	memcpy(word, value, n);
	word[n] = '\0';
	if (gv_version_parse(word, n, ret) < 0 && gv_version_parse_bare(word, n, ret) < 0)
		return gv_err_at(err, -GV_EPIN, file, 0,
				 "%s: '%s' is not a version of Go", file, word);
	return 0;
}

int gv_gomod_asks(struct gv_spec *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOMOD_MAX);
	const char *work = getenv("GOWORK"), *file = "go.work";
	struct gv_version toolchain, go;
	char other[PATH_MAX];
	int r = work && work[0] ? 1 : gv_user_file_load(file, &text, err);
	int has_go;

	if (r == 1) {
		file = modfile(other);
		file = file ? file : "go.mod";
		r = gv_user_file_load(file, &text, err);
	}
	if (r == 1) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no %s here", file);
		return gv_err_hint(err, "govern pin 1.22");
	}
	if (r == 0)
		r = mod_line(file, &text, "toolchain", &toolchain, err);
	if (r < 0)
		return r;
	has_go = mod_line(file, &text, "go", &go, err);
	if (has_go < 0)
		return has_go;
	if (r == 1 && has_go == 1) {
		gv_err_at(err, -GV_ENOTFOUND, file, 0,
			  "%s has neither a toolchain nor a go line", file);
		return gv_err_hint(err, "govern pin 1.22");
	}
	if (r == 1 || (has_go == 0 && gv_version_compare(&toolchain, &go) < 0))
		toolchain = go;
	/* `go 1.22` is a floor that every patch of the line meets: the newest, then. */
	return gv_spec_parse(toolchain.name, strlen(toolchain.name), GV_SPEC_PIN, ret,
			     err);
}

/* -- the one in force ---------------------------------------------------------------- */

/* The file of that name in the working directory or the nearest one above. */
static bool find_above(const char *name, char ret[PATH_MAX], struct gv_buf *text)
{
	char dir[PATH_MAX];

	if (gv_dirs_working(dir) < 0 || dir[0] != '/')
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

	if ((work && work[0]) || !find_above("go.work", file, &text)) {
		gv_buf_clear(&text);
		if (modfile(file) ? gv_read_file(AT_FDCWD, file, &text) < 0 || !text.data
				  : !find_above("go.mod", file, &text))
			return false;
	}
	value = gv_gomod_find(text.data, text.len, "go", &n);
	if (!value || gv_version_parse_bare(value, n, ret) < 0)
		return false;
	memcpy(ret_file, file, sizeof(file));
	return true;
}

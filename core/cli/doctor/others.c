// SPDX-License-Identifier: Apache-2.0
/* Files in which other tools find a version, and which one that is. */
#include "core/cli/doctor/doctor.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/adopt/misetoml.h"
#include "core/cli/gomod.h"
#include "core/cli/installed.h"
#include "core/version/spec.h"

#define FILE_MAX (256u << 10)

/* The version that runs here; false: none, or it has no known one. */
static bool here(const struct gv_doctor *d, struct gv_version *ret)
{
	char name[GV_NAME_MAX];

	if (d->no_choice.code < 0)
		return false;
	gv_cli_version_of(d->choice, name);
	return gv_version_parse(name, strlen(name), ret) == 0;
}

/* Whether the word asks for a version other than that, as far as that can be told. */
static bool is_another(const char *word, size_t n, const struct gv_version *v)
{
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_spec spec;

	if (gv_spec_parse(word, n, GV_SPEC_COMMAND, &spec, &ignored) < 0)
		return false;
	if (spec.kind == GV_SPEC_EXACT)
		return strcmp(spec.version.name, v->name) != 0;
	return (spec.kind == GV_SPEC_LINE || spec.kind == GV_SPEC_RANGE) &&
	       !gv_spec_matches(&spec, v);
}

/* -- mise and its kin ---------------------------------------------------------------- */

static void look_at_toml(struct gv_doctor *d, int dirfd, const char *dir,
			 const struct gv_version *v)
{
	static const struct {
		const char *file, *tool, *section;
	} files[] = {
		{"mise.toml", "mise", ""},
		{".mise.toml", "mise", ""},
		{".config/mise.toml", "mise", ""},
		{".vfox.toml", "vfox", ""},
		{".prototools", "proto",
		 "[tools]\n"}, /* which it has without saying so */
	};

	for (size_t i = 0; i < GV_COUNT(files); i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf read = GV_BUF_INIT(FILE_MAX);
		GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
		struct gv_mise_go found;
		char path[PATH_MAX];
		struct gv_text t = gv_text_in(path, sizeof(path));
		struct gv_err *f;

		if (gv_read_file(dirfd, files[i].file, &read) < 0 || !read.data)
			continue;
		gv_buf_format(&text, "%s%s", files[i].section, read.data);
		if (gv_buf_error(&text) < 0 ||
		    gv_mise_find_go(text.data, text.len, &found) != 0 ||
		    !is_another(found.word, found.n, v))
			continue;
		found.line -= files[i].section[0] != '\0';
		gv_text_format(&t, "%s/%s", dir, files[i].file);
		f = gv_doctor_find(d, GV_CHECK_PIN_OTHER_FILE);
		gv_err_at(f, -GV_EFAILED, path, found.line,
			  "%s:%u: %s takes '%.*s', and %s runs here", path, found.line,
			  files[i].tool, (int)found.n, found.word, v->name);
		gv_err_hint(f, "let both say the same, or remove one of them");
	}
}

/* -- workflows ----------------------------------------------------------------------- */

struct workflow {
	struct gv_doctor *d;
	int dirfd; /* of the repository */
	const char *path;
	unsigned line;
	const struct gv_version *v; /* NULL: not known */
};

/* 1.20 without quotes, which is the number 1.2. */
static bool loses_zero(const char *s, size_t n)
{
	return n > 3 && memcmp(s, "1.", 2) == 0 && s[n - 1] == '0' &&
	       strspn(s + 2, "0123456789") >= n - 2;
}

static void look_at_value(struct workflow *w, const char *s, size_t n, bool in_list)
{
	bool quoted = n > 1 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0];
	struct gv_err *f;

	if (!quoted && loses_zero(s, n)) {
		f = gv_doctor_find(w->d, GV_CHECK_WORKFLOW_NUMBER);
		gv_err_at(f, -GV_EFAILED, w->path, w->line,
			  "%s:%u: go-version %.*s is taken for %.*s", w->path, w->line,
			  (int)n, s, (int)n - 1, s);
		gv_err_hint(f, "write it in quotes: '%.*s'", (int)n, s);
		return;
	}
	if (quoted) {
		s++;
		n -= 2;
	}
	/* A list is there to try several. */
	if (in_list || !w->v || !is_another(s, n, w->v))
		return;
	f = gv_doctor_find(w->d, GV_CHECK_WORKFLOW_VERSION);
	gv_err_at(f, -GV_EFAILED, w->path, w->line,
		  "%s:%u: setup-go takes '%.*s', and %s runs here", w->path, w->line,
		  (int)n, s, w->v->name);
	gv_err_hint(f, "write there: go-version-file: .go-version");
}

/* go-version-file: go.mod, whose toolchain or go line is taken. */
static void look_at_gomod(struct workflow *w)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOMOD_MAX);
	const char *value;
	size_t n;

	if (gv_read_file(w->dirfd, "go.mod", &text) < 0 || !text.data)
		return;
	value = gv_gomod_find(text.data, text.len, "toolchain", &n);
	if (!value)
		value = gv_gomod_find(text.data, text.len, "go", &n);
	if (value && !loses_zero(value, n))
		look_at_value(w, value, n, false);
}

static void look_at_list(struct workflow *w, const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end) {
		const char *from = s + strspn(s, "[, ");
		size_t len = strcspn(from, ",] \r\n");

		if (from >= end || len == 0)
			return;
		look_at_value(w, from, len, true);
		s = from + len;
	}
}

static void look_at_workflow_line(struct workflow *w, const char *line, size_t n)
{
	const char *p = line + strspn(line, " -"), *value;
	size_t len;

	if (p >= line + n)
		return;
	value = gv_after_prefix(p, "go-version:");
	if (value) {
		value += strspn(value, " ");
		len = strcspn(value, " \r\n#");
		if (*value == '[')
			look_at_list(w, value, (size_t)(line + n - value));
		else if (len)
			look_at_value(w, value, len, false);
		return;
	}
	value = gv_after_prefix(p, "go-version-file:");
	if (!value)
		return;
	value += strspn(value, " '\"");
	len = strcspn(value, " '\"\r\n#");
	if (len == strlen("go.mod") && memcmp(value, "go.mod", len) == 0)
		look_at_gomod(w);
}

static void look_at_workflows(struct gv_doctor *d, int dirfd, const char *dir,
			      const struct gv_version *v)
{
	static const char place[] = ".github/workflows";
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int fd = gv_open_dir(dirfd, place);
	char path[PATH_MAX];

	if (fd < 0 || gv_list_dir(fd, ".", &entries) < 0)
		return;
	for (size_t i = 0; i < entries.n; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);
		struct gv_text t = gv_text_in(path, sizeof(path));
		struct workflow w = {.d = d, .dirfd = dirfd, .path = path, .v = v};
		const char *line, *end, *eol;

		if ((!gv_has_suffix(entries.items[i], ".yml") &&
		     !gv_has_suffix(entries.items[i], ".yaml")) ||
		    gv_read_file(fd, entries.items[i], &text) < 0 || !text.data)
			continue;
		gv_text_format(&t, "%s/%s/%s", dir, place, entries.items[i]);
		end = text.data + text.len;
		for (line = text.data; line < end; line = eol ? eol + 1 : end) {
			eol = memchr(line, '\n', (size_t)(end - line));
			w.line++;
			look_at_workflow_line(&w, line,
					      (size_t)((eol ? eol : end) - line));
		}
	}
}

void gv_doctor_others(struct gv_doctor *d, int dirfd, const char *dir)
{
	struct gv_version v;
	bool known = here(d, &v);

	if (known)
		look_at_toml(d, dirfd, dir, &v);
	look_at_workflows(d, dirfd, dir,
			  known && d->choice->kind == GV_KIND_FILE ? &v : NULL);
}

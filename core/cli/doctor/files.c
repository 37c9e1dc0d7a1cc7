// SPDX-License-Identifier: Apache-2.0
/* Pin files, from the working directory up to the one in force: names, links, bytes. */
#include "core/cli/doctor/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/config/dirs.h"
#include "core/resolve/pin.h"
#include "core/resolve/words.h"

static const char *const names[] = {".go-version", ".tool-versions"};

struct level {
	struct gv_doctor *d;
	const char *dir; /* "" is the root */
	int fd;
};

/* -- names --------------------------------------------------------------------------- */

static void find_case(struct level *l, const char *entry, const char *meant)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf from = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf to = GV_BUF_INIT(0);
	struct gv_err *f = gv_doctor_find(l->d, GV_CHECK_PIN_CASE);

	gv_err_set(f, -GV_EFAILED, "'%s/%s' is not called '%s'", l->dir, entry, meant);
	gv_err_hint(f, "mv %s %s", gv_doctor_word(&from, l->dir, entry),
		    gv_doctor_word(&to, l->dir, meant));
}

static void look_at_names(struct level *l)
{
	int fd = openat(l->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		/* .go_version and the like are nobody's. */
		if (strcasecmp(e->d_name, ".goversion") == 0 ||
		    strcasecmp(e->d_name, ".go_version") == 0)
			find_case(l, e->d_name, names[0]);
		for (size_t i = 0; i < GV_COUNT(names); i++)
			if (strcasecmp(e->d_name, names[i]) == 0 &&
			    strcmp(e->d_name, names[i]) != 0)
				find_case(l, e->d_name, names[i]);
	}
	(void)closedir(dir);
}

static void look_for_dangling(struct level *l, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	char target[PATH_MAX];
	struct stat st;
	struct gv_err *f;

	if (gv_read_link(l->fd, name, target, sizeof(target)) < 0 ||
	    fstatat(l->fd, name, &st, 0) == 0 || errno != ENOENT)
		return;
	f = gv_doctor_find(l->d, GV_CHECK_PIN_DANGLING);
	gv_err_set(f, -GV_EFAILED, "'%s/%s' is a link to '%s', where nothing is", l->dir,
		   name, target);
	gv_err_hint(f, "rm %s", gv_doctor_word(&word, l->dir, name));
}

/* -- bytes --------------------------------------------------------------------------- */

static void look_at_bytes(struct level *l, const char *name, const struct gv_buf *text)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	bool mark = gv_after_prefix(text->data, "\xef\xbb\xbf") != NULL;
	struct gv_err *f;

	if (!mark && !memchr(text->data, '\r', text->len))
		return;
	f = gv_doctor_find(l->d, GV_CHECK_PIN_CRLF);
	gv_err_set(f, -GV_EFAILED, "'%s/%s' has %s", l->dir, name,
		   mark ? "a byte order mark" : "CRLF at the end of its lines");
	gv_err_hint(f, "sed -i 's/\\r$//; 1s/^\\xef\\xbb\\xbf//' %s",
		    gv_doctor_word(&word, l->dir, name));
}

/* "Golang 1.22": a name of Go's, in other letters. */
static void look_at_tools(struct level *l, const struct gv_buf *text)
{
	const char *line = text->data, *end = line + text->len;
	struct gv_err *f;

	for (unsigned number = 1; line < end; number++) {
		size_t n = strcspn(line, " \t\r\n#");
		const char *eol = memchr(line, '\n', (size_t)(end - line));

		if ((n == 2 && strncasecmp(line, "go", n) == 0 &&
		     strncmp(line, "go", n) != 0) ||
		    (n == 6 && strncasecmp(line, "golang", n) == 0 &&
		     strncmp(line, "golang", n) != 0)) {
			GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);

			f = gv_doctor_find(l->d, GV_CHECK_PIN_CASE);
			gv_err_at(f, -GV_EFAILED, names[1], number,
				  "%s/%s:%u: '%.*s' is not called 'golang'", l->dir,
				  names[1], number, (int)n, line);
			gv_err_hint(f, "sed -i '%us/^%.*s/golang/' %s", number, (int)n,
				    line, gv_doctor_word(&word, l->dir, names[1]));
		}
		line = eol ? eol + 1 : end;
	}
}

/* The first word of a pin; n is 0 when it has none. */
static struct gv_word first_word(const struct gv_buf *text, enum gv_words_kind kind)
{
	struct gv_words words =
		gv_words_in(text->data ? text->data : "", text->len, kind);
	struct gv_word word;

	return gv_words_next(&words, &word) == 1 ? word : (struct gv_word){0};
}

static void look_at_two(struct level *l, const struct gv_buf *a, const struct gv_buf *b)
{
	struct gv_word x = first_word(a, GV_WORDS_VERSIONS);
	struct gv_word y = first_word(b, GV_WORDS_TOOLS);
	struct gv_err *f;

	if (x.n == 0 || y.n == 0 || (x.n == y.n && memcmp(x.s, y.s, x.n) == 0))
		return;
	f = gv_doctor_find(l->d, GV_CHECK_PIN_TWO);
	gv_err_set(f, -GV_EFAILED,
		   "in '%s/' .go-version says '%.*s', .tool-versions '%.*s'", l->dir,
		   (int)x.n, x.s, (int)y.n, y.s);
	gv_err_hint(f, "let both say the same, or remove one of them");
}

/* -- levels -------------------------------------------------------------------------- */

static bool read_pin(const struct level *l, const char *name, struct gv_buf *ret)
{
	return gv_read_file(l->fd, name, ret) == 0 && ret->data;
}

/* True: this level has the pin in force. */
static bool look_at_level(struct level *l)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf version = GV_BUF_INIT(GV_PIN_MAX);
	GV_CLEANUP(gv_buf_release)
	struct gv_buf tools = GV_BUF_INIT(GV_TOOL_VERSIONS_MAX);
	bool has_version, has_tools;

	look_at_names(l);
	for (size_t i = 0; i < GV_COUNT(names); i++)
		look_for_dangling(l, names[i]);
	gv_doctor_others(l->d, l->fd, l->dir);
	has_version = read_pin(l, names[0], &version);
	has_tools = read_pin(l, names[1], &tools);
	if (has_tools) {
		look_at_bytes(l, names[1], &tools);
		look_at_tools(l, &tools);
	}
	if (has_version)
		look_at_bytes(l, names[0], &version);
	if (has_version && has_tools)
		look_at_two(l, &version, &tools);
	if (has_version)
		gv_doctor_peers(l->d, l->dir, names[0], &version, GV_WORDS_VERSIONS);
	else if (has_tools && first_word(&tools, GV_WORDS_TOOLS).n)
		gv_doctor_peers(l->d, l->dir, names[1], &tools, GV_WORDS_TOOLS);
	return has_version || (has_tools && first_word(&tools, GV_WORDS_TOOLS).n);
}

void gv_doctor_files(struct gv_doctor *d)
{
	char dir[PATH_MAX];
	bool last = false;

	if (gv_dirs_working(dir) < 0 || dir[0] != '/')
		return;
	if (strcmp(dir, "/") == 0)
		dir[0] = '\0';
	while (!last) {
		GV_CLEANUP(gv_close)
		int fd = open(dir[0] ? dir : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct level l = {.d = d, .dir = dir, .fd = fd};

		last = (fd >= 0 && look_at_level(&l)) || !dir[0];
		if (!last)
			*strrchr(dir, '/') = '\0';
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pins.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/gomod.h"
#include "core/resolve/pin.h"
#include "core/resolve/resolve.h"
#include "core/resolve/words.h"

enum { DEPTH_MAX = 256 };

struct scan {
	const struct gv_pins *pins;
	char path[PATH_MAX]; /* of the directory that is looked at */
};

static GV_PRINTF(2, 3) void warn(const struct scan *s, const char *fmt, ...)
{
	char message[PATH_MAX + 256];
	struct gv_text t = gv_text_in(message, sizeof(message));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	s->pins->warn(s->pins->arg, message);
}

/* -- one file ------------------------------------------------------------------------ */

/* 1: there is none. */
static int load(const struct scan *s, int dirfd, const char *name, struct gv_buf *ret)
{
	int r = gv_read_file(dirfd, name, ret);

	if (r == 0 || r == -ENOENT)
		return r == 0 ? 0 : 1;
	warn(s, "cannot read '%s/%s': %s", s->path, name, gv_err_text(r));
	return r == -ENOMEM ? r : 0;
}

static int tell(const struct scan *s, const char *name, const char *word, size_t n,
		unsigned line)
{
	struct gv_err why = GV_ERR_INIT;
	struct gv_spec spec;
	char file[PATH_MAX];
	struct gv_text t = gv_text_in(file, sizeof(file));

	gv_text_format(&t, "%s/%s", s->path, name);
	if (gv_spec_parse(word, n, GV_SPEC_PIN, &spec, &why) == 0)
		return s->pins->found(s->pins->arg, &spec, file, line);
	if (s->pins->invalid)
		s->pins->invalid(s->pins->arg, file, line, why.message);
	else
		warn(s, "%s:%u: %s", file, line, why.message);
	return 0;
}

static int look_at_words(const struct scan *s, int dirfd, const char *name,
			 enum gv_words_kind kind, size_t max)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(max);
	struct gv_words words;
	struct gv_word word;
	int r = load(s, dirfd, name, &text);

	if (r != 0 || !text.data)
		return r;
	words = gv_words_in(text.data, text.len, kind);
	while (r == 0 && gv_words_next(&words, &word) > 0)
		r = tell(s, name, word.s, word.n, word.line);
	return r;
}

static unsigned line_of(const struct gv_buf *text, const char *at)
{
	unsigned line = 1;

	for (const char *p = text->data; p < at; p++)
		line += *p == '\n';
	return line;
}

static int look_at_module(const struct scan *s, int dirfd, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOMOD_MAX);
	const char *value = NULL;
	struct gv_version v;
	size_t n = 0;
	int r = load(s, dirfd, name, &text);

	if (r != 0 || !text.data)
		return r < 0 ? r : 0;
	value = gv_gomod_find(text.data, text.len, "toolchain", &n);
	if (!value || gv_version_parse(value, n, &v) < 0)
		value = gv_gomod_find(text.data, text.len, "go", &n);
	/* What Go would not take names nothing here either. */
	if (!value || (gv_version_parse(value, n, &v) < 0 &&
		       gv_version_parse_bare(value, n, &v) < 0))
		return 0;
	return tell(s, name, value, n, line_of(&text, value));
}

/* -- directories --------------------------------------------------------------------- */

static int look_at_pin(const struct scan *s, int dirfd)
{
	int r = look_at_words(s, dirfd, ".go-version", GV_WORDS_VERSIONS, GV_PIN_MAX);

	if (r == 1)
		r = look_at_words(s, dirfd, ".tool-versions", GV_WORDS_TOOLS,
				  GV_TOOL_VERSIONS_MAX);
	return r < 0 ? r : 0;
}

static int look(const struct scan *s, int dirfd)
{
	int r = look_at_pin(s, dirfd);

	if (r == 0)
		r = look_at_module(s, dirfd, "go.mod");
	return r == 0 ? look_at_module(s, dirfd, "go.work") : r;
}

static bool is_passed_over(const char *name)
{
	return strcmp(name, ".git") == 0 || strcmp(name, "node_modules") == 0;
}

static int walk(struct scan *s, int fd, unsigned depth);

static int enter(struct scan *s, int fd, const char *name, unsigned depth)
{
	size_t was = strlen(s->path);
	struct gv_text t = gv_text_in(s->path + was, sizeof(s->path) - was);
	GV_CLEANUP(gv_close)
	int below = openat(fd, name,
			   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int r = below < 0 ? -errno : 0;

	if (r == -ENOTDIR || r == -ELOOP || r == -ENOENT)
		return 0; /* a file, a link, gone */
	gv_text_format(&t, "/%s", name);
	if (r == 0 && (t.cut || depth == DEPTH_MAX))
		r = -ENAMETOOLONG;
	if (r == 0)
		r = walk(s, below, depth + 1);
	else
		warn(s, "cannot look into '%s': %s", s->path, gv_err_text(r));
	s->path[was] = '\0';
	return r == -ENOMEM || r <= -GV_EFAILED ? r : 0;
}

static int walk(struct scan *s, int fd, unsigned depth)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = gv_list_dir(fd, ".", &names);

	if (r < 0) {
		warn(s, "cannot look into '%s': %s", s->path, gv_err_text(r));
		return r == -ENOMEM ? r : 0;
	}
	r = look(s, fd);
	if (r == 0 && s->pins->directory)
		r = s->pins->directory(s->pins->arg, fd, s->path, &names);
	for (size_t i = 0; i < names.n && r == 0; i++) {
		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		if (!is_passed_over(names.items[i]))
			r = enter(s, fd, names.items[i], depth);
	}
	return r;
}

/* The pin file in force in s->path, its directory in ret->path; 1: there is none. */
static int find_in_force(const struct scan *s, struct scan *ret)
{
	static struct gv_choice pin;
	struct gv_err why = GV_ERR_INIT;
	struct gv_text t = gv_text_in(ret->path, sizeof(ret->path));
	const char *file, *slash;
	int r = gv_resolve_pin(s->path[0] ? s->path : "/", &pin, &why);

	/* One that is not valid has words that are. */
	file = r == 0 ? pin.file : r < 0 ? why.file : "";
	slash = strrchr(file, '/');
	if (!slash)
		return 1;
	gv_text_add_n(&t, file, (size_t)(slash - file));
	return 0;
}

static int look_at_pin_in(const struct scan *s)
{
	GV_CLEANUP(gv_close)
	int fd = gv_open_dir(AT_FDCWD, s->path[0] ? s->path : "/");

	return fd < 0 ? 0 : look_at_pin(s, fd);
}

/* The pin above, which is in force where there is none below it. */
static int look_above(struct scan *s)
{
	struct scan above = {.pins = s->pins};

	if (find_in_force(s, &above) != 0 || strcmp(above.path, s->path) == 0)
		return 0; /* not above: it is read with the rest */
	return look_at_pin_in(&above);
}

/* The real path, "" for the root. */
static int find_path(const char *dir, char ret[PATH_MAX])
{
	if (!realpath(dir, ret))
		return -errno;
	if (strcmp(ret, "/") == 0)
		ret[0] = '\0';
	return 0;
}

int gv_pins_in_force(const struct gv_pins *pins, const char *dir)
{
	struct scan s = {.pins = pins}, there = {.pins = pins};

	if (find_path(dir, s.path) < 0 || find_in_force(&s, &there) != 0)
		return 1;
	return look_at_pin_in(&there);
}

int gv_pins_scan(const struct gv_pins *pins, const char *dir, struct gv_err *err)
{
	struct scan s = {.pins = pins};
	GV_CLEANUP(gv_close) int fd = gv_open_dir(AT_FDCWD, dir);
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = fd < 0 ? fd : gv_list_dir(fd, ".", &names);

	if (r == 0)
		r = find_path(dir, s.path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot look into '%s'", dir);
	r = look_above(&s);
	if (r == 0)
		r = walk(&s, fd, 0);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	return r < 0 ? gv_err_sys(err, r, "cannot look into '%s'", dir) : 0;
}

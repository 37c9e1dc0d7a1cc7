// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/pin.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char versions_name[] = GV_WALK_NAME(".go-version");
static const char tools_name[] = GV_WALK_NAME(".tool-versions");

int gv_pin_read(int fd, bool plain, char *ret, size_t max, size_t *ret_n)
{
	struct stat st;
	size_t n = 0;
	ssize_t all;

	/* Mostly one call is enough.  What cannot be read at an offset (a FIFO, a
	 * terminal) is not read; behind a link there might be more than that, see
	 * below. */
	all = plain ? pread(fd, ret, max + 1, 0) : 0;
	if (all > 0 && (size_t)all <= max) {
		*ret_n = (size_t)all;
		return 0;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if ((unsigned long long)st.st_size > max)
		return -EFBIG;
	/* No further than the size says: nothing is read from files like /proc/kmsg that
	 * look regular, have no size, and lose what is read. */
	while (n < (size_t)st.st_size) {
		ssize_t r = read(fd, ret + n, (size_t)st.st_size - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			break;
		n += (size_t)r;
	}
	*ret_n = n;
	return 0;
}

GV_COLD static int refuse(struct gv_run *run, int r)
{
	switch (r) {
	case -EISDIR:
		return gv_explain_file(run, 0, "it is a directory");
	case -EINVAL:
	case -ENXIO: /* what open(2) says of a socket */
	case -ENODEV:
		return gv_explain_file(run, 0, "it is not a regular file");
	case -EFBIG:
		return gv_explain_file(run, 0, "it is too large for a pin file");
	default:
		return gv_explain_file(run, 0, gv_explain_errno(-r));
	}
}

void gv_pin_place(struct gv_run *run)
{
	struct gv_choice *c = run->choice;
	struct gv_walk *w = run->walk;

	if (!w || c->file[0])
		return;
	/* Nobody has asked for the path so far: behind all that lies in `text`. */
	w->path = c->text + GV_CHOICE_TEXT - GV_WALK_BUF;
	c->file = gv_walk_path(w, run->pin);
}

/* From now on the pin is this file.  Its path stays where the walk has it, and what comes
 * next goes behind it. */
static void set_file(struct gv_run *run, struct gv_walk *w, const char *name)
{
	struct gv_choice *c = run->choice;

	c->kind = GV_KIND_FILE;
	c->explicit_pin = true;
	run->walk = w;
	run->pin = name;
	if (run->req->unnamed && !w->asked)
		return;
	c->file = gv_walk_path(w, name);
	c->used = strlen(c->file) + 1;
}

static int use_versions(struct gv_run *run, struct gv_walk *w, int fd, bool only_parse)
{
	struct gv_choice *c = run->choice;
	char *text;
	size_t n = 0;
	int r = fd;

	set_file(run, w, versions_name);
	text = c->text + c->used;
	if (fd >= 0)
		r = gv_pin_read(fd, w->plain, text, GV_PIN_MAX, &n);
	if (r < 0)
		return refuse(run, r);
	gv_run_trace(run, c->file, "the pin");
	c->used += n;
	r = gv_choose(run, gv_words_in(text, n, GV_WORDS_VERSIONS), only_parse);
	return r == GV_NEXT ? gv_explain_file(run, 0, "it is empty") : r;
}

/* Apart, because of its buffer: on the stack only where there is such a file. */
__attribute__((noinline)) static int use_tools(struct gv_run *run, struct gv_walk *w,
					       int fd, bool only_parse)
{
	char text[GV_TOOL_VERSIONS_MAX + 1];
	struct gv_words words, entry;
	struct gv_word word;
	size_t n = 0;
	int r = fd;

	if (fd >= 0)
		r = gv_pin_read(fd, w->plain, text, GV_TOOL_VERSIONS_MAX, &n);
	if (r < 0) {
		set_file(run, w, tools_name);
		return refuse(run, r);
	}
	words = entry = gv_words_in(text, n, GV_WORDS_TOOLS);
	if (gv_words_next(&entry, &word) == 0) {
		gv_run_trace(run, gv_walk_path(w, tools_name), "has no Go entry");
		return GV_NEXT;
	}
	set_file(run, w, tools_name);
	gv_run_trace(run, run->choice->file, "the pin");
	return gv_choose(run, words, only_parse);
}

static void trace_absent(const struct gv_run *run, struct gv_walk *w, const char *name)
{
	if (run->req->trace)
		gv_run_trace(run, gv_walk_path(w, name), "absent");
}

/* execve(2) closes it too, and for less. */
static void leave(const struct gv_run *run, int fd)
{
	if (fd >= 0 && !run->req->at_once)
		close(fd);
}

/* The two files of one level; GV_NEXT: no pin here. */
static int look_here(struct gv_run *run, struct gv_walk *w, bool only_parse)
{
	int r, fd = gv_walk_open(w, versions_name);

	if (fd != -ENOENT) {
		r = use_versions(run, w, fd, only_parse);
		leave(run, fd);
		return r;
	}
	trace_absent(run, w, versions_name);
	fd = gv_walk_open(w, tools_name);
	if (fd != -ENOENT) {
		r = use_tools(run, w, fd, only_parse);
		leave(run, fd);
		return r;
	}
	trace_absent(run, w, tools_name);
	return GV_NEXT;
}

int gv_pin_find(struct gv_run *run, struct gv_walk *w, bool only_parse)
{
	int r;

	do {
		r = look_here(run, w, only_parse);
	} while (r == GV_NEXT && gv_walk_up(w));
	gv_walk_end(w);
	run->walk = NULL;
	return r;
}

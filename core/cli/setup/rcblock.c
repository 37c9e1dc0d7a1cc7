// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/rcblock.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"

#define BEGIN	   "# >>> govern setup >>>"
#define END	   "# <<< govern setup <<<"
#define NEWLINE	   " +newline"
#define WHOLE_FILE " +file"
#define MADE_DIR   " +dir"

/* What follows the first line, which names the directory.  Each ":dir:" of ":$PATH:"
 * goes, then it is put in front. */
static const char *const sh_lines[] = {
	"govern_path=\":${PATH-}:\"",
	"while case \"$govern_path\" in *\":$govern_bin:\"*) ;; *) false ;; esac; do",
	"\tgovern_path=\"${govern_path%%\":$govern_bin:\"*}:"
	"${govern_path#*\":$govern_bin:\"}\"",
	"done",
	"govern_path=\"${govern_path#:}\"",
	"govern_path=\"${govern_path%:}\"",
	"export PATH=\"$govern_bin${govern_path:+:$govern_path}\"",
	"unset govern_bin govern_path",
};
static const char *const fish_lines[] = {
	"set -gx PATH $govern_bin (string match -v -- $govern_bin $PATH)",
};
static const struct {
	const char *first; /* and the directory, quoted */
	const char *const *lines;
	size_t n;
} bodies[] = {
	[GV_RC_SH] = {"govern_bin=", sh_lines, GV_COUNT(sh_lines)},
	[GV_RC_FISH] = {"set -l govern_bin ", fish_lines, GV_COUNT(fish_lines)},
};

void gv_rc_quote(struct gv_buf *b, const char *s, enum gv_rc_syntax syntax)
{
	if (syntax == GV_RC_SH) {
		gv_buf_add_word(b, s);
		return;
	}
	gv_buf_add_str(b, "'");
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			gv_buf_add_str(b, "\\");
		gv_buf_add(b, s, 1);
	}
	gv_buf_add_str(b, "'");
}

int gv_rc_body(enum gv_rc_syntax syntax, const char *dir, struct gv_buf *ret)
{
	for (const char *p = dir; *p; p++)
		if (*p == ':' || (unsigned char)*p < 0x20 || *p == 0x7f)
			return -EINVAL;
	gv_buf_add_str(ret, bodies[syntax].first);
	gv_rc_quote(ret, dir, syntax);
	gv_buf_add_str(ret, "\n");
	for (size_t i = 0; i < bodies[syntax].n; i++)
		gv_buf_format(ret, "%s\n", bodies[syntax].lines[i]);
	return gv_buf_error(ret);
}

/* -- finding it ---------------------------------------------------------------------- */

struct line {
	const char *at, *next;
	size_t n; /* without what ends it: "\n", "\r\n" or the end of the file */
};

static struct line line_at(const char *p, const char *end)
{
	const char *eol = memchr(p, '\n', (size_t)(end - p));
	struct line l = {p, eol ? eol + 1 : end, (size_t)((eol ? eol : end) - p)};

	if (l.n && l.at[l.n - 1] == '\r')
		l.n--;
	return l;
}

static bool begins_with(const struct line *l, const char *s)
{
	return l->n >= strlen(s) && memcmp(l->at, s, strlen(s)) == 0;
}

static bool is_line(const struct line *l, const char *s)
{
	return l->n == strlen(s) && begins_with(l, s);
}

static bool has(const struct line *l, const char *flag)
{
	return memmem(l->at, l->n, flag, strlen(flag)) != NULL;
}

static bool is_begin_or_end_of_file(const char *p, const char *end)
{
	struct line l = line_at(p, end);

	return p == end || begins_with(&l, BEGIN);
}

/* What line `i` of a block is after its first, or begins with; NULL: there is none. */
static const char *expected(enum gv_rc_syntax syntax, size_t i)
{
	if (i == 0)
		return bodies[syntax].first;
	if (i <= bodies[syntax].n)
		return bodies[syntax].lines[i - 1];
	return i == bodies[syntax].n + 1 ? END : NULL;
}

/* Whether it is that line, or, where the file or the block was cut, a piece of it. */
static bool is_of_block(const struct line *l, const char *want, bool is_first, bool cut)
{
	return is_line(l, want) || (is_first && begins_with(l, want)) ||
	       (cut && l->n && l->n < strlen(want) && memcmp(l->at, want, l->n) == 0);
}

/* Where a block without an end stops being ours; NULL: that cannot be said. */
static const char *skip_body(const char *from, const char *end, enum gv_rc_syntax syntax)
{
	const char *want;
	size_t i;

	for (i = 0; from < end && (want = expected(syntax, i)) != NULL; i++) {
		struct line l = line_at(from, end);

		if (!is_of_block(&l, want, i == 0, is_begin_or_end_of_file(l.next, end)))
			break;
		from = l.next;
	}
	return i > bodies[syntax].n || is_begin_or_end_of_file(from, end) ? from : NULL;
}

/* What is behind the block whose first line that is; NULL: nobody can say. */
static const char *find_after(const struct line *begin, const char *end, bool *ret_whole)
{
	const char *after;

	*ret_whole = true;
	for (const char *p = begin->next; p < end;) {
		struct line l = line_at(p, end);

		if (is_line(&l, END))
			return l.next;
		if (begins_with(&l, BEGIN))
			break;
		p = l.next;
	}
	*ret_whole = false;
#ifdef GV_WITHOUT_RC_END /* tests/controls: all that follows is ours */
	return end;
#endif
	after = skip_body(begin->next, end, GV_RC_SH);
	return after ? after : skip_body(begin->next, end, GV_RC_FISH);
}

/* What follows `i` lines of a block is its next one. */
static bool is_next(const struct line *l, enum gv_rc_syntax syntax, size_t i)
{
	const char *want = i <= bodies[syntax].n ? expected(syntax, i) : NULL;

	return want && (is_line(l, want) || (i == 0 && begins_with(l, want)));
}

/* What stands between the lines of a block that has all of them is the user's. */
static void keep_others(const char *from, const char *end, enum gv_rc_syntax syntax,
			struct gv_buf *ret)
{
	struct line l;
	size_t i = 0;

	for (const char *p = from; p < end; p = l.next) {
		l = line_at(p, end);
		i += is_next(&l, syntax, i);
	}
	if (i <= bodies[syntax].n)
		return; /* changed, or of another govern */
	i = 0;
	for (const char *p = from; p < end; p = l.next) {
		l = line_at(p, end);
		if (is_next(&l, syntax, i))
			i++;
		else if (!is_line(&l, END))
			gv_buf_add(ret, l.at, (size_t)(l.next - l.at));
	}
}

static unsigned count(const char *p, const char *end, const char *what)
{
	unsigned n = 0;

	while ((p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL) {
		p += strlen(what);
		n++;
	}
	return n;
}

int gv_rc_remove(const char *text, size_t n, struct gv_buf *ret,
		 struct gv_rc_found *ret_found)
{
	const char *end = text + n, *from = text, *after;
	struct gv_rc_found found = {.whole = true};
	size_t had = ret->len;
	bool whole;

	for (const char *p = text; p < end;) {
		struct line l = line_at(p, end);
		size_t keep = (size_t)(p - from);

		if (!begins_with(&l, BEGIN)) {
			p = l.next;
			continue;
		}
		after = find_after(&l, end, &whole);
		if (!after) {
			ret_found->line = 1 + count(text, p, "\n");
			return -GV_EFORMAT;
		}
		found.blocks++;
		found.whole = found.whole && whole;
		if (has(&l, WHOLE_FILE)) {
			found.made_file = true;
			found.made_dirs = count(l.at, l.at + l.n, MADE_DIR);
		}
		/* Who wrote below the block needs the newline that was added above it. */
#ifndef GV_WITHOUT_RC_BYTES /* tests/controls: about what was there */
		if (keep && after == end && has(&l, NEWLINE))
			keep--;
#endif
		gv_buf_add(ret, from, keep);
#ifndef GV_WITHOUT_OTHERS /* tests/controls: all of a block goes */
		for (int syntax = GV_RC_SH; whole && syntax <= GV_RC_FISH; syntax++)
			keep_others(l.next, after, (enum gv_rc_syntax)syntax, ret);
#endif
		p = from = after;
	}
	if (from < end)
		gv_buf_add(ret, from, (size_t)(end - from));
	found.made_file = found.made_file && ret->len == had;
	*ret_found = found;
	return gv_buf_error(ret);
}

int gv_rc_insert(const char *text, size_t n, const char *body, enum gv_rc_place place,
		 unsigned made_dirs, struct gv_buf *ret)
{
	const char *flag = "";

	if (!text)
		flag = WHOLE_FILE;
	else if (place == GV_RC_BOTTOM && n > 0 && text[n - 1] != '\n')
		flag = NEWLINE;
	if (place == GV_RC_BOTTOM && n > 0)
		gv_buf_add(ret, text, n);
	if (strcmp(flag, NEWLINE) == 0)
		gv_buf_add_str(ret, "\n");
	gv_buf_format(ret, "%s%s", BEGIN, flag);
	for (unsigned i = 0; i < made_dirs && !text; i++)
		gv_buf_add_str(ret, MADE_DIR);
	gv_buf_format(ret, "\n%s%s\n", body, END);
	if (place == GV_RC_TOP && n > 0)
		gv_buf_add(ret, text, n);
	return gv_buf_error(ret);
}

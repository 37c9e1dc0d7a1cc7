// SPDX-License-Identifier: Apache-2.0
#include "core/cli/rcblock.h"

#include <errno.h>
#include <string.h>

#define BEGIN	   "# >>> govern setup >>>"
#define END	   "# <<< govern setup <<<\n"
#define NEWLINE	   " +newline"
#define WHOLE_FILE " +file"

void gv_rc_quote(struct gv_buf *b, const char *s, enum gv_rc_syntax syntax)
{
	gv_buf_add_str(b, "'");
	for (; *s; s++) {
		if (*s == '\'')
			gv_buf_add_str(b, "'\\''");
		else if (*s == '\\' && syntax == GV_RC_FISH)
			gv_buf_add_str(b, "\\\\");
		else
			gv_buf_add(b, s, 1);
	}
	gv_buf_add_str(b, "'");
}

int gv_rc_body(enum gv_rc_syntax syntax, const char *dir, struct gv_buf *ret)
{
	for (const char *p = dir; *p; p++)
		if (*p == ':' || (unsigned char)*p < 0x20 || *p == 0x7f)
			return -EINVAL;
	if (syntax == GV_RC_FISH) {
		gv_buf_add_str(ret, "set -l govern_bin ");
		gv_rc_quote(ret, dir, syntax);
		gv_buf_add_str(ret, "\nset -gx PATH $govern_bin "
				    "(string match -v -- $govern_bin $PATH)\n");
		return gv_buf_error(ret);
	}
	gv_buf_add_str(ret, "govern_bin=");
	gv_rc_quote(ret, dir, syntax);
	/* Each ":dir:" of ":$PATH:" goes, then it is put in front. */
	gv_buf_add_str(
		ret, "\n"
		     "govern_path=\":${PATH-}:\"\n"
		     "while case \"$govern_path\" in *\":$govern_bin:\"*) ;; *) false ;; "
		     "esac; do\n"
		     "\tgovern_path=\"${govern_path%%\":$govern_bin:\"*}:"
		     "${govern_path#*\":$govern_bin:\"}\"\n"
		     "done\n"
		     "govern_path=\"${govern_path#:}\"\n"
		     "govern_path=\"${govern_path%:}\"\n"
		     "export PATH=\"$govern_bin${govern_path:+:$govern_path}\"\n"
		     "unset govern_bin govern_path\n");
	return gv_buf_error(ret);
}

/* The beginning of the line on which a block begins. */
static const char *find_begin(const char *text, const char *end, unsigned *line)
{
	for (const char *p = text; p < end;) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if ((size_t)(end - p) >= strlen(BEGIN) &&
		    memcmp(p, BEGIN, strlen(BEGIN)) == 0)
			return p;
		if (!eol)
			break;
		p = eol + 1;
		(*line)++;
	}
	return NULL;
}

int gv_rc_remove(const char *text, size_t n, struct gv_buf *ret, bool *ret_ours,
		 unsigned *ret_line)
{
	const char *end = text + n, *from = text, *begin, *eol, *after;
	bool found = false, whole = false;
	unsigned line = 1;
	size_t had = ret->len;

	while (from < end && (begin = find_begin(from, end, &line)) != NULL) {
		size_t keep = (size_t)(begin - from);

		eol = memchr(begin, '\n', (size_t)(end - begin));
		after = eol ? memmem(eol, (size_t)(end - eol), "\n" END, strlen("\n" END))
			    : NULL;
		if (!after) {
			*ret_line = line;
			return -GV_EFORMAT;
		}
		if (memmem(begin, (size_t)(eol - begin), WHOLE_FILE, strlen(WHOLE_FILE)))
			whole = true;
		/* Who wrote below the block needs the newline that was added above it. */
		if (keep && after + strlen("\n" END) == end &&
		    memmem(begin, (size_t)(eol - begin), NEWLINE, strlen(NEWLINE)))
			keep--;
		gv_buf_add(ret, from, keep);
		from = after + strlen("\n" END);
		for (const char *p = begin; p < from; p++)
			line += *p == '\n';
		found = true;
	}
	if (from < end)
		gv_buf_add(ret, from, (size_t)(end - from));
	*ret_ours = whole && ret->len == had;
	return gv_buf_error(ret) < 0 ? gv_buf_error(ret) : found ? 0 : 1;
}

int gv_rc_insert(const char *text, size_t n, const char *body, enum gv_rc_place place,
		 struct gv_buf *ret)
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
	gv_buf_format(ret, "%s%s\n%s%s", BEGIN, flag, body, END);
	if (place == GV_RC_TOP && n > 0)
		gv_buf_add(ret, text, n);
	return gv_buf_error(ret);
}

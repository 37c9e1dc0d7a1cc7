// SPDX-License-Identifier: Apache-2.0
/* The block of `govern setup` in the shells' rc files, and what comes after it. */
#include "core/cli/doctor/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/replace.h"
#include "core/cli/setup/rcfiles.h"
#include "core/cli/setup/rclines.h"

/* -- lines of shell ------------------------------------------------------------------ */

bool gv_rc_leads_to_go(const char *word, size_t n, const char *bin, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	size_t dir;

	gv_rc_expand(word, n, &t);
	dir = t.len;
	gv_text_add(&t, "/go");
	if (t.cut || ret[0] != '/' || access(ret, X_OK) < 0)
		return false;
	ret[dir] = '\0';
	return strcmp(ret, bin) != 0;
}

/* Whether a value of PATH puts a directory with a go in it before what PATH was. */
static bool puts_go_first(const char *value, size_t n, const char *bin, char *ret,
			  size_t cap)
{
	const char *end = value + n;

	while (value < end) {
		const char *colon = memchr(value, ':', (size_t)(end - value));

		if (gv_after_prefix(value, "$PATH") || gv_after_prefix(value, "${PATH"))
			return false;
		if (gv_rc_leads_to_go(value, (size_t)((colon ? colon : end) - value), bin,
				      ret, cap))
			return true;
		if (!colon)
			return false;
		value = colon + 1;
	}
	return false;
}

/* Lines by which other managers come first in PATH. */
const char *gv_rc_starts_manager(const char *line, size_t n)
{
	static const char *const starts[][2] = {
		{"goenv init", "goenv"},
		{"asdf.sh", "asdf"},
		{"asdf.fish", "asdf"},
		{".asdf/shims", "asdf"},
		{"mise activate", "mise"},
		{"mise/shims", "mise"},
		{"gvm/scripts/gvm", "gvm"},
		{".gobrew/", "gobrew"},
		{".g/env", "g"},
		{".goup/env", "goup"},
		{"vfox activate", "vfox"},
		{"proto activate", "proto"},
	};
	size_t blanks = 0;

	while (blanks < n && strchr(" \t", line[blanks]))
		blanks++;
	if (blanks == n || line[blanks] == '#')
		return NULL;
	for (size_t i = 0; i < GV_COUNT(starts); i++)
		if (memmem(line, n, starts[i][0], strlen(starts[i][0])))
			return starts[i][1];
	return NULL;
}

struct gv_err *gv_rc_find_order(struct gv_doctor *d, const char *path, unsigned number,
				const char *manager, const char *dir)
{
	struct gv_err *f = gv_doctor_find(d, GV_CHECK_RC_ORDER);

	if (manager)
		gv_err_at(f, -GV_EFAILED, path, number,
			  "%s:%u: %s is started after the block of govern setup", path,
			  number, manager);
	else
		gv_err_at(f, -GV_EFAILED, path, number,
			  "%s:%u: '%s', which has a go, is put before the store's", path,
			  number, dir);
	return f;
}

/* -- one file ------------------------------------------------------------------------ */

static void look_at_line(struct gv_doctor *d, const char *path, unsigned number,
			 const char *line, size_t n)
{
	const char *manager = gv_rc_starts_manager(line, n), *value;
	char dir[4096];
	size_t n_value;

	value = gv_rc_assigned(line, n, "PATH", &n_value);
	if (manager || (value && puts_go_first(value, n_value, d->bin, dir, sizeof(dir))))
		gv_err_hint(gv_rc_find_order(d, path, number, manager, dir),
			    "take line %u out of '%s', or move it before the block",
			    number, path);
}

static void look_behind_block(struct gv_doctor *d, const char *path,
			      const struct gv_buf *text)
{
	static const char end_mark[] = "# <<< govern setup <<<";
	const char *line = text->data, *end = line + text->len;
	bool behind = false;

	for (unsigned number = 1; line < end; number++) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((eol ? eol : end) - line);

		if (behind)
			look_at_line(d, path, number, line, n);
		else
			behind = gv_after_prefix(line, end_mark) != NULL;
		line += n + 1;
	}
}

/* Whether our directory is named in it, as it is or as the block quotes it. */
static bool names_bin(const struct gv_doctor *d, const struct gv_rcfile *file,
		      const struct gv_buf *text)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf quoted = GV_BUF_INIT(0);

	gv_rc_quote(&quoted, d->bin, file->syntax);
	return strstr(text->data, d->bin) ||
	       (gv_buf_error(&quoted) == 0 && strstr(text->data, quoted.data));
}

/* Whether the file puts our directory into PATH, be it by hand. */
static bool look_at_file(struct gv_doctor *d, const struct gv_rcfile *file)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err why = GV_ERR_INIT, *f;
	enum gv_rc_done what;
	int r;

	if (gv_user_file_load(file->path, &text, &why) != 0 || !text.data)
		return false;
	r = gv_rcfile_update(file, d->bin, true, &what, &why);
	if (r < 0 && why.line) {
		gv_err_hint(&why, "remove the lines from %s:%u on, then govern setup",
			    file->path, why.line);
		*gv_doctor_find(d, GV_CHECK_RC_DAMAGED) = why;
		return true;
	}
	if (r < 0)
		return false;
	if (what == GV_RC_CHANGED && names_bin(d, file, &text)) {
		f = gv_doctor_find(d, GV_CHECK_RC_DAMAGED);
		gv_err_set(f, -GV_EFAILED,
			   "%s: the block of govern setup was cut, doubled or changed",
			   file->path);
		gv_err_hint(f, "govern setup");
		return true;
	}
	if (what != GV_RC_UNCHANGED)
		return names_bin(d, file, &text);
	if (file->syntax == GV_RC_SH)
		look_behind_block(d, file->path, &text);
	else
		gv_doctor_fish(d, file->path);
	return true;
}

void gv_doctor_rc(struct gv_doctor *d)
{
	struct gv_rcfiles files;
	struct gv_err why = GV_ERR_INIT, *f;
	bool any = false;

	if (!d->has_store || gv_rcfiles_find(&files, &why) < 0)
		return;
	for (size_t i = 0; i < files.n; i++)
		if (files.items[i].wanted && look_at_file(d, &files.items[i]))
			any = true;
	/* Where PATH is wrong anyway, that has been told, with the same repair. */
	if (!any && !gv_doctor_has(d, GV_CHECK_PATH_ABSENT)) {
		f = gv_doctor_find(d, GV_CHECK_RC_MISSING);
		gv_err_set(f, -GV_EFAILED, "no rc file of a shell puts '%s' into PATH",
			   d->bin);
		gv_err_hint(f, "govern setup");
	}
	gv_rcfiles_release(&files);
}

/* -- for others ---------------------------------------------------------------------- */

static bool find_in_file(const char *path, const char *name, unsigned *ret_line)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err ignored = GV_ERR_INIT;
	const char *line, *end;
	size_t n_value;

	if (gv_user_file_load(path, &text, &ignored) != 0 || !text.data)
		return false;
	line = text.data;
	end = line + text.len;
	for (unsigned number = 1; line < end; number++) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((eol ? eol : end) - line);

		if (gv_rc_assigned(line, n, name, &n_value)) {
			*ret_line = number;
			return true;
		}
		line += n + 1;
	}
	return false;
}

bool gv_rc_find_variable(const char *name, char *ret, size_t cap)
{
	struct gv_rcfiles files;
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_text t = gv_text_in(ret, cap);
	unsigned line = 0;
	bool found = false;

	if (gv_rcfiles_find(&files, &ignored) < 0)
		return false;
	for (size_t i = 0; i < files.n && !found; i++) {
		found = find_in_file(files.items[i].path, name, &line);
		if (found)
			gv_text_format(&t, "%s:%u", files.items[i].path, line);
	}
	gv_rcfiles_release(&files);
	return found && !t.cut;
}

// SPDX-License-Identifier: Apache-2.0
/* What fish reads after conf.d/govern.fish: the files of conf.d that come later by their
 * names, then config.fish. */
#include "core/cli/doctor/doctor.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/replace.h"
#include "core/cli/setup/rcfiles.h"

enum { WORDS = 32 };

struct word {
	const char *s;
	size_t n;
};

/* The words of a line up to a comment or the end of the command; quotes are taken off. */
static size_t split(const char *s, const char *end, struct word words[WORDS])
{
	size_t n = 0;

	while (n < WORDS) {
		char quote = 0;

		while (s < end && strchr(" \t\r", *s))
			s++;
		if (s == end || strchr("#;|&", *s))
			break;
		if (*s == '"' || *s == '\'')
			quote = *s++;
		words[n].s = s;
		while (s < end && (quote ? *s != quote : !strchr(" \t\r;|&", *s)))
			s++;
		words[n].n = (size_t)(s - words[n].s);
		n++;
		if (quote && s < end)
			s++;
	}
	return n;
}

static bool is(const struct word *w, const char *s)
{
	return w->n == strlen(s) && memcmp(w->s, s, w->n) == 0;
}

static bool is_option(const struct word *w)
{
	return w->n > 1 && w->s[0] == '-';
}

/* Whether the words put a directory with a go in it before what PATH was. */
static bool puts_go_first(const struct gv_doctor *d, const struct word *words, size_t n,
			  char *ret, size_t cap)
{
	bool adds = n && is(&words[0], "fish_add_path"), sets = n && is(&words[0], "set");
	size_t i = 1;

	if (!adds && !sets)
		return false;
	for (; i < n && is_option(&words[i]); i++)
		if (is(&words[i], "-a") || is(&words[i], "--append"))
			return false;
	if (sets &&
	    (i == n || (!is(&words[i], "PATH") && !is(&words[i], "fish_user_paths"))))
		return false;
	for (i += sets; i < n; i++) {
		if (is(&words[i], "$PATH") || is(&words[i], "$fish_user_paths"))
			return false;
		if (gv_rc_leads_to_go(words[i].s, words[i].n, d->bin, ret, cap))
			return true;
	}
	return false;
}

static void look_at_line(struct gv_doctor *d, const char *path, unsigned number,
			 const char *line, const char *end)
{
	const char *manager = gv_rc_starts_manager(line, (size_t)(end - line));
	struct word words[WORDS];
	size_t n = split(line, end, words);
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	char dir[PATH_MAX];

	if (manager || puts_go_first(d, words, n, dir, sizeof(dir)))
		gv_err_hint(gv_rc_find_order(d, path, number, manager, dir),
			    "sed -i '%us/^/#/' %s", number, gv_word(&word, path));
}

static void look_at_file(struct gv_doctor *d, const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_RC_MAX);
	struct gv_err ignored = GV_ERR_INIT;
	const char *line, *end;

	if (gv_user_file_load(path, &text, &ignored) != 0 || !text.data)
		return;
	line = text.data;
	end = line + text.len;
	for (unsigned number = 1; line < end; number++) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));

		look_at_line(d, path, number, line, eol ? eol : end);
		line = eol ? eol + 1 : end;
	}
}

void gv_doctor_fish(struct gv_doctor *d, const char *ours)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	const char *name = strrchr(ours, '/') + 1;
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	size_t dir = (size_t)(name - ours), conf = strlen("conf.d/");

	gv_text_add_n(&t, ours, dir);
	if (t.cut || dir < conf)
		return;
	if (gv_list_dir(AT_FDCWD, path, &names) == 0)
		gv_list_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		if (strcmp(names.items[i], name) <= 0 ||
		    !gv_has_suffix(names.items[i], ".fish"))
			continue;
		t = gv_text_in(path, sizeof(path));
		gv_text_add_n(&t, ours, dir);
		gv_text_add(&t, names.items[i]);
		if (!t.cut)
			look_at_file(d, path);
	}
	t = gv_text_in(path, sizeof(path));
	gv_text_add_n(&t, ours, dir - conf);
	gv_text_add(&t, "config.fish");
	if (!t.cut)
		look_at_file(d, path);
}

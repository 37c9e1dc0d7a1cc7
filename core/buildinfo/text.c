// SPDX-License-Identifier: Apache-2.0
#include "core/buildinfo/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

struct parsing {
	struct gv_buildinfo *info;
	size_t cap_deps, cap_settings;
	struct gv_build_module *last; /* that a "=>" may follow */
};

/* One more element; NULL: no memory. */
static void *grow(void **items, size_t *n, size_t *cap, size_t size)
{
	char *at;

	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 32;
		void *p = reallocarray(*items, more, size);

		if (!p)
			return NULL;
		*items = p;
		*cap = more;
	}
	at = (char *)*items + size * (*n)++;
	memset(at, 0, size);
	return at;
}

/* Up to three columns, cut at the tabs; what is not there is "".  How many there are. */
static size_t cut(char *s, const char *columns[3])
{
	size_t n = 0;

	for (char *tab; s; s = tab) {
		tab = strchr(s, '\t');
		if (tab)
			*tab++ = '\0';
		if (n < 3)
			columns[n] = s;
		n++;
	}
	for (size_t i = n; i < 3; i++)
		columns[i] = "";
	return n;
}

static int read_module(struct parsing *p, char *s, struct gv_build_module *m)
{
	const char *columns[3];
	size_t n = cut(s, columns);

	if (n != 2 && n != 3)
		return -GV_EFORMAT;
	*m = (struct gv_build_module){
		.path = columns[0], .version = columns[1], .sum = columns[2]};
	p->last = m;
	return 0;
}

static int add_module(struct parsing *p, char *s)
{
	void *deps = p->info->deps;
	struct gv_build_module *m =
		grow(&deps, &p->info->n_deps, &p->cap_deps, sizeof(*m));

	p->info->deps = deps;
	return m ? read_module(p, s, m) : -ENOMEM;
}

static int replace_module(struct parsing *p, char *s)
{
	const char *columns[3];

	if (cut(s, columns) != 3 || !p->last)
		return -GV_EFORMAT;
	p->last->replaced_by = columns[0];
	p->last->replaced_version = columns[1];
	p->last->replaced_sum = columns[2];
	p->last = NULL;
	return 0;
}

static int add_setting(struct parsing *p, char *s)
{
	void *settings = p->info->settings;
	struct gv_build_setting *new =
		grow(&settings, &p->info->n_settings, &p->cap_settings, sizeof(*new));
	char *value, *end;

	p->info->settings = settings;
	if (!new)
		return -ENOMEM;
	new->key = s;
	if (*s == '"' || *s == '`') {
		if (gv_go_unquote(s, &end) < 0 || *end != '=')
			return -GV_EFORMAT;
		value = end + 1;
	} else {
		size_t n = strcspn(s, "= \t\r\n\"`");

		if (n == 0 || s[n] != '=')
			return -GV_EFORMAT;
		s[n] = '\0';
		value = s + n + 1;
	}
	new->value = value;
	if (*value == '"' || *value == '`')
		return gv_go_unquote(value, &end) == 0 && *end == '\0' ? 0 : -GV_EFORMAT;
	return value[strcspn(value, " \t\r\n\"`")] ? -GV_EFORMAT : 0;
}

static int read_line(struct parsing *p, char *line)
{
	static const struct {
		const char *word;
		int (*read)(struct parsing *p, char *s);
	} words[] = {{"dep\t", add_module},
		     {"=>\t", replace_module},
		     {"build\t", add_setting}};
	const char *behind = gv_after_prefix(line, "path\t");

	if (behind) {
		p->info->path = behind;
		return 0;
	}
	if (gv_after_prefix(line, "mod\t"))
		return read_module(p, line + strlen("mod\t"), &p->info->main);
	for (size_t i = 0; i < GV_COUNT(words); i++)
		if (gv_after_prefix(line, words[i].word))
			return words[i].read(p, line + strlen(words[i].word));
	return 0; /* a later Go's */
}

int gv_buildinfo_parse(char *text, struct gv_buildinfo *ret)
{
	struct parsing p = {.info = ret};
	int r = 0;

	for (char *eol; r == 0 && (eol = strchr(text, '\n')); text = eol + 1) {
		*eol = '\0';
		r = read_line(&p, text);
	}
	return r;
}

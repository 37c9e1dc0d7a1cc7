// SPDX-License-Identifier: Apache-2.0
/*
 * inih as packaged reads 200 bytes of a line and takes the rest for the next one, cuts
 * section names, and goes on after an error.  So it gets its lines from here, one by one,
 * each looked at before; what it then finds in them is a key and a value.
 */
#include "core/config/inifile.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/config/nearest.h"
#include "core/config/settings.h"

#define LINE_MAX_BYTES	  190
#define SECTION_MAX_BYTES 40

struct parser {
	struct gv_inifile *ini;
	const char *at, *end;
	unsigned line;
	bool indented;	/* the present line begins with a blank */
	char **current; /* the value that an indented line goes on with */
	int r;
	struct gv_err *err;
};

static int complain(struct parser *p, const char *what, const char *word, size_t n)
{
	if (p->r == 0)
		p->r = gv_err_at(p->err, -GV_EUSAGE, p->ini->path, p->line,
				 "%s:%u: %s '%.*s'", p->ini->path, p->line, what, (int)n,
				 word);
	return p->r;
}

static void guess(struct parser *p, const char *meant)
{
	if (meant)
		gv_err_hint(p->err, "did you mean '%s'?", meant);
}

/* "[name]", and nothing but a comment behind it; inih would not mind. */
static void check_section(struct parser *p, const char *s, size_t n)
{
	const char *close = memchr(s, ']', n);
	size_t len = close ? (size_t)(close - s) - 1 : 0;
	char name[SECTION_MAX_BYTES + 1];
	size_t after;

	if (!close || len > SECTION_MAX_BYTES) {
		complain(p, "not a section:", s, n);
		return;
	}
	after = (size_t)(close + 1 - s);
	while (after < n && (s[after] == ' ' || s[after] == '\t'))
		after++;
	if (after < n && s[after] != ';' && s[after] != '#') {
		complain(p, "more than a section on one line:", s, n);
		return;
	}
	memcpy(name, s + 1, len);
	name[len] = '\0';
	if (!gv_setting_section(name)) {
		complain(p, "unknown section", name, len);
		guess(p, gv_setting_guess_section(name));
	}
	p->current = NULL;
}

/* What fgets would do for one line of the text; comments become empty lines. */
static char *next_line(char *str, int num, void *stream)
{
	struct parser *p = stream;
	const char *line = p->at, *eol;
	size_t n, blanks;

	if (p->r < 0 || line >= p->end)
		return NULL;
	eol = memchr(line, '\n', (size_t)(p->end - line));
	n = (size_t)((eol ? eol : p->end) - line);
	p->at = eol ? eol + 1 : p->end;
	p->line++;
	if (p->line == 1 && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3;
		n -= 3;
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			complain(p, "a control character in", line, n < 60 ? n : 60);
			return NULL;
		}
	}
	blanks = 0;
	while (blanks < n && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	if (blanks == n || line[blanks] == '#' || line[blanks] == ';') {
		n = 0;
	} else if (line[blanks] == '[') {
		/* inih would take an indented one for the value before, going on. */
		line += blanks;
		n -= blanks;
		blanks = 0;
		check_section(p, line, n);
	}
	p->indented = blanks > 0;
	if (p->r == 0 && (n > LINE_MAX_BYTES || n + 3 > (size_t)num)) {
		complain(p, "a line over 190 bytes:", line, 60);
		gv_err_hint(p->err,
			    "put each word of a list on an indented line of its own");
	}
	if (p->r < 0)
		return NULL;
	memcpy(str, line, n);
	str[n] = '\n';
	str[n + 1] = '\0';
	return str;
}

/* Goes on with the value of the line before. */
static int append(struct parser *p, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf longer = GV_BUF_INIT(GV_INIFILE_MAX);
	size_t word = strcspn(value, " \t=");

	/* An indented "key = value" was not meant to go on with anything. */
	if (!p->current || (value[word + strspn(value + word, " \t")] == '=' &&
			    !memchr(value, ':', word)))
		return complain(p, "an indented line that continues nothing:", value,
				strlen(value));
	gv_buf_format(&longer, "%s %s", *p->current, value);
	if (gv_buf_error(&longer) < 0)
		return complain(p, "no memory for", value, strlen(value));
	free(*p->current);
	*p->current = gv_buf_take(&longer);
	return 0;
}

/* `lock` is no setting, and yet a key. */
static const char *guess_key(const char *section, const char *name)
{
	const char *best = gv_setting_guess(section, name);

	return strcmp(section, "policy") == 0 ? gv_nearer(name, best, "lock") : best;
}

static int on_value(void *arg, const char *section, const char *name, const char *value)
{
	struct parser *p = arg;
	unsigned *line = &p->ini->lock_line;
	int id;

	if (p->r < 0)
		return 0;
	if (p->indented && p->current)
		return append(p, value) == 0;
	p->current = &p->ini->lock;
	if (strcmp(section, "policy") != 0 || strcmp(name, "lock") != 0) {
		id = gv_setting_find(section, name);
		if (id < 0) {
			complain(p, "unknown key", name, strlen(name));
			guess(p, guess_key(section, name));
			return 0;
		}
		p->current = &p->ini->values[id];
		line = &p->ini->lines[id];
	} else if (!p->ini->may_lock) {
		complain(p, "only the store's own govern.ini may have", name,
			 strlen(name));
		return 0;
	}
	if (*p->current) {
		complain(p, "given a second time:", name, strlen(name));
		return 0;
	}
	*line = p->line;
	*p->current = strdup(value);
	if (!*p->current)
		complain(p, "no memory for", name, strlen(name));
	return p->r == 0;
}

static int check_values(struct gv_inifile *ini, struct gv_err *err)
{
	for (int i = 0; i < GV_KEYS; i++) {
		const char *must = ini->values[i] ? gv_setting_check(&gv_setting_defs[i],
								     ini->values[i])
						  : NULL;

		if (!must)
			continue;
		gv_err_at(err, -GV_EUSAGE, ini->path, ini->lines[i],
			  "%s:%u: %s cannot be '%s'", ini->path, ini->lines[i],
			  gv_setting_defs[i].key, ini->values[i]);
		return gv_err_hint(err, "it takes %s", must);
	}
	return 0;
}

int gv_inifile_parse(struct gv_inifile *ini, const char *text, size_t n,
		     struct gv_err *err)
{
	struct parser p = {.ini = ini, .at = text, .end = text + n, .err = err};
	int bad = ini_parse_stream(next_line, &p, on_value, &p);

	if (p.r < 0)
		return p.r;
	if (bad != 0) {
		p.line = bad > 0 ? (unsigned)bad : 0;
		complain(&p, "neither a section, a comment nor 'key = value' in",
			 "govern.ini", strlen("govern.ini"));
		return p.r;
	}
	return check_values(ini, err);
}

int gv_inifile_read(struct gv_inifile *ini, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_INIFILE_MAX);
	int r = gv_read_file(AT_FDCWD, ini->path, &text);

	if (r == -ENOENT || r == -ENOTDIR)
		return 1;
	if (r == -EFBIG)
		return gv_err_at(err, -GV_EUSAGE, ini->path, 0,
				 "%s is larger than 64 KiB", ini->path);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read %s", ini->path);
	return gv_inifile_parse(ini, text.data ? text.data : "", text.len, err);
}

void gv_inifile_release(struct gv_inifile *ini)
{
	if (!ini)
		return;
	for (int i = 0; i < GV_KEYS; i++)
		free(ini->values[i]);
	free(ini->lock);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * How other tools read a pin file: goenv (2 and 3), asdf with asdf-golang, mise, and
 * actions/setup-go.  Known from what their own parsers made of the same files; a form
 * that all of them read as govern does is one bare line, 1.22.5.
 */
#include "core/cli/doctor/doctor.h"

#include <limits.h>
#include <string.h>

#include "core/base/text.h"
#include "core/version/spec.h"

/* What is in the file that somebody stumbles over. */
enum {
	CR = 1 << 0,
	MARK = 1 << 1,		 /* byte order mark */
	BLANK = 1 << 2,		 /* blanks around the word */
	EMPTY_FIRST = 1 << 3,	 /* an empty line before it */
	COMMENT_LINE = 1 << 4,	 /* "# why" */
	COMMENT_GLUED = 1 << 5,	 /* "#why" */
	COMMENT_BEHIND = 1 << 6, /* "1.22.5 # why" */
	GO_PREFIX = 1 << 7,	 /* go1.22.5 */
	GO_DASH = 1 << 8,	 /* go-1.22.5 */
	V_PREFIX = 1 << 9,
	TWO_LINES = 1 << 10,
	TWO_WORDS = 1 << 11, /* on one line */
	COLON = 1 << 12,
	SYSTEM = 1 << 13,
	LATEST = 1 << 14,
	LINE = 1 << 15,	    /* 1.22 */
	OLD_LINE = 1 << 16, /* 1.20, which is a release for some */
	LINE_X = 1 << 17,   /* 1.22.x */
	DOT_ZERO = 1 << 18, /* 1.20.0, which was released as 1.20 */
	TAG = 1 << 19,
	SUFFIX = 1 << 20,  /* +auto */
	CUSTOM = 1 << 21,  /* go1.22.5-bigcorp */
	TOOL_GO = 1 << 22, /* .tool-versions: go, not golang */
};

#define OURS (TAG | SUFFIX | CUSTOM)

static const struct habit {
	const char *tool;
	enum gv_words_kind kind;
	unsigned forms;
	const char *what;
} habits[] = {
	{"goenv", GV_WORDS_VERSIONS,
	 GO_PREFIX | V_PREFIX | MARK | LATEST | LINE_X | DOT_ZERO | OURS,
	 "goenv knows no such version"},
	{"goenv", GV_WORDS_VERSIONS, COMMENT_GLUED | COMMENT_BEHIND | TWO_WORDS,
	 "goenv 3 finds another word in it, or none"},
	{"asdf", GV_WORDS_VERSIONS,
	 CR | MARK | BLANK | COMMENT_BEHIND | GO_PREFIX | GO_DASH | V_PREFIX | TWO_LINES |
		 TWO_WORDS | COLON | SYSTEM | LATEST | LINE_X | OURS,
	 "asdf finds no version in it"},
	{"asdf", GV_WORDS_VERSIONS, EMPTY_FIRST, "asdf takes its newest version"},
	{"asdf", GV_WORDS_TOOLS, TOOL_GO, "asdf reads only lines that begin with golang"},
	{"asdf", GV_WORDS_TOOLS,
	 GO_PREFIX | GO_DASH | V_PREFIX | LATEST | LINE | OLD_LINE | LINE_X | OURS,
	 "asdf knows no such version"},
	{"mise", GV_WORDS_VERSIONS, TWO_LINES | COLON, "mise refuses the file"},
	{"mise", GV_WORDS_VERSIONS, GO_PREFIX | GO_DASH | TWO_WORDS | LINE_X | OURS,
	 "mise knows no such version"},
	{"mise", GV_WORDS_TOOLS, GO_PREFIX | GO_DASH | LINE_X | OURS,
	 "mise knows no such version"},
	{"mise", GV_WORDS_VERSIONS, LATEST, "mise takes pre-releases too"},
	{"mise", GV_WORDS_VERSIONS, OLD_LINE, "mise takes the first release of the line"},
	{"mise", GV_WORDS_TOOLS, OLD_LINE, "mise takes the first release of the line"},
	{"setup-go", GV_WORDS_VERSIONS,
	 COMMENT_LINE | COMMENT_GLUED | COMMENT_BEHIND | GO_PREFIX | GO_DASH | TWO_LINES |
		 TWO_WORDS | COLON | SYSTEM | LATEST | OURS,
	 "setup-go finds no version in it"},
	{"setup-go", GV_WORDS_TOOLS, TOOL_GO,
	 "setup-go reads only lines that begin with golang"},
	{"setup-go", GV_WORDS_TOOLS,
	 GO_PREFIX | GO_DASH | TWO_WORDS | SYSTEM | LATEST | OURS,
	 "setup-go finds no version in it"},
};

/* -- what a file is like ------------------------------------------------------------- */

static unsigned form_of_word(const char *s, size_t n)
{
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_spec spec;
	unsigned forms = 0;
	char line[GV_NAME_MAX];

	if (gv_spec_parse(s, n, GV_SPEC_PIN, &spec, &ignored) < 0)
		return 0; /* not for us either */
	if (n > 3 && memcmp(s, "go-", 3) == 0)
		forms |= GO_DASH;
	else if (n > 2 && memcmp(s, "go", 2) == 0)
		forms |= GO_PREFIX;
	else if (n > 1 && s[0] == 'v')
		forms |= V_PREFIX;
	forms |= spec.suffix != GV_SUFFIX_NONE ? SUFFIX : 0;
	switch (spec.kind) {
	case GV_SPEC_EXACT:
		gv_version_line(&spec.version, line);
		if (spec.version.suffix.len)
			forms |= CUSTOM;
		/* "1.20.0" is the release that Go calls go1.20. */
		else if (!gv_version_at_least(&spec.version, 21) &&
			 spec.version.patch.len == 0 && n > strlen(line) &&
			 gv_has_suffix(spec.text, ".0"))
			forms |= DOT_ZERO;
		break;
	case GV_SPEC_LINE:
		if (gv_has_suffix(spec.text, "x"))
			forms |= LINE_X;
		else if (gv_version_parse_bare(spec.line, strlen(spec.line),
					       &spec.version) == 0 &&
			 !gv_version_at_least(&spec.version, 21))
			forms |= OLD_LINE;
		else
			forms |= LINE;
		break;
	case GV_SPEC_LATEST:
		forms |= LATEST;
		break;
	case GV_SPEC_SYSTEM:
		forms |= SYSTEM;
		break;
	default:
		forms |= TAG;
	}
	return forms;
}

/* The bytes around the words, which words.h does not show. */
static unsigned form_of_bytes(const struct gv_buf *text, enum gv_words_kind kind)
{
	const char *p = text->data, *end = p + text->len;
	unsigned forms = 0;

	if (gv_after_prefix(p, "\xef\xbb\xbf")) {
		forms |= MARK;
		p += 3;
	}
	if (memchr(p, '\r', (size_t)(end - p)))
		forms |= CR;
	if (kind == GV_WORDS_TOOLS)
		return forms;
	if (p < end && *p == '\n')
		forms |= EMPTY_FIRST;
	for (const char *c = p; c < end; c++) {
		if (*c == '#' && (c == p || c[-1] == '\n'))
			forms |=
				c + 1 < end && c[1] != ' ' ? COMMENT_GLUED : COMMENT_LINE;
		else if (*c == '#')
			forms |= COMMENT_BEHIND;
		else if (*c == ':')
			forms |= COLON;
		else if ((*c == ' ' || *c == '\t') && (c == p || c[-1] == '\n'))
			forms |= BLANK;
		else if ((*c == ' ' || *c == '\t') && (c + 1 == end || c[1] == '\n'))
			forms |= BLANK;
		if (*c == '#') /* whatever stands in a comment */
			while (c + 1 < end && c[1] != '\n')
				c++;
	}
	return forms;
}

static unsigned forms_of(const struct gv_buf *text, enum gv_words_kind kind,
			 struct gv_word *ret_first)
{
	struct gv_words words = gv_words_in(text->data, text->len, kind);
	unsigned forms = form_of_bytes(text, kind), line = 0;
	struct gv_word word;

	*ret_first = (struct gv_word){.line = 1};
	while (gv_words_next(&words, &word) == 1) {
		forms |= form_of_word(word.s, word.n);
		if (line)
			forms |= word.line == line ? TWO_WORDS : TWO_LINES;
		else
			*ret_first = word;
		line = word.line;
	}
	/* Two words with a colon between them are two words on one line. */
	if (forms & COLON)
		forms &= ~(unsigned)TWO_WORDS;
	return forms;
}

/* .tool-versions: whether the line of that word begins with "go". */
static bool is_line_of_go(const struct gv_buf *text, const struct gv_word *word)
{
	const char *p = word->s;

	while (p > text->data && p[-1] != '\n')
		p--;
	p += strspn(p, " \t");
	return gv_after_prefix(p, "go") && strchr(" \t", p[2]);
}

/* -- what others make of it ---------------------------------------------------------- */

/* What to write instead: the version that runs here, in the form that all read. */
static void suggest(const struct gv_doctor *d, const char *dir, enum gv_words_kind kind,
		    struct gv_err *f)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	char bare[GV_NAME_MAX];
	struct gv_version v;
	const char *name = d->no_choice.code == 0 ? d->choice->name : "";

	if (gv_version_parse(name, strlen(name), &v) < 0 || v.suffix.len)
		gv_err_hint(f, "write one exact version, as 1.22.5");
	else if (kind == GV_WORDS_VERSIONS)
		gv_err_hint(f, "cd %s && govern pin %s", gv_doctor_word(&word, dir, ""),
			    gv_version_bare(&v, bare));
	else
		gv_err_hint(f, "write: golang %s", name + strlen("go"));
}

void gv_doctor_peers(struct gv_doctor *d, const char *dir, const char *name,
		     const struct gv_buf *text, enum gv_words_kind kind)
{
	struct gv_word first;
	unsigned forms = forms_of(text, kind, &first);
	const char *told = "";
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));

	gv_text_format(&t, "%s/%s", dir, name);
	if (kind == GV_WORDS_TOOLS && first.n && is_line_of_go(text, &first))
		forms |= TOOL_GO;
	for (size_t i = 0; i < GV_COUNT(habits) && first.n; i++) {
		const struct habit *h = &habits[i];
		struct gv_err *f;

		/* The first that applies is enough. */
		if (h->kind != kind || !(forms & h->forms) || strcmp(told, h->tool) == 0)
			continue;
		told = h->tool;
		f = gv_doctor_find(d, GV_CHECK_PIN_PEERS);
		gv_err_at(f, -GV_EFAILED, path, first.line, "%s:%u: '%.*s': %s", path,
			  first.line, (int)first.n, first.s, h->what);
		suggest(d, dir, kind, f);
	}
}

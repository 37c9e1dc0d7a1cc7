// SPDX-License-Identifier: Apache-2.0
/*
 * Patches, as `git diff`, `git format-patch` and `diff -u` write them, with one directory
 * before each name (a/, b/).  They are applied by patch(1); what is looked at here is
 * where they would write.
 */
#include "plugins/build/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"

enum {
	PATCH_BYTES_MAX = 16 << 20,
	DIGITS_MAX = 8,	   /* of the number of a line */
	SHOWN = 256,	   /* of a name, in a message */
	PATCHES_MAX = 256, /* as many as a receipt has */
	LIMIT_MS = 10 * 60 * 1000,
};

/* -- what it says -------------------------------------------------------------------- */

struct reading {
	const char *at, *end;
	uint64_t old_left, new_left; /* lines of the hunk at hand */
	size_t files;
	bool link;	     /* it makes one */
	bool indented;	     /* something stands before its lines */
	bool countless;	     /* a number that nobody's patch has */
	const char *outside; /* a name of n_outside bytes; NULL: none leads there */
	size_t n_outside;
};

static size_t line_length(const struct reading *in)
{
	const char *nl = memchr(in->at, '\n', (size_t)(in->end - in->at));

	return (size_t)((nl ? nl : in->end) - in->at);
}

static const char *after(const char *line, size_t n, const char *word)
{
	size_t len = strlen(word);

	return n >= len && memcmp(line, word, len) == 0 ? line + len : NULL;
}

static uint64_t number(const char **at, const char *end)
{
	const char *from = *at;
	uint64_t value = 0;

	while (*at < end && **at >= '0' && **at <= '9')
		(*at)++;
	return gv_num_parse(from, (size_t)(*at - from), UINT32_MAX, &value) < 0 ? 0
										: value;
}

/* "-12,7" or "-12", which is one line. */
static bool range(const char **at, const char *end, char sign, uint64_t *ret)
{
	const char *digits = *at + 1;

	if (*at == end || **at != sign)
		return false;
	*at = digits;
	(void)number(at, end);
	if (*at == digits)
		return false;
	*ret = 1;
	if (*at == end || **at != ',')
		return true;
	digits = ++*at;
	*ret = number(at, end);
	return *at > digits;
}

/*
 * "@@ -12,7 +12,9 @@": so many lines follow that are no headers, whatever they look like.
 * What patch(1) would not take for that hides nothing from us either.
 */
static void begin_hunk(struct reading *in, const char *at, const char *end)
{
	uint64_t old, new;
	size_t digits = 0;

	/* Of these patch(1) may make another number than we. */
	for (const char *p = at; p < end && *p != '@' && digits <= DIGITS_MAX; p++)
		digits = *p >= '0' && *p <= '9' ? digits + 1 : 0;
	in->countless |= digits > DIGITS_MAX;
	if (!range(&at, end, '-', &old) || at == end || *at++ != ' ' ||
	    !range(&at, end, '+', &new) || !after(at, (size_t)(end - at), " @@"))
		return;
	in->old_left = old;
	in->new_left = new;
}

static bool is_in_hunk(struct reading *in, char first)
{
	bool old = first != '+', new = first != '-';

	if (in->old_left == 0 && in->new_left == 0)
		return false;
	if (first == '\\')
		return true; /* "\ No newline at end of file" */
	in->old_left -= old && in->old_left;
	in->new_left -= new && in->new_left;
	return true;
}

static bool leaves_tree(const char *name, size_t n)
{
	if (n > 1 && name[0] == '"') { /* git quotes unusual names ... */
		name++, n--;
		/* ... and has no need of escapes for what is ASCII and to be seen. */
		if (memmem(name, n, "\\0", 2) || memmem(name, n, "\\1", 2))
			return true;
	}
	if (n > 0 && name[0] == '/')
		return true;
	for (size_t at = 0; at < n;) {
		const char *slash = memchr(name + at, '/', n - at);
		size_t len = slash ? (size_t)(slash - name) - at : n - at;

		if (len >= 2 && memcmp(name + at, "..", 2) == 0 &&
		    (len == 2 || name[at + 2] == '"'))
			return true;
		at += len + 1;
	}
	return false;
}

static void look_at_name(struct reading *in, const char *name, const char *end)
{
	const char *tab = memchr(name, '\t', (size_t)(end - name));
	size_t n = (size_t)((tab ? tab : end) - name);

	while (n > 0 && (name[n - 1] == '\r' || name[n - 1] == ' '))
		n--;
	in->files++;
	if (n == strlen("/dev/null") && memcmp(name, "/dev/null", n) == 0)
		return;
#ifndef GV_WITHOUT_PATCH_NAMES /* tests/controls: patch(1) will know */
	if (!leaves_tree(name, n))
#endif
		return;
	in->outside = name;
	in->n_outside = n < SHOWN ? n : SHOWN;
}

/* "a/x b/x", where each may have blanks in it: of these each word is looked at. */
static void look_at_names(struct reading *in, const char *at, const char *end)
{
	while (at < end && !in->outside) {
		const char *blank = memchr(at, ' ', (size_t)(end - at));

		look_at_name(in, at, blank ? blank : end);
		at = blank ? blank + 1 : end;
	}
}

static void look_at_header(struct reading *in, const char *line, size_t n)
{
	static const char *const names[] = {"--- ",	  "+++ ",	  "*** ",
					    "Index: ",	  "rename from ", "rename to ",
					    "copy from ", "copy to "};
	static const char *const modes[] = {"new file mode 12", "new mode 12",
					    "old mode 12", "deleted file mode 12"};
	const char *rest = after(line, n, "@@ ");

	if (rest) {
		begin_hunk(in, rest, line + n);
		return;
	}
	rest = after(line, n, "diff --git ");
	if (rest)
		look_at_names(in, rest, line + n);
	for (size_t i = 0; i < GV_COUNT(names) && !in->outside; i++) {
		rest = after(line, n, names[i]);
		if (rest)
			look_at_name(in, rest, line + n);
	}
	for (size_t i = 0; i < GV_COUNT(modes); i++)
		if (after(line, n, modes[i]))
			in->link = true;
}

/*
 * patch(1) takes off what stands before all lines of a patch, as in a mail, and we do
 * not: what would be looked at without that is none of what we read.
 */
static void look_at_indented(struct reading *in, const char *line, size_t n)
{
	struct reading without = {0};
	size_t indent = 0;

#ifndef GV_WITHOUT_PATCH_INDENT /* tests/controls: as if nobody took it off */
	while (indent < n && strchr(" \tX", line[indent]) && line[indent])
		indent++;
#endif
	if (indent == 0)
		return;
	look_at_header(&without, line + indent, n - indent);
	in->indented = without.files || without.link || without.old_left ||
		       without.new_left || without.countless;
}

static int check(const struct gv_patch *p, const char *path, struct gv_err *err)
{
	struct reading in = {.at = p->text, .end = p->text + p->n};

	while (in.at < in.end && !in.outside && !in.link && !in.indented &&
	       !in.countless) {
		size_t n = line_length(&in);

		if (!is_in_hunk(&in, n ? in.at[0] : ' ')) {
			look_at_header(&in, in.at, n);
			look_at_indented(&in, in.at, n);
		}
		in.at += n + (in.at + n < in.end);
	}
	if (in.outside)
		return gv_err_set(
			err, -GV_EPOLICY,
			"the patch '%s' names a file outside of the tree: '%.*s'", path,
			(int)in.n_outside, in.outside);
	if (in.link)
		return gv_err_set(err, -GV_EPOLICY,
				  "the patch '%s' makes a symbolic link", path);
	if (in.indented)
		return gv_err_set(err, -GV_EFORMAT,
				  "the patch '%s' has blanks before its lines", path);
	if (in.countless)
		return gv_err_set(
			err, -GV_EFORMAT,
			"the patch '%s' counts more lines than a patch can have", path);
	if (in.files == 0)
		return gv_err_set(err, -GV_EFORMAT, "'%s' is no patch: it names no file",
				  path);
	return 0;
}

int gv_patch_load(const char *path, struct gv_build *b, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(PATCH_BYTES_MAX);
	const char *slash = strrchr(path, '/');
	uint8_t digest[GV_SHA256_BYTES];
	struct gv_patch p = {0}, *more;
	int r = gv_read_file(AT_FDCWD, path, &text);

	if (r == 0)
		r = gv_buf_add(&text, "", 0); /* an empty one is text, too */
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the patch '%s'", path);
	if (b->n_patches == PATCHES_MAX)
		return gv_err_set(err, -GV_EUSAGE, "more than %d patches", PATCHES_MAX);
	p.n = text.len;
	gv_sha256_of(text.data, text.len, digest);
	gv_sha256_to_hex(digest, p.sha256);
	p.text = gv_buf_take(&text);
	p.name = strdup(slash ? slash + 1 : path);
	more = reallocarray(b->patches, b->n_patches + 1, sizeof(*more));
	if (more)
		b->patches = more;
	r = p.text && p.name && more
		    ? check(&p, path, err)
		    : gv_err_sys(err, -ENOMEM, "cannot read the patch '%s'", path);
	if (r < 0) {
		free(p.text);
		free(p.name);
		return r;
	}
	more[b->n_patches++] = p;
	return 0;
}

/* -- what it does -------------------------------------------------------------------- */

static int apply(const struct gv_source_env *env, const struct gv_patch *p, int log,
		 struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf file = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf tree = GV_BUF_INIT(0);
	char *argv[] = {"patch",   "-p1",	"-F0",
			"--batch", "--forward", "--no-backup-if-mismatch",
			"-i",	   NULL,	NULL};
	struct gv_build_run run = {
		.env = env, .argv = argv, .limit_ms = LIMIT_MS, .log = log};
	char last[GV_WORD_MAX * 8];
	int r, status = 0;

	gv_buf_format(&file, "%s/patch", env->scratch);
	gv_buf_format(&tree, "%s/" GV_BUILD_TREE, env->scratch);
	r = gv_buf_error(&file) == 0 ? gv_buf_error(&tree) : gv_buf_error(&file);
	if (r == 0)
		r = gv_save_file(AT_FDCWD, file.data, p->text, p->n, 0600);
	if (r == 0) {
		argv[GV_COUNT(argv) - 2] = file.data;
		run.directory = tree.data;
		r = gv_build_run(&run, last, &status);
	}
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot apply the patch '%s'", p->name);
	if (status == 127) {
		gv_err_set(err, -GV_EFAILED,
			   "cannot apply the patch '%s': there is no patch(1) in PATH",
			   p->name);
		return gv_err_hint(err, "install the package 'patch'");
	}
	if (status != 0)
		return gv_err_set(err, -GV_EFAILED, "the patch '%s' does not apply: %s",
				  p->name, last[0] ? last : "patch(1) does not say why");
	return 0;
}

int gv_patches_apply(const struct gv_source_env *env, int log, struct gv_err *err)
{
	const struct gv_build *b = env->in->build;
	int r = 0;

	for (size_t i = 0; i < b->n_patches && r == 0; i++)
		r = apply(env, &b->patches[i], log, err);
	return r;
}

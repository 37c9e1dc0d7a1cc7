// SPDX-License-Identifier: Apache-2.0
/*
 * Runs tests/resolve/NAME.golden, one case each, from the project's root:
 *
 *	# why
 *	installed 1.20 1.22.5           toolchains, with the pointers that follow from
 * them pointer default go1.20          one more pointer; the target need not be there
 * file
 *PATH CONTENT               \n \t \r \0 \xNN are understood, $T is the directory link
 *PATH TARGET    fifo PATH    directory PATH    mode PATH 644 program PATH        shim
 *PATH    goroot PATH env NAME=VALUE in PATH                         the working
 * directory, made when it is not there run go build                    argv; the default
 * is "go" is go1.22.5 file $T/.go-version:1 export=local fails 127 MESSAGE hint COMMAND
 *
 * Paths are relative to a new directory $T; the store is $T/s.  For `is` the words are:
 * toolchain or program, kind, place, then what happens to the environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/resolve/marker.h"
#include "core/resolve/resolve.h"
#include "tests/unit/scratch.h"

#define MAX_WORDS 32

struct golden {
	const char *path;
	char dir[256]; /* $T */
	char cwd[PATH_MAX];
	char *argv[MAX_WORDS];
	char *envp[MAX_WORDS];
	size_t n_env;
	char answer[4096], hint[1024];
	bool asked;
};

static struct golden golden; /* the case that runs */
static int root = -1;	     /* of the project */

static void must(bool ok, const struct golden *g, const char *what)
{
	if (!ok)
		fail_msg("%s: %s: %s", g->path, what, strerror(errno));
}

/* Makes the directories above `rel` and answers its absolute path. */
static const char *place(const struct golden *g, const char *rel)
{
	static char path[4][PATH_MAX];
	static int turn;
	char *p = path[turn++ % 4], *slash;

	if (*rel == '/')
		snprintf(p, PATH_MAX, "%s", rel);
	else
		snprintf(p, PATH_MAX, "%s/%s", g->dir, rel);
	slash = strrchr(p, '/');
	*slash = '\0';
	must(gv_make_dirs(AT_FDCWD, p, 0755) == 0, g, p);
	*slash = '/';
	return p;
}

static void write_file(const struct golden *g, const char *rel, const char *data,
		       size_t n, mode_t mode)
{
	const char *path = place(g, rel);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, data, n) == (ssize_t)n && fchmod(fd, mode) == 0, g,
	     path);
	close(fd);
}

static void link_to(const struct golden *g, const char *rel, const char *target)
{
	const char *path = place(g, rel);

	unlink(path);
	must(symlink(target, path) == 0, g, path);
}

static void point(const struct golden *g, const char *pointer, const char *name)
{
	char rel[256], target[256];

	snprintf(rel, sizeof(rel), "s/generations/1/%s", pointer);
	snprintf(target, sizeof(target), "../../toolchains/%s", name);
	link_to(g, rel, target);
	link_to(g, "s/current", "generations/1");
}

static void make_goroot(const struct golden *g, const char *rel)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/bin/go", rel);
	write_file(g, path, "#!/bin/sh\n", 10, 0755);
	snprintf(path, sizeof(path), "%s/bin/gofmt", rel);
	write_file(g, path, "#!/bin/sh\n", 10, 0755);
	snprintf(path, sizeof(path), "%s/pkg/tool/x", rel);
	place(g, path);
}

/* As the store does it: lines and `latest` lead to the newest stable patch. */
static void install(const struct golden *g, char *versions)
{
	static char newest[8][GV_NAME_MAX];
	char *save = NULL, latest[GV_NAME_MAX] = "";

	memset(newest, 0, sizeof(newest));
	for (char *word = strtok_r(versions, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		char rel[128], line[GV_NAME_MAX], other[GV_NAME_MAX];
		struct gv_version v, o;
		size_t i;

		snprintf(rel, sizeof(rel), "go%s", word);
		must(gv_version_parse(rel, strlen(rel), &v) == 0, g, word);
		snprintf(rel, sizeof(rel), "s/toolchains/%s", v.name);
		make_goroot(g, rel);
		if (!gv_version_is_stable(&v))
			continue;
		gv_version_line(&v, line);
		for (i = 0; i < 7 && newest[i][0]; i++) {
			must(gv_version_parse(newest[i], strlen(newest[i]), &o) == 0, g,
			     "");
			gv_version_line(&o, other);
			if (strcmp(line, other) == 0)
				break;
		}
		if (gv_version_compare_names(newest[i], v.name) < 0)
			snprintf(newest[i], GV_NAME_MAX, "%s", v.name);
		point(g, line, newest[i]);
		if (gv_version_compare_names(latest, v.name) < 0)
			snprintf(latest, sizeof(latest), "%s", v.name);
		point(g, "latest", latest);
	}
}

/* $T and the escapes, in place. */
static size_t expand(const struct golden *g, const char *s, char *ret)
{
	size_t n = 0;

	for (; *s && *s != '\n'; s++) {
		if (s[0] == '$' && s[1] == 'T') {
			n += (size_t)sprintf(ret + n, "%s", g->dir);
			s++;
		} else if (s[0] == '\\' && s[1] == 'x') {
			char hex[3] = {s[2], s[3], 0};

			ret[n++] = (char)strtol(hex, NULL, 16);
			s += 3;
		} else if (s[0] == '\\') {
			s++;
			ret[n++] = *s == 'n'   ? '\n'
				   : *s == 't' ? '\t'
				   : *s == 'r' ? '\r'
				   : *s == '0' ? '\0'
					       : *s;
		} else {
			ret[n++] = *s;
		}
	}
	ret[n] = '\0';
	return n;
}

/* The other way: what is told about $T. */
static void fold(const struct golden *g, const char *s, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);

	while (*s) {
		const char *rest = gv_after_prefix(s, g->dir);

		gv_text_add_n(&t, rest ? "$T" : s, rest ? 2 : 1);
		s = rest ? rest : s + 1;
	}
}

/*
 * As the shim asks: what execve(2) will tell is left to it, and nothing else.  So the
 * answer is the same, or it is a program that cannot be executed.
 */
static void ask_at_once(const struct golden *g, struct gv_request req, int r,
			const struct gv_choice *c, const struct gv_err *err)
{
	static struct gv_choice other;
	struct gv_err said = GV_ERR_INIT;
	int again;

	req.at_once = req.guessed = true;
	memset(&other, 0xa5, sizeof(other));
	again = gv_resolve(&req, &other, &said);
	if (again == GV_RESOLVE_ASTRAY) { /* most of these stores have nothing in them */
		req.guessed = false;
		said = GV_ERR_INIT;
		again = gv_resolve(&req, &other, &said);
	}
	if (r == -GV_ENOEXEC && again == 0) {
		assert_int_not_equal(access(other.program, X_OK), 0);
		return;
	}
	if (again != r)
		fail_msg("%s: at once it is %d, not %d", g->path, again, r);
	assert_string_equal(said.message, err->message);
	if (r < 0)
		return;
	assert_string_equal(other.program, c->program);
	assert_string_equal(other.name, c->name);
	assert_string_equal(other.goroot, c->goroot);
	assert_string_equal(other.file, c->file);
	assert_int_equal(other.kind, c->kind);
	assert_int_equal(other.line, c->line);
	assert_int_equal(other.skip_argument, c->skip_argument);
	assert_int_equal(other.drop_gotoolchain, c->drop_gotoolchain);
	assert_int_equal(other.set_goroot, c->set_goroot);
}

static void ask(struct golden *g)
{
	char prefix[512], told[4096];
	struct gv_err err = GV_ERR_INIT;
	struct gv_request req = {.prefix = prefix, .argv = g->argv, .envp = g->envp};
	static struct gv_choice c;
	struct gv_text t = gv_text_in(told, sizeof(told));
	int r;

	req.program = strcmp(g->argv[0], "gofmt") == 0 ? "gofmt" : "go";
	snprintf(prefix, sizeof(prefix), "%s/s", g->dir);
	must(chdir(g->cwd) == 0, g, g->cwd);
	memset(&c, 0xa5, sizeof(c));
	r = gv_resolve(&req, &c, &err);
	ask_at_once(g, req, r, &c, &err);
	if (r < 0) {
		assert_int_equal(r, err.code);
		gv_text_format(&t, "fails %d %s", r == -GV_ENOEXEC ? 126 : 127,
			       err.message);
		fold(g, told, g->answer, sizeof(g->answer));
		fold(g, err.hint, g->hint, sizeof(g->hint));
		return;
	}
	assert_int_equal(err.code, 0);
	assert_int_equal(access(c.program, X_OK), 0);
	gv_text_format(&t, "is %s %s", c.name[0] ? c.name : c.program,
		       gv_kind_name(c.kind));
	if (c.file[0])
		gv_text_format(&t, " %s:%u", c.file, c.line);
	if (c.gotoolchain)
		gv_text_format(&t, " export=%s", c.gotoolchain);
	if (c.drop_gotoolchain)
		gv_text_add(&t, " drop");
	if (c.set_goroot)
		gv_text_add(&t, " goroot");
	if (c.skip_argument)
		gv_text_add(&t, " skip");
	if (c.behind[0])
		gv_text_format(&t, " behind=%s", c.behind);
	if (c.name[0]) {
		char want[PATH_MAX];

		snprintf(want, sizeof(want), "%s/toolchains/%s", prefix, c.name);
		assert_string_equal(c.goroot, want);
		snprintf(want, sizeof(want), "%s/bin/%s", c.goroot, req.program);
		assert_string_equal(c.program, want);
	}
	fold(g, told, g->answer, sizeof(g->answer));
}

static void split(char *s, char **ret)
{
	size_t n = 0;

	for (char *word = strtok(s, " "); word && n < MAX_WORDS - 1;
	     word = strtok(NULL, " "))
		ret[n++] = word;
	ret[n] = NULL;
}

static void obey(struct golden *g, char *line)
{
	static char run[1024];
	char text[70000], *rest = strchr(line, ' ');
	size_t n;

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return;
	if ((strncmp(line, "is ", 3) == 0 || strncmp(line, "fails ", 6) == 0)) {
		ask(g);
		g->asked = true;
		if (strcmp(line, g->answer) != 0)
			fail_msg("%s:\nwanted: %s\nis:     %s", g->path, line, g->answer);
		return;
	}
	must(rest != NULL, g, line);
	*rest++ = '\0';
	if (strcmp(line, "hint") == 0) {
		if (strcmp(rest, g->hint) != 0)
			fail_msg("%s:\nwanted: hint %s\nis:     hint %s", g->path, rest,
				 g->hint);
		return;
	}
	if (strcmp(line, "run") == 0) {
		expand(g, rest, run);
		split(run, g->argv);
		return;
	}
	n = expand(g, rest, text);
	if (strcmp(line, "installed") == 0) {
		install(g, text);
	} else if (strcmp(line, "env") == 0) {
		must(g->n_env < MAX_WORDS - 1, g, "too many variables");
		g->envp[g->n_env++] = strdup(text);
	} else if (strcmp(line, "in") == 0) {
		snprintf(g->cwd, sizeof(g->cwd), "%s", place(g, text));
		mkdir(g->cwd, 0755);
	} else if (strcmp(line, "directory") == 0) {
		must(mkdir(place(g, text), 0755) == 0, g, text);
	} else if (strcmp(line, "goroot") == 0) {
		make_goroot(g, text);
	} else if (strcmp(line, "fifo") == 0) {
		must(mkfifo(place(g, text), 0644) == 0, g, text);
	} else if (strcmp(line, "program") == 0) {
		write_file(g, text, "#!/bin/sh\n", 10, 0755);
	} else if (strcmp(line, "shim") == 0) {
		write_file(g, text,
			   "\x7f"
			   "ELF\0" GV_SHIM_MARKER,
			   6 + strlen(GV_SHIM_MARKER), 0755);
	} else {
		char *second = strchr(text, ' ');

		must(second != NULL, g, line);
		*second++ = '\0';
		if (strcmp(line, "file") == 0)
			write_file(g, text, second, n - (size_t)(second - text), 0644);
		else if (strcmp(line, "link") == 0)
			link_to(g, text, second);
		else if (strcmp(line, "pointer") == 0)
			point(g, text, second);
		else if (strcmp(line, "mode") == 0)
			must(chmod(place(g, text), (mode_t)strtol(second, NULL, 8)) == 0,
			     g, text);
		else
			fail_msg("%s: '%s' is not known", g->path, line);
	}
}

static void run_golden(void **state)
{
	struct golden *g = &golden;
	char line[70000];
	int lines = 0;
	FILE *f;

	g->path = *state;
	f = fopen(g->path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		obey(g, line);
		lines++;
	}
	fclose(f);
	assert_true(g->asked);
	assert_in_range(lines, 2, 10);
}

static int set_up(void **state)
{
	(void)state;
	golden = (struct golden){.argv = {"go"}};
	must(make_scratch(golden.dir, sizeof(golden.dir)) != NULL, &golden, golden.dir);
	snprintf(golden.cwd, sizeof(golden.cwd), "%s", golden.dir);
	return 0;
}

/* Also after a failure: the next case must not suffer from it. */
static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < golden.n_env; i++)
		free(golden.envp[i]);
	if (fchdir(root) < 0)
		return -1;
	return gv_tree_remove(AT_FDCWD, golden.dir);
}

int main(void)
{
	struct CMUnitTest *tests;
	glob_t found;
	int r;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	/* No file is a failure: a suite that does not find its cases must not pass. */
	if (glob("tests/resolve/*.golden", 0, NULL, &found) != 0 ||
	    found.gl_pathc < 100) {
		fprintf(stderr, "run from the project's root\n");
		return 1;
	}
	root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	tests = calloc(found.gl_pathc, sizeof(*tests));
	if (!tests)
		return 1;
	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){
			.name = strrchr(found.gl_pathv[i], '/') + 1,
			.test_func = run_golden,
			.setup_func = set_up,
			.teardown_func = tear_down,
			.initial_state = found.gl_pathv[i],
		};
	r = _cmocka_run_group_tests("golden", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return r;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * govern doctor --cross: what a cgo build for another platform needs, and lacks here.
 * Each step is tried with what is installed, in a scratch directory, and none is when the
 * one before it failed: without a compiler there is nothing to say of its headers.
 */
#include "core/cli/doctor/cross.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/program.h"
#include "core/base/text.h"
#include "core/cli/doctor/crosstargets.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/scratch.h"
#include "core/cli/terminal/fold.h"

enum { LIMIT_MS = 5 * 60 * 1000, WORDS_MAX = 16 };

struct cross {
	struct gv_cli *cli;
	const struct gv_cross_target *target;
	char os[GV_PLATFORM_MAX];
	const char *arch;
	struct gv_scratch scratch;
	char cc[1024];		/* with its arguments */
	char *words[WORDS_MAX]; /* the same, as an argv */
	char program[PATH_MAX], text[1024];
	size_t n_words;
	struct gv_json *findings;
	unsigned lacking;
};

static void find(struct cross *c, const char *id, const char *severity, const char *fix,
		 const char *fmt, ...) GV_NONNULL(1, 2, 3, 5) GV_PRINTF(5, 6);

static void find(struct cross *c, const char *id, const char *severity, const char *fix,
		 const char *fmt, ...)
{
	struct gv_json *o = gv_json_new_object();
	char message[1024];
	struct gv_text t = gv_text_in(message, sizeof(message));
	va_list ap;

	va_start(ap, fmt);
	gv_text_vformat_visible(&t, fmt, ap);
	va_end(ap);
	c->lacking += strcmp(severity, "error") == 0;
	if (!c->cli->json) {
		char said[sizeof(message) + 64];

		snprintf(said, sizeof(said), "%s [%s]", message, id);
		printf("%s: ", severity);
		gv_print_prose(said, strlen(severity) + 2);
		if (fix) { /* it may have CC in it */
			fputs("  fix: ", stdout);
			gv_print_visible(fix);
			putchar('\n');
		}
	}
	gv_json_set_str(o, "id", id);
	gv_json_set_str(o, "severity", severity);
	gv_json_set_str(o, "message", message);
	gv_json_set_str(o, "fix", fix);
	gv_json_append(c->findings, o);
}

static bool in_path(const char *name, char ret[PATH_MAX])
{
	/* Go takes no other path, and from PATH no relative one. */
	if (strchr(name, '/')) {
		struct gv_text t = gv_text_in(ret, PATH_MAX);

		gv_text_add(&t, name);
		return name[0] == '/' && gv_is_program(ret);
	}
	return gv_program_find(getenv("PATH"), name, ret);
}

/* -- the compiler -------------------------------------------------------------------- */

static void split(struct cross *c)
{
	struct gv_text t = gv_text_in(c->text, sizeof(c->text));
	char *state = NULL;

	gv_text_add(&t, c->cc);
	c->n_words = 0;
	for (char *w = strtok_r(c->text, " \t", &state); w && c->n_words < WORDS_MAX - 6;
	     w = strtok_r(NULL, " \t", &state))
		c->words[c->n_words++] = w;
	if (c->n_words && in_path(c->words[0], c->program))
		c->words[0] = c->program;
	else
		c->n_words = 0;
}

static void how_to_install(const struct cross *c, char ret[512])
{
	static const char *const managers[][2] = {{"apt-get", "apt-get install"},
						  {"dnf", "dnf install"},
						  {"pacman", "pacman -S"}};
	struct gv_text t = gv_text_in(ret, 512);
	char unused[PATH_MAX];

	for (size_t i = 0; i < GV_COUNT(managers); i++) {
		if (!in_path(managers[i][0], unused) || !c->target->packages[i][0])
			continue;
		gv_text_format(&t, "%s %s", managers[i][1], c->target->packages[i]);
		return;
	}
	if (c->target->triplet)
		gv_text_format(&t, "install %s-gcc", c->target->triplet);
	else
		gv_text_add(&t, "export CC=COMPILER");
}

/* As Go: CC; else what the usual name leads to.  CC_FOR_GOOS_GOARCH is what make.bash
 * reads. */
static bool find_compiler(struct cross *c)
{
	char name[128], fix[512];
	struct gv_text n = gv_text_in(name, sizeof(name));
	struct gv_text cc = gv_text_in(c->cc, sizeof(c->cc));
	const char *given = getenv("CC"), *triplet = c->target->triplet;

	gv_text_format(&n, "CC_FOR_%s_%s", c->os, c->arch);
	if (!given || !given[0])
		given = getenv(name);
	if (given && given[0])
		gv_text_add(&cc, given);
	else if (triplet)
		gv_text_format(&cc, "%s-gcc", triplet);
	split(c);
	if (c->n_words)
		return true;
	how_to_install(c, fix);
	if (c->cc[0])
		find(c, "cross-compiler", "error", fix,
		     "there is no C compiler '%s' for %s", c->cc, c->target->platform);
	else
		find(c, "cross-compiler", "error", fix,
		     "no C compiler for %s has a usual name", c->target->platform);
	return false;
}

/* -- tried --------------------------------------------------------------------------- */

static int attempt(struct cross *c, char *const *argv, const struct gv_list *set,
		   const char **ret_said, struct gv_scratch_result *result,
		   struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *work = gv_scratch_path(&c->scratch, "work");
	struct gv_scratch_job job = {
		.argv = argv, .directory = work, .clean = true, .set = set};
	int r = work ? gv_scratch_run(&c->scratch, &job, result, err)
		     : gv_err_sys(err, -ENOMEM, "cannot try a cross build");
	char *said = result->said.data;

	/* Go says first of which package it speaks, compilers of which file. */
	while (said &&
	       (gv_after_prefix(said, "# ") ||
		strstr(said, "In file included from ") == said) &&
	       strchr(said, '\n'))
		said = strchr(said, '\n') + 1;
	*ret_said = said && *said ? said : err->message;
	if (said)
		said[strcspn(said, "\n")] = '\0';
	return r;
}

/* 0: it compiles; 1: it does not, and that was told. */
static int compile(struct cross *c, const char *id, char *const more[5],
		   const char *lacks, struct gv_err *err)
{
	struct gv_scratch_result result = {0};
	struct gv_err why = GV_ERR_INIT;
	char fix[512];
	const char *said;
	int r;

	for (size_t i = 0; i < 5; i++)
		c->words[c->n_words + i] = more[i];
	r = attempt(c, c->words, NULL, &said, &result, &why);
	if (r == -GV_EFAILED) {
		how_to_install(c, fix);
		find(c, id, "error", fix, "'%s' %s: %s", c->cc, lacks, said);
	} else if (r < 0) {
		*err = why;
	}
	gv_scratch_result_release(&result);
	return r == -GV_EFAILED ? 1 : r;
}

static int add(struct gv_list *set, const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "%s=%s", name, value);
	return gv_buf_error(&b) == 0 ? gv_list_add(set, b.data) : gv_buf_error(&b);
}

static int build(struct cross *c, struct gv_err *err)
{
	GV_CLEANUP(gv_list_release) struct gv_list set = GV_LIST_INIT;
	static char go[] = "go", verb[] = "build", o[] = "-o", out[] = "p", here[] = ".";
	char *argv[] = {go, verb, o, out, here, NULL};
	struct gv_scratch_result result = {0};
	struct gv_err why = GV_ERR_INIT;
	const char *said;
	int r = add(&set, "GOOS", c->os);

	if (r == 0)
		r = add(&set, "GOARCH", c->arch);
	if (r == 0)
		r = add(&set, "CGO_ENABLED", "1");
	if (r == 0)
		r = add(&set, "CC", c->cc);
	if (r < 0)
		return gv_err_sys(err, r, "cannot try a cross build");
	r = attempt(c, argv, &set, &said, &result, &why);
	if (r == -GV_EFAILED)
		find(c, "cross-build", "error", NULL,
		     "%s does not build a small cgo program for %s: %s",
		     c->scratch.version, c->target->platform, said);
	else if (r < 0)
		*err = why;
	gv_scratch_result_release(&result);
	return r == -GV_EFAILED ? 0 : r;
}

/* -- settings ------------------------------------------------------------------------ */

/* Only packages that ask for it take it: a note. */
static void look_at_pkg_config(struct cross *c)
{
	const char *given = getenv("PKG_CONFIG"), *triplet = c->target->triplet;
	const char *program = given && given[0] ? given : "pkg-config";
	char name[128], unused[PATH_MAX], fix[256];
	struct gv_text t = gv_text_in(name, sizeof(name));
	struct gv_text f = gv_text_in(fix, sizeof(fix));

	gv_text_format(&t, "%s-pkg-config", triplet ? triplet : "");
	if (triplet && in_path(name, unused))
		gv_text_format(&f, "export PKG_CONFIG=%s", name);
	if (!in_path(program, unused)) {
		find(c, "cross-pkg-config", "note", f.len ? fix : NULL,
		     "there is no pkg-config '%s'", program);
		return;
	}
	if (program == given || getenv("PKG_CONFIG_LIBDIR"))
		return;
	if (!f.len && triplet)
		gv_text_format(&f, "export PKG_CONFIG_LIBDIR=/usr/lib/%s/pkgconfig",
			       triplet);
	find(c, "cross-pkg-config", "note", f.len ? fix : NULL,
	     "pkg-config finds the libraries of this machine, not those of %s",
	     c->target->platform);
}

static void look_at_settings(struct cross *c)
{
	const char *cgo = getenv("CGO_ENABLED"), *cc = getenv("CC");
	char fix[1200];
	struct gv_text f;

	if (!cgo || strcmp(cgo, "1") != 0)
		find(c, "cross-cgo", "error", "export CGO_ENABLED=1",
		     "CGO_ENABLED is not 1: for another platform Go builds without cgo");
	if (!cc || !cc[0]) {
		f = gv_text_in(fix, sizeof(fix));
		gv_text_format(&f, "export CC='%s'", c->cc);
		find(c, "cross-cc", "error", fix,
		     "CC is not set: Go takes this machine's own compiler");
	}
	look_at_pkg_config(c);
}

/* -- all ----------------------------------------------------------------------------- */

/* Go passes over names with a "_" before them: a C file beside it would be a part of
 * it. */
static int write_program(const struct cross *c, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf machine = GV_BUF_INIT(0);
	const char *const files[][2] = {
		{"_a.c",
		 "#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n"},
		{"go.mod", "module example.com/cross\n\ngo 1.17\n"},
		{"main.go", "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\n"
			    "func main() { C.exit(C.EXIT_SUCCESS) }\n"},
	};
	int r;

	gv_buf_format(&machine, "#if !(%s)\n#error it is for another machine\n#endif\n",
		      c->target->condition);
	r = gv_buf_error(&machine);
	if (r == 0)
		r = gv_save_file(c->scratch.fd, "_m.c", machine.data, machine.len, 0644);
	for (size_t i = 0; i < GV_COUNT(files) && r == 0; i++)
		r = gv_save_file(c->scratch.fd, files[i][0], files[i][1],
				 strlen(files[i][1]), 0644);
	return r < 0 ? gv_err_sys(err, r, "cannot try a cross build") : 0;
}

static int examine(struct cross *c, struct gv_err *err)
{
	static char e[] = "-E", file[] = "_a.c", machine[] = "_m.c", o[] = "-o",
		    null[] = "/dev/null", out[] = "a.out";
	char *const target[5] = {e, machine, o, null, NULL};
	char *const headers[5] = {e, file, o, null, NULL};
	char *const link[5] = {file, o, out, NULL, NULL};
	int r;

	if (!find_compiler(c))
		return 0;
	look_at_settings(c);
	r = write_program(c, err);
	if (r == 0)
		r = compile(c, "cross-machine", target,
			    "makes programs for another machine", err);
	if (r == 0)
		r = compile(c, "cross-headers", headers, "finds no C headers", err);
	if (r == 0)
		r = compile(c, "cross-link", link, "links no program", err);
	return r == 0 ? build(c, err) : r < 0 ? r : 0;
}

int gv_doctor_cross(struct gv_cli *cli, const char *platform, struct gv_err *err)
{
	static struct gv_choice choice;
	struct cross c = {
		.cli = cli,
		.scratch = GV_SCRATCH_INIT,
		.findings = gv_json_new_array(),
	};
	struct gv_text os = gv_text_in(c.os, sizeof(c.os));
	struct gv_json *o = gv_cli_new_json();
	int r = gv_cross_target_find(platform, &c.target, err);

	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err) < 0 ? err->code : 0;
	if (r == 0)
		r = gv_cli_resolve(cli, "go", NULL, NULL, &choice, err);
	if (r == 0 && !choice.name[0])
		r = gv_err_set(err, -GV_EPOLICY,
			       "the go in force here is not one of the store's");
	if (r == 0) {
		gv_text_add_n(&os, platform, strcspn(platform, "-"));
		c.arch = platform + os.len + 1;
		r = gv_scratch_open(cli, choice.name, LIMIT_MS, &c.scratch, err);
	}
	if (r == 0)
		r = examine(&c, err);
	gv_scratch_close(&c.scratch);
	if (r == 0 && c.lacking)
		r = gv_err_set(err, -GV_EFAILED, "a cgo build for %s lacks %u %s",
			       platform, c.lacking, c.lacking == 1 ? "thing" : "things");
	else if (r == 0)
		gv_cli_done(cli, "%s builds cgo programs for %s with '%s'", choice.name,
			    platform, c.cc);
	gv_json_set_bool(o, "ok", r == 0);
	gv_json_set(o, "findings", c.findings);
	if (r == 0 && cli->json)
		return gv_cli_print_json(o, err);
	cli->partial = o;
	return r;
}

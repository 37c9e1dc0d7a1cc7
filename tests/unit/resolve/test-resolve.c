// SPDX-License-Identifier: Apache-2.0
/* What a golden case cannot say: directories that are gone, closed or too deep, a file
 * system that remembers absences, the trace, and the questions of the manager. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/resolve/environ.h"
#include "core/resolve/resolve.h"

static char top[128], store[160];
static int home = -1;
static struct gv_choice choice;
static struct gv_err err;

/* NFS that remembers that a file is not there, until its directory is opened: these stand
 * in for libc's, and see only what is asked by path. */
static bool stale;

int lstat(const char *path, struct stat *st)
{
	if (stale && strstr(path, "/toolchains/")) {
		errno = ENOENT;
		return -1;
	}
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

ssize_t readlink(const char *path, char *buf, size_t n)
{
	if (stale && strstr(path, "/current/")) {
		errno = ENOENT;
		return -1;
	}
	return readlinkat(AT_FDCWD, path, buf, n);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void add_toolchain(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/toolchains/%s/bin", store, name);
	assert_int_equal(gv_make_dirs(AT_FDCWD, path, 0755), 0);
	strcat(path, "/go");
	write_file(path, "#!/bin/sh\n", 0755);
}

static void add_pointer(const char *pointer, const char *name)
{
	char path[256], target[256];

	snprintf(path, sizeof(path), "%s/current", store);
	assert_int_equal(gv_make_dirs(AT_FDCWD, path, 0755), 0);
	snprintf(path, sizeof(path), "%s/current/%s", store, pointer);
	snprintf(target, sizeof(target), "../../toolchains/%s", name);
	assert_int_equal(symlink(target, path), 0);
}

static int set_up(void **state)
{
	(void)state;
	/* Not in $TMPDIR: nobody has to get there. */
	snprintf(top, sizeof(top), "/tmp/govern.XXXXXX");
	assert_non_null(mkdtemp(top));
	assert_int_equal(chmod(top, 0755), 0);
	snprintf(store, sizeof(store), "%s/s", top);
	add_toolchain("go1.22.5");
	add_toolchain("go1.21.0");
	home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(chdir(top), 0);
	memset(&choice, 0xa5, sizeof(choice));
	memset(&err, 0, sizeof(err));
	stale = false;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_int_equal(fchdir(home), 0);
	close(home);
	return gv_tree_remove(AT_FDCWD, top);
}

static int resolve(void)
{
	static char *none[] = {NULL};
	struct gv_request req = {.prefix = store, .program = "go", .envp = none};

	return gv_resolve(&req, &choice, &err);
}

/* From the bottom up again, and away with it: its path is too long for others. */
static void climb(const char *name, int levels)
{
	(void)unlink(".go-version");
	while (levels--) {
		assert_int_equal(chdir(".."), 0);
		assert_int_equal(rmdir(name), 0);
	}
}

/* -- directories --------------------------------------------------------------------- */
/* Down 2,000 levels: the path is longer than PATH_MAX, and getcwd has no answer. */
static void deeper_than_a_path(void **state)
{
	char buf[PATH_MAX], want[256];

	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(mkdir("level", 0755), 0);
		assert_int_equal(chdir("level"), 0);
	}
	assert_int_equal(syscall(SYS_getcwd, buf, sizeof(buf)), -1);
	assert_int_equal(resolve(), 0);
	snprintf(want, sizeof(want), "%s/.go-version", top);
	assert_string_equal(choice.file, want);
	assert_string_equal(choice.name, "go1.22.5");

	/* with a pin right here there is no path to name it by */
	write_file(".go-version", "1.22.9\n", 0644);
	assert_int_equal(resolve(), -GV_ENOTFOUND);
	assert_string_equal(choice.file, ".go-version");
	assert_string_equal(err.message, "go1.22.9 is not installed (pinned by "
					 ".go-version:1)");
	write_file(".go-version", "1.21.0\n", 0644);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.21.0");
	climb("level", 2000);
}

/* The longest path that getcwd can say. */
static void as_deep_as_a_path(void **state)
{
	char buf[PATH_MAX];
	int levels = 0;

	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	do {
		levels++;
		assert_int_equal(mkdir("d", 0755), 0);
		assert_int_equal(chdir("d"), 0);
	} while (syscall(SYS_getcwd, buf, sizeof(buf)) < PATH_MAX - 1);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.22.5");
	write_file(".go-version", "nonsense\n", 0644);
	assert_int_equal(resolve(), -GV_EPIN);
	assert_non_null(strstr(err.message, "/d/.go-version:1: 'nonsense'"));
	climb("d", levels);
}

static void deleted(void **state)
{
	(void)state;
	add_pointer("default", "go1.21.0");
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(mkdir("gone", 0755), 0);
	assert_int_equal(chdir("gone"), 0);
	assert_int_equal(rmdir("../gone"), 0);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.21.0");
	assert_int_equal(choice.kind, GV_KIND_DEFAULT);
	assert_string_equal(choice.file, "");
}

/* Runs `body` as somebody whom permissions bind; its 0 is the answer. */
static void as_nobody(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(100);
		_exit(body());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int pinned_1_22_5(void)
{
	if (resolve() != 0 || strcmp(choice.name, "go1.22.5") != 0) {
		dprintf(2, "# %s %s\n", choice.name, err.message);
		return 1;
	}
	return 0;
}

static int refuses_unreadable(void)
{
	return resolve() != -GV_EPIN || !strstr(err.message, ": permission denied");
}

static void closed_above(void **state)
{
	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(gv_make_dirs(AT_FDCWD, "a/b/c/d", 0755), 0);
	/* this one may not be searched, so what is in it does not count */
	write_file("a/b/.go-version", "1.21.0\n", 0644);
	assert_int_equal(chdir("a/b/c/d"), 0);
	assert_int_equal(chmod("../..", 0), 0);
	as_nobody(pinned_1_22_5);
	assert_int_equal(chmod("../..", 0755), 0);
}

static void closed_here(void **state)
{
	int here;

	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(gv_make_dirs(AT_FDCWD, "a", 0755), 0);
	here = open("a", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(here >= 0);
	assert_int_equal(fchdir(here), 0);
	assert_int_equal(fchmod(here, 0), 0);
	as_nobody(pinned_1_22_5);
	assert_int_equal(fchmod(here, 0755), 0);
	assert_int_equal(close(here), 0);
}

static void unreadable_file(void **state)
{
	(void)state;
	write_file(".go-version", "1.22.5\n", 0);
	as_nobody(refuses_unreadable);
}

static void unreadable_file_above(void **state)
{
	(void)state;
	write_file(".tool-versions", "golang 1.22.5\n", 0);
	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(chdir("a"), 0);
	as_nobody(refuses_unreadable);
}

static int cannot_execute(void)
{
	return resolve() != -GV_ENOEXEC || !strstr(err.message, "permission denied");
}

static void closed_toolchain(void **state)
{
	char path[256];

	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	snprintf(path, sizeof(path), "%s/toolchains/go1.22.5", store);
	assert_int_equal(chmod(path, 0), 0);
	as_nobody(cannot_execute);
	assert_int_equal(chmod(path, 0755), 0);
}

/* -- remembered absences ------------------------------------------------------------- */
static void second_look(void **state)
{
	(void)state;
	stale = true;
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.22.5");
	/* what is really not there stays so */
	write_file(".go-version", "1.22.6\n", 0644);
	assert_int_equal(resolve(), -GV_ENOTFOUND);
	/* an absence that is only remembered must not choose the fallback */
	write_file(".go-version", "1.22.5 1.21.0\n", 0644);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.22.5");
}

static void second_look_at_a_pointer(void **state)
{
	(void)state;
	add_pointer("1.22", "go1.22.5");
	add_pointer("default", "go1.21.0");
	stale = true;
	write_file(".go-version", "1.22\n", 0644);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.22.5");
	assert_int_equal(unlink(".go-version"), 0);
	assert_int_equal(resolve(), 0);
	assert_string_equal(choice.name, "go1.21.0");
}

/* -- the trace ----------------------------------------------------------------------- */
struct places {
	char text[8192];
};

static void note(void *arg, const char *place, const char *what)
{
	struct places *p = arg;
	size_t n = strlen(p->text);
	const char *rest =
		strncmp(place, top, strlen(top)) == 0 ? place + strlen(top) : place;

	snprintf(p->text + n, sizeof(p->text) - n, "%s: %s\n", rest, what);
	errno = ENOTTY; /* as stdio leaves it */
}

static void every_place_in_order(void **state)
{
	struct places p = {""};
	char path[256];
	char *envp[] = {path, NULL};
	struct gv_request req = {.prefix = store,
				 .program = "go",
				 .envp = envp,
				 .trace = note,
				 .trace_arg = &p};
	static const char want[] = "+SPEC: not given\n"
				   "GOROOT: not inside a go command\n"
				   "GOVERN_VERSION: not set\n"
				   "GOTOOLCHAIN: not set\n"
				   "/a/b/.go-version: absent\n"
				   "/a/b/.tool-versions: has no Go entry\n"
				   "/a/.go-version: absent\n"
				   "/a/.tool-versions: absent\n"
				   "/.go-version: the pin\n"
				   "/s/toolchains/go1.19.1/bin/go: not installed\n"
				   "/s/current/1.22: no such pointer\n"
				   "/x/go: absent\n"
				   "PATH: no other go\n"
				   "/s/toolchains/go1.21.0/bin/go: is there\n";

	(void)state;
	write_file(".go-version", "1.19.1 1.22 system 1.21.0\n", 0644);
	assert_int_equal(gv_make_dirs(AT_FDCWD, "a/b", 0755), 0);
	write_file("a/b/.tool-versions", "nodejs 20\n", 0644);
	assert_int_equal(chdir("a/b"), 0);
	snprintf(path, sizeof(path), "PATH=%s/x", top);
	assert_int_equal(gv_resolve(&req, &choice, &err), 0);
	assert_string_equal(p.text, want);

	/* What is told of a place is what was decided there, whoever listens. */
	assert_int_equal(gv_make_dirs(AT_FDCWD, "../../s/current", 0755), 0);
	write_file("../../s/current/default", "no link\n", 0644);
	assert_int_equal(unlink("../../.go-version"), 0);
	p.text[0] = '\0';
	assert_int_equal(gv_resolve(&req, &choice, &err), -GV_ENOTFOUND);
	assert_non_null(strstr(err.message, "/s/current/default' does not name"));
	assert_non_null(
		strstr(p.text, "/s/current/default: does not name a toolchain\n"));
}

/* -- the manager's questions --------------------------------------------------------- */
static void pin_alone(void **state)
{
	char dir[256], want[512];

	(void)state;
	assert_int_equal(gv_make_dirs(AT_FDCWD, "a/b", 0755), 0);
	write_file("a/.go-version", "# c\n1.99.1+auto 1.22\n", 0644);
	snprintf(dir, sizeof(dir), "%s/a/b", top);
	assert_int_equal(gv_resolve_pin(dir, &choice, &err), 0);
	snprintf(want, sizeof(want), "%s/a/.go-version", top);
	assert_string_equal(choice.file, want);
	assert_int_equal(choice.line, 2);
	assert_string_equal(choice.spec.text, "1.99.1+auto");
	assert_int_equal(gv_resolve_pin("/proc", &choice, &err), 1);
	assert_int_equal(gv_resolve_pin("/", &choice, &err), 1);
	assert_int_equal(gv_resolve_pin("relative", &choice, &err), -EINVAL);
	write_file("a/b/.go-version", "1.22\nx\n", 0644);
	assert_int_equal(gv_resolve_pin(dir, &choice, &err), -GV_EPIN);
	assert_int_equal(err.line, 2);
	assert_non_null(strstr(err.file, "/a/b/.go-version"));
}

static int named(const char *word, char name[GV_NAME_MAX])
{
	struct gv_spec spec;

	assert_int_equal(gv_spec_parse(word, strlen(word), GV_SPEC_COMMAND, &spec, &err),
			 0);
	return gv_resolve_spec(store, &spec, name, &err);
}

static void spec_alone(void **state)
{
	char name[GV_NAME_MAX] = "untouched";

	(void)state;
	add_pointer("1.22", "go1.22.5");
	add_pointer("latest", "go1.22.5");
	add_pointer("@prod", "go1.21.0");
	assert_int_equal(named("1.22.9", name), -GV_ENOTFOUND);
	assert_string_equal(err.message, "go1.22.9 is not installed");
	assert_int_equal(named("system", name), -GV_EUSAGE);
	assert_int_equal(named(">=1.21", name), -GV_EUSAGE);
	assert_int_equal(named("@none", name), -GV_ENOTFOUND);
	assert_string_equal(err.message, "there is no tag 'none'");
	assert_int_equal(named("1.22.5@prod", name), -GV_EPIN);
	assert_string_equal(name, "untouched");
	assert_int_equal(named("1.22", name), 0);
	assert_string_equal(name, "go1.22.5");
	assert_int_equal(named("latest", name), 0);
	assert_int_equal(named("@prod", name), 0);
	assert_string_equal(name, "go1.21.0");
}

static void without_proc(void **state)
{
	static char *none[] = {NULL};
	struct gv_request req = {
		.prefix = store, .program = "go", .envp = none, .no_proc = true};

	(void)state;
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(gv_resolve(&req, &choice, &err), 0);
	assert_true(choice.set_goroot);
}

/* A prefix as long as a path may be: an error, nothing worse. */
static void long_prefix(void **state)
{
	static char prefix[PATH_MAX + 1], *none[] = {NULL};
	struct gv_request req = {.prefix = prefix, .program = "go", .envp = none};

	(void)state;
	memset(prefix, 'p', PATH_MAX);
	prefix[0] = '/';
	write_file(".go-version", "1.22.5 1.22 @tag\n", 0644);
	assert_int_equal(gv_resolve(&req, &choice, &err), -GV_ENOTFOUND);
	assert_int_equal(unlink(".go-version"), 0);
	assert_int_equal(gv_resolve(&req, &choice, &err), -GV_ENOTFOUND);
}

/* No fd is left open, whatever happened. */
static void no_leaks(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	write_file(".go-version", "1.22.6\n", 0644);
	assert_int_equal(resolve(), -GV_ENOTFOUND);
	write_file(".go-version", "bad\n", 0644);
	assert_int_equal(resolve(), -GV_EPIN);
	write_file(".go-version", "1.22.5\n", 0644);
	assert_int_equal(
		gv_make_dirs(AT_FDCWD, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", 0755),
		0);
	assert_int_equal(chdir("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"), 0);
	assert_int_equal(resolve(), 0);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(deeper_than_a_path),
		CASE(as_deep_as_a_path),
		CASE(deleted),
		CASE(closed_above),
		CASE(closed_here),
		CASE(unreadable_file),
		CASE(unreadable_file_above),
		CASE(closed_toolchain),
		CASE(second_look),
		CASE(second_look_at_a_pointer),
		CASE(every_place_in_order),
		CASE(pin_alone),
		CASE(spec_alone),
		CASE(without_proc),
		CASE(long_prefix),
		CASE(no_leaks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <time.h>

#include "core/store/layout.h"
#include "tests/unit/skip.h"

/* -- opening ------------------------------------------------------------------------- */

static void test_absent(void **state)
{
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_READ, &s), -GV_ENOTFOUND);
}

static void test_create(void **state)
{
	struct gv_store s;
	struct gv_buf text = GV_BUF_INIT(16);
	struct stat st;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_true(s.writable);
	assert_int_equal(gv_read_file(s.root_fd, "format", &text), 0);
	assert_string_equal(text.data, "1\n");
	assert_int_equal(fstatat(s.prefix_fd, "toolchains", &st, 0), 0);
	assert_int_equal(fstatat(s.root_fd, "receipts/" PLATFORM, &st, 0), 0);
	gv_store_close(&s);
	/* a second time, and for reading */
	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	gv_store_close(&s);
	assert_int_equal(open_store(*state, GV_STORE_READ, &s), 0);
	gv_store_close(&s);
	gv_buf_release(&text);
}

static void test_other_platform_is_empty(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_list names = GV_LIST_INIT;
	struct gv_pointers p = GV_POINTERS_INIT;
	char root[4096];
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	gv_store_close(&s);
	snprintf(root, sizeof(root), "%s/store//", (char *)*state);
	assert_int_equal(gv_store_open(root, "linux-arm64", GV_STORE_READ, &s, &err), 0);
	assert_int_equal(s.prefix_fd, -1);
	assert_int_equal(gv_store_list(&s, &names, &err), 0);
	assert_int_equal(names.n, 0);
	assert_false(gv_store_has(&s, "go1.22.5"));
	assert_int_equal(gv_pointers_load(&s, &p, &err), 0);
	assert_int_equal(p.n, 0);
	assert_int_equal(gv_store_open_toolchain(&s, "go1.22.5", &err), -GV_ENOTFOUND);
	gv_store_heal(&s);
	gv_store_close(&s);
}

static void try_format(const char *dir, const char *text, int expected)
{
	struct gv_err err = GV_ERR_INIT;
	char root[4096], format[4200];
	struct gv_store s;

	snprintf(root, sizeof(root), "%s/store", dir);
	snprintf(format, sizeof(format), "%s/format", root);
	write_file(AT_FDCWD, format, text);
	for (unsigned flags = GV_STORE_READ; flags <= GV_STORE_CREATE; flags++) {
		assert_int_equal(gv_store_open(root, PLATFORM, flags, &s, &err),
				 expected);
		if (expected == 0) {
			gv_store_close(&s);
			continue;
		}
		assert_non_null(strstr(err.message, root));
		if (expected == -GV_EPOLICY) {
			assert_non_null(strstr(err.message, "42"));
			assert_non_null(strstr(err.message, "1"));
		}
	}
}

static void test_format(void **state)
{
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	gv_store_close(&s);
	try_format(*state, "42\n", -GV_EPOLICY);
	try_format(*state, "", -GV_EFORMAT);
	try_format(*state, "\n", -GV_EFORMAT);
	try_format(*state, "0\n", -GV_EFORMAT);
	try_format(*state, "-1\n", -GV_EFORMAT);
	try_format(*state, "one\n", -GV_EFORMAT);
	try_format(*state, "1", -GV_EFORMAT);
	try_format(*state, "1\n1\n", -GV_EFORMAT);
	try_format(*state, "99999999999999999999999999999999\n", -GV_EFORMAT);
	try_format(*state,
		   "1\n                                                                  "
		   "      ",
		   -GV_EFORMAT);
	try_format(*state, "1\n", 0);
}

static void test_bad_arguments(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	(void)state;
	assert_int_equal(gv_store_open("store", PLATFORM, 0, &s, &err), -GV_EUSAGE);
	assert_int_equal(gv_store_open("/tmp/x", "../x", 0, &s, &err), -GV_EUSAGE);
}

static void test_foreign_directory(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char root[4096], path[4200];
	struct gv_store s;

	snprintf(root, sizeof(root), "%s/store", (char *)*state);
	snprintf(path, sizeof(path), "%s/thesis.tex", root);
	assert_int_equal(mkdir(root, 0755), 0);
	write_file(AT_FDCWD, path, "all my work\n");
	assert_int_equal(gv_store_open(root, PLATFORM, GV_STORE_CREATE, &s, &err),
			 -GV_EPOLICY);
	assert_non_null(strstr(err.message, "thesis.tex"));
	assert_int_equal(gv_store_open(root, PLATFORM, GV_STORE_READ, &s, &err),
			 -GV_ENOTFOUND);
	assert_int_equal(count_entries(AT_FDCWD, root), 1);
	/* what an administrator prepared is no obstacle */
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/govern.ini", root);
	write_file(AT_FDCWD, path, "");
	assert_int_equal(gv_store_open(root, PLATFORM, GV_STORE_CREATE, &s, &err), 0);
	gv_store_close(&s);
}

/* -- a store that cannot be written -------------------------------------------------- */

/* All that only reads; 0 or the line that failed. */
static int read_all(const char *root)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_list names = GV_LIST_INIT;
	struct gv_pointers p = GV_POINTERS_INIT;
	struct gv_lock lock = GV_LOCK_INIT;
	const char *why;
	char label[64];
	struct gv_store s;

	if (gv_store_open(root, PLATFORM, GV_STORE_READ, &s, &err) < 0)
		return __LINE__;
	if (s.writable)
		return __LINE__;
	if (gv_store_list(&s, &names, &err) < 0 || names.n != 1)
		return __LINE__;
	if (!label_of(&s, "go1.22.5", label, sizeof(label), &why) ||
	    strcmp(label, "A") != 0)
		return __LINE__;
	if (gv_pointers_load(&s, &p, &err) < 0 || !gv_pointers_get(&p, "latest"))
		return __LINE__;
	gv_store_heal(&s);
	if (gv_store_lock(&s, "go1.22.5", 0, NULL, NULL, &lock) != 1)
		return __LINE__;
	gv_pointers_release(&p);
	gv_list_release(&names);
	gv_store_close(&s);
	return 0;
}

static void make_one(const char *dir, char *root, size_t cap)
{
	struct gv_change_note note = {.command = "test"};
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	snprintf(root, cap, "%s/store", dir);
	assert_int_equal(open_store(dir, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(gv_pointers_change(&s, NULL, 0, &note, &err), 0);
	gv_store_close(&s);
}

static int as_read_only(const char *root)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;
	int line;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(root, root, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, root, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 1;
	line = read_all(root);
	if (line)
		return 2;
	if (gv_store_open(root, PLATFORM, GV_STORE_CREATE, &s, &err) != -EROFS)
		return 3;
	return strstr(err.message, root) && err.hint[0] ? 0 : 4;
}

static void test_read_only(void **state)
{
	char root[4096];
	int status = 0;
	pid_t pid;

	if (geteuid() != 0) {
		skip_because("only root can mount");
	}
	make_one(*state, root, sizeof(root));
	pid = fork();
	if (pid == 0)
		_exit(as_read_only(root));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 1) {
		skip_because("this machine does not let us mount");
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int as_other(const char *root)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;
	int line;

	if (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
	    setresuid(65534, 65534, 65534) < 0)
		return 1;
	line = read_all(root);
	if (line)
		return 2;
	if (gv_store_open(root, PLATFORM, GV_STORE_CREATE, &s, &err) != -EACCES)
		return 3;
	if (gv_store_open(root, "linux-arm64", GV_STORE_CREATE, &s, &err) != -EACCES)
		return 4;
	return strstr(err.message, root) && strstr(err.message, "belongs to root") &&
			       strstr(err.hint, "--root")
		       ? 0
		       : 5;
}

static void test_other_owner(void **state)
{
	char root[4096];
	int status = 0;
	pid_t pid;

	if (geteuid() != 0) {
		skip_because("only root can become somebody else");
	}
	make_one(*state, root, sizeof(root));
	pid = fork();
	if (pid == 0)
		_exit(access(root, R_OK) < 0 ? 6 : as_other(root));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* -- installing and removing --------------------------------------------------------- */

static void test_publish(void **state)
{
	struct gv_store s;
	struct stat st;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_label(&s, "go1.22.5", "");
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_label(&s, "go1.22.5", "A");
	assert_int_equal(fstatat(s.prefix_fd, "bin/go1.22.5", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	/* again: the one that is there stays */
	assert_int_equal(install(&s, "go1.22.5", "B", false), 1);
	assert_label(&s, "go1.22.5", "A");
	/* unless it is to be replaced */
	assert_int_equal(count_entries(s.root_fd, "trash"), 0);
	assert_int_equal(install(&s, "go1.22.5", "B", true), 0);
	assert_label(&s, "go1.22.5", "B");
	assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	assert_int_equal(count_entries(s.root_fd, "trash"), 1);
	gv_store_empty_trash(&s);
	assert_int_equal(count_entries(s.root_fd, "trash"), 0);
	gv_store_close(&s);
}

static void test_nothing_before_publish(void **state)
{
	struct gv_stage st = GV_STAGE_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(gv_stage_open(&s, "go1.22.5", &st, &err), 0);
	assert_int_equal(fill_tree(st.tree_fd, "A"), 0);
	assert_false(gv_store_has(&s, "go1.22.5"));
	assert_int_equal(gv_stage_restart(&st, &err), 0);
	assert_int_equal(fill_tree(st.tree_fd, "B"), 0);
	gv_stage_close(&st);
	gv_stage_close(&st);
	assert_label(&s, "go1.22.5", "");
	assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	assert_int_equal(count_entries(s.root_fd, "trash"), 0);
	gv_store_close(&s);
}

static void test_bad_names(void **state)
{
	static const char *const names[] = {
		"",	      "..",	"go1.22.5/..", "/etc",	  "go1.20.0", "1.22.5",
		"go1.22.5\n", "go01.2", "go",	       "default", "@prod"};
	struct gv_stage st = GV_STAGE_INIT;
	struct gv_lock lock = GV_LOCK_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct gv_receipt receipt;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	for (size_t i = 0; i < GV_COUNT(names); i++) {
		assert_int_equal(gv_stage_open(&s, names[i], &st, &err), -EINVAL);
		assert_int_equal(gv_store_lock(&s, names[i], 0, NULL, NULL, &lock),
				 -EINVAL);
		assert_int_equal(gv_store_remove(&s, names[i], &err), -GV_ENOTFOUND);
		assert_int_equal(gv_receipt_load(&s, names[i], &receipt, &err),
				 -GV_ENOTFOUND);
		assert_int_equal(gv_store_open_toolchain(&s, names[i], &err),
				 -GV_ENOTFOUND);
		assert_false(gv_store_has(&s, names[i]));
	}
	gv_store_close(&s);
}

static void test_list(void **state)
{
	static const char *const names[] = {"go1.9",	"go1.10.1",	    "go1.20",
					    "go1.22.5", "go1.22.5-bigcorp", "go1.22.10",
					    "go1.23rc1"};
	struct gv_list got = GV_LIST_INIT;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	for (size_t i = GV_COUNT(names); i-- > 0;)
		assert_int_equal(install(&s, names[i], "A", false), 0);
	/* what is not a toolchain with a receipt is not listed */
	assert_int_equal(mkdirat(s.prefix_fd, "toolchains/go1.5", 0755), 0);
	assert_int_equal(mkdirat(s.prefix_fd, "toolchains/rubbish", 0755), 0);
	write_file(s.root_fd, "receipts/" PLATFORM "/rubbish.json", "{}");
	write_file(s.root_fd, "receipts/" PLATFORM "/go1.6.json", "{}");
	assert_int_equal(gv_store_list(&s, &got, &err), 0);
	assert_int_equal(got.n, GV_COUNT(names));
	for (size_t i = 0; i < GV_COUNT(names); i++)
		assert_string_equal(got.items[i], names[i]);
	gv_list_release(&got);
	gv_store_close(&s);
}

static void test_remove(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(install(&s, "go1.22.6", "B", false), 0);
	assert_int_equal(gv_store_remove(&s, "go1.22.5", &err), 0);
	assert_label(&s, "go1.22.5", "");
	assert_label(&s, "go1.22.6", "B");
	assert_int_equal(count_entries(s.root_fd, "trash"), 0);
	assert_int_equal(gv_store_remove(&s, "go1.22.5", &err), -GV_ENOTFOUND);
	assert_string_equal(err.hint, "govern install 1.22.5");
	gv_store_close(&s);
}

/* A failure to look is not an absence: nobody is told to install what is there. */
static void test_cannot_look(void **state)
{
	struct gv_pointer_change change = {"default", "go1.22.5"};
	struct gv_err err = GV_ERR_INIT;
	struct rlimit old, none;
	struct gv_store s;
	int look, set;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(gv_store_look(&s, "go1.22.5"), 1);
	assert_int_equal(gv_store_look(&s, "go1.22.6"), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	look = gv_store_look(&s, "go1.22.5");
	set = gv_pointers_change(&s, &change, 1, NULL, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(look, -EMFILE);
	assert_int_equal(set, -EMFILE);
	assert_false(gv_store_has(&s, "go1.22.6"));

	/* A link to itself. */
	assert_int_equal(renameat(s.prefix_fd, "toolchains", s.prefix_fd, "elsewhere"),
			 0);
	assert_int_equal(symlinkat("toolchains", s.prefix_fd, "toolchains"), 0);
	assert_int_equal(gv_store_may_remove(&s, "go1.22.5", &err), -ELOOP);
	gv_store_close(&s);
}

static void adopt(struct gv_store *s, const char *name, char *path)
{
	char source[] = "adopted";
	struct gv_receipt receipt = {
		.source = source,
		.adopted = true,
		.adopted_from = path,
	};
	struct gv_err err = GV_ERR_INIT;
	char link[256];

	snprintf(receipt.name, sizeof(receipt.name), "%s", name);
	snprintf(receipt.platform, sizeof(receipt.platform), "%s", PLATFORM);
	snprintf(link, sizeof(link), "toolchains/%s", name);
	assert_int_equal(gv_save_link(s->prefix_fd, link, path), 0);
	assert_int_equal(gv_receipt_save(s, &receipt, &err), 0);
}

static void test_adopted(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;
	char sdk[4096];
	int fd;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	snprintf(sdk, sizeof(sdk), "%s/sdk", (char *)*state);
	assert_int_equal(mkdir(sdk, 0755), 0);
	fd = gv_open_dir(AT_FDCWD, sdk);
	assert_int_equal(fill_tree(fd, "foreign"), 0);
	adopt(&s, "go1.22.5", sdk);
	assert_true(gv_store_has(&s, "go1.22.5"));
	/* an install of that name does not replace it, nor does healing touch it */
	assert_int_equal(install(&s, "go1.22.5", "A", false), 1);
	gv_store_heal(&s);
	assert_true(gv_store_has(&s, "go1.22.5"));
	/* removing it takes the link, and the files stay */
	assert_int_equal(gv_store_remove(&s, "go1.22.5", &err), 0);
	assert_false(gv_store_has(&s, "go1.22.5"));
	assert_int_equal(faccessat(fd, "src/fmt/c.go", F_OK, 0), 0);
	/* as does replacing it */
	adopt(&s, "go1.22.5", sdk);
	assert_int_equal(install(&s, "go1.22.5", "B", true), 0);
	assert_label(&s, "go1.22.5", "B");
	gv_store_empty_trash(&s);
	assert_int_equal(faccessat(fd, "src/fmt/c.go", F_OK, 0), 0);
	/* one whose files are gone is in nobody's way */
	assert_int_equal(gv_store_remove(&s, "go1.22.5", &err), 0);
	adopt(&s, "go1.22.5", sdk);
	assert_int_equal(gv_tree_remove(AT_FDCWD, sdk), 0);
	assert_false(gv_store_has(&s, "go1.22.5"));
	assert_int_equal(install(&s, "go1.22.5", "C", false), 0);
	assert_label(&s, "go1.22.5", "C");
	gv_close(&fd);
	gv_store_close(&s);
}

/* -- races --------------------------------------------------------------------------- */

static void test_race(void **state)
{
	enum { RACERS = 8, ROUNDS = 5 };
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	for (int round = 0; round < ROUNDS; round++) {
		char name[32], label[8], got[8];
		const char *why;
		pid_t pids[RACERS];
		int winners = 0, losers = 0;

		snprintf(name, sizeof(name), "go1.22.%d", round + 1);
		for (int i = 0; i < RACERS; i++) {
			struct gv_err err = GV_ERR_INIT;

			pids[i] = fork();
			if (pids[i] != 0)
				continue;
			snprintf(label, sizeof(label), "L%d", i);
			/* without the lock: rename(2) alone must decide */
			int r = install_unlocked(&s, name, label, false, &err);

			_exit(r == 1 && !gv_store_has(&s, name) ? 4 : r & 3);
		}
		for (int i = 0; i < RACERS; i++) {
			int status;

			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFEXITED(status));
			winners += WEXITSTATUS(status) == 0;
			losers += WEXITSTATUS(status) == 1;
		}
		assert_int_equal(winners, 1);
		assert_int_equal(losers, RACERS - 1);
		assert_non_null(label_of(&s, name, got, sizeof(got), &why));
		assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	}
	gv_store_close(&s);
}

static void test_install_while_removing(void **state)
{
	enum { TURNS = 40 };
	struct gv_store s;
	pid_t installer, remover;
	const char *why = "";
	char label[8];

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	installer = fork();
	if (installer == 0) {
		for (int i = 0; i < TURNS; i++)
			if (install(&s, "go1.22.5", i % 2 ? "A" : "B", i % 3 == 0) < 0)
				_exit(1);
		_exit(0);
	}
	remover = fork();
	if (remover == 0) {
		for (int i = 0; i < TURNS; i++) {
			struct gv_lock lock = GV_LOCK_INIT;
			struct gv_err err = GV_ERR_INIT;
			int r = gv_store_lock(&s, "go1.22.5", 10000, NULL, NULL, &lock);

			if (r == 0)
				r = gv_store_remove(&s, "go1.22.5", &err);
			gv_lock_drop(&lock);
			if (r < 0 && r != -GV_ENOTFOUND)
				_exit(1);
			gv_store_heal(&s);
		}
		_exit(0);
	}
	assert_true(ended_well(installer));
	assert_true(ended_well(remover));
	gv_store_heal(&s);
	if (!label_of(&s, "go1.22.5", label, sizeof(label), &why))
		fail_msg("between: %s", why);
	assert_int_equal(count_entries(s.root_fd, "staging"), 0);
	gv_store_close(&s);
}

/* -- who uses it --------------------------------------------------------------------- */

static void test_user(void **state)
{
	char comm[32] = "", tree[4096];
	struct gv_store s;
	int status, gate[2], ready[2];
	pid_t pid;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(install(&s, "go1.22.55", "A", false), 0);
	assert_int_equal(gv_store_user(&s, "go1.22.5", comm, sizeof(comm)), 0);
	assert_int_equal(pipe(gate), 0);
	assert_int_equal(pipe(ready), 0);
	snprintf(tree, sizeof(tree), "%s/toolchains/go1.22.5/src", s.prefix);
	pid = fork();
	if (pid == 0) {
		char c;

		close(gate[1]);
		if (chdir(tree) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(gate[0], &c, 1) != 0);
	}
	close(gate[0]);
	assert_int_equal(read(ready[0], comm, 1), 1);
	assert_int_equal(gv_store_user(&s, "go1.22.5", comm, sizeof(comm)), pid);
	assert_string_not_equal(comm, "");
	/* a name that only begins like it */
	snprintf(tree, sizeof(tree), "%s/toolchains/go1.22.55/src", s.prefix);
	close(gate[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(gv_store_user(&s, "go1.22.5", comm, sizeof(comm)), 0);
	assert_int_equal(pipe(gate), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(tree, O_RDONLY | O_DIRECTORY);
		char c;

		close(gate[1]);
		if (fd < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		_exit(read(gate[0], &c, 1) != 0);
	}
	close(gate[0]);
	assert_int_equal(read(ready[0], comm, 1), 1);
	assert_int_equal(gv_store_user(&s, "go1.22.5", comm, sizeof(comm)), 0);
	assert_int_equal(gv_store_user(&s, "go1.22.55", comm, sizeof(comm)), pid);
	close(gate[1]);
	assert_true(ended_well(pid));
	close(ready[0]);
	close(ready[1]);
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_absent),
		TEST(test_create),
		TEST(test_other_platform_is_empty),
		TEST(test_format),
		TEST(test_bad_arguments),
		TEST(test_foreign_directory),
		TEST(test_read_only),
		TEST(test_other_owner),
		TEST(test_publish),
		TEST(test_nothing_before_publish),
		TEST(test_bad_names),
		TEST(test_list),
		TEST(test_remove),
		TEST(test_cannot_look),
		TEST(test_adopted),
		TEST(test_race),
		TEST(test_install_while_removing),
		TEST(test_user),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

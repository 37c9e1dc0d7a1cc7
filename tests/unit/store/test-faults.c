// SPDX-License-Identifier: Apache-2.0
/*
 * Each operation on a store, stopped at each of its system calls: killed there, or told
 * that the call failed.  Afterwards one healing must leave the state from before or the
 * one from after, and the operation, run again, must succeed.
 *
 * A child runs the operation, traced by us (ptrace(2)), so that every system call is a
 * point that can be counted; a kill comes before the call is carried out.
 */
#include "tests/unit/store/fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "core/store/generations.h"
#include "tests/unit/skip.h"

/* -- stores -------------------------------------------------------------------------- */

struct copy {
	int to;
};

static int copy_one(void *arg, int parentfd, const char *name, const char *rel,
		    const struct stat *st)
{
	const struct copy *c = arg;
	char target[512];
	int fd, r;

	if (S_ISDIR(st->st_mode))
		return mkdirat(c->to, rel, 0755) < 0 ? -errno : GV_TREE_ON;
	if (S_ISLNK(st->st_mode)) {
		r = gv_read_link(parentfd, name, target, sizeof(target));
		return r < 0 || symlinkat(target, c->to, rel) < 0 ? -errno : 0;
	}
	fd = openat(parentfd, name, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : 0;
	if (r == 0) {
		struct gv_buf text = GV_BUF_INIT(0);
		int to =
			openat(c->to, rel, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

		r = gv_read_fd(fd, &text);
		if (r == 0)
			r = gv_write_all(to, text.data ? text.data : "", text.len);
		gv_buf_release(&text);
		gv_close(&to);
	}
	gv_close(&fd);
	return r;
}

/* A copy of <dir>/base as <dir>/store. */
static void fresh(const char *dir)
{
	char base[4096], store[4096];
	struct copy c;
	int fd;

	snprintf(base, sizeof(base), "%s/base", dir);
	snprintf(store, sizeof(store), "%s/store", dir);
	assert_int_equal(gv_tree_remove(AT_FDCWD, store), 0);
	assert_int_equal(mkdir(store, 0755), 0);
	fd = gv_open_dir(AT_FDCWD, base);
	c.to = gv_open_dir(AT_FDCWD, store);
	assert_true(fd >= 0 && c.to >= 0);
	assert_int_equal(gv_tree_walk(fd, copy_one, &c), 0);
	gv_close(&fd);
	gv_close(&c.to);
}

/* go1.22.5 and go1.22.6 of make A; the default is go1.22.5. */
static void prepare(const char *dir)
{
	struct gv_pointer_change c = {"default", "go1.22.5"};
	char base[4096], store[4096];
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	snprintf(base, sizeof(base), "%s/base", dir);
	snprintf(store, sizeof(store), "%s/store", dir);
	assert_int_equal(open_store(dir, GV_STORE_CREATE, &s), 0);
	assert_int_equal(install(&s, "go1.22.5", "A", false), 0);
	assert_int_equal(install(&s, "go1.22.6", "A", false), 0);
	assert_int_equal(gv_pointers_change(&s, &c, 1, &change_note, &err), 0);
	gv_store_close(&s);
	assert_int_equal(rename(store, base), 0);
}

/* -- operations ---------------------------------------------------------------------- */

typedef int operation(struct gv_store *s);

static int op_install(struct gv_store *s)
{
	struct gv_err err = GV_ERR_INIT;
	int r = install(s, "go1.23.1", "B", false);

	return r < 0 ? r : gv_pointers_change(s, NULL, 0, &change_note, &err);
}

static int op_replace(struct gv_store *s)
{
	struct gv_err err = GV_ERR_INIT;
	int r = install(s, "go1.22.6", "B", true);

	return r < 0 ? r : gv_pointers_change(s, NULL, 0, &change_note, &err);
}

static int op_remove(struct gv_store *s)
{
	struct gv_lock lock = GV_LOCK_INIT;
	struct gv_err err = GV_ERR_INIT;
	int r = gv_store_lock(s, "go1.22.6", 0, NULL, NULL, &lock);

	if (r >= 0)
		r = gv_pointers_forget(s, "go1.22.6", &change_note, &err);
	if (r >= 0)
		r = gv_store_remove(s, "go1.22.6", &err);
	gv_lock_drop(&lock);
	return r == -GV_ENOTFOUND ? 0 : r; /* it was run again */
}

static int op_switch(struct gv_store *s)
{
	struct gv_pointer_change c[] = {{"default", "go1.22.6"}, {"@prod", "go1.22.5"}};
	struct gv_err err = GV_ERR_INIT;

	return gv_pointers_change(s, c, GV_COUNT(c), &change_note, &err);
}

/* What nobody must do: the receipt before the toolchain, and files written in place. */
static int op_naive(struct gv_store *s)
{
	struct gv_receipt receipt = {.name = "go1.23.1", .platform = PLATFORM};
	struct gv_err err = GV_ERR_INIT;
	char h1[] = "B";
	int r, tree;

	receipt.h1 = h1;
	(void)mkdirat(s->prefix_fd, "toolchains/go1.23.1", 0755);
	r = gv_receipt_save(s, &receipt, &err);
	if (r == 0)
		r = gv_manifest_save(s, "go1.23.1", "B", 1, &err);
	tree = gv_open_dir(s->prefix_fd, "toolchains/go1.23.1");
	if (r == 0)
		r = fill_tree(tree, "B");
	gv_close(&tree);
	return r;
}

/* What a command does first, and the operation. */
static int run(const char *dir, operation *op, bool heal)
{
	struct gv_store s;
	int r = open_store(dir, GV_STORE_CREATE, &s);

	if (r < 0)
		return r;
	if (heal)
		gv_store_heal(&s);
	r = op(&s);
	gv_store_close(&s);
	return r;
}

/* -- stopping it --------------------------------------------------------------------- */

struct fault {
	unsigned at;  /* the number of the system call, from 1; 0: none */
	int error;    /* -errno that it gets; 0: killed there */
	bool reached; /* it came so far */
	/* instead of either: done while the child stands there */
	int (*meanwhile)(struct gv_store *s);
	struct gv_store *store;
};

#ifdef __x86_64__
enum { CAN_FAIL = 1 };

static bool fail_entry(pid_t pid)
{
	/* no such call, and nothing is done */
	return ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, orig_rax),
		      -1L) == 0;
}

static bool fail_exit(pid_t pid, int error)
{
	return ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax),
		      (long)error) == 0;
}

static long call_of(pid_t pid)
{
	return ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, orig_rax),
		      0);
}

/* Calls that change something: to be killed between two of them is the same everywhere.
 */
static bool may_change(pid_t pid)
{
	switch (call_of(pid)) {
	case SYS_openat:
		return ptrace(PTRACE_PEEKUSER, pid,
			      offsetof(struct user_regs_struct, rdx), 0) &
		       O_CREAT;
	case SYS_mkdirat:
	case SYS_mkdir:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_unlinkat:
	case SYS_symlinkat:
	case SYS_write:
	case SYS_flock:
	case SYS_fsync:
	case SYS_exit_group:
		return true;
	default:
		return false;
	}
}

/* Calls that can fail because of the file system. */
static bool may_fail(pid_t pid)
{
	switch (call_of(pid)) {
	case SYS_openat:
	case SYS_mkdirat:
	case SYS_mkdir:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_unlinkat:
	case SYS_symlinkat:
	case SYS_readlinkat:
	case SYS_newfstatat:
	case SYS_fstat:
	case SYS_faccessat:
	case SYS_faccessat2:
	case SYS_fsync:
	case SYS_syncfs:
	case SYS_write:
	case SYS_read:
	case SYS_getdents64:
	case SYS_flock:
	case SYS_close:
		return true;
	default:
		return false;
	}
}
#else
enum { CAN_FAIL = 0 };

static bool fail_entry(pid_t pid)
{
	(void)pid;
	return false;
}

static bool fail_exit(pid_t pid, int error)
{
	(void)pid, (void)error;
	return false;
}

static bool may_change(pid_t pid)
{
	(void)pid;
	return true;
}

static bool may_fail(pid_t pid)
{
	(void)pid;
	return true;
}
#endif

/* Whether the fault may come at this call. */
static bool counts(const struct fault *fault, pid_t pid)
{
	return fault->meanwhile ? true : fault->error ? may_fail(pid) : may_change(pid);
}

/* The child's side. */
static void traced(const char *dir, operation *op)
{
	int r;

	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(99);
	(void)raise(SIGSTOP);
	r = run(dir, op, true);
	_exit(r < 0 ? 1 : 0);
}

/* Waits for the next stop at a system call; false when the child has ended. */
static bool next_stop(pid_t pid, int *status)
{
	int sig = 0;

	for (;;) {
		/* fails when it was killed just now: that is waited for all the same */
		(void)ptrace(PTRACE_SYSCALL, pid, 0, sig);
		if (waitpid(pid, status, 0) != pid || !WIFSTOPPED(*status))
			return false;
		if (WSTOPSIG(*status) == (SIGTRAP | 0x80))
			return true;
		sig = WSTOPSIG(*status);
	}
}

/* 0: it said that it succeeded.  1: that it failed.  2: killed.  -1: no ptrace here. */
static int run_with(const char *dir, operation *op, struct fault *fault)
{
	pid_t pid = fork();
	unsigned calls = 0;
	int status = 0;

	if (pid == 0)
		traced(dir, op);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		return -1;
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, 0,
				(void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)),
			 0);
	fault->reached = false;
	while (next_stop(pid, &status)) {
		bool here = counts(fault, pid) && ++calls == fault->at;

		if (here) {
			fault->reached = true;
			if (fault->meanwhile)
				assert_true(fault->meanwhile(fault->store) >= 0);
			else if (!fault->error)
				(void)kill(pid, SIGKILL);
			else
				assert_true(fail_entry(pid));
		}
		if (!next_stop(pid, &status))
			break;
		if (here && fault->error)
			assert_true(fail_exit(pid, fault->error));
	}
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return 2;
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* -- the state ----------------------------------------------------------------------- */

static const char *const toolchains[] = {"go1.22.5", "go1.22.6", "go1.23.1"};
static const char *const pointers[] = {"default", "latest", "1.22", "1.23", "@prod"};

/* All that a user can see, as one text; false when something is between. */
static bool state_of(const struct gv_store *s, char *ret, size_t cap,
		     const char **ret_why)
{
	struct gv_pointers p = GV_POINTERS_INIT;
	struct gv_err err = GV_ERR_INIT;
	size_t n = 0;

	*ret_why = "pointers cannot be read";
	if (gv_pointers_load(s, &p, &err) < 0)
		return false;
	for (size_t i = 0; i < GV_COUNT(pointers); i++) {
		const char *target = gv_pointers_get(&p, pointers[i]);

		n += (size_t)snprintf(ret + n, cap - n, "%s=%s ", pointers[i],
				      target ? target : "");
	}
	gv_pointers_release(&p);
	for (size_t i = 0; i < GV_COUNT(toolchains); i++) {
		char label[64];

		if (!label_of(s, toolchains[i], label, sizeof(label), ret_why))
			return false;
		n += (size_t)snprintf(ret + n, cap - n, "%s:%s ", toolchains[i], label);
	}
	return true;
}

/* Before any healing: the default runs, and what has a receipt is what the receipt says.
 */
static const char *unhealed(const struct gv_store *s)
{
	struct gv_buf text = GV_BUF_INIT(64);
	const char *why = NULL;

	if (gv_read_file(s->prefix_fd, "current/default/bin/go", &text) < 0)
		why = "the default does not run before healing";
	for (size_t i = 0; i < GV_COUNT(toolchains) && !why; i++) {
		struct gv_receipt receipt = {0};
		struct gv_err err = GV_ERR_INIT;
		char path[256];

		if (!gv_store_has(s, toolchains[i]))
			continue;
		gv_buf_clear(&text);
		snprintf(path, sizeof(path), "toolchains/%s/bin/go", toolchains[i]);
		if (gv_receipt_load(s, toolchains[i], &receipt, &err) < 0 ||
		    gv_read_file(s->prefix_fd, path, &text) < 0 ||
		    strcmp(text.data, receipt.h1) != 0)
			why = "a receipt lies beside a tree that it is not for";
		gv_receipt_release(&receipt);
	}
	gv_buf_release(&text);
	return why;
}

struct sweep {
	const char *dir;
	operation *op;
	char before[512], after[512];
	unsigned points, bad;
	char first_bad[1024];
};

static void complain(struct sweep *w, const struct fault *fault, const char *why,
		     const char *state)
{
	if (w->bad++ == 0)
		snprintf(w->first_bad, sizeof(w->first_bad), "at call %u, %s: %s (%s)",
			 fault->at, fault->error ? strerror(-fault->error) : "killed",
			 why, state);
}

/* After one fault. */
static void judge(struct sweep *w, const struct fault *fault, int outcome)
{
	char state[512] = "";
	const char *why;
	struct gv_store s;

	w->points++;
	assert_int_equal(open_store(w->dir, GV_STORE_READ, &s), 0);
	why = unhealed(&s);
	if (why)
		complain(w, fault, why, "");
	gv_store_heal(&s);
	if (!state_of(&s, state, sizeof(state), &why))
		complain(w, fault, why, "");
	else if (strcmp(state, w->after) != 0 && strcmp(state, w->before) != 0)
		complain(w, fault, "neither before nor after", state);
	else if (outcome == 0 && strcmp(state, w->after) != 0)
		complain(w, fault, "said that it succeeded", state);
	if (count_entries(s.root_fd, "staging") != 0)
		complain(w, fault, "a stage was left", "");
	gv_store_close(&s);
	if (run(w->dir, w->op, true) < 0)
		complain(w, fault, "could not be run again", "");
	assert_int_equal(open_store(w->dir, GV_STORE_READ, &s), 0);
	if (!state_of(&s, state, sizeof(state), &why) || strcmp(state, w->after) != 0)
		complain(w, fault, "run again, it did not do its work", state);
	gv_store_close(&s);
}

static void begin(struct sweep *w, const char *dir, operation *op)
{
	const char *why = "";
	struct gv_store s;

	*w = (struct sweep){.dir = dir, .op = op};
	fresh(dir);
	assert_int_equal(open_store(dir, GV_STORE_READ, &s), 0);
	assert_true(state_of(&s, w->before, sizeof(w->before), &why));
	gv_store_close(&s);
	assert_true(run(dir, op, false) >= 0);
	assert_int_equal(open_store(dir, GV_STORE_READ, &s), 0);
	if (op != op_naive)
		assert_true(state_of(&s, w->after, sizeof(w->after), &why));
	gv_store_close(&s);
	assert_string_not_equal(w->before, w->after);
}

/* Every system call in turn, `step` apart. */
static void sweep(struct sweep *w, int error, unsigned step)
{
	struct fault fault = {.at = 1, .error = error};

	for (;; fault.at += step) {
		int outcome;

		fresh(w->dir);
		outcome = run_with(w->dir, w->op, &fault);
		if (outcome < 0) {
			skip_because("this machine does not let us trace");
		}
		if (!fault.reached)
			return;
		judge(w, &fault, outcome);
	}
}

static void sweep_all(const char *dir, operation *op)
{
	/* FAULTS=all takes some minutes */
	unsigned step = getenv("FAULTS") ? 1 : 9;
	static const int errors[] = {-ENOSPC, -EIO,   -EDQUOT, -EMFILE,
				     -EACCES, -EROFS, -ESTALE};
	struct sweep w;

	begin(&w, dir, op);
	sweep(&w, 0, 1);
	if (w.bad)
		fail_msg("killed: %u of %u points bad; %s", w.bad, w.points, w.first_bad);
	assert_in_range(w.points, 20, 5000);
	print_message("# killed at %u system calls\n", w.points);
	if (!CAN_FAIL) {
		print_message("# errors skipped: not on this processor\n");
		return;
	}
	w.points = 0;
	for (size_t i = 0; i < GV_COUNT(errors); i++)
		sweep(&w, errors[i], i == 0 ? (step + 1) / 2 : 3 * step - 2);
	if (w.bad)
		fail_msg("errors: %u of %u points bad; %s", w.bad, w.points, w.first_bad);
	print_message("# %u errors\n", w.points);
}

static void test_install(void **state)
{
	sweep_all(*state, op_install);
}

static void test_replace(void **state)
{
	sweep_all(*state, op_replace);
}

static void test_remove(void **state)
{
	sweep_all(*state, op_remove);
}

static void test_switch(void **state)
{
	sweep_all(*state, op_switch);
}

/* -- two at once --------------------------------------------------------------------- */

static int heal_meanwhile(struct gv_store *s)
{
	gv_store_heal(s);
	return 0;
}

static int tag_meanwhile(struct gv_store *s)
{
	struct gv_pointer_change c = {"@other", "go1.22.6"};
	struct gv_err err = GV_ERR_INIT;

	return gv_pointers_change(s, &c, 1, &change_note, &err);
}

/* Another command comes and goes while the operation stands at one of its calls. */
static void interleave(const char *dir, operation *op,
		       int (*meanwhile)(struct gv_store *))
{
	struct fault fault = {.at = 1, .meanwhile = meanwhile};
	struct sweep w;

	begin(&w, dir, op);
	for (;; fault.at += getenv("FAULTS") ? 1 : 5) {
		uint64_t newest = 0, current = 0;
		char state[512] = "";
		const char *why = "";
		struct gv_store s;
		int outcome;

		fresh(dir);
		assert_int_equal(open_store(dir, GV_STORE_CREATE, &s), 0);
		fault.store = &s;
		outcome = run_with(dir, op, &fault);
		if (outcome < 0) {
			gv_store_close(&s);
			skip_because("this machine does not let us trace");
		}
		if (!fault.reached) {
			gv_store_close(&s);
			break;
		}
		assert_int_equal(outcome, 0);
		assert_int_equal(gv_generation_newest(&s, &newest), 0);
		assert_int_equal(gv_generation_current(&s, &current), 0);
		if (current != newest)
			fail_msg("at call %u: generation %d is current, %d the newest",
				 fault.at, (int)current, (int)newest);
		if (!state_of(&s, state, sizeof(state), &why))
			fail_msg("at call %u: %s", fault.at, why);
		assert_string_equal(state, w.after);
		if (meanwhile == tag_meanwhile)
			assert_pointer(&s, "@other", "go1.22.6");
		gv_store_close(&s);
	}
	print_message("# another one came, up to call %u\n", fault.at - 1);
}

static void test_heal_meanwhile(void **state)
{
	interleave(*state, op_install, heal_meanwhile);
	interleave(*state, op_replace, heal_meanwhile);
	interleave(*state, op_remove, heal_meanwhile);
}

static void test_change_meanwhile(void **state)
{
	interleave(*state, op_switch, tag_meanwhile);
	interleave(*state, op_install, tag_meanwhile);
}

/* The sweep sees what it looks for. */
static void test_control(void **state)
{
	struct sweep w;

	begin(&w, *state, op_naive);
	sweep(&w, 0, 1);
	assert_true(w.bad > 0);
}

/* Every point fsyncs some thirty times: in memory where that may be mounted.  What is
 * lost without fsync is not what is looked for here. */
static bool may_mount;

static int set_up_base(void **state)
{
	set_up(state);
	may_mount = may_mount &&
		    mount("govern", *state, "tmpfs", MS_NOSUID, "mode=755,size=64m") == 0;
	prepare(*state);
	return 0;
}

static int tear_down_base(void **state)
{
	if (may_mount)
		assert_int_equal(umount2(*state, MNT_DETACH), 0);
	return tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_base, tear_down_base)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_install),	   TEST(test_replace),
		TEST(test_remove),	   TEST(test_switch),
		TEST(test_heal_meanwhile), TEST(test_change_meanwhile),
		TEST(test_control),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	/* in a view of our own, so that no mount outlives us */
	may_mount = unshare(CLONE_NEWNS) == 0 &&
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * A store in a directory of its own, and toolchains of ten files whose every byte tells
 * of which make they are: all files, the receipt's h1 and the manifest hold the same
 * label.
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/store/generations.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"
#include "core/store/stage.h"
#include "core/store/store.h"
#include "tests/unit/scratch.h"

#define PLATFORM "linux-amd64"

/* A directory that others may enter, for a store below it: <dir>/store. */
static inline char *make_dir(void)
{
	char *path = malloc(PATH_MAX);

	assert_non_null(path);
	assert_non_null(make_scratch(path, PATH_MAX));
	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static inline void drop_dir(char *path)
{
	assert_int_equal(gv_tree_remove(AT_FDCWD, path), 0);
	free(path);
}

static inline int set_up(void **state)
{
	*state = make_dir();
	return 0;
}

static inline int tear_down(void **state)
{
	drop_dir(*state);
	return 0;
}

static inline int open_store(const char *dir, unsigned flags, struct gv_store *ret)
{
	struct gv_err err = GV_ERR_INIT;
	char root[4096];
	int r;

	snprintf(root, sizeof(root), "%s/store", dir);
	r = gv_store_open(root, PLATFORM, flags, ret, &err);
	if (r < 0 && getenv("VERBOSE"))
		print_message("# %s (hint: %s)\n", err.message, err.hint);
	return r;
}

/* -- toolchains ---------------------------------------------------------------------- */

static const char *const tree_dirs[] = {"bin", "src", "src/fmt", "pkg", "pkg/tool"};
static const char *const tree_files[] = {
	"VERSION",	    "bin/go",	    "bin/gofmt",    "src/go.mod",
	"src/fmt/a.go",	    "src/fmt/b.go", "src/fmt/c.go", "pkg/tool/asm",
	"pkg/tool/compile", "pkg/tool/link"};

static inline int fill_tree(int tree, const char *label)
{
	for (size_t i = 0; i < GV_COUNT(tree_dirs); i++)
		if (mkdirat(tree, tree_dirs[i], 0755) < 0)
			return -errno;
	for (size_t i = 0; i < GV_COUNT(tree_files); i++) {
		int fd = openat(tree, tree_files[i],
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
		int r = fd < 0 ? -errno : gv_write_all(fd, label, strlen(label));

		if (fd >= 0 && close(fd) < 0 && r == 0)
			r = -errno;
		if (r < 0)
			return r;
	}
	return 0;
}

/* Installs as core/install does, the lock apart. */
static inline int install_unlocked(struct gv_store *s, const char *name,
				   const char *label, bool replace, struct gv_err *err)
{
	struct gv_stage st = GV_STAGE_INIT;
	char h1[64], source[] = "dir";
	struct gv_receipt receipt = {
		.trust = GV_TRUST_CHECKSUMMED,
		.source = source,
		.h1 = h1,
		.installed_at = 1700000000,
	};
	int r;

	snprintf(h1, sizeof(h1), "%s", label);
	snprintf(receipt.name, sizeof(receipt.name), "%s", name);
	snprintf(receipt.platform, sizeof(receipt.platform), "%s", s->platform);
	r = gv_stage_open(s, name, &st, err);
	if (r == 0)
		r = fill_tree(st.tree_fd, label);
	if (r == 0)
		r = gv_stage_sync(&st, err);
	if (r == 0)
		r = gv_stage_publish(&st, &receipt, label, strlen(label), replace, err);
	gv_stage_close(&st);
	return r;
}

static inline int install(struct gv_store *s, const char *name, const char *label,
			  bool replace)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_lock lock = GV_LOCK_INIT;
	int r = gv_store_lock(s, name, 10000, NULL, NULL, &lock);

	if (r >= 0)
		r = install_unlocked(s, name, label, replace, &err);
	gv_lock_drop(&lock);
	return r;
}

/* What the generations of these tests say of themselves. */
static const struct gv_change_note change_note = {.command = "govern test",
						  .reason = "a reason"};

static inline int point(struct gv_store *s, const char *name, const char *target)
{
	struct gv_pointer_change c = {.name = name, .target = target};
	struct gv_err err = GV_ERR_INIT;

	return gv_pointers_change(s, &c, name ? 1 : 0, &change_note, &err);
}

static inline uint64_t generation(const struct gv_store *s)
{
	uint64_t n = 0;

	assert_int_equal(gv_generation_current(s, &n), 0);
	return n;
}

/*
 * The label of an installed toolchain: every file of the tree, the receipt, the manifest
 * and the link in bin/ are there and agree.  "" when it is wholly absent.  NULL: between.
 */
static inline const char *label_of(const struct gv_store *s, const char *name, char *ret,
				   size_t cap, const char **ret_why)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_receipt receipt = {0};
	struct gv_buf text = GV_BUF_INIT(4096);
	char path[512], target[512];
	bool listed = gv_store_has(s, name);
	int r = gv_receipt_load(s, name, &receipt, &err);

	*ret_why = "receipt and listing disagree";
	if ((r == 0) != listed)
		goto between;
	snprintf(path, sizeof(path), "bin/%s", name);
	r = gv_read_link(s->prefix_fd, path, target, sizeof(target));
	*ret_why = "bin link and listing disagree";
	if ((r > 0) != listed)
		goto between;
	if (!listed) {
		snprintf(path, sizeof(path), "toolchains/%s", name);
		*ret_why = "a tree without a receipt";
		if (faccessat(s->prefix_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			goto between;
		*ret_why = "a manifest without a receipt";
		if (gv_manifest_load(s, name, &text, &err) != -GV_ENOTFOUND)
			goto between;
		gv_buf_release(&text);
		ret[0] = '\0';
		return ret;
	}
	snprintf(ret, cap, "%s", receipt.h1);
	*ret_why = "the manifest is of another make";
	if (gv_manifest_load(s, name, &text, &err) < 0 || strcmp(text.data, ret) != 0)
		goto between;
	for (size_t i = 0; i < GV_COUNT(tree_files); i++) {
		snprintf(path, sizeof(path), "toolchains/%s/%s", name, tree_files[i]);
		gv_buf_clear(&text);
		*ret_why = tree_files[i];
		if (gv_read_file(s->prefix_fd, path, &text) < 0 || !text.data ||
		    strcmp(text.data, ret) != 0)
			goto between;
	}
	gv_buf_release(&text);
	gv_receipt_release(&receipt);
	return ret;
between:
	gv_buf_release(&text);
	gv_receipt_release(&receipt);
	return NULL;
}

static inline void assert_label(const struct gv_store *s, const char *name,
				const char *label)
{
	const char *why = "";
	char got[64];

	if (!label_of(s, name, got, sizeof(got), &why))
		fail_msg("%s is between: %s", name, why);
	assert_string_equal(got, label);
}

static inline size_t count_entries(int dirfd, const char *path)
{
	struct gv_list names = GV_LIST_INIT;
	size_t n;

	assert_int_equal(gv_list_dir(dirfd, path, &names), 0);
	n = names.n;
	gv_list_release(&names);
	return n;
}

static inline void assert_pointer(const struct gv_store *s, const char *name,
				  const char *target)
{
	struct gv_pointers p = GV_POINTERS_INIT;
	struct gv_err err = GV_ERR_INIT;

	assert_int_equal(gv_pointers_load(s, &p, &err), 0);
	if (target && gv_pointers_get(&p, name))
		assert_string_equal(gv_pointers_get(&p, name), target);
	else
		assert_ptr_equal(gv_pointers_get(&p, name), target);
	gv_pointers_release(&p);
}

static inline void write_file(int dirfd, const char *path, const char *text)
{
	assert_int_equal(gv_save_file(dirfd, path, text, strlen(text), 0644), 0);
}

/* Waits; true when it ended with status 0. */
static inline bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

#endif

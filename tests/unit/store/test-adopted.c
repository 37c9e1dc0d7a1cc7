// SPDX-License-Identifier: Apache-2.0
/* Links to toolchains that belong to somebody else. */
#include "core/store/adopted.h"
#include "tests/unit/store/fixture.h"

#define NAME "go1.22.5"

static void put_version(const char *dir, const char *version)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/VERSION", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(gv_write_all(fd, version, strlen(version)), 0);
	close(fd);
}

/* <dir>/<name>: a GOROOT. */
static void make_sdk(const char *dir, const char *name, char ret[PATH_MAX])
{
	int fd;

	snprintf(ret, PATH_MAX, "%s/%s", dir, name);
	assert_int_equal(mkdir(ret, 0755), 0);
	fd = gv_open_dir(AT_FDCWD, ret);
	assert_int_equal(fill_tree(fd, "theirs"), 0);
	close(fd);
	put_version(ret, NAME "\n");
}

static int adopt(struct gv_store *s, char *from, struct gv_err *err)
{
	char source[] = "adopted", h1[] = "h1:x";
	struct gv_buf manifest = GV_BUF_INIT(0);
	struct gv_receipt receipt = {
		.name = NAME,
		.platform = PLATFORM,
		.source = source,
		.h1 = h1,
		.adopted = true,
		.adopted_from = from,
	};
	int r;

	gv_buf_add_str(&manifest, "manifest\n");
	r = gv_adopted_publish(s, &receipt, &manifest, err);
	gv_buf_release(&manifest);
	return r;
}

static void adopts(struct gv_store *s, char *from)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_receipt receipt;
	char target[PATH_MAX];

	assert_int_equal(adopt(s, from, &err), 0);
	assert_true(gv_store_has(s, NAME));
	assert_int_equal(gv_adopted_target(s, NAME, target), 0);
	assert_string_equal(target, from);
	assert_int_equal(gv_adopted_check(s, NAME, &err), 0);
	assert_int_equal(gv_receipt_load(s, NAME, &receipt, &err), 0);
	assert_true(receipt.adopted);
	assert_string_equal(receipt.adopted_from, from);
	gv_receipt_release(&receipt);
	assert_int_equal(faccessat(s->prefix_fd, "bin/" NAME, X_OK, 0), 0);
}

static void comes_and_goes(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char sdk[PATH_MAX], target[PATH_MAX];
	struct gv_store s;
	struct stat before, after;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	make_sdk(*state, "sdk", sdk);
	assert_int_equal(stat(sdk, &before), 0);
	assert_int_equal(gv_adopted_target(&s, NAME, target), 1);
	assert_int_equal(gv_adopted_check(&s, NAME, &err), 0);
	adopts(&s, sdk);
	/* another one does not push it away */
	assert_int_equal(adopt(&s, sdk, &err), -EEXIST);
	gv_store_heal(&s);
	assert_true(gv_store_has(&s, NAME));
	assert_int_equal(gv_store_remove(&s, NAME, &err), 0);
	assert_int_equal(gv_adopted_target(&s, NAME, target), 1);
	gv_store_empty_trash(&s);
	assert_int_equal(stat(sdk, &after), 0);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(before.st_nlink, after.st_nlink);
	gv_store_close(&s);
}

/* One of ours is no adopted one, and is not pushed away either. */
static void beside_ours(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char sdk[PATH_MAX], target[PATH_MAX];
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	make_sdk(*state, "sdk", sdk);
	assert_int_equal(install(&s, NAME, "A", false), 0);
	assert_int_equal(gv_adopted_target(&s, NAME, target), 1);
	assert_int_equal(gv_adopted_check(&s, NAME, &err), 0);
	assert_int_equal(adopt(&s, sdk, &err), -EEXIST);
	assert_int_equal(gv_adopted_target(&s, NAME, target), 1);
	gv_store_close(&s);
}

static void vanishes_or_changes(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char sdk[PATH_MAX], other[PATH_MAX];
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	make_sdk(*state, "sdk", sdk);
	make_sdk(*state, "other", other);
	adopts(&s, sdk);
	put_version(sdk, "go1.22.6\n");
	assert_int_equal(gv_adopted_check(&s, NAME, &err), -GV_EVERIFY);
	assert_non_null(strstr(err.message, sdk));
	assert_non_null(strstr(err.message, "which is now go1.22.6"));
	assert_string_equal(err.hint, "govern install 1.22.5");
	/* it makes room for one that is what it says */
	adopts(&s, other);
	assert_int_equal(gv_tree_remove(AT_FDCWD, other), 0);
	assert_int_equal(gv_adopted_check(&s, NAME, &err), -GV_ENOTFOUND);
	assert_non_null(strstr(err.message, other));
	put_version(sdk, NAME "\n");
	adopts(&s, sdk);
	put_version(sdk, "devel\n");
	assert_int_equal(gv_adopted_check(&s, NAME, &err), -GV_ENOTFOUND);
	/* an installation, too, and the link goes with it */
	assert_int_equal(install(&s, NAME, "A", true), 0);
	assert_int_equal(gv_adopted_check(&s, NAME, &err), 0);
	assert_int_equal(faccessat(AT_FDCWD, sdk, F_OK, 0), 0);
	gv_store_close(&s);
}

/* What a kill in between leaves is thrown away by the next command, and nothing behind
 * it. */
static void half_adopted(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	char sdk[PATH_MAX], target[PATH_MAX];
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	make_sdk(*state, "sdk", sdk);
	/* before the receipt */
	assert_int_equal(symlinkat(sdk, s.prefix_fd, "toolchains/" NAME), 0);
	assert_int_equal(gv_manifest_save(&s, NAME, "m\n", 2, &err), 0);
	assert_false(gv_store_has(&s, NAME));
	gv_store_heal(&s);
	assert_int_equal(gv_adopted_target(&s, NAME, target), 1);
	assert_int_equal(
		faccessat(s.root_fd, "receipts/" PLATFORM "/" NAME ".manifest", F_OK, 0),
		-1);
	/* before the link in bin */
	adopts(&s, sdk);
	assert_int_equal(unlinkat(s.prefix_fd, "bin/" NAME, 0), 0);
	gv_store_heal(&s);
	assert_int_equal(faccessat(s.prefix_fd, "bin/" NAME, X_OK, 0), 0);
	gv_store_empty_trash(&s);
	assert_int_equal(faccessat(AT_FDCWD, sdk, F_OK, 0), 0);
	gv_store_close(&s);
}

static void refuses(void **state)
{
	char relative[] = "sdk";
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(adopt(&s, relative, &err), -EINVAL);
	gv_store_close(&s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_and_goes), TEST(beside_ours), TEST(vanishes_or_changes),
		TEST(half_adopted),   TEST(refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* The h1 of trees on disk, and their manifests. */
#include "tests/unit/trust/log.h"

#include <signal.h>
#include <stdatomic.h>

#include "core/base/interrupt.h"
#include "core/trust/dirhash.h"

#define PREFIX "golang.org/toolchain@v0.0.1-go1.22.5.linux-amd64/"

static unsigned tree_number;

/* An empty tree. */
static int new_tree(void)
{
	char name[32];

	snprintf(name, sizeof(name), "tree-%u", tree_number++);
	return open_test_dir(name);
}

static void put(int tree, const char *path, const void *data, size_t n)
{
	char dir[256];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (slash) {
		*slash = '\0';
		assert_int_equal(gv_make_dirs(tree, dir, 0777), 0);
	}
	assert_int_equal(gv_save_file(tree, path, data, n, 0644), 0);
}

static void put_str(int tree, const char *path, const char *data)
{
	put(tree, path, data, strlen(data));
}

static int hash(int tree, unsigned flags, unsigned threads, struct gv_dirhash *ret,
		struct gv_err *err)
{
	const struct gv_dirhash_opts opts = {
		.version = VERSION,
		.platform = PLATFORM,
		.flags = flags,
		.threads = threads,
	};

	*err = GV_ERR_INIT;
	return gv_dirhash_tree(tree, &opts, ret, err);
}

static void assert_h1(int tree, unsigned flags, const char *h1)
{
	struct gv_dirhash d;
	struct gv_err err;

	if (hash(tree, flags, 0, &d, &err) < 0)
		fail_msg("%s", err.message);
	assert_string_equal(d.h1, h1);
	gv_dirhash_release(&d);
}

static void assert_refused(int tree, unsigned flags, const char *name)
{
	struct gv_dirhash d = {.files = 42};
	struct gv_err err;

	assert_int_equal(hash(tree, flags, 0, &d, &err), -GV_EVERIFY);
	if (!strstr(err.message, name))
		fail_msg("'%s' does not name '%s'", err.message, name);
	assert_int_equal(d.files, 42);
	assert_null(d.manifest.data);
}

static int small_tree(void)
{
	int tree = new_tree();

	put_str(tree, "VERSION", "go1.22.5\n");
	put_str(tree, "bin/go",
		"\x7f"
		"ELF");
	put_str(tree, "src/go.mod", "module std\n");
	put_str(tree, "src/Z", "");
	put_str(tree, "src/a", "a");
	put_str(tree, "src/cmd/go.mod", "module cmd\n");
	put_str(tree, "src/cmd/go.mod.txt", "x");
	put_str(tree, "src/xgo.mod", "x");
	put_str(tree, "src-b", "-");
	put_str(tree, "src/\xc3\xa4", "umlaut");
	assert_int_equal(gv_make_dirs(tree, "pkg/empty", 0777), 0);
	return tree;
}

/* Computed by another implementation of Hash1 over the same names and bytes. */
#define SMALL_H1 "h1:OeUcen04Wck47YWZXjHGk4TXyu45UXWba9+hvS8TGRE="
/* … with a go.mod at the top and files in api, doc, misc, test. */
#define LARGER_H1 "h1:x5VpA6a8E6+C7Kaz/XwoeI7rIcaUT/qTs76jJEakgTk="

static void hashes_as_go_does(void **state)
{
	struct gv_dirhash d;
	struct gv_err err;
	int tree = small_tree();

	(void)state;
	assert_h1(tree, GV_DIRHASH_OURS, SMALL_H1);
	for (unsigned threads = 1; threads <= 9; threads++) {
		char h1[GV_H1_LEN];

		assert_int_equal(hash(tree, 0, threads, &d, &err), 0);
		assert_string_equal(d.h1, SMALL_H1);
		assert_int_equal(d.files, 10);
		assert_int_equal(d.bytes, 9 + 4 + 11 + 0 + 1 + 11 + 1 + 1 + 1 + 6);
		assert_int_equal(gv_manifest_h1(d.manifest.data, d.manifest.len, h1), 0);
		assert_string_equal(h1, SMALL_H1);
		gv_dirhash_release(&d);
	}
	/* Modes and empty directories do not count. */
	assert_int_equal(fchmodat(tree, "bin/go", 0755, 0), 0);
	assert_int_equal(unlinkat(tree, "pkg/empty", AT_REMOVEDIR), 0);
	assert_h1(tree, GV_DIRHASH_OURS, SMALL_H1);
	gv_close(&tree);
}

static void leaves_directories_of_the_tarball_out_of_foreign_trees(void **state)
{
	static const char *const out[] = {"api/go1.txt", "doc/x/y", "misc/z",
					  "test/t.go"};
	int tree = small_tree();

	(void)state;
	for (size_t i = 0; i < GV_COUNT(out); i++)
		put_str(tree, out[i], out[i]);
	put_str(tree, ".github/SUPPORT.md", "x"); /* of tarballs up to 1.20 */
	/* Even what could not be hashed. */
	assert_int_equal(symlinkat("x", tree, "doc/link"), 0);
	assert_h1(tree, GV_DIRHASH_FOREIGN, SMALL_H1);
	assert_refused(tree, GV_DIRHASH_OURS, "doc/link");
	assert_int_equal(unlinkat(tree, "doc/link", 0), 0);
	assert_int_equal(unlinkat(tree, ".github/SUPPORT.md", 0), 0);
	put_str(tree, "go.mod", "top\n");
	assert_h1(tree, GV_DIRHASH_OURS, LARGER_H1);
	gv_close(&tree);

	/* Only directories, only at the top. */
	for (int i = 0; i < 2; i++) {
		tree = small_tree();
		put_str(tree, i ? "src/test/t.go" : "test", "t");
		{
			struct gv_dirhash ours, foreign;
			struct gv_err err;

			assert_int_equal(hash(tree, GV_DIRHASH_OURS, 0, &ours, &err), 0);
			assert_int_equal(
				hash(tree, GV_DIRHASH_FOREIGN, 0, &foreign, &err), 0);
			assert_int_equal(foreign.files, 11);
			assert_string_equal(ours.h1, foreign.h1);
			gv_dirhash_release(&ours);
			gv_dirhash_release(&foreign);
		}
		gv_close(&tree);
	}
}

/* What other managers put beside a toolchain, where Go never looks. */
static void leaves_leftovers_out_of_foreign_trees(void **state)
{
	static const char *const out[] = {
		".unpacked-success", "manifest",	"go1.22.5.linux-amd64.tar.gz",
		"packages/bin/x",    "go-build-x/00/a", "go-build-x/VERSION",
	};
	static const char *const in[] = {
		"go1.22.4.linux-amd64.tar.gz",
		"src/manifest",
		"src/go1.22.5.linux-amd64.tar.gz",
		"src/packages/x",
		"packages",
		"go-build-x",
		"manifests",
		"lib/.unpacked-success",
	};
	int tree = small_tree();

	(void)state;
	for (size_t i = 0; i < GV_COUNT(out); i++)
		put_str(tree, out[i], out[i]);
	assert_h1(tree, GV_DIRHASH_FOREIGN, SMALL_H1);
	gv_close(&tree);
	for (size_t i = 0; i < GV_COUNT(in); i++) {
		struct gv_dirhash d;
		struct gv_err err;

		tree = small_tree();
		put_str(tree, in[i], "x");
		assert_int_equal(hash(tree, GV_DIRHASH_FOREIGN, 0, &d, &err), 0);
		if (d.files != 11)
			fail_msg("%s", in[i]);
		gv_dirhash_release(&d);
		gv_close(&tree);
	}
	/* a link in the place of one is a link */
	tree = small_tree();
	assert_int_equal(symlinkat("VERSION", tree, "manifest"), 0);
	assert_refused(tree, GV_DIRHASH_FOREIGN, "manifest");
	gv_close(&tree);
}

static void refuses_what_is_neither_file_nor_directory(void **state)
{
	static const char *const targets[] = {"VERSION", "nowhere", "src", "/etc/passwd"};
	int tree = small_tree();

	(void)state;
	for (size_t i = 0; i < GV_COUNT(targets); i++) {
		assert_int_equal(symlinkat(targets[i], tree, "src/a-link"), 0);
		assert_refused(tree, GV_DIRHASH_OURS, "src/a-link");
		assert_refused(tree, GV_DIRHASH_FOREIGN, "src/a-link");
		assert_int_equal(unlinkat(tree, "src/a-link", 0), 0);
	}
	assert_int_equal(mkfifoat(tree, "bin/a-fifo", 0666), 0);
	assert_refused(tree, GV_DIRHASH_OURS, "bin/a-fifo");
	assert_int_equal(unlinkat(tree, "bin/a-fifo", 0), 0);
	put_str(tree, "src/new\nline", "");
	assert_refused(tree, GV_DIRHASH_OURS, "src/new?line");
	assert_int_equal(unlinkat(tree, "src/new\nline", 0), 0);
	assert_h1(tree, GV_DIRHASH_OURS, SMALL_H1);
	gv_close(&tree);
	tree = new_tree();
	assert_int_equal(gv_make_dirs(tree, "only/directories", 0777), 0);
	assert_refused(tree, GV_DIRHASH_OURS, "no file");
	gv_close(&tree);
}

/* Renaming go.mod must not go unnoticed, though the module's name for it is _go.mod. */
static void a_file_called_underscore_go_mod_does_not_pass_for_go_mod(void **state)
{
	int tree = small_tree();

	(void)state;
	assert_int_equal(renameat(tree, "src/go.mod", tree, "src/_go.mod"), 0);
	assert_refused(tree, GV_DIRHASH_OURS, "src/_go.mod");
	assert_refused(tree, GV_DIRHASH_FOREIGN, "src/_go.mod");
	/* As in Go's module cache: both. */
	put_str(tree, "src/go.mod", "module std\n");
	assert_refused(tree, GV_DIRHASH_OURS, "src/_go.mod");
	assert_h1(tree, GV_DIRHASH_FOREIGN, SMALL_H1);
	put_str(tree, "src/_go.mod", "module evil\n");
	assert_refused(tree, GV_DIRHASH_FOREIGN, "src/_go.mod");
	gv_close(&tree);
}

static void count_bytes(void *arg, uint64_t more)
{
	atomic_fetch_add((atomic_uint_fast64_t *)arg, more);
}

static void hashes_many_and_large_files_alike_with_any_number_of_threads(void **state)
{
	static char big[3 << 20];
	atomic_uint_fast64_t seen = 0;
	struct gv_dirhash_opts opts = {
		.version = VERSION,
		.platform = PLATFORM,
		.progress = count_bytes,
		.progress_arg = &seen,
	};
	char first[GV_H1_LEN] = "", path[64];
	struct gv_err err = GV_ERR_INIT;
	uint64_t bytes = 0;
	int tree = new_tree();

	(void)state;
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + (i >> 11));
	for (size_t i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "d%zu/f%zu", i % 17, i);
		put(tree, path, big, i * 37);
		bytes += i * 37;
	}
	for (int delta = -1; delta <= 1; delta++) { /* around the size of the buffer */
		snprintf(path, sizeof(path), "edge%d", delta);
		put(tree, path, big, (128 << 10) + delta);
		bytes += (128 << 10) + delta;
	}
	put(tree, "big", big, sizeof(big));
	bytes += sizeof(big);
	for (opts.threads = 0; opts.threads < 6; opts.threads++) {
		struct gv_dirhash d;

		seen = 0;
		assert_int_equal(gv_dirhash_tree(tree, &opts, &d, &err), 0);
		assert_int_equal(d.files, 304);
		assert_int_equal(d.bytes, bytes);
		assert_int_equal(seen, bytes);
		if (!*first)
			memcpy(first, d.h1, sizeof(first));
		assert_string_equal(d.h1, first);
		gv_dirhash_release(&d);
	}
	gv_close(&tree);
}

/* -- manifests ----------------------------------------------------------------------- */

#define A64		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64		"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LINE(hex, path) hex "  " PREFIX path "\n"

static void manifests_have_one_form(void **state)
{
	static const char *const bad[] = {
		"",
		"\n",
		A64 "\n",
		A64 " " PREFIX "a\n",
		A64 "  \n",
		A64 "  a\n",
		A64 "  " PREFIX "a",
		A64 "  " PREFIX "\n",
		A64 "  golang.org/toolchain@v0.0.1\n",
		A64 "  golang.org/toolchainx@v0.0.1/a\n",
		"A" A64 "  " PREFIX "a\n",
		"Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
		" " PREFIX "a\n",
		LINE(A64, "b") LINE(A64, "a"),
		LINE(A64, "a") LINE(A64, "a"),
		LINE(A64, "a") LINE(B64, "a"),
		LINE(A64, "a") "\n",
		LINE(A64, "a") LINE(A64, "b") "x",
		LINE(A64, "a") A64
		"  golang.org/toolchain@v0.0.1-go1.22.5.linux-arm64/b\n",
	};
	static const char good[] = LINE(A64, "Z") LINE(A64, "_go.mod") LINE(B64, "a");
	char h1[GV_H1_LEN] = "none";

	(void)state;
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		if (gv_manifest_h1(bad[i], strlen(bad[i]), h1) != -GV_EFORMAT)
			fail_msg("took case %zu for a manifest", i);
	assert_string_equal(h1, "none");
	assert_int_equal(gv_manifest_h1(good, strlen(good), h1), 0);
	assert_true(gv_h1_valid(h1, strlen(h1)));
	assert_false(gv_h1_valid(h1, strlen(h1) - 1));
	h1[1] = '2';
	assert_false(gv_h1_valid(h1, strlen(h1)));
}

static void collect(void *arg, enum gv_difference what, const char *path, size_t n)
{
	static const char *const names[] = {"changed", "missing", "extra"};

	gv_buf_format(arg, "%s %.*s\n", names[what], (int)n, path);
}

static void differences_are_named_as_in_the_tree(void **state)
{
	static const char expected[] = "extra VERSION.old\n"
				       "changed bin/go\n"
				       "missing src-b\n"
				       "changed src/go.mod\n"
				       "missing src/cmd/go.mod\n"
				       "extra src/zz\n";
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_dirhash was, is;
	struct gv_err err;
	int tree = small_tree();

	(void)state;
	assert_int_equal(hash(tree, 0, 0, &was, &err), 0);
	put_str(tree, "bin/go",
		"\x7f"
		"ELG");
	put_str(tree, "src/go.mod", "module sdt\n");
	put_str(tree, "src/zz", "");
	put_str(tree, "VERSION.old", "");
	assert_int_equal(unlinkat(tree, "src-b", 0), 0);
	assert_int_equal(unlinkat(tree, "src/cmd/go.mod", 0), 0);
	assert_int_equal(hash(tree, 0, 0, &is, &err), 0);
	assert_int_equal(gv_manifest_compare(was.manifest.data, was.manifest.len,
					     is.manifest.data, is.manifest.len, collect,
					     &text),
			 6);
	assert_string_equal(text.data, expected);
	assert_int_equal(gv_manifest_compare(was.manifest.data, was.manifest.len,
					     was.manifest.data, was.manifest.len, collect,
					     &text),
			 0);
	assert_int_equal(gv_manifest_compare(was.manifest.data, was.manifest.len, "", 0,
					     NULL, NULL),
			 10);
	assert_int_equal(gv_manifest_compare("", 0, was.manifest.data, was.manifest.len,
					     NULL, NULL),
			 10);
	gv_buf_release(&text);
	gv_dirhash_release(&was);
	gv_dirhash_release(&is);
	gv_close(&tree);
}

/* Last: nobody takes a signal back. */
static void stops_when_interrupted(void **state)
{
	struct gv_dirhash d;
	struct gv_err err;
	int tree = small_tree();

	(void)state;
	signal(SIGINT, SIG_DFL); /* one that was ignored before us would stay so */
	assert_int_equal(gv_interrupt_install(), 0);
	raise(SIGINT);
	assert_int_equal(hash(tree, 0, 0, &d, &err), -GV_EINTERRUPTED);
	gv_close(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_as_go_does),
		cmocka_unit_test(leaves_directories_of_the_tarball_out_of_foreign_trees),
		cmocka_unit_test(leaves_leftovers_out_of_foreign_trees),
		cmocka_unit_test(refuses_what_is_neither_file_nor_directory),
		cmocka_unit_test(
			a_file_called_underscore_go_mod_does_not_pass_for_go_mod),
		cmocka_unit_test(
			hashes_many_and_large_files_alike_with_any_number_of_threads),
		cmocka_unit_test(manifests_have_one_form),
		cmocka_unit_test(differences_are_named_as_in_the_tree),
		cmocka_unit_test(stops_when_interrupted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_test_dir, remove_test_dir);
}

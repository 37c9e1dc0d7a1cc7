// SPDX-License-Identifier: Apache-2.0
/* What `govern verify` finds, and what it says when it finds nothing. */
#include "tests/unit/install/fixture.h"

struct findings {
	char text[4096];
};

static void note(void *arg, enum gv_finding_kind kind, const char *path)
{
	static const char *const names[] = {"changed", "missing", "extra", "mode"};
	struct findings *f = arg;
	size_t n = strlen(f->text);

	snprintf(f->text + n, sizeof(f->text) - n, "%s %s\n", names[kind], path);
}

static int verify(struct world *w, struct findings *f, struct gv_verified *ret)
{
	*f = (struct findings){0};
	w->err = GV_ERR_INIT;
	w->talk[0] = '\0';
	return gv_verify_one(&w->in, "go1.22.5", note, f, ret, &w->err);
}

static void finds(struct world *w, const char *expected)
{
	struct gv_verified v;
	struct findings f;

	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	assert_string_equal(f.text, expected);
	assert_true(w->err.message[0] != '\0');
}

static void holds(struct world *w, enum gv_trust trust, bool from_log)
{
	struct gv_verified v;
	struct findings f;
	int r = verify(w, &f, &v);

	if (r != 0)
		print_message("# %s\n%s", w->err.message, f.text);
	assert_int_equal(r, 0);
	assert_int_equal(v.trust, trust);
	assert_int_equal(v.from_log, from_log);
	assert_int_equal(v.findings, 0);
}

static void untouched(void **state)
{
	struct world *w = *state;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	holds(w, GV_TRUST_PROVEN, true);
	/* years later, with nothing but the store */
	assert_int_equal(sh(w, "rm -rf $S $D/cache/*"), 0);
	w->in.offline = true;
	w->in.goproxy = NULL;
	holds(w, GV_TRUST_PROVEN, false);
	/* a log that cannot be reached now does not make the stored proof less */
	w->in.offline = false;
	proxy(w, "http://127.0.0.1:1");
	holds(w, GV_TRUST_PROVEN, false);
}

static void each_file_is_named(void **state)
{
	struct world *w = *state;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "echo x >>" TREE "/src/runtime/runtime.go"), 0);
	finds(w, "changed src/runtime/runtime.go\n");
	assert_int_equal(sh(w, "rm " TREE "/src/go.mod; echo x >" TREE "/bin/other; "
			       "chmod 755 " TREE "/bin/other"),
			 0);
	finds(w, "extra bin/other\nmissing src/go.mod\nchanged src/runtime/runtime.go\n");
	/* what is left out on purpose is extra when it is there */
	assert_int_equal(sh(w, "mkdir " TREE "/doc; echo x >" TREE "/doc/x"), 0);
	finds(w, "extra bin/other\nextra doc/x\nmissing src/go.mod\n"
		 "changed src/runtime/runtime.go\n");
	w->in.offline = true;
	w->in.goproxy = NULL;
	finds(w, "extra bin/other\nextra doc/x\nmissing src/go.mod\n"
		 "changed src/runtime/runtime.go\n");
}

static void modes(void **state)
{
	struct world *w = *state;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "chmod 644 " TREE "/bin/go"), 0);
	finds(w, "mode bin/go\n");
	assert_int_equal(sh(w, "chmod 4755 " TREE "/bin/go"), 0);
	finds(w, "mode bin/go\n");
	assert_int_equal(sh(w, "chmod 755 " TREE "/bin/go; chmod 755 " TREE "/LICENSE"),
			 0);
	finds(w, "mode LICENSE\n");
	assert_int_equal(sh(w, "chmod 664 " TREE "/LICENSE"), 0);
	finds(w, "mode LICENSE\n");
	assert_int_equal(sh(w, "chmod 644 " TREE "/LICENSE; chmod 777 " TREE "/src"), 0);
	finds(w, "mode src\n");
	assert_int_equal(sh(w, "chmod 2755 " TREE "/src"), 0);
	holds(w, GV_TRUST_PROVEN, true);
}

static void links_are_refused(void **state)
{
	struct world *w = *state;
	struct gv_verified v;
	struct findings f;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "ln -s /etc/passwd " TREE "/lib/x"), 0);
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, "lib/x"));
}

#define RECEIPTS "$D/store/receipts/linux-amd64"

/* Files and manifest changed alike: the record does not follow. */
static void manifest_is_bound_to_the_record(void **state)
{
	struct world *w = *state;
	struct gv_verified v;
	struct findings f;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	assert_int_equal(sh(w, "echo changed >" TREE "/LICENSE; "
			       "new=$(sha256sum <" TREE "/LICENSE | cut -c1-64); "
			       "old=$(grep LICENSE " RECEIPTS
			       "/go1.22.5.manifest | cut -c1-64); "
			       "sed -i s/$old/$new/ " RECEIPTS "/go1.22.5.manifest"),
			 0);
	w->in.offline = true;
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	assert_non_null(strstr(w->err.message, "manifest"));
	/* without a manifest no file can be named, and it is found all the same */
	assert_int_equal(sh(w, "rm " RECEIPTS "/go1.22.5.manifest"), 0);
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
}

static void forged_receipts(void **state)
{
	struct world *w = *state;
	struct gv_verified v;
	struct findings f;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	w->in.offline = true;
	w->in.goproxy = NULL;
	/* the proof */
	assert_int_equal(sh(w, "cp -r " RECEIPTS " $D/saved; "
			       "sed -i 's/\"id\": [0-9]*/\"id\": 3/' " RECEIPTS
			       "/go1.22.5.json"),
			 0);
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	/* the record */
	assert_int_equal(sh(w, "cp $D/saved/* " RECEIPTS "; "
			       "sed -i 's/linux-amd64 h1:./linux-amd64 h1:x/' " RECEIPTS
			       "/go1.22.5.json"),
			 0);
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	/* by another log, of one's own */
	assert_int_equal(sh(w, "cp $D/saved/* " RECEIPTS "; "
			       "k=$($B/tests/tools/mklog -s other $S <$S/hashes)"),
			 0);
	log_at(w, "");
	assert_int_equal(verify(w, &f, &v), -GV_EPOLICY);
}

/* What is written into a receipt beside its proof, with the store and nothing else. */
static void claims_agree_with_the_proof(void **state)
{
	static const char *const edits[] = {
		"s/^  \"h1\": \"h1:./  \"h1\": \"h1:x/",
		"/^  \"h1\"/d",
		"s/\"adopted\": false/\"adopted\": true/",
		"s/\"log\": \"sum/\"log\": \"num/",
	};
	struct world *w = *state;
	struct gv_verified v;
	struct findings f;

	installs(w, "go1.22.5", GV_TRUST_PROVEN);
	w->in.offline = true;
	w->in.goproxy = NULL;
	assert_int_equal(sh(w, "cp -r " RECEIPTS " $D/saved"), 0);
	for (size_t i = 0; i < GV_COUNT(edits); i++) {
		assert_int_equal(sh(w,
				    "sed -i '%s' " RECEIPTS "/go1.22.5.json; "
				    "! cmp -s $D/saved/go1.22.5.json " RECEIPTS
				    "/go1.22.5.json",
				    edits[i]),
				 0);
		if (verify(w, &f, &v) >= 0)
			fail_msg("verified in spite of %s", edits[i]);
		assert_int_equal(sh(w, "cp $D/saved/* " RECEIPTS), 0);
		holds(w, GV_TRUST_PROVEN, false);
	}
}

/* "proven" written by hand over what never was: neither shown by verify nor taken for
 * granted by the next install. */
static void a_level_raised_by_hand(void **state)
{
	struct world *w = *state;
	struct gv_installed done;
	struct gv_verified v;
	struct findings f;

	make(w, "go1.22.5", "--flip LICENSE");
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
	w->sumdb.off = false;
	w->in.minimum = GV_TRUST_PROVEN;
	assert_int_equal(
		sh(w, "sed -i 's/\"unproven\"/\"proven\"/' " RECEIPTS "/go1.22.5.json"),
		0);
	w->in.offline = true;
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
	w->in.offline = false;
	assert_int_equal(install(w, "go1.22.5", &done), -GV_EVERIFY);
	make(w, "go1.22.5", "");
	assert_int_equal(install(w, "go1.22.5", &done), 0);
	assert_false(done.already);
	holds(w, GV_TRUST_PROVEN, true);
}

static void the_level_rises(void **state)
{
	struct world *w = *state;

	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
	holds(w, GV_TRUST_UNPROVEN, false);
	w->sumdb.off = false;
	w->in.minimum = GV_TRUST_PROVEN;
	holds(w, GV_TRUST_PROVEN, true);
	w->in.offline = true;
	w->in.goproxy = NULL;
	holds(w, GV_TRUST_PROVEN, false);
}

/* Never proven, and not what the log knows: found when the log is asked. */
static void never_was_right(void **state)
{
	struct world *w = *state;
	struct gv_verified v;
	struct findings f;

	make(w, "go1.22.5", "--flip LICENSE");
	w->sumdb.off = true;
	w->in.minimum = GV_TRUST_UNPROVEN;
	installs(w, "go1.22.5", GV_TRUST_UNPROVEN);
	w->sumdb.off = false;
	assert_int_equal(verify(w, &f, &v), -GV_EVERIFY);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(untouched),
		TEST(each_file_is_named),
		TEST(modes),
		TEST(links_are_refused),
		TEST(manifest_is_bound_to_the_record),
		TEST(forged_receipts),
		TEST(claims_agree_with_the_proof),
		TEST(a_level_raised_by_hand),
		TEST(the_level_rises),
		TEST(never_was_right),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

static char source[] = "goproxy", origin[] = "https://example.org/x", h1[] = "h1:AAAA=";
static char sha256[] = "00ff", digest_origin[] = "go.dev", vkey[] = "log+0123abcd+Aaaa";
static char record[] = "golang.org/toolchain v0.0.1-go1.22.5.linux-amd64 h1:x=\n";
static char head[] = "go.sum database tree\n42\nroot=\n\n\xe2\x80\x94 log sig\n";
static char hash0[] = "aGFzaDA=", hash1[] = "aGFzaDE=";
static char *proof[] = {hash0, hash1};

static struct gv_receipt proven(void)
{
	return (struct gv_receipt){
		.name = "go1.22.5",
		.platform = PLATFORM,
		.trust = GV_TRUST_PROVEN,
		.source = source,
		.origin = origin,
		.h1 = h1,
		.archive_sha256 = sha256,
		.digest_origin = digest_origin,
		.archive_bytes = 82800000,
		.files = 10739,
		.bytes = 235500000,
		.installed_at = 1795000000,
		.has_record = true,
		.record =
			{
				.log = vkey,
				.id = 24961234,
				.text = record,
				.proof = proof,
				.n_proof = 2,
				.head = head,
			},
	};
}

static void test_trust(void **state)
{
	enum gv_trust t;

	(void)state;
	for (enum gv_trust i = GV_TRUST_UNPROVEN; i <= GV_TRUST_PROVEN; i++) {
		assert_int_equal(gv_trust_parse(gv_trust_name(i), &t), 0);
		assert_int_equal(t, i);
	}
	assert_int_equal(gv_trust_parse("Proven", &t), -EINVAL);
	assert_int_equal(gv_trust_parse("", &t), -EINVAL);
	assert_true(GV_TRUST_UNPROVEN < GV_TRUST_CHECKSUMMED);
	assert_true(GV_TRUST_CHECKSUMMED < GV_TRUST_PROVEN);
}

static void test_round_trip(void **state)
{
	struct gv_receipt r = proven(), got = {0};
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(gv_receipt_load(&s, "go1.22.5", &got, &err), -GV_ENOTFOUND);
	assert_int_equal(gv_receipt_save(&s, &r, &err), 0);
	assert_int_equal(gv_receipt_load(&s, "go1.22.5", &got, &err), 0);
	assert_string_equal(got.name, r.name);
	assert_string_equal(got.platform, r.platform);
	assert_int_equal(got.trust, r.trust);
	assert_string_equal(got.source, r.source);
	assert_string_equal(got.origin, r.origin);
	assert_string_equal(got.h1, r.h1);
	assert_string_equal(got.archive_sha256, r.archive_sha256);
	assert_string_equal(got.digest_origin, r.digest_origin);
	assert_int_equal(got.archive_bytes, r.archive_bytes);
	assert_int_equal(got.files, r.files);
	assert_int_equal(got.bytes, r.bytes);
	assert_int_equal(got.installed_at, r.installed_at);
	assert_false(got.adopted);
	assert_null(got.adopted_from);
	assert_true(got.has_record);
	assert_string_equal(got.record.log, vkey);
	assert_int_equal(got.record.id, r.record.id);
	assert_string_equal(got.record.text, record);
	assert_int_equal(got.record.n_proof, 2);
	assert_string_equal(got.record.proof[0], hash0);
	assert_string_equal(got.record.proof[1], hash1);
	assert_string_equal(got.record.head, head);
	gv_receipt_release(&got);
	gv_receipt_release(&got);
	gv_store_close(&s);
}

static void test_minimal(void **state)
{
	struct gv_receipt r = {.name = "go1.9.2rc2", .platform = PLATFORM}, got = {0};
	struct gv_buf text = GV_BUF_INIT(0);
	const char *why;

	(void)state;
	assert_int_equal(gv_receipt_format(&r, &text), 0);
	assert_int_equal(gv_receipt_parse(text.data, text.len, &got, &why), 0);
	assert_string_equal(got.name, "go1.9.2rc2");
	assert_int_equal(got.trust, GV_TRUST_UNPROVEN);
	assert_null(got.h1);
	assert_false(got.has_record);
	gv_receipt_release(&got);
	gv_buf_release(&text);
}

static void test_built(void **state)
{
	static char base[] = "go1.22.5", one[] = "one.patch", two[] = "two \"2\".patch";
	static struct gv_receipt_patch patches[] = {{one, sha256}, {two, sha256}};
	struct gv_receipt r = {
		.name = "go1.22.5-corp",
		.platform = PLATFORM,
		.built = true,
		.build = {.base = base,
			  .source_h1 = h1,
			  .bootstrap = base,
			  .patches = patches,
			  .n_patches = 2},
	};
	struct gv_receipt got = {0};
	struct gv_buf text = GV_BUF_INIT(0);
	const char *why;

	(void)state;
	assert_int_equal(gv_receipt_format(&r, &text), 0);
	assert_int_equal(gv_receipt_parse(text.data, text.len, &got, &why), 0);
	assert_true(got.built);
	assert_string_equal(got.build.base, base);
	assert_string_equal(got.build.source_h1, h1);
	assert_null(got.build.source_sha256);
	assert_string_equal(got.build.bootstrap, base);
	assert_int_equal(got.build.n_patches, 2);
	assert_string_equal(got.build.patches[0].name, one);
	assert_string_equal(got.build.patches[1].name, two);
	assert_string_equal(got.build.patches[1].sha256, sha256);
	gv_receipt_release(&got);
	gv_buf_release(&text);
}

/* Each entry is a receipt in which one thing is wrong. */
static void test_damaged(void **state)
{
#define FINE                                                      \
	"\"name\": \"go1.22.5\", \"platform\": \"linux-amd64\", " \
	"\"installed_at\": \"2026-11-21T11:07:36Z\""
	static const char *const bad[] = {
		"",
		"[]",
		"{" FINE ", \"trust\": \"proven\"}",
		"{\"schema\": 2, " FINE ", \"trust\": \"proven\"}",
		"{\"schema\": 1, " FINE "}",
		"{\"schema\": 1, " FINE ", \"trust\": \"sure\"}",
		"{\"schema\": 1, " FINE ", \"trust\": 2}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"h1\": 7}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"bytes\": -7}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"bytes\": \"7\"}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"record\": {}}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"build\": {}}",
		"{\"schema\": 1, " FINE
		", \"trust\": \"proven\", \"build\": {\"base\": \"b\"}}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", "
		"\"build\": {\"base\": \"b\", \"patches\": [1]}}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"build\": "
		"{\"base\": \"b\", \"patches\": [{\"name\": \"n\"}]}}",
		"{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"record\": \"x\"}",
		"{\"schema\": 1, " FINE
		", \"trust\": \"proven\", \"record\": {\"log\": \"l\", "
		"\"id\": 1, \"text\": \"t\", \"head\": \"h\", \"proof\": [1]}}",
		"{\"schema\": 1, " FINE
		", \"trust\": \"proven\", \"record\": {\"log\": \"l\", "
		"\"id\": 1, \"text\": \"t\", \"head\": \"h\", \"proof\": \"x\"}}",
		"{\"schema\": 1, " FINE
		", \"trust\": \"proven\", \"record\": {\"log\": \"l\", "
		"\"id\": -1, \"text\": \"t\", \"head\": \"h\", \"proof\": []}}",
		"{\"schema\": 1, \"trust\": \"proven\", \"platform\": \"linux-amd64\", "
		"\"name\": \"../etc\", \"installed_at\": \"2026-11-21T11:07:36Z\"}",
		"{\"schema\": 1, \"trust\": \"proven\", \"platform\": \"linux-amd64\", "
		"\"name\": \"go1.22.5\", \"installed_at\": \"yesterday\"}",
		"{\"schema\": 1, \"trust\": \"proven\", \"platform\": \"..\", "
		"\"name\": \"go1.22.5\", \"installed_at\": \"2026-11-21T11:07:36Z\"}",
		/* and of somebody else */
		"{\"schema\": 1, \"trust\": \"proven\", \"platform\": \"linux-amd64\", "
		"\"name\": \"go1.22.6\", \"installed_at\": \"2026-11-21T11:07:36Z\"}",
		"{\"schema\": 1, \"trust\": \"proven\", \"platform\": \"linux-arm64\", "
		"\"name\": \"go1.22.5\", \"installed_at\": \"2026-11-21T11:07:36Z\"}",
	};
	struct gv_receipt got;
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	for (size_t i = 0; i < GV_COUNT(bad); i++) {
		write_file(s.root_fd, "receipts/" PLATFORM "/go1.22.5.json", bad[i]);
		if (gv_receipt_load(&s, "go1.22.5", &got, &err) != -GV_EFORMAT)
			fail_msg("taken for a receipt: %s", bad[i]);
		assert_non_null(
			strstr(err.message, "receipts/" PLATFORM "/go1.22.5.json"));
		assert_string_equal(err.hint, "govern install --force 1.22.5");
	}
	/* and it is not that nothing is ever taken for one */
	write_file(s.root_fd, "receipts/" PLATFORM "/go1.22.5.json",
		   "{\"schema\": 1, " FINE ", \"trust\": \"proven\", \"unknown\": []}");
	assert_int_equal(gv_receipt_load(&s, "go1.22.5", &got, &err), 0);
	gv_receipt_release(&got);
	gv_store_close(&s);
}

static void test_not_a_file(void **state)
{
	struct gv_receipt got;
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	/* must not hang */
	assert_int_equal(mkfifoat(s.root_fd, "receipts/" PLATFORM "/go1.22.5.json", 0644),
			 0);
	assert_int_equal(gv_receipt_load(&s, "go1.22.5", &got, &err), -EINVAL);
	assert_int_equal(symlinkat("/dev/zero", s.root_fd,
				   "receipts/" PLATFORM "/go1.22.5.manifest"),
			 0);
	assert_int_equal(gv_manifest_load(&s, "go1.22.5", &text, &err), -EINVAL);
	assert_int_equal(gv_manifest_load(&s, "go1.22.6", &text, &err), -GV_ENOTFOUND);
	assert_null(text.data);
	gv_store_close(&s);
}

static void test_manifest(void **state)
{
	struct gv_buf text = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;
	struct gv_store s;

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &s), 0);
	assert_int_equal(gv_manifest_save(&s, "go1.22.5", "a line\n", 7, &err), 0);
	assert_int_equal(gv_manifest_load(&s, "go1.22.5", &text, &err), 0);
	assert_string_equal(text.data, "a line\n");
	assert_int_equal(text.len, 7);
	gv_buf_release(&text);
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_trust),    TEST(test_round_trip), TEST(test_minimal),
		TEST(test_built),    TEST(test_damaged),    TEST(test_not_a_file),
		TEST(test_manifest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

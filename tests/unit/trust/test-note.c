// SPDX-License-Identifier: Apache-2.0
/* Keys, signed notes, heads, the GOSUMDB setting, records of the real log. */
#include "tests/unit/trust/log.h"

#include "core/trust/module.h"
#include "core/trust/tile.h"

#define GO_KEY "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

/* What sum.golang.org once answered about go1.21.9 on linux-amd64. */
#define REAL_VERSION "golang.org/toolchain v0.0.1-go1.21.9.linux-amd64"
#define REAL_TEXT                                                                      \
	REAL_VERSION " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0=\n" REAL_VERSION \
		     "/go.mod h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=\n"
#define REAL_NOTE                                                                        \
	"go.sum database "                                                               \
	"tree\n28905453\nf3f8U0MoQmXkWAgAEKDtXcaI3c2y6N9+55KNSRefF/w=\n\n"               \
	"\xe2\x80\x94 sum.golang.org "                                                   \
	"Az3grr4J9x4SApup87osjthKONInbYdbN37ZskrLF12HIbhDuxOBTzt8Z2jUKbCvxYWrw0yNgshddO" \
	"zt7pZ"                                                                          \
	"El7aSCw8=\n"

static struct log l;

static int set_up(void **state)
{
	(void)state;
	log_init(&l, 4, "h1:x", 0, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	log_release(&l);
	return 0;
}

static void verifies_what_the_real_log_signed(void **state)
{
	struct gv_sumdb_setting set;
	struct gv_err err = GV_ERR_INIT;
	struct gv_answer a;
	struct gv_head head;
	struct gv_hash leaf;
	char base64[GV_HASH_BASE64];
	static const char answer[] = "24929362\n" REAL_TEXT "\n" REAL_NOTE;
	char other[] = REAL_NOTE;

	(void)state;
	assert_int_equal(gv_sumdb_setting_parse("sum.golang.org", &set, &err), 0);
	assert_string_equal(set.key.text, GO_KEY);
	assert_int_equal(set.key.hash, 0x033de0ae);
	assert_int_equal(gv_answer_parse(answer, strlen(answer), &a), 0);
	assert_int_equal(a.id, 24929362);
	assert_int_equal(a.text_len, strlen(REAL_TEXT));
	assert_memory_equal(a.text, REAL_TEXT, a.text_len);
	assert_int_equal(gv_head_open(a.note, a.note_len, &set.key, &head, &err), 0);
	assert_int_equal(head.size, 28905453);
	leaf = gv_merkle_leaf(a.text, a.text_len);
	gv_hash_to_base64(&leaf, base64);
	assert_string_equal(base64, "A/+TP2a1pyCJM2jsWxhtn8S+e4UYsO5MYbxns1Xhj+o=");
	/* Another log's key does not open it. */
	assert_int_equal(gv_head_open(a.note, a.note_len, &l.key, &head, &err),
			 -GV_EVERIFY);
	/* The key that is missed is named as GOSUMDB names it. */
	memcpy(strstr(other, " sum.golang.org "), " sum.golang.com ", 16);
	assert_int_equal(gv_head_open(other, strlen(other), &set.key, &head, &err),
			 -GV_EVERIFY);
	assert_non_null(strstr(err.message, "(key 033de0ae)"));
}

static void reads_verifier_keys(void **state)
{
	static const char *const bad[] = {
		"",
		"sum.golang.org",
		"sum.golang.org+033de0ae",
		"sum.golang.org+033de0ae+",
		"sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+0x3de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8=",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn9",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuA",
		"sum.golang.org+033de0ae+ Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.com+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"../sum+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
	};
	struct gv_vkey key = {.hash = 42};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		if (gv_vkey_parse(bad[i], &key) == 0)
			fail_msg("took '%s' for a key", bad[i]);
	assert_int_equal(key.hash, 42);
	assert_int_equal(gv_vkey_parse(GO_KEY, &key), 0);
	assert_string_equal(key.name, "sum.golang.org");
	assert_string_equal(key.file, "sum.golang.org");
}

/* With the key hash that fits, so that only the name or the algorithm is refused. */
static int parse_named(const char *name, unsigned char algorithm, struct gv_vkey *ret)
{
	unsigned char raw[33] = {algorithm}, digest[32];
	char base64[64], text[512];
	struct gv_sha256 h;

	memcpy(raw + 1, l.pk, 32);
	gv_sha256_init(&h);
	gv_sha256_add(&h, name, strlen(name));
	gv_sha256_add(&h, "\n", 1);
	gv_sha256_add(&h, raw, sizeof(raw));
	gv_sha256_done(&h, digest);
	gv_base64_encode(raw, sizeof(raw), base64);
	snprintf(text, sizeof(text), "%s+%02x%02x%02x%02x+%s", name, digest[0], digest[1],
		 digest[2], digest[3], base64);
	return gv_vkey_parse(text, ret);
}

static void names_of_logs_are_safe_as_files_and_urls(void **state)
{
	static const char *const bad[] = {
		"",    "/",   "/a",  "a/",  "a//b", "a/../b", ".",    ".a",	  "a/.b",
		"a b", "a\n", "a%b", "a?b", "a#b",  "a@b",    "a\\b", "\xc3\xa4",
	};
	struct gv_vkey key;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		if (parse_named(bad[i], 1, &key) == 0)
			fail_msg("took '%s' for the name of a log", bad[i]);
	assert_int_equal(parse_named("localhost:8080/sum-db/x.y", 1, &key), 0);
	assert_string_equal(key.name, "localhost:8080/sum-db/x.y");
	assert_string_equal(key.file, "localhost:8080%sum-db%x.y");
	assert_int_equal(parse_named("a.example", 1, &key), 0);
	assert_int_equal(parse_named("a.example", 2, &key), -EINVAL); /* not Ed25519 */
}

/* -- notes --------------------------------------------------------------------------- */

struct note_case {
	const char *what;
	int expected;
	const char *before; /* in front of the good signature line; or NULL */
	const char *after;
};

#define DASH  "\xe2\x80\x94 "
#define OTHER DASH "other.example AAAAAAAA\n"

static void assert_note(const char *what, const struct gv_buf *b, int expected)
{
	struct gv_err err = GV_ERR_INIT;
	size_t text_len = 4711;
	int r = gv_note_open(b->data, b->len, &l.key, &text_len, &err);

	if (r != expected)
		fail_msg("%s: %d, not %d (%s)", what, r, expected, err.message);
	if (r < 0) {
		assert_int_equal(text_len, 4711);
		assert_int_equal(err.code, r);
	} else {
		assert_int_equal(err.code, 0);
	}
}

static void signature_lines(void **state)
{
	static const struct note_case cases[] = {
		{"signed", 0, NULL, NULL},
		{"another's before", 0, OTHER, NULL},
		{"another's after", 0, NULL, OTHER},
		{"another's twice", 0, OTHER, OTHER},
		{"hyphen for dash", -GV_EFORMAT, "- other.example AAAAAAAA\n", NULL},
		{"no dash", -GV_EFORMAT, "other.example AAAAAAAA\n", NULL},
		{"no name", -GV_EFORMAT, DASH " AAAAAAAA\n", NULL},
		{"no signature", -GV_EFORMAT, DASH "other.example\n", NULL},
		{"empty signature", -GV_EFORMAT, DASH "other.example \n", NULL},
		{"hash only", -GV_EFORMAT, DASH "other.example AAAAAA==\n", NULL},
		{"not padded", -GV_EFORMAT, DASH "other.example AAAAAAA\n", NULL},
		{"blank in base64", -GV_EFORMAT, DASH "other.example AAAA AAAA\n", NULL},
		{"blank behind base64", -GV_EFORMAT, DASH "other.example AAAAAAAA \n",
		 NULL},
		{"above ASCII in base64", -GV_EFORMAT,
		 DASH "other.example AAAAAA\xcf\xbf\n", NULL},
		{"URL base64", -GV_EFORMAT, DASH "other.example AAAAAA__\n", NULL},
		{"loose bits", -GV_EFORMAT, DASH "other.example AAAAAAB=\n", NULL},
		{"plus in name", -GV_EFORMAT, DASH "other+example AAAAAAAA\n", NULL},
		{"CR LF", -GV_EFORMAT, DASH "other.example AAAAAAAA\r\n", NULL},
		{"empty line between", -GV_EVERIFY, OTHER "\n", NULL},
		{"empty line behind", -GV_EFORMAT, NULL, "\n"},
		{"unended line behind", -GV_EFORMAT, NULL, DASH "other.example AAAAAAAA"},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct gv_buf b = GV_BUF_INIT(0), good = GV_BUF_INIT(0);

		gv_buf_add_str(&good, "a text\nof two lines\n");
		sign(&good, &l, good.len);
		gv_buf_add_str(&b, "a text\nof two lines\n\n");
		gv_buf_add_str(&b, cases[i].before ? cases[i].before : "");
		gv_buf_add_str(&b, good.data + strlen("a text\nof two lines\n"));
		gv_buf_add_str(&b, cases[i].after ? cases[i].after : "");
		assert_note(cases[i].what, &b, cases[i].expected);
		gv_buf_release(&b);
		gv_buf_release(&good);
	}
}

/* A note over a text of any bytes. */
static struct gv_buf signed_text(const char *text, size_t n)
{
	struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_add(&b, text, n);
	gv_buf_add_str(&b, "\n");
	sign(&b, &l, n);
	return b;
}

static void texts(void **state)
{
	static const struct {
		const char *text;
		int expected;
	} cases[] = {
		{"text\n", 0},
		{"\n", 0},
		{"one\n\ntwo\n", 0},
		{"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82 \x7f\n", 0},
		{"\xff\n", -GV_EFORMAT},
		{"\xc0\x80\n", -GV_EFORMAT},
		{"\xc3\n", -GV_EFORMAT},
		{"\xe0\x9f\xbf\n", -GV_EFORMAT},
		{"\xed\xa0\x80\n", -GV_EFORMAT},
		{"\xf4\x90\x80\x80\n", -GV_EFORMAT},
		{"\xf0\x8f\xbf\xbf\n", -GV_EFORMAT},
		{"\x80\n", -GV_EFORMAT},
		{"a\tb\n", -GV_EFORMAT},
		{"a\r\n", -GV_EFORMAT},
		{"\x1b[31m\n", -GV_EFORMAT},
	};
	struct gv_buf b;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		b = signed_text(cases[i].text, strlen(cases[i].text));
		assert_note(cases[i].text, &b, cases[i].expected);
		gv_buf_release(&b);
	}
	b = signed_text("a\0b\n", 4);
	assert_note("NUL", &b, -GV_EFORMAT);
	gv_buf_release(&b);
	for (size_t n = 0; n < 3; n++) {
		struct gv_buf empty = GV_BUF_INIT(0);

		gv_buf_add(&empty, "\n\n", n);
		assert_note("next to nothing", &empty, -GV_EFORMAT);
		gv_buf_release(&empty);
	}
}

static void every_changed_byte_breaks_the_signature(void **state)
{
	struct gv_buf b = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;
	size_t text_len;

	(void)state;
	log_note(&l, 4, "", &b);
	for (size_t i = 0; i < b.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= 1 << bit;
			assert_true(gv_note_open(b.data, b.len, &l.key, &text_len, &err) <
				    0);
			b.data[i] ^= 1 << bit;
		}
	for (size_t n = 0; n < b.len; n++)
		assert_true(gv_note_open(b.data, n, &l.key, &text_len, &err) < 0);
	assert_int_equal(gv_note_open(b.data, b.len, &l.key, &text_len, &err), 0);
	gv_buf_release(&b);
}

static void signatures_by_our_key_must_all_be_right(void **state)
{
	struct gv_buf b = signed_text("text\n", 5);
	char *line;
	size_t n;

	(void)state;
	/* Twice the same: fine. */
	line = strdup(b.data + 6);
	assert_non_null(line);
	n = b.len;
	gv_buf_add_str(&b, line);
	assert_note("twice", &b, 0);
	/* One of them wrong: not. */
	b.data[n + 30] = b.data[n + 30] == 'A' ? 'B' : 'A';
	assert_note("second one wrong", &b, -GV_EVERIFY);
	b.len = n;
	/* Our name and another hash is another key: a collision of names. */
	b.data[6 + 4 + strlen(LOG_NAME) + 1] ^= 1;
	assert_note("another key of the same name", &b, -GV_EVERIFY);
	free(line);
	gv_buf_release(&b);

	/* Our name and hash, and a signature that is too short or too long. */
	for (int longer = 0; longer < 2; longer++) {
		unsigned char raw[4 + 80] = {l.key.hash >> 24, l.key.hash >> 16,
					     l.key.hash >> 8, l.key.hash};
		char base64[128];

		b = GV_BUF_INIT(0);
		gv_base64_encode(raw, longer ? 4 + 65 : 4 + 63, base64);
		gv_buf_format(&b, "text\n\n" DASH LOG_NAME " %s\n", base64);
		assert_note("length of the signature", &b, -GV_EVERIFY);
		gv_buf_release(&b);
	}
}

static void bounds(void **state)
{
	static char text[GV_NOTE_MAX];

	(void)state;
	for (int n = 99; n <= 100; n++) {
		struct gv_buf many = signed_text("text\n", 5);

		for (int i = 0; i < n; i++)
			gv_buf_add_str(&many, OTHER);
		assert_note("many signatures", &many, n == 99 ? 0 : -GV_EFORMAT);
		gv_buf_release(&many);
	}
	/* As large as is looked at, and a byte more. */
	memset(text, 'x', sizeof(text));
	for (int over = 0; over <= 1; over++) {
		struct gv_buf b = signed_text("", 0);
		size_t n = GV_NOTE_MAX - b.len + over;

		text[n - 1] = '\n';
		gv_buf_release(&b);
		b = signed_text(text, n);
		assert_int_equal(b.len, GV_NOTE_MAX + over);
		assert_note("a long one", &b, over ? -GV_EFORMAT : 0);
		gv_buf_release(&b);
		text[n - 1] = 'x';
	}
}

/* Witnesses may sign with keys of kinds that are not invented yet. */
static void long_signatures_of_others(void **state)
{
	static uint8_t raw[8 << 10];
	static char base64[GV_BASE64_LEN(sizeof(raw)) + 1];
	struct gv_buf b = signed_text("text\n", 5);

	(void)state;
	gv_base64_encode(raw, sizeof(raw), base64);
	gv_buf_format(&b, DASH "witness.example %s\n", base64);
	assert_note("a signature of 8 KiB", &b, 0);
	gv_buf_release(&b);
}

static void heads(void **state)
{
#define ROOT "f3f8U0MoQmXkWAgAEKDtXcaI3c2y6N9+55KNSRefF/w="
	static const struct {
		const char *text;
		int expected;
	} cases[] = {
		{"go.sum database tree\n12\n" ROOT "\n", 0},
		{"go.sum database tree\n12\n" ROOT "\nan extension\n", 0},
		{"go.sum database tree\n0\n" ROOT "\n", 0},
		{"go.sum database tree\n9223372036854775807\n" ROOT "\n", 0},
		{"go.sum database tree\n9223372036854775808\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n18446744073709551628\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n012\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n+12\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n-12\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n 12\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n0x12\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database tree\n12\n" ROOT "=\n", -GV_EVERIFY},
		{"go.sum database tree\n12\n " ROOT "\n", -GV_EVERIFY},
		{"go.sum database "
		 "tree\n12\nf3f8U0MoQmXkWAgAEKDtXcaI3c2y6N9+55KNSRefF/w\n",
		 -GV_EVERIFY},
		{"go.sum database "
		 "tree\n12\nf3f8U0MoQmXkWAgAEKDtXcaI3c2y6N9+55KNSRefF/x=\n",
		 -GV_EVERIFY},
		{"go.sum database tree\n12\n", -GV_EVERIFY},
		{"go.sum database tree\n12\n\n", -GV_EVERIFY},
		{"go.sum database tree \n12\n" ROOT "\n", -GV_EVERIFY},
		{"go.sum database\n12\n" ROOT "\n", -GV_EVERIFY},
		{"\ngo.sum database tree\n12\n" ROOT "\n", -GV_EVERIFY},
	};

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct gv_buf b = signed_text(cases[i].text, strlen(cases[i].text));
		struct gv_head head = {.size = 99};
		struct gv_err err = GV_ERR_INIT;
		int r = gv_head_open(b.data, b.len, &l.key, &head, &err);

		if (r != cases[i].expected)
			fail_msg("%s: %d (%s)", cases[i].text, r, err.message);
		if (r < 0)
			assert_int_equal(head.size, 99);
		gv_buf_release(&b);
	}
}

/* -- small things -------------------------------------------------------------------- */

static void gosumdb(void **state)
{
	static const char *const bad[] = {
		"",
		"  ",
		"off off",
		"example.com",
		"sum.golang.org+033de0ae",
		"sum.golang.org https://a https://b",
		"sum.golang.org a.example",
		"sum.golang.org ftp://a.example",
		"sum.golang.org https://",
		"sum.golang.org https:///x",
		"sum.golang.org https://a.example/?x",
		"sum.golang.google.cn https://a.example",
		"Off",
	};
	struct gv_sumdb_setting set;
	struct gv_err err = GV_ERR_INIT;

	(void)state;
	assert_int_equal(gv_sumdb_setting_parse("off", &set, &err), 0);
	assert_true(set.off);
	assert_int_equal(gv_sumdb_setting_parse(" sum.golang.org\n", &set, &err), 0);
	assert_false(set.off);
	assert_string_equal(set.url, "");
	assert_string_equal(set.direct, "https://sum.golang.org");
	assert_int_equal(gv_sumdb_setting_parse("sum.golang.google.cn", &set, &err), 0);
	assert_string_equal(set.key.text, GO_KEY);
	assert_string_equal(set.url, "https://sum.golang.google.cn");
	assert_int_equal(
		gv_sumdb_setting_parse(GO_KEY "\thttp://127.0.0.1:8080/x/", &set, &err),
		0);
	assert_string_equal(set.key.name, "sum.golang.org");
	assert_string_equal(set.url, "http://127.0.0.1:8080/x");
	assert_int_equal(gv_sumdb_setting_parse(l.key.text, &set, &err), 0);
	assert_string_equal(set.key.text, l.key.text);
	assert_string_equal(set.direct, "https://" LOG_NAME);
	assert_int_equal(err.code, 0);
	for (size_t i = 0; i < GV_COUNT(bad); i++) {
		if (gv_sumdb_setting_parse(bad[i], &set, &err) != -GV_EUSAGE)
			fail_msg("took GOSUMDB '%s'", bad[i]);
		assert_non_null(strstr(err.message, bad[i]));
	}
}

static void tile_paths(void **state)
{
	static const struct {
		struct gv_tile tile;
		const char *path;
	} cases[] = {
		{{0, 0, 256}, "/tile/8/0/000"},
		{{0, 999, 256}, "/tile/8/0/999"},
		{{1, 1000, 256}, "/tile/8/1/x001/000"},
		{{0, 97380, 256}, "/tile/8/0/x097/380"},
		{{2, 1234067, 17}, "/tile/8/2/x001/x234/067.p/17"},
		{{0, 36028797018963967, 1}, "/tile/8/0/x036/x028/x797/x018/x963/967.p/1"},
	};
	char path[GV_TILE_PATH_MAX];
	struct gv_tile t;
	unsigned at, n;

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		gv_tile_path(&cases[i].tile, path);
		assert_string_equal(path, cases[i].path);
	}
	/* Record 24929362 is number 82 of its tile. */
	assert_int_equal(gv_tile_for(28905453, 0, 24929362, &t, &at, &n), 0);
	assert_int_equal(t.index, 97380);
	assert_int_equal(t.width, 256);
	assert_int_equal(at, 82);
	assert_int_equal(n, 1);
	/* The subtree of 1024 records number 3 of 5000: level 1, hashes 12 to 15 of 19.
	 */
	assert_int_equal(gv_tile_for(5000, 10, 3, &t, &at, &n), 0);
	assert_int_equal(t.level, 1);
	assert_int_equal(t.index, 0);
	assert_int_equal(t.width, 19);
	assert_int_equal(at, 12);
	assert_int_equal(n, 4);
	/* What a tree does not have. */
	assert_int_equal(gv_tile_for(5000, 10, 4, &t, &at, &n), -GV_EVERIFY);
	assert_int_equal(gv_tile_for(0, 0, 0, &t, &at, &n), -GV_EVERIFY);
	assert_int_equal(gv_tile_for(5000, 64, 0, &t, &at, &n), -GV_EVERIFY);
	assert_int_equal(gv_tile_for(INT64_MAX, 62, 0, &t, &at, &n), 0);
	assert_int_equal(at + n, 64);
}

static void base64_has_one_spelling(void **state)
{
	static const char *const bad[] = {
		"",	"TQ=",	"TQ",	"TR==", "TQ==\n", "T Q==",
		"TQ=A", "=TQ=", "TWE=", "TQ-=", "\nTQ==", "TQ\0="};
	uint8_t b[1];
	char text[GV_BASE64_LEN(33) + 1];

	(void)state;
	assert_int_equal(gv_base64_decode("TQ==", 4, b, 1), 0);
	assert_int_equal(b[0], 'M');
	for (size_t i = 0; i < GV_COUNT(bad); i++)
		assert_int_equal(gv_base64_decode(bad[i], strlen(bad[i]), b, 1), -EINVAL);
	gv_base64_encode((const uint8_t *)"M", 1, text);
	assert_string_equal(text, "TQ==");
}

/* A stream in pieces of any size, against the whole: where there is a libcrypto these are
 * two implementations. */
static void sha256_stream(void **state)
{
	static unsigned char data[70000];
	uint8_t whole[GV_SHA256_BYTES], parts[GV_SHA256_BYTES];
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 24);
	for (size_t n = 0; n < sizeof(data); n = n < 200 ? n + 1 : n * 3 / 2) {
		struct gv_sha256 h;

		gv_sha256_of(data, n, whole);
		gv_sha256_init(&h);
		for (size_t at = 0; at < n;) {
			size_t piece = 1 + (seed = seed * 1664525u + 1013904223u) %
						   (n < 200 ? 70 : 9000);

			if (piece > n - at)
				piece = n - at;
			gv_sha256_add(&h, data + at, piece);
			at += piece;
		}
		gv_sha256_done(&h, parts);
		assert_memory_equal(whole, parts, sizeof(whole));
	}
}

static void sha256(void **state)
{
	struct gv_sha256 h;
	uint8_t a[32], b[32];
	char hex[GV_SHA256_HEX];

	(void)state;
	gv_sha256_of("abc", 3, a);
	gv_sha256_to_hex(a, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	gv_sha256_init(&h);
	gv_sha256_add(&h, "a", 1);
	gv_sha256_add(&h, "", 0);
	gv_sha256_add(&h, "bc", 2);
	gv_sha256_done(&h, b);
	assert_memory_equal(a, b, 32);
	memset(b, 0, sizeof(b));
	assert_int_equal(gv_sha256_from_hex(hex, 64, b), 0);
	assert_memory_equal(a, b, 32);
	hex[0] = 'B';
	assert_int_equal(gv_sha256_from_hex(hex, 64, b), -EINVAL);
	assert_memory_equal(a, b, 32);
	hex[0] = 'b';
	assert_int_equal(gv_sha256_from_hex(hex, 63, b), -EINVAL);
	hex[63] = 'g';
	assert_int_equal(gv_sha256_from_hex(hex, 64, b), -EINVAL);
}

static void module_versions(void **state)
{
	static const char *const bad[] = {"",	   "go1/2",   "go1 2",
					  "go1\n", "go1\x80", "go1@2"};
	char v[GV_MODULE_VERSION_MAX];
	char longest[GV_MODULE_VERSION_MAX];

	(void)state;
	assert_int_equal(gv_module_version("go1.22.5", "linux-amd64", v), 0);
	assert_string_equal(v, "v0.0.1-go1.22.5.linux-amd64");
	for (size_t i = 0; i < GV_COUNT(bad); i++) {
		assert_int_equal(gv_module_version(bad[i], "linux-amd64", v), -EINVAL);
		assert_int_equal(gv_module_version("go1.22.5", bad[i], v), -EINVAL);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(gv_module_version(longest, "linux-amd64", v), -EINVAL);
	assert_string_equal(v, "v0.0.1-go1.22.5.linux-amd64");
}

/* 64 characters and no other byte, in each place. */
static void base64_alphabet(void **state)
{
	static const char good[] = "A/+TP2a1pyCJM2jsWxhtn8S+e4UYsO5MYbxns1Xhj+o=";
	struct gv_hash h;

	(void)state;
	for (size_t at = 0; at < sizeof(good) - 3; at++) {
		unsigned taken = 0;

		for (int c = 0; c < 256; c++) {
			char text[sizeof(good)], again[GV_HASH_BASE64];

			memcpy(text, good, sizeof(good));
			text[at] = (char)c;
			if (gv_hash_from_base64(text, sizeof(good) - 1, &h) < 0)
				continue;
			gv_hash_to_base64(&h, again);
			assert_string_equal(again, text);
			taken++;
		}
		assert_int_equal(taken, 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_alphabet),
		cmocka_unit_test(verifies_what_the_real_log_signed),
		cmocka_unit_test(reads_verifier_keys),
		cmocka_unit_test(names_of_logs_are_safe_as_files_and_urls),
		cmocka_unit_test(signature_lines),
		cmocka_unit_test(texts),
		cmocka_unit_test(every_changed_byte_breaks_the_signature),
		cmocka_unit_test(signatures_by_our_key_must_all_be_right),
		cmocka_unit_test(bounds),
		cmocka_unit_test(long_signatures_of_others),
		cmocka_unit_test(heads),
		cmocka_unit_test(gosumdb),
		cmocka_unit_test(tile_paths),
		cmocka_unit_test(base64_has_one_spelling),
		cmocka_unit_test(sha256),
		cmocka_unit_test(sha256_stream),
		cmocka_unit_test(module_versions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

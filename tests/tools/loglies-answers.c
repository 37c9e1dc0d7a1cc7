// SPDX-License-Identifier: Apache-2.0
/* What a log says in words: records, numbers, notes, and its own name. */
#include "tests/tools/loglies.h"

/* -- answers ------------------------------------------------------------------------- */

/* The head that is damaged here is of 20 records, the record is number 7. */
enum { SIZE = 20, ID = 7 };

struct story {
	const char *what;
	const char *text; /* instead of the record */
	const char *gap;  /* behind the empty line */
	const char *extension;
	bool good;
};

#define OURS	MODULE "7." PLATFORM
#define H1	"h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="
#define EVIL_H1 "h1:AAAAAPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0="

static const struct story stories[] = {
	{"a record of another module (CVE-2026-42501)",
	 "example.org/m v1.0.0 " H1 "\nexample.org/m v1.0.0/go.mod " H1 "\n", NULL, NULL,
	 false},
	{"another version's record (CVE-2026-42501)",
	 MODULE "8." PLATFORM " " H1 "\n" MODULE "8." PLATFORM "/go.mod " H1 "\n", NULL,
	 NULL, false},
	{"another platform's record", MODULE "7.linux-arm64 " H1 "\n", NULL, NULL, false},
	{"a longer version", MODULE "77." PLATFORM " " H1 "\n", NULL, NULL, false},
	{"a longer platform", OURS "v9 " H1 "\n", NULL, NULL, false},
	{"the line of go.mod alone (CVE-2026-42501)", OURS "/go.mod " H1 "\n", NULL, NULL,
	 false},
	{"one line twice", OURS " " H1 "\n" OURS " " H1 "\n", NULL, NULL, false},
	{"two lines that differ", OURS " " H1 "\n" OURS " " EVIL_H1 "\n", NULL, NULL,
	 false},
	{"a line within a line", "x " OURS " " H1 "\n", NULL, NULL, false},
	{"an indented line", " " OURS " " H1 "\n", NULL, NULL, false},
	{"two blanks", OURS "  " H1 "\n", NULL, NULL, false},
	{"a tab", OURS "\t" H1 "\n", NULL, NULL, false},
	{"something behind the hash", OURS " " H1 " x\n", NULL, NULL, false},
	{"a carriage return", OURS " " H1 "\r\n", NULL, NULL, false},
	{"another kind of hash", OURS " h2:" H1 "\n", NULL, NULL, false},
	{"no hash", OURS " h1:\n", NULL, NULL, false},
	{"a hash cut short", OURS " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0\n",
	 NULL, NULL, false},
	{"a hash with bits beyond its end",
	 OURS " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR1=\n", NULL, NULL, false},
	{"capitals", "Golang.org/toolchain v0.0.1-go1.22.7." PLATFORM " " H1 "\n", NULL,
	 NULL, false},
	{"the line signed, but with the head (CVE-2026-56864)",
	 "example.org/m v1.0.0 " H1 "\n", NULL, OURS " " H1 "\n", false},
	{"the same behind a line left empty (CVE-2026-56864)",
	 "example.org/m v1.0.0 " H1 "\n", NULL, "\n" OURS " " H1 "\n", false},
	{"the line behind the record (CVE-2026-56864)", "example.org/m v1.0.0 " H1 "\n",
	 OURS " " H1 "\n", NULL, false},
	{"and a second end (CVE-2026-56864)", "example.org/m v1.0.0 " H1 "\n",
	 OURS " " H1 "\n\n", NULL, false},
	{"a record, and something before the note", NULL, OURS " " EVIL_H1 "\n", NULL,
	 false},
	{"the head has more lines", NULL, NULL, OURS " " EVIL_H1 "\n", true},
	{"the head has lines of years to come", NULL, NULL, "x\ny\n", true},
};

static void set_answer(struct liar *l, const struct gv_buf *b)
{
	l->answer = b->data ? b->data : "";
	l->answer_len = b->len;
}

static void records(struct history *h)
{
	begin();
	for (size_t i = 0; i < GV_COUNT(stories); i++) {
		const struct story *s = &stories[i];
		struct gv_buf head = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);
		struct liar l = {.tiles = h, .heads = h, .size = SIZE};
		char own[512];

		l.heads_dir = l.cache_dir = -1;
		text_of(ID, own, sizeof(own));
		/* It is in the log, signed and all: the log's owner is the liar. */
		set_record(h, ID, s->text);
		head_text(h, SIZE, &head);
		if (s->extension)
			gv_buf_add_str(&head, s->extension);
		gv_buf_format(&answer, "%u\n%s\n%s", ID, s->text ? s->text : own,
			      s->gap ? s->gap : "");
		sign_note(head.data, &answer);
		set_answer(&l, &answer);
		if (s->good)
			must_hold(&l, ID, s->what);
		else
			must_fail(&l, ID, s->what);
		set_record(h, ID, NULL);
		gv_buf_release(&head);
		gv_buf_release(&answer);
	}
	end("records that say something else");
}

/* Each number but the right one, small trees and large. */
static void numbers(struct history *h)
{
	static const char *const odd[] = {"-1",
					  "+7",
					  "07",
					  "7 ",
					  " 7",
					  "7.0",
					  "0x7",
					  "7\r",
					  "",
					  "7,7",
					  "9223372036854775807",
					  "9223372036854775808",
					  "18446744073709551623"};
	struct liar l = {.tiles = h, .heads = h, .heads_dir = -1, .cache_dir = -1};

	begin();
	for (unsigned s = 0; s < n_sizes; s++) {
		unsigned id = sizes[s] / 2, end_at = sizes[s] < 50 ? sizes[s] + 3 : 0;
		struct gv_buf note = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);
		char text[512];

		l.size = sizes[s];
		text_of(id, text, sizeof(text));
		make_note(h, l.size, &note);
		for (unsigned n = 0; n < end_at + GV_COUNT(odd) + 3; n++) {
			const unsigned far[] = {sizes[s], sizes[s] + 1, sizes[s] * 2};

			if (n == id || !chosen(3))
				continue;
			gv_buf_clear(&answer);
			if (n < end_at)
				gv_buf_format(&answer, "%u\n", n);
			else if (n < end_at + 3)
				gv_buf_format(&answer, "%u\n", far[n - end_at]);
			else
				gv_buf_format(&answer, "%s\n", odd[n - end_at - 3]);
			gv_buf_format(&answer, "%s\n%s", text, note.data);
			set_answer(&l, &answer);
			must_fail(&l, id, "another number");
		}
		gv_buf_release(&note);
		gv_buf_release(&answer);
	}
	end("wrong numbers");
}

/* -- notes --------------------------------------------------------------------------- */

/* What is wrong, or only unusual, with a note: `head` is the text of the true head. */
struct note_story {
	const char *what;
	bool good;
	void (*make)(const char *head, struct gv_buf *ret);
};

static void add_ours(struct gv_buf *b, const char *head)
{
	add_signature(b, &ours, NAME, ours.hash, head, strlen(head));
}

static void add_theirs(struct gv_buf *b, const char *head, const char *name)
{
	add_signature(b, &other, name, other.hash, head, strlen(head));
}

#define NOTE(fn) static void fn(const char *head, struct gv_buf *b)

NOTE(plain)
{
	sign_note(head, b);
}
NOTE(no_newline)
{
	sign_note(head, b);
	b->len--;
}
NOTE(no_signature)
{
	gv_buf_format(b, "%s\n", head);
}
NOTE(no_empty_line)
{
	gv_buf_add_str(b, head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(signed_without_newline)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME, ours.hash, head, strlen(head) - 1);
	gv_buf_add_str(b, "\n");
}
NOTE(two_signatures)
{
	sign_note(head, b);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(second_is_bad)
{
	sign_note(head, b);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(first_is_bad)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(unknown_first)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "witness.example");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(unknown_only)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "witness.example");
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, NAME);
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name_and_ours)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, NAME);
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(other_key_our_name_our_hash)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, NAME, ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(our_hash_other_name)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, "other.example", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(hash_collision_and_ours)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &other, "other.example", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(wrong_hash)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME, other.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_in_capitals)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, "SUM.TEST.EXAMPLE", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_longer)
{
	gv_buf_format(b, "%s\n", head);
	add_signature(b, &ours, NAME ".", ours.hash, head, strlen(head));
	gv_buf_add_str(b, "\n");
}
NOTE(name_with_plus)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit+ness");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hyphen)
{
	sign_note(head, b);
	memcpy(strstr(b->data, DASH), "\xe2\x80\x93", 3); /* an en dash */
}
NOTE(two_blanks)
{
	struct gv_buf good = GV_BUF_INIT(0);
	size_t at;

	sign_note(head, &good);
	at = (size_t)(strstr(good.data, NAME " ") + strlen(NAME) - good.data);
	gv_buf_add(b, good.data, at);
	gv_buf_add_str(b, " ");
	gv_buf_add(b, good.data + at, good.len - at);
	gv_buf_release(&good);
}
/* The last characters of the signature's base64, replaced. */
static void with_ending(const char *head, struct gv_buf *b, size_t cut,
			const char *end_with)
{
	sign_note(head, b);
	b->len -= cut + 1;
	gv_buf_add_str(b, end_with);
	gv_buf_add_str(b, "\n");
}
NOTE(base64_blank)
{
	with_ending(head, b, 0, " ");
}
NOTE(base64_return)
{
	with_ending(head, b, 0, "\r");
}
NOTE(base64_more)
{
	with_ending(head, b, 0, "AAAA");
}
NOTE(base64_less)
{
	with_ending(head, b, 4, "");
}
NOTE(base64_padding)
{
	with_ending(head, b, 0, "=");
}
NOTE(base64_url)
{
	sign_note(head, b);
	for (char *p = strstr(b->data, DASH NAME); p < b->data + b->len; p++) {
		if (*p == '+')
			*p = '-';
		if (*p == '/')
			*p = '_';
	}
	/* Where it had neither it would be the same. */
	b->data[b->len - 2] = '_';
}
NOTE(control_in_name)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit\x1b[31mness");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(nul_behind)
{
	sign_note(head, b);
	gv_buf_add(b, "", 1);
}
NOTE(bad_utf8)
{
	gv_buf_format(b, "%s\n", head);
	add_theirs(b, head, "wit\xff");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hundred)
{
	gv_buf_format(b, "%s\n", head);
	for (int i = 0; i < 99; i++)
		gv_buf_add_str(b, DASH "w AAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(hundred_and_one)
{
	gv_buf_format(b, "%s\n", head);
	for (int i = 0; i < 100; i++)
		gv_buf_add_str(b, DASH "w AAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(long_signature)
{
	gv_buf_format(b, "%s\n" DASH "witness ", head);
	for (int i = 0; i < 2000; i++)
		gv_buf_add_str(b, "AAAA");
	gv_buf_add_str(b, "\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(huge)
{
	gv_buf_format(b, "%s\n", head);
	while (b->len < 17000)
		gv_buf_add_str(b,
			       DASH "witness AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(signature_without_bytes)
{
	gv_buf_format(b, "%s\n" DASH "witness AAAAAA==\n", head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(empty_line_behind)
{
	sign_note(head, b);
	gv_buf_add_str(b, "\n");
}
NOTE(text_behind)
{
	sign_note(head, b);
	gv_buf_add_str(b, "and more\n");
}
NOTE(text_added)
{
	gv_buf_format(b, "%sadded\n\n", head);
	add_ours(b, head);
	gv_buf_add_str(b, "\n");
}
NOTE(text_before)
{
	gv_buf_add_str(b, "before\n\n");
	sign_note(head, b);
}

static const struct note_story notes[] = {
	{"as it should be", true, plain},
	{"no newline at the end", false, no_newline},
	{"no signature", false, no_signature},
	{"no empty line", false, no_empty_line},
	{"the last newline not signed", false, signed_without_newline},
	{"the same signature twice", true, two_signatures},
	{"a second signature that is bad", false, second_is_bad},
	{"a first signature that is bad", false, first_is_bad},
	{"an unknown key first", true, unknown_first},
	{"an unknown key alone", false, unknown_only},
	{"another key of our name", false, other_key_our_name},
	{"another key of our name, and ours", true, other_key_our_name_and_ours},
	{"another key of our name and hash", false, other_key_our_name_our_hash},
	{"our key under another name", false, our_hash_other_name},
	{"a key with our hash and another name, and ours", true, hash_collision_and_ours},
	{"our signature under a wrong key hash", false, wrong_hash},
	{"our name in capitals", false, name_in_capitals},
	{"our name and a dot", false, name_longer},
	{"a name with a plus", false, name_with_plus},
	{"another dash", false, hyphen},
	{"two blanks", false, two_blanks},
	{"base64 and a blank", false, base64_blank},
	{"base64 and a carriage return", false, base64_return},
	{"base64 with more bytes", false, base64_more},
	{"base64 with fewer bytes", false, base64_less},
	{"base64 with more padding", false, base64_padding},
	{"base64 of URLs", false, base64_url},
	{"control characters in another's name", false, control_in_name},
	{"a NUL at the end", false, nul_behind},
	{"another's name is not UTF-8", false, bad_utf8},
	{"a hundred signatures", true, hundred},
	{"a hundred and one", false, hundred_and_one},
	{"another's signature is long", true, long_signature},
	{"more than 16 KiB", false, huge},
	{"another's signature is empty", false, signature_without_bytes},
	{"an empty line behind", false, empty_line_behind},
	{"text behind", false, text_behind},
	{"text added after signing", false, text_added},
	{"text before", false, text_before},
};

/* Heads that our key has signed, and that are none. */
static const char *const heads[] = {
	"go.sum database tree\n020\n%s\n",
	"go.sum database tree\n+20\n%s\n",
	"go.sum database tree\n-20\n%s\n",
	"go.sum database tree\n 20\n%s\n",
	"go.sum database tree\n20 \n%s\n",
	"go.sum database tree\n0x14\n%s\n",
	"go.sum database tree\n\n%s\n",
	"go.sum database tree\n0\n%s\n",
	"go.sum database tree\n9223372036854775807\n%s\n",
	"go.sum database tree\n9223372036854775808\n%s\n",
	"go.sum database tree\n18446744073709551636\n%s\n",
	"go.sum database tree\n20\n%s=\n",
	"go.sum database tree\n20\n %s\n",
	"go.sum database tree\n20\n%s \n",
	"go.sum database tree\n20\n",
	"go.sum database tree\n20\n\n%s\n",
	"go.sum database tree 20\n%s\n",
	"go.sum database tree\n19\n%s\n",
	"go.sum database tree\n21\n%s\n",
	"go.sum database tree\n40\n%s\n",
	"Go.sum database tree\n20\n%s\n",
	"go.sum database forest\n20\n%s\n",
	"\ngo.sum database tree\n20\n%s\n",
	"20\n%s\n",
	"go.sum database tree\n20\nAAAA\n",
	"go.sum database tree\n20\nh1:%s\n",
};

static void one_note(struct history *h, const struct gv_buf *note, bool good,
		     const char *what)
{
	struct liar l = {.tiles = h, .heads = h, .size = SIZE};
	struct gv_buf answer = GV_BUF_INIT(0);
	char text[512];

	l.heads_dir = l.cache_dir = -1;
	text_of(ID, text, sizeof(text));
	gv_buf_format(&answer, "%u\n%s\n", ID, text);
	gv_buf_add(&answer, note->data, note->len);
	set_answer(&l, &answer);
	if (good)
		must_hold(&l, ID, what);
	else
		must_fail(&l, ID, what);
	gv_buf_release(&answer);
}

static void notes_and_heads(struct history *h)
{
	struct gv_hash root = root_of(h, SIZE);
	struct gv_buf head = GV_BUF_INIT(0);
	char base64[GV_HASH_BASE64];

	begin();
	gv_hash_to_base64(&root, base64);
	head_text(h, SIZE, &head);
	for (size_t i = 0; i < GV_COUNT(notes); i++) {
		struct gv_buf note = GV_BUF_INIT(0);

		notes[i].make(head.data, &note);
		one_note(h, &note, notes[i].good, notes[i].what);
		gv_buf_release(&note);
	}
	for (size_t i = 0; i < GV_COUNT(heads); i++) {
		struct gv_buf note = GV_BUF_INIT(0);
		const char *at = strstr(heads[i], "%s");
		char text[256];
		int n = at ? (int)(at - heads[i]) : (int)strlen(heads[i]);

		snprintf(text, sizeof(text), "%.*s%s%s", n, heads[i], at ? base64 : "",
			 at ? at + 2 : "");
		sign_note(text, &note);
		one_note(h, &note, false, heads[i]);
		gv_buf_release(&note);
	}
	gv_buf_release(&head);
	end("malformed notes and heads");
}

/* Every byte of an answer changed, left out, twice there; every length cut short. */
static void bytes(struct history *h)
{
	struct liar l = {.tiles = h, .heads = h, .size = SIZE};
	struct gv_buf note = GV_BUF_INIT(0), good = GV_BUF_INIT(0);
	char text[512], *copy;

	begin();
	l.heads_dir = l.cache_dir = -1;
	text_of(ID, text, sizeof(text));
	make_note(h, SIZE, &note);
	gv_buf_format(&good, "%u\n%s\n%s", ID, text, note.data);
	copy = malloc(good.len + 1);
	need(copy != NULL, "memory");
	l.answer = copy;
	for (size_t i = 0; i < good.len; i++) {
		l.answer_len = good.len;
		for (unsigned bit = 0; bit < 8; bit++) {
			if (!chosen(4))
				continue;
			memcpy(copy, good.data, good.len);
			copy[i] = (char)(copy[i] ^ 1 << bit);
			must_fail(&l, ID, "a bit of an answer changed");
		}
		memcpy(copy, good.data, good.len);
		l.answer_len = i;
		must_fail(&l, ID, "an answer cut short");
		memmove(copy + i, copy + i + 1, good.len - i - 1);
		l.answer_len = good.len - 1;
		must_fail(&l, ID, "a byte of an answer left out");
		memcpy(copy, good.data, i + 1);
		memcpy(copy + i + 1, good.data + i, good.len - i);
		l.answer_len = good.len + 1;
		must_fail(&l, ID, "a byte of an answer doubled");
	}
	memcpy(copy, good.data, good.len);
	l.answer_len = good.len;
	must_hold(&l, ID, "the answer itself");
	free(copy);
	gv_buf_release(&note);
	gv_buf_release(&good);
	end("bytes of an answer, one at a time");
}

/* -- GOSUMDB ------------------------------------------------------------------------- */

static void setting(const char *value, bool good)
{
	struct gv_sumdb_setting set = {.off = true};
	struct gv_err err = GV_ERR_INIT;
	int r = gv_sumdb_setting_parse(value, &set, &err);

	tried++;
	if (good != (r == 0))
		wrong("GOSUMDB '%s': %s", value, r == 0 ? "accepted" : err.message);
	if (r < 0 && (r != -GV_EUSAGE || !err.message[0]))
		wrong("GOSUMDB '%s': %d '%s'", value, r, err.message);
}

static void settings(void)
{
	static const char *const good[] = {
		"%s",
		" %s ",
		"%s https://example.com",
		"%s\thttps://example.com/a/b/",
		"%s http://127.0.0.1:80/x",
		"%s file:///srv/sumdb",
		"off",
		"sum.golang.org",
		"sum.golang.google.cn",
		"sum.golang.org https://sum.example",
	};
	static const char *const not_good[] = {
		"",
		" ",
		"%s https://a https://b",
		"%s ftp://example.com",
		"%s example.com",
		"%s https://",
		"%s https:///x",
		"%s https://example.com/?q",
		"%s https://example.com/#f",
		"%s file://relative",
		"%s,%s",
		"x%s",
		"%sx",
		"%s=",
		"sum.example.org",
		"sum.golang.orgx",
		"off https://example.com",
		"OFF",
		"sum.golang.org+033de0ae",
		"sum.golang.org+033de0ae+",
		"sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.orh+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza-HJyk9SxEdh-s3Ux18htTTAD8OuAn8",
		"sum.golang.org+033de0ae+As4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"../sum+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"direct",
		"https://sum.golang.org",
	};
	char value[1024];

	begin();
	for (size_t i = 0; i < GV_COUNT(good) + GV_COUNT(not_good); i++) {
		bool is_good = i < GV_COUNT(good);
		const char *s = is_good ? good[i] : not_good[i - GV_COUNT(good)];
		const char *at = strstr(s, "%s");

		snprintf(value, sizeof(value), "%.*s%s%s",
			 at ? (int)(at - s) : (int)strlen(s), s, at ? ours.vkey : "",
			 at ? at + 2 : "");
		setting(value, is_good);
	}
	/* Every character of a key counts. */
	for (size_t i = 0; ours.vkey[i]; i++) {
		snprintf(value, sizeof(value), "%s", ours.vkey);
		value[i] = value[i] == 'x' ? 'y' : 'x';
		setting(value, false);
	}
	end("values of GOSUMDB");
}

int main(void)
{
	static struct history h;

	set_up();
	make_history(&h);
	records(&h);
	numbers(&h);
	notes_and_heads(&h);
	bytes(&h);
	settings();
	return tear_down(&h, NULL);
}

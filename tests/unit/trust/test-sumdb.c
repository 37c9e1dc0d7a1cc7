// SPDX-License-Identifier: Apache-2.0
/* Look-ups against a log that lies in every way that we know of. */
#include "tests/unit/trust/log.h"

static const uint64_t sizes[] = {1,   2,   3,	5,    8,     255,  256,
				 257, 300, 511, 1000, 65537, 70001};

static const char *h1_a = "h1:srnefnNIaZykK4756/vEre8g3OGv5uktQASKNCRa5Ds=";
static const char *h1_b = "h1:FaXYw8DTsokxUBsoRa962gqqyDAvQkZRWM/bTliEzTY=";

/* Ids worth asking for in a tree of that size. */
static size_t ids_of(uint64_t size, uint64_t ret[8])
{
	const uint64_t all[] = {0, 1, 127, 255, 256, size / 2, size - 2, size - 1};
	size_t n = 0;

	for (size_t i = 0; i < GV_COUNT(all); i++)
		if (all[i] < size)
			ret[n++] = all[i];
	return n;
}

static void proves_records_of_trees_of_all_sizes(void **state)
{
	struct gv_err err;
	char h1[GV_H1_LEN], text[512];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(sizes); i++) {
		struct log l;
		struct server s = {.log = &l, .size = sizes[i], .text = GOOD_TEXT};
		uint64_t ids[8];
		size_t n = ids_of(sizes[i], ids);

		log_init(&l, sizes[i], h1_a, 0, NULL);
		for (size_t k = 0; k < n; k++) {
			s.id = ids[k];
			log_set(&l, s.id, GOOD_TEXT);
			assert_int_equal(lookup(&s, -1, -1, h1, &err), 0);
			assert_string_equal(h1, GOOD_H1);
			assert_int_equal(s.lookups, 1);
			assert_in_range(s.tiles, 0, 6);
			log_text(&l, s.id, text, sizeof(text));
			log_set(&l, s.id, text);
		}
		log_release(&l);
	}
}

/* The head that is remembered before a look-up; of size 0: none. */
static void remember(const struct log *l, uint64_t size, int heads)
{
	struct gv_buf note = GV_BUF_INIT(0);

	(void)unlinkat(heads, LOG_NAME, 0);
	if (!size)
		return;
	log_note(l, size, "", &note);
	assert_int_equal(gv_save_file(heads, LOG_NAME, note.data, note.len, 0666), 0);
	gv_buf_release(&note);
}

/* Each tile of one look-up, damaged in each way; returns how many were tried. */
static unsigned damage_each_tile(struct server *s, uint64_t remembered, int heads,
				 unsigned *accepted)
{
	const enum mischief kinds[] = {FLIP_ALL, SHORT, LONG, EMPTY};
	unsigned tried = 0;
	struct gv_err err;
	char h1[GV_H1_LEN];
	int tiles;

	s->mischief = HONEST;
	remember(s->log, remembered, heads);
	assert_int_equal(lookup(s, heads, -1, h1, &err), 0);
	tiles = s->tiles;
	for (s->victim = 0; s->victim < tiles; s->victim++)
		for (size_t m = 0; m < GV_COUNT(kinds); m++) {
			s->mischief = kinds[m];
			if (lookup(s, heads, -1, h1, &err) >= 0)
				++*accepted;
			tried++;
		}
	return tried;
}

/*
 * Property: whichever tile of a look-up comes damaged, with a smaller, a larger or no
 * remembered head, nothing is accepted.
 */
static void refuses_every_forged_tile_CVE_2026_56865(void **state)
{
	unsigned tried = 0, accepted = 0;
	int heads = open_test_dir("forged");
	char text[512];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(sizes); i++) {
		struct log l;
		struct server s = {.log = &l, .text = GOOD_TEXT, .read_only = true};
		uint64_t ids[8];
		size_t n = ids_of(sizes[i], ids);

		log_init(&l, sizes[i], h1_a, 0, NULL);
		for (size_t k = 0; k < n; k++) {
			s.id = ids[k];
			s.size = sizes[i];
			log_set(&l, s.id, GOOD_TEXT);
			tried += damage_each_tile(&s, 0, heads, &accepted);
			tried += damage_each_tile(&s, sizes[i] / 2 + 1, heads, &accepted);
			s.size = sizes[i] / 2 + 1;
			tried += damage_each_tile(&s, sizes[i], heads, &accepted);
			log_text(&l, s.id, text, sizeof(text));
			log_set(&l, s.id, text);
		}
		log_release(&l);
	}
	gv_close(&heads);
	assert_true(tried > 1000);
	assert_int_equal(accepted, 0);
}

/*
 * Property: a forged record is not accepted, whatever tiles are forged for it.  The head
 * is that of the true log; the record and, first none, then one, then all levels of tiles
 * are those of a log with the forged record.
 */
static void refuses_forged_records_with_forged_tiles_CVE_2026_56865(void **state)
{
	struct gv_err err;
	char h1[GV_H1_LEN], text[512];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(sizes); i++) {
		struct log l;
		struct server s = {.log = &l, .size = sizes[i]};
		uint64_t ids[8];
		size_t n = ids_of(sizes[i], ids);

		log_init(&l, sizes[i], h1_a, 0, NULL);
		for (size_t k = 0; k < n; k++) {
			struct gv_buf note = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);

			log_set(&l, ids[k], GOOD_TEXT);
			log_note(&l, sizes[i], "", &note);
			gv_buf_format(&answer, "%llu\n%s\n%s", (unsigned long long)ids[k],
				      EVIL_TEXT, note.data);
			s.answer = answer.data;
			assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
			log_set_leaf(&l, ids[k], EVIL_TEXT);
			assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
			log_set(&l, ids[k], EVIL_TEXT);
			assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
			log_text(&l, ids[k], text, sizeof(text));
			log_set(&l, ids[k], text);
			gv_buf_release(&note);
			gv_buf_release(&answer);
		}
		log_release(&l);
	}
}

/* A record of another module, whose place in the log is proven, says nothing about ours.
 */
static void refuses_a_record_without_our_line_CVE_2026_42501(void **state)
{
	static const char *const texts[] = {
		NULL, /* example.com/m7 */
		"golang.org/toolchain v0.0.1-go1.22.5.linux-arm64 " GOOD_H1 "\n",
		"golang.org/toolchain v0.0.1-go1.22.4.linux-amd64 " GOOD_H1 "\n",
		LINE_PREFIX "/go.mod " GOOD_H1 "\n",
		" " LINE_PREFIX " " GOOD_H1 "\n",
		LINE_PREFIX " h2:" GOOD_H1 "\n",
		LINE_PREFIX " h1:\n",
		LINE_PREFIX " " GOOD_H1 "=\n",
		LINE_PREFIX " " GOOD_H1 " \n",
		LINE_PREFIX "  " GOOD_H1 "\n",
		LINE_PREFIX " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR0\n",
		LINE_PREFIX " h1:rRL9rPpsjKfpdDFcppvNgw1/dynUMrpDcTxdIwtyFR1=\n",
		GOOD_TEXT EVIL_TEXT,
		GOOD_TEXT GOOD_TEXT,
		"x " GOOD_TEXT,
	};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(texts); i++) {
		struct log l;
		struct server s = {.log = &l, .size = 20, .id = 7, .text = texts[i]};

		log_init(&l, 20, h1_a, 7, texts[i]);
		if (lookup(&s, -1, -1, h1, &err) != -GV_EVERIFY)
			fail_msg("case %zu was accepted, or failed otherwise: %s", i,
				 err.message);
		log_release(&l);
	}
}

/* Our line where the log did not prove it: behind the record, in the note, in signatures.
 */
static void reads_the_hash_in_the_record_only_CVE_2026_56864(void **state)
{
	struct log l;
	struct server s = {.log = &l, .size = 20, .id = 7};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 20, h1_a, 0, NULL);
	s.extra =
		LINE_PREFIX " " GOOD_H1 "\n"; /* signed by the log, and still no record */
	assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
	s.extra = "\n" LINE_PREFIX " " GOOD_H1 "\n";
	assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
	s.extra = NULL;
	s.gap = LINE_PREFIX " " GOOD_H1 "\n";
	assert_true(lookup(&s, -1, -1, h1, &err) < 0);
	s.gap = LINE_PREFIX " " GOOD_H1 "\n\n";
	assert_true(lookup(&s, -1, -1, h1, &err) < 0);
	log_release(&l);

	/* And a second, evil one there does not replace the record's. */
	log_init(&l, 20, h1_a, 7, GOOD_TEXT);
	s.gap = NULL;
	s.text = GOOD_TEXT;
	s.extra = LINE_PREFIX " " EVIL_H1 "\n";
	assert_int_equal(lookup(&s, -1, -1, h1, &err), 0);
	assert_string_equal(h1, GOOD_H1);
	log_release(&l);
}

static void unreachable_is_not_verified(void **state)
{
	int heads = open_test_dir("unreachable");
	struct log l;
	struct server s = {.log = &l, .size = 300, .id = 7, .text = GOOD_TEXT};
	struct gv_buf note = GV_BUF_INIT(0);
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 600, h1_a, 7, GOOD_TEXT);
	s.lookup_error = -GV_EREMOTE;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EREMOTE);
	assert_string_equal(err.message, "the log is asleep");
	s.lookup_error = -GV_EGONE;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_ENOTFOUND);
	s.lookup_error = 0;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	log_note(&l, 300, "", &note);
	assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	/* Tiles that do not come: the head that was not shown to fit is not kept. */
	s.size = 600;
	s.mischief = UNREACHABLE;
	s.victim = -1;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EREMOTE);
	assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	gv_buf_release(&note);
	log_release(&l);
	gv_close(&heads);
}

static void refuses_malformed_answers(void **state)
{
	static const char *const answers[] = {
		"",
		"\n",
		"7",
		"7\n",
		"<html>\n<body>busy</body>\n\n</html>\n",
		"07\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		"-7\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		"+7\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		" 7\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		"7\r\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		"9223372036854775808\nexample.com/m7 v1.0.0 h1:x\n\nnote",
		"7\n\n\nnote",
		"7\nexample.com/m7 v1.0.0 h1:x\n",
		"7\nexample.com/m7\tv1.0.0 h1:x\n\nnote",
		"7\nexample.com/m7 \xff\n\nnote",
		"7\nexample.com/m7 v1.0.0 h1:x\n\n",
		"7\nexample.com/m7 v1.0.0 h1:x\n\nno note at all\n",
	};
	struct log l;
	struct server s = {.log = &l};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 20, h1_a, 0, NULL);
	for (size_t i = 0; i < GV_COUNT(answers); i++) {
		s.answer = answers[i];
		if (lookup(&s, -1, -1, h1, &err) != -GV_EFORMAT)
			fail_msg("case %zu was not taken for malformed: %s", i,
				 err.message);
	}
	s.answer = NULL;
	/* A number the tree does not have; an empty log. */
	s.id = 20;
	s.size = 20;
	s.text = GOOD_TEXT;
	assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
	s.size = 0;
	assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EVERIFY);
	log_release(&l);
}

/* What a receipt says is checked from nothing but the key. */
static void records_prove_themselves(void **state)
{
	static const char *const malformed[] = {
		"",
		"\n" GOOD_TEXT,
		"x\n\n" GOOD_TEXT,
		GOOD_TEXT "\n",
		LINE_PREFIX " " GOOD_H1, /* not ended */
		GOOD_TEXT "tab\there\n",
		GOOD_TEXT "\xff\n",
	};
	struct log l;
	struct gv_hash other = {{3}};
	struct gv_buf note = GV_BUF_INIT(0);
	struct gv_err err = GV_ERR_INIT;
	char h1[GV_H1_LEN];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(malformed); i++) {
		struct gv_record r = {.id = 0};

		/* Even where the log has just that. */
		log_init(&l, 1, h1_a, 0, malformed[i]);
		log_note(&l, 1, "", &note);
		r.text = strdup(malformed[i]);
		r.head = note.data;
		if (gv_record_check(&r, &l.key, VERSION, PLATFORM, h1, &err) !=
		    -GV_EFORMAT)
			fail_msg("case %zu passed for a record", i);
		free(r.text);
		log_release(&l);
	}
	log_init(&l, 2, h1_a, 0, GOOD_TEXT);
	log_note(&l, 2, "", &note);
	for (int i = 0; i < 8; i++) {
		struct gv_record r = {.text = strdup(GOOD_TEXT),
				      .head = strdup(note.data)};
		const char *version = VERSION, *platform = PLATFORM;
		int expected = -GV_EVERIFY;

		r.proof.hashes[r.proof.n++] = l.level[0][1];
		if (i == 0)
			expected = 0;
		if (i == 1)
			r.id = 1;
		if (i == 2)
			r.proof.hashes[0] = other;
		if (i == 3)
			r.proof.n = 0;
		if (i == 4) {
			r.proof.n = GV_PROOF_MAX + 1;
			expected = -GV_EFORMAT;
		}
		if (i == 5)
			r.head[21] = '3'; /* its size */
		if (i == 6)
			version = "go1.22.50";
		if (i == 7)
			platform = "linux-arm64";
		h1[0] = '\0';
		assert_int_equal(gv_record_check(&r, &l.key, version, platform, h1, &err),
				 expected);
		assert_string_equal(h1, expected ? "" : GOOD_H1);
		gv_record_release(&r);
	}
	gv_buf_release(&note);
	log_release(&l);
}

/* -- heads --------------------------------------------------------------------------- */

static void the_head_grows_and_never_shrinks(void **state)
{
	const uint64_t served[] = {300, 300, 5, 257, 301, 1000, 8, 256, 1000, 999};
	int heads = open_test_dir("grows");
	uint64_t largest = 0;
	struct log l;
	struct server s = {.log = &l, .id = 3, .text = GOOD_TEXT};
	struct gv_buf note = GV_BUF_INIT(0);
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 1000, h1_a, 3, GOOD_TEXT);
	for (size_t i = 0; i < GV_COUNT(served); i++) {
		s.size = served[i];
		if (s.size > largest)
			largest = s.size;
		assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
		assert_string_equal(h1, GOOD_H1);
		log_note(&l, largest, "", &note);
		assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	}
	gv_buf_release(&note);
	log_release(&l);
	gv_close(&heads);
}

static void a_read_only_store_remembers_nothing(void **state)
{
	int heads = open_test_dir("read-only");
	struct log l;
	struct server s = {
		.log = &l, .id = 3, .size = 20, .text = GOOD_TEXT, .read_only = true};
	struct gv_list names = GV_LIST_INIT;
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 20, h1_a, 3, GOOD_TEXT);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	assert_int_equal(gv_list_dir(heads, ".", &names), 0);
	assert_int_equal(names.n, 0);
	gv_list_release(&names);
	log_release(&l);
	gv_close(&heads);
}

/* The note's lines, as the message shows them. */
static bool message_has(const char *message, const struct gv_buf *note)
{
	char line[2048];
	size_t n = 0;

	for (size_t i = 0; i < note->len; i++) {
		if (note->data[i] == '\n')
			line[n++] = '\\';
		line[n++] = note->data[i] == '\n' ? 'n' : note->data[i];
	}
	line[n] = '\0';
	return strstr(message, line) != NULL;
}

static void a_fork_is_fatal_and_leaves_both_notes(void **state)
{
	/* remembered, then offered by the other log */
	const uint64_t cases[][2] = {
		{300, 300}, {300, 301}, {5, 1000}, {256, 512}, {256, 257}};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		struct gv_buf old = GV_BUF_INIT(0), new = GV_BUF_INIT(0),
			      both = GV_BUF_INIT(0);
		struct gv_list names = GV_LIST_INIT;
		struct log a, b;
		struct server s = {.log = &a, .id = 3, .text = GOOD_TEXT};
		const char *fork = NULL;
		char name[32];
		int heads;

		snprintf(name, sizeof(name), "fork-%zu", i);
		heads = open_test_dir(name);
		log_init(&a, 1000, h1_a, 3, GOOD_TEXT);
		log_init(&b, 1000, h1_b, 3, GOOD_TEXT);
		log_note(&a, cases[i][0], "", &old);
		log_note(&b, cases[i][1], "", &new);
		gv_buf_format(&both, "%s\n%s", old.data, new.data);

		s.size = cases[i][0];
		assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
		s.log = &b;
		s.size = cases[i][1];
		for (int twice = 0; twice < 2; twice++) {
			assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EVERIFY);
			assert_true(message_has(err.message, &old));
			assert_true(message_has(err.message, &new));
			assert_non_null(strstr(err.hint, "/" LOG_NAME ".fork-"));
			assert_true(file_is(heads, LOG_NAME, old.data, old.len));
		}
		/* The honest log goes on; what was found stays. */
		s.log = &a;
		s.size = 1000;
		assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
		assert_int_equal(gv_list_dir(heads, ".", &names), 0);
		assert_int_equal(names.n, 3); /* head, lock, fork */
		for (size_t k = 0; k < names.n; k++)
			if (strstr(names.items[k], ".fork-"))
				fork = names.items[k];
		assert_non_null(fork);
		assert_true(file_is(heads, fork, both.data, both.len));
		gv_list_release(&names);
		gv_buf_release(&old);
		gv_buf_release(&new);
		gv_buf_release(&both);
		log_release(&a);
		log_release(&b);
		gv_close(&heads);
	}
}

static size_t forks_in(int heads)
{
	struct gv_list names = GV_LIST_INIT;
	size_t n = 0;

	assert_int_equal(gv_list_dir(heads, ".", &names), 0);
	for (size_t i = 0; i < names.n; i++)
		n += strstr(names.items[i], ".fork-") != NULL;
	gv_list_release(&names);
	return n;
}

/* Tiles that do not even lead to the head that they are of accuse nobody; those that do
 * show what the smaller tree has to be, also where that is one complete subtree. */
static void tells_a_fork_from_a_forged_tile(void **state)
{
	/* remembered, then offered */
	const uint64_t cases[][2] = {{300, 301}, {301, 300},  {256, 1000}, {1000, 256},
				     {1, 2},	 {999, 1000}, {512, 256},  {3, 7}};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	for (size_t i = 0; i < GV_COUNT(cases); i++) {
		const uint64_t had = cases[i][0], offered = cases[i][1];
		struct gv_buf old = GV_BUF_INIT(0), other = GV_BUF_INIT(0),
			      answer = GV_BUF_INIT(0);
		struct log a, b;
		struct server s = {.log = &a, .id = 0, .text = GOOD_TEXT, .size = had};
		char name[32];
		int heads;

		snprintf(name, sizeof(name), "told-%zu", i);
		heads = open_test_dir(name);
		log_init(&a, 1000, h1_a, 0, GOOD_TEXT);
		log_init(&b, 1000, h1_b, 0, EVIL_TEXT);
		log_note(&a, had, "", &old);
		assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);

		s.size = offered;
		s.mischief = FLIP_ALL;
		s.victim = -1;
		assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EVERIFY);
		assert_null(strstr(err.message, "contradicts itself"));
		assert_int_equal(forks_in(heads), 0);
		assert_true(file_is(heads, LOG_NAME, old.data, old.len));

		/* The other history, and the tiles that the larger head is of. */
		s.mischief = HONEST;
		log_note(&b, offered, "", &other);
		gv_buf_format(&answer, "0\n%s\n%s", GOOD_TEXT, other.data);
		s.answer = answer.data;
		if (offered > had)
			s.log = &b;
		assert_int_equal(lookup(&s, heads, -1, h1, &err), -GV_EVERIFY);
		assert_non_null(strstr(err.message, "contradicts itself"));
		assert_int_equal(forks_in(heads), 1);
		assert_true(file_is(heads, LOG_NAME, old.data, old.len));

		gv_buf_release(&old);
		gv_buf_release(&other);
		gv_buf_release(&answer);
		log_release(&a);
		log_release(&b);
		gv_close(&heads);
	}
}

static void a_damaged_head_is_an_error_not_a_new_beginning(void **state)
{
	int heads = open_test_dir("damaged");
	struct log l, other;
	struct server s = {.log = &l, .id = 3, .size = 20, .text = GOOD_TEXT};
	struct gv_buf note = GV_BUF_INIT(0);
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 20, h1_a, 3, GOOD_TEXT);
	log_init(&other, 20, h1_a, 3, GOOD_TEXT);
	log_make_key(&other, 9);
	log_note(&l, 10, "", &note);
	for (int i = 0; i < 7; i++) {
		struct gv_buf damaged = GV_BUF_INIT(0);

		if (i == 5)
			log_note(&other, 10, "", &damaged);
		else if (i == 6)
			log_note(&l, 0, "", &damaged);
		else
			gv_buf_add(&damaged, note.data, note.len);
		if (i == 0)
			damaged.len = 0;
		if (i == 1)
			damaged.len -= 30;
		if (i == 2)
			damaged.data[21] = '2'; /* the size */
		if (i == 3)
			damaged.data[damaged.len - 1] = 'x';
		if (i == 4)
			gv_buf_add(&damaged, damaged.data, 1);
		assert_int_equal(
			gv_save_file(heads, LOG_NAME, damaged.data, damaged.len, 0666),
			0);
		assert_true(lookup(&s, heads, -1, h1, &err) < 0);
		assert_non_null(strstr(err.message, "cannot be used"));
		assert_non_null(strstr(err.file, "damaged/" LOG_NAME));
		assert_non_null(strstr(err.hint, "rm "));
		assert_true(file_is(heads, LOG_NAME, damaged.data, damaged.len));
		gv_buf_release(&damaged);
	}
	gv_buf_release(&note);
	log_release(&l);
	log_release(&other);
	gv_close(&heads);
}

/* Another install saves a larger head while we prove ours. */
static void save_larger_head(struct server *s)
{
	struct gv_buf note = GV_BUF_INIT(0);

	log_note(s->log, 900, "", &note);
	assert_int_equal(
		gv_save_file(*(int *)s->arg, LOG_NAME, note.data, note.len, 0666), 0);
	gv_buf_release(&note);
	s->before_tile = NULL;
}

static void two_installs_cannot_shrink_the_head(void **state)
{
	int heads = open_test_dir("race");
	struct log l;
	struct server s = {
		.log = &l, .id = 3, .size = 100, .text = GOOD_TEXT, .arg = &heads};
	struct gv_buf note = GV_BUF_INIT(0);
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 1000, h1_a, 3, GOOD_TEXT);
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	s.size = 500;
	s.before_tile = save_larger_head;
	assert_int_equal(lookup(&s, heads, -1, h1, &err), 0);
	log_note(&l, 900, "", &note);
	assert_true(file_is(heads, LOG_NAME, note.data, note.len));
	gv_buf_release(&note);
	log_release(&l);
	gv_close(&heads);
}

/* -- tiles --------------------------------------------------------------------------- */

static void asks_for_the_full_tile_when_the_partial_one_is_gone(void **state)
{
	struct log l;
	struct server s = {.log = &l, .id = 3, .size = 300, .text = GOOD_TEXT};
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 66000, h1_a, 3, GOOD_TEXT);
	s.no_partial = true;
	assert_int_equal(lookup(&s, -1, -1, h1, &err), 0);
	assert_string_equal(h1, GOOD_H1);
	assert_true(s.partial > 0);
	log_release(&l);

	/* Neither is there. */
	log_init(&l, 300, h1_a, 3, GOOD_TEXT);
	assert_int_equal(lookup(&s, -1, -1, h1, &err), -GV_EGONE);
	log_release(&l);
}

static void keeps_nothing_of_a_proof_that_is_not_finished(void **state)
{
	int cache = open_test_dir("unfinished");
	struct log l;
	struct server s = {.log = &l, .id = 3, .size = 66000, .text = GOOD_TEXT};
	struct gv_list names = GV_LIST_INIT;
	struct gv_err err;
	char h1[GV_H1_LEN];

	(void)state;
	log_init(&l, 66000, h1_a, 3, GOOD_TEXT);
	assert_int_equal(lookup(&s, -1, -1, h1, &err), 0);
	assert_string_equal(s.paths[s.tiles - 2], "/tile/8/1/000");
	s.victim = s.tiles - 1;
	s.mischief = UNREACHABLE;
	assert_int_equal(lookup(&s, -1, cache, h1, &err), -GV_EREMOTE);
	assert_int_equal(gv_list_dir(cache, ".", &names), 0);
	assert_int_equal(names.n, 0);
	gv_list_release(&names);
	log_release(&l);
	gv_close(&cache);
}

static void caches_full_tiles_and_trusts_none(void **state)
{
	static const char tile[] = LOG_NAME "/tile/8/0/000";
	int cache = open_test_dir("cache");
	struct log l;
	struct server s = {.log = &l, .id = 3, .size = 1000, .text = GOOD_TEXT};
	struct gv_buf bytes = GV_BUF_INIT(0);
	struct gv_err err;
	struct stat st;
	char h1[GV_H1_LEN];
	int first;

	(void)state;
	log_init(&l, 1000, h1_a, 3, GOOD_TEXT);
	/* Nothing of a proof that fails is kept. */
	s.mischief = FLIP_ALL;
	s.victim = -1;
	assert_int_equal(lookup(&s, -1, cache, h1, &err), -GV_EVERIFY);
	assert_int_equal(fstatat(cache, tile, &st, 0), -1);
	s.mischief = HONEST;
	assert_int_equal(lookup(&s, -1, cache, h1, &err), 0);
	first = s.tiles;
	/* Of partial tiles nothing, neither as what they are nor as full ones. */
	assert_int_equal(fstatat(cache, LOG_NAME "/tile/8/0/003", &st, 0), -1);
	assert_int_equal(fstatat(cache, LOG_NAME "/tile/8/1/000", &st, 0), -1);
	assert_int_equal(gv_read_file(cache, tile, &bytes), 0);
	assert_int_equal(bytes.len, 8192);
	assert_int_equal(fstatat(cache, LOG_NAME "/tile/8/1/000.p", &st, 0), -1);
	assert_int_equal(lookup(&s, -1, cache, h1, &err), 0);
	assert_true(s.tiles < first);

	/* Damaged there: dropped, fetched once more, right again. */
	bytes.data[4 * 32] ^= 1;
	assert_int_equal(gv_save_file(cache, tile, bytes.data, bytes.len, 0666), 0);
	assert_int_equal(lookup(&s, -1, cache, h1, &err), 0);
	assert_string_equal(h1, GOOD_H1);
	bytes.data[4 * 32] ^= 1;
	assert_true(file_is(cache, tile, bytes.data, bytes.len));
	/* Of another length: not used. */
	assert_int_equal(gv_save_file(cache, tile, bytes.data, bytes.len - 1, 0666), 0);
	assert_int_equal(lookup(&s, -1, cache, h1, &err), 0);
	assert_true(file_is(cache, tile, bytes.data, bytes.len));

	/* Damaged where by now a partial one would do: it does not stay to be tried
	 * again. */
	assert_int_equal(gv_save_file(cache, LOG_NAME "/tile/8/0/003", bytes.data,
				      bytes.len, 0666),
			 0);
	assert_int_equal(lookup(&s, -1, cache, h1, &err), 0);
	assert_int_equal(fstatat(cache, LOG_NAME "/tile/8/0/003", &st, 0), -1);

	/* A cache that was made for a forged record does not help it. */
	{
		struct gv_buf note = GV_BUF_INIT(0), answer = GV_BUF_INIT(0);

		log_note(&l, 1000, "", &note);
		gv_buf_format(&answer, "3\n%s\n%s", EVIL_TEXT, note.data);
		s.answer = answer.data;
		log_set(&l, 3, EVIL_TEXT);
		assert_int_equal(gv_save_file(cache, tile, l.level[0],
					      GV_COUNT(l.level[0]->b) * 256, 0666),
				 0);
		assert_int_equal(lookup(&s, -1, cache, h1, &err), -GV_EVERIFY);
		gv_buf_release(&note);
		gv_buf_release(&answer);
	}
	gv_buf_release(&bytes);
	log_release(&l);
	gv_close(&cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proves_records_of_trees_of_all_sizes),
		{"refuses every forged tile: CVE-2026-56865",
		 refuses_every_forged_tile_CVE_2026_56865, NULL, NULL, NULL},
		{"refuses forged records with forged tiles: CVE-2026-56865",
		 refuses_forged_records_with_forged_tiles_CVE_2026_56865, NULL, NULL,
		 NULL},
		{"refuses a record without our line: CVE-2026-42501",
		 refuses_a_record_without_our_line_CVE_2026_42501, NULL, NULL, NULL},
		{"reads the hash in the record only: CVE-2026-56864",
		 reads_the_hash_in_the_record_only_CVE_2026_56864, NULL, NULL, NULL},
		cmocka_unit_test(unreachable_is_not_verified),
		cmocka_unit_test(refuses_malformed_answers),
		cmocka_unit_test(records_prove_themselves),
		cmocka_unit_test(the_head_grows_and_never_shrinks),
		cmocka_unit_test(a_read_only_store_remembers_nothing),
		cmocka_unit_test(a_fork_is_fatal_and_leaves_both_notes),
		cmocka_unit_test(tells_a_fork_from_a_forged_tile),
		cmocka_unit_test(a_damaged_head_is_an_error_not_a_new_beginning),
		cmocka_unit_test(two_installs_cannot_shrink_the_head),
		cmocka_unit_test(asks_for_the_full_tile_when_the_partial_one_is_gone),
		cmocka_unit_test(keeps_nothing_of_a_proof_that_is_not_finished),
		cmocka_unit_test(caches_full_tiles_and_trusts_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_test_dir, remove_test_dir);
}

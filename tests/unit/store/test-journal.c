// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

#include <pthread.h>
#include <sched.h>

#include "core/json/json.h"
#include "core/store/journal.h"
#include "core/trust/sha256.h"
#include "tests/unit/skip.h"

#define FILE_NAME "journal"
#define HEAD_NAME "log-heads/journal"

/* -- what is in it ------------------------------------------------------------------- */

struct seen {
	unsigned records, torn, wrong;
	char versions[4096]; /* "go1.22.1 go1.22.2 " */
	const char *why;     /* of the first that is wrong */
	struct gv_journal_end end;
};

static int see(void *arg, const struct gv_journal_line *line)
{
	struct seen *s = arg;
	const char *version = line->record ? gv_json_str(line->record, "version") : NULL;
	size_t n = strlen(s->versions);

	s->records += line->record != NULL;
	s->torn += line->torn;
	s->wrong += line->wrong != NULL;
	if (line->wrong && !s->why)
		s->why = line->wrong;
	if (version)
		snprintf(s->versions + n, sizeof(s->versions) - n, "%s ", version);
	assert_true(line->number > 0);
	return 0;
}

static struct seen look(const struct gv_store *s)
{
	struct gv_err err = GV_ERR_INIT;
	struct seen seen = {0};

	assert_int_equal(gv_journal_read(s, see, &seen, &seen.end, &err), 0);
	assert_int_equal(seen.end.records, seen.records);
	return seen;
}

static bool is_whole(const struct seen *s)
{
	return !s->wrong && !s->end.wrong;
}

static int add(const struct gv_store *s, const char *version)
{
	struct gv_journal_entry e = {
		.command = "govern install",
		.event = "install",
		.version = version,
		.h1 = "h1:abc",
		.trust = "proven",
	};
	struct gv_err err = GV_ERR_INIT;

	return gv_journal_append(s, &e, &err);
}

static void open_with(void **state, struct gv_store *s, unsigned n)
{
	char version[32];

	assert_int_equal(open_store(*state, GV_STORE_CREATE, s), 0);
	for (unsigned i = 1; i <= n; i++) {
		snprintf(version, sizeof(version), "go1.22.%u", i);
		assert_int_equal(add(s, version), 0);
	}
}

static void load(const struct gv_store *s, const char *path, struct gv_buf *ret)
{
	*ret = GV_BUF_INIT(0);
	assert_int_equal(gv_read_file(s->root_fd, path, ret), 0);
}

static void put(const struct gv_store *s, const char *path, const void *data, size_t n)
{
	int fd = openat(s->root_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(gv_write_all(fd, data, n), 0);
	gv_close(&fd);
}

/* The line of that number, from 0, its newline included. */
static const char *line_of(const struct gv_buf *b, unsigned number, size_t *ret_n)
{
	const char *at = b->data, *nl;

	while ((nl = strchr(at, '\n')) && number--)
		at = nl + 1;
	assert_non_null(nl);
	*ret_n = (size_t)(nl + 1 - at);
	return at;
}

enum { STRIDE = 101 };

/* -- tests --------------------------------------------------------------------------- */

static void test_empty(void **state)
{
	struct gv_store s;
	struct seen seen;

	open_with(state, &s, 0);
	seen = look(&s);
	assert_int_equal(seen.records, 0);
	assert_true(is_whole(&seen));
	assert_string_equal(seen.end.head, "");
	gv_store_close(&s);
}

/* What anybody can compute: the hash of a line is what the next one says. */
static void test_chain(void **state)
{
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX], note[128];
	struct gv_buf text, head;
	struct gv_store s;
	struct seen seen;
	struct gv_json *j;
	const char *line;
	size_t n;

	open_with(state, &s, 3);
	seen = look(&s);
	assert_true(is_whole(&seen));
	assert_string_equal(seen.versions, "go1.22.1 go1.22.2 go1.22.3 ");
	load(&s, FILE_NAME, &text);
	for (unsigned i = 0; i < 3; i++) {
		line = line_of(&text, i, &n);
		j = gv_json_parse(line, n, NULL);
		assert_non_null(j);
		assert_int_equal(gv_json_int(j, "schema", 0), 1);
		if (i)
			assert_string_equal(gv_json_str(j, "previous"), hex);
		else
			assert_null(gv_json_str(j, "previous"));
		for (size_t k = 0; k < 5; k++)
			assert_non_null(gv_json_str(
				j, (const char *const[]){"time", "user", "host",
							 "platform", "command"}[k]));
		assert_null(gv_json_get(j, "tag")); /* nothing to tell */
		gv_json_free(j);
		gv_sha256_of(line, n, digest);
		gv_sha256_to_hex(digest, hex);
	}
	assert_string_equal(seen.end.head, hex);
	load(&s, HEAD_NAME, &head);
	snprintf(note, sizeof(note), "%zu %s\n", text.len, hex);
	assert_string_equal(head.data, note);
	gv_buf_release(&text);
	gv_buf_release(&head);
	gv_store_close(&s);
}

/* It is found, and (each time would take minutes) still when others have followed. */
static void assert_found(const struct gv_store *s, const char *what, size_t where,
			 const struct gv_buf *head)
{
	struct seen seen = look(s);

	if (is_whole(&seen))
		fail_msg("%s at %zu is not seen", what, where);
	if (where % STRIDE)
		return;
	put(s, HEAD_NAME, head->data, head->len);
	assert_int_equal(add(s, "go1.23.1"), 0);
	assert_int_equal(add(s, "go1.23.2"), 0);
	seen = look(s);
	if (is_whole(&seen))
		fail_msg("%s at %zu is not seen any more", what, where);
	assert_true(strstr(seen.versions, "go1.23.1 go1.23.2"));
	put(s, HEAD_NAME, head->data, head->len);
}

static void test_every_byte(void **state)
{
	struct gv_buf text, head;
	struct gv_store s;
	struct seen seen;

	open_with(state, &s, 3);
	load(&s, FILE_NAME, &text);
	load(&s, HEAD_NAME, &head);
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] ^= 1;
		put(&s, FILE_NAME, text.data, text.len);
		assert_found(&s, "a changed byte", i, &head);
		text.data[i] ^= 1;
	}
	for (size_t n = 0; n + 1 < text.len; n++) { /* the last newline is no loss */
		put(&s, FILE_NAME, text.data, n);
		assert_found(&s, "a cut", n, &head);
	}
	put(&s, FILE_NAME, text.data, text.len);
	seen = look(&s);
	assert_true(is_whole(&seen));
	assert_int_equal(unlinkat(s.root_fd, FILE_NAME, 0), 0);
	assert_found(&s, "no file", 0, &head);
	gv_buf_release(&text);
	gv_buf_release(&head);
	gv_store_close(&s);
}

/* The lines in another order, or not all of them, or one twice: every way of taking
 * four times one of four. */
static void test_every_order(void **state)
{
	enum { N = 4 };
	struct gv_buf text, head;
	const char *lines[N];
	size_t sizes[N];
	struct gv_store s;

	open_with(state, &s, N);
	load(&s, FILE_NAME, &text);
	load(&s, HEAD_NAME, &head);
	for (unsigned i = 0; i < N; i++)
		lines[i] = line_of(&text, i, &sizes[i]);
	for (unsigned way = 0; way < 5 * 5 * 5 * 5; way++) {
		struct gv_buf other = GV_BUF_INIT(0);
		unsigned rest = way;

		for (unsigned i = 0; i < N; i++, rest /= 5)
			if (rest % 5 < N)
				gv_buf_add(&other, lines[rest % 5], sizes[rest % 5]);
		if (other.len != text.len ||
		    memcmp(other.data, text.data, text.len) != 0) {
			put(&s, FILE_NAME, other.data ? other.data : "", other.len);
			assert_found(&s, "another order", way, &head);
		}
		gv_buf_release(&other);
	}
	gv_buf_release(&text);
	gv_buf_release(&head);
	gv_store_close(&s);
}

static void test_foreign_lines(void **state)
{
	static const char *const foreign[] = {
		"hello\n",
		"\n",
		"{}\n",
		"{\"schema\":1,\"event\":\"install\",\"previous\":null}\n",
		"hello\nworld\n",
	};
	struct gv_buf text, head;
	struct gv_store s;
	size_t n;

	open_with(state, &s, 3);
	load(&s, FILE_NAME, &text);
	load(&s, HEAD_NAME, &head);
	for (size_t i = 0; i < GV_COUNT(foreign); i++) {
		for (unsigned at = 0; at < 4; at++) {
			struct gv_buf other = GV_BUF_INIT(0);
			size_t before =
				at == 3 ? text.len
					: (size_t)(line_of(&text, at, &n) - text.data);

			gv_buf_add(&other, text.data, before);
			gv_buf_add_str(&other, foreign[i]);
			gv_buf_add(&other, text.data + before, text.len - before);
			put(&s, FILE_NAME, other.data, other.len);
			assert_found(&s, "a foreign line", i * 4 + at, &head);
			gv_buf_release(&other);
		}
	}
	gv_buf_release(&text);
	gv_buf_release(&head);
	gv_store_close(&s);
}

/* Whatever a crash leaves of the last line, and of the note: told, and no harm. */
static void test_torn(void **state)
{
	struct gv_buf text, before, after;
	struct gv_store s;
	struct seen seen;
	size_t old;

	open_with(state, &s, 2);
	load(&s, FILE_NAME, &text);
	old = text.len;
	gv_buf_release(&text);
	load(&s, HEAD_NAME, &before);
	assert_int_equal(add(&s, "go1.22.3"), 0);
	load(&s, FILE_NAME, &text);
	load(&s, HEAD_NAME, &after);
	for (size_t n = old; n <= text.len; n++) {
		bool deep = n % 29 == 0 || n == old || n + 2 > text.len;

		put(&s, FILE_NAME, text.data, n);
		put(&s, HEAD_NAME, before.data, before.len);
		seen = look(&s);
		assert_true(is_whole(&seen));
		assert_int_equal(seen.torn, n > old && n + 1 < text.len);
		assert_int_equal(seen.records, n + 1 < text.len ? 2 : 3);
		if (!deep)
			continue;
		/* Torn twice, and then not. */
		if (n % 2 && n + 1 < text.len) {
			int fd = openat(s.root_fd, FILE_NAME,
					O_WRONLY | O_APPEND | O_CLOEXEC);

			assert_int_equal(gv_write_all(fd, "\n{\"sch", 6), 0);
			gv_close(&fd);
		}
		assert_int_equal(add(&s, "go1.24.1"), 0);
		assert_int_equal(add(&s, "go1.24.2"), 0);
		seen = look(&s);
		if (!is_whole(&seen))
			fail_msg("after %zu bytes: %s", n - old, seen.why);
		assert_true(strstr(seen.versions, "go1.22.2 go1.24.1 go1.24.2") ||
			    n + 1 >= text.len);
	}
	gv_buf_release(&text);
	gv_buf_release(&before);
	gv_buf_release(&after);
	gv_store_close(&s);
}

/* Blocks that came to the disk out of order: zeros, then the end of the line. */
static void test_zeros(void **state)
{
	struct gv_store s;
	struct seen seen;
	int fd;

	open_with(state, &s, 2);
	fd = openat(s.root_fd, FILE_NAME, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(gv_write_all(fd, "\0\0\0\0\"event\":\"x\"}\n", 17), 0);
	gv_close(&fd);
	seen = look(&s);
	assert_int_equal(seen.torn, 1);
	assert_true(is_whole(&seen));
	assert_int_equal(add(&s, "go1.22.3"), 0);
	seen = look(&s);
	assert_int_equal(seen.torn, 1);
	assert_true(is_whole(&seen));
	assert_int_equal(seen.records, 3);
	gv_store_close(&s);
}

static void test_note(void **state)
{
	static const char *const bad[] = {"",	 "x",	   "\n",
					  "1\n", "0 00\n", "99999999999999999999 aa\n"};
	struct gv_store s;
	struct seen seen;

	open_with(state, &s, 3);
	/* Without one there is nothing to compare with, and the next one makes it. */
	assert_int_equal(unlinkat(s.root_fd, HEAD_NAME, 0), 0);
	seen = look(&s);
	assert_true(is_whole(&seen));
	assert_int_equal(add(&s, "go1.22.4"), 0);
	seen = look(&s);
	assert_true(is_whole(&seen));
	assert_int_equal(seen.records, 4);
	for (size_t i = 0; i < GV_COUNT(bad); i++) {
		put(&s, HEAD_NAME, bad[i], strlen(bad[i]));
		seen = look(&s);
		assert_non_null(seen.end.wrong);
		assert_int_equal(add(&s, "go1.22.5"), 0);
		seen = look(&s);
		assert_true(is_whole(&seen));
	}
	gv_store_close(&s);
}

/* -- many at once -------------------------------------------------------------------- */

enum { WRITERS = 6, EACH = 8 };

static void *write_some(void *arg)
{
	const struct gv_store *s = arg;

	for (unsigned i = 0; i < EACH; i++) {
		if (add(s, "go1.22.5") < 0)
			return arg;
		sched_yield();
	}
	return NULL;
}

static void assert_all(const struct gv_store *s)
{
	struct seen seen = look(s);

	if (!is_whole(&seen))
		fail_msg("%s", seen.why ? seen.why : seen.end.wrong);
	assert_int_equal(seen.torn, 0);
	assert_int_equal(seen.records, WRITERS * EACH);
}

static void test_processes(void **state)
{
	pid_t pids[WRITERS];
	struct gv_store s;
	int gate[2];
	char c;

	open_with(state, &s, 0);
	assert_int_equal(pipe(gate), 0);
	for (unsigned i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0) {
			close(gate[1]);
			_exit(read(gate[0], &c, 1) || write_some(&s) ? 1 : 0);
		}
	}
	close(gate[1]); /* now */
	close(gate[0]);
	for (unsigned i = 0; i < WRITERS; i++)
		assert_true(ended_well(pids[i]));
	assert_all(&s);
	gv_store_close(&s);
}

static void test_threads(void **state)
{
	pthread_t threads[WRITERS];
	struct gv_store s;
	void *failed;

	open_with(state, &s, 0);
	for (unsigned i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_some, &s), 0);
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_all(&s);
	gv_store_close(&s);
}

/* -- whose it is --------------------------------------------------------------------- */

static mode_t mode_of(const struct gv_store *s)
{
	struct stat st;

	assert_int_equal(fstatat(s->root_fd, FILE_NAME, &st, 0), 0);
	return st.st_mode & 07777;
}

static void test_modes(void **state)
{
	mode_t was = umask(077);
	struct gv_store s;

	open_with(state, &s, 1);
	assert_int_equal(mode_of(&s), 0644);
	assert_int_equal(fchmod(s.root_fd, 02775), 0);
	assert_int_equal(add(&s, "go1.22.2"), 0);
	assert_int_equal(mode_of(&s), 0664);
	umask(was);
	gv_store_close(&s);
}

static void test_not_a_file(void **state)
{
	struct gv_store s;

	open_with(state, &s, 0);
	assert_int_equal(mkfifoat(s.root_fd, FILE_NAME, 0644), 0);
	assert_true(add(&s, "go1.22.1") < 0);
	assert_int_equal(unlinkat(s.root_fd, FILE_NAME, 0), 0);
	assert_int_equal(symlinkat("/dev/null", s.root_fd, FILE_NAME), 0);
	assert_true(add(&s, "go1.22.1") < 0);
	assert_int_equal(unlinkat(s.root_fd, FILE_NAME, 0), 0);
	assert_int_equal(mkdirat(s.root_fd, FILE_NAME, 0755), 0);
	assert_true(add(&s, "go1.22.1") < 0);
	gv_store_close(&s);
}

static void test_read_only(void **state)
{
	struct gv_store s;
	struct seen seen;

	open_with(state, &s, 2);
	s.writable = false;
	assert_int_equal(add(&s, "go1.22.3"), 0);
	seen = look(&s);
	assert_int_equal(seen.records, 2);
	gv_store_close(&s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),	TEST(test_chain),	  TEST(test_every_byte),
		TEST(test_every_order), TEST(test_foreign_lines), TEST(test_torn),
		TEST(test_zeros),	TEST(test_note),	  TEST(test_processes),
		TEST(test_threads),	TEST(test_modes),	  TEST(test_not_a_file),
		TEST(test_read_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

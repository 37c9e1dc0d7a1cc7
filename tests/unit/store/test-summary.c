// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/store/fixture.h"

#include "core/store/summary.h"

enum { MANY = 40 };

static char h1[] = "h1:YUDAZ78i0OZIan+f/pLS0NifoyZDyrlTToEmYHJgTpA=";

static void save_receipt(struct gv_store *s, unsigned i, enum gv_trust trust)
{
	char source[] = "goproxy";
	struct gv_receipt r = {.platform = PLATFORM,
			       .trust = trust,
			       .source = source,
			       .h1 = h1,
			       .bytes = 1000 + i,
			       .installed_at = 1700000000};
	struct gv_err err = GV_ERR_INIT;

	snprintf(r.name, sizeof(r.name), "go1.22.%u", i);
	assert_int_equal(gv_receipt_save(s, &r, &err), 0);
}

static int make_cache(const char *dir)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/cache", dir);
	assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
	fd = gv_open_dir(AT_FDCWD, path);
	assert_true(fd >= 0);
	return fd;
}

/* The only file in the cache; false: there is none. */
static bool cache_file(int cache, char *ret, size_t cap)
{
	struct gv_list names = GV_LIST_INIT;
	bool one;

	assert_int_equal(gv_list_dir(cache, ".", &names), 0);
	assert_true(names.n <= 1);
	one = names.n == 1;
	if (one)
		snprintf(ret, cap, "%s", names.items[0]);
	gv_list_release(&names);
	return one;
}

/* All of them say what their receipts say, but for the one called `except`. */
static void look_at_all(struct gv_store *s, int cache, int except, enum gv_trust its)
{
	struct gv_summaries *all;

	assert_int_equal(gv_summaries_open(s, cache, &all), 0);
	for (int i = 0; i < MANY; i++) {
		struct gv_err err = GV_ERR_INIT;
		struct gv_summary got;
		char name[32];

		snprintf(name, sizeof(name), "go1.22.%d", i);
		assert_int_equal(gv_summary_get(all, name, &got, &err), 0);
		assert_string_equal(got.name, name);
		assert_string_equal(got.source, "goproxy");
		assert_string_equal(got.h1, h1);
		assert_int_equal(got.trust, i == except ? its : GV_TRUST_PROVEN);
		assert_int_equal(got.bytes, 1000 + i);
		assert_int_equal(got.installed_at, 1700000000);
		assert_false(got.adopted);
	}
	gv_summaries_close(all);
}

struct place {
	struct gv_store s;
	int cache;
	char file[256];
};

/* A store of MANY receipts that were listed once. */
static void fill(const char *dir, struct place *ret)
{
	assert_int_equal(open_store(dir, GV_STORE_CREATE, &ret->s), 0);
	for (unsigned i = 0; i < MANY; i++)
		save_receipt(&ret->s, i, GV_TRUST_PROVEN);
	ret->cache = make_cache(dir);
	look_at_all(&ret->s, ret->cache, -1, 0);
	assert_true(cache_file(ret->cache, ret->file, sizeof(ret->file)));
}

static void release(struct place *p)
{
	gv_close(&p->cache);
	gv_store_close(&p->s);
}

static void read_cache(const struct place *p, struct gv_buf *ret)
{
	gv_buf_clear(ret);
	assert_int_equal(gv_read_file(p->cache, p->file, ret), 0);
}

/* Without the fsyncs of gv_save_file(): it is written hundreds of times. */
static void write_cache(const struct place *p, const struct gv_buf *b)
{
	GV_CLEANUP(gv_close)
	int fd = openat(p->cache, p->file, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(gv_write_all(fd, b->data, b->len), 0);
}

static void get(const struct place *p, const char *name, struct gv_summary *ret)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_summaries *all;

	assert_int_equal(gv_summaries_open(&p->s, p->cache, &all), 0);
	assert_int_equal(gv_summary_get(all, name, ret, &err), 0);
	gv_summaries_close(all);
}

/* What the cache says is told, as long as the receipt is the same file. */
static void test_remembered(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);
	struct gv_summary got;
	struct place p;
	char *at;

	fill(*state, &p);
	read_cache(&p, &b);
	while ((at = memmem(b.data, b.len, "goproxy", 7)))
		memcpy(at, "elsewhe", 7);
	write_cache(&p, &b);
	get(&p, "go1.22.7", &got);
	assert_string_equal(got.source, "elsewhe");
	save_receipt(&p.s, 7, GV_TRUST_PROVEN);
	get(&p, "go1.22.7", &got);
	assert_string_equal(got.source, "goproxy");
	get(&p, "go1.22.8", &got);
	assert_string_equal(got.source, "elsewhe");
	release(&p);
}

static void test_replaced(void **state)
{
	struct place p;

	fill(*state, &p);
	save_receipt(&p.s, 7, GV_TRUST_UNPROVEN);
	look_at_all(&p.s, p.cache, 7, GV_TRUST_UNPROVEN);
	release(&p);
}

static void test_damaged_and_gone(void **state)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_summaries *all;
	struct gv_summary got;
	struct place p;

	fill(*state, &p);
	write_file(p.s.root_fd, "receipts/" PLATFORM "/go1.22.7.json", "{");
	assert_int_equal(unlinkat(p.s.root_fd, "receipts/" PLATFORM "/go1.22.9.json", 0),
			 0);
	assert_int_equal(gv_summaries_open(&p.s, p.cache, &all), 0);
	assert_int_equal(gv_summary_get(all, "go1.22.7", &got, &err), -GV_EFORMAT);
	assert_int_equal(gv_summary_get(all, "go1.22.9", &got, &err), -GV_ENOTFOUND);
	assert_int_equal(gv_summary_get(all, "go1.22.99", &got, &err), -GV_ENOTFOUND);
	gv_summaries_close(all);
	release(&p);
}

/* A few receipts are not worth a file; without a cache all works. */
static void test_few_and_none(void **state)
{
	struct place p = {.cache = -1};
	char file[256];

	assert_int_equal(open_store(*state, GV_STORE_CREATE, &p.s), 0);
	p.cache = make_cache(*state);
	for (unsigned i = 0; i < MANY; i++)
		save_receipt(&p.s, i, GV_TRUST_PROVEN);
	get(&p, "go1.22.7", &(struct gv_summary){0});
	assert_false(cache_file(p.cache, file, sizeof(file)));
	look_at_all(&p.s, -1, -1, 0);
	assert_false(cache_file(p.cache, file, sizeof(file)));
	release(&p);
}

/* Whatever the file holds: no crash, and names end (the sanitizers watch). */
static void test_hostile_cache(void **state)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf good = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf bad = GV_BUF_INIT(0);
	struct gv_summary got;
	struct place p;

	fill(*state, &p);
	read_cache(&p, &good);
	for (size_t n = 0; n < good.len; n += n < 300 ? 29 : 2999) {
		bad.len = 0;
		gv_buf_add(&bad, good.data, n);
		write_cache(&p, &bad);
		look_at_all(&p.s, p.cache, -1, 0);
	}
	for (size_t at = 0; at < good.len; at += at < 400 ? 7 : 1499) {
		bad.len = 0;
		gv_buf_add(&bad, good.data, good.len);
		bad.data[at] = (char)(bad.data[at] ^ 0xff);
		write_cache(&p, &bad);
		for (int i = 0; i < MANY; i += 3) {
			char name[32];

			snprintf(name, sizeof(name), "go1.22.%d", i);
			get(&p, name, &got);
			assert_non_null(memchr(got.name, 0, sizeof(got.name)));
			assert_non_null(memchr(got.source, 0, sizeof(got.source)));
			assert_non_null(memchr(got.h1, 0, sizeof(got.h1)));
			assert_in_range(got.trust, GV_TRUST_UNPROVEN, GV_TRUST_PROVEN);
		}
	}
	/* Names made to run into each other. */
	bad.len = 0;
	gv_buf_add(&bad, good.data, good.len);
	memset(bad.data + 24, 'x', good.len - 24);
	write_cache(&p, &bad);
	look_at_all(&p.s, p.cache, -1, 0);
	release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_remembered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_and_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_few_and_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hostile_cache, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

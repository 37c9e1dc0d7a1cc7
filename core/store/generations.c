// SPDX-License-Identifier: Apache-2.0
/*
 * A generation is prepared in a directory beside the others and gets its number by a
 * rename, which fails when another was faster: a generation is never empty, and rename(2)
 * does not replace a directory that is not.  The highest number is the state.  `current`
 * follows: whoever switched it looks whether a higher number appeared meanwhile, so that
 * the last one to look leaves it right, in whatever order they come.
 */
#include "core/store/generations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/json/json.h"
#include "core/store/layout.h"
#include "core/store/who.h"

#define NOTE_FILE     "generation.json"
#define TARGET_PREFIX "../../toolchains/"
#define TEMP_PREFIX   ".tmp-"

/* -- numbers ------------------------------------------------------------------------- */

/* 0 for what is not the name of a generation: 007 is none. */
static uint64_t number_of(const char *name)
{
	uint64_t n = 0;

	if (name[0] == '0' || gv_num_parse(name, strlen(name), UINT64_MAX - 1, &n) < 0)
		return 0;
	return n;
}

static struct gv_path path_of(uint64_t number)
{
	struct gv_path path;
	struct gv_text t = gv_text_in(path.s, sizeof(path.s));

	gv_text_format(&t, "generations/%llu", (unsigned long long)number);
	return path;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

void gv_free_numbers(uint64_t **numbers)
{
	free(*numbers);
	*numbers = NULL;
}

int gv_generation_list(const struct gv_store *s, uint64_t **ret, size_t *ret_n)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	uint64_t *numbers;
	size_t n = 0;
	int r = s->prefix_fd < 0 ? 0 : gv_list_dir(s->prefix_fd, "generations", &names);

	if (r < 0 && r != -ENOENT)
		return r;
	numbers = calloc(names.n + 1, sizeof(*numbers));
	if (!numbers)
		return -ENOMEM;
	for (size_t i = 0; i < names.n; i++)
		if (number_of(names.items[i]))
			numbers[n++] = number_of(names.items[i]);
	qsort(numbers, n, sizeof(*numbers), by_number);
	*ret = numbers;
	*ret_n = n;
	return 0;
}

int gv_generation_newest(const struct gv_store *s, uint64_t *ret)
{
	return gv_generation_before(s, UINT64_MAX, ret);
}

int gv_generation_before(const struct gv_store *s, uint64_t number, uint64_t *ret)
{
	GV_CLEANUP(gv_free_numbers) uint64_t *numbers = NULL;
	uint64_t before = 0;
	size_t n = 0;
	int r = gv_generation_list(s, &numbers, &n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n && numbers[i] < number; i++)
		before = numbers[i];
	*ret = before;
	return 0;
}

int gv_generation_current(const struct gv_store *s, uint64_t *ret)
{
	char target[sizeof(struct gv_path)];
	const char *name;
	int r = s->prefix_fd < 0
			? -ENOENT
			: gv_read_link(s->prefix_fd, "current", target, sizeof(target));

	if (r == -ENOENT) {
		*ret = 0;
		return 0;
	}
	if (r < 0)
		return r == -EINVAL ? -GV_EFORMAT : r; /* not a link */
	name = gv_after_prefix(target, "generations/");
	if (!name || number_of(name) == 0)
		return -GV_EFORMAT;
	*ret = number_of(name);
	return 0;
}

int gv_generation_switch(const struct gv_store *s)
{
	bool switched = false;

	for (;;) {
		uint64_t newest, now = 0;
		int r = gv_generation_newest(s, &newest);

		if (r < 0 || newest == 0)
			return r;
		r = gv_generation_current(s, &now);
		if (r < 0 && r != -GV_EFORMAT)
			return r;
		if (now == newest && switched)
			return 0;
		/* Who made it, or switched to it, may have been killed before that was
		 * durable; nobody else will see to it. */
		r = gv_sync_parent(s->prefix_fd, path_of(newest).s);
		if (r == 0 && now == newest)
			return gv_sync_dir(s->prefix_fd);
		if (r == 0)
			r = gv_save_link(s->prefix_fd, "current", path_of(newest).s);
		if (r < 0)
			return r;
		switched = true;
	}
}

/* -- one generation ------------------------------------------------------------------ */

/* What a link in a generation leads to; -EINVAL for what is not one of ours. */
static int target_of(int dirfd, const char *link, char ret[GV_NAME_MAX])
{
	char target[sizeof(struct gv_path)];
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX);
	const char *name;
	int r = gv_read_link(dirfd, link, target, sizeof(target));

	if (r < 0)
		return r;
	name = gv_after_prefix(target, TARGET_PREFIX);
	if (!name || !gv_store_name_valid(name))
		return -EINVAL;
	gv_text_add(&t, name);
	return 0;
}

int gv_generation_load(const struct gv_store *s, uint64_t number, struct gv_pointers *ret)
{
	GV_CLEANUP(gv_list_release) struct gv_list links = GV_LIST_INIT;
	GV_CLEANUP(gv_pointers_release) struct gv_pointers p = {.generation = number};
	GV_CLEANUP(gv_close) int dirfd = -1;
	int r = 0;

	if (number) {
		dirfd = gv_open_dir(s->prefix_fd, path_of(number).s);
		r = dirfd < 0 ? dirfd : gv_list_dir(dirfd, ".", &links);
	}
	for (size_t i = 0; i < links.n && r == 0; i++) {
		char target[GV_NAME_MAX];

		r = target_of(dirfd, links.items[i], target);
		if (r == 0)
			r = gv_pointers_set(&p, links.items[i], target);
		else if (r == -EINVAL || r == -ENAMETOOLONG)
			r = 0; /* the note; nothing else is ever written there */
	}
	/* One that went while we read it was perhaps not whole any more. */
	if (r == 0 && number && gv_there(s->prefix_fd, path_of(number).s) == 0)
		r = -ENOENT;
	if (r < 0)
		return r;
	*ret = p;
	p = GV_POINTERS_INIT;
	return 0;
}

int gv_generation_note(const struct gv_store *s, uint64_t number, struct gv_json **ret)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(64u << 10);
	struct gv_path path = path_of(number);
	struct gv_text t = gv_text_in(path.s, sizeof(path.s));
	struct gv_json *note;
	int r;

	gv_text_format(&t, "generations/%llu/" NOTE_FILE, (unsigned long long)number);
	r = gv_read_file(s->prefix_fd, path.s, &text);
	if (r < 0)
		return r;
	note = gv_json_parse(text.data, text.len, NULL);
	if (!gv_json_is_object(note)) {
		gv_json_free(note);
		return -GV_EFORMAT;
	}
	*ret = note;
	return 0;
}

static int format_note(const struct gv_pointers *p, uint64_t previous,
		       const struct gv_change_note *note, struct gv_buf *ret)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = gv_json_new_object();

	gv_json_set_int(j, "schema", 1);
	gv_json_set_int(j, "generation", (int64_t)p->generation);
	gv_json_set_int(j, "previous", (int64_t)previous);
	gv_who_put(j);
	gv_json_set_str(j, "command", note ? note->command : NULL);
	gv_json_set_str(j, "reason", note ? note->reason : NULL);
	if (note && note->returned_to)
		gv_json_set_int(j, "returned_to", (int64_t)note->returned_to);
	return gv_json_dump(j, true, ret);
}

static int make_link(int dirfd, const struct gv_pointer *p)
{
	char target[sizeof(TARGET_PREFIX) + GV_NAME_MAX];
	struct gv_text t = gv_text_in(target, sizeof(target));

	gv_text_format(&t, TARGET_PREFIX "%s", p->target);
	return symlinkat(target, dirfd, p->name) < 0 ? -errno : 0;
}

/* The note comes last: gv_save_file() syncs the directory and the links with it. */
static int fill(int dirfd, const struct gv_pointers *p, uint64_t previous,
		const struct gv_change_note *note)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	int r = dirfd < 0 ? dirfd : 0;

	for (size_t i = 0; i < p->n && r == 0; i++)
		r = make_link(dirfd, &p->items[i]);
	if (r == 0)
		r = format_note(p, previous, note, &text);
	return r < 0 ? r
		     : gv_save_file(dirfd, NOTE_FILE, text.data, text.len,
				    0644 | GV_MODE_EXACT);
}

int gv_generation_save(const struct gv_store *s, const struct gv_pointers *p,
		       uint64_t previous, const struct gv_change_note *note)
{
	GV_CLEANUP(gv_close) int dirfd = -1;
	char nonce[GV_NONCE_LEN];
	struct gv_path temp;
	struct gv_text t = gv_text_in(temp.s, sizeof(temp.s));
	int r = gv_nonce(nonce);

	if (r < 0)
		return r;
	gv_text_format(&t, "generations/" TEMP_PREFIX "%s", nonce);
	r = gv_make_dir(s->prefix_fd, temp.s, 0755 | GV_MODE_EXACT);
	if (r < 0)
		return r;
	dirfd = gv_open_dir(s->prefix_fd, temp.s);
	r = fill(dirfd, p, previous, note);
	if (r == 0)
		r = gv_rename_durably(s->prefix_fd, temp.s, s->prefix_fd,
				      path_of(p->generation).s);
	if (r < 0)
		(void)!gv_tree_remove(s->prefix_fd, temp.s); /* or swept later */
	return r == -ENOTEMPTY || r == -EEXIST ? 1 : r;
}

void gv_generation_sweep(const struct gv_store *s)
{
	enum { AFTER_S = 24 * 60 * 60 };
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	GV_CLEANUP(gv_close) int dirfd = gv_open_dir(s->prefix_fd, "generations");

	if (dirfd < 0 || gv_list_dir(dirfd, ".", &names) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (gv_after_prefix(names.items[i], TEMP_PREFIX) &&
		    gv_unchanged_for(dirfd, names.items[i], AFTER_S))
			(void)!gv_tree_remove(dirfd, names.items[i]);
}

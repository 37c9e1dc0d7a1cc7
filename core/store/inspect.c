// SPDX-License-Identifier: Apache-2.0
#include "core/store/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/denied.h"
#include "core/store/layout.h"
#include "core/store/pointers.h"

struct inspection {
	const struct gv_store *s;
	gv_store_amiss *amiss;
	void *arg;
	int error; /* the first */
};

static void note_error(struct inspection *in, int r)
{
	if (r < 0 && r != -ENOENT && in->error == 0)
		in->error = r;
}

static void report(struct inspection *in, enum gv_amiss what, const char *base,
		   const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	gv_buf_format(&b, "%s/%s", base, path);
	if (gv_buf_error(&b) < 0)
		note_error(in, -ENOMEM);
	else
		in->amiss(in->arg, what, b.data);
}

static bool is_busy(const struct inspection *in, const char *name)
{
	return gv_lock_is_held(in->s->root_fd, gv_lock_path(in->s, name).s);
}

static void list(struct inspection *in, int dirfd, const char *dir, struct gv_list *ret)
{
	note_error(in, gv_list_dir(dirfd, dir, ret));
}

static void look_at_stages(struct inspection *in)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	char name[GV_NAME_MAX], path[512];

	list(in, in->s->root_fd, "staging", &entries);
	for (size_t i = 0; i < entries.n; i++) {
		struct gv_text t = gv_text_in(path, sizeof(path));

		if (!gv_stage_name(in->s, entries.items[i], name) || is_busy(in, name))
			continue;
		gv_text_format(&t, "staging/%s", entries.items[i]);
		report(in, GV_AMISS_LEFTOVER, in->s->root, path);
	}
}

static void look_at_trash(struct inspection *in)
{
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;

	list(in, in->s->root_fd, "trash", &entries);
	if (entries.n)
		report(in, GV_AMISS_LEFTOVER, in->s->root, "trash");
}

static void look_for_temps(struct inspection *in, const char *dir)
{
	GV_CLEANUP(gv_close) int fd = gv_open_dir(in->s->root_fd, dir);
	GV_CLEANUP(gv_list_release) struct gv_list entries = GV_LIST_INIT;
	bool root = strcmp(dir, ".") == 0;
	char path[512];

	if (fd < 0)
		return;
	list(in, fd, ".", &entries);
	for (size_t i = 0; i < entries.n; i++) {
		struct gv_text t = gv_text_in(path, sizeof(path));

		if (!gv_is_old_temp(fd, entries.items[i], GV_TEMP_OLD_S))
			continue;
		gv_text_format(&t, "%s%s%s", root ? "" : dir, root ? "" : "/",
			       entries.items[i]);
		report(in, GV_AMISS_LEFTOVER, in->s->root, path);
	}
}

static void look_at_temps(struct inspection *in)
{
	GV_CLEANUP(gv_list_release) struct gv_list dirs = GV_LIST_INIT;

	note_error(in, gv_temp_dirs(in->s, &dirs));
	for (size_t i = 0; i < dirs.n; i++)
		look_for_temps(in, dirs.items[i]);
}

/* Of tree, papers and link all three are there, or none. */
static void look_at_name(struct inspection *in, const char *name)
{
	const struct gv_store *s = in->s;
	struct gv_path link = gv_bin_path(name), wanted = gv_bin_target(name);
	int tree = gv_there(s->prefix_fd, gv_toolchain_path(name).s);
	int papers = gv_there(s->root_fd, gv_receipt_path(s, name).s);
	char target[sizeof(wanted.s)];
	int r = gv_read_link(s->prefix_fd, link.s, target, sizeof(target));
	bool ours = r >= 0 && strcmp(target, wanted.s) == 0;

	if (tree < 0 || papers < 0 || is_busy(in, name))
		return;
	if (tree != papers && tree)
		report(in, GV_AMISS_LEFTOVER, s->prefix, gv_toolchain_path(name).s);
	else if (tree != papers)
		report(in, GV_AMISS_LEFTOVER, s->root, gv_receipt_path(s, name).s);
	else if (tree && !ours && gv_store_denies(s, name) == 0)
		report(in, r == -ENOENT ? GV_AMISS_LINK : GV_AMISS_FOREIGN, s->prefix,
		       link.s);
	else if (ours && (!tree || gv_store_denies(s, name) == 1))
		report(in, GV_AMISS_LINK, s->prefix, link.s);
}

static void look_at_names(struct inspection *in)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;

	note_error(in, gv_list_names(in->s->prefix_fd, "toolchains", "", &names));
	note_error(in, gv_list_names(in->s->root_fd, gv_receipt_dir(in->s).s, ".json",
				     &names));
	note_error(in, gv_list_names(in->s->prefix_fd, "bin", "", &names));
	gv_list_sort(&names);
	for (size_t i = 0; i < names.n; i++)
		if (i == 0 || strcmp(names.items[i - 1], names.items[i]) != 0)
			look_at_name(in, names.items[i]);
}

int gv_store_inspect(const struct gv_store *s, gv_store_amiss *amiss, void *arg)
{
	struct inspection in = {.s = s, .amiss = amiss, .arg = arg};
	int r;

	if (s->prefix_fd < 0)
		return 0;
	look_at_stages(&in);
	look_at_trash(&in);
	look_at_names(&in);
	look_at_temps(&in);
	r = gv_pointers_look(s);
	if (r == 1)
		report(&in, GV_AMISS_POINTERS, s->prefix, "current");
	note_error(&in, r);
	return in.error;
}

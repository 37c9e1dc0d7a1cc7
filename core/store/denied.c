// SPDX-License-Identifier: Apache-2.0
#include "core/store/denied.h"

#include <errno.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/layout.h"

#define ENDING ".denied"

static struct gv_path mark_of(const char *name)
{
	struct gv_path path = gv_toolchain_path(name);
	struct gv_text t = gv_text_in(path.s, sizeof(path.s));

	gv_text_format(&t, "toolchains/%s" ENDING, name);
	return path;
}

static int save(struct gv_store *s, const char *name, const char *why, const char *end)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf line = GV_BUF_INIT(0);
	int r = gv_buf_format(&line, "%s%s", why, end);

	return r < 0 ? r
		     : gv_save_file(s->prefix_fd, mark_of(name).s, line.data, line.len,
				    0644 | GV_MODE_EXACT);
}

int gv_store_deny(struct gv_store *s, const char *name, const char *why,
		  struct gv_err *err)
{
	int r = save(s, name, why, "");

	/* From here on the shim refuses it. */
	if (r == 0)
		r = gv_bin_agree(s, name, true);
	return r < 0 ? gv_store_refused(s, r, "deny a toolchain", err) : 0;
}

void gv_store_denial_recorded(struct gv_store *s, const char *name, const char *why)
{
	(void)!save(s, name, why, "\n"); /* else it is recorded once more */
}

int gv_store_undeny(struct gv_store *s, const char *name, struct gv_err *err)
{
	int r = gv_remove_durably(s->prefix_fd, mark_of(name).s);

	if (r == 0 || r == -ENOENT)
		r = gv_store_look(s, name);
	if (r >= 0)
		r = gv_bin_agree(s, name, r == 1);
	return r < 0 ? gv_store_refused(s, r, "allow a toolchain", err) : 0;
}

int gv_store_denies(const struct gv_store *s, const char *name)
{
	return s->prefix_fd < 0 ? 0 : gv_there(s->prefix_fd, mark_of(name).s);
}

int gv_store_denial(const struct gv_store *s, const char *name, struct gv_buf *ret)
{
	int r = s->prefix_fd < 0 ? -ENOENT
				 : gv_read_file(s->prefix_fd, mark_of(name).s, ret);

	if (r < 0)
		return r;
	if (!ret->len || ret->data[ret->len - 1] != '\n')
		return 1;
	ret->data[--ret->len] = '\0';
	return 0;
}

int gv_store_denied(const struct gv_store *s, struct gv_list *ret)
{
	int r = s->prefix_fd < 0 ? 0
				 : gv_list_names(s->prefix_fd, "toolchains", ENDING, ret);

	return r == -ENOENT ? 0 : r;
}

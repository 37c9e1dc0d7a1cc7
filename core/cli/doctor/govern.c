// SPDX-License-Identifier: Apache-2.0
/* A newer govern further down PATH: a package brought it, and the store has its own
 * copy. */
#include "core/cli/doctor/doctor.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

enum { PROGRAM_MAX = 64 << 20, VERSION_MAX = 32 };

/* What a govern says of itself without being started. */
static bool read_version(const char *path, char ret[VERSION_MAX])
{
	GV_CLEANUP(gv_buf_release) struct gv_buf program = GV_BUF_INIT(PROGRAM_MAX);
	struct gv_text t = gv_text_in(ret, VERSION_MAX);
	const char *mark, *end;
	size_t n;

	if (gv_read_file(AT_FDCWD, path, &program) < 0 || !program.data)
		return false;
	mark = memmem(program.data, program.len, gv_version_mark, GV_VERSION_MARK_LEN);
	if (!mark)
		return false;
	mark += GV_VERSION_MARK_LEN;
	end = program.data + program.len;
	n = strspn(mark, "0123456789.abcdefghijklmnopqrstuvwxyz~+-");
	if (n == 0 || mark + n >= end || mark[n])
		return false;
	gv_text_add_n(&t, mark, n);
	return !t.cut;
}

static void look_at(struct gv_doctor *d, const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf word = GV_BUF_INIT(0);
	const char *ours = gv_version_mark + GV_VERSION_MARK_LEN;
	char version[VERSION_MAX];
	struct stat st, self;
	struct gv_err *f;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || access(path, X_OK) < 0 ||
	    (stat("/proc/self/exe", &self) == 0 && self.st_ino == st.st_ino &&
	     self.st_dev == st.st_dev) ||
	    !read_version(path, version) || strverscmp(version, ours) <= 0)
		return;
	f = gv_doctor_find(d, GV_CHECK_GOVERN_OLDER);
	gv_err_set(f, -GV_EFAILED, "'%s' is govern %s, and what runs is %s", path,
		   version, ours);
	gv_err_hint(f, "%s setup", gv_word(&word, path));
}

void gv_doctor_govern(struct gv_doctor *d)
{
	const char *at = getenv("PATH");
	char path[PATH_MAX];

	while (d->has_store && at && *at && !gv_doctor_has(d, GV_CHECK_GOVERN_OLDER)) {
		struct gv_text t = gv_text_in(path, sizeof(path));
		size_t n = strcspn(at, ":");

		gv_text_add_n(&t, at, n);
		gv_text_add(&t, "/govern");
		if (!t.cut && path[0] == '/')
			look_at(d, path);
		at += n + (at[n] == ':');
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/sample.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/modes.h"
#include "core/trust/dirhash.h"
#include "core/trust/manifest.h"

enum { SAMPLE = 64 };

struct sample {
	int tree_fd;
	struct timespec since; /* what was touched later is read */
	bool adopted;
	gv_finding *finding;
	void *arg;
};

static bool later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static int hash_file(int fd, uint8_t ret[GV_SHA256_BYTES])
{
	char chunk[64 * 1024];
	struct gv_sha256 h;
	ssize_t n;

	gv_sha256_init(&h);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			gv_sha256_add(&h, chunk, (size_t)n);
	}
	gv_sha256_done(&h, ret);
	return 0;
}

static bool is_as_recorded(const struct sample *s, const struct gv_manifest_file *file)
{
	GV_CLEANUP(gv_close)
	int fd = openat(s->tree_fd, file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint8_t digest[GV_SHA256_BYTES];

	return fd >= 0 && hash_file(fd, digest) == 0 &&
	       memcmp(digest, file->digest, sizeof(digest)) == 0;
}

static void look(const struct sample *s, const struct gv_manifest_file *file)
{
	struct stat st;

	if (fstatat(s->tree_fd, file->path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			s->finding(s->arg, GV_FINDING_MISSING, file->path);
		return; /* what may not be looked at is no finding */
	}
#ifndef GV_WITHOUT_SAMPLE /* tests/controls: being there is enough */
	if (!S_ISREG(st.st_mode) ||
	    (later(&st.st_ctim, &s->since) && !is_as_recorded(s, file)))
		s->finding(s->arg, GV_FINDING_CHANGED, file->path);
#endif
	if (st.st_mode & (S_IWOTH | S_ISUID | S_ISGID) ||
	    (!s->adopted && (st.st_mode & S_IWGRP ||
			     gv_mode_is_program(file->path) != !!(st.st_mode & S_IXUSR))))
		s->finding(s->arg, GV_FINDING_MODE, file->path);
}

/* The path in a line, which ends it; NULL: it has none. */
static const char *path_in(const char *line, const char *eol)
{
	const char *at = memchr(line, '@', (size_t)(eol - line));
	const char *slash = at ? memchr(at, '/', (size_t)(eol - at)) : NULL;

	return slash ? slash + 1 : NULL;
}

static bool is_always_looked_at(const char *path)
{
	return gv_after_prefix(path, "VERSION\n") || gv_after_prefix(path, "bin/") ||
	       gv_after_prefix(path, "pkg/tool/");
}

/* A path that leads out of the tree is in no manifest of ours. */
static bool leads_out(const char *path)
{
	return path[0] == '/' || gv_after_prefix(path, "../") || strstr(path, "/../");
}

/* Most of fifteen thousand lines are only counted. */
static int look_at_some(const struct sample *s, const struct gv_buf *manifest)
{
	const char *line = manifest->data, *end = line + manifest->len, *eol;
	size_t lines = 0, step, i = 0;
	struct gv_manifest_file file;

	for (const char *p = line; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	step = lines / SAMPLE + 1;
	for (; line < end; line = eol + 1) {
		const char *path, *at = line;

		eol = memchr(line, '\n', (size_t)(end - line));
		path = eol ? path_in(line, eol) : NULL;
		if (!path)
			return -GV_EFORMAT;
		if (i++ % step != 0 && !is_always_looked_at(path))
			continue;
		if (gv_manifest_next(&at, eol + 1, &file) <= 0 || leads_out(file.path))
			return -GV_EFORMAT;
		look(s, &file);
	}
	return lines == 0 ? -GV_EFORMAT : 0;
}

int gv_verify_sample(const struct gv_store *s, const char *name, bool adopted,
		     gv_finding *finding, void *arg, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf manifest = GV_BUF_INIT(GV_MANIFEST_MAX);
	GV_CLEANUP(gv_close) int tree_fd = gv_store_open_toolchain(s, name, err);
	struct sample sample = {
		.tree_fd = tree_fd, .adopted = adopted, .finding = finding, .arg = arg};
	int r = tree_fd < 0 ? tree_fd : gv_manifest_load(s, name, &manifest, err);

	if (r < 0)
		return r;
	r = gv_receipt_time(s, name, &sample.since);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read the receipt of %s", name);
	r = manifest.data ? look_at_some(&sample, &manifest) : -GV_EFORMAT;
	if (r < 0)
		gv_err_set(err, r, "the manifest of %s is damaged", name);
	return r;
}

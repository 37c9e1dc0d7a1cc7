// SPDX-License-Identifier: Apache-2.0
#include "core/worker/unpacker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/worker/unpack/answer.h"

_Static_assert(sizeof(struct gv_unpack_answer) <= PIPE_BUF, "an answer is one write");

enum { PIPE_BYTES = 1 << 20 }; /* of archive that may wait for the child */

struct gv_unpacker {
	struct gv_child child;
	int archive_fd; /* the child reads the other end; -1: closed */
	int answer_fd;
	bool answered;
	int result; /* 0 or err.code, once answered */
	struct gv_unpacked unpacked;
	struct gv_err err;
};

/* `prefix` "": no argument. */
static int start_child(struct gv_unpacker *u, const char *libexec, char *kind,
		       char *prefix, const struct gv_child_fd fds[3])
{
	char program[PATH_MAX];
	struct gv_text p = gv_text_in(program, sizeof(program));
	char *argv[] = {program, kind, *prefix ? prefix : NULL, NULL};
	char *envp[] = {NULL};
	struct gv_child_spec spec = {
		.program = program,
		.argv = argv,
		.envp = envp,
		.fds = fds,
		.n_fds = 3,
	};

	gv_text_format(&p, "%s/unpack", libexec);
	return p.cut ? -ENAMETOOLONG : gv_child_start(&spec, &u->child);
}

static int start(const char *libexec, char *kind, char *prefix, int tree_fd,
		 struct gv_unpacker **ret, struct gv_err *err)
{
	int archive[2] = {-1, -1}, answer[2] = {-1, -1};
	struct gv_unpacker *u = calloc(1, sizeof(*u));
	int r;

	if (!u)
		return gv_err_set(err, -ENOMEM, "cannot start the unpacker");
	u->archive_fd = u->answer_fd = -1;
	if (pipe2(archive, O_CLOEXEC) < 0 || pipe2(answer, O_CLOEXEC) < 0) {
		r = -errno;
		goto out;
	}
	/* More room means fewer turns; over the user's limit it stays as it is. */
	(void)fcntl(archive[1], F_SETPIPE_SZ, PIPE_BYTES);
	r = start_child(u, libexec, kind, prefix,
			(struct gv_child_fd[]){{archive[0], GV_UNPACK_ARCHIVE_FD},
					       {tree_fd, GV_UNPACK_TREE_FD},
					       {answer[1], GV_UNPACK_ANSWER_FD}});
	if (r < 0)
		goto out;
	u->archive_fd = archive[1];
	u->answer_fd = answer[0];
	archive[1] = answer[0] = -1;
	*ret = u;
	u = NULL;
out:
	gv_close(&archive[0]);
	gv_close(&archive[1]);
	gv_close(&answer[0]);
	gv_close(&answer[1]);
	free(u);
	return r < 0 ? gv_err_sys(err, r, "cannot start '%s/unpack'", libexec) : 0;
}

int gv_unpacker_start(const struct gv_unpack *what, struct gv_unpacker **ret,
		      struct gv_err *err)
{
	static const char *const kinds[] = {
		[GV_ARCHIVE_TAR_GZ] = "tar.gz",
		[GV_ARCHIVE_MODULE_ZIP] = "module-zip",
		[GV_ARCHIVE_ZIP] = "zip",
	};
	char kind[16], prefix[256];
	struct gv_text k = gv_text_in(kind, sizeof(kind));
	struct gv_text x = gv_text_in(prefix, sizeof(prefix));

	gv_text_add(&k, kinds[what->kind]);
	if (what->kind == GV_ARCHIVE_MODULE_ZIP)
		gv_text_format(&x, "golang.org/toolchain@v0.0.1-%s.%s/", what->version,
			       what->platform);
	else
		gv_text_add(&x, "go/");
	if (x.cut)
		return gv_err_sys(err, -ENAMETOOLONG, "cannot start '%s/unpack'",
				  what->libexec);
	return start(what->libexec, kind, prefix, what->tree_fd, ret, err);
}

int gv_packer_start(const char *libexec, int to, struct gv_unpacker **ret,
		    struct gv_err *err)
{
	char kind[] = "gzip", prefix[] = "";

	return start(libexec, kind, prefix, to, ret, err);
}

/* Bytes of the answer that came before the child closed its end, or an error. */
static ssize_t read_answer(int fd, struct gv_unpack_answer *ret)
{
	size_t n = 0;

	while (n < sizeof(*ret)) {
		ssize_t got = read(fd, (char *)ret + n, sizeof(*ret) - n);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got < 0 && gv_interrupted())
			return -GV_EINTERRUPTED;
		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
	}
	return (ssize_t)n;
}

static int explain_death(int status, struct gv_err *err)
{
	if (gv_interrupted())
		return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	if (status == 256 + SIGXCPU)
		return gv_err_set(
			err, -GV_EVERIFY,
			"the archive takes more processor time than any toolchain");
	if (status >= 256)
		return gv_err_set(err, -GV_EFAILED, "the unpacker died of signal %d",
				  status - 256);
	return gv_err_set(err, -GV_EFAILED, "the unpacker left with status %d", status);
}

/* Nothing of the answer is believed but that it is one of these. */
static int take_answer(struct gv_unpack_answer *a, struct gv_unpacked *ret,
		       struct gv_err *err)
{
	a->sentence[sizeof(a->sentence) - 1] = '\0';
	switch (a->verdict) {
	case GV_UNPACK_DONE:
		*ret = (struct gv_unpacked){.entries = a->entries,
					    .bytes = a->bytes,
					    .confined = a->confined == 1};
		return 0;
	case GV_UNPACK_REFUSED:
		return gv_err_set(err, -GV_EVERIFY, "%s", a->sentence);
	case GV_UNPACK_FAILED:
		if (a->error > 0 && a->error < GV_EFAILED)
			return gv_err_sys(err, -(int)a->error, "%s", a->sentence);
		break;
	default:
		break;
	}
	return gv_err_set(err, -GV_EFAILED,
			  "the unpacker gave an answer that makes no sense");
}

/* The archive is at its end, or the child has stopped reading: its last word. */
static int collect(struct gv_unpacker *u)
{
	struct gv_unpack_answer answer;
	ssize_t n;
	int status, r;

	if (u->answered)
		return u->result;
	gv_close(&u->archive_fd);
	n = read_answer(u->answer_fd, &answer);
	if (n == -GV_EINTERRUPTED) {
		gv_child_kill(&u->child);
		r = gv_err_set(&u->err, -GV_EINTERRUPTED, "interrupted");
	} else {
		r = gv_child_wait(&u->child, &status);
		if (r < 0)
			r = gv_err_sys(&u->err, r, "cannot wait for the unpacker");
		else if (n != (ssize_t)sizeof(answer))
			r = explain_death(status, &u->err);
		else
			r = take_answer(&answer, &u->unpacked, &u->err);
	}
	u->answered = true;
	u->result = r;
	return r;
}

int gv_unpacker_write(struct gv_unpacker *u, const void *data, size_t n,
		      struct gv_err *err)
{
	const char *at = data;

	while (n > 0 && !u->answered) {
		ssize_t put = write(u->archive_fd, at, n);

		if (put >= 0) {
			at += put;
			n -= (size_t)put;
			continue;
		}
		if (errno == EINTR && !gv_interrupted())
			continue;
		if (errno == EINTR)
			return gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
		if (errno != EPIPE)
			return gv_err_sys(err, -errno, "cannot write to the unpacker");
		(void)collect(u); /* looked at below */
	}
	if (n == 0)
		return 0;
	if (u->result == 0)
		return gv_err_set(err, -GV_EVERIFY, "the archive goes on after its end");
	*err = u->err;
	return u->result;
}

int gv_unpacker_finish(struct gv_unpacker *u, struct gv_unpacked *ret, struct gv_err *err)
{
	int r = collect(u);

	if (r < 0) {
		*err = u->err;
		return r;
	}
	*ret = u->unpacked;
	return 0;
}

void gv_unpacker_close(struct gv_unpacker *u)
{
	if (!u)
		return;
	gv_close(&u->archive_fd);
	gv_child_kill(&u->child);
	gv_close(&u->answer_fd);
	free(u);
}

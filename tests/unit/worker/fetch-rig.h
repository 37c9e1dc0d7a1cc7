// SPDX-License-Identifier: Apache-2.0
/*
 * A server that misbehaves (tests/server/loopback.py) and a fetcher to ask it, for the
 * tests beside this file.  Each program has one server at a time.
 */
#ifndef TESTS_UNIT_WORKER_FETCH_RIG_H
#define TESTS_UNIT_WORKER_FETCH_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/worker/fetcher.h"
#include "tests/unit/scratch.h"

struct rig {
	char dir[256]; /* "files" is served, "log" is the server's */
	char libexec[4096];
	pid_t server;
	int leash; /* the server ends when this is closed */
	char port[16];
	const char *scheme;
};

static struct rig rig;

static inline void rig_path(char *ret, size_t cap, const char *name)
{
	assert_true((size_t)snprintf(ret, cap, "%s/%s", rig.dir, name) < cap);
}

static inline void rig_write(const char *name, const void *data, size_t n)
{
	char path[512];

	rig_path(path, sizeof(path), name);
	assert_int_equal(gv_save_file(AT_FDCWD, path, data, n, 0600), 0);
}

/* The file 300,000 bytes long that most tests ask for. */
enum { RIG_SIZE = 300000 };

static inline const unsigned char *rig_content(void)
{
	static unsigned char content[RIG_SIZE];
	static bool filled;
	uint32_t x = 1;

	for (size_t i = 0; !filled && i < sizeof(content); i++) {
		x = x * 1664525U + 1013904223U;
		content[i] = (unsigned char)(x >> 24);
	}
	filled = true;
	return content;
}

static inline void rig_make(void)
{
	char path[512];
	ssize_t n;
	int up = 4; /* <B>/tests/unit/worker/test-x */

	assert_non_null(make_scratch(rig.dir, sizeof(rig.dir)));
	rig_path(path, sizeof(path), "files");
	assert_int_equal(mkdir(path, 0700), 0);
	rig_write("files/a.zip", rig_content(), RIG_SIZE);
	rig_write("files/list", "v1\nv2\n", 6);
	rig_write("files/empty", "", 0);

	n = readlink("/proc/self/exe", rig.libexec, sizeof(rig.libexec) - 32);
	assert_true(n > 0);
	rig.libexec[n] = '\0';
	while (up-- > 0)
		*strrchr(rig.libexec, '/') = '\0';
	strcat(rig.libexec, "/libexec/govern");
}

/* `more` are options of the server; NULL-terminated. */
static inline void rig_start(const char *scheme, const char *const *more)
{
	char files[512], port[512], log[512];
	const char *argv[32] = {"python3",     "tests/server/loopback.py",
				"--dir",       files,
				"--port-file", port,
				"--log",       log};
	struct gv_buf text = GV_BUF_INIT(sizeof(rig.port) - 1);
	int pipe_fds[2], n = 8;

	rig_path(files, sizeof(files), "files");
	rig_path(port, sizeof(port), "port");
	rig_path(log, sizeof(log), "log");
	(void)unlink(port);
	while (more && *more)
		argv[n++] = *more++;
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	rig.server = fork();
	if (rig.server == 0) {
		dup2(pipe_fds[0], 0);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipe_fds[0]);
	rig.leash = pipe_fds[1];
	while (access(port, R_OK) != 0 && waitpid(rig.server, NULL, WNOHANG) == 0)
		usleep(10000);
	assert_int_equal(gv_read_file(AT_FDCWD, port, &text), 0);
	snprintf(rig.port, sizeof(rig.port), "%d", atoi(text.data));
	gv_buf_release(&text);
	rig.scheme = scheme;
}

static inline void rig_stop(void)
{
	close(rig.leash);
	(void)waitpid(rig.server, NULL, 0);
}

static inline void rig_remove(void)
{
	char command[600];

	snprintf(command, sizeof(command), "rm -rf '%s'", rig.dir);
	assert_int_equal(system(command), 0);
}

/* The lines that the server logged since the last call with `clear`. */
static inline char *rig_log(void)
{
	static struct gv_buf text;
	char path[512];

	rig_path(path, sizeof(path), "log");
	gv_buf_clear(&text);
	(void)!gv_read_file(AT_FDCWD, path, &text);
	return text.data ? text.data : "";
}

static inline void rig_forget(void)
{
	char path[512];

	rig_path(path, sizeof(path), "log");
	(void)unlink(path);
}

static inline int rig_requests(void)
{
	int n = 0;

	for (const char *s = rig_log(); (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

/* What came, and how. */
struct got {
	int r;
	struct gv_err err;
	struct gv_fetched info;
	struct gv_buf body;
	uint64_t total;
	int restarts;
	double seconds;
};

static inline int got_data(void *arg, const void *data, size_t n)
{
	return gv_buf_add(&((struct got *)arg)->body, data, n);
}

static inline int got_restart(void *arg)
{
	struct got *got = arg;

	got->restarts++;
	gv_buf_clear(&got->body);
	return 0;
}

static inline void got_size(void *arg, uint64_t total)
{
	((struct got *)arg)->total = total;
}

/* Longer than any machine makes the server wait for its turn. */
enum { RIG_PATIENCE = 600 };

static struct gv_net rig_net = {
	.connect_timeout = RIG_PATIENCE,
	.low_speed_limit = 1024,
	.low_speed_time = RIG_PATIENCE,
	.retries = 2,
	.max_redirects = 3,
};

static struct gv_fetcher *rig_fetcher;

static inline void rig_open(void)
{
	struct gv_err err = GV_ERR_INIT;

	assert_int_equal(gv_fetcher_open(rig.libexec, &rig_net, &rig_fetcher, &err), 0);
}

static inline void rig_close(void)
{
	gv_fetcher_close(rig_fetcher);
	rig_fetcher = NULL;
}

/* `what` may have anything but url, sink and the like; `path` begins with '/', or is a
 * whole URL. */
static inline struct got *rig_ask(const char *path, struct gv_fetch what)
{
	static struct got got;
	char url[3000];
	int64_t begin = gv_clock_ms();

	if (path[0] == '/')
		snprintf(url, sizeof(url), "%s://127.0.0.1:%s%s", rig.scheme, rig.port,
			 path);
	else
		snprintf(url, sizeof(url), "%s", path);
	gv_buf_release(&got.body);
	got = (struct got){.body = GV_BUF_INIT(64 << 20)};
	if (what.offset) /* the sink has these already */
		gv_buf_add(&got.body, rig_content(), what.offset);
	what.url = url;
	if (!what.max)
		what.max = 1 << 20;
	what.allow_http = true;
	what.sink = got_data;
	what.restart = got_restart;
	what.size = got_size;
	what.arg = &got;
	got.r = gv_fetcher_get(rig_fetcher, &what, &got.info, &got.err);
	got.seconds = (double)(gv_clock_ms() - begin) / 1000;
	return &got;
}

static inline struct got *rig_get(const char *path)
{
	return rig_ask(path, (struct gv_fetch){0});
}

/* Exactly the file. */
static inline void is_whole(const struct got *g)
{
	if (g->r)
		print_error("%s\n", g->err.message);
	assert_int_equal(g->r, 0);
	assert_int_equal(g->body.len, RIG_SIZE);
	assert_memory_equal(g->body.data, rig_content(), RIG_SIZE);
}

static inline void is_refused(const struct got *g, int code, const char *why)
{
	assert_int_equal(g->r, code);
	assert_int_equal(g->err.code, code);
	if (!strstr(g->err.message, why)) {
		print_error("'%s' does not say '%s'\n", g->err.message, why);
		fail();
	}
}

#endif

// SPDX-License-Identifier: Apache-2.0
/*
 * A world for the pipeline: a site with toolchains and a checksum database
 * (tests/tools/), a store, a cache and the settings, all below one directory that goes
 * away.  Nothing in it needs a network; `serve` starts a server on loopback.
 */
#ifndef TESTS_INSTALL_FIXTURE_H
#define TESTS_INSTALL_FIXTURE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/tree.h"
#include "core/install/install.h"
#include "tests/unit/scratch.h"

#define PLATFORM "linux-amd64"

struct world {
	char dir[512];
	char build[PATH_MAX / 4]; /* $B */
	char libexec[PATH_MAX];
	char goproxy[PATH_MAX];
	struct gv_store store;
	struct gv_config config;
	struct gv_sumdb_setting sumdb;
	struct gv_install in;
	struct gv_err err; /* of the last call */
	pid_t server;
	unsigned port;
	char talk[8192]; /* what the last call said */
};

__attribute__((format(printf, 2, 3))) static inline int sh(const struct world *w,
							   const char *fmt, ...)
{
	char script[8192], command[16384];
	va_list ap;
	int r;

	va_start(ap, fmt);
	vsnprintf(script, sizeof(script), fmt, ap);
	va_end(ap);
	snprintf(command, sizeof(command), "set -e; D='%s'; S=$D/site; B='%s'; %s",
		 w->dir, w->build, script);
	r = system(command);
	return WIFEXITED(r) ? WEXITSTATUS(r) : 256;
}

/* One toolchain more on the site, with options of mktoolchain.py; the log follows. */
static inline void make(const struct world *w, const char *version, const char *options)
{
	assert_int_equal(
		sh(w, "tests/tools/mktoolchain.py %s $S %s >/dev/null", options, version),
		0);
	assert_int_equal(sh(w, "$B/tests/tools/mklog -f 300 $S <$S/hashes >/dev/null"),
			 0);
}

static inline void set(struct world *w, enum gv_setting_id id, const char *value)
{
	free(w->config.settings[id].value);
	w->config.settings[id].value = strdup(value);
}

__attribute__((format(printf, 2, 3))) static inline void proxy(struct world *w,
							       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->goproxy, sizeof(w->goproxy), fmt, ap);
	va_end(ap);
	w->in.goproxy = w->goproxy;
}

/* "" is the site's log by way of the proxies; else what follows the key: " http://…". */
static inline void log_at(struct world *w, const char *where)
{
	struct gv_buf text = GV_BUF_INIT(4096);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/site/sumdb/sum.test.example.key", w->dir);
	assert_int_equal(gv_read_file(AT_FDCWD, path, &text), 0);
	gv_buf_add_str(&text, where);
	assert_int_equal(gv_sumdb_setting_parse(text.data, &w->sumdb, &w->err), 0);
	gv_buf_release(&text);
}

static inline void collect(void *arg, const char *line)
{
	struct world *w = arg;
	size_t n = strlen(w->talk);

	snprintf(w->talk + n, sizeof(w->talk) - n, "%s\n", line);
}

static inline int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char path[PATH_MAX], *slash;
	ssize_t n;

	assert_non_null(w);
	assert_non_null(make_scratch(w->dir, sizeof(w->dir)));
	/* $B/tests/unit/install/test-x */
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	assert_true(n > 0);
	path[n] = '\0';
	for (int i = 0; i < 4; i++) {
		slash = strrchr(path, '/');
		assert_non_null(slash);
		*slash = '\0';
	}
	assert_true(strlen(path) < sizeof(w->build));
	strcpy(w->build, path);
	snprintf(w->libexec, sizeof(w->libexec), "%s/libexec/govern", w->build);
	snprintf(path, sizeof(path), "%s/store", w->dir);
	assert_int_equal(
		gv_store_open(path, PLATFORM, GV_STORE_CREATE, &w->store, &w->err), 0);
	assert_int_equal(gv_config_load(path, &w->config, &w->err), 0);
	set(w, GV_SET_NET_RETRIES, "0");
	set(w, GV_SET_NET_CONNECT_TIMEOUT, "2");
	set(w, GV_SET_SOURCES_ORDER, "goproxy");
	assert_int_equal(sh(w, "mkdir $S $D/cache"), 0);
	make(w, "go1.22.5", "");
	w->in = (struct gv_install){
		.store = &w->store,
		.config = &w->config,
		.libexec = w->libexec,
		.minimum = GV_TRUST_PROVEN,
		.sumdb = &w->sumdb,
		.talk = collect,
		.talk_arg = w,
	};
	snprintf(path, sizeof(path), "%s/cache", w->dir);
	w->in.cache_dir = gv_open_dir(AT_FDCWD, path);
	assert_true(w->in.cache_dir >= 0);
	proxy(w, "file://%s/site", w->dir);
	log_at(w, "");
	*state = w;
	return 0;
}

static inline void stop(struct world *w)
{
	if (w->server > 0) {
		kill(w->server, SIGTERM);
		waitpid(w->server, NULL, 0);
	}
	w->server = 0;
}

static inline int tear_down(void **state)
{
	struct world *w = *state;

	stop(w);
	gv_store_close(&w->store);
	gv_config_release(&w->config);
	close(w->in.cache_dir);
	assert_int_equal(gv_tree_remove(AT_FDCWD, w->dir), 0);
	free(w);
	return 0;
}

/* tests/tools/serve.py on the site, with options; w->port is set. */
static inline void serve(struct world *w, const char *options)
{
	char command[PATH_MAX * 2], path[PATH_MAX];
	struct gv_buf text = GV_BUF_INIT(64);

	stop(w);
	snprintf(path, sizeof(path), "%s/port", w->dir);
	unlink(path);
	snprintf(command, sizeof(command),
		 "exec tests/tools/serve.py --log %s/requests %s %s/site %s", w->dir,
		 options, w->dir, path);
	w->server = fork();
	assert_true(w->server >= 0);
	if (w->server == 0) {
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (gv_read_file(AT_FDCWD, path, &text) < 0 &&
	       waitpid(w->server, NULL, WNOHANG) == 0)
		usleep(10000);
	assert_non_null(text.data);
	w->port = (unsigned)atoi(text.data);
	gv_buf_release(&text);
}

static inline int install(struct world *w, const char *name, struct gv_installed *ret)
{
	struct gv_version v;
	int r;

	assert_int_equal(gv_version_parse(name, strlen(name), &v), 0);
	w->err = GV_ERR_INIT;
	w->talk[0] = '\0';
	r = gv_install_one(&w->in, &v, ret, &w->err);
	if (r < 0)
		assert_true(w->err.message[0] != '\0');
	if (getenv("SHOW"))
		printf("# %s: %d %s\n%s", name, r, w->err.message, w->talk);
	return r;
}

static inline void installs(struct world *w, const char *name, enum gv_trust trust)
{
	struct gv_installed done;
	int r = install(w, name, &done);

	if (r != 0)
		print_message("# %s\n", w->err.message);
	assert_int_equal(r, 0);
	assert_int_equal(done.trust, trust);
	assert_string_equal(done.name, name);
	assert_true(gv_store_has(&w->store, name));
}

/* Fails with `code`, and leaves nothing: no toolchain, no stage. */
static inline void refuses(struct world *w, const char *name, int code)
{
	struct gv_installed done;
	int r = install(w, name, &done);

	if (r != code)
		print_message("# %d %s\n", r, w->err.message);
	assert_int_equal(r, code);
	assert_int_equal(w->err.code, code);
	assert_false(gv_store_has(&w->store, name));
	assert_int_equal(sh(w, "test -z \"$(ls $D/store/staging)\""), 0);
}

#define TREE "$D/store/linux-amd64/toolchains/go1.22.5"

#endif

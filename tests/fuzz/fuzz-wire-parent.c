// SPDX-License-Identifier: Apache-2.0
/*
 * What a `fetch` child says, as the parent takes it: whatever that is, no more than the
 * cap reaches the sink, in order, and a success is whole.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* With its insides: a fetcher whose child is the input. */
#include "core/worker/fetcher.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 4096 };

struct got {
	uint64_t bytes, total;
	bool sized;
};

static void check(bool holds)
{
	if (!holds)
		abort();
}

static int sink(void *arg, const void *bytes, size_t n)
{
	struct got *g = arg;

	check(bytes != NULL && n > 0);
	g->bytes += n;
	check(g->bytes <= CAP);
	return 0;
}

static int restart(void *arg)
{
	((struct got *)arg)->bytes = 0;
	return 0;
}

static void sized(void *arg, uint64_t total)
{
	struct got *g = arg;

	check(total <= CAP);
	g->total = total;
	g->sized = true;
}

static void run(struct gv_fetcher *f, uint64_t offset)
{
	struct got got = {.bytes = offset};
	struct gv_fetch what = {
		.url = "https://example.org/x",
		.max = CAP,
		.etag = offset ? NULL : "\"1\"",
		.offset = offset,
		.sink = sink,
		.restart = restart,
		.size = sized,
		.arg = &got,
	};
	struct gv_err err = GV_ERR_INIT;
	struct gv_fetched info;

	if (gv_fetcher_get(f, &what, &info, &err) < 0) {
		check(err.code < 0 && err.message[0]);
		check(!strpbrk(err.message, "\n\r\t\x1b"));
		return;
	}
	check(memchr(info.etag, '\0', sizeof(info.etag)) != NULL);
	check(memchr(info.url, '\0', sizeof(info.url)) != NULL);
	check(info.not_modified || got.sized);
	check(info.not_modified || got.total == 0 || got.bytes == got.total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_fetcher f = {.program = (char *)(uintptr_t) "fetch",
			       .net = {.retries = 2, .max_redirects = 5},
			       .fd = -1};
	struct gv_err err = GV_ERR_INIT;
	int pair[2];

	if (size < 1 || size > 100000) /* a socket takes that much without a reader */
		return 0;
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	f.fd = pair[0];
	check(gv_wire_reader_new(f.fd, &f.reader) == 0);
	check(write(pair[1], data + 1, size - 1) == (ssize_t)size - 1);
	check(shutdown(pair[1], SHUT_WR) == 0);
	/* The first byte: which of both comes, a HELLO too or not, one request or two. */
	if ((data[0] & 1) == 0 || read_hello(&f, &err) == 0) {
		run(&f, data[0] & 2 ? 100 : 0);
		if (f.fd >= 0 && data[0] & 4)
			run(&f, 0);
	}
	gv_close(&f.fd);
	gv_wire_reader_free(f.reader);
	close(pair[1]);
	return 0;
}

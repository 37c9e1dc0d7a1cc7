// SPDX-License-Identifier: Apache-2.0
/*
 * What a parent says, as the `fetch` child takes it.  The parent is trusted; a build that
 * does not match it is not.
 */
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* With its insides, and with a transfer that asks nobody. */
#define main fetch_main
#include "core/worker/fetch/main.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int gv_transfer_run(struct gv_handle *h, const struct gv_wire_request *want, int out)
{
	(void)h;
	if (out != PARENT || !memchr(want->url, '\0', sizeof(want->url)) ||
	    !memchr(want->etag, '\0', sizeof(want->etag)) ||
	    !memchr(want->last_modified, '\0', sizeof(want->last_modified)) ||
	    !memchr(want->validator, '\0', sizeof(want->validator)))
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_handle none = {0};
	int pair[2], saved;

	if (size > 100000) /* a socket takes that much without a reader */
		return 0;
	saved = dup(PARENT); /* whoever has it now; -1: nobody */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    write(pair[1], data, size) != (ssize_t)size ||
	    shutdown(pair[1], SHUT_WR) < 0 ||
	    (pair[0] != PARENT && dup2(pair[0], PARENT) < 0))
		abort();
	(void)serve(&none); /* -EPROTO or the end: both are right */
	if (pair[0] != PARENT)
		close(pair[0]);
	close(pair[1]);
	if (saved >= 0) {
		if (dup2(saved, PARENT) < 0)
			abort();
		close(saved);
	} else {
		close(PARENT);
	}
	return 0;
}

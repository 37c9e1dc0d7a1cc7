// SPDX-License-Identifier: Apache-2.0
#include "core/worker/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "core/base/err.h"
#include "core/base/interrupt.h"

struct prefix {
	uint32_t type;
	uint32_t size;
};

struct gv_wire_reader {
	int fd;
	size_t from, to; /* what is in buf and was not handed out */
	char buf[2 * (sizeof(struct prefix) + GV_WIRE_MAX)];
};

int gv_wire_send(int fd, enum gv_wire_type type, const void *data, size_t n)
{
	struct prefix prefix = {.type = type, .size = (uint32_t)n};
	struct iovec parts[2] = {
		{.iov_base = &prefix, .iov_len = sizeof(prefix)},
		{.iov_base = (void *)(uintptr_t)data, .iov_len = n},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	if (n > GV_WIRE_MAX)
		return -EMSGSIZE;
	while (parts[0].iov_len + parts[1].iov_len > 0) {
		ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
		size_t left;

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		left = (size_t)sent;
		for (size_t i = 0; i < 2; i++) {
			size_t part = left < parts[i].iov_len ? left : parts[i].iov_len;

			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			left -= part;
		}
	}
	return 0;
}

int gv_wire_reader_new(int fd, struct gv_wire_reader **ret)
{
	struct gv_wire_reader *r = malloc(sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->fd = fd;
	r->from = r->to = 0;
	*ret = r;
	return 0;
}

void gv_wire_reader_free(struct gv_wire_reader *r)
{
	free(r);
}

/* 1: there is more in the buffer; 0: the stream is at its end. */
static int fill(struct gv_wire_reader *r)
{
	struct pollfd fds[2] = {
		{.fd = r->fd, .events = POLLIN},
		{.fd = gv_interrupt_fd(), .events = POLLIN},
	};
	ssize_t n;

	if (r->from > 0) {
		memmove(r->buf, r->buf + r->from, r->to - r->from);
		r->to -= r->from;
		r->from = 0;
	}
	for (;;) {
		if (gv_interrupted())
			return -GV_EINTERRUPTED;
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (fds[1].revents)
			continue;
		n = recv(r->fd, r->buf + r->to, sizeof(r->buf) - r->to, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != ECONNRESET) /* the other side died: the end */
			return -errno;
		if (n <= 0)
			return 0;
		r->to += (size_t)n;
		return 1;
	}
}

int gv_wire_receive(struct gv_wire_reader *r, struct gv_wire_message *ret)
{
	for (;;) {
		size_t have = r->to - r->from;
		struct prefix prefix;
		int n;

		if (have >= sizeof(prefix)) {
			memcpy(&prefix, r->buf + r->from, sizeof(prefix));
			if (prefix.size > GV_WIRE_MAX || prefix.type < GV_WIRE_HELLO ||
			    prefix.type > GV_WIRE_FAILED)
				return -EPROTO;
			if (have - sizeof(prefix) >= prefix.size) {
				ret->type = prefix.type;
				ret->data = r->buf + r->from + sizeof(prefix);
				ret->size = prefix.size;
				r->from += sizeof(prefix) + prefix.size;
				return 1;
			}
		}
		n = fill(r);
		if (n < 0)
			return n;
		if (n == 0)
			return have > 0 ? -EPROTO : 0;
	}
}

int gv_wire_copy(const struct gv_wire_message *m, void *ret, size_t size)
{
	if (m->size != size)
		return -EPROTO;
	memcpy(ret, m->data, size);
	return 0;
}

bool gv_wire_is_string(const char *array, size_t size)
{
	return memchr(array, '\0', size) != NULL;
}

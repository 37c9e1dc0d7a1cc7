// SPDX-License-Identifier: Apache-2.0
#include "core/base/journald.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/base/buf.h"
#include "core/base/file.h"

/* NAME=value, or, for a value of several lines, its length (little-endian) before it. */
static void add(struct gv_buf *b, const struct gv_journald_field *f)
{
	size_t n = strlen(f->value);
	uint8_t length[8];

	gv_buf_add_str(b, f->name);
	if (!memchr(f->value, '\n', n)) {
		gv_buf_add(b, "=", 1);
	} else {
		for (size_t i = 0; i < sizeof(length); i++)
			length[i] = (uint8_t)((uint64_t)n >> (8 * i));
		gv_buf_add(b, "\n", 1);
		gv_buf_add(b, length, sizeof(length));
	}
	gv_buf_add(b, f->value, n);
	gv_buf_add(b, "\n", 1);
}

int gv_journald_send(const char *socket_name, const struct gv_journald_field *fields,
		     size_t n)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf entry = GV_BUF_INIT(0);
	GV_CLEANUP(gv_close) int fd = -1;
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(socket_name) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, socket_name, strlen(socket_name) + 1);
	for (size_t i = 0; i < n; i++)
		if (fields[i].value && fields[i].value[0])
			add(&entry, &fields[i]);
	if (gv_buf_error(&entry) < 0)
		return gv_buf_error(&entry);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (sendto(fd, entry.data, entry.len, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

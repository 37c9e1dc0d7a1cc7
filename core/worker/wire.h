// SPDX-License-Identifier: Apache-2.0
/*
 * What the parent and its `fetch` child say to each other over one Unix stream socket.
 * Both come from one build and run on one machine: messages are a small head and a C
 * struct, or bytes.  The parent trusts the child with nothing all the same: sizes,
 * strings and the order of messages are checked, and whatever does not fit ends the
 * child.
 *
 *	child:   HELLO                       once, when it is confined
 *	parent:  REQUEST
 *	child:   ( RESTART | HEAD | DATA )*  END
 *	         ( RESTART | HEAD | DATA )*  FAILED
 *
 * HEAD comes before the first DATA, and again after each RESTART.
 */
#ifndef GV_WORKER_WIRE_H
#define GV_WORKER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

enum gv_wire_type {
	GV_WIRE_HELLO = 1, /* struct gv_wire_hello */
	GV_WIRE_REQUEST,   /* struct gv_wire_request */
	GV_WIRE_HEAD,	   /* struct gv_wire_head */
	GV_WIRE_DATA,	   /* 1 to GV_WIRE_MAX bytes of body */
	GV_WIRE_RESTART,   /* nothing */
	GV_WIRE_END,	   /* nothing */
	GV_WIRE_FAILED,	   /* struct gv_wire_failed */
};

#define GV_WIRE_MAX  (64U * 1024)
#define GV_WIRE_URL  2048
#define GV_WIRE_ETAG 256
#define GV_WIRE_DATE 64

struct gv_wire_hello {
	char version[32]; /* GV_VERSION of the child */
	int32_t landlock; /* ABI in force, 0: none */
};

/* Strings end with a NUL; "" stands for none. */
struct gv_wire_request {
	uint64_t max;	 /* bytes of the whole body */
	uint64_t offset; /* the first byte that is wanted */
	uint32_t connect_timeout, low_speed_limit, low_speed_time;
	uint32_t retries, max_redirects;
	uint8_t allow_http;
	char url[GV_WIRE_URL];
	char etag[GV_WIRE_ETAG];
	char last_modified[GV_WIRE_DATE];
	char validator[GV_WIRE_ETAG];
};

struct gv_wire_head {
	uint64_t total;	 /* bytes of the whole body; 0: not known */
	uint32_t status; /* 200, 206, 304 */
	char etag[GV_WIRE_ETAG];
	char last_modified[GV_WIRE_DATE];
	char url[GV_WIRE_URL];
};

struct gv_wire_failed {
	int32_t code; /* -GV_EGONE, -GV_EREMOTE or -GV_EFAILED */
	char message[1024];
	char hint[512];
};

/* 0, or -errno: -EPIPE when the other side is gone (no SIGPIPE). */
int gv_wire_send(int fd, enum gv_wire_type type, const void *data, size_t n) GV_MUST;

struct gv_wire_reader;

int gv_wire_reader_new(int fd, struct gv_wire_reader **ret) GV_MUST GV_NONNULL(2);
void gv_wire_reader_free(struct gv_wire_reader *r);

struct gv_wire_message {
	enum gv_wire_type type;
	const void *data; /* in the reader, until the next call; not aligned */
	size_t size;
};

/* 1 and a message, 0 at the end of the stream, -EPROTO for what cannot be a message (the
 * end inside one too), -GV_EINTERRUPTED, -errno. */
int gv_wire_receive(struct gv_wire_reader *r, struct gv_wire_message *ret)
	GV_MUST GV_NONNULL(1, 2);
/* Copies the message into a struct of exactly its size, else -EPROTO. */
int gv_wire_copy(const struct gv_wire_message *m, void *ret, size_t size)
	GV_MUST GV_NONNULL(1, 2);
/* Whether there is a NUL in the array. */
bool gv_wire_is_string(const char *array, size_t size) GV_MUST GV_NONNULL(1);

#endif

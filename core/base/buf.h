// SPDX-License-Identifier: Apache-2.0
/*
 * Bytes on the heap that grow up to a stated limit, and lists of strings.  Not for the
 * shim.
 *
 *	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(64 * 1024);
 *	r = gv_read_file(dirfd, "name", &b);
 *
 * A buffer remembers its first error (-ENOMEM, or -EFBIG past the limit): a series of
 * additions is checked once, by gv_buf_error().  `data` is NUL-terminated whenever it is
 * not NULL (the NUL is not counted in `len`).
 */
#ifndef GV_BASE_BUF_H
#define GV_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

struct gv_buf {
	char *data; /* NULL until something was added */
	size_t len; /* bytes, without the NUL */
	size_t cap;
	size_t max; /* bytes; 0: no limit */
	int error;  /* 0, or the first -errno */
};

#define GV_BUF_INIT(limit) ((struct gv_buf){.max = (limit)})

int gv_buf_add(struct gv_buf *b, const void *data, size_t n) GV_NONNULL(1);
int gv_buf_add_str(struct gv_buf *b, const char *s) GV_NONNULL(1, 2);
int gv_buf_format(struct gv_buf *b, const char *fmt, ...)
	GV_NONNULL(1, 2) GV_PRINTF(2, 3);
/* As gv_text_add_visible() and gv_text_vformat_visible(): for what a terminal will
 * show. */
int gv_buf_add_visible(struct gv_buf *b, const char *s, size_t n) GV_NONNULL(1, 2);
int gv_buf_vformat_visible(struct gv_buf *b, const char *fmt, va_list ap)
	GV_NONNULL(1, 2) GV_PRINTF(2, 0);
/* Adds `s` as one word of a shell, in single quotes: for every path that stands in a
 * line to paste.  gv_word() does it in an empty buffer and returns that, "" without
 * memory. */
int gv_buf_add_word(struct gv_buf *b, const char *s) GV_NONNULL(1, 2);
const char *gv_word(struct gv_buf *b, const char *s) GV_MUST GV_NONNULL(1, 2);
/* Makes room for n more bytes, so that they can be written at data + len. */
int gv_buf_reserve(struct gv_buf *b, size_t n) GV_MUST GV_NONNULL(1);
int gv_buf_error(const struct gv_buf *b) GV_MUST GV_NONNULL(1);
/* Forgets the content and the error; keeps the memory and the limit. */
void gv_buf_clear(struct gv_buf *b) GV_NONNULL(1);
void gv_buf_release(struct gv_buf *b);
/* The content as a heap string that the caller frees; the buffer is empty afterwards. */
char *gv_buf_take(struct gv_buf *b) GV_MUST GV_NONNULL(1);

/* A growing list of owned strings. */
struct gv_list {
	char **items;
	size_t n;
	size_t cap;
};

#define GV_LIST_INIT ((struct gv_list){0})

int gv_list_add(struct gv_list *l, const char *s) GV_MUST GV_NONNULL(1, 2);
int gv_list_add_n(struct gv_list *l, const char *s, size_t n) GV_MUST GV_NONNULL(1, 2);
void gv_list_sort(struct gv_list *l) GV_NONNULL(1); /* bytewise */
/* Whether a list that was sorted has it. */
bool gv_list_has(const struct gv_list *l, const char *s) GV_NONNULL(1, 2);
void gv_list_release(struct gv_list *l);

/* For GV_CLEANUP(gv_free_str) char *s. */
void gv_free_str(char **s);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/base/buf.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

int gv_buf_reserve(struct gv_buf *b, size_t n)
{
	size_t need, cap;
	char *data;

	if (b->error)
		return b->error;
	if (n > SIZE_MAX / 4 - b->len || (b->max && n > b->max - b->len))
		return b->error = -EFBIG;
	need = b->len + n + 1;
	if (need <= b->cap)
		return 0;
	cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data)
		return b->error = -ENOMEM;
	b->data = data;
	b->cap = cap;
	return 0;
}

int gv_buf_add(struct gv_buf *b, const void *data, size_t n)
{
	int r = gv_buf_reserve(b, n);

	if (r < 0)
		return r;
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
	return 0;
}

int gv_buf_add_str(struct gv_buf *b, const char *s)
{
	return gv_buf_add(b, s, strlen(s));
}

int gv_buf_add_visible(struct gv_buf *b, const char *s, size_t n)
{
	struct gv_text t;
	int r = gv_buf_reserve(b, n); /* it never gets longer */

	if (r < 0)
		return r;
	t = gv_text_in(b->data + b->len, n + 1);
	gv_text_add_visible(&t, s, n);
	b->len += t.len;
	return 0;
}

typedef void formatter(struct gv_text *t, const char *fmt, va_list ap);

static int add_formatted(struct gv_buf *b, formatter *format, const char *fmt, va_list ap)
{
	size_t room = 256;

	for (;;) {
		struct gv_text t;
		int r = gv_buf_reserve(b, room);

		if (r < 0)
			return r;
		t = gv_text_in(b->data + b->len, room + 1);
		format(&t, fmt, ap);
		if (!t.cut) {
			b->len += t.len;
			return 0;
		}
		room *= 2;
	}
}

int gv_buf_format(struct gv_buf *b, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = add_formatted(b, gv_text_vformat, fmt, ap);
	va_end(ap);
	return r;
}

int gv_buf_vformat_visible(struct gv_buf *b, const char *fmt, va_list ap)
{
	return add_formatted(b, gv_text_vformat_visible, fmt, ap);
}

int gv_buf_add_word(struct gv_buf *b, const char *s)
{
#ifdef GV_WITHOUT_WORD /* tests/controls: between quotes, as it is */
	return gv_buf_format(b, "'%s'", s);
#endif
	gv_buf_add_str(b, "'");
	for (;;) {
		size_t n = strcspn(s, "'");

		gv_buf_add(b, s, n);
		if (!s[n])
			break;
		gv_buf_add_str(b, "'\\''");
		s += n + 1;
	}
	gv_buf_add_str(b, "'");
	return b->error;
}

const char *gv_word(struct gv_buf *b, const char *s)
{
	return gv_buf_add_word(b, s) == 0 ? b->data : "";
}

int gv_buf_error(const struct gv_buf *b)
{
	return b->error;
}

void gv_buf_clear(struct gv_buf *b)
{
	b->len = 0;
	b->error = 0;
	if (b->data)
		b->data[0] = '\0';
}

void gv_buf_release(struct gv_buf *b)
{
	if (!b)
		return;
	free(b->data);
	*b = GV_BUF_INIT(b->max);
}

char *gv_buf_take(struct gv_buf *b)
{
	char *data;

	if (b->error || (!b->data && gv_buf_add(b, "", 0) < 0))
		return NULL;
	data = b->data;
	*b = GV_BUF_INIT(b->max);
	return data;
}

int gv_list_add_n(struct gv_list *l, const char *s, size_t n)
{
	char *copy;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		char **items = reallocarray(l->items, cap, sizeof(*items));

		if (!items)
			return -ENOMEM;
		l->items = items;
		l->cap = cap;
	}
	copy = strndup(s, n);
	if (!copy)
		return -ENOMEM;
	l->items[l->n++] = copy;
	return 0;
}

int gv_list_add(struct gv_list *l, const char *s)
{
	return gv_list_add_n(l, s, strlen(s));
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void gv_list_sort(struct gv_list *l)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_bytes);
}

bool gv_list_has(const struct gv_list *l, const char *s)
{
	return l->n && bsearch(&s, l->items, l->n, sizeof(*l->items), by_bytes);
}

void gv_list_release(struct gv_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->items[i]);
	free(l->items);
	*l = GV_LIST_INIT;
}

void gv_free_str(char **s)
{
	free(*s);
}

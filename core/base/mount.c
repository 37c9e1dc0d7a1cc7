// SPDX-License-Identifier: Apache-2.0
#include "core/base/mount.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"

/* The word number `i` of a line, from 0; NULL: it has not so many. */
static const char *word_at(const char *line, size_t n, unsigned i, size_t *ret_n)
{
	const char *end = line + n;

	for (;;) {
		const char *blank = memchr(line, ' ', (size_t)(end - line));
		const char *stop = blank ? blank : end;

		if (i-- == 0) {
			*ret_n = (size_t)(stop - line);
			return line;
		}
		if (!blank)
			return NULL;
		line = blank + 1;
	}
}

static bool has_one(const char *list, size_t n, const char *const *options)
{
	for (const char *end = list + n; list < end; list++) {
		const char *comma = memchr(list, ',', (size_t)(end - list));
		size_t length = (size_t)((comma ? comma : end) - list);

		for (const char *const *o = options; *o; o++)
			if (strlen(*o) == length && memcmp(list, *o, length) == 0)
				return true;
		list += length;
	}
	return false;
}

/* "36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw,errors=continue" */
static bool line_has_option(const char *line, size_t n, const char *dev,
			    const char *const *options)
{
	size_t n_word;
	const char *word = word_at(line, n, 2, &n_word);
	const char *behind = memmem(line, n, " - ", 3);

	if (!word || n_word != strlen(dev) || memcmp(word, dev, n_word) != 0 || !behind)
		return false;
	behind += 3;
	word = word_at(behind, n - (size_t)(behind - line), 2, &n_word);
	return word && has_one(word, n_word, options);
}

bool gv_mount_has_option(const char *mountinfo, size_t n, dev_t dev,
			 const char *const *options)
{
	const char *line = mountinfo, *end = mountinfo + n;
	char number[32];
	struct gv_text t = gv_text_in(number, sizeof(number));

	gv_text_format(&t, "%u:%u", major(dev), minor(dev));
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		if (line_has_option(line, length, number, options))
			return true;
		line += length + 1;
	}
	return false;
}

// SPDX-License-Identifier: Apache-2.0
/* Names of toolchains and their order, names of modules and archives: two names, a
 * newline between them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/install/names.h"
#include "core/version/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_part(const struct gv_version *v, struct gv_part part)
{
	check((size_t)part.at + part.len <= strlen(v->name));
}

static void check_version(const struct gv_version *v)
{
	struct gv_version again;
	char line[GV_NAME_MAX], bare[GV_NAME_MAX];

	check(memchr(v->name, '\0', sizeof(v->name)) != NULL);
	check(strncmp(v->name, "go", 2) == 0 && !strpbrk(v->name, "/\\"));
	check_part(v, v->major);
	check_part(v, v->minor);
	check_part(v, v->patch);
	check_part(v, v->kind);
	check_part(v, v->pre);
	check_part(v, v->suffix);
	gv_version_bare(v, bare);
	check(strncmp(bare, v->name + 2, strlen(v->name + 2)) == 0);
	if (v->suffix.len == 0 && strlen(bare) <= GV_WORD_MAX)
		check(gv_version_parse_bare(bare, strlen(bare), &again) == 0 &&
		      strcmp(again.name, v->name) == 0);
	gv_version_line(v, line);
	check(line[0] && !strchr(line, '/'));
	/* A canonical name stays as it is. */
	check(gv_version_parse(v->name, strlen(v->name), &again) == 0);
	check(strcmp(again.name, v->name) == 0 && gv_version_compare(&again, v) == 0);
	check(!gv_version_is_stable(v) || (v->kind.len == 0 && v->suffix.len == 0));
}

static int parse(const char *s, size_t n, struct gv_version *ret)
{
	struct gv_version bare;

	if (gv_version_parse_bare(s, n, &bare) == 0)
		check_version(&bare);
	if (gv_version_parse(s, n, ret) < 0)
		return -1;
	check_version(ret);
	return 0;
}

/* What names an archive must be named by its version again. */
static void names_of(const char *s, size_t n)
{
	char name[GV_ARCHIVE_NAME_MAX], want[GV_ARCHIVE_NAME_MAX];
	struct gv_version v;

	if (gv_module_version_parse(s, n, "linux-amd64", &v) == 0)
		check_version(&v);
	if (n >= sizeof(name) || memchr(s, '\0', n))
		return;
	memcpy(name, s, n);
	name[n] = '\0';
	(void)gv_platform_valid(name);
	if (gv_archive_name_parse(name, "linux-amd64", &v) < 0)
		return;
	check_version(&v);
	gv_archive_name(&v, "linux-amd64", want);
	check(!strchr(want, '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = data ? (const char *)data : "", *nl = memchr(text, '\n', size);
	size_t n = nl ? (size_t)(nl - text) : size;
	const char *rest = text + n + (nl != NULL);
	struct gv_version a, b;
	bool both = parse(text, n, &a) == 0;

	names_of(text, n);
	both = parse(rest, size - (size_t)(rest - text), &b) == 0 && both;
	if (both) {
		int order = gv_version_compare(&a, &b);

		check((order < 0) == (gv_version_compare(&b, &a) > 0));
		check((order == 0) == (gv_version_compare(&b, &a) == 0));
	}
	return 0;
}

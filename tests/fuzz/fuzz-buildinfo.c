// SPDX-License-Identifier: Apache-2.0
/*
 * The reader of Go's build information, of files and of the text alone.  What it accepts
 * has a version, and no string that is missing; what it refuses has a reason.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/buildinfo/buildinfo.h"
#include "core/buildinfo/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t total; /* so that no read is left out */

static void use(const char *s)
{
	if (!s)
		abort();
	total += strlen(s);
}

static void use_module(const struct gv_build_module *m)
{
	use(m->path);
	use(m->version);
	use(m->sum);
	if (!m->replaced_by)
		return;
	use(m->replaced_by);
	use(m->replaced_version);
	use(m->replaced_sum);
}

static void use_all(const struct gv_buildinfo *info)
{
	use(info->path);
	use_module(&info->main);
	for (size_t i = 0; i < info->n_deps; i++)
		use_module(&info->deps[i]);
	for (size_t i = 0; i < info->n_settings; i++) {
		use(info->settings[i].key);
		use(info->settings[i].value);
	}
}

/* The parser alone gets further than one that has to meet an executable first. */
static void parse_text(const uint8_t *data, size_t size)
{
	struct gv_buildinfo info = {.path = "",
				    .main = {.path = "", .version = "", .sum = ""}};
	char *text = strndup((const char *)data, size);

	if (!text)
		abort();
	if (gv_buildinfo_parse(text, &info) == 0)
		use_all(&info);
	info.text = text;
	gv_buildinfo_release(&info);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gv_buildinfo info;
	const char *why = NULL;
	static int fd = -1;

	parse_text(data, size);
	if (fd < 0)
		fd = memfd_create("fuzz-buildinfo", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (gv_buildinfo_read(fd, &info, &why) < 0) {
		if (!why || !*why)
			abort();
		return 0;
	}
	if (!info.go_version || !*info.go_version)
		abort();
	use_all(&info);
	gv_buildinfo_release(&info);
	return 0;
}

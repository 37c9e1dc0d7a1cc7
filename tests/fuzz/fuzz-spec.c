// SPDX-License-Identifier: Apache-2.0
/* A word of a pin or of the command line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/version/spec.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

/* Of releases in their order, those that a spec asks for follow one another. */
static void match(const struct gv_spec *spec)
{
	static const char *const names[] = {
		"go1",	    "go1.2",	"go1.2.2",  "go1.9",	"go1.20",   "go1.20.14",
		"go1.21.0", "go1.21.9", "go1.22.5", "go1.23.0", "go1.100.1"};
	unsigned changes = 0;
	bool was = false;

	for (size_t i = 0; i < GV_COUNT(names); i++) {
		struct gv_version v;
		char line[GV_NAME_MAX];
		bool is;

		check(gv_version_parse(names[i], strlen(names[i]), &v) == 0);
		is = gv_spec_matches(spec, &v);
		changes += is != was;
		was = is;
		gv_version_line(&v, line);
		check(!is || spec->kind != GV_SPEC_LINE || strcmp(spec->line, line) == 0);
		check(!is || spec->kind != GV_SPEC_EXACT ||
		      strcmp(spec->version.name, v.name) == 0);
		check(!is || spec->kind != GV_SPEC_SYSTEM);
	}
	check(changes <= 2);
}

static void parse(const char *s, size_t n, unsigned flags)
{
	struct gv_err err = GV_ERR_INIT;
	struct gv_spec spec, again;
	struct gv_version v;

	if (gv_spec_parse(s, n, flags, &spec, &err) < 0) {
		check(err.code == -GV_EPIN && err.message[0]);
		/* control characters may be in the message's quotation only as "?" */
		check(printable(err.hint));
		return;
	}
	check(err.code == 0);
	/* What was accepted once is accepted again, and means the same. */
	check(gv_spec_parse(spec.text, strlen(spec.text), flags, &again, &err) == 0);
	check(spec.kind == again.kind && spec.suffix == again.suffix &&
	      strcmp(spec.version.name, again.version.name) == 0 &&
	      strcmp(spec.tag, again.tag) == 0);
	/* A name that becomes part of a path. */
	check(!strchr(spec.version.name, '/') && !strchr(spec.tag, '/') &&
	      !strchr(spec.line, '/'));
	match(&spec);
	if (spec.kind == GV_SPEC_EXACT) {
		check(gv_version_parse(spec.version.name, strlen(spec.version.name),
				       &v) == 0);
		check(strcmp(v.name, spec.version.name) == 0);
		check(gv_version_compare(&v, &spec.version) == 0);
		check(gv_spec_matches(&spec, &v));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse((const char *)data, size, GV_SPEC_PIN);
	parse((const char *)data, size, GV_SPEC_COMMAND);
	return 0;
}

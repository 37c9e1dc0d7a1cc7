// SPDX-License-Identifier: Apache-2.0
#include "core/version/spec-parts.h"

#include <errno.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"

static int add(struct gv_spec *spec, enum gv_range_op op, const struct gv_version *v)
{
	if (spec->n_ranges == GV_RANGES_MAX)
		return -EINVAL;
	spec->ranges[spec->n_ranges].op = op;
	spec->ranges[spec->n_ranges].version = *v;
	spec->n_ranges++;
	return 0;
}

/* Below the line behind that of v: for 1.22.3 that is "< 1.23". */
static int add_below_next_line(struct gv_spec *spec, const struct gv_version *v)
{
	char bare[GV_NAME_MAX];
	struct gv_text t = gv_text_in(bare, sizeof(bare));
	struct gv_version next;
	uint64_t minor = 0;

	if (v->minor.len &&
	    gv_num_parse(v->name + v->minor.at, v->minor.len, 1000000, &minor) < 0)
		return -EINVAL;
	gv_text_format(&t, "1.%llu", (unsigned long long)minor + 1);
	if (gv_version_parse_bare(bare, t.len, &next) < 0)
		return -EINVAL;
	return add(spec, GV_RANGE_LT, &next);
}

/* A line stands for all of its patches: <=1.22 takes 1.22.5, >1.21 begins at 1.22. */
static int add_term(struct gv_spec *spec, enum gv_range_op op, const struct gv_spec *term)
{
	const struct gv_version *v = &term->version;
	bool line = term->kind == GV_SPEC_LINE;
	int r;

	if (line && op == GV_RANGE_LE)
		return add_below_next_line(spec, v);
	if (line && op == GV_RANGE_GT) {
		r = add_below_next_line(spec, v);
		if (r == 0)
			spec->ranges[spec->n_ranges - 1].op = GV_RANGE_GE;
		return r;
	}
	if (line && op == GV_RANGE_EQ) {
		r = add(spec, GV_RANGE_GE, v);
		return r ? r : add_below_next_line(spec, v);
	}
	return add(spec, op, v);
}

/* `sign` is what stands before the version, of `len` bytes. */
static int read_term(const char *sign, size_t len, const char *s, size_t n,
		     struct gv_spec *spec)
{
	static const struct {
		const char *sign;
		enum gv_range_op op;
		bool same_line;
	} signs[] = {
		{">=", GV_RANGE_GE, false}, {"<=", GV_RANGE_LE, false},
		{"==", GV_RANGE_EQ, false}, {">", GV_RANGE_GT, false},
		{"<", GV_RANGE_LT, false},  {"=", GV_RANGE_EQ, false},
		{"~", GV_RANGE_GE, true},
	};
	struct gv_spec term;
	size_t i;
	int r;

	for (i = 0; i < GV_COUNT(signs); i++)
		if (len == strlen(signs[i].sign) && memcmp(sign, signs[i].sign, len) == 0)
			break;
	if (i == GV_COUNT(signs) || n == 0 || gv_spec_read_version(s, n, &term) < 0)
		return -EINVAL;
	if ((term.kind != GV_SPEC_EXACT && term.kind != GV_SPEC_LINE) ||
	    term.version.suffix.len)
		return -EINVAL;
	r = add_term(spec, signs[i].op, &term);
	if (r == 0 && signs[i].same_line)
		r = add_below_next_line(spec, &term.version);
	return r;
}

int gv_spec_read_ranges(const char *s, size_t n, struct gv_spec *spec)
{
	size_t at = 0;

	while (at < n) {
		size_t sign = at, len, begin;

		while (at < n && memchr("<>=~", s[at], 4))
			at++;
		len = at - sign;
		while (at < n && s[at] == ' ')
			at++;
		begin = at;
		while (at < n && s[at] != ' ' && s[at] != ',')
			at++;
		if (read_term(s + sign, len, s + begin, at - begin, spec) < 0)
			return -EINVAL;
		while (at < n && (s[at] == ' ' || s[at] == ','))
			at++;
	}
	spec->kind = GV_SPEC_RANGE;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* One row for each binary: a table for people, CSV (RFC 4180) for spreadsheets. */
#include "core/cli/inspect/inspect.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/cli/terminal/table.h"

/* -- table --------------------------------------------------------------------------- */

static const char *fit(const struct gv_inspected *i)
{
	if (!i->told || !gv_inspected_fits(i))
		return "no";
	return i->judged ? "yes" : "-";
}

/* "example.com/app v1.2.3"; the package where no module is known. */
static void main_of(const struct gv_inspected *i, struct gv_buf *ret)
{
	const struct gv_build_module *m = &i->info.main;

	if (m->path[0])
		gv_buf_format(ret, "%s%s%s", m->path, m->version[0] ? " " : "",
			      m->version);
	else
		gv_buf_add_str(ret, i->info.path[0] ? i->info.path : "-");
}

static int add_row(struct gv_table *t, const struct gv_inspected *i)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf module = GV_BUF_INIT(0);
	char platform[GV_PLATFORM_MAX], n[32];
	struct gv_text count = gv_text_in(n, sizeof(n));
	const char *cells[] = {i->info.go_version, fit(i), platform, i->path, n, NULL};
	int r;

	gv_inspected_platform(i, platform);
	gv_text_format(&count, "%zu", i->info.n_deps);
	main_of(i, &module);
	if (gv_buf_error(&module) < 0)
		return -ENOMEM;
	cells[5] = module.data;
	r = gv_table_row(t, GV_STYLE_OFF, cells);
	if (r == 0 && cells[1][0] == 'n')
		gv_table_paint(t, 1, GV_STYLE_RED);
	return r;
}

int gv_inspect_print_table(const struct gv_inspection *in)
{
	static const char *const head[] = {"GO",   "FITS",    "PLATFORM",
					   "FILE", "MODULES", "MODULE"};
	struct gv_table t = {.columns = GV_COUNT(head), .needed = 4, .right = 1u << 4};
	int r = in->told ? gv_table_head(&t, head) : 0;

	for (size_t i = 0; i < in->n && r == 0; i++)
		if (in->items[i].told)
			r = add_row(&t, &in->items[i]);
	if (r == 0)
		gv_table_print(&t, in->cli);
	gv_table_release(&t);
	return r;
}

/* -- CSV ----------------------------------------------------------------------------- */

/* What a binary says of itself, and what it is called, may hold anything: for a program
 * as it is, for a terminal cleaned. */
static void print_text(const char *s, size_t n)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf clean = GV_BUF_INIT(0);

	if (!isatty(STDOUT_FILENO))
		fwrite(s, 1, n, stdout);
	else if (gv_buf_add_visible(&clean, s, n) == 0)
		fwrite(clean.data, 1, clean.len, stdout);
}

static void print_field(const char *s, bool last)
{
	bool quoted = s[strcspn(s, ",\"\r\n")] != '\0';

	if (quoted)
		putchar('"');
	for (size_t n; *s; s += n) {
		n = strcspn(s, "\"");
		print_text(s, n);
		if (s[n] == '"') {
			fputs("\"\"", stdout);
			n++;
		}
	}
	if (quoted)
		putchar('"');
	fputs(last ? "\r\n" : ",", stdout);
}

static const char *setting(const struct gv_inspected *i, const char *key)
{
	const char *value = gv_buildinfo_setting(&i->info, key);

	return value ? value : "";
}

static int print_line(const struct gv_inspected *i)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf findings = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf rules = GV_BUF_INIT(0);

	for (size_t f = 0; f < i->n_findings; f++) {
		gv_buf_format(&rules, "%s%s", f ? "; " : "",
			      gv_inspect_rules[i->findings[f].rule].id);
		gv_buf_format(&findings, "%s%s", f ? "; " : "", i->findings[f].message);
	}
	if (gv_buf_error(&findings) < 0 || gv_buf_error(&rules) < 0)
		return -ENOMEM;
	print_field(i->path, false);
	print_field(i->told ? i->info.go_version : "", false);
	print_field(setting(i, "GOOS"), false);
	print_field(setting(i, "GOARCH"), false);
	print_field(i->told ? i->info.path : "", false);
	print_field(i->told ? i->info.main.path : "", false);
	print_field(i->told ? i->info.main.version : "", false);
	print_field(setting(i, "vcs.revision"), false);
	print_field(i->told ? fit(i) : "no", false);
	print_field(i->expected ? i->expected : "", false);
	print_field(rules.data ? rules.data : "", false);
	print_field(findings.data ? findings.data : "", true);
	return 0;
}

int gv_inspect_print_csv(const struct gv_inspection *in)
{
	int r = 0;

	fputs("path,go_version,goos,goarch,package,module,module_version,revision,fits,"
	      "expected,rules,findings\r\n",
	      stdout);
	for (size_t i = 0; i < in->n && r == 0; i++)
		r = print_line(&in->items[i]);
	return r;
}

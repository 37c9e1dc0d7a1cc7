// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/inspect/inspect.h"
#include "core/cli/output.h"
#include "core/cli/sarif.h"

/* The ways to print it; the table is the one without an option. */
static const char *const formats[] = {"csv", "sarif", "cyclonedx"};

static int read_options(struct gv_cli *cli, struct gv_inspect_demands *d,
			const char **ret_format, struct gv_err *err)
{
	const char *age = gv_cli_option(cli, "max-age");
	unsigned given = cli->json;

	*ret_format = cli->json ? "json" : "";
	for (size_t i = 0; i < GV_COUNT(formats); i++) {
		if (!gv_cli_option(cli, formats[i]))
			continue;
		*ret_format = formats[i];
		given++;
	}
	if (given > 1)
		return gv_err_set(err, -GV_EUSAGE,
				  "--json, --csv, --sarif and --cyclonedx do not go "
				  "together");
	d->spec = gv_cli_option(cli, "spec");
	d->pin_dir = gv_cli_option(cli, "pin");
	d->denied = gv_cli_option(cli, "denied");
	if (d->spec && d->pin_dir)
		return gv_err_set(err, -GV_EUSAGE, "--spec and --pin do not go together");
	if (age && (gv_duration_parse(age, &d->max_age) < 0 || d->max_age == 0)) {
		gv_err_set(err, -GV_EUSAGE, "'%s' is not an age", age);
		return gv_err_hint(err, "--max-age 180d");
	}
	return 0;
}

static struct gv_json *to_sarif(const struct gv_inspection *in)
{
	struct gv_sarif sarif;

	gv_sarif_init(&sarif);
	for (size_t i = 0; i < in->n; i++)
		for (size_t f = 0; f < in->items[i].n_findings; f++) {
			const struct gv_inspect_finding *found =
				&in->items[i].findings[f];
			struct gv_sarif_result one = {
				.rule = gv_inspect_rules[found->rule].id,
				.about = gv_inspect_rules[found->rule].what,
				.level = found->rule == GV_RULE_UNKNOWN ? "warning"
									: "error",
				.message = found->message,
				.file = in->items[i].path,
			};

			gv_sarif_add(&sarif, &one);
		}
	return gv_sarif_log(&sarif);
}

static int print(const struct gv_inspection *in, const char *format, struct gv_err *err)
{
	struct gv_json *o = NULL;
	int r;

	if (strcmp(format, "sarif") == 0)
		o = to_sarif(in);
	else if (strcmp(format, "cyclonedx") == 0)
		o = gv_inspect_cyclonedx(in);
	else if (strcmp(format, "json") == 0)
		in->cli->partial = gv_inspect_json(in); /* an error is a part of it */
	if (o)
		return gv_cli_print_json(o, err);
	if (in->cli->partial)
		return 0;
	r = format[0] ? gv_inspect_print_csv(in) : gv_inspect_print_table(in);
	return r < 0 ? gv_err_sys(err, r, "cannot print the answer") : 0;
}

/* Each finding is a line on stderr; the last that counts is the command's error.  What
 * was not named and cannot be told is only warned of: a directory may hold anything. */
static int complain(const struct gv_inspection *in, struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < in->n; i++) {
		const struct gv_inspected *item = &in->items[i];

		for (size_t f = 0; f < item->n_findings; f++) {
			const char *message = item->findings[f].message;

			if (!item->told && !item->named) {
				gv_cli_warn(in->cli, "'%s': %s", item->path, message);
				continue;
			}
			if (r < 0)
				gv_cli_complain(in->cli, err);
			r = gv_err_set(err, -GV_EFAILED, "'%s': %s", item->path, message);
		}
	}
	return r;
}

static int conclude(const struct gv_inspection *in, struct gv_err *err)
{
	int r = complain(in, err);

	if (in->told)
		return r;
	if (r < 0) {
		err->code = -GV_ENOTFOUND;
		return err->code;
	}
	return gv_err_set(err, -GV_ENOTFOUND, "no Go binaries found");
}

static int inspect(struct gv_inspection *in, int argc, char **argv, struct gv_err *err)
{
	struct gv_inspect_demands demands = {0};
	const char *format = "";
	int r = read_options(in->cli, &demands, &format, err);

	if (r == 0 && argc == 0) {
		gv_err_set(err, -GV_EUSAGE, "inspect what?");
		return gv_err_hint(err, "govern inspect FILE, or a directory");
	}
	for (int i = 0; i < argc && r == 0; i++)
		r = gv_inspect_look(in, argv[i], err);
	if (r == 0)
		r = gv_inspect_judge(in, &demands, err);
	if (r == 0)
		r = print(in, format, err);
	if (r == 0)
		r = conclude(in, err);
	if (r < 0 || !in->cli->partial)
		return r;
	r = gv_cli_print_json(in->cli->partial, err);
	in->cli->partial = NULL;
	return r;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct gv_inspection in = {.cli = cli};
	int r = inspect(&in, argc, argv, err);

	gv_inspection_release(&in);
	return r;
}

static const struct gv_option options[] = {
	{"spec", 0, "SPEC", "what they should be built with", "available"},
	{"pin", 0, "DIR", "by the pin in force in DIR, not where each lies", "directory"},
	{"max-age", 0, "AGE", "only with releases that are not older: 180d", NULL},
	{"denied", 0, NULL, "only with versions that policy allows", NULL},
	{"csv", 0, NULL, "print a line of comma-separated values for each", NULL},
	{"sarif", 0, NULL, "print what does not fit as SARIF 2.1.0", NULL},
	{"cyclonedx", 0, NULL, "print their modules as CycloneDX 1.5", NULL},
	{0},
};

const struct gv_command gv_cmd_inspect = {
	.name = "inspect",
	.arguments = "FILE|DIR...",
	.what = "show what Go binaries were built with, and whether they should have "
		"been",
	.details = "Go's build information is read from ELF, PE and Mach-O files of any "
		   "platform;\nnothing is run.  A binary below a pin has to fit it.",
	.options = options,
	.complete = "file",
	.max_operands = -1,
	.json = true,
	.run = run,
};

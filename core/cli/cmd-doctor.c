// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cli/doctor/cross.h"
#include "core/cli/doctor/doctor.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/setup/programs.h"
#include "core/cli/terminal/fold.h"

struct gv_err *gv_doctor_find(struct gv_doctor *d, enum gv_check check)
{
	static struct gv_err lost;
	struct gv_ailment *more = reallocarray(d->items, d->n + 1, sizeof(*more));

	if (!more) {
		d->no_memory = true;
		return &lost;
	}
	d->items = more;
	more[d->n] = (struct gv_ailment){.check = check};
	return &more[d->n++].found;
}

bool gv_doctor_has(const struct gv_doctor *d, enum gv_check check)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].check == check)
			return true;
	return false;
}

const char *gv_doctor_word(struct gv_buf *b, const char *dir, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	gv_buf_format(&path, "%s/%s", dir, name);
	return gv_buf_error(&path) == 0 ? gv_word(b, path.data) : "";
}

static void (*const areas[])(struct gv_doctor *d) = {
	gv_doctor_store,  gv_doctor_trees, gv_doctor_hooks,   gv_doctor_path,
	gv_doctor_govern, gv_doctor_rc,	   gv_doctor_go,      gv_doctor_policy,
	gv_doctor_pin,	  gv_doctor_files, gv_doctor_machine,
};

static void release(struct gv_doctor *d)
{
	free(d->prefix);
	free(d->bin);
	free(d->choice);
	free(d->items);
	*d = (struct gv_doctor){0};
}

static int examine(struct gv_cli *cli, struct gv_doctor *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf bin = GV_BUF_INIT(0);
	struct gv_doctor d = {.cli = cli};
	int r = gv_cli_prefix(cli, &d.prefix, err);

	if (r < 0)
		return r;
	gv_buf_format(&bin, "%s/bin", d.prefix);
	d.bin = gv_buf_take(&bin);
	d.choice = calloc(1, sizeof(*d.choice));
	if (d.bin && d.choice) {
		d.no_choice.code =
			gv_cli_resolve(cli, "go", NULL, NULL, d.choice, &d.no_choice);
		for (size_t i = 0; i < GV_COUNT(areas); i++)
			areas[i](&d);
	}
	if (!d.bin || !d.choice || d.no_memory) {
		release(&d);
		return gv_err_sys(err, -ENOMEM, "cannot examine the store");
	}
	*ret = d;
	return 0;
}

/* -- --fix --------------------------------------------------------------------------- */

static bool wants(const struct gv_doctor *d, enum gv_cure cure)
{
	for (size_t i = 0; i < d->n; i++)
		if (gv_checks[d->items[i].check].cure == cure)
			return true;
	return false;
}

static int treat(struct gv_cli *cli, const struct gv_doctor *d, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *libexec = NULL;
	bool changed;
	int r = 0;

	if (!cli->store.writable)
		return 0; /* which is among the findings */
	if (wants(d, GV_CURE_HEAL)) {
		gv_store_heal(&cli->store);
		gv_store_empty_trash(&cli->store);
	}
	if (wants(d, GV_CURE_PROGRAMS)) {
		r = gv_cli_libexec(&libexec, err);
		if (r == 0)
			r = gv_programs_put(cli, libexec, &changed, err);
		if (r == 0)
			gv_cli_tell_shim(cli);
	}
	return r;
}

static bool is_in(const struct gv_doctor *d, const struct gv_ailment *a)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].check == a->check &&
		    strcmp(d->items[i].found.message, a->found.message) == 0)
			return true;
	return false;
}

/* -- what was found ------------------------------------------------------------------ */

static void print(const struct gv_cli *cli, const struct gv_ailment *a, bool fixed)
{
	static const enum gv_style styles[] = {GV_STYLE_DIM, GV_STYLE_YELLOW,
					       GV_STYLE_RED};
	const struct gv_check_about *about = &gv_checks[a->check];

	const char *what = fixed ? "fixed" : gv_severity_name(about->severity);
	char text[sizeof(a->found.message) + 64];

	printf("%s%s:%s ",
	       gv_style(cli, stdout, fixed ? GV_STYLE_GREEN : styles[about->severity]),
	       what, gv_style(cli, stdout, GV_STYLE_OFF));
	snprintf(text, sizeof(text), "%s [%s]", a->found.message, about->id);
	gv_print_prose(text, strlen(what) + 2);
	if (fixed)
		return;
	fputs("  why: ", stdout);
	gv_print_prose(about->why, 7);
	if (a->found.hint[0])
		printf("  fix: %s\n", a->found.hint);
}

static void add_object(struct gv_json *list, const struct gv_ailment *a, bool fixed)
{
	const struct gv_check_about *about = &gv_checks[a->check];
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "id", about->id);
	gv_json_set_str(o, "severity", gv_severity_name(about->severity));
	gv_json_set_str(o, "message", a->found.message);
	gv_json_set_str(o, "why", about->why);
	gv_json_set_str(o, "fix", a->found.hint[0] ? a->found.hint : NULL);
	gv_json_set_str(o, "file", a->found.file[0] ? a->found.file : NULL);
	if (a->found.line)
		gv_json_set_int(o, "line", a->found.line);
	else
		gv_json_set_str(o, "line", NULL);
	gv_json_set_bool(o, "safe", about->cure != GV_CURE_NONE);
	gv_json_set_bool(o, "fixed", fixed);
	gv_json_append(list, o);
}

static void show(const struct gv_cli *cli, struct gv_json *list,
		 const struct gv_ailment *a, bool fixed)
{
	if (cli->json)
		add_object(list, a, fixed);
	else
		print(cli, a, fixed);
}

static int conclude(const struct gv_cli *cli, const struct gv_doctor *d,
		    struct gv_err *err)
{
	unsigned count[3] = {0}, safe = 0, wrong;

	for (size_t i = 0; i < d->n; i++) {
		count[gv_checks[d->items[i].check].severity]++;
		safe += gv_checks[d->items[i].check].cure != GV_CURE_NONE;
	}
	wrong = count[GV_SEVERITY_ERROR] + count[GV_SEVERITY_WARNING];
	if (wrong == 0) {
		gv_cli_done(cli, "nothing is wrong (%u checks)", (unsigned)GV_CHECKS);
		return 0;
	}
	gv_err_set(err, -GV_EFAILED, "errors: %u, warnings: %u", count[GV_SEVERITY_ERROR],
		   count[GV_SEVERITY_WARNING]);
	return safe && !gv_cli_option(cli, "fix")
		       ? gv_err_hint(err, "govern doctor --fix")
		       : err->code;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	const char *cross = gv_cli_option(cli, "cross");
	struct gv_json *list = gv_json_new_array(), *o = gv_cli_new_json();
	struct gv_doctor before = {0}, now = {0};
	int r;

	(void)argc;
	(void)argv;
	if (cross) {
		gv_json_free(list);
		gv_json_free(o);
		return gv_cli_option(cli, "fix")
			       ? gv_err_set(err, -GV_EUSAGE,
					    "--fix does not go with --cross")
			       : gv_doctor_cross(cli, cross, err);
	}
	r = examine(cli, &now, err);
	if (r == 0 && gv_cli_option(cli, "fix") &&
	    (wants(&now, GV_CURE_HEAL) || wants(&now, GV_CURE_PROGRAMS))) {
		before = now;
		now = (struct gv_doctor){0};
		r = treat(cli, &before, err);
		if (r == 0)
			r = examine(cli, &now, err);
	}
	for (size_t i = 0; i < before.n && r == 0; i++)
		if (!is_in(&now, &before.items[i]))
			show(cli, list, &before.items[i], true);
	for (size_t i = 0; i < now.n && r == 0; i++)
		show(cli, list, &now.items[i], false);
	if (r == 0)
		r = conclude(cli, &now, err);
	gv_json_set_bool(o, "ok", r == 0);
	gv_json_set(o, "findings", list);
	release(&before);
	release(&now);
	if (r == 0 && cli->json)
		return gv_cli_print_json(o, err);
	cli->partial = o;
	return r;
}

static const struct gv_option options[] = {
	{"cross", 0, "OS-ARCH", "only what a cgo build for that platform lacks",
	 "platform"},
	{"fix", 0, NULL, "do what is safe: tidy the store, renew its programs", NULL},
	{0},
};

const struct gv_command gv_cmd_doctor = {
	.name = "doctor",
	.what = "look for everything that is known to go wrong",
	.details =
		"Each finding has a name, a reason and a command that repairs it; "
		"docs/TROUBLESHOOTING.md\ntells more of each.  Errors and warnings make "
		"the exit status 1, notes do not.  Nothing is\nwritten without --fix, "
		"nobody is asked over the network, and no Go is run but by --cross.",
	.options = options,
	.json = true,
	.run = run,
};

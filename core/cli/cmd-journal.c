// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/interrupt.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/output.h"
#include "core/cli/table.h"
#include "core/store/journal.h"

enum { COLUMNS = 4 };

struct journal {
	struct gv_cli *cli;
	bool check;
	const char *head; /* that must be among the records; NULL: none was given */
	time_t since;	  /* 0: all */
	struct gv_list cells;
	struct gv_json *records, *findings;
	bool head_seen, wrong;
	struct gv_err err; /* the last thing that is wrong, not said yet */
};

/* -- one record --------------------------------------------------------------------- */

static const char *text_of(const struct gv_json *record, const char *key)
{
	const char *s = gv_json_str(record, key);

	return s ? s : "";
}

/* " (it was …)" when it was something else. */
static void add_before(struct gv_text *t, const struct gv_json *record)
{
	const char *before = text_of(record, "before");

	if (before[0])
		gv_text_format(t, " (it was %s)", before);
}

/* What happened, for people. */
static void describe(const struct gv_json *record, struct gv_text *t)
{
	const char *event = text_of(record, "event"), *tag = text_of(record, "tag");
	const char *version = text_of(record, "version");

	if (strcmp(event, "install") == 0) {
		gv_text_format(t, "%s installed, %s", version, text_of(record, "trust"));
	} else if (strcmp(event, "adopt") == 0) {
		gv_text_format(t, "%s adopted, %s", version, text_of(record, "trust"));
	} else if (strcmp(event, "uninstall") == 0) {
		gv_text_format(t, "%s uninstalled", version);
	} else if (strcmp(event, "default") == 0 && version[0]) {
		gv_text_format(t, "default is %s", version);
		add_before(t, record);
	} else if (strcmp(event, "default") == 0) {
		gv_text_add(t, "no default");
		add_before(t, record);
	} else if (strcmp(event, "tag") == 0) {
		gv_text_format(t, "@%s is %s", tag, version);
		add_before(t, record);
	} else if (strcmp(event, "tag-delete") == 0) {
		gv_text_format(t, "no @%s", tag);
		add_before(t, record);
	} else if (strcmp(event, "hold") == 0) {
		gv_text_format(t, "%s held back", version);
	} else if (strcmp(event, "hold-delete") == 0) {
		gv_text_format(t, "%s not held back any more", version);
	} else if (strcmp(event, "rollback") == 0) {
		gv_text_format(t, "back to generation %llu",
			       (unsigned long long)gv_json_int(record, "generation", 0));
	} else if (strcmp(event, "expire") == 0) {
		gv_text_format(t, "generations until %llu gone",
			       (unsigned long long)gv_json_int(record, "generation", 0));
	} else if (strcmp(event, "verify") == 0) {
		gv_text_format(t, "%s is %s", version, text_of(record, "trust"));
		add_before(t, record);
	} else if (strcmp(event, "refused") == 0) {
		gv_text_format(t, "%s%s refused by %s", tag[0] ? "@" : "",
			       tag[0] ? tag : version, text_of(record, "source"));
	} else {
		gv_text_format(t, "%s%s%s", event, version[0] ? " " : "", version);
	}
}

static int add_row(struct journal *j, const struct gv_json *record)
{
	char who[256], what[512];
	const char *cells[COLUMNS] = {text_of(record, "time"), what, who,
				      text_of(record, "command")};
	struct gv_text w = gv_text_in(who, sizeof(who));
	struct gv_text d = gv_text_in(what, sizeof(what));
	time_t when;

	if (gv_clock_parse(cells[0], &when) < 0)
		cells[0] = "?"; /* not as we write it */
	gv_text_format(&w, "%s@%s", text_of(record, "user"), text_of(record, "host"));
	describe(record, &d);
	for (size_t i = 0; i < COLUMNS; i++)
		if (gv_list_add(&j->cells, cells[i]) < 0)
			return -ENOMEM;
	return 0;
}

static bool is_wanted(const struct journal *j, const struct gv_json *record)
{
	time_t when;

	return gv_clock_parse(text_of(record, "time"), &when) < 0 || when >= j->since;
}

/* -- what is wrong ------------------------------------------------------------------ */

static void find(struct journal *j, uint64_t line, const char *what, bool torn)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_int(o, "line", (int64_t)line);
	gv_json_set_bool(o, "torn", torn);
	gv_json_set_str(o, "what", what);
	gv_json_append(j->findings, o);
}

/* The one before it is said now: the last one is the command's error. */
static void complain(struct journal *j, uint64_t line, const char *what)
{
	char file[sizeof(j->err.file)];
	struct gv_text t = gv_text_in(file, sizeof(file));

	j->wrong = true;
	if (!j->check)
		return;
	if (j->err.code < 0)
		gv_cli_complain(j->cli, &j->err);
	gv_text_format(&t, "%s/journal", j->cli->root);
	if (line)
		gv_err_at(&j->err, -GV_EVERIFY, file, (unsigned)line, "%s:%u: %s", file,
			  (unsigned)line, what);
	else
		gv_err_at(&j->err, -GV_EVERIFY, file, 0, "%s: %s", file, what);
	find(j, line, what, false);
}

static int visit(void *arg, const struct gv_journal_line *line)
{
	struct journal *j = arg;

	if (gv_interrupted())
		return -GV_EINTERRUPTED;
	if (line->wrong)
		complain(j, line->number, line->wrong);
	if (line->torn) {
		find(j, line->number, "a crash cut it off", true);
		gv_cli_warn(j->cli, "%s/journal:%llu: a crash cut it off", j->cli->root,
			    (unsigned long long)line->number);
	}
	if (j->head && strcmp(j->head, line->hash) == 0)
		j->head_seen = true;
	if (j->check || !line->record || !is_wanted(j, line->record))
		return 0;
	gv_json_append(j->records, gv_json_share(line->record));
	return add_row(j, line->record);
}

/* -- options ------------------------------------------------------------------------ */

/* 2026-11-21T11:07:36Z, 2026-11-21, or how long ago: 30m, 12h, 7d, 2w. */
static int parse_since(const char *s, time_t *ret, struct gv_err *err)
{
	char whole[64];
	struct gv_text t = gv_text_in(whole, sizeof(whole));
	int64_t ago;

	gv_text_format(&t, "%sT00:00:00Z", s);
	if (gv_clock_parse(s, ret) == 0 || gv_clock_parse(whole, ret) == 0)
		return 0;
	if (gv_duration_parse(s, &ago) == 0) {
		*ret = time(NULL) - (time_t)ago;
		return 0;
	}
	gv_err_set(err, -GV_EUSAGE, "'%s' is neither a time nor an age", s);
	return gv_err_hint(err, "--since 2026-11-21, --since 12h");
}

static int parse_lines(const char *s, uint64_t *ret, struct gv_err *err)
{
	if (gv_num_parse(s, strlen(s), UINT32_MAX, ret) == 0)
		return 0;
	return gv_err_set(err, -GV_EUSAGE, "--lines takes a number, not '%s'", s);
}

static int check_head(const char *s, struct gv_err *err)
{
	if (strlen(s) == GV_JOURNAL_HASH_LEN - 1 &&
	    strspn(s, "0123456789abcdef") == GV_JOURNAL_HASH_LEN - 1)
		return 0;
	return gv_err_set(err, -GV_EUSAGE, "--head takes a SHA-256, not '%s'", s);
}

static int read_options(struct journal *j, uint64_t *lines, struct gv_err *err)
{
	const char *n = gv_cli_option(j->cli, "lines");
	const char *since = gv_cli_option(j->cli, "since");
	int r = 0;

	j->head = gv_cli_option(j->cli, "head");
	j->check = gv_cli_option(j->cli, "check") || j->head;
	if (j->check && (n || since))
		return gv_err_set(err, -GV_EUSAGE,
				  "--check looks at all of it: --lines and --since do "
				  "not go with it");
	if (j->head)
		r = check_head(j->head, err);
	if (r == 0 && n)
		r = parse_lines(n, lines, err);
	return r == 0 && since ? parse_since(since, &j->since, err) : r;
}

/* -- answers ------------------------------------------------------------------------ */

static int print_table(const struct journal *j, size_t first)
{
	static const char *const head[COLUMNS] = {"TIME", "WHAT", "WHO", "COMMAND"};
	struct gv_table table = {.columns = COLUMNS, .needed = 2};
	int r = gv_table_head(&table, head);

	for (size_t i = first * COLUMNS; i < j->cells.n && r == 0; i += COLUMNS)
		r = gv_table_row(&table, GV_STYLE_OFF,
				 (const char *const *)j->cells.items + i);
	if (r == 0)
		gv_table_print(&table, j->cli);
	gv_table_release(&table);
	return r;
}

static void not_as_written(const struct gv_cli *cli)
{
	gv_cli_warn(cli, "the journal is not as it was written");
	gv_cli_hint(cli, "govern journal --check");
}

static int show(struct journal *j, uint64_t lines, struct gv_err *err)
{
	size_t n = j->cells.n / COLUMNS, first = n > lines ? n - (size_t)lines : 0;
	struct gv_json *o, *last;
	int r = 0;

	if (j->wrong)
		not_as_written(j->cli);
	if (!j->cli->json && n == first)
		gv_cli_say(j->cli, "no records");
	else if (!j->cli->json)
		r = print_table(j, first);
	if (r < 0)
		return gv_err_sys(err, r, "cannot show the journal");
	if (!j->cli->json)
		return 0;
	last = gv_json_new_array();
	for (size_t i = first; i < n; i++)
		gv_json_append(last, gv_json_share(gv_json_at(j->records, i)));
	o = gv_cli_new_json();
	gv_json_set(o, "records", last);
	return gv_cli_print_json(o, err);
}

static int judge(struct journal *j, const struct gv_journal_end *end, struct gv_err *err)
{
	struct gv_json *o = gv_cli_new_json();

	if (j->head && !j->head_seen)
		complain(j, 0, "no record has the hash that was given");
	gv_json_set_bool(o, "ok", !j->wrong);
	gv_json_set_int(o, "records", (int64_t)end->records);
	gv_json_set_str(o, "head", end->head[0] ? end->head : NULL);
	gv_json_set(o, "findings", j->findings);
	j->findings = NULL;
	if (j->wrong) {
		j->cli->partial = o;
		*err = j->err;
		return err->code;
	}
	if (j->cli->json)
		return gv_cli_print_json(o, err);
	gv_json_free(o);
	gv_cli_done(j->cli, "%llu records, all as they were written",
		    (unsigned long long)end->records);
	if (end->head[0])
		gv_cli_done(j->cli, "head: %s", end->head);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct journal j = {.cli = cli};
	struct gv_journal_end end = {0};
	uint64_t lines = UINT64_MAX;
	int r = read_options(&j, &lines, err);

	(void)argc;
	(void)argv;
	if (r == 0)
		r = gv_cli_store(cli, GV_STORE_READ, err);
	if (r < 0)
		return r;
	j.records = gv_json_new_array();
	j.findings = gv_json_new_array();
	if (r == 0)
		r = gv_journal_read(&cli->store, visit, &j, &end, err);
	if (r >= 0 && end.wrong)
		complain(&j, 0, end.wrong);
	if (r >= 0)
		r = j.check ? judge(&j, &end, err) : show(&j, lines, err);
	gv_list_release(&j.cells);
	gv_json_free(j.records);
	gv_json_free(j.findings);
	return r;
}

static const struct gv_option options[] = {
	{"lines", 'n', "N", "only the last N records", NULL},
	{"since", 0, "WHEN", "only what is not older: 2026-11-21, 12h, 7d", NULL},
	{"check", 0, NULL, "look whether a record was changed, moved or left out", NULL},
	{"head", 0, "HASH", "check, and this head noted earlier must be in it", NULL},
	{0},
};

const struct gv_command gv_cmd_journal = {
	.name = "journal",
	.what = "show what changed in the store, when, and by whom",
	.details =
		"Each record holds the hash of the one before.  --check follows them and "
		"prints the hash of the\nlast one; who keeps that elsewhere can tell "
		"with "
		"--head whether the records until then are\nstill all there.",
	.options = options,
	.max_operands = 0,
	.json = true,
	.run = run,
};

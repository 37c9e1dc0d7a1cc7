// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/interrupt.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/journal/signing.h"
#include "core/cli/journal/words.h"
#include "core/cli/output.h"
#include "core/cli/terminal/table.h"
#include "core/store/journal.h"

enum { COLUMNS = 4 };

struct journal {
	struct gv_cli *cli;
	bool check;
	const char *head; /* that must be among the records; NULL: none was given */
	const struct gv_signed_head *signed_head; /* the same of one that was signed */
	uint64_t nth;				  /* record */
	time_t since;				  /* 0: all */
	struct gv_list cells;
	struct gv_json *records, *findings;
	bool head_seen, signed_seen, wrong;
	struct gv_err err; /* the last thing that is wrong, not said yet */
};

/* -- one record ---------------------------------------------------------------------- */

static const char *text_of(const struct gv_json *record, const char *key)
{
	const char *s = gv_json_str(record, key);

	return s ? s : "";
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
	gv_describe_record(record, &d);
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

/* -- what is wrong ------------------------------------------------------------------- */

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
	j->nth += line->record != NULL;
	if (j->head && strcmp(j->head, line->hash) == 0)
		j->head_seen = true;
	if (j->signed_head && line->record && j->nth == j->signed_head->records &&
	    strcmp(j->signed_head->head, line->hash) == 0)
		j->signed_seen = true;
	if (j->check || !line->record || !is_wanted(j, line->record))
		return 0;
	gv_json_append(j->records, gv_json_share(line->record));
	return add_row(j, line->record);
}

/* -- options ------------------------------------------------------------------------- */

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
	bool sign = gv_cli_option(j->cli, "sign") != NULL;
	bool key = gv_cli_option(j->cli, "key") != NULL;
	int r = 0;

	j->head = gv_cli_option(j->cli, "head");
	j->check = gv_cli_option(j->cli, "check") || j->head || sign || key;
	if (j->check && (n || since))
		return gv_err_set(err, -GV_EUSAGE,
				  "--check looks at all of it: --lines and --since do "
				  "not go with it");
	if (gv_cli_option(j->cli, "file") && !sign && !key)
		return gv_err_set(err, -GV_EUSAGE, "--file goes with --sign or --key");
	if (j->head)
		r = check_head(j->head, err);
	if (r == 0 && n)
		r = parse_lines(n, lines, err);
	return r == 0 && since ? parse_since(since, &j->since, err) : r;
}

/* -- answers ------------------------------------------------------------------------- */

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

static void look_for_signed(struct journal *j, struct gv_json *o)
{
	char when[GV_RFC3339_LEN];
	struct gv_json *s;

	if (!j->signed_head)
		return;
	gv_clock_rfc3339(j->signed_head->time, when);
	s = gv_json_new_object();
	gv_json_set_str(s, "time", when);
	gv_json_set_int(s, "records", (int64_t)j->signed_head->records);
	gv_json_set_str(s, "head", j->signed_head->head);
	gv_json_set(o, "signed", s);
#ifndef GV_WITHOUT_SIGNED_HEAD /* tests/controls: whatever was signed */
	if (!j->signed_seen)
		complain(j, 0, "the record that was signed as the last is not there");
#endif
}

static void tell(const struct journal *j, const struct gv_journal_end *end)
{
	char when[GV_RFC3339_LEN];

	gv_cli_done(j->cli, "%llu records, all as they were written",
		    (unsigned long long)end->records);
	if (end->head[0])
		gv_cli_done(j->cli, "head: %s", end->head);
	if (!j->signed_head)
		return;
	gv_clock_rfc3339(j->signed_head->time, when);
	gv_cli_done(j->cli, "signed %s: %llu records", when,
		    (unsigned long long)j->signed_head->records);
}

/* *ret: the answer, unless something is wrong. */
static int judge(struct journal *j, const struct gv_journal_end *end,
		 struct gv_json **ret, struct gv_err *err)
{
	struct gv_json *o = gv_cli_new_json();

	if (j->head && !j->head_seen)
		complain(j, 0, "no record has the hash that was given");
	look_for_signed(j, o);
	gv_json_set_bool(o, "ok", !j->wrong);
	gv_json_set_int(o, "records", (int64_t)end->records);
	gv_json_set_str(o, "head", end->head[0] ? end->head : NULL);
	gv_json_set(o, "findings", j->findings);
	j->findings = NULL;
	if (!j->wrong) {
		*ret = o;
		return 0;
	}
	j->cli->partial = o;
	*err = j->err;
	return err->code;
}

static int read_all(struct journal *j, struct gv_journal_end *ret, struct gv_err *err)
{
	int r = j->cli->store_open ? gv_journal_read(&j->cli->store, visit, j, ret, err)
				   : 0; /* there is no store yet */

	if (r >= 0 && ret->wrong)
		complain(j, 0, ret->wrong);
	return r < 0 ? r : 0;
}

/* -- what is asked for --------------------------------------------------------------- */

/* With the head that `key` signed, where there is one to look for. */
static int check(struct journal *j, const struct gv_minisign_public *key, bool must,
		 struct gv_journal_end *end, struct gv_json **ret, struct gv_err *err)
{
	const char *file = gv_cli_option(j->cli, "file");
	static struct gv_signed_head head;
	char path[GV_SIGNING_PATH_LEN];
	int r = key ? gv_signing_read(j->cli, file, key, &head, err) : 1;

	if (r < 0)
		return r;
	if (r == 0)
		j->signed_head = &head;
	gv_signing_path(j->cli, file, path);
	if (r == 1 && must)
		return gv_err_set(err, -GV_EVERIFY, "there is no '%s.minisig'", path);
	r = read_all(j, end, err);
	return r < 0 ? r : judge(j, end, ret, err);
}

static int check_and_tell(struct journal *j, struct gv_err *err)
{
	const char *path = gv_cli_option(j->cli, "key");
	struct gv_journal_end end = {0};
	struct gv_minisign_public key;
	struct gv_json *o = NULL;
	int r = path ? gv_signing_public(path, &key, err) : 0;

	if (r == 0)
		r = check(j, path ? &key : NULL, path != NULL, &end, &o, err);
	if (r < 0)
		return r;
	if (j->cli->json)
		return gv_cli_print_json(o, err);
	gv_json_free(o);
	tell(j, &end);
	return 0;
}

/* What was signed before must still be there: no cut is signed away. */
static int sign_with(struct journal *j, const struct gv_minisign_secret *key,
		     struct gv_err *err)
{
	struct gv_minisign_public public = gv_minisign_public_of(key);
	const char *file = gv_cli_option(j->cli, "file");
	struct gv_signed_head head = {.time = time(NULL)};
	char path[GV_SIGNING_PATH_LEN];
	struct gv_journal_end end = {0};
	struct gv_json *o = NULL;
	int r = check(j, &public, false, &end, &o, err);

	if (r < 0)
		return r;
	gv_json_free(o);
	if (end.records == 0)
		return gv_err_set(err, -GV_ENOTFOUND, "there is no record to sign");
	head.records = end.records;
	memcpy(head.head, end.head, sizeof(head.head));
	r = gv_journal_sync(&j->cli->store, err);
	if (r == 0)
		r = gv_signing_write(j->cli, file, key, &head, err);
	if (r < 0)
		return r;
	gv_signing_path(j->cli, file, path);
	gv_cli_done(j->cli, "%llu records signed: %s.minisig",
		    (unsigned long long)end.records, path);
	if (!j->cli->json)
		return 0;
	o = gv_cli_new_json();
	gv_json_set_int(o, "records", (int64_t)end.records);
	gv_json_set_str(o, "head", end.head);
	gv_json_set_str(o, "file", path);
	return gv_cli_print_json(o, err);
}

static int sign(struct journal *j, struct gv_err *err)
{
	struct gv_minisign_secret key;
	int r = gv_signing_key(gv_cli_option(j->cli, "key"), &key, err);

	if (r < 0)
		return r;
	r = sign_with(j, &key, err);
	gv_minisign_forget(&key);
	return r;
}

static int read_and_show(struct journal *j, uint64_t lines, struct gv_err *err)
{
	struct gv_journal_end end = {0};
	int r = read_all(j, &end, err);

	return r < 0 ? r : show(j, lines, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct journal j = {.cli = cli};
	uint64_t lines = UINT64_MAX;
	int r = read_options(&j, &lines, err);

	(void)argc;
	(void)argv;
	if (r == 0)
		r = gv_cli_option(cli, "sign") || gv_cli_option(cli, "key")
			    ? gv_cli_need_store(cli, err)
			    : gv_cli_store(cli, GV_STORE_READ, err);
	if (r < 0)
		return r;
	j.records = gv_json_new_array();
	j.findings = gv_json_new_array();
	if (gv_cli_option(cli, "sign"))
		r = sign(&j, err);
	else
		r = j.check ? check_and_tell(&j, err) : read_and_show(&j, lines, err);
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
	{"sign", 0, NULL, "check, and sign the head with a secret key of minisign", NULL},
	{"key", 0, "KEY",
	 "to sign with; else check, and the head signed with it must be there", "file"},
	{"file", 0, "FILE", "of the signed head, instead of one in the store", "file"},
	{0},
};

const struct gv_command gv_cmd_journal = {
	.name = "journal",
	.what = "show what changed in the store, when, and by whom",
	.details =
		"Each record holds the hash of the one before.  --check follows them and "
		"prints the hash of the\n"
		"last one; who keeps that elsewhere can tell with --head whether the "
		"records until then are\n"
		"still all there; so can who has the public key when the head was "
		"signed.",
	.options = options,
	.max_operands = 0,
	.json = true,
	.run = run,
};

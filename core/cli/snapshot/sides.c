// SPDX-License-Identifier: Apache-2.0
#include "core/cli/snapshot/sides.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/snapshot/snapshot.h"
#include "core/store/history.h"

#define SNAPSHOT_MAX (64u << 20) /* bytes */

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot compare");
}

static int load_generation(struct gv_cli *cli, uint64_t number, struct gv_side *s,
			   struct gv_err *err)
{
	GV_CLEANUP(gv_history_release) struct gv_history history = {0};
	GV_CLEANUP(gv_buf_release) struct gv_buf label = GV_BUF_INIT(0);
	const struct gv_generation *g;
	int r = gv_cli_store(cli, GV_STORE_READ, err);

	if (r == 0)
		r = gv_history_load(&cli->store, &history, err);
	if (r < 0)
		return r;
	g = gv_history_find(&history, number);
	if (!g) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no generation %llu",
			   (unsigned long long)number);
		return gv_err_hint(err, "govern generations");
	}
	gv_buf_format(&label, "generation %llu", (unsigned long long)number);
	s->label = gv_buf_take(&label);
	return s->label && gv_facts_of_pointers(&g->pointers, &s->facts) == 0
		       ? 0
		       : no_memory(err);
}

static int read_file(const char *path, struct gv_json **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(SNAPSHOT_MAX);
	unsigned line = 0;
	const char *why;
	struct gv_json *j;
	int r = strcmp(path, "-") == 0 ? gv_read_fd(STDIN_FILENO, &text)
				       : gv_read_file(AT_FDCWD, path, &text);

	if (r == -ENOENT) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no file '%s'", path);
		return gv_err_hint(err, "for a host: ssh://HOST");
	}
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s'", path);
	j = gv_json_parse(text.data ? text.data : "", text.len, &line);
	why = gv_snapshot_check(j);
	if (why) {
		gv_json_free(j);
		return gv_err_at(err, -GV_EFORMAT, path, line,
				 "'%s' cannot be compared: %s", path, why);
	}
	*ret = j;
	return 0;
}

static int name_snapshot(struct gv_side *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf label = GV_BUF_INIT(0);
	const char *host = gv_json_str(gv_json_get(s->snapshot, "host"), "name");

	gv_buf_format(&label, "%s, %s", host ? host : "?",
		      gv_json_str(s->snapshot, "taken_at"));
	s->label = gv_buf_take(&label);
	return s->label ? gv_facts_of_snapshot(s->snapshot, &s->facts) : -ENOMEM;
}

int gv_side_load(struct gv_cli *cli, const char *word, struct gv_side *ret,
		 struct gv_err *err)
{
	struct gv_side s = {.word = word};
	uint64_t number;
	int r;

	if (cli->offline && gv_after_prefix(word, "ssh://"))
		r = gv_err_set(err, -GV_EUSAGE,
			       "'%s' is asked over the network: not with --offline",
			       word);
	else if (gv_num_parse(word, strlen(word), UINT64_MAX, &number) == 0)
		r = load_generation(cli, number, &s, err);
	else if (strcmp(word, ".") == 0)
		r = gv_snapshot_take(cli, &s.snapshot, err);
	else if (gv_after_prefix(word, "ssh://"))
		r = gv_remote_snapshot(word, &s.snapshot, err);
	else
		r = read_file(word, &s.snapshot, err);
	if (r == 0 && s.snapshot && name_snapshot(&s) < 0)
		r = no_memory(err);
	if (r < 0)
		gv_side_release(&s);
	else
		*ret = s;
	return r;
}

void gv_side_release(struct gv_side *s)
{
	gv_json_free(s->snapshot);
	free(s->label);
	gv_facts_release(&s->facts);
	*s = (struct gv_side){0};
}

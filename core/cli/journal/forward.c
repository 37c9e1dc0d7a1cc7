// SPDX-License-Identifier: Apache-2.0
#include "core/cli/journal/forward.h"

#include <string.h>
#include <syslog.h>

#include "core/base/journald.h"
#include "core/base/text.h"
#include "core/cli/journal/words.h"
#include "core/cli/output.h"
#include "core/trust/sha256.h"

struct record {
	const struct gv_json *j;
	const char *root;
	char words[1024], hash[GV_SHA256_HEX];
};

static const char *field(const struct record *r, const char *key)
{
	return gv_json_str(r->j, key);
}

static int to_journald(const struct record *r)
{
	const struct gv_journald_field fields[] = {
		{"MESSAGE", r->words},
		{"PRIORITY", "5"},	  /* notice */
		{"SYSLOG_FACILITY", "1"}, /* user */
		{"SYSLOG_IDENTIFIER", "govern"},
		{"GOVERN_EVENT", field(r, "event")},
		{"GOVERN_VERSION", field(r, "version")},
		{"GOVERN_TAG", field(r, "tag")},
		{"GOVERN_BEFORE", field(r, "before")},
		{"GOVERN_TRUST", field(r, "trust")},
		{"GOVERN_H1", field(r, "h1")},
		{"GOVERN_SOURCE", field(r, "source")},
		{"GOVERN_PLATFORM", field(r, "platform")},
		{"GOVERN_COMMAND", field(r, "command")},
		{"GOVERN_REASON", field(r, "reason")},
		{"GOVERN_ROOT", r->root},
		{"GOVERN_HASH", r->hash},
	};

	return gv_journald_send(GV_JOURNALD_SOCKET, fields, GV_COUNT(fields));
}

/* Text of others is shown as in a terminal: a line break in it would begin another
 * entry. */
static void to_syslog(const struct record *r)
{
	char line[4096];
	struct gv_text t = gv_text_in(line, sizeof(line));
	const char *command = field(r, "command"), *reason = field(r, "reason");

	gv_text_add_visible(&t, r->words, strlen(r->words));
	gv_text_format(&t, " hash=%s root=", r->hash);
	gv_text_add_visible(&t, r->root, strlen(r->root));
	gv_text_add(&t, " command=");
	if (command)
		gv_text_add_visible(&t, command, strlen(command));
	if (reason) {
		gv_text_add(&t, " reason=");
		gv_text_add_visible(&t, reason, strlen(reason));
	}
	openlog("govern", LOG_PID, LOG_USER);
	syslog(LOG_NOTICE, "%s", line);
	closelog();
}

void gv_cli_forward(struct gv_cli *cli, const char *root, const char *line, size_t n)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = NULL;
	struct record r = {.root = root};
	struct gv_text t = gv_text_in(r.words, sizeof(r.words));
	struct gv_err why = GV_ERR_INIT;
	uint8_t digest[GV_SHA256_BYTES];
	const char *to;
	int sent = 0;

	if (gv_cli_config(cli, &why) < 0) {
		gv_cli_warn_of(cli, &why);
		return;
	}
	to = gv_config_str(&cli->config, GV_SET_JOURNAL_FORWARD);
	if (strcmp(to, "no") == 0)
		return;
	r.j = j = gv_json_parse(line, n, NULL);
	if (!j)
		return; /* no memory; it is written */
	gv_describe_record(j, &t);
	gv_sha256_of(line, n, digest);
	gv_sha256_to_hex(digest, r.hash);
	if (strcmp(to, "journald") == 0)
		sent = to_journald(&r);
	else
		to_syslog(&r);
	if (sent == 0)
		return;
	gv_err_sys(&why, sent, "cannot hand the record on to '" GV_JOURNALD_SOCKET "'");
	gv_cli_warn_of(cli, &why);
}

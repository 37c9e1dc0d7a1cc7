// SPDX-License-Identifier: Apache-2.0
#include "core/cli/snapshot/sides.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/lines.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/running.h"
#include "core/cli/snapshot/snapshot.h"

enum {
	SNAPSHOT_MAX = 16 << 20, /* bytes */
	QUIET_MS = 120 * 1000,
};

struct place {
	char host[256];	      /* "user@host" */
	char port[8];	      /* "": ssh's own */
	char directory[1024]; /* "": where one gets in */
};

/* What the other side's shell, whichever it is, leaves alone between double quotes in
 * single ones. */
static bool is_harmless(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("/._-+@%:,= []", s[i]) &&
		    (unsigned char)s[i] < 0x80)
			return false;
	return true;
}

static int parse(const char *url, struct place *ret, struct gv_err *err)
{
	const char *host = gv_after_prefix(url, "ssh://");
	size_t n = host ? strcspn(host, "/") : 0, port = n;
	const char *directory = host + n;

	while (port > 0 && isdigit((unsigned char)host[port - 1]))
		port--;
	if (port == n || port == 0 || host[port - 1] != ':')
		port = n + 1; /* none */
	if (n == 0 || host[0] == '-' || port - 1 >= sizeof(ret->host) || port == 1 ||
	    (port < n && n - port >= sizeof(ret->port)) ||
	    strlen(directory) >= sizeof(ret->directory) ||
	    !is_harmless(url, strlen(url)) || strcspn(host, " =,%") < n)
		return gv_err_set(err, -GV_EUSAGE,
				  "'%s' is not ssh://HOST or ssh://HOST/DIR", url);
	*ret = (struct place){0};
	memcpy(ret->host, host, port - 1);
	if (port < n)
		memcpy(ret->port, host + port, n - port);
	memcpy(ret->directory, directory, strlen(directory));
	return 0;
}

/* For the shell that the user has there, which hands all of it to sh. */
static void compose(const struct place *p, struct gv_buf *command)
{
	gv_buf_add_str(command, "sh -c '");
	if (p->directory[0])
		gv_buf_format(command, "cd \"%s\" || exit; ", p->directory);
	gv_buf_add_str(
		command,
		"for g in govern \"${GOVERN_ROOT:-${XDG_DATA_HOME:-$HOME/.local/share}"
		"/govern}\"/*/bin/govern; do \"$g\" --version >/dev/null 2>&1 && "
		"exec \"$g\" snapshot; done; "
		"echo \"govern is neither in PATH nor in the store there\" >&2; exit "
		"127'");
}

struct answer {
	struct gv_buf said;
	struct gv_lines complaint;
};

static int hear(void *arg, int fd, const char *data, size_t n)
{
	struct answer *a = arg;

	if (fd == 1)
		return gv_buf_add(&a->said, data, n);
	gv_lines_add(&a->complaint, data, n);
	return 0;
}

static int ask(const struct place *p, const char *command, struct answer *a,
	       int *ret_status, struct gv_err *err)
{
	const struct gv_running here = {.envp = environ};
	char program[PATH_MAX];
	const char *argv[16] = {"ssh",		 "-T", "-o",
				"BatchMode=yes", "-o", "ConnectTimeout=20"};
	size_t n = 6;
	struct gv_supervise what = {
		.program = program,
		.quiet_ms = QUIET_MS,
		.output = hear,
		.arg = a,
	};
	int r = gv_running_find(&here, "ssh", program, err);

	if (r < 0)
		return r;
	if (p->port[0]) {
		argv[n++] = "-p";
		argv[n++] = p->port;
	}
	argv[n++] = "--";
	argv[n++] = p->host;
	argv[n++] = command;
	argv[n] = NULL;
	what.argv = (char *const *)(uintptr_t)argv; /* nobody writes to them */
	r = gv_supervise(&what, ret_status);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	return r < 0 ? gv_err_sys(err, r, "cannot ask '%s'", p->host) : 0;
}

int gv_remote_snapshot(const char *url, struct gv_json **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf command = GV_BUF_INIT(0);
	struct answer a = {.said = GV_BUF_INIT(SNAPSHOT_MAX)};
	struct gv_json *j = NULL;
	const char *why, *last;
	struct place p;
	int status = 0, r = parse(url, &p, err);

	if (r < 0)
		return r;
	compose(&p, &command);
	if (gv_buf_error(&command) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot ask '%s'", p.host);
	r = ask(&p, command.data, &a, &status, err);
	last = gv_lines_end(&a.complaint);
	if (r == 0 && status != 0)
		r = gv_err_set(err, -GV_EREMOTE, "'%s' gives no snapshot: %s", p.host,
			       last[0] ? last : "ssh says nothing");
	if (r == 0) {
		j = a.said.len ? gv_json_parse(a.said.data, a.said.len, NULL) : NULL;
		why = gv_snapshot_check(j);
		if (why)
			r = gv_err_set(err, -GV_EREMOTE, "what '%s' answers: %s", p.host,
				       why);
	}
	gv_buf_release(&a.said);
	if (r < 0) {
		gv_json_free(j);
		return r;
	}
	*ret = j;
	return 0;
}

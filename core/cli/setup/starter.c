// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/starter.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/num.h"
#include "core/base/text.h"
#include "core/cli/setup/rcblock.h"

/* Ancestors that are looked at: a script in a script in a job. */
#define GENERATIONS 16

/* What stands in PATH behind the store's directory. */
#define SYSTEM_PATH "/usr/local/bin:/usr/bin:/bin"

static const struct {
	const char *comm;
	enum gv_starter starter;
} known[] = {
	{"cron", GV_STARTER_CRON},     {"crond", GV_STARTER_CRON},
	{"anacron", GV_STARTER_CRON},  {"systemd", GV_STARTER_SYSTEMD},
	{"sshd", GV_STARTER_SSHD},     {"sshd-session", GV_STARTER_SSHD},
	{"dropbear", GV_STARTER_SSHD}, {"sudo", GV_STARTER_SUDO},
};

/* The name of a process and its parent; 0 at the end. */
static pid_t look(pid_t pid, char comm[16])
{
	GV_CLEANUP(gv_buf_release) struct gv_buf stat = GV_BUF_INIT(4096);
	char path[64];
	struct gv_text t = gv_text_in(path, sizeof(path)), name = gv_text_in(comm, 16);
	const char *open_, *close_, *parent;
	uint64_t n = 0;

	gv_text_format(&t, "/proc/%d/stat", (int)pid);
	GV_CLEANUP(gv_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || gv_read_fd(fd, &stat) < 0 || !stat.data)
		return 0;
	/* PID (NAME) STATE PARENT …; a name may have parentheses in it. */
	open_ = strchr(stat.data, '(');
	close_ = strrchr(stat.data, ')');
	if (!open_ || !close_ || close_ < open_ || strlen(close_) < 5)
		return 0;
	gv_text_add_n(&name, open_ + 1, (size_t)(close_ - open_ - 1));
	parent = close_ + 4;
	if (gv_num_parse(parent, strcspn(parent, " "), INT32_MAX, &n) < 0)
		return 0;
	return (pid_t)n;
}

enum gv_starter gv_starter_find(void)
{
	pid_t pid = getppid();
	char comm[16];

	if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) || isatty(STDERR_FILENO))
		return GV_STARTER_SHELL;
	for (int i = 0; i < GENERATIONS && pid > 0; i++) {
		pid = look(pid, comm);
		for (size_t k = 0; k < GV_COUNT(known); k++)
			if (strcmp(comm, known[k].comm) == 0)
				return known[k].starter;
	}
	return GV_STARTER_SHELL;
}

/* In double quotes, as systemd.syntax(7) and its specifiers want it. */
static void quote_for_unit(struct gv_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			gv_buf_add_str(b, "\\");
		if (*s == '%')
			gv_buf_add_str(b, "%");
		gv_buf_add(b, s, 1);
	}
}

void gv_starter_line(enum gv_starter starter, const char *bin, struct gv_buf *ret)
{
	switch (starter) {
	case GV_STARTER_CRON:
		/* Quotes would be part of it, for it does not begin with one. */
		gv_buf_format(ret, "PATH=%s:" SYSTEM_PATH, bin);
		break;
	case GV_STARTER_SYSTEMD:
		gv_buf_add_str(ret, "Environment=\"PATH=");
		quote_for_unit(ret, bin);
		gv_buf_add_str(ret, ":" SYSTEM_PATH "\"");
		break;
	case GV_STARTER_SSHD:
		gv_buf_add_str(ret, "ssh HOST '. ~/.profile; COMMAND'");
		break;
	case GV_STARTER_SUDO:
		gv_buf_add_str(ret, "sudo \"$(command -v go)\" ARGUMENT...");
		break;
	case GV_STARTER_SHELL:
		gv_buf_add_str(ret, "export PATH=");
		gv_rc_quote(ret, bin, GV_RC_SH);
		gv_buf_add_str(ret, ":\"$PATH\"");
		break;
	}
}

// SPDX-License-Identifier: Apache-2.0
/*
 * The shim: what runs when somebody types `go` or `gofmt`.  It asks core/resolve which
 * toolchain that is here, and becomes it: the last system call is execve(2), so that PID,
 * working directory, umask, open files, signals and the exit status are those of the real
 * program.  It writes nothing but, when it fails, one message.
 *
 * No heap, no stdio, no configuration.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/resolve/environ.h"
#include "core/resolve/resolve.h"
#include "shim/install.h"
#include "shim/main.h"
#include "shim/process.h"
#include "shim/self.h"

/* As of a shell: POSIX, "Exit Status for Commands". */
enum { STATUS_CANNOT_EXECUTE = 126, STATUS_NOT_FOUND = 127 };

/* The one write(2): a line, and a second one when something helps.  Nothing that the shim
 * opens is open for writing, so it cannot land in a file that got a closed fd 2. */
GV_COLD static int report(const struct gv_err *err)
{
	char line[sizeof(err->message) + sizeof(err->hint) + 32];
	struct gv_text t = gv_text_in(line, sizeof(line));

	gv_text_format(&t, "govern: %s\n", err->message);
	if (err->hint[0])
		gv_text_format(&t, "hint: %s\n", err->hint);
	/* Whether anybody reads it changes nothing. */
	(void)!write(STDERR_FILENO, line, t.len);
	return err->code == -GV_ENOEXEC || err->code == -GV_EPOLICY
		       ? STATUS_CANNOT_EXECUTE
		       : STATUS_NOT_FOUND;
}

/* execve(2) came back. */
GV_COLD static int explain_exec(int error, const char *program, struct gv_err *err)
{
	const char *why;

	switch (error) {
	case ENOENT:
		/* It was there when it was chosen: then its interpreter is missing. */
		why = access(program, F_OK) == 0
			      ? "the program interpreter that it names is missing"
			      : "it has just been removed";
		break;
	case ENOEXEC:
		why = "it is not a program for this machine";
		break;
	case EACCES:
		why = "permission denied (is its file system mounted noexec?)";
		break;
	case E2BIG:
		why = "the arguments and the environment are too long";
		break;
	case ETXTBSY:
		why = "it is being written";
		break;
	case ENOMEM:
		why = "out of memory";
		break;
	default:
		return gv_err_set(err, -GV_ENOEXEC, "cannot execute '%s': error %d",
				  program, error);
	}
	return gv_err_set(err, -GV_ENOEXEC, "cannot execute '%s': %s", program, why);
}

/* statfs(2); linux/magic.h is not among musl's headers. */
#define PROC_SUPER_MAGIC 0x9fa0

/* Whether Go will find its GOROOT by /proc/self/exe.  To look behind /proc/self makes the
 * kernel build this process's part of /proc, 20 µs; to look at the mount costs 1. */
static bool has_proc(void)
{
	struct statfs fs;

	return statfs("/proc", &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/* Whether the shim has been linked to where a toolchain has its go. */
GV_COLD static bool lies_in_toolchain(const struct shim_self *self)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	const char *name = strrchr(self->prefix, '/');

	gv_text_format(&t, "%.*s", (int)(name - self->prefix), self->prefix);
	if (t.cut || !gv_has_suffix(path, "/toolchains"))
		return false;
	gv_text_format(&t, "%s/toolchains", name);
	if (t.cut || access(path, F_OK) == 0)
		return false; /* it is a store, in a directory of that name */
	t.len = (size_t)(name - self->prefix);
	gv_text_add(&t, "/../bin/go");
	return access(path, F_OK) == 0;
}

/* Where guessing does not help.  A shim in a toolchain finds no store: that it says so
 * would be true, and not help. */
GV_COLD static int find_self(const struct shim_process *p, struct shim_self *self,
			     struct shim_room *room)
{
	int r = shim_self_find(p->execfn, room->path, self, &room->err);
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));

	if (r < 0 || !lies_in_toolchain(self))
		return r;
	gv_text_format(&t, "%s/bin/%s", self->prefix, self->program);
	return gv_err_set(&room->err, -GV_ENOEXEC, "'%s' leads back to a govern shim",
			  path);
}

/* What runs here, by the store that the shim lies in.  Negative: an error that is set. */
static int resolve(struct gv_request *req, const struct shim_process *p,
		   struct shim_self *self, struct shim_room *room)
{
	int r;

	req->prefix = self->prefix;
	req->guessed = self->guessed;
	r = gv_resolve(req, &room->choice, &room->err);
	if (r != GV_RESOLVE_ASTRAY)
		return r;
	r = find_self(p, self, room);
	if (r < 0)
		return r;
	req->prefix = self->prefix;
	req->guessed = false;
	return gv_resolve(req, &room->choice, &room->err);
}

/*
 * Of these two everything was asked, and they went by variables that are not what they
 * were: the search of PATH would go on behind what it found, and what runs inside a go
 * command would not know that it does.
 */
GV_COLD static bool was_careful(const struct gv_choice *choice)
{
	return choice->kind == GV_KIND_NESTED || choice->name[0] == '\0';
}

/* Comes back with an errno, and with the arguments as they were. */
static int become(struct shim_process *p, struct shim_room *room)
{
	const struct gv_choice *choice = &room->choice;
	char **argv = p->argv, *first = argv[1];
	int error;

	if (gv_choice_environ(choice, p->envp, p->envp, p->env_room, room->text) < 0)
		return E2BIG;
	if (choice->skip_argument) {
		argv[1] = argv[0];
		argv++;
	}
	execve(choice->program, argv, p->envp);
	error = errno;
	p->argv[1] = first;
	/* It stays as it was edited, which the second time comes out the same. */
	for (p->n_env = 0; p->envp[p->n_env]; p->n_env++)
		;
	return error;
}

int shim_main(struct shim_process *p, struct shim_room *room)
{
	struct gv_err *err = &room->err;
	struct shim_self self;
	struct gv_request req;
	int error;

	if (p->secure) {
		(void)gv_err_set(err, -GV_ENOEXEC,
				 "refusing to run with the privileges of another user");
		return report(err);
	}
	if (!shim_self_guess(p->execfn, &self) && find_self(p, &self, room) < 0)
		return report(err);

	/* Go counts on an argv[0]; kernels before 5.18 let a caller leave it out. */
	if (p->argc == 0 && shim_process_insert(p, 0, &self.program, 1) < 0)
		return STATUS_CANNOT_EXECUTE;

	req = (struct gv_request){
		.program = self.program,
		.argv = p->argv,
		.envp = p->envp,
		.no_proc = !has_proc(),
		.unnamed = true,
		.at_once = true,
	};
	/* At once; when that fails, everything is asked first, and there is a reason
	 * to tell. */
	for (;; req.at_once = false) {
		int r = resolve(&req, p, &self, room);

		if (r == -GV_ENOTFOUND)
			shim_install(p, &self, &room->choice);
		if (r < 0)
			return report(err);
		error = become(p, room);
		if (!req.at_once || was_careful(&room->choice))
			break;
	}
	(void)explain_exec(error, room->choice.program, err);
	return report(err);
}

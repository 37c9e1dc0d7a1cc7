// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/run.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/resolve/pin.h"
#include "core/version/goroot.h"

#define PLACE_MAX 800

const char *gv_path_tail(const char *path, const char **ret_dots)
{
	const size_t max = PLACE_MAX - 100;
	size_t n = strlen(path);

	*ret_dots = n > max ? "..." : "";
	return n > max ? path + n - max : path;
}

const char *gv_explain_errno(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return "permission denied";
	case ELOOP:
		return "too many levels of symbolic links";
	case EIO:
		return "input/output error";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	case ENOMEM:
		return "out of memory";
	case ETIMEDOUT:
		return "the file server does not answer";
	default:
		return "it cannot be read";
	}
}

/* " (pinned by /src/app/.go-version:1)" */
static void add_place(const struct gv_run *run, char place[PLACE_MAX])
{
	const struct gv_choice *c = run->choice;
	struct gv_text t = gv_text_in(place, PLACE_MAX);
	const char *dots, *file;

	if (run->anonymous)
		return;
	switch (c->kind) {
	case GV_KIND_ARGUMENT:
		gv_text_format(&t, " (asked for by +%s)", c->spec.text);
		break;
	case GV_KIND_ENVIRONMENT:
		gv_text_add(&t, " (asked for by GOVERN_VERSION)");
		break;
	case GV_KIND_GOTOOLCHAIN:
		gv_text_add(&t, " (asked for by GOTOOLCHAIN)");
		break;
	case GV_KIND_FILE:
		file = gv_path_tail(c->file, &dots);
		gv_text_format(&t, " (pinned by %s%s:%u)", dots, file, c->line);
		break;
	case GV_KIND_DEFAULT:
		gv_text_add(&t, " (the default)");
		break;
	case GV_KIND_NESTED:
	case GV_KIND_SYSTEM:
		break;
	}
}

/* It was adopted, and what it was adopted from is not that any more. */
static bool was_adopted(struct gv_run *run, const char *name, const char *place)
{
	char link[PATH_MAX], target[PATH_MAX];
	struct gv_text t = gv_text_in(link, sizeof(link));
	const char *dots, *from;
	struct gv_version now;
	ssize_t n;

	gv_text_format(&t, "%s/toolchains/%s", run->req->prefix, name);
	n = t.cut ? -1 : readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	from = gv_path_tail(target, &dots);
	if (gv_goroot_version(AT_FDCWD, link, &now) == 0)
		gv_err_set(run->err, -GV_ENOTFOUND,
			   "%s was adopted from '%s%s', which is now %s%s", name, dots,
			   from, now.name, place);
	else
		gv_err_set(run->err, -GV_ENOTFOUND,
			   "%s was adopted from '%s%s', where there is no Go any more%s",
			   name, dots, from, place);
	return true;
}

static int not_installed(struct gv_run *run, const char *name, const char *place)
{
	char bare[GV_NAME_MAX];
	struct gv_version v;

	if (was_adopted(run, name, place))
		; /* that is the better sentence */
	else if (run->choice->spec.kind == GV_SPEC_TAG)
		gv_err_set(run->err, -GV_ENOTFOUND,
			   "%s, which the tag '%s' names, is not installed%s", name,
			   run->choice->spec.tag, place);
	else
		gv_err_set(run->err, -GV_ENOTFOUND, "%s is not installed%s", name, place);
	/* a custom name is nothing that anybody offers */
	if (gv_version_parse(name, strlen(name), &v) == 0 && v.suffix.len == 0)
		return gv_err_hint(run->err, "govern install %s",
				   gv_version_bare(&v, bare));
	return run->err->code;
}

static int no_pointer(struct gv_run *run, const char *place)
{
	const struct gv_spec *spec = &run->choice->spec;
	struct gv_err *err = run->err;
	char bare[GV_NAME_MAX];

	switch (spec->kind) {
	case GV_SPEC_LINE:
		gv_err_set(err, -GV_ENOTFOUND, "no go%s is installed%s", spec->line,
			   place);
		return gv_err_hint(err, "govern install %s", spec->line);
	case GV_SPEC_TAG:
		if (spec->version.name[0]) {
			gv_err_set(err, -GV_ENOTFOUND,
				   "there is no tag '%s' that names %s%s", spec->tag,
				   spec->version.name, place);
			return gv_err_hint(err, "govern tag %s %s", spec->tag,
					   gv_version_bare(&spec->version, bare));
		}
		gv_err_set(err, -GV_ENOTFOUND, "there is no tag '%s'%s", spec->tag,
			   place);
		return gv_err_hint(err, "govern tag %s latest", spec->tag);
	default:
		gv_err_set(err, -GV_ENOTFOUND, "no stable Go is installed%s", place);
		return gv_err_hint(err, "govern install latest");
	}
}

/* Then it is one command to a default, and no download. */
static bool has_stable(const struct gv_run *run)
{
	char path[PATH_MAX], first;
	struct gv_text t = gv_text_in(path, sizeof(path));

	gv_text_format(&t, "%s/current/latest", run->req->prefix);
	return !t.cut && readlink(path, &first, 1) > 0;
}

static int none_in_path(struct gv_run *run, const char *place)
{
	struct gv_err *err = run->err;

	if (run->choice->explicit_pin) {
		gv_err_set(err, -GV_ENOTFOUND, "there is no other %s in PATH%s",
			   run->req->program, place);
		return gv_err_hint(err, "govern pin latest");
	}
	gv_err_set(
		err, -GV_ENOTFOUND,
		"no Go here: nothing is pinned, the store has no default, and there is "
		"no other %s in PATH",
		run->req->program);
	return gv_err_hint(err, has_stable(run) ? "govern default latest"
						: "govern install latest --default");
}

/* A toolchain that is there and does not work. */
static int unusable(struct gv_run *run, enum gv_found found, const char *place)
{
	const struct gv_choice *c = run->choice;
	struct gv_err *err = run->err;
	const char *dots, *program = gv_path_tail(c->program, &dots);
	char bare[GV_NAME_MAX];
	struct gv_version v;

	if (found == GV_DAMAGED)
		gv_err_set(err, -GV_ENOEXEC, "%s has no %s%s: '%s%s' is missing", c->name,
			   run->req->program, place, dots, program);
	else if (found == GV_LEADS_BACK)
		gv_err_set(err, -GV_ENOEXEC, "'%s%s' leads back to a govern shim%s", dots,
			   program, place);
	else
		gv_err_set(err, -GV_ENOEXEC, "cannot execute '%s%s': %s%s", dots, program,
			   run->error ? gv_explain_errno(run->error)
				      : "it is not an executable file",
			   place);
	if (gv_version_parse(c->name, strlen(c->name), &v) == 0 && v.suffix.len == 0)
		return gv_err_hint(err, "govern install --force %s",
				   gv_version_bare(&v, bare));
	return err->code;
}

/* By the rule that the mark names. */
static int denied(struct gv_run *run, const char *place)
{
	const struct gv_choice *c = run->choice;
	char path[PATH_MAX], why[512];
	struct gv_text t = gv_text_in(path, sizeof(path));
	ssize_t n = -1;
	int fd;

	gv_text_format(&t, "%s.denied", c->goroot);
	fd = t.cut ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, why, sizeof(why) - 1);
		close(fd);
	}
	why[n > 0 ? n : 0] = '\0';
	why[strcspn(why, "\n")] = '\0';
	gv_err_set(run->err, -GV_EPOLICY, "%s is denied by %s%s", c->name,
		   why[0] ? why : "this store", place);
	return gv_err_hint(run->err, "govern policy show");
}

int gv_explain(struct gv_run *run, enum gv_found found)
{
	const struct gv_choice *c = run->choice;
	struct gv_err *err = run->err;
	char place[PLACE_MAX] = "", bare[GV_NAME_MAX];
	const char *dots, *prefix;
	int code = 0;

	gv_pin_place(run);
	add_place(run, place);
	switch (found) {
	case GV_NOT_INSTALLED:
		code = not_installed(run, c->name, place);
		break;
	case GV_DENIED:
		code = denied(run, place);
		break;
	case GV_NO_POINTER:
		code = no_pointer(run, place);
		break;
	case GV_BAD_POINTER:
		prefix = gv_path_tail(run->req->prefix, &dots);
		gv_err_set(err, -GV_ENOTFOUND,
			   "'%s%s/current/%s' does not name a toolchain%s", dots, prefix,
			   run->pointer, place);
		code = gv_err_hint(err, "govern doctor");
		break;
	case GV_OTHER_VERSION:
		gv_err_set(err, -GV_EPIN, "the tag '%s' names %s, not %s%s", c->spec.tag,
			   c->name, c->spec.version.name, place);
		code = gv_err_hint(err, "govern tag %s %s", c->spec.tag,
				   gv_version_bare(&c->spec.version, bare));
		break;
	case GV_NONE_IN_PATH:
		code = none_in_path(run, place);
		break;
	case GV_DAMAGED:
	case GV_CANNOT_EXECUTE:
	case GV_LEADS_BACK:
	case GV_FOUND:
		code = unusable(run, found, place);
		break;
	}
	if (c->kind == GV_KIND_FILE) {
		struct gv_text t = gv_text_in(err->file, sizeof(err->file));

		gv_text_add_visible(&t, c->file, strlen(c->file));
		err->line = c->line;
	}
	return code;
}

static int at_place(struct gv_run *run, unsigned line, const char *why)
{
	const struct gv_choice *c = run->choice;
	const char *dots, *file;

	gv_pin_place(run);
	switch (c->kind) {
	case GV_KIND_FILE:
		file = gv_path_tail(c->file, &dots);
		if (line)
			return gv_err_at(run->err, -GV_EPIN, c->file, line, "%s%s:%u: %s",
					 dots, file, line, why);
		return gv_err_at(run->err, -GV_EPIN, c->file, 0, "%s%s: %s", dots, file,
				 why);
	case GV_KIND_ENVIRONMENT:
		return gv_err_set(run->err, -GV_EPIN, "GOVERN_VERSION: %s", why);
	default:
		return gv_err_set(run->err, -GV_EPIN, "+SPEC: %s", why);
	}
}

int gv_explain_word(struct gv_run *run, unsigned line)
{
	char why[256], hint[256];
	struct gv_text t = gv_text_in(why, sizeof(why));
	struct gv_text h = gv_text_in(hint, sizeof(hint));
	const char *word;
	int code;

	gv_text_add(&t, run->err->message);
	gv_text_add(&h, run->err->hint);
	code = at_place(run, line, why);
	word = gv_after_prefix(hint, "govern pin ");
	if (word && run->choice->kind != GV_KIND_FILE) /* for once, and no pin */
		return gv_err_hint(run->err, "govern run %s %s", word, run->req->program);
	return h.len ? gv_err_hint(run->err, "%s", hint) : code;
}

int gv_explain_file(struct gv_run *run, unsigned line, const char *why)
{
	return at_place(run, line, why);
}

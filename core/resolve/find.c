// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/nolinks.h"
#include "core/base/text.h"
#include "core/version/goroot.h"

static void set_name(struct gv_run *run, const struct gv_version *v)
{
	if (v != &run->version)
		run->version = *v;
	memcpy(run->choice->name, v->name, sizeof(v->name));
}

/* choice->goroot and ->program, in the room behind what is taken. */
static bool compose(struct gv_run *run)
{
	struct gv_choice *c = run->choice;
	struct gv_text root, program;

	root = gv_text_in(c->text + c->used, PATH_MAX);
	gv_text_add(&root, run->req->prefix);
	gv_text_add(&root, "/toolchains/");
	gv_text_add(&root, c->name);
	program = gv_text_in(root.at + root.len + 1, PATH_MAX);
	gv_text_add_n(&program, root.at, root.len);
	gv_text_add(&program, "/bin/");
	gv_text_add(&program, run->req->program);
	c->goroot = root.at;
	c->program = program.at;
	return !root.cut && !program.cut;
}

/*
 * Before we say that a toolchain is not there: NFS remembers an absence for half a
 * minute, unless the directory is opened, which makes it ask the server again.  The
 * directory is the part of choice->goroot before the last slash.
 */
GV_COLD static enum gv_found look_again(struct gv_run *run, struct stat *ret)
{
	struct gv_choice *c = run->choice;
	char *slash = strrchr(c->text + c->used, '/');
	const char *program = c->program + (slash + 1 - c->goroot);
	enum gv_found found = GV_NOT_INSTALLED;
	struct stat st;
	int fd;

#ifdef GV_WITHOUT_SECOND_LOOK /* tests/controls: the first answer counts */
	return found;
#endif
	*slash = '\0';
	fd = open(c->goroot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	if (fd < 0)
		return found;
	if (fstatat(fd, program, ret, AT_SYMLINK_NOFOLLOW) == 0)
		found = GV_FOUND;
	else if (fstatat(fd, slash + 1, &st, 0) == 0)
		found = GV_DAMAGED;
	close(fd);
	return found;
}

/* A program that we may execute and that is not a shim. */
static enum gv_found check(struct gv_run *run, const char *path, struct stat *st)
{
	bool linked = S_ISLNK(st->st_mode) || st->st_nlink > 1;

	run->error = 0;
	if (S_ISLNK(st->st_mode) && stat(path, st) < 0) {
		run->error = errno;
		return run->error == ENOENT ? GV_DAMAGED : GV_CANNOT_EXECUTE;
	}
	if (!S_ISREG(st->st_mode) || !(st->st_mode & 0111))
		return GV_CANNOT_EXECUTE;
	return gv_is_shim(run, path, st, linked) ? GV_LEADS_BACK : GV_FOUND;
}

static void trace_found(const struct gv_run *run, enum gv_found found)
{
	static const char *const what[] = {
		[GV_FOUND] = "is there",
		[GV_NOT_INSTALLED] = "not installed",
		[GV_DENIED] = "is denied by the store",
		[GV_DAMAGED] = "missing, though its toolchain is there",
		[GV_CANNOT_EXECUTE] = "cannot be executed",
		[GV_LEADS_BACK] = "leads back to a govern shim",
	};

	gv_run_trace(run, run->choice->program, what[found]);
}

/*
 * An adopted toolchain is a link to what somebody else looks after: /usr/local/go may
 * have become another version by now, and who asks for 1.22.5 wants no other.
 */
static bool has_changed(const struct gv_run *run)
{
	const struct gv_choice *c = run->choice;
	struct gv_version now;
	char first;
	int r;

#ifdef GV_WITHOUT_ADOPTED_VERSION /* tests/controls: whatever is there by now */
	return false;
#endif
	if (readlink(c->goroot, &first, 1) < 0)
		return false;
	r = gv_goroot_version(AT_FDCWD, c->goroot, &now);
	return r == -ENOENT || r == -EINVAL || (r == 0 && strcmp(now.name, c->name) != 0);
}

/*
 * The mark lies beside the toolchain, toolchains/<name>.denied: so its path is made out
 * of the program's, in the place of "/bin/go", for the time of one call.
 */
static bool is_denied(const struct gv_run *run)
{
	static const char mark[8] = ".denied";
	struct gv_choice *c = run->choice;
	char was[sizeof(mark)], *tail;
	bool denied;

#ifdef GV_WITHOUT_DENIED /* tests/controls: nobody asks the store */
	return false;
#endif
	if (!c->name[0])
		return false;
	tail = c->text + (c->program - c->text) + strlen(c->goroot);
	memcpy(was, tail, sizeof(was));
	memcpy(tail, mark, sizeof(mark));
	denied = access(c->program, F_OK) == 0;
	memcpy(tail, was, sizeof(was));
	return denied;
}

static enum gv_found look(struct gv_run *run)
{
	enum gv_found found = GV_FOUND;
	struct stat st;

	if (!compose(run))
		return GV_NOT_INSTALLED;
	/* One call for what is almost always so.  No link on the way: it is not
	 * adopted, and it does not lead back here. */
	if (!run->careful && gv_is_file_nolinks(run->choice->program)) {
		run->inside = true;
		return GV_FOUND;
	}
	if (lstat(run->choice->program, &st) < 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ESTALE) {
			found = look_again(run, &st);
		} else {
			run->error = errno;
			found = GV_CANNOT_EXECUTE;
		}
	}
	if (found == GV_FOUND)
		found = check(run, run->choice->program, &st);
	if (found == GV_FOUND && has_changed(run))
		found = GV_NOT_INSTALLED;
	run->inside |= found == GV_FOUND;
	return found;
}

enum gv_found gv_find_toolchain(struct gv_run *run, const struct gv_version *v)
{
	enum gv_found found;

	set_name(run, v);
	found = look(run);
	/* What runs already goes on: a build that began before is not broken.  Else a
	 * denial comes before all that may be wrong about it, which with `at_once` nobody
	 * knows yet. */
	if (found != GV_NOT_INSTALLED && !run->nested && is_denied(run))
		found = GV_DENIED;
	trace_found(run, found);
	return found;
}

/* readlink of <prefix>/current/<pointer>; after an absence once more, see above. */
static ssize_t read_pointer(struct gv_run *run, const char *pointer, char *ret,
			    size_t cap)
{
	struct gv_text t = gv_text_in(run->choice->text + run->choice->used, PATH_MAX);
	const char *current;
	ssize_t n;
	int fd;

	gv_text_add(&t, run->req->prefix);
	gv_text_add(&t, "/current/");
	gv_text_add(&t, pointer);
	if (t.cut)
		return -1;
	n = readlink(t.at, ret, cap);
	if (n < 0 && (errno == ENOENT || errno == ESTALE)) {
		fd = open(run->req->prefix, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		current = t.at + strlen(run->req->prefix) + 1;
		if (fd >= 0) {
			n = readlinkat(fd, current, ret, cap);
			close(fd);
		}
	}
	return n;
}

enum gv_found gv_find_pointer(struct gv_run *run, const char *pointer)
{
	char target[GV_NAME_MAX + 64];
	struct gv_text t = gv_text_in(run->pointer, sizeof(run->pointer));
	struct gv_version v;
	const char *name = target;
	ssize_t n = read_pointer(run, pointer, target, sizeof(target));
	size_t len = n > 0 ? (size_t)n : 0;
	const char *place = run->choice->text + run->choice->used;

	run->inside |= n >= 0;
	gv_text_add(&t, pointer);
	if (n < 0 && errno != EINVAL) {
		gv_run_trace(run, place, "no such pointer");
		return GV_NO_POINTER;
	}
	for (size_t i = 0; i < len; i++)
		if (target[i] == '/')
			name = target + i + 1;
	len -= (size_t)(name - target);
	/* Of the link only the name counts: the path is ours. */
	if (n < 0 || (size_t)n == sizeof(target) || gv_version_parse(name, len, &v) < 0 ||
	    strlen(v.name) != len) {
		gv_run_trace(run, place, "does not name a toolchain");
		return GV_BAD_POINTER;
	}
	gv_run_trace(run, place, v.name);
	set_name(run, &v);
	return GV_FOUND;
}

/*
 * Between the two looks a command may switch the pointer and remove what it led to; and
 * NFS believes in an old `current` for half a minute, unless its directory is opened.  So
 * a toolchain that is not there is asked for once more, by the pointer as it is now.
 */
enum gv_found gv_follow_pointer(struct gv_run *run, const char *pointer)
{
	enum gv_found found = gv_find_pointer(run, pointer);
	bool again = true;
	int fd;

#ifdef GV_WITHOUT_SECOND_LOOK
	again = false;
#endif
	if (found == GV_FOUND)
		found = gv_find_toolchain(run, &run->version);
	if (found != GV_NOT_INSTALLED || !again)
		return found;
	fd = open(run->req->prefix, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	(void)gv_find_pointer(run, pointer); /* the name stays when it is gone */
	return gv_find_toolchain(run, &run->version);
}

static enum gv_found find_tag(struct gv_run *run, const struct gv_spec *spec)
{
	char pointer[GV_NAME_MAX + 1];
	struct gv_text t = gv_text_in(pointer, sizeof(pointer));
	enum gv_found found;

	gv_text_format(&t, "@%s", spec->tag);
	found = gv_find_pointer(run, pointer);
	if (found != GV_FOUND)
		return found;
	if (spec->version.name[0] && strcmp(spec->version.name, run->choice->name) != 0)
		return GV_OTHER_VERSION;
	return gv_find_toolchain(run, &run->version);
}

enum gv_found gv_find_spec(struct gv_run *run, const struct gv_spec *spec)
{
	switch (spec->kind) {
	case GV_SPEC_EXACT:
		return gv_find_toolchain(run, &spec->version);
	case GV_SPEC_LINE:
		return gv_follow_pointer(run, spec->line);
	case GV_SPEC_LATEST:
		return gv_follow_pointer(run, "latest");
	case GV_SPEC_TAG:
		return find_tag(run, spec);
	case GV_SPEC_SYSTEM:
		return gv_search_path(run);
	case GV_SPEC_OLDSTABLE:
	case GV_SPEC_PRERELEASE:
	case GV_SPEC_RANGE:
		break;
	}
	return GV_NO_POINTER; /* pins do not parse to these */
}

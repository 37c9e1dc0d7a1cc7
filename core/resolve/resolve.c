// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/resolve.h"

#include <errno.h>
#include <string.h>

#include "core/base/nolinks.h"
#include "core/base/text.h"
#include "core/resolve/environ.h"
#include "core/resolve/pin.h"
#include "core/resolve/run.h"

static void set_text(struct gv_spec *spec, const char *s)
{
	struct gv_text t = gv_text_in(spec->text, sizeof(spec->text));

	gv_text_add(&t, s);
}

/* GOTOOLCHAIN is what a shim further up exported, and not the user's. */
static bool gotoolchain_is_ours(const struct gv_run *run)
{
	const char *value = run->env.gotoolchain;
	const char *exported = run->env.exported;

	return value && exported && *value && strcmp(value, exported) == 0;
}

/* -- rule 1 -------------------------------------------------------------------------- */
static int by_argument(struct gv_run *run)
{
	char *const *argv = run->req->argv;
	struct gv_choice *c = run->choice;
	enum gv_found found;

	if (!argv || !argv[0] || !argv[1] || argv[1][0] != '+') {
		gv_run_trace(run, "+SPEC", "not given");
		return GV_NEXT;
	}
	gv_run_trace(run, "+SPEC", argv[1]);
	c->kind = GV_KIND_ARGUMENT;
	c->explicit_pin = true;
	c->skip_argument = true;
	if (gv_spec_parse(argv[1] + 1, strlen(argv[1] + 1), GV_SPEC_PIN, &c->spec,
			  run->err) < 0)
		return gv_explain_word(run, 0);
	found = gv_find_spec(run, &c->spec);
	return found == GV_FOUND ? 0 : gv_explain(run, found);
}

/* -- rule 2 -------------------------------------------------------------------------- */
static bool same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

/* Whether the prefix has no link on its way, as GOROOT has none. */
static bool is_real(struct gv_run *run)
{
	struct gv_text t = gv_text_in(run->choice->text, PATH_MAX);

	gv_text_format(&t, "%s/bin/%s", run->req->prefix, run->req->program);
	return !t.cut && gv_is_file_nolinks(t.at);
}

/* The go command exports GOROOT and GOTOOLDIR to what it runs (-toolexec, cgo, …).  The
 * GOROOT of an adopted toolchain is where the link leads: there GOVERSION has the name.
 */
static int by_nested(struct gv_run *run)
{
	const char *goroot = run->env.goroot;
	const char *tools = run->env.gotooldir;
	const char *goversion = run->env.goversion;
	const char *behind, *name;
	struct gv_choice *c = run->choice;
	struct gv_version v;
	enum gv_found found;

	behind =
		goroot && *goroot == '/' && tools ? gv_after_prefix(tools, goroot) : NULL;
	if (!behind || *behind != '/') {
		gv_run_trace(run, "GOROOT", "not inside a go command");
		return GV_NEXT;
	}
	name = gv_after_prefix(goroot, run->req->prefix);
	name = name ? gv_after_prefix(name, "/toolchains/") : NULL;
	if (!name && run->req->guessed && !is_real(run)) {
		run->astray = true;
		return -GV_EFAILED;
	}
	if (!name)
		name = goversion ? goversion : "";
	/* What is exported now is gone when execve(2) has failed: everything is asked. */
	run->careful = run->nested = true;
	found = gv_version_parse(name, strlen(name), &v) < 0 ? GV_NOT_INSTALLED
							     : gv_find_toolchain(run, &v);
	run->careful = !run->req->at_once;
	run->nested = false;
	if (found != GV_FOUND || !same_file(goroot, c->goroot)) {
		gv_run_trace(run, "GOROOT",
			     "inside a go command that is not of this store");
		gv_run_forget(run);
		return GV_NEXT;
	}
	c->kind = GV_KIND_NESTED;
	gv_run_trace(run, "GOROOT", "inside a running go command");
	return 0;
}

/* -- rule 3 -------------------------------------------------------------------------- */
static int by_variable(struct gv_run *run)
{
	const char *value = run->env.version;
	int r;

	if (!value) {
		gv_run_trace(run, "GOVERN_VERSION", "not set");
		return GV_NEXT;
	}
	run->choice->kind = GV_KIND_ENVIRONMENT;
	run->choice->explicit_pin = true;
	gv_run_trace(run, "GOVERN_VERSION", *value ? value : "empty");
	r = gv_choose(run, gv_words_in(value, strlen(value), GV_WORDS_VERSIONS), false);
	if (r == GV_NEXT)
		gv_run_forget(run);
	return r;
}

/* -- rule 4 -------------------------------------------------------------------------- */
/* "go1.22.5", "go1.22.5+auto": not "go1.22", which is no release, nor what Go refuses. */
static bool names_exactly(const char *value, struct gv_version *ret)
{
	size_t n = strcspn(value, "+");

	if (value[n] && strcmp(value + n, "+auto") != 0 &&
	    strcmp(value + n, "+path") != 0)
		return false;
	return gv_version_parse(value, n, ret) == 0 && !gv_version_is_lang(ret);
}

/* The Go that the next rules find knows GOTOOLCHAIN: it will run, or fetch, what it
 * names. */
static int leave_to_go(struct gv_run *run, const struct gv_version *v)
{
	gv_run_forget(run);
	memcpy(run->wanted, v->name, sizeof(v->name));
	gv_run_trace(run, "GOTOOLCHAIN", "left to the Go found below");
	return GV_NEXT;
}

static int by_gotoolchain(struct gv_run *run)
{
	const char *value = run->env.gotoolchain;
	struct gv_choice *c = run->choice;
	struct gv_version v;
	enum gv_found found;

	if (!value || !*value) {
		gv_run_trace(run, "GOTOOLCHAIN", "not set");
		return GV_NEXT;
	}
	if (gotoolchain_is_ours(run)) {
		gv_run_trace(run, "GOTOOLCHAIN", "exported by govern, not by the user");
		return GV_NEXT;
	}
	if (!names_exactly(value, &v)) {
		gv_run_trace(run, "GOTOOLCHAIN", "names no exact version");
		return GV_NEXT;
	}
	gv_run_trace(run, "GOTOOLCHAIN", value);
	/* "+auto" is for a Go that reads go.mod: this one does not. */
	if (strchr(value, '+') && !gv_version_at_least(&v, 21))
		return leave_to_go(run, &v);
	c->kind = GV_KIND_GOTOOLCHAIN;
	c->spec.kind = GV_SPEC_EXACT;
	c->spec.version = v;
	set_text(&c->spec, value);
	found = gv_find_toolchain(run, &v);
	if (found == GV_FOUND)
		return 0;
	if (found != GV_NOT_INSTALLED)
		return gv_explain(run, found);
	return leave_to_go(run, &v);
}

/* There is none: an older one would silently be what runs. */
static int take_wanted(struct gv_run *run)
{
	struct gv_choice *c = run->choice;
	char other[GV_NAME_MAX], bare[GV_NAME_MAX];
	enum gv_found found;
	struct gv_version v;

	if (gv_version_parse(run->wanted, strlen(run->wanted), &v) < 0)
		return -EINVAL; /* it was parsed before */
	memcpy(other, c->name, sizeof(other));
	gv_run_forget(run);
	c->kind = GV_KIND_GOTOOLCHAIN;
	c->spec.kind = GV_SPEC_EXACT;
	c->spec.version = v;
	set_text(&c->spec, gv_version_bare(&v, bare));
	found = gv_find_toolchain(run, &v);
	if (found == GV_FOUND)
		return 0;
	if (found != GV_NOT_INSTALLED || !other[0])
		return gv_explain(run, found);
	gv_err_set(
		run->err, -GV_ENOTFOUND,
		"%s is not installed (asked for by GOTOOLCHAIN), and %s cannot fetch it",
		run->wanted, other);
	return gv_err_hint(run->err, "govern install %s", bare);
}

static bool too_old_for_gotoolchain(const struct gv_run *run)
{
	return run->choice->name[0] && !gv_version_at_least(&run->version, 21);
}

/* -- rule 5 -------------------------------------------------------------------------- */
static int by_pin(struct gv_run *run)
{
	char *const *argv = run->req->argv;
	const char *chdir = NULL;
	struct gv_walk w;
	int r;

	if (argv && argv[0] && strcmp(run->req->program, "go") == 0)
		chdir = gv_chdir_option(argv + 1 + run->choice->skip_argument);
	gv_walk_start(&w, run->env.pwd, run->choice->text);
	if (chdir && *chdir)
		gv_walk_change(&w, chdir);
	if (run->req->trace && gv_walk_is_nowhere(&w)) {
		gv_run_trace(run, "working directory", "deleted");
		return GV_NEXT;
	}
	r = gv_pin_find(run, &w, false);
	if (r == GV_NEXT)
		gv_run_forget(run);
	return r;
}

/* -- rule 6 -------------------------------------------------------------------------- */
static int by_default(struct gv_run *run)
{
	struct gv_choice *c = run->choice;
	enum gv_found found = gv_follow_pointer(run, "default");
	char bare[GV_NAME_MAX];

	if (found == GV_NO_POINTER)
		return GV_NEXT;
	c->kind = GV_KIND_DEFAULT;
	if (found == GV_FOUND)
		return 0;
	if (found == GV_NOT_INSTALLED) {
		c->spec.kind = GV_SPEC_EXACT;
		c->spec.version = run->version;
		set_text(&c->spec, gv_version_bare(&run->version, bare));
	}
	return gv_explain(run, found);
}

/* -- rule 7 -------------------------------------------------------------------------- */
static int by_path(struct gv_run *run)
{
	enum gv_found found = gv_search_path(run);

	if (found == GV_FOUND)
		return 0;
	return run->wanted[0] ? take_wanted(run) : gv_explain(run, found);
}

/* -- what the choice means for the environment --------------------------------------- */
static const char *exported_value(enum gv_spec_suffix suffix)
{
	switch (suffix) {
	case GV_SUFFIX_AUTO:
		return "auto";
	case GV_SUFFIX_PATH:
		return "path";
	case GV_SUFFIX_LOCAL:
	case GV_SUFFIX_NONE:
		break;
	}
	return "local"; /* a pin is a pin */
}

static void settle(struct gv_run *run)
{
	struct gv_choice *c = run->choice;
	const char *value = run->env.gotoolchain;
	bool ours = gotoolchain_is_ours(run);

#ifdef GV_WITHOUT_FREEDOM /* tests/controls: where nothing is pinned a pin is exported */
	c->explicit_pin = true;
#endif
	if (c->explicit_pin && (c->kind != GV_KIND_FILE || !value || !*value || ours))
		c->gotoolchain = exported_value(c->spec.suffix);
	else if (!c->explicit_pin && c->kind != GV_KIND_NESTED)
		c->drop_gotoolchain = ours;
#ifdef GV_WITHOUT_PASSING /* tests/controls: the user's GOTOOLCHAIN does not arrive */
	c->drop_gotoolchain = true;
#endif
	if (c->name[0])
		c->set_goroot =
			run->req->no_proc || !gv_version_at_least(&run->version, 10);
}

/* Apart, because of its buffer. */
__attribute__((noinline)) static bool is_store(const struct gv_run *run)
{
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct stat st;

	gv_text_format(&t, "%s/toolchains", run->req->prefix);
	return !t.cut && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int gv_resolve(const struct gv_request *req, struct gv_choice *ret, struct gv_err *err)
{
	static int (*const rules[])(struct gv_run *) = {
		by_argument, by_nested,	 by_variable, by_gotoolchain,
		by_pin,	     by_default, by_path,
	};
	struct gv_run run;
	int r = GV_NEXT;

	run.req = req;
	run.choice = ret;
	run.err = err;
	run.anonymous = run.inside = run.astray = run.nested = false;
	run.careful = !req->at_once;
	run.error = 0;
	run.walk = NULL;
	run.wanted[0] = '\0';
	gv_run_init(&run);
	for (size_t i = 0; i < GV_COUNT(rules) && r == GV_NEXT; i++)
		r = rules[i](&run);
	if (r == 0 && run.wanted[0] && too_old_for_gotoolchain(&run))
		r = take_wanted(&run);
	if (run.astray || (req->guessed && !run.inside && !is_store(&run)))
		return GV_RESOLVE_ASTRAY;
	if (r == 0)
		settle(&run);
	return r;
}

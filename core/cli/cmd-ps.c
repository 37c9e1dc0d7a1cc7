// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/processes.h"
#include "core/cli/terminal/table.h"
#include "core/store/adopted.h"

struct listing {
	struct gv_cli *cli;
	char *prefix;
	struct gv_list installed; /* oldest first; none where there is no store */
	struct gv_processes all;
	struct gv_table table;
	struct gv_json *json;
};

/* What is to be said of one of them. */
struct verdict {
	char version[GV_NAME_MAX];  /* of the release; "": it is none */
	char in_force[GV_NAME_MAX]; /* in its directory; "": that is not known */
	char why[GV_WHY_LEN];
	char newest[GV_NAME_MAX]; /* newer patch of its line that is installed; "" */
	const char *toolchain;	  /* of this store, that it came from; NULL */
};

/* -- judging ------------------------------------------------------------------------- */

static void set(char ret[GV_NAME_MAX], const char *name)
{
	struct gv_text t = gv_text_in(ret, GV_NAME_MAX);

	gv_text_add(&t, name);
}

/* What `go` would be in its directory, with its environment. */
static void find_in_force(const struct listing *l, const struct gv_process *p,
			  struct verdict *v)
{
	static struct gv_choice choice;
	char *argv[] = {"go", "-C", p->cwd, "version", NULL};
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_request req = {.prefix = l->prefix, .program = "go", .argv = argv};
	char **envp;

	if (!p->cwd)
		return;
	envp = calloc(p->environment.n + 1, sizeof(*envp));
	if (!envp)
		return;
	for (size_t i = 0; i < p->environment.n; i++)
		envp[i] = p->environment.items[i];
	req.envp = envp;
	if (gv_resolve(&req, &choice, &ignored) == 0) {
		gv_cli_version_of(&choice, v->in_force);
		gv_cli_why(&choice, v->why);
	}
	free(envp);
}

static void find_newest(const struct listing *l, const struct gv_version *running,
			struct verdict *v)
{
	char line[GV_NAME_MAX], other[GV_NAME_MAX];
	struct gv_version theirs;

	gv_version_line(running, line);
	for (size_t i = 0; i < l->installed.n; i++) {
		const char *name = l->installed.items[i];

		if (gv_version_parse(name, strlen(name), &theirs) < 0)
			continue;
		gv_version_line(&theirs, other);
		if (strcmp(line, other) == 0 && gv_version_is_stable(&theirs) &&
		    gv_version_compare(&theirs, running) > 0 &&
		    gv_store_serves(&l->cli->store, name))
			set(v->newest, name);
	}
}

/* Go's own programs lie in the toolchain; others were built by one of that version. */
static void find_toolchain(const struct listing *l, const struct gv_process *p,
			   struct verdict *v)
{
	const char *in_store = p->goroot ? gv_after_prefix(p->goroot, l->prefix) : NULL;

	in_store = in_store ? gv_after_prefix(in_store, "/toolchains/") : NULL;
	for (size_t i = 0; i < l->installed.n; i++)
		if (strcmp(l->installed.items[i], in_store ? in_store : v->version) == 0)
			v->toolchain = l->installed.items[i];
	if (p->goroot && p->goroot[0] && !in_store)
		v->toolchain = NULL;
}

static void judge(const struct listing *l, const struct gv_process *p, struct verdict *v)
{
	const char *go = gv_process_info(&l->all, p)->go_version;
	struct gv_version running;

	find_in_force(l, p, v);
	if (gv_version_parse(go, strcspn(go, " "), &running) < 0)
		return;
	set(v->version, running.name);
	find_newest(l, &running, v);
	find_toolchain(l, p, v);
}

static bool is_current(const struct verdict *v)
{
	return strcmp(v->version, v->in_force) == 0;
}

/* What to do about it; "": nothing. */
static void advise(const struct gv_process *p, const struct verdict *v,
		   struct gv_text *ret)
{
	const char *again = p->goroot ? "" : "build it again and ";

	if (p->exe_gone)
		gv_text_format(ret, "restart it: its file was replaced");
	else if (v->newest[0] && strcmp(v->newest, v->in_force) == 0)
		gv_text_format(ret, "%srestart it: %s is in force", again, v->in_force);
	else if (v->newest[0])
		gv_text_format(ret, "%srestart it: %s is installed", again, v->newest);
	else if (v->in_force[0] && !is_current(v))
		gv_text_format(ret, "%s is in force", v->in_force);
}

/* -- telling ------------------------------------------------------------------------- */

static const char *or_null(const char *s)
{
	return s && s[0] ? s : NULL;
}

static const char *name_of(const struct gv_buildinfo *info)
{
	return info->path[0] ? info->path : info->main.path;
}

static void add_object(struct listing *l, const struct gv_process *p,
		       const struct verdict *v, const char *advice)
{
	const struct gv_buildinfo *info = gv_process_info(&l->all, p);
	struct gv_json *o = gv_json_new_object();

	gv_json_set_int(o, "pid", p->pid);
	gv_json_set_int(o, "uid", p->uid);
	gv_json_set_str(o, "kind", p->goroot ? "build" : "program");
	gv_json_set_str(o, "program", p->exe);
	gv_json_set_bool(o, "replaced", p->exe_gone);
	gv_json_set_str(o, "package", or_null(name_of(info)));
	gv_json_set_str(o, "go_version", info->go_version);
	gv_json_set_str(o, "version", or_null(v->version));
	gv_json_set_str(o, "toolchain", v->toolchain);
	gv_json_set_str(o, "goroot", or_null(p->goroot));
	gv_json_set_str(o, "directory", p->cwd);
	gv_json_set_str(o, "in_force", or_null(v->in_force));
	gv_json_set_str(o, "why", or_null(v->why));
	if (v->in_force[0])
		gv_json_set_bool(o, "current", is_current(v));
	else
		gv_json_set_str(o, "current", NULL);
	gv_json_set_str(o, "newest", or_null(v->newest));
	gv_json_set_str(o, "advice", or_null(advice));
	gv_json_append(l->json, o);
}

static int add_row(struct listing *l, const struct gv_process *p, const struct verdict *v,
		   const char *advice)
{
	const struct gv_buildinfo *info = gv_process_info(&l->all, p);
	char pid[32];
	struct gv_text t = gv_text_in(pid, sizeof(pid));
	const char *name = name_of(info);
	const char *cells[] = {pid,
			       p->goroot ? "build" : "program",
			       info->go_version,
			       v->in_force[0] ? v->in_force : "-",
			       name[0] ? name : p->exe,
			       p->cwd ? p->cwd : "-",
			       advice};
	int r;

	gv_text_format(&t, "%d", (int)p->pid);
	r = gv_table_row(&l->table, GV_STYLE_OFF, cells);
	if (r == 0 && v->in_force[0] && !is_current(v))
		gv_table_paint(&l->table, 2, GV_STYLE_YELLOW);
	return r;
}

static int tell(struct listing *l, const struct gv_process *p)
{
	struct verdict v = {0};
	char advice[256];
	struct gv_text t = gv_text_in(advice, sizeof(advice));

	judge(l, p, &v);
	advise(p, &v, &t);
	if (!l->cli->json)
		return add_row(l, p, &v, advice);
	add_object(l, p, &v, advice);
	return 0;
}

static int print(struct listing *l, struct gv_err *err)
{
	struct gv_json *o;

	if (l->cli->json) {
		o = gv_cli_new_json();
		gv_json_set(o, "processes", l->json);
		gv_json_set_int(o, "hidden", (int64_t)l->all.hidden);
		l->json = NULL;
		return gv_cli_print_json(o, err);
	}
	if (l->table.rows)
		gv_table_print(&l->table, l->cli);
	else
		gv_cli_say(l->cli, "no Go programs are running");
	if (l->all.hidden)
		gv_cli_say(l->cli, "processes of others that could not be looked at: %zu",
			   l->all.hidden);
	return 0;
}

static int list(struct listing *l, struct gv_err *err)
{
	static const char *const head[] = {"PID",     "KIND",	   "GO",    "IN FORCE",
					   "PROGRAM", "DIRECTORY", "ADVICE"};
	int r = gv_cli_prefix(l->cli, &l->prefix, err);

	if (r == 0)
		r = gv_cli_store(l->cli, GV_STORE_READ, err);
	if (r == 0)
		r = gv_store_list(&l->cli->store, &l->installed, err);
	if (r < 0)
		return r;
	l->table = (struct gv_table){
		.columns = GV_COUNT(head), .needed = 5, .right = 1u << 0};
	r = gv_table_head(&l->table, head);
	if (r == 0)
		r = gv_processes_gather(&l->all);
	for (size_t i = 0; i < l->all.n && r == 0; i++)
		r = tell(l, &l->all.items[i]);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot look at processes");
	return print(l, err);
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	struct listing l = {.cli = cli, .json = gv_json_new_array()};
	int r = list(&l, err);

	(void)argc;
	(void)argv;
	gv_json_free(l.json);
	gv_processes_release(&l.all);
	gv_list_release(&l.installed);
	gv_table_release(&l.table);
	free(l.prefix);
	return r;
}

const struct gv_command gv_cmd_ps = {
	.name = "ps",
	.what = "show the Go programs and builds that run, and which to restart",
	.details = "IN FORCE is what `go` would be in the directory of each, with its "
		   "own\nenvironment.  Of others' processes only root may know what they "
		   "run.",
	.json = true,
	.run = run,
};

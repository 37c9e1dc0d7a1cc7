// SPDX-License-Identifier: Apache-2.0
#include "core/cli/snapshot/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/lines.h"
#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/gomod.h"
#include "core/cli/installed.h"
#include "core/cli/running.h"
#include "core/cli/snapshot/secrets.h"
#include "core/config/dirs.h"
#include "core/config/goenv.h"
#include "core/store/pointers.h"
#include "core/store/receipt.h"

enum {
	ANSWER_MAX = 1 << 20, /* bytes */
	ANSWER_MS = 30 * 1000,
};

/* -- programs ------------------------------------------------------------------------ */

struct answer {
	struct gv_buf *said;
	struct gv_lines complaint;
};

static int hear(void *arg, int fd, const char *data, size_t n)
{
	struct answer *a = arg;

	if (fd == 1)
		return gv_buf_add(a->said, data, n);
	gv_lines_add(&a->complaint, data, n);
	return 0;
}

int gv_snapshot_ask(char *const *argv, char *const *envp, struct gv_buf *ret,
		    struct gv_err *err)
{
	struct answer a = {.said = ret};
	struct gv_supervise what = {
		.program = argv[0],
		.argv = argv,
		.envp = envp,
		.directory = ".",
		.limit_ms = ANSWER_MS,
		.output = hear,
		.arg = &a,
	};
	const char *last;
	int status = 0, r;

	ret->max = ANSWER_MAX;
	r = gv_supervise(&what, &status);
	last = gv_lines_end(&a.complaint);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(err, r, "interrupted");
	if (r < 0)
		return gv_err_sys(err, r, "cannot run '%s'", argv[0]);
	if (status != 0)
		return gv_err_set(err, -GV_EFAILED, "'%s' ends with status %d%s%s",
				  argv[0], status, last[0] ? ": " : "", last);
	return 0;
}

/* -- go env -------------------------------------------------------------------------- */

struct go_env {
	struct gv_json *values;
	char *build, *modules; /* caches */
	struct gv_list *compilers;
	bool failed;
};

/* Without the words that map away a directory with another name each time. */
static void drop_maps(char *flags)
{
	char *to = flags;

	for (char *word = flags; *word;) {
		size_t n = strcspn(word, " "), len = n + strspn(word + n, " ");

		if (!gv_after_prefix(word, "-ffile-prefix-map=") &&
		    !gv_after_prefix(word, "-fdebug-prefix-map=")) {
			memmove(to, word, len);
			to += len;
		}
		word += len;
	}
	*to = '\0';
}

static int take_value(void *arg, const char *key, const struct gv_json *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf shown = GV_BUF_INIT(0);
	struct go_env *env = arg;
	const char *text = gv_json_text(value);

	if (!text)
		return 0;
	gv_secret_add(&shown, key, text);
	if (strcmp(key, "GOGCCFLAGS") == 0 && shown.data)
		drop_maps(shown.data);
	gv_json_set_str(env->values, key, shown.data ? shown.data : "");
	if (strcmp(key, "GOCACHE") == 0 && !env->build)
		env->build = strdup(text);
	else if (strcmp(key, "GOMODCACHE") == 0 && !env->modules)
		env->modules = strdup(text);
	else if (strcmp(key, "CC") == 0 || strcmp(key, "CXX") == 0)
		return gv_list_add(env->compilers, text);
	return 0;
}

static int ask_go(struct gv_cli *cli, const char *name, struct go_env *env,
		  struct gv_err *err)
{
	GV_CLEANUP(gv_running_release) struct gv_running running = GV_RUNNING_INIT;
	GV_CLEANUP(gv_buf_release) struct gv_buf said = GV_BUF_INIT(0);
	GV_CLEANUP(gv_json_cleanup) struct gv_json *j = NULL;
	char program[PATH_MAX], word[] = "env", option[] = "-json";
	char *argv[] = {program, word, option, NULL};
	struct gv_spec spec;
	int r = gv_cli_spec(name, &spec, err);

	if (r == 0)
		r = gv_running_init(cli, &spec, &running, err);
	if (r == 0)
		r = gv_running_find(&running, "go", program, err);
	if (r == 0)
		r = gv_snapshot_ask(argv, running.envp, &said, err);
	if (r < 0)
		return r;
	j = said.len ? gv_json_parse(said.data, said.len, NULL) : NULL;
	if (!gv_json_is_object(j))
		return gv_err_set(err, -GV_EFORMAT, "'go env -json' of %s is no JSON",
				  name);
	env->values = gv_json_new_object();
	return gv_json_each(j, take_value, env) < 0
		       ? gv_err_sys(err, -ENOMEM, "cannot take a snapshot")
		       : 0;
}

/* -- the store ----------------------------------------------------------------------- */

struct taking {
	struct gv_cli *cli;
	struct gv_choice *choice; /* what is in force; NULL: nothing */
	struct gv_err no_choice;
	struct gv_list names, compilers;
	char *build, *modules;
	struct gv_json *toolchains, *pointers;
	int64_t generation; /* 0: none */
};

static const char *known(const char *s)
{
	return s && s[0] ? s : NULL;
}

static int add_toolchain(struct taking *t, const char *name, struct gv_err *err)
{
	struct go_env env = {.compilers = &t->compilers};
	struct gv_err why = GV_ERR_INIT;
	struct gv_receipt receipt = {0};
	struct gv_json *o = gv_json_new_object();
	bool has_receipt;
	int r = gv_receipt_load(&t->cli->store, name, &receipt, &why);

	has_receipt = r == 0;
	gv_json_set_bool(o, "adopted", receipt.adopted);
	why.code = ask_go(t->cli, name, &env, &why);
	if (env.values)
		gv_json_set(o, "go_env", env.values);
	else
		gv_json_set_str(o, "go_env", NULL);
	gv_json_set_str(o, "h1", known(receipt.h1));
	gv_json_set_str(o, "problem", why.code < 0 ? why.message : NULL);
	gv_json_set_str(o, "source", known(receipt.source));
	gv_json_set_str(o, "trust", has_receipt ? gv_trust_name(receipt.trust) : NULL);
	gv_json_set(t->toolchains, name, o);
	if (has_receipt)
		gv_receipt_release(&receipt);
	/* Of the one in force, else the newest. */
	if ((t->choice && strcmp(t->choice->name, name) == 0) || !t->choice ||
	    !t->choice->name[0] || !t->build) {
		free(t->build);
		free(t->modules);
		t->build = env.build;
		t->modules = env.modules;
	} else {
		free(env.build);
		free(env.modules);
	}
	if (why.code == -GV_EINTERRUPTED)
		return gv_err_set(err, why.code, "interrupted");
	return 0;
}

static int take_store(struct taking *t, struct gv_err *err)
{
	struct gv_pointers pointers = GV_POINTERS_INIT;
	int r = gv_cli_store(t->cli, GV_STORE_READ, err);

	if (r != 0)
		return r < 0 ? r : 0; /* no store yet: an empty one */
	r = gv_store_list(&t->cli->store, &t->names, err);
	for (size_t i = 0; i < t->names.n && r == 0; i++)
		r = add_toolchain(t, t->names.items[i], err);
	if (r == 0)
		r = gv_pointers_load(&t->cli->store, &pointers, err);
	for (size_t i = 0; i < pointers.n && r == 0; i++)
		gv_json_set_str(t->pointers, pointers.items[i].name,
				pointers.items[i].target);
	t->generation = (int64_t)pointers.generation;
	gv_pointers_release(&pointers);
	return r;
}

static struct gv_json *store_json(const struct taking *t)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_int(o, "generation", t->generation);
	gv_json_set_str(o, "root", t->cli->root);
	return o;
}

/* -- what is in force here ----------------------------------------------------------- */

static struct gv_json *in_force_json(const struct taking *t)
{
	const struct gv_choice *c = t->choice;
	struct gv_json *o = gv_json_new_object();
	char version[GV_NAME_MAX] = "";

	if (c)
		gv_cli_version_of(c, version);
	gv_json_set_str(o, "file", c ? known(c->file) : known(t->no_choice.file));
	gv_json_set_str(o, "kind", c ? gv_kind_name(c->kind) : NULL);
	gv_json_set_int(o, "line", c ? c->line : t->no_choice.line);
	gv_json_set_str(o, "problem", c ? NULL : t->no_choice.message);
	gv_json_set_str(o, "spec", c ? known(c->spec.text) : NULL);
	gv_json_set_str(o, "version", known(version));
	return o;
}

static void set_line(struct gv_json *o, const struct gv_buf *text, const char *word)
{
	size_t n = 0;
	const char *at =
		text->data ? gv_gomod_find(text->data, text->len, word, &n) : NULL;
	char *value = at ? strndup(at, n) : NULL;

	gv_json_set_str(o, word, value);
	free(value);
}

/* The nearest go.mod above; NULL: none. */
static struct gv_json *go_mod_json(const char *directory)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(GV_GOMOD_MAX);
	size_t n = strlen(directory);
	struct gv_json *o;

	for (;;) {
		while (n > 0 && directory[n - 1] == '/')
			n--;
		gv_buf_clear(&path);
		gv_buf_format(&path, "%.*s/go.mod", (int)n, directory);
		if (gv_buf_error(&path) < 0)
			return NULL;
		if (gv_read_file(AT_FDCWD, path.data, &text) == 0)
			break;
		gv_buf_clear(&text);
		if (n == 0)
			return NULL;
		while (n > 0 && directory[n - 1] != '/')
			n--;
	}
	o = gv_json_new_object();
	gv_json_set_str(o, "file", path.data);
	set_line(o, &text, "go");
	set_line(o, &text, "toolchain");
	return o;
}

static struct gv_json *go_env_file_json(void)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	GV_CLEANUP(gv_list_release) struct gv_list lines = GV_LIST_INIT;
	struct gv_json *o, *values;

	if (gv_goenv_list_written(&path, &lines) < 0 || !path)
		return NULL;
	o = gv_json_new_object();
	values = gv_json_new_object();
	gv_list_sort(&lines);
	for (size_t i = 0; i < lines.n; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf shown = GV_BUF_INIT(0);
		char *value = strchr(lines.items[i], '=');

		if (!value)
			continue; /* all that are listed have one */
		*value = '\0';
		gv_secret_add(&shown, lines.items[i], value + 1);
		gv_json_set_str(values, lines.items[i], shown.data ? shown.data : "");
	}
	gv_json_set_str(o, "path", path);
	gv_json_set(o, "values", values);
	return o;
}

/* -- all of it ----------------------------------------------------------------------- */

static void set_or_null(struct gv_json *o, const char *key, struct gv_json *value)
{
	if (value)
		gv_json_set(o, key, value);
	else
		gv_json_set_str(o, key, NULL);
}

static struct gv_json *caches_json(const struct taking *t)
{
	struct gv_json *o = gv_json_new_object();

	gv_json_set_str(o, "build", known(t->build));
	gv_json_set_str(o, "modules", known(t->modules));
	return o;
}

static struct gv_json *compose(const struct taking *t)
{
	char here[PATH_MAX];
	const char *directory = gv_dirs_working(here) == 0 ? here : NULL;
	char now[GV_RFC3339_LEN];
	struct gv_json *o = gv_json_new_object();

	gv_clock_rfc3339(time(NULL), now);
	gv_json_set_int(o, "schema", 1);
	gv_json_set(o, "c", gv_snapshot_c(&t->compilers));
	gv_json_set(o, "caches", caches_json(t));
	gv_json_set_str(o, "directory", directory);
	gv_json_set(o, "environment", gv_snapshot_environment());
	set_or_null(o, "go_env_file", go_env_file_json());
	set_or_null(o, "go_mod", directory ? go_mod_json(directory) : NULL);
	gv_json_set_str(o, "govern", GV_VERSION);
	gv_json_set(o, "host", gv_snapshot_host());
	gv_json_set(o, "in_force", in_force_json(t));
	gv_json_set_str(o, "platform", gv_platform_host());
	gv_json_set(o, "pointers", gv_json_share(t->pointers));
	gv_json_set(o, "store", store_json(t));
	gv_json_set_str(o, "taken_at", now);
	gv_json_set(o, "toolchains", gv_json_share(t->toolchains));
	return o;
}

int gv_snapshot_take(struct gv_cli *cli, struct gv_json **ret, struct gv_err *err)
{
	struct gv_choice choice;
	struct taking t = {
		.cli = cli,
		.choice = &choice,
		.toolchains = gv_json_new_object(),
		.pointers = gv_json_new_object(),
	};
	int r = gv_cli_resolve(cli, "go", NULL, NULL, &choice, &t.no_choice);

	if (r < 0)
		t.choice = NULL; /* that is a part of the picture */
	r = take_store(&t, err);
	if (r == 0)
		*ret = compose(&t);
	gv_list_release(&t.names);
	gv_list_release(&t.compilers);
	free(t.build);
	free(t.modules);
	gv_json_free(t.toolchains);
	gv_json_free(t.pointers);
	return r;
}

const char *gv_snapshot_check(const struct gv_json *snapshot)
{
	if (!gv_json_is_object(snapshot))
		return "it is no JSON object";
	if (!gv_json_is_object(gv_json_get(snapshot, "toolchains")) ||
	    !gv_json_str(snapshot, "taken_at"))
		return "it is no snapshot";
	if (gv_json_int(snapshot, "schema", 0) != 1)
		return "it was made by a newer govern";
	return NULL;
}

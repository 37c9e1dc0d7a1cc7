// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/run.h"

#include "core/base/text.h"
#include "core/resolve/environ.h"

const char *gv_kind_name(enum gv_kind kind)
{
	static const char *const names[] = {
		[GV_KIND_ARGUMENT] = "argument",
		[GV_KIND_NESTED] = "nested",
		[GV_KIND_ENVIRONMENT] = "environment",
		[GV_KIND_GOTOOLCHAIN] = "gotoolchain",
		[GV_KIND_FILE] = "file",
		[GV_KIND_DEFAULT] = "default",
		[GV_KIND_SYSTEM] = "system",
	};

	return names[kind];
}

void gv_run_trace(const struct gv_run *run, const char *place, const char *what)
{
	if (run->req->trace)
		run->req->trace(run->req->trace_arg, place, what);
}

void gv_run_forget(struct gv_run *run)
{
	struct gv_choice *c = run->choice;

	c->kind = GV_KIND_SYSTEM;
	c->explicit_pin = false;
	c->file = c->goroot = c->program = c->behind = "";
	c->name[0] = '\0';
	c->spec.kind = GV_SPEC_SYSTEM;
	c->spec.suffix = GV_SUFFIX_NONE;
	c->spec.text[0] = c->spec.tag[0] = c->spec.version.name[0] = '\0';
	c->used = 0;
}

/* The first one of a name counts, as for getenv(3). */
static void read_environ(char *const *envp, struct gv_variables *ret)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = {
		{"GOTOOLCHAIN=", &ret->gotoolchain},
		{GV_VAR_EXPORTED "=", &ret->exported},
		{"GOVERN_VERSION=", &ret->version},
		{GV_VAR_BEHIND "=", &ret->behind},
		{"GOROOT=", &ret->goroot},
		{"GOTOOLDIR=", &ret->gotooldir},
		{"GOVERSION=", &ret->goversion},
		{"PATH=", &ret->path},
		{"PWD=", &ret->pwd},
	};

	for (; *envp; envp++) {
		/* most of the others begin otherwise */
		if ((*envp)[0] != 'P' && ((*envp)[0] != 'G' || (*envp)[1] != 'O'))
			continue;
		for (size_t i = 0; i < GV_COUNT(known); i++) {
			const char *value;

			if ((*envp)[1] != known[i].name[1])
				continue;
			value = gv_after_prefix(*envp, known[i].name);
			if (value && !*known[i].value)
				*known[i].value = value;
		}
	}
}

/* Field by field: an initializer would write to each page of `text`. */
void gv_run_init(struct gv_run *run)
{
	struct gv_choice *c = run->choice;

	run->env = (struct gv_variables){0};
	read_environ(run->req->envp, &run->env);
	gv_run_forget(run);
	c->line = 0;
	c->skip_argument = c->drop_gotoolchain = c->set_goroot = false;
	c->gotoolchain = NULL;
	c->text[0] = '\0';
}

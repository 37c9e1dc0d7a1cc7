// SPDX-License-Identifier: Apache-2.0
/*
 * exec:NAME, a source that is a program: govern-source-NAME says which releases there are
 * and where the bytes of one may be had, or prints them (docs/PLUGINS.md).
 *
 * It is asked anew each time: what it wants to remember it remembers itself.  With
 * --offline it is not asked, for nobody knows what it would do.
 */
#include "core/install/source.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/config/config.h"
#include "core/install/plugin.h"
#include "plugins/exec/answer.h"

struct question {
	const struct gv_source_env *env;
	char program[PATH_MAX];
	struct gv_buf answer;
	struct gv_err *err;
};

static int on_answer(void *arg, const char *data, size_t n)
{
	struct question *q = arg;
	int r = gv_buf_add(&q->answer, data, n);

	if (r == -EFBIG)
		return gv_err_set(q->err, -GV_EFORMAT,
				  "%s answers with more than %u bytes", q->env->source,
				  GV_EXEC_ANSWER_MAX);
	return r < 0 ? gv_err_sys(q->err, r, "cannot read the answer of %s",
				  q->env->source)
		     : 0;
}

static int find(struct question *q)
{
	const char *name = gv_after_prefix(q->env->source, "exec:");
	char program[64];
	struct gv_text t = gv_text_in(program, sizeof(program));

	name = name ? name : "";
	gv_text_format(&t, "source-%s", name);
	if (gv_plugin_find(q->env->libexec, program, q->program) == 0)
		return 0;
	return gv_err_set(q->err, -GV_EUSAGE,
			  "there is no program 'govern-source-%s' for the source %s",
			  name, q->env->source);
}

static int ask(struct question *q, const char *verb, const char *version,
	       const char *platform)
{
	uint64_t seconds = gv_config_num(q->env->config, GV_SET_EXEC_TIMEOUT);
	struct gv_plugin_call call = {
		.source = q->env->source,
		.program = q->program,
		.verb = verb,
		.version = version,
		.platform = platform,
		.root = q->env->root,
		.limit_ms = (long)seconds * 1000,
		.output = on_answer,
		.arg = q,
	};
	int r = find(q);

	if (r < 0)
		return r;
	if (q->env->offline)
		return gv_err_set(q->err, -GV_EREMOTE, "%s is not asked with --offline",
				  q->env->source);
	r = gv_plugin_call(&call, q->err);
	/* The readers want a pointer. */
	return r < 0 ? r : gv_buf_add(&q->answer, "", 0);
}

static int exec_list(const struct gv_source_env *env, const char *platform,
		     struct gv_releases *ret, struct gv_err *err)
{
	struct question q = {
		.env = env,
		.answer = GV_BUF_INIT(GV_EXEC_ANSWER_MAX),
		.err = err,
	};
	int r = ask(&q, "list", NULL, platform);

	if (r == 0)
		r = gv_exec_read_list(q.answer.data, q.answer.len, env->source, ret, err);
	gv_buf_release(&q.answer);
	return r;
}

static int exec_locate(const struct gv_source_env *env, const struct gv_version *v,
		       const char *platform, struct gv_candidates *ret,
		       struct gv_err *err)
{
	struct question q = {
		.env = env,
		.answer = GV_BUF_INIT(GV_EXEC_ANSWER_MAX),
		.err = err,
	};
	int r = ask(&q, "locate", v->name, platform);

	if (r == 0)
		r = gv_exec_read_candidates(q.answer.data, q.answer.len, env->source,
					    q.program, ret, err);
	gv_buf_release(&q.answer);
	if (r == 0 && ret->n == 0)
		r = gv_err_set(err, -GV_ENOTFOUND, "%s has no %s for %s", env->source,
			       v->name, platform);
	return r;
}

const struct gv_source gv_source_exec = {
	.name = "exec",
	.list = exec_list,
	.locate = exec_locate,
};

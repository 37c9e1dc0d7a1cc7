// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/cli/output.h"
#include "core/config/dirs.h"

int gv_open_cache(const struct gv_cli *cli)
{
	GV_CLEANUP(gv_free_str) char *path = NULL;
	struct gv_err why = GV_ERR_INIT;
	int fd = gv_dirs_cache(&path, &why);

	if (fd == 0)
		fd = gv_make_dirs(AT_FDCWD, path, 0755);
	if (fd == 0)
		fd = gv_open_dir(AT_FDCWD, path);
	if (fd < 0)
		gv_cli_talk(cli, "no cache: %s", path ? gv_err_text(fd) : why.message);
	return fd < 0 ? -1 : fd;
}

/* To what policy wants at least; -GV_EPOLICY when less was asked for. */
static int at_least(const struct gv_cli *cli, const char *given, enum gv_trust level,
		    enum gv_trust *ret, struct gv_err *err)
{
	const struct gv_policy *p = &cli->config.policy;

	for (size_t i = 0; i < p->n; i++) {
		const struct gv_policy_rule *rule = &p->rules[i];
		enum gv_trust least;

		if (rule->id != GV_POLICY_MINIMUM_TRUST ||
		    gv_trust_parse(rule->value, &least) < 0 || least <= level)
			continue;
		if (given)
			return gv_err_at(err, -GV_EPOLICY, rule->file, rule->line,
					 "--trust %s is less than policy.minimum_trust "
					 "'%s' (%s:%u)",
					 given, rule->value, rule->file, rule->line);
		level = least;
	}
	*ret = level;
	return 0;
}

/* --trust, else trust.minimum; below a level that the store locks nothing goes. */
static int minimum(struct gv_cli *cli, enum gv_trust *ret, struct gv_err *err)
{
	const struct gv_setting *s = &cli->config.settings[GV_SET_TRUST_MINIMUM];
	const char *given = gv_cli_option(cli, "trust");
	enum gv_trust level = GV_TRUST_PROVEN, asked;

	if (gv_trust_parse(s->value, &level) < 0)
		level = GV_TRUST_PROVEN;
	if (given) {
		if (gv_trust_parse(given, &asked) < 0)
			return gv_err_set(
				err, -GV_EUSAGE,
				"--trust takes proven, checksummed or unproven, "
				"not '%s'",
				given);
		if (s->locked && asked < level)
			return gv_err_set(
				err, -GV_EPOLICY,
				"this store wants %s toolchains (%s), '%s' is less",
				s->value, s->origin, given);
		level = asked;
	}
	return at_least(cli, given, level, ret, err);
}

static void talk(void *arg, const char *line)
{
	gv_cli_talk(arg, "%s", line);
}

/* Once is enough for all toolchains of a command. */
static void warn(void *arg, enum gv_warning what, const char *line)
{
	struct gv_pipeline *p = arg;

	if (!atomic_exchange(&p->warned[what], true))
		gv_cli_warn(p->cli, "%s", line);
}

int gv_pipeline_open(struct gv_cli *cli, struct gv_pipeline *ret, struct gv_err *err)
{
	struct gv_pipeline p = {.cli = cli, .cache_dir = -1};
	int r = gv_cli_config(cli, err);

	if (r == 0)
		r = minimum(cli, &p.in.minimum, err);
	if (r == 0)
		r = gv_cli_libexec(&p.libexec, err);
	if (r == 0)
		r = gv_find_goproxy(cli, &p.goproxy, err);
	if (r == 0)
		r = gv_find_gosumdb(cli, &p.gosumdb, err);
	if (r == 0) {
		r = gv_sumdb_setting_parse(p.gosumdb.value, &p.sumdb, err);
		if (r < 0)
			gv_err_hint(err, "the value comes from %s", p.gosumdb.origin);
	}
	if (r < 0) {
		gv_pipeline_close(&p);
		return r;
	}
	p.cache_dir = gv_open_cache(cli);
	*ret = p;
	/* Pointers into *ret: it must not move from here on. */
	ret->in.store = &cli->store;
	ret->in.config = &cli->config;
	ret->in.libexec = ret->libexec;
	ret->in.root = cli->root;
	ret->in.from = gv_cli_option(cli, "from");
	ret->in.force = gv_cli_option(cli, "force") != NULL;
	ret->in.offline = cli->offline;
	ret->in.cache_dir = ret->cache_dir;
	ret->in.goproxy = ret->goproxy.value;
	ret->in.sumdb = &ret->sumdb;
	ret->in.talk = cli->verbose ? talk : NULL;
	ret->in.talk_arg = cli;
	ret->in.warn = warn;
	ret->in.warn_arg = ret;
	return 0;
}

int gv_pipeline_open_bundle(struct gv_pipeline *p, struct gv_err *err)
{
	const char *from = p->in.from;
	int r = 0;

	if (!from || gv_source_find(from) || !gv_bundle_is(from))
		return 0;
	r = gv_bundle_load(from, &p->bundle, err);
	if (r == 0)
		p->in.bundle = &p->bundle;
	return r;
}

void gv_pipeline_close(struct gv_pipeline *p)
{
	if (!p)
		return;
	gv_bundle_release(&p->bundle);
	gv_close(&p->cache_dir);
	free(p->libexec);
	gv_found_setting_release(&p->goproxy);
	gv_found_setting_release(&p->gosumdb);
}

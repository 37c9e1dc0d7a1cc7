// SPDX-License-Identifier: Apache-2.0
/* Repositories: what their pins, modules, CI files and Dockerfiles ask for. */
#include "core/cli/policy/policing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/pins.h"
#include "core/cli/policy/civersions.h"
#include "core/store/receipt.h"

#define FILE_MAX (256u << 10)

/* -- one word of a file -------------------------------------------------------------- */

static void judge(struct gv_policing *p, const struct gv_spec *spec, const char *file,
		  unsigned line)
{
	const struct gv_policy *policy = &p->cli->config.policy;
	const struct gv_policy_rule *rule;
	struct gv_policy_subject s = {0};
	struct gv_receipt receipt = {0};
	struct gv_err why = GV_ERR_INIT;
	struct gv_version v;

	if (spec->kind == GV_SPEC_EXACT || spec->version.name[0])
		v = spec->version;
	else if (spec->kind != GV_SPEC_LINE || !gv_line_newest(spec, &v))
		return; /* `latest` and tags are whatever is chosen where it runs */
	if (spec->kind == GV_SPEC_LINE)
		s.called = spec->text;
	if (p->cli->store_open && gv_store_has(&p->cli->store, v.name)) {
		gv_facts_of(p->cli, &p->facts, &v, &receipt, &s);
	} else {
		s.version = &v;
		s.supported = gv_facts_supported(p->cli, &p->facts, &v);
	}
	rule = gv_policy_find_broken(policy, &s);
	if (rule) {
		gv_policy_refuse(rule, &s, &why);
		gv_policing_add(p, rule->key, file, line, why.message);
	}
	gv_receipt_release(&receipt);
}

static int on_pin(void *arg, const struct gv_spec *spec, const char *file, unsigned line)
{
	bool module = gv_has_suffix(file, "/go.mod") || gv_has_suffix(file, "/go.work");

	/* `go 1.18` is a language, and chooses no toolchain. */
	if (!module || spec->kind == GV_SPEC_EXACT)
		judge(arg, spec, file, line);
	return 0;
}

static void on_invalid(void *arg, const char *file, unsigned line, const char *why)
{
	gv_policing_add(arg, GV_RULE_UNREADABLE, file, line, why);
}

static void on_warning(void *arg, const char *message)
{
	gv_policing_add(arg, GV_RULE_UNREADABLE, "", 0, message);
}

/* -- files of others ----------------------------------------------------------------- */

struct reading {
	struct gv_policing *p;
	char file[PATH_MAX];
	bool pinned;
	struct gv_choice pin; /* that is in force in that directory */
};

/* Whether it is surely not the version that is pinned. */
static bool is_another(const struct gv_spec *spec, const struct gv_spec *pin)
{
	if (pin->kind == GV_SPEC_EXACT && spec->kind == GV_SPEC_EXACT)
		return strcmp(pin->version.name, spec->version.name) != 0;
	if (pin->kind == GV_SPEC_EXACT && spec->kind == GV_SPEC_LINE)
		return !gv_spec_matches(spec, &pin->version);
	if (pin->kind == GV_SPEC_LINE && spec->kind == GV_SPEC_EXACT)
		return !gv_spec_matches(pin, &spec->version);
	return pin->kind == GV_SPEC_LINE && spec->kind == GV_SPEC_LINE &&
	       strcmp(pin->line, spec->line) != 0;
}

static int on_word(void *arg, const char *word, size_t n, unsigned line, bool among)
{
	struct reading *r = arg;
	struct gv_err why = GV_ERR_INIT;
	struct gv_spec spec;

	/* Others have words that we do not; those are theirs. */
	if (gv_spec_parse(word, n, GV_SPEC_COMMAND, &spec, &why) < 0)
		return 0;
	judge(r->p, &spec, r->file, line);
	if (among || !r->pinned || !is_another(&spec, &r->pin.spec))
		return 0;
	gv_err_set(&why, -GV_EPOLICY, "it names %s, and %s is pinned (%s:%u)", spec.text,
		   r->pin.spec.text, r->pin.file, r->pin.line);
	gv_policing_add(r->p, GV_RULE_OTHER_VERSION, r->file, line, why.message);
	return 0;
}

/* A workflow runs at the top of its repository. */
static void find_pin(struct reading *r, const char *dir)
{
	static const char *const below[] = {"/.github/workflows", "/.circleci"};
	struct gv_err ignored = GV_ERR_INIT;
	char where[PATH_MAX];
	struct gv_text t = gv_text_in(where, sizeof(where));
	size_t n = strlen(dir);

	for (size_t i = 0; i < GV_COUNT(below); i++)
		if (gv_has_suffix(dir, below[i]))
			n -= strlen(below[i]);
	gv_text_add_n(&t, dir, n);
	r->pinned = !t.cut && gv_resolve_pin(n ? where : "/", &r->pin, &ignored) == 0;
}

static int on_directory(void *arg, int dirfd, const char *dir,
			const struct gv_list *names)
{
	static struct reading r; /* large */
	int result = 0;

	r.p = arg;
	/* What others wrote for their own repositories. */
	if (strstr(dir + r.p->top_length, "/vendor/"))
		return 0;
	for (size_t i = 0; i < names->n && result == 0; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);
		enum gv_ci_kind kind = gv_ci_kind_of(dir, names->items[i]);
		struct gv_text t = gv_text_in(r.file, sizeof(r.file));
		int error;

		if (strcmp(names->items[i], "go.mod") == 0)
			result = gv_policing_module(r.p, dirfd, dir, false);
		else if (strcmp(names->items[i], "go.work") == 0)
			result = gv_policing_module(r.p, dirfd, dir, true);
		if (kind == GV_CI_NONE)
			continue;
		gv_text_format(&t, "%s/%s", dir, names->items[i]);
		error = gv_read_file(dirfd, names->items[i], &text);
		/* What nobody looked into is not what policy allows. */
		if (error < 0 && error != -ENOENT && error != -EISDIR)
			gv_policing_add(r.p, GV_RULE_UNREADABLE, r.file, 0,
					gv_err_text(error));
		if (error < 0 || !text.data)
			continue;
		find_pin(&r, dir);
		result = gv_ci_scan(kind, text.data, text.len, on_word, &r);
	}
	return result;
}

int gv_policing_repositories(struct gv_policing *p, const char *dir, struct gv_err *err)
{
	struct gv_pins pins = {
		.found = on_pin,
		.invalid = on_invalid,
		.warn = on_warning,
		.directory = on_directory,
		.arg = p,
	};
	char top[PATH_MAX];

	p->top_length = realpath(dir, top) ? strlen(top) : 0;
	return gv_pins_scan(&pins, dir, err);
}

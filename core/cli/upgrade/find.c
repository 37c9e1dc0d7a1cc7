// SPDX-License-Identifier: Apache-2.0
/* What each line of an upgrade becomes: the newest that there is and that may be. */
#include "core/cli/upgrade/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/policy/allowed.h"
#include "core/install/permit.h"
#include "core/store/generations.h"
#include "core/store/receipt.h"

#define FIXES_MAX (1u << 20) /* bytes of the file */

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot upgrade");
}

/* -- what each becomes --------------------------------------------------------------- */

static bool is_of_line(const struct gv_version *v, const char *line)
{
	char its[GV_NAME_MAX];

	gv_version_line(v, its);
	return gv_version_is_stable(v) && strcmp(its, line) == 0;
}

/*
 * 0; 1: as far as can be told; or -GV_EPOLICY with the rule that says no.  What is
 * installed is judged by what is known of it; what is not, as what would come: proven,
 * and of the time that a proxy names.  When nobody names one, the tree tells when it is
 * here.
 */
static int judge(const struct gv_upgrade_plan *p, const struct gv_install *in,
		 struct gv_facts *facts, const struct gv_version *v, struct gv_err *err)
{
	const struct gv_policy *policy = &p->cli->config.policy;
	struct gv_policy_subject s = {
		.version = v,
		.trust = gv_trust_name(GV_TRUST_PROVEN),
		.supported = gv_facts_supported(p->cli, facts, v),
		.now = time(NULL),
	};
	struct gv_receipt receipt;
	int r;

	if (gv_store_has(&p->cli->store, v->name)) {
		gv_facts_of(p->cli, facts, v, &receipt, &s);
		r = gv_policy_judge(policy, &s, err);
		gv_receipt_release(&receipt);
		return r;
	}
	r = gv_policy_judge(policy, &s, err);
	if (r < 0 || !gv_policy_has(policy, GV_POLICY_MINIMUM_AGE))
		return r;
	s.released_at = gv_permit_ask_when(in, v);
	if (s.released_at == GV_RELEASED_UNKNOWN)
		return 1;
	return gv_policy_judge(policy, &s, err);
}

static void pass_over(struct gv_upgrade_row *row, const char *name,
		      const struct gv_err *why)
{
	struct gv_text t = gv_text_in(row->passed, sizeof(row->passed));

	if (row->passed[0]) /* by something newer */
		return;
	gv_text_add(&t, name);
	row->passed_why = *why;
}

/* What is installed counts, whatever the list says.  Older than `below`, unless that is
 * "". */
static void find_new(const struct gv_upgrade_plan *p, const struct gv_install *in,
		     struct gv_facts *facts, struct gv_upgrade_row *row,
		     const char *below)
{
	for (size_t i = 0; i < p->releases.n; i++) {
		const struct gv_version *v = &p->releases.items[i];
		struct gv_err why = GV_ERR_INIT;
		int r;

		if (!is_of_line(v, row->line) ||
		    (below[0] && gv_version_compare_names(v->name, below) >= 0))
			continue;
		if (gv_version_compare_names(v->name, row->new) <= 0)
			return;
		r = judge(p, in, facts, v, &why);
		if (r >= 0) {
			memcpy(row->new, v->name, sizeof(v->name));
			row->unsure = r == 1;
			return;
		}
		pass_over(row, v->name, &why);
	}
}

/* Where the line leads although policy says no, nothing else is to follow. */
static bool stays(const struct gv_upgrade_plan *p, const struct gv_install *in,
		  struct gv_facts *facts, const struct gv_upgrade_row *row)
{
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_version v;

	return strcmp(row->old, row->new) == 0 &&
	       gv_version_parse(row->old, strlen(row->old), &v) == 0 &&
	       judge(p, in, facts, &v, &ignored) < 0;
}

static int find_moves(const struct gv_upgrade_plan *p, struct gv_upgrade_row *row)
{
	int r = 0;

	for (size_t i = 0; i < p->pointers.n && r == 0; i++) {
		const struct gv_pointer *to = &p->pointers.items[i];
		char line[GV_NAME_MAX];

		if (!gv_pointer_is_chosen(to->name) || (to->name[0] == '@' && !p->tags) ||
		    gv_upgrade_line_of(to->target, line) != 0 ||
		    strcmp(line, row->line) != 0 ||
		    gv_version_compare_names(to->target, row->new) >= 0)
			continue;
		r = gv_pointers_set(&row->moves, to->name, to->target);
	}
	return r;
}

static int find(const struct gv_upgrade_plan *p, const struct gv_install *in,
		struct gv_upgrade_row *row, const char *below, struct gv_err *err)
{
	struct gv_facts facts = {.known = true};
	struct gv_text new = gv_text_in(row->new, sizeof(row->new));

	for (size_t i = 0; i < p->releases.n; i++)
		gv_support_add(&facts.support, &p->releases.items[i]);
	gv_text_add(&new, row->old);
	row->unsure = false;
	find_new(p, in, &facts, row, below);
	gv_pointers_release(&row->moves);
	if (!stays(p, in, &facts, row) && find_moves(p, row) < 0)
		return no_memory(err);
	row->result = strcmp(row->old, row->new) != 0 || row->moves.n
			      ? GV_UPGRADE_WANTED
			      : GV_UPGRADE_CURRENT;
	return 0;
}

int gv_upgrade_find(struct gv_upgrade_plan *p, const struct gv_install *in,
		    struct gv_err *err)
{
	int r = 0;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		struct gv_upgrade_row *row = &p->rows[i];
		const char *leads = gv_pointers_get(&p->pointers, row->line);
		struct gv_text old = gv_text_in(row->old, sizeof(row->old));

		gv_text_add(&old, leads ? leads : "");
		r = find(p, in, row, "", err);
	}
	return r;
}

int gv_upgrade_pass_over(struct gv_upgrade_plan *p, const struct gv_install *in,
			 struct gv_upgrade_row *row, const struct gv_err *why,
			 struct gv_err *err)
{
	char refused[GV_NAME_MAX];

	memcpy(refused, row->new, sizeof(refused));
	pass_over(row, refused, why);
	return find(p, in, row, refused, err);
}

/* -- what was fixed ------------------------------------------------------------------ */

static int add_fix(struct gv_upgrade_plan *p, const char *line, size_t n)
{
	size_t word = strcspn(line, " \t");
	struct gv_version v;

	if (word > n || (gv_version_parse_bare(line, word, &v) < 0 &&
			 gv_version_parse(line, word, &v) < 0))
		return 0;
	word += strspn(line + word, " \t");
	for (size_t i = 0; i < p->n && word < n; i++) {
		struct gv_upgrade_row *row = &p->rows[i];

		if (is_of_line(&v, row->line) &&
		    gv_version_compare_names(v.name, row->old) > 0 &&
		    gv_version_compare_names(v.name, row->new) <= 0)
			return gv_list_add_n(&row->fixes, line + word, n - word);
	}
	return 0;
}

int gv_upgrade_read_fixes(struct gv_upgrade_plan *p, const char *file, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FIXES_MAX);
	int r = gv_read_file(AT_FDCWD, file, &text);

	for (const char *at = text.data ? text.data : ""; *at && r == 0;) {
		size_t n = strcspn(at, "\r\n");

		r = add_fix(p, at, n);
		at += n + strspn(at + n, "\r\n");
	}
	return r < 0 ? gv_err_sys(err, r, "cannot read '%s'", file) : 0;
}

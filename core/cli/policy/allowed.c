// SPDX-License-Identifier: Apache-2.0
#include "core/cli/policy/allowed.h"

#include <string.h>
#include <time.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/pipeline.h"
#include "core/cli/remembered.h"
#include "core/install/permit.h"
#include "core/store/receipt.h"

enum gv_supported gv_facts_supported(struct gv_cli *cli, struct gv_facts *all,
				     const struct gv_version *v)
{
	int64_t as_of;

	if (!gv_policy_has(&cli->config.policy, GV_POLICY_SUPPORTED_ONLY))
		return GV_SUPPORTED_LATER;
	if (!all->known)
		gv_remembered_support(cli, &all->support, &as_of);
	all->known = true;
	return gv_permit_supported(&all->support, v);
}

void gv_facts_of(struct gv_cli *cli, struct gv_facts *all, const struct gv_version *v,
		 struct gv_receipt *receipt, struct gv_policy_subject *ret)
{
	const struct gv_policy *p = &cli->config.policy;
	struct gv_policy_subject s = {.version = v, .now = time(NULL)};
	GV_CLEANUP(gv_close) int tree = -1;
	struct gv_err ignored = GV_ERR_INIT;

	/* Of what has no receipt nothing is known. */
	if (gv_receipt_load(&cli->store, v->name, receipt, &ignored) < 0)
		*receipt = (struct gv_receipt){0};
	s.trust = gv_trust_name(receipt->trust);
	s.source = receipt->source ? receipt->source : "";
	s.supported = gv_facts_supported(cli, all, v);
	if (gv_policy_has(p, GV_POLICY_MINIMUM_AGE)) {
		tree = gv_store_open_toolchain(&cli->store, v->name, &ignored);
		s.released_at = tree < 0 ? GV_RELEASED_UNKNOWN : gv_permit_released(tree);
	}
	*ret = s;
}

bool gv_line_newest(const struct gv_spec *spec, struct gv_version *ret)
{
	char word[GV_NAME_MAX + 8];
	struct gv_text t = gv_text_in(word, sizeof(word));

	gv_text_format(&t, "%s.999999", spec->line);
	return spec->kind == GV_SPEC_LINE && gv_version_parse_bare(word, t.len, ret) == 0;
}

static int judge_installed(struct gv_cli *cli, const struct gv_version *v,
			   struct gv_err *err)
{
	struct gv_policy_subject s;
	struct gv_receipt receipt;
	struct gv_facts all = {0};
	int r;

	gv_facts_of(cli, &all, v, &receipt, &s);
	r = gv_policy_judge(&cli->config.policy, &s, err);
	gv_receipt_release(&receipt);
	return r;
}

static int judge_release(struct gv_cli *cli, const struct gv_version *v,
			 struct gv_err *err)
{
	struct gv_pipeline p;
	int r = cli->store_open ? 0 : gv_cli_no_store(cli, err);

	if (r == 0)
		r = gv_pipeline_open(cli, &p, err);
	if (r < 0)
		return r;
	r = gv_permit_release(&p.in, v, true, err);
	gv_pipeline_close(&p);
	return r;
}

int gv_cli_allowed(struct gv_cli *cli, const char *name, struct gv_err *err)
{
	struct gv_version v;
	int r = gv_cli_config(cli, err);

	if (r < 0 || cli->config.policy.n == 0)
		return r;
	if (gv_version_parse(name, strlen(name), &v) < 0)
		return gv_err_set(err, -GV_EFAILED, "'%s' is not a version", name);
	if (cli->store_open && gv_store_has(&cli->store, v.name))
		return judge_installed(cli, &v, err);
	return judge_release(cli, &v, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/pinned.h"

#include <errno.h>
#include <string.h>

#include "core/cli/output.h"

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot install");
}

static int add(struct gv_batch *b, const struct gv_version *v, struct gv_err *err)
{
	return gv_batch_add(b, v) < 0 ? no_memory(err) : 0;
}

int gv_batch_add_spec(const struct gv_pipeline *p, const struct gv_spec *spec,
		      struct gv_batch *b, struct gv_err *err)
{
	struct gv_version v;
	int r;

	if (spec->kind == GV_SPEC_SYSTEM)
		return gv_err_set(err, -GV_EUSAGE,
				  "'system' is whatever go comes next in PATH: there is "
				  "nothing to install");
	if (spec->kind == GV_SPEC_TAG && spec->version.name[0] == '\0') {
		gv_err_set(err, -GV_EUSAGE,
			   "'%s' is a tag, a name for a toolchain that is installed "
			   "already: install a version",
			   spec->text);
		return gv_err_hint(err, "govern install 1.22.5");
	}
	if (spec->kind == GV_SPEC_TAG)
		return add(b, &spec->version, err);
	r = gv_install_choose(&p->in, spec, &v, err);
	return r < 0 ? r : add(b, &v, err);
}

static int no_pin(struct gv_err *err)
{
	gv_err_set(err, -GV_EUSAGE, "no SPEC given, and no pin in force here");
	return gv_err_hint(err, "govern install latest");
}

/* What the pin in force asks for: a file's, GOVERN_VERSION's or GOTOOLCHAIN's. */
int gv_batch_add_pinned(struct gv_cli *cli, const struct gv_pipeline *p,
			struct gv_batch *b, struct gv_err *err)
{
	struct gv_choice choice = {.kind = GV_KIND_SYSTEM};
	struct gv_err missing = GV_ERR_INIT;
	struct gv_version v;
	int r = gv_cli_resolve(cli, "go", NULL, NULL, &choice, &missing);

	if (r < 0 && r != -GV_ENOTFOUND) {
		*err = missing;
		return r;
	}
	if (!choice.spec.text[0] || choice.kind == GV_KIND_DEFAULT)
		return no_pin(err);
	gv_cli_why(&choice, b->pinned_by);
	memcpy(b->pin_file, choice.file, strlen(choice.file) + 1);
	b->pin_line = choice.line;
	gv_cli_talk(cli, "%s, as %s says", choice.spec.text, b->pinned_by);
	if (r == 0 && choice.name[0] &&
	    gv_version_parse(choice.name, strlen(choice.name), &v) == 0)
		return add(b, &v, err); /* one of the pin's words is there already */
	r = gv_batch_add_spec(p, &choice.spec, b, err);
	if (r < 0)
		gv_batch_name_pin(b, err);
	return r;
}

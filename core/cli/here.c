// SPDX-License-Identifier: Apache-2.0
/* What runs here, and why: the shim's own resolution, put into words. */
#include "core/cli/installed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

int gv_cli_resolve(struct gv_cli *cli, const char *program, gv_resolve_trace *trace,
		   void *trace_arg, struct gv_choice *ret, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *prefix = NULL;
	struct gv_request req = {.program = program,
				 .envp = environ,
				 .trace = trace,
				 .trace_arg = trace_arg};
	int r = gv_cli_prefix(cli, &prefix, err);

	if (r < 0)
		return r;
	req.prefix = prefix;
	return gv_resolve(&req, ret, err);
}

void gv_cli_why(const struct gv_choice *choice, char ret[GV_WHY_LEN])
{
	struct gv_text t = gv_text_in(ret, GV_WHY_LEN);

	switch (choice->kind) {
	case GV_KIND_ARGUMENT:
		gv_text_add(&t, "the command line");
		break;
	case GV_KIND_NESTED:
		gv_text_add(&t, "inside a running go command");
		break;
	case GV_KIND_ENVIRONMENT:
		gv_text_add(&t, "GOVERN_VERSION");
		break;
	case GV_KIND_GOTOOLCHAIN:
		gv_text_add(&t, "GOTOOLCHAIN");
		break;
	case GV_KIND_FILE:
		gv_text_format(&t, "%s:%u", choice->file, choice->line);
		break;
	case GV_KIND_DEFAULT:
		gv_text_add(&t, "default");
		break;
	case GV_KIND_SYSTEM:
		gv_text_add(&t, "the next go in PATH");
		break;
	}
}

void gv_cli_version_of(const struct gv_choice *choice, char ret[GV_NAME_MAX])
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(4096);
	GV_CLEANUP(gv_free_str) char *real = NULL;
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	struct gv_version v;

	memcpy(ret, choice->name, strlen(choice->name) + 1);
	if (ret[0])
		return;
	/* <goroot>/bin/go; a path that is not like that has no such file. */
	real = realpath(choice->program, NULL);
	if (!real)
		return;
	for (int i = 0; i < 2 && strrchr(real, '/'); i++)
		*strrchr(real, '/') = '\0';
	gv_buf_format(&path, "%s/VERSION", real);
	if (gv_buf_error(&path) == 0 && gv_read_file(AT_FDCWD, path.data, &text) == 0 &&
	    text.data &&
	    gv_version_parse(text.data, strcspn(text.data, "\r\n \t"), &v) == 0)
		memcpy(ret, v.name, strlen(v.name) + 1);
}

/* NULL for what is not known, so that a key is always there. */
static const char *or_null(const char *s)
{
	return s && s[0] ? s : NULL;
}

struct gv_json *gv_cli_choice_json(const struct gv_choice *choice, const char *program,
				   bool installed)
{
	struct gv_json *o = gv_json_new_object();
	char version[GV_NAME_MAX] = "";

	if (installed)
		gv_cli_version_of(choice, version);
	else if (choice->spec.kind == GV_SPEC_EXACT)
		memcpy(version, choice->spec.version.name, sizeof(version));
	gv_json_set_int(o, "schema", 1);
	gv_json_set_str(o, "version", or_null(version));
	gv_json_set_str(o, "spec", or_null(choice->spec.text));
	gv_json_set_str(o, "kind", gv_kind_name(choice->kind));
	gv_json_set_str(o, "file", or_null(choice->file));
	if (choice->line)
		gv_json_set_int(o, "line", choice->line);
	else
		gv_json_set_str(o, "line", NULL);
	gv_json_set_str(o, "goroot", installed ? or_null(choice->goroot) : NULL);
	gv_json_set_str(o, "program", installed ? or_null(program) : NULL);
	gv_json_set_str(o, "gotoolchain", installed ? choice->gotoolchain : NULL);
	gv_json_set_bool(o, "installed", installed);
	return o;
}

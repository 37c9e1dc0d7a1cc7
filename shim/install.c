// SPDX-License-Identifier: Apache-2.0
#include "shim/install.h"

#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/resolve/environ.h"

void shim_install(struct shim_process *p, const struct shim_self *self,
		  const struct gv_choice *choice)
{
	char path[PATH_MAX], root[PATH_MAX], variable[sizeof(SHIM_VAR_INSTALLING) + 24];
	const char *const words[] = {path, "--root", root, "auto-install", self->program};
	const char *installing = gv_environ_get(p->envp, SHIM_VAR_INSTALLING);
	struct gv_text t;

	/* A version on the command line was typed by somebody who is there to read. */
	if ((choice->kind != GV_KIND_FILE && choice->kind != GV_KIND_ENVIRONMENT) ||
	    choice->spec.text[0] == '\0')
		return;
	t = gv_text_in(path, sizeof(path));
	gv_text_format(&t, "%s/auto-install", self->prefix);
	if (t.cut || access(path, F_OK) < 0)
		return;
	t = gv_text_in(variable, sizeof(variable));
	gv_text_format(&t, "%s=%d", SHIM_VAR_INSTALLING, getpid());
	if (installing && strcmp(installing, variable + sizeof(SHIM_VAR_INSTALLING)) == 0)
		return;
	t = gv_text_in(path, sizeof(path));
	gv_text_format(&t, "%s/bin/govern", self->prefix);
	/* The store that this shim serves, whatever GOVERN_ROOT says. */
	t = gv_text_in(root, sizeof(root));
	gv_text_add_n(&t, self->prefix,
		      (size_t)(strrchr(self->prefix, '/') - self->prefix));
	if (root[0] == '\0')
		return;
	if (shim_process_insert(p, 0, words, GV_COUNT(words)) < 0 ||
	    shim_process_set_env(p, variable) < 0)
		return;
	execve(path, p->argv, p->envp);
}

// SPDX-License-Identifier: Apache-2.0
/* What is wrong with a module, out of what Go says of it. */
#include "core/cli/policy/modules.h"

#include <string.h>

#include "core/base/text.h"

const char *gv_module_mod(const struct gv_policed_module *m)
{
	return m->workspace ? "go.work" : "go.mod";
}

const char *gv_module_sum(const struct gv_policed_module *m)
{
	return m->workspace ? "go.work.sum" : "go.sum";
}

/* -- findings ------------------------------------------------------------------------ */

/* Once: what go.sum and a run of Go both find is one. */
void gv_module_breach(struct gv_policed_module *m, const char *rule, const char *file,
		      unsigned line, const struct gv_err *why)
{
	const struct gv_policing *p = m->p;
	char path[PATH_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));

	gv_text_format(&t, "%s/%s", m->dir, file);
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].line == line && strcmp(p->items[i].file, path) == 0 &&
		    strcmp(p->items[i].message, why->message) == 0)
			return;
	gv_policing_add(m->p, rule, path, line, why->message);
}

static bool ends_word(char c)
{
	return !c || strchr(" \t\r\n", c) != NULL;
}

/* The first line that has these words, as whole words; 0: none has. */
static unsigned line_with(const struct gv_buf *text, const char *words)
{
	const char *at = text->data ? strstr(text->data, words) : NULL;
	unsigned line = 1;

	while (at &&
	       ((at > text->data && !ends_word(at[-1])) || !ends_word(at[strlen(words)])))
		at = strstr(at + 1, words);
	if (!at)
		return 0;
	for (const char *p = text->data; p < at; p++)
		line += *p == '\n';
	return line;
}

void gv_module_other_sum(void *arg, const char *module, unsigned line)
{
	struct gv_policed_module *m = arg;
	struct gv_err why = GV_ERR_INIT;

	gv_err_set(&why, -GV_EPOLICY, "%s in the module cache is not what %s says",
		   module, gv_module_sum(m));
	gv_module_breach(m, GV_RULE_MODULE_CHANGED, gv_module_sum(m), line, &why);
}

void gv_module_other_file(void *arg, const char *rel, unsigned line,
			  enum gv_vendored_how how)
{
	static const char *const words[][2] = {
		[GV_VENDORED_MISSING] = {"it is missing, and go mod vendor makes it",
					 "it is missing, and go work vendor makes it"},
		[GV_VENDORED_NO_FILE] = {"it is no regular file, as go mod vendor makes "
					 "it",
					 "it is no regular file, as go work vendor makes "
					 "it"},
		[GV_VENDORED_OTHER] = {"it differs from what go mod vendor makes",
				       "it differs from what go work vendor makes"},
		[GV_VENDORED_MORE] = {"it is not among what go mod vendor makes",
				      "it is not among what go work vendor makes"},
	};
	struct gv_policed_module *m = arg;
	char file[PATH_MAX];
	struct gv_text t = gv_text_in(file, sizeof(file));
	struct gv_err why = GV_ERR_INIT;

	if (m->told++ >= GV_VENDORED_TOLD)
		return;
	gv_text_format(&t, "vendor/%s", rel);
	gv_err_set(&why, -GV_EPOLICY, "%s", words[how][m->workspace]);
	gv_module_breach(m, GV_RULE_VENDOR, file, line, &why);
}

/* -- what Go says -------------------------------------------------------------------- */

/* The line at *at, which goes on behind it; false: there is none. */
static bool next_line(const char **at, char *ret, size_t cap)
{
	struct gv_text t = gv_text_in(ret, cap);
	size_t n = strcspn(*at, "\n");

	if (!**at)
		return false;
	gv_text_add_n(&t, *at, n);
	*at += n + ((*at)[n] == '\n');
	return true;
}

/* "go: example.com/m imports" and the like say the rest in the next line. */
void gv_module_unverified(struct gv_policed_module *m, const char *file, const char *what,
			  const struct gv_scratch_result *result,
			  const struct gv_err *err)
{
	const char *at = result->said.data ? result->said.data : "", *found = NULL;
	char line[1024];
	struct gv_err why = GV_ERR_INIT;

	while (!found && next_line(&at, line, sizeof(line)))
		if (gv_after_prefix(line, "go: ") && !gv_has_suffix(line, " imports") &&
		    !gv_after_prefix(line, "go: downloading "))
			found = line + strlen("go: ");
		else if (line[0] == '\t')
			found = line + strspn(line, "\t");
	gv_err_set(&why, -GV_EPOLICY, "%s: %s", what, found ? found : err->message);
	gv_module_breach(m, GV_RULE_UNVERIFIED, file, 0, &why);
}

/* Of a line, which it may cut: whether it says that something is wrong, told then. */
typedef bool is_finding(struct gv_policed_module *m, char *line);

static size_t count_findings(struct gv_policed_module *m,
			     const struct gv_scratch_result *result, is_finding *is)
{
	const char *at = result->said.data ? result->said.data : "";
	char line[1024];
	size_t n = 0;

	while (next_line(&at, line, sizeof(line)))
		n += is(m, line);
	return n;
}

/* "PATH VERSION: dir has been modified (DIR)" */
static bool is_modified(struct gv_policed_module *m, char *line)
{
	char *colon = strstr(line, ": ");
	struct gv_err why = GV_ERR_INIT;

	if (!colon || !strchr(line, ' ') || strchr(line, ' ') > colon ||
	    (!strstr(colon, " has been modified") && !strstr(colon, "missing ziphash")))
		return false;
	gv_err_set(&why, -GV_EPOLICY, "%s", line);
	*colon = '\0';
	gv_module_breach(m, GV_RULE_MODULE_CHANGED, gv_module_sum(m),
			 line_with(&m->sum, line), &why);
	return true;
}

size_t gv_module_modified(struct gv_policed_module *m,
			  const struct gv_scratch_result *result)
{
	return count_findings(m, result, is_modified);
}

/* "verifying PATH@VERSION: checksum mismatch" */
static bool is_mismatch(struct gv_policed_module *m, char *line)
{
	char *end = strstr(line, ": checksum mismatch"), *version;
	const char *from = strstr(line, "verifying ");

	if (!end || !from)
		return false;
	*end = '\0';
	from += strlen("verifying ");
	version = strrchr(line, '@');
	if (version && version > from)
		*version = ' ';
	gv_module_other_sum(m, from, line_with(&m->sum, from));
	return true;
}

size_t gv_module_mismatch(struct gv_policed_module *m,
			  const struct gv_scratch_result *result)
{
	return count_findings(m, result, is_mismatch);
}

/* "\tPATH@VERSION: is explicitly required in go.mod, but not marked as …" */
static bool is_inconsistent(struct gv_policed_module *m, char *line)
{
	char *colon = strstr(line, ": "), *version = strchr(line, '@');
	struct gv_err why = GV_ERR_INIT;
	unsigned place;

	if (line[0] != '\t' || !colon || strchr(line + 1, ' ') < colon)
		return false;
	gv_err_set(&why, -GV_EPOLICY, "%s", line + 1);
	*colon = '\0';
	if (version && version < colon)
		*version = ' ';
	place = line_with(&m->mod, line + 1);
	if (!place && version && version < colon)
		*version = '\0';
	gv_module_breach(m, GV_RULE_VENDOR, gv_module_mod(m),
			 place ? place : line_with(&m->mod, line + 1), &why);
	return true;
}

size_t gv_module_inconsistent(struct gv_policed_module *m,
			      const struct gv_scratch_result *result)
{
	return count_findings(m, result, is_inconsistent);
}

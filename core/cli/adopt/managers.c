// SPDX-License-Identifier: Apache-2.0
#include "core/cli/adopt/managers.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/config/goenv.h"

#define BASES	 4
#define PATTERNS 3

/*
 * In the order in which one of two equal ones is taken: the user's own first.  `below`
 * are patterns of glob(7).
 */
static const struct where {
	const char *manager;
	const char *bases[BASES];
	const char *below[PATTERNS];
} places[] = {
	{"goenv", {"$GOENV_ROOT", "~/.goenv"}, {"versions/*"}},
	{"asdf", {"$ASDF_DATA_DIR", "~/.asdf"}, {"installs/golang/*/go"}},
	{"mise",
	 {"$MISE_DATA_DIR", "$XDG_DATA_HOME/mise", "~/.local/share/mise"},
	 {"installs/go/*", "installs/go/*/go"}},
	{"mise", {"/usr/local/share/mise"}, {"installs/go/*", "installs/go/*/go"}},
	{"gvm", {"$GVM_ROOT", "~/.gvm"}, {"gos/*"}},
	{"g", {"$G_HOME"}, {"versions/*"}},
	{"g", {"~/.g"}, {"versions/*"}},
	{"g", {"~/.go"}, {".versions/*"}}, /* another program of that name */
	{"goup", {"~/.go"}, {"go[0-9]*"}},
	{"goup", {"$GOUP_HOME", "~/.goup"}, {"go[0-9]*", "go[0-9]*/go"}},
	{"gobrew", {"$GOBREW_ROOT/.gobrew", "~/.gobrew"}, {"versions/*/go"}},
	{"vfox",
	 {"$VFOX_HOME", "~/.version-fox"},
	 {"cache/golang/*/*", "installs/golang/*", "installs/golang/*/*"}},
	{"vfox", {"~/.vfox"}, {"cache/golang/*/*"}}, /* since 1.0 */
	{"vfox", {"$VFOX_ROOT"}, {"cache/golang/*/*"}},
	{"gimme", {"$GIMME_VERSION_PREFIX", "~/.gimme/versions"}, {"go*"}},
	{"proto",
	 {"$PROTO_HOME", "$XDG_DATA_HOME/proto", "~/.proto"},
	 {"tools/go/*", "tools/go/*/go"}},
	{"golang.org/dl", {"~/sdk"}, {"go*"}},
	{"go", {"$GOMODCACHE"}, {"golang.org/toolchain@*"}}, /* see base_of() */
	{"setup-go", {"$RUNNER_TOOL_CACHE", "/opt/hostedtoolcache"}, {"go/*/*"}},
	{"Homebrew",
	 {"$HOMEBREW_PREFIX", "/home/linuxbrew/.linuxbrew"},
	 {"Cellar/go/*/libexec", "Cellar/go@*/*/libexec"}},
	{"snap", {"/snap/go"}, {"current"}},
	{"system", {"/usr/local"}, {"go", "go[0-9-]*"}},
	{"system", {"/usr/lib"}, {"go", "go-[0-9]*", "golang"}},
	{"system", {"/usr/lib64"}, {"go", "go/*", "golang"}},
	{"system", {"/opt"}, {"go", "go[0-9-]*"}},
};

/* -- where --------------------------------------------------------------------------- */

static const char *absolute(const char *value)
{
	return value && value[0] == '/' ? value : NULL;
}

static char *expand(const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);
	size_t n = strcspn(path, "/");
	char variable[64];
	struct gv_text t = gv_text_in(variable, sizeof(variable));
	const char *base;

	if (path[0] == '/')
		return strdup(path);
	gv_text_add_n(&t, path + 1, n - 1);
	base = absolute(getenv(path[0] == '~' ? "HOME" : variable));
	if (!base)
		return NULL;
	gv_buf_format(&b, "%s%s", base, path + n);
	return gv_buf_take(&b);
}

char *gv_place_expand(const char *const *paths)
{
	char *found = NULL;

	for (size_t i = 0; paths[i] && !found; i++)
		found = expand(paths[i]);
	return found;
}

/* The first directory of a list as GOPATH is. */
static char *first_of(const char *list)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf b = GV_BUF_INIT(0);

	if (list[0] != '/')
		return NULL;
	gv_buf_format(&b, "%.*s/pkg/mod", (int)strcspn(list, ":"), list);
	return gv_buf_take(&b);
}

char *gv_module_cache(void)
{
	static const char *const otherwise[] = {"~/go/pkg/mod", NULL};
	GV_CLEANUP(gv_free_str) char *value = NULL;
	GV_CLEANUP(gv_free_str) char *origin = NULL;
	struct gv_err ignored = GV_ERR_INIT;
	char *found;

	if (gv_goenv_find("GOMODCACHE", NULL, &value, &origin, &ignored) == 0)
		return absolute(value) ? strdup(value) : NULL;
	if (gv_goenv_find("GOPATH", NULL, &value, &origin, &ignored) == 0)
		found = first_of(value);
	else
		found = gv_place_expand(otherwise);
	return found;
}

static char *base_of(const struct where *w)
{
	if (strcmp(w->bases[0], "$GOMODCACHE") == 0)
		return gv_module_cache();
	return gv_place_expand(w->bases);
}

/* -- what is there ------------------------------------------------------------------- */

void gv_places_release(struct gv_places *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->items[i].path);
	free(p->items);
	*p = (struct gv_places){0};
}

/* Many have names for one directory: 1.22, latest, current. */
static int add(struct gv_places *p, const char *manager, const char *path)
{
	GV_CLEANUP(gv_free_str) char *real = realpath(path, NULL);
	struct gv_place *more;

	if (!real && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0; /* a name of nothing */
	if (!real)
		real = strdup(path); /* what is wrong with it is told when it is read */
	if (!real)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->items[i].path, real) == 0)
			return 0;
	more = reallocarray(p->items, p->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->items = more;
	more[p->n] = (struct gv_place){.manager = manager, .path = strdup(real)};
	if (!more[p->n].path)
		return -ENOMEM;
	p->n++;
	return 0;
}

/* A home directory may have any character in its name. */
static void add_escaped(struct gv_buf *b, const char *path)
{
	for (; *path; path++) {
		if (strchr("\\*?[", *path))
			gv_buf_add(b, "\\", 1);
		gv_buf_add(b, path, 1);
	}
}

static int add_matches(struct gv_places *p, const char *manager, const char *base,
		       const char *below)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf pattern = GV_BUF_INIT(0);
	glob_t found;
	int r;

	add_escaped(&pattern, base);
	gv_buf_format(&pattern, "/%s", below);
	if (gv_buf_error(&pattern) < 0)
		return -ENOMEM;
	r = glob(pattern.data, 0, NULL, &found);
	if (r != 0)
		return r == GLOB_NOSPACE ? -ENOMEM : 0;
	for (size_t i = 0; i < found.gl_pathc && r == 0; i++)
		r = add(p, manager, found.gl_pathv[i]);
	globfree(&found);
	return r;
}

int gv_places_know(const char *manager, struct gv_err *err)
{
	char names[256];
	struct gv_text t = gv_text_in(names, sizeof(names));

	for (size_t i = 0; i < GV_COUNT(places); i++) {
		if (strcmp(places[i].manager, manager) == 0)
			return 0;
		if (i == 0 || strcmp(places[i].manager, places[i - 1].manager) != 0)
			gv_text_format(&t, "%s%s", i ? ", " : "", places[i].manager);
	}
	gv_err_set(err, -GV_EUSAGE, "no manager is known as '%s'", manager);
	return gv_err_hint(err, "one of %s", names);
}

int gv_places_find(const char *of, struct gv_places *ret, struct gv_err *err)
{
	struct gv_places p = {0};
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(places) && r == 0; i++) {
		const struct where *w = &places[i];
		GV_CLEANUP(gv_free_str) char *base = NULL;

		if (of && strcmp(of, w->manager) != 0)
			continue;
		base = base_of(w);
		for (size_t k = 0; base && k < PATTERNS && w->below[k] && r == 0; k++)
			r = add_matches(&p, w->manager, base, w->below[k]);
	}
	if (r < 0) {
		gv_places_release(&p);
		return gv_err_sys(err, r, "cannot look for toolchains");
	}
	*ret = p;
	return 0;
}

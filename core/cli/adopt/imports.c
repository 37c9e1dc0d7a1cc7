// SPDX-License-Identifier: Apache-2.0
#include "core/cli/adopt/imports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/adopt/managers.h"
#include "core/cli/adopt/misetoml.h"
#include "core/resolve/words.h"
#include "core/version/goroot.h"

#define FILE_MAX (256u << 10)

enum kind { WORDS, TOOLS, MISE, GVM, GOROOT };

static const struct from {
	const char *manager;
	enum kind kind;
	const char *file[5];
	const char *trees[4]; /* where it has the version `*` */
} froms[] = {
	{"goenv",
	 WORDS,
	 {"$GOENV_ROOT/version", "~/.goenv/version"},
	 {"$GOENV_ROOT/versions/*", "~/.goenv/versions/*"}},
	{"asdf",
	 TOOLS,
	 {"~/.tool-versions"},
	 {"$ASDF_DATA_DIR/installs/golang/*/go", "~/.asdf/installs/golang/*/go"}},
	{"mise",
	 MISE,
	 {"$MISE_GLOBAL_CONFIG_FILE", "$MISE_CONFIG_DIR/config.toml",
	  "$XDG_CONFIG_HOME/mise/config.toml", "~/.config/mise/config.toml"},
	 {"$MISE_DATA_DIR/installs/go/*", "$XDG_DATA_HOME/mise/installs/go/*",
	  "~/.local/share/mise/installs/go/*"}},
	{"gvm",
	 GVM,
	 {"$GVM_ROOT/environments", "~/.gvm/environments"},
	 {"$GVM_ROOT/gos/*", "~/.gvm/gos/*"}},
	{"g", GOROOT, {"$G_HOME/go", "~/.g/go"}, {0}},
	{"g", GOROOT, {"~/.go"}, {0}}, /* another program of that name */
	{"goup", GOROOT, {"~/.go/current"}, {0}},
	{"goup", GOROOT, {"$GOUP_HOME/current", "~/.goup/current"}, {0}},
	{"gobrew",
	 GOROOT,
	 {"$GOBREW_ROOT/.gobrew/current/go", "~/.gobrew/current/go"},
	 {0}},
};

int gv_imports_know(const char *manager, struct gv_err *err)
{
	char names[128];
	struct gv_text t = gv_text_in(names, sizeof(names));

	for (size_t i = 0; i < GV_COUNT(froms); i++) {
		if (strcmp(froms[i].manager, manager) == 0)
			return 0;
		if (i == 0 || strcmp(froms[i].manager, froms[i - 1].manager) != 0)
			gv_text_format(&t, "%s%s", i ? ", " : "", froms[i].manager);
	}
	gv_err_set(err, -GV_EUSAGE, "'%s' is no manager that can be imported from",
		   manager);
	return gv_err_hint(err, "one of %s", names);
}

void gv_imports_release(struct gv_imports *i)
{
	for (size_t k = 0; k < i->n; k++) {
		free(i->items[k].tag);
		free(i->items[k].file);
	}
	free(i->items);
	*i = (struct gv_imports){0};
}

/* -- one thing that was said --------------------------------------------------------- */

static int add(struct gv_imports *l, const struct from *from, const char *tag,
	       const char *file, unsigned line, struct gv_import **ret)
{
	struct gv_import *more = reallocarray(l->items, l->n + 1, sizeof(*more)), *one;

	if (!more)
		return -ENOMEM;
	l->items = more;
	one = &more[l->n];
	*one = (struct gv_import){
		.manager = from->manager,
		.tag = tag ? strdup(tag) : NULL,
		.file = strdup(file),
		.line = line,
	};
	l->n++; /* released with the others from here on */
	*ret = one;
	return one->file && (!tag || one->tag) ? 0 : -ENOMEM;
}

static void be_exactly(struct gv_import *i, const struct gv_version *v)
{
	struct gv_text t = gv_text_in(i->spec.text, sizeof(i->spec.text));

	i->spec.kind = GV_SPEC_EXACT;
	i->spec.version = *v;
	gv_text_add(&t, v->name);
}

/* The version in the manager's own tree of that name. */
static int look_up(const struct from *from, const char *word, struct gv_version *ret)
{
	GV_CLEANUP(gv_free_str) char *tree = gv_place_expand(from->trees);
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	char *star = tree ? strchr(tree, '*') : NULL;

	if (!star)
		return -ENOENT;
	gv_buf_format(&path, "%.*s%s%s", (int)(star - tree), tree, word, star + 1);
	return gv_buf_error(&path) < 0 ? -ENOMEM
				       : gv_goroot_version(AT_FDCWD, path.data, ret);
}

static int take_word(struct gv_imports *l, const struct from *from, const char *tag,
		     const char *file, unsigned line, const char *word, size_t n)
{
	struct gv_import *one = NULL;
	struct gv_version v;
	int r = add(l, from, tag, file, line, &one);

	if (r < 0)
		return r;
	one->why.code = gv_spec_parse(word, n, GV_SPEC_PIN, &one->spec, &one->why);
	if (one->why.code == 0 && look_up(from, one->spec.text, &v) == 0)
		be_exactly(one, &v);
	return 0;
}

static int refuse(struct gv_imports *l, const struct from *from, const char *file,
		  unsigned line, const char *why)
{
	struct gv_import *one = NULL;
	int r = add(l, from, NULL, file, line, &one);

	if (r == 0)
		one->why.code = gv_err_set(&one->why, -GV_EFORMAT, "%s", why);
	return r;
}

/* -- the files ----------------------------------------------------------------------- */

static int take_words(struct gv_imports *l, const struct from *from, const char *file,
		      const struct gv_buf *text)
{
	struct gv_words words =
		gv_words_in(text->data, text->len,
			    from->kind == TOOLS ? GV_WORDS_TOOLS : GV_WORDS_VERSIONS);
	struct gv_word word;
	int r = gv_words_next(&words, &word);

	if (r < 0)
		return refuse(l, from, file, word.line, "the line has no version");
	return r == 0 ? 0 : take_word(l, from, NULL, file, word.line, word.s, word.n);
}

static int take_mise(struct gv_imports *l, const struct from *from, const char *file,
		     const struct gv_buf *text)
{
	struct gv_mise_go found;
	int r = gv_mise_find_go(text->data, text->len, &found);

	if (r < 0)
		return refuse(l, from, file, found.line,
			      "what asks for Go here is not on one line");
	return r == 1 ? 0
		      : take_word(l, from, NULL, file, found.line, found.word, found.n);
}

/* `NAME="value"` in a file of gvm's, which are lines of shell. */
static const char *assigned(const struct gv_buf *text, const char *name, size_t *ret_n)
{
	const char *p = text->data ? text->data : "";

	while ((p = strstr(p, name))) {
		const char *value = p + strlen(name);

		if (value[0] == '=' && value[1] == '"') {
			*ret_n = strcspn(value + 2, "\"\n");
			return value + 2;
		}
		p = value;
	}
	return NULL;
}

static int take_environment(struct gv_imports *l, const struct from *from,
			    const char *dir, const char *name)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);
	bool is_default = strcmp(name, "default") == 0;
	const char *word, *alias;
	size_t n, n_alias;

	gv_buf_format(&path, "%s/%s", dir, name);
	if (gv_buf_error(&path) < 0)
		return -ENOMEM;
	if (gv_read_file(AT_FDCWD, path.data, &text) < 0 || !text.data)
		return 0;
	word = assigned(&text, "gvm_go_name", &n);
	alias = assigned(&text, "gvm_alias_name", &n_alias);
	/* The others are its versions under their own names. */
	if (!word || (!is_default && !alias))
		return 0;
	return take_word(l, from, is_default ? NULL : name, path.data, 0, word, n);
}

static int take_environments(struct gv_imports *l, const struct from *from,
			     const char *dir)
{
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	int r = gv_list_dir(AT_FDCWD, dir, &names);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = take_environment(l, from, dir, names.items[i]);
	return r;
}

static int take_goroot(struct gv_imports *l, const struct from *from, const char *dir)
{
	struct gv_import *one = NULL;
	struct gv_version v;
	int r;

	if (gv_goroot_version(AT_FDCWD, dir, &v) < 0)
		return 0;
	r = add(l, from, NULL, dir, 0, &one);
	if (r == 0)
		be_exactly(one, &v);
	return r;
}

static int take(struct gv_imports *l, const struct from *from)
{
	GV_CLEANUP(gv_free_str) char *file = gv_place_expand(from->file);
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(FILE_MAX);

	if (!file)
		return 0;
	if (from->kind == GVM)
		return take_environments(l, from, file);
	if (from->kind == GOROOT)
		return take_goroot(l, from, file);
	if (gv_read_file(AT_FDCWD, file, &text) < 0 || !text.data)
		return 0;
	return from->kind == MISE ? take_mise(l, from, file, &text)
				  : take_words(l, from, file, &text);
}

int gv_imports_find(const char *of, struct gv_imports *ret, struct gv_err *err)
{
	struct gv_imports l = {0};
	int r = 0;

	for (size_t i = 0; i < GV_COUNT(froms) && r == 0; i++)
		if (!of || strcmp(of, froms[i].manager) == 0)
			r = take(&l, &froms[i]);
	if (r < 0) {
		gv_imports_release(&l);
		return gv_err_sys(err, r, "cannot read what other managers say");
	}
	*ret = l;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/resolve/environ.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

/* What stands behind "NAME=" in an entry; NULL when the entry is of another variable. */
static const char *value_of(const char *entry, const char *name)
{
	const char *at = gv_after_prefix(entry, name);

	return at && *at == '=' ? at + 1 : NULL;
}

const char *gv_environ_get(char *const *envp, const char *name)
{
	for (; *envp; envp++) {
		const char *value;

		/* most differ in the first letter, and the shim asks a few times */
		if (**envp != *name)
			continue;
		value = value_of(*envp, name);
		if (value)
			return value;
	}
	return NULL;
}

/* Variables that do not pass as they came. */
static bool is_dropped(const struct gv_choice *choice, const char *entry)
{
	/* most variables differ in the first letters */
	if (entry[0] != 'G' || entry[1] != 'O')
		return false;
	if (value_of(entry, "GOROOT") || value_of(entry, GV_VAR_BEHIND))
		return true;
	return (choice->gotoolchain || choice->drop_gotoolchain) &&
	       (value_of(entry, "GOTOOLCHAIN") || value_of(entry, GV_VAR_EXPORTED));
}

struct out {
	char **entries;
	size_t n, cap; /* the last place is kept for NULL */
	struct gv_text text;
};

static int add_entry(struct out *o, const char *entry)
{
	if (o->n + 1 >= o->cap)
		return -E2BIG;
	/* execve(2) takes them as not const, and changes nothing */
	o->entries[o->n++] = (char *)(uintptr_t)entry;
	return 0;
}

static int add(struct out *o, const char *name, const char *value)
{
	struct gv_text t =
		gv_text_in(o->text.at + o->text.len, o->text.cap - o->text.len);

	gv_text_format(&t, "%s=%s", name, value);
	if (t.cut)
		return -E2BIG;
	o->text.len += t.len + 1;
	return add_entry(o, t.at);
}

/* The values that a pin can mean are constants: no page is written for them. */
static int add_gotoolchain(struct out *o, const char *value)
{
	static const struct {
		const char *value, *entry, *exported;
	} known[] = {
		{"local", "GOTOOLCHAIN=local", GV_VAR_EXPORTED "=local"},
		{"auto", "GOTOOLCHAIN=auto", GV_VAR_EXPORTED "=auto"},
		{"path", "GOTOOLCHAIN=path", GV_VAR_EXPORTED "=path"},
	};
	int r;

	for (size_t i = 0; i < GV_COUNT(known); i++) {
		if (strcmp(known[i].value, value) != 0)
			continue;
		r = add_entry(o, known[i].entry);
		return r < 0 ? r : add_entry(o, known[i].exported);
	}
	r = add(o, "GOTOOLCHAIN", value);
	return r < 0 ? r : add(o, GV_VAR_EXPORTED, value);
}

int gv_choice_environ(const struct gv_choice *choice, char *const *envp, char **out,
		      size_t n_out, char text[GV_ENVIRON_TEXT])
{
	struct out o = {.entries = out, .cap = n_out, .text = {.at = text}};
	int r = 0;

	o.text.cap = GV_ENVIRON_TEXT;
	for (; *envp; envp++) {
		if (is_dropped(choice, *envp))
			continue;
		if (o.n + 1 >= o.cap)
			return -E2BIG;
		o.entries[o.n++] = *envp;
	}
	if (choice->set_goroot)
		r = add(&o, "GOROOT", choice->goroot);
	if (r == 0 && choice->gotoolchain)
		r = add_gotoolchain(&o, choice->gotoolchain);
	if (r == 0 && choice->behind[0])
		r = add(&o, GV_VAR_BEHIND, choice->behind);
	if (r < 0)
		return r;
	if (o.n >= o.cap)
		return -E2BIG;
	o.entries[o.n] = NULL;
	return 0;
}

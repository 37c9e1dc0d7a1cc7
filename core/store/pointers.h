// SPDX-License-Identifier: Apache-2.0
/*
 * Pointers: names for toolchains (default, latest, a line "1.22", a tag "@prod"), as
 * links in a generation.
 *
 * A generation is a numbered directory, written once, never changed; it holds the links
 * "<pointer> -> ../../toolchains/<name>" and `generation.json` (time, user, host,
 * command, reason, the generation before).  `current` names one; a switch is one rename
 * of it.  The highest number is the state, and `current` is healed to it: the creation of
 * the next number decides between two writers, and the loser starts from the winner's.
 */
#ifndef GV_STORE_POINTERS_H
#define GV_STORE_POINTERS_H

#include "core/store/store.h"

struct gv_pointer {
	char name[GV_NAME_MAX +
		  1];		  /* "default", "latest", "1.22", "@prod", "!go1.22.6" */
	char target[GV_NAME_MAX]; /* "go1.22.5" */
};

struct gv_pointers {
	struct gv_pointer *items; /* in bytewise order of their names */
	size_t n;
	uint64_t generation; /* 0: there is none yet */
};

#define GV_POINTERS_INIT ((struct gv_pointers){0})

/* The pointers in force, which are those that the shim follows.  None in a store that
 * never had any. */
int gv_pointers_load(const struct gv_store *s, struct gv_pointers *ret,
		     struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);
void gv_pointers_release(struct gv_pointers *p);
/* The target, or NULL. */
const char *gv_pointers_get(const struct gv_pointers *p, const char *name)
	GV_NONNULL(1, 2);

/* Whether somebody chose it, as `default` and tags; lines and `latest` follow from
 * what is installed. */
bool gv_pointer_is_chosen(const char *name) GV_NONNULL(1);

/*
 * A toolchain may be held back, by the pointer "!<name>" that leads to itself: lines and
 * `latest` pass over it where there is another one.  So a line can stay where it was
 * although something newer is installed: before it was tried, or after going back
 * (core/store/rollback.h).  It need not be installed yet; when it goes, its hold does
 * too. gv_pointers_change() sets and removes holds like tags.
 */
bool gv_pointer_is_hold(const char *name) GV_NONNULL(1);
struct gv_pointer_name {
	char s[GV_NAME_MAX + 1];
};
struct gv_pointer_name gv_pointer_hold(const char *toolchain) GV_NONNULL(1);

/* One change: target "" removes the pointer.  Only `default`, tags and holds can be set:
 * lines and `latest` follow from what is installed. */
struct gv_pointer_change {
	const char *name;
	const char *target;
};

struct gv_change_note {
	const char *command;  /* "govern default 1.22" */
	const char *reason;   /* or NULL */
	uint64_t returned_to; /* the generation whose pointers these are again; 0: none */
};

/*
 * Makes the next generation from the newest one: the given changes, then lines and
 * `latest` recomputed from what is installed (newest stable, not held back, not adopted
 * under another name), all in one switch.  Nothing changes when nothing would: then the
 * generation stays.  `note` may be NULL.
 * -GV_EUSAGE: not the name of a pointer that can be set.  -GV_ENOTFOUND: the target is
 * not installed; -GV_EVERIFY: it was adopted, and is another version now.
 */
int gv_pointers_change(struct gv_store *s, const struct gv_pointer_change *changes,
		       size_t n, const struct gv_change_note *note, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 5);

/* What that would come to, as far as can be told now: the pointers as they would be, and
 * their generation; nothing is written.  Errors as above. */
int gv_pointers_preview(const struct gv_store *s, const struct gv_pointer_change *changes,
			size_t n, struct gv_pointers *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 4, 5);

/*
 * To be called before gv_store_remove(): no pointer leads to `name` any longer, and lines
 * and `latest` are those of a store without it.  Its hold stays until it is gone, and is
 * dropped by gv_store_remove().
 */
int gv_pointers_forget(struct gv_store *s, const char *name,
		       const struct gv_change_note *note, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 4);
/* Both in one generation: what the pointers that led there are to lead to.  `name` NULL:
 * nothing goes. */
int gv_pointers_replace(struct gv_store *s, const char *name,
			const struct gv_pointer_change *changes, size_t n,
			const struct gv_change_note *note, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 6);

/* Part of gv_store_heal(): `current` names the newest generation, and lines and `latest`
 * fit what is installed.  A default or a tag that leads nowhere stays: to change those
 * silently is not healing. */
void gv_pointers_heal(struct gv_store *s) GV_NONNULL(1);
/* Whether that would change something; nothing is written.  1: it would, 0, or -errno. */
int gv_pointers_look(const struct gv_store *s) GV_MUST GV_NONNULL(1);

#endif

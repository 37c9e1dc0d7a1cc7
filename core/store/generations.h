// SPDX-License-Identifier: Apache-2.0
/*
 * The directories generations/<N>/ and the link `current`, below core/store/pointers.h.
 */
#ifndef GV_STORE_GENERATIONS_H
#define GV_STORE_GENERATIONS_H

#include "core/json/json.h"
#include "core/store/pointers.h"

/* All numbers, the lowest first; freed by the caller. */
int gv_generation_list(const struct gv_store *s, uint64_t **ret, size_t *ret_n)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_free_numbers(uint64_t **numbers); /* for GV_CLEANUP */
/* The highest number there is; 0: none. */
int gv_generation_newest(const struct gv_store *s, uint64_t *ret)
	GV_MUST GV_NONNULL(1, 2);
/* The highest below `number`; 0: none. */
int gv_generation_before(const struct gv_store *s, uint64_t number, uint64_t *ret)
	GV_MUST GV_NONNULL(1, 3);
/* The number that `current` names; 0: there is no such link. */
int gv_generation_current(const struct gv_store *s, uint64_t *ret)
	GV_MUST GV_NONNULL(1, 2);

/* The pointers in one; none in number 0.  -ENOENT when it is gone. */
int gv_generation_load(const struct gv_store *s, uint64_t number, struct gv_pointers *ret)
	GV_MUST GV_NONNULL(1, 3);
/* What generation.json says.  -GV_EFORMAT. */
int gv_generation_note(const struct gv_store *s, uint64_t number, struct gv_json **ret)
	GV_MUST GV_NONNULL(1, 3);
/* Writes p->generation, which replaces `previous`.  0: made, durable; 1: there is one of
 * that number already. */
int gv_generation_save(const struct gv_store *s, const struct gv_pointers *p,
		       uint64_t previous, const struct gv_change_note *note)
	GV_MUST GV_NONNULL(1, 2);

/* Lets `current` name the newest. */
int gv_generation_switch(const struct gv_store *s) GV_MUST GV_NONNULL(1);

/* Removes what was not finished a day ago. */
void gv_generation_sweep(const struct gv_store *s) GV_NONNULL(1);

/* Adds or changes one pointer, the order kept. */
int gv_pointers_set(struct gv_pointers *p, const char *name, const char *target)
	GV_MUST GV_NONNULL(1, 2, 3);

#endif

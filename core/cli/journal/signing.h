// SPDX-License-Identifier: Apache-2.0
/*
 * The signed head of a journal: how many records there were, and the hash of the last, so
 * that a cut or a change of any of them is seen by who has the public key.
 *
 * FILE.minisig is a signature in minisign's format (core/trust/minisign.h) whose trusted
 * comment says what was signed:
 *
 *	timestamp:1795305600<TAB>records:41<TAB>head:<64 hexadecimal digits>
 *
 * of the text "govern journal\nrecords 41\nhead <digits>\n", which is also written to
 * FILE, for who looks with minisign itself (`minisign -Vm FILE`).  Only FILE.minisig is
 * read here: whenever the power goes, it is the one before or this one, and what minisign
 * may find then is put right by the next signature.
 */
#ifndef GV_CLI_JOURNAL_SIGNING_H
#define GV_CLI_JOURNAL_SIGNING_H

#include <time.h>

#include "core/cli/cli.h"
#include "core/store/journal.h"
#include "core/trust/minisign.h"

struct gv_signed_head {
	time_t time;
	uint64_t records;
	char head[GV_JOURNAL_HASH_LEN];
};

/* `path` NULL: minisign's own, ~/.minisign/minisign.key.  Asks for a password on the
 * terminal when there is one.  To be forgotten by the caller (gv_minisign_forget()). */
int gv_signing_key(const char *path, struct gv_minisign_secret *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(2, 3);
/* A file, or the key itself. */
int gv_signing_public(const char *path, struct gv_minisign_public *ret,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 3);

/* `file` NULL: <root>/log-heads/journal-signed; the store is open. */
int gv_signing_write(const struct gv_cli *cli, const char *file,
		     const struct gv_minisign_secret *key,
		     const struct gv_signed_head *head, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 3, 4, 5);
/* 1: there is none.  -GV_EVERIFY, -GV_EFORMAT: it is not what this key signed. */
int gv_signing_read(const struct gv_cli *cli, const char *file,
		    const struct gv_minisign_public *key, struct gv_signed_head *ret,
		    struct gv_err *err) GV_MUST GV_NONNULL(1, 3, 4, 5);
/* Where it is, for people. */
#define GV_SIGNING_PATH_LEN 4200
void gv_signing_path(const struct gv_cli *cli, const char *file,
		     char ret[GV_SIGNING_PATH_LEN]) GV_NONNULL(1, 3);

#endif

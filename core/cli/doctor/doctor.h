// SPDX-License-Identifier: Apache-2.0
/*
 * What `govern doctor` looks at.  A check is one known way in which things go wrong; each
 * has an id that JSON, docs/TROUBLESHOOTING.md and the tests call it by, a severity and a
 * sentence that says why it matters (the table in checks.c).  An area is a file
 * doctor-<area>.c with one function that looks for several of them.
 *
 * Nothing is written, no program is started and nobody is asked over the network: an area
 * reads files, and what it cannot read it passes over, unless that itself is the finding.
 *
 *	struct gv_err *f = gv_doctor_find(d, GV_CHECK_PATH_ORDER);
 *	gv_err_set(f, -GV_EFAILED, "'%s' comes before '%s' in PATH", …);
 *	gv_err_hint(f, "govern setup");		the command that repairs it
 */
#ifndef GV_CLI_DOCTOR_H
#define GV_CLI_DOCTOR_H

#include "core/cli/cli.h"
#include "core/resolve/resolve.h"
#include "core/resolve/words.h"

enum gv_severity {
	GV_SEVERITY_NOTE,    /* works, and may surprise: nothing is wrong */
	GV_SEVERITY_WARNING, /* works by luck, or not everywhere */
	GV_SEVERITY_ERROR,   /* does not work, or not as it looks */
};

/* What `--fix` does about it.  Only what any command would do by itself, and what
 * `govern setup` does to the store. */
enum gv_cure {
	GV_CURE_NONE,
	GV_CURE_HEAL,	  /* gv_store_heal(), and the trash is emptied */
	GV_CURE_PROGRAMS, /* the store's programs are written anew */
};

enum gv_check {
	/* path.c */
	GV_CHECK_PATH_ABSENT,
	GV_CHECK_PATH_ORDER,
	GV_CHECK_PATH_MANAGER,
	GV_CHECK_PATH_RELATIVE,
	GV_CHECK_PATH_HASH,
	GV_CHECK_PATH_SUDO,
	GV_CHECK_SHIM_MISSING,
	GV_CHECK_SHIM_OLD,
	GV_CHECK_GOVERN_INCOMPLETE,
	/* govern.c */
	GV_CHECK_GOVERN_OLDER,
	/* rc.c, fish.c */
	GV_CHECK_RC_MISSING,
	GV_CHECK_RC_ORDER,
	GV_CHECK_RC_DAMAGED,
	/* go.c */
	GV_CHECK_GOROOT_SET,
	GV_CHECK_GOROOT_FILE,
	GV_CHECK_GOTOOLCHAIN_SET,
	GV_CHECK_GOTOOLCHAIN_FILE,
	GV_CHECK_GOFLAGS_SET,
	GV_CHECK_GOPATH_MANAGER,
	GV_CHECK_GOVERN_VERSION,
	GV_CHECK_OTHER_VERSION,
	GV_CHECK_GOSUMDB_OFF,
	/* pin.c */
	GV_CHECK_PIN_INVALID,
	GV_CHECK_PIN_MISSING,
	GV_CHECK_GO_NONE,
	GV_CHECK_GO_BROKEN,
	GV_CHECK_PIN_GOMOD,
	GV_CHECK_PIN_END_OF_LIFE,
	/* policy.c */
	GV_CHECK_POLICY_REFUSED,
	GV_CHECK_POLICY_UNAPPLIED,
	/* files.c, peers.c, others.c */
	GV_CHECK_PIN_DANGLING,
	GV_CHECK_PIN_CASE,
	GV_CHECK_PIN_CRLF,
	GV_CHECK_PIN_TWO,
	GV_CHECK_PIN_PEERS,
	GV_CHECK_PIN_OTHER_FILE,
	GV_CHECK_WORKFLOW_NUMBER,
	GV_CHECK_WORKFLOW_VERSION,
	/* store.c */
	GV_CHECK_STORE_ABSENT,
	GV_CHECK_STORE_UNUSABLE,
	GV_CHECK_STORE_READ_ONLY,
	GV_CHECK_STORE_LOCKS,
	GV_CHECK_STORE_NOEXEC,
	GV_CHECK_STORE_NFS,
	GV_CHECK_STORE_CASE,
	GV_CHECK_STORE_MODE,
	GV_CHECK_STORE_OWNER,
	GV_CHECK_STORE_LEFTOVERS,
	GV_CHECK_POINTER_DANGLING,
	GV_CHECK_POINTER_STALE,
	GV_CHECK_TOOLCHAIN_LINK,
	GV_CHECK_JOURNAL_CHANGED,
	GV_CHECK_JOURNAL_UNREADABLE,
	/* doctor-hooks.c */
	GV_CHECK_HOOK_PASSED,
	GV_CHECK_HOOK_EVENT,
	/* tree.c */
	GV_CHECK_TREE_CHANGED,
	GV_CHECK_TREE_MODE,
	GV_CHECK_ADOPTED_CHANGED,
	GV_CHECK_RECEIPT_DAMAGED,
	/* machine.c */
	GV_CHECK_CONFIG_INVALID,
	GV_CHECK_AUTO_INSTALL_UNTOLD,
	GV_CHECK_CLOCK,
	GV_CHECK_CA_BUNDLE,
	GV_CHECK_PROXY,
	GV_CHECK_DISK_SPACE,
	GV_CHECK_CACHE_OWNER,
	GV_CHECKS,
};

struct gv_check_about {
	const char *id;
	enum gv_severity severity;
	enum gv_cure cure;
	const char *why; /* one sentence */
};

extern const struct gv_check_about gv_checks[GV_CHECKS];

const char *gv_severity_name(enum gv_severity s); /* "note", "warning", "error" */

struct gv_ailment {
	enum gv_check check;
	struct gv_err found; /* message, place, and as the hint what repairs it */
};

struct gv_doctor {
	struct gv_cli *cli;
	char *prefix;		  /* <root>/<platform> */
	char *bin;		  /* <prefix>/bin */
	bool has_store;		  /* cli->store is open, and has this platform */
	struct gv_choice *choice; /* what runs here … */
	struct gv_err no_choice;  /* … or why nothing does; code 0: something does */
	bool pin_refused;	  /* by policy: that it is missing needs no telling */
	struct gv_ailment *items;
	size_t n;
	bool no_memory; /* something was found that could not be kept */
};

/* One more finding, to be said as any error is.  Valid until the next call. */
struct gv_err *gv_doctor_find(struct gv_doctor *d, enum gv_check check) GV_NONNULL(1);
/* Whether that was found already. */
bool gv_doctor_has(const struct gv_doctor *d, enum gv_check check) GV_NONNULL(1);

/* <dir>/<name> as one word of a shell, for a command to paste: a repository may have any
 * name.  `b` is empty, and holds it. */
const char *gv_doctor_word(struct gv_buf *b, const char *dir, const char *name)
	GV_NONNULL(1, 2, 3);

/* The areas, in the order in which they are looked at. */
void gv_doctor_store(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_trees(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_hooks(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_path(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_govern(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_rc(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_go(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_policy(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_pin(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_files(struct gv_doctor *d) GV_NONNULL(1);
void gv_doctor_machine(struct gv_doctor *d) GV_NONNULL(1);

/* Of one directory with a pin file in it: who reads that differently. */
void gv_doctor_peers(struct gv_doctor *d, const char *dir, const char *name,
		     const struct gv_buf *text, enum gv_words_kind kind)
	GV_NONNULL(1, 2, 3, 4);
/* Files of a directory (`dirfd`, and its path, "" for the root) in which other tools find
 * a version: mise.toml and the like, and the workflows that run setup-go. */
void gv_doctor_others(struct gv_doctor *d, int dirfd, const char *dir) GV_NONNULL(1, 3);

/* Of lines of a shell: the manager that one starts (NULL: none); whether a word of
 * PATH is a directory with a go in it other than `bin`, which goes to `ret`. */
const char *gv_rc_starts_manager(const char *line, size_t n) GV_NONNULL(1);
bool gv_rc_leads_to_go(const char *word, size_t n, const char *bin, char *ret, size_t cap)
	GV_NONNULL(1, 3, 4);
/* What a line of a file that a shell starts with does behind the block: it starts that
 * manager, or (NULL) puts that directory first in PATH.  The finding, which wants a
 * hint. */
struct gv_err *gv_rc_find_order(struct gv_doctor *d, const char *path, unsigned number,
				const char *manager, const char *dir) GV_NONNULL(1, 2);
/* What fish reads after the file `ours`, conf.d/govern.fish. */
void gv_doctor_fish(struct gv_doctor *d, const char *ours) GV_NONNULL(1, 2);

/* The manager whose directory a path lies in ("goenv"); NULL: none that is known. */
const char *gv_manager_of(const char *path) GV_NONNULL(1);
/* The line of a shell's rc file that sets a variable, "/home/u/.bashrc:7". */
bool gv_rc_find_variable(const char *name, char *ret, size_t cap) GV_NONNULL(1, 2);

#endif

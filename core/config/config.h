// SPDX-License-Identifier: Apache-2.0
/*
 * govern.ini: read in order from /etc/govern, the store, the user's configuration
 * directory and $GOVERN_CONFIG; the later wins, except that a key which the store's
 * [policy] `lock` names keeps what it had after the store's file, and that the other keys
 * of [policy] add up (core/config/policy.h).  Format: https://github.com/benhoyt/inih,
 * through a strict reader: an unknown section or key, a line over 190 bytes (inih would
 * cut it), a key given twice, a value that does not parse discard the whole file with an
 * error that names file, line and the nearest key.  A list may go on in indented lines.
 *
 * Each setting remembers where it came from ("default", "/etc/govern/govern.ini:3",
 * "GOVERN_JOBS"), for `govern env`.
 */
#ifndef GV_CONFIG_CONFIG_H
#define GV_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct gv_setting {
	const char *key; /* "trust.minimum" */
	char *value; /* as text, never NULL; "": goproxy.url and trust.sumdb as Go would
		      */
	char *origin;
	bool locked; /* by the store's [policy] */
};

enum gv_setting_id {
	GV_SET_SOURCES_ORDER,
	GV_SET_GOPROXY_URL,
	GV_SET_GODEV_FEED,
	GV_SET_GODEV_FILES,
	GV_SET_TRUST_MINIMUM,
	GV_SET_TRUST_SUMDB,
	GV_SET_NET_CONNECT_TIMEOUT, /* seconds */
	GV_SET_NET_LOW_SPEED_LIMIT, /* bytes a second */
	GV_SET_NET_LOW_SPEED_TIME,  /* seconds */
	GV_SET_NET_RETRIES,
	GV_SET_NET_MAX_REDIRECTS,
	GV_SET_STORE_AUTO_INSTALL,
	GV_SET_STORE_KEEP_CACHE,
	GV_SET_STORE_KEEP_GENERATIONS, /* beside the one in force */
	GV_SET_HOOKS_TIMEOUT,	       /* seconds; 0: none */
	GV_SET_EXEC_TIMEOUT,	       /* seconds; 0: none */
	GV_SET_UPGRADE_TIMEOUT,	       /* seconds, of each check; 0: none */
	GV_SET_UPGRADE_SHARE,	       /* percent of the machines that are canaries */
	GV_SET_UPGRADE_HOSTS,	       /* names of more of them */
	GV_SET_JOURNAL_FORWARD,
	GV_SETTINGS, /* those above have one value each; of these below there are rules */
	GV_POLICY_DENY = GV_SETTINGS,
	GV_POLICY_ALLOW,
	GV_POLICY_PRERELEASES,
	GV_POLICY_MINIMUM_TRUST,
	GV_POLICY_SOURCES,
	GV_POLICY_SUPPORTED_ONLY,
	GV_POLICY_MINIMUM_AGE,
	GV_POLICY_VARIABLES, /* the keys from here on are named as the variables of Go */
	GV_POLICY_GOFLAGS = GV_POLICY_VARIABLES,
	GV_POLICY_GOTOOLCHAIN,
	GV_POLICY_GOPROXY,
	GV_POLICY_GOSUMDB,
	GV_POLICY_GONOSUMDB,
	GV_POLICY_GOPRIVATE,
	GV_POLICY_CGO_ENABLED,
	GV_KEYS,
};

/* One key of one file's [policy]. */
struct gv_policy_rule {
	enum gv_setting_id id;
	const char *key; /* "policy.deny" */
	char *value;
	char *file;
	unsigned line;
	bool shared; /* of /etc or of the store: for all who use it */
};

struct gv_policy {
	struct gv_policy_rule *rules; /* in the order of files and keys */
	size_t n;
};

struct gv_config {
	struct gv_setting settings[GV_SETTINGS];
	struct gv_policy policy;
	char *files[4]; /* the paths looked at, in order; NULL: not applicable */
	bool read[4];	/* whether each was there */
};

/* `root` is the store's; envp-like lookups go through getenv(3).  -GV_EUSAGE. */
int gv_config_load(const char *root, struct gv_config *ret, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 3);
void gv_config_release(struct gv_config *c);

const char *gv_config_str(const struct gv_config *c, enum gv_setting_id id) GV_NONNULL(1);
/* Values were checked when they were read. */
uint64_t gv_config_num(const struct gv_config *c, enum gv_setting_id id) GV_NONNULL(1);
/* `always`, where that is a value, counts as yes. */
bool gv_config_bool(const struct gv_config *c, enum gv_setting_id id) GV_NONNULL(1);

#endif

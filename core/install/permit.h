// SPDX-License-Identifier: Apache-2.0
/*
 * What policy (core/config/policy.h) has to say of a release, and what it takes to know:
 * whether its line still gets fixes, by the lists of releases, and when it was released.
 * Nothing is looked up that no rule asks for.
 *
 * The time of a release is on the second line of VERSION, "time 2024-06-04T16:53:07Z",
 * since Go 1.21, and so covered by the toolchain's h1; before it is here, a module proxy
 * has it in the .info of the toolchain's module
 * (https://go.dev/ref/mod#goproxy-protocol).  A proxy may say what it likes there: when
 * the tree is here, that decides.
 */
#ifndef GV_INSTALL_PERMIT_H
#define GV_INSTALL_PERMIT_H

#include "core/config/policy.h"
#include "core/install/install.h"
#include "core/install/support.h"

/* By what is known of supported lines. */
enum gv_supported gv_permit_supported(const struct gv_support *s,
				      const struct gv_version *v) GV_NONNULL(1, 2);
/* When the open tree was released; GV_RELEASED_UNKNOWN. */
int64_t gv_permit_released(int tree_fd);
/* When a release was made, by a proxy; GV_RELEASED_UNKNOWN: none says. */
int64_t gv_permit_ask_when(const struct gv_install *in, const struct gv_version *v)
	GV_NONNULL(1, 2);

/*
 * Before a release is here: by its version, its line and its time.  What cannot be found
 * out now is left for later, unless `final`.  -GV_EPOLICY; what cannot be asked is no
 * error.
 */
int gv_permit_release(const struct gv_install *in, const struct gv_version *v, bool final,
		      struct gv_err *err) GV_MUST GV_NONNULL(1, 2, 4);

/* When it is here, of that level and from that source; `tree_fd` -1: it was judged
 * before. */
int gv_permit_tree(const struct gv_install *in, const char *name, int tree_fd,
		   enum gv_trust trust, const char *source, struct gv_err *err)
	GV_MUST GV_NONNULL(1, 2, 5, 6);

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/setup/asowner.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int load_groups(struct gv_as_owner *a)
{
	int n = getgroups(0, NULL);

	if (n < 0)
		return -errno;
	a->groups = calloc((size_t)n + 1, sizeof(*a->groups));
	if (!a->groups)
		return -ENOMEM;
	a->n = getgroups(n, a->groups);
	return a->n < 0 ? -errno : 0;
}

/* The user id last when it goes and first when it comes back: the others need it. */
static int put_back(struct gv_as_owner *a)
{
	int r = 0;

	if (seteuid(0) < 0 || setegid(a->gid) < 0 ||
	    setgroups((size_t)a->n, a->groups) < 0)
		r = -errno;
	free(a->groups);
	*a = (struct gv_as_owner){0};
	return r;
}

int gv_as_owner_begin(const char *dir, struct gv_as_owner *ret, struct gv_err *err)
{
	struct gv_as_owner a = {.gid = getegid()};
	struct stat st;
	int r;

	*ret = (struct gv_as_owner){0};
#ifdef GV_WITHOUT_AS_OWNER /* tests/controls: root goes where a user leads it */
	return 0;
#endif
	if (geteuid() != 0 || stat(dir, &st) < 0 || st.st_uid == 0)
		return 0;
	r = load_groups(&a);
	if (r < 0) {
		free(a.groups);
		return gv_err_sys(err, r, "cannot act for the owner of '%s'", dir);
	}
	if (setgroups(1, &st.st_gid) < 0 || setegid(st.st_gid) < 0 ||
	    seteuid(st.st_uid) < 0) {
		r = gv_err_sys(err, -errno, "cannot act for the owner of '%s'", dir);
		(void)!put_back(&a); /* nothing is done from here on */
		return r;
	}
	a.other = true;
	*ret = a;
	return 0;
}

int gv_as_owner_end(struct gv_as_owner *a, struct gv_err *err)
{
	int r = a->other ? put_back(a) : 0;

	return r < 0 ? gv_err_sys(err, r, "cannot be root again") : 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/store/who.h"

#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/store/layout.h"

void gv_who_put(struct gv_json *j)
{
	char when[GV_RFC3339_LEN], user[128], host[256] = "";

	gv_clock_rfc3339(time(NULL), when);
	gv_user_name(getuid(), user, sizeof(user));
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	gv_json_set_str(j, "time", when);
	gv_json_set_str(j, "user", user);
	gv_json_set_str(j, "host", host);
}

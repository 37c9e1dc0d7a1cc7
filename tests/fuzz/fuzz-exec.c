// SPDX-License-Identifier: Apache-2.0
/* Answers of source plugins: whatever the bytes are, they are read or refused with the
 * number of a line, and what was read is of the form that the pipeline counts on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/install/url.h"
#include "plugins/exec/answer.h"

static void check_error(int r, const struct gv_err *err)
{
	if (r != -GV_EFORMAT || !strstr(err->message, "exec:x: line "))
		abort();
}

static void check_candidate(const struct gv_candidate *c)
{
	int places = (c->url != NULL) + (c->path != NULL) + (c->program != NULL);

	if (places != 1 || c->digest_counts || c->allow_http || c->off)
		abort();
	if (c->url && (!gv_url_is_https(c->url) || strpbrk(c->url, " \n\t")))
		abort();
	if (c->path && (c->path[0] != '/' || strchr(c->path, '\n')))
		abort();
	if (c->program && strcmp(c->program, "/x") != 0)
		abort();
	if ((c->sha256[0] && strlen(c->sha256) != 64) ||
	    !c->sha256[0] != !c->digest_origin)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = data ? (const char *)data : "";
	struct gv_err err = GV_ERR_INIT;
	struct gv_releases list = {0};
	struct gv_candidates found = {0};
	char program[] = "/x";
	int r = gv_exec_read_list(text, size, "exec:x", &list, &err), r_list = r;

	if (r < 0)
		check_error(r, &err);
	for (size_t i = 0; i < list.n; i++)
		if (strncmp(list.items[i].name, "go", 2) != 0)
			abort();
	err = GV_ERR_INIT;
	r = gv_exec_read_candidates(text, size, "exec:x", program, &found, &err);
	if (r < 0)
		check_error(r, &err);
	if (found.n > GV_EXEC_CANDIDATES_MAX)
		abort();
	for (size_t i = 0; i < found.n; i++)
		check_candidate(&found.items[i]);
	/* An answer to both has nothing in it. */
	if (r_list == 0 && r == 0 && (list.n || found.n) &&
	    (list.n != 0) == (found.n != 0))
		abort();
	gv_releases_release(&list);
	gv_candidates_release(&found);
	return 0;
}

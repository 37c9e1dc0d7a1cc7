// SPDX-License-Identifier: Apache-2.0
#include "plugins/exec/answer.h"

#include <errno.h>
#include <string.h>

#include "core/base/num.h"
#include "core/base/text.h"
#include "core/install/url.h"
#include "core/trust/sha256.h"

#define GREETING    "govern-source"
#define SIZE_LIMIT  (1ull << 40) /* bytes; what is really taken is bounded elsewhere */
#define URL_LIMIT   2000
#define IS_NO_ALIAS "is not the canonical name of a version"

struct reader {
	const char *at, *end;
	const char *who;
	unsigned number;
	char line[GV_EXEC_LINE_MAX]; /* the keyword; a NUL is where the blank was */
	char *value;		     /* NULL: none */
	struct gv_err *err;
};

static int refuse(struct reader *r, const char *why)
{
	return gv_err_set(r->err, -GV_EFORMAT, "%s: line %u of its answer %s", r->who,
			  r->number, why);
}

static int no_memory(struct reader *r)
{
	return gv_err_sys(r->err, -ENOMEM, "cannot read the answer of %s", r->who);
}

static int next_line(struct reader *r)
{
	const char *nl = memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t n = (size_t)((nl ? nl : r->end) - r->at);
	char *blank;

	r->number++;
	if (n >= sizeof(r->line))
		return refuse(r, "is too long");
	if (!nl)
		return refuse(r, n ? "has no end" : "is missing");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)r->at[i] < 0x20 || r->at[i] == 0x7f)
			return refuse(r, "has a control character in it");
	memcpy(r->line, r->at, n);
	r->line[n] = '\0';
	r->at = nl + 1;
	blank = strchr(r->line, ' ');
	if (blank)
		*blank = '\0';
	r->value = blank ? blank + 1 : NULL;
	return 0;
}

static bool is(const struct reader *r, const char *keyword, bool with_value)
{
	return strcmp(r->line, keyword) == 0 && with_value == (r->value != NULL);
}

/* Calls `take` for each line between the greeting and the end. */
static int read_all(struct reader *r, int take(struct reader *r, void *arg), void *arg)
{
	int e = next_line(r);

	if (e == 0 && !is(r, GREETING, true))
		return refuse(r, "is not 'govern-source 1'");
	if (e == 0 && strcmp(r->value, "1") != 0)
		return refuse(r, "names a protocol that this govern does not speak");
	while (e == 0) {
#ifdef GV_WITHOUT_EXEC_END /* tests/controls: it may die in the middle */
		if (r->at == r->end)
			break;
#endif
		e = next_line(r);
		if (e == 0 && is(r, "end", false))
			break;
		if (e == 0)
			e = take(r, arg);
	}
	if (e == 0 && r->at < r->end) {
		r->number++;
		return refuse(r, "comes after the end");
	}
	return e;
}

/* -- list ---------------------------------------------------------------------------- */

static int take_version(struct reader *r, void *arg)
{
	struct gv_releases *list = arg;
	struct gv_version v;

	if (!is(r, "version", true))
		return refuse(r, "is no answer to 'list'");
	if (gv_version_parse(r->value, strlen(r->value), &v) < 0 ||
	    strcmp(v.name, r->value) != 0)
		return refuse(r, IS_NO_ALIAS);
	return gv_releases_add(list, &v) < 0 ? no_memory(r) : 0;
}

int gv_exec_read_list(const char *text, size_t n, const char *who,
		      struct gv_releases *ret, struct gv_err *err)
{
	struct reader r = {.at = text, .end = text + n, .who = who, .err = err};

	return read_all(&r, take_version, ret);
}

/* -- locate -------------------------------------------------------------------------- */

struct locating {
	char *program;
	struct gv_candidates *list;
	bool sized, hashed; /* the last candidate */
};

static enum gv_archive kind_by_name(const char *name)
{
	return gv_has_suffix(name, ".zip") ? GV_ARCHIVE_ZIP : GV_ARCHIVE_TAR_GZ;
}

/*
 * 1: the line names a candidate.  Only https: what the user wrote himself may be less
 * (SECURITY.md), but a plugin that wants that can fetch it and stream.
 */
static int read_place(struct reader *r, char *program, struct gv_candidate *ret)
{
	char host[256];

	if (is(r, "stream", false)) {
		ret->program = program;
		return 1;
	}
	if (is(r, "url", true)) {
		gv_url_host(r->value, host, sizeof(host));
		if (!gv_url_is_https(r->value) || !host[0] || strchr(r->value, ' ') ||
		    strlen(r->value) > URL_LIMIT)
			return refuse(r, "is no https:// URL");
		ret->url = r->value;
		ret->kind = kind_by_name(r->value);
		return 1;
	}
	if (is(r, "file", true)) {
		if (r->value[0] != '/')
			return refuse(r, "is no absolute path");
		ret->path = r->value;
		ret->kind = kind_by_name(r->value);
		return 1;
	}
	return 0;
}

/* Of the candidate before it; each once. */
static int take_detail(struct reader *r, struct locating *l)
{
	struct gv_candidate *c = l->list->n ? &l->list->items[l->list->n - 1] : NULL;
	uint8_t digest[GV_SHA256_BYTES];

	if (is(r, "sha256", true) && c && !l->hashed) {
		if (gv_sha256_from_hex(r->value, strlen(r->value), digest) < 0)
			return refuse(r, "is no SHA-256");
		gv_sha256_to_hex(digest, c->sha256);
		c->digest_origin = strdup(r->who);
		l->hashed = true;
		return c->digest_origin ? 0 : no_memory(r);
	}
	if (is(r, "size", true) && c && !l->sized) {
		if (gv_num_parse(r->value, strlen(r->value), SIZE_LIMIT, &c->size) < 0 ||
		    c->size == 0)
			return refuse(r, "is no number of bytes");
		l->sized = true;
		return 0;
	}
	return refuse(r, "is no answer to 'locate'");
}

static int take_candidate(struct reader *r, void *arg)
{
	struct locating *l = arg;
	/* Its digest shows damage and never counts: who sends the bytes says what they
	 * are.
	 */
	struct gv_candidate c = {.try_next_on_any_error = true};
	int e = read_place(r, l->program, &c);

	if (e == 0)
		return take_detail(r, l);
	if (e < 0)
		return e;
	if (l->list->n == GV_EXEC_CANDIDATES_MAX)
		return refuse(r, "is one candidate too many");
	l->sized = l->hashed = false;
	return gv_candidates_add(l->list, &c) < 0 ? no_memory(r) : 0;
}

int gv_exec_read_candidates(const char *text, size_t n, const char *who, char *program,
			    struct gv_candidates *ret, struct gv_err *err)
{
	struct reader r = {.at = text, .end = text + n, .who = who, .err = err};
	struct locating l = {.program = program, .list = ret};

	return read_all(&r, take_candidate, &l);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/cli/snapshot/secrets.h"

#include <ctype.h>
#include <string.h>

#include "core/base/text.h"
#include "core/trust/sha256.h"

enum { SHORTEST = 8, NAME_READ = 128 };

#define BLANKS " \t\r\n,;'\"`|"

/* Of "user:password" and "key=value" the second part is what may be short. */
static size_t secret_length(const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n), *equals = memrchr(s, '=', n);
	const char *from = colon ? colon : equals;

	return from ? n - (size_t)(from + 1 - s) : n;
}

static void add_mark(struct gv_buf *b, const char *s, size_t n)
{
	static const char domain[] = "govern secret 1\n";
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];
	struct gv_sha256 h;

	if (n == 0)
		return;
#ifdef GV_WITHOUT_MARK /* tests/controls: secrets are written down */
	gv_buf_add(b, s, n);
	return;
#endif
	if (secret_length(s, n) < SHORTEST) {
		gv_buf_add_str(b, "<secret>");
		return;
	}
	gv_sha256_init(&h);
	gv_sha256_add(&h, domain, sizeof(domain) - 1);
	gv_sha256_add(&h, s, n);
	gv_sha256_done(&h, digest);
	gv_sha256_to_hex(digest, hex);
	hex[3] = '\0'; /* 12 bits */
	gv_buf_format(b, "<secret %s>", hex);
}

bool gv_secret_name(const char *name, size_t n)
{
	static const char *const parts[] = {"TOKEN",	  "SECRET",	"PASSW",
					    "PASSPHRASE", "CREDENTIAL", "APIKEY",
					    "COOKIE",	  "_KEY"};
	char upper[NAME_READ];
	size_t from = n >= sizeof(upper) ? n - sizeof(upper) + 1 : 0;
	const char *auth;

	/* of a long one the end, which is what stands before "=" */
	for (size_t i = from; i < n; i++)
		upper[i - from] =
			name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
	upper[n - from] = '\0';
	for (size_t i = 0; i < GV_COUNT(parts); i++)
		if (strstr(upper, parts[i]))
			return true;
	auth = strstr(upper, "AUTH");
	return auth && strncmp(auth, "AUTHOR", 6) != 0;
}

static bool is_token(const char *s, size_t n)
{
	static const char *const begins[] = {"ghp_",	    "gho_",   "ghu_",  "ghs_",
					     "github_pat_", "glpat-", "xoxb-", "xoxp-",
					     "AKIA",	    "eyJ"};

	for (size_t i = 0; i < GV_COUNT(begins); i++)
		if (n > 16 && strncmp(s, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* scheme://user:password@host/path?query */
static void add_url(struct gv_buf *b, const char *s, size_t n)
{
	const char *host = memmem(s, n, "://", 3), *end = s + n, *at, *query;
	size_t len;

	host += 3;
	len = strcspn(host, "/?#");
	if (len > (size_t)(end - host))
		len = (size_t)(end - host);
	at = memrchr(host, '@', len);
	gv_buf_add(b, s, (size_t)(host - s));
	if (at) {
		add_mark(b, host, (size_t)(at - host));
		gv_buf_add_str(b, "@");
		host = at + 1;
	}
	query = memchr(host, '?', (size_t)(end - host));
	gv_buf_add(b, host, (size_t)((query ? query : end) - host));
	if (query) {
		gv_buf_add_str(b, "?");
		add_mark(b, query + 1, (size_t)(end - query - 1));
	}
}

/* A word between blanks; `told`: the one before it says that this is one. */
static void add_word(struct gv_buf *b, const char *s, size_t n, bool told)
{
	const char *value = NULL, *url = memmem(s, n, "://", 3);
	size_t names = url ? (size_t)(url - s) : n;

	for (size_t i = 0; i < names && !value && !told; i++)
		if (s[i] == '=' && gv_secret_name(s, i))
			value = s + i + 1;
	if (told || is_token(s, n)) {
		add_mark(b, s, n);
	} else if (value) {
		gv_buf_add(b, s, (size_t)(value - s));
		add_mark(b, value, n - (size_t)(value - s));
	} else if (url) {
		add_url(b, s, n);
	} else {
		gv_buf_add(b, s, n);
	}
}

/* Whether what comes behind this word is one. */
static bool announces(const char *s, size_t n)
{
	if (n > 1 && s[0] == '-' && !memchr(s, '=', n))
		return gv_secret_name(s, n);
	return (n == 6 && strncasecmp(s, "bearer", n) == 0) ||
	       (n == 5 && strncasecmp(s, "basic", n) == 0);
}

/* Up to a blank or a comma, which a password in a URL may have too. */
static size_t word_length(const char *s)
{
	size_t n = strcspn(s, BLANKS);
	const char *host = memmem(s, n, "://", 3), *at;

	if (!host)
		return n;
	host += 3;
	at = memrchr(host, '@', strcspn(host, "/?# \t"));
	return at && at > s + n ? (size_t)(at - s) + strcspn(at, BLANKS) : n;
}

/* -- what the linker writes into a program ------------------------------------------- */

/* What stands behind "-X" or "-X=", at the end of a word or in it; NULL: that is not
 * there. */
static const char *after_x(const char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (s[i] == '-' && s[i + 1] == 'X' &&
		    (i == 0 || s[i - 1] == '-' || s[i - 1] == '=') &&
		    (i + 2 == n || s[i + 2] == '='))
			return s + i + 2 + (i + 2 < n);
	return NULL;
}

/* Adds "NAME=" and a mark for the value, which is anybody's, whatever it is called; what
 * stands before it all, a quote, ends it.  Where it goes on. */
static const char *add_definition(struct gv_buf *b, const char *s, char quote)
{
	const char stops[] = {quote, '\0'};
	const char *value = strchr(s, '=') + 1;
	size_t n = strcspn(value, quote == '\'' || quote == '"' ? stops : " \t\r\n'\"`");

	gv_buf_add(b, s, (size_t)(value - s));
	add_mark(b, value, n);
	return value + n;
}

/* Of the word at *at, when it is one; `told`: "-X" came before.  Goes on behind it. */
static bool add_defined(struct gv_buf *b, const char **at, size_t n, char quote,
			bool told)
{
	const char *name = told ? *at : after_x(*at, n);
	const char *end = *at + n;

	if (!name || !memchr(name, '=', (size_t)(end - name)))
		return false;
	gv_buf_add(b, *at, (size_t)(name - *at));
	*at = add_definition(b, name, quote);
	return true;
}

void gv_secret_add(struct gv_buf *b, const char *name, const char *value)
{
	bool told = false, defines = false;

	/* two of its values say that there is none (go help goauth) */
	if (strcmp(name, "GOAUTH") == 0 &&
	    (strcmp(value, "netrc") == 0 || strcmp(value, "off") == 0)) {
		gv_buf_add_str(b, value);
		return;
	}
	if (gv_secret_name(name, strlen(name))) {
		add_mark(b, value, strlen(value));
		return;
	}
	while (*value) {
		size_t blanks = strspn(value, BLANKS), n = word_length(value + blanks);
		const char *word = value + blanks;

		gv_buf_add(b, value, blanks);
		if (n && add_defined(b, &word, n, blanks ? word[-1] : '\0', defines)) {
			value = word;
			told = defines = false;
			continue;
		}
		add_word(b, word, n, told);
		told = n ? announces(word, n) : told;
		defines = n && after_x(word, n) == word + n;
		value = word + n;
	}
}

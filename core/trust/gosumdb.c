// SPDX-License-Identifier: Apache-2.0
/* The GOSUMDB setting. */
#include "core/trust/sumdb.h"

#include <string.h>

#include "core/base/text.h"

static const char built_in_name[] = "sum.golang.org";
static const char built_in_key[] =
	"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
static const char alias_name[] = "sum.golang.google.cn";
static const char alias_url[] = "https://sum.golang.google.cn";

static const char blanks[] = " \t\n\v\f\r";

struct word {
	const char *at;
	size_t n;
};

static struct word next_word(const char **s)
{
	struct word w = {.at = *s + strspn(*s, blanks)};

	w.n = strcspn(w.at, blanks);
	*s = w.at + w.n;
	return w;
}

static bool word_is(const struct word *w, const char *s)
{
	return w->n == strlen(s) && memcmp(w->at, s, w->n) == 0;
}

static bool url_is_good(const char *url)
{
	const char *host = gv_after_prefix(url, "https://");

	if (!host)
		host = gv_after_prefix(url, "http://");
	if (!host)
		host = gv_after_prefix(url, "file:///");
	if (!host || !*host || *host == '/')
		return false;
	for (; *host; host++)
		if ((unsigned char)*host <= 0x20 || *host == 0x7f || strchr("?#", *host))
			return false;
	return true;
}

static int parse_key(const struct word *w, struct gv_vkey *ret)
{
	char text[sizeof(ret->text)];
	struct gv_text t = gv_text_in(text, sizeof(text));

	if (word_is(w, built_in_name))
		gv_text_add(&t, built_in_key);
	else
		gv_text_add_n(&t, w->at, w->n);
	return t.cut ? -GV_EUSAGE : gv_vkey_parse(text, ret);
}

int gv_sumdb_setting_parse(const char *s, struct gv_sumdb_setting *ret,
			   struct gv_err *err)
{
	struct gv_sumdb_setting set = {.off = false};
	struct gv_text url = gv_text_in(set.url, sizeof(set.url));
	struct gv_text direct = gv_text_in(set.direct, sizeof(set.direct));
	const char *rest = s;
	struct word key = next_word(&rest), second = next_word(&rest),
		    third = next_word(&rest);

	if (key.n == 0 || third.n)
		return gv_err_set(
			err, -GV_EUSAGE,
			"GOSUMDB '%s' is not 'off', a checksum database, or one and its "
			"URL",
			s);
	if (word_is(&key, "off") && second.n == 0) {
		set.off = true;
		*ret = set;
		return 0;
	}
	if (word_is(&key, alias_name) && second.n == 0) {
		key = (struct word){built_in_name, strlen(built_in_name)};
		second = (struct word){alias_url, strlen(alias_url)};
	}
	if (parse_key(&key, &set.key) < 0) {
		if (memchr(key.at, '+', key.n))
			return gv_err_set(
				err, -GV_EUSAGE,
				"GOSUMDB '%s': '%.*s' is not an Ed25519 verifier key", s,
				(int)key.n, key.at);
		return gv_err_set(
			err, -GV_EUSAGE,
			"GOSUMDB '%s': the key of '%.*s' is not built in; give it as "
			"name+hash+key",
			s, (int)key.n, key.at);
	}
	gv_text_format(&direct, "https://%s", set.key.name);
	gv_text_add_n(&url, second.at, second.n);
	while (url.len && set.url[url.len - 1] == '/')
		set.url[--url.len] = '\0';
	if (url.cut || (second.n && !url_is_good(set.url)))
		return gv_err_set(err, -GV_EUSAGE, "GOSUMDB '%s': '%.*s' is not a URL", s,
				  (int)second.n, second.at);
	*ret = set;
	return 0;
}

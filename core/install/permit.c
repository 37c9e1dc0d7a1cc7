// SPDX-License-Identifier: Apache-2.0
#include "core/install/permit.h"

#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/install/log.h"
#include "core/install/names.h"
#include "core/install/proxies.h"
#include "core/json/json.h"

enum { TEXT_MAX = 4096 };

enum gv_supported gv_permit_supported(const struct gv_support *s,
				      const struct gv_version *v)
{
	if (gv_support_is_over(s, v))
		return GV_SUPPORTED_NO;
	return s->n == GV_SUPPORTED_LINES ? GV_SUPPORTED_YES : GV_SUPPORTED_UNKNOWN;
}

static enum gv_supported ask_lists(const struct gv_install *in,
				   const struct gv_version *v)
{
	struct gv_releases list = {0};
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_support support = {0};

	if (gv_install_releases(in, false, &list, &ignored) < 0)
		return GV_SUPPORTED_UNKNOWN;
	for (size_t i = 0; i < list.n; i++)
		gv_support_add(&support, &list.items[i]);
	gv_releases_release(&list);
	return gv_permit_supported(&support, v);
}

/* -- when it was released ------------------------------------------------------------ */

static int64_t time_of(const char *s)
{
	time_t when;

	return s && gv_clock_parse(s, &when) == 0 && when > 0 ? (int64_t)when
							      : GV_RELEASED_UNKNOWN;
}

int64_t gv_permit_released(int tree_fd)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(TEXT_MAX);
	char word[GV_RFC3339_LEN];
	struct gv_text t = gv_text_in(word, sizeof(word));
	const char *line;

	if (gv_read_file(tree_fd, "VERSION", &text) < 0 || !text.data)
		return GV_RELEASED_UNKNOWN;
	line = strchr(text.data, '\n');
	line = line ? gv_after_prefix(line, "\ntime ") : NULL;
	if (!line)
		return GV_RELEASED_UNKNOWN;
	gv_text_add_n(&t, line, strcspn(line, " \r\n"));
	return t.cut ? GV_RELEASED_UNKNOWN : time_of(word);
}

static int64_t read_info(const struct gv_buf *text)
{
	GV_CLEANUP(gv_json_cleanup)
	struct gv_json *o =
		text->data ? gv_json_parse(text->data, text->len, NULL) : NULL;

	return time_of(o ? gv_json_str(o, "Time") : NULL);
}

/* Where nobody names a proxy, where Go itself would ask. */
static int64_t ask_proxies(const struct gv_install *in, struct gv_fetcher *fetcher,
			   const char *path)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(TEXT_MAX);
	bool named = in->goproxy && in->goproxy[0];
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_proxies proxies;
	int r = gv_proxies_parse(named ? in->goproxy : "direct", &proxies, &ignored);

	if (r < 0)
		return GV_RELEASED_UNKNOWN;
	r = -GV_EGONE;
	for (size_t i = 0; i < proxies.n && r < 0; i++) {
		gv_buf_clear(&text);
		r = gv_proxy_get(&proxies.items[i], fetcher, path, &text, &ignored);
		if (r < 0 && !gv_proxy_go_on(&proxies.items[i], r))
			break;
	}
	gv_proxies_release(&proxies);
	return r == 0 ? read_info(&text) : GV_RELEASED_UNKNOWN;
}

int64_t gv_permit_ask_when(const struct gv_install *in, const struct gv_version *v)
{
	char path[GV_ARCHIVE_NAME_MAX];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct gv_net net = gv_install_net(in);
	struct gv_err ignored = GV_ERR_INIT;
	struct gv_fetcher *fetcher;
	int64_t when;

	gv_module_path(v, in->store->platform, path);
	t.len = strlen(path) - strlen("zip");
	gv_text_add(&t, "info");
	if (t.cut || gv_fetcher_open(in->libexec, &net, &fetcher, &ignored) < 0)
		return GV_RELEASED_UNKNOWN;
	when = ask_proxies(in, fetcher, path);
	gv_fetcher_close(fetcher);
	return when;
}

/* -- judging ------------------------------------------------------------------------- */

static bool asks_for(const struct gv_install *in, enum gv_setting_id id)
{
	return gv_policy_has(&in->config->policy, id);
}

int gv_permit_release(const struct gv_install *in, const struct gv_version *v, bool final,
		      struct gv_err *err)
{
	struct gv_policy_subject s = {.version = v, .now = time(NULL)};
	int r = gv_policy_judge(&in->config->policy, &s, err);

	/* What is refused by its name needs no questions. */
	if (r < 0)
		return r;
	if (asks_for(in, GV_POLICY_SUPPORTED_ONLY))
		s.supported = ask_lists(in, v);
	if (asks_for(in, GV_POLICY_MINIMUM_AGE))
		s.released_at = gv_permit_ask_when(in, v);
	if (!final && s.released_at == GV_RELEASED_UNKNOWN)
		s.released_at = GV_RELEASED_LATER;
	return gv_policy_judge(&in->config->policy, &s, err);
}

int gv_permit_tree(const struct gv_install *in, const char *name, int tree_fd,
		   enum gv_trust trust, const char *source, struct gv_err *err)
{
	struct gv_version v;
	struct gv_policy_subject s = {
		.version = &v,
		.trust = gv_trust_name(trust),
		.source = source,
		.now = time(NULL),
	};

	if (gv_version_parse(name, strlen(name), &v) < 0)
		return gv_err_set(err, -GV_EFAILED, "'%s' is not a version", name);
	if (tree_fd >= 0 && asks_for(in, GV_POLICY_MINIMUM_AGE)) {
		s.released_at = gv_permit_released(tree_fd);
		if (s.released_at == GV_RELEASED_UNKNOWN)
			s.released_at = gv_permit_ask_when(in, &v);
	}
	return gv_policy_judge(&in->config->policy, &s, err);
}

// SPDX-License-Identifier: Apache-2.0
#include "core/config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/num.h"
#include "core/config/dirs.h"
#include "core/config/inifile.h"
#include "core/config/settings.h"

#define FILE_NAME "govern.ini"

static int no_memory(struct gv_err *err)
{
	return gv_err_sys(err, -ENOMEM, "cannot read the configuration");
}

static int set(struct gv_setting *s, const char *value, const char *origin,
	       struct gv_err *err)
{
	char *v = strdup(value), *o = strdup(origin);

	if (!v || !o) {
		free(v);
		free(o);
		return no_memory(err);
	}
	free(s->value);
	free(s->origin);
	s->value = v;
	s->origin = o;
	return 0;
}

/* The keys that the store's [policy] names keep what they have now. */
static int lock_keys(struct gv_config *c, const struct gv_inifile *ini,
		     struct gv_err *err)
{
	const char *p = ini->lock ? ini->lock : "";

	for (;;) {
		bool found = false;
		size_t n;

		p += strspn(p, " \t,");
		n = strcspn(p, " \t,");
		if (n == 0)
			return 0;
		for (int i = 0; i < GV_KEYS; i++) {
			if (strncmp(gv_setting_defs[i].key, p, n) != 0 ||
			    gv_setting_defs[i].key[n] != '\0')
				continue;
			/* A rule of policy holds anyway, whatever follows. */
			if (i < GV_SETTINGS)
				c->settings[i].locked = true;
			found = true;
		}
		if (!found)
			return gv_err_at(err, -GV_EUSAGE, ini->path, ini->lock_line,
					 "%s:%u: cannot lock '%.*s': no such key",
					 ini->path, ini->lock_line, (int)n, p);
		p += n;
	}
}

static int add_rule(struct gv_config *c, const struct gv_inifile *ini,
		    enum gv_setting_id id, bool shared, struct gv_err *err)
{
	struct gv_policy *p = &c->policy;
	struct gv_policy_rule rule = {
		.id = id,
		.key = gv_setting_defs[id].key,
		.value = strdup(ini->values[id]),
		.file = strdup(ini->path),
		.line = ini->lines[id],
		.shared = shared,
	};
	struct gv_policy_rule *more = reallocarray(p->rules, p->n + 1, sizeof(*more));

	if (more)
		p->rules = more;
	if (!more || !rule.value || !rule.file) {
		free(rule.value);
		free(rule.file);
		return no_memory(err);
	}
	more[p->n++] = rule;
	return 0;
}

static int read_one(struct gv_config *c, size_t which, bool is_store, struct gv_err *err)
{
	GV_CLEANUP(gv_inifile_release)
	struct gv_inifile ini = {.path = c->files[which], .may_lock = is_store};
	GV_CLEANUP(gv_buf_release) struct gv_buf origin = GV_BUF_INIT(0);
	int r = gv_inifile_read(&ini, err);

	if (r != 0)
		return r < 0 ? r : 0; /* not there */
	c->read[which] = true;
	for (int i = 0; i < GV_SETTINGS; i++) {
		if (!ini.values[i] || c->settings[i].locked)
			continue;
		gv_buf_clear(&origin);
		if (gv_buf_format(&origin, "%s:%u", ini.path, ini.lines[i]) < 0)
			return no_memory(err);
		r = set(&c->settings[i], ini.values[i], origin.data, err);
		if (r < 0)
			return r;
	}
	for (int i = GV_SETTINGS; i < GV_KEYS; i++) {
		r = ini.values[i] ? add_rule(c, &ini, i, which < 2, err) : 0;
		if (r < 0)
			return r;
	}
	return is_store ? lock_keys(c, &ini, err) : 0;
}

static int file_in(const char *dir, char **ret, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	gv_buf_format(&path, "%s/" FILE_NAME, dir);
	*ret = gv_buf_take(&path);
	return *ret ? 0 : no_memory(err);
}

/* The paths that apply, in order.  Only GOVERN_CONFIG must be there. */
static int name_files(const char *root, struct gv_config *c, struct gv_err *err)
{
	GV_CLEANUP(gv_free_str) char *config_dir = NULL;
	const char *given = getenv("GOVERN_CONFIG");
	struct gv_err ignored = GV_ERR_INIT;
	int r = file_in("/etc/govern", &c->files[0], err);

	if (r == 0)
		r = file_in(root, &c->files[1], err);
	if (r == 0 && gv_dirs_config(&config_dir, &ignored) == 0)
		r = file_in(config_dir, &c->files[2], err);
	if (r < 0 || !given || !given[0])
		return r;
	if (given[0] != '/')
		return gv_err_set(err, -GV_EUSAGE,
				  "GOVERN_CONFIG must be an absolute path, not '%s'",
				  given);
	c->files[3] = strdup(given);
	return c->files[3] ? 0 : no_memory(err);
}

int gv_config_load(const char *root, struct gv_config *ret, struct gv_err *err)
{
	struct gv_config c = {0};
	int r = 0;

	for (int i = 0; i < GV_SETTINGS && r == 0; i++) {
		c.settings[i].key = gv_setting_defs[i].key;
		r = set(&c.settings[i], gv_setting_defs[i].otherwise, "default", err);
	}
	if (r == 0)
		r = name_files(root, &c, err);
	for (size_t i = 0; i < GV_COUNT(c.files) && r == 0; i++)
		if (c.files[i])
			r = read_one(&c, i, i == 1, err);
	if (r == 0 && c.files[3] && !c.read[3])
		r = gv_err_set(err, -GV_EUSAGE,
			       "GOVERN_CONFIG names '%s', which is not there",
			       c.files[3]);
	if (r < 0) {
		gv_config_release(&c);
		return r;
	}
	*ret = c;
	return 0;
}

void gv_config_release(struct gv_config *c)
{
	if (!c)
		return;
	for (int i = 0; i < GV_SETTINGS; i++) {
		free(c->settings[i].value);
		free(c->settings[i].origin);
	}
	for (size_t i = 0; i < c->policy.n; i++) {
		free(c->policy.rules[i].value);
		free(c->policy.rules[i].file);
	}
	free(c->policy.rules);
	for (size_t i = 0; i < GV_COUNT(c->files); i++)
		free(c->files[i]);
	*c = (struct gv_config){0};
}

const char *gv_config_str(const struct gv_config *c, enum gv_setting_id id)
{
	return c->settings[id].value;
}

uint64_t gv_config_num(const struct gv_config *c, enum gv_setting_id id)
{
	const char *value = c->settings[id].value;
	uint64_t number = 0;

	/* It was checked when it was read. */
	(void)!gv_num_parse(value, strlen(value), gv_setting_defs[id].max, &number);
	return number;
}

bool gv_config_bool(const struct gv_config *c, enum gv_setting_id id)
{
	const char *value = c->settings[id].value;

	return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0 ||
	       strcmp(value, "on") == 0 || strcmp(value, "always") == 0;
}

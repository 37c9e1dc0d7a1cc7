// SPDX-License-Identifier: Apache-2.0
#include "core/cli/journal/words.h"

#include <string.h>

static const char *text_of(const struct gv_json *record, const char *key)
{
	const char *s = gv_json_str(record, key);

	return s ? s : "";
}

/* " (it was …)" when it was something else. */
static void add_before(struct gv_text *t, const struct gv_json *record)
{
	const char *before = text_of(record, "before");

	if (before[0])
		gv_text_format(t, " (it was %s)", before);
}

void gv_describe_record(const struct gv_json *record, struct gv_text *t)
{
	const char *event = text_of(record, "event"), *tag = text_of(record, "tag");
	const char *version = text_of(record, "version");

	if (strcmp(event, "install") == 0) {
		gv_text_format(t, "%s installed, %s", version, text_of(record, "trust"));
	} else if (strcmp(event, "adopt") == 0) {
		gv_text_format(t, "%s adopted, %s", version, text_of(record, "trust"));
	} else if (strcmp(event, "build") == 0) {
		gv_text_format(t, "%s built, %s", version, text_of(record, "trust"));
	} else if (strcmp(event, "uninstall") == 0) {
		gv_text_format(t, "%s uninstalled", version);
	} else if (strcmp(event, "default") == 0 && version[0]) {
		gv_text_format(t, "default is %s", version);
		add_before(t, record);
	} else if (strcmp(event, "default") == 0) {
		gv_text_add(t, "no default");
		add_before(t, record);
	} else if (strcmp(event, "tag") == 0) {
		gv_text_format(t, "@%s is %s", tag, version);
		add_before(t, record);
	} else if (strcmp(event, "tag-delete") == 0) {
		gv_text_format(t, "no @%s", tag);
		add_before(t, record);
	} else if (strcmp(event, "hold") == 0) {
		gv_text_format(t, "%s held back", version);
	} else if (strcmp(event, "hold-delete") == 0) {
		gv_text_format(t, "%s not held back any more", version);
	} else if (strcmp(event, "deny") == 0) {
		gv_text_format(t, "%s denied by %s", version, text_of(record, "source"));
	} else if (strcmp(event, "allow") == 0) {
		gv_text_format(t, "%s not denied any more", version);
	} else if (strcmp(event, "rollback") == 0) {
		gv_text_format(t, "back to generation %llu",
			       (unsigned long long)gv_json_int(record, "generation", 0));
	} else if (strcmp(event, "upgrade") == 0) {
		gv_text_format(t, "upgraded to %s", version);
		add_before(t, record);
	} else if (strcmp(event, "upgrade-undone") == 0) {
		gv_text_format(t, "upgrade undone, %s again", version);
		add_before(t, record);
	} else if (strcmp(event, "promote") == 0) {
		gv_text_add(t, "what the canary tried is everyone's");
	} else if (strcmp(event, "expire") == 0) {
		gv_text_format(t, "generations until %llu gone",
			       (unsigned long long)gv_json_int(record, "generation", 0));
	} else if (strcmp(event, "verify") == 0) {
		gv_text_format(t, "%s is %s", version, text_of(record, "trust"));
		add_before(t, record);
	} else if (strcmp(event, "refused") == 0) {
		gv_text_format(t, "%s%s refused by %s", tag[0] ? "@" : "",
			       tag[0] ? tag : version, text_of(record, "source"));
	} else {
		gv_text_format(t, "%s%s%s", event, version[0] ? " " : "", version);
	}
}

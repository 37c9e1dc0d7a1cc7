// SPDX-License-Identifier: Apache-2.0
/* Patches: what passes leads nowhere but into the tree, by another reading of the same
 * lines, and what is refused is refused with a reason. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/build/patch.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static unsigned long count(const char *digits)
{
	unsigned long n = strtoul(digits, NULL, 10);

	return n <= UINT32_MAX ? n : 0;
}

/* scanf(3) takes no blank at all for one. */
static bool has_blanks(const char *line)
{
	static const char range[] = "0123456789,";

	if (strncmp(line, "@@ -", 4) != 0)
		return false;
	line += 4 + strspn(line + 4, range);
	if (strncmp(line, " +", 2) != 0)
		return false;
	line += 2 + strspn(line + 2, range);
	return strncmp(line, " @@", 3) == 0;
}

/* As patch(1) has it; no more lines than it has room for are counted. */
static bool hunk(const char *line, unsigned long *ret_old, unsigned long *ret_new)
{
	char old[16] = "", new[16] = "";
	int end = 0;

	*ret_old = *ret_new = 1;
	if (!has_blanks(line))
		return false;
	if (sscanf(line, "@@ -%*[0-9],%10[0-9] +%*[0-9],%10[0-9] @@%n", old, new, &end) ==
		    2 &&
	    end) {
		*ret_old = count(old);
		*ret_new = count(new);
		return true;
	}
	if (sscanf(line, "@@ -%*[0-9],%10[0-9] +%*[0-9] @@%n", old, &end) == 1 && end) {
		*ret_old = count(old);
		return true;
	}
	if (sscanf(line, "@@ -%*[0-9] +%*[0-9],%10[0-9] @@%n", new, &end) == 1 && end) {
		*ret_new = count(new);
		return true;
	}
	end = 0;
	(void)!sscanf(line, "@@ -%*[0-9] +%*[0-9] @@%n", &end);
	return end > 0;
}

/* Behind a tab comes the time. */
static void check_name(char *name)
{
	name[strcspn(name, "\t")] = '\0';
	must(name[0] != '/' || strncmp(name, "/dev/null", 9) == 0);
	must(strncmp(name, "../", 3) != 0 && !strstr(name, "/../"));
}

static void check_line(char *line)
{
	static const char *const names[] = {"--- ", "+++ ", "rename to ", "copy to "};

	line += strspn(line, " \tX");
	must(strncmp(line, "new file mode 12", 16) != 0);
	for (size_t i = 0; i < GV_COUNT(names); i++)
		if (strncmp(line, names[i], strlen(names[i])) == 0)
			check_name(line + strlen(names[i]));
}

static void check_text(const char *text, size_t n)
{
	unsigned long old = 0, new = 0;

	for (const char *end = text + n; text < end;) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((nl ? nl : end) - text);
		char *line = strndup(text, len);

		must(line != NULL);
		if (old || new) {
			if (line[0] != '\\') {
				old -= line[0] != '+' && old;
				new -= line[0] != '-' && new;
			}
		} else if (!hunk(line, &old, &new)) {
			old = new = 0;
			check_line(line);
		}
		free(line);
		text += len + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char empty[1] = "";
	const struct gv_patch p = {.text = data ? (char *)(uintptr_t)data : empty,
				   .n = size};
	struct gv_err err = GV_ERR_INIT;
	int r = check(&p, "x", &err);

	must(r == 0 || r == -GV_EPOLICY || r == -GV_EFORMAT);
	must((r == 0) == (err.message[0] == '\0'));
	/* A NUL ends no line for us, and does for what reads along here. */
	if (r == 0 && size && !memchr(data, '\0', size))
		check_text((const char *)data, size);
	return 0;
}

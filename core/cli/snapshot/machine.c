// SPDX-License-Identifier: Apache-2.0
/* What a build gets from the machine: C compilers, the environment, the system. */
#include "core/cli/snapshot/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/cli/running.h"
#include "core/cli/snapshot/secrets.h"

/* -- C ------------------------------------------------------------------------------- */

/* The same words wherever it is asked. */
static char **plain_environ(void)
{
	static char lc_all[] = "LC_ALL=C";
	size_t n = 0, k = 0;
	char **envp;

	while (environ && environ[n])
		n++;
	envp = calloc(n + 2, sizeof(*envp));
	if (!envp)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!gv_after_prefix(environ[i], "LC_ALL="))
			envp[k++] = environ[i];
	envp[k] = lc_all;
	return envp;
}

static struct gv_json *program_json(const char *name, char **envp)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf said = GV_BUF_INIT(0);
	const struct gv_running here = {.envp = envp};
	struct gv_json *o = gv_json_new_object();
	struct gv_err why = GV_ERR_INIT;
	char path[PATH_MAX], version[] = "--version";
	char *argv[] = {path, version, NULL};

	if (gv_running_find(&here, name, path, &why) < 0) {
		gv_json_free(o);
		return NULL;
	}
	gv_json_set_str(o, "path", path);
	if (gv_snapshot_ask(argv, envp, &said, &why) == 0 && said.len)
		said.data[strcspn(said.data, "\r\n")] = '\0';
	gv_json_set_str(o, "version", why.code == 0 && said.len ? said.data : NULL);
	return o;
}

/* Of "gcc -m64" the program; the whole of it is in go env. */
static int add_first_word(struct gv_list *names, const char *command)
{
	size_t n = strcspn(command, " \t");

	for (size_t i = 0; i < names->n; i++)
		if (strlen(names->items[i]) == n &&
		    memcmp(names->items[i], command, n) == 0)
			return 0;
	return n ? gv_list_add_n(names, command, n) : 0;
}

struct gv_json *gv_snapshot_c(const struct gv_list *extra)
{
	static const char *const always[] = {"cc", "c++", "ld", "pkg-config"};
	static const char *const variables[] = {"CC", "CXX", "PKG_CONFIG"};
	GV_CLEANUP(gv_list_release) struct gv_list names = GV_LIST_INIT;
	struct gv_json *o = gv_json_new_object();
	char **envp = plain_environ();
	int r = envp ? 0 : -ENOMEM;

	for (size_t i = 0; i < GV_COUNT(always) && r == 0; i++)
		r = add_first_word(&names, always[i]);
	for (size_t i = 0; i < GV_COUNT(variables) && r == 0; i++)
		if (getenv(variables[i]))
			r = add_first_word(&names, getenv(variables[i]));
	for (size_t i = 0; i < extra->n && r == 0; i++)
		r = add_first_word(&names, extra->items[i]);
	gv_list_sort(&names);
	for (size_t i = 0; i < names.n && envp; i++) {
		struct gv_json *program = program_json(names.items[i], envp);

		if (program)
			gv_json_set(o, names.items[i], program);
		else
			gv_json_set_str(o, names.items[i], NULL);
	}
	free(envp);
	return o;
}

/* -- environment --------------------------------------------------------------------- */

static bool is_relevant(const char *entry)
{
	static const char *const begins[] = {"GO", "CGO_", "GCC", "PKG_CONFIG", "LD_"};
	static const char *const names[] = {
		"AR",
		"CC",
		"COMPILER_PATH",
		"CPATH",
		"CPLUS_INCLUDE_PATH",
		"CXX",
		"C_INCLUDE_PATH",
		"FC",
		"HTTPS_PROXY",
		"HTTP_PROXY",
		"LIBRARY_PATH",
		"NO_PROXY",
		"OBJC_INCLUDE_PATH",
		"PATH",
		"SOURCE_DATE_EPOCH",
		"SSL_CERT_DIR",
		"SSL_CERT_FILE",
		"ZERO_AR_DATE",
		"http_proxy",
		"https_proxy",
		"no_proxy",
	};
	size_t n = strcspn(entry, "=");

	if (gv_after_prefix(entry, "GOOGLE_"))
		return false; /* has nothing to do with Go */
	for (size_t i = 0; i < GV_COUNT(begins); i++)
		if (gv_after_prefix(entry, begins[i]))
			return true;
	for (size_t i = 0; i < GV_COUNT(names); i++)
		if (strlen(names[i]) == n && memcmp(names[i], entry, n) == 0)
			return true;
	return false;
}

struct gv_json *gv_snapshot_environment(void)
{
	GV_CLEANUP(gv_list_release) struct gv_list found = GV_LIST_INIT;
	struct gv_json *o = gv_json_new_object();
	int r = 0;

	for (char **e = environ; e && *e && r == 0; e++)
		if (strchr(*e, '=') && is_relevant(*e))
			r = gv_list_add(&found, *e);
	gv_list_sort(&found);
	for (size_t i = 0; i < found.n; i++) {
		GV_CLEANUP(gv_buf_release) struct gv_buf shown = GV_BUF_INIT(0);
		char *value = strchr(found.items[i], '=');

		if (!value)
			continue; /* all that were added have one */
		*value = '\0';
		gv_secret_add(&shown, found.items[i], value + 1);
		gv_json_set_str(o, found.items[i], shown.data ? shown.data : "");
	}
	return o;
}

/* -- the system ---------------------------------------------------------------------- */

/* PRETTY_NAME of os-release(5), without its quotes. */
static void set_os(struct gv_json *o)
{
	static const char key[] = "\nPRETTY_NAME=";
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(64 << 10);
	char *name = NULL;

	gv_buf_add_str(&text, "\n");
	if (gv_read_file(AT_FDCWD, "/etc/os-release", &text) == 0)
		name = strstr(text.data, key);
	if (name) {
		name += sizeof(key) - 1;
		name += strspn(name, "\"'");
		name[strcspn(name, "\"'\n")] = '\0';
	}
	gv_json_set_str(o, "os", name);
}

struct gv_json *gv_snapshot_host(void)
{
	struct gv_json *o = gv_json_new_object();
	struct utsname u = {0};
	char libc[128] = "";

	(void)!uname(&u); /* "" then */
#ifdef _CS_GNU_LIBC_VERSION
	(void)!confstr(_CS_GNU_LIBC_VERSION, libc, sizeof(libc));
#endif
	gv_json_set_str(o, "kernel", u.release[0] ? u.release : NULL);
	gv_json_set_str(o, "libc", libc[0] ? libc : NULL);
	gv_json_set_str(o, "machine", u.machine[0] ? u.machine : NULL);
	gv_json_set_str(o, "name", u.nodename[0] ? u.nodename : NULL);
	set_os(o);
	return o;
}

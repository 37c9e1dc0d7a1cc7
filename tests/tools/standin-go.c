// SPDX-License-Identifier: Apache-2.0
/*
 * A `go` that does as if: what the smoke check of an upgrade asks of a toolchain, without
 * compiling anything.  mktoolchain.py --go puts it into a tree; it is the version that
 * the VERSION file there names.
 *
 *	STANDIN_FAILS="go1.22.6:vet go1.22.7:build"	these commands of these versions fail
 *	STANDIN_MODULES=FILE				what `mod`, `work` and `list` are instead
 *	STANDIN_LOG=FILE				a line for each command: version, arguments
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char goroot[PATH_MAX], version[64], os[32], arch[32];

/* <goroot>/bin/go; the platform is the directory's two above: what this was built for. */
static int find_out(void)
{
	char path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", goroot, sizeof(goroot) - 1);
	FILE *f;

	if (n < 0)
		return -1;
	goroot[n] = '\0';
	for (int i = 0; i < 2; i++)
		if (strrchr(goroot, '/'))
			*strrchr(goroot, '/') = '\0';
	snprintf(path, sizeof(path), "%s/VERSION", goroot);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%63s", version) != 1)
		return -1;
	fclose(f);
	snprintf(os, sizeof(os), "linux");
#if defined(__aarch64__)
	snprintf(arch, sizeof(arch), "arm64");
#else
	snprintf(arch, sizeof(arch), "amd64");
#endif
	return 0;
}

static int is_to_fail(const char *command)
{
	const char *fails = getenv("STANDIN_FAILS");
	char what[128];

	snprintf(what, sizeof(what), "%s:%s", version, command);
	return fails && strstr(fails, what) != NULL;
}

static void write_log(char **argv)
{
	const char *name = getenv("STANDIN_LOG");
	FILE *f = name ? fopen(name, "a") : NULL;

	if (!f)
		return;
	fprintf(f, "%s", version);
	for (argv++; *argv; argv++)
		fprintf(f, " %s", *argv);
	fprintf(f, "\n");
	fclose(f);
}

static const char *value_of(const char *name)
{
	if (strcmp(name, "GOROOT") == 0)
		return goroot;
	if (strcmp(name, "GOOS") == 0)
		return os;
	if (strcmp(name, "GOARCH") == 0)
		return arch;
	if (strcmp(name, "GOPROXY") == 0)
		return "off";
	return "";
}

static int env(char **names)
{
	for (; *names; names++)
		puts(value_of(*names));
	return 0;
}

/* What the program of the smoke check would say. */
static void say(FILE *f)
{
	fprintf(f, "%s %s-%s b2be6971\n", version, os, arch);
}

static int build(const char *to)
{
	FILE *f = fopen(to, "w");

	if (!f)
		return 1;
	fprintf(f, "#!/bin/sh\ncat <<'EOF'\n");
	say(f);
	fprintf(f, "EOF\n");
	fclose(f);
	return chmod(to, 0755) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (find_out() < 0)
		return 3;
	write_log(argv);
	if (is_to_fail(command)) {
		fprintf(stderr, "%s: broken on purpose\n", command);
		return 2;
	}
	if (getenv("STANDIN_MODULES") &&
	    (strcmp(command, "mod") == 0 || strcmp(command, "list") == 0 ||
	     strcmp(command, "work") == 0)) {
		argv[0] = getenv("STANDIN_MODULES");
		execv(argv[0], argv);
		return 4;
	}
	if (strcmp(command, "version") == 0)
		printf("go version %s %s/%s\n", version, os, arch);
	else if (strcmp(command, "env") == 0)
		return env(argv + 2);
	else if (strcmp(command, "build") == 0 && argc > 3 && strcmp(argv[2], "-o") == 0)
		return build(argv[3]);
	else if (strcmp(command, "run") == 0)
		say(stdout);
	return 0;
}

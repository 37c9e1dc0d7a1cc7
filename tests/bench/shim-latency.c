// SPDX-License-Identifier: Apache-2.0
/*
 * What the shim adds to the start of a program, beside what an empty trampoline adds.
 *
 *	shim-latency SHIM TRAMPOLINE DIR ROUNDS [JSON-FILE]
 *
 * DIR is an empty directory, in which two stores are made: with one toolchain and with
 *200, all of them the program that does nothing (tests/bench/trampoline.c).  Each round
 * runs every case once, in random order, by posix_spawn and waitpid; a case's figure is
 * the median over all rounds, less the median of running the program directly.  The spread
 * is that of the ratio to the floor over BLOCKS parts of the run.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BLOCKS = 10, ROUNDS_MAX = 100000, PATHS = 2 * PATH_MAX };

enum { DIRECT, FLOOR };

static struct bench_case {
	const char *name, *label;
	const char *store; /* whose bin/go runs; NULL: see below */
	const char *cwd;   /* below DIR */
	double *ns;	   /* one for each round */
	double median, added, ratio, ratio_min, ratio_max;
} cases[] = {
	{.name = "direct", .label = "the program itself", .cwd = "src"},
	{.name = "floor", .label = "empty trampoline (one execve)", .cwd = "src"},
	{"pin_here", "shim, pin in the working directory", "one", "src", NULL, 0, 0, 0, 0,
	 0},
	{"pin_up_4", "shim, pin 4 levels up", "one", "src/a/a/a/a", NULL, 0, 0, 0, 0, 0},
	{"pin_up_16", "shim, pin 16 levels up", "one",
	 "src/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", NULL, 0, 0, 0, 0, 0},
	{"default", "shim, no pin, the store's default", "one", "bare", NULL, 0, 0, 0, 0,
	 0},
	{"pin_here_200", "as the first, 200 toolchains", "many", "src", NULL, 0, 0, 0, 0,
	 0},
	{"default_200", "the default, 200 toolchains", "many", "bare", NULL, 0, 0, 0, 0,
	 0},
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static char dir[PATH_MAX];

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("shim-latency: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	va_end(ap);
	exit(1);
}

__attribute__((format(printf, 2, 3))) static void path_in_dir(char ret[PATHS],
							      const char *fmt, ...)
{
	size_t n = (size_t)snprintf(ret, PATHS, "%s/", dir);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ret + n, PATHS - n, fmt, ap);
	va_end(ap);
}

/* mkdir -p */
static void make_dirs(const char *path)
{
	char part[PATHS];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			die("cannot make '%s'", part);
		*p = c;
		if (c == '\0')
			return;
	}
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		die("cannot write '%s'", path);
}

static void copy(const char *from, const char *to)
{
	char bytes[65536];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n;

	if (!in || !out)
		die("cannot copy '%s' to '%s'", from, to);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		fwrite(bytes, 1, n, out);
	if (ferror(in) || fclose(out) != 0 || chmod(to, 0755) < 0)
		die("cannot copy '%s' to '%s'", from, to);
	fclose(in);
}

static void make_store(const char *name, unsigned toolchains, const char *shim,
		       const char *trampoline)
{
	char path[PATHS];

	path_in_dir(path, "%s/bin", name);
	make_dirs(path);
	path_in_dir(path, "%s/bin/go", name);
	copy(shim, path);
	for (unsigned i = 0; i < toolchains; i++) {
		/* go1.22.5 first, then go1.30.0 and on. */
		unsigned minor = i ? 30 + i / 10 : 22, patch = i ? i % 10 : 5;

		path_in_dir(path, "%s/toolchains/go1.%u.%u/bin", name, minor, patch);
		make_dirs(path);
		path_in_dir(path, "%s/toolchains/go1.%u.%u/bin/go", name, minor, patch);
		copy(trampoline, path);
		/* As large as no shim is, which the resolver looks at. */
		if (truncate(path, 10 << 20) < 0)
			die("cannot enlarge '%s'", path);
	}
	path_in_dir(path, "%s/generations/1", name);
	make_dirs(path);
	path_in_dir(path, "%s/generations/1/default", name);
	if (symlink("../../toolchains/go1.22.5", path) < 0 && errno != EEXIST)
		die("cannot link '%s'", path);
	path_in_dir(path, "%s/current", name);
	if (symlink("generations/1", path) < 0 && errno != EEXIST)
		die("cannot link '%s'", path);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run(const struct bench_case *c, const char *program, const char *trampoline)
{
	static char cwd[PATHS + 4], shim[PATHS], path_var[PATHS + 32];
	/* As many variables as a shell has, none of which means anything to us. */
	char *envp[] = {path_var,
			cwd,
			"HOME=/nonexistent",
			"TERM=xterm-256color",
			"LANG=C.UTF-8",
			"LOGNAME=user",
			"USER=user",
			"SHELL=/bin/bash",
			"MAIL=/var/mail/user",
			"EDITOR=vi",
			"PAGER=less",
			"SSH_TTY=/dev/pts/0",
			"XDG_SESSION_ID=1",
			"XDG_SESSION_TYPE=tty",
			"LESS=-R",
			"HISTSIZE=10000",
			"COLORTERM=truecolor",
			"SHLVL=1",
			NULL};
	char *plain[] = {"go", NULL};
	char *through[] = {"go", (char *)(size_t)program, NULL};
	const char *what = c->store ? shim : c == &cases[FLOOR] ? trampoline : program;
	double start, end;
	pid_t pid;
	int status;

	memcpy(cwd, "PWD=", 4);
	path_in_dir(cwd + 4, "%s", c->cwd);
	path_in_dir(shim, "%s/bin/go", c->store ? c->store : "");
	snprintf(path_var, sizeof(path_var), "PATH=%s:/usr/local/bin:/usr/bin:/bin", dir);
	if (chdir(cwd + 4) < 0)
		die("cannot change into '%s'", cwd + 4);
	start = now();
	errno = posix_spawn(&pid, what, NULL, NULL, c == &cases[FLOOR] ? through : plain,
			    envp);
	if (errno)
		die("cannot start '%s'", what);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	end = now();
	if (status != 0) {
		errno = 0;
		die("'%s' ended with wait status %#x in %s", what, (unsigned)status, cwd);
	}
	return end - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *values, size_t n, double q)
{
	double *sorted = malloc(n * sizeof(*sorted)), value;

	if (!sorted)
		die("no memory");
	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare);
	value = sorted[(size_t)((double)(n - 1) * q)];
	free(sorted);
	return value;
}

static void evaluate(struct bench_case *c, size_t rounds)
{
	size_t part = rounds / BLOCKS;

	c->median = quantile(c->ns, rounds, 0.5);
	c->added = c->median - cases[DIRECT].median;
	c->ratio = c->added / cases[FLOOR].added;
	for (size_t b = 0; b < BLOCKS; b++) {
		double direct = quantile(cases[DIRECT].ns + b * part, part, 0.5);
		double floor = quantile(cases[FLOOR].ns + b * part, part, 0.5);
		double ratio = (quantile(c->ns + b * part, part, 0.5) - direct) /
			       (floor - direct);

		if (b == 0 || ratio < c->ratio_min)
			c->ratio_min = ratio;
		if (b == 0 || ratio > c->ratio_max)
			c->ratio_max = ratio;
	}
}

static void print_table(size_t rounds)
{
	printf("%-38s %9s %7s %7s %8s %6s  %s\n", "microseconds", "median", "p10", "p90",
	       "added", "ratio", "ratio in tenths of the run");
	for (size_t i = 0; i < CASES; i++) {
		const struct bench_case *c = &cases[i];

		printf("%-38s %9.1f %7.1f %7.1f %8.1f", c->label, c->median / 1e3,
		       quantile(c->ns, rounds, 0.1) / 1e3,
		       quantile(c->ns, rounds, 0.9) / 1e3, c->added / 1e3);
		if (i == DIRECT)
			putchar('\n');
		else
			printf(" %6.2f  %.2f to %.2f\n", c->ratio, c->ratio_min,
			       c->ratio_max);
	}
}

static void write_json(const char *path, size_t rounds)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die("cannot write '%s'", path);
	fprintf(f, "{\"schema\": 1, \"rounds\": %zu, \"cases\": [", rounds);
	for (size_t i = 0; i < CASES; i++) {
		const struct bench_case *c = &cases[i];

		fprintf(f,
			"%s\n  {\"name\": \"%s\", \"median_us\": %.2f, \"p10_us\": %.2f, "
			"\"p90_us\": %.2f, \"added_us\": %.2f",
			i ? "," : "", c->name, c->median / 1e3,
			quantile(c->ns, rounds, 0.1) / 1e3,
			quantile(c->ns, rounds, 0.9) / 1e3, c->added / 1e3);
		if (i != DIRECT)
			fprintf(f,
				", \"ratio\": %.3f, \"ratio_min\": %.3f, "
				"\"ratio_max\": %.3f",
				c->ratio, c->ratio_min, c->ratio_max);
		fputc('}', f);
	}
	fputs("\n]}\n", f);
	if (fclose(f) != 0)
		die("cannot write '%s'", path);
}

int main(int argc, char **argv)
{
	char program[PATHS], path[PATHS], shim[PATH_MAX], trampoline[PATH_MAX];
	char *json = NULL;
	size_t rounds;
	int order[CASES];

	if (argc < 5 || argc > 6 || (rounds = strtoul(argv[4], NULL, 10)) < BLOCKS ||
	    rounds > ROUNDS_MAX) {
		fputs("usage: shim-latency SHIM TRAMPOLINE DIR ROUNDS [JSON-FILE]\n",
		      stderr);
		return 2;
	}
	rounds -= rounds % BLOCKS;
	make_dirs(argv[3]);
	if (!realpath(argv[1], shim) || !realpath(argv[2], trampoline) ||
	    !realpath(argv[3], dir))
		die("no such file");
	if (argc == 6) { /* written from another working directory */
		int fd = open(argv[5], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		if (fd < 0 || !(json = realpath(argv[5], NULL)))
			die("cannot write '%s'", argv[5]);
		close(fd);
	}
	make_store("one", 1, shim, trampoline);
	make_store("many", 200, shim, trampoline);
	path_in_dir(path, "%s", cases[4].cwd);
	make_dirs(path);
	path_in_dir(path, "bare");
	make_dirs(path);
	path_in_dir(path, "src/.go-version");
	write_file(path, "1.22.5\n");
	path_in_dir(program, "one/toolchains/go1.22.5/bin/go");

	for (size_t i = 0; i < CASES; i++) {
		cases[i].ns = calloc(rounds, sizeof(double));
		if (!cases[i].ns)
			die("no memory");
		(void)run(&cases[i], program, trampoline); /* warms the caches */
		order[i] = (int)i;
	}
	srandom((unsigned)getpid());
	for (size_t r = 0; r < rounds; r++) {
		for (size_t i = CASES - 1; i > 0; i--) {
			size_t j = (size_t)random() % (i + 1);
			int swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		for (size_t i = 0; i < CASES; i++)
			cases[order[i]].ns[r] =
				run(&cases[order[i]], program, trampoline);
	}
	for (size_t i = 0; i < CASES; i++)
		evaluate(&cases[i], rounds);
	print_table(rounds);
	if (json)
		write_json(json, rounds);
	return 0;
}

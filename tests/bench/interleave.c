// SPDX-License-Identifier: Apache-2.0
/*
 * Runs several programs many times, one at a time, each once a round and in random order,
 * and writes how long each run took.
 *
 *	interleave ROUNDS OUT < CASES
 *
 * CASES has a line for each thing that is said of a case, its name first:
 *
 *	case NAME
 *	cwd DIRECTORY
 *	env NAME=VALUE		may come often; nothing is inherited
 *	arg WORD		the program's path, then its arguments
 *
 * OUT gets a line for each case: its name, a tab, nanoseconds from before posix_spawn(3)
 * until behind waitpid(2), in the order of the rounds.  A program that ends with another
 * status than 0 is the end of the whole run: it did not do what was to be measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASES = 64, WORDS = 128 };

static struct bench_case {
	char *name, *cwd;
	char *argv[WORDS + 1], *envp[WORDS + 1];
	size_t argc, envc, n;
	long *ns;
} cases[CASES];
static size_t n_cases;

__attribute__((noreturn)) static void die(const char *what, const char *which)
{
	fprintf(stderr, "interleave: %s '%s': %s\n", what, which, strerror(errno));
	exit(1);
}

static void read_cases(void)
{
	char line[8192];

	while (fgets(line, sizeof(line), stdin)) {
		struct bench_case *c = n_cases ? &cases[n_cases - 1] : NULL;
		char *value = strchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		if (!value || (!c && strncmp(line, "case ", 5) != 0))
			die("not understood", line);
		*value++ = '\0';
		value = strdup(value);
		if (!value)
			die("no memory for", line);
		if (strcmp(line, "case") == 0 && n_cases < CASES) {
			cases[n_cases++] = (struct bench_case){.name = value};
		} else if (strcmp(line, "cwd") == 0) {
			c->cwd = value;
		} else if (strcmp(line, "env") == 0 && c->envc < WORDS) {
			c->envp[c->envc++] = value;
		} else if (strcmp(line, "arg") == 0 && c->argc < WORDS) {
			c->argv[c->argc++] = value;
		} else {
			die("not understood", line);
		}
	}
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static posix_spawn_file_actions_t quiet; /* what a command says beside its answer */

static long run(const struct bench_case *c)
{
	long start, end;
	int status;
	pid_t pid;

	if (chdir(c->cwd) < 0)
		die("cannot change into", c->cwd);
	start = now();
	errno = posix_spawn(&pid, c->argv[0], &quiet, NULL, c->argv, c->envp);
	if (errno)
		die("cannot start", c->argv[0]);
	if (waitpid(pid, &status, 0) != pid)
		die("cannot wait for", c->argv[0]);
	end = now();
	if (status != 0) {
		fprintf(stderr, "interleave: wait status %#x\n", (unsigned)status);
		die("failed", c->name);
	}
	return end - start;
}

static void shuffle(size_t *order)
{
	for (size_t n = n_cases; n > 1; n--) {
		size_t j = (size_t)random() % n, swap = order[n - 1];

		order[n - 1] = order[j];
		order[j] = swap;
	}
}

static void write_times(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		die("cannot write", path);
	for (size_t i = 0; i < n_cases; i++) {
		fprintf(f, "%s\t", cases[i].name);
		for (size_t k = 0; k < cases[i].n; k++)
			fprintf(f, "%ld ", cases[i].ns[k]);
		fputc('\n', f);
	}
	if (fclose(f) != 0)
		die("cannot write", path);
}

int main(int argc, char **argv)
{
	size_t rounds = argc == 3 ? strtoul(argv[1], NULL, 10) : 0, order[CASES];

	if (rounds == 0 || rounds > 1000000) {
		fputs("usage: interleave ROUNDS OUT < CASES\n", stderr);
		return 2;
	}
	read_cases();
	errno = posix_spawn_file_actions_init(&quiet);
	if (errno == 0)
		errno = posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO,
							 "/dev/null", O_WRONLY, 0);
	if (errno)
		die("cannot prepare", "stderr");
	for (size_t i = 0; i < n_cases; i++) {
		struct bench_case *c = &cases[i];

		if (!c->cwd || !c->argc)
			die("incomplete", c->name);
		order[i] = i;
		c->ns = calloc(rounds, sizeof(*c->ns));
		if (!c->ns)
			die("no memory for", c->name);
		(void)run(c); /* warms the caches */
	}
	srandom((unsigned)getpid());
	for (size_t r = 0; r < rounds; r++) {
		shuffle(order);
		for (size_t i = 0; i < n_cases; i++) {
			struct bench_case *c = &cases[order[i]];

			c->ns[c->n++] = run(c);
		}
	}
	write_times(argv[2]);
	return 0;
}

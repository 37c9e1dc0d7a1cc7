// SPDX-License-Identifier: Apache-2.0
#include "core/cli/matrix/matrix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/base/tree.h"
#include "core/cli/output.h"

enum {
	TICK_MS = 50,	 /* how soon an end is seen */
	DRAW_MS = 200,	 /* how often rows are drawn */
	GRACE_MS = 3000, /* between the signal and SIGKILL */
};

const char *gv_matrix_result_name(enum gv_matrix_result result)
{
	static const char *const names[] = {
		[GV_MATRIX_WAITS] = "not_run", [GV_MATRIX_RUNS] = "running",
		[GV_MATRIX_PASSED] = "passed", [GV_MATRIX_FAILED] = "failed",
		[GV_MATRIX_KILLED] = "killed", [GV_MATRIX_TIMEOUT] = "timed_out",
		[GV_MATRIX_ERROR] = "error",   [GV_MATRIX_UNFINISHED] = "not_finished",
	};

	return names[result];
}

void gv_matrix_outcome(const struct gv_matrix_job *job, char ret[GV_MATRIX_OUTCOME])
{
	struct gv_text t = gv_text_in(ret, GV_MATRIX_OUTCOME);

	gv_text_add(&t, gv_matrix_result_name(job->result));
	for (char *c = ret; *c; c++)
		if (*c == '_')
			*c = ' ';
	if (job->result == GV_MATRIX_FAILED)
		gv_text_format(&t, ", status %d", job->status);
	else if (job->result == GV_MATRIX_KILLED)
		gv_text_format(&t, ", signal %d", job->status);
}

/* -- starting ------------------------------------------------------------------------ */

/* A name that was there goes, rather than that something is written to where it leads. */
static int make_log(struct gv_matrix_job *job)
{
	if (unlink(job->log) < 0 && errno != ENOENT)
		return -errno;
	job->log_fd =
		open(job->log,
		     O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
	return job->log_fd < 0 ? -errno : 0;
}

static int make_cache(struct gv_matrix_job *job)
{
	const char *tmp = getenv("TMPDIR");
	GV_CLEANUP(gv_buf_release) struct gv_buf path = GV_BUF_INIT(0);

	gv_buf_format(&path, "%s/govern-gocache-XXXXXX",
		      tmp && tmp[0] == '/' ? tmp : "/tmp");
	if (gv_buf_error(&path) < 0)
		return -ENOMEM;
	if (!mkdtemp(path.data))
		return -errno;
	job->cache = gv_buf_take(&path);
	return job->cache ? 0 : -ENOMEM;
}

/* The environment with GOFLAGS and GOCACHE in it; the strings of `own` are added to
 * it. */
static char **compose_environ(const struct gv_matrix *m, const struct gv_matrix_job *job,
			      struct gv_list *own)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf set = GV_BUF_INIT(0);
	size_t n = 0, k = 0;
	char **envp;
	int r = 0;

	if (m->goflags) {
		gv_buf_format(&set, "GOFLAGS=%s", m->goflags);
		r = gv_buf_error(&set) < 0 ? -ENOMEM : gv_list_add(own, set.data);
		gv_buf_clear(&set);
	}
	if (job->cache && r == 0) {
		gv_buf_format(&set, "GOCACHE=%s", job->cache);
		r = gv_buf_error(&set) < 0 ? -ENOMEM : gv_list_add(own, set.data);
	}
	while (job->running.envp[n])
		n++;
	envp = r == 0 ? calloc(n + own->n + 1, sizeof(*envp)) : NULL;
	for (size_t i = 0; envp && i < n; i++) {
		char *entry = job->running.envp[i];

		if (!(m->goflags && gv_after_prefix(entry, "GOFLAGS=")) &&
		    !(job->cache && gv_after_prefix(entry, "GOCACHE=")))
			envp[k++] = entry;
	}
	for (size_t i = 0; envp && i < own->n; i++)
		envp[k++] = own->items[i];
	return envp;
}

static int start_child(const struct gv_matrix *m, struct gv_matrix_job *job)
{
	GV_CLEANUP(gv_list_release) struct gv_list own = GV_LIST_INIT;
	struct gv_child_fd fds[] = {{job->log_fd, 1}, {job->log_fd, 2}};
	struct gv_child_spec spec = {
		.program = job->program,
		.argv = m->argv,
		.envp = compose_environ(m, job, &own),
		.fds = fds,
		.n_fds = GV_COUNT(fds),
		.own_group = true,
	};
	int r = spec.envp ? gv_child_start(&spec, &job->child) : -ENOMEM;

	free((void *)(uintptr_t)spec.envp);
	return r;
}

static void start(struct gv_matrix *m, struct gv_matrix_job *job)
{
	int r = make_log(job);

	if (r < 0)
		gv_err_sys(&job->err, r, "cannot write '%s'", job->log);
	if (r == 0 && m->fresh_cache) {
		r = make_cache(job);
		if (r < 0)
			gv_err_sys(&job->err, r, "cannot make a directory for GOCACHE");
	}
	if (r == 0) {
		r = start_child(m, job);
		if (r < 0)
			gv_err_sys(&job->err, r, "cannot run '%s'", job->program);
	}
	job->begun = gv_clock_ms();
	job->result = r < 0 ? GV_MATRIX_ERROR : GV_MATRIX_RUNS;
	m->running += r == 0;
}

/* -- ending -------------------------------------------------------------------------- */

/* What was killed may still be about to go: then the directory does not go at once. */
static void remove_cache(struct gv_matrix_job *job)
{
	static const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	for (int i = 0; job->cache && i < 50; i++) {
		if (gv_tree_remove(AT_FDCWD, job->cache) == 0) {
			free(job->cache);
			job->cache = NULL;
		} else {
			(void)nanosleep(&pause, NULL);
		}
	}
}

static enum gv_matrix_result judge(const struct gv_matrix_job *job, int status,
				   int *ret_status)
{
	*ret_status = status >= 256 ? status - 256 : status;
	if (job->timed_out)
		return GV_MATRIX_TIMEOUT;
	if (job->kill_at)
		return GV_MATRIX_UNFINISHED;
	if (status >= 256)
		return GV_MATRIX_KILLED;
	return status ? GV_MATRIX_FAILED : GV_MATRIX_PASSED;
}

static void reap(struct gv_matrix *m, struct gv_matrix_job *job)
{
	int status = 0;

	/* Before it is waited for: until then nobody else's group has this number. */
	gv_child_kill_group(&job->child);
	if (gv_child_wait(&job->child, &status) < 0)
		status = 256 + SIGKILL; /* never: it is our child */
	job->milliseconds = gv_clock_ms() - job->begun;
	job->result = judge(job, status, &job->status);
	m->running--;
	remove_cache(job);
}

/* Whether it has ended; what is to end is told so, and killed when it does not. */
static bool look(struct gv_matrix *m, struct gv_matrix_job *job)
{
	int64_t now = gv_clock_ms();
	bool late = m->timeout_ms && now - job->begun >= m->timeout_ms;

	if (gv_child_has_ended(&job->child) != 0) {
		reap(m, job);
		return true;
	}
	if (!job->kill_at && (late || gv_interrupted())) {
		job->timed_out = late && !gv_interrupted();
		job->kill_at = now + GRACE_MS;
		gv_child_signal_group(&job->child,
				      gv_interrupted() ? gv_interrupt_signal() : SIGTERM);
	} else if (job->kill_at && now >= job->kill_at) {
		gv_child_kill_group(&job->child);
	}
	return false;
}

/* -- telling ------------------------------------------------------------------------- */

int gv_matrix_log_end(const struct gv_matrix_job *job, size_t n, struct gv_buf *ret)
{
	struct stat st;
	off_t from;
	ssize_t got;
	int r;

	if (job->log_fd < 0)
		return 0;
	if (fstat(job->log_fd, &st) < 0)
		return -errno;
	from = st.st_size > (off_t)n ? st.st_size - (off_t)n : 0;
	r = gv_buf_reserve(ret, n);
	if (r < 0)
		return r;
	got = pread(job->log_fd, ret->data + ret->len, n, from);
	if (got < 0)
		return -errno;
	ret->len += (size_t)got;
	ret->data[ret->len] = '\0';
	return 0;
}

/* How long it has been at it, and the last line it wrote. */
static void tell_running(const struct gv_matrix_job *job, struct gv_progress_line *line)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf end = GV_BUF_INIT(0);
	char text[GV_PROGRESS_ROW], took[GV_DURATION_LEN];
	struct gv_text t = gv_text_in(text, sizeof(text));
	const char *last = "";

	gv_format_duration(gv_clock_ms() - job->begun, took);
	if (gv_matrix_log_end(job, GV_PROGRESS_ROW, &end) == 0 && end.len) {
		while (end.len && end.data[end.len - 1] == '\n')
			end.data[--end.len] = '\0';
		last = strrchr(end.data, '\n');
		last = last ? last + 1 : end.data;
	}
	gv_text_format(&t, "%s  ", took);
	while (t.len < 9)
		gv_text_add(&t, " ");
	gv_text_add_visible(&t, last, strlen(last));
	gv_progress_tell(line, text);
}

static void tell_end(const struct gv_matrix *m, const struct gv_matrix_job *job,
		     struct gv_progress_line *line)
{
	char text[GV_PROGRESS_ROW], outcome[GV_MATRIX_OUTCOME], took[GV_DURATION_LEN];
	struct gv_text t = gv_text_in(text, sizeof(text));

	gv_matrix_outcome(job, outcome);
	gv_format_duration(job->milliseconds, took);
	gv_text_format(&t, "%s  ", took);
	while (t.len < 9)
		gv_text_add(&t, " ");
	gv_text_add(&t, outcome);
	gv_progress_tell(line, text);
	gv_progress_end(line, job->result != GV_MATRIX_PASSED);
	if (!m->progress.on && !m->cli->json)
		gv_cli_say(m->cli, "%s: %s in %s", job->running.name, outcome, took);
}

static void draw(struct gv_matrix *m)
{
	for (size_t i = 0; i < m->n && m->progress.on; i++)
		if (m->jobs[i].result == GV_MATRIX_RUNS)
			tell_running(&m->jobs[i], &m->progress.lines[i]);
		else if (m->jobs[i].result == GV_MATRIX_WAITS)
			gv_progress_tell(&m->progress.lines[i], "waiting");
	gv_progress_draw(&m->progress);
}

/* -- all of them --------------------------------------------------------------------- */

static bool start_some(struct gv_matrix *m)
{
	bool any = false;

	for (size_t i = 0; i < m->n && m->running < m->at_a_time && !gv_interrupted();
	     i++) {
		if (m->jobs[i].result != GV_MATRIX_WAITS)
			continue;
		start(m, &m->jobs[i]);
		if (m->jobs[i].result == GV_MATRIX_ERROR)
			tell_end(m, &m->jobs[i], &m->progress.lines[i]);
		any = true;
	}
	return any;
}

static bool look_at_all(struct gv_matrix *m)
{
	bool any = false;

	for (size_t i = 0; i < m->n; i++) {
		if (m->jobs[i].result != GV_MATRIX_RUNS || !look(m, &m->jobs[i]))
			continue;
		tell_end(m, &m->jobs[i], &m->progress.lines[i]);
		any = true;
	}
	return any;
}

static void wait_a_little(int64_t ms)
{
	struct pollfd fd = {.fd = gv_interrupted() ? -1 : gv_interrupt_fd(),
			    .events = POLLIN};

	(void)!poll(&fd, 1, (int)ms); /* a signal: the flag is looked at next */
}

int gv_matrix_run(struct gv_matrix *m, struct gv_err *err)
{
	int64_t pause = 1, drawn = 0;
	int r = gv_progress_init(&m->progress, m->cli, m->n);

	if (r < 0)
		return gv_err_sys(err, r, "cannot run the command");
	for (size_t i = 0; i < m->n; i++)
		memcpy(m->progress.lines[i].name, m->jobs[i].running.name, GV_NAME_MAX);
	while (start_some(m) || m->running) {
		bool any = look_at_all(m);

		if (any || gv_clock_ms() - drawn >= DRAW_MS) {
			draw(m);
			drawn = gv_clock_ms();
		}
		/* Short commands are over soon, long ones are not asked every
		 * millisecond. */
		pause = any ? 1 : pause < TICK_MS ? pause * 2 : TICK_MS;
		if (m->running)
			wait_a_little(pause);
	}
	gv_progress_clear(&m->progress);
	gv_progress_release(&m->progress);
	return gv_interrupted() ? gv_err_set(err, -GV_EINTERRUPTED, "interrupted") : 0;
}

void gv_matrix_release(struct gv_matrix *m)
{
	for (size_t i = 0; i < m->n; i++) {
		struct gv_matrix_job *job = &m->jobs[i];

		gv_child_kill(&job->child);
		remove_cache(job);
		gv_close(&job->log_fd);
		gv_running_release(&job->running);
		free(job->log);
	}
	free(m->jobs);
	m->jobs = NULL;
	m->n = 0;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * What the shim becomes when a pinned version is missing (shim/install.h): installs it,
 * if this user wants that here and now, then is the toolchain; else says what the shim
 * would have said.  stdin and stdout belong to the toolchain.
 */
#include "core/cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/cli/consent.h"
#include "core/cli/output.h"
#include "core/cli/pinned.h"
#include "core/resolve/environ.h"
#include "core/store/attempt.h"

/* As an install: a slow network has this long. */
#define WAIT_MS (30L * 60 * 1000)

struct wish {
	struct gv_cli *cli;
	char **argv; /* as the shim got it */
	struct gv_request req;
	struct gv_choice *choice;
	char spec[GV_WORD_MAX + 1];
	char place[GV_WHY_LEN]; /* the pin, fit to be shown */
};

static int resolve(struct wish *w, struct gv_err *err)
{
	*w->choice = (struct gv_choice){.kind = GV_KIND_SYSTEM};
	return gv_resolve(&w->req, w->choice, err);
}

/* "go1.22.5 is not installed (pinned by F:1)", and why that is still so. */
static int add_why(struct gv_err *err, const struct gv_err *why)
{
	struct gv_err said = *err;

	gv_err_set(err, said.code, "%s; it cannot be installed: %s", said.message,
		   why->message[0] ? why->message : gv_err_text(why->code));
	return gv_err_hint(err, "%s", why->hint[0] ? why->hint : said.hint);
}

static void say_waiting(void *arg, const char *lock)
{
	const struct wish *w = arg;

	(void)lock;
	gv_cli_say(w->cli, "govern: waiting for another govern, which installs %s for %s",
		   w->spec, w->place);
}

static int bring(struct wish *w, struct gv_err *err)
{
	struct gv_batch batch = {0};
	struct gv_pipeline p;
	int r = gv_pipeline_open(w->cli, &p, err);

	if (r < 0)
		return r;
	gv_store_heal(&w->cli->store);
	r = gv_batch_add_spec(&p, &w->choice->spec, &batch, err);
	if (r == 0) {
		gv_cli_say(w->cli, "govern: installing %s for %s",
			   batch.items[0].version.name, w->place);
		r = gv_batch_bring(w->cli, &p, &batch, 1, err);
	}
	if (gv_interrupted())
		r = gv_err_set(err, -GV_EINTERRUPTED, "interrupted");
	gv_batch_release(&batch);
	gv_pipeline_close(&p);
	return r;
}

/* `missing` is what the shim would have said, and what is said when it cannot be had. */
static int install(struct wish *w, struct gv_err *missing)
{
	struct gv_attempt attempt = GV_ATTEMPT_INIT;
	struct gv_err why = GV_ERR_INIT, unused = GV_ERR_INIT;
	int r = gv_cli_store(w->cli, GV_STORE_CREATE, &why);

	if (r == 0)
		r = gv_attempt_begin(&w->cli->store, w->spec, WAIT_MS, say_waiting, w,
				     &attempt, &why);
	/* Another may have brought it while we waited. */
	if (r == 0 && resolve(w, &unused) == -GV_ENOTFOUND)
		r = bring(w, &why);
	gv_attempt_end(&attempt, r < 0 && r != -GV_EINTERRUPTED ? &why : NULL);
	if (r == -GV_EINTERRUPTED)
		return gv_err_set(missing, r, "interrupted");
	return r < 0 ? add_why(missing, &why) : 0;
}

/* Interruptible while it installs; what runs then must find signals as they came. */
static int install_guarded(struct wish *w, struct gv_err *missing)
{
	struct sigaction pipe_was, size_was;
	int r;

	if (sigaction(SIGPIPE, NULL, &pipe_was) < 0 ||
	    sigaction(SIGXFSZ, NULL, &size_was) < 0 || gv_interrupt_install() < 0)
		return gv_err_sys(missing, -errno, "cannot prepare for signals");
	r = install(w, missing);
	if (r == 0 && (sigaction(SIGPIPE, &pipe_was, NULL) < 0 ||
		       sigaction(SIGXFSZ, &size_was, NULL) < 0))
		r = gv_err_sys(missing, -errno, "cannot restore signals");
	return r;
}

/* As the shim would now. */
static int become(struct wish *w, struct gv_err *err)
{
	static char text[GV_ENVIRON_TEXT];
	size_t n = 0;
	char **envp;
	int r;

	(void)!unsetenv("GOVERN_INSTALLING"); /* EINVAL is impossible for this name */
	while (environ[n])
		n++;
	envp = calloc(n + 6, sizeof(*envp));
	r = envp ? gv_choice_environ(w->choice, environ, envp, n + 6, text) : -ENOMEM;
	if (w->choice->skip_argument) {
		w->argv[1] = w->argv[0];
		w->argv++;
	}
	if (r == 0) {
		execve(w->choice->program, w->argv, envp);
		r = -errno;
	}
	free(envp);
	gv_err_sys(err, r, "cannot execute '%s'", w->choice->program);
	return err->code = -GV_ENOEXEC;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	static struct gv_choice choice;
	GV_CLEANUP(gv_free_str) char *prefix = NULL;
	struct wish w = {.cli = cli, .argv = argv + 1, .choice = &choice};
	struct gv_text place = gv_text_in(w.place, sizeof(w.place));
	struct gv_text spec = gv_text_in(w.spec, sizeof(w.spec));
	char why[GV_WHY_LEN];
	int r;

	if (argc < 2 || (strcmp(argv[0], "go") != 0 && strcmp(argv[0], "gofmt") != 0))
		return gv_err_set(err, -GV_EUSAGE, "auto-install is for the shim");
	r = gv_cli_prefix(cli, &prefix, err);
	if (r < 0)
		return r;
	w.req = (struct gv_request){
		.prefix = prefix,
		.program = argv[0],
		.argv = w.argv,
		.envp = environ,
	};
	r = resolve(&w, err);
	if (r == -GV_ENOTFOUND && gv_consent_is_asked(cli, &choice)) {
		gv_cli_why(&choice, why);
		gv_text_add_visible(&place, why, strlen(why));
		gv_text_add(&spec, choice.spec.text);
		r = gv_consent_check(cli, &choice, err);
		if (r == 0)
			r = install_guarded(&w, err);
		if (r == 0)
			r = resolve(&w, err);
	}
	return r < 0 ? r : become(&w, err);
}

const struct gv_command gv_cmd_auto_install = {
	.name = "auto-install",
	.arguments = "go|gofmt ARGV0 [ARGUMENT...]",
	.what = "install what is pinned here, then run it",
	.max_operands = -1,
	.options_until = 1,
	.becomes_another = true,
	.hidden = true,
	.stands_for_shim = true,
	.run = run,
};

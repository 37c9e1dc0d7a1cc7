// SPDX-License-Identifier: Apache-2.0
#include "core/cli/commands.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/supervise.h"
#include "core/base/text.h"
#include "core/cli/installed.h"
#include "core/cli/output.h"
#include "core/cli/uri.h"
#include "core/config/goenv.h"
#include "core/store/receipt.h"
#include "core/trust/sha256.h"

enum { GIT_MS = 10000, GIT_MAX = 2 * PATH_MAX, KEY_DIGITS = 16 };

struct stamp {
	struct gv_choice choice;
	char version[GV_NAME_MAX];  /* "": not known */
	struct gv_receipt receipt;  /* name "": none */
	char commit[GV_SHA256_HEX]; /* "": none */
	char top[PATH_MAX];	    /* of the work tree */
};

/* -- where it comes from ------------------------------------------------------------- */

static int keep(void *arg, int fd, const char *data, size_t n)
{
	return fd == STDOUT_FILENO ? gv_buf_add(arg, data, n) : 0;
}

/* Asked of git, which knows all the ways in which a work tree can be one.  Only for
 * names: nothing that a repository configures to be run is run for them. */
static void ask_git(struct stamp *s)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf out = GV_BUF_INIT(GIT_MAX);
	char here[PATH_MAX];
	char *argv[] = {"env",	    "git",  "-C", here, "rev-parse", "--show-toplevel",
			"--verify", "HEAD", NULL};
	struct gv_supervise git = {.program = "/usr/bin/env",
				   .argv = argv,
				   .limit_ms = GIT_MS,
				   .output = keep,
				   .arg = &out};
	struct gv_text commit = gv_text_in(s->commit, sizeof(s->commit));
	struct gv_text top = gv_text_in(s->top, sizeof(s->top));
	int status = 0;
	char *line;

	if (!getcwd(here, sizeof(here)) || gv_supervise(&git, &status) < 0 ||
	    status != 0 || !out.data)
		return;
	line = strchr(out.data, '\n');
	if (!line || strspn(line + 1, "0123456789abcdef") < 40)
		return;
	gv_text_add_n(&top, out.data, (size_t)(line - out.data));
	gv_text_add_n(&commit, line + 1, strspn(line + 1, "0123456789abcdef"));
}

static int gather(struct gv_cli *cli, struct stamp *s, struct gv_err *err)
{
	struct gv_err ignored = GV_ERR_INIT;
	int r = gv_cli_resolve(cli, "go", NULL, NULL, &s->choice, err);

	if (r < 0)
		return r;
	gv_cli_version_of(&s->choice, s->version);
	if (s->choice.name[0] && gv_cli_store(cli, GV_STORE_READ, &ignored) == 0 &&
	    gv_receipt_load(&cli->store, s->choice.name, &s->receipt, &ignored) < 0)
		s->receipt = (struct gv_receipt){0};
	return 0;
}

/* The pin's path within the work tree, so that two checkouts have one stamp. */
static const char *pin_of(const struct stamp *s)
{
	const char *rest = s->top[0] ? gv_after_prefix(s->choice.file, s->top) : NULL;

	return rest && rest[0] == '/' ? rest + 1 : s->choice.file;
}

/* -- the line ------------------------------------------------------------------------ */

static void print_part(const char *name, const char *value)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);

	if (!value || !value[0])
		return;
	gv_uri_add(&text, value, "/:@+=");
	if (gv_buf_error(&text) == 0)
		printf(";%s=%s", name, text.data);
}

static void print_line(const struct stamp *s)
{
	char where[PATH_MAX + 32];
	struct gv_text t = gv_text_in(where, sizeof(where));

	if (s->choice.kind == GV_KIND_FILE)
		gv_text_format(&t, "%s:%u", pin_of(s), s->choice.line);
	fputs(s->version[0] ? s->version : "go", stdout);
	print_part("platform", gv_platform_host());
	print_part("h1", s->receipt.h1);
	print_part("trust", s->receipt.name[0] ? gv_trust_name(s->receipt.trust) : NULL);
	print_part("by", gv_kind_name(s->choice.kind));
	print_part("pin", where);
	print_part("commit", s->commit);
	putchar('\n');
}

static const char *or_null(const char *s)
{
	return s && s[0] ? s : NULL;
}

static struct gv_json *stamp_json(const struct stamp *s)
{
	struct gv_json *o = gv_cli_new_json();

	gv_json_set_str(o, "version", or_null(s->version));
	gv_json_set_str(o, "platform", gv_platform_host());
	gv_json_set_str(o, "h1", s->receipt.h1);
	gv_json_set_str(o, "trust",
			s->receipt.name[0] ? gv_trust_name(s->receipt.trust) : NULL);
	gv_json_set_str(o, "kind", gv_kind_name(s->choice.kind));
	gv_json_set_str(o, "spec", or_null(s->choice.spec.text));
	gv_json_set_str(o, "file", or_null(pin_of(s)));
	if (s->choice.line)
		gv_json_set_int(o, "line", s->choice.line);
	else
		gv_json_set_str(o, "line", NULL);
	gv_json_set_str(o, "commit", or_null(s->commit));
	return o;
}

/* -- the key of a cache -------------------------------------------------------------- */

/* Settings of Go that make other bytes of the same source (`go help environment`), as
 * far as somebody set them: what Go takes otherwise follows from version and platform. */
static const char *const settings[] = {
	"GOOS",	      "GOARCH",	      "GO386",	      "GOAMD64",    "GOARM",
	"GOARM64",    "GOMIPS",	      "GOMIPS64",     "GOPPC64",    "GORISCV64",
	"GOWASM",     "GOFLAGS",      "GOEXPERIMENT", "GOFIPS140",  "CGO_ENABLED",
	"CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS",
	"CC",	      "CXX",	      "FC",	      "AR",
};

static int add_setting(const char *name, struct gv_json *inputs, struct gv_err *err)
{
	static const char *const no_files[] = {NULL};
	GV_CLEANUP(gv_free_str) char *value = NULL;
	GV_CLEANUP(gv_free_str) char *origin = NULL;
	int r = gv_goenv_find(name, no_files, &value, &origin, err);

	if (r == 0 && value[0])
		gv_json_set_str(inputs, name, value);
	return r < 0 ? r : 0;
}

static int gather_inputs(const struct stamp *s, struct gv_json *inputs,
			 struct gv_err *err)
{
	int r = 0;

	gv_json_set_str(inputs, "version", s->version);
	gv_json_set_str(inputs, "h1", s->receipt.h1);
	gv_json_set_str(inputs, "platform", gv_platform_host());
	for (size_t i = 0; i < GV_COUNT(settings) && r == 0; i++)
		r = add_setting(settings[i], inputs, err);
	return r;
}

/* "go1.22.5-linux-amd64-0123456789abcdef": the digits are of all inputs. */
static int print_key(const struct gv_cli *cli, const struct stamp *s, struct gv_err *err)
{
	GV_CLEANUP(gv_json_cleanup) struct gv_json *inputs = gv_json_new_object();
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(0);
	GV_CLEANUP(gv_buf_release) struct gv_buf key = GV_BUF_INIT(0);
	uint8_t digest[GV_SHA256_BYTES];
	char hex[GV_SHA256_HEX];
	struct gv_json *o;
	int r = gather_inputs(s, inputs, err);

	if (r < 0)
		return r;
	r = gv_json_dump(inputs, false, &text);
	if (r < 0)
		return gv_err_sys(err, r, "cannot make a key");
	gv_sha256_of(text.data, text.len, digest);
	gv_sha256_to_hex(digest, hex);
	hex[KEY_DIGITS] = '\0';
	gv_buf_format(&key, "%s-%s-%s", s->version, gv_platform_host(), hex);
	if (gv_buf_error(&key) < 0)
		return gv_err_sys(err, -ENOMEM, "cannot make a key");
	if (!cli->json) {
		gv_print_value(key.data);
		return 0;
	}
	o = gv_cli_new_json();
	gv_json_set_str(o, "key", key.data);
	gv_json_set(o, "inputs", inputs);
	inputs = NULL;
	return gv_cli_print_json(o, err);
}

static int print(struct gv_cli *cli, struct stamp *s, struct gv_err *err)
{
	if (gv_cli_option(cli, "cache-key")) {
		if (s->version[0])
			return print_key(cli, s, err);
		return gv_err_set(err, -GV_EFAILED,
				  "the go in force is no release: there is nothing that "
				  "stands for it on another machine");
	}
	ask_git(s);
	if (cli->json)
		return gv_cli_print_json(stamp_json(s), err);
	print_line(s);
	return 0;
}

static int run(struct gv_cli *cli, int argc, char **argv, struct gv_err *err)
{
	static struct stamp s;
	int r = gather(cli, &s, err);

	(void)argc;
	(void)argv;
	if (r == 0)
		r = print(cli, &s, err);
	gv_receipt_release(&s.receipt);
	return r;
}

static const struct gv_option options[] = {
	{"cache-key", 0, NULL, "print what caches of builds can be kept under", NULL},
	{0},
};

const struct gv_command gv_cmd_stamp = {
	.name = "stamp",
	.what = "print the Go in force here in one word, for logs and builds",
	.details = "Version, platform, h1, trust, what decided, and the commit that is "
		   "checked out.",
	.options = options,
	.json = true,
	.run = run,
};

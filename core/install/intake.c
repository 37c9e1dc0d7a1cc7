// SPDX-License-Identifier: Apache-2.0
#include "core/install/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/install/partial.h"
#include "core/install/plugin.h"
#include "core/install/url.h"
#include "core/trust/sha256.h"

#define ARCHIVE_MAX (512u << 20)
#define CHUNK	    (256u << 10)

/* Enough of a zip's first entry to see where its name begins. */
#define HEAD	     64
#define ZIP_NAME_AT  30
#define ZIP_MAGIC    "PK\3\4"
#define GZIP_MAGIC   "\x1f\x8b"
#define MODULE_START "golang.org/toolchain@"

struct flow {
	const struct gv_intake *what;
	struct gv_unpacker *unpacker; /* NULL: not enough bytes yet to know the kind */
	struct gv_sha256 sha256;
	bool hashing;
	bool keeping;	 /* bytes that pass go into the partial */
	bool no_archive; /* what came is none: not worth going on from */
	struct gv_partial partial;
	char head[HEAD];
	size_t n_head;
	uint64_t bytes, total;
	int64_t period_at; /* gv_clock_ms() at its beginning */
	uint64_t period_bytes;
	int result; /* of what happened inside a callback */
	struct gv_err err;
};

static int fail(struct flow *f, int r)
{
	f->result = r;
	return r;
}

static bool begins_with(const struct flow *f, size_t at, const char *s)
{
	size_t n = strlen(s);

	return f->n_head >= at + n && memcmp(f->head + at, s, n) == 0;
}

static int sniff(struct flow *f, enum gv_archive *ret)
{
	const struct gv_candidate *c = f->what->from;
	GV_CLEANUP(gv_free_str) char *url = c->url ? gv_url_public(c->url) : NULL;
	const char *shown = c->program ? f->what->source : url;

	if (begins_with(f, 0, GZIP_MAGIC))
		*ret = GV_ARCHIVE_TAR_GZ;
	else if (begins_with(f, 0, ZIP_MAGIC))
		*ret = begins_with(f, ZIP_NAME_AT, MODULE_START) ? GV_ARCHIVE_MODULE_ZIP
								 : GV_ARCHIVE_ZIP;
	else if (c->path)
		return fail(f,
			    gv_err_set(&f->err, -GV_EVERIFY,
				       "'%s' is neither a gzip nor a zip file", c->path));
	else {
#ifndef GV_WITHOUT_NO_ARCHIVE /* tests/controls: it stays where partials are */
		f->no_archive = true;
#endif
		return fail(f,
			    gv_err_set(&f->err, -GV_EREMOTE,
				       "'%s' answers with something that is no archive",
				       shown ? shown : "the server"));
	}
	/* A proxy has modules; anything else there would not be what was asked for. */
	if (*ret == GV_ARCHIVE_ZIP && c->kind == GV_ARCHIVE_MODULE_ZIP)
		*ret = GV_ARCHIVE_MODULE_ZIP;
	return 0;
}

static int start_unpacker(struct flow *f)
{
	const struct gv_intake *what = f->what;
	struct gv_unpack unpack = {
		.libexec = what->in->libexec,
		.version = what->name,
		.platform = what->in->store->platform,
		.tree_fd = what->stage->tree_fd,
	};
	int r = sniff(f, &unpack.kind);

	if (r < 0)
		return r;
	r = gv_unpacker_start(&unpack, &f->unpacker, &f->err);
	if (r < 0)
		return fail(f, r);
	if (what->begun)
		what->begun(what->arg);
	r = gv_unpacker_write(f->unpacker, f->head, f->n_head, &f->err);
	return r < 0 ? fail(f, r) : 0;
}

static void progress(const struct flow *f)
{
	const struct gv_install *in = f->what->in;

	if (in->progress)
		in->progress(in->progress_arg, GV_STEP_FETCH, f->bytes, f->total);
}

static int feed(struct flow *f, const char *data, size_t n)
{
	int r;

	if (gv_interrupted())
		return fail(f, gv_err_set(&f->err, -GV_EINTERRUPTED, "interrupted"));
	if (f->hashing)
		gv_sha256_add(&f->sha256, data, n);
	f->bytes += n;
	if (!f->unpacker) {
		size_t more = HEAD - f->n_head < n ? HEAD - f->n_head : n;

		memcpy(f->head + f->n_head, data, more);
		f->n_head += more;
		if (f->n_head < HEAD)
			return 0;
		r = start_unpacker(f);
		if (r < 0)
			return r;
		data += more;
		n -= more;
	}
	r = n ? gv_unpacker_write(f->unpacker, data, n, &f->err) : 0;
	if (r == 0 && f->what->go_on)
		r = f->what->go_on(f->what->arg, &f->err);
	if (r < 0)
		return fail(f, r);
	progress(f);
	return 0;
}

/* -- from the network ---------------------------------------------------------------- */

static int on_bytes(void *arg, const void *data, size_t n)
{
	struct flow *f = arg;

	if (f->keeping)
		gv_partial_add(&f->partial, data, n);
	return feed(f, data, n);
}

static int on_restart(void *arg)
{
	struct flow *f = arg;
	int r;

	gv_unpacker_close(f->unpacker);
	f->unpacker = NULL;
	f->n_head = 0;
	f->bytes = 0;
	gv_sha256_init(&f->sha256);
	gv_partial_restart(&f->partial);
	r = gv_stage_restart(f->what->stage, &f->err);
	return r < 0 ? fail(f, r) : 0;
}

static void on_size(void *arg, uint64_t total)
{
	struct flow *f = arg;

	if (total)
		f->total = total;
	progress(f);
}

/* Puts the bytes that an interrupted download left through; they are read from the file
 * that new ones are added to. */
static int feed_partial(struct flow *f, char *buf)
{
	ssize_t n;

	while ((n = gv_partial_read(&f->partial, buf, CHUNK)) > 0) {
		int r = feed(f, buf, (size_t)n);

		if (f->no_archive)
			break;
		if (r < 0)
			return r;
	}
	if (n == 0)
		return 0;
	/* A cache that cannot be read, or holds something else, is none. */
	f->no_archive = false;
	f->result = 0;
	return on_restart(f);
}

static int take_url(struct flow *f, char *buf, struct gv_taken *taken, struct gv_err *err)
{
	const struct gv_candidate *c = f->what->from;
	struct gv_fetched info = {0};
	struct gv_fetch get = {
		.url = c->url,
		.max = c->size ? c->size : ARCHIVE_MAX,
		.allow_http = c->allow_http,
		.sink = on_bytes,
		.restart = on_restart,
		.size = on_size,
		.arg = f,
	};
	int r = 0;

	gv_partial_open(f->what->in->cache_dir, c->url, &f->partial);
	if (!f->what->resume)
		gv_partial_restart(&f->partial);
	taken->resumed = f->partial.size > 0;
	if (taken->resumed)
		r = feed_partial(f, buf);
	/* Kept, and then cut off by a loss of power: too short to be anything. */
	if (r == 0 && f->partial.complete && !f->unpacker)
		r = on_restart(f);
	if (r == 0 && !f->partial.complete) {
		f->keeping = true;
		get.offset = f->bytes;
		r = gv_fetcher_get(f->what->fetcher, &get, &info, err);
		taken->downloaded = info.bytes;
		gv_url_host(info.url, taken->host, sizeof(taken->host));
	} else if (r == 0) {
		gv_url_host(c->url, taken->host, sizeof(taken->host));
	}
	if (r < 0 && f->result == r)
		*err = f->err;
	return r;
}

/* -- from a file --------------------------------------------------------------------- */

static int open_archive(const char *path, uint64_t *ret_size, struct gv_err *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return gv_err_set(err, -GV_EGONE, "there is no '%s'", path);
	if (fd < 0)
		return gv_err_sys(err, -errno, "cannot open '%s'", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return gv_err_set(err, -GV_EFAILED, "'%s' is not a regular file", path);
	}
	*ret_size = (uint64_t)st.st_size;
	return fd;
}

/* A part of it is what a bundle has of one toolchain. */
static int seek(int fd, const struct gv_candidate *from, uint64_t *total,
		struct gv_err *err)
{
	if (!from->in_bundle)
		return 0;
	if (from->offset > *total || from->size > *total - from->offset)
		return gv_err_set(err, -GV_EVERIFY, "'%s' has become shorter",
				  from->path);
	*total = from->size;
	if (lseek(fd, (off_t)from->offset, SEEK_SET) < 0)
		return gv_err_sys(err, -errno, "cannot read '%s'", from->path);
	return 0;
}

static int take_file(struct flow *f, char *buf, struct gv_err *err)
{
	const struct gv_candidate *from = f->what->from;
	GV_CLEANUP(gv_close) int fd = open_archive(from->path, &f->total, err);
	int r;

	/* Whatever kept it from being opened. */
	if (fd < 0 && fd != -GV_EGONE && from->try_next_on_any_error)
		return err->code = -GV_EREMOTE;
	r = fd < 0 ? fd : seek(fd, from, &f->total, err);

	while (r == 0) {
		uint64_t left = from->in_bundle ? f->total - f->bytes : CHUNK;
		ssize_t n = read(fd, buf, left < CHUNK ? (size_t)left : CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gv_err_sys(err, -errno, "cannot read '%s'", from->path);
		if (n == 0)
			break;
		r = feed(f, buf, (size_t)n);
		if (r < 0)
			*err = f->err;
	}
	return r;
}

/* -- from a program ------------------------------------------------------------------ */

/* Silence is seen by who runs it; this is what says something, but too little. */
static int check_speed(struct flow *f)
{
	const struct gv_config *config = f->what->in->config;
	uint64_t seconds = gv_config_num(config, GV_SET_NET_LOW_SPEED_TIME);
	uint64_t limit = gv_config_num(config, GV_SET_NET_LOW_SPEED_LIMIT);
	int64_t now = gv_clock_ms();

	if (!seconds || now - f->period_at < (int64_t)seconds * 1000)
		return 0;
	if (f->bytes - f->period_bytes < limit * seconds)
		return gv_err_set(&f->err, -GV_EREMOTE,
				  "%s sent less than %llu bytes a second for %llu s",
				  f->what->source, (unsigned long long)limit,
				  (unsigned long long)seconds);
	f->period_at = now;
	f->period_bytes = f->bytes;
	return 0;
}

static int on_program_bytes(void *arg, const char *data, size_t n)
{
	struct flow *f = arg;
	const struct gv_candidate *c = f->what->from;
	uint64_t max = c->size ? c->size : ARCHIVE_MAX;
	int r;

	if (n > max - f->bytes)
		return fail(f, gv_err_set(&f->err, -GV_EREMOTE,
					  "%s sends more than %llu bytes",
					  f->what->source, (unsigned long long)max));
	r = feed(f, data, n);
	if (r == 0)
		r = check_speed(f);
	return r < 0 ? fail(f, r) : 0;
}

static int take_program(struct flow *f, struct gv_taken *taken, struct gv_err *err)
{
	const struct gv_install *in = f->what->in;
	struct gv_plugin_call call = {
		.source = f->what->source,
		.program = f->what->from->program,
		.verb = "fetch",
		.version = f->what->name,
		.platform = in->store->platform,
		.root = in->root,
		.quiet_ms =
			(long)gv_config_num(in->config, GV_SET_NET_LOW_SPEED_TIME) * 1000,
		.output = on_program_bytes,
		.arg = f,
	};
	int r;

	f->period_at = gv_clock_ms();
	r = gv_plugin_call(&call, err);
	taken->downloaded = f->bytes;
	if (r < 0 && f->result == r)
		*err = f->err;
	return r;
}

/* -- all ----------------------------------------------------------------------------- */

static int check_digest(struct flow *f, struct gv_taken *taken, struct gv_err *err)
{
	const struct gv_candidate *c = f->what->from;
	uint8_t digest[GV_SHA256_BYTES];

	if (!f->hashing)
		return 0;
	gv_sha256_done(&f->sha256, digest);
	gv_sha256_to_hex(digest, taken->sha256);
	if (!c->sha256[0] || strcmp(c->sha256, taken->sha256) == 0)
		return 0;
	return gv_err_set(err, -GV_EVERIFY,
			  "the archive of %s has SHA-256 %s, but '%s' says %s",
			  f->what->name, taken->sha256,
			  c->digest_origin ? c->digest_origin : "its source", c->sha256);
}

static int finish(struct flow *f, struct gv_taken *taken, struct gv_err *err)
{
	struct gv_unpacked unpacked;
	int r;

	/* An archive shorter than its head. */
	if (!f->unpacker) {
		r = start_unpacker(f);
		if (r < 0) {
			*err = f->err;
			return r;
		}
	}
	r = gv_unpacker_finish(f->unpacker, &unpacked, err);
	if (r < 0)
		return r;
	taken->confined = unpacked.confined;
	taken->archive_bytes = f->bytes;
	return check_digest(f, taken, err);
}

int gv_intake(const struct gv_intake *what, struct gv_taken *ret, struct gv_err *err)
{
	const struct gv_install *in = what->in;
	bool keep = gv_config_bool(in->config, GV_SET_STORE_KEEP_CACHE);
	struct flow f = {
		.what = what,
		.partial = GV_PARTIAL_INIT,
		.total = what->from->size,
		/* It costs 0.2 s for a toolchain: only when it says something. */
		.hashing = what->from->sha256[0] || in->sumdb->off || keep,
	};
	char *buf = malloc(CHUNK);
	int r;

	*ret = (struct gv_taken){0};
	if (!buf)
		return gv_err_sys(err, -ENOMEM, "cannot read the archive of '%s'",
				  what->name);
	gv_sha256_init(&f.sha256);
	if (what->from->program)
		r = take_program(&f, ret, err);
	else if (what->from->path)
		r = take_file(&f, buf, err);
	else
		r = take_url(&f, buf, ret, err);
	if (r == 0)
		r = finish(&f, ret, err);
	gv_unpacker_close(f.unpacker);
	/* Bytes that were refused are not worth going on from. */
	if (r == 0)
		gv_partial_finish(&f.partial, keep);
	else if (r == -GV_EVERIFY || f.no_archive)
		gv_partial_discard(&f.partial);
	else
		gv_partial_close(&f.partial);
	free(buf);
	return r;
}

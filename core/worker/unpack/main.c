// SPDX-License-Identifier: Apache-2.0
/*
 * unpack KIND PREFIX, unpack gzip: see answer.h.  Gives up what it does not need, reads
 * the archive, answers once.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/worker/confine.h"
#include "core/worker/unpack/answer.h"
#include "core/worker/unpack/extract.h"
#include "core/worker/unpack/gunzip.h"
#include "core/worker/unpack/gzip.h"

enum {
	MEMORY = 256 << 20, /* bytes; 10 MiB are usual */
	OPEN_FILES = 32,
	CPU_SECONDS = 900, /* 2 are usual; to pack, 10 */
};
#define PACKED_BYTES (UINT64_C(1) << 42) /* a file with many archives */

static struct gv_input input; /* with its window: too large for a stack */

static int parse_arguments(int argc, char **argv, enum gv_format *ret_format,
			   struct gv_layout *ret_layout)
{
	if (argc != 3 || !gv_has_suffix(argv[2], "/"))
		return -EINVAL;
	ret_layout->prefix = argv[2];
	ret_layout->module = strcmp(argv[1], "module-zip") == 0;
	if (strcmp(argv[1], "tar.gz") == 0)
		*ret_format = GV_FORMAT_TAR;
	else if (ret_layout->module || strcmp(argv[1], "zip") == 0)
		*ret_format = GV_FORMAT_ZIP;
	else
		return -EINVAL;
	return 0;
}

/*
 * Before the confinement, since it reads files: in the "C" locale libarchive has no way
 * to give a name in UTF-8 without a warning, and warnings are errors here.
 */
static void speak_utf8(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		(void)setlocale(LC_CTYPE, "en_US.UTF-8"); /* else only ASCII names pass */
}

static int confine(bool packing, bool *ret_confined, struct gv_err *err)
{
	static const int fds[] = {GV_UNPACK_ARCHIVE_FD, 1, 2, GV_UNPACK_TREE_FD,
				  GV_UNPACK_ANSWER_FD};
	const struct rlimit cpu = {.rlim_cur = CPU_SECONDS, .rlim_max = CPU_SECONDS + 10};
	struct gv_confine what = {
		.write_dir = packing ? -1 : GV_UNPACK_TREE_FD,
		.fds = fds,
		.n_fds = GV_COUNT(fds),
		.file_bytes = packing ? PACKED_BYTES : GV_FILE_BYTES,
		.memory_bytes = MEMORY,
		.open_files = OPEN_FILES,
	};
	struct gv_confined done;
	struct stat st;
	int r;

	if (fstat(GV_UNPACK_TREE_FD, &st) < 0)
		return gv_err_set(err, -errno, "cannot use the directory to unpack into");
	what.keep_capabilities = !packing && st.st_uid != geteuid();
	if (setrlimit(RLIMIT_CPU, &cpu) < 0 && errno != EPERM) /* it was lower already */
		return gv_err_set(err, -errno, "cannot limit the processor time");
	r = gv_confine(&what, &done);
	if (r < 0)
		return gv_err_set(err, r, "cannot confine the unpacker");
	*ret_confined = done.landlock > 0;
	return 0;
}

static int unpack(enum gv_format format, const struct gv_layout *layout,
		  struct gv_unpack_answer *answer, struct gv_err *err)
{
	struct gv_input_fd raw = {.fd = GV_UNPACK_ARCHIVE_FD};
	struct gv_gunzip *gunzip = NULL;
	struct gv_output *out = NULL;
	int r;

	if (format == GV_FORMAT_TAR) {
		r = gv_gunzip_new(&raw, &gunzip, err);
		if (r < 0)
			return r;
		gv_input_init(&input, gv_input_from_gunzip, gunzip);
	} else {
		gv_input_init(&input, gv_input_from_fd, &raw);
	}
	r = gv_output_open(GV_UNPACK_TREE_FD, layout, &raw, &out, err);
	if (r == 0)
		r = gv_extract(format, &input, out, err);
	if (r == 0)
		r = gv_output_finish(out, err);
	if (r == 0) {
		answer->entries = gv_output_entries(out);
		answer->bytes = gv_output_bytes(out);
	}
	gv_output_free(out);
	gv_gunzip_free(gunzip);
	return r;
}

static int pack(struct gv_unpack_answer *answer, struct gv_err *err)
{
	struct gv_input_fd raw = {.fd = GV_UNPACK_ARCHIVE_FD};

	return gv_gzip(&raw, GV_UNPACK_TREE_FD, &answer->bytes, err);
}

int main(int argc, char **argv)
{
	struct gv_unpack_answer answer = {.verdict = GV_UNPACK_DONE};
	struct gv_text sentence = gv_text_in(answer.sentence, sizeof(answer.sentence));
	struct gv_err err = GV_ERR_INIT;
	struct gv_layout layout;
	enum gv_format format;
	bool packing = argc == 2 && strcmp(argv[1], "gzip") == 0, confined = false;
	int r;

	if (!packing && parse_arguments(argc, argv, &format, &layout) < 0)
		return 2;
	(void)signal(SIGXFSZ, SIG_IGN); /* write(2) says EFBIG */
	(void)signal(SIGPIPE, SIG_IGN); /* nobody wants the answer any more: just leave */
	speak_utf8();
	r = confine(packing, &confined, &err);
	if (r == 0)
		r = packing ? pack(&answer, &err)
			    : unpack(format, &layout, &answer, &err);
	answer.confined = confined;
	if (r < 0) {
		bool refused = r <= -GV_EFAILED;

		answer.verdict = refused ? GV_UNPACK_REFUSED : GV_UNPACK_FAILED;
		answer.error = refused ? 0 : (uint32_t)-r;
		gv_text_add(&sentence, err.message);
	}
	if (gv_write_all(GV_UNPACK_ANSWER_FD, &answer, sizeof(answer)) < 0)
		r = -EPIPE;
	/* Nothing is buffered, and what runs at an exit may want files that are out of
	 * reach by now (a sanitizer's look for leaks does). */
	_exit(r < 0);
}

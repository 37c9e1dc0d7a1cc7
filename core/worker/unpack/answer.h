// SPDX-License-Identifier: Apache-2.0
/*
 * What `unpack` and its parent agree on: the fds, the arguments, and the one answer.
 *
 *	unpack KIND PREFIX
 *	unpack gzip		the other way round: packs fd 0 into fd 3, a file or a pipe
 *
 * KIND is "tar.gz", "zip" or "module-zip", PREFIX what every name in the archive begins
 * with ("go/").  The answer is this structure in one write(2) (it is shorter than
 *PIPE_BUF, so it arrives whole or not at all); both programs come from one build.  The
 * parent believes none of it: the sentence is bounded and cleaned again, the counts are
 * for display.
 */
#ifndef GV_WORKER_UNPACK_ANSWER_H
#define GV_WORKER_UNPACK_ANSWER_H

#include <stdint.h>

enum { GV_UNPACK_ARCHIVE_FD = 0, GV_UNPACK_TREE_FD = 3, GV_UNPACK_ANSWER_FD = 4 };

enum gv_unpack_verdict {
	GV_UNPACK_DONE = 1,
	GV_UNPACK_REFUSED, /* the archive: damaged, or against the policy */
	GV_UNPACK_FAILED,  /* the machine: `error` is the errno */
};

struct gv_unpack_answer {
	uint32_t verdict;
	uint32_t error;
	uint32_t confined; /* 1: Landlock held */
	uint32_t entries;
	uint64_t bytes;
	char sentence[1536]; /* without the text of `error` */
};

#endif

// SPDX-License-Identifier: Apache-2.0
#include "core/version/goroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

int gv_goroot_version(int dirfd, const char *dir, struct gv_version *ret)
{
	char path[PATH_MAX], word[GV_NAME_MAX + 1];
	struct gv_text t = gv_text_in(path, sizeof(path));
	struct gv_version v;
	ssize_t n;
	int fd, error;

	gv_text_add(&t, dir);
	gv_text_add(&t, "/VERSION");
	if (t.cut)
		return -ENAMETOOLONG;
	fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	/* A word that is longer than what is read is no version. */
	do
		n = read(fd, word, sizeof(word) - 1);
	while (n < 0 && errno == EINTR);
	error = errno;
	close(fd);
	if (n < 0)
		return -error;
	word[n] = '\0';
	if (gv_version_parse(word, strcspn(word, " \t\r\n"), &v) < 0 ||
	    gv_version_is_lang(&v))
		return -EINVAL;
	*ret = v;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/judge.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/version/version.h"

#define VERSION_MAX 4096

static int check_version(int tree_fd, const char *name, struct gv_err *err)
{
	GV_CLEANUP(gv_buf_release) struct gv_buf text = GV_BUF_INIT(VERSION_MAX);
	struct gv_version v;
	size_t n;
	int r = gv_read_file(tree_fd, "VERSION", &text);

	if (r == -ENOENT || r == -EFBIG || r == -EINVAL || r == -EISDIR)
		return gv_err_set(err, -GV_EVERIFY, "the tree of %s has no VERSION file",
				  name);
	if (r < 0)
		return gv_err_sys(err, r, "cannot read VERSION of %s", name);
	n = text.data ? strcspn(text.data, " \t\r\n") : 0;
	if (n && gv_version_parse(text.data, n, &v) == 0 && strcmp(v.name, name) == 0)
		return 0;
	if (n > GV_WORD_MAX)
		n = GV_WORD_MAX;
	return gv_err_set(err, -GV_EVERIFY, "the archive of %s holds '%.*s'", name,
			  (int)n, text.data ? text.data : "");
}

struct machine {
	const char *arch;
	unsigned char class, order;
	uint16_t machine;
};

static const struct machine machines[] = {
	{"386", ELFCLASS32, ELFDATA2LSB, EM_386},
	{"amd64", ELFCLASS64, ELFDATA2LSB, EM_X86_64},
	{"arm", ELFCLASS32, ELFDATA2LSB, EM_ARM},
	{"arm64", ELFCLASS64, ELFDATA2LSB, EM_AARCH64},
	{"loong64", ELFCLASS64, ELFDATA2LSB, 258 /* EM_LOONGARCH */},
	{"mips", ELFCLASS32, ELFDATA2MSB, EM_MIPS},
	{"mipsle", ELFCLASS32, ELFDATA2LSB, EM_MIPS},
	{"mips64", ELFCLASS64, ELFDATA2MSB, EM_MIPS},
	{"mips64le", ELFCLASS64, ELFDATA2LSB, EM_MIPS},
	{"ppc64", ELFCLASS64, ELFDATA2MSB, EM_PPC64},
	{"ppc64le", ELFCLASS64, ELFDATA2LSB, EM_PPC64},
	{"riscv64", ELFCLASS64, ELFDATA2LSB, EM_RISCV},
	{"s390x", ELFCLASS64, ELFDATA2MSB, EM_S390},
};

static const struct machine *machine_for(const char *platform)
{
	const char *arch = gv_after_prefix(platform, "linux-");

	for (size_t i = 0; arch && i < GV_COUNT(machines); i++)
		if (strcmp(machines[i].arch, arch) == 0)
			return &machines[i];
	return NULL;
}

static bool is_elf_for(const unsigned char *head, const struct machine *m)
{
	unsigned low = head[18], high = head[19];

	if (memcmp(head, ELFMAG, SELFMAG) != 0 || head[EI_CLASS] != m->class ||
	    head[EI_DATA] != m->order)
		return false;
	return (m->order == ELFDATA2LSB ? low | high << 8 : high | low << 8) ==
	       m->machine;
}

static int read_head(int fd, unsigned char *head, size_t cap)
{
	size_t at = 0;

	while (at < cap) {
		ssize_t n = read(fd, head + at, cap - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		at += (size_t)n;
	}
	return 0;
}

static int check_program(int tree_fd, const char *program, const char *name,
			 const char *platform, struct gv_err *err)
{
	const struct machine *m = machine_for(platform);
	unsigned char head[EI_NIDENT + 4] = {0};
	GV_CLEANUP(gv_close)
	int fd = openat(tree_fd, program, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		return gv_err_sys(err, -errno, "cannot open '%s' of %s", program, name);
	if (fd >= 0 && fstat(fd, &st) < 0)
		return gv_err_sys(err, -errno, "cannot read '%s' of %s", program, name);
	if (fd < 0 || !S_ISREG(st.st_mode) || !(st.st_mode & S_IXUSR))
		return gv_err_set(err, -GV_EVERIFY, "the tree of %s has no program '%s'",
				  name, program);
	r = m ? read_head(fd, head, sizeof(head)) : 0;
	if (r < 0)
		return gv_err_sys(err, r, "cannot read '%s' of %s", program, name);
	/* What is too short ends with zeros. */
	if (m && !is_elf_for(head, m))
		return gv_err_set(err, -GV_EVERIFY, "'%s' of %s is not a program for %s",
				  program, name, platform);
	return 0;
}

int gv_judge_tree(int tree_fd, const char *name, const char *platform, struct gv_err *err)
{
	bool windows = gv_after_prefix(platform, "windows-") != NULL;
	int r = check_version(tree_fd, name, err);

	if (r == 0)
		r = check_program(tree_fd, windows ? "bin/go.exe" : "bin/go", name,
				  platform, err);
	if (r == 0)
		r = check_program(tree_fd, windows ? "bin/gofmt.exe" : "bin/gofmt", name,
				  platform, err);
	return r;
}

/* The log gave no proof, and the minimum wants more than what is left. */
static int refuse(const struct gv_evidence *e, enum gv_trust have, struct gv_err *err)
{
	const char *minimum = gv_trust_name(e->minimum);
	int r = e->log->result;

	if (r == -GV_ENOTFOUND) {
		gv_err_set(err, -GV_EPOLICY,
			   "the checksum database has no %s, and trust.minimum is '%s'",
			   e->name, minimum);
		return gv_err_hint(err, "check the version; --trust %s takes it as it is",
				   gv_trust_name(have));
	}
	if (r == -GV_EPOLICY) {
		gv_err_set(err, r,
			   "%s cannot be proven: GOSUMDB=off, and trust.minimum is '%s'",
			   e->name, minimum);
		return gv_err_hint(err, "unset GOSUMDB");
	}
	*err = e->log->err;
	return r;
}

int gv_judge_trust(const struct gv_evidence *e, enum gv_trust *ret, struct gv_err *err)
{
	enum gv_trust have = e->digest_counts ? GV_TRUST_CHECKSUMMED : GV_TRUST_UNPROVEN;
	int r = e->log->result;

	if (r == 0 && strcmp(e->log->h1, e->h1) != 0) {
		gv_err_set(err, -GV_EVERIFY,
			   "%s is not what the checksum database '%s' has recorded: the "
			   "tree "
			   "is %s, the record says %s",
			   e->name, e->log->in->sumdb->key.name, e->h1, e->log->h1);
		return gv_err_hint(err, "do not use this archive; try another source");
	}
	if (r == 0)
		have = GV_TRUST_PROVEN;
	if (r == -GV_EVERIFY || r == -GV_EINTERRUPTED) {
		*err = e->log->err;
		return r;
	}
	if (have < e->minimum)
		return refuse(e, have, err);
	*ret = have;
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/install/modes.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/base/tree.h"

/* go_?*_?*_exec: wrappers that run programs of other platforms. */
static bool is_exec_wrapper(const char *base)
{
	const char *middle = gv_after_prefix(base, "go_");
	size_t n;

	if (!middle || !gv_has_suffix(middle, "_exec"))
		return false;
	n = strlen(middle) - strlen("_exec");
	return n > 2 && memchr(middle + 1, '_', n - 2) != NULL;
}

bool gv_mode_is_program(const char *rel)
{
	static const char *const endings[] = {".bash", ".sh", ".pl", ".rc"};
	const char *slash = strrchr(rel, '/');

	if (gv_after_prefix(rel, "bin/") || gv_after_prefix(rel, "pkg/tool/"))
		return true;
	for (size_t i = 0; i < GV_COUNT(endings); i++)
		if (gv_has_suffix(rel, endings[i]))
			return true;
	return is_exec_wrapper(slash ? slash + 1 : rel);
}

struct check {
	bool foreign;
	gv_mode_finding *finding;
	void *arg;
};

static int visit(void *arg, int parentfd, const char *name, const char *rel,
		 const struct stat *st)
{
	const struct check *c = arg;
	bool dir = S_ISDIR(st->st_mode);
	bool wrong;

	(void)parentfd;
	(void)name;
	if (S_ISLNK(st->st_mode))
		return GV_TREE_ON; /* its mode says nothing */
	/* A directory's setgid bit comes from the store's own, where groups share it. */
	wrong = (st->st_mode & (S_IWOTH | S_ISUID)) || (!dir && st->st_mode & S_ISGID);
	if (!c->foreign && st->st_mode & S_IWGRP)
		wrong = true;
	if (!dir && !c->foreign)
		wrong |= gv_mode_is_program(rel) != ((st->st_mode & S_IXUSR) != 0);
	if (wrong)
		c->finding(c->arg, rel);
	return GV_TREE_ON;
}

int gv_modes_check(int tree_fd, bool foreign, gv_mode_finding *finding, void *arg)
{
	struct check c = {.foreign = foreign, .finding = finding, .arg = arg};

	return gv_tree_walk(tree_fd, visit, &c);
}

static bool is_by_rule(const struct stat *st, mode_t rule)
{
	mode_t kept = S_ISDIR(st->st_mode) ? S_ISGID : 0;

	return (st->st_mode & 07777 & ~kept) == rule;
}

static int set(void *arg, int parentfd, const char *name, const char *rel,
	       const struct stat *st)
{
	bool dir = S_ISDIR(st->st_mode);
	mode_t rule = dir || gv_mode_is_program(rel) ? 0755 : 0644;

	(void)arg;
	/* What is neither is refused by who hashes the tree. */
	if ((dir || S_ISREG(st->st_mode)) && !is_by_rule(st, rule))
		(void)!fchmodat(parentfd, name, rule | (dir ? st->st_mode & S_ISGID : 0),
				0);
	return GV_TREE_ON;
}

int gv_modes_set(int tree_fd)
{
	struct stat st;

	if (fstat(tree_fd, &st) < 0)
		return -errno;
	if (!is_by_rule(&st, 0755))
		(void)!fchmod(tree_fd, 0755 | (st.st_mode & S_ISGID));
	return gv_tree_walk(tree_fd, set, NULL);
}

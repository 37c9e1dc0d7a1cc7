// SPDX-License-Identifier: Apache-2.0
/*
 * A directory shown a second time, as a machine of a cluster would see it: by FUSE, in
 * the kernel's own protocol (linux/fuse.h), so that no library is needed.  Two of them
 * over one SOURCE are two machines.
 *
 *	stalefs [-t SECONDS] [-l nfs|local|none] [-q BYTES] [-d MICROSECONDS] SOURCE
 *		MOUNTPOINT
 *
 * -t   names, absences and attributes are believed for so long; a directory that is
 * opened
 *	  is looked at again, as NFS does
 * -l   locks: nfs (the default: between machines, and only of what is open for writing),
 *	  local (each machine its own: a server without a lock manager), none (ENOLCK)
 *   -q   after so many bytes written: EDQUOT
 *   -d   each name that is looked up takes so long, as over a network
 *
 * There is no O_TMPFILE and rename(2) knows no flags, as on NFS.  Needs root.  It ends
 * when it is unmounted or its standard input ends; prints a line when it is mounted.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE_MAX = 128 << 10, ROOM = WRITE_MAX + (64 << 10), NODES = 1 << 20 };

struct node {
	int fd; /* O_PATH; -1: forgotten */
	uint64_t lookups;
	dev_t dev;
	ino_t ino;
};

/* A name that the kernel was told about and may believe. */
struct told {
	struct told *next;
	uint64_t parent;
	char name[256];
};

static struct node nodes[NODES]; /* by number, which is never used again; 1 is the root */
static uint64_t n_nodes = 2;
static struct told *told;
static int device;
static unsigned stale;
static char locks = 'n';
static int64_t quota = -1;
static unsigned delay;

struct request {
	struct fuse_in_header *in;
	void *arg;
	char *name; /* behind the argument, where there is one */
	struct node *node;
};

static void die(const char *what)
{
	fprintf(stderr, "stalefs: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void answer(uint64_t unique, int error, const void *data, size_t n)
{
	struct fuse_out_header out = {
		.len = (uint32_t)(sizeof(out) + n),
		.error = error,
		.unique = unique,
	};
	struct iovec parts[] = {{&out, sizeof(out)}, {(void *)(uintptr_t)data, n}};

	/* ENOENT: who asked was killed. */
	if (writev(device, parts, n ? 2 : 1) < 0 && errno != ENOENT && errno != ENODEV)
		die("answer");
}

static void done(const struct request *r, int result)
{
	answer(r->in->unique, result < 0 ? -errno : 0, NULL, 0);
}

static void fd_path(int fd, char ret[64])
{
	snprintf(ret, 64, "/proc/self/fd/%d", fd);
}

/* -- nodes and names ----------------------------------------------------------------- */

static struct fuse_attr attr_of(const struct stat *st)
{
	return (struct fuse_attr){
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.blocks = (uint64_t)st->st_blocks,
		.atime = (uint64_t)st->st_atim.tv_sec,
		.mtime = (uint64_t)st->st_mtim.tv_sec,
		.ctime = (uint64_t)st->st_ctim.tv_sec,
		.atimensec = (uint32_t)st->st_atim.tv_nsec,
		.mtimensec = (uint32_t)st->st_mtim.tv_nsec,
		.ctimensec = (uint32_t)st->st_ctim.tv_nsec,
		.mode = st->st_mode,
		.nlink = (uint32_t)st->st_nlink,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.blksize = 4096,
	};
}

/* Takes fd over. */
static uint64_t node_of(int fd, const struct stat *st)
{
	for (uint64_t i = 1; i < n_nodes; i++) {
		struct node *n = &nodes[i];

		if (n->fd < 0 || n->dev != st->st_dev || n->ino != st->st_ino)
			continue;
		close(fd);
		n->lookups++;
		return i;
	}
	if (n_nodes == NODES)
		die("too many nodes");
	nodes[n_nodes] = (struct node){fd, 1, st->st_dev, st->st_ino};
	return n_nodes++;
}

static void forget(uint64_t id, uint64_t lookups)
{
	struct node *n = &nodes[id];

	if (id == FUSE_ROOT_ID || (n->lookups -= lookups))
		return;
	close(n->fd);
	n->fd = -1;
}

static void remember(uint64_t parent, const char *name)
{
	struct told *t = calloc(1, sizeof(*t));

	if (!t)
		die("memory");
	t->parent = parent;
	snprintf(t->name, sizeof(t->name), "%s", name);
	t->next = told;
	told = t;
}

/* What a name leads to now; an absence is an answer too. */
static int entry(const struct request *r, struct fuse_entry_out *ret)
{
	int fd = openat(r->node->fd, r->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	*ret = (struct fuse_entry_out){.entry_valid = stale, .attr_valid = stale};
	if (fd < 0 && (errno != ENOENT || !stale))
		return -1;
	remember(r->in->nodeid, r->name);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return -1;
	ret->attr = attr_of(&st);
	ret->nodeid = node_of(fd, &st);
	return 0;
}

static void answer_entry(const struct request *r, int result)
{
	struct fuse_entry_out out;

	if (result < 0 || entry(r, &out) < 0)
		done(r, -1);
	else
		answer(r->in->unique, 0, &out, sizeof(out));
}

/* -- looking again when a directory is opened ---------------------------------------- */

struct revalidation {
	uint64_t unique;
	struct fuse_open_out out;
	struct told *names;
};

/* In a thread: the kernel may first want an answer about this very directory. */
static void *revalidate(void *arg)
{
	struct revalidation *v = arg;

	for (struct told *t = v->names, *next; t; t = next) {
		struct fuse_notify_inval_entry_out inval = {
			.parent = t->parent, .namelen = (uint32_t)strlen(t->name)};
		struct fuse_out_header head = {
			.len = (uint32_t)(sizeof(head) + sizeof(inval)) + inval.namelen +
			       1,
			.error = FUSE_NOTIFY_INVAL_ENTRY,
		};
		struct iovec parts[] = {{&head, sizeof(head)},
					{&inval, sizeof(inval)},
					{t->name, inval.namelen + 1}};

		(void)!writev(device, parts, 3); /* ENOENT: not believed any more */
		next = t->next;
		free(t);
	}
	answer(v->unique, 0, &v->out, sizeof(v->out));
	free(v);
	return NULL;
}

static void open_dir(const struct request *r)
{
	int fd = openat(r->node->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct revalidation *v = calloc(1, sizeof(*v));
	pthread_t thread;

	if (fd < 0 || !v)
		return done(r, -1);
	v->unique = r->in->unique;
	v->out.fh = (uint64_t)(uintptr_t)fdopendir(fd);
	for (struct told **at = &told; *at;) {
		struct told *t = *at;

		if (t->parent != r->in->nodeid) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		t->next = v->names;
		v->names = t;
	}
	if (pthread_create(&thread, NULL, revalidate, v) || pthread_detach(thread))
		die("thread");
}

static void read_dir(const struct request *r)
{
	const struct fuse_read_in *in = r->arg;
	DIR *d = (DIR *)(uintptr_t)in->fh;
	static char out[WRITE_MAX];
	size_t used = 0, room = in->size < sizeof(out) ? in->size : sizeof(out);
	struct dirent *e;

	seekdir(d, (long)in->offset);
	while ((e = readdir(d))) {
		struct fuse_dirent *to = (struct fuse_dirent *)(void *)(out + used);
		size_t n = strlen(e->d_name);

		if (used + FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + n) > room)
			break;
		to->ino = e->d_ino;
		to->off = (uint64_t)e->d_off;
		to->namelen = (uint32_t)n;
		to->type = e->d_type;
		memcpy(to->name, e->d_name, n);
		used += FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + n);
	}
	answer(r->in->unique, 0, out, used);
}

/* -- attributes ---------------------------------------------------------------------- */

static void get_attr(const struct request *r)
{
	struct stat st;
	struct fuse_attr_out out = {.attr_valid = stale};

	if (fstat(r->node->fd, &st) < 0)
		return done(r, -1);
	out.attr = attr_of(&st);
	answer(r->in->unique, 0, &out, sizeof(out));
}

static struct timespec time_of(unsigned valid, unsigned set, unsigned now, uint64_t s,
			       uint32_t ns)
{
	if (valid & now)
		return (struct timespec){.tv_nsec = UTIME_NOW};
	if (valid & set)
		return (struct timespec){(time_t)s, ns};
	return (struct timespec){.tv_nsec = UTIME_OMIT};
}

static void set_attr(const struct request *r)
{
	const struct fuse_setattr_in *in = r->arg;
	struct timespec times[] = {
		time_of(in->valid, FATTR_ATIME, FATTR_ATIME_NOW, in->atime,
			in->atimensec),
		time_of(in->valid, FATTR_MTIME, FATTR_MTIME_NOW, in->mtime,
			in->mtimensec),
	};
	uid_t uid = in->valid & FATTR_UID ? in->uid : (uid_t)-1;
	gid_t gid = in->valid & FATTR_GID ? in->gid : (gid_t)-1;
	char path[64];
	int result = 0;

	fd_path(r->node->fd, path);
	if (in->valid & FATTR_MODE)
		result = chmod(path, in->mode & 07777);
	if (result == 0 && in->valid & (FATTR_UID | FATTR_GID))
		result = fchownat(r->node->fd, "", uid, gid, AT_EMPTY_PATH);
	if (result == 0 && in->valid & FATTR_SIZE)
		result = truncate(path, (off_t)in->size);
	if (result == 0 && in->valid & (FATTR_ATIME | FATTR_MTIME))
		result = utimensat(AT_FDCWD, path, times, 0);
	if (result < 0)
		return done(r, -1);
	get_attr(r);
}

static void read_link(const struct request *r)
{
	char target[4096];
	ssize_t n = readlinkat(r->node->fd, "", target, sizeof(target));

	answer(r->in->unique, n < 0 ? -errno : 0, target, n < 0 ? 0 : (size_t)n);
}

static void stat_fs(const struct request *r)
{
	struct fuse_statfs_out out = {0};
	struct statvfs v;

	if (fstatvfs(r->node->fd, &v) < 0)
		return done(r, -1);
	out.st = (struct fuse_kstatfs){
		.blocks = v.f_blocks,
		.bfree = v.f_bfree,
		.bavail = v.f_bavail,
		.files = v.f_files,
		.ffree = v.f_ffree,
		.bsize = (uint32_t)v.f_bsize,
		.namelen = 255,
		.frsize = (uint32_t)v.f_frsize,
	};
	answer(r->in->unique, 0, &out, sizeof(out));
}

/* -- files --------------------------------------------------------------------------- */

static void open_file(const struct request *r)
{
	const struct fuse_open_in *in = r->arg;
	struct fuse_open_out out = {0};
	char path[64];
	int fd;

	fd_path(r->node->fd, path);
	fd = open(path, (int)(in->flags & ~(unsigned)(O_NOFOLLOW | O_CREAT | O_EXCL)) |
				O_CLOEXEC);
	out.fh = (uint64_t)fd;
	answer(r->in->unique, fd < 0 ? -errno : 0, &out, fd < 0 ? 0 : sizeof(out));
}

static void create(const struct request *r)
{
	const struct fuse_create_in *in = r->arg;
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} out = {0};
	int fd = openat(r->node->fd, r->name, (int)in->flags | O_CREAT | O_CLOEXEC,
			in->mode & 07777);

	if (fd < 0 || entry(r, &out.entry) < 0)
		return done(r, -1);
	out.open.fh = (uint64_t)fd;
	answer(r->in->unique, 0, &out, sizeof(out));
}

static void read_file(const struct request *r)
{
	const struct fuse_read_in *in = r->arg;
	static char data[WRITE_MAX];
	ssize_t n = pread((int)in->fh, data, in->size < WRITE_MAX ? in->size : WRITE_MAX,
			  (off_t)in->offset);

	answer(r->in->unique, n < 0 ? -errno : 0, data, n < 0 ? 0 : (size_t)n);
}

static void write_file(const struct request *r)
{
	const struct fuse_write_in *in = r->arg;
	struct fuse_write_out out = {0};
	ssize_t n = -1;

	errno = EDQUOT;
	if (quota < 0 || (quota -= in->size) >= 0) {
		n = pwrite((int)in->fh, in + 1, in->size, (off_t)in->offset);
		out.size = (uint32_t)n;
	} else {
		quota = 0;
	}
	answer(r->in->unique, n < 0 ? -errno : 0, &out, n < 0 ? 0 : sizeof(out));
}

/* flock(2) only: govern uses no other. */
static void lock(const struct request *r)
{
	const struct fuse_lk_in *in = r->arg;
	int fd = (int)in->fh;
	int how = in->lk.type == F_UNLCK ? LOCK_UN : LOCK_EX;

	errno = locks == '0' ? ENOLCK : EBADF; /* NFS locks by writing */
	if (locks == '0' ||
	    (how == LOCK_EX && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY))
		return done(r, -1);
	done(r, flock(fd, how | LOCK_NB));
}

/* -- requests ------------------------------------------------------------------------ */

static void begin(const struct request *r)
{
	const struct fuse_init_in *in = r->arg;
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = 31,
		.max_readahead = in->max_readahead,
		.flags = FUSE_BIG_WRITES | FUSE_MAX_PAGES |
			 (locks == 'l' ? 0 : FUSE_FLOCK_LOCKS),
		.max_background = 16,
		.congestion_threshold = 12,
		.max_write = WRITE_MAX,
		.time_gran = 1,
		.max_pages = WRITE_MAX / 4096,
	};

	answer(r->in->unique, 0, &out, sizeof(out));
}

static void rename_to(const struct request *r, uint64_t newdir, const char *from)
{
	done(r, renameat(r->node->fd, from, nodes[newdir].fd, from + strlen(from) + 1));
}

static void make_link(struct request *r)
{
	const struct fuse_link_in *in = r->arg;
	char path[64];

	fd_path(nodes[in->oldnodeid].fd, path);
	answer_entry(r, linkat(AT_FDCWD, path, r->node->fd, r->name, AT_SYMLINK_FOLLOW));
}

static void serve(struct request *r)
{
	const union {
		const struct fuse_forget_in *forget;
		const struct fuse_batch_forget_in *batch;
		const struct fuse_mkdir_in *mkdir;
		const struct fuse_mknod_in *mknod;
		const struct fuse_rename_in *rename;
		const struct fuse_rename2_in *rename2;
		const struct fuse_release_in *release;
		const struct fuse_fsync_in *fsync;
	} in = {r->arg};
	char *text = r->arg;

	switch (r->in->opcode) {
	case FUSE_INIT:
		return begin(r);
	case FUSE_FORGET:
		return forget(r->in->nodeid, in.forget->nlookup);
	case FUSE_BATCH_FORGET:
		for (uint32_t i = 0; i < in.batch->count; i++) {
			const struct fuse_forget_one *one = (const void *)(in.batch + 1);

			forget(one[i].nodeid, one[i].nlookup);
		}
		return;
	case FUSE_INTERRUPT:
		return;
	case FUSE_LOOKUP:
		r->name = text;
		return answer_entry(r, 0);
	case FUSE_GETATTR:
		return get_attr(r);
	case FUSE_SETATTR:
		return set_attr(r);
	case FUSE_READLINK:
		return read_link(r);
	case FUSE_SYMLINK:
		r->name = text;
		return answer_entry(
			r, symlinkat(text + strlen(text) + 1, r->node->fd, text));
	case FUSE_MKNOD:
		r->name = text + sizeof(*in.mknod);
		return answer_entry(r, mknodat(r->node->fd, r->name, in.mknod->mode, 0));
	case FUSE_MKDIR:
		r->name = text + sizeof(*in.mkdir);
		return answer_entry(r, mkdirat(r->node->fd, r->name, in.mkdir->mode));
	case FUSE_UNLINK:
		return done(r, unlinkat(r->node->fd, text, 0));
	case FUSE_RMDIR:
		return done(r, unlinkat(r->node->fd, text, AT_REMOVEDIR));
	case FUSE_RENAME:
		return rename_to(r, in.rename->newdir, text + sizeof(*in.rename));
	case FUSE_RENAME2:
		errno = EINVAL; /* no RENAME_NOREPLACE, no RENAME_EXCHANGE */
		if (in.rename2->flags)
			return done(r, -1);
		return rename_to(r, in.rename2->newdir, text + sizeof(*in.rename2));
	case FUSE_LINK:
		r->name = text + sizeof(struct fuse_link_in);
		return make_link(r);
	case FUSE_OPEN:
		return open_file(r);
	case FUSE_CREATE:
		r->name = text + sizeof(struct fuse_create_in);
		return create(r);
	case FUSE_READ:
		return read_file(r);
	case FUSE_WRITE:
		return write_file(r);
	case FUSE_FLUSH:
		return done(r, 0);
	case FUSE_RELEASE:
		close((int)in.release->fh);
		return done(r, 0);
	case FUSE_FSYNC:
		return done(r, fsync((int)in.fsync->fh));
	case FUSE_OPENDIR:
		return open_dir(r);
	case FUSE_READDIR:
		return read_dir(r);
	case FUSE_RELEASEDIR:
		closedir((DIR *)(uintptr_t)in.release->fh);
		return done(r, 0);
	case FUSE_FSYNCDIR:
		return done(r, fsync(dirfd((DIR *)(uintptr_t)in.fsync->fh)));
	case FUSE_STATFS:
		return stat_fs(r);
	case FUSE_SETLK:
	case FUSE_SETLKW:
		return lock(r);
	default:
		errno = r->in->opcode == FUSE_TMPFILE ? EOPNOTSUPP : ENOSYS;
		return done(r, -1);
	}
}

static void mount_at(const char *source, const char *at)
{
	struct rlimit files = {65536, 65536};
	char options[128];
	struct stat st;

	umask(0);
	(void)!setrlimit(RLIMIT_NOFILE, &files); /* the default does for small trees */
	nodes[FUSE_ROOT_ID].fd = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (nodes[FUSE_ROOT_ID].fd < 0 || fstat(nodes[FUSE_ROOT_ID].fd, &st) < 0)
		die(source);
	nodes[FUSE_ROOT_ID].dev = st.st_dev;
	nodes[FUSE_ROOT_ID].ino = st.st_ino;
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("/dev/fuse");
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other,"
		 "default_permissions",
		 device);
	if (mount("stalefs", at, "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		die("mount");
}

int main(int argc, char **argv)
{
	static _Alignas(8) char room[ROOM];
	struct pollfd ready[] = {{.events = POLLIN},
				 {.fd = STDIN_FILENO, .events = POLLIN}};
	int c;

	while ((c = getopt(argc, argv, "t:l:q:d:")) != -1) {
		if (c == 't')
			stale = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'l')
			locks = strcmp(optarg, "none") == 0 ? '0' : optarg[0];
		else if (c == 'q')
			quota = strtoll(optarg, NULL, 10);
		else if (c == 'd')
			delay = (unsigned)strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc - optind != 2)
		return 2;
	mount_at(argv[optind], argv[optind + 1]);
	puts("mounted");
	fflush(stdout);
	ready[0].fd = device;
	while (poll(ready, 2, -1) >= 0 && !ready[1].revents) {
		ssize_t n = read(device, room, sizeof(room));
		struct request r = {.in = (void *)room};

		if (n < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
			continue;
		if (n < 0)
			break; /* ENODEV: unmounted */
		r.arg = r.in + 1;
		r.node = r.in->nodeid < n_nodes ? &nodes[r.in->nodeid] : NULL;
		if (delay && r.in->opcode == FUSE_LOOKUP)
			(void)usleep(delay);
		serve(&r);
	}
	(void)!umount2(argv[optind + 1], MNT_DETACH); /* gone already, perhaps */
	return 0;
}

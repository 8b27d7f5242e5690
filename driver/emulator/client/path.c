// SPDX-License-Identifier: BSD-3-Clause
/*
 * Names: the device nodes, and the sysfs files the emulator keeps in its own
 * directory under the names they have in the system.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "emu.h"

static const char *const served[] = {
	"/sys/class/infiniband",
	"/sys/class/hfi1_user",
	"/sys/module/hfi1_uapi",
};

static bool below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return !strncmp(path, prefix, len) &&
	       (path[len] == '/' || path[len] == 0);
}

/* The name to use for @path: @path itself unless the emulator serves it. */
const char *emu_redirect(const char *path, char *buf, size_t size)
{
	size_t i;

	if (!emu_dir || !path || path[0] != '/')
		return path;
	for (i = 0; i < sizeof(served) / sizeof(served[0]); i++)
		if (below(path, served[i]) &&
		    snprintf(buf, size, "%s%s", emu_dir, path) < (int)size)
			return buf;
	return path;
}

/* Reading through the name @buf is for; every caller has its own buffer. */
#define REDIRECT(path) emu_redirect(path, (char[PATH_MAX]){ 0 }, PATH_MAX)

struct node {
	unsigned int major;
	unsigned int minor;
};

/* The numbers of a node: what the open file would say. */
static bool node_numbers(int unit, struct node *node)
{
	char path[128], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/dev/hfi1_%d", emu_dir, unit);
	fd = RAW(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	RAW(SYS_read, fd, text, sizeof(text) - 1);
	RAW(SYS_close, fd);
	return sscanf(text, "%u:%u", &node->major, &node->minor) == 2;
}

static bool file_numbers(int fd, struct node *node)
{
	struct emu_request req = { .op = EMU_STAT };
	struct emu_answer ans;

	if (!emu_is_device(fd) || emu_call(fd, &req, -1, &ans))
		return false;
	node->major = ans.rep.a[0];
	node->minor = ans.rep.a[1];
	return true;
}

static bool find_node(int dir, const char *path, int flags, struct node *node)
{
	int unit;

	if (!emu_dir || !path)
		return false;
	if (!*path && (flags & AT_EMPTY_PATH))
		return file_numbers(dir, node);
	unit = emu_unit_of(path);
	return unit >= 0 && node_numbers(unit, node);
}

static int fill_stat(struct stat *st, const struct node *node)
{
	*st = (struct stat){ .st_mode = S_IFCHR | 0666,
			     .st_nlink = 1,
			     .st_ino = 0x1b0000 + node->minor,
			     .st_dev = makedev(0, 6),
			     .st_blksize = 4096,
			     .st_rdev = makedev(node->major, node->minor) };
	return 0;
}

INTERPOSE int fstatat(int dir, const char *path, struct stat *st, int flags)
{
	struct node node;

	if (find_node(dir, path, flags, &node))
		return fill_stat(st, &node);
	return REAL(fstatat)(dir, REDIRECT(path), st, flags);
}

INTERPOSE int stat(const char *path, struct stat *st)
{
	return fstatat(AT_FDCWD, path, st, 0);
}

INTERPOSE int lstat(const char *path, struct stat *st)
{
	return fstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

INTERPOSE int fstat(int fd, struct stat *st)
{
	struct node node;

	if (emu_dir && file_numbers(fd, &node))
		return fill_stat(st, &node);
	return REAL(fstat)(fd, st);
}

/* The LP64 types with and without the suffix are one. */
int fstatat64(int dir, const char *path, struct stat64 *st, int flags)
	__attribute__((visibility("default")));
int stat64(const char *path, struct stat64 *st)
	__attribute__((visibility("default")));
int lstat64(const char *path, struct stat64 *st)
	__attribute__((visibility("default")));
int fstat64(int fd, struct stat64 *st) __attribute__((visibility("default")));

int fstatat64(int dir, const char *path, struct stat64 *st, int flags)
{
	return fstatat(dir, path, (struct stat *)st, flags);
}

int stat64(const char *path, struct stat64 *st)
{
	return stat(path, (struct stat *)st);
}

int lstat64(const char *path, struct stat64 *st)
{
	return lstat(path, (struct stat *)st);
}

int fstat64(int fd, struct stat64 *st)
{
	return fstat(fd, (struct stat *)st);
}

/* Programs linked against C libraries before 2.33. */
int __xstat(int ver, const char *path, struct stat *st);
int __lxstat(int ver, const char *path, struct stat *st);
int __fxstat(int ver, int fd, struct stat *st);

INTERPOSE int __xstat(int ver, const char *path, struct stat *st)
{
	(void)ver;
	return stat(path, st);
}

INTERPOSE int __lxstat(int ver, const char *path, struct stat *st)
{
	(void)ver;
	return lstat(path, st);
}

INTERPOSE int __fxstat(int ver, int fd, struct stat *st)
{
	(void)ver;
	return fstat(fd, st);
}

int __xstat64(int ver, const char *path, struct stat *st)
	__attribute__((alias("__xstat"), visibility("default")));
int __lxstat64(int ver, const char *path, struct stat *st)
	__attribute__((alias("__lxstat"), visibility("default")));
int __fxstat64(int ver, int fd, struct stat *st)
	__attribute__((alias("__fxstat"), visibility("default")));

INTERPOSE int statx(int dir, const char *path, int flags, unsigned int mask,
		    struct statx *sx)
{
	struct node node;

	if (!find_node(dir, path, flags, &node))
		return REAL(statx)(dir, REDIRECT(path), flags, mask, sx);
	*sx = (struct statx){ .stx_mask = STATX_TYPE | STATX_MODE |
					  STATX_NLINK | STATX_INO,
			      .stx_mode = S_IFCHR | 0666,
			      .stx_nlink = 1,
			      .stx_ino = 0x1b0000 + node.minor,
			      .stx_dev_minor = 6,
			      .stx_blksize = 4096,
			      .stx_rdev_major = node.major,
			      .stx_rdev_minor = node.minor };
	return 0;
}

/* Everyone may read and write the node; nobody may execute it. */
static int node_access(int mode)
{
	if (!(mode & X_OK))
		return 0;
	errno = EACCES;
	return -1;
}

INTERPOSE int access(const char *path, int mode)
{
	if (emu_unit_of(path) >= 0)
		return node_access(mode);
	return REAL(access)(REDIRECT(path), mode);
}

INTERPOSE int faccessat(int dir, const char *path, int mode, int flags)
{
	if (emu_unit_of(path) >= 0)
		return node_access(mode);
	return REAL(faccessat)(dir, REDIRECT(path), mode, flags);
}

INTERPOSE int euidaccess(const char *path, int mode)
{
	if (emu_unit_of(path) >= 0)
		return node_access(mode);
	return REAL(euidaccess)(REDIRECT(path), mode);
}

int eaccess(const char *path, int mode)
	__attribute__((alias("euidaccess"), visibility("default")));

INTERPOSE ssize_t readlink(const char *path, char *buf, size_t size)
{
	if (emu_unit_of(path) >= 0) {
		errno = EINVAL;
		return -1;
	}
	return REAL(readlink)(REDIRECT(path), buf, size);
}

INTERPOSE ssize_t readlinkat(int dir, const char *path, char *buf, size_t size)
{
	return REAL(readlinkat)(dir, REDIRECT(path), buf, size);
}

/* Cut the emulator's directory off a name, so that it reads as asked for. */
static char *strip(char *name)
{
	size_t len = strlen(emu_dir);

	if (!strncmp(name, emu_dir, len) && name[len] == '/')
		memmove(name, name + len, strlen(name + len) + 1);
	return name;
}

INTERPOSE char *realpath(const char *path, char *resolved)
{
	char *ret;

	if (emu_unit_of(path) >= 0) {
		if (!resolved)
			return strdup(path);
		return strcpy(resolved, path);
	}
	ret = REAL(realpath)(REDIRECT(path), resolved);
	return ret && emu_dir ? strip(ret) : ret;
}

/* Device nodes here have no extended attributes; ls -l asks for them. */
INTERPOSE ssize_t getxattr(const char *path, const char *name, void *value,
			   size_t size)
{
	if (emu_unit_of(path) >= 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return REAL(getxattr)(REDIRECT(path), name, value, size);
}

INTERPOSE ssize_t lgetxattr(const char *path, const char *name, void *value,
			    size_t size)
{
	if (emu_unit_of(path) >= 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return REAL(lgetxattr)(REDIRECT(path), name, value, size);
}

INTERPOSE ssize_t listxattr(const char *path, char *list, size_t size)
{
	if (emu_unit_of(path) >= 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return REAL(listxattr)(REDIRECT(path), list, size);
}

INTERPOSE ssize_t llistxattr(const char *path, char *list, size_t size)
{
	if (emu_unit_of(path) >= 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return REAL(llistxattr)(REDIRECT(path), list, size);
}

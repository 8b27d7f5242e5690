// SPDX-License-Identifier: BSD-3-Clause
/*
 * Directory listings and glob(): /dev shows the nodes, /sys/class shows
 * infiniband, and what is served from the emulator's directory is listed
 * there.
 *
 * Locks: dirs_lock covers the table of open directories with extra entries.
 */
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "emu.h"

#define MAX_DIRS 16

struct extra {
	DIR *dir;
	bool dev;
	int next;
	struct dirent entry;
};

static struct extra dirs[MAX_DIRS];
static pthread_mutex_t dirs_lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_dir(const char *path, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(path, name, len))
		return false;
	for (path += len; *path == '/'; path++)
		;
	return !*path;
}

static struct extra *extra_of(DIR *dir)
{
	struct extra *x;

	for (x = dirs; x < dirs + MAX_DIRS; x++)
		if (x->dir == dir)
			return x;
	return NULL;
}

static void remember(DIR *dir, bool dev)
{
	struct extra *x;

	pthread_mutex_lock(&dirs_lock);
	x = extra_of(NULL);
	if (x) {
		x->dir = dir;
		x->dev = dev;
		x->next = 0;
	}
	pthread_mutex_unlock(&dirs_lock);
}

INTERPOSE DIR *opendir(const char *path)
{
	char buf[PATH_MAX];
	DIR *dir = REAL(opendir)(emu_redirect(path, buf, sizeof(buf)));

	if (!dir || !emu_dir)
		return dir;
	if (is_dir(path, "/dev"))
		remember(dir, true);
	else if (is_dir(path, "/sys/class"))
		remember(dir, false);
	return dir;
}

INTERPOSE int closedir(DIR *dir)
{
	struct extra *x;

	pthread_mutex_lock(&dirs_lock);
	x = extra_of(dir);
	if (x)
		x->dir = NULL;
	pthread_mutex_unlock(&dirs_lock);
	return REAL(closedir)(dir);
}

INTERPOSE void rewinddir(DIR *dir)
{
	struct extra *x;

	pthread_mutex_lock(&dirs_lock);
	x = extra_of(dir);
	if (x)
		x->next = 0;
	pthread_mutex_unlock(&dirs_lock);
	REAL(rewinddir)(dir);
}

/* The next entry the system does not have. */
static struct dirent *extra_entry(struct extra *x)
{
	struct dirent *e = &x->entry;
	char path[64];

	e->d_ino = 0x1b0000 + x->next;
	e->d_reclen = sizeof(*e);
	if (x->dev) {
		snprintf(path, sizeof(path), "/dev/hfi1_%d", x->next);
		if (emu_unit_of(path) < 0)
			return NULL;
		e->d_type = DT_CHR;
		strcpy(e->d_name, path + strlen("/dev/"));
	} else {
		if (x->next ||
		    RAW(SYS_access, "/sys/class/infiniband", F_OK) >= 0)
			return NULL;
		e->d_type = DT_DIR;
		strcpy(e->d_name, "infiniband");
	}
	x->next++;
	return e;
}

/* A node the system has as well appears once, as ours. */
static bool shadowed(const struct extra *x, const struct dirent *e)
{
	char path[300];

	if (!x->dev)
		return false;
	snprintf(path, sizeof(path), "/dev/%s", e->d_name);
	return emu_unit_of(path) >= 0;
}

INTERPOSE struct dirent *readdir(DIR *dir)
{
	struct dirent *e;
	struct extra *x;

	pthread_mutex_lock(&dirs_lock);
	x = extra_of(dir);
	pthread_mutex_unlock(&dirs_lock);
	do {
		e = REAL(readdir)(dir);
	} while (e && x && shadowed(x, e));
	if (!e && x)
		e = extra_entry(x);
	return e;
}

struct dirent64 *readdir64(DIR *dir) __attribute__((visibility("default")));

struct dirent64 *readdir64(DIR *dir)
{
	return (struct dirent64 *)readdir(dir);
}

static int add_name(struct dirent ***list, size_t *n, size_t *room,
		    const struct dirent *e)
{
	struct dirent **bigger, *copy;

	if (*n == *room) {
		*room = *room ? 2 * *room : 16;
		bigger = realloc(*list, *room * sizeof(**list));
		if (!bigger)
			return -1;
		*list = bigger;
	}
	copy = malloc(sizeof(*copy));
	if (!copy)
		return -1;
	memcpy(copy, e, offsetof(struct dirent, d_name));
	strcpy(copy->d_name, e->d_name);
	(*list)[(*n)++] = copy;
	return 0;
}

typedef int (*filter_fn)(const struct dirent *);
typedef int (*compare_fn)(const struct dirent **, const struct dirent **);
typedef int (*qsort_fn)(const void *, const void *);

INTERPOSE int scandir(const char *path, struct dirent ***out, filter_fn filter,
		      compare_fn compare)
{
	struct dirent **list = NULL, *e;
	size_t n = 0, room = 0;
	DIR *dir;

	if (!emu_dir)
		return REAL(scandir)(path, out, filter, compare);
	dir = opendir(path);
	if (!dir)
		return -1;
	while ((e = readdir(dir)) != NULL)
		if ((!filter || filter(e)) && add_name(&list, &n, &room, e) < 0)
			break;
	closedir(dir);
	if (e) {
		while (n)
			free(list[--n]);
		free(list);
		errno = ENOMEM;
		return -1;
	}
	if (compare && n)
		qsort(list, n, sizeof(*list), (qsort_fn)compare);
	*out = list;
	return n;
}

INTERPOSE int scandir64(const char *path, struct dirent64 ***out,
			int (*filter)(const struct dirent64 *),
			int (*compare)(const struct dirent64 **,
				       const struct dirent64 **))
{
	return scandir(path, (struct dirent ***)out, (filter_fn)filter,
		       (compare_fn)compare);
}

static void *glob_open(const char *path)
{
	return opendir(path);
}

static void glob_close(void *dir)
{
	closedir(dir);
}

static struct dirent *glob_read(void *dir)
{
	return readdir(dir);
}

/* The library's glob() with our view of the directories. */
INTERPOSE int glob(const char *pattern, int flags,
		   int (*errfunc)(const char *, int), glob_t *g)
{
	if (!emu_dir || (flags & GLOB_ALTDIRFUNC))
		return REAL(glob)(pattern, flags, errfunc, g);
	g->gl_opendir = glob_open;
	g->gl_closedir = glob_close;
	g->gl_readdir = glob_read;
	g->gl_stat = stat;
	g->gl_lstat = lstat;
	return REAL(glob)(pattern, flags | GLOB_ALTDIRFUNC, errfunc, g);
}

int glob64(const char *pattern, int flags, int (*errfunc)(const char *, int),
	   glob64_t *g) __attribute__((visibility("default")));

int glob64(const char *pattern, int flags, int (*errfunc)(const char *, int),
	   glob64_t *g)
{
	return glob(pattern, flags, errfunc, (glob_t *)g);
}

// SPDX-License-Identifier: BSD-3-Clause
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../case.h"
#include "leaks.h"

/* Descriptors above are nobody's: cases open a few dozen at most. */
#define MAX_FDS 1024

static bool before[MAX_FDS];

static void list_fds(bool *set)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int fd;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		fd = atoi(e->d_name);
		if (e->d_name[0] != '.' && fd != dirfd(dir) && fd < MAX_FDS)
			set[fd] = true;
	}
	closedir(dir);
}

void hfi1c_leaks_begin(void)
{
	memset(before, 0, sizeof(before));
	list_fds(before);
	/* Orphans of the case come to its process and are seen there. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void hfi1c_leaks_end(void)
{
	bool after[MAX_FDS] = { false };
	int fd, status;

	while (waitpid(-1, &status, WNOHANG) > 0)
		continue;
	hfi1c_expect(waitpid(-1, &status, WNOHANG) < 0,
		     "the case leaves a process behind");
	list_fds(after);
	for (fd = 0; fd < MAX_FDS; fd++)
		hfi1c_expect(!after[fd] || before[fd],
			     "the case leaves descriptor %d open", fd);
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * What the mappings of a process allow, from /proc/PID/maps.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "internal.h"
#include "vmas.h"

/* Mappings of a device are I/O memory to the kernel: they cannot be pinned. */
static bool is_device(const char *line)
{
	return strstr(line, "/memfd:hfi1-emu") != NULL;
}

static char *read_maps(pid_t pid)
{
	size_t size = 1 << 16, used = 0;
	char path[32], *text, *bigger;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	text = fd < 0 ? NULL : malloc(size);
	while (text) {
		if (size - used < PAGE_SIZE + 1) {
			size *= 2;
			bigger = realloc(text, size);
			if (!bigger)
				break;
			text = bigger;
		}
		n = read(fd, text + used, size - used - 1);
		if (n <= 0)
			break;
		used += n;
	}
	if (text)
		text[used] = 0;
	if (fd >= 0)
		close(fd);
	return text;
}

unsigned long hosted_vmas_usable(struct mm_struct *mm, unsigned long start,
				 unsigned long end, bool write)
{
	char *text = read_maps(hosted_mm_pid(mm)), *line, *save = NULL;
	unsigned long at = start, lo, hi;
	char *rest;

	if (!text)
		return start;
	/* "LO-HI rwxp ..." */
	for (line = strtok_r(text, "\n", &save); line && at < end;
	     line = strtok_r(NULL, "\n", &save)) {
		lo = strtoul(line, &rest, 16);
		hi = strtoul(rest + 1, &rest, 16);
		if (hi <= at)
			continue;
		if (lo > at || is_device(rest) ||
		    (write ? rest[2] != 'w' : rest[1] != 'r'))
			break;
		at = hi;
	}
	free(text);
	return min(at, end);
}

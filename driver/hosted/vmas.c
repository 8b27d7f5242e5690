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
static bool is_device(const char *line, const char *end)
{
	static const char name[] = "/memfd:hfi1-emu";

	return memmem(line, end - line, name, sizeof(name) - 1) != NULL;
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

/* The same by the text of the maps, whose lines are "LO-HI rwxp ...". */
static unsigned long usable(const char *text, unsigned long start,
			    unsigned long end, bool write)
{
	unsigned long at = start, lo, hi;
	const char *line, *next;
	char *rest;

	for (line = text; *line && at < end; line = next + (*next == '\n')) {
		next = strchrnul(line, '\n');
		lo = strtoul(line, &rest, 16);
		hi = strtoul(rest + 1, &rest, 16);
		if (hi <= at)
			continue;
		if (lo > at || is_device(rest, next) ||
		    (write ? rest[2] != 'w' : rest[1] != 'r'))
			break;
		at = hi;
	}
	return min(at, end);
}

unsigned long hosted_vmas_usable(struct mm_struct *mm, unsigned long start,
				 unsigned long end, bool write)
{
	char *text = read_maps(hosted_mm_pid(mm));

	if (text)
		start = usable(text, start, end, write);
	free(text);
	return start;
}

void hosted_vmas_skip_usable(struct mm_struct *mm, struct hosted_range *ranges,
			     unsigned int count)
{
	char *text = read_maps(hosted_mm_pid(mm));
	unsigned int i;

	for (i = 0; text && i < count; i++)
		ranges[i].start =
			usable(text, ranges[i].start, ranges[i].end, false);
	free(text);
}

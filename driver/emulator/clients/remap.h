/* SPDX-License-Identifier: BSD-3-Clause */
/* Buffers whose memory can be exchanged for other at the same address. */
#ifndef CLIENTS_REMAP_H
#define CLIENTS_REMAP_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* New memory, at @at if that is not NULL. */
static inline unsigned char *remap(unsigned char *at, size_t len)
{
	void *p;

	if (at)
		munmap(at, len);
	p = mmap(at, len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED_NOREPLACE : 0),
		 -1, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(EXIT_FAILURE);
	}
	return p;
}

#endif

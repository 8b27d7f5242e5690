/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_HOSTED_ARENA_H
#define HOSTED_HOSTED_ARENA_H

/*
 * Memory that can be mapped into a process: one sparse memfd, allocated in
 * pages.  Fresh pages are zero.
 */
#include <linux/mm_types.h>
#include <linux/types.h>

#define HOSTED_ARENA_PHYS 0x100000000ULL
#define HOSTED_ARENA_SIZE (32ULL << 30)

void *hosted_arena_alloc(size_t size, size_t align);
void hosted_arena_free(const void *addr);
bool hosted_arena_has(const void *addr);
bool hosted_arena_has_phys(phys_addr_t phys, size_t len);
void *hosted_arena_at(phys_addr_t phys);
phys_addr_t hosted_arena_phys(const void *addr);
struct page *hosted_arena_page(const void *addr);
size_t hosted_arena_size(const void *addr);
int hosted_arena_fd(void);
long hosted_arena_live(void);

#endif /* HOSTED_HOSTED_ARENA_H */

/* SPDX-License-Identifier: BSD-3-Clause */
/* Unmap events of one address space, by userfaultfd. */
#ifndef HFI1_EMU_UFFD_H
#define HFI1_EMU_UFFD_H

struct mm_struct;
struct uffd;

/* Takes over the content of @fd (duplicates it); ERR_PTR on failure. */
struct uffd *uffd_open(struct mm_struct *mm, int fd);
void uffd_close(struct uffd *uffd);
void uffd_get(struct uffd *uffd);
void uffd_put(struct uffd *uffd);

/* Watch a range; one that cannot be watched is left to the client library. */
void uffd_register(struct uffd *uffd, unsigned long start,
		   unsigned long length);

void uffd_register_all(struct uffd *uffd);

/* Handle the events that are pending now. */
void uffd_drain(struct uffd *uffd);

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that shows what was touched.
 *
 * All of it belongs to the case's process and goes away with it.
 */
#ifndef HFI1C_LIB_BUFFERS_H
#define HFI1C_LIB_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>

/* Pointers a driver must refuse with EFAULT. */
enum hfi1c_bad_pointer {
	HFI1C_BAD_NULL,
	HFI1C_BAD_UNMAPPED, /* a page that was mapped and is no more */
	HFI1C_BAD_KERNEL, /* the kernel's half of the address space */
	HFI1C_BAD_NONCANONICAL, /* between the halves */
	HFI1C_BAD_PAGE_EDGE, /* all but the last byte are readable */
	HFI1C_BAD_READ_ONLY, /* for outputs: readable, not writable */
	HFI1C_BAD_PROT_NONE, /* mapped without any permission */
};

/** hfi1c_bad_pointer() - such a pointer for @size bytes; content as given. */
void *hfi1c_bad_pointer(enum hfi1c_bad_pointer kind, const void *content,
			size_t size);
const char *hfi1c_bad_pointer_name(enum hfi1c_bad_pointer kind);

/** hfi1c_edge() - @size writable bytes that end where the mapping ends. */
void *hfi1c_edge(size_t size);

/** hfi1c_pages() - @count fresh, writable, touched anonymous pages. */
void *hfi1c_pages(size_t count);

/** hfi1c_poison() - fill with a pattern no driver writes. */
void hfi1c_poison(void *data, size_t size);
bool hfi1c_is_poison(const void *data, size_t size);
bool hfi1c_is_zero(const void *data, size_t size);

size_t hfi1c_page_size(void);

#endif

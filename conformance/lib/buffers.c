// SPDX-License-Identifier: BSD-3-Clause
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../case.h"
#include "buffers.h"

/* First address of the kernel's half on x86-64, and one between the halves. */
#define KERNEL_ADDRESS	     0xffff888000000000ULL
#define NONCANONICAL_ADDRESS 0x0000900000000000ULL

#define POISON 0xa5

size_t hfi1c_page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static size_t page_round(size_t size)
{
	size_t page = hfi1c_page_size();

	return (size + page - 1) / page * page;
}

void *hfi1c_pages(size_t count)
{
	size_t size = count * hfi1c_page_size();
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	hfi1c_setup(p != MAP_FAILED, "cannot map %zu bytes", size);
	return p;
}

/* The page behind is unmapped, and nothing else is placed there. */
void *hfi1c_edge(size_t size)
{
	size_t room = page_round(size);
	unsigned char *p = hfi1c_pages(room / hfi1c_page_size() + 1);

	hfi1c_setup(!mprotect(p + room, hfi1c_page_size(), PROT_NONE),
		    "cannot guard a page");
	return p + room - size;
}

static void *unmapped(void)
{
	void *p = hfi1c_pages(1);

	hfi1c_setup(!munmap(p, hfi1c_page_size()), "cannot unmap a page");
	return p;
}

static void *protected_copy(const void *content, size_t size, int prot)
{
	void *p = hfi1c_pages(page_round(size) / hfi1c_page_size());

	if (content)
		memcpy(p, content, size);
	hfi1c_setup(!mprotect(p, page_round(size), prot),
		    "cannot change a protection");
	return p;
}

static void *cut_off(const void *content, size_t size)
{
	unsigned char *p = hfi1c_edge(size - 1);

	if (content)
		memcpy(p, content, size - 1);
	return p;
}

void *hfi1c_bad_pointer(enum hfi1c_bad_pointer kind, const void *content,
			size_t size)
{
	switch (kind) {
	case HFI1C_BAD_NULL:
		return NULL;
	case HFI1C_BAD_UNMAPPED:
		return unmapped();
	case HFI1C_BAD_KERNEL:
		return (void *)(uintptr_t)KERNEL_ADDRESS;
	case HFI1C_BAD_NONCANONICAL:
		return (void *)(uintptr_t)NONCANONICAL_ADDRESS;
	case HFI1C_BAD_PAGE_EDGE:
		return cut_off(content, size);
	case HFI1C_BAD_READ_ONLY:
		return protected_copy(content, size, PROT_READ);
	case HFI1C_BAD_PROT_NONE:
		return protected_copy(content, size, PROT_NONE);
	}
	hfi1c_broken("no such kind of bad pointer: %d", kind);
}

const char *hfi1c_bad_pointer_name(enum hfi1c_bad_pointer kind)
{
	static const char *const names[] = {
		[HFI1C_BAD_NULL] = "null",
		[HFI1C_BAD_UNMAPPED] = "unmapped",
		[HFI1C_BAD_KERNEL] = "kernel",
		[HFI1C_BAD_NONCANONICAL] = "noncanonical",
		[HFI1C_BAD_PAGE_EDGE] = "page-edge",
		[HFI1C_BAD_READ_ONLY] = "read-only",
		[HFI1C_BAD_PROT_NONE] = "prot-none",
	};

	return names[kind];
}

void hfi1c_poison(void *data, size_t size)
{
	memset(data, POISON, size);
}

static bool is_filled(const void *data, size_t size, unsigned char with)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != with)
			return false;
	return true;
}

bool hfi1c_is_poison(const void *data, size_t size)
{
	return is_filled(data, size, POISON);
}

bool hfi1c_is_zero(const void *data, size_t size)
{
	return is_filled(data, size, 0);
}

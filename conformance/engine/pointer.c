// SPDX-License-Identifier: BSD-3-Clause
/*
 * Bad and odd pointers at the copy sites of commands.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "command.h"

static void *at_edge(const void *content, size_t size, size_t readable)
{
	unsigned char *p = hfi1c_edge(readable);

	if (content)
		memcpy(p, content, readable < size ? readable : size);
	return p;
}

static void *protect(const void *content, size_t size, int prot)
{
	void *p = hfi1c_pages(1);

	if (content)
		memcpy(p, content, size);
	hfi1c_setup(!mprotect(p, hfi1c_page_size(), prot),
		    "cannot change a protection");
	return p;
}

static void *odd(enum hfi1c_pointer_kind kind, const void *content, size_t size)
{
	unsigned char *p;

	switch (kind) {
	case HFI1C_POINTER_MISALIGNED:
		p = (unsigned char *)hfi1c_pages(1) + 1;
		memcpy(p, content, size);
		return p;
	case HFI1C_POINTER_WRITE_ONLY:
		return protect(content, size, PROT_WRITE);
	case HFI1C_POINTER_READ_ONLY_WORKS:
		return protect(content, size, PROT_READ);
	default:
		return at_edge(content, size, size);
	}
}

static void *bad(enum hfi1c_pointer_kind kind, const void *content, size_t size)
{
	static const enum hfi1c_bad_pointer kinds[] = {
		[HFI1C_POINTER_NULL] = HFI1C_BAD_NULL,
		[HFI1C_POINTER_UNMAPPED] = HFI1C_BAD_UNMAPPED,
		[HFI1C_POINTER_KERNEL] = HFI1C_BAD_KERNEL,
		[HFI1C_POINTER_NONCANONICAL] = HFI1C_BAD_NONCANONICAL,
		[HFI1C_POINTER_PROT_NONE] = HFI1C_BAD_PROT_NONE,
		[HFI1C_POINTER_READ_ONLY] = HFI1C_BAD_READ_ONLY,
	};

	return hfi1c_bad_pointer(kinds[kind], content, size);
}

static void *end_after(struct hfi1c_world *w, size_t first, size_t size,
		       size_t *readable)
{
	*readable = (first ?: 1) + w->sweep.step;
	if (*readable >= size) {
		*readable = size;
		w->sweep.over = true;
	}
	return hfi1c_edge(*readable);
}

void *hfi1c_bad_bytes(struct hfi1c_world *w, size_t first, size_t size,
		      size_t *readable)
{
	*readable = first;
	if (w->sweep.mode == HFI1C_SWEEP_EDGES)
		return end_after(w, first, size, readable);
	if (first) {
		/* What follows an edge is there, but without permission. */
		w->sweep.unfit = w->sweep.mode &&
				 w->sweep.kind != HFI1C_POINTER_PROT_NONE;
		return hfi1c_edge(first);
	}
	if (w->sweep.mode == HFI1C_SWEEP_POINTERS)
		return bad(w->sweep.kind, NULL, size);
	return (void *)(uintptr_t)hfi1c_buffer_unmapped(w);
}

/* Makes the call with a pointer, in its argument's place or in a member. */
static void attempt(const struct hfi1c_world *w, const struct hfi1c_pointer *p,
		    unsigned char *arg, void *pointer)
{
	const struct hfi1c_check *check =
		p->check < 0 ? NULL : &p->rules->checks[p->check];
	uint64_t address = (uintptr_t)pointer;
	void *passed = pointer;
	long result;

	if (p->member >= 0) {
		memcpy(arg + p->member, &address, sizeof(address));
		passed = arg;
	}
	result = hfi1c_ioctl(w->fd, p->rules->cmd, passed);
	hfi1c_expect_check(result, check, p->rules->name);
	if (result)
		hfi1c_world_intact(w);
}

/* Every split: @k bytes are there, the rest is not. */
static void attempt_edges(const struct hfi1c_world *w,
			  const struct hfi1c_pointer *p, unsigned char *arg,
			  size_t size)
{
	unsigned char content[HFI1C_MAX_ARGUMENT];
	size_t k;

	memcpy(content, arg, p->rules->size);
	for (k = 1; k < size; k++) {
		hfi1c_note("%zu of %zu bytes are mapped", k, size);
		attempt(w, p, arg,
			at_edge(p->member < 0 ? content : NULL, size, k));
	}
}

void hfi1c_run_pointer(const struct hfi1c_case *c)
{
	const struct hfi1c_pointer *p = c->data;
	size_t size = p->size ?: p->rules->size;
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	const void *content;
	struct hfi1c_world w;

	hfi1c_world_build(&w, p->scenario);
	hfi1c_input(&w, p->rules, p->sets, p->set_count, arg);
	hfi1c_isolated(&w, p->rules->checks, p->rules->check_count,
		       p->check < 0 ? NULL : &p->rules->checks[p->check], arg);
	content = p->member < 0 ? arg : NULL;
	if (p->kind == HFI1C_POINTER_EDGES)
		attempt_edges(&w, p, arg, size);
	else if (p->kind >= HFI1C_POINTER_MISALIGNED)
		attempt(&w, p, arg, odd(p->kind, content, size));
	else
		attempt(&w, p, arg, bad(p->kind, content, size));
	hfi1c_world_close(&w);
}

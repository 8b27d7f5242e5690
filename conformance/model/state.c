// SPDX-License-Identifier: BSD-3-Clause
/*
 * The model's state: who holds what, and what ends when nobody does.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../lib/buffers.h"
#include "model.h"

#define MEMORY_ADDRESS 0x1000000000UL

/* Far from where the kernel places things, so that a hole stays one. */
static uint64_t map_memory(void)
{
	size_t size = MODEL_PAGES * WFR_PAGE_SIZE;
	void *p = mmap((void *)MEMORY_ADDRESS, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		       0);

	hfi1c_setup(p == (void *)MEMORY_ADDRESS, "cannot map memory");
	memset(p, 1, size);
	return (uintptr_t)p;
}

void model_init(struct model *m, struct model_shared *s)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	m->s = s;
	memset(m->actors[0].files, -1, sizeof(m->actors[0].files));
	for (i = 0; i < MODEL_MAPS; i++)
		m->maps[i].file = -1;
	m->memory = map_memory();
	m->actors[0].mapped = (1ULL << MODEL_PAGES) - 1;
	m->key_count = hfi1c_port_pkeys(m->keys, HFI1C_COUNT(m->keys));
	m->free_contexts = s->free_contexts;
	m->link_up = hfi1c_port_is_active();
	m->marks = hfi1c_seed();
}

struct model_file *model_file_at(struct model *m, unsigned int actor, int slot)
{
	int file = m->actors[actor].files[slot];

	return file < 0 ? NULL : &m->files[file];
}

static void *entries(size_t size)
{
	void *p = calloc(MODEL_ENTRIES, size);

	hfi1c_setup(p, "no memory");
	return p;
}

int model_new_file(struct model *m)
{
	struct hfi1c_world shared = { 0 };
	struct model_file *f;
	int i;

	for (i = 0; i < MODEL_FILES && m->files[i].live; i++)
		continue;
	if (i == MODEL_FILES)
		return -1;
	f = &m->files[i];
	/* the memory of all worlds was mapped before the first actor forked */
	shared = m->files[0].w;
	memset(f, 0, sizeof(*f));
	memcpy(f->w.memory, shared.memory, sizeof(shared.memory));
	f->live = true;
	f->w.state = hfi1c_initial_state;
	f->ctxt = -1;
	f->tids = entries(sizeof(*f->tids));
	f->pending = entries(sizeof(*f->pending));
	f->optional = entries(sizeof(*f->optional));
	return i;
}

struct model_ctxt *model_ctxt_of(struct model *m, const struct model_file *f)
{
	return f->ctxt < 0 ? NULL : &m->ctxts[f->ctxt];
}

struct hfi1c_context model_context(const struct model_file *f)
{
	return (struct hfi1c_context){ .fd = -1,
				       .info = hfi1c_own(&f->w)->ctxt_info,
				       .base = hfi1c_own(&f->w)->base_info };
}

/* With caching a member of a group has its share of the entries. */
unsigned int model_tid_limit(struct model *m, const struct model_file *f)
{
	unsigned int count = hfi1c_attr_ctxt_expected_count(&f->w);
	unsigned int members = m->ctxts[f->ctxt].members;
	unsigned int place = hfi1c_attr_fd_subctxt(&f->w);

	if (!members || !hfi1c_attr_fd_tid_caching(&f->w))
		return count;
	return count / members + (place < count % members);
}

/* A descriptor of the actor that leads to a context and can map it. */
int model_slot_of(struct model *m, unsigned int actor,
		  const struct model_ctxt *ctxt)
{
	struct model_file *f;
	int slot;

	for (slot = 0; slot < MODEL_SLOTS; slot++) {
		f = model_file_at(m, actor, slot);
		if (f && f->ctxt >= 0 && &m->ctxts[f->ctxt] == ctxt &&
		    f->w.access == O_RDWR)
			return slot;
	}
	return -1;
}

static bool is_held(const struct model *m, int file)
{
	unsigned int i, slot;

	for (i = 0; i < MODEL_MAPS; i++)
		if (m->maps[i].file == file && m->maps[i].actors)
			return true;
	for (i = 0; i < MODEL_ACTORS; i++)
		for (slot = 0; m->actors[i].live && slot < MODEL_SLOTS; slot++)
			if (m->actors[i].files[slot] == file)
				return true;
	return false;
}

static void give_back_entries(struct model_ctxt *c, int file)
{
	unsigned int i;

	for (i = 0; i < MODEL_ENTRIES; i++)
		if (c->owner[i] == file + 1) {
			c->owner[i] = 0;
			c->owned--;
		}
}

static void release(struct model *m, int file)
{
	struct model_file *f = &m->files[file];
	struct model_ctxt *c = model_ctxt_of(m, f);

	free(f->tids);
	free(f->pending);
	free(f->optional);
	f->live = false;
	if (!c)
		return;
	give_back_entries(c, file);
	c->in_use &= ~(1U << hfi1c_attr_fd_subctxt(&f->w));
	if (c->in_use)
		return;
	c->live = false;
	if (m->free_contexts >= 0)
		m->free_contexts++;
}

void model_settle(struct model *m)
{
	int i;

	for (i = 0; i < MODEL_MAPS; i++)
		if (!m->maps[i].actors)
			m->maps[i].file = -1;
	for (i = 0; i < MODEL_FILES; i++)
		if (m->files[i].live && !is_held(m, i))
			release(m, i);
}

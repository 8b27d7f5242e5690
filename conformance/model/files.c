// SPDX-License-Identifier: BSD-3-Clause
/*
 * Descriptors, processes, mappings and memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "../lib/buffers.h"
#include "../lib/regions.h"
#include "model.h"

static int free_slot(const struct model *m, unsigned int actor)
{
	int slot;

	for (slot = 0; slot < MODEL_SLOTS; slot++)
		if (m->actors[actor].files[slot] < 0)
			return slot;
	return -1;
}

static void settle(struct model *m)
{
	int before = m->free_contexts;

	model_settle(m);
	if (m->free_contexts != before)
		model_check_free(m);
}

bool model_step_open(struct model *m, const struct model_step *s)
{
	int slot = free_slot(m, s->actor), file;
	struct model_file *f;

	if (slot < 0 || (file = model_new_file(m)) < 0)
		return false;
	f = &m->files[file];
	f->w.access = s->draw[0] % 8 ? O_RDWR : O_RDONLY;
	m->s->call.a[0] = f->w.access;
	hfi1c_expect_result(model_do(m, s->actor, model_act_open, slot), 0,
			    "open");
	m->actors[s->actor].files[slot] = file;
	return true;
}

bool model_step_close(struct model *m, const struct model_step *s)
{
	if (!model_file_at(m, s->actor, s->slot))
		return false;
	hfi1c_expect_result(model_do(m, s->actor, model_act_close, s->slot), 0,
			    "close");
	m->actors[s->actor].files[s->slot] = -1;
	settle(m);
	return true;
}

bool model_step_dup(struct model *m, const struct model_step *s)
{
	int slot = free_slot(m, s->actor);

	if (slot < 0 || !model_file_at(m, s->actor, s->slot))
		return false;
	m->s->call.other_slot = slot;
	hfi1c_setup(!model_do(m, s->actor, model_act_dup, s->slot),
		    "dup failed");
	m->actors[s->actor].files[slot] = m->actors[s->actor].files[s->slot];
	return true;
}

/* --- processes ------------------------------------------------------------ */

bool model_step_fork(struct model *m, const struct model_step *s)
{
	struct model_map *map;
	unsigned int to;

	for (to = 0; to < MODEL_ACTORS && m->actors[to].live; to++)
		continue;
	if (to == MODEL_ACTORS)
		return false;
	hfi1c_setup(model_fork(m, s->actor, to), "fork failed");
	m->actors[to] = m->actors[s->actor];
	for (map = m->maps; map < m->maps + MODEL_MAPS; map++)
		if (map->file >= 0 && map->actors & 1U << s->actor &&
		    !hfi1c_region(map->region->type)->dontcopy)
			map->actors |= 1U << to;
	return true;
}

bool model_step_exit(struct model *m, const struct model_step *s)
{
	unsigned int i, live = 0;

	for (i = 0; i < MODEL_ACTORS; i++)
		live += m->actors[i].live;
	if (live < 2)
		return false;
	model_note(m, "P%u: %s", s->actor,
		   s->draw[0] % 2 ? "is killed" : "_exit(0)");
	model_actor_end(m, s->actor, s->draw[0] % 2);
	m->actors[s->actor].live = false;
	for (i = 0; i < MODEL_MAPS; i++)
		m->maps[i].actors &= ~(1U << s->actor);
	model_mm_ends(m, s->actor);
	settle(m);
	return true;
}

/* --- memory --------------------------------------------------------------- */

/* The longest run of pages in one state at a random place is changed. */
bool model_step_memory(struct model *m, const struct model_step *s)
{
	struct model_actor *a = &m->actors[s->actor];
	unsigned int first = s->draw[0] % MODEL_PAGES, count = 1;
	unsigned int most = 1 + s->draw[1] % 4;
	bool there = a->mapped >> first & 1;
	uint64_t mask = 1ULL << first;

	while (count < most && first + count < MODEL_PAGES &&
	       (a->mapped >> (first + count) & 1) == there)
		mask |= 1ULL << (first + count++);
	m->s->call.a[0] = m->memory + first * WFR_PAGE_SIZE;
	m->s->call.a[1] = count * WFR_PAGE_SIZE;
	m->s->call.a[2] = !there;
	hfi1c_setup(!model_do(m, s->actor, model_act_memory, -1),
		    "memory cannot be changed");
	a->mapped ^= mask;
	if (there)
		model_unmapped(m, s->actor, mask);
	return true;
}

/* --- mappings ------------------------------------------------------------- */

struct attempt {
	const struct hfi1c_map_region *region;
	uint64_t offset, length;
	int prot, flags;
	struct hfi1c_locals_mmap_common common;
	struct hfi1c_locals_mmap_region of_region;
	bool bad_type;
};

static uint64_t draw_token(const struct model_step *s, uint64_t token,
			   bool *bad_type)
{
	switch (s->draw[1] % 16) {
	case 0:
		return token ^ 1ULL << 63;
	case 1:
		return token ^ WFR_PREP(WFR_MMAP_TOKEN_CTXT, 1);
	case 2:
		return token ^ WFR_PREP(WFR_MMAP_TOKEN_SUBCTXT, 1);
	case 3:
		*bad_type = true;
		return token & ~WFR_MMAP_TOKEN_TYPE;
	}
	return token;
}

static uint64_t draw_length(const struct model_step *s, uint64_t exact)
{
	switch (s->draw[2] % 16) {
	case 0:
		return exact + WFR_PAGE_SIZE;
	case 1:
		return exact ? exact - WFR_PAGE_SIZE : 0;
	}
	return exact;
}

static void draw_attempt(const struct model_file *f, const struct model_step *s,
			 struct attempt *a)
{
	static const int prots[] = { PROT_READ, PROT_READ,
				     PROT_READ | PROT_WRITE, PROT_WRITE };
	bool bound = f->w.state == HFI1C_STATE_ASSIGNED;
	uint64_t exact;

	a->region = hfi1c_map_regions[s->draw[0] % hfi1c_map_region_count];
	exact = bound ? a->region->length(&f->w) : WFR_PAGE_SIZE;
	a->bad_type = false;
	a->offset =
		draw_token(s, hfi1c_map_token(&f->w, a->region), &a->bad_type);
	a->length = draw_length(s, exact);
	a->prot = prots[s->draw[3] % HFI1C_COUNT(prots)];
	a->flags = s->draw[4] % 12 ? MAP_SHARED : MAP_PRIVATE;
	a->common.token = a->offset;
	a->common.shared = a->flags == MAP_SHARED && f->w.access == O_RDWR;
	a->of_region.length = a->length;
	a->of_region.region_length = exact;
	a->of_region.write = a->prot & PROT_WRITE;
}

/* Before the driver is asked: no shared writing to a file opened for reading,
 * no reading and so no writing where there is no length.
 */
static int refused_by_vfs(const struct model_file *f, const struct attempt *a)
{
	if (!a->length)
		return EINVAL;
	if (f->w.access == O_RDONLY && a->prot & PROT_WRITE &&
	    a->flags == MAP_SHARED)
		return EACCES;
	return 0;
}

static const struct hfi1c_check *predict(struct model *m, struct model_file *f,
					 const struct attempt *a)
{
	struct model_question q = { .m = m, .f = f, .bad_type = a->bad_type };
	const struct hfi1c_map_region *r = a->region;
	const struct hfi1c_check *check;

	check = model_predict_list(&q, r->common, r->common_count, &a->common);
	return check ?:
		       model_predict_list(&q, r->checks, r->check_count,
					  &a->of_region);
}

static struct model_map *free_map(struct model *m)
{
	struct model_map *map;

	for (map = m->maps; map < m->maps + MODEL_MAPS; map++)
		if (map->file < 0)
			return map;
	return NULL;
}

static long map(struct model *m, const struct model_step *s,
		const struct attempt *a)
{
	m->s->call.a[0] = a->offset & ~(uint64_t)WFR_MMAP_TOKEN_OFFSET;
	m->s->call.a[1] = a->length;
	m->s->call.a[2] = a->prot;
	m->s->call.a[3] = a->flags;
	return model_do(m, s->actor, model_act_mmap, s->slot);
}

bool model_step_mmap(struct model *m, const struct model_step *s)
{
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct model_map *to = free_map(m);
	const struct hfi1c_check *check;
	struct attempt a;
	int error;

	if (!f || !to)
		return false;
	draw_attempt(f, s, &a);
	error = refused_by_vfs(f, &a);
	if (error) {
		hfi1c_expect_result(map(m, s, &a), -error,
				    "mmap, by the kernel's own rules");
		return true;
	}
	check = predict(m, f, &a);
	model_expect(m, map(m, s, &a), 0, check);
	if (check)
		return true;
	*to = (struct model_map){ .file = f - m->files,
				  .actors = 1U << s->actor,
				  .region = a.region,
				  .address = m->s->call.value[0],
				  .length = a.length };
	return true;
}

bool model_step_munmap(struct model *m, const struct model_step *s)
{
	struct model_map *map = &m->maps[s->draw[0] % MODEL_MAPS];

	if (map->file < 0 || !(map->actors & 1U << s->actor))
		return false;
	m->s->call.a[0] = map->address;
	m->s->call.a[1] = map->length;
	hfi1c_expect_result(model_do(m, s->actor, model_act_munmap, -1), 0,
			    "munmap");
	map->actors &= ~(1U << s->actor);
	settle(m);
	return true;
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * mmap() of every region, right and wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "world.h"

/* What is passed to mmap(), and what the driver's lists see of it. */
struct attempt {
	uint64_t offset;
	uint64_t length;
	struct hfi1c_locals_mmap_common common;
	struct hfi1c_locals_mmap_region region;
};

/* A token the driver did not hand out, for regions this file has not. */
static uint64_t forge(const struct hfi1c_world *w,
		      const struct hfi1c_map_region *r)
{
	return WFR_PREP(WFR_MMAP_TOKEN_MAGIC, WFR_MMAP_MAGIC) |
	       WFR_PREP(WFR_MMAP_TOKEN_TYPE, r->type) |
	       WFR_PREP(WFR_MMAP_TOKEN_CTXT, hfi1c_own(w)->ctxt_info.ctxt) |
	       WFR_PREP(WFR_MMAP_TOKEN_SUBCTXT,
			hfi1c_own(w)->ctxt_info.subctxt);
}

uint64_t hfi1c_map_token(const struct hfi1c_world *w,
			 const struct hfi1c_map_region *r)
{
	uint64_t token;

	memcpy(&token, (const char *)&hfi1c_own(w)->base_info + r->token_offset,
	       sizeof(token));
	return (token ?: forge(w, r)) & ~WFR_MMAP_TOKEN_OFFSET;
}

static uint64_t changed_length(enum hfi1c_length_change change, uint64_t exact)
{
	uint64_t page = hfi1c_page_size();

	switch (change) {
	case HFI1C_LENGTH_LESS:
		return exact - page;
	case HFI1C_LENGTH_MORE:
		return exact + page;
	case HFI1C_LENGTH_DOUBLE:
		return 2 * exact;
	case HFI1C_LENGTH_ZERO:
		return 0;
	case HFI1C_LENGTH_UNROUNDED:
		return exact - 1;
	case HFI1C_LENGTH_EXACT:
		break;
	}
	return exact;
}

/*
 * A shared mapping of a file that was not opened for writing is a private one
 * by the time the driver sees it.
 */
static void plan(const struct hfi1c_world *w, const struct hfi1c_mapping *m,
		 struct attempt *a)
{
	uint64_t exact = w->state == HFI1C_STATE_ASSIGNED ?
				 m->region->length(w) :
				 hfi1c_page_size();

	a->offset = hfi1c_map_token(w, m->region) ^ m->token_xor;
	a->length = changed_length(m->length, exact);
	a->common.token = a->offset;
	a->common.shared = !m->private && m->access == O_RDWR;
	a->region.length = hfi1c_align_up(a->length, hfi1c_page_size());
	a->region.region_length = exact;
	a->region.write = m->prot & PROT_WRITE;
}

static const struct hfi1c_check *first_refusal(const struct hfi1c_world *w,
					       const struct hfi1c_check *checks,
					       unsigned int count,
					       const void *locals)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (checks[i].refuses && checks[i].refuses(w, locals))
			return &checks[i];
	return NULL;
}

static const struct hfi1c_check *predict(const struct hfi1c_world *w,
					 const struct hfi1c_mapping *m,
					 const struct attempt *a)
{
	const struct hfi1c_map_region *r = m->region;
	const struct hfi1c_check *check;

	check = first_refusal(w, r->common, r->common_count, &a->common);
	return check ?: first_refusal(w, r->checks, r->check_count, &a->region);
}

static const struct hfi1c_check *find(const struct hfi1c_map_region *r,
				      const char *id)
{
	unsigned int i;

	for (i = 0; i < r->common_count; i++)
		if (!strcmp(r->common[i].id, id))
			return &r->common[i];
	for (i = 0; i < r->check_count; i++)
		if (!strcmp(r->checks[i].id, id))
			return &r->checks[i];
	hfi1c_broken("%s has no check %s", r->name, id);
}

/*
 * The check the case is about: as the table says, proven by the conditions.
 * The kind of the driver's own cannot be computed; then none may come first.
 */
static const struct hfi1c_check *intended(const struct hfi1c_world *w,
					  const struct hfi1c_mapping *m,
					  const struct attempt *a)
{
	const struct hfi1c_check *first = predict(w, m, a);
	const struct hfi1c_check *want = m->check ? find(m->region, m->check) :
						    NULL;
	bool proven = first == want ||
		      (want && want->kind == HFI1C_CHECK_DRIVER && !first);

	if (!proven)
		hfi1c_unusable(first ?: want,
			       first ? "answers first" : "does not answer");
	return want;
}

static void prove_second(const struct hfi1c_world *w,
			 const struct hfi1c_mapping *m, const struct attempt *a)
{
	const struct hfi1c_check *second;

	if (!m->second)
		return;
	second = find(m->region, m->second);
	if (second->refuses && !second->refuses(w, &a->region))
		hfi1c_unusable(second, "is not violated");
}

static long map(const struct hfi1c_world *w, const struct hfi1c_mapping *m,
		const struct attempt *a, void **out)
{
	return hfi1c_mmap(w->fd, a->offset, a->length, m->prot,
			  m->private ? MAP_PRIVATE : MAP_SHARED, out);
}

/* Nothing may be mapped executable from a file system mounted noexec. */
static void require_exec(const struct hfi1c_mapping *m, long result)
{
	struct statvfs fs;

	if (!(m->prot & PROT_EXEC) || result != -EPERM)
		return;
	if (!statvfs(hfi1c_device(), &fs) && (fs.f_flag & ST_NOEXEC))
		hfi1c_skip("the device's file system is mounted noexec");
}

static void expect_map(const struct hfi1c_world *w,
		       const struct hfi1c_mapping *m, const struct attempt *a,
		       void **out)
{
	const struct hfi1c_check *check;
	long result;

	if (m->error) {
		result = map(w, m, a, out);
		hfi1c_expect_result(result, -m->error,
				    "mmap, by the kernel's own rules");
		return;
	}
	check = intended(w, m, a);
	prove_second(w, m, a);
	result = map(w, m, a, out);
	require_exec(m, result);
	hfi1c_expect_check(result, check, "mmap");
}

/* After a refusal the right mapping still works, if there is one. */
static void still_maps(const struct hfi1c_world *w,
		       const struct hfi1c_mapping *m)
{
	struct hfi1c_mapping good = { .region = m->region, .access = O_RDWR };
	struct attempt a;
	void *address;

	if (w->state != HFI1C_STATE_ASSIGNED || w->access != O_RDWR)
		return;
	good.prot = m->region->clears_read ? PROT_WRITE : PROT_READ;
	plan(w, &good, &a);
	if (!a.length || predict(w, &good, &a))
		return;
	hfi1c_expect_check(map(w, &good, &a, &address), NULL,
			   "the right mapping after the refused one");
}

void hfi1c_run_mapping(const struct hfi1c_case *c)
{
	const struct hfi1c_mapping *m = c->data;
	struct hfi1c_world w;
	struct attempt a;
	void *address;

	hfi1c_world_build_as(&w, m->scenario, m->access);
	plan(&w, m, &a);
	expect_map(&w, m, &a, &address);
	if (m->error || m->check)
		still_maps(&w, m);
	else
		hfi1c_expect_result(hfi1c_munmap(address, a.length), 0,
				    "munmap");
	hfi1c_world_close(&w);
}

void hfi1c_run_mapping_twice(const struct hfi1c_case *c)
{
	const struct hfi1c_mapping *m = c->data;
	struct hfi1c_world w;
	struct attempt a;
	void *one, *two;

	hfi1c_world_build_as(&w, m->scenario, m->access);
	plan(&w, m, &a);
	expect_map(&w, m, &a, &one);
	expect_map(&w, m, &a, &two);
	hfi1c_expect(one != two, "both mappings are at the same address");
	hfi1c_world_close(&w);
}

void hfi1c_run_mapping_gain(const struct hfi1c_case *c)
{
	const struct hfi1c_mapping *m = c->data;
	struct hfi1c_mapping plain = *m;
	struct hfi1c_world w;
	struct attempt a;
	void *address;
	long result;

	plain.error = 0;
	hfi1c_world_build_as(&w, m->scenario, m->access);
	plan(&w, &plain, &a);
	expect_map(&w, &plain, &a, &address);
	result = hfi1c_mprotect(address, a.length, m->gain);
	hfi1c_expect_result(result, -m->error, "mprotect");
	hfi1c_world_close(&w);
}

/* The token of another member of the group. */
void hfi1c_run_mapping_foreign(const struct hfi1c_case *c)
{
	const struct hfi1c_mapping *m = c->data;
	struct hfi1c_world w, other;
	struct attempt a;
	void *address;

	hfi1c_world_build_as(&w, m->scenario, m->access);
	hfi1c_setup(w.peer_count, "the group has no other member");
	other = w;
	other.fd = w.peers[0];
	hfi1c_world_observe(&other);
	plan(&w, m, &a);
	a.offset = hfi1c_map_token(&other, m->region);
	a.common.token = a.offset;
	expect_map(&w, m, &a, &address);
	hfi1c_world_close(&w);
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * Numbers that are no commands.
 *
 * The argument is a valid pointer to memory that must not change: a driver
 * that recognised such a number would write to it, or fail in another way.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "command.h"
#include "form.h"

#define ROOM (1 << _IOC_SIZEBITS)

static void fill(void *room)
{
	if (hfi1c_unknown_content < 0)
		hfi1c_poison(room, ROOM);
	else
		memset(room, hfi1c_unknown_content, ROOM);
}

static bool is_filled(const unsigned char *room)
{
	size_t i;

	for (i = 0; i < ROOM && room[i] == hfi1c_unknown_content; i++)
		continue;
	return i == ROOM;
}

static void try(const struct hfi1c_world *w, void *room, uint32_t request,
		const struct hfi1c_check *answer)
{
	char what[64];
	long result;

	fill(room);
	result = hfi1c_ioctl(w->fd, request, room);
	snprintf(what, sizeof(what), "ioctl number %#010x", request);
	hfi1c_expect_check(result, answer, what);
	hfi1c_expect(hfi1c_unknown_content < 0 ? hfi1c_is_poison(room, ROOM) :
						 is_filled(room),
		     "the unknown command %#010x wrote to its argument",
		     request);
}

static void *make_room(void)
{
	return hfi1c_pages(ROOM / hfi1c_page_size());
}

void hfi1c_run_encoding(const struct hfi1c_case *c)
{
	const struct hfi1c_encoding *e = c->data;
	struct hfi1c_world w;

	hfi1c_world_build(&w, e->scenario);
	try(&w, make_room(), e->request, e->answer);
	hfi1c_world_intact(&w);
	hfi1c_world_close(&w);
}

static bool is_command(uint32_t request)
{
	unsigned int i;

	for (i = 0; i < hfi1c_rules_count; i++)
		if (hfi1c_rules_all[i]->cmd == request)
			return true;
	return false;
}

/* The sizes that commands have, whose neighbours other cases try. */
static void try_sizes(const struct hfi1c_world *w, void *room,
		      const struct hfi1c_encoding *e, unsigned int dir,
		      unsigned int nr)
{
	unsigned int i;
	uint32_t request;

	for (i = 0; i < hfi1c_rules_count; i++) {
		request = _IOC(dir, e->type, nr, hfi1c_rules_all[i]->size);
		if (!is_command(request))
			try(w, room, request, e->answer);
	}
}

void hfi1c_run_encoding_range(const struct hfi1c_case *c)
{
	const struct hfi1c_encoding *e = c->data;
	void *room = make_room();
	struct hfi1c_world w;
	unsigned int nr, dir;

	hfi1c_world_build(&w, e->scenario);
	for (nr = e->nr_first; nr <= e->nr_last; nr++)
		for (dir = 0; dir < 1 << _IOC_DIRBITS; dir++)
			try_sizes(&w, room, e, dir, nr);
	hfi1c_world_intact(&w);
	hfi1c_world_close(&w);
}

/* The kernel hands the driver 32 bits; libc must not cut them before. */
void hfi1c_run_encoding_upper(const struct hfi1c_case *c)
{
	const struct hfi1c_state_case *s = c->data;
	unsigned long request = s->rules->cmd | 0xdeadbeefUL << 32;
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;

	hfi1c_world_build(&w, s->scenario);
	hfi1c_input(&w, s->rules, NULL, 0, arg);
	hfi1c_isolated(&w, s->rules->checks, s->rules->check_count, NULL, arg);
	hfi1c_expect_check(hfi1c_ioctl(w.fd, request, arg), NULL,
			   s->rules->name);
	hfi1c_world_close(&w);
}

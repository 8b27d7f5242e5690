// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sequences: drawing one, running it, and making one that fails shorter.
 *
 * A sequence runs in a process of its own with a record of its own, so that a
 * verdict ends the run and not the case.
 */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../hfi1/unit.h"
#include "../lib/buffers.h"
#include "../runner/driver.h"
#include "model.h"

#define RUN_SECONDS    90
#define SHRINK_SECONDS 25
#define SEQUENCES      5 /* of a case */
#define KIND_LETTERS   28
#define SETTLE_TRIES   10
#define SETTLE_US      3000

typedef bool (*step_fn)(struct model *m, const struct model_step *s);

static const step_fn step_functions[MODEL_OPS] = {
	[MODEL_OPEN] = model_step_open,
	[MODEL_CLOSE] = model_step_close,
	[MODEL_DUP] = model_step_dup,
	[MODEL_FORK] = model_step_fork,
	[MODEL_EXIT] = model_step_exit,
	[MODEL_ASSIGN] = model_step_assign,
	[MODEL_IOCTL] = model_step_ioctl,
	[MODEL_UNKNOWN] = model_step_unknown,
	[MODEL_MMAP] = model_step_mmap,
	[MODEL_MUNMAP] = model_step_munmap,
	[MODEL_EVENTS] = model_step_events,
	[MODEL_POLL] = model_step_poll,
	[MODEL_REGISTER] = model_step_register,
	[MODEL_FREE] = model_step_free,
	[MODEL_INVALID] = model_step_invalid,
	[MODEL_MEMORY] = model_step_memory,
	[MODEL_WRITEV] = model_step_writev,
	[MODEL_SEND] = model_step_send,
	[MODEL_RECEIVE] = model_step_receive,
	[MODEL_HALT] = model_step_halt,
	[MODEL_FREEZE] = model_step_freeze,
	[MODEL_LINK] = model_step_link,
};

/* --- drawing -------------------------------------------------------------- */

static unsigned char draw_op(const struct model_profile *p)
{
	unsigned int i, sum = 0;
	uint64_t at;

	for (i = 0; i < MODEL_OPS; i++)
		sum += p->weight[i];
	at = hfi1c_random() % sum;
	for (i = 0; at >= p->weight[i]; i++)
		at -= p->weight[i];
	return i;
}

static void draw_steps(struct model_shared *s, const struct model_profile *p)
{
	struct model_step *step;
	unsigned int i;

	s->count = hfi1c_steps(p->steps);
	if (s->count > MODEL_STEPS)
		s->count = MODEL_STEPS;
	for (step = s->steps; step < s->steps + s->count; step++) {
		step->op = draw_op(p);
		step->actor = -1;
		step->slot = -1;
		for (i = 0; i < HFI1C_COUNT(step->draw); i++)
			step->draw[i] = hfi1c_random() >> 16;
	}
}

/* Who and on what is chosen once, among those that are there. */
static void choose(const struct model *m, struct model_step *s)
{
	unsigned int actors[MODEL_ACTORS], slots[MODEL_SLOTS], n = 0, i;

	if (s->actor < 0) {
		for (i = 0; i < MODEL_ACTORS; i++)
			if (m->actors[i].live)
				actors[n++] = i;
		s->actor = actors[s->draw[5] / 256 % n];
	}
	if (s->slot >= 0)
		return;
	for (n = 0, i = 0; i < MODEL_SLOTS; i++)
		if (m->actors[(int)s->actor].files[i] >= 0)
			slots[n++] = i;
	s->slot = n ? slots[s->draw[5] / 65536 % n] : 0;
}

/* --- running -------------------------------------------------------------- */

static void map_page_twice(struct model *m)
{
	int fd = memfd_create("argument", MFD_CLOEXEC);
	size_t size = hfi1c_page_size();

	hfi1c_setup(fd >= 0 && !ftruncate(fd, size), "memfd: %s",
		    strerror(errno));
	m->writable =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	m->read_only = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	hfi1c_setup(m->writable != MAP_FAILED && m->read_only != MAP_FAILED,
		    "cannot map a page: %s", strerror(errno));
	close(fd);
}

/* All memory that arguments point to is there before the first fork. */
static void prepare(struct model *m, struct model_shared *s)
{
	struct hfi1c_world *w;

	model_init(m, s);
	model_check_free(m);
	map_page_twice(m);
	w = &m->files[0].w;
	hfi1c_buffer_scratch(w);
	hfi1c_buffer_list(w);
	hfi1c_buffer_readonly(w);
	model_actor_start(m);
}

/* In the end nothing may be left. */
static void finish(struct model *m)
{
	struct model_step s = { .slot = 0 };
	unsigned int i;

	for (s.actor = 0; s.actor < MODEL_ACTORS; s.actor++)
		for (s.slot = 0;
		     m->actors[s.actor].live && s.slot < MODEL_SLOTS; s.slot++)
			model_step_events(m, &s);
	for (i = 0; i < MODEL_ACTORS; i++) {
		if (!m->actors[i].live)
			continue;
		model_actor_end(m, i, false);
		m->actors[i].live = false;
	}
	for (i = 0; i < MODEL_MAPS; i++)
		m->maps[i].actors = 0;
	model_settle(m);
	model_check_free(m);
}

static void __attribute__((noreturn)) run_here(struct model_shared *s)
{
	static struct model m;
	struct model_step *step;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	hfi1c_verdict_enter(&s->record, hfi1c_environment());
	prepare(&m, s);
	for (s->at = 0; s->at < s->count; s->at++) {
		step = &s->steps[s->at];
		choose(&m, step);
		step->idle = !m.actors[(int)step->actor].live ||
			     !step_functions[step->op](&m, step);
	}
	finish(&m);
	s->record.outcome = HFI1C_PASSED;
	_exit(0);
}

static void end_actors(struct model_shared *s)
{
	unsigned int i;

	for (i = 0; i < MODEL_ACTORS; i++)
		if (s->ports[i].pid > 0) {
			kill(s->ports[i].pid, SIGKILL);
			waitpid(s->ports[i].pid, NULL, 0);
		}
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Runs the sequence; whether it fails. */
static bool fails(struct model_shared *s)
{
	uint64_t end = now() + RUN_SECONDS;
	int status;
	pid_t pid;

	memset(&s->record, 0, sizeof(s->record));
	memset(s->ports, 0, sizeof(s->ports));
	s->record.seed = hfi1c_seed();
	s->lines = 0;
	fflush(NULL);
	pid = fork();
	hfi1c_setup(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		run_here(s);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (now() > end) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
		usleep(500);
	}
	end_actors(s);
	return s->record.outcome != HFI1C_PASSED;
}

/* --- shrinking ------------------------------------------------------------ */

/* The next letter; the end of a string is where it was. */
static const char *letter(const char *at)
{
	while (*at && !isalpha((unsigned char)*at))
		at++;
	return at;
}

/* The same words at the start, whatever the numbers between them. */
static bool same_kind(const char *a, const char *b)
{
	unsigned int i;

	for (i = 0; i < KIND_LETTERS; i++, a++, b++) {
		a = letter(a);
		b = letter(b);
		if (*a != *b)
			return false;
		if (!*a)
			break;
	}
	return true;
}

/* What a step without effect leaves out are its random numbers alone. */
static void drop_idle(struct model_shared *s)
{
	struct model_step *from, *to = s->steps;

	for (from = s->steps; from < s->steps + s->count; from++)
		if (!from->idle || from == s->steps + s->at)
			*to++ = *from;
	s->count = to - s->steps;
}

/* Leaves out @count steps from @from on, if what remains still fails. */
static bool leave_out(struct model_shared *s, unsigned int from,
		      unsigned int count)
{
	static struct model_step kept[MODEL_STEPS];
	static char why[HFI1C_TEXT_SIZE];
	unsigned int before = s->count;

	memcpy(why, s->record.text, sizeof(why));
	memcpy(kept, s->steps, before * sizeof(kept[0]));
	memmove(&s->steps[from], &s->steps[from + count],
		(before - from - count) * sizeof(kept[0]));
	s->count -= count;
	if (fails(s) && same_kind(why, s->record.text))
		return true;
	memcpy(s->record.text, why, sizeof(why));
	memcpy(s->steps, kept, before * sizeof(kept[0]));
	s->count = before;
	return false;
}

static void shrink(struct model_shared *s)
{
	uint64_t end = now() + SHRINK_SECONDS;
	unsigned int size, from;
	bool shorter;

	if (s->at < s->count)
		s->count = s->at + 1;
	drop_idle(s);
	for (size = s->count / 2; size; size = shorter ? size : size / 2) {
		shorter = false;
		for (from = 0; from + size <= s->count && now() < end;)
			if (leave_out(s, from, size))
				shorter = true;
			else
				from += size;
		if (size > s->count / 2 && s->count > 1)
			size = s->count / 2;
	}
}

/* --- reporting ------------------------------------------------------------ */

static void add_lines(const struct model_shared *s, char *text, size_t size)
{
	unsigned int i = s->lines > MODEL_TRACE ? s->lines - MODEL_TRACE : 0;
	FILE *f = fmemopen(text, size, "a");

	for (; f && i < s->lines; i++)
		fprintf(f, "\n          %s", s->trace[i % MODEL_TRACE]);
	if (f)
		fclose(f);
}

static void __attribute__((noreturn))
report(struct model_shared *s, const struct hfi1c_record *first,
       unsigned int drawn)
{
	static char text[HFI1C_TEXT_SIZE];
	bool again = fails(s);
	const struct hfi1c_record *r = again ? &s->record : first;

	snprintf(text, sizeof(text),
		 "%.2000s\n        %u of %u steps%s:", r->text, s->count, drawn,
		 again ? "" : " (another run of them did not fail)");
	add_lines(s, text, sizeof(text));
	if (r->outcome == HFI1C_BROKEN)
		hfi1c_broken("%s", text);
	if (r->outcome == HFI1C_NOT_RUN)
		hfi1c_fail("the run ended without a verdict: %s", text);
	if (r->expected[0])
		hfi1c_fail_values(r->expected, r->actual, "%s", text);
	hfi1c_fail("%s", text);
}

/* Who ended before may still be on the way through the driver. */
static int free_contexts(void)
{
	int most = hfi1c_free_contexts(hfi1c_device()), now;
	unsigned int i;

	for (i = 0; i < SETTLE_TRIES; i++) {
		usleep(SETTLE_US);
		now = hfi1c_free_contexts(hfi1c_device());
		most = now > most ? now : most;
	}
	return most;
}

static struct model_shared *map_shared(void)
{
	void *p = mmap(NULL, sizeof(struct model_shared),
		       PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	hfi1c_setup(p != MAP_FAILED, "cannot map shared memory");
	return p;
}

void hfi1c_run_model(const struct hfi1c_case *c)
{
	const struct model_profile *p = c->data;
	struct model_shared *s = map_shared();
	struct hfi1c_record first;
	unsigned int drawn, i;

	if (c->needs & HFI1C_NEEDS_CTL)
		hfi1c_unit_guard();
	s->free_contexts = free_contexts();
	for (i = 0; i < SEQUENCES; i++) {
		draw_steps(s, p);
		if (fails(s))
			break;
	}
	if (i == SEQUENCES)
		return;
	drawn = s->count;
	first = s->record;
	if (first.outcome == HFI1C_SKIPPED)
		hfi1c_skip("%s", first.text);
	if (first.outcome == HFI1C_NOT_SUPPORTED)
		hfi1c_not_supported("%s", first.text);
	shrink(s);
	report(s, &first, drawn);
}

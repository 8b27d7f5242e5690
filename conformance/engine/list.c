// SPDX-License-Identifier: BSD-3-Clause
/*
 * Check lists outside the commands.
 *
 * A performer turns locals into a system call.  Of the settings the generator
 * proposes, the first that isolates the check is taken.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/calls.h"
#include "places.h"

typedef void (*provoke_fn)(struct hfi1c_world *w, void *plan);

struct place {
	const struct hfi1c_list *list;
	const struct hfi1c_check *check;
};

static struct place find(const struct hfi1c_chain *chain, const char *id)
{
	const struct hfi1c_list *list;
	unsigned int i, j;

	for (i = 0; i < chain->count; i++) {
		list = chain->lists[i];
		for (j = 0; j < list->check_count; j++)
			if (!strcmp(list->checks[j].id, id))
				return (struct place){ list, &list->checks[j] };
	}
	hfi1c_broken("no list has a check %s", id);
}

static bool refuses(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		    void *plan, const struct hfi1c_list *list,
		    const struct hfi1c_check *check)
{
	return check->refuses &&
	       check->refuses(w, t->performer->locals(w, plan, list->name));
}

/* The first check whose condition holds before @end; NULL if none does. */
static const struct hfi1c_check *earlier(struct hfi1c_world *w,
					 const struct hfi1c_list_trial *t,
					 void *plan,
					 const struct hfi1c_check *end)
{
	const struct hfi1c_chain *chain = t->chain;
	const struct hfi1c_list *list;
	unsigned int i, j;

	for (i = 0; i < chain->count; i++) {
		list = chain->lists[i];
		for (j = 0; j < list->check_count; j++) {
			if (&list->checks[j] == end)
				return NULL;
			if (refuses(w, t, plan, list, &list->checks[j]))
				return &list->checks[j];
		}
	}
	return NULL;
}

static void apply(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		  void *plan, const struct hfi1c_candidate *candidate)
{
	unsigned int i;

	for (i = 0; candidate && i < candidate->count; i++) {
		const struct hfi1c_set *s = &candidate->sets[i];

		t->performer->set(w, plan, s->name,
				  s->compute ? s->compute(w) : s->value,
				  s->mask);
	}
}

static void provoke(struct hfi1c_world *w, void *plan, provoke_fn how)
{
	if (how)
		how(w, plan);
}

static bool holds(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		  void *plan, struct place p)
{
	return !p.check || !p.check->refuses ||
	       refuses(w, t, plan, p.list, p.check);
}

/* The first check has the last word where both want the same thing. */
static bool isolate(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		    void *plan, struct place first, struct place second,
		    const struct hfi1c_candidate *one,
		    const struct hfi1c_candidate *two)
{
	t->performer->prepare(w, plan);
	apply(w, t, plan, two);
	provoke(w, plan, t->second_provoke);
	apply(w, t, plan, one);
	provoke(w, plan, t->provoke);
	return holds(w, t, plan, first) && holds(w, t, plan, second) &&
	       !earlier(w, t, plan, first.check);
}

static const struct hfi1c_candidate *
candidate(const struct hfi1c_candidate *list, unsigned int count,
	  unsigned int i)
{
	return count ? &list[i] : NULL;
}

static void note(const struct hfi1c_candidate *c)
{
	if (c)
		hfi1c_note_sets(c->sets, c->count);
}

static void build(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		  void *plan, struct place first, struct place second)
{
	const struct hfi1c_candidate *one, *two;
	unsigned int i, j;

	for (i = 0; i < t->candidate_count + !t->candidate_count; i++)
		for (j = 0; j < t->second_count + !t->second_count; j++) {
			one = candidate(t->candidates, t->candidate_count, i);
			two = candidate(t->second_candidates, t->second_count,
					j);
			if (!isolate(w, t, plan, first, second, one, two))
				continue;
			note(one);
			note(two);
			return;
		}
	hfi1c_unusable(earlier(w, t, plan, first.check) ?: first.check,
		       "is in the way of every input");
}

static void try(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		void *plan, struct place first, struct place second)
{
	long result;

	build(w, t, plan, first, second);
	if (w->sweep.over || w->sweep.unfit)
		return;
	result = t->performer->perform(w, plan);
	if (first.check)
		hfi1c_expect_check(result, first.check, "the call");
	else
		hfi1c_expect(result >= 0, "a valid input is refused: %s",
			     strerror(-result));
	if (first.check && first.check->error)
		t->performer->intact(w, plan, first.check);
}

static void try_edges(struct hfi1c_world *w, const struct hfi1c_list_trial *t,
		      void *plan, struct place first, struct place second)
{
	w->sweep.kind = HFI1C_POINTER_EDGES;
	for (w->sweep.step = 0; !w->sweep.over; w->sweep.step++) {
		hfi1c_note("%zu bytes more than needed are mapped",
			   w->sweep.step);
		try(w, t, plan, first, second);
	}
	hfi1c_setup(w->sweep.step > 1, "no edge was tried");
}

static void try_pointers(struct hfi1c_world *w,
			 const struct hfi1c_list_trial *t, void *plan,
			 struct place first, struct place second)
{
	static const enum hfi1c_pointer_kind kinds[] = {
		HFI1C_POINTER_NULL, HFI1C_POINTER_KERNEL,
		HFI1C_POINTER_NONCANONICAL, HFI1C_POINTER_PROT_NONE
	};
	unsigned int i;

	for (i = 0; i < HFI1C_COUNT(kinds); i++) {
		hfi1c_note("pointer of kind %u", kinds[i]);
		w->sweep.kind = kinds[i];
		w->sweep.unfit = false;
		try(w, t, plan, first, second);
	}
}

void hfi1c_run_list(const struct hfi1c_case *c)
{
	const struct hfi1c_list_trial *t = c->data;
	struct place first = { NULL, NULL }, second = { NULL, NULL };
	struct hfi1c_world w;
	void *plan;

	if (t->check)
		first = find(t->chain, t->check);
	if (t->second)
		second = find(t->chain, t->second);
	hfi1c_world_build(&w, t->scenario);
	plan = calloc(1, t->performer->size);
	hfi1c_setup(plan, "no memory");
	w.sweep.mode = t->sweep;
	if (t->sweep == HFI1C_SWEEP_EDGES)
		try_edges(&w, t, plan, first, second);
	else if (t->sweep == HFI1C_SWEEP_POINTERS)
		try_pointers(&w, t, plan, first, second);
	else
		try(&w, t, plan, first, second);
	free(plan);
	hfi1c_world_close(&w);
}

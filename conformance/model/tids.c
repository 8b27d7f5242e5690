// SPDX-License-Identifier: BSD-3-Clause
/*
 * Registered buffers: who owns which entry, and what was unmapped.
 */
#include <errno.h>
#include <string.h>

#include "model.h"

#define WORD_ENTRY (WFR_TIDINFO_IDX | WFR_TIDINFO_CTRL)

static unsigned int entry_of(uint32_t word)
{
	return WFR_GET(WFR_TIDINFO_IDX, word) * 2 +
	       WFR_GET(WFR_TIDINFO_CTRL, word) - 1;
}

static uint64_t page_mask(unsigned int first, unsigned int count)
{
	return count >= 64 ? ~0ULL : ((1ULL << count) - 1) << first;
}

static void set_used(struct model_file *f)
{
	hfi1c_own(&f->w)->known.fd_tid_used = f->tid_count;
}

/* --- unmapping ------------------------------------------------------------ */

static void now_gone(struct model_file *f, struct model_tid *t)
{
	t->gone = true;
	if (!hfi1c_attr_fd_tid_caching(&f->w))
		return;
	/* the notice comes with the first word of a list; later ones may */
	if (!f->pending_count && !f->optional_count)
		f->events |= HFI1_EVENT_TID_MMU_NOTIFY;
	else if (!(f->events & HFI1_EVENT_TID_MMU_NOTIFY))
		f->unsure |= HFI1_EVENT_TID_MMU_NOTIFY;
	hfi1c_setup(f->pending_count < MODEL_ENTRIES, "a list is full");
	f->pending[f->pending_count++] = t->word;
}

void model_unmapped(struct model *m, unsigned int mm, uint64_t pages)
{
	struct model_file *f;
	struct model_tid *t;

	for (f = m->files; f < m->files + MODEL_FILES; f++) {
		if (!f->live)
			continue;
		for (t = f->tids; t < f->tids + f->tid_count; t++)
			if (t->mm == mm && !t->gone &&
			    page_mask(t->first, t->pages) & pages)
				now_gone(f, t);
	}
}

/*
 * What the end of a process reports to other holders of its files is the
 * kernel's business: words may come, or not.
 */
void model_mm_ends(struct model *m, unsigned int mm)
{
	struct model_file *f;
	struct model_tid *t;

	for (f = m->files; f < m->files + MODEL_FILES; f++) {
		if (!f->live)
			continue;
		if (f->mm == mm)
			f->mm = MODEL_ACTORS;
		for (t = f->tids; t < f->tids + f->tid_count; t++)
			if (t->mm == mm && !t->gone) {
				t->gone = true;
				t->mm = MODEL_ACTORS;
				f->optional[f->optional_count++] = t->word;
				f->unsure |= HFI1_EVENT_TID_MMU_NOTIFY;
			}
		for (t = f->tids; t < f->tids + f->tid_count; t++)
			if (t->mm == mm)
				t->mm = MODEL_ACTORS;
	}
}

/* --- TID_UPDATE ----------------------------------------------------------- */

/* Checks the words one by one and takes them over; the pages they cover. */
static unsigned int take_words(struct model *m, struct model_file *f,
			       unsigned int mm, unsigned int first,
			       unsigned int count)
{
	struct model_ctxt *c = model_ctxt_of(m, f);
	const uint32_t *words = m->s->call.list;
	unsigned int i, entry, covered = 0;
	struct model_tid *t;

	for (i = 0; i < count; i++) {
		entry = entry_of(words[i]);
		hfi1c_expect(entry < hfi1c_attr_ctxt_expected_count(&f->w) &&
				     !(words[i] &
				       ~(WORD_ENTRY | WFR_TIDINFO_LEN)),
			     "word %u is %#x", i, words[i]);
		hfi1c_expect(!c->owner[entry],
			     "word %u (%#x) names an entry that is in use", i,
			     words[i]);
		c->owner[entry] = f - m->files + 1;
		c->owned++;
		t = &f->tids[f->tid_count++];
		*t = (struct model_tid){
			.word = words[i],
			.mm = mm,
			.first = first + covered,
			.pages = WFR_GET(WFR_TIDINFO_LEN, words[i]),
		};
		covered += t->pages;
	}
	set_used(f);
	return covered;
}

static void expect_registered(struct model *m, struct model_file *f,
			      unsigned int mm, const struct hfi1_tid_info *in,
			      const struct hfi1_tid_info *out)
{
	unsigned int first = (in->vaddr - m->memory) / WFR_PAGE_SIZE;
	unsigned int pages = (in->length + WFR_PAGE_SIZE - 1) / WFR_PAGE_SIZE;
	uint64_t missing = ~m->actors[mm].mapped >> first;
	unsigned int reach = missing ? __builtin_ctzll(missing) : 64;
	unsigned int covered;

	if (reach > MODEL_PAGES - first)
		reach = MODEL_PAGES - first;
	if (reach > pages)
		reach = pages;
	hfi1c_expect(out->tidcnt && out->tidcnt <= reach,
		     "%u words for %u pages", out->tidcnt, reach);
	hfi1c_expect(f->tid_count + out->tidcnt <= model_tid_limit(m, f),
		     "%u words exceed the quota", out->tidcnt);
	covered = take_words(m, f, mm, first, out->tidcnt);
	hfi1c_expect_u64(out->length, covered * WFR_PAGE_SIZE,
			 "length of what is registered");
	/* only a limit, or pages that are not there, make it shorter */
	if (f->tid_count < model_tid_limit(m, f) &&
	    model_ctxt_of(m, f)->owned < hfi1c_attr_ctxt_expected_count(&f->w))
		hfi1c_expect_u64(covered, reach, "pages registered");
}

static struct hfi1_tid_info draw_range(struct model *m,
				       const struct model_step *s)
{
	unsigned int first = s->draw[0] % MODEL_PAGES;
	unsigned int count = s->draw[1] % 4 ? 1 + s->draw[1] / 4 % 4 :
					      1 + s->draw[1] / 4 % MODEL_PAGES;
	struct hfi1_tid_info arg = {
		.vaddr = m->memory + first * WFR_PAGE_SIZE,
		.tidlist = (uintptr_t)m->s->call.list,
		.tidcnt = s->draw[4] % 4096,
	};

	if (count > MODEL_PAGES - first)
		count = MODEL_PAGES - first;
	arg.length = count * WFR_PAGE_SIZE;
	switch (s->draw[2] % 20) {
	case 0:
		arg.vaddr += 1 + s->draw[3] % (WFR_PAGE_SIZE - 1);
		break;
	case 1:
		arg.length = 0;
		break;
	case 2:
		arg.length -= s->draw[3] % WFR_PAGE_SIZE;
		break;
	case 3:
		arg.vaddr = -(uint64_t)WFR_PAGE_SIZE;
		arg.length = 2 * WFR_PAGE_SIZE;
		break;
	case 4:
		arg.length = ~(uint32_t)0;
		break;
	}
	return arg;
}

/* Who leaves a group must take nothing of the others along. */
static bool can_register(struct model *m, const struct model_file *f)
{
	const struct model_ctxt *c = model_ctxt_of(m, f);

	return !c || c->members < 2 || !hfi1c_deviates("tid.close");
}

bool model_step_register(struct model *m, const struct model_step *s)
{
	const struct hfi1c_rules *rules = model_rules(HFI1_IOCTL_TID_UPDATE);
	struct hfi1_tid_info in = draw_range(m, s), out;
	struct model_question q = {
		.m = m,
		.f = model_file_at(m, s->actor, s->slot),
		.actor = s->actor,
		.rules = rules,
		.arg = &in,
		.bad_list = s->draw[5] % 16 == 2,
	};
	/* a read-only argument is a result that cannot be delivered */
	enum model_place place = s->draw[5] % 16 == 0 ? MODEL_UNREADABLE :
				 s->draw[5] % 16 == 1 ? MODEL_READ_ONLY :
							MODEL_GOOD;
	const struct hfi1c_check *check;

	if (!q.f || !can_register(m, q.f))
		return false;
	if (q.bad_list)
		in.tidlist = hfi1c_buffer_unmapped(&m->files[0].w);
	memcpy(m->s->call.argument, &in, sizeof(in));
	check = model_predict(&q, place == MODEL_UNREADABLE,
			      place != MODEL_GOOD);
	if (model_leaves_out(check))
		return false;
	model_expect(m, model_command(m, s, rules, place), 0, check);
	memcpy(&out, m->s->call.argument, sizeof(out));
	if (!check)
		expect_registered(m, q.f, s->actor, &in, &out);
	return true;
}

/* --- TID_FREE ------------------------------------------------------------- */

static void drop_from(uint32_t *list, unsigned int *count, uint32_t word,
		      struct model_file *f, bool keep_optional)
{
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!((list[i] ^ word) & WORD_ENTRY)) {
			if (keep_optional)
				f->optional[f->optional_count++] = list[i];
			list[i--] = list[--*count];
		}
}

/* A word that is freed before it was read may be in the list, or not. */
static void give_up(struct model *m, struct model_file *f, uint32_t word)
{
	struct model_ctxt *c = model_ctxt_of(m, f);
	unsigned int i;

	for (i = 0; i < f->tid_count; i++)
		if (!((f->tids[i].word ^ word) & WORD_ENTRY))
			break;
	hfi1c_setup(i < f->tid_count, "the model lost a word");
	c->owner[entry_of(word)] = 0;
	c->owned--;
	f->tids[i] = f->tids[--f->tid_count];
	drop_from(f->pending, &f->pending_count, word, f, true);
	set_used(f);
}

/* Words of this file mostly, some of another one, some of nobody. */
static uint32_t draw_word(struct model *m, const struct model_file *f,
			  uint32_t draw)
{
	const struct model_file *other = &m->files[draw / 64 % MODEL_FILES];

	if (draw % 16 == 0)
		return draw * 2654435761U;
	if (draw % 16 == 1 && other->live && other->tid_count)
		return other->tids[draw / 16 % other->tid_count].word;
	return f->tids[draw / 16 % f->tid_count].word;
}

/* The words are worked off in order; how many before the first bad one. */
static unsigned int work_off(struct model_question *q, uint32_t count,
			     const struct hfi1c_check **check)
{
	const struct hfi1c_list *list = hfi1c_chain_tid.lists[0];
	struct hfi1c_locals_tid_word l;
	const uint32_t *words = q->m->s->call.list;
	unsigned int i;

	for (i = 0; i < count; i++) {
		l.word = q->word = words[i];
		*check = model_predict_list(q, list->checks, list->check_count,
					    &l);
		if (*check)
			break;
		give_up(q->m, q->f, words[i]);
	}
	return i;
}

static void draw_list(struct model *m, const struct model_step *s,
		      const struct model_file *f, struct hfi1_tid_info *arg)
{
	unsigned int i;

	arg->tidcnt =
		f->tid_count ?
			s->draw[0] % (f->tid_count > 6 ? 6 : f->tid_count) + 1 :
			s->draw[0] % 2;
	if (s->draw[1] % 16 == 0)
		arg->tidcnt = f->tid_count + 1;
	else if (s->draw[1] % 16 == 1)
		arg->tidcnt = 0;
	for (i = 0; i < arg->tidcnt && i < MODEL_ENTRIES; i++)
		m->s->call.list[i] =
			f->tid_count ?
				draw_word(m, f,
					  s->draw[2] + i * (s->draw[3] | 1)) :
				s->draw[2];
}

/* Whether a word of the list would be refused in a way that is known. */
static bool leaves_out(struct model_question *q, uint32_t count)
{
	const struct hfi1c_list *list = hfi1c_chain_tid.lists[0];
	struct hfi1c_locals_tid_word l;
	unsigned int i;

	for (i = 0; i < count; i++) {
		l.word = q->word = q->m->s->call.list[i];
		if (model_leaves_out(model_predict_list(q, list->checks,
							list->check_count, &l)))
			return true;
	}
	return false;
}

bool model_step_free(struct model *m, const struct model_step *s)
{
	const struct hfi1c_rules *rules = model_rules(HFI1_IOCTL_TID_FREE);
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct hfi1_tid_info arg = { .tidlist = (uintptr_t)m->s->call.list };
	struct model_question q = {
		.m = m, .f = f, .actor = s->actor, .rules = rules, .arg = &arg
	};
	enum model_place place = s->draw[5] % 12 ? MODEL_GOOD :
						   MODEL_UNREADABLE;
	const struct hfi1c_check *check;
	unsigned int freed;

	if (!f)
		return false;
	draw_list(m, s, f, &arg);
	q.bad_list = s->draw[5] % 12 == 1 && arg.tidcnt;
	if (q.bad_list)
		arg.tidlist = hfi1c_buffer_unmapped(&m->files[0].w);
	memcpy(m->s->call.argument, &arg, sizeof(arg));
	check = model_predict(&q, place == MODEL_UNREADABLE, false);
	if (model_leaves_out(check) || (!check && leaves_out(&q, arg.tidcnt)))
		return false;
	if (!check) {
		freed = work_off(&q, arg.tidcnt, &check);
		model_note(m, "  list: %#x %#x %#x ...", m->s->call.list[0],
			   m->s->call.list[1], m->s->call.list[2]);
		if (check)
			arg.tidcnt = freed;
	}
	model_expect(m, model_command(m, s, rules, place), 0, check);
	if (!check)
		hfi1c_expect_u64(
			((const struct hfi1_tid_info *)m->s->call.argument)
				->tidcnt,
			arg.tidcnt, "entries freed");
	return true;
}

/* --- TID_INVAL_READ ------------------------------------------------------- */

static void expect_list(struct model *m, struct model_file *f,
			unsigned int count)
{
	unsigned int i, j, missing = f->pending_count;

	for (i = 0; i < count; i++) {
		uint32_t word = m->s->call.list[i];

		for (j = 0; j < i; j++)
			hfi1c_expect(((m->s->call.list[j] ^ word) &
				      WORD_ENTRY) ||
					     f->optional_count,
				     "word %#x is listed twice", word);
		for (j = 0; j < f->pending_count; j++)
			if (f->pending[j] == word)
				break;
		if (j < f->pending_count) {
			missing--;
			continue;
		}
		for (j = 0; j < f->optional_count; j++)
			if (f->optional[j] == word)
				break;
		hfi1c_expect(j < f->optional_count,
			     "word %#x is listed, but nothing of it was "
			     "unmapped",
			     word);
	}
	hfi1c_expect(!missing, "%u unmapped entries are not listed", missing);
}

bool model_step_invalid(struct model *m, const struct model_step *s)
{
	const struct hfi1c_rules *rules =
		model_rules(HFI1_IOCTL_TID_INVAL_READ);
	struct model_file *f = model_file_at(m, s->actor, s->slot);
	struct hfi1_tid_info arg = { .tidlist = (uintptr_t)m->s->call.list };
	struct model_question q = {
		.m = m, .f = f, .actor = s->actor, .rules = rules, .arg = &arg
	};
	enum model_place place = s->draw[5] % 12 ? MODEL_GOOD :
						   MODEL_UNREADABLE;
	const struct hfi1c_check *check;

	if (!f)
		return false;
	memcpy(m->s->call.argument, &arg, sizeof(arg));
	check = model_predict(&q, place == MODEL_UNREADABLE, false);
	if (model_leaves_out(check))
		return false;
	model_expect(m, model_command(m, s, rules, place), 0, check);
	if (check)
		return true;
	memcpy(&arg, m->s->call.argument, sizeof(arg));
	expect_list(m, f, arg.tidcnt);
	f->pending_count = 0;
	f->optional_count = 0;
	f->events &= ~HFI1_EVENT_TID_MMU_NOTIFY;
	f->unsure &= ~HFI1_EVENT_TID_MMU_NOTIFY;
	return true;
}

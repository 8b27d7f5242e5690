// SPDX-License-Identifier: BSD-3-Clause
/*
 * Event words: unmapped buffers, and how notices are read and acknowledged.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/regions.h"
#include "../lib/tids.h"
#include "groups.h"

#define WAIT_MS 2000

static struct hfi1c_tids registered, invalid;

static const volatile uint64_t *event_word(const struct hfi1c_context *c,
					   unsigned int members)
{
	return hfi1c_region_map(c, WFR_MMAP_TOKEN_TYPE_EVENTS, PROT_READ,
				members);
}

static bool shows(const volatile uint64_t *word, uint64_t bits)
{
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		if ((*word & bits) == bits)
			return true;
		usleep(1000);
	}
	return false;
}

static long acknowledge(int fd, uint64_t bits)
{
	unsigned long mask = bits;

	return hfi1c_ioctl(fd, HFI1_IOCTL_ACK_EVENT, &mask);
}

static void require_caching(const struct hfi1c_context *c)
{
	if (hfi1c_has_cap(c, HFI1_CAP_TID_UNMAP))
		hfi1c_not_supported("TID_UNMAP: nothing is noticed");
}

/* A context with one registered page. */
struct watched {
	struct hfi1c_context ctxt;
	const volatile uint64_t *word;
	size_t page;
	void *buffer;
};

static void watch(struct watched *x)
{
	hfi1c_open_context(&x->ctxt);
	require_caching(&x->ctxt);
	x->word = event_word(&x->ctxt, 0);
	x->page = hfi1c_page_size();
	x->buffer = hfi1c_pages(1);
	hfi1c_expect_ok(
		hfi1c_tid_update(x->ctxt.fd, x->buffer, x->page, &registered));
}

/* Registers @pages pages and unmaps them again. */
static void invalidate(const struct hfi1c_context *c, unsigned int pages)
{
	size_t size = pages * hfi1c_page_size();
	void *buffer = hfi1c_pages(pages);

	require_caching(c);
	hfi1c_setup(!hfi1c_tid_update(c->fd, buffer, size, &registered),
		    "TID_UPDATE failed");
	munmap(buffer, size);
}

static void unmapping_is_noticed(const struct hfi1c_case *c)
{
	unsigned int pages = *(const unsigned int *)c->data;
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	word = event_word(&ctxt, 0);
	invalidate(&ctxt, pages);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY),
		     "munmap() raises no TID_MMU_NOTIFY: the word is %#llx",
		     (unsigned long long)*word);
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, registered.count, "entries reported");
	hfi1c_expect(!memcmp(invalid.words, registered.words,
			     registered.count * sizeof(uint32_t)) ||
			     registered.count > 1,
		     "the word reported (%#x) is not the one registered (%#x)",
		     invalid.words[0], registered.words[0]);
	hfi1c_expect_u64(*word & HFI1_EVENT_TID_MMU_NOTIFY, 0,
			 "TID_MMU_NOTIFY after TID_INVAL_READ");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, invalid.words, invalid.count),
			 invalid.count, "invalidated entries freed");
	close(ctxt.fd);
}

static void list_is_read_once(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	require_caching(&ctxt);
	word = event_word(&ctxt, 0);
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 0, "entries of an empty list");
	hfi1c_expect(hfi1c_is_poison(invalid.words, sizeof(uint32_t)),
		     "an empty list was written");
	invalidate(&ctxt, 1);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 1, "entries the first time");
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 0, "entries the second time");
	close(ctxt.fd);
}

/* Reported entries count as owned until they are freed. */
static void reported_are_still_owned(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;
	uint32_t twice[2];

	(void)c;
	hfi1c_open_context(&ctxt);
	word = event_word(&ctxt, 0);
	invalidate(&ctxt, 1);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	twice[0] = invalid.words[0];
	twice[1] = invalid.words[0];
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, twice, 2), EINVAL);
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, twice, 1), 1, "freed");
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, twice, 1), EINVAL);
	close(ctxt.fd);
}

static void freed_is_not_reported(const struct hfi1c_case *c)
{
	struct watched x;

	(void)c;
	watch(&x);
	hfi1c_expect_u64(hfi1c_tid_free(x.ctxt.fd, registered.words, 1), 1,
			 "freed");
	munmap(x.buffer, x.page);
	usleep(20000);
	hfi1c_expect_u64(*x.word, 0, "event word");
	hfi1c_expect_ok(hfi1c_tid_invalid(x.ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 0, "entries reported");
	close(x.ctxt.fd);
}

/* Entries that lost their memory but not their owner's interest. */
static void freeing_unread_entries(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = event_word(&ctxt, 0);
	invalidate(&ctxt, 1);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, registered.words, 1), 1,
			 "freed");
	close(ctxt.fd);
}

static void protection_is_no_unmapping(const struct hfi1c_case *c)
{
	struct watched x;

	(void)c;
	watch(&x);
	hfi1c_expect_ok(hfi1c_mprotect(x.buffer, x.page, PROT_READ));
	hfi1c_expect_ok(
		hfi1c_mprotect(x.buffer, x.page, PROT_READ | PROT_WRITE));
	usleep(20000);
	hfi1c_expect_u64(*x.word, 0, "event word after mprotect()");
	hfi1c_expect_u64(hfi1c_tid_free(x.ctxt.fd, registered.words, 1), 1,
			 "freed");
	close(x.ctxt.fd);
}

static void moving_is_noticed(const struct hfi1c_case *c)
{
	void *to = hfi1c_pages(1);
	struct watched x;

	(void)c;
	watch(&x);
	hfi1c_setup(mremap(x.buffer, x.page, x.page,
			   MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
		    "cannot move a page");
	hfi1c_expect(shows(x.word, HFI1_EVENT_TID_MMU_NOTIFY),
		     "mremap() raises no TID_MMU_NOTIFY");
	close(x.ctxt.fd);
}

static void replacing_is_noticed(const struct hfi1c_case *c)
{
	struct watched x;

	(void)c;
	watch(&x);
	hfi1c_setup(mmap(x.buffer, x.page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) == x.buffer,
		    "cannot map over a page");
	hfi1c_expect(shows(x.word, HFI1_EVENT_TID_MMU_NOTIFY),
		     "mmap() over a buffer raises no TID_MMU_NOTIFY");
	close(x.ctxt.fd);
}

static void only_the_owner_is_told(const struct hfi1c_case *c)
{
	const volatile uint64_t *a, *b;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_pair(&one, &two);
	a = event_word(&one, 2);
	b = event_word(&two, 2);
	invalidate(&two, 1);
	hfi1c_expect(shows(b, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_u64(*a, 0, "another member's event word");
	hfi1c_expect_ok(hfi1c_tid_invalid(one.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 0, "entries another member reads");
	hfi1c_expect_ok(hfi1c_tid_invalid(two.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 1, "entries the owner reads");
	close(one.fd);
	close(two.fd);
}

static void acknowledging_clears_own_bits(const struct hfi1c_case *c)
{
	const volatile uint64_t *a, *b;
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_open_pair(&one, &two);
	a = event_word(&one, 2);
	b = event_word(&two, 2);
	invalidate(&one, 1);
	invalidate(&two, 1);
	hfi1c_expect(shows(a, HFI1_EVENT_TID_MMU_NOTIFY) &&
			     shows(b, HFI1_EVENT_TID_MMU_NOTIFY),
		     "no events");
	hfi1c_expect_ok(
		acknowledge(two.fd, ~(uint64_t)HFI1_EVENT_TID_MMU_NOTIFY));
	hfi1c_expect_u64(*b, HFI1_EVENT_TID_MMU_NOTIFY,
			 "the word after other bits were acknowledged");
	hfi1c_expect_ok(acknowledge(two.fd, HFI1_EVENT_TID_MMU_NOTIFY));
	hfi1c_expect_u64(*b, 0, "the acknowledged word");
	hfi1c_expect_u64(*a, HFI1_EVENT_TID_MMU_NOTIFY, "the founder's word");
	hfi1c_expect_ok(acknowledge(one.fd, HFI1_EVENT_TID_MMU_NOTIFY));
	hfi1c_expect_u64(*a, 0, "the founder's word, acknowledged");
	close(one.fd);
	close(two.fd);
}

/* The notice is gone, the list is not. */
static void acknowledging_keeps_the_list(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = event_word(&ctxt, 0);
	invalidate(&ctxt, 1);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_ok(acknowledge(ctxt.fd, HFI1_EVENT_TID_MMU_NOTIFY));
	hfi1c_expect_u64(*word, 0, "the acknowledged word");
	hfi1c_expect_ok(hfi1c_tid_invalid(ctxt.fd, &invalid));
	hfi1c_expect_u64(invalid.count, 1, "entries reported");
	close(ctxt.fd);
}

/*
 * The page is writable for programs, so any bit can be put there: ACK_EVENT
 * must leave alone those that are no events.
 */
static void unknown_bits_are_ignored(const struct hfi1c_case *c)
{
	volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS,
				PROT_READ | PROT_WRITE, 0);
	*word = 1ULL << 40 | 1ULL << (_HFI1_MAX_EVENT_BIT + 1) |
		HFI1_EVENT_LID_CHANGE | HFI1_EVENT_SL2VL_CHANGE;
	hfi1c_expect_ok(acknowledge(ctxt.fd, ~0ULL));
	hfi1c_expect_u64(*word, 1ULL << 40 | 1ULL << (_HFI1_MAX_EVENT_BIT + 1),
			 "the word after all bits were acknowledged");
	hfi1c_expect_ok(acknowledge(ctxt.fd, 0));
	*word = 0;
	close(ctxt.fd);
}

static void bad_pointer_clears_nothing(const struct hfi1c_case *c)
{
	volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_EVENTS,
				PROT_READ | PROT_WRITE, 0);
	*word = HFI1_EVENT_LID_CHANGE;
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_ACK_EVENT, NULL),
			   EFAULT);
	hfi1c_expect_u64(*word, HFI1_EVENT_LID_CHANGE, "the event word");
	*word = 0;
	close(ctxt.fd);
}

/* A list that cannot be written is not lost. */
static void bad_list_pointer(const struct hfi1c_case *c)
{
	struct hfi1_tid_info arg = {
		.tidlist = (uintptr_t)hfi1c_bad_pointer(HFI1C_BAD_UNMAPPED,
							NULL, 4),
	};
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = event_word(&ctxt, 0);
	invalidate(&ctxt, 1);
	hfi1c_expect(shows(word, HFI1_EVENT_TID_MMU_NOTIFY), "no event");
	hfi1c_expect_errno(
		hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_INVAL_READ, &arg), EFAULT);
	/* Whatever became of the list, the entry can be freed. */
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, registered.words, 1), 1,
			 "freed");
	close(ctxt.fd);
}

static void clean_for_the_next(const struct hfi1c_case *c)
{
	volatile uint64_t *word;
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_context one, two;

	(void)c;
	hfi1c_join_context(&one, &info);
	hfi1c_join_context(&two, &info);
	word = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_EVENTS,
				PROT_READ | PROT_WRITE, 2);
	*word = HFI1_EVENT_LID_CHANGE;
	munmap((void *)((uintptr_t)word & ~(hfi1c_page_size() - 1)),
	       hfi1c_page_size());
	close(two.fd);
	hfi1c_join_context(&two, &info);
	hfi1c_expect_u64(two.info.subctxt, 1, "the place");
	hfi1c_expect_u64(*event_word(&two, 2), 0,
			 "event word of the next one on the place");
	close(one.fd);
	close(two.fd);
}

/* What happened to a group is no news for the next one, taken or not. */
static void clean_where_nobody_was(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_context one, two;
	const volatile uint64_t *seen;
	volatile uint64_t *word;
	unsigned int number, i;

	(void)c;
	for (i = 0; i < 8; i++) {
		hfi1c_join_context(&one, &info);
		number = one.info.ctxt;
		word = hfi1c_region_map(&one, WFR_MMAP_TOKEN_TYPE_EVENTS,
					PROT_READ | PROT_WRITE, 2);
		word[1] = HFI1_EVENT_FROZEN; /* of the place behind ours */
		hfi1c_region_unmap(&one, WFR_MMAP_TOKEN_TYPE_EVENTS, word, 2);
		close(one.fd);
		hfi1c_join_context(&one, &info);
		hfi1c_join_context(&two, &info);
		seen = event_word(&two, 2);
		if (one.info.ctxt == number)
			hfi1c_expect_u64(*seen, 0,
					 "event word of a place that nobody "
					 "had taken before");
		hfi1c_region_unmap(&two, WFR_MMAP_TOKEN_TYPE_EVENTS, seen, 2);
		close(two.fd);
		close(one.fd);
	}
}

static const unsigned int one_page = 1, many_pages = 40;

static const struct hfi1c_case cases[] = {
	CASE_DATA(
		"events.unmap.page", "TID_INVAL_READ TID_UPDATE",
		unmapping_is_noticed,
		"unmapping a registered page raises TID_MMU_NOTIFY and is listed",
		&one_page),
	CASE_DATA("events.unmap.many", "TID_INVAL_READ TID_UPDATE",
		  unmapping_is_noticed,
		  "unmapping 40 registered pages lists all their entries",
		  &many_pages),
	CASE("events.unmap.once", "TID_INVAL_READ", list_is_read_once,
	     "the list is handed out once"),
	CASE("events.unmap.owned", "TID_INVAL_READ TID_FREE.more-than-owned",
	     reported_are_still_owned,
	     "reported entries are owned until they are freed"),
	CASE("events.unmap.after-free", "TID_INVAL_READ", freed_is_not_reported,
	     "freed entries are not reported"),
	CASE("events.unmap.free-unread", "TID_FREE", freeing_unread_entries,
	     "invalidated entries can be freed before they are read"),
	CASE("events.unmap.mprotect", "TID_UPDATE", protection_is_no_unmapping,
	     "a change of protection invalidates nothing"),
	CASE("events.unmap.mremap", "TID_UPDATE", moving_is_noticed,
	     "moving a registered page is noticed"),
	CASE("events.unmap.mmap-over", "TID_UPDATE", replacing_is_noticed,
	     "mapping over a registered page is noticed"),
	CASE("events.unmap.owner", "TID_INVAL_READ", only_the_owner_is_told,
	     "only the file that registered the buffer is told"),
	CASE("events.unmap.bad-list", "TID_INVAL_READ.list-fault",
	     bad_list_pointer,
	     "entries can be freed even if the list could not be written"),
	CASE("events.ack.own", "ACK_EVENT", acknowledging_clears_own_bits,
	     "ACK_EVENT clears the given bits of its own word only"),
	CASE("events.ack.keeps-list", "ACK_EVENT TID_INVAL_READ",
	     acknowledging_keeps_the_list,
	     "acknowledging TID_MMU_NOTIFY keeps the list"),
	CASE("events.ack.unknown", "ACK_EVENT", unknown_bits_are_ignored,
	     "ACK_EVENT clears events and no other bit"),
	CASE("events.ack.bad-pointer", "ACK_EVENT.copy-in",
	     bad_pointer_clears_nothing, "a refused ACK_EVENT clears nothing"),
	CASE("events.clean", "file.release mmap.EVENTS", clean_for_the_next,
	     "a place's event word is zero for the next one"),
	CASE_NEEDS("events.clean.untaken", "file.release mmap.EVENTS",
		   clean_where_nobody_was,
		   "so is the word of a place that nobody had taken",
		   HFI1C_EXCLUSIVE),
};

HFI1C_GROUP(events, "events", "Event words, TID_INVAL_READ, ACK_EVENT.", cases);

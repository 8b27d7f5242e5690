// SPDX-License-Identifier: BSD-3-Clause
/*
 * Expected receive: registering, accounting, freeing.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/process.h"
#include "../lib/tids.h"
#include "groups.h"

/* Large, so not on the stack of a case. */
static struct hfi1c_tids one, two;

/* Sums up what the words cover, and checks each on its own. */
static uint32_t check_words(const struct hfi1c_context *c,
			    const struct hfi1c_tids *t)
{
	uint32_t i, ctrl, pages = 0;

	for (i = 0; i < t->count; i++) {
		ctrl = WFR_GET(WFR_TIDINFO_CTRL, t->words[i]);
		hfi1c_expect(ctrl == WFR_TIDINFO_CTRL_EVEN ||
				     ctrl == WFR_TIDINFO_CTRL_ODD,
			     "word %u (%#x) has CTRL %u", i, t->words[i], ctrl);
		hfi1c_expect(WFR_GET(WFR_TIDINFO_IDX, t->words[i]) * 2 <
				     hfi1c_tid_expected(c),
			     "word %u (%#x) is beyond the context's entries", i,
			     t->words[i]);
		pages += WFR_GET(WFR_TIDINFO_LEN, t->words[i]);
	}
	return pages;
}

static bool same_entry(uint32_t a, uint32_t b)
{
	uint32_t mask = WFR_TIDINFO_IDX | WFR_TIDINFO_CTRL;

	return (a & mask) == (b & mask);
}

static void expect_distinct(const struct hfi1c_tids *t)
{
	uint32_t i, j;

	for (i = 0; i < t->count; i++)
		for (j = 0; j < i; j++)
			hfi1c_expect(!same_entry(t->words[i], t->words[j]),
				     "words %u and %u are one entry", j, i);
}

static void registers_a_buffer(const struct hfi1c_case *c)
{
	uint32_t pages = *(const uint32_t *)c->data, size;
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	if (pages > hfi1c_tid_expected(&ctxt))
		pages = hfi1c_tid_expected(&ctxt);
	size = pages * hfi1c_page_size();
	hfi1c_expect_ok(
		hfi1c_tid_update(ctxt.fd, hfi1c_pages(pages), size, &one));
	hfi1c_expect_u64(one.length, size, "length registered");
	hfi1c_expect(one.count > 0 && one.count <= pages,
		     "%u words for %u pages", one.count, pages);
	hfi1c_expect_u64(check_words(&ctxt, &one), pages, "pages covered");
	expect_distinct(&one);
	hfi1c_expect(hfi1c_is_poison(&one.words[one.count],
				     sizeof(one.words[0])),
		     "a word behind the last one was written");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, one.words, one.count),
			 one.count, "entries freed");
	close(ctxt.fd);
}

static void length_is_rounded_up(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	size_t page = hfi1c_page_size();
	void *buffer = hfi1c_pages(2);

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, 1, &one));
	hfi1c_expect_u64(one.length, page, "length for 1 byte");
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, page + 1, &two));
	hfi1c_expect_u64(two.length, 2 * page, "length for a page and a byte");
	close(ctxt.fd);
}

static void repeating_registers_again(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	size_t page = hfi1c_page_size();
	void *buffer = hfi1c_pages(1);

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, page, &one));
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, page, &two));
	hfi1c_expect(!same_entry(one.words[0], two.words[0]),
		     "two registrations have one entry");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, one.words, 1), 1, "freed");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, two.words, 1), 1, "freed");
	close(ctxt.fd);
}

static void input_count_is_ignored(const struct hfi1c_case *c)
{
	struct hfi1_tid_info arg = {
		.vaddr = (uintptr_t)hfi1c_pages(1),
		.tidlist = (uintptr_t)one.words,
		.tidcnt = 0xffffffff,
		.length = hfi1c_page_size(),
	};
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_UPDATE, &arg));
	hfi1c_expect_u64(arg.tidcnt, 1, "tidcnt");
	close(ctxt.fd);
}

static void more_than_owned_is_refused(const struct hfi1c_case *c)
{
	uint32_t words[3] = { 0 };
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 1), EINVAL);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	words[0] = one.words[0];
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 2), EINVAL);
	/* The refusal freed nothing. */
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, words, 1), 1, "freed");
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 1), EINVAL);
	close(ctxt.fd);
}

static void nothing_is_freed_for_free(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, NULL, 0), 0, "freed");
	hfi1c_expect_u64(
		hfi1c_tid_free(ctxt.fd,
			       hfi1c_bad_pointer(HFI1C_BAD_KERNEL, NULL, 4), 0),
		0, "freed");
	close(ctxt.fd);
}

static void twice_is_ebadf(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	uint32_t words[2];

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &two));
	words[0] = one.words[0];
	words[1] = one.words[0];
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 2), EBADF);
	/* The first was freed, so one entry is left. */
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 2), EINVAL);
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, words, 1), EBADF);
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, two.words, 1), 1, "freed");
	close(ctxt.fd);
}

static void first_bad_word_ends(const struct hfi1c_case *c)
{
	uint32_t words[3], i;
	struct hfi1_tid_info arg = { .tidlist = (uintptr_t)words, .tidcnt = 3 };
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 3; i++) {
		hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
						 hfi1c_page_size(), &one));
		words[i] = one.words[0];
	}
	words[1] |= WFR_TIDINFO_CTRL;
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_FREE, &arg),
			   EINVAL);
	hfi1c_expect_u64(arg.tidcnt, 3, "tidcnt after a failure");
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, &words[0], 1), EBADF);
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, &words[2], 1), 1,
			 "the word behind the bad one");
	close(ctxt.fd);
}

static void length_in_word_is_ignored(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	uint32_t word;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	word = one.words[0] ^ WFR_TIDINFO_LEN;
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, &word, 1), 1, "freed");
	close(ctxt.fd);
}

static void other_files_entries_are_foreign(const struct hfi1c_case *c)
{
	struct hfi1c_context a, b;

	(void)c;
	hfi1c_open_pair(&a, &b);
	hfi1c_expect_ok(hfi1c_tid_update(a.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	hfi1c_expect_ok(hfi1c_tid_update(b.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &two));
	hfi1c_expect_errno(hfi1c_tid_free(b.fd, one.words, 1), EBADF);
	hfi1c_expect_u64(hfi1c_tid_free(a.fd, one.words, 1), 1, "freed");
	hfi1c_expect_u64(hfi1c_tid_free(b.fd, two.words, 1), 1, "freed");
	close(a.fd);
	close(b.fd);
}

/* Registers single pages until there is no entry left; how many. */
static uint32_t use_up(int fd, uint32_t *words)
{
	size_t page = hfi1c_page_size();
	void *buffer = hfi1c_pages(1);
	uint32_t n;
	long ret;

	for (n = 0; n < HFI1C_MAX_TIDS; n++) {
		ret = hfi1c_tid_update(fd, buffer, page, &one);
		if (ret == -ENOSPC)
			return n;
		if (ret == -ENOMEM && geteuid())
			hfi1c_skip("the user may not lock enough memory");
		hfi1c_expect_result(ret, 0, "TID_UPDATE");
		words[n] = one.words[0];
	}
	hfi1c_fail("%d entries were given out and there is no end",
		   HFI1C_MAX_TIDS);
}

static void all_entries_can_be_used(const struct hfi1c_case *c)
{
	static uint32_t words[HFI1C_MAX_TIDS];
	struct hfi1c_context ctxt;
	uint32_t n;

	(void)c;
	hfi1c_open_context(&ctxt);
	n = use_up(ctxt.fd, words);
	hfi1c_expect_u64(n, hfi1c_tid_expected(&ctxt), "entries given out");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, words, 1), 1, "freed");
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	hfi1c_expect(same_entry(one.words[0], words[0]),
		     "the only free entry is not the one given out");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, words, n), n, "all freed");
	hfi1c_expect_u64(use_up(ctxt.fd, words), n, "entries a second time");
	close(ctxt.fd);
}

static void partial_registration(const struct hfi1c_case *c)
{
	static uint32_t words[HFI1C_MAX_TIDS];
	size_t page = hfi1c_page_size();
	struct hfi1c_context ctxt;
	char *buffer;
	uint32_t n;

	(void)c;
	hfi1c_open_context(&ctxt);
	n = use_up(ctxt.fd, words);
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, words, 2), 2, "freed");
	/* no power of two, so that two entries do not cover it anywhere */
	buffer = hfi1c_pages(63);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, 63 * page, &two));
	hfi1c_expect(two.length < 63 * page, "two entries cover 63 pages");
	hfi1c_expect(two.count > 0 && two.count <= 2, "%u entries of 2 free",
		     two.count);
	hfi1c_expect_u64(check_words(&ctxt, &two) * page, two.length,
			 "length against the words");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, two.words, two.count),
			 two.count, "freed");
	hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, words + 2, n - 2), n - 2,
			 "the others freed");
	close(ctxt.fd);
}

/* What one member registered outlives the other. */
static void others_keep_theirs(const struct hfi1c_case *c)
{
	struct hfi1c_context a, b;

	(void)c;
	hfi1c_open_pair(&a, &b);
	hfi1c_expect_ok(hfi1c_tid_update(b.fd, hfi1c_pages(3),
					 3 * hfi1c_page_size(), &two));
	hfi1c_expect_ok(hfi1c_tid_update(a.fd, hfi1c_pages(3),
					 3 * hfi1c_page_size(), &one));
	close(a.fd);
	hfi1c_expect_u64(hfi1c_tid_free(b.fd, two.words, two.count), two.count,
			 "entries freed after the other member left");
	close(b.fd);
}

/* More than the 256 MiB that a file may keep pinned, a bit at a time. */
#define PIN_PAGES  512
#define PIN_CYCLES (72000 / PIN_PAGES)

static void pins_are_given_back(const struct hfi1c_case *c)
{
	uint32_t pages = PIN_PAGES, cycles = PIN_CYCLES, i;
	struct hfi1c_context ctxt;
	char *buffer;

	(void)c;
	hfi1c_open_context(&ctxt);
	while (pages > hfi1c_tid_expected(&ctxt)) {
		pages /= 2;
		cycles *= 2;
	}
	buffer = hfi1c_pages(pages);
	for (i = 0; i < cycles; i++) {
		hfi1c_expect_result(hfi1c_tid_update(ctxt.fd, buffer,
						     pages * hfi1c_page_size(),
						     &one),
				    0, "TID_UPDATE, again and again");
		hfi1c_expect_u64(hfi1c_tid_free(ctxt.fd, one.words, one.count),
				 one.count, "freed");
	}
	close(ctxt.fd);
}

static void quota_of_members(const struct hfi1c_case *c)
{
	static uint32_t a_words[HFI1C_MAX_TIDS], b_words[HFI1C_MAX_TIDS];
	struct hfi1_user_info info = hfi1c_group_info(3, 0);
	struct hfi1c_context a, b;
	uint32_t all, a_count, b_count;

	(void)c;
	hfi1c_join_context(&a, &info);
	hfi1c_join_context(&b, &info);
	if (hfi1c_has_cap(&a, HFI1_CAP_TID_UNMAP))
		hfi1c_not_supported("without caching there are no quotas");
	all = hfi1c_tid_expected(&a);
	a_count = use_up(a.fd, a_words);
	b_count = use_up(b.fd, b_words);
	hfi1c_expect_u64(a_count, all / 3 + (all % 3 > 0),
			 "entries of member 0 of 3");
	hfi1c_expect_u64(b_count, all / 3 + (all % 3 > 1),
			 "entries of member 1 of 3");
	hfi1c_expect_u64(hfi1c_tid_free(a.fd, a_words, a_count), a_count,
			 "freed by member 0");
	hfi1c_expect_errno(hfi1c_tid_update(b.fd, hfi1c_pages(1),
					    hfi1c_page_size(), &two),
			   ENOSPC);
	close(a.fd);
	close(b.fd);
}

static void close_frees(const struct hfi1c_case *c)
{
	static uint32_t words[HFI1C_MAX_TIDS];
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_context a, b;
	uint32_t n;

	(void)c;
	hfi1c_join_context(&a, &info);
	hfi1c_join_context(&b, &info);
	n = use_up(b.fd, words);
	close(b.fd);
	hfi1c_join_context(&b, &info);
	hfi1c_expect_u64(use_up(b.fd, words), n,
			 "entries for the next one on that place");
	close(a.fd);
	close(b.fd);
}

/* A file owns entries without a process: its own close frees them. */
static void nothing_stays(const struct hfi1c_case *c)
{
	enum hfi1c_bad_pointer kind = *(const int *)c->data;
	static uint32_t words[HFI1C_MAX_TIDS];
	struct hfi1_tid_info arg = { 0 };
	struct hfi1c_context ctxt;
	void *buffer = hfi1c_pages(16);
	int i;

	hfi1c_open_context(&ctxt);
	for (i = 0; i < 8; i++) {
		arg.vaddr = (uintptr_t)buffer;
		arg.length = 16 * hfi1c_page_size();
		arg.tidlist = (uintptr_t)hfi1c_bad_pointer(kind, NULL, 4);
		hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_UPDATE,
					       &arg),
				   EFAULT);
	}
	hfi1c_expect_u64(use_up(ctxt.fd, words), hfi1c_tid_expected(&ctxt),
			 "entries after refusals");
	close(ctxt.fd);
}

/* The argument itself can be read, but the result cannot be written to it. */
static void nothing_stays_after_copy_out(const struct hfi1c_case *c)
{
	static uint32_t words[HFI1C_MAX_TIDS];
	struct hfi1_tid_info arg = { 0 };
	struct hfi1c_context ctxt;
	struct hfi1c_tids *list = &two;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	arg.vaddr = (uintptr_t)hfi1c_pages(4);
	arg.length = 4 * hfi1c_page_size();
	arg.tidlist = (uintptr_t)list->words;
	for (i = 0; i < 8; i++)
		hfi1c_expect_errno(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_UPDATE,
				    hfi1c_bad_pointer(HFI1C_BAD_READ_ONLY, &arg,
						      sizeof(arg))),
			EFAULT);
	hfi1c_expect_u64(use_up(ctxt.fd, words), hfi1c_tid_expected(&ctxt),
			 "entries after refusals");
	close(ctxt.fd);
}

/* Freed all the same: the entries are gone when the result cannot be written. */
static void free_happens_before_copy_out(const struct hfi1c_case *c)
{
	struct hfi1_tid_info arg = { 0 };
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, hfi1c_pages(1),
					 hfi1c_page_size(), &one));
	arg.tidlist = (uintptr_t)one.words;
	arg.tidcnt = 1;
	hfi1c_expect_errno(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_TID_FREE,
				       hfi1c_bad_pointer(HFI1C_BAD_READ_ONLY,
							 &arg, sizeof(arg))),
			   EFAULT);
	hfi1c_expect_errno(hfi1c_tid_free(ctxt.fd, one.words, 1), EINVAL);
	close(ctxt.fd);
}

static void read_only_buffer_is_refused(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	hfi1c_open_context(&ctxt);
	hfi1c_expect_errno(
		hfi1c_tid_update(ctxt.fd,
				 hfi1c_bad_pointer(*(const int *)c->data, NULL,
						   hfi1c_page_size()),
				 hfi1c_page_size(), &one),
		EFAULT);
	close(ctxt.fd);
}

/* A hole in the buffer: what stands before it may be registered. */
static void hole_ends_registration(const struct hfi1c_case *c)
{
	size_t page = hfi1c_page_size();
	char *buffer = hfi1c_pages(4);
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	munmap(buffer + 2 * page, 2 * page);
	hfi1c_expect_ok(hfi1c_tid_update(ctxt.fd, buffer, 4 * page, &one));
	hfi1c_expect_u64(one.length, 2 * page, "length before the hole");
	hfi1c_expect_u64(check_words(&ctxt, &one), 2, "pages before the hole");
	close(ctxt.fd);
}

static const uint32_t one_page = 1, few = 3, many = 100, big = 512;
static const int unmapped = HFI1C_BAD_UNMAPPED, kernel = HFI1C_BAD_KERNEL,
		 read_only = HFI1C_BAD_READ_ONLY, null = HFI1C_BAD_NULL,
		 prot_none = HFI1C_BAD_PROT_NONE;

#define UPDATE(name_, doc_, pages_)                                            \
	CASE_DATA("tid.update." name_, "TID_UPDATE", registers_a_buffer, doc_, \
		  &pages_)
#define UNDO(name_, kind_)                                                    \
	CASE_DATA("tid.undo.list-" name_, "TID_UPDATE.list-fault",            \
		  nothing_stays,                                              \
		  "nothing stays registered when the list cannot be written", \
		  &kind_)
#define PIN(name_, kind_)                                   \
	CASE_DATA("tid.pin." name_, "TID_UPDATE.pin-fault", \
		  read_only_buffer_is_refused,              \
		  "a buffer that cannot be written is refused", &kind_)

static const struct hfi1c_case cases[] = {
	UPDATE("page", "a page is registered with one entry", one_page),
	UPDATE("pages", "three pages are registered", few),
	UPDATE("many", "100 pages are registered", many),
	UPDATE("big", "2 MiB, or all a context can have, are registered", big),
	CASE("tid.update.rounded", "TID_UPDATE.ensures.whole-pages",
	     length_is_rounded_up, "lengths are rounded up to whole pages"),
	CASE("tid.update.again", "TID_UPDATE", repeating_registers_again,
	     "registering again takes other entries"),
	CASE("tid.update.count-ignored", "TID_UPDATE", input_count_is_ignored,
	     "tidcnt is not read"),
	CASE("tid.update.hole", "TID_UPDATE", hole_ends_registration,
	     "the part before a hole is registered"),
	CASE("tid.update.partial", "TID_UPDATE", partial_registration,
	     "with few entries left a part is registered"),
	PIN("read-only", read_only),
	PIN("prot-none", prot_none),
	PIN("unmapped", unmapped),
	PIN("null", null),
	CASE("tid.free.more-than-owned", "TID_FREE.more-than-owned",
	     more_than_owned_is_refused,
	     "nobody frees more entries than the file has"),
	CASE("tid.free.nothing", "TID_FREE", nothing_is_freed_for_free,
	     "freeing nothing succeeds and looks at no list"),
	CASE("tid.free.twice", "tid_word.not-owned", twice_is_ebadf,
	     "a freed entry cannot be freed again"),
	CASE("tid.free.first-bad-word",
	     "TID_FREE tid_word.bad-ctrl quirk.tid-free-partial",
	     first_bad_word_ends,
	     "words before a bad one are freed, those behind it are not"),
	CASE("tid.free.length-ignored", "TID_FREE", length_in_word_is_ignored,
	     "LEN in a word is ignored"),
	CASE("tid.free.foreign", "tid_word.not-owned",
	     other_files_entries_are_foreign,
	     "a member cannot free another member's entries"),
	CASE("tid.free.copy-out", "TID_FREE.copy-out",
	     free_happens_before_copy_out,
	     "entries are freed even if the result cannot be written"),
	CASE("tid.all", "TID_UPDATE.quota", all_entries_can_be_used,
	     "every expected entry can be used, freed and used again"),
	CASE("tid.quota", "TID_UPDATE.quota", quota_of_members,
	     "each member of a group has its share of entries"),
	CASE("tid.close-others", "file.release", others_keep_theirs,
	     "a member that leaves takes its own entries only"),
	CASE("tid.pins", "TID_FREE TID_UPDATE.pin-limit", pins_are_given_back,
	     "freed pages do not count against the limit of pinned memory"),
	CASE("tid.close", "file.release", close_frees,
	     "closing a file frees its entries"),
	UNDO("unmapped", unmapped),
	UNDO("read-only", read_only),
	UNDO("kernel", kernel),
	CASE("tid.undo.result", "TID_UPDATE.copy-out",
	     nothing_stays_after_copy_out,
	     "nothing stays registered when the result cannot be written"),
};

HFI1C_GROUP(tid, "tid", "Expected receive: registering and freeing.", cases);

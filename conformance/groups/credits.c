// SPDX-License-Identifier: BSD-3-Clause
/*
 * Sending by PIO: what packets cost, and how the cost comes back.
 */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <wfr_regs.h>
#include <wfr_words.h>

#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/wire.h"
#include "groups.h"

#define WAIT_MS 2000

static void word_at_start(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				0);
	hfi1c_expect_u64(*word & (WFR_CREDIT_COUNTER | WFR_CREDIT_STATUS), 0,
			 "counter and status of a new context");
	close(ctxt.fd);
}

static void update_forces_a_return(const struct hfi1c_case *c)
{
	const volatile uint64_t *word;
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	word = hfi1c_region_map(&ctxt, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				0);
	for (i = 0; i < 100; i++)
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	for (i = 0; i < WAIT_MS && !(*word & WFR_CREDIT_DUE_TO_FORCE); i++)
		usleep(1000);
	hfi1c_expect(*word & WFR_CREDIT_DUE_TO_FORCE,
		     "no forced credit return: the word is %#llx",
		     (unsigned long long)*word);
	hfi1c_expect_u64(*word & (WFR_CREDIT_COUNTER | WFR_CREDIT_STATUS), 0,
			 "counter and status without a packet");
	close(ctxt.fd);
}

/* CREDIT_UPD takes no argument, so no pointer can be bad. */
static void update_reads_nothing(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, (void *)1));
	close(ctxt.fd);
}

static void start(struct hfi1c_context *ctxt, struct hfi1c_wire *w)
{
	hfi1c_open_context(ctxt);
	hfi1c_wire_open(w, ctxt, 0);
	hfi1c_wire_allow(w);
}

static void packets_are_counted(const struct hfi1c_case *c)
{
	static const size_t lengths[] = { 0, 4, 60, 64, 68, 256, 1024 };
	static const unsigned char data[1024];
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i;

	(void)c;
	start(&ctxt, &w);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		p = hfi1c_packet_to(&w, &ctxt);
		p.payload = data;
		p.length = lengths[i];
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
			     "%zu bytes do not arrive", lengths[i]);
		hfi1c_expect_ok(
			hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
		hfi1c_expect(hfi1c_credits_become(&w, w.fill, WAIT_MS),
			     "after %zu bytes %u blocks are used, but the "
			     "word is %#llx",
			     lengths[i], w.fill, (unsigned long long)*w.credit);
	}
	close(ctxt.fd);
}

static void packet_asks_for_credits(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	p.credit_return = true;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_credits_become(&w, 1, WAIT_MS),
		     "the PBC's request brought no credits");
	close(ctxt.fd);
}

/* Most of the window without a request: the threshold must be met. */
static void threshold_returns_credits(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	for (i = 0; i < ctxt.info.credits - 1u; i++)
		hfi1c_send(&w, &p);
	for (i = 0; i < WAIT_MS; i++) {
		if (*w.credit & WFR_CREDIT_COUNTER)
			break;
		usleep(1000);
	}
	hfi1c_expect(*w.credit & WFR_CREDIT_COUNTER,
		     "%u of %u blocks are used and no credit came back",
		     ctxt.info.credits - 1, ctxt.info.credits);
	close(ctxt.fd);
}

/* The counter has 11 bits; the window wraps at the number of credits. */
static void counter_wraps(const struct hfi1c_case *c)
{
	static const unsigned char data[128];
	struct hfi1c_context ctxt;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&ctxt, &w);
	p = hfi1c_packet_to(&w, &ctxt);
	p.payload = data;
	p.length = sizeof(data);
	p.credit_return = true;
	while (w.fill < 2 * 2048) {
		hfi1c_send(&w, &p);
		hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
			     "no packet after %u blocks", w.fill);
		hfi1c_release(&w);
		hfi1c_expect(hfi1c_credits_become(&w, w.fill % 2048, WAIT_MS),
			     "%u blocks are used, but the word is %#llx",
			     w.fill, (unsigned long long)*w.credit);
	}
	close(ctxt.fd);
}

/* One packet in every block of the window. */
static void go_round(struct hfi1c_wire *w, const struct hfi1c_context *ctxt)
{
	struct hfi1c_packet p = hfi1c_packet_to(w, ctxt);
	struct hfi1c_arrival a;
	unsigned int i;

	p.credit_return = true;
	for (i = 0; i < ctxt->info.credits; i++) {
		hfi1c_send(w, &p);
		hfi1c_expect(hfi1c_arrives(w, &a, WAIT_MS),
			     "no packet from block %u", i);
		hfi1c_release(w);
	}
	hfi1c_expect(!hfi1c_arrives(w, &a, 0), "a packet arrives twice");
}

/* What is stored into one window is in no other, whichever lies first. */
static void windows_are_apart(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt[2];
	struct hfi1c_wire w[2];
	struct hfi1c_arrival a;
	unsigned int i;

	(void)c;
	for (i = 0; i < 2; i++)
		start(&ctxt[i], &w[i]);
	for (i = 0; i < 2; i++) {
		go_round(&w[i], &ctxt[i]);
		hfi1c_expect(!hfi1c_arrives(&w[!i], &a, 0),
			     "a packet arrives at the other context");
		hfi1c_expect(hfi1c_credits_become(&w[!i], w[!i].fill % 2048,
						  WAIT_MS),
			     "the other context's word is %#llx",
			     (unsigned long long)*w[!i].credit);
	}
	for (i = 0; i < 2; i++)
		close(ctxt[i].fd);
}

static void words_are_own(const struct hfi1c_case *c)
{
	const volatile uint64_t *other;
	struct hfi1c_context one, two;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	start(&one, &w);
	hfi1c_open_context(&two);
	other = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				 0);
	p = hfi1c_packet_to(&w, &one);
	p.credit_return = true;
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_credits_become(&w, 1, WAIT_MS), "no credits");
	hfi1c_expect_u64(*other & WFR_CREDIT_COUNTER, 0,
			 "credits of a context that sent nothing");
	close(one.fd);
	close(two.fd);
}

static void members_share_the_word(const struct hfi1c_case *c)
{
	const volatile uint64_t *other;
	struct hfi1c_context one, two;
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;

	(void)c;
	hfi1c_open_pair(&one, &two);
	hfi1c_wire_open(&w, &one, 2);
	hfi1c_wire_allow(&w);
	other = hfi1c_region_map(&two, WFR_MMAP_TOKEN_TYPE_PIO_CRED, PROT_READ,
				 2);
	p = hfi1c_packet_to(&w, &one);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS), "nothing arrives");
	hfi1c_expect_ok(hfi1c_ioctl(two.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	hfi1c_expect(hfi1c_credits_become(&w, 1, WAIT_MS),
		     "another member's CREDIT_UPD brought no credits");
	hfi1c_expect_u64(*other & WFR_CREDIT_COUNTER, 1,
			 "the word as another member sees it");
	close(one.fd);
	close(two.fd);
}

static void *update_often(void *data)
{
	int fd = *(int *)data, i;

	for (i = 0; i < 200; i++)
		hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	return NULL;
}

static void updates_side_by_side(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	pthread_t threads[4];
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, update_often, &ctxt.fd);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	close(ctxt.fd);
}

static const struct hfi1c_case cases[] = {
	CASE("credits.start", "mmap.PIO_CRED", word_at_start,
	     "a new context's credit word shows counter 0 and no halt"),
	CASE("credits.update", "CREDIT_UPD", update_forces_a_return,
	     "CREDIT_UPD has the chip write the credit word, any number of times"),
	CASE("credits.no-argument", "CREDIT_UPD", update_reads_nothing,
	     "CREDIT_UPD looks at no argument"),
	CASE("credits.counted", "CREDIT_UPD", packets_are_counted,
	     "after CREDIT_UPD the counter shows every block sent"),
	CASE("credits.requested", "mmap.PIO_CRED", packet_asks_for_credits,
	     "a packet can ask for its credits"),
	CASE("credits.threshold", "mmap.PIO_CRED", threshold_returns_credits,
	     "credits come back unasked when most are used"),
	CASE("credits.wrap", "mmap.PIO_CRED mmap.PIO_BUFS", counter_wraps,
	     "the counter wraps at 2048, the window at its credits"),
	CASE("credits.apart", "mmap.PIO_BUFS mmap.PIO_BUFS_SOP",
	     windows_are_apart, "no block belongs to two contexts"),
	CASE("credits.own", "mmap.PIO_CRED", words_are_own,
	     "each context has a credit word of its own"),
	CASE("credits.shared", "CREDIT_UPD mmap.PIO_CRED",
	     members_share_the_word,
	     "members of a group share one credit word"),
	CASE("credits.side-by-side", "CREDIT_UPD", updates_side_by_side,
	     "CREDIT_UPD may be called from many threads at once"),
};

HFI1C_GROUP(credits, "credits", "Sending by PIO and its credits.", cases);

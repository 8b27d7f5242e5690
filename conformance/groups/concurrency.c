// SPDX-License-Identifier: BSD-3-Clause
/*
 * Calls that meet: close() against everything, members and threads against
 * one another.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <wfr_words.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/regions.h"
#include "../lib/sdma.h"
#include "../lib/tids.h"
#include "groups.h"

#define ROUNDS	20
#define WAIT_MS 5000

/* --- close() against a call of another thread ------------------------------ */

struct racer {
	struct hfi1c_context ctxt;
	struct hfi1c_sdma_request request;
	void *memory;
	int go;
	int stop;
};

static bool goes_on(const struct racer *r)
{
	return !__atomic_load_n(&r->stop, __ATOMIC_RELAXED);
}

/*
 * Before the close a call succeeds.  Afterwards it meets /dev/null, which has
 * taken the descriptor's place so that nobody else gets the number.
 */
static void expect_either(long result, long success, const char *what)
{
	if (result != success && result != -ENOTTY && result != -ENODEV)
		hfi1c_expect_result(result, -EBADF, what);
}

static void race_ioctl(struct racer *r)
{
	struct hfi1_ctxt_info info;
	unsigned long bits = ~0UL;
	int fd = r->ctxt.fd;

	expect_either(hfi1c_ioctl(fd, HFI1_IOCTL_CTXT_INFO, &info), 0,
		      "CTXT_INFO against close()");
	expect_either(hfi1c_ioctl(fd, HFI1_IOCTL_ACK_EVENT, &bits), 0,
		      "ACK_EVENT against close()");
	expect_either(hfi1c_ioctl(fd, HFI1_IOCTL_CREDIT_UPD, NULL), 0,
		      "CREDIT_UPD against close()");
}

static void race_tids(struct racer *r)
{
	static __thread struct hfi1c_tids t;
	long result;

	result = hfi1c_tid_update(r->ctxt.fd, r->memory, hfi1c_page_size(), &t);
	expect_either(result, 0, "TID_UPDATE against close()");
	if (!result)
		expect_either(hfi1c_tid_free(r->ctxt.fd, t.words, t.count),
			      t.count, "TID_FREE against close()");
}

static void race_writev(struct racer *r)
{
	long result = hfi1c_sdma_submit(r->ctxt.fd, &r->request, 1);

	/* the slot's last request may not have ended yet; /dev/null takes all */
	if (result != -EBADSLT && result != sizeof(r->request.header))
		expect_either(result, 1, "writev() against close()");
}

static void race_poll(struct racer *r)
{
	long events = hfi1c_poll(r->ctxt.fd, POLLIN, 2);

	hfi1c_expect(events >= 0, "poll() against close(): %s",
		     strerror(-events));
}

static void race_mmap(struct racer *r)
{
	const struct hfi1c_region *region =
		hfi1c_region(WFR_MMAP_TOKEN_TYPE_RCV_HDRQ);
	size_t length = hfi1c_region_length(&r->ctxt, region, 0);
	void *at = NULL;
	long result;

	result = hfi1c_mmap(
		r->ctxt.fd,
		hfi1c_token_offset(hfi1c_region_token(&r->ctxt, region)),
		length, PROT_READ, MAP_SHARED, &at);
	expect_either(result, 0, "mmap() against close()");
	if (!result)
		hfi1c_expect_ok(hfi1c_munmap(at, length));
}

static void race_assign(struct racer *r)
{
	struct hfi1_user_info info = hfi1c_user_info();
	long result = hfi1c_assign(r->ctxt.fd, &info);

	if (result != -EINVAL) /* it has its context already */
		expect_either(result, 0, "ASSIGN_CTXT against close()");
}

struct against {
	void (*call)(struct racer *r);
	bool fresh; /* the file has no context before */
};

struct race {
	struct racer *r;
	const struct against *against;
};

static void *call_on(void *data)
{
	struct race *race = data;

	__atomic_store_n(&race->r->go, 1, __ATOMIC_RELEASE);
	while (goes_on(race->r))
		race->against->call(race->r);
	return NULL;
}

static void prepare(struct racer *r, const struct against *a)
{
	struct hfi1c_wire w = { .c = &r->ctxt, .lid = 0 };
	struct hfi1c_packet p;

	r->go = 0;
	r->stop = 0;
	if (a->fresh) {
		r->ctxt.fd = hfi1c_open_device();
		return;
	}
	hfi1c_open_context(&r->ctxt);
	if (a->call == race_writev)
		hfi1c_require_cap(&r->ctxt, HFI1_CAP_SDMA, "SDMA");
	w.lid = hfi1c_port_number("lid");
	p = hfi1c_packet_to(&w, &r->ctxt);
	hfi1c_sdma_eager(&r->request, &p, 64, 0);
}

/* Nothing stalls or is refused for another reason, and all comes back. */
static void close_against(const struct hfi1c_case *c)
{
	struct racer r = { .memory = hfi1c_pages(1) };
	struct race race = { &r, c->data };
	int i, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pthread_t thread;

	for (i = 0; i < ROUNDS; i++) {
		prepare(&r, race.against);
		pthread_create(&thread, NULL, call_on, &race);
		while (!__atomic_load_n(&r.go, __ATOMIC_ACQUIRE))
			sched_yield();
		usleep(hfi1c_random() % 2000);
		hfi1c_setup(dup2(null, r.ctxt.fd) == r.ctxt.fd, "dup2: %s",
			    strerror(errno));
		usleep(hfi1c_random() % 500);
		__atomic_store_n(&r.stop, 1, __ATOMIC_RELEASE);
		pthread_join(thread, NULL);
		close(r.ctxt.fd);
	}
	close(null);
}

/* --- members against one another ------------------------------------------- */

#define MEMBERS 4

struct member {
	struct hfi1c_context ctxt;
	struct hfi1c_tids tids;
	unsigned char *owner; /* of each entry of the context */
	unsigned int number;
	long result;
};

static unsigned int entry_of(uint32_t word)
{
	return WFR_GET(WFR_TIDINFO_IDX, word) * 2 +
	       WFR_GET(WFR_TIDINFO_CTRL, word) - 1;
}

/* Takes entries that nobody else has, and gives them back, many times. */
static void *register_and_free(void *data)
{
	struct member *m = data;
	char *memory = hfi1c_pages(7);
	unsigned int round, i;
	unsigned char before;

	for (round = 0; round < 200; round++) {
		hfi1c_expect_ok(hfi1c_tid_update(
			m->ctxt.fd, memory, 7 * hfi1c_page_size(), &m->tids));
		for (i = 0; i < m->tids.count; i++) {
			before = __atomic_exchange_n(
				&m->owner[entry_of(m->tids.words[i])],
				m->number, __ATOMIC_ACQ_REL);
			hfi1c_expect(!before, "members %u and %u own one entry",
				     before, m->number);
		}
		for (i = 0; i < m->tids.count; i++)
			__atomic_store_n(&m->owner[entry_of(m->tids.words[i])],
					 0, __ATOMIC_RELEASE);
		hfi1c_expect_u64(hfi1c_tid_free(m->ctxt.fd, m->tids.words,
						m->tids.count),
				 m->tids.count, "freed");
	}
	return NULL;
}

static void join_members(struct member *members)
{
	struct hfi1_user_info info = hfi1c_group_info(MEMBERS, 0);
	static unsigned char owner[HFI1C_MAX_TIDS];
	unsigned int i;

	for (i = 0; i < MEMBERS; i++) {
		hfi1c_join_context(&members[i].ctxt, &info);
		members[i].owner = owner;
		members[i].number = i + 1;
	}
}

static void run_members(struct member *members, void *(*body)(void *))
{
	pthread_t threads[MEMBERS];
	unsigned int i;

	for (i = 0; i < MEMBERS; i++)
		pthread_create(&threads[i], NULL, body, &members[i]);
	for (i = 0; i < MEMBERS; i++)
		pthread_join(threads[i], NULL);
}

static void close_members(struct member *members)
{
	unsigned int i;

	for (i = 0; i < MEMBERS; i++)
		close(members[i].ctxt.fd);
}

static void members_register(const struct hfi1c_case *c)
{
	static struct member members[MEMBERS];

	(void)c;
	join_members(members);
	run_members(members, register_and_free);
	close_members(members);
}

static void *reset_it(void *data)
{
	struct member *m = data;

	m->result = hfi1c_ioctl(m->ctxt.fd, HFI1_IOCTL_CTXT_RESET, NULL);
	return NULL;
}

/*
 * Who comes late finds a sound context: it waits in vain, or succeeds when it
 * has seen the halt as well.
 */
static void members_reset(const struct hfi1c_case *c)
{
	static struct member members[MEMBERS];
	struct hfi1c_arrival a;
	struct hfi1c_packet p;
	struct hfi1c_wire w;
	unsigned int i, succeeded = 0;

	(void)c;
	join_members(members);
	hfi1c_wire_open(&w, &members[0].ctxt, MEMBERS);
	hfi1c_wire_allow(&w);
	p = hfi1c_packet_to(&w, &members[0].ctxt);
	p.opcode = 0x04; /* not a user's */
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_halts(&w, WAIT_MS), "the context does not halt");
	run_members(members, reset_it);
	for (i = 0; i < MEMBERS; i++) {
		if (members[i].result)
			hfi1c_expect_errno(members[i].result, ENOLCK);
		else
			succeeded++;
	}
	hfi1c_expect(succeeded, "nobody's CTXT_RESET succeeds");
	w.block = 0;
	w.fill = 0;
	p = hfi1c_packet_to(&w, &members[0].ctxt);
	hfi1c_send(&w, &p);
	hfi1c_expect(hfi1c_arrives(&w, &a, WAIT_MS),
		     "the context does not work after the resets");
	close_members(members);
}

/* Each unmap must be seen, whatever is acknowledged meanwhile. */
static void *unmap_and_acknowledge(void *data)
{
	struct member *m = data;
	unsigned long bits = HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN;
	struct hfi1c_tids *t = &m->tids;
	unsigned int round;
	uint32_t word;
	void *memory;

	for (round = 0; round < 100; round++) {
		memory = hfi1c_pages(1);
		hfi1c_expect_ok(hfi1c_tid_update(m->ctxt.fd, memory,
						 hfi1c_page_size(), t));
		word = t->words[0];
		munmap(memory, hfi1c_page_size());
		hfi1c_expect_ok(
			hfi1c_ioctl(m->ctxt.fd, HFI1_IOCTL_ACK_EVENT, &bits));
		hfi1c_expect_ok(hfi1c_tid_invalid(m->ctxt.fd, t));
		hfi1c_expect(t->count == 1 && t->words[0] == word,
			     "%u words are listed after one unmap", t->count);
		hfi1c_expect_u64(hfi1c_tid_free(m->ctxt.fd, &word, 1), 1,
				 "freed");
	}
	return NULL;
}

static void members_unmap(const struct hfi1c_case *c)
{
	static struct member members[MEMBERS];

	(void)c;
	join_members(members);
	if (hfi1c_has_cap(&members[0].ctxt, HFI1_CAP_TID_UNMAP))
		hfi1c_not_supported("the driver was loaded with TID_UNMAP");
	run_members(members, unmap_and_acknowledge);
	close_members(members);
}

/* --- threads that submit --------------------------------------------------- */

#define WRITERS	 4
#define REQUESTS 50

struct writer {
	const struct hfi1c_context *ctxt;
	struct hfi1_sdma_comp_entry *ring;
	struct hfi1c_packet packet;
	unsigned int slot;
};

static void *submit_many(void *data)
{
	struct hfi1c_sdma_request r;
	struct writer *w = data;
	uint32_t words[16];
	unsigned int i;

	w->packet.payload = words;
	w->packet.length = sizeof(words);
	for (i = 0; i < REQUESTS; i++) {
		memset(words, w->slot, sizeof(words));
		words[0] = i;
		hfi1c_sdma_eager(&r, &w->packet, sizeof(words), w->slot);
		hfi1c_expect_result(hfi1c_sdma_submit(w->ctxt->fd, &r, 1), 1,
				    "writev() beside other threads");
		hfi1c_expect(hfi1c_sdma_ends(w->ring, w->slot, WAIT_MS),
			     "slot %u stays QUEUED", w->slot);
		hfi1c_expect_u64(w->ring[w->slot].status, COMPLETE,
				 "status of slot %u", w->slot);
	}
	return NULL;
}

/* Every request of every thread arrives, once and in its thread's order. */
static void collect(struct hfi1c_wire *w)
{
	unsigned int next[WRITERS] = { 0 }, i, thread;
	struct hfi1c_arrival a;
	uint32_t words[2];

	for (i = 0; i < WRITERS * REQUESTS; i++) {
		hfi1c_expect(hfi1c_arrives(w, &a, WAIT_MS),
			     "%u packets are missing", WRITERS * REQUESTS - i);
		hfi1c_expect(a.payload && a.length == 64,
			     "a packet of %zu "
			     "bytes arrives",
			     a.length);
		memcpy(words, a.payload, sizeof(words));
		thread = words[1] & 0xff;
		hfi1c_expect(thread < WRITERS && words[0] == next[thread],
			     "packet %u of thread %u is out of order", words[0],
			     thread);
		next[thread]++;
		hfi1c_release(w);
	}
}

static void threads_submit(const struct hfi1c_case *c)
{
	struct hfi1_sdma_comp_entry *ring;
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];
	struct hfi1c_context ctxt;
	struct hfi1c_wire w;
	unsigned int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	ring = hfi1c_sdma_ring(&ctxt, 0);
	hfi1c_wire_open(&w, &ctxt, 0);
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ &ctxt, ring,
					      hfi1c_packet_to(&w, &ctxt), i };
		pthread_create(&threads[i], NULL, submit_many, &writers[i]);
	}
	collect(&w);
	for (i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	close(ctxt.fd);
}

#define CLOSE(name_, clause_, call_, fresh_)                            \
	CASE_DATA("concurrency.close." name_, clause_ " file.release",  \
		  close_against, name_ " may meet close() at any time", \
		  (&(const struct against){ call_, fresh_ }))

static const struct hfi1c_case cases[] = {
	CLOSE("ioctl", "CTXT_INFO ACK_EVENT CREDIT_UPD", race_ioctl, false),
	CLOSE("tids", "TID_UPDATE TID_FREE", race_tids, false),
	CLOSE("writev", "write_info.slot-busy", race_writev, false),
	CLOSE("poll", "poll.anyrcv-ready", race_poll, false),
	CLOSE("mmap", "mmap.RCV_HDRQ", race_mmap, false),
	CLOSE("assign", "ASSIGN_CTXT", race_assign, true),
	CASE("concurrency.members.tids", "TID_UPDATE TID_FREE",
	     members_register,
	     "members that register at once never share an entry"),
	CASE("concurrency.members.unmap", "TID_INVAL_READ ACK_EVENT",
	     members_unmap, "every member hears of its own unmapped buffers"),
	CASE("concurrency.members.reset", "CTXT_RESET", members_reset,
	     "members may reset their context at once"),
	CASE("concurrency.writers", "mmap.SDMA_COMP", threads_submit,
	     "threads of one file may submit at once"),
};

HFI1C_GROUP(concurrency, "concurrency",
	    "Calls that meet one another, and close().", cases);

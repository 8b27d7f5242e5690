// SPDX-License-Identifier: BSD-3-Clause
/* The transport, sending to itself. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "../tool/perf.h"
#include "rig.h"
#include "wfr_regs.h"

static struct hfi1t t;

static void start(void)
{
	ck_assert_int_eq(hfi1t_open(&t, "/dev/hfi1_0"), 0);
}

static void finish(void)
{
	hfi1t_close(&t);
}

static unsigned char *pages(size_t count)
{
	void *p = mmap(NULL, count * WFR_PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	return p;
}

static struct hfi1t_packet packet(uint32_t number)
{
	return (struct hfi1t_packet){
		.to = hfi1t_address(&t),
		.psn = number,
		.words = { number, ~number },
	};
}

/* Send by PIO, however long credits take. */
static void send(const struct hfi1t_packet *p)
{
	int ret;

	while ((ret = hfi1t_pio_send(&t, p)) == -EAGAIN)
		;
	ck_assert_int_eq(ret, 0);
}

static void drain_sdma(void)
{
	int ret;

	while ((ret = hfi1t_sdma_progress(&t)) > 0)
		;
	ck_assert_int_eq(ret, 0);
}

START_TEST(pio_carries_every_length)
{
	const size_t lengths[] = {
		0, 1, 3, 4, 63, 64, 65, 100, 4095, t.pio_max
	};
	unsigned char data[16384];
	struct hfi1t_packet p = packet(7);
	struct hfi1t_arrival a;

	p.payload = data;
	p.length = lengths[_i];
	ck_assert_uint_le(p.length, sizeof(data));
	perf_fill(data, p.length, _i);
	send(&p);
	rig_receive(&t, &a);
	ck_assert_uint_eq(a.length, (p.length + 3) / 4 * 4);
	ck_assert(!p.length == !a.payload);
	if (p.length)
		ck_assert_mem_eq(a.payload, data, p.length);
	ck_assert_uint_eq(a.opcode, HFI1T_OPCODE);
	ck_assert_uint_eq(a.psn, 7);
	ck_assert_uint_eq(a.words[0], 7);
	ck_assert_uint_eq(a.words[1], ~7u);
	ck_assert(!a.expected);
}
END_TEST

START_TEST(pio_refuses_too_much)
{
	struct hfi1t_packet p = packet(0);

	p.length = t.pio_max + 1;
	p.payload = &p;
	ck_assert_int_eq(hfi1t_pio_send(&t, &p), -EMSGSIZE);
}
END_TEST

/* Round the send buffers, the header queue and the sequence, several times. */
START_TEST(pio_goes_round)
{
	unsigned int count = 3 * t.info.rcvhdrq_cnt, i;
	struct hfi1t_arrival a;
	struct hfi1t_packet p;
	uint64_t word;

	for (i = 0; i < count; i++) {
		p = packet(i);
		word = i * 3;
		p.payload = &word;
		p.length = i % 2 ? sizeof(word) : 0;
		send(&p);
		rig_receive(&t, &a);
		ck_assert_uint_eq(a.psn, i);
		ck_assert_uint_eq(a.length, p.length);
		if (p.length)
			ck_assert_mem_eq(a.payload, &word, sizeof(word));
	}
}
END_TEST

/* As many as the receiver holds may be under way, none of them is lost. */
START_TEST(the_room_is_there)
{
	struct hfi1t_arrival a;
	struct hfi1t_packet p;
	unsigned int i;

	for (i = 0; i < t.room_packets; i++) {
		p = packet(i);
		send(&p);
	}
	for (i = 0; i < t.room_packets; i++) {
		rig_receive(&t, &a);
		ck_assert_uint_eq(a.psn, i);
	}
}
END_TEST

START_TEST(eager_buffers_go_round)
{
	size_t length = 20 * t.mtu + 37, at;
	unsigned int count = 2 * t.room_bytes / length + 2, i;
	unsigned char *data = pages(length / WFR_PAGE_SIZE + 1);
	struct hfi1t_arrival a;
	struct hfi1t_packet p;

	for (i = 0; i < count; i++) {
		p = packet(i);
		p.payload = data;
		p.length = length;
		perf_fill(data, length, i);
		ck_assert_int_eq(hfi1t_sdma_send(&t, &p, 1), 1);
		for (at = 0; at < length; at += a.length) {
			rig_receive(&t, &a);
			ck_assert_uint_eq(a.words[0], i);
			ck_assert_uint_eq(a.words[HFI1T_WORD_SENT], at);
			if (a.length > length - at)
				a.length = length - at;
			ck_assert(perf_matches(a.payload, a.length, i, at));
		}
		drain_sdma();
	}
}
END_TEST

/* More requests than the completion ring has slots. */
START_TEST(sdma_batches_go_round)
{
	unsigned int count = 3 * t.info.sdma_ring_size, sent = 0, got = 0, i;
	struct hfi1t_packet p[HFI1T_BATCH + 1];
	struct hfi1t_arrival a;
	int ret;

	while (got < count) {
		for (i = 0; i < HFI1T_BATCH + 1; i++)
			p[i] = packet(sent + i);
		ret = hfi1t_sdma_send(&t, p, HFI1T_BATCH + 1);
		ck_assert(ret == -EAGAIN || (ret > 0 && ret <= HFI1T_BATCH));
		sent += ret > 0 ? ret : 0;
		for (; got < sent && sent - got > HFI1T_BATCH; got++) {
			rig_receive(&t, &a);
			ck_assert_uint_eq(a.words[0], got);
		}
	}
	drain_sdma();
	ck_assert_uint_eq(t.completed, sent);
}
END_TEST

/* So many packets that the sequence of the flow goes round. */
START_TEST(expected_data_is_placed)
{
	size_t length = 1024 * 1024;
	unsigned char *sink = pages(length / WFR_PAGE_SIZE);
	unsigned char *source = pages(length / WFR_PAGE_SIZE);
	unsigned int entries = 0, rounds = 20, i;
	struct hfi1t_arrival a;
	struct hfi1t_tids tids;
	struct hfi1t_packet p;
	uint64_t packets = 0;

	ck_assert_int_eq(hfi1t_register(&t, sink, length, &tids), 0);
	ck_assert_uint_ge(tids.length, length);
	hfi1t_flow_start(&t, 3, 5);
	for (i = 0; i < rounds; i++) {
		p = packet(i);
		p.flow = 3;
		p.psn = hfi1t_flow_psn(5, packets);
		p.payload = source;
		p.length = length;
		perf_fill(source, length, i);
		ck_assert_int_eq(hfi1t_sdma_expected(&t, &p, &tids), 1);
		packets += hfi1t_expected_packets(&t, &tids, length);
		do {
			rig_receive(&t, &a);
			ck_assert(a.expected);
			ck_assert_uint_eq(a.words[0], i);
			entries++;
		} while (a.words[HFI1T_WORD_SENT] + a.length < length);
		ck_assert(perf_matches(sink, length, i, 0));
		drain_sdma();
	}
	ck_assert_uint_gt(packets, 2048);
	if (t.info.runtime_flags & HFI1_CAP_HDRSUPP)
		ck_assert_uint_eq(entries, rounds);
	ck_assert_int_eq(hfi1t_unregister(&t, &tids), 0);
}
END_TEST

START_TEST(expected_wants_a_fitting_buffer)
{
	unsigned char *data = pages(1);
	struct hfi1t_packet p = packet(0);
	struct hfi1t_tids tids;

	ck_assert_int_eq(hfi1t_register(&t, data + 1, WFR_PAGE_SIZE, &tids),
			 -EINVAL);
	ck_assert_int_eq(hfi1t_register(&t, data, WFR_PAGE_SIZE, &tids), 0);
	p.payload = data;
	p.length = WFR_PAGE_SIZE + 4;
	ck_assert_int_eq(hfi1t_sdma_expected(&t, &p, &tids), -EINVAL);
	p.length = 0;
	ck_assert_int_eq(hfi1t_sdma_expected(&t, &p, &tids), -EINVAL);
	ck_assert_int_eq(hfi1t_unregister(&t, &tids), 0);
}
END_TEST

/* More than one call of TID_UPDATE takes. */
START_TEST(a_long_buffer_is_registered)
{
	size_t count = t.info.rcvtids + 1;
	unsigned char *data = pages(count);
	struct hfi1t_tids tids;

	ck_assert_int_eq(hfi1t_register(&t, data, count * WFR_PAGE_SIZE, &tids),
			 0);
	ck_assert_uint_ge(tids.length, count * WFR_PAGE_SIZE);
	ck_assert_int_eq(hfi1t_unregister(&t, &tids), 0);
}
END_TEST

START_TEST(waiting_ends_with_a_packet)
{
	struct hfi1t_packet p = packet(1);
	struct hfi1t_arrival a;

	ck_assert_int_eq(hfi1t_wait(&t, 10), 0);
	send(&p);
	ck_assert_int_eq(hfi1t_wait(&t, 10000), 1);
	ck_assert_int_eq(hfi1t_receive(&t, &a), 1);
	ck_assert_int_eq(hfi1t_wait(&t, 10), 0);
}
END_TEST

START_TEST(another_unit_is_reached)
{
	struct hfi1t_packet p = packet(9);
	struct hfi1t_arrival a;
	struct hfi1t other;

	ck_assert_int_eq(hfi1t_open(&other, "/dev/hfi1_1"), 0);
	p.to = hfi1t_address(&other);
	ck_assert_uint_ne(p.to.lid, hfi1t_address(&t).lid);
	p.payload = "over there";
	p.length = sizeof("over there");
	send(&p);
	rig_receive(&other, &a);
	ck_assert_str_eq(a.payload, "over there");
	ck_assert_int_eq(hfi1t_receive(&t, &a), 0);
	hfi1t_close(&other);
}
END_TEST

TCase *transport_case(void)
{
	TCase *c = tcase_create("transport");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, start, finish);
	tcase_add_loop_test(c, pio_carries_every_length, 0, 10);
	tcase_add_test(c, pio_refuses_too_much);
	tcase_add_test(c, pio_goes_round);
	tcase_add_test(c, the_room_is_there);
	tcase_add_test(c, eager_buffers_go_round);
	tcase_add_test(c, sdma_batches_go_round);
	tcase_add_test(c, expected_data_is_placed);
	tcase_add_test(c, expected_wants_a_fitting_buffer);
	tcase_add_test(c, a_long_buffer_is_registered);
	tcase_add_test(c, waiting_ends_with_a_packet);
	tcase_add_test(c, another_unit_is_reached);
	return c;
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * Data path: PIO, receive, poll, SDMA; and what refuses a request.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "user.h"

static struct rig rig;
static struct user u;
static u8 data[65536];

static void set_up(void)
{
	size_t i;

	rig_start(&rig, NULL);
	user_start(&u, &rig);
	for (i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + i / 256;
}

static void tear_down(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

START_TEST(test_pio)
{
	struct hfi1_pkt_header hdr;
	u64 rhf;
	int i;

	ck_assert_int_eq(user_set_pkey(&u), 0);
	for (i = 0; i < 40; i++) {
		rig_header(u.file, &hdr, 256);
		user_pio(&u, &hdr, data + i, 256);
		rhf = user_receive(&u);
		ck_assert_uint_ne(rhf, 0);
		ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
		ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf),
				  WFR_RHF_TYPE_EAGER);
		ck_assert_mem_eq(user_payload(&u, rhf), data + i, 256);
	}
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_CREDIT_UPD, NULL), 0);
	ck_assert(rig_wait((*u.credit & WFR_CREDIT_COUNTER) == 40 * 5));
}
END_TEST

/* Without a partition key KDETH packets halt the context. */
START_TEST(test_pio_without_pkey)
{
	struct hfi1_pkt_header hdr;

	rig_header(u.file, &hdr, 0);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert(rig_wait(*u.credit & WFR_CREDIT_STATUS));
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_CTXT_RESET, NULL), 0);
	ck_assert(rig_wait(!(*u.credit & WFR_CREDIT_STATUS)));
	ck_assert_uint_eq(*u.credit & WFR_CREDIT_COUNTER, 0);
	user_restart(&u);
	ck_assert_int_eq(user_set_pkey(&u), 0);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert_uint_ne(user_receive(&u), 0);
}
END_TEST

static void consume(void)
{
	/* free the entries that were read, as a process does */
	__atomic_store_n(&u.uregs[ur_rcvhdrhead],
			 u.entry * u.ctxt.rcvhdrq_entsize / 4,
			 __ATOMIC_RELEASE);
}

START_TEST(test_poll_any)
{
	struct hfi1_pkt_header hdr;

	ck_assert_int_eq(user_set_pkey(&u), 0);
	ck_assert_uint_eq(hosted_poll(u.file, NULL), 0);
	rig_header(u.file, &hdr, 0);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert(
		rig_wait(hosted_poll(u.file, NULL) == (EPOLLIN | EPOLLRDNORM)));
	ck_assert_uint_ne(user_receive(&u), 0);
	consume();
	ck_assert(rig_wait(!hosted_poll(u.file, NULL)));
}
END_TEST

START_TEST(test_poll_urgent)
{
	struct hfi1_pkt_header hdr;
	int type = 0x10000 | HFI1_POLL_TYPE_URGENT;

	ck_assert_int_eq(user_set_pkey(&u), 0);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_POLL_TYPE, &type), 0);
	rig_header(u.file, &hdr, 0);
	ck_assert_uint_eq(hosted_poll(u.file, NULL), 0);
	/* an ordinary packet is no news */
	user_pio(&u, &hdr, NULL, 0);
	ck_assert_uint_ne(user_receive(&u), 0);
	usleep(5000);
	ck_assert_uint_eq(hosted_poll(u.file, NULL), 0);
	hdr.kdeth.ver_tid_offset |= cpu_to_le32(WFR_KDETH0_INTR);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert(
		rig_wait(hosted_poll(u.file, NULL) == (EPOLLIN | EPOLLRDNORM)));
	/* which the report has consumed */
	ck_assert_uint_eq(hosted_poll(u.file, NULL), 0);
	type = 2;
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_POLL_TYPE, &type), 0);
	ck_assert_uint_eq(hosted_poll(u.file, NULL), EPOLLERR);
}
END_TEST

struct shape {
	unsigned int npkts, fragsize;
	size_t len, skew;
};

static const struct shape shapes[] = {
	{ 1, 64, 0, 0 },	  { 1, 64, 1, 0 },
	{ 1, 64, 3, 5 },	  { 1, 2048, 2048, 0 },
	{ 4, 2048, 8192, 1 },	  { 4, 4096, 4 * 4096 - 3, 4000 },
	{ 100, 64, 6400, 17 },	  { 7, 8192, 7 * 8192 - 1, 123 },
	{ 600, 64, 38400, 4095 }, { 2, 4096, 4097, 0 },
};

START_TEST(test_sdma_eager)
{
	const struct shape *s = &shapes[_i];
	struct user_req req;
	size_t sent = 0;
	unsigned int i;

	user_req(&u, &req, 5, s->npkts, s->fragsize, s->len);
	req.hdr.kdeth.swdata[6] = cpu_to_le32(1000);
	ck_assert_int_eq(user_writev(&u, &req, data + s->skew, s->len), 1);
	for (i = 0; i < s->npkts; i++) {
		size_t len = s->len - sent < s->fragsize ? s->len - sent :
							   s->fragsize;
		size_t hdr_at = (size_t)u.entry * 128;
		u64 rhf = user_receive(&u);
		const volatile u32 *hdr =
			(const volatile u32 *)(u.hdrq + hdr_at) +
			WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf);

		ck_assert_uint_ne(rhf, 0);
		ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
		ck_assert_uint_eq(WFR_GET(WFR_RHF_PKT_LEN, rhf),
				  15 + (len + 3) / 4);
		ck_assert_mem_eq(user_payload(&u, rhf), data + s->skew + sent,
				 len);
		/* sequence number, and the request for an acknowledgment */
		ck_assert_uint_eq(be32_to_cpu(hdr[4]) & 0x7fffffff, i);
		ck_assert_int_eq(be32_to_cpu(hdr[4]) >> 31,
				 i && i == s->npkts - 1);
		ck_assert_uint_eq(hdr[13], 1000 + sent);
		sent += len;
	}
	ck_assert_uint_eq(user_completion(&u, 5), COMPLETE);
}
END_TEST

/* The slot of a request is free as soon as its end can be seen. */
START_TEST(test_sdma_slots)
{
	struct user_req req;
	int i;

	for (i = 0; i < 1000; i++) {
		user_req(&u, &req, i % 3, 1, 64, 64);
		ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
		ck_assert_uint_eq(user_completion(&u, i % 3), COMPLETE);
	}
}
END_TEST

START_TEST(test_sdma_expected)
{
	u8 *mem = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	u32 tids[16];
	struct hfi1_tid_info info = {
		.vaddr = (unsigned long)mem,
		.tidlist = (unsigned long)tids,
		.length = 15 * 4096,
	};
	struct user_req req;
	struct iovec iov[3] = {
		{ &req, sizeof(req) },
		{ data + 3, 15 * 4096 },
		{ tids, 0 },
	};
	u32 kdeth;
	int i;

	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_UPDATE, &info), 0);
	iov[2].iov_len = info.tidcnt * 4;
	/* flow 0 takes these packets in order */
	u.uregs[ur_rcvtidflowtable] = WFR_TID_FLOW_FLOW_VALID;
	user_req(&u, &req, 0, 15, 4096, 15 * 4096);
	req.info.ctrl = WFR_PREP(WFR_SDMA_REQ_CTRL_OPCODE, EXPECTED) |
			WFR_PREP(WFR_SDMA_REQ_CTRL_IOVCNT, 3);
	kdeth = WFR_PREP(WFR_KDETH0_KVER, WFR_KDETH_KVER) |
		WFR_PREP(WFR_KDETH0_TID, WFR_GET(WFR_TIDINFO_IDX, tids[0])) |
		WFR_PREP(WFR_KDETH0_TIDCTRL,
			 WFR_GET(WFR_TIDINFO_CTRL, tids[0]));
	req.hdr.kdeth.ver_tid_offset = cpu_to_le32(kdeth);
	ck_assert_int_eq(hosted_writev(u.file, iov, 3), 1);
	ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
	for (i = 0; i < 15; i++) {
		u64 rhf = user_receive(&u);

		ck_assert_uint_eq(WFR_GET(WFR_RHF_TYPE, rhf),
				  WFR_RHF_TYPE_EXPECTED);
		ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
	}
	ck_assert_mem_eq(mem, data + 3, 15 * 4096);

	/* a header that names another TID, or ends outside of its buffer */
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TID, 99);
	req.hdr.kdeth.ver_tid_offset = cpu_to_le32(kdeth);
	ck_assert_int_eq(hosted_writev(u.file, iov, 3), -EINVAL);
	ck_assert_uint_eq(u.comps[0].status, ERROR);
	ck_assert_uint_eq(u.comps[0].errcode, EINVAL);
	/* more packets than the list has room for */
	kdeth = WFR_SET(kdeth, WFR_KDETH0_TID,
			WFR_GET(WFR_TIDINFO_IDX, tids[0]));
	req.hdr.kdeth.ver_tid_offset = cpu_to_le32(kdeth);
	iov[2].iov_len = 4;
	ck_assert_int_eq(hosted_writev(u.file, iov, 3), -EFAULT);
	ck_assert_uint_eq(u.comps[0].status, ERROR);
	info = (struct hfi1_tid_info){ .tidlist = (unsigned long)tids,
				       .tidcnt = info.tidcnt };
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_FREE, &info), 0);
	munmap(mem, 16 * 4096);
}
END_TEST

struct bad {
	const char *what;
	void (*spoil)(struct user_req *req, struct iovec *iov);
	int error;
	bool claims; /* the slot reports it */
};

static void bad_short(struct user_req *req, struct iovec *iov)
{
	iov[0].iov_len = 71;
}

static void bad_header(struct user_req *req, struct iovec *iov)
{
	iov[0].iov_base = NULL;
}

static void bad_slot(struct user_req *req, struct iovec *iov)
{
	req->info.comp_idx = 128;
}

static void bad_no_vector(struct user_req *req, struct iovec *iov)
{
	req->info.ctrl &= ~WFR_SDMA_REQ_CTRL_IOVCNT;
}

static void bad_vectors(struct user_req *req, struct iovec *iov)
{
	req->info.ctrl = WFR_SET(req->info.ctrl, WFR_SDMA_REQ_CTRL_IOVCNT, 3);
}

static void bad_fragsize(struct user_req *req, struct iovec *iov)
{
	req->info.fragsize = 0;
}

static void bad_npkts(struct user_req *req, struct iovec *iov)
{
	req->info.npkts = 0;
}

static void bad_expected(struct user_req *req, struct iovec *iov)
{
	req->info.ctrl &= ~WFR_SDMA_REQ_CTRL_OPCODE;
}

static void bad_opcode(struct user_req *req, struct iovec *iov)
{
	req->hdr.bth[0] = cpu_to_be32(0x83000000);
}

static void bad_vl(struct user_req *req, struct iovec *iov)
{
	req->hdr.pbc[0] |= cpu_to_le16(1 << 12);
}

static void bad_grh(struct user_req *req, struct iovec *iov)
{
	req->hdr.lrh[0] |= cpu_to_be16(3);
}

static void bad_small(struct user_req *req, struct iovec *iov)
{
	req->hdr.lrh[2] = cpu_to_be16(14);
}

static void bad_empty(struct user_req *req, struct iovec *iov)
{
	iov[1].iov_len = 0;
}

static void bad_odd_fragsize(struct user_req *req, struct iovec *iov)
{
	req->info.fragsize = 100;
}

static void bad_long(struct user_req *req, struct iovec *iov)
{
	req->hdr.lrh[2] = cpu_to_be16(15 + 17);
}

static void bad_beyond(struct user_req *req, struct iovec *iov)
{
	req->info.fragsize = 4096;
	req->hdr.lrh[2] = cpu_to_be16(15 + 17);
}

static void bad_data(struct user_req *req, struct iovec *iov)
{
	iov[1].iov_base = (void *)4096;
}

static void bad_more_packets(struct user_req *req, struct iovec *iov)
{
	req->info.npkts = 3;
}

static const struct bad bads[] = {
	{ "short header", bad_short, -EINVAL, false },
	{ "header unreadable", bad_header, -EFAULT, false },
	{ "no such slot", bad_slot, -EINVAL, false },
	{ "no vectors", bad_no_vector, -EINVAL, false },
	{ "too many vectors", bad_vectors, -EINVAL, false },
	{ "fragment of 0", bad_fragsize, -EINVAL, false },
	{ "no packets", bad_npkts, -EINVAL, true },
	{ "expected without list", bad_expected, -EINVAL, true },
	{ "opcode", bad_opcode, -EINVAL, true },
	{ "lane", bad_vl, -EINVAL, true },
	{ "GRH", bad_grh, -EINVAL, true },
	{ "length below headers", bad_small, -EINVAL, true },
	{ "empty vector", bad_empty, -EINVAL, true },
	{ "fragment not of 64", bad_odd_fragsize, -EINVAL, true },
	{ "length beyond fragment", bad_long, -EINVAL, true },
	{ "length beyond data", bad_beyond, -EINVAL, true },
	{ "data unreadable", bad_data, -EFAULT, true },
	{ "data exhausted", bad_more_packets, -EFAULT, true },
};

/* A bad request never costs a slot, and the next one works. */
START_TEST(test_sdma_refused)
{
	const struct bad *b = &bads[_i];
	struct user_req req;
	struct iovec iov[2] = { { &req, sizeof(req) }, { data, 64 } };
	unsigned int want;
	int round;

	for (round = 0; round < 3; round++) {
		iov[0] = (struct iovec){ &req, sizeof(req) };
		iov[1] = (struct iovec){ data, 64 };
		user_req(&u, &req, 9, 1, 64, 64);
		b->spoil(&req, iov);
		ck_assert_int_eq(hosted_writev(u.file, iov, 2), b->error);
		/* packets that left before the mistake was met finish first */
		want = b->claims ? ERROR : FREE;
		ck_assert(rig_wait(READ_ONCE(u.comps[9].status) == want));
		if (b->claims)
			ck_assert_uint_eq(u.comps[9].errcode, -b->error);
	}
	user_req(&u, &req, 9, 1, 64, 64);
	ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
	ck_assert_uint_eq(user_completion(&u, 9), COMPLETE);
}
END_TEST

/* Requests before a bad one count, and the caller learns how many. */
START_TEST(test_sdma_partial)
{
	struct user_req req[3];
	struct iovec iov[6];
	int i;

	for (i = 0; i < 3; i++) {
		user_req(&u, &req[i], i, 1, 64, 64);
		iov[2 * i] = (struct iovec){ &req[i], sizeof(req[i]) };
		iov[2 * i + 1] = (struct iovec){ data, 64 };
	}
	req[2].info.npkts = 0;
	ck_assert_int_eq(hosted_writev(u.file, iov, 6), 2);
	ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
	ck_assert_uint_eq(user_completion(&u, 1), COMPLETE);
	ck_assert_uint_eq(u.comps[2].status, ERROR);
	ck_assert_int_eq(hosted_write(u.file, &req[0], sizeof(req[0])),
			 -EINVAL);
}
END_TEST

/* Requests that do not end hold their slots; the rest of the ring works. */
START_TEST(test_sdma_held)
{
	struct user_req req;
	unsigned int i;

	wfr_fault_delay(rig.wfr, 50000000);
	for (i = 0; i < u.ctxt.sdma_ring_size; i++) {
		user_req(&u, &req, i, 1, 64, 64);
		ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
		if (!i)
			ck_assert_int_eq(user_writev(&u, &req, data, 64),
					 -EBADSLT);
	}
	ck_assert_int_eq(user_writev(&u, &req, data, 64), -ENOSPC);
	ck_assert_uint_eq(u.comps[i - 1].status, QUEUED);
	wfr_fault_delay(rig.wfr, 0);
	for (i = 0; i < u.ctxt.sdma_ring_size; i++)
		ck_assert_uint_eq(user_completion(&u, i), COMPLETE);
}
END_TEST

/* A link that goes down ends requests with "aborted" and refuses others. */
START_TEST(test_sdma_link_down)
{
	struct user_req req;

	wfr_fault_delay(rig.wfr, 200000000);
	user_req(&u, &req, 1, 4, 64, 256);
	ck_assert_int_eq(user_writev(&u, &req, data, 256), 1);
	ck_assert_int_eq(hfi1u_port_set_state(rig.dd, HFI1U_PORT_DOWN), 0);
	ck_assert_uint_eq(user_completion(&u, 1), ERROR);
	ck_assert_int_eq((int)u.comps[1].errcode, -2);
	ck_assert_int_eq(user_writev(&u, &req, data, 256), -ECOMM);
	ck_assert_uint_eq(u.comps[1].errcode, ECOMM);
	ck_assert_uint_eq(*u.event, HFI1_EVENT_FROZEN | HFI1_EVENT_LINKDOWN);
	wfr_fault_delay(rig.wfr, 0);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_CTXT_RESET, NULL), 0);
	ck_assert_int_eq(hfi1u_port_set_state(rig.dd, HFI1U_PORT_ACTIVE), 0);
	user_restart(&u);
	ck_assert(rig_wait(user_writev(&u, &req, data, 256) == 1));
	ck_assert_uint_eq(user_completion(&u, 1), COMPLETE);
	ck_assert_uint_ne(user_receive(&u), 0);
}
END_TEST

/* An engine that halts on an error comes back by itself. */
START_TEST(test_sdma_engine_error)
{
	struct user_req req;
	unsigned int e;

	for (e = 0; e < 4; e++)
		ck_assert_int_eq(
			wfr_fault_sdma(rig.wfr, e,
				       WFR_SEND_DMA_ENG_ERR_STATUS_TIMEOUT),
			0);
	user_req(&u, &req, 1, 1, 64, 64);
	ck_assert(rig_wait(user_writev(&u, &req, data, 64) == 1 &&
			   user_completion(&u, 1) == COMPLETE));
}
END_TEST

static void *writer(void *arg)
{
	unsigned int slot = (unsigned long)arg;
	struct user_req req;
	int i;

	for (i = 0; i < 200; i++) {
		user_req(&u, &req, slot, 8, 64, 512);
		ck_assert_int_eq(user_writev(&u, &req, data, 512), 1);
		ck_assert_uint_eq(user_completion(&u, slot), COMPLETE);
	}
	return NULL;
}

START_TEST(test_sdma_threads)
{
	pthread_t threads[4];
	long i;

	for (i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, writer,
						(void *)i),
				 0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

/* close() waits for requests that are still in the engine. */
START_TEST(test_sdma_close)
{
	struct user_req req;
	struct file *file = rig_open_assigned(&rig);
	struct iovec iov[2] = { { &req, sizeof(req) }, { data, 256 } };

	wfr_fault_delay(rig.wfr, 20000000);
	user_req(&u, &req, 0, 4, 64, 256);
	ck_assert_int_eq(hosted_writev(file, iov, 2), 1);
	fput(file);
	wfr_fault_delay(rig.wfr, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-data");
	TCase *tc = tcase_create("data");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_pio);
	tcase_add_test(tc, test_pio_without_pkey);
	tcase_add_test(tc, test_poll_any);
	tcase_add_test(tc, test_poll_urgent);
	tcase_add_loop_test(tc, test_sdma_eager, 0, ARRAY_SIZE(shapes));
	tcase_add_test(tc, test_sdma_slots);
	tcase_add_test(tc, test_sdma_expected);
	tcase_add_loop_test(tc, test_sdma_refused, 0, ARRAY_SIZE(bads));
	tcase_add_test(tc, test_sdma_partial);
	tcase_add_test(tc, test_sdma_held);
	tcase_add_test(tc, test_sdma_link_down);
	tcase_add_test(tc, test_sdma_engine_error);
	tcase_add_test(tc, test_sdma_threads);
	tcase_add_test(tc, test_sdma_close);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}

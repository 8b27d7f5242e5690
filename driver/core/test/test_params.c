// SPDX-License-Identifier: BSD-3-Clause
/*
 * Configurations: capabilities that are off by default, odd sizes, small and
 * old chips.
 */
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "user.h"

#define USER(cap) ((u64)(cap) << 24)
#define BOTH(cap) ((u64)(cap) | USER(cap))

static struct rig rig;
static struct rig_opts opts;
static struct user u;
static u8 data[8192];

static void set_up(void)
{
	rig_opts_default(&opts);
}

static void run(void)
{
	rig_start(&rig, &opts);
	user_start(&u, &rig);
	ck_assert_int_eq(user_set_pkey(&u), 0);
}

static void stop(void)
{
	user_stop(&u);
	rig_stop(&rig);
}

static u64 exchange(size_t len)
{
	struct hfi1_pkt_header hdr;
	u64 rhf;

	rig_header(u.file, &hdr, len);
	user_pio(&u, &hdr, data, len);
	rhf = user_receive(&u);
	ck_assert_uint_ne(rhf, 0);
	ck_assert_uint_eq(rhf & WFR_RHF_ERRORS, 0);
	return rhf;
}

START_TEST(test_dma_rtail)
{
	struct vm_area_struct *vma;
	volatile u64 *tail;
	int off = 0, on = 1;

	opts.params.cap_mask |= BOTH(HFI1_CAP_DMA_RTAIL);
	run();
	ck_assert(u.ctxt.runtime_flags & HFI1_CAP_DMA_RTAIL);
	tail = rig_map(u.file, u.base.rcvhdrtail_base, 4096, PROT_READ, &vma);
	ck_assert_ptr_nonnull((void *)tail);
	exchange(64);
	ck_assert(rig_wait(*tail == 32));
	ck_assert_uint_ne(hosted_poll(u.file, NULL), 0);
	/* disabled, the tail goes elsewhere; enabled, it comes back */
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_RECV_CTRL, &off), 0);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_RECV_CTRL, &on), 0);
	ck_assert_uint_eq(*tail, 0);
	u.entry = 0;
	u.seq = 1;
	exchange(64);
	ck_assert(rig_wait(*tail == 32));
	munmap((void *)tail, 4096);
	hosted_munmap(vma);
	stop();
}
END_TEST

START_TEST(test_tid_unmap)
{
	struct hfi1_tid_info info = { .length = 2 * 4096 };
	u32 tids[4];
	u8 *mem = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	opts.params.cap_mask |= USER(HFI1_CAP_TID_UNMAP);
	run();
	ck_assert(u.ctxt.runtime_flags & HFI1_CAP_TID_UNMAP);
	info.vaddr = (unsigned long)mem;
	info.tidlist = (unsigned long)tids;
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_INVAL_READ, &info),
			 -EINVAL);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_UPDATE, &info), 0);
	/* nobody listens, the pages stay */
	hosted_mm_unmap(hosted_mm_self(), info.vaddr, info.vaddr + 8192);
	ck_assert_uint_eq(*u.event, 0);
	ck_assert_int_eq(rig_ioctl(u.file, HFI1_IOCTL_TID_FREE, &info), 0);
	munmap(mem, 8192);
	stop();
}
END_TEST

START_TEST(test_one_packet_eager)
{
	u64 a, b;

	opts.params.cap_mask &= ~BOTH(HFI1_CAP_MULTI_PKT_EGR);
	run();
	ck_assert_uint_eq(u.ctxt.rcvegr_size, 16384);
	ck_assert_uint_eq(u.ctxt.egrtids % 8, 0);
	a = exchange(64);
	b = exchange(64);
	ck_assert_uint_ne(WFR_GET(WFR_RHF_EGR_INDEX, a),
			  WFR_GET(WFR_RHF_EGR_INDEX, b));
	stop();
}
END_TEST

START_TEST(test_sdma_off)
{
	opts.params.cap_mask &= ~(u64)HFI1_CAP_SDMA;
	rig_start(&rig, &opts);
	user_start(&u, &rig);
	ck_assert_int_eq(hosted_write(u.file, data, 100), -EINVAL);
	stop();
}
END_TEST

START_TEST(test_static_rate_off)
{
	struct user_req req;
	struct hfi1_pkt_header hdr;

	opts.params.cap_mask &= ~USER(HFI1_CAP_STATIC_RATE_CTRL);
	run();
	/* SDMA: the count is dropped */
	user_req(&u, &req, 0, 1, 64, 64);
	req.hdr.pbc[2] = cpu_to_le16(100);
	ck_assert_int_eq(user_writev(&u, &req, data, 64), 1);
	ck_assert_uint_eq(user_completion(&u, 0), COMPLETE);
	ck_assert_uint_ne(user_receive(&u), 0);
	/* PIO: the packet is refused */
	rig_header(u.file, &hdr, 0);
	hdr.pbc[2] = cpu_to_le16(100);
	user_pio(&u, &hdr, NULL, 0);
	ck_assert(rig_wait(*u.credit & WFR_CREDIT_STATUS));
	stop();
}
END_TEST

START_TEST(test_sizes)
{
	opts.params.rcvhdrcnt = 100;
	opts.params.hdrq_entsize = 16;
	opts.params.eager_buffer_size = 256 * 1024;
	opts.params.sdma_comp_size = 3;
	opts.params.max_mtu = 4096;
	run();
	ck_assert_uint_eq(u.ctxt.rcvhdrq_cnt, 96);
	ck_assert_uint_eq(u.ctxt.rcvhdrq_entsize, 64);
	ck_assert_uint_eq(u.ctxt.egrtids, 8);
	ck_assert_uint_eq(u.ctxt.rcvegr_size, 32768);
	ck_assert_uint_eq(u.ctxt.sdma_ring_size, 3);
	exchange(1024);
	stop();
}
END_TEST

START_TEST(test_mtu)
{
	static const unsigned int asked[] = { 0, 3000, 4096, 9000, 65536 };
	static const unsigned int got[] = { 2048, 2048, 4096, 8192, 10240 };

	opts.params.max_mtu = asked[_i];
	run();
	ck_assert_uint_eq(hfi1u_max_mtu(rig.dd), got[_i]);
	exchange(1024);
	stop();
}
END_TEST

START_TEST(test_small_chip)
{
	opts.wfr.rcv_contexts = 8;
	opts.wfr.send_contexts = 22;
	opts.wfr.sdma_engines = 1;
	opts.wfr.rcv_array_cnt = 1024;
	opts.wfr.pio_mem_size = 64 * 1024;
	opts.params.num_user_contexts = 100;
	run();
	/* 160 receive contexts less 3, but 20 send contexts before users */
	ck_assert_uint_eq(hfi1u_nctxts(rig.dd), 2);
	ck_assert_uint_ge(u.ctxt.rcvtids, u.ctxt.egrtids + 8);
	exchange(64);
	stop();
}
END_TEST

/* For a machine that only routes: it starts, and serves no program. */
START_TEST(test_no_users)
{
	struct file *file;

	opts.params.num_user_contexts = 0;
	rig_start(&rig, &opts);
	ck_assert_uint_eq(hfi1u_nctxts(rig.dd), 0);
	file = rig_open(&rig);
	ck_assert_int_eq(rig_assign(file, 0, 0), -EBUSY);
	fput(file);
	rig_stop(&rig);
}
END_TEST

START_TEST(test_a_user_per_cpu)
{
	opts.params.num_user_contexts = -1;
	rig_start(&rig, &opts);
	ck_assert_uint_eq(hfi1u_nctxts(rig.dd), num_online_cpus());
	rig_stop(&rig);
}
END_TEST

/* Every context has a part of the RcvArray of its own. */
START_TEST(test_all_contexts)
{
	struct file *files[16];
	unsigned int total = 0, i;

	opts.params.num_user_contexts = 16;
	opts.params.krcvqs = 1;
	rig_start(&rig, &opts);
	ck_assert_uint_eq(hfi1u_nctxts(rig.dd), 16);
	for (i = 0; i < 16; i++) {
		struct hfi1_ctxt_info info;

		files[i] = rig_open_assigned(&rig);
		info = rig_ctxt_info(files[i]);
		ck_assert_uint_eq(info.ctxt, 2 + i);
		ck_assert_uint_eq(info.send_ctxt, 159 - 18 - i);
		total += info.rcvtids;
	}
	ck_assert_uint_le(total, 8192);
	for (i = 0; i < 16; i++)
		fput(files[i]);
	rig_stop(&rig);
}
END_TEST

START_TEST(test_ring_of_nothing)
{
	struct hfi1u_host host = { 0 };
	struct hfi1u_dev *dd;

	rig_start(&rig, &opts);
	host.dev = &rig.dev;
	host.bar = rig.bar;
	host.num_vectors = 1;
	opts.params.sdma_comp_size = 0;
	dd = hfi1u_dev_create(&host, &opts.params);
	ck_assert_int_eq(PTR_ERR(dd), -EINVAL);
	rig_stop(&rig);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("core-params");
	TCase *tc = tcase_create("params");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_dma_rtail);
	tcase_add_test(tc, test_tid_unmap);
	tcase_add_test(tc, test_one_packet_eager);
	tcase_add_test(tc, test_sdma_off);
	tcase_add_test(tc, test_static_rate_off);
	tcase_add_test(tc, test_sizes);
	tcase_add_loop_test(tc, test_mtu, 0, 5);
	tcase_add_test(tc, test_small_chip);
	tcase_add_test(tc, test_all_contexts);
	tcase_add_test(tc, test_no_users);
	tcase_add_test(tc, test_a_user_per_cpu);
	tcase_add_test(tc, test_ring_of_nothing);
	suite_add_tcase(suite, tc);
	return rig_run(suite);
}

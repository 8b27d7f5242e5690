// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "client.h"
#include "dma.h"
#include "irq.h"
#include "pciconf.h"
#include "wfr_bits.h"
#include "wfr_regs.h"

#define BAR0   VFIO_PCI_BAR0_REGION_INDEX
#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX
#define EXP    0x70

static struct machine m;
static struct answer a;

static void setup(void)
{
	machine_start(&m, true, false);
}

static void teardown(void)
{
	machine_stop(&m);
}

static int call(enum vfu_cmd cmd, const void *body, size_t len)
{
	return client_call(&m, cmd, body, len, NULL, 0, &a);
}

START_TEST(version_is_echoed)
{
	struct vfu_version *v = (void *)a.body;

	client_leave(&m);
	client_connect(&m);
	ck_assert_int_eq(call(VFU_VERSION, "\0\0\3\0", 4), 0);
	ck_assert_uint_eq(v->major, 0);
	ck_assert_uint_eq(v->minor, 0);
	ck_assert_int_eq(a.body[a.len - 1], 0);
	ck_assert_ptr_nonnull(strstr((char *)(v + 1), "max_msg_fds"));
	/* Once is enough. */
	ck_assert_int_eq(call(VFU_VERSION, "\0\0\0\0", 4), -EPROTO);
	ck_assert_int_eq(call(VFU_DEVICE_RESET, NULL, 0), 0);
}
END_TEST

START_TEST(version_comes_first)
{
	client_leave(&m);
	client_connect(&m);
	ck_assert_int_eq(call(VFU_DEVICE_RESET, NULL, 0), -EPROTO);
	ck_assert_int_eq(call(VFU_DEVICE_RESET, NULL, 0), -ECONNRESET);
	check_alive(&m);
}
END_TEST

START_TEST(versions_that_are_refused)
{
	static const struct {
		const char *body;
		size_t len;
		int err;
	} bad[] = {
		{ "\1\0\0\0", 4, -EPROTONOSUPPORT },
		{ "\0\0\0\0{}", 6, -EINVAL },
		{ "\0\0", 2, -EINVAL },
	};

	client_leave(&m);
	client_connect(&m);
	ck_assert_int_eq(call(VFU_VERSION, bad[_i].body, bad[_i].len),
			 bad[_i].err);
	ck_assert_int_eq(call(VFU_VERSION, "\0\0\0\0", 4), -ECONNRESET);
	check_alive(&m);
}
END_TEST

START_TEST(device_is_described)
{
	struct vfu_device_info ask = { .argsz = sizeof(ask) };
	struct vfu_device_info *rep = (void *)a.body;

	ck_assert_int_eq(call(VFU_DEVICE_GET_INFO, &ask, sizeof(ask)), 0);
	ck_assert_uint_eq(rep->flags,
			  VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET);
	ck_assert_uint_eq(rep->num_regions, VFIO_PCI_NUM_REGIONS);
	ck_assert_uint_eq(rep->num_irqs, VFIO_PCI_NUM_IRQS);
	ask.argsz = 8;
	ck_assert_int_eq(call(VFU_DEVICE_GET_INFO, &ask, sizeof(ask)), -EINVAL);
}
END_TEST

START_TEST(regions_are_described)
{
	struct vfio_region_info ask = { .argsz = sizeof(ask) };
	struct vfio_region_info *rep = (void *)a.body;

	for (ask.index = 0; ask.index < VFIO_PCI_NUM_REGIONS; ask.index++) {
		ck_assert_int_eq(
			call(VFU_DEVICE_GET_REGION_INFO, &ask, sizeof(ask)), 0);
		ck_assert_uint_eq(a.len, sizeof(*rep));
		ck_assert_int_eq(a.fd, -1);
		ck_assert_uint_eq(rep->index, ask.index);
		ck_assert_uint_eq(rep->size, ask.index == BAR0 ? WFR_BAR0_SIZE :
					     ask.index == CONFIG ? 4096 :
								   0);
	}
	ck_assert_int_eq(call(VFU_DEVICE_GET_REGION_INFO, &ask, sizeof(ask)),
			 -EINVAL);
}
END_TEST

/*
 * Drivers fill write-combined lines with stores that the chip ignores, also
 * where an entry is.  Stores to mapped memory could not be told apart, so
 * clients map nothing unless asked for.
 */
START_TEST(rcvarray_is_trapped)
{
	struct vfio_region_info ask = { .argsz = sizeof(ask), .index = BAR0 };
	struct vfio_region_info *rep = (void *)a.body;

	ck_assert_int_eq(call(VFU_DEVICE_GET_REGION_INFO, &ask, sizeof(ask)),
			 0);
	ck_assert_uint_eq(rep->argsz, sizeof(*rep));
	ck_assert(!(rep->flags & VFIO_REGION_INFO_FLAG_MMAP));
}
END_TEST

/* The RcvArray is shared memory: stores by the client reach the model. */
START_TEST(rcvarray_can_be_mapped)
{
	struct vfio_region_info ask = { .argsz = sizeof(ask), .index = BAR0 };
	struct vfio_region_info *rep = (void *)a.body;
	struct vfio_region_info_cap_sparse_mmap *cap;
	uint64_t *array;

	machine_stop(&m);
	machine_start(&m, true, true);
	ck_assert_int_eq(call(VFU_DEVICE_GET_REGION_INFO, &ask, sizeof(ask)),
			 0);
	ck_assert_uint_gt(rep->argsz, sizeof(*rep));
	ask.argsz = rep->argsz;
	ck_assert_int_eq(call(VFU_DEVICE_GET_REGION_INFO, &ask, sizeof(ask)),
			 0);
	ck_assert_uint_eq(a.len, ask.argsz);
	cap = (void *)(a.body + rep->cap_offset);
	ck_assert_uint_eq(cap->header.id, VFIO_REGION_INFO_CAP_SPARSE_MMAP);
	ck_assert_uint_eq(cap->nr_areas, 1);
	ck_assert_uint_eq(cap->areas[0].offset, WFR_RCV_ARRAY(0));
	array = mmap(NULL, cap->areas[0].size, PROT_READ | PROT_WRITE,
		     MAP_SHARED, a.fd, rep->offset + cap->areas[0].offset);
	ck_assert_ptr_ne(array, MAP_FAILED);
	/* Nobody can take the model's memory away. */
	ck_assert_int_eq(ftruncate(a.fd, 0), -1);
	client_write(&m, BAR0, WFR_RCV_ARRAY(5), 1ULL << 63 | 0x1234, 8);
	ck_assert_uint_eq(array[5], 1ULL << 63 | 0x1234);
	munmap(array, cap->areas[0].size);
	close(a.fd);
}
END_TEST

START_TEST(interrupts_are_described)
{
	struct vfio_irq_info ask = { .argsz = sizeof(ask) };
	struct vfio_irq_info *rep = (void *)a.body;

	for (ask.index = 0; ask.index < VFIO_PCI_NUM_IRQS; ask.index++) {
		if (ask.index == VFIO_PCI_ERR_IRQ_INDEX)
			continue;
		ck_assert_int_eq(
			call(VFU_DEVICE_GET_IRQ_INFO, &ask, sizeof(ask)), 0);
		ck_assert_uint_eq(rep->count,
				  ask.index == VFIO_PCI_MSIX_IRQ_INDEX ? 256 :
									 0);
	}
	ck_assert_int_eq(call(VFU_DEVICE_GET_IRQ_INFO, &ask, sizeof(ask)),
			 -EINVAL);
}
END_TEST

START_TEST(registers_of_all_widths)
{
	const uint64_t off = WFR_CCE_SCRATCH(0);

	client_write(&m, BAR0, off, 0x1122334455667788, 8);
	ck_assert_uint_eq(client_read(&m, BAR0, off, 8), 0x1122334455667788);
	ck_assert_uint_eq(client_read(&m, BAR0, off + 4, 4), 0x11223344);
	ck_assert_uint_eq(client_read(&m, BAR0, off + 2, 2), 0x5566);
	ck_assert_uint_eq(client_read(&m, BAR0, off + 3, 1), 0x55);
	ck_assert_uint_eq(client_read(&m, BAR0, off + 3, 4), 0x22334455);
	client_write(&m, BAR0, off + 4, 0xaabbccdd, 4);
	client_write(&m, BAR0, off + 1, 0xee, 1);
	client_write(&m, BAR0, off + 2, 0x9988, 2);
	ck_assert_uint_eq(client_read(&m, BAR0, off, 8), 0xaabbccdd9988ee88);
}
END_TEST

/* Posted writes are in order with the read behind them, and unanswered. */
START_TEST(posted_writes)
{
	unsigned int i;

	for (i = 1; i <= 100; i++)
		client_post(&m, BAR0, WFR_CCE_SCRATCH(1), i, 8);
	client_post(&m, BAR0, WFR_BAR0_SIZE, 0, 8);
	ck_assert_uint_eq(client_read(&m, BAR0, WFR_CCE_SCRATCH(1), 8), 100);
}
END_TEST

static const struct {
	uint64_t off;
	uint32_t region, count, len;
} bad_access[] = {
	{ 0, BAR0, 0, 0 },
	{ WFR_BAR0_SIZE, BAR0, 8, 8 },
	{ WFR_BAR0_SIZE - 4, BAR0, 8, 8 },
	{ ~0ULL, BAR0, 8, 8 },
	{ ~0ULL - 7, BAR0, 8, 8 },
	{ 4096, CONFIG, 1, 1 },
	{ 4095, CONFIG, 2, 2 },
	{ 0, 1, 4, 4 },
	{ 0, 9, 4, 4 },
	{ 0, 0xffffffff, 4, 4 },
	{ 0, BAR0, VFU_MAX_XFER + 1, 8 },
	{ 0, BAR0, 0xffffffff, 8 },
	{ 0, BAR0, 8, 4 },
	{ 0, BAR0, 4, 8 },
};

START_TEST(accesses_that_are_refused)
{
	struct {
		struct vfu_region_access a;
		uint64_t data;
	} w = { { bad_access[_i].off, bad_access[_i].region,
		  bad_access[_i].count },
		0 };

	ck_assert_int_eq(call(VFU_REGION_WRITE, &w,
			      sizeof(w.a) + bad_access[_i].len),
			 -EINVAL);
	if (bad_access[_i].count == bad_access[_i].len)
		ck_assert_int_eq(call(VFU_REGION_READ, &w.a, sizeof(w.a)),
				 -EINVAL);
	ck_assert_uint_eq(client_read(&m, CONFIG, 0, 2), 0x8086);
}
END_TEST

START_TEST(several_writes_in_one_message)
{
	struct {
		struct vfu_write_multi head;
		struct vfu_single_write w[2];
	} multi = { { 2 },
		    { { WFR_CCE_SCRATCH(0), BAR0, 8, "abcdefg" },
		      { WFR_CCE_SCRATCH(1), BAR0, 4, "xyz" } } };

	ck_assert_int_eq(call(VFU_REGION_WRITE_MULTI, &multi, sizeof(multi)),
			 0);
	ck_assert_uint_eq(*(uint64_t *)(void *)a.body, 2);
	ck_assert_uint_eq(client_read(&m, BAR0, WFR_CCE_SCRATCH(1), 4),
			  0x7a7978);
	/* One bad one, and none is done. */
	memset(multi.w[0].data, 0, 8);
	multi.w[1].count = 9;
	ck_assert_int_eq(call(VFU_REGION_WRITE_MULTI, &multi, sizeof(multi)),
			 -EINVAL);
	ck_assert_uint_ne(client_read(&m, BAR0, WFR_CCE_SCRATCH(0), 8), 0);
	multi.w[1].count = 4;
	multi.head.count = 3;
	ck_assert_int_eq(call(VFU_REGION_WRITE_MULTI, &multi, sizeof(multi)),
			 -EINVAL);
	multi.head.count = 1ULL << 60;
	ck_assert_int_eq(call(VFU_REGION_WRITE_MULTI, &multi, sizeof(multi)),
			 -EINVAL);
}
END_TEST

START_TEST(memory_is_mapped_and_given_back)
{
	struct vfu_dma_unmap unmap = { sizeof(unmap), 0, RAM_ADDR, RAM_SIZE };
	struct vfu_dma *dma = vfu_adapter_dma(m.ad);
	unsigned int fds = count_fds(), maps = count_maps();

	client_map_ram(&m);
	ck_assert_uint_eq(vfu_dma_count(dma), 1);
	ck_assert_uint_eq(count_fds(), fds + 1);
	ck_assert_int_eq(call(VFU_DMA_UNMAP, &unmap, sizeof(unmap)), 0);
	ck_assert_uint_eq(a.len, sizeof(unmap));
	ck_assert_int_eq(call(VFU_DMA_UNMAP, &unmap, sizeof(unmap)), -ENOENT);
	ck_assert_uint_eq(vfu_dma_count(dma), 0);
	ck_assert_uint_eq(count_maps(), maps + 1);
}
END_TEST

START_TEST(memory_with_two_files)
{
	struct vfu_dma_map map = { .argsz = sizeof(map),
				   .flags = VFU_DMA_READABLE,
				   .addr = RAM_ADDR,
				   .size = 4096 };
	unsigned int fds = count_fds();

	ck_assert_int_eq(client_call(&m, VFU_DMA_MAP, &map, sizeof(map),
				     (int[]){ 0, 1 }, 2, &a),
			 -EINVAL);
	ck_assert_uint_eq(count_fds(), fds);
}
END_TEST

static int set_irqs(uint32_t flags, uint32_t start, uint32_t count,
		    const int *fds, unsigned int nfds)
{
	struct vfio_irq_set set = { .argsz = sizeof(set),
				    .flags = flags,
				    .index = VFIO_PCI_MSIX_IRQ_INDEX,
				    .start = start,
				    .count = count };

	return client_call(&m, VFU_DEVICE_SET_IRQS, &set, sizeof(set), fds,
			   nfds, &a);
}

#define EVENTFD (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define NONE	(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)

static bool fired(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	uint64_t n;

	return poll(&p, 1, 2000) == 1 && read(fd, &n, sizeof(n)) == sizeof(n);
}

static bool silent(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 20) == 0;
}

static void be_bus_master(void)
{
	client_write(&m, CONFIG, PCI_COMMAND,
		     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 2);
}

/* Source 0 goes to the vector in the map's first byte. */
static void force_source(unsigned int vector)
{
	client_write(&m, BAR0, WFR_CCE_INT_MAP(0), vector, 8);
	client_write(&m, BAR0, WFR_CCE_INT_MASK(0), 1, 8);
	client_write(&m, BAR0, WFR_CCE_INT_CLEAR(0), 1, 8);
	client_write(&m, BAR0, WFR_CCE_INT_FORCE(0), 1, 8);
}

START_TEST(vectors_are_signalled)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	unsigned int fds = count_fds();

	be_bus_master();
	ck_assert_int_eq(set_irqs(EVENTFD, 7, 1, &efd, 1), 0);
	force_source(7);
	ck_assert(fired(efd));
	/* Raised by the client in place of the device. */
	ck_assert_int_eq(set_irqs(NONE, 7, 1, NULL, 0), 0);
	ck_assert(fired(efd));
	/* Disconnected: pending until there is an eventfd again. */
	ck_assert_int_eq(set_irqs(EVENTFD, 7, 1, NULL, 0), 0);
	ck_assert_uint_eq(count_fds(), fds);
	force_source(7);
	ck_assert(silent(efd));
	ck_assert_int_eq(set_irqs(EVENTFD, 7, 1, &efd, 1), 0);
	ck_assert(fired(efd));
	ck_assert_int_eq(set_irqs(NONE, 0, 0, NULL, 0), 0);
	ck_assert_uint_eq(vfu_irqs_connected(vfu_adapter_irqs(m.ad)), 0);
	close(efd);
}
END_TEST

/* A client that blocks on its eventfds and does not read them hurts nobody. */
START_TEST(vector_that_is_full)
{
	uint64_t full = UINT64_MAX - 1, got;
	int efd = eventfd(0, EFD_CLOEXEC);

	be_bus_master();
	ck_assert_int_eq(write(efd, &full, sizeof(full)), sizeof(full));
	ck_assert_int_eq(set_irqs(EVENTFD, 7, 1, &efd, 1), 0);
	force_source(7);
	ck_assert_int_eq(set_irqs(NONE, 7, 1, NULL, 0), 0);
	/* What was not consumed is still there, and the next one arrives. */
	ck_assert_int_eq(read(efd, &got, sizeof(got)), sizeof(got));
	ck_assert_uint_eq(got, full);
	force_source(7);
	ck_assert(fired(efd));
	close(efd);
}
END_TEST

/* Without bus mastering a message signalled interrupt cannot leave. */
START_TEST(vectors_need_bus_mastering)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	ck_assert_int_eq(set_irqs(EVENTFD, 7, 1, &efd, 1), 0);
	force_source(7);
	ck_assert(silent(efd));
	close(efd);
}
END_TEST

START_TEST(vectors_that_are_refused)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	unsigned int fds = count_fds();

	ck_assert_int_eq(set_irqs(EVENTFD, 256, 1, &efd, 1), -EINVAL);
	ck_assert_int_eq(set_irqs(EVENTFD, 255, 2, NULL, 0), -EINVAL);
	ck_assert_int_eq(set_irqs(EVENTFD, 1, 0xffffffff, NULL, 0), -EINVAL);
	ck_assert_int_eq(set_irqs(EVENTFD, 0, 2, &efd, 1), -EINVAL);
	ck_assert_int_eq(set_irqs(EVENTFD, 0, 1, &null, 1), -EINVAL);
	ck_assert_int_eq(set_irqs(NONE, 3, 0, NULL, 0), -EINVAL);
	ck_assert_int_eq(set_irqs(0, 0, 1, NULL, 0), -EINVAL);
	ck_assert_int_eq(set_irqs(VFIO_IRQ_SET_DATA_EVENTFD |
					  VFIO_IRQ_SET_ACTION_MASK,
				  0, 1, &efd, 1),
			 -EINVAL);
	ck_assert_int_eq(set_irqs(VFIO_IRQ_SET_DATA_BOOL |
					  VFIO_IRQ_SET_ACTION_TRIGGER,
				  0, 4, NULL, 0),
			 -EINVAL);
	ck_assert_uint_eq(count_fds(), fds);
	close(efd);
	close(null);
}
END_TEST

START_TEST(resets)
{
	client_write(&m, BAR0, WFR_CCE_SCRATCH(0), 5, 8);
	client_map_ram(&m);
	ck_assert_int_eq(call(VFU_DEVICE_RESET, NULL, 0), 0);
	ck_assert_uint_eq(client_read(&m, BAR0, WFR_CCE_SCRATCH(0), 8), 0);
	ck_assert_uint_eq(vfu_dma_count(vfu_adapter_dma(m.ad)), 1);
	client_write(&m, BAR0, WFR_CCE_SCRATCH(0), 6, 8);
	be_bus_master();
	client_write(&m, CONFIG, EXP + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR,
		     2);
	ck_assert_uint_eq(client_read(&m, BAR0, WFR_CCE_SCRATCH(0), 8), 0);
	ck_assert_uint_eq(client_read(&m, CONFIG, PCI_COMMAND, 2), 0);
	ck_assert_int_eq(call(VFU_DEVICE_RESET, "x", 1), -EINVAL);
}
END_TEST

static bool unplugged(struct machine *mach)
{
	return !vfu_dma_count(vfu_adapter_dma(mach->ad)) &&
	       !vfu_irqs_connected(vfu_adapter_irqs(mach->ad));
}

/* Nothing of a client outlives it. */
START_TEST(client_goes_without_a_word)
{
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	unsigned int fds = count_fds(), maps = count_maps();

	client_map_ram(&m);
	ck_assert_int_eq(set_irqs(EVENTFD, 0, 1, &efd, 1), 0);
	client_write(&m, BAR0, WFR_CCE_SCRATCH(0), 5, 8);
	client_leave(&m);
	ck_assert(eventually(unplugged, &m));
	check_alive(&m);
	ck_assert_uint_eq(client_read(&m, BAR0, WFR_CCE_SCRATCH(0), 8), 0);
	ck_assert_uint_eq(count_fds(), fds + 1);
	ck_assert_uint_eq(count_maps(), maps + 1);
	close(efd);
}
END_TEST

START_TEST(commands_that_do_not_exist)
{
	static const uint16_t cmds[] = { 0,
					 VFU_DEVICE_GET_REGION_IO_FDS,
					 VFU_DMA_READ,
					 VFU_DMA_WRITE,
					 14,
					 VFU_DEVICE_FEATURE,
					 17,
					 18,
					 19,
					 0xffff };
	unsigned int i;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++)
		ck_assert_int_eq(call(cmds[i], NULL, 0), -EOPNOTSUPP);
}
END_TEST

/* A server that asks nothing gets no replies. */
START_TEST(reply_from_a_client)
{
	struct vfu_header hdr = { .cmd = VFU_DMA_READ,
				  .size = sizeof(hdr),
				  .flags = VFU_TYPE_REPLY };

	client_send(&m, &hdr, NULL, 0, NULL, 0);
	ck_assert(!client_hear(&m, &a));
	check_alive(&m);
}
END_TEST

/* Requests pile up unanswered; stopping the server must not wait for them. */
START_TEST(client_that_does_not_listen)
{
	struct vfu_region_access ask = { 0, CONFIG, 4096 };
	struct vfu_header hdr = { .cmd = VFU_REGION_READ,
				  .size = sizeof(hdr) + sizeof(ask) };
	struct timeval limit = { 0, 100000 };
	struct iovec iov[2] = { { &hdr, sizeof(hdr) }, { &ask, sizeof(ask) } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };

	setsockopt(m.sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	while (sendmsg(m.sock, &mh, MSG_NOSIGNAL) > 0)
		continue;
}
END_TEST

Suite *suite_protocol(void)
{
	Suite *s = suite_create("protocol");
	TCase *tc = tcase_create("messages");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, version_is_echoed);
	tcase_add_test(tc, version_comes_first);
	tcase_add_loop_test(tc, versions_that_are_refused, 0, 3);
	tcase_add_test(tc, device_is_described);
	tcase_add_test(tc, regions_are_described);
	tcase_add_test(tc, rcvarray_is_trapped);
	tcase_add_test(tc, rcvarray_can_be_mapped);
	tcase_add_test(tc, interrupts_are_described);
	tcase_add_test(tc, registers_of_all_widths);
	tcase_add_test(tc, posted_writes);
	tcase_add_loop_test(tc, accesses_that_are_refused, 0,
			    sizeof(bad_access) / sizeof(bad_access[0]));
	tcase_add_test(tc, several_writes_in_one_message);
	tcase_add_test(tc, memory_is_mapped_and_given_back);
	tcase_add_test(tc, memory_with_two_files);
	tcase_add_test(tc, vectors_are_signalled);
	tcase_add_test(tc, vector_that_is_full);
	tcase_add_test(tc, vectors_need_bus_mastering);
	tcase_add_test(tc, vectors_that_are_refused);
	tcase_add_test(tc, resets);
	tcase_add_test(tc, client_goes_without_a_word);
	tcase_add_test(tc, commands_that_do_not_exist);
	tcase_add_test(tc, reply_from_a_client);
	tcase_add_test(tc, client_that_does_not_listen);
	suite_add_tcase(s, tc);
	return s;
}

// SPDX-License-Identifier: BSD-3-Clause
#include <check.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>

#include "rig.h"

static u64 mmio_read(void *ctx, u64 offset)
{
	struct rig *rig = ctx;

	return wfr_mmio_read(rig->wfr, offset, 8);
}

static void mmio_write(void *ctx, u64 offset, u64 value)
{
	struct rig *rig = ctx;
	void (*on_write)(struct rig *, u64) = READ_ONCE(rig->on_write);

	if (on_write)
		on_write(rig, offset);
	wfr_mmio_write(rig->wfr, offset, value, 8);
}

static const struct hosted_mmio_ops mmio_ops = { mmio_read, mmio_write };

static int dma_read(void *host, uint64_t addr, void *buf, size_t len)
{
	struct rig *rig = host;

	return hosted_dma_read(&rig->dev, addr, buf, len);
}

static int dma_write(void *host, uint64_t addr, const void *buf, size_t len)
{
	struct rig *rig = host;

	return hosted_dma_write(&rig->dev, addr, buf, len);
}

static void msix(void *host, unsigned int vector)
{
	struct rig *rig = host;

	pthread_mutex_lock(&rig->lock);
	rig->vectors |= 1ULL << vector;
	pthread_cond_signal(&rig->vectors_set);
	pthread_mutex_unlock(&rig->lock);
}

static void kick(void *host)
{
	struct rig *rig = host;

	pthread_mutex_lock(&rig->lock);
	rig->kicked = true;
	pthread_cond_signal(&rig->work);
	pthread_mutex_unlock(&rig->lock);
}

static const struct wfr_host_ops wfr_ops = {
	.dma_read = dma_read,
	.dma_write = dma_write,
	.msix = msix,
	.kick = kick,
};

static void wait_for_work(struct rig *rig, u64 ns)
{
	struct timespec until;

	if (ns > 1000000)
		ns = 1000000;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ns;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	if (!rig->kicked && !rig->stop)
		pthread_cond_timedwait(&rig->work, &rig->lock, &until);
	rig->kicked = false;
}

static void *stepper(void *arg)
{
	struct rig *rig = arg;

	pthread_mutex_lock(&rig->lock);
	while (!rig->stop) {
		u64 ns;

		pthread_mutex_unlock(&rig->lock);
		ns = wfr_step(rig->wfr);
		pthread_mutex_lock(&rig->lock);
		if (ns)
			wait_for_work(rig, ns);
	}
	pthread_mutex_unlock(&rig->lock);
	return NULL;
}

static void *interrupter(void *arg)
{
	struct rig *rig = arg;
	u64 vectors;

	pthread_mutex_lock(&rig->lock);
	for (;;) {
		while (!rig->vectors && !rig->stop)
			pthread_cond_wait(&rig->vectors_set, &rig->lock);
		if (rig->stop)
			break;
		vectors = rig->vectors;
		rig->vectors = 0;
		rig->busy = true;
		pthread_mutex_unlock(&rig->lock);
		for (; vectors; vectors &= vectors - 1)
			hfi1u_interrupt(rig->dd, __builtin_ctzll(vectors));
		pthread_mutex_lock(&rig->lock);
		rig->busy = false;
	}
	pthread_mutex_unlock(&rig->lock);
	return NULL;
}

void rig_settle(struct rig *rig)
{
	bool busy = true;

	while (busy) {
		pthread_mutex_lock(&rig->lock);
		busy = rig->busy || rig->vectors;
		pthread_mutex_unlock(&rig->lock);
		if (busy)
			usleep(50);
	}
}

void rig_opts_default(struct rig_opts *opts)
{
	hfi1u_params_default(&opts->params);
	opts->params.num_user_contexts = 4;
	opts->params.num_sdma = 4;
	wfr_config_init(&opts->wfr);
	opts->wfr.rcv_array_cnt = 8192;
	opts->wfr.sdma_engines = 4;
	opts->wfr.link_auto = true;
	opts->wfr.link_delay_ns = 0;
	opts->wfr.port_guid = 0x1175010100000001ULL;
	opts->wfr.scan_min_ns = 20000;
	opts->wfr.scan_max_ns = 1000000;
}

static void *window(int *fd, size_t size)
{
	void *mem;

	*fd = memfd_create("window", MFD_CLOEXEC);
	ck_assert_int_ge(*fd, 0);
	ck_assert_int_eq(ftruncate(*fd, size), 0);
	mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	ck_assert_ptr_ne(mem, MAP_FAILED);
	return mem;
}

static size_t uregs_size(const struct wfr_config *cfg)
{
	return cfg->rcv_contexts * WFR_RCV_UREGS_STRIDE;
}

static void make_windows(struct rig *rig, struct wfr_config *cfg)
{
	rig->pio = window(&rig->pio_fd, WFR_PIO_SIZE);
	rig->uregs = window(&rig->uregs_fd, uregs_size(cfg));
	rig->rcv_array =
		window(&rig->rcv_array_fd, cfg->rcv_array_cnt * sizeof(u64));
	cfg->pio = (struct wfr_window){ rig->pio, WFR_PIO_SIZE };
	cfg->rcv_array =
		(struct wfr_window){ rig->rcv_array,
				     cfg->rcv_array_cnt * sizeof(u64) };
	cfg->uregs = (struct wfr_window){ rig->uregs, uregs_size(cfg) };
}

static void map_windows(struct rig *rig, const struct wfr_config *cfg)
{
	ck_assert_int_eq(hosted_iomap_window(rig->bar, WFR_PIO_BASE,
					     WFR_PIO_SIZE, rig->pio_fd, 0),
			 0);
	ck_assert_int_eq(hosted_iomap_window(rig->bar, WFR_RCV_UREGS_BASE,
					     uregs_size(cfg), rig->uregs_fd, 0),
			 0);
}

static void make_driver(struct rig *rig, const struct rig_opts *opts)
{
	struct hfi1u_host host = {
		.dev = &rig->dev,
		.bar = rig->bar,
		.bar_phys = rig->bar_phys,
		.num_vectors = 1 + opts->wfr.sdma_engines,
	};

	rig->dd = hfi1u_dev_create(&host, &opts->params);
	ck_assert(!IS_ERR(rig->dd));
	ck_assert_int_eq(
		pthread_create(&rig->interrupter, NULL, interrupter, rig), 0);
	ck_assert_int_eq(hfi1u_dev_start(rig->dd), 0);
	ck_assert(rig_wait(wfr_link_is_up(rig->wfr)));
	ck_assert_int_eq(hfi1u_port_set_lid(rig->dd, RIG_LID, 0), 0);
	ck_assert(rig_wait(hfi1u_port_get_state(rig->dd) == HFI1U_PORT_INIT));
	ck_assert_int_eq(hfi1u_port_set_state(rig->dd, HFI1U_PORT_ARMED), 0);
	ck_assert_int_eq(hfi1u_port_set_state(rig->dd, HFI1U_PORT_ACTIVE), 0);
	hosted_chrdev_init(&rig->chrdev, &hfi1u_fops, 240, 0, NULL, NULL);
}

void rig_start(struct rig *rig, const struct rig_opts *opts)
{
	struct rig_opts o;

	if (opts)
		o = *opts;
	else
		rig_opts_default(&o);
	memset(rig, 0, sizeof(*rig));
	pthread_mutex_init(&rig->lock, NULL);
	pthread_cond_init(&rig->work, NULL);
	pthread_cond_init(&rig->vectors_set, NULL);
	rig->dev.init_name = "hfi1u-test";
	rig->dev.numa_node = NUMA_NO_NODE;
	ck_assert_int_eq(hosted_dma_init(&rig->dev), 0);
	make_windows(rig, &o.wfr);
	rig->wfr = wfr_create(&o.wfr, &wfr_ops, rig, NULL);
	ck_assert_ptr_nonnull(rig->wfr);
	rig->bar = hosted_iomap(&mmio_ops, rig, WFR_BAR0_SIZE, &rig->bar_phys);
	ck_assert_ptr_nonnull(rig->bar);
	map_windows(rig, &o.wfr);
	ck_assert_int_eq(pthread_create(&rig->stepper, NULL, stepper, rig), 0);
	make_driver(rig, &o);
}

void rig_assert_idle(struct rig *rig)
{
	static const struct hfi1u_stats none;
	struct hfi1u_stats stats;

	hfi1u_get_stats(rig->dd, &stats);
	ck_assert_int_eq(stats.contexts, 0);
	ck_assert_int_eq(stats.send_contexts, 0);
	ck_assert_int_eq(stats.pinned_pages, 0);
	ck_assert_mem_eq(&stats, &none, sizeof(stats));
	ck_assert_int_eq(hosted_pages_pinned(), 0);
	ck_assert_int_eq(atomic64_read(&hosted_mm_self()->pinned_vm), 0);
	ck_assert_uint_eq(hfi1u_nfreectxts(rig->dd), hfi1u_nctxts(rig->dd));
}

void rig_stop(struct rig *rig)
{
	rig_assert_idle(rig);
	hfi1u_dev_stop(rig->dd);
	pthread_mutex_lock(&rig->lock);
	rig->stop = true;
	pthread_cond_broadcast(&rig->work);
	pthread_cond_broadcast(&rig->vectors_set);
	pthread_mutex_unlock(&rig->lock);
	pthread_join(rig->stepper, NULL);
	pthread_join(rig->interrupter, NULL);
	ck_assert_uint_eq(hosted_dma_faults(&rig->dev), 0);
	hfi1u_dev_destroy(rig->dd);
	wfr_destroy(rig->wfr);
	hosted_iounmap(rig->bar);
	hosted_dma_exit(&rig->dev);
	ck_assert_uint_eq(hosted_warn_count(), 0);
}

struct file *rig_open(struct rig *rig)
{
	struct file *file = hosted_open(&rig->chrdev, O_RDWR);

	ck_assert(!IS_ERR(file));
	return file;
}

int rig_ioctl(struct file *file, unsigned int cmd, void *arg)
{
	return hosted_ioctl(file, cmd, (unsigned long)arg);
}

int rig_assign(struct file *file, u16 subctxt_cnt, u16 subctxt_id)
{
	struct hfi1_user_info info = {
		.userversion = RIG_VERSION,
		.subctxt_cnt = subctxt_cnt,
		.subctxt_id = subctxt_id,
	};

	return rig_ioctl(file, HFI1_IOCTL_ASSIGN_CTXT, &info);
}

struct file *rig_open_assigned(struct rig *rig)
{
	struct file *file = rig_open(rig);

	ck_assert_int_eq(rig_assign(file, 0, 0), 0);
	return file;
}

struct hfi1_ctxt_info rig_ctxt_info(struct file *file)
{
	struct hfi1_ctxt_info info;

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_CTXT_INFO, &info), 0);
	return info;
}

struct hfi1_base_info rig_base_info(struct file *file)
{
	struct hfi1_base_info info;

	ck_assert_int_eq(rig_ioctl(file, HFI1_IOCTL_USER_INFO, &info), 0);
	return info;
}

void *rig_map(struct file *file, u64 token, size_t len, int prot,
	      struct vm_area_struct **vma)
{
	unsigned long at;
	struct hosted_vma_seg *seg;
	void *mem =
		mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(mem, MAP_FAILED);
	at = (unsigned long)mem;
	*vma = hosted_mmap(file, at, len, prot, MAP_SHARED,
			   token & ~WFR_MMAP_TOKEN_OFFSET);
	if (IS_ERR(*vma))
		return NULL;
	list_for_each_entry(seg, &(*vma)->segs, node) {
		void *got = mmap((void *)seg->start, seg->length, prot,
				 MAP_SHARED | MAP_FIXED, seg->fd, seg->offset);

		ck_assert_ptr_ne(got, MAP_FAILED);
	}
	return (u8 *)mem + (token & WFR_MMAP_TOKEN_OFFSET);
}

void rig_header(struct file *file, struct hfi1_pkt_header *hdr, size_t payload)
{
	struct hfi1_ctxt_info ctxt = rig_ctxt_info(file);
	struct hfi1_base_info base = rig_base_info(file);
	u32 dwords = (60 + (payload + 3) / 4 * 4) / 4;

	memset(hdr, 0, sizeof(*hdr));
	hdr->pbc[0] = cpu_to_le16(dwords + 1);
	hdr->lrh[0] = cpu_to_be16(WFR_LRH0_LNH_BTH);
	hdr->lrh[1] = cpu_to_be16(RIG_LID);
	hdr->lrh[2] = cpu_to_be16(dwords);
	hdr->lrh[3] = cpu_to_be16(RIG_LID);
	hdr->bth[0] = cpu_to_be32(0xc3000000 | RIG_PKEY);
	hdr->bth[1] = cpu_to_be32((u32)base.bthqp << 16 | ctxt.ctxt);
	hdr->kdeth.ver_tid_offset =
		cpu_to_le32(WFR_PREP(WFR_KDETH0_KVER, WFR_KDETH_KVER));
	hdr->kdeth.jkey = cpu_to_le16(base.jkey);
}

int rig_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

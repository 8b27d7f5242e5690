// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Life of a device: create, start, stop, destroy.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>

#include "csr.h"
#include "priv.h"

#define HFI1U_TIMEOUT_CLOCKS 64

static void init_locks(struct hfi1u_dev *dd)
{
	mutex_init(&dd->link_lock);
	mutex_init(&dd->assign_lock);
	spin_lock_init(&dd->ctxts_lock);
	spin_lock_init(&dd->sc_lock);
	spin_lock_init(&dd->init_lock);
	spin_lock_init(&dd->port_lock);
	spin_lock_init(&dd->irq_lock);
	spin_lock_init(&dd->caps_lock);
	init_waitqueue_head(&dd->freeze_wait);
	init_completion(&dd->users_gone);
	INIT_WORK(&dd->freeze_work, hfi1u_freeze_work);
	INIT_WORK(&dd->link_work, hfi1u_link_work);
	refcount_set(&dd->users, 1);
}

/* Interrupt mitigation in the chip's unit, rounded up to its smallest. */
static unsigned int avail_timeout(const struct hfi1u_dev *dd)
{
	u64 impl = WFR_GET(WFR_CCE_REVISION2_IMPL_CODE, dd->chip.revision2);
	unsigned int ps = impl == WFR_CCE_REVISION2_IMPL_CODE_FPGA ?
				  WFR_FPGA_CCLOCK_PS :
				  WFR_CCLOCK_PS;
	unsigned int ns = min(dd->params.rcv_intr_timeout, 1000000U);
	unsigned int units = ns * 1000 / ps / HFI1U_TIMEOUT_CLOCKS;

	return ns ? clamp_t(unsigned int, units, 1,
			    WFR_RCV_AVAIL_TIME_OUT_TIME_OUT_RELOAD) :
		    0;
}

static int alloc_tables(struct hfi1u_dev *dd)
{
	dd->ctxts = kcalloc(dd->part.num_rcv, sizeof(*dd->ctxts), GFP_KERNEL);
	dd->cpu_users = kcalloc(nr_cpu_ids, sizeof(*dd->cpu_users), GFP_KERNEL);
	dd->dummy_tail = dma_alloc_coherent(dd->dev, PAGE_SIZE,
					    &dd->dummy_tail_dma, GFP_KERNEL);
	dd->wq = alloc_workqueue("hfi1u_%u",
				 WQ_MEM_RECLAIM | WQ_HIGHPRI | WQ_UNBOUND, 0,
				 dd->unit);
	if (!dd->ctxts || !dd->cpu_users || !dd->dummy_tail || !dd->wq)
		return -ENOMEM;
	dd->free_ctxts = dd->part.num_user;
	return 0;
}

static void free_tables(struct hfi1u_dev *dd)
{
	if (dd->dummy_tail)
		dma_free_coherent(dd->dev, PAGE_SIZE, dd->dummy_tail,
				  dd->dummy_tail_dma);
	kfree(dd->cpu_users);
	kfree(dd->ctxts);
}

static int describe(struct hfi1u_dev *dd)
{
	int ret = hfi1u_params_check(dd);

	if (!ret)
		ret = hfi1u_chip_read(dd);
	if (!ret)
		ret = hfi1u_partition(dd);
	return ret;
}

static int build(struct hfi1u_dev *dd)
{
	int ret = alloc_tables(dd);

	if (!ret)
		ret = hfi1u_events_init(dd);
	if (!ret)
		ret = hfi1u_scs_init(dd);
	if (!ret)
		ret = hfi1u_sdma_init(dd);
	return ret;
}

/**
 * hfi1u_dev_create - make a device from a mapped chip
 * @host: what the host found; copied
 * @params: configuration, brought into range if need be; copied
 *
 * Return: the device, to be given to hfi1u_dev_destroy(), or an error pointer.
 */
struct hfi1u_dev *hfi1u_dev_create(const struct hfi1u_host *host,
				   const struct hfi1u_params *params)
{
	struct hfi1u_dev *dd;
	int ret;

	if (host->unit >= HFI1U_MAX_UNITS || !host->num_vectors)
		return ERR_PTR(-EINVAL);
	dd = kzalloc(sizeof(*dd), GFP_KERNEL);
	if (!dd)
		return ERR_PTR(-ENOMEM);
	dd->dev = host->dev;
	dd->unit = host->unit;
	dd->bar = host->bar;
	dd->rcv_array = host->rcv_array;
	dd->bar_phys = host->bar_phys;
	dd->num_vectors = host->num_vectors;
	dd->port_changed = host->port_changed;
	dd->host_data = host->data;
	dd->params = *params;
	dd->caps = hfi1u_caps_initial(params->cap_mask);
	set_bit(HFI1U_DEV_PRESENT, &dd->flags);
	init_locks(dd);

	ret = describe(dd);
	if (!ret) {
		dd->avail_timeout = avail_timeout(dd);
		hfi1u_port_init(dd);
		ret = build(dd);
	}
	if (ret) {
		hfi1u_dev_destroy(dd);
		return ERR_PTR(ret);
	}
	return dd;
}

/**
 * hfi1u_dev_destroy - free a device
 * @dd: device that was never started, or was stopped and has no handlers left
 */
void hfi1u_dev_destroy(struct hfi1u_dev *dd)
{
	/* handlers ran until now and may have queued work after the stop */
	if (dd->wq)
		destroy_workqueue(dd->wq);
	hfi1u_sdma_exit(dd);
	hfi1u_scs_exit(dd);
	hfi1u_events_exit(dd);
	free_tables(dd);
	mutex_destroy(&dd->assign_lock);
	mutex_destroy(&dd->link_lock);
	kfree(dd);
}

/* Nothing the previous owner of the chip left may go on working. */
static void quiet(struct hfi1u_dev *dd)
{
	unsigned int i;

	hfi1u_write(dd, WFR_SEND_CTRL, 0);
	for (i = 0; i < dd->chip.send_contexts; i++)
		hfi1u_write(dd, WFR_SEND_CTXT_CTRL(i), 0);
	for (i = 0; i < dd->chip.sdma_engines; i++)
		hfi1u_write(dd, WFR_SEND_DMA_CTRL(i), 0);
	hfi1u_write(dd, WFR_RCV_CTRL, 0);
	for (i = 0; i < dd->chip.rcv_contexts; i++)
		hfi1u_write(dd, WFR_RCV_CTXT_CTRL(i), 0);
	hfi1u_irq_stop(dd);
}

static void clear_rcv_array(struct hfi1u_dev *dd)
{
	unsigned int i;

	for (i = 0; i < dd->chip.rcv_array; i++)
		hfi1u_rcv_array_write(dd, i, 0);
	hfi1u_rcv_array_flush(dd);
}

static void unmask_errors(struct hfi1u_dev *dd)
{
	hfi1u_write(dd, WFR_CCE_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_MISC_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_RCV_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_SEND_PIO_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_SEND_DMA_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_SEND_EGRESS_ERR_MASK, ~0ULL);
	hfi1u_write(dd, WFR_SEND_ERR_MASK, ~0ULL);
}

static void set_kdeth_prefix(struct hfi1u_dev *dd)
{
	hfi1u_write(dd, WFR_SEND_BTH_QP,
		    WFR_PREP(WFR_SEND_BTH_QP_KDETH_QP, WFR_KDETH_QP_PREFIX));
	hfi1u_write(dd, WFR_RCV_BTH_QP,
		    WFR_PREP(WFR_RCV_BTH_QP_KDETH_QP, WFR_KDETH_QP_PREFIX));
}

/**
 * hfi1u_dev_start - bring the chip up and admit users
 * @dd: device; its vectors are connected
 *
 * The link is being trained when this returns; the port goes to INIT when it
 * is up, and on from there by hfi1u_port_set_state().
 *
 * Return: 0, or -EBUSY if another device has the unit number.
 */
int hfi1u_dev_start(struct hfi1u_dev *dd)
{
	int ret;

	quiet(dd);
	set_kdeth_prefix(dd);
	clear_rcv_array(dd);
	unmask_errors(dd);
	hfi1u_port_program(dd);
	hfi1u_irq_start(dd);
	hfi1u_sdma_start(dd);
	WRITE_ONCE(dd->status->dev,
		   HFI1_STATUS_CHIP_PRESENT | HFI1_STATUS_INITTED);
	ret = hfi1u_unit_add(dd);
	if (ret) {
		hfi1u_sdma_stop(dd);
		quiet(dd);
		return ret;
	}
	hfi1u_link_start(dd);
	return 0;
}

/**
 * hfi1u_dev_stop - turn users away, wait for the last, and stop the chip
 * @dd: started device
 */
void hfi1u_dev_stop(struct hfi1u_dev *dd)
{
	hfi1u_unit_remove(dd);
	set_bit(HFI1U_DEV_STOPPING, &dd->flags);
	hfi1u_link_stop(dd);
	cancel_work_sync(&dd->freeze_work);
	hfi1u_sdma_stop(dd);
	quiet(dd);
}

/**
 * hfi1u_dev_gone - the chip was pulled or died
 * @dd: started device
 *
 * Registers read as ones from now on, open() fails, and nobody waits for
 * anything the chip would have done.  Follow with hfi1u_dev_stop().
 */
void hfi1u_dev_gone(struct hfi1u_dev *dd)
{
	clear_bit(HFI1U_DEV_PRESENT, &dd->flags);
	WRITE_ONCE(dd->status->dev, HFI1_STATUS_HWERROR);
	hfi1u_sdma_link(dd, false);
}

unsigned int hfi1u_nctxts(const struct hfi1u_dev *dd)
{
	return dd->part.num_user;
}

unsigned int hfi1u_nfreectxts(struct hfi1u_dev *dd)
{
	return READ_ONCE(dd->free_ctxts);
}

u64 hfi1u_chip_revision(const struct hfi1u_dev *dd)
{
	return dd->chip.revision;
}

unsigned int hfi1u_max_mtu(const struct hfi1u_dev *dd)
{
	return dd->params.max_mtu;
}

/**
 * hfi1u_get_stats - tell what is in use
 * @dd: device
 * @stats: to be filled; all zero when no file is open
 */
void hfi1u_get_stats(struct hfi1u_dev *dd, struct hfi1u_stats *stats)
{
	unsigned long flags;
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	stats->open_files = atomic_read(&dd->open_files);
	stats->pinned_pages = atomic_long_read(&dd->pinned_pages);
	stats->tids = atomic_long_read(&dd->tids);
	stats->tid_nodes = atomic_long_read(&dd->tid_nodes);
	stats->sdma_requests = atomic_read(&dd->sdma_requests);
	mutex_lock(&dd->assign_lock);
	stats->contexts = dd->part.num_user - dd->free_ctxts;
	stats->cpus = dd->cpus_out;
	mutex_unlock(&dd->assign_lock);
	spin_lock_irqsave(&dd->sc_lock, flags);
	for (i = 0; i < dd->part.num_user; i++)
		stats->send_contexts += dd->scs[i].allocated;
	spin_unlock_irqrestore(&dd->sc_lock, flags);
}

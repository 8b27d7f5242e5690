// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * mmap(): what a process may see of its context.
 *
 * The offset is a token from USER_INFO.  Which checks apply, which protections
 * are withdrawn and which flags are set stands in the spec; here is only
 * where the memory comes from.
 *
 * Runs under mmap_lock and takes no lock: what is mapped lives as long as the
 * file, and the mapping holds the file.
 */
#include "priv.h"

/* Where a region is: in the BAR, in coherent memory, or in vmalloc memory. */
struct hfi1u_mapping {
	resource_size_t bar_offset;
	void *cpu;
	dma_addr_t dma;
	size_t size; /* of the allocation */
	size_t offset; /* in the allocation, page aligned */
	void *vmalloc;
};

/**
 * hfi1u_token - make the token of a region
 * @fd: file with a context
 * @type: HFI1U_REGION_*
 * @offset: where in the region the file's word is; only the part below a page
 *	is kept
 *
 * Return: the token.
 */
u64 hfi1u_token(const struct hfi1u_fd *fd, unsigned int type, size_t offset)
{
	return WFR_PREP(WFR_MMAP_TOKEN_MAGIC, WFR_MMAP_MAGIC) |
	       WFR_PREP(WFR_MMAP_TOKEN_TYPE, type) |
	       WFR_PREP(WFR_MMAP_TOKEN_CTXT, fd->uctxt->num) |
	       WFR_PREP(WFR_MMAP_TOKEN_SUBCTXT, fd->subctxt) |
	       (offset & WFR_MMAP_TOKEN_OFFSET);
}

static size_t page_of(const void *word, const void *area)
{
	return round_down((const u8 *)word - (const u8 *)area, PAGE_SIZE);
}

static void coherent(struct hfi1u_mapping *m, void *cpu, dma_addr_t dma,
		     size_t size)
{
	m->cpu = cpu;
	m->dma = dma;
	m->size = size;
}

static void locate(const struct hfi1u_fd *fd, enum hfi1u_region_type type,
		   struct hfi1u_mapping *m)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	struct hfi1u_dev *dd = fd->dd;
	resource_size_t pio =
		WFR_PIO_BASE + uctxt->sc->hw * WFR_PIO_CTXT_STRIDE;

	switch (type) {
	case HFI1U_REGION_PIO_BUFS:
		m->bar_offset = pio;
		break;
	case HFI1U_REGION_PIO_BUFS_SOP:
		m->bar_offset = pio + WFR_PIO_SOP_OFFSET;
		break;
	case HFI1U_REGION_UREGS:
		m->bar_offset =
			WFR_RCV_UREGS_BASE + uctxt->num * WFR_RCV_UREGS_STRIDE;
		break;
	case HFI1U_REGION_PIO_CRED:
		coherent(m, dd->credit_lines, dd->credit_dma, dd->credit_size);
		m->offset = page_of(uctxt->sc->credit, dd->credit_lines);
		break;
	case HFI1U_REGION_RCV_HDRQ:
		coherent(m, uctxt->hdrq, uctxt->hdrq_dma, uctxt->hdrq_size);
		break;
	case HFI1U_REGION_RTAIL:
		coherent(m, uctxt->tail, uctxt->tail_dma, PAGE_SIZE);
		break;
	case HFI1U_REGION_EVENTS:
		m->vmalloc = dd->events;
		m->offset = page_of(hfi1u_event_word(fd), dd->events);
		break;
	case HFI1U_REGION_STATUS:
		m->vmalloc = dd->status;
		break;
	case HFI1U_REGION_SUBCTXT_UREGS:
		m->vmalloc = uctxt->shared_uregs;
		break;
	case HFI1U_REGION_SUBCTXT_RCV_HDRQ:
		m->vmalloc = uctxt->shared_hdrq;
		break;
	case HFI1U_REGION_SUBCTXT_EGRBUF:
		m->vmalloc = uctxt->shared_eager;
		break;
	case HFI1U_REGION_SDMA_COMP:
		m->vmalloc = fd->comps;
		break;
	case HFI1U_REGION_RCV_EGRBUF:
		break; /* many allocations: map_eager() */
	}
}

static int map_bar(const struct hfi1u_dev *dd, struct vm_area_struct *vma,
		   const struct hfi1u_region *region, resource_size_t offset)
{
	if (region->cache == HFI1U_CACHE_WC)
		vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
	else
		vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return io_remap_pfn_range(vma, vma->vm_start,
				  (dd->bar_phys + offset) >> PAGE_SHIFT,
				  vma->vm_end - vma->vm_start,
				  vma->vm_page_prot);
}

/* dma_mmap_coherent() takes vm_pgoff for an offset in the allocation. */
static int map_coherent(struct device *dev, struct vm_area_struct *vma,
			const struct hfi1u_mapping *m)
{
	unsigned long pgoff = vma->vm_pgoff;
	int ret;

	vma->vm_pgoff = m->offset >> PAGE_SHIFT;
	ret = dma_mmap_coherent(dev, vma, m->cpu, m->dma, m->size);
	vma->vm_pgoff = pgoff;
	return ret;
}

static unsigned long pfn_of(const void *addr)
{
	return is_vmalloc_addr(addr) ? vmalloc_to_pfn(addr) :
				       PHYS_PFN(virt_to_phys((void *)addr));
}

/*
 * dma_mmap_coherent() maps the whole vma, and from 6.16 on that can be done
 * once only; so what is a part of the vma is mapped by runs of pages.
 */
static int map_pages(struct vm_area_struct *vma, unsigned long at,
		     const void *addr, size_t len)
{
	size_t done, run;
	int ret = 0;

	for (done = 0; done < len && !ret; done += run) {
		unsigned long pfn = pfn_of(addr + done);

		run = PAGE_SIZE;
		while (done + run < len &&
		       pfn_of(addr + done + run) == pfn + PHYS_PFN(run))
			run += PAGE_SIZE;
		ret = remap_pfn_range(vma, at + done, pfn, run,
				      vma->vm_page_prot);
	}
	return ret;
}

static int map_eager(const struct hfi1u_fd *fd, struct vm_area_struct *vma)
{
	const struct hfi1u_eager *eager = &fd->uctxt->eager;
	unsigned long at = vma->vm_start;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < eager->nbufs && !ret; i++) {
		ret = map_pages(vma, at, eager->bufs[i].addr,
				eager->bufs[i].len);
		at += eager->bufs[i].len;
	}
	return ret;
}

static int map_region(const struct hfi1u_fd *fd, struct vm_area_struct *vma,
		      const struct hfi1u_region *region)
{
	struct hfi1u_mapping m = { 0 };

	if (region->type == HFI1U_REGION_RCV_EGRBUF)
		return map_eager(fd, vma);
	locate(fd, region->type, &m);
	if (region->memory == HFI1U_MEMORY_BAR)
		return map_bar(fd->dd, vma, region, m.bar_offset);
	if (m.cpu)
		return map_coherent(fd->dd->dev, vma, &m);
	/* an area that a private context lacks: every touch is SIGBUS */
	if (!m.vmalloc)
		return 0;
	return remap_vmalloc_range(vma, m.vmalloc, m.offset >> PAGE_SHIFT);
}

bool hfi1u_mmap_rtail_no_page(struct hfi1u_fd *fd)
{
	return !fd->uctxt->tail;
}

bool hfi1u_mmap_sdma_comp_no_ring(struct hfi1u_fd *fd)
{
	return !fd->comps;
}

static int check(struct hfi1u_fd *fd, const struct vm_area_struct *vma,
		 const struct hfi1u_region **region)
{
	u64 token = (u64)vma->vm_pgoff << PAGE_SHIFT;
	struct hfi1u_mmap_common_locals common = {
		.token = token,
		.shared = vma->vm_flags & VM_SHARED,
	};
	struct hfi1u_mmap_locals locals = {
		.length = vma->vm_end - vma->vm_start,
		.write = vma->vm_flags & VM_WRITE,
		.exec = vma->vm_flags & VM_EXEC,
	};
	int ret = hfi1u_check_mmap_common(fd, &common);

	if (ret)
		return ret;
	*region = hfi1u_region_find(WFR_GET(WFR_MMAP_TOKEN_TYPE, token));
	if (!*region)
		return hfi1u_refuse(fd, HFI1U_CHECK_MMAP_COMMON_UNKNOWN_TYPE);
	return hfi1u_check_region(fd, *region, &locals);
}

/**
 * hfi1u_mmap - the mmap file operation
 * @file: open file
 * @vma: mapping to be
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct hfi1u_fd *fd = file->private_data;
	const struct hfi1u_region *region;
	int ret = check(fd, vma, &region);

	if (ret)
		return ret;
	vm_flags_set(vma, region->vm_flags);
	vm_flags_clear(vma, region->clears);
	return map_region(fd, vma, region);
}

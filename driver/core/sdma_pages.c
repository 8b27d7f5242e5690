// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The memory of a send request as the chip sees it: mapped when the request
 * begins, unmapped when its last packet has been sent.
 *
 * Pages that follow one another in physical memory are one run, with one
 * mapping; a packet needs a descriptor for each run it touches.
 */
#include "sdma.h"

/* What every DMA layer maps as a whole, also one that uses bounce buffers. */
#define HFI1U_RUN_PAGES 32U

static unsigned int pages_spanned(unsigned long base, size_t len)
{
	return DIV_ROUND_UP(offset_in_page(base) + len, PAGE_SIZE);
}

static unsigned int run_pages(struct page **pages, unsigned int npages)
{
	unsigned long pfn = page_to_pfn(pages[0]);
	unsigned int n = 1;

	while (n < npages && n < HFI1U_RUN_PAGES &&
	       page_to_pfn(pages[n]) == pfn + n)
		n++;
	return n;
}

static unsigned int count_runs(struct page **pages, unsigned int npages)
{
	unsigned int count = 0, n;

	for (; npages; npages -= n, pages += n, count++)
		n = run_pages(pages, npages);
	return count;
}

static bool map_runs(struct device *dev, struct hfi1u_sdma_vec *vec,
		     struct page **pages, unsigned int npages, size_t len)
{
	u32 skip = offset_in_page(vec->base);

	while (npages) {
		struct hfi1u_sdma_run *run = &vec->runs[vec->nruns];
		unsigned int n = run_pages(pages, npages);

		run->size = n * PAGE_SIZE;
		run->skip = skip;
		run->len = min_t(size_t, len, run->size - skip);
		run->dma = dma_map_page(dev, pages[0], 0, run->size,
					DMA_TO_DEVICE);
		if (dma_mapping_error(dev, run->dma))
			return false;
		vec->nruns++;
		len -= run->len;
		skip = 0;
		pages += n;
		npages -= n;
	}
	return true;
}

static enum hfi1u_check map_vec(struct hfi1u_fd *fd, struct hfi1u_sdma_vec *vec,
				size_t len)
{
	unsigned long start = vec->base & PAGE_MASK;
	unsigned int npages = pages_spanned(vec->base, len);
	enum hfi1u_check check;
	struct page **pages;

	check = hfi1u_pin_get(fd, start, npages, &vec->pin);
	if (check != HFI1U_CHECK_NONE)
		return check;
	pages = &vec->pin->pages[(start - vec->pin->range.start) / PAGE_SIZE];
	vec->runs = kvcalloc(count_runs(pages, npages), sizeof(*vec->runs),
			     GFP_KERNEL);
	if (!vec->runs)
		return HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY;
	return map_runs(fd->dd->dev, vec, pages, npages, len) ?
		       HFI1U_CHECK_NONE :
		       HFI1U_CHECK_WRITE_PAYLOAD_DMA_MAP;
}

/**
 * hfi1u_req_map - pin and map what a request will send
 * @req: request whose vectors are known
 *
 * Return: HFI1U_CHECK_NONE or the check that failed; hfi1u_req_unmap() cleans
 * up after both.
 */
enum hfi1u_check hfi1u_req_map(struct hfi1u_sdma_req *req)
{
	u64 left = (u64)req->info.npkts * req->info.fragsize;
	enum hfi1u_check check = HFI1U_CHECK_NONE;
	unsigned int i;

	for (i = 0; i < req->nvecs && left && check == HFI1U_CHECK_NONE; i++) {
		u64 len = min_t(u64, req->vecs[i].len, left);

		check = map_vec(req->fd, &req->vecs[i], len);
		left -= len;
	}
	return check;
}

static void unmap_vec(struct device *dev, struct hfi1u_sdma_vec *vec)
{
	while (vec->nruns) {
		struct hfi1u_sdma_run *run = &vec->runs[--vec->nruns];

		dma_unmap_page(dev, run->dma, run->size, DMA_TO_DEVICE);
	}
	kvfree(vec->runs);
	if (vec->pin)
		hfi1u_pin_put(vec->pin);
}

/**
 * hfi1u_req_unmap - undo hfi1u_req_map(), also when it failed
 * @req: request that no engine knows any more
 */
void hfi1u_req_unmap(struct hfi1u_sdma_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nvecs; i++)
		unmap_vec(req->fd->dd->dev, &req->vecs[i]);
}

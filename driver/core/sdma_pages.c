// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The pages of a send request: pinned and mapped when it begins, given back
 * when its last packet has been sent.
 *
 * Nothing is kept between requests.  A cache would save the pinning of a
 * buffer that is sent again, and would have to follow every change of the
 * address space to do so safely.
 */
#include "sdma.h"

static unsigned int pages_spanned(unsigned long base, size_t len)
{
	return DIV_ROUND_UP(offset_in_page(base) + len, PAGE_SIZE);
}

static int alloc_vec(struct hfi1u_sdma_vec *vec, unsigned int npages)
{
	vec->pages = kvcalloc(npages, sizeof(*vec->pages), GFP_KERNEL);
	vec->dma = kvcalloc(npages, sizeof(*vec->dma), GFP_KERNEL);
	return vec->pages && vec->dma ? 0 : -ENOMEM;
}

static int pin_vec(struct hfi1u_sdma_req *req, struct hfi1u_sdma_vec *vec,
		   unsigned int npages)
{
	unsigned long start = vec->base & PAGE_MASK;

	while (vec->npages < npages) {
		int ret = pin_user_pages_fast(start + vec->npages * PAGE_SIZE,
					      npages - vec->npages, 0,
					      vec->pages + vec->npages);

		if (ret <= 0)
			return ret ? ret : -EFAULT;
		vec->npages += ret;
		atomic64_add(ret, &req->fd->mm->pinned_vm);
		atomic_long_add(ret, &req->fd->dd->pinned_pages);
	}
	return 0;
}

static bool map_vec(struct device *dev, struct hfi1u_sdma_vec *vec)
{
	while (vec->nmapped < vec->npages) {
		dma_addr_t dma = dma_map_page(dev, vec->pages[vec->nmapped], 0,
					      PAGE_SIZE, DMA_TO_DEVICE);

		if (dma_mapping_error(dev, dma))
			return false;
		vec->dma[vec->nmapped++] = dma;
	}
	return true;
}

/**
 * hfi1u_req_pin - pin and map what a request will send
 * @req: request whose vectors are known
 *
 * Return: HFI1U_CHECK_NONE or the check that failed; hfi1u_req_unpin() cleans
 * up after both.
 */
enum hfi1u_check hfi1u_req_pin(struct hfi1u_sdma_req *req)
{
	u64 left = (u64)req->info.npkts * req->info.fragsize;
	unsigned int i;

	for (i = 0; i < req->nvecs && left; i++) {
		struct hfi1u_sdma_vec *vec = &req->vecs[i];
		u64 len = min_t(u64, vec->len, left);
		unsigned int npages = pages_spanned(vec->base, len);
		int ret = alloc_vec(vec, npages);

		left -= len;
		if (!ret)
			ret = pin_vec(req, vec, npages);
		if (!ret && !map_vec(req->fd->dd->dev, vec))
			ret = -ENOMEM;
		if (ret)
			return ret == -ENOMEM ?
				       HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY :
				       HFI1U_CHECK_WRITE_PAYLOAD_DATA_FAULT;
	}
	return HFI1U_CHECK_NONE;
}

static void unpin_vec(struct hfi1u_sdma_req *req, struct hfi1u_sdma_vec *vec)
{
	struct device *dev = req->fd->dd->dev;

	while (vec->nmapped)
		dma_unmap_page(dev, vec->dma[--vec->nmapped], PAGE_SIZE,
			       DMA_TO_DEVICE);
	if (vec->npages) {
		unpin_user_pages(vec->pages, vec->npages);
		atomic64_sub(vec->npages, &req->fd->mm->pinned_vm);
		atomic_long_sub(vec->npages, &req->fd->dd->pinned_pages);
	}
	vec->npages = 0;
	kvfree(vec->pages);
	kvfree(vec->dma);
}

/**
 * hfi1u_req_unpin - undo hfi1u_req_pin(), also when it failed
 * @req: request that no engine knows any more
 */
void hfi1u_req_unpin(struct hfi1u_sdma_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nvecs; i++)
		unpin_vec(req, &req->vecs[i]);
}

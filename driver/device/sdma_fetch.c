// SPDX-License-Identifier: BSD-3-Clause
/*
 * Fetching descriptors and assembling one packet from them.
 *
 * A packet is handled only when all its descriptors are in the ring; until
 * then the head stays where the packet begins.
 */
#include <stdlib.h>

#include "wfr_priv.h"

struct wfr_desc {
	uint64_t qw0;
	uint64_t qw1;
};

struct wfr_fetch {
	uint32_t ring; /* descriptors */
	uint32_t tail;
	uint32_t pos; /* descriptor to fetch next */
	uint32_t gen; /* of that descriptor */
	uint32_t count; /* fetched so far */
	struct wfr_desc first;
	struct wfr_desc desc; /* fetched last */
	size_t len;
	uint8_t *buf; /* of WFR_SDMA_PKT_BYTES_MAX */
};

#define WFR_ENG_ERR(name) WFR_SEND_DMA_ENG_ERR_STATUS_##name

static bool wfr_fetch_more(const struct wfr_fetch *f)
{
	return f->pos != f->tail;
}

/* Read the next descriptor; engine error bits or 0. */
static uint64_t wfr_fetch_desc(struct wfr_device *dev, unsigned int e,
			       struct wfr_fetch *f, bool edit)
{
	const struct wfr_sdma *eng = &dev->sdma[e];
	uint64_t addr = wfr_get(dev, WFR_SEND_DMA_BASE_ADDR(e)) +
			(uint64_t)f->pos * WFR_SDMA_DESC_SIZE;
	uint8_t raw[WFR_SDMA_DESC_SIZE];

	if (f->count >= WFR_SDMA_PKT_DESCS_MAX)
		return WFR_ENG_ERR(PACKET_DESC_OVERFLOW);
	if (wfr_dma_read(dev, addr, raw, sizeof(raw)))
		return WFR_ENG_ERR(MEM_READ);
	f->desc.qw0 = wfr_get_le64(raw);
	f->desc.qw1 = wfr_get_le64(raw + 8);
	if (!edit && eng->gen_check &&
	    WFR_GET(WFR_SDMA_DESC1_GENERATION, f->desc.qw1) !=
		    (f->gen & WFR_SDMA_GEN_MASK))
		return WFR_ENG_ERR(GEN_MISMATCH);
	f->count++;
	if (++f->pos == f->ring) {
		f->pos = 0;
		f->gen++;
	}
	return 0;
}

static uint64_t wfr_fetch_data(struct wfr_device *dev, struct wfr_fetch *f)
{
	size_t n = WFR_GET(WFR_SDMA_DESC0_BYTE_COUNT, f->desc.qw0);

	if (f->len + n > WFR_SDMA_PKT_BYTES_MAX)
		return WFR_ENG_ERR(TOO_LONG);
	if (n &&
	    wfr_dma_read(dev, WFR_GET(WFR_SDMA_DESC0_PHY_ADDR, f->desc.qw0),
			 f->buf + f->len, n))
		return WFR_ENG_ERR(MEM_READ);
	f->len += n;
	return 0;
}

/* Edits after the first one, four to a descriptor. */
static uint64_t wfr_fetch_edits(struct wfr_device *dev, unsigned int e,
				struct wfr_fetch *f, unsigned int descs,
				bool *whole)
{
	while (descs--) {
		uint64_t err;

		if (!wfr_fetch_more(f)) {
			*whole = false;
			return 0;
		}
		err = wfr_fetch_desc(dev, e, f, true);
		if (err)
			return err;
		wfr_ahg_edit(f->buf, f->desc.qw0);
		wfr_ahg_edit(f->buf, f->desc.qw0 >> 32);
		wfr_ahg_edit(f->buf, f->desc.qw1);
		wfr_ahg_edit(f->buf, f->desc.qw1 >> 32);
	}
	return 0;
}

static uint64_t wfr_fetch_first(struct wfr_device *dev, unsigned int e,
				struct wfr_fetch *f, bool *whole)
{
	unsigned int mode;
	uint64_t err;

	err = wfr_fetch_desc(dev, e, f, false);
	if (err)
		return err;
	f->first = f->desc;
	if (!(f->first.qw0 & WFR_SDMA_DESC0_FIRST_DESC))
		return WFR_ENG_ERR(FIRST_DESC);
	mode = WFR_GET(WFR_SDMA_DESC1_HEADER_MODE, f->first.qw1);
	if (mode > WFR_SDMA_DESC1_HEADER_MODE_EDIT3)
		return WFR_ENG_ERR(HEADER_SELECT);
	if (mode >= WFR_SDMA_DESC1_HEADER_MODE_EDIT1) {
		err = wfr_ahg_start(&dev->sdma[e], f->first.qw1, f->buf,
				    &f->len);
		if (err)
			return err;
		err = wfr_fetch_edits(dev, e, f,
				      mode - WFR_SDMA_DESC1_HEADER_MODE_EDIT1,
				      whole);
		if (err || !*whole)
			return err;
		f->desc = f->first;
	}
	return wfr_fetch_data(dev, f);
}

/* Gather a packet; *whole is false when its last descriptor is not there. */
static uint64_t wfr_fetch_packet(struct wfr_device *dev, unsigned int e,
				 struct wfr_fetch *f, bool *whole)
{
	uint64_t err;

	*whole = true;
	err = wfr_fetch_first(dev, e, f, whole);
	while (!err && *whole && !(f->desc.qw0 & WFR_SDMA_DESC0_LAST_DESC)) {
		if (!wfr_fetch_more(f)) {
			*whole = false;
			return 0;
		}
		err = wfr_fetch_desc(dev, e, f, false);
		if (!err && (f->desc.qw0 & WFR_SDMA_DESC0_FIRST_DESC))
			err = WFR_ENG_ERR(FIRST_DESC);
		if (!err)
			err = wfr_fetch_data(dev, f);
	}
	return err;
}

static uint64_t wfr_fetch_verify(const struct wfr_fetch *f)
{
	if (f->len % 4)
		return WFR_ENG_ERR(WRONG_DW);
	if (f->len < 4 * WFR_PBC_DWS ||
	    f->len != 4 * WFR_GET(WFR_PBC_LENGTH_DWS, wfr_get_le64(f->buf)))
		return WFR_ENG_ERR(LENGTH_MISMATCH);
	return 0;
}

/* Check and send the packet; 0, or engine error bits. */
static uint64_t wfr_fetch_send(struct wfr_device *dev, unsigned int e,
			       const struct wfr_fetch *f)
{
	uint64_t err = wfr_fetch_verify(f);
	struct wfr_packet *pkt;
	uint64_t info;

	if (err)
		return err;
	pkt = wfr_packet_new(wfr_get_le64(f->buf), f->buf + 8, f->len - 8);
	if (!pkt)
		return WFR_ENG_ERR(ASSEMBLY_UNC);
	pkt->sdma = true;
	pkt->src = e;
	info = wfr_integrity_check(dev, pkt);
	if (!info) {
		wfr_egress_add(dev, pkt);
		return 0;
	}
	wfr_integrity_report(dev, pkt, info);
	free(pkt);
	/* Unlike a send context, the engine goes on with the next packet. */
	wfr_err_raise(
		dev, WFR_FAULT_EGRESS,
		WFR_PREP(WFR_SEND_EGRESS_ERR_STATUS_TX_SDMA_DISALLOWED_PACKET,
			 1u << e));
	return 0;
}

/* Handle one packet; its number of descriptors, 0 if there was none. */
int wfr_sdma_one(struct wfr_device *dev, unsigned int e)
{
	struct wfr_sdma *eng = &dev->sdma[e];
	/* Not zeroed for each packet: it is long, packets are short. */
	uint8_t buf[WFR_SDMA_PKT_BYTES_MAX + 1] __attribute__((aligned(8)));
	struct wfr_fetch f = {
		.buf = buf,
		.ring = wfr_sdma_ring(dev, e),
		.tail = wfr_get(dev, WFR_SEND_DMA_TAIL(e)),
		.pos = eng->head,
		.gen = eng->gen,
	};
	bool whole;
	uint64_t err;

	if (!wfr_fetch_more(&f))
		return 0;
	/* The ring may have become shorter since the tail was written. */
	if (f.tail >= f.ring || f.pos >= f.ring) {
		wfr_sdma_fail(dev, e, WFR_ENG_ERR(TAIL_OUT_OF_BOUNDS));
		return 0;
	}
	err = wfr_fetch_packet(dev, e, &f, &whole);
	if (!err && !whole)
		return 0;
	if (!err && WFR_GET(WFR_SDMA_DESC1_HEADER_MODE, f.first.qw1) ==
			    WFR_SDMA_DESC1_HEADER_MODE_COPY)
		wfr_ahg_store(eng, f.first.qw1, f.buf, f.len);
	if (!err)
		err = wfr_fetch_send(dev, e, &f);
	if (err) {
		wfr_sdma_fail(dev, e, err);
		return 0;
	}
	wfr_sdma_advance(dev, e, f.count,
			 (f.first.qw1 | f.desc.qw1) &
				 (WFR_SDMA_DESC1_HEAD_TO_HOST |
				  WFR_SDMA_DESC1_INT_REQ));
	return f.count;
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * Packets as they travel: LRH, BTH, further headers and payload.  The ICRC
 * is not carried; damage to it is a flag.  All accessors are safe on packets
 * too short for the header they look at and return 0 there.
 */
#include <stdlib.h>

#include "wfr_priv.h"

struct wfr_packet *wfr_packet_new(uint64_t pbc, const void *data, size_t len)
{
	struct wfr_packet *pkt = malloc(sizeof(*pkt) + len);

	if (!pkt)
		return NULL;
	memset(pkt, 0, sizeof(*pkt));
	memcpy(pkt->data, data, len);
	pkt->len = len;
	pkt->pbc = pbc;
	pkt->vl = WFR_GET(WFR_PBC_VL, pbc);
	pkt->sc = WFR_GET(WFR_LRH0_SC, wfr_pkt_lrh(pkt, 0)) |
		  WFR_GET(WFR_PBC_DC_INFO, pbc) << 4;
	return pkt;
}

struct wfr_packet *wfr_packet_dup(const struct wfr_packet *pkt)
{
	struct wfr_packet *dup = malloc(sizeof(*dup) + pkt->len);

	if (!dup)
		return NULL;
	memcpy(dup, pkt, sizeof(*dup) + pkt->len);
	dup->next = NULL;
	return dup;
}

void wfr_pktq_init(struct wfr_pktq *q)
{
	q->head = NULL;
	q->tail = &q->head;
	q->count = 0;
}

void wfr_pktq_push(struct wfr_pktq *q, struct wfr_packet *pkt)
{
	pkt->next = NULL;
	*q->tail = pkt;
	q->tail = &pkt->next;
	q->count++;
}

struct wfr_packet *wfr_pktq_pop(struct wfr_pktq *q)
{
	struct wfr_packet *pkt = q->head;

	if (!pkt)
		return NULL;
	q->head = pkt->next;
	if (!q->head)
		q->tail = &q->head;
	q->count--;
	pkt->next = NULL;
	return pkt;
}

void wfr_pktq_purge(struct wfr_pktq *q)
{
	struct wfr_packet *pkt;

	while ((pkt = wfr_pktq_pop(q)))
		free(pkt);
}

/* Big-endian halfword @i of the local route header. */
uint16_t wfr_pkt_lrh(const struct wfr_packet *pkt, unsigned int i)
{
	const uint8_t *p = pkt->data + 2 * i;

	if (pkt->len < 2 * i + 2)
		return 0;
	return p[0] << 8 | p[1];
}

/* Big-endian dword @i of the base transport header. */
uint32_t wfr_pkt_bth(const struct wfr_packet *pkt, unsigned int i)
{
	size_t off = 4 * (WFR_LRH_DWS + i);
	const uint8_t *p = pkt->data + off;

	if (pkt->len < off + 4)
		return 0;
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* Little-endian dword @i of the KDETH header. */
uint32_t wfr_pkt_kdeth(const struct wfr_packet *pkt, unsigned int i)
{
	size_t off = 4 * (WFR_LRH_DWS + WFR_BTH_DWS + i);

	if (pkt->len < off + 4)
		return 0;
	return wfr_get_le32(pkt->data + off);
}

bool wfr_pkt_is_kdeth(const struct wfr_packet *pkt, unsigned int prefix)
{
	if (pkt->pbc & WFR_PBC_PACKET_BYPASS)
		return false;
	if (WFR_GET(WFR_LRH0_LNH, wfr_pkt_lrh(pkt, 0)) != WFR_LRH0_LNH_BTH)
		return false;
	return WFR_GET(WFR_BTH1_QP_PREFIX, wfr_pkt_bth(pkt, 1)) == prefix;
}

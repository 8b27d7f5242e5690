// SPDX-License-Identifier: BSD-3-Clause
/*
 * Receiving: walking the header queue.
 *
 * The last quadword of an entry, the RHF, is written last.  Its sequence goes
 * round from 1 to 13, so an entry is new when it has the sequence that is due;
 * a ring of any length cannot be mistaken for its previous round.  With
 * DMA_RTAIL the chip writes its tail to memory instead.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "endpoint.h"

static const unsigned char *entry_at(const struct hfi1t *t)
{
	const unsigned char *queue = t->map[HFI1U_REGION_RCV_HDRQ].object;

	return queue + (size_t)t->entry * t->info.rcvhdrq_entsize;
}

static uint64_t read_rhf(const struct hfi1t *t)
{
	const unsigned char *end = entry_at(t) + t->info.rcvhdrq_entsize;
	const uint64_t *rhf = (const uint64_t *)end - 1;

	return le64toh(__atomic_load_n(rhf, __ATOMIC_ACQUIRE));
}

static unsigned int head_dws(const struct hfi1t *t)
{
	return t->entry * (t->info.rcvhdrq_entsize / 4);
}

static bool is_new(const struct hfi1t *t, uint64_t rhf)
{
	const uint64_t *tail = t->map[HFI1U_REGION_RTAIL].object;

	if (tail)
		return le64toh(__atomic_load_n(tail, __ATOMIC_ACQUIRE)) !=
		       head_dws(t);
	return WFR_GET(WFR_RHF_RCV_SEQ, rhf) == t->sequence;
}

static volatile uint64_t *user_register(const struct hfi1t *t,
					enum hfi1_ureg reg)
{
	return (volatile uint64_t *)t->map[HFI1U_REGION_UREGS].object + reg;
}

void hfi1t_release(struct hfi1t *t)
{
	if (!t->unreleased)
		return;
	*user_register(t, ur_rcvhdrhead) = htole64(head_dws(t));
	t->unreleased = 0;
}

/* A packet in a new buffer: those before it are finished with. */
static void release_eager(struct hfi1t *t, unsigned int index)
{
	if (index == t->eager)
		return;
	t->eager = index;
	*user_register(t, ur_rcvegrindexhead) = htole64(index);
}

static const void *eager_payload(struct hfi1t *t, uint64_t rhf)
{
	const unsigned char *area = t->map[HFI1U_REGION_RCV_EGRBUF].object;
	unsigned int index = WFR_GET(WFR_RHF_EGR_INDEX, rhf);

	if (!(rhf & WFR_RHF_USE_EGR_BFR))
		return NULL;
	release_eager(t, index);
	return area + (size_t)index * t->info.rcvegr_size +
	       WFR_GET(WFR_RHF_EGR_OFFSET, rhf) * WFR_EGR_OFFSET_UNIT;
}

static void describe(struct hfi1t *t, uint64_t rhf, struct hfi1t_arrival *a)
{
	size_t length = WFR_GET(WFR_RHF_PKT_LEN, rhf) * 4;
	struct {
		uint16_t lrh[4];
		uint32_t bth[3];
		struct hfi1_kdeth_header kdeth;
	} __attribute__((packed)) head;
	unsigned int i;

	memcpy(&head, entry_at(t) + WFR_GET(WFR_RHF_HDRQ_OFFSET, rhf) * 4,
	       sizeof(head));
	a->rhf = rhf;
	a->expected = WFR_GET(WFR_RHF_TYPE, rhf) == WFR_RHF_TYPE_EXPECTED;
	a->opcode = WFR_GET(WFR_BTH0_OPCODE, be32toh(head.bth[0]));
	a->psn = WFR_GET(WFR_BTH2_PSN, be32toh(head.bth[2]));
	for (i = 0; i < HFI1T_WORDS; i++)
		a->words[i] = le32toh(head.kdeth.swdata[i]);
	a->length = length < WFR_PKT_OVERHEAD ? 0 : length - WFR_PKT_OVERHEAD;
	a->payload = eager_payload(t, rhf);
}

int hfi1t_receive(struct hfi1t *t, struct hfi1t_arrival *a)
{
	uint64_t rhf = read_rhf(t);

	if (t->unreleased >= HFI1T_RELEASE_EVERY)
		hfi1t_release(t);
	if (!is_new(t, rhf))
		return 0;
	/* With a tail in memory the entry is complete only now. */
	if (t->map[HFI1U_REGION_RTAIL].object)
		rhf = read_rhf(t);
	describe(t, rhf, a);
	t->entry = t->entry + 1 == t->info.rcvhdrq_cnt ? 0 : t->entry + 1;
	t->sequence = t->sequence % WFR_RHF_MAX_SEQ + 1;
	t->unreleased++;
	return rhf & WFR_RHF_ERRORS ? -EBADMSG : 1;
}

void hfi1t_flow_start(struct hfi1t *t, unsigned int flow,
		      unsigned int generation)
{
	uint64_t entry = WFR_TID_FLOW_FLOW_VALID |
			 WFR_TID_FLOW_HDR_SUPP_ENABLED |
			 WFR_TID_FLOW_SEQ_MISMATCH | WFR_TID_FLOW_GEN_MISMATCH |
			 WFR_PREP(WFR_TID_FLOW_GEN_VAL, generation);

	user_register(t, ur_rcvtidflowtable)[flow] = htole64(entry);
}

uint32_t hfi1t_flow_psn(unsigned int generation, uint64_t packets)
{
	return WFR_PREP(WFR_BTH2_GEN, generation) |
	       WFR_PREP(WFR_BTH2_SEQ, packets);
}

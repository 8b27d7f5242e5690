/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the files of the transport share.
 */
#ifndef HFI1T_ENDPOINT_H
#define HFI1T_ENDPOINT_H

#include "packet.h"
#include "transport.h"
#include "wfr_words.h"

/* Entries read before the chip is told: each time costs a register write. */
#define HFI1T_RELEASE_EVERY 64

/** hfi1t_describe() - the header of a packet that leaves from @t. */
void hfi1t_describe(const struct hfi1t *t, const struct hfi1t_packet *p,
		    struct hfi1t_header *h);

/** hfi1t_release() - tell the chip which entries have been read. */
void hfi1t_release(struct hfi1t *t);

#endif

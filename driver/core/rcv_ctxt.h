/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Receive contexts, inside the core.
 */
#ifndef HFI1U_RCV_CTXT_H
#define HFI1U_RCV_CTXT_H

#include "priv.h"

/* What hfi1u_rcv_control() can be asked for. */
#define HFI1U_RCV_ENABLE       BIT(0)
#define HFI1U_RCV_DISABLE      BIT(1)
#define HFI1U_RCV_TAIL_ON      BIT(2)
#define HFI1U_RCV_TAIL_OFF     BIT(3)
#define HFI1U_RCV_FLOW_ON      BIT(4)
#define HFI1U_RCV_FLOW_OFF     BIT(5)
#define HFI1U_RCV_ONE_PKT_ON   BIT(6)
#define HFI1U_RCV_ONE_PKT_OFF  BIT(7)
#define HFI1U_RCV_KEEP_RHQ_ON  BIT(8)
#define HFI1U_RCV_KEEP_RHQ_OFF BIT(9)
#define HFI1U_RCV_KEEP_EGR_ON  BIT(10)
#define HFI1U_RCV_KEEP_EGR_OFF BIT(11)
#define HFI1U_RCV_AVAIL_ON     BIT(12)
#define HFI1U_RCV_AVAIL_OFF    BIT(13)
#define HFI1U_RCV_URGENT_ON    BIT(14)
#define HFI1U_RCV_URGENT_OFF   BIT(15)

int hfi1u_rcv_alloc(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_free(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_start(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_stop(struct hfi1u_ctxt *uctxt);
void hfi1u_rcv_control(struct hfi1u_ctxt *uctxt, u32 op);
void hfi1u_rcv_control_locked(struct hfi1u_ctxt *uctxt, u32 op);
bool hfi1u_rcv_pending(struct hfi1u_ctxt *uctxt);

#endif

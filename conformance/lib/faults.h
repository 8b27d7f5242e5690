/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults of the unit under test, brought about by the command of --ctl.
 *
 * The words this file knows are all a lane must understand to run the cases
 * that need faults.  A case is broken when the command refuses.
 */
#ifndef HFI1C_LIB_FAULTS_H
#define HFI1C_LIB_FAULTS_H

#include <stdbool.h>

/* hfi1c_fault_freeze() - freeze the chip; the driver unfreezes it itself. */
void hfi1c_fault_freeze(void);

/* hfi1c_fault_hold_freeze() - the chip does not leave a freeze, or does again. */
void hfi1c_fault_hold_freeze(bool hold);

/* hfi1c_fault_link() - take the link down or bring it up. */
void hfi1c_fault_link(bool up);

/* hfi1c_fault_halt() - halt a send context. */
void hfi1c_fault_halt(unsigned int send_ctxt);

#endif

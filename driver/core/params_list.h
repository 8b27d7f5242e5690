/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The parameters a driver is loaded with and then keeps, for whoever offers
 * them: name, member of struct hfi1u_params, its type as the kernel's macros
 * name it, description.  Names are those of hfi1.  To be included where
 * HFI1U_PARAM() is defined, hence without a guard.
 */
HFI1U_PARAM(num_user_contexts, num_user_contexts, int,
	    "user contexts, negative: one per CPU");
HFI1U_PARAM(krcvqs, krcvqs, uint, "receive queues kept for kernel traffic");
HFI1U_PARAM(num_vls, num_vls, uint, "virtual lanes, a power of two up to 8");
HFI1U_PARAM(rcvarr_split, rcvarray_split, uint,
	    "percent of a context's RcvArray share for eager buffers");
HFI1U_PARAM(rcvhdrcnt, rcvhdrcnt, uint, "receive header queue entries");
HFI1U_PARAM(hdrq_entsize, hdrq_entsize, uint,
	    "dwords of a header queue entry: 2, 16 or 32");
HFI1U_PARAM(eager_buffer_size, eager_buffer_size, uint,
	    "bytes of a context's eager buffers");
HFI1U_PARAM(max_mtu, max_mtu, uint, "largest payload of a packet in bytes");
HFI1U_PARAM(rcv_intr_timeout, rcv_intr_timeout, uint,
	    "receive interrupt mitigation, nanoseconds");
HFI1U_PARAM(rcv_intr_count, rcv_intr_count, uint,
	    "receive interrupt mitigation, packets");
HFI1U_PARAM(sdma_comp_size, sdma_comp_size, uint,
	    "slots of a file's SDMA completion ring");
HFI1U_PARAM(sdma_descq_cnt, sdma_descq_cnt, uint,
	    "descriptors of an SDMA engine's ring");
HFI1U_PARAM(num_sdma, num_sdma, uint, "SDMA engines to use, 0: all");
HFI1U_PARAM(piothreshold, piothreshold, uint,
	    "largest kernel packet sent by PIO");
HFI1U_PARAM(user_credit_return_threshold, user_credit_return_threshold, uint,
	    "percent of the credits that may be unreturned");
HFI1U_PARAM(cache_size, cache_size, ulong,
	    "MiB of user memory one file may keep pinned");

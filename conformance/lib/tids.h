/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registering buffers for expected receive.
 */
#ifndef HFI1C_LIB_TIDS_H
#define HFI1C_LIB_TIDS_H

#include <stdint.h>

#include "context.h"

/* No context has more expected entries. */
#define HFI1C_MAX_TIDS 4096

/**
 * struct hfi1c_tids - a registration
 * @words:  TID words, in the order of the buffer
 * @count:  how many
 * @length: bytes covered
 */
struct hfi1c_tids {
	uint32_t words[HFI1C_MAX_TIDS];
	uint32_t count;
	uint32_t length;
};

/** hfi1c_tid_update() - register; @t holds what came back. */
long hfi1c_tid_update(int fd, const void *buffer, uint32_t length,
		      struct hfi1c_tids *t);

/** hfi1c_tid_free() - free @count words; -errno or how many were freed. */
long hfi1c_tid_free(int fd, const uint32_t *words, uint32_t count);

/** hfi1c_tid_invalid() - read invalidated words. */
long hfi1c_tid_invalid(int fd, struct hfi1c_tids *t);

/** hfi1c_tid_expected() - expected entries of the context. */
uint32_t hfi1c_tid_expected(const struct hfi1c_context *c);

#endif

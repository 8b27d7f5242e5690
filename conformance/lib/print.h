/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls as text, decoded with the argument tables of the spec.
 */
#ifndef HFI1C_LIB_PRINT_H
#define HFI1C_LIB_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum hfi1c_call_kind {
	HFI1C_CALL_NONE,
	HFI1C_CALL_IOCTL,
	HFI1C_CALL_MMAP,
	HFI1C_CALL_WRITEV,
	HFI1C_CALL_OTHER, /* its text is complete */
};

#define HFI1C_CALL_ARGUMENT    128
#define HFI1C_CALL_VECTORS     4
#define HFI1C_CALL_HEADER_SIZE 8 /* bytes of a vector that are kept */

/* Prints the head of a writev()'s first vector; the device's, or NULL. */
extern void (*hfi1c_print_head)(const void *head, char *buffer, size_t size);

/**
 * struct hfi1c_call - a call that was made
 * @argument:      what the pointer (the first vector) referred to
 * @argument_size: bytes of it that could be read
 */
struct hfi1c_call {
	enum hfi1c_call_kind kind;
	int fd;
	long result; /* or -errno */
	uint64_t request; /* ioctl: the number; mmap: the offset */
	uint64_t address; /* ioctl: the pointer */
	size_t length;
	int prot, flags;
	int count;
	struct iovec vectors[HFI1C_CALL_VECTORS];
	size_t argument_size;
	unsigned char argument[HFI1C_CALL_ARGUMENT];
	char text[128];
};

/* hfi1c_argument_size() - bytes a request's pointer refers to; 0 if unknown. */
size_t hfi1c_argument_size(unsigned long request);

const char *hfi1c_call_print(const struct hfi1c_call *call, char *buffer,
			     size_t size);

#endif

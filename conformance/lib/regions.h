/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The regions of a context, and mapping them.
 */
#ifndef HFI1C_LIB_REGIONS_H
#define HFI1C_LIB_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"

enum hfi1c_region_write {
	HFI1C_WRITE_ALLOWED,
	HFI1C_WRITE_REFUSED,
	HFI1C_WRITE_ONLY, /* what the process writes is not for reading */
};

/**
 * struct hfi1c_region - what every case knows about a region
 * @name:      as in the spec
 * @token:     offset of its token in struct hfi1_base_info
 * @write:     enum hfi1c_region_write
 * @no_escalation: write permission cannot be gained after mapping without
 * @dontcopy:  a child of fork() does not get it
 * @dontexpand: mremap() cannot make it longer
 * @group:     exists for shared contexts only
 * @offset:    the token's low 12 bits mean something
 */
struct hfi1c_region {
	const char *name;
	size_t token;
	unsigned int type;
	enum hfi1c_region_write write;
	bool no_escalation;
	bool dontcopy;
	bool dontexpand;
	bool group;
	bool offset;
};

extern const struct hfi1c_region hfi1c_regions[];
extern const size_t hfi1c_region_count;

/* hfi1c_region() - by its type number; it must exist. */
const struct hfi1c_region *hfi1c_region(unsigned int type);

/* hfi1c_region_token() - as USER_INFO reported it; 0 if the context has none. */
uint64_t hfi1c_region_token(const struct hfi1c_context *c,
			    const struct hfi1c_region *r);

/* hfi1c_region_length() - what mmap() wants, of a context of @members. */
size_t hfi1c_region_length(const struct hfi1c_context *c,
			   const struct hfi1c_region *r, unsigned int members);

/* hfi1c_region_prot() - the widest protection a mapping may ask for. */
int hfi1c_region_prot(const struct hfi1c_region *r);

/*
 * hfi1c_region_map() - the whole region, or the case fails.
 *
 * @members is the size of the group, 0 for a private context.  The address
 * has the token's in-page offset added.
 */
void *hfi1c_region_map(const struct hfi1c_context *c, unsigned int type,
		       int prot, unsigned int members);

/* hfi1c_region_unmap() - what hfi1c_region_map() returned, as a whole. */
void hfi1c_region_unmap(const struct hfi1c_context *c, unsigned int type,
			const volatile void *address, unsigned int members);

/* hfi1c_token_offset() - what mmap() takes of a token. */
uint64_t hfi1c_token_offset(uint64_t token);

/* hfi1c_is_mapped() - whether a page is mapped in this process. */
bool hfi1c_is_mapped(const void *address);

#endif

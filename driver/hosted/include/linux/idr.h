/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_IDR_H
#define HOSTED_LINUX_IDR_H

#include <linux/xarray.h>

struct idr {
	struct xarray xa;
	u32 next;
};

struct ida {
	struct xarray xa;
};

#define IDR_INIT(name)                                  \
	{                                               \
		XARRAY_INIT(name.xa, XA_FLAGS_ALLOC), 0 \
	}
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)
#define IDA_INIT(name)                               \
	{                                            \
		XARRAY_INIT(name.xa, XA_FLAGS_ALLOC) \
	}
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

void idr_init(struct idr *idr);
int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
void *idr_find(struct idr *idr, unsigned long id);
void *idr_remove(struct idr *idr, unsigned long id);
void *idr_get_next(struct idr *idr, int *nextid);
bool idr_is_empty(const struct idr *idr);
void idr_destroy(struct idr *idr);
#define idr_preload(gfp)  ((void)0)
#define idr_preload_end() ((void)0)
#define idr_for_each_entry(idr, entry, id) \
	for (id = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; id += 1)

void ida_init(struct ida *ida);
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max,
		    gfp_t gfp);
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);
#define ida_alloc(ida, gfp)	     ida_alloc_range(ida, 0, 0x7fffffff, gfp)
#define ida_alloc_max(ida, max, gfp) ida_alloc_range(ida, 0, max, gfp)

#endif /* HOSTED_LINUX_IDR_H */

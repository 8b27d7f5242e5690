// SPDX-License-Identifier: BSD-3-Clause
/*
 * mmap: the checks of mm/mmap.c, and what a driver puts into a mapping,
 * recorded as pieces of memory files.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <hosted/mmio.h>
#include <hosted/vfs.h>
#include "internal.h"

/* Flags MAP_SHARED_VALIDATE knows: the old ones and MAP_SYNC is not ours. */
#define VALIDATE_MASK                                                  \
	(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS |        \
	 MAP_DENYWRITE | MAP_EXECUTABLE | MAP_GROWSDOWN | MAP_LOCKED | \
	 MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK |     \
	 MAP_HUGETLB | MAP_32BIT | MAP_FIXED_NOREPLACE | (0x3fU << 26))

int hosted_vma_add(struct vm_area_struct *vma, unsigned long start,
		   unsigned long length, int fd, off_t offset)
{
	struct hosted_vma_seg *seg;

	if (!list_empty(&vma->segs)) {
		seg = list_last_entry(&vma->segs, struct hosted_vma_seg, node);
		if (seg->fd == fd && seg->start + seg->length == start &&
		    seg->offset + (off_t)seg->length == offset) {
			seg->length += length;
			return 0;
		}
	}
	seg = calloc(1, sizeof(*seg));
	if (!seg)
		return -ENOMEM;
	*seg = (struct hosted_vma_seg){
		.start = start, .length = length, .fd = fd, .offset = offset
	};
	list_add_tail(&seg->node, &vma->segs);
	return 0;
}

static int add_phys(struct vm_area_struct *vma, unsigned long addr,
		    phys_addr_t phys, unsigned long size)
{
	off_t offset;
	int fd;

	if (!size || offset_in_page(addr) || addr < vma->vm_start ||
	    size > vma->vm_end - addr)
		return -EINVAL;
	size = PAGE_ALIGN(size);
	if (WARN_ON(!hosted_phys_to_fd(phys, size, &fd, &offset)))
		return -EINVAL;
	return hosted_vma_add(vma, addr, size, fd, offset);
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr,
		    unsigned long pfn, unsigned long size, pgprot_t prot)
{
	(void)prot;
	/* what covers a vma is all there is in it, say newer kernels */
	if (addr == vma->vm_start && addr + size == vma->vm_end &&
	    !list_empty(&vma->segs))
		return -EINVAL;
	vma->vm_flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP;
	return add_phys(vma, addr, PFN_PHYS(pfn), size);
}

int vm_iomap_memory(struct vm_area_struct *vma, phys_addr_t start,
		    unsigned long len)
{
	unsigned long pages = PFN_UP(offset_in_page(start) + len);

	if (start + len < start || vma->vm_pgoff > pages ||
	    vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	return remap_pfn_range(vma, vma->vm_start,
			       PHYS_PFN(start) + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

int vm_insert_page(struct vm_area_struct *vma, unsigned long addr,
		   struct page *page)
{
	vma->vm_flags |= VM_MIXEDMAP;
	return add_phys(vma, addr, page_to_phys(page), PAGE_SIZE);
}

int remap_vmalloc_range_partial(struct vm_area_struct *vma, unsigned long uaddr,
				void *kaddr, unsigned long pgoff,
				unsigned long size)
{
	unsigned long off = pgoff << PAGE_SHIFT;

	size = PAGE_ALIGN(size);
	if (!hosted_arena_has(kaddr) || offset_in_page(uaddr) ||
	    offset_in_page(kaddr) || off + size < off ||
	    off + size > hosted_arena_size(kaddr))
		return -EINVAL;
	vma->vm_flags |= VM_DONTEXPAND | VM_DONTDUMP | VM_MIXEDMAP;
	return add_phys(vma, uaddr, virt_to_phys((char *)kaddr + off), size);
}

int remap_vmalloc_range(struct vm_area_struct *vma, void *addr,
			unsigned long pgoff)
{
	return remap_vmalloc_range_partial(vma, vma->vm_start, addr, pgoff,
					   vma->vm_end - vma->vm_start);
}

int dma_mmap_coherent(struct device *dev, struct vm_area_struct *vma,
		      void *cpu_addr, dma_addr_t handle, size_t size)
{
	unsigned long pages = PFN_UP(size);

	(void)dev;
	if (vma->vm_pgoff >= pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -ENXIO;
	WARN_ON(handle != hosted_arena_phys(cpu_addr));
	return remap_pfn_range(vma, vma->vm_start,
			       PHYS_PFN(handle) + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static bool covered(struct vm_area_struct *vma, unsigned long addr)
{
	struct hosted_vma_seg *seg;

	list_for_each_entry(seg, &vma->segs, node)
		if (addr >= seg->start && addr - seg->start < seg->length)
			return true;
	return false;
}

/*
 * Faults happen now: our processes touch memory files, where no fault comes
 * back to a driver.  A page the driver refuses stays a hole (SIGBUS).
 */
static int fault_in(struct vm_area_struct *vma)
{
	unsigned long addr;
	int err = 0;

	if (!vma->vm_ops || !vma->vm_ops->fault)
		return 0;
	for (addr = vma->vm_start; !err && addr < vma->vm_end;
	     addr += PAGE_SIZE) {
		struct vm_fault vmf = {
			.vma = vma,
			.address = addr,
			.pgoff = vma->vm_pgoff +
				 ((addr - vma->vm_start) >> PAGE_SHIFT),
		};

		if (!covered(vma, addr) && !vma->vm_ops->fault(&vmf) &&
		    vmf.page)
			err = add_phys(vma, addr, page_to_phys(vmf.page),
				       PAGE_SIZE);
	}
	return err;
}

/* The type of the mapping and what the file's mode leaves of its rights. */
static long type_flags(struct file *file, int prot, int flags)
{
	unsigned long vm = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	vm |= prot & PROT_READ ? VM_READ : 0;
	vm |= prot & PROT_WRITE ? VM_WRITE : 0;
	vm |= prot & PROT_EXEC ? VM_EXEC : 0;
	switch (flags & MAP_TYPE) {
	case MAP_SHARED_VALIDATE:
		if (flags & ~VALIDATE_MASK)
			return -EOPNOTSUPP;
		fallthrough;
	case MAP_SHARED:
		if ((prot & PROT_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		vm |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			vm &= ~(VM_MAYWRITE | VM_SHARED);
		fallthrough;
	case MAP_PRIVATE:
		if (!(file->f_mode & FMODE_READ))
			return -EACCES;
		if (!file->f_op->mmap)
			return -ENODEV;
		if (flags & MAP_GROWSDOWN)
			return -EINVAL;
		return vm;
	}
	return -EINVAL;
}

static int check_locked(size_t len)
{
	u64 locked_kb = 0;

	if (!can_do_mlock())
		return -EPERM;
	hosted_proc_status(current->tgid, "VmLck", 10, &locked_kb);
	if (locked_kb * 1024 + len > rlimit(RLIMIT_MEMLOCK) &&
	    !capable(CAP_IPC_LOCK))
		return -EAGAIN;
	return 0;
}

/* Checks in the order of the system call; returns vm_flags or an error. */
static long check_mmap(struct file *file, size_t *len, int prot, int flags,
		       unsigned long off)
{
	int err;

	if (offset_in_page(off))
		return -EINVAL;
	if (flags & MAP_HUGETLB)
		return -EINVAL;
	if (!*len)
		return -EINVAL;
	*len = PAGE_ALIGN(*len);
	if (!*len || *len > TASK_SIZE_MAX)
		return -ENOMEM;
	if ((off >> PAGE_SHIFT) + (*len >> PAGE_SHIFT) < off >> PAGE_SHIFT)
		return -EOVERFLOW;
	if (flags & MAP_LOCKED) {
		err = check_locked(*len);
		if (err)
			return err;
	}
	return type_flags(file, prot, flags);
}

static void free_vma(struct vm_area_struct *vma)
{
	struct hosted_vma_seg *seg, *next;

	list_for_each_entry_safe(seg, next, &vma->segs, node) {
		list_del(&seg->node);
		free(seg);
	}
	free(vma);
}

struct vm_area_struct *hosted_mmap(struct file *file, unsigned long addr,
				   size_t len, int prot, int flags,
				   unsigned long off)
{
	long vm_flags = check_mmap(file, &len, prot, flags, off);
	struct vm_area_struct *vma;
	int err;

	if (vm_flags < 0)
		return ERR_PTR(vm_flags);
	vma = calloc(1, sizeof(*vma));
	if (!vma)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&vma->segs);
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_mm = current->mm;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = off >> PAGE_SHIFT;
	vma->vm_file = get_file(file);
	hosted_vmas_changed(vma->vm_mm);
	err = file->f_op->mmap(file, vma);
	if (!err)
		err = fault_in(vma);
	if (err) {
		fput(file);
		free_vma(vma);
		return ERR_PTR(err);
	}
	return vma;
}

void hosted_munmap(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	fput(vma->vm_file);
	free_vma(vma);
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * Address spaces of processes.
 *
 * Locks: mms_lock covers the list and is a leaf.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include "internal.h"

static LIST_HEAD(mms);
static DEFINE_SPINLOCK(mms_lock);
static long mms_live;
static unsigned long next_id = 1;
static struct mm_struct *self_mm;
static pthread_once_t self_once = PTHREAD_ONCE_INIT;

static void init_mm(struct mm_struct *mm, pid_t pid)
{
	init_rwsem(&mm->mmap_lock);
	atomic64_set(&mm->pinned_vm, 0);
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	spin_lock_init(&mm->notifier_lock);
	init_waitqueue_head(&mm->notifier_wait);
	INIT_LIST_HEAD(&mm->notifiers);
	mm->pid = pid;
	mm->mem_fd = -1;
	/* User frames lie far above all memory and BARs. */
	mm->pfn_base = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED) << 36;
}

static void self_setup(void)
{
	self_mm = calloc(1, sizeof(*self_mm));
	BUG_ON(!self_mm);
	init_mm(self_mm, 0);
	self_mm->self = true;
}

struct mm_struct *hosted_mm_self(void)
{
	pthread_once(&self_once, self_setup);
	return self_mm;
}

pid_t hosted_mm_pid(struct mm_struct *mm)
{
	return mm->self ? getpid() : mm->pid;
}

/* Field 22 of /proc/PID/stat; the name in field 2 may hold anything. */
static int start_time_of(pid_t pid, u64 *start)
{
	char path[32], text[1024], *p;
	int fd, field;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ESRCH;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -ESRCH;
	text[n] = 0;
	p = strrchr(text, ')');
	for (field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (!p)
		return -ESRCH;
	*start = strtoull(p + 1, NULL, 10);
	return 0;
}

static int open_mem(pid_t pid)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Reads of an address space that is gone return 0 bytes. */
static bool mm_alive(struct mm_struct *mm)
{
	char byte;

	return pread(mm->mem_fd, &byte, 1, PAGE_SIZE) != 0;
}

static struct mm_struct *find_mm(pid_t pid, u64 start)
{
	struct mm_struct *mm, *found = NULL;

	spin_lock(&mms_lock);
	list_for_each_entry(mm, &mms, node) {
		if (mm->pid == pid && mm->start_time == start &&
		    !READ_ONCE(mm->dead) &&
		    atomic_inc_not_zero(&mm->mm_count)) {
			found = mm;
			break;
		}
	}
	spin_unlock(&mms_lock);
	return found;
}

static struct mm_struct *new_mm(pid_t pid, u64 start)
{
	struct mm_struct *mm;
	int fd = open_mem(pid);

	if (fd < 0)
		return ERR_PTR(fd == -ENOENT ? -ESRCH : -EACCES);
	mm = calloc(1, sizeof(*mm));
	if (!mm) {
		close(fd);
		return ERR_PTR(-ENOMEM);
	}
	init_mm(mm, pid);
	mm->start_time = start;
	mm->mem_fd = fd;
	__atomic_fetch_add(&mms_live, 1, __ATOMIC_RELAXED);
	spin_lock(&mms_lock);
	list_add(&mm->node, &mms);
	spin_unlock(&mms_lock);
	return mm;
}

struct mm_struct *hosted_mm_get(pid_t pid)
{
	struct mm_struct *mm;
	u64 start;
	int err;

	err = start_time_of(pid, &start);
	if (err)
		return ERR_PTR(err);
	mm = find_mm(pid, start);
	if (mm && !mm_alive(mm)) {
		/* The process has called exec: another address space. */
		hosted_mm_exit(mm);
		mmdrop(mm);
		mm = NULL;
	}
	return mm ? mm : new_mm(pid, start);
}

long hosted_mm_live(void)
{
	return READ_ONCE(mms_live);
}

void mmgrab(struct mm_struct *mm)
{
	if (!mm->self)
		atomic_inc(&mm->mm_count);
}

void mmdrop(struct mm_struct *mm)
{
	if (mm->self || !atomic_dec_and_test(&mm->mm_count))
		return;
	spin_lock(&mms_lock);
	list_del(&mm->node);
	spin_unlock(&mms_lock);
	WARN_ON(!list_empty(&mm->notifiers));
	if (mm->mem_fd >= 0)
		close(mm->mem_fd);
	__atomic_fetch_sub(&mms_live, 1, __ATOMIC_RELAXED);
	free(mm);
}

/* Users are the process itself: a dead one cannot be joined. */
bool mmget_not_zero(struct mm_struct *mm)
{
	if (READ_ONCE(mm->dead))
		return false;
	mmgrab(mm);
	return true;
}

void mmput(struct mm_struct *mm)
{
	mmdrop(mm);
}

void hosted_mm_exit(struct mm_struct *mm)
{
	if (__atomic_exchange_n(&mm->dead, true, __ATOMIC_SEQ_CST))
		return;
	hosted_mm_unmap(mm, 0, ~0UL);
}

/* Transfers of the device: whatever the protection, the pages are pinned. */
static size_t mem_io(struct mm_struct *mm, unsigned long addr, void *buf,
		     size_t len, bool write)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write ? pwrite(mm->mem_fd, (char *)buf + done, len - done,
				   addr + done) :
			    pread(mm->mem_fd, (char *)buf + done, len - done,
				  addr + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

size_t hosted_mm_read(struct mm_struct *mm, unsigned long addr, void *buf,
		      size_t len)
{
	if (mm->self)
		return hosted_user_read(mm, addr, buf, len);
	return mem_io(mm, addr, buf, len, false);
}

size_t hosted_mm_write(struct mm_struct *mm, unsigned long addr,
		       const void *buf, size_t len)
{
	if (mm->self)
		return hosted_user_write(mm, addr, buf, len);
	return mem_io(mm, addr, (void *)buf, len, true);
}

static size_t user_io(struct mm_struct *mm, unsigned long addr, void *buf,
		      size_t len, bool write)
{
	pid_t pid = hosted_mm_pid(mm);
	size_t done = 0;
	ssize_t n;

	while (done < len && !READ_ONCE(mm->dead)) {
		struct iovec local = { (char *)buf + done, len - done };
		struct iovec remote = { (void *)(addr + done), len - done };

		n = write ? process_vm_writev(pid, &local, 1, &remote, 1, 0) :
			    process_vm_readv(pid, &local, 1, &remote, 1, 0);
		if (n < 0 && errno == EPERM)
			pr_err_once("memory of process %d is out of reach: "
				    "run the emulator as its user or as root",
				    pid);
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

size_t hosted_user_read(struct mm_struct *mm, unsigned long addr, void *buf,
			size_t len)
{
	return user_io(mm, addr, buf, len, false);
}

size_t hosted_user_write(struct mm_struct *mm, unsigned long addr,
			 const void *buf, size_t len)
{
	return user_io(mm, addr, (void *)buf, len, true);
}

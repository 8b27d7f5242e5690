// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * Pages of user memory that a file sends from, kept pinned between requests.
 *
 * A pin stands for one range of the process that did ASSIGN_CTXT.  Requests
 * that use it hold it; one that nobody uses is idle and waits for the next
 * request, until the limits on pinned memory ask for room (the one used least
 * recently goes first) or the file is released.
 *
 * Whatever the mm does to a range ends its pin: unlike memory that the chip
 * writes to, pages that were pinned for reading stay behind when the process
 * gets a copy of its own.  The notifier takes the pin out of the tree, so that
 * no later request finds it, and gives the pages back as soon as nobody uses
 * them.  It cannot free the pin, because a notifier must not remove itself;
 * the next request or the release does.
 *
 * Locks: pins->lock.  The notifier may run under mmap_lock and takes nothing
 * else.
 */
#include "sdma.h"
#include "tid.h"

#define pin_of(node) container_of(node, struct hfi1u_pin, range)

/**
 * hfi1u_pins_init - prepare a file's pins
 * @fd: new file
 */
void hfi1u_pins_init(struct hfi1u_fd *fd)
{
	struct hfi1u_pins *pins = &fd->pins;

	spin_lock_init(&pins->lock);
	pins->tree = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&pins->idle);
	INIT_LIST_HEAD(&pins->dead);
}

static void account(struct hfi1u_fd *fd, long npages)
{
	hfi1u_account_pins(fd->dd, fd->mm, &fd->snd_pinned, npages);
}

static void give_back(struct hfi1u_pin *pin)
{
	unpin_user_pages(pin->pages, pin->npinned);
	account(pin->fd, -(long)pin->npinned);
	pin->npinned = 0;
}

/* Free a pin that nobody can find any more. */
static void free_pin(struct hfi1u_pin *pin)
{
	if (pin->watched)
		mmu_interval_notifier_remove(&pin->notifier);
	give_back(pin);
	kvfree(pin);
}

/* No later request will find it; the lock is held. */
static void uncache(struct hfi1u_pin *pin)
{
	lockdep_assert_held(&pin->fd->pins.lock);
	if (pin->cached)
		interval_tree_remove(&pin->range, &pin->fd->pins.tree);
	pin->cached = false;
}

static bool invalidate(struct mmu_interval_notifier *mni,
		       const struct mmu_notifier_range *range,
		       unsigned long seq)
{
	struct hfi1u_pin *pin = container_of(mni, struct hfi1u_pin, notifier);
	struct hfi1u_pins *pins = &pin->fd->pins;
	unsigned long flags;
	bool idle;

	spin_lock_irqsave(&pins->lock, flags);
	mmu_interval_set_seq(mni, seq);
	/* what is idle but not cached is being freed by somebody else */
	idle = pin->cached && !pin->users;
	uncache(pin);
	pin->stale = true;
	if (idle)
		list_move(&pin->list, &pins->dead);
	spin_unlock_irqrestore(&pins->lock, flags);
	/* who frees it waits for this call to be over */
	if (idle)
		give_back(pin);
	return true;
}

static const struct mmu_interval_notifier_ops pin_ops = {
	.invalidate = invalidate,
};

static struct hfi1u_pin *take_first(struct hfi1u_pins *pins,
				    struct list_head *list)
{
	struct hfi1u_pin *pin;
	unsigned long flags;

	spin_lock_irqsave(&pins->lock, flags);
	pin = list_first_entry_or_null(list, struct hfi1u_pin, list);
	if (pin) {
		uncache(pin);
		list_del_init(&pin->list);
	}
	spin_unlock_irqrestore(&pins->lock, flags);
	return pin;
}

/**
 * hfi1u_pins_reap - free the pins that were invalidated
 * @fd: file
 */
void hfi1u_pins_reap(struct hfi1u_fd *fd)
{
	struct hfi1u_pin *pin;

	while ((pin = take_first(&fd->pins, &fd->pins.dead)))
		free_pin(pin);
}

/**
 * hfi1u_pins_exit - give all pages of a file back
 * @fd: file without requests
 */
void hfi1u_pins_exit(struct hfi1u_fd *fd)
{
	struct hfi1u_pin *pin;

	while ((pin = take_first(&fd->pins, &fd->pins.idle)))
		free_pin(pin);
	hfi1u_pins_reap(fd);
}

/*
 * Make room for more pages.  When nothing is left to give up the limits are
 * exceeded: what is in use now comes back by itself.
 */
static void make_room(struct hfi1u_fd *fd, unsigned int npages)
{
	struct hfi1u_pin *pin;

	while (!hfi1u_may_pin(fd->dd, fd->mm, atomic_long_read(&fd->snd_pinned),
			      npages)) {
		pin = take_first(&fd->pins, &fd->pins.idle);
		if (!pin)
			return;
		free_pin(pin);
	}
}

/* A pin that covers the range, now used by one more. */
static struct hfi1u_pin *find_pin(struct hfi1u_fd *fd, unsigned long start,
				  unsigned long last)
{
	struct hfi1u_pins *pins = &fd->pins;
	struct interval_tree_node *node;
	struct hfi1u_pin *pin = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pins->lock, flags);
	node = interval_tree_iter_first(&pins->tree, start, start);
	while (node && node->last < last)
		node = interval_tree_iter_next(node, start, start);
	if (node) {
		pin = pin_of(node);
		pin->users++;
		list_del_init(&pin->list);
	}
	spin_unlock_irqrestore(&pins->lock, flags);
	return pin;
}

/* Long-term: an idle pin stays in the cache until its memory goes. */
static int pin_pages(struct hfi1u_pin *pin, unsigned int npages)
{
	while (pin->npinned < npages) {
		int ret = pin_user_pages_fast(
			pin->range.start + pin->npinned * PAGE_SIZE,
			npages - pin->npinned, FOLL_LONGTERM,
			pin->pages + pin->npinned);

		if (ret <= 0)
			return ret ? ret : -EFAULT;
		pin->npinned += ret;
		account(pin->fd, ret);
	}
	return 0;
}

static int watch(struct hfi1u_pin *pin, unsigned int npages)
{
	int ret = mmu_interval_notifier_insert(&pin->notifier, pin->fd->mm,
					       pin->range.start,
					       npages * PAGE_SIZE, &pin_ops);

	if (ret)
		return ret;
	pin->watched = true;
	/* a change that began earlier must be over before pages are pinned */
	mmu_interval_read_begin(&pin->notifier);
	return 0;
}

/* Let others find it, unless the mm has changed the range meanwhile. */
static void publish(struct hfi1u_pin *pin)
{
	struct hfi1u_pins *pins = &pin->fd->pins;
	unsigned long flags;

	spin_lock_irqsave(&pins->lock, flags);
	pin->users = 1;
	pin->cached = !pin->stale;
	if (pin->cached)
		interval_tree_insert(&pin->range, &pins->tree);
	spin_unlock_irqrestore(&pins->lock, flags);
}

static enum hfi1u_check fill_pin(struct hfi1u_pin *pin, unsigned int npages)
{
	bool own = current->mm == pin->fd->mm;
	int ret = 0;

	/* the address space that is watched is the one ASSIGN_CTXT came from */
	if (own)
		ret = watch(pin, npages);
	if (!ret)
		ret = pin_pages(pin, npages);
	if (ret)
		return ret == -ENOMEM ? HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY :
					HFI1U_CHECK_WRITE_PAYLOAD_DATA_FAULT;
	return own ? HFI1U_CHECK_NONE : HFI1U_CHECK_WRITE_PAYLOAD_OTHER_MM;
}

static enum hfi1u_check make_pin(struct hfi1u_fd *fd, unsigned long start,
				 unsigned int npages, struct hfi1u_pin **result)
{
	enum hfi1u_check check;
	struct hfi1u_pin *pin;

	make_room(fd, npages);
	pin = kvzalloc(struct_size(pin, pages, npages), GFP_KERNEL);
	if (!pin)
		return HFI1U_CHECK_WRITE_PAYLOAD_NO_MEMORY;
	pin->fd = fd;
	pin->range.start = start;
	pin->range.last = start + npages * PAGE_SIZE - 1;
	INIT_LIST_HEAD(&pin->list);
	check = fill_pin(pin, npages);
	if (check != HFI1U_CHECK_NONE) {
		free_pin(pin);
		return check;
	}
	publish(pin);
	*result = pin;
	return HFI1U_CHECK_NONE;
}

/**
 * hfi1u_pin_get - have pages of the calling process pinned
 * @fd: assigned file
 * @start: address of the first one
 * @npages: how many
 * @pin: a pin that covers them
 *
 * Return: HFI1U_CHECK_NONE or the check that failed.
 */
enum hfi1u_check hfi1u_pin_get(struct hfi1u_fd *fd, unsigned long start,
			       unsigned int npages, struct hfi1u_pin **pin)
{
	*pin = NULL;
	if (current->mm == fd->mm)
		*pin = find_pin(fd, start, start + npages * PAGE_SIZE - 1);
	if (*pin)
		return HFI1U_CHECK_NONE;
	return make_pin(fd, start, npages, pin);
}

/**
 * hfi1u_pin_put - a request does not need its pin any more
 * @pin: from hfi1u_pin_get()
 *
 * Context: any.
 */
void hfi1u_pin_put(struct hfi1u_pin *pin)
{
	struct hfi1u_pins *pins = &pin->fd->pins;
	unsigned long flags;
	bool dead;

	spin_lock_irqsave(&pins->lock, flags);
	dead = !--pin->users && !pin->cached;
	if (!pin->users && pin->cached)
		list_add_tail(&pin->list, &pins->idle);
	spin_unlock_irqrestore(&pins->lock, flags);
	if (!dead)
		return;
	give_back(pin);
	spin_lock_irqsave(&pins->lock, flags);
	list_add_tail(&pin->list, &pins->dead);
	spin_unlock_irqrestore(&pins->lock, flags);
}

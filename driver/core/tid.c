// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * TID_UPDATE and TID_FREE: buffers that the chip fills directly.
 *
 * The entries of a context come in groups of 8, because the RcvArray is
 * written in lines of 64 bytes.  A large buffer takes whole groups first; the
 * rest goes where gaps are.
 *
 * Locks: uctxt->exp_lock for groups, nodes and counts of all members.
 */
#include <linux/sched/mm.h>

#include "csr.h"
#include "tid.h"

#define HFI1U_GROUP_FULL GENMASK(WFR_RCV_GROUP - 1, 0)

/**
 * hfi1u_exp_init - divide a context's expected area into groups
 * @uctxt: context whose area is known
 *
 * Return: 0 or -ENOMEM; hfi1u_exp_exit() cleans up after both.
 */
int hfi1u_exp_init(struct hfi1u_ctxt *uctxt)
{
	unsigned int ngroups = uctxt->exp_count / WFR_RCV_GROUP;
	unsigned int i;

	uctxt->groups = kcalloc(ngroups, sizeof(*uctxt->groups), GFP_KERNEL);
	uctxt->nodes =
		kcalloc(uctxt->exp_count, sizeof(*uctxt->nodes), GFP_KERNEL);
	if (!uctxt->groups || !uctxt->nodes)
		return -ENOMEM;
	for (i = 0; i < ngroups; i++) {
		uctxt->groups[i].base = i * WFR_RCV_GROUP;
		list_add_tail(&uctxt->groups[i].list, &uctxt->groups_free);
	}
	return 0;
}

/**
 * hfi1u_exp_exit - undo hfi1u_exp_init(), also when it failed
 * @uctxt: context without nodes
 */
void hfi1u_exp_exit(struct hfi1u_ctxt *uctxt)
{
	kfree(uctxt->groups);
	kfree(uctxt->nodes);
	uctxt->groups = NULL;
	uctxt->nodes = NULL;
}

/* Members that cache cannot wait for one another's entries: they share. */
static u32 tid_limit(const struct hfi1u_fd *fd)
{
	const struct hfi1u_ctxt *uctxt = fd->uctxt;
	u32 count = uctxt->subctxt_cnt;

	if (!count || !fd->tid_caching)
		return uctxt->exp_count;
	return uctxt->exp_count / count +
	       (fd->subctxt < uctxt->exp_count % count);
}

/**
 * hfi1u_tid_fd_init - prepare a file for expected receive
 * @fd: file with a complete context
 *
 * Return: 0 or -ENOMEM.
 */
int hfi1u_tid_fd_init(struct hfi1u_fd *fd)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;

	fd->tid_caching =
		!hfi1u_caps_test_user(uctxt->caps, HFI1_CAP_TID_UNMAP);
	fd->tid_limit = tid_limit(fd);
	fd->tid_used = 0;
	fd->invalid_count = 0;
	fd->invalid =
		kcalloc(uctxt->exp_count, sizeof(*fd->invalid), GFP_KERNEL);
	return fd->invalid ? 0 : -ENOMEM;
}

/**
 * hfi1u_tid_word - the word that stands for an entry
 * @node: node of the entry
 *
 * Return: the word.
 */
u32 hfi1u_tid_word(const struct hfi1u_tid_node *node)
{
	u32 ctrl = node->index % 2 ? WFR_TIDINFO_CTRL_ODD :
				     WFR_TIDINFO_CTRL_EVEN;

	return WFR_PREP(WFR_TIDINFO_IDX, node->index / 2) |
	       WFR_PREP(WFR_TIDINFO_CTRL, ctrl) |
	       WFR_PREP(WFR_TIDINFO_LEN, node->npages);
}

/**
 * hfi1u_tid_clear - take an entry off the chip and give its pages back
 * @node: node that the caller has marked HFI1U_NODE_CLEARED
 */
void hfi1u_tid_clear(struct hfi1u_tid_node *node)
{
	struct hfi1u_dev *dd = node->fd->dd;

	hfi1u_rcv_array_write(dd, node->fd->uctxt->exp_base + node->index, 0);
	/* the chip must know before anybody else gets the pages */
	hfi1u_rcv_array_flush(dd);
	dma_unmap_page(dd->dev, node->dma, node->npages * PAGE_SIZE,
		       DMA_FROM_DEVICE);
	hfi1u_tid_unpin_node(node);
	atomic_long_dec(&dd->tids);
}

/* Put a group where the number of its used entries says. */
static void sort_group(struct hfi1u_ctxt *uctxt, struct hfi1u_tid_group *group)
{
	if (!group->used)
		list_move_tail(&group->list, &uctxt->groups_free);
	else if (group->used == HFI1U_GROUP_FULL)
		list_move_tail(&group->list, &uctxt->groups_full);
	else
		list_move_tail(&group->list, &uctxt->groups_partial);
}

static void mark_entry(struct hfi1u_ctxt *uctxt, u32 index, bool used)
{
	struct hfi1u_tid_group *group = &uctxt->groups[index / WFR_RCV_GROUP];
	u8 bit = BIT(index % WFR_RCV_GROUP);

	group->used = used ? group->used | bit : group->used & ~bit;
	sort_group(uctxt, group);
}

/* Free a node with all it stands for; exp_lock is held. */
static void free_node(struct hfi1u_tid_node *node)
{
	struct hfi1u_fd *fd = node->fd;
	struct hfi1u_ctxt *uctxt = fd->uctxt;

	lockdep_assert_held(&uctxt->exp_lock);
	hfi1u_tid_unwatch(node);
	if (!test_and_set_bit(HFI1U_NODE_CLEARED, &node->flags))
		hfi1u_tid_clear(node);
	uctxt->nodes[node->index] = NULL;
	mark_entry(uctxt, node->index, false);
	WRITE_ONCE(fd->tid_used, fd->tid_used - 1);
	atomic_long_dec(&fd->dd->tid_nodes);
	mmdrop(node->mm);
	kfree(node);
}

/* Free what one TID_UPDATE of a file made, or all the file has. */
static void free_nodes(struct hfi1u_fd *fd, u64 update, bool all)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	unsigned int i;

	lockdep_assert_held(&uctxt->exp_lock);
	for (i = 0; i < uctxt->exp_count && fd->tid_used; i++) {
		struct hfi1u_tid_node *node = uctxt->nodes[i];

		if (node && node->fd == fd && (all || node->update == update))
			free_node(node);
	}
}

/**
 * hfi1u_tid_fd_exit - free all entries of a file
 * @fd: file with a context, prepared or not
 */
void hfi1u_tid_fd_exit(struct hfi1u_fd *fd)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;

	if (!fd->invalid)
		return;
	mutex_lock(&uctxt->exp_lock);
	free_nodes(fd, 0, true);
	mutex_unlock(&uctxt->exp_lock);
	kfree(fd->invalid);
	fd->invalid = NULL;
}

static int map_node(struct hfi1u_dev *dd, struct hfi1u_tid_node *node)
{
	node->dma = dma_map_page(dd->dev, node->pages[0], 0,
				 node->npages * PAGE_SIZE, DMA_FROM_DEVICE);
	return dma_mapping_error(dd->dev, node->dma);
}

static struct hfi1u_tid_node *make_node(struct hfi1u_fd *fd,
					const struct hfi1u_tid_buf *buf,
					const struct hfi1u_tid_chunk *chunk)
{
	struct hfi1u_tid_node *node;

	node = kzalloc(struct_size(node, pages, chunk->npages), GFP_KERNEL);
	if (!node)
		return NULL;
	node->fd = fd;
	node->npages = chunk->npages;
	memcpy(node->pages, buf->pages + chunk->first,
	       chunk->npages * sizeof(*node->pages));
	if (map_node(fd->dd, node)) {
		kfree(node);
		return NULL;
	}
	node->mm = current->mm;
	mmgrab(node->mm);
	return node;
}

/*
 * Program the next chunk into an entry.  From the moment the node has the
 * pages, free_node() is the way back.
 */
static int program(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf, u64 update,
		   u32 index)
{
	const struct hfi1u_tid_chunk *chunk = &buf->chunks[buf->ntids];
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	struct hfi1u_dev *dd = fd->dd;
	struct hfi1u_tid_node *node = make_node(fd, buf, chunk);

	if (!node)
		return -ENOMEM;
	node->index = index;
	node->update = update;
	buf->nused += chunk->npages;
	uctxt->nodes[index] = node;
	mark_entry(uctxt, index, true);
	WRITE_ONCE(fd->tid_used, fd->tid_used + 1);
	atomic_long_inc(&dd->tid_nodes);
	atomic_long_inc(&dd->tids);
	hfi1u_rcv_array_write(dd, uctxt->exp_base + index,
			      hfi1u_rcv_array_entry(node->dma,
						    chunk->npages * PAGE_SIZE));
	/* a notifier that ran before the write would be undone by it */
	if (fd->tid_caching &&
	    hfi1u_tid_watch(node, buf->vaddr + chunk->first * PAGE_SIZE)) {
		free_node(node);
		return -ENOMEM;
	}
	buf->tids[buf->ntids++] = hfi1u_tid_word(node);
	return 0;
}

/* Fill the free entries of a group, as far as chunks and quota reach. */
static int fill_group(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf,
		      u64 update, unsigned int reserve,
		      struct hfi1u_tid_group *group)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < WFR_RCV_GROUP && buf->ntids < reserve && !ret; i++)
		if (!(group->used & BIT(i)))
			ret = program(fd, buf, update, group->base + i);
	return ret;
}

static struct hfi1u_tid_group *next_group(struct hfi1u_ctxt *uctxt, bool whole)
{
	struct list_head *list = &uctxt->groups_free;

	if (!whole && !list_empty(&uctxt->groups_partial))
		list = &uctxt->groups_partial;
	return list_first_entry_or_null(list, struct hfi1u_tid_group, list);
}

/* Program up to @reserve chunks; exp_lock is held. */
static int program_all(struct hfi1u_fd *fd, struct hfi1u_tid_buf *buf,
		       u64 update, unsigned int reserve)
{
	bool whole = true;
	int ret = 0;

	while (buf->ntids < reserve && !ret) {
		struct hfi1u_tid_group *group;

		if (reserve - buf->ntids < WFR_RCV_GROUP)
			whole = false;
		group = next_group(fd->uctxt, whole);
		if (!group && whole) {
			whole = false;
			continue;
		}
		if (!group)
			return -ENOSPC;
		ret = fill_group(fd, buf, update, reserve, group);
	}
	return ret;
}

static enum hfi1u_check register_chunks(struct hfi1u_fd *fd,
					struct hfi1u_tid_buf *buf, u64 *update)
{
	struct hfi1u_ctxt *uctxt = fd->uctxt;
	unsigned int reserve;
	int ret = -ENOSPC;

	mutex_lock(&uctxt->exp_lock);
	*update = ++fd->tid_update;
	reserve = min(buf->nchunks, fd->tid_limit - fd->tid_used);
	if (reserve)
		ret = program_all(fd, buf, *update, reserve);
	wmb(); /* the entries leave the write-combining buffers */
	mutex_unlock(&uctxt->exp_lock);
	/* a part of the buffer is a success */
	if (buf->ntids)
		return HFI1U_CHECK_NONE;
	return ret == -ENOSPC ? HFI1U_CHECK_TID_UPDATE_QUOTA :
				HFI1U_CHECK_TID_UPDATE_NO_MEMORY;
}

static void take_back(struct hfi1u_fd *fd, u64 update)
{
	mutex_lock(&fd->uctxt->exp_lock);
	free_nodes(fd, update, false);
	mutex_unlock(&fd->uctxt->exp_lock);
}

/**
 * hfi1u_undo_tid_update - the result of TID_UPDATE could not be delivered
 * @fd: assigned file
 * @in: argument
 * @out: result; hfi1u_do_tid_update() has left the number of the update in
 *	vaddr, which is no part of what users see
 */
void hfi1u_undo_tid_update(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			   const struct hfi1_tid_info *out)
{
	take_back(fd, out->vaddr);
}

static int alloc_buf(struct hfi1u_tid_buf *buf)
{
	buf->pages = kcalloc(buf->npages, sizeof(*buf->pages), GFP_KERNEL);
	buf->chunks = kcalloc(buf->npages, sizeof(*buf->chunks), GFP_KERNEL);
	buf->tids = kcalloc(buf->npages, sizeof(*buf->tids), GFP_KERNEL);
	return buf->pages && buf->chunks && buf->tids ? 0 : -ENOMEM;
}

static void free_buf(struct hfi1u_tid_buf *buf)
{
	kfree(buf->pages);
	kfree(buf->chunks);
	kfree(buf->tids);
	kfree(buf);
}

static enum hfi1u_check update_buf(struct hfi1u_fd *fd,
				   struct hfi1u_tid_buf *buf, u64 tidlist,
				   u64 *update)
{
	enum hfi1u_check check;

	if (alloc_buf(buf) || (fd->tid_caching && hfi1u_tid_cover(buf)))
		return HFI1U_CHECK_TID_UPDATE_NO_MEMORY;
	check = hfi1u_tid_pin(fd, buf);
	if (check != HFI1U_CHECK_NONE)
		return check;
	hfi1u_tid_divide(buf);
	check = register_chunks(fd, buf, update);
	if (check != HFI1U_CHECK_NONE)
		return check;
	if (READ_ONCE(buf->hit))
		check = HFI1U_CHECK_TID_UPDATE_UNMAPPED_MEANWHILE;
	else if (copy_to_user(u64_to_user_ptr(tidlist), buf->tids,
			      buf->ntids * sizeof(*buf->tids)))
		check = HFI1U_CHECK_TID_UPDATE_LIST_FAULT;
	if (check != HFI1U_CHECK_NONE)
		take_back(fd, *update);
	return check;
}

static u32 registered_pages(const struct hfi1u_tid_buf *buf)
{
	u32 npages = 0;
	unsigned int i;

	for (i = 0; i < buf->ntids; i++)
		npages += buf->chunks[i].npages;
	return npages;
}

/**
 * hfi1u_do_tid_update - TID_UPDATE
 * @fd: assigned file
 * @in: buffer; the generated checks have passed
 * @out: how much of it was registered
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_do_tid_update(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
			struct hfi1_tid_info *out)
{
	struct hfi1u_tid_buf *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	enum hfi1u_check check;
	u64 update = 0;

	if (!buf)
		return hfi1u_refuse(fd, HFI1U_CHECK_TID_UPDATE_NO_MEMORY);
	buf->vaddr = in->vaddr;
	buf->npages = DIV_ROUND_UP_ULL(in->length, PAGE_SIZE);
	check = update_buf(fd, buf, in->tidlist, &update);
	hfi1u_tid_unpin_rest(fd, buf);
	hfi1u_tid_uncover(buf);
	out->tidcnt = buf->ntids;
	out->length = registered_pages(buf) * PAGE_SIZE;
	out->vaddr = update;
	free_buf(buf);
	return check == HFI1U_CHECK_NONE ? 0 : hfi1u_refuse(fd, check);
}

static int free_word(struct hfi1u_fd *fd, u32 word)
{
	struct hfi1u_tid_word_locals locals = { .word = word };
	int ret = hfi1u_check_tid_word(fd, &locals);
	struct hfi1u_tid_node *node;
	u32 index;

	if (ret)
		return ret;
	index = WFR_GET(WFR_TIDINFO_IDX, word) * 2 +
		(WFR_GET(WFR_TIDINFO_CTRL, word) == WFR_TIDINFO_CTRL_ODD);
	node = fd->uctxt->nodes[index];
	if (!node || node->fd != fd)
		return hfi1u_refuse(fd, HFI1U_CHECK_TID_WORD_NOT_OWNED);
	free_node(node);
	return 0;
}

/**
 * hfi1u_do_tid_free - TID_FREE
 * @fd: assigned file
 * @in: TID words
 * @out: how many were freed
 *
 * Return: 0 or a negative errno.
 */
int hfi1u_do_tid_free(struct hfi1u_fd *fd, const struct hfi1_tid_info *in,
		      struct hfi1_tid_info *out)
{
	u32 *words;
	int ret = 0;
	u32 i;

	if (!in->tidcnt)
		return 0;
	words = memdup_user(u64_to_user_ptr(in->tidlist),
			    in->tidcnt * sizeof(*words));
	if (IS_ERR(words))
		return hfi1u_refuse(fd,
				    PTR_ERR(words) == -ENOMEM ?
					    HFI1U_CHECK_TID_FREE_NO_MEMORY :
					    HFI1U_CHECK_TID_FREE_LIST_FAULT);
	mutex_lock(&fd->uctxt->exp_lock);
	for (i = 0; i < in->tidcnt && !ret; i++)
		ret = free_word(fd, words[i]);
	mutex_unlock(&fd->uctxt->exp_lock);
	kfree(words);
	out->tidcnt = in->tidcnt;
	return ret;
}

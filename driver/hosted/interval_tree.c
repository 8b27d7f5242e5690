// SPDX-License-Identifier: BSD-3-Clause
/* Intervals that overlap a range, in order of their start. */
#include <linux/interval_tree.h>
#include <linux/minmax.h>

#define node_of(n) rb_entry(n, struct interval_tree_node, rb)

static void update_last(struct rb_node *rb)
{
	struct interval_tree_node *node = node_of(rb);
	unsigned long last = node->last;

	if (rb->rb_left)
		last = max(last, node_of(rb->rb_left)->__subtree_last);
	if (rb->rb_right)
		last = max(last, node_of(rb->rb_right)->__subtree_last);
	node->__subtree_last = last;
}

void interval_tree_insert(struct interval_tree_node *node,
			  struct rb_root_cached *root)
{
	struct rb_node **link = &root->rb_root.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = node->start < node_of(parent)->start ? &parent->rb_left :
							      &parent->rb_right;
	}
	rb_link_node(&node->rb, parent, link);
	hosted_rb_insert(&node->rb, &root->rb_root, update_last);
}

void interval_tree_remove(struct interval_tree_node *node,
			  struct rb_root_cached *root)
{
	hosted_rb_erase(&node->rb, &root->rb_root, update_last);
}

/* Leftmost overlapping node of a subtree. */
static struct interval_tree_node *
subtree_first(struct rb_node *rb, unsigned long start, unsigned long last)
{
	while (rb && node_of(rb)->__subtree_last >= start) {
		struct interval_tree_node *node = node_of(rb);

		if (rb->rb_left &&
		    node_of(rb->rb_left)->__subtree_last >= start) {
			/*
			 * Something on the left ends late enough; as starts
			 * are sorted, if it starts too late so does the rest.
			 */
			rb = rb->rb_left;
			continue;
		}
		if (node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
		rb = rb->rb_right;
	}
	return NULL;
}

struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    unsigned long start,
						    unsigned long last)
{
	return subtree_first(root->rb_root.rb_node, start, last);
}

struct interval_tree_node *
interval_tree_iter_next(struct interval_tree_node *node, unsigned long start,
			unsigned long last)
{
	struct rb_node *rb = rb_next(&node->rb);

	for (; rb && node_of(rb)->start <= last; rb = rb_next(rb))
		if (node_of(rb)->last >= start)
			return node_of(rb);
	return NULL;
}

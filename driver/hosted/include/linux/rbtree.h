/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_RBTREE_H
#define HOSTED_LINUX_RBTREE_H

#include <linux/container_of.h>
#include <linux/types.h>

/*
 * The kernel's rbtree interface on a treap: the balance comes from a hash of
 * the node's address, which callers cannot tell from red and black.
 */
struct rb_node {
	struct rb_node *rb_parent;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root rb_root;
};

#define RB_ROOT          \
	(struct rb_root) \
	{                \
		NULL     \
	}
#define RB_ROOT_CACHED          \
	(struct rb_root_cached) \
	{                       \
		{               \
			NULL    \
		}               \
	}
#define rb_parent(n)		    ((n)->rb_parent)
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_entry_safe(ptr, type, member)                        \
	({                                                      \
		__typeof__(ptr) __rb_p = (ptr);                 \
		__rb_p ? rb_entry(__rb_p, type, member) : NULL; \
	})
#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)
#define RB_EMPTY_NODE(node) ((node)->rb_parent == (node))
#define RB_CLEAR_NODE(node) ((node)->rb_parent = (node))

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);
void rb_replace_node(struct rb_node *victim, struct rb_node *node,
		     struct rb_root *root);

/* For trees that keep a summary of each subtree in its top node. */
typedef void (*hosted_rb_augment)(struct rb_node *node);
void hosted_rb_insert(struct rb_node *node, struct rb_root *root,
		      hosted_rb_augment augment);
void hosted_rb_erase(struct rb_node *node, struct rb_root *root,
		     hosted_rb_augment augment);

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->rb_parent = parent;
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

#define rb_first_cached(root) rb_first(&(root)->rb_root)

static inline void rb_insert_color_cached(struct rb_node *node,
					  struct rb_root_cached *root,
					  bool leftmost)
{
	(void)leftmost;
	rb_insert_color(node, &root->rb_root);
}

static inline void rb_erase_cached(struct rb_node *node,
				   struct rb_root_cached *root)
{
	rb_erase(node, &root->rb_root);
}

#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)            \
	for (pos = rb_entry_safe(rb_first_postorder(root), __typeof__(*pos), \
				 field);                                     \
	     pos && ({                                                       \
		     n = rb_entry_safe(rb_next_postorder(&pos->field),       \
				       __typeof__(*pos), field);             \
		     1;                                                      \
	     });                                                             \
	     pos = n)

#endif /* HOSTED_LINUX_RBTREE_H */

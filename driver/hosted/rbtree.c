// SPDX-License-Identifier: BSD-3-Clause
/*
 * Balanced trees behind the rbtree interface: a treap whose priorities are a
 * hash of the node's address.  Rotations alone keep it in shape, which makes
 * insertion and removal two loops.
 */
#include <linux/hash.h>
#include <linux/rbtree.h>

static u32 priority(const struct rb_node *n)
{
	return hash_64((unsigned long)n >> 3, 32);
}

static struct rb_node **link_of(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *parent = n->rb_parent;

	if (!parent)
		return &root->rb_node;
	return parent->rb_left == n ? &parent->rb_left : &parent->rb_right;
}

/* Move @n above its parent. */
static void rotate_up(struct rb_node *n, struct rb_root *root,
		      hosted_rb_augment augment)
{
	struct rb_node *p = n->rb_parent;
	struct rb_node **link = link_of(p, root);
	struct rb_node *child;

	if (p->rb_left == n) {
		child = n->rb_right;
		p->rb_left = child;
		n->rb_right = p;
	} else {
		child = n->rb_left;
		p->rb_right = child;
		n->rb_left = p;
	}
	if (child)
		child->rb_parent = p;
	n->rb_parent = p->rb_parent;
	p->rb_parent = n;
	*link = n;
	if (augment) {
		augment(p);
		augment(n);
	}
}

void hosted_rb_insert(struct rb_node *node, struct rb_root *root,
		      hosted_rb_augment augment)
{
	struct rb_node *p;

	if (augment)
		for (p = node; p; p = p->rb_parent)
			augment(p);
	while (node->rb_parent && priority(node) > priority(node->rb_parent))
		rotate_up(node, root, augment);
}

void hosted_rb_erase(struct rb_node *node, struct rb_root *root,
		     hosted_rb_augment augment)
{
	struct rb_node *l, *r, *child, *p;

	while (node->rb_left && node->rb_right) {
		l = node->rb_left;
		r = node->rb_right;
		rotate_up(priority(l) > priority(r) ? l : r, root, augment);
	}
	child = node->rb_left ? node->rb_left : node->rb_right;
	*link_of(node, root) = child;
	if (child)
		child->rb_parent = node->rb_parent;
	if (augment)
		for (p = node->rb_parent; p; p = p->rb_parent)
			augment(p);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	hosted_rb_insert(node, root, NULL);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	hosted_rb_erase(node, root, NULL);
}

static struct rb_node *leftmost(struct rb_node *n)
{
	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}

static struct rb_node *rightmost(struct rb_node *n)
{
	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return leftmost(root->rb_node);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return rightmost(root->rb_node);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *p;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_right)
		return leftmost(node->rb_right);
	for (p = node->rb_parent; p && node == p->rb_right; p = p->rb_parent)
		node = p;
	return p;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *p;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_left)
		return rightmost(node->rb_left);
	for (p = node->rb_parent; p && node == p->rb_left; p = p->rb_parent)
		node = p;
	return p;
}

static struct rb_node *deepest(struct rb_node *n)
{
	while (n && (n->rb_left || n->rb_right))
		n = n->rb_left ? n->rb_left : n->rb_right;
	return n;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return deepest(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *p = node->rb_parent;

	if (p && node == p->rb_left && p->rb_right)
		return deepest(p->rb_right);
	return p;
}

/*
 * The newcomer's priority differs from the victim's, so it may sit too high
 * or too low for a perfect treap.  Order is what callers rely on; the shape
 * is off by this one node only.
 */
void rb_replace_node(struct rb_node *victim, struct rb_node *node,
		     struct rb_root *root)
{
	*link_of(victim, root) = node;
	*node = *victim;
	if (node->rb_left)
		node->rb_left->rb_parent = node;
	if (node->rb_right)
		node->rb_right->rb_parent = node;
}

// SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause
/*
 * The capability word.
 *
 *	23:0	what the driver itself uses	(kernel half)
 *	47:24	what users get			(user half)
 *	62:48	reserved, shown to users as is
 *
 * Both halves carry the same bits.  Most are fixed once the device exists;
 * some user bits are fixed altogether, because they only repeat the kernel's.
 * A change that is not permitted is ignored with a warning: the parameter is
 * often set by scripts for many driver versions.
 *
 * Locks: dd->caps_lock for writers; readers take the word as a whole.
 */
#include "priv.h"

#define HFI1U_MISC_SHIFT 48
#define HFI1U_HALF_MASK	 GENMASK_ULL(HFI1U_CAP_USER_SHIFT - 1, 0)
#define HFI1U_MISC_MASK	 GENMASK_ULL(62, HFI1U_MISC_SHIFT)

static u64 kernel_half(u64 caps)
{
	return caps & HFI1U_HALF_MASK;
}

static u64 user_half(u64 caps)
{
	return caps >> HFI1U_CAP_USER_SHIFT & HFI1U_HALF_MASK;
}

static u64 both(u64 kernel, u64 user)
{
	return kernel | user << HFI1U_CAP_USER_SHIFT;
}

/* What a user sees of the kernel's bits. */
static u64 shown_to_user(u64 caps)
{
	return user_half(caps) | (kernel_half(caps) & HFI1U_CAP_K2U);
}

/**
 * hfi1u_caps_test_user - is a capability on for users?
 * @caps: capability word, live or a context's copy
 * @flag: HFI1_CAP_*
 *
 * Return: true if it is.
 */
bool hfi1u_caps_test_user(u64 caps, u64 flag)
{
	return user_half(caps) & flag;
}

/**
 * hfi1u_caps_test_kernel - is a capability on for the driver?
 * @caps: capability word, live or a context's copy
 * @flag: HFI1_CAP_*
 *
 * Return: true if it is.
 */
bool hfi1u_caps_test_kernel(u64 caps, u64 flag)
{
	return kernel_half(caps) & flag;
}

bool hfi1u_cap_user(struct hfi1u_fd *fd, u64 flag)
{
	return hfi1u_caps_test_user(hfi1u_caps(fd->dd), flag);
}

bool hfi1u_cap_kernel(struct hfi1u_fd *fd, u64 flag)
{
	return hfi1u_caps_test_kernel(hfi1u_caps(fd->dd), flag);
}

/**
 * hfi1u_caps_runtime_flags - the word as CTXT_INFO reports it
 * @caps: a context's copy
 *
 * Return: HFI1_CAP_* bits.
 */
u64 hfi1u_caps_runtime_flags(u64 caps)
{
	return shown_to_user(caps) |
	       (caps & HFI1U_MISC_MASK) >> HFI1U_MISC_SHIFT
						   << HFI1U_CAP_USER_SHIFT;
}

/* A user rate limit makes no sense where the driver itself has none. */
static u64 settle(u64 caps)
{
	u64 user = user_half(caps);

	if (!hfi1u_caps_test_kernel(caps, HFI1_CAP_STATIC_RATE_CTRL))
		user &= ~HFI1_CAP_STATIC_RATE_CTRL;
	return (caps & HFI1U_MISC_MASK) | both(kernel_half(caps), user);
}

/* Take from @value what @mask permits, and the rest from @old. */
static u64 mix(u64 old, u64 value, u64 mask)
{
	return settle((old & ~mask) | (value & mask));
}

/**
 * hfi1u_caps_default - the word of a driver loaded without options
 *
 * Return: both halves.
 */
u64 hfi1u_caps_default(void)
{
	return both(HFI1U_CAP_KERNEL_DEFAULT, HFI1U_CAP_USER_DEFAULT);
}

/**
 * hfi1u_caps_initial - the word of a device that is being made
 * @value: what the parameter says
 *
 * Return: both halves.
 */
u64 hfi1u_caps_initial(u64 value)
{
	u64 free = both(HFI1U_HALF_MASK,
			HFI1U_HALF_MASK & ~(u64)HFI1U_CAP_USER_RESERVED) |
		   HFI1U_MISC_MASK;

	return mix(hfi1u_caps_default(), value, free);
}

/**
 * hfi1u_caps_write - change the word of a running device
 * @dd: device
 * @value: new word; only bits that may change at run time are taken
 */
void hfi1u_caps_write(struct hfi1u_dev *dd, u64 value)
{
	u64 free = both(HFI1U_CAP_WRITABLE,
			HFI1U_CAP_WRITABLE & ~(u64)HFI1U_CAP_USER_RESERVED);
	u64 refused;
	unsigned long flags;

	spin_lock_irqsave(&dd->caps_lock, flags);
	refused = (hfi1u_caps_read(dd) ^ value) & ~free;
	WRITE_ONCE(dd->caps, mix(dd->caps, value, free));
	spin_unlock_irqrestore(&dd->caps_lock, flags);
	if (refused)
		dev_warn(dd->dev, "capability bits %#llx cannot change now\n",
			 (unsigned long long)refused);
}

/**
 * hfi1u_caps_read - the word as the parameter shows it
 * @dd: device
 *
 * Return: both halves, as users see theirs.
 */
u64 hfi1u_caps_read(const struct hfi1u_dev *dd)
{
	u64 caps = hfi1u_caps(dd);

	return (caps & HFI1U_MISC_MASK) |
	       both(kernel_half(caps), shown_to_user(caps));
}

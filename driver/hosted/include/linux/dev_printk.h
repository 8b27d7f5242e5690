/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_DEV_PRINTK_H
#define HOSTED_LINUX_DEV_PRINTK_H

#include <linux/printk.h>

struct device;
const char *dev_name(const struct device *dev);

#define hosted_dev_printk(level, dev, fmt, ...) \
	hosted_printk(level, "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...) \
	hosted_dev_printk(HOSTED_ERR, dev, fmt, ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) \
	hosted_dev_printk(HOSTED_WARNING, dev, fmt, ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) \
	hosted_dev_printk(HOSTED_NOTICE, dev, fmt, ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) \
	hosted_dev_printk(HOSTED_INFO, dev, fmt, ##__VA_ARGS__)
#define dev_dbg(dev, fmt, ...) \
	hosted_dev_printk(HOSTED_DEBUG, dev, fmt, ##__VA_ARGS__)
#define dev_err_ratelimited(dev, fmt, ...) \
	__hosted_ratelimited(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_warn_ratelimited(dev, fmt, ...) \
	__hosted_ratelimited(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_info_ratelimited(dev, fmt, ...) \
	__hosted_ratelimited(dev_info(dev, fmt, ##__VA_ARGS__))
#define dev_dbg_ratelimited(dev, fmt, ...) \
	__hosted_ratelimited(dev_dbg(dev, fmt, ##__VA_ARGS__))
#define dev_warn_once(dev, fmt, ...) \
	__hosted_once(dev_warn(dev, fmt, ##__VA_ARGS__))
#define dev_err_once(dev, fmt, ...) \
	__hosted_once(dev_err(dev, fmt, ##__VA_ARGS__))
#define dev_WARN_ONCE(dev, cond, fmt, ...) \
	WARN_ONCE(cond, "%s: " fmt, dev_name(dev), ##__VA_ARGS__)

#endif /* HOSTED_LINUX_DEV_PRINTK_H */

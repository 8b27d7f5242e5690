/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_EXPORT_H
#define HOSTED_LINUX_EXPORT_H

#define EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns)

#endif /* HOSTED_LINUX_EXPORT_H */

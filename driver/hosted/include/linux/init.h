/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HOSTED_LINUX_INIT_H
#define HOSTED_LINUX_INIT_H

#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata

#endif /* HOSTED_LINUX_INIT_H */

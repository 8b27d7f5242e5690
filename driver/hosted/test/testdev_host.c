// SPDX-License-Identifier: BSD-3-Clause
/* What a host does for a driver, done for the test device. */
#include <sys/mman.h>
#include <unistd.h>
#include <linux/dma-mapping.h>
#include <hosted/hosted.h>
#include "testdev_host.h"

static u64 bar_read(void *ctx, u64 off)
{
	struct testdev *td = ctx;

	return off == td->last_off ? td->last_value : ~0ULL;
}

static void bar_write(void *ctx, u64 off, u64 value)
{
	struct testdev *td = ctx;

	td->last_off = off;
	td->last_value = value;
}

static const struct hosted_mmio_ops bar_ops = { bar_read, bar_write };

static int make_bar(struct testdev *td)
{
	td->bar = hosted_iomap(&bar_ops, td, TESTDEV_BAR_SIZE, &td->bar_phys);
	td->bar_fd = memfd_create("hfi1-emu-bar", MFD_CLOEXEC);
	if (!td->bar || td->bar_fd < 0 ||
	    ftruncate(td->bar_fd, TESTDEV_BAR_SIZE))
		return -ENOMEM;
	return hosted_iomap_window(td->bar, 0, TESTDEV_BAR_SIZE, td->bar_fd, 0);
}

int testdev_create(struct testdev *td, unsigned int minor)
{
	memset(td, 0, sizeof(*td));
	td->device.init_name = "testdev";
	td->dev = &td->device;
	if (hosted_dma_init(td->dev) || make_bar(td))
		return -ENOMEM;
	td->coherent = dma_alloc_coherent(td->dev, PAGE_SIZE, &td->coherent_bus,
					  GFP_KERNEL);
	if (!td->coherent)
		return -ENOMEM;
	strcpy(td->coherent, "coherent");
	hosted_chrdev_init(&td->chrdev, &testdev_fops, TESTDEV_MAJOR, minor,
			   NULL, td);
	return 0;
}

void testdev_destroy(struct testdev *td)
{
	dma_free_coherent(td->dev, PAGE_SIZE, td->coherent, td->coherent_bus);
	hosted_iounmap(td->bar);
	close(td->bar_fd);
	hosted_dma_exit(td->dev);
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * The space is a table: what a field holds after reset, which bits software
 * may write and which a written 1 clears.  Everything else reads as zero and
 * ignores writes.  QEMU keeps BAR sizing, COMMAND, power states and the
 * function level reset here; the MSI-X enable and mask bits are its own.
 */
#include <linux/pci_regs.h>
#include <string.h>

#include "irq.h"
#include "pciconf.h"
#include "wfr_regs.h"

/* Where the chip has its capabilities. */
#define CAP_PM	       0x40
#define CAP_EXP	       0x70
#define CAP_MSIX       0xb0
#define ECAP_AER       0x100
#define ECAP_SEC_EXP   0x148
#define ECAP_TPH       0x178
#define PORT_LOGIC     0x700
#define PORT_LOGIC_END 0x900

#define WFR_VENDOR    0x8086
#define WFR_DEVICE    0x24f0
#define WFR_SUBSYSTEM 0x2628
#define WFR_PCI_REV   0x11
#define WFR_CLASS     0x0208

#define BAR_MASK ((uint32_t) ~(WFR_BAR0_SIZE - 1))
#define STATUS_ERRORS                                                \
	(PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |           \
	 PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT | \
	 PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)
#define COMMAND_BITS                                                    \
	(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | \
	 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)
#define LINK_GEN3_X16	    (PCI_EXP_LNKSTA_CLS_8_0GB | (16 << 4))
#define ECAP(id, ver, next) ((id) | (ver) << 16 | (uint32_t)(next) << 20)

struct field {
	uint16_t off;
	uint8_t size;
	uint32_t value;
	uint32_t rw;
	uint32_t w1c;
};

static const struct field header[] = {
	{ PCI_VENDOR_ID, 2, WFR_VENDOR, 0, 0 },
	{ PCI_DEVICE_ID, 2, WFR_DEVICE, 0, 0 },
	{ PCI_COMMAND, 2, 0, COMMAND_BITS, 0 },
	{ PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0, STATUS_ERRORS },
	{ PCI_REVISION_ID, 1, WFR_PCI_REV, 0, 0 },
	{ PCI_CLASS_DEVICE, 2, WFR_CLASS, 0, 0 },
	{ PCI_CACHE_LINE_SIZE, 1, 0, 0xff, 0 },
	{ PCI_BASE_ADDRESS_0, 4, PCI_BASE_ADDRESS_MEM_TYPE_64, BAR_MASK, 0 },
	{ PCI_BASE_ADDRESS_1, 4, 0, 0xffffffff, 0 },
	{ PCI_SUBSYSTEM_VENDOR_ID, 2, WFR_VENDOR, 0, 0 },
	{ PCI_SUBSYSTEM_ID, 2, WFR_SUBSYSTEM, 0, 0 },
	{ PCI_CAPABILITY_LIST, 1, CAP_PM, 0, 0 },
	{ PCI_INTERRUPT_LINE, 1, 0, 0xff, 0 },
};

static const struct field capabilities[] = {
	{ CAP_PM, 2, PCI_CAP_ID_PM | CAP_EXP << 8, 0, 0 },
	{ CAP_PM + PCI_PM_PMC, 2, 3, 0, 0 },
	{ CAP_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_NO_SOFT_RESET,
	  PCI_PM_CTRL_STATE_MASK, 0 },

	{ CAP_EXP, 2, PCI_CAP_ID_EXP | CAP_MSIX << 8, 0, 0 },
	{ CAP_EXP + PCI_EXP_FLAGS, 2, 2, 0, 0 },
	{ CAP_EXP + PCI_EXP_DEVCAP, 4,
	  1 | PCI_EXP_DEVCAP_EXT_TAG | PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR,
	  0, 0 },
	{ CAP_EXP + PCI_EXP_DEVCTL, 2, 0x2810, 0xffff & ~PCI_EXP_DEVCTL_BCR_FLR,
	  0 },
	{ CAP_EXP + PCI_EXP_DEVSTA, 2, 0, 0, 0xf },
	{ CAP_EXP + PCI_EXP_LNKCAP, 4, LINK_GEN3_X16, 0, 0 },
	{ CAP_EXP + PCI_EXP_LNKCTL, 2, 0,
	  PCI_EXP_LNKCTL_ASPMC | PCI_EXP_LNKCTL_RCB | PCI_EXP_LNKCTL_CCC |
		  PCI_EXP_LNKCTL_ES,
	  0 },
	{ CAP_EXP + PCI_EXP_LNKSTA, 2, LINK_GEN3_X16 | PCI_EXP_LNKSTA_SLC, 0,
	  0 },
	{ CAP_EXP + PCI_EXP_DEVCAP2, 4,
	  PCI_EXP_DEVCAP2_COMP_TMOUT_DIS | PCI_EXP_DEVCAP2_LTR, 0, 0 },
	{ CAP_EXP + PCI_EXP_DEVCTL2, 2, 0,
	  PCI_EXP_DEVCTL2_COMP_TMOUT_DIS | PCI_EXP_DEVCTL2_COMP_TIMEOUT |
		  PCI_EXP_DEVCTL2_LTR_EN,
	  0 },
	{ CAP_EXP + PCI_EXP_LNKCAP2, 4,
	  PCI_EXP_LNKCAP2_SLS_2_5GB | PCI_EXP_LNKCAP2_SLS_5_0GB |
		  PCI_EXP_LNKCAP2_SLS_8_0GB,
	  0, 0 },
	{ CAP_EXP + PCI_EXP_LNKCTL2, 2, PCI_EXP_LNKCTL2_TLS_8_0GT, 0xffff, 0 },

	{ CAP_MSIX, 2, PCI_CAP_ID_MSIX, 0, 0 },
	{ CAP_MSIX + PCI_MSIX_FLAGS, 2, VFU_VECTORS - 1,
	  PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL, 0 },
	{ CAP_MSIX + PCI_MSIX_TABLE, 4, WFR_MSIX_TABLE_OFFSET, 0, 0 },
	{ CAP_MSIX + PCI_MSIX_PBA, 4, WFR_MSIX_PBA_OFFSET, 0, 0 },
};

static const struct field extended[] = {
	{ ECAP_AER, 4, ECAP(PCI_EXT_CAP_ID_ERR, 2, ECAP_SEC_EXP), 0, 0 },
	{ ECAP_AER + PCI_ERR_UNCOR_STATUS, 4, 0, 0, 0x07fff030 },
	{ ECAP_AER + PCI_ERR_UNCOR_MASK, 4, 0, 0x07fff030, 0 },
	{ ECAP_AER + PCI_ERR_UNCOR_SEVER, 4, 0x00462030, 0x07fff030, 0 },
	{ ECAP_AER + PCI_ERR_COR_STATUS, 4, 0, 0, 0x0000f1c1 },
	{ ECAP_AER + PCI_ERR_COR_MASK, 4, PCI_ERR_COR_ADV_NFAT, 0x0000f1c1, 0 },
	{ ECAP_AER + PCI_ERR_CAP, 4,
	  PCI_ERR_CAP_ECRC_GENC | PCI_ERR_CAP_ECRC_CHKC,
	  PCI_ERR_CAP_ECRC_GENE | PCI_ERR_CAP_ECRC_CHKE, 0 },

	{ ECAP_SEC_EXP, 4, ECAP(PCI_EXT_CAP_ID_SECPCI, 1, ECAP_TPH), 0, 0 },
	{ ECAP_SEC_EXP + 4, 4, 0, 0x3, 0 }, /* link control 3 */
	{ ECAP_SEC_EXP + 8, 4, 0, 0, 0xffff }, /* lane errors */

	{ ECAP_TPH, 4, ECAP(PCI_EXT_CAP_ID_TPH, 1, 0), 0, 0 },
	{ ECAP_TPH + PCI_TPH_CAP, 4, 1, 0, 0 },
	{ ECAP_TPH + 8, 4, 0, 0x307, 0 }, /* control */
};

static void put(uint8_t *to, uint32_t value, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		to[i] = value >> (8 * i);
}

static void lay_out(struct vfu_pciconf *conf, const struct field *f, size_t n)
{
	for (; n; n--, f++) {
		put(conf->reset + f->off, f->value, f->size);
		put(conf->rw + f->off, f->rw, f->size);
		put(conf->w1c + f->off, f->w1c, f->size);
	}
}

void vfu_pciconf_init(struct vfu_pciconf *conf)
{
	memset(conf, 0, sizeof(*conf));
	lay_out(conf, header, sizeof(header) / sizeof(header[0]));
	lay_out(conf, capabilities,
		sizeof(capabilities) / sizeof(capabilities[0]));
	lay_out(conf, extended, sizeof(extended) / sizeof(extended[0]));
	memset(conf->rw + PORT_LOGIC, 0xff, PORT_LOGIC_END - PORT_LOGIC);
	vfu_pciconf_reset(conf);
}

static void follow_command(struct vfu_pciconf *conf)
{
	__atomic_store_n(&conf->bus_master,
			 conf->now[PCI_COMMAND] & PCI_COMMAND_MASTER,
			 __ATOMIC_RELAXED);
}

void vfu_pciconf_reset(struct vfu_pciconf *conf)
{
	memcpy(conf->now, conf->reset, sizeof(conf->now));
	follow_command(conf);
}

void vfu_pciconf_read(const struct vfu_pciconf *conf, size_t off, void *buf,
		      size_t len)
{
	memcpy(buf, conf->now + off, len);
}

bool vfu_pciconf_write(struct vfu_pciconf *conf, size_t off, const void *buf,
		       size_t len)
{
	const size_t flr = CAP_EXP + PCI_EXP_DEVCTL + 1;
	const uint8_t *from = buf;
	size_t i;

	for (i = 0; i < len; i++) {
		uint8_t *byte = &conf->now[off + i];
		uint8_t rw = conf->rw[off + i];

		*byte &= ~(from[i] & conf->w1c[off + i]);
		*byte = (*byte & ~rw) | (from[i] & rw);
	}
	follow_command(conf);
	return off <= flr && flr - off < len &&
	       (from[flr - off] & (PCI_EXP_DEVCTL_BCR_FLR >> 8));
}

bool vfu_pciconf_bus_master(const struct vfu_pciconf *conf)
{
	return __atomic_load_n(&conf->bus_master, __ATOMIC_RELAXED);
}

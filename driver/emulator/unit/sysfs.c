// SPDX-License-Identifier: BSD-3-Clause
/*
 * What /sys/class/infiniband/hfi1_N shows, as files in the emulator's
 * directory.
 *
 * Each attribute is a function that prints it; a file is written when its
 * text has changed.  A reader sees the old or the new text, never half of
 * one: the new one takes the old one's name.
 *
 * Locks: sysfs_lock serialises writers.
 */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/kernel.h>
#include "unit.h"
#include "wfr_regs.h"

#define ROOT	 "/sys/class/infiniband"
#define NUM_SLS	 32
#define NUM_VLS	 16
#define VL15_MTU 2048

static pthread_mutex_t sysfs_lock = PTHREAD_MUTEX_INITIALIZER;
static char base[64];
static unsigned int last_free[UNIT_MAX];

struct attribute {
	const char *name;
	void (*show)(struct unit *u, unsigned int index, FILE *out);
	unsigned int count; /* 0: one file; else NAME/0 to NAME/count-1 */
};

static void show_state(struct unit *u, unsigned int i, FILE *out)
{
	static const char *const names[] = { "", "1: DOWN", "2: INIT",
					     "3: ARMED", "4: ACTIVE" };

	(void)i;
	fprintf(out, "%s\n", names[hfi1u_port_get_state(u->dd)]);
}

static void show_phys_state(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%s\n",
		wfr_link_is_up(u->wfr) ? "5: LinkUp" : "2: Polling");
}

static void show_lid(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "0x%x\n", hfi1u_port_lid(u->dd));
}

static void show_lmc(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%u\n", hfi1u_port_lmc(u->dd));
}

static void show_rate(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "100 Gb/sec (4X EDR)\n");
}

static void show_link_layer(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "InfiniBand\n");
}

static void show_zero(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "0\n");
}

static void show_sm_lid(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "0x1\n");
}

static u64 guid(const struct unit *u)
{
	return 0x0011750101000000ULL + u->number + 1;
}

static void show_guid(struct unit *u, unsigned int i, FILE *out)
{
	u64 g = guid(u);

	(void)i;
	fprintf(out, "%04x:%04x:%04x:%04x\n", (u16)(g >> 48), (u16)(g >> 32),
		(u16)(g >> 16), (u16)g);
}

static void show_gid(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "fe80:0000:0000:0000:");
	show_guid(u, 0, out);
}

static void show_pkey(struct unit *u, unsigned int i, FILE *out)
{
	fprintf(out, "0x%04x\n", hfi1u_port_pkey(u->dd, i));
}

static void show_sl2sc(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	fprintf(out, "%u\n", i);
}

static void show_sc2vl(struct unit *u, unsigned int i, FILE *out)
{
	fprintf(out, "%u\n", hfi1u_port_sc2vl(u->dd, i));
}

static void show_vl2mtu(struct unit *u, unsigned int i, FILE *out)
{
	fprintf(out, "%u\n", i == WFR_VL15 ? VL15_MTU : hfi1u_max_mtu(u->dd));
}

static void show_nctxts(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%u\n", hfi1u_nctxts(u->dd));
}

static void show_nfreectxts(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%u\n", hfi1u_nfreectxts(u->dd));
}

static void show_hw_rev(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%x\n", (unsigned int)(hfi1u_chip_revision(u->dd) & 0xff));
}

static void show_board_id(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "Emulated Omni-Path Host Fabric Interface 100 Series\n");
}

static void show_serial(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "0x%08x\n", (unsigned int)guid(u) & 0xffffff);
}

static void show_boardversion(struct unit *u, unsigned int i, FILE *out)
{
	u64 rev = hfi1u_chip_revision(u->dd);

	(void)i;
	fprintf(out, "ChipABI 3.0, ChipRev %u.%u, SW Compat %u\n",
		(unsigned int)(rev >> 8 & 0xff), (unsigned int)(rev & 0xff),
		(unsigned int)(rev >> 24 & 0xff));
}

static void show_node_type(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "1: CA\n");
}

static void show_node_desc(struct unit *u, unsigned int i, FILE *out)
{
	(void)i;
	fprintf(out, "%s\n", u->name);
}

static void show_vendor(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "0x8086\n");
}

static void show_pci_device(struct unit *u, unsigned int i, FILE *out)
{
	(void)u;
	(void)i;
	fprintf(out, "0x24f0\n");
}

static const struct attribute attributes[] = {
	{ "board_id", show_board_id, 0 },
	{ "boardversion", show_boardversion, 0 },
	{ "hw_rev", show_hw_rev, 0 },
	{ "nctxts", show_nctxts, 0 },
	{ "nfreectxts", show_nfreectxts, 0 },
	{ "node_desc", show_node_desc, 0 },
	{ "node_guid", show_guid, 0 },
	{ "node_type", show_node_type, 0 },
	{ "serial", show_serial, 0 },
	{ "sys_image_guid", show_guid, 0 },
	{ "device/numa_node", show_zero, 0 },
	{ "device/vendor", show_vendor, 0 },
	{ "device/device", show_pci_device, 0 },
	{ "ports/1/gids", show_gid, 1 },
	{ "ports/1/lid", show_lid, 0 },
	{ "ports/1/lid_mask_count", show_lmc, 0 },
	{ "ports/1/link_layer", show_link_layer, 0 },
	{ "ports/1/phys_state", show_phys_state, 0 },
	{ "ports/1/pkeys", show_pkey, HFI1U_NUM_PKEYS },
	{ "ports/1/rate", show_rate, 0 },
	{ "ports/1/sc2vl", show_sc2vl, HFI1U_NUM_SCS },
	{ "ports/1/sl2sc", show_sl2sc, NUM_SLS },
	{ "ports/1/sm_lid", show_sm_lid, 0 },
	{ "ports/1/sm_sl", show_zero, 0 },
	{ "ports/1/state", show_state, 0 },
	{ "ports/1/vl2mtu", show_vl2mtu, NUM_VLS },
};

static int make_dirs(char *path)
{
	char *slash;

	for (slash = strchr(path + strlen(base) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(path, 0755) && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

static bool same_text(const char *path, const char *text, size_t len)
{
	char old[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	n = fread(old, 1, sizeof(old), f);
	fclose(f);
	return n == len && !memcmp(old, text, len);
}

static int write_text(char *path, const char *text, size_t len)
{
	char fresh[300];
	FILE *f;
	int err;

	if (same_text(path, text, len))
		return 0;
	err = make_dirs(path);
	if (err)
		return err;
	snprintf(fresh, sizeof(fresh), "%s/.new", base);
	f = fopen(fresh, "we");
	if (!f)
		return -errno;
	err = fwrite(text, 1, len, f) == len ? 0 : -EIO;
	if (fclose(f) || err || chmod(fresh, 0444))
		return -EIO;
	return rename(fresh, path) ? -errno : 0;
}

static int write_file(struct unit *u, const struct attribute *a,
		      unsigned int index)
{
	char path[256], *text = NULL;
	size_t len = 0, at;
	FILE *out = open_memstream(&text, &len);
	int err;

	if (!out)
		return -ENOMEM;
	a->show(u, index, out);
	fclose(out);
	at = snprintf(path, sizeof(path), "%s" ROOT "/%s/%s", base, u->name,
		      a->name);
	if (a->count)
		snprintf(path + at, sizeof(path) - at, "/%u", index);
	err = write_text(path, text, len);
	free(text);
	return err;
}

static int write_all(struct unit *u)
{
	const struct attribute *a;
	unsigned int i;
	int err = 0;

	pthread_mutex_lock(&sysfs_lock);
	for (a = attributes; a < attributes + ARRAY_SIZE(attributes); a++) {
		if (!a->count)
			err = err ? err : write_file(u, a, 0);
		for (i = 0; i < a->count; i++)
			err = err ? err : write_file(u, a, i);
	}
	pthread_mutex_unlock(&sysfs_lock);
	return err;
}

void unit_sysfs_update(struct unit *u)
{
	int err = write_all(u);

	if (err)
		dev_err(&u->dev, "sysfs: %s", strerror(-err));
}

/* Called after every call: cheap unless a context came or went. */
void unit_sysfs_contexts(struct unit *u)
{
	static const struct attribute nfree = { "nfreectxts", show_nfreectxts,
						0 };
	unsigned int now;

	if (!READ_ONCE(u->started))
		return;
	now = hfi1u_nfreectxts(u->dd);
	if (__atomic_exchange_n(&last_free[u->number], now, __ATOMIC_RELAXED) ==
	    now)
		return;
	pthread_mutex_lock(&sysfs_lock);
	write_file(u, &nfree, 0);
	pthread_mutex_unlock(&sysfs_lock);
}

int unit_sysfs_create(struct unit *u, const char *dir)
{
	if (strlen(dir) >= sizeof(base))
		return -ENAMETOOLONG;
	strcpy(base, dir);
	last_free[u->number] = hfi1u_nfreectxts(u->dd);
	return write_all(u);
}

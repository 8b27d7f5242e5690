// SPDX-License-Identifier: BSD-3-Clause
/*
 * The fabric's packets as a capture file.
 *
 * The format is pcap with nanoseconds.  No link type stands for Omni-Path, so
 * it is the first of those kept for private use; a packet begins with the
 * words CAPTURE and PBC, which the generated dissector knows.
 *
 * A packet is written at once and in one piece, so that a killed emulator
 * leaves a whole file, and a pipe shows it live.  A file that cannot be
 * written to ends the capture, never the traffic.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include "unit.h"
#include "wfr_words.h"

#define PCAP_MAGIC_NS  0xa1b23c4d
#define PCAP_MAJOR     2
#define PCAP_MINOR     4
#define LINKTYPE_USER0 147

struct pcap_file {
	u32 magic;
	u16 major, minor;
	u32 zone, accuracy;
	u32 longest;
	u32 linktype;
};

struct pcap_packet {
	u32 seconds, nanoseconds;
	u32 kept, length;
	__le64 capture;
	__le64 pbc;
} __packed;

#define PREFIX_BYTES \
	(sizeof(struct pcap_packet) - offsetof(struct pcap_packet, capture))

static int file = -1;

static u64 capture_word(u32 damage)
{
	static const struct {
		u32 damage;
		u64 mask;
	} table[] = {
		{ WFR_BAD_ICRC, WFR_CAPTURE_BAD_ICRC },
		{ WFR_BAD_HCRC, WFR_CAPTURE_BAD_HCRC },
		{ WFR_BAD_KVER, WFR_CAPTURE_BAD_KVER },
		{ WFR_BAD_LENGTH, WFR_CAPTURE_BAD_LENGTH },
		{ WFR_BAD_TID, WFR_CAPTURE_BAD_TID },
		{ WFR_BAD_ECC, WFR_CAPTURE_BAD_ECC },
	};
	u64 word = WFR_PREP(WFR_CAPTURE_VERSION, WFR_CAPTURE_VERSION_CURRENT);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (damage & table[i].damage)
			word |= table[i].mask;
	return word;
}

/* Who reads a pipe may stop at any time; that must not end the emulator. */
static ssize_t write_quietly(const struct iovec *iov, int count)
{
	static const struct timespec at_once;
	sigset_t quiet, before;
	ssize_t n;
	int err;

	sigemptyset(&quiet);
	sigaddset(&quiet, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &quiet, &before);
	n = writev(file, iov, count);
	err = errno;
	if (n < 0 && err == EPIPE)
		sigtimedwait(&quiet, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return n;
}

/* One call at a time: the fabric sees to it. */
static void write_packet(void *arg, const struct wfr_wire *wire)
{
	struct timespec now;
	struct pcap_packet head;
	struct iovec iov[2] = { { &head, sizeof(head) },
				{ (void *)wire->data, wire->len } };
	ssize_t size = sizeof(head) + wire->len;

	(void)arg;
	if (file < 0)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	head = (struct pcap_packet){
		.seconds = now.tv_sec,
		.nanoseconds = now.tv_nsec,
		.kept = PREFIX_BYTES + wire->len,
		.length = PREFIX_BYTES + wire->len,
		.capture = cpu_to_le64(capture_word(wire->damage)),
		.pbc = cpu_to_le64(wire->pbc),
	};
	if (write_quietly(iov, 2) == size)
		return;
	pr_err("the capture ends: %s\n", strerror(errno));
	close(file);
	file = -1;
}

int pcap_start(struct wfr_fabric *fabric, const char *path)
{
	const struct pcap_file head = { .magic = PCAP_MAGIC_NS,
					.major = PCAP_MAJOR,
					.minor = PCAP_MINOR,
					.longest = PREFIX_BYTES + WFR_WIRE_MAX,
					.linktype = LINKTYPE_USER0 };
	int err;

	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (file < 0 || write(file, &head, sizeof(head)) != sizeof(head)) {
		err = -errno;
		pr_err("%s: %s\n", path, strerror(-err));
		return err;
	}
	wfr_fabric_tap(fabric, write_packet, NULL);
	return 0;
}

void pcap_stop(struct wfr_fabric *fabric)
{
	wfr_fabric_tap(fabric, NULL, NULL);
	if (file >= 0)
		close(file);
	file = -1;
}

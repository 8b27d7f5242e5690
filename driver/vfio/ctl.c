// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "adapter.h"
#include "ctl.h"
#include "dma.h"
#include "faults.h"
#include "irq.h"

#define LINE_MAX_BYTES 1024
#define WORDS_MAX      16

static void print_status(struct vfu_adapter *ad, FILE *out)
{
	struct vfu_adapter_stats st;
	struct wfr_stats chip;

	vfu_adapter_stats(ad, &st);
	wfr_stats_get(vfu_adapter_chip(ad), &chip);
	fprintf(out,
		"%s: link %s, %u memory ranges, %u vectors, %llu reads, "
		"%llu writes, %llu config accesses, %llu resets, "
		"%llu DMA faults\n",
		vfu_adapter_name(ad),
		wfr_link_is_up(vfu_adapter_chip(ad)) ? "up" : "down",
		vfu_dma_count(vfu_adapter_dma(ad)),
		vfu_irqs_connected(vfu_adapter_irqs(ad)),
		(unsigned long long)st.reads, (unsigned long long)st.writes,
		(unsigned long long)st.config, (unsigned long long)st.resets,
		(unsigned long long)st.dma_faults);
	fprintf(out,
		"%s: sent %llu PIO and %llu SDMA packets, received %llu, "
		"delivered %llu, dropped %llu, raised %llu interrupts\n",
		vfu_adapter_name(ad), (unsigned long long)chip.pio_packets,
		(unsigned long long)chip.sdma_packets,
		(unsigned long long)chip.rcv_packets,
		(unsigned long long)chip.rcv_delivered,
		(unsigned long long)chip.rcv_drops,
		(unsigned long long)chip.interrupts);
}

static void print_help(FILE *out)
{
	fprintf(out,
		"[-u UNIT] COMMAND [ARGUMENT...]\n"
		"  help                                this list\n"
		"  status                              what has happened\n");
	vfu_fault_help(out);
}

/* The unit follows the command; what remains is the command's. */
static int take_unit(const struct vfu_ctl *ctl, int *argc, char **argv,
		     struct wfr_device **chip, FILE *out)
{
	unsigned long unit;
	char *end;
	int i;

	if (*argc < 2) {
		fprintf(out, "which unit?\n");
		return -EINVAL;
	}
	unit = strtoul(argv[1], &end, 10);
	if (!isdigit((unsigned char)argv[1][0]) || *end || unit >= ctl->count) {
		fprintf(out, "no unit '%s'\n", argv[1]);
		return -ENODEV;
	}
	for (i = 1; i < *argc; i++)
		argv[i] = argv[i + 1];
	--*argc;
	*chip = vfu_adapter_chip(ctl->adapters[unit]);
	return 0;
}

static int run(const struct vfu_ctl *ctl, int argc, char **argv, FILE *out)
{
	struct wfr_device *chip;
	unsigned int i;
	int err;

	if (!argc || !strcmp(argv[0], "help")) {
		print_help(out);
		return 0;
	}
	if (!strcmp(argv[0], "status")) {
		for (i = 0; i < ctl->count; i++)
			print_status(ctl->adapters[i], out);
		return 0;
	}
	err = take_unit(ctl, &argc, argv, &chip, out);
	return err ? err : vfu_fault_run(chip, argc, argv, out);
}

static int send_all(int sock, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = send(sock, text, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			n = 0;
	}
	return 0;
}

/* Carry one line out and answer it. */
static int answer(int sock, const struct vfu_ctl *ctl, char *line)
{
	char *argv[WORDS_MAX + 1], *save = NULL, *word, *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int argc = 0, err;

	if (!out)
		return -ENOMEM;
	for (word = strtok_r(line, " \t\r", &save); word && argc < WORDS_MAX;
	     word = strtok_r(NULL, " \t\r", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	err = run(ctl, argc, argv, out);
	if (err)
		fprintf(out, "error: %s\n", strerror(-err));
	else
		fprintf(out, "ok\n");
	err = fclose(out) ? -ENOMEM : send_all(sock, text, len);
	free(text);
	return err;
}

/* Answer every complete line; what is left moves to the front. */
static int answer_lines(int sock, const struct vfu_ctl *ctl, char *buf,
			size_t *len)
{
	char *line = buf, *end;
	int err;

	while ((end = memchr(line, '\n', *len - (line - buf)))) {
		*end = '\0';
		err = answer(sock, ctl, line);
		if (err)
			return err;
		line = end + 1;
	}
	*len -= line - buf;
	memmove(buf, line, *len);
	return 0;
}

int vfu_ctl_serve(int sock, void *arg)
{
	char buf[LINE_MAX_BYTES];
	size_t len = 0;
	ssize_t n;
	int err;

	for (;;) {
		if (len == sizeof(buf))
			return -E2BIG;
		n = recv(sock, buf + len, sizeof(buf) - len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		len += n;
		err = answer_lines(sock, arg, buf, &len);
		if (err)
			return err;
	}
}

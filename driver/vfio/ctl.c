// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "adapter.h"
#include "ctl.h"
#include "dma.h"
#include "irq.h"
#include "verbs.h"

#define LINE_MAX_BYTES 1024
#define WORDS_MAX      32

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
	const struct ctl_verb *v;
	char left[96];

	fprintf(out, "  %-40s %s\n", "help", "this list");
	fprintf(out, "  %-40s %s\n", "status", "what has happened");
	for (v = ctl_verbs; v < ctl_verbs + CTL_VERBS; v++) {
		snprintf(left, sizeof(left), "%s %s", v->name, v->args);
		fprintf(out, "  %-40s %s%s\n", left, v->help,
			v->chip ? "" : " (not here)");
	}
}

static int run_verb(const struct vfu_ctl *ctl, int argc, char **argv, FILE *out)
{
	const struct ctl_verb *verb = ctl_verb_find(argv[0]);
	uint64_t unit;

	if (!verb) {
		fprintf(out, "unknown command '%s', see help\n", argv[0]);
		return -ENOENT;
	}
	if (argc - 1 < verb->min || argc - 1 > verb->max) {
		fprintf(out, "usage: %s %s\n", verb->name, verb->args);
		return -EINVAL;
	}
	if (ctl_number(argv[1], UINT_MAX, &unit, out))
		return -EINVAL;
	if (unit >= ctl->count) {
		fprintf(out, "no unit '%s'\n", argv[1]);
		return -ENODEV;
	}
	return ctl_verb_chip(verb, vfu_adapter_chip(ctl->adapters[unit]),
			     argc - 1, argv + 1, out);
}

static int run(const struct vfu_ctl *ctl, int argc, char **argv, FILE *out)
{
	unsigned int i;

	if (!argc || !strcmp(argv[0], "help")) {
		print_help(out);
		return 0;
	}
	if (strcmp(argv[0], "status"))
		return run_verb(ctl, argc, argv, out);
	for (i = 0; i < ctl->count; i++)
		print_status(ctl->adapters[i], out);
	return 0;
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

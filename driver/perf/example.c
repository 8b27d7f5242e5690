// SPDX-License-Identifier: BSD-3-Clause
/* Sends one packet to itself: the whole life of a program on /dev/hfi1_N. */
#include <stdio.h>
#include <string.h>

#include "transport.h"

static int converse(struct hfi1t *t)
{
	static const char text[] = "Hello, fabric.";
	struct hfi1t_packet p = { .payload = text, .length = sizeof(text) };
	struct hfi1t_arrival a;
	int ret;

	p.to = hfi1t_address(t);
	ret = hfi1t_pio_send(t, &p);
	while (!ret)
		ret = hfi1t_receive(t, &a);
	if (ret == 1)
		printf("context %u received: %s\n", t->info.ctxt,
		       (const char *)a.payload);
	return ret;
}

int main(int argc, char **argv)
{
	const char *device = argc > 1 ? argv[1] : "/dev/hfi1_0";
	struct hfi1t t;
	int ret = hfi1t_open(&t, device);

	if (!ret) {
		ret = converse(&t);
		hfi1t_close(&t);
	}
	if (ret < 0)
		fprintf(stderr, "%s: %s\n", device, strerror(-ret));
	return ret < 0;
}

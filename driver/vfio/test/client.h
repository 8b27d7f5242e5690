/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A server with one adapter in this process, and a client that can say
 * anything to it.
 */
#ifndef VFU_TEST_CLIENT_H
#define VFU_TEST_CLIENT_H

#include <check.h>
#include <stdbool.h>

#include "adapter.h"
#include "proto.h"
#include "server.h"

#define RAM_ADDR 0x100000u
#define RAM_SIZE 0x200000u

struct machine {
	char dir[32];
	char path[64];
	struct vfu_adapter *ad;
	struct vfu_server *srv;
	int sock; /* of the client, -1 without */
	uint16_t id;
	int ram_fd; /* -1 without */
	uint8_t *ram;
};

struct answer {
	struct vfu_header hdr;
	uint8_t body[8192];
	size_t len;
	int fd; /* -1 for none */
};

/*
 * A server that waits for clients; one client is connected when @greeted, and
 * may map the RcvArray if @map_array.
 */
void machine_start(struct machine *m, bool greeted, bool map_array);
void machine_stop(struct machine *m);

/* Connect, without a word. */
void client_connect(struct machine *m);
void client_greet(struct machine *m);
void client_leave(struct machine *m);

/* Send one message as it stands in @hdr; its size is whatever it says. */
void client_send(struct machine *m, const struct vfu_header *hdr,
		 const void *body, size_t len, const int *fds,
		 unsigned int nfds);

/* Read an answer; false at the end of the connection. */
bool client_hear(struct machine *m, struct answer *a);

/* Ask and hear; 0 or the errno of the answer, negative. */
int client_call(struct machine *m, enum vfu_cmd cmd, const void *body,
		size_t len, const int *fds, unsigned int nfds,
		struct answer *a);

/* Shorthands */
void client_map_ram(struct machine *m);
uint64_t client_read(struct machine *m, uint32_t region, uint64_t off,
		     uint32_t size);
void client_write(struct machine *m, uint32_t region, uint64_t off,
		  uint64_t val, uint32_t size);
void client_post(struct machine *m, uint32_t region, uint64_t off, uint64_t val,
		 uint32_t size);

/* Still there and able to serve a client from start to end. */
void check_alive(struct machine *m);

/* Wait until @fn is true, for at most a few seconds. */
bool eventually(bool (*fn)(struct machine *m), struct machine *m);

/* Open descriptors and mappings of this process. */
unsigned int count_fds(void);
unsigned int count_maps(void);

extern Suite *suite_transport(void);
extern Suite *suite_dma(void);
extern Suite *suite_pciconf(void);
extern Suite *suite_protocol(void);
extern Suite *suite_faults(void);
extern Suite *suite_garbage(void);
extern Suite *suite_uplink(void);

#endif

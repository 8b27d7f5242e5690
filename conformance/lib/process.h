/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Children of a case, and how it talks to them.
 *
 * A child dies with the case.  A verdict given in a child is the case's
 * verdict: hfi1c_reap() and hfi1c_hear() end the case when they meet one.
 */
#ifndef HFI1C_LIB_PROCESS_H
#define HFI1C_LIB_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct hfi1c_peer - the other side of a conversation
 * @pid:  the child's, or 0 in the child
 * @sock: a stream socket to the other side
 */
struct hfi1c_peer {
	pid_t pid;
	int sock;
};

/**
 * hfi1c_fork() - run @body in a child process; it ends when @body returns.
 *
 * The child gets its own view of @peer, and every descriptor the case has open
 * by then: open what only one side shall hold after the fork.
 */
void hfi1c_fork(struct hfi1c_peer *peer,
		void (*body)(struct hfi1c_peer *parent, void *data),
		void *data);

void hfi1c_tell(struct hfi1c_peer *peer, uint64_t value);

/** hfi1c_hear() - the next value; the case fails when none comes in time. */
uint64_t hfi1c_hear(struct hfi1c_peer *peer);

/** hfi1c_hears_within() - whether a value is there before @ms are over. */
bool hfi1c_hears_within(struct hfi1c_peer *peer, int ms);

void hfi1c_send_fd(struct hfi1c_peer *peer, int fd);
int hfi1c_receive_fd(struct hfi1c_peer *peer);

/** hfi1c_reap() - wait for a child that ends by itself, and close the socket. */
void hfi1c_reap(struct hfi1c_peer *peer);

/** hfi1c_kill() - end a child with @signal and reap it. */
void hfi1c_kill(struct hfi1c_peer *peer, int signal);

#endif

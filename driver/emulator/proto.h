/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * DOC: protocol between the client library and the emulator
 *
 * A device file is a SOCK_SEQPACKET connection.  Its client end is what the
 * program has as file descriptor, so the kernel counts references for us and
 * the emulator sees the last close as the end of the connection.
 *
 * A call is one emu_request on that connection.  It carries the caller's
 * verified credentials and, as SCM_RIGHTS, the socket its emu_reply goes to:
 * threads and processes that share the file never see each other's replies.
 * Arguments stay in the caller's memory, where the emulator gets them.
 *
 * Both ends come from one build; there is no version negotiation beyond the
 * magic number.
 */
#ifndef HFI1_EMU_PROTO_H
#define HFI1_EMU_PROTO_H

#include <stdint.h>

#define EMU_MAGIC	0x1b0601eeu
#define EMU_ENV_DIR	"HFI1_EMU_DIR"
#define EMU_ENV_TRACE	"HFI1_EMU_TRACE"
#define EMU_SOCKET_NAME "socket"
#define EMU_MAX_SEGS	256
#define EMU_MAX_FDS	16

enum emu_op {
	EMU_OPEN = 1, /* a0 flags, a1 unit */
	EMU_IOCTL, /* a0 command, a1 argument */
	EMU_READ, /* a0 buffer, a1 length */
	EMU_WRITE,
	EMU_PREAD, /* a0 buffer, a1 length, a2 position */
	EMU_PWRITE,
	EMU_READV, /* a0 iovec array, a1 count */
	EMU_WRITEV,
	EMU_PREADV, /* a0 iovec array, a1 count, a2 position */
	EMU_PWRITEV,
	EMU_LSEEK, /* a0 offset, a1 whence */
	EMU_MMAP, /* a0 address, a1 length, a2 prot, a3 flags, a4 offset */
	EMU_GETFL,
	EMU_SETFL, /* a0 flags */
	EMU_STAT, /* reply a0 major, a1 minor, a2 file id */
	EMU_POLL, /* a0 events, a1 tag */
	EMU_POLL_CANCEL, /* a0 serial of the polls to give up */
	EMU_INTERRUPT, /* a0 serial of the call, a1 fatal; no reply */
	EMU_WATCH, /* a0 events, a1 tag; fds: reply, eventfd */
	EMU_WATCH_REARM, /* a1 tag; reply result: events now */
	EMU_UNWATCH, /* a1 tag */
	EMU_UNMAP, /* a0 start, a1 length: this process unmaps it */
	EMU_UFFD, /* fds: reply, userfaultfd of this process */
	EMU_SYNC, /* a0 file id: answered once it is released, if it was closed */
	EMU_CTL, /* text follows; reply text */
};

struct emu_request {
	uint32_t magic;
	uint32_t op;
	uint64_t serial;
	int32_t tid;
	uint32_t reserved;
	uint64_t a[5];
};

enum emu_kind {
	EMU_RESULT = 1, /* the answer to a call */
	EMU_READY, /* a poll became ready: result events, a0 tag */
};

/* The process has ranges whose unmapping the emulator wants to know of. */
#define EMU_F_WATCHED 0x1u

struct emu_seg {
	uint64_t start; /* relative to the mapping */
	uint64_t length;
	uint64_t offset; /* in the file */
	uint32_t fd; /* index into the descriptors of the reply */
	uint32_t reserved;
};

struct emu_reply {
	uint32_t magic;
	uint32_t kind;
	uint64_t serial;
	int64_t result;
	uint32_t flags;
	uint32_t nsegs;
	uint64_t a[4]; /* mmap: a0 vm_flags, a1 file id, a2 length */
};

/* The answer to EMU_MMAP: sent with as many pieces as it has. */
struct emu_map_reply {
	struct emu_reply head;
	struct emu_seg segs[EMU_MAX_SEGS];
};

/* vm_flags as the client sees them: the kernel's values. */
#define EMU_VM_MAYREAD	0x10u
#define EMU_VM_MAYWRITE 0x20u
#define EMU_VM_DONTCOPY 0x20000u

#define EMU_CTL_MAX 65536

#endif

// SPDX-License-Identifier: BSD-3-Clause
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "client.h"
#include "log.h"
#include "session.h"
#include "sock.h"

static int serve(int sock, void *arg)
{
	return vfu_session_run(sock, arg);
}

void machine_start(struct machine *m, bool greeted, bool map_array)
{
	struct wfr_config cfg;
	int err;

	memset(m, 0, sizeof(*m));
	m->sock = m->ram_fd = -1;
	vfu_log_set(VFU_LOG_ERROR);
	strcpy(m->dir, "/tmp/vfu-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(m->dir));
	snprintf(m->path, sizeof(m->path), "%s/sock", m->dir);
	wfr_config_init(&cfg);
	m->ad = vfu_adapter_create("test", &cfg, map_array, &err);
	ck_assert_ptr_nonnull(m->ad);
	m->srv = vfu_server_start(m->path, "test", serve, m->ad, &err);
	ck_assert_ptr_nonnull(m->srv);
	if (!greeted)
		return;
	client_connect(m);
	client_greet(m);
}

void machine_stop(struct machine *m)
{
	client_leave(m);
	vfu_server_stop(m->srv);
	vfu_adapter_destroy(m->ad);
	ck_assert_int_eq(access(m->path, F_OK), -1);
	rmdir(m->dir);
	if (m->ram)
		munmap(m->ram, RAM_SIZE);
	if (m->ram_fd >= 0)
		close(m->ram_fd);
}

void client_connect(struct machine *m)
{
	struct timeval limit = { 20, 0 };

	m->sock = vfu_connect(m->path);
	ck_assert_int_ge(m->sock, 0);
	setsockopt(m->sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(m->sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

void client_leave(struct machine *m)
{
	if (m->sock >= 0)
		close(m->sock);
	m->sock = -1;
}

void client_greet(struct machine *m)
{
	static const char caps[] = "\0\0\0\0{\"capabilities\":{}}";
	struct answer a;

	ck_assert_int_eq(client_call(m, VFU_VERSION, caps, sizeof(caps), NULL,
				     0, &a),
			 0);
}

void client_send(struct machine *m, const struct vfu_header *hdr,
		 const void *body, size_t len, const int *fds,
		 unsigned int nfds)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(64 * sizeof(int))];
	} control = { .buf = { 0 } };
	struct iovec iov[2] = { { (void *)hdr, sizeof(*hdr) },
				{ (void *)body, len } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	struct cmsghdr *c;

	if (nfds) {
		mh.msg_control = control.buf;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&mh);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	/* The server may have hung up already. */
	if (sendmsg(m->sock, &mh, MSG_NOSIGNAL) < 0)
		ck_assert(errno == EPIPE || errno == ECONNRESET);
}

static int take_fd(struct msghdr *mh)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(mh);
	int fd = -1;

	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

bool client_hear(struct machine *m, struct answer *a)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &a->hdr, sizeof(a->hdr) };
	struct msghdr mh = { .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(m->sock, &mh, MSG_WAITALL | MSG_CMSG_CLOEXEC);

	a->fd = n > 0 ? take_fd(&mh) : -1;
	ck_assert_msg(n >= 0 || errno == ECONNRESET, "the server is silent");
	if (n <= 0)
		return false;
	ck_assert_int_eq(n, sizeof(a->hdr));
	a->len = a->hdr.size - sizeof(a->hdr);
	ck_assert_uint_le(a->len, sizeof(a->body));
	if (a->len)
		ck_assert_int_eq(recv(m->sock, a->body, a->len, MSG_WAITALL),
				 a->len);
	return true;
}

int client_call(struct machine *m, enum vfu_cmd cmd, const void *body,
		size_t len, const int *fds, unsigned int nfds, struct answer *a)
{
	struct vfu_header hdr = {
		.id = ++m->id,
		.cmd = cmd,
		.size = sizeof(hdr) + len,
	};

	client_send(m, &hdr, body, len, fds, nfds);
	if (!client_hear(m, a))
		return -ECONNRESET;
	ck_assert_uint_eq(a->hdr.id, m->id);
	ck_assert_uint_eq(a->hdr.cmd, cmd);
	ck_assert_uint_eq(a->hdr.flags & VFU_FLAG_TYPE, VFU_TYPE_REPLY);
	if (!(a->hdr.flags & VFU_FLAG_ERROR))
		return 0;
	ck_assert_uint_ne(a->hdr.error, 0);
	ck_assert_uint_eq(a->len, 0);
	return -(int)a->hdr.error;
}

void client_map_ram(struct machine *m)
{
	struct vfu_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFU_DMA_READABLE | VFU_DMA_WRITEABLE,
		.addr = RAM_ADDR,
		.size = RAM_SIZE,
	};
	struct answer a;

	if (m->ram_fd < 0) {
		m->ram_fd = memfd_create("ram", MFD_CLOEXEC);
		ck_assert_int_eq(ftruncate(m->ram_fd, RAM_SIZE), 0);
		m->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE,
			      MAP_SHARED, m->ram_fd, 0);
		ck_assert_ptr_ne(m->ram, MAP_FAILED);
	}
	ck_assert_int_eq(client_call(m, VFU_DMA_MAP, &map, sizeof(map),
				     &m->ram_fd, 1, &a),
			 0);
}

uint64_t client_read(struct machine *m, uint32_t region, uint64_t off,
		     uint32_t size)
{
	struct vfu_region_access ask = { off, region, size };
	struct answer a;
	uint64_t val = 0;

	ck_assert_int_eq(client_call(m, VFU_REGION_READ, &ask, sizeof(ask),
				     NULL, 0, &a),
			 0);
	ck_assert_uint_eq(a.len, sizeof(ask) + size);
	memcpy(&val, a.body + sizeof(ask), size);
	return val;
}

struct write {
	struct vfu_region_access a;
	uint64_t val;
};

void client_write(struct machine *m, uint32_t region, uint64_t off,
		  uint64_t val, uint32_t size)
{
	struct write w = { { off, region, size }, val };
	struct answer a;

	ck_assert_int_eq(client_call(m, VFU_REGION_WRITE, &w,
				     sizeof(w.a) + size, NULL, 0, &a),
			 0);
	ck_assert_uint_eq(a.len, sizeof(w.a));
}

void client_post(struct machine *m, uint32_t region, uint64_t off, uint64_t val,
		 uint32_t size)
{
	struct write w = { { off, region, size }, val };
	struct vfu_header hdr = {
		.id = ++m->id,
		.cmd = VFU_REGION_WRITE,
		.size = sizeof(hdr) + sizeof(w.a) + size,
		.flags = VFU_FLAG_NO_REPLY,
	};

	client_send(m, &hdr, &w, sizeof(w.a) + size, NULL, 0);
}

void check_alive(struct machine *m)
{
	client_leave(m);
	client_connect(m);
	client_greet(m);
	ck_assert_uint_eq(client_read(m, VFIO_PCI_CONFIG_REGION_INDEX, 0, 4),
			  0x24f08086);
}

bool eventually(bool (*fn)(struct machine *m), struct machine *m)
{
	const struct timespec pause = { 0, 1000000 };
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		if (fn(m))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

unsigned int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

unsigned int count_maps(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned int n = 0;

	/* Only shared files: those of clients, not the heap of the libraries. */
	while (fgets(line, sizeof(line), f))
		n += strstr(line, "/memfd:") != NULL;
	fclose(f);
	return n;
}

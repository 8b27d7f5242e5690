/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of the emulator daemon. */
#ifndef HFI1_EMU_DAEMON_H
#define HFI1_EMU_DAEMON_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <hosted/hosted.h>
#include "../proto.h"

struct proc;

/* What an epoll event of the server is about. */
struct source {
	void (*event)(struct source *src, uint32_t events);
	int fd;
};

/* A connection: one open file of a program, or a control connection. */
struct conn {
	struct source src;
	struct list_head node;
	spinlock_t lock;
	int refs;
	bool closed;
	struct file *file;
	struct hosted_chrdev *chrdev;
	uint64_t id;
	struct list_head calls;
	struct list_head vmas;
};

static inline struct file *conn_file(struct conn *conn)
{
	return smp_load_acquire(&conn->file);
}

/* A request with who made it and where the answer goes. */
struct request {
	struct emu_request msg;
	struct hosted_task_id who;
	struct conn *conn;
	struct proc *proc;
	int fds[2];
	unsigned int nfds;
	char *text;
};

/* server.c: threads and descriptors */
int server_start(int listen_fd);
void server_run(void);
void server_stop(void);
void server_resume(void);
int server_add(struct source *src, uint32_t events);
void server_rearm(struct source *src, uint32_t events);
void server_del(struct source *src);
unsigned int server_threads(void);
int server_watch_hangup(struct source *src);
void server_unwatch_hangup(struct source *src);
bool server_any_hangup(void);

/* conn.c: connections */
void conn_start(void);
bool conn_crowded(void);
bool conn_hung_up(const struct conn *conn);
void conn_accept(int listen_fd);
void conn_get(struct conn *conn);
void conn_put(struct conn *conn);
unsigned int conn_count(void);
void conn_hang_up(void);
void conn_settle(void);
int conn_wait_released(uint64_t id);
void conn_set_impatient(bool on);

/* proc.c: client processes */
struct proc *proc_get(pid_t pid);
void proc_put(struct proc *proc);
struct mm_struct *proc_mm(struct proc *proc);
bool proc_watched(struct proc *proc);
void proc_sync(struct proc *proc);
int proc_set_uffd(struct proc *proc, int fd);
void proc_call_begin(struct proc *proc, struct list_head *node);
void proc_call_end(struct proc *proc, struct list_head *node);
unsigned int proc_count(void);
void proc_start(void);

/* call.c: carrying requests out */
struct call {
	struct list_head node;
	struct list_head proc_node;
	struct task_struct *task;
	pid_t tid;
	uint64_t serial;
};

void call_serve(struct request *req);
void call_signal(struct call *call, bool fatal);

/* reply.c: answers */
void reply_init(struct emu_reply *rep, const struct request *req,
		int64_t result);
int reply_send(int fd, const void *msg, size_t len, const int *fds,
	       unsigned int nfds);
void reply_result(const struct request *req, int64_t result);

/* polls.c: waiting for readiness */
void poll_arm(struct request *req);
void poll_cancel(struct request *req);
void poll_watch(struct request *req);
void poll_rearm(struct request *req);
void poll_unwatch(struct request *req);
void poll_forget(struct conn *conn, struct proc *proc);

/* map.c: mappings */
void map_serve(struct request *req);
void map_release(struct conn *conn);

/* ctl.c: commands of hfi1-emu ctl */
void ctl_serve(struct request *req);

/* How the devices are to look; see hfi1-emu --help. */
struct emu_config {
	unsigned int units;
	unsigned int contexts;
	const char *dir;
	bool link_down;
	const char *pcap; /* file for what the ports send, or NULL */
	char **params; /* NAME=VALUE, ends with NULL */
};

/* The devices behind the nodes; unit.c has the real ones. */
struct emu_devices {
	int (*create)(const struct emu_config *cfg);
	void (*destroy)(void);
	/* NULL when there is no such unit */
	struct hosted_chrdev *(*chrdev)(unsigned int unit);
	/* a call has returned: what sysfs shows may have changed */
	void (*changed)(void);
	/* members of the status object, JSON */
	void (*status)(FILE *out);
	const struct ctl_command *commands; /* ends with a NULL name */
};

/**
 * struct ctl_command - a command of hfi1-emu ctl
 * @name: what the user types
 * @args: its arguments, for the help
 * @help: one line
 * @min: least number of arguments
 * @max: most
 * @run: carries it out; writes results or the reason of a failure to @out and
 *	returns 0 or a negative errno
 */
struct ctl_command {
	const char *name;
	const char *args;
	const char *help;
	int min;
	int max;
	int (*run)(int argc, char **argv, FILE *out);
};

extern const struct emu_devices emu_devices;

#endif

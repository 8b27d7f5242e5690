// SPDX-License-Identifier: BSD-3-Clause
/*
 * Start of the client library and what all of it needs.
 *
 * A device file is a socket that is connected to the emulator.  It is known
 * by its peer's name, so nothing about a descriptor has to be remembered: one
 * that came from dup, fork, exec or another process is as good as our own.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "emu.h"

const char *emu_dir;
char emu_socket[108];

void *emu_next(const char *name)
{
	void *fn = dlsym(RTLD_NEXT, name);

	if (!fn) {
		fprintf(stderr, "hfi1-emu: no %s in the C library\n", name);
		abort();
	}
	return fn;
}

long raw_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ __volatile__("syscall"
			     : "=a"(ret)
			     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10),
			       "r"(r8), "r"(r9)
			     : "rcx", "r11", "memory");
	return ret;
}

bool emu_is_device(int fd)
{
	struct sockaddr_un un;
	socklen_t len = sizeof(un);

	if (!emu_dir || fd < 0 || RAW(SYS_getpeername, fd, &un, &len) < 0 ||
	    un.sun_family != AF_UNIX ||
	    len <= offsetof(struct sockaddr_un, sun_path))
		return false;
	un.sun_path[sizeof(un.sun_path) - 1] = 0;
	return !strcmp(un.sun_path, emu_socket);
}

/*
 * All but the signals of a fault and the two the C library keeps for itself
 * (cancellation and setuid in all threads).
 */
#define SIGBIT(sig) (1ULL << ((sig)-1))
#define NEVER_BLOCKED                                                         \
	(SIGBIT(SIGSEGV) | SIGBIT(SIGBUS) | SIGBIT(SIGILL) | SIGBIT(SIGFPE) | \
	 SIGBIT(SIGTRAP) | SIGBIT(SIGSYS) | SIGBIT(32) | SIGBIT(33))

uint64_t emu_block_signals(void)
{
	uint64_t all = ~NEVER_BLOCKED, old = 0;

	RAW(SYS_rt_sigprocmask, SIG_BLOCK, &all, &old, sizeof(all));
	return old;
}

void emu_restore_signals(uint64_t old)
{
	RAW(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof(old));
}

static uint64_t fork_mask;

static void before_fork(void)
{
	uint64_t old = emu_block_signals();

	emu_maps_lock();
	emu_control_lock();
	emu_slots_lock();
	fork_mask = old;
}

static void unlock_all(void)
{
	emu_slots_unlock();
	emu_control_unlock();
	emu_maps_unlock();
}

static void after_fork_parent(void)
{
	uint64_t old = fork_mask;

	unlock_all();
	emu_restore_signals(old);
}

static void after_fork_child(void)
{
	uint64_t old = fork_mask;

	unlock_all();
	emu_slots_forked();
	emu_maps_forked();
	emu_watch_forked();
	emu_epoll_forked();
	emu_restore_signals(old);
}

static const char *find_env(char **envp, const char *name)
{
	const size_t len = strlen(name);

	for (; envp && *envp; envp++)
		if (!strncmp(*envp, name, len) && (*envp)[len] == '=')
			return *envp + len + 1;
	return NULL;
}

/*
 * Libraries look for the device in their constructors (libpsm2 does), so this
 * one runs before all others: the library is linked with -z initfirst.  The
 * C library may not have been set up yet.
 */
static void __attribute__((constructor))
start(int argc, char **argv, char **envp)
{
	static char own_dir[sizeof(emu_socket)];
	const char *dir = find_env(envp, EMU_ENV_DIR);

	(void)argc;
	(void)argv;
	if (!dir || !*dir)
		return;
	if (snprintf(emu_socket, sizeof(emu_socket), "%s/%s", dir,
		     EMU_SOCKET_NAME) >= (int)sizeof(emu_socket))
		return;
	strcpy(own_dir, dir);
	emu_dir = own_dir;
	emu_trace_start(find_env(envp, EMU_ENV_TRACE));
	/* Let the emulator reach our memory where Yama restricts that. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

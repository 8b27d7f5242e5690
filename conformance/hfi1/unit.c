// SPDX-License-Identifier: BSD-3-Clause
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../case.h"
#include "../lib/context.h"
#include "../lib/ctl.h"
#include "../lib/wire.h"
#include "../runner/verdict.h"
#include "unit.h"

#define SIGNAL_AFTER_US 200000
#define DIES_AFTER_US	600000
#define ATTEND_US	2000
#define THAW_TRIES	150
#define LINK_TRIES	250
#define WAIT_US		20000

/* Device files end with the number of their unit. */
static unsigned int unit_number(void)
{
	const char *path = hfi1c_device(), *digits = path + strlen(path);

	while (digits > path && digits[-1] >= '0' && digits[-1] <= '9')
		digits--;
	return atoi(digits);
}

/* The end of a freeze takes the driver a moment. */
int hfi1c_unit_thaws(void)
{
	struct hfi1_user_info info = hfi1c_user_info();
	long result = -EIO;
	unsigned int i;
	int fd;

	for (i = 0; i < THAW_TRIES && result == -EIO; i++) {
		usleep(WAIT_US);
		fd = hfi1c_open_device();
		result = hfi1c_assign(fd, &info);
		close(fd);
	}
	return result == -EIO;
}

/*
 * A subnet manager brings the port to ACTIVE some time after the link came
 * back; until then engines are stopped.  Not every unit shows its port.
 */
static void wait_active(void)
{
	unsigned int i;

	for (i = 0; i < LINK_TRIES && hfi1c_port_number("state") >= 0 &&
		    !hfi1c_port_is_active();
	     i++)
		usleep(WAIT_US);
}

/* Everything a scenario can have done to the unit, taken back. */
static int heal(void)
{
	unsigned int unit = unit_number();

	/* a command that cannot do these things has nothing to take back */
	hfi1c_ctl("stall-assign %u off", unit);
	hfi1c_ctl("ahg %u default", unit);
	if (hfi1c_ctl("hold-freeze %u off", unit) ||
	    hfi1c_ctl("sticky %u none", unit) ||
	    hfi1c_ctl("delay %u 0", unit) || hfi1c_ctl("link %u up", unit))
		return -1;
	wait_active();
	return hfi1c_unit_thaws();
}

static int heal_both(void)
{
	int err = heal();

	if (!hfi1c_second_device())
		return err;
	hfi1c_use_device(hfi1c_second_device());
	err = heal() ?: err;
	hfi1c_use_device(NULL);
	return err;
}

static void __attribute__((noreturn)) end_as(int status)
{
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}

/*
 * The end of a file waits for its requests, so a case that left with a verdict
 * cannot end before what it held up is let go.
 */
static int attend(pid_t child, int (*take_back)(void))
{
	bool let_go = false;
	int status;

	while (waitpid(child, &status, WNOHANG) != child) {
		if (hfi1c_verdict_given() && !let_go) {
			take_back();
			let_go = true;
		}
		usleep(ATTEND_US);
	}
	return status;
}

static void guard(int (*take_back)(void))
{
	pid_t child;
	int status;

	if (take_back())
		hfi1c_skip("the control command cannot heal the unit");
	child = fork();
	hfi1c_setup(child >= 0, "fork: %s", strerror(errno));
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return;
	}
	status = attend(child, take_back);
	if (take_back())
		hfi1c_broken("the control command cannot heal the unit");
	end_as(status);
}

void hfi1c_unit_guard(void)
{
	guard(heal);
}

void hfi1c_unit_guard_both(void)
{
	guard(heal_both);
}

void hfi1c_unit_resume(void)
{
	hfi1c_setup(!hfi1c_ctl("delay %u 0", unit_number()),
		    "the control command cannot release the engines");
}

bool hfi1c_unit_try(const char *verb, const char *fmt, ...)
{
	char words[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	return !hfi1c_ctl("%s %u %s", verb, unit_number(), words);
}

void hfi1c_unit_fault(const char *verb, const char *fmt, ...)
{
	char words[128], said[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	if (hfi1c_ctl_output(said, sizeof(said), "%s %u %s", verb,
			     unit_number(), words))
		hfi1c_skip("the control command cannot '%s %u %s': %.*s", verb,
			   unit_number(), words, (int)strcspn(said, "\n"),
			   said);
}

static void signal_after(unsigned int us)
{
	const struct itimerval soon = { .it_value.tv_usec = us };

	setitimer(ITIMER_REAL, &soon, NULL);
}

/* Not to be blocked, as other signals may be while a call waits. */
static void kill_after(unsigned int us)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGKILL };
	struct itimerspec soon = { .it_value.tv_nsec = us * 1000L };
	timer_t timer;

	hfi1c_setup(!timer_create(CLOCK_MONOTONIC, &event, &timer) &&
			    !timer_settime(timer, 0, &soon, NULL),
		    "timer_create: %s", strerror(errno));
}

/* Runs until the process that guards the unit ends. */
static void __attribute__((noreturn))
background(struct hfi1_user_info info, bool dies, pid_t maker)
{
	int fd;

	hfi1c_verdict_child();
	while (getppid() == maker)
		usleep(1000);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = hfi1c_open_device();
	if (dies)
		kill_after(DIES_AFTER_US);
	hfi1c_assign(fd, &info);
	pause();
	_exit(0);
}

/*
 * The process in between leaves at once, which makes the other one a child of
 * the guard: it may be held up in the driver until the guard heals the unit.
 */
void hfi1c_unit_background(struct hfi1_user_info info, bool dies)
{
	pid_t maker = fork();

	hfi1c_setup(maker >= 0, "fork: %s", strerror(errno));
	if (!maker) {
		maker = getpid();
		if (!fork())
			background(info, dies, maker);
		_exit(0);
	}
	waitpid(maker, NULL, 0);
	usleep(SIGNAL_AFTER_US);
}

static void interrupted(int signal_number)
{
	(void)signal_number;
}

void hfi1c_unit_signal_soon(void)
{
	const struct sigaction action = { .sa_handler = interrupted };

	sigaction(SIGALRM, &action, NULL);
	signal_after(SIGNAL_AFTER_US);
}

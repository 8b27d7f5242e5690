// SPDX-License-Identifier: BSD-3-Clause
/*
 * Actors: processes that make the calls.
 *
 * An actor waits for its semaphore, does what the shared call says and
 * answers.  The first one is forked by the model, every other one by an
 * actor, so that it inherits descriptors and mappings as a child does.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "model.h"

/* Longer than any call waits whose wait has an end. */
#define CALL_SECONDS 8

static struct model_shared *shared;
static int fds[MODEL_SLOTS];

int model_fd(int slot)
{
	return slot < 0 ? -1 : fds[slot];
}

void model_set_fd(int slot, int fd)
{
	fds[slot] = fd;
}

static void __attribute__((noreturn)) live(unsigned int number);

/* Forks another actor, and goes on as the old one and as the new one. */
static long act_fork(struct model_call *c)
{
	unsigned int number = c->a[0];
	pid_t pid = fork();

	if (!pid)
		live(number);
	shared->ports[number].pid = pid;
	snprintf(c->text, sizeof(c->text), "fork() = P%u", number);
	return pid < 0 ? -errno : 0;
}

static void live(unsigned int number)
{
	struct model_port *port = &shared->ports[number];
	struct model_call *c = &shared->call;

	hfi1c_verdict_child();
	/* nobody waits for the children of actors */
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		while (sem_wait(&port->go))
			continue;
		if (!c->act)
			_exit(0);
		c->text[0] = '\0';
		c->result = c->act(c);
		if (!c->text[0])
			hfi1c_call_text(c->text, sizeof(c->text));
		sem_post(&port->done);
	}
}

static void clear_port(struct model *m, unsigned int number)
{
	struct model_port *port = &m->s->ports[number];

	hfi1c_setup(!sem_init(&port->go, 1, 0) && !sem_init(&port->done, 1, 0),
		    "sem_init: %s", strerror(errno));
}

void model_actor_start(struct model *m)
{
	pid_t pid;

	shared = m->s;
	memset(fds, -1, sizeof(fds));
	/* whom an actor forked comes here when the actor ends */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	clear_port(m, 0);
	pid = fork();
	hfi1c_setup(pid >= 0, "fork: %s", strerror(errno));
	if (!pid)
		live(0);
	m->s->ports[0].pid = pid;
	m->actors[0].live = true;
}

void model_note(struct model *m, const char *fmt, ...)
{
	char *line = m->s->trace[m->s->lines++ % MODEL_TRACE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, MODEL_TEXT, fmt, ap);
	va_end(ap);
}

static bool answered(struct model_port *port)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += CALL_SECONDS;
	while (sem_timedwait(&port->done, &end))
		if (errno != EINTR)
			return false;
	return true;
}

long model_do(struct model *m, unsigned int actor, model_act act, int slot)
{
	struct model_port *port = &m->s->ports[actor];
	struct model_call *c = &m->s->call;

	c->act = act;
	c->slot = slot;
	sem_post(&port->go);
	if (!answered(port)) {
		if (hfi1c_verdict_given())
			hfi1c_verdict_leave();
		hfi1c_fail("a call of P%u does not return", actor);
	}
	if (c->text[0])
		model_note(m, "P%u: %.300s", actor, c->text);
	return c->result;
}

bool model_fork(struct model *m, unsigned int from, unsigned int to)
{
	clear_port(m, to);
	m->s->call.a[0] = to;
	return !model_do(m, from, act_fork, -1);
}

void model_actor_end(struct model *m, unsigned int actor, bool by_signal)
{
	struct model_port *port = &m->s->ports[actor];

	if (by_signal) {
		kill(port->pid, SIGKILL);
	} else {
		m->s->call.act = NULL;
		sem_post(&port->go);
	}
	while (waitpid(port->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	while (!kill(port->pid, 0))
		usleep(500);
	port->pid = 0;
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * The workers share a queue: indices of the plan and the place of the next
 * one, taken atomically.  A worker writes the index of each finished case into
 * a pipe.  Should one die (out of memory, a stray kill), its case is given the
 * blame and another takes its place, so no result is lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "execute.h"
#include "schedule.h"

struct queue {
	unsigned int next; /* atomic */
	unsigned int count;
	int stop; /* atomic: --exit-on-fail met a failure */
	unsigned int indices[];
};

struct schedule {
	const struct hfi1c_plan *plan;
	struct hfi1c_record *records;
	const struct hfi1c_options *options;
	const struct hfi1c_environment *environment;
	const struct hfi1c_listener *listener;
	struct queue *queue; /* shared with the workers */
	size_t queue_size;
	int pipe[2];
	bool *done;
	size_t done_count;
	size_t delivered; /* entries [0, delivered) were reported */
};

static bool is_exclusive(const struct schedule *s, size_t index)
{
	return s->plan->entries[index].test->needs & HFI1C_EXCLUSIVE;
}

static bool stopped(const struct schedule *s)
{
	return __atomic_load_n(&s->queue->stop, __ATOMIC_RELAXED);
}

static void run_one(struct schedule *s, unsigned int index, bool alone)
{
	struct hfi1c_record *record = &s->records[index];

	record->worker = getpid();
	hfi1c_execute(&s->plan->entries[index], record, s->options,
		      s->environment, alone);
	if (s->options->exit_on_fail && hfi1c_outcome_is_bad(record->outcome))
		__atomic_store_n(&s->queue->stop, 1, __ATOMIC_RELAXED);
	record->worker = 0;
	if (write(s->pipe[1], &index, sizeof(index)) != sizeof(index))
		_exit(1);
}

static void __attribute__((noreturn)) work(struct schedule *s, bool alone)
{
	unsigned int at;

	close(s->pipe[0]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!stopped(s)) {
		at = __atomic_fetch_add(&s->queue->next, 1, __ATOMIC_RELAXED);
		if (at >= s->queue->count)
			break;
		run_one(s, s->queue->indices[at], alone);
	}
	_exit(0);
}

static pid_t start_worker(struct schedule *s, bool alone)
{
	pid_t pid;

	/* What is buffered would be written again by every child. */
	fflush(NULL);
	pid = fork();
	if (!pid)
		work(s, alone);
	return pid;
}

/* Reporters want the order of the plan, workers finish in their own. */
static void deliver(struct schedule *s, bool all)
{
	while (s->delivered < s->plan->count && (all || s->done[s->delivered]))
		s->listener->result(s->listener->data, s->delivered++);
}

static void take_result(struct schedule *s, unsigned int index)
{
	s->done[index] = true;
	s->done_count++;
	deliver(s, false);
	s->listener->tick(s->listener->data, s->done_count);
}

static void blame(struct schedule *s, pid_t pid, int status)
{
	unsigned int i, index;

	for (i = 0; i < s->queue->count; i++) {
		index = s->queue->indices[i];
		if (s->done[index] || s->records[index].worker != pid)
			continue;
		hfi1c_record_set(&s->records[index], HFI1C_CRASHED,
				 "the process that ran it died (status %#x)",
				 status);
		take_result(s, index);
	}
}

/* Takes results until no writer is left, then looks how the workers ended. */
static void drain(struct schedule *s)
{
	unsigned int index;
	int status;
	pid_t pid;

	while (read(s->pipe[0], &index, sizeof(index)) == sizeof(index))
		take_result(s, index);
	while ((pid = wait(&status)) > 0)
		if (status)
			blame(s, pid, status);
}

static int run_phase(struct schedule *s, unsigned int workers, bool alone)
{
	unsigned int i, started;

	do {
		if (pipe2(s->pipe, O_CLOEXEC))
			return -errno;
		for (i = 0, started = 0; i < workers; i++)
			started += start_worker(s, alone) > 0;
		close(s->pipe[1]);
		if (!started)
			return -EAGAIN;
		drain(s);
		close(s->pipe[0]);
		/* Cases are left only if a worker died before its time. */
	} while (!stopped(s) && s->queue->next < s->queue->count);
	return 0;
}

static void fill_queue(struct schedule *s, bool exclusive)
{
	size_t i;

	s->queue->next = 0;
	s->queue->count = 0;
	for (i = 0; i < s->plan->count; i++)
		if (is_exclusive(s, i) == exclusive)
			s->queue->indices[s->queue->count++] = i;
}

static void fill_queue_all(struct schedule *s)
{
	size_t i;

	s->queue->next = 0;
	s->queue->count = s->plan->count;
	for (i = 0; i < s->plan->count; i++)
		s->queue->indices[i] = i;
}

static int run_phases(struct schedule *s)
{
	const char *device = s->environment->device;
	unsigned int jobs = s->options->jobs;
	int ret, before;

	if (jobs == 1) {
		fill_queue_all(s);
		return run_phase(s, 1, true);
	}
	fill_queue(s, false);
	if (s->queue->count) {
		before = hfi1c_free_contexts(device);
		ret = run_phase(s, jobs, false);
		if (ret)
			return ret;
		if (!hfi1c_contexts_return(device, before))
			s->listener->leak(s->listener->data);
	}
	fill_queue(s, true);
	return s->queue->count && !stopped(s) ? run_phase(s, 1, true) : 0;
}

int hfi1c_schedule(const struct hfi1c_plan *plan, struct hfi1c_record *records,
		   const struct hfi1c_options *options,
		   const struct hfi1c_environment *environment,
		   const struct hfi1c_listener *listener)
{
	struct schedule s = {
		.plan = plan,
		.records = records,
		.options = options,
		.environment = environment,
		.listener = listener,
	};
	int ret;

	s.queue_size = sizeof(*s.queue) + plan->count * sizeof(unsigned int);
	s.queue = mmap(NULL, s.queue_size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s.queue == MAP_FAILED)
		return -ENOMEM;
	s.done = calloc(plan->count + 1, sizeof(*s.done));
	ret = s.done ? run_phases(&s) : -ENOMEM;
	if (!ret)
		deliver(&s, true);
	free(s.done);
	munmap(s.queue, s.queue_size);
	return ret;
}

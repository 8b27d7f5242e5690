// SPDX-License-Identifier: BSD-3-Clause
/*
 * What contexts and registrations cost, by their number.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "perf.h"
#include "wfr_regs.h"

/* Messages of the rate with several contexts, all together. */
#define RATE_MESSAGES 4000
/* Of one context that may be under way. */
#define RATE_WINDOW    16
#define TID_ROUNDS     20
#define CONTEXT_ROUNDS 5

static double per(uint64_t ns, uint64_t count)
{
	return (double)ns / count / 1e3;
}

static void close_all(int *fd, unsigned int count)
{
	while (count--)
		close(fd[count]);
}

/* More contexts than one adapter has are those of two, in turn. */
static const char *device_of(const struct perf_options *opt, unsigned int i)
{
	return i % 2 ? opt->peer_device : opt->device;
}

/* Open @count files and bind a context to each; how long each step took. */
static int open_all(const struct perf_options *opt, int *fd, unsigned int count,
		    uint64_t *open_ns, uint64_t *assign_ns)
{
	const struct hfi1_user_info user = {
		.userversion = HFI1_USER_SWMAJOR << HFI1_SWMAJOR_SHIFT |
			       HFI1_USER_SWMINOR,
	};
	uint64_t start = perf_now();
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++) {
		fd[i] = open(device_of(opt, i), O_RDWR | O_CLOEXEC);
		if (fd[i] < 0) {
			ret = -errno;
			close_all(fd, i);
			return ret;
		}
	}
	*open_ns = perf_now() - start;
	start = perf_now();
	for (i = 0; i < count; i++) {
		ret = hfi1u_assign_ctxt(fd[i], &user);
		if (ret) {
			close_all(fd, count);
			return ret;
		}
	}
	*assign_ns = perf_now() - start;
	return 0;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The best of some rounds: what else runs only makes them slower. */
static int cost_of_contexts(const struct perf_options *opt,
			    struct perf_row *row)
{
	uint64_t best[3] = { UINT64_MAX, UINT64_MAX, UINT64_MAX };
	uint64_t open_ns = 0, assign_ns = 0, start;
	int *fd = calloc(row->x, sizeof(*fd));
	int ret = fd ? 0 : -ENOMEM, i;

	for (i = 0; !ret && i < CONTEXT_ROUNDS; i++) {
		ret = open_all(opt, fd, row->x, &open_ns, &assign_ns);
		if (ret)
			break;
		start = perf_now();
		close_all(fd, row->x);
		best[0] = smaller(best[0], open_ns);
		best[1] = smaller(best[1], assign_ns);
		best[2] = smaller(best[2], perf_now() - start);
	}
	perf_value(row, "open_us", per(best[0], row->x));
	perf_value(row, "assign_us", per(best[1], row->x));
	perf_value(row, "close_us", per(best[2], row->x));
	free(fd);
	return ret;
}

/* One turn of an endpoint: send what may go, take what came. */
static int turn(struct hfi1t *t, uint64_t *sent, uint64_t *received,
		uint64_t share)
{
	struct hfi1t_packet p = { .to = hfi1t_address(t) };
	struct hfi1t_arrival a;
	int ret = 0, moved = 0;

	while (*sent < share && *sent - *received < RATE_WINDOW && !ret) {
		ret = hfi1t_pio_send(t, &p);
		if (!ret) {
			(*sent)++;
			moved++;
		}
	}
	if (ret && ret != -EAGAIN)
		return ret;
	while ((ret = hfi1t_receive(t, &a)) == 1) {
		(*received)++;
		moved++;
	}
	return ret < 0 ? ret : moved;
}

static int exchange(struct hfi1t *t, unsigned int count, uint64_t share,
		    unsigned int timeout_s)
{
	uint64_t *sent = calloc(2 * count, sizeof(*sent));
	uint64_t *received = sent + count, left = share * count;
	uint64_t quiet = perf_now();
	unsigned int i;
	int ret = sent ? 0 : -ENOMEM;

	while (!ret && left) {
		for (i = 0; ret >= 0 && i < count; i++) {
			uint64_t before = received[i];

			ret = turn(&t[i], &sent[i], &received[i], share);
			left -= received[i] - before;
			if (ret > 0)
				quiet = 0;
		}
		if (ret > 0)
			ret = 0;
		if (!quiet)
			quiet = perf_now();
		else if (perf_now() - quiet > timeout_s * 1000000000ULL)
			ret = -ETIMEDOUT;
	}
	free(sent);
	return ret;
}

/* Each context sends to itself, all of them in turn. */
static int rate_of_contexts(const struct perf_options *opt,
			    struct perf_row *row)
{
	struct hfi1t *t = calloc(row->x, sizeof(*t));
	uint64_t share = RATE_MESSAGES / row->x, start, best = UINT64_MAX;
	unsigned int open = 0;
	int ret = t ? 0 : -ENOMEM, i;

	while (!ret && open < row->x) {
		ret = hfi1t_open(&t[open], device_of(opt, open));
		open += !ret;
	}
	for (i = 0; !ret && i < CONTEXT_ROUNDS; i++) {
		start = perf_now();
		ret = exchange(t, open, share, opt->plan.timeout_s);
		best = smaller(best, perf_now() - start);
	}
	if (!ret)
		perf_value(row, "messages_per_s", share * row->x * 1e9 / best);
	row->iterations = share * row->x;
	while (open)
		hfi1t_close(&t[--open]);
	free(t);
	return ret;
}

static int contexts_row(const struct perf_options *opt, unsigned int count,
			struct perf_report *report)
{
	struct perf_row row = { .test = PERF_CONTEXTS,
				.method = PERF_PIO,
				.x = count };
	int ret = cost_of_contexts(opt, &row);

	if (!ret)
		ret = rate_of_contexts(opt, &row);
	if (ret)
		return perf_fail(ret, "%u contexts", count);
	perf_report_add(report, &row);
	return 0;
}

int perf_scale_contexts(const struct perf_options *opt,
			struct perf_report *report)
{
	unsigned int n;
	int ret = 0;

	for (n = 1; !ret && n < opt->contexts; n *= 2)
		ret = contexts_row(opt, n, report);
	return ret ? ret : contexts_row(opt, opt->contexts, report);
}

static int tids_row(struct hfi1t *t, void *buffer, unsigned int pages,
		    struct perf_report *report)
{
	struct perf_row row = { .test = PERF_TIDS,
				.method = PERF_EXPECTED,
				.x = pages,
				.iterations = TID_ROUNDS };
	uint64_t update[TID_ROUNDS], freeing[TID_ROUNDS], start;
	struct hfi1t_tids tids = { 0 };
	int ret = 0, i;

	for (i = 0; !ret && i < TID_ROUNDS; i++) {
		start = perf_now();
		ret = hfi1t_register(t, buffer, (size_t)pages * WFR_PAGE_SIZE,
				     &tids);
		update[i] = perf_now() - start;
		if (ret)
			break;
		perf_value(&row, "entries", tids.count);
		row.count = 1;
		start = perf_now();
		ret = hfi1t_unregister(t, &tids);
		freeing[i] = perf_now() - start;
	}
	if (ret)
		return ret;
	perf_sort(update, TID_ROUNDS);
	perf_sort(freeing, TID_ROUNDS);
	perf_value(&row, "update_us",
		   perf_percentile(update, TID_ROUNDS, 0.5) / 1e3);
	perf_value(&row, "update_us_per_page",
		   per(perf_percentile(update, TID_ROUNDS, 0.5), pages));
	perf_value(&row, "free_us_per_page",
		   per(perf_percentile(freeing, TID_ROUNDS, 0.5), pages));
	perf_report_add(report, &row);
	return 0;
}

int perf_scale_tids(const struct perf_options *opt, struct perf_report *report)
{
	size_t size = (size_t)opt->pages * WFR_PAGE_SIZE;
	unsigned int pages;
	struct hfi1t t;
	void *buffer;
	int ret = hfi1t_open(&t, opt->device);

	if (ret)
		return perf_fail(ret, "%s", opt->device);
	buffer = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (buffer == MAP_FAILED) {
		hfi1t_close(&t);
		return perf_fail(-ENOMEM, "%zu bytes", size);
	}
	for (pages = 1; !ret && pages <= opt->pages; pages *= 2)
		ret = tids_row(&t, buffer, pages, report);
	if (ret)
		perf_fail(ret, "registering %u pages", pages / 2);
	munmap(buffer, size);
	hfi1t_close(&t);
	return ret;
}

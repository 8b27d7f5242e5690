// SPDX-License-Identifier: BSD-3-Clause
/*
 * What holds for all commands, and several at once on one file.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "../lib/buffers.h"
#include "../lib/calls.h"
#include "../lib/context.h"
#include "../lib/tids.h"
#include "groups.h"

static void upper_half_is_ignored(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	int version = 0;

	(void)c;
	hfi1c_open_context(&ctxt);
	hfi1c_expect_ok(hfi1c_ioctl(
		ctxt.fd, HFI1_IOCTL_GET_VERS | 0xdeadbeef00000000, &version));
	hfi1c_expect_u64(version, ctxt.base.sw_version, "the version");
	hfi1c_expect_ok(hfi1c_ioctl(
		ctxt.fd, HFI1_IOCTL_CREDIT_UPD | 0xffffffff00000000, NULL));
	close(ctxt.fd);
}

/* Threads that repeat one command each until told to stop. */
struct crowd {
	const struct hfi1c_context *ctxt;
	int stop;
};

static bool goes_on(struct crowd *crowd)
{
	return !__atomic_load_n(&crowd->stop, __ATOMIC_RELAXED);
}

static void *repeat_infos(void *data)
{
	struct crowd *crowd = data;
	struct hfi1_ctxt_info info;
	struct hfi1_base_info base;

	while (goes_on(crowd)) {
		hfi1c_expect_ok(hfi1c_ioctl(crowd->ctxt->fd,
					    HFI1_IOCTL_CTXT_INFO, &info));
		hfi1c_expect_u64(info.ctxt, crowd->ctxt->info.ctxt, "context");
		hfi1c_expect_ok(hfi1c_ioctl(crowd->ctxt->fd,
					    HFI1_IOCTL_USER_INFO, &base));
		hfi1c_expect(!memcmp(&base, &crowd->ctxt->base, sizeof(base)),
			     "USER_INFO changed under other calls");
	}
	return NULL;
}

static void *repeat_control(void *data)
{
	struct crowd *crowd = data;
	unsigned long bits = ~0UL;
	int fd = crowd->ctxt->fd, value = 0;
	uint16_t key = 0;

	while (goes_on(crowd)) {
		value = !value;
		hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_RECV_CTRL, &value));
		hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_POLL_TYPE, &value));
		hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_ACK_EVENT, &bits));
		hfi1c_expect_ok(hfi1c_ioctl(fd, HFI1_IOCTL_CREDIT_UPD, NULL));
		hfi1c_ioctl(fd, HFI1_IOCTL_SET_PKEY, &key);
	}
	return NULL;
}

static void *repeat_tids(void *data)
{
	static __thread struct hfi1c_tids t;
	struct crowd *crowd = data;
	void *buffer = hfi1c_pages(8);

	while (goes_on(crowd)) {
		hfi1c_expect_ok(hfi1c_tid_update(crowd->ctxt->fd, buffer,
						 8 * hfi1c_page_size(), &t));
		hfi1c_expect_u64(hfi1c_tid_free(crowd->ctxt->fd, t.words,
						t.count),
				 t.count, "entries freed");
	}
	return NULL;
}

static void *repeat_unmapping(void *data)
{
	static __thread struct hfi1c_tids t;
	struct crowd *crowd = data;
	void *buffer;

	while (goes_on(crowd)) {
		buffer = hfi1c_pages(2);
		hfi1c_expect_ok(hfi1c_tid_update(crowd->ctxt->fd, buffer,
						 2 * hfi1c_page_size(), &t));
		munmap(buffer, 2 * hfi1c_page_size());
		hfi1c_expect_u64(hfi1c_tid_free(crowd->ctxt->fd, t.words,
						t.count),
				 t.count, "entries freed");
		if (!hfi1c_has_cap(crowd->ctxt, HFI1_CAP_TID_UNMAP))
			hfi1c_expect_ok(hfi1c_tid_invalid(crowd->ctxt->fd, &t));
	}
	return NULL;
}

static void *repeat_poll(void *data)
{
	struct crowd *crowd = data;

	while (goes_on(crowd))
		hfi1c_expect(hfi1c_poll(crowd->ctxt->fd, 1, 1) >= 0,
			     "poll() failed");
	return NULL;
}

static void commands_side_by_side(const struct hfi1c_case *c)
{
	void *(*const bodies[])(void *) = {
		repeat_infos, repeat_control,	repeat_tids,
		repeat_tids,  repeat_unmapping, repeat_poll,
	};
	struct hfi1c_context ctxt;
	struct crowd crowd = { &ctxt, 0 };
	pthread_t threads[6];
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 6; i++)
		pthread_create(&threads[i], NULL, bodies[i], &crowd);
	usleep(300000);
	__atomic_store_n(&crowd.stop, 1, __ATOMIC_RELAXED);
	for (i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	hfi1c_expect_ok(hfi1c_ioctl(ctxt.fd, HFI1_IOCTL_CREDIT_UPD, NULL));
	close(ctxt.fd);
}

/* Threads that spin start closer together than threads that are woken. */
struct assigner {
	unsigned int *waiting;
	int fd;
	long result;
};

static void *assign_at_once(void *data)
{
	struct hfi1_user_info info = hfi1c_user_info();
	struct assigner *a = data;

	__atomic_sub_fetch(a->waiting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(a->waiting, __ATOMIC_SEQ_CST))
		sched_yield();
	a->result = hfi1c_assign(a->fd, &info);
	return NULL;
}

/* Runs one race of @count threads; how many of them got the context. */
static int race(int fd, unsigned int count)
{
	struct assigner assigners[8];
	unsigned int i, waiting = count;
	pthread_t threads[8];
	int won = 0;

	for (i = 0; i < count; i++) {
		assigners[i] = (struct assigner){ &waiting, fd, 0 };
		pthread_create(&threads[i], NULL, assign_at_once,
			       &assigners[i]);
	}
	for (i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		if (assigners[i].result)
			hfi1c_expect_errno(assigners[i].result, EINVAL);
		else
			won++;
	}
	return won;
}

/* A leaked context shows when the runner counts free ones afterwards. */
static void one_assign_wins(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt;
	int i;

	(void)c;
	for (i = 0; i < 150; i++) {
		ctxt.fd = hfi1c_open_device();
		hfi1c_expect_u64(race(ctxt.fd, 4), 1,
				 "ASSIGN_CTXT calls that succeeded");
		hfi1c_read_infos(&ctxt);
		close(ctxt.fd);
	}
}

static void *ask_while_assigning(void *data)
{
	struct crowd *crowd = data;
	struct hfi1_ctxt_info info;
	struct hfi1_base_info base;
	long ret;

	while (goes_on(crowd)) {
		ret = hfi1c_ioctl(crowd->ctxt->fd, HFI1_IOCTL_CTXT_INFO, &info);
		if (!ret)
			hfi1c_expect(info.credits && info.sdma_ring_size,
				     "half a context was shown");
		else
			hfi1c_expect_errno(ret, EINVAL);
		ret = hfi1c_ioctl(crowd->ctxt->fd, HFI1_IOCTL_USER_INFO, &base);
		if (!ret)
			hfi1c_expect(base.sdma_comp_bufbase,
				     "half a context was shown");
	}
	return NULL;
}

/* Other threads see no context, or a complete one. */
static void half_a_context_is_not_shown(const struct hfi1c_case *c)
{
	struct hfi1_user_info info = hfi1c_group_info(2, 0);
	struct hfi1c_context founder, ctxt;
	struct crowd crowd = { &ctxt, 0 };
	pthread_t thread;
	int i;

	(void)c;
	hfi1c_join_context(&founder, &info);
	for (i = 0; i < 30; i++) {
		ctxt.fd = hfi1c_open_device();
		crowd.stop = 0;
		pthread_create(&thread, NULL, ask_while_assigning, &crowd);
		hfi1c_expect_ok(hfi1c_assign(ctxt.fd, &info));
		usleep(1000);
		__atomic_store_n(&crowd.stop, 1, __ATOMIC_RELAXED);
		pthread_join(thread, NULL);
		close(ctxt.fd);
	}
	close(founder.fd);
}

/* Nothing is lost on bad input: every command, then the file still works. */
static void survives_nonsense(const struct hfi1c_case *c)
{
	struct hfi1c_context ctxt, again;
	uint64_t request;
	int i;

	(void)c;
	hfi1c_open_context(&ctxt);
	for (i = 0; i < 2000; i++) {
		request = hfi1c_random();
		request = (request & ~0xffULL << 8) | RDMA_IOCTL_MAGIC << 8;
		if ((request & 0xffffffff) == HFI1_IOCTL_CTXT_RESET)
			continue;
		hfi1c_ioctl(ctxt.fd, request,
			    hfi1c_bad_pointer(HFI1C_BAD_KERNEL, NULL, 8));
	}
	again.fd = ctxt.fd;
	hfi1c_read_infos(&again);
	hfi1c_expect(!memcmp(&again.base, &ctxt.base, sizeof(ctxt.base)),
		     "nonsense changed the context");
	close(ctxt.fd);
}

static const struct hfi1c_case cases[] = {
	CASE("dispatch.upper-half", "ioctl.unknown-command",
	     upper_half_is_ignored,
	     "the upper 32 bits of the request are ignored"),
	CASE("dispatch.side-by-side", "TID_UPDATE TID_FREE RECV_CTRL",
	     commands_side_by_side,
	     "threads may call any commands of one file at once"),
	CASE_NEEDS("dispatch.assign-race",
		   "ASSIGN_CTXT.already-assigned state.assigning",
		   one_assign_wins,
		   "of several ASSIGN_CTXT at once one wins, and none leaks",
		   HFI1C_EXCLUSIVE),
	CASE("dispatch.assigning",
	     "state.assigning CTXT_INFO USER_INFO "
	     "transition.assigning.ASSIGN_CTXT.assigned",
	     half_a_context_is_not_shown,
	     "during ASSIGN_CTXT others see no context or a complete one"),
	CASE("dispatch.nonsense",
	     "ioctl.unknown-command quirk.einval-for-unknown",
	     survives_nonsense,
	     "a file survives 2000 random requests with bad pointers"),
};

HFI1C_GROUP(dispatch, "dispatch", "All commands, and several at once.", cases);

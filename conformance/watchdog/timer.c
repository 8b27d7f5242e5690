// SPDX-License-Identifier: BSD-3-Clause
/*
 * What the timer does, beyond the answers of single calls.
 */
#include <fcntl.h>
#include <unistd.h>

#include "../lib/calls.h"
#include "device.h"

static int ask(const struct hfi1c_world *w, unsigned long request)
{
	int value = -1;

	hfi1c_expect_ok(hfi1c_ioctl(w->fd, request, &value));
	return value;
}

static void tell(const struct hfi1c_world *w, unsigned long request, int value)
{
	hfi1c_expect_ok(hfi1c_ioctl(w->fd, request, &value));
}

static void build(struct hfi1c_world *w)
{
	hfi1c_world_build(w, &hfi1c_scenario_running);
}

static void set_and_get(const struct hfi1c_case *c)
{
	static const int seconds[] = { 1, 2, 59, 65534, 65535 };
	struct hfi1c_world w;
	unsigned int i;
	int value;

	(void)c;
	build(&w);
	for (i = 0; i < HFI1C_COUNT(seconds); i++) {
		value = seconds[i];
		hfi1c_expect_ok(hfi1c_ioctl(w.fd, WDIOC_SETTIMEOUT, &value));
		hfi1c_expect_u64(value, seconds[i], "what SETTIMEOUT gives");
		hfi1c_expect_u64(ask(&w, WDIOC_GETTIMEOUT), seconds[i],
				 "what GETTIMEOUT tells");
	}
	hfi1c_world_close(&w);
}

static void kept(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	tell(&w, WDIOC_SETTIMEOUT, 77);
	hfi1c_world_close(&w);
	w.fd = hfi1c_world_open(O_RDWR);
	hfi1c_expect_u64(ask(&w, WDIOC_GETTIMEOUT), 77,
			 "timeout on the next file");
	hfi1c_world_close(&w);
}

static void pretimeout_cleared(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	tell(&w, WDIOC_SETTIMEOUT, 50);
	tell(&w, WDIOC_SETPRETIMEOUT, 20);
	tell(&w, WDIOC_SETTIMEOUT, 21);
	hfi1c_expect_u64(ask(&w, WDIOC_GETPRETIMEOUT), 20,
			 "a pretimeout below the new timeout");
	tell(&w, WDIOC_SETTIMEOUT, 20);
	hfi1c_expect_u64(ask(&w, WDIOC_GETPRETIMEOUT), 0,
			 "a pretimeout that is not below the new timeout");
	hfi1c_world_close(&w);
}

static void shown_once(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	tell(&w, WDIOC_KEEPALIVE, 0);
	hfi1c_expect(ask(&w, WDIOC_GETSTATUS) & WDIOF_KEEPALIVEPING,
		     "the status does not show the KEEPALIVE");
	hfi1c_expect(!(ask(&w, WDIOC_GETSTATUS) & WDIOF_KEEPALIVEPING),
		     "the status shows one KEEPALIVE twice");
	hfi1c_expect_result(hfi1c_write(w.fd, "a", 1), 1, "write");
	hfi1c_expect(ask(&w, WDIOC_GETSTATUS) & WDIOF_KEEPALIVEPING,
		     "the status does not show the write");
	hfi1c_world_close(&w);
}

static void magic_close(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	hfi1c_expect(!(ask(&w, WDIOC_GETSTATUS) & WDIOF_MAGICCLOSE),
		     "a fresh file is ready for the magic close");
	hfi1c_expect_result(hfi1c_write(w.fd, "aVb", 3), 3, "write");
	hfi1c_expect(ask(&w, WDIOC_GETSTATUS) & WDIOF_MAGICCLOSE,
		     "a V in the data does not prepare the magic close");
	hfi1c_expect_result(hfi1c_write(w.fd, "a", 1), 1, "write");
	hfi1c_expect(!(ask(&w, WDIOC_GETSTATUS) & WDIOF_MAGICCLOSE),
		     "a write without a V does not take the magic close back");
	hfi1c_expect_result(hfi1c_write(w.fd, "V", 1), 1, "write");
	hfi1c_expect_result(hfi1c_write(w.fd, NULL, 0), 0, "write");
	hfi1c_expect(ask(&w, WDIOC_GETSTATUS) & WDIOF_MAGICCLOSE,
		     "a write of nothing takes the magic close back");
	hfi1c_world_close(&w);
}

/* Both bits of sysfs are the core's own word on whether the timer runs. */
static bool is_active(void)
{
	char text[16] = "";
	long fd = hfi1c_open("/sys/class/watchdog/watchdog0/state", O_RDONLY);

	hfi1c_setup(fd >= 0, "the kernel shows no state of the watchdog");
	hfi1c_read(fd, text, sizeof(text) - 1);
	close(fd);
	return text[0] == 'a';
}

static void stops(const struct hfi1c_case *c)
{
	struct hfi1c_world w;

	(void)c;
	build(&w);
	hfi1c_expect(is_active(), "the timer of an open watchdog stands still");
	tell(&w, WDIOC_SETOPTIONS, WDIOS_DISABLECARD);
	hfi1c_expect(!is_active(), "DISABLECARD does not stop the timer");
	tell(&w, WDIOC_SETOPTIONS, WDIOS_ENABLECARD);
	hfi1c_expect(is_active(), "ENABLECARD does not start the timer");
	tell(&w, WDIOC_SETOPTIONS, WDIOS_DISABLECARD | WDIOS_ENABLECARD);
	hfi1c_expect(is_active(), "with both options the timer stands still");
	hfi1c_world_close(&w);
}

static void close_with(const char *data, bool active)
{
	struct hfi1c_world w;

	build(&w);
	hfi1c_expect_result(hfi1c_write(w.fd, data, 1), 1, "write");
	hfi1c_expect_ok(hfi1c_close(w.fd));
	hfi1c_expect(is_active() == active, "after the close the timer %s",
		     active ? "stands still" : "runs");
	build(&w);
	hfi1c_world_close(&w);
}

static void close_after_v(const struct hfi1c_case *c)
{
	(void)c;
	close_with("V", false);
}

static void close_without(const struct hfi1c_case *c)
{
	(void)c;
	close_with("a", true);
}

#define CASE(name_, clause_, run_, doc_)                                   \
	{                                                                  \
		.name = name_, .clause = clause_, .doc = doc_, .run = run_ \
	}

static const struct hfi1c_case cases[] = {
	CASE("timer.timeout", "SETTIMEOUT GETTIMEOUT", set_and_get,
	     "GETTIMEOUT tells what SETTIMEOUT set."),
	CASE("timer.timeout-kept", "SETTIMEOUT file.release", kept,
	     "The timeout outlives the file."),
	CASE("timer.pretimeout-cleared", "SETTIMEOUT SETPRETIMEOUT",
	     pretimeout_cleared,
	     "A timeout that is not above the pretimeout clears it."),
	CASE("timer.shown-once", "GETSTATUS KEEPALIVE file.write", shown_once,
	     "The status shows each KEEPALIVE and write once."),
	CASE("timer.magic", "file.write GETSTATUS", magic_close,
	     "The last write that held anything decides on the magic close."),
	CASE("timer.options", "SETOPTIONS transition.running.SETOPTIONS", stops,
	     "SETOPTIONS starts and stops the timer."),
	CASE("timer.close-magic", "file.release", close_after_v,
	     "A close after a V stops the timer."),
	CASE("timer.close", "file.release", close_without,
	     "A close without a V leaves the timer running."),
};

HFI1C_GROUP(timer, "timer", "What the timer does.", cases);

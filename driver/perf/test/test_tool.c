// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-perf as a program, and what it computes with. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tool/perf.h"
#include "rig.h"

/* Short, and with every byte checked. */
#define BRIEF "--check -n 12 -w 3 --timeout 20 "

START_TEST(the_example_works)
{
	ck_assert_int_eq(rig_run("hfi1t-example"), 0);
	ck_assert_ptr_nonnull(strstr(rig_output, "received: Hello, fabric."));
}
END_TEST

START_TEST(it_sends_to_itself)
{
	ck_assert_msg(!rig_run("hfi1-perf " BRIEF "--self -f json "
			       "-m pio,sdma,expected,memcpy -s 0:64K"),
		      "%s", rig_output);
	/* 18 sizes, one less for expected receive, and three tests. */
	ck_assert_uint_eq(rig_lines("\"test\""), (4 * 18 - 1) * 3);
	ck_assert_uint_eq(rig_lines("\"p99_9_us\""), 4 * 18 - 1);
	ck_assert_uint_eq(rig_lines("\"MB_per_s\""), 4 * 18 - 1);
}
END_TEST

START_TEST(two_processes_talk)
{
	ck_assert_msg(!rig_run("hfi1-perf " BRIEF "--fork -f csv "
			       "-m pio,sdma,expected,memcpy -s 1:16K"),
		      "%s", rig_output);
	ck_assert_uint_eq(rig_lines("median_us"), 4 * 15);
	ck_assert_uint_eq(rig_lines("test,method,axis,x"), 1);
}
END_TEST

START_TEST(two_units_talk)
{
	ck_assert_msg(!rig_run("hfi1-perf " BRIEF "--fork -D /dev/hfi1_1 "
			       "-t latency,bandwidth -s 2M:4M -n 2 -w 1"),
		      "%s", rig_output);
	ck_assert_uint_eq(rig_lines("4194304"), 2 * 3);
}
END_TEST

/* The client is first, so it has to wait for its server. */
START_TEST(client_and_server_talk)
{
	pid_t server = fork();
	int status;

	ck_assert_int_ge(server, 0);
	if (!server) {
		usleep(200000);
		_exit(rig_run("hfi1-perf --port 18599 -d /dev/hfi1_1"));
	}
	ck_assert_msg(!rig_run("hfi1-perf " BRIEF "--port 18599 -s 8:1K "
			       "localhost"),
		      "%s", rig_output);
	ck_assert_uint_eq(rig_lines(" by expected"), 3);
	ck_assert_int_eq(waitpid(server, &status, 0), server);
	ck_assert_int_eq(status, 0);
}
END_TEST

static const char *const how[] = { "spin", "yield", "poll" };

START_TEST(every_way_to_wait_works)
{
	ck_assert_msg(!rig_run("hfi1-perf " BRIEF "--fork --wait %s "
			       "-m pio,sdma,expected -s 64",
			       how[_i]),
		      "%s", rig_output);
}
END_TEST

START_TEST(a_lost_packet_is_noticed)
{
	rig_ctl("corrupt 0 drop 40");
	ck_assert_int_eq(rig_run("hfi1-perf -n 100 --timeout 1 --self "
				 "-t latency -m pio -s 8"),
			 1);
	ck_assert_ptr_nonnull(strstr(rig_output, "latency by pio, 8 bytes"));
}
END_TEST

START_TEST(a_repeated_packet_is_noticed)
{
	rig_ctl("corrupt 0 duplicate 40");
	ck_assert_int_eq(rig_run("hfi1-perf -n 100 --timeout 1 --self "
				 "-t latency -m sdma -s 8"),
			 1);
}
END_TEST

START_TEST(contexts_are_counted)
{
	ck_assert_msg(!rig_run("hfi1-perf -t contexts --contexts 6 -f csv"),
		      "%s", rig_output);
	ck_assert_uint_eq(rig_lines("assign_us"), 4);
	ck_assert_uint_eq(rig_lines(",6,"), 4);
}
END_TEST

START_TEST(registrations_are_timed)
{
	ck_assert_msg(!rig_run("hfi1-perf -t tids --pages 256 -f csv"), "%s",
		      rig_output);
	ck_assert_uint_eq(rig_lines("free_us_per_page"), 9);
}
END_TEST

static const char *const wrong[] = {
	"--test speed",	  "--size 8M",	  "--size 5:2",
	"--self --fork",  "-n 0",	  "--peer-device /dev/hfi1_1",
	"-m memcpy host", "-t tids host", "one two",
	"--contexts 161", "--format xml", "-s -1",
};

START_TEST(wrong_usage_is_told)
{
	ck_assert_int_eq(rig_run("hfi1-perf %s </dev/null", wrong[_i]), 64);
	ck_assert_ptr_nonnull(strstr(rig_output, "hfi1-perf: "));
}
END_TEST

START_TEST(an_absent_device_is_told)
{
	ck_assert_int_eq(rig_run("hfi1-perf --self -d /dev/hfi1_9"), 1);
	ck_assert_ptr_nonnull(
		strstr(rig_output, "/dev/hfi1_9: No such file or directory"));
}
END_TEST

START_TEST(help_names_every_choice)
{
	static const char *const words[] = { "latency",	 "bandwidth", "rate",
					     "contexts", "tids",      "pio",
					     "sdma",	 "expected",  "memcpy",
					     "json",	 "--plot",    "HOST" };
	size_t i;

	ck_assert_int_eq(rig_run("hfi1-perf --help"), 0);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		ck_assert_msg(strstr(rig_output, words[i]), "no %s", words[i]);
}
END_TEST

/* With gnuplot a chart, without a message and the numbers all the same. */
START_TEST(a_plot_is_drawn_or_missed)
{
	char dir[] = "/tmp/hfi1-perf-XXXXXX", file[64];
	bool there = !system("command -v gnuplot >/dev/null");
	int status;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/chart.svg", dir);
	status = rig_run("hfi1-perf " BRIEF "--self -t latency -s 1:64 "
			 "--plot %s",
			 file);
	ck_assert_uint_ge(rig_lines("latency by"), 3);
	ck_assert_int_eq(status, there ? 0 : 1);
	ck_assert_int_eq(access(file, R_OK), there ? 0 : -1);
	unlink(file);
	rmdir(dir);
}
END_TEST

START_TEST(content_tells_stale_from_right)
{
	unsigned char data[64];

	perf_fill(data, sizeof(data), 5);
	ck_assert(perf_matches(data, sizeof(data), 5, 0));
	ck_assert(perf_matches(data + 8, 21, 5, 8));
	ck_assert(!perf_matches(data, sizeof(data), 6, 0));
	ck_assert(!perf_matches(data, sizeof(data), 4, 0));
	ck_assert(!perf_matches(data + 8, 21, 5, 0));
	data[63] ^= 1;
	ck_assert(!perf_matches(data, sizeof(data), 5, 0));
	ck_assert(perf_matches(data, sizeof(data) - 1, 5, 0));
}
END_TEST

START_TEST(percentiles_are_ranks)
{
	uint64_t ns[1000];
	unsigned int i;

	for (i = 0; i < 1000; i++)
		ns[i] = 1000 - i;
	perf_sort(ns, 1000);
	ck_assert_uint_eq(ns[0], 1);
	ck_assert_uint_eq(perf_percentile(ns, 1000, 0.5), 500);
	ck_assert_uint_eq(perf_percentile(ns, 1000, 0.99), 990);
	ck_assert_uint_eq(perf_percentile(ns, 1000, 0.999), 999);
	ck_assert_uint_eq(perf_percentile(ns, 1, 0.999), 1);
	ck_assert_uint_eq(perf_percentile(ns, 0, 0.5), 0);
}
END_TEST

TCase *tool_case(void)
{
	TCase *c = tcase_create("hfi1-perf");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, the_example_works);
	tcase_add_test(c, it_sends_to_itself);
	tcase_add_test(c, two_processes_talk);
	tcase_add_test(c, two_units_talk);
	tcase_add_test(c, client_and_server_talk);
	tcase_add_loop_test(c, every_way_to_wait_works, 0, 3);
	tcase_add_test(c, a_lost_packet_is_noticed);
	tcase_add_test(c, a_repeated_packet_is_noticed);
	tcase_add_test(c, contexts_are_counted);
	tcase_add_test(c, registrations_are_timed);
	tcase_add_loop_test(c, wrong_usage_is_told, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(c, an_absent_device_is_told);
	tcase_add_test(c, help_names_every_choice);
	tcase_add_test(c, a_plot_is_drawn_or_missed);
	tcase_add_test(c, content_tells_stale_from_right);
	tcase_add_test(c, percentiles_are_ranks);
	return c;
}

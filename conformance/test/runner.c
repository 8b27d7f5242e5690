// SPDX-License-Identifier: BSD-3-Clause
/*
 * The runner, judged by its own words: each test runs the suite of fake cases
 * and looks at exit status, standard output and reports.  Reports are compared
 * with conformance/test/golden; HFI1C_BLESS=1 rewrites those files.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_OUTPUT 65536

static char program[512], golden[512], scratch[64];
static char output[MAX_OUTPUT];

static size_t read_all(FILE *f, char *buffer)
{
	size_t n = fread(buffer, 1, MAX_OUTPUT - 1, f);

	buffer[n] = '\0';
	return n;
}

/* Runs the fake suite with @arguments; keeps what it says; its status. */
static int run(const char *arguments)
{
	char command[2048];
	int status;
	FILE *f;

	snprintf(command, sizeof(command),
		 "cd %s && env -u HFI1_CONFORMANCE_CTL "
		 "ASAN_OPTIONS=handle_segv=0:handle_abort=0:detect_leaks=0 "
		 "TSAN_OPTIONS=handle_segv=0:handle_abort=0 "
		 "%s -d /dev/null %s 2>&1",
		 scratch, program, arguments);
	f = popen(command, "r");
	ck_assert_ptr_nonnull(f);
	read_all(f, output);
	status = pclose(f);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void read_report(const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	read_all(f, output);
	fclose(f);
}

static bool ends_with(const char *start, const char *end, const char *suffix)
{
	size_t n = strlen(suffix);

	return (size_t)(end - start) >= n && !memcmp(end - n, suffix, n);
}

static bool is_time(const char *start, const char *at)
{
	return isdigit((unsigned char)*at) &&
	       (ends_with(start, at, " in ") ||
		ends_with(start, at, "time=\"") ||
		ends_with(start, at, "\"seconds\": "));
}

/* Times differ from run to run: each becomes 0.0. */
static void forget_times(char *text)
{
	static char in[MAX_OUTPUT];
	const char *at = in;
	char *out = text;

	strcpy(in, text);
	while (*at) {
		if (!is_time(in, at)) {
			*out++ = *at++;
			continue;
		}
		at += strspn(at, "0123456789.");
		memcpy(out, "0.0", 3);
		out += 3;
	}
	*out = '\0';
}

static void compare_with_golden(const char *name)
{
	static char wanted[MAX_OUTPUT];
	char path[1024];
	FILE *f;

	forget_times(output);
	snprintf(path, sizeof(path), "%s/%s", golden, name);
	if (getenv("HFI1C_BLESS")) {
		f = fopen(path, "w");
		ck_assert_ptr_nonnull(f);
		fputs(output, f);
		fclose(f);
		return;
	}
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	read_all(f, wanted);
	fclose(f);
	/* Longer than libcheck's messages may be, so the texts stay out. */
	ck_assert_msg(!strcmp(output, wanted), "%s differs", path);
}

#define ALL "-g good -g bad -g other --driver fakedriver:2.5 -x xfail "

static void prepare(void)
{
	strcpy(scratch, "/tmp/hfi1c-runner-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	write_file(
		"xfail",
		"# known\nother.known: ticket 12\nother.repaired: ticket 13\n");
}

static void clean_up(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", scratch);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(human_report)
{
	ck_assert_int_eq(run(ALL), 1);
	compare_with_golden("human.txt");
}
END_TEST

START_TEST(reports_in_files)
{
	static const char *const names[] = { "ktap.txt", "junit.xml",
					     "json.txt", "matrix.txt" };
	unsigned int i;

	ck_assert_int_eq(run(ALL "--report ktap:ktap.txt --report "
				 "junit:junit.xml --report json:json.txt "
				 "--matrix matrix.txt"),
			 1);
	ck_assert_str_eq(output, "");
	for (i = 0; i < 4; i++) {
		read_report(names[i]);
		compare_with_golden(names[i]);
	}
}
END_TEST

/* Side by side the same cases give the same report, in the same order. */
START_TEST(parallel_is_the_same)
{
	ck_assert_int_eq(run(ALL "-j 4"), 1);
	compare_with_golden("human.txt");
}
END_TEST

START_TEST(verbose_and_color)
{
	ck_assert_int_eq(run("-g good -v --color always"), 0);
	ck_assert_ptr_nonnull(strstr(output, "\033[32mpassed\033[0m good.two"));
}
END_TEST

START_TEST(last_line)
{
	ck_assert_int_eq(run("-g good"), 0);
	ck_assert_ptr_nonnull(
		strstr(output, "\nconformance: 2 passed, 0 failed, 0 skipped, "
			       "0 not supported, 0 deviations\n"));
	ck_assert_ptr_nonnull(strstr(output, "judged unknown on /dev/null in"));
}
END_TEST

START_TEST(case_knows_the_deviations)
{
	ck_assert_int_eq(run("-t extra.knows --driver fakedriver:2.4"), 0);
	ck_assert_int_eq(run("-t extra.knows --driver fakedriver:3.0"), 1);
	ck_assert_ptr_nonnull(strstr(output, "nothing is known"));
}
END_TEST

START_TEST(deviation_is_of_its_driver)
{
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:2.0"), 0);
	ck_assert_ptr_nonnull(strstr(output, "0 failed"));
	ck_assert_ptr_nonnull(strstr(output, "1 deviations"));
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:1.9"), 1);
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:3.0"), 1);
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:4.0"), 0);
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:4.2.9"), 0);
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver:4.3"), 1);
	ck_assert_int_eq(run("-t other.deviates --driver fakedriver"), 1);
	ck_assert_int_eq(run("-t other.deviates --driver another:2.5"), 1);
}
END_TEST

START_TEST(deviation_is_of_any_module)
{
	ck_assert_int_eq(run("-t other.deviates --driver any:1.0@6.12.3"), 0);
	ck_assert_ptr_nonnull(strstr(output, "1 deviations"));
	ck_assert_int_eq(run("-t other.deviates --driver any:1.0@6.1.0"), 1);
	ck_assert_int_eq(run("-t other.deviates --driver any:7.0"), 1);
}
END_TEST

START_TEST(skip_lists)
{
	ck_assert_int_eq(run("-g bad -s 'bad.*:too bad'"), 77);
	ck_assert_ptr_nonnull(strstr(output, "skipped: 12: too bad"));
	write_file("skips", "bad.[!v]*: not today # really\n");
	ck_assert_int_eq(run("-g bad -s ./skips"), 1);
	ck_assert_ptr_nonnull(strstr(output, "1 failed, 11 skipped"));
	write_file("skips", "bad.fail\n");
	ck_assert_int_eq(run("-g bad -s ./skips"), 2);
	ck_assert_ptr_nonnull(strstr(output, "./skips:1: 'bad.fail' has no"));
}
END_TEST

START_TEST(unexpected_pass_fails)
{
	ck_assert_int_eq(run("-t other.known -x xfail"), 0);
	ck_assert_int_eq(run("-t other.repaired -x xfail"), 1);
	ck_assert_ptr_nonnull(strstr(output, "unexpected pass other.repaired"));
}
END_TEST

START_TEST(stale_patterns_are_refused)
{
	write_file("stale", "good.gone: ticket 1\n");
	ck_assert_int_eq(run("-x stale"), 2);
	ck_assert_ptr_nonnull(strstr(output, "no case matches 'good.gone'"));
	ck_assert_int_eq(run("-g good -x stale --allow-missing"), 0);
	ck_assert_int_eq(run("-t nothing"), 2);
	ck_assert_int_eq(run("-g nothing"), 2);
}
END_TEST

START_TEST(profile_wants_no_gaps)
{
	ck_assert_int_eq(run("-t other.skip"), 77);
	ck_assert_int_eq(run("-t other.skip --profile must-pass"), 1);
	ck_assert_ptr_nonnull(strstr(output, "the profile requires this case"));
	ck_assert_int_eq(run("-t other.needs-ctl -t good.one "
			     "--profile must-pass"),
			 0);
	ck_assert_int_eq(run("-t other.needs-ctl --profile everything"), 1);
	ck_assert_int_eq(run("-t other.needs-ctl --ctl true "
			     "--profile everything"),
			 0);
	write_file("profile", "other.needs-*\n");
	ck_assert_int_eq(run("-t other.needs-ctl --profile profile"), 1);
	ck_assert_int_eq(run("-t other.unsupported --profile must-pass"), 77);
	/* What the user leaves out is left out aloud. */
	ck_assert_int_eq(run("-t good.* -s good.two:asked --profile must-pass"),
			 0);
}
END_TEST

START_TEST(quick_leaves_slow_ones_out)
{
	ck_assert_int_eq(run("-t other.slow"), 0);
	ck_assert_int_eq(run("-t other.slow --quick"), 77);
}
END_TEST

START_TEST(exit_on_fail_stops)
{
	ck_assert_int_eq(run("-g bad --exit-on-fail"), 1);
	ck_assert_ptr_nonnull(strstr(output, "11 not run, 1 failed"));
}
END_TEST

START_TEST(repeats_until_failure)
{
	ck_assert_int_eq(run("-t extra.third-time --repeat 2"), 0);
	write_file("fake-counter", "");
	ck_assert_int_eq(run("-t extra.third-time --repeat 9"), 1);
	ck_assert_ptr_nonnull(strstr(output, "repetition 3 of 9"));
}
END_TEST

static void draw(const char *arguments, char *line)
{
	const char *at;

	ck_assert_int_eq(run(arguments), 1);
	at = strstr(output, "what      seed");
	ck_assert_ptr_nonnull(at);
	snprintf(line, 128, "%.*s", (int)strcspn(at, "\n"), at);
}

START_TEST(seeds_decide)
{
	char one[128], again[128], other[128];

	draw("-t extra.draws --seed 5", one);
	draw("-g extra -s 'extra.[!d]*:x' --seed 5", again);
	draw("-t extra.draws --seed 6", other);
	ck_assert_str_eq(one, again);
	ck_assert_str_ne(one, other);
}
END_TEST

START_TEST(survives_its_worker)
{
	ck_assert_int_eq(run("-t extra.kill-runner -t extra.after"), 1);
	ck_assert_ptr_nonnull(strstr(output, "crashed extra.kill-runner"));
	ck_assert_ptr_nonnull(strstr(output, "1 passed, 1 failed"));
}
END_TEST

START_TEST(lists)
{
	ck_assert_int_eq(run("-l -t '*.[ot]*'"), 0);
	ck_assert_ptr_nonnull(
		strstr(output, "good.one\tFAKE\tpasses\ngood.two\tFAKE.first "
			       "FAKE\tpasses too\nbad.thread"));
	ck_assert_int_eq(run("--list-groups"), 0);
	ck_assert_ptr_nonnull(
		strstr(output, "good                 2  Cases that pass.\n"));
}
END_TEST

START_TEST(usage)
{
	static const char *const wrong[] = {
		"--nonsense",	"stray",
		"-j 0",		"-j x",
		"--seed -1",	"-x /nonexistent",
		"--report xml", "--color red",
		"--repeat",	"--timeout-scale 0",
	};
	unsigned int i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(run(wrong[i]) == 2, "%s: %s", wrong[i], output);
		ck_assert_msg(strlen(output) > 0, "%s", wrong[i]);
	}
	ck_assert_int_eq(run("--help"), 0);
	ck_assert_ptr_nonnull(strstr(output, "Exit status:"));
}
END_TEST

START_TEST(twins_are_refused)
{
	setenv("FAKE_TWINS", "1", 1);
	ck_assert_int_eq(run("-l"), 1);
	ck_assert_ptr_nonnull(
		strstr(output, "two cases are called 'good.one'"));
	unsetenv("FAKE_TWINS");
}
END_TEST

START_TEST(nothing_to_run_on)
{
	ck_assert_int_eq(run("-d /nonexistent"), 77);
	ck_assert_ptr_nonnull(strstr(output, "/nonexistent: No such file"));
}
END_TEST

START_TEST(lost_report_is_a_failure)
{
	ck_assert_int_eq(run("-g good --report json:/dev/full"), 1);
	ck_assert_int_eq(run("-g good --report json:/nonexistent/x"), 1);
}
END_TEST

START_TEST(driver_is_asked_for)
{
	write_file("ctl.sh",
		   "echo '{'; echo '  \"driver\": \"fakedriver 2.1\",'; "
		   "echo '  \"driver\": \"other\"'; echo '}'\n");
	ck_assert_int_eq(run("-t other.deviates --ctl 'sh ./ctl.sh'"), 0);
	ck_assert_ptr_nonnull(strstr(output, "judged fakedriver 2.1 on"));
	ck_assert_int_eq(run("-t good.one --ctl false"), 0);
	ck_assert_ptr_nonnull(strstr(output, "judged unknown on"));
}
END_TEST

static void locate(void)
{
	char self[400];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0 || !getcwd(golden, 400))
		exit(77);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(program, sizeof(program), "%s/../bin/conformance-fake", self);
	strcat(golden, "/conformance/test/golden");
}

static Suite *runner_suite(void)
{
	Suite *s = suite_create("conformance runner");
	TCase *t = tcase_create("runner");

	tcase_add_checked_fixture(t, prepare, clean_up);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, human_report);
	tcase_add_test(t, reports_in_files);
	tcase_add_test(t, parallel_is_the_same);
	tcase_add_test(t, verbose_and_color);
	tcase_add_test(t, last_line);
	tcase_add_test(t, case_knows_the_deviations);
	tcase_add_test(t, deviation_is_of_its_driver);
	tcase_add_test(t, deviation_is_of_any_module);
	tcase_add_test(t, skip_lists);
	tcase_add_test(t, unexpected_pass_fails);
	tcase_add_test(t, stale_patterns_are_refused);
	tcase_add_test(t, profile_wants_no_gaps);
	tcase_add_test(t, quick_leaves_slow_ones_out);
	tcase_add_test(t, exit_on_fail_stops);
	tcase_add_test(t, repeats_until_failure);
	tcase_add_test(t, seeds_decide);
	tcase_add_test(t, survives_its_worker);
	tcase_add_test(t, lists);
	tcase_add_test(t, usage);
	tcase_add_test(t, twins_are_refused);
	tcase_add_test(t, nothing_to_run_on);
	tcase_add_test(t, lost_report_is_a_failure);
	tcase_add_test(t, driver_is_asked_for);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r;
	int failed;

	locate();
	r = srunner_create(runner_suite());
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? 1 : 0;
}

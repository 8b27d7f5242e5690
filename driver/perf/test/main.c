// SPDX-License-Identifier: BSD-3-Clause
/*
 * Tests of the transport and of hfi1-perf, on the emulated adapter: started
 * without one, the program starts itself again under hfi1-emu.
 */
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rig.h"

#define PATIENCE_S 20

char rig_output[1 << 16];

static char bin[512]; /* folder of the build's programs */

/* Run a program of the build, @how before its name; keep what it says. */
static int run(const char *how, const char *command)
{
	char whole[1600];
	size_t n;
	int status;
	FILE *f;

	snprintf(whole, sizeof(whole), "%s%s/%s 2>&1", how, bin, command);
	f = popen(whole, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(rig_output, 1, sizeof(rig_output) - 1, f);
	rig_output[n] = 0;
	status = pclose(f);
	ck_assert_msg(WIFEXITED(status), "%s: %s", whole, rig_output);
	return WEXITSTATUS(status);
}

int rig_run(const char *fmt, ...)
{
	char command[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return run("", command);
}

/* The emulator's own program may have a sanitizer: nothing before its runtime. */
void rig_ctl(const char *fmt, ...)
{
	char command[256] = "hfi1-emu ctl ";
	size_t n = strlen(command);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command + n, sizeof(command) - n, fmt, ap);
	va_end(ap);
	ck_assert_msg(!run("env -u LD_PRELOAD ", command), "%s: %s", command,
		      rig_output);
}

void rig_receive(struct hfi1t *t, struct hfi1t_arrival *a)
{
	time_t end = time(NULL) + PATIENCE_S;
	int ret;

	while (!(ret = hfi1t_receive(t, a))) {
		ck_assert_msg(time(NULL) < end, "nothing arrives");
		hfi1t_wait(t, 1);
	}
	ck_assert_msg(ret == 1, "%s, RHF %#llx", strerror(-ret),
		      (unsigned long long)a->rhf);
}

unsigned int rig_lines(const char *text)
{
	const char *at = rig_output;
	unsigned int n = 0;

	while ((at = strstr(at, text))) {
		n++;
		at += strcspn(at, "\n");
	}
	return n;
}

/* BUILD/test/NAME: the programs are in BUILD/bin. */
static void find_programs(const char *self)
{
	char *path = realpath(self, NULL);

	if (path)
		snprintf(bin, sizeof(bin), "%s/bin", dirname(dirname(path)));
	free(path);
}

static int start_again(const char *self)
{
	char emulator[600];

	snprintf(emulator, sizeof(emulator), "%s/hfi1-emu", bin);
	/* The emulator's library comes before the sanitizer's. */
	setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 0);
	execl(emulator, "hfi1-emu", "--units", "2", "--contexts", "8", "run",
	      "--", self, (char *)NULL);
	perror(emulator);
	return 1;
}

int main(int argc, char **argv)
{
	Suite *suite = suite_create("perf");
	SRunner *runner;
	int failed;

	(void)argc;
	find_programs(argv[0]);
	if (!getenv("HFI1_EMU_DIR"))
		return start_again(argv[0]);
	suite_add_tcase(suite, transport_case());
	suite_add_tcase(suite, recovery_case());
	suite_add_tcase(suite, tool_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}

// SPDX-License-Identifier: BSD-3-Clause
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "../case.h"
#include "../runner/verdict.h"
#include "ctl.h"

bool hfi1c_ctl_available(void)
{
	return hfi1c_environment()->ctl;
}

/* Runs the command; what it says goes to @buffer, cut to its size. */
static int run(char *buffer, size_t size, const char *fmt, va_list ap)
{
	char words[256], command[1024], rest[256];
	size_t n;
	int status;
	FILE *f;

	hfi1c_setup(hfi1c_ctl_available(), "there is no command for faults");
	vsnprintf(words, sizeof(words), fmt, ap);
	snprintf(command, sizeof(command), "%s %s 2>&1",
		 hfi1c_environment()->ctl, words);
	f = popen(command, "re");
	hfi1c_setup(f, "cannot run '%s'", command);
	n = fread(buffer, 1, size - 1, f);
	buffer[n] = '\0';
	while (fread(rest, 1, sizeof(rest), f))
		continue;
	status = pclose(f);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	hfi1c_note("'%s' says: %.150s", words, buffer);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int hfi1c_ctl(const char *fmt, ...)
{
	char output[256];
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = run(output, sizeof(output), fmt, ap);
	va_end(ap);
	return ret;
}

int hfi1c_ctl_output(char *buffer, size_t size, const char *fmt, ...)
{
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = run(buffer, size, fmt, ap);
	va_end(ap);
	return ret;
}

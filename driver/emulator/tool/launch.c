// SPDX-License-Identifier: BSD-3-Clause
/* The environment of a program that sees the emulated devices. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tool.h"

#define LIBRARY	    "libhfi1-emu.so"
#define ENV_LIBRARY "HFI1_EMU_LIBRARY"

static bool usable(const char *path)
{
	/* The loader splits LD_PRELOAD at these. */
	return !access(path, R_OK) && !strpbrk(path, " :");
}

/* Beside us, in ../lib of a build or an installation, or as told. */
static const char *find_library(void)
{
	static const char *const places[] = { "../lib/" LIBRARY,
					      "../lib/hfi1-emu/" LIBRARY,
					      LIBRARY };
	static char path[PATH_MAX];
	char exe[PATH_MAX], try[2 * PATH_MAX];
	const char *env = getenv(ENV_LIBRARY);
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;
	size_t i;

	if (env && *env)
		return usable(env) ? env : NULL;
	if (n < 0)
		return NULL;
	exe[n] = 0;
	slash = strrchr(exe, '/');
	*slash = 0;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(try, sizeof(try), "%s/%s", exe, places[i]);
		if (realpath(try, path) && usable(path))
			return path;
	}
	return NULL;
}

/* The program may change its directory before it starts another. */
static int trace_env(const char *trace)
{
	char *cwd, *path;
	int err;

	if (!trace)
		return 0;
	if (*trace == '/' || !strcmp(trace, "-"))
		return setenv(EMU_ENV_TRACE, trace, 1);
	cwd = getcwd(NULL, 0);
	if (!cwd || asprintf(&path, "%s/%s", cwd, trace) < 0) {
		free(cwd);
		return -1;
	}
	err = setenv(EMU_ENV_TRACE, path, 1);
	free(cwd);
	free(path);
	return err;
}

/* Set up this process's environment; the program inherits it. */
int launch_env(const char *dir, const char *trace)
{
	const char *lib = find_library(), *old = getenv("LD_PRELOAD");
	char *value;
	int err;

	if (!lib) {
		fprintf(stderr,
			"hfi1-emu: " LIBRARY " not found near the program; "
			"set " ENV_LIBRARY "\n");
		return -ENOENT;
	}
	if (asprintf(&value, "%s%s%s", lib, old && *old ? ":" : "",
		     old ? old : "") < 0)
		return -ENOMEM;
	err = setenv("LD_PRELOAD", value, 1) | setenv(EMU_ENV_DIR, dir, 1) |
	      trace_env(trace);
	free(value);
	return err ? -ENOMEM : 0;
}

void launch_exec(char **program)
{
	execvp(program[0], program);
	fprintf(stderr, "hfi1-emu: cannot run '%s': %s\n", program[0],
		strerror(errno));
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN);
}

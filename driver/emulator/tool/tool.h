/* SPDX-License-Identifier: BSD-3-Clause */
/* hfi1-emu's subcommands. */
#ifndef HFI1_EMU_TOOL_H
#define HFI1_EMU_TOOL_H

#include <stdbool.h>
#include "../daemon/daemon.h"

#define EXIT_USAGE	64
#define EXIT_SETUP	125 /* as in env(1): we failed, not the program */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND	127

struct tool_options {
	struct emu_config cfg;
	const char *dir;
	const char *trace; /* file, "-", or NULL */
	bool verbose;
	char **program;
	int argc;
};

int tool_run(const struct tool_options *opt);
int tool_daemon(const struct tool_options *opt);
int tool_exec(const struct tool_options *opt);
int tool_ctl(const struct tool_options *opt);

/* host.c: the emulator inside this process */
int host_start(struct tool_options *opt);
void host_stop(void);
const char *host_dir(void);

/* launch.c: the program */
int launch_env(const char *dir, const char *trace);
void launch_exec(char **program);

#endif

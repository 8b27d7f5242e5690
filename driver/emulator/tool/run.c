// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-emu run, exec and daemon. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tool.h"

/*
 * The child is made before there is any thread, and waits for the word that
 * the emulator is ready.
 */
static void child_main(int go, const struct tool_options *opt)
{
	char dir[64] = "";

	if (read(go, dir, sizeof(dir) - 1) <= 0)
		_exit(EXIT_SETUP);
	close(go);
	if (launch_env(dir, opt->trace))
		_exit(EXIT_SETUP);
	launch_exec(opt->program);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Signals for the program: ours end nothing before it has ended. */
static int wait_program(pid_t pid, const sigset_t *set)
{
	int status, sig;

	for (;;) {
		if (sigwait(set, &sig))
			continue;
		if (sig == SIGCHLD) {
			if (waitpid(pid, &status, WNOHANG) == pid)
				return exit_status(status);
			continue;
		}
		/* A terminal sends these to the program as well. */
		if (sig != SIGINT && sig != SIGQUIT)
			kill(pid, sig);
	}
}

static void block(sigset_t *set, sigset_t *old)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigprocmask(SIG_BLOCK, set, old);
}

int tool_run(const struct tool_options *options)
{
	struct tool_options opt = *options;
	sigset_t set, old;
	int go[2], status;
	pid_t pid;

	block(&set, &old);
	if (pipe2(go, 0) || (pid = fork()) < 0) {
		perror("hfi1-emu");
		return EXIT_SETUP;
	}
	if (!pid) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		close(go[1]);
		child_main(go[0], &opt);
	}
	close(go[0]);
	signal(SIGPIPE, SIG_IGN);
	if (host_start(&opt)) {
		close(go[1]);
		waitpid(pid, &status, 0);
		return EXIT_SETUP;
	}
	if (write(go[1], host_dir(), strlen(host_dir())) < 0)
		perror("hfi1-emu");
	close(go[1]);
	status = wait_program(pid, &set);
	host_stop();
	return status;
}

int tool_exec(const struct tool_options *opt)
{
	const char *dir = opt->dir ? opt->dir : getenv(EMU_ENV_DIR);

	if (!dir) {
		fprintf(stderr,
			"hfi1-emu: which emulator? Give --dir or set " EMU_ENV_DIR
			"\n");
		return EXIT_USAGE;
	}
	if (launch_env(dir, opt->trace))
		return EXIT_SETUP;
	launch_exec(opt->program);
	return EXIT_CANNOT_RUN;
}

int tool_daemon(const struct tool_options *options)
{
	struct tool_options opt = *options;
	sigset_t set, old;
	int sig;

	block(&set, &old);
	signal(SIGPIPE, SIG_IGN);
	if (host_start(&opt))
		return EXIT_SETUP;
	printf("%s\n", host_dir());
	fflush(stdout);
	do {
		if (sigwait(&set, &sig))
			sig = 0;
	} while (sig != SIGTERM && sig != SIGINT);
	host_stop();
	return 0;
}

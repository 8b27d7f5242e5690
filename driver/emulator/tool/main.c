// SPDX-License-Identifier: BSD-3-Clause
/* hfi1-emu: the command line. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tool.h"

#define MAX_PARAMS 64

enum {
	OPT_DIR = 'd',
	OPT_UNITS = 'u',
	OPT_CONTEXTS = 'c',
	OPT_PARAM = 'p',
	OPT_VERBOSE = 'v',
	OPT_TRACE = 't',
	OPT_LINK_DOWN = 0x100,
	OPT_PCAP
};

static const char doc[] =
	"Emulated Omni-Path adapters for ordinary programs.\v"
	"Commands:\n"
	"  run PROGRAM [ARG...]   start an emulator, run PROGRAM with its "
	"/dev/hfi1_N, stop;\n"
	"                         the exit status is the program's (128+N "
	"after signal N)\n"
	"  trace PROGRAM [ARG...] the same, with --trace - unless another "
	"file is given\n"
	"  daemon                 start an emulator and print its directory; "
	"SIGTERM stops it\n"
	"  exec PROGRAM [ARG...]  run PROGRAM with the devices of a running "
	"emulator\n"
	"  ctl COMMAND [ARG...]   statistics and fault hooks; 'ctl help' lists "
	"them\n"
	"\n"
	"exec and ctl find the emulator by --dir or the environment variable " EMU_ENV_DIR
	", which programs under run and exec have set.\n"
	"\n"
	"Exit status 125: the emulator could not be set up; 126: PROGRAM "
	"cannot be run; 127: PROGRAM was not found; 64: wrong usage.\n"
	"\n"
	"Examples:\n"
	"  hfi1-emu run -- hfi1-conformance -d /dev/hfi1_0\n"
	"  hfi1-emu run --units 2 -- sh -c 'ls /dev/hfi1_*; hfi1-emu ctl "
	"status'\n";

static const struct argp_option options[] = {
	{ "units", OPT_UNITS, "N", 0, "number of adapters (1)", 0 },
	{ "contexts", OPT_CONTEXTS, "N", 0, "user contexts of each (16)", 0 },
	{ "param", OPT_PARAM, "NAME=VALUE", 0,
	  "module parameter of the driver; 'ctl params' lists them", 0 },
	{ "link-down", OPT_LINK_DOWN, NULL, 0, "leave the links down", 0 },
	{ "dir", OPT_DIR, "DIR", 0,
	  "directory of the emulator; run and daemon create it (default: a new "
	  "one in /tmp)",
	  0 },
	{ "pcap", OPT_PCAP, "FILE", 0,
	  "capture the packets of all adapters; Wireshark reads FILE with "
	  "generated/wireshark/hfi1.lua",
	  0 },
	{ "trace", OPT_TRACE, "FILE", 0,
	  "append the program's decoded calls to FILE, - for standard error",
	  0 },
	{ "verbose", OPT_VERBOSE, NULL, 0, "show the driver's messages", 0 },
	{ 0 },
};

struct parse {
	struct tool_options opt;
	char *params[MAX_PARAMS + 1];
	unsigned int nparams;
	const char *command;
};

static unsigned int number(const char *text, unsigned int max,
			   struct argp_state *state, const char *what)
{
	char *end;
	unsigned long v = strtoul(text, &end, 0);

	if (!*text || *end || !v || v > max)
		argp_error(state, "%s must be a number from 1 to %u, not '%s'",
			   what, max, text);
	return v;
}

static void add_param(struct parse *p, char *arg, struct argp_state *state)
{
	if (!strchr(arg, '='))
		argp_error(state, "--param wants NAME=VALUE, not '%s'", arg);
	if (p->nparams == MAX_PARAMS)
		argp_error(state, "too many parameters");
	p->params[p->nparams++] = arg;
}

static void take_command(struct parse *p, char *arg, struct argp_state *state)
{
	/* All that follows belongs to the command. */
	p->command = arg;
	if (strcmp(arg, "daemon") && strcmp(arg, "ctl") && strcmp(arg, "run") &&
	    strcmp(arg, "exec") && strcmp(arg, "trace"))
		argp_error(state, "unknown command '%s'", arg);
}

static void take_words(struct parse *p, char *arg, struct argp_state *state)
{
	(void)arg;
	p->opt.program = &state->argv[state->next - 1];
	p->opt.argc = state->argc - state->next + 1;
	state->next = state->argc;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;

	switch (key) {
	case OPT_UNITS:
		p->opt.cfg.units = number(arg, 8, state, "--units");
		break;
	case OPT_CONTEXTS:
		p->opt.cfg.contexts = number(arg, 160, state, "--contexts");
		break;
	case OPT_PARAM:
		add_param(p, arg, state);
		break;
	case OPT_LINK_DOWN:
		p->opt.cfg.link_down = true;
		break;
	case OPT_PCAP:
		p->opt.cfg.pcap = arg;
		break;
	case OPT_DIR:
		p->opt.dir = arg;
		break;
	case OPT_TRACE:
		p->opt.trace = arg;
		break;
	case OPT_VERBOSE:
		p->opt.verbose = true;
		break;
	case ARGP_KEY_ARG:
		if (!p->command)
			take_command(p, arg, state);
		else
			take_words(p, arg, state);
		break;
	case ARGP_KEY_END:
		if (!p->command)
			argp_error(state, "which command?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	options,
	parse_opt,
	"run [--] PROGRAM [ARG...]\ntrace [--] PROGRAM [ARG...]\ndaemon\nexec [--] PROGRAM [ARG...]\n"
	"ctl COMMAND [ARG...]",
	doc,
	NULL,
	NULL,
	NULL,
};

int main(int argc, char **argv)
{
	static struct parse p = { .opt.cfg = { .units = 1, .contexts = 16 } };

	argp_err_exit_status = EXIT_USAGE;
	p.opt.cfg.params = p.params;
	/* In order: what follows the program's name is the program's. */
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &p);
	if (!strcmp(p.command, "daemon")) {
		if (!p.opt.argc)
			return tool_daemon(&p.opt);
		fprintf(stderr, "hfi1-emu: daemon takes no arguments\n");
		return EXIT_USAGE;
	}
	if (!p.opt.argc) {
		fprintf(stderr, "hfi1-emu: %s what?  Try 'hfi1-emu --help'.\n",
			p.command);
		return EXIT_USAGE;
	}
	if (!strcmp(p.command, "ctl"))
		return tool_ctl(&p.opt);
	if (!strcmp(p.command, "trace") && !p.opt.trace)
		p.opt.trace = "-";
	return strcmp(p.command, "exec") ? tool_run(&p.opt) : tool_exec(&p.opt);
}

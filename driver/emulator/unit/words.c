// SPDX-License-Identifier: BSD-3-Clause
/*
 * The faults the conformance suite asks for, in its words (docs/
 * conformance.md): "unit N WORDS", each put together from the commands of
 * unit_ctl.c.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>
#include "unit.h"

#define MAX_WORDS 8

/* Longer than any test waits. */
#define HOLD_NS 3600000000000ULL

/* Run a command of the table, its words separated by blanks. */
int unit_command(FILE *out, const char *fmt, ...)
{
	char line[128], *argv[MAX_WORDS + 1], *word, *save = NULL;
	const struct ctl_command *c;
	int argc = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (word = strtok_r(line, " ", &save); word && argc < MAX_WORDS;
	     word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	for (c = unit_commands; c->name; c++)
		if (!strcmp(c->name, argv[0]))
			return c->run(argc, argv, out);
	return -EINVAL;
}

static int halt(const char *unit, int argc, char **argv, FILE *out)
{
	int err = 0;

	if (argc == 5 && !strcmp(argv[4], "hidden"))
		err = unit_command(out, "sticky %s halted", unit);
	else if (argc != 4)
		return -EINVAL;
	return err ? err : unit_command(out, "halt %s %s", unit, argv[3]);
}

/* The command, its arguments behind the unit. */
static const struct {
	const char *words;
	const char *command;
	const char *rest;
} simple[] = {
	{ "heal", "heal", "" },
	{ "freeze hold", "freeze", "forced" },
	{ "pio-init stuck", "sticky", "pio-init" },
	{ "pio-init error", "fail-pio-init", "" },
	{ "link down", "link", "down" },
	{ "link up", "link", "up" },
};

static int run_simple(const char *unit, const char *words, FILE *out)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(simple); i++)
		if (!strcmp(simple[i].words, words))
			return unit_command(out, "%s %s %s", simple[i].command,
					    unit, simple[i].rest);
	fprintf(out, "unknown fault '%s'\n", words);
	return -EINVAL;
}

int unit_words(int argc, char **argv, FILE *out)
{
	const char *unit = argv[1];
	char words[64] = "";
	int i;

	if (!strcmp(argv[2], "halt"))
		return halt(unit, argc, argv, out);
	for (i = 2; i < argc; i++)
		snprintf(words + strlen(words), sizeof(words) - strlen(words),
			 "%s%s", i > 2 ? " " : "", argv[i]);
	if (!strcmp(words, "sdma hold"))
		return unit_command(out, "delay %s %llu", unit, HOLD_NS);
	if (!strcmp(words, "assign stall"))
		return unit_command(out, "stall on");
	return run_simple(unit, words, out);
}

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of a control command: numbers, and names that stand for one.
 */
#ifndef CTL_WORDS_H
#define CTL_WORDS_H

#include <stdint.h>
#include <stdio.h>

/** struct ctl_word - a name and what it stands for; lists end with NULL */
struct ctl_word {
	const char *name;
	unsigned int value;
};

/** ctl_switch - "off" and "on" */
extern const struct ctl_word ctl_switch[];

/**
 * ctl_number() - read a number
 * @text: decimal, 0x hexadecimal or 0 octal
 * @max: largest that is taken
 * @value: gets it
 * @out: gets the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int ctl_number(const char *text, uint64_t max, uint64_t *value, FILE *out);

/**
 * ctl_number_or() - read a number that may be left out
 * @argc: words in @argv
 * @argv: words
 * @at: which of them it is
 * @dflt: its value if there are not as many
 * @value: gets it
 * @out: gets the reason of a failure
 *
 * Return: 0 or -EINVAL.
 */
int ctl_number_or(int argc, char **argv, int at, uint64_t dflt, uint64_t *value,
		  FILE *out);

/**
 * ctl_lookup() - what a name stands for
 * @list: names, in any case of letters
 * @text: name
 * @value: gets it
 * @out: gets the names there are if @text is none
 *
 * Return: 0 or -EINVAL.
 */
int ctl_lookup(const struct ctl_word *list, const char *text,
	       unsigned int *value, FILE *out);

/**
 * ctl_result() - pass a result on
 * @err: 0 or a negative errno
 * @out: gets its meaning
 *
 * Return: @err.
 */
int ctl_result(int err, FILE *out);

#endif

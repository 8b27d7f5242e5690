/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model's fault hooks as commands in text.
 */
#ifndef VFU_FAULTS_H
#define VFU_FAULTS_H

#include <stdio.h>

struct wfr_device;

/**
 * vfu_fault_run() - carry a command out
 * @chip: the device
 * @argc: words in @argv
 * @argv: command and arguments
 * @out: gets the reason of a failure
 *
 * Return: 0, -ENOENT for no such command, another negative errno.
 */
int vfu_fault_run(struct wfr_device *chip, int argc, char **argv, FILE *out);

/** vfu_fault_help() - list the commands. */
void vfu_fault_help(FILE *out);

#endif

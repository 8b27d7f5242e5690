/* SPDX-License-Identifier: BSD-3-Clause */
/* What the end-to-end tests share. */
#ifndef EMU_TEST_H
#define EMU_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include "../../hosted/test/testdev.h"

#define NODE "/dev/hfi1_0"
#define PAGE 4096UL

/* A number from "ctl status". */
long status_of(const char *name);

/* The node, or the test fails; whether a descriptor answers. */
int open_node(void);
bool works(int fd);

/* Private memory; a mapping of the device; pages pinned or -errno. */
char *anonymous(size_t len);
void *map(int fd, unsigned long what, size_t pages, int prot);
int pin(int fd, char *p, size_t len);

/* The emulator holds nothing of any process. */
void nothing_left(void);

TCase *file_tests(void);
TCase *memory_tests(void);
TCase *waiting_tests(void);

#endif

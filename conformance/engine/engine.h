/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What generated tables are made of, and the functions that run them.
 *
 * A table says which input to build and which check of the spec must answer;
 * the engine builds the world and the input, proves with the spec's own
 * conditions that the input isolates that check, makes one system call and
 * judges the result.  An input that does not isolate its check makes the case
 * broken, never passed.
 */
#ifndef HFI1C_ENGINE_H
#define HFI1C_ENGINE_H

#include "command.h"
#include "coverage.h"
#include "form.h"
#include "places.h"
#include "rules.h"

#endif

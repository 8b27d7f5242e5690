/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the suite reads from generated/conformance: the clauses of the spec,
 * the known deviations, and how to print the arguments of a command.
 */
#ifndef HFI1C_TABLES_H
#define HFI1C_TABLES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct hfi1c_clause - a line of the spec that can be judged
 * @id:     TID_UPDATE, TID_UPDATE.vaddr-aligned, TID_UPDATE.ensures.covers,
 *          ioctl.no-context, ioctl.unknown-command, ioctl.hole.0xE7,
 *          <check list>.<check>, mmap.PIO_BUFS, mmap.PIO_BUFS.<check>,
 *          poll.<rule>, file.read, file.read.<check>, struct.hfi1_user_info,
 *          cap.DMA_RTAIL, limit.<name>, quirk.<name>, state.<name>,
 *          transition.<from>.<on>
 * @where:  "spec/hfi1/commands.yaml:120"
 * @text:   the rule in one line: condition and errno, or the first sentence
 *          of the documentation
 * @untestable: why no case can judge it (conditions marked unprovoked), or NULL
 */
struct hfi1c_clause {
	const char *id;
	const char *where;
	const char *text;
	const char *untestable;
};

/**
 * struct hfi1c_deviation - a known difference of another driver
 * @id:       its name in the spec
 * @driver:   the driver's module name
 * @versions: constraint on the version: ">=6.1", "6.1..6.3", "" for all
 * @cases:    patterns of case names, NULL-terminated
 * @what:     what it does instead
 * @why:      how that is known
 * @where:    place in the spec
 */
struct hfi1c_deviation {
	const char *id;
	const char *driver;
	const char *versions;
	const char *const *cases;
	const char *what;
	const char *why;
	const char *where;
};

enum hfi1c_field_kind {
	HFI1C_FIELD_UNSIGNED,
	HFI1C_FIELD_SIGNED,
	HFI1C_FIELD_HEX, /* addresses, masks, flag words */
	HFI1C_FIELD_BYTES, /* u8 arrays, printed as one hex string */
};

/**
 * struct hfi1c_field - a member of a command's argument
 * @name:   dotted path
 * @offset: in bytes
 * @size:   of one element, in bytes
 * @count:  elements, 1 for a scalar
 * @kind:   enum hfi1c_field_kind
 * @in:     flows into the driver
 * @out:    flows back
 */
struct hfi1c_field {
	const char *name;
	unsigned short offset;
	unsigned short size;
	unsigned short count;
	unsigned char kind;
	unsigned char in : 1;
	unsigned char out : 1;
};

/**
 * struct hfi1c_command - how to print a command
 * @name:        TID_UPDATE
 * @c_name:      HFI1_IOCTL_TID_UPDATE
 * @cmd:         the ioctl request (LP64)
 * @size:        bytes behind the pointer, 0 without an argument
 * @struct_name: hfi1_tid_info, or the scalar's type
 * @fields:      members; a scalar has one with an empty name
 * @count:       of @fields
 */
struct hfi1c_command {
	const char *name;
	const char *c_name;
	uint32_t cmd;
	unsigned int size;
	const char *struct_name;
	const struct hfi1c_field *fields;
	size_t count;
};

/* generated/conformance/clauses.c */
extern const struct hfi1c_clause hfi1c_clauses[];
extern const size_t hfi1c_clause_count;
/* generated/conformance/deviations.c */
extern const struct hfi1c_deviation hfi1c_deviations[];
extern const size_t hfi1c_deviation_count;
/* generated/conformance/commands.c */
extern const struct hfi1c_command hfi1c_commands[];
extern const size_t hfi1c_command_count;

/*
 * The generated families and the stateful model: generated/conformance lists
 * them here, conformance/suite.c puts the hand-written ones behind.
 */
struct hfi1c_group;
extern const struct hfi1c_group *const hfi1c_generated_groups[];
extern const size_t hfi1c_generated_group_count;

#endif

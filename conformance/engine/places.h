/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cases about what is not a command: mappings, other check lists, poll() and the
 * file operations.
 */
#ifndef HFI1C_PLACES_H
#define HFI1C_PLACES_H

#include "rules.h"

/* --- mmap ------------------------------------------------------------------ */

/**
 * struct hfi1c_map_region - a thing to map
 * @token_offset: of the token in hfi1_base_info
 * @clears_read, @clears_write: protections that cannot be gained
 * @length:       in bytes
 * @common, @checks: both lists, in order
 */
struct hfi1c_map_region {
	const char *name;
	unsigned int type;
	unsigned int token_offset;
	bool clears_read;
	bool clears_write;
	uint64_t (*length)(const struct hfi1c_world *w);
	const struct hfi1c_check *common;
	unsigned int common_count;
	const struct hfi1c_check *checks;
	unsigned int check_count;
};

/* generated/conformance/machine.c */
extern const struct hfi1c_map_region *const hfi1c_map_regions[];
extern const unsigned int hfi1c_map_region_count;

/** hfi1c_map_token() - the region's token, forged where the file has none. */
uint64_t hfi1c_map_token(const struct hfi1c_world *w,
			 const struct hfi1c_map_region *r);

enum hfi1c_length_change {
	HFI1C_LENGTH_EXACT,
	HFI1C_LENGTH_LESS, /* a page less */
	HFI1C_LENGTH_MORE, /* a page more */
	HFI1C_LENGTH_DOUBLE,
	HFI1C_LENGTH_ZERO,
	HFI1C_LENGTH_UNROUNDED, /* a byte less: the VFS rounds it up */
};

/**
 * struct hfi1c_mapping - one mmap()
 * @region, @scenario: what and where
 * @token_xor: bits of the token to flip
 * @length:    change of the length
 * @prot:      PROT_*
 * @private:   MAP_PRIVATE
 * @access:    O_* of the file
 * @gain:      protections that mprotect() adds afterwards
 * @error:     errno of a refusal by the kernel's own rules, before the driver
 * @check:     clause of the check that must answer, NULL for success
 * @second:    clause of a check that must be violated too, or NULL
 */
struct hfi1c_mapping {
	const struct hfi1c_map_region *region;
	const struct hfi1c_scenario *scenario;
	uint64_t token_xor;
	enum hfi1c_length_change length;
	int prot;
	bool private;
	int access;
	int gain;
	int error;
	const char *check;
	const char *second;
};

/** The locals of the lists that stand before a mapping. */
struct hfi1c_locals_mmap_common;
struct hfi1c_locals_mmap_region;

void hfi1c_run_mapping(const struct hfi1c_case *c);
void hfi1c_run_mapping_twice(const struct hfi1c_case *c);
void hfi1c_run_mapping_gain(const struct hfi1c_case *c);
void hfi1c_run_mapping_foreign(const struct hfi1c_case *c);

/* --- check lists outside the commands -------------------------------------- */

/**
 * struct hfi1c_list - a named list and what realises its locals
 * @name:   in the spec
 * @checks: in order
 */
struct hfi1c_list {
	const char *name;
	const struct hfi1c_check *checks;
	unsigned int check_count;
};

/**
 * struct hfi1c_chain - lists that are gone through one after the other
 * @lists: in order
 * @count: how many
 */
struct hfi1c_chain {
	const struct hfi1c_list *const *lists;
	unsigned int count;
};

/**
 * struct hfi1c_performer - how a chain's locals become a system call
 * @prepare: a valid plan
 * @set:     set a local (or a field of one) to a value
 * @locals:  the struct of locals of the chain's list number @list
 * @perform: make the call; the result
 * @intact:  nothing changed but what the refusal by @check says
 * @size:    of a plan
 *
 * One object hfi1c_performer_<chain> for each chain; a missing one fails the
 * link.
 */
struct hfi1c_performer {
	size_t size;
	void (*prepare)(struct hfi1c_world *w, void *plan);
	void (*set)(struct hfi1c_world *w, void *plan, const char *name,
		    uint64_t value, uint64_t mask);
	const void *(*locals)(struct hfi1c_world *w, void *plan,
			      const char *list);
	long (*perform)(struct hfi1c_world *w, void *plan);
	void (*intact)(struct hfi1c_world *w, void *plan,
		       const struct hfi1c_check *check);
};

/** struct hfi1c_candidate - settings that may violate a check */
struct hfi1c_candidate {
	const struct hfi1c_set *sets;
	unsigned int count;
};

/**
 * struct hfi1c_list_trial - a check of a list, or a pair of them
 * @chain, @performer, @scenario: what and where
 * @check:      clause of the check that must answer, NULL for success
 * @candidates: settings to try until the check is isolated; none: as prepared
 * @provoke:    what the driver alone can tell, brought about by the engine
 * @second, @second_candidates, @second_provoke: the same for a pair
 * @sweep:      which bad pointers to go through
 */
struct hfi1c_list_trial {
	const struct hfi1c_chain *chain;
	const struct hfi1c_performer *performer;
	const struct hfi1c_scenario *scenario;
	const char *check;
	const struct hfi1c_candidate *candidates;
	unsigned int candidate_count;
	void (*provoke)(struct hfi1c_world *w, void *plan);
	const char *second;
	const struct hfi1c_candidate *second_candidates;
	unsigned int second_count;
	void (*second_provoke)(struct hfi1c_world *w, void *plan);
	enum hfi1c_sweep_kind sweep;
};

void hfi1c_run_list(const struct hfi1c_case *c);

/* --- poll and file operations ---------------------------------------------- */

/**
 * struct hfi1c_probe - a hand-written call of a family whose rules the spec
 * only names
 * @scenario: where
 * @probe:    makes the call and judges it
 * @mask, @error: what the spec says of the result
 */
struct hfi1c_probe {
	const struct hfi1c_scenario *scenario;
	void (*probe)(struct hfi1c_world *w, const struct hfi1c_probe *p);
	unsigned int mask;
	int error;
};

void hfi1c_run_probe(const struct hfi1c_case *c);

#endif

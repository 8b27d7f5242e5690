/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The world of a generated case: an open file in a known state, what the
 * driver said about it, and memory to point at.
 *
 * Conditions of the spec are functions of a world and an argument.  They are
 * computed from what the ABI reports or from what the scenario did itself;
 * both stand in the spec's own part of the world, struct hfi1c_own, which is
 * generated.
 */
#ifndef HFI1C_ENGINE_WORLD_H
#define HFI1C_ENGINE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../case.h"

/* Room for the spec's own part of a world; the generated code asserts it. */
#define HFI1C_OWN_SIZE 512

enum hfi1c_memory {
	HFI1C_MEMORY_SCRATCH, /* writable pages, more than a context's TIDs */
	HFI1C_MEMORY_LIST, /* a u32 array for every TID of a context */
	HFI1C_MEMORY_READONLY, /* a page without write permission */
	HFI1C_MEMORY_KINDS,
};

enum hfi1c_pointer_kind {
	HFI1C_POINTER_NULL,
	HFI1C_POINTER_UNMAPPED,
	HFI1C_POINTER_KERNEL,
	HFI1C_POINTER_NONCANONICAL,
	HFI1C_POINTER_PROT_NONE,
	HFI1C_POINTER_READ_ONLY,
	HFI1C_POINTER_EDGES, /* split at every byte before an unmapped page */
	/* Those that work: */
	HFI1C_POINTER_MISALIGNED,
	HFI1C_POINTER_WRITE_ONLY,
	HFI1C_POINTER_FITS, /* the last byte is the last of a page */
	HFI1C_POINTER_READ_ONLY_WORKS, /* nothing is written to an input */
};

enum hfi1c_sweep_kind {
	HFI1C_SWEEP_NONE,
	HFI1C_SWEEP_POINTERS, /* every kind of bad pointer */
	HFI1C_SWEEP_EDGES, /* every place at which memory can end */
};

/**
 * struct hfi1c_sweep - the bad pointer a call is to be made with
 * @mode: what is gone through; without a sweep memory is simply unmapped
 * @kind: of pointer, of the present step
 * @step: bytes more than needed that can be read, of the present step
 * @over: no step is left
 * @unfit: the present step makes no sense
 */
struct hfi1c_sweep {
	enum hfi1c_sweep_kind mode;
	enum hfi1c_pointer_kind kind;
	size_t step;
	bool over;
	bool unfit;
};

struct hfi1c_scenario;
struct hfi1c_rules;

/**
 * struct hfi1c_world - see above
 * @scenario:  how it was built
 * @access:    O_* with which to open the file under test
 * @fd:        the file under test
 * @state:     its state in the spec's terms
 * @seen:      bit per report of the spec: @own holds it
 * @own:       the spec's own part, see hfi1c_own()
 * @sweep:     bad pointer to use
 * @memory:    addresses, made when first asked for
 * @peers:     other files the scenario needs open, newest last
 * @peer_count: how many
 */
struct hfi1c_world {
	const struct hfi1c_scenario *scenario;
	int access;
	int fd;
	unsigned int state;
	unsigned int seen;
	_Alignas(8) unsigned char own[HFI1C_OWN_SIZE];
	struct hfi1c_sweep sweep;
	uintptr_t memory[HFI1C_MEMORY_KINDS];
	int peers[256];
	unsigned int peer_count;
};

/**
 * struct hfi1c_scenario - a set-up the spec names
 * @name:  in the spec
 * @state: the file's state when it is built
 * @needs: enum hfi1c_needs
 * @build: makes it; @w is zeroed but for @scenario and @access, @fd is -1
 *
 * There is one object hfi1c_scenario_<name> for each; a scenario of the spec
 * without one fails the link.
 */
struct hfi1c_scenario {
	const char *name;
	unsigned int state;
	unsigned int needs;
	void (*build)(struct hfi1c_world *w);
};

/* generated/conformance/spec_rules.c: sets what no command reports. */
void hfi1c_own_begin(struct hfi1c_world *w);

/** hfi1c_world_build() - build a scenario; the case ends when that fails. */
void hfi1c_world_build(struct hfi1c_world *w,
		       const struct hfi1c_scenario *scenario);

/** hfi1c_world_build_as() - the same with a file opened for less. */
void hfi1c_world_build_as(struct hfi1c_world *w,
			  const struct hfi1c_scenario *scenario, int access);

/** hfi1c_world_close() - close all files, so that another can be built. */
void hfi1c_world_close(struct hfi1c_world *w);

/** hfi1c_world_open() - open another file of the unit. */
int hfi1c_world_open(int access);

/** hfi1c_world_keep() - have another file closed with the world. */
void hfi1c_world_keep(struct hfi1c_world *w, int fd);

/**
 * hfi1c_world_intact() - fail unless the file is as the scenario left it.
 *
 * For use after a call that was refused.
 */
void hfi1c_world_intact(const struct hfi1c_world *w);

/** hfi1c_world_observe() - ask all that the file's state reports. */
void hfi1c_world_observe(struct hfi1c_world *w);

/**
 * struct hfi1c_provider - what the engine leaves to the device
 * @begin:       a world is about to be built
 * @personalise: make a valid argument this world's own
 * @steady:      put into @now, a new report, what may differ from @before
 * @intact:      fail unless what no report tells is as the scenario left it
 * @end:         a world is about to be closed
 *
 * Each may be NULL.  One object hfi1c_provider for each device.
 */
struct hfi1c_provider {
	void (*begin)(struct hfi1c_world *w);
	void (*personalise)(const struct hfi1c_world *w,
			    const struct hfi1c_rules *rules, void *arg);
	void (*steady)(const struct hfi1c_rules *rules, void *now,
		       const void *before);
	void (*intact)(const struct hfi1c_world *w);
	void (*end)(struct hfi1c_world *w);
};

extern const struct hfi1c_provider hfi1c_provider;

/** hfi1c_cap() - whether the driver reports a capability; the device's. */
bool hfi1c_cap(const struct hfi1c_world *w, uint64_t flag);

/*
 * Memory by the names that inputs use.  The world is const because asking for
 * an address changes nothing a condition can see.
 */
uint64_t hfi1c_buffer_scratch(const struct hfi1c_world *w);
uint64_t hfi1c_buffer_list(const struct hfi1c_world *w);
uint64_t hfi1c_buffer_readonly(const struct hfi1c_world *w);
uint64_t hfi1c_buffer_unmapped(const struct hfi1c_world *w);

static inline bool hfi1c_aligned(uint64_t x, uint64_t n)
{
	return !(x & (n - 1));
}

static inline uint64_t hfi1c_align_up(uint64_t x, uint64_t n)
{
	return (x + n - 1) & ~(n - 1);
}

static inline uint64_t hfi1c_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t hfi1c_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif

/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records: what a case leaves behind, in memory that outlives its process.
 *
 * The runner maps one array of records before anything is forked.  A case's
 * process, its children and its threads write into its own record only; the
 * first verdict wins.  The runner reads a record after the process is gone.
 */
#ifndef HFI1C_RUNNER_RECORD_H
#define HFI1C_RUNNER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What became of a case. */
enum hfi1c_outcome {
	HFI1C_NOT_RUN, /* the run ended before its turn */
	HFI1C_PASSED,
	HFI1C_FAILED,
	HFI1C_CRASHED, /* died of a signal, or left without a verdict */
	HFI1C_TIMED_OUT,
	HFI1C_BROKEN, /* the set-up failed */
	HFI1C_NOT_SUPPORTED,
	HFI1C_SKIPPED,
	HFI1C_EXPECTED_FAILURE, /* failed, and the -x file says so */
	HFI1C_UNEXPECTED_PASS, /* passed although the -x file says otherwise */
	HFI1C_DEVIATION, /* failed, as the spec says of this driver */
	HFI1C_OUTCOMES,
};

const char *hfi1c_outcome_name(enum hfi1c_outcome outcome);

/* hfi1c_outcome_is_bad() - whether the outcome makes the run fail. */
bool hfi1c_outcome_is_bad(enum hfi1c_outcome outcome);

#define HFI1C_TEXT_SIZE	 8192
#define HFI1C_VALUE_SIZE 256
#define HFI1C_NOTES	 4

/* How far the first verdict has come. */
enum hfi1c_claim {
	HFI1C_CLAIM_NONE,
	HFI1C_CLAIM_WRITING,
	HFI1C_CLAIM_DONE,
};

struct hfi1c_record {
	int claimed; /* enum hfi1c_claim, atomically */
	enum hfi1c_outcome outcome;
	unsigned int repetition; /* the one the outcome comes from */
	unsigned int note_count; /* all that were made; the last few are kept */
	uint64_t seed;
	uint64_t duration_us;
	int worker; /* process that runs or ran it, 0 before */
	char text[HFI1C_TEXT_SIZE];
	char expected[HFI1C_VALUE_SIZE];
	char actual[HFI1C_VALUE_SIZE];
	char call[HFI1C_TEXT_SIZE];
	char reason[HFI1C_VALUE_SIZE]; /* of a deviation or an expectation */
	char notes[HFI1C_NOTES][HFI1C_VALUE_SIZE];
};

/* hfi1c_records_map() - zeroed records that forked processes share. */
struct hfi1c_record *hfi1c_records_map(size_t count);
void hfi1c_records_unmap(struct hfi1c_record *records, size_t count);

/* hfi1c_record_clear() - as mapped. */
void hfi1c_record_clear(struct hfi1c_record *record);

/* hfi1c_record_set() - store an outcome and its text, whoever had it before. */
void hfi1c_record_set(struct hfi1c_record *record, enum hfi1c_outcome outcome,
		      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif

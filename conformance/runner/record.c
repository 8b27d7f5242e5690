// SPDX-License-Identifier: BSD-3-Clause
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "record.h"

static const char *const outcome_names[HFI1C_OUTCOMES] = {
	[HFI1C_NOT_RUN] = "not run",
	[HFI1C_PASSED] = "passed",
	[HFI1C_FAILED] = "failed",
	[HFI1C_CRASHED] = "crashed",
	[HFI1C_TIMED_OUT] = "timed out",
	[HFI1C_BROKEN] = "broken",
	[HFI1C_NOT_SUPPORTED] = "not supported",
	[HFI1C_SKIPPED] = "skipped",
	[HFI1C_EXPECTED_FAILURE] = "expected failure",
	[HFI1C_UNEXPECTED_PASS] = "unexpected pass",
	[HFI1C_DEVIATION] = "deviation",
};

const char *hfi1c_outcome_name(enum hfi1c_outcome outcome)
{
	return outcome_names[outcome];
}

bool hfi1c_outcome_is_bad(enum hfi1c_outcome outcome)
{
	switch (outcome) {
	case HFI1C_FAILED:
	case HFI1C_CRASHED:
	case HFI1C_TIMED_OUT:
	case HFI1C_BROKEN:
	case HFI1C_UNEXPECTED_PASS:
		return true;
	default:
		return false;
	}
}

struct hfi1c_record *hfi1c_records_map(size_t count)
{
	void *memory = mmap(NULL, count * sizeof(struct hfi1c_record),
			    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void hfi1c_records_unmap(struct hfi1c_record *records, size_t count)
{
	munmap(records, count * sizeof(*records));
}

void hfi1c_record_clear(struct hfi1c_record *record)
{
	memset(record, 0, sizeof(*record));
}

void hfi1c_record_set(struct hfi1c_record *record, enum hfi1c_outcome outcome,
		      const char *fmt, ...)
{
	va_list ap;

	record->outcome = outcome;
	va_start(ap, fmt);
	vsnprintf(record->text, sizeof(record->text), fmt, ap);
	va_end(ap);
}

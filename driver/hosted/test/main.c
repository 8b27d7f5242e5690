// SPDX-License-Identifier: BSD-3-Clause
/* Unit tests of the shim, linked directly. */
#include <stdlib.h>
#include "tests.h"

int main(void)
{
	SRunner *sr = srunner_create(sync_suite());
	int failed;

	srunner_add_suite(sr, data_suite());
	srunner_add_suite(sr, memory_suite());
	srunner_add_suite(sr, files_suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

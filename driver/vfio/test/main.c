// SPDX-License-Identifier: BSD-3-Clause
#include <stdlib.h>

#include "client.h"

int main(void)
{
	SRunner *sr = srunner_create(suite_transport());
	int failed;

	srunner_add_suite(sr, suite_dma());
	srunner_add_suite(sr, suite_pciconf());
	srunner_add_suite(sr, suite_protocol());
	srunner_add_suite(sr, suite_faults());
	srunner_add_suite(sr, suite_garbage());
	srunner_add_suite(sr, suite_uplink());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

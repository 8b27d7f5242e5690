# SPDX-License-Identifier: BSD-3-Clause
#
# The conformance suite: runner, helpers, hand-written groups, the engine that
# runs generated tables, and the tables themselves.

CONF_RUNNER := $(addprefix conformance/runner/,driver.c execute.c leaks.c \
	main.c matrix.c options.c plan.c record.c report.c report_human.c \
	report_json.c report_junit.c report_ktap.c rules.c schedule.c verdict.c)
CONF_LIB := $(addprefix conformance/lib/,buffers.c calls.c ctl.c \
	print.c process.c)

$(B)/conformance/%.o: CPPFLAGS += -D_GNU_SOURCE
$(B)/generated/conformance/%.o: CPPFLAGS += -D_GNU_SOURCE -Iconformance

CONF_LDLIBS := -lcheck -lsubunit -lm -lrt -lpthread

$(eval $(call c-lib,hfi1c-runner,$(CONF_RUNNER) $(CONF_LIB)))
$(eval $(call c-prog,conformance-fake,conformance/test/fake.c,\
	hfi1c-runner,$(CONF_LDLIBS)))
$(eval $(call c-test,test-conformance-runner,conformance/test/runner.c,\
	hfi1c-runner,))

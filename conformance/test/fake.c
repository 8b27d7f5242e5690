// SPDX-License-Identifier: BSD-3-Clause
/*
 * A suite whose cases do on purpose what real ones must never do, to prove
 * that the runner tells all outcomes apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../case.h"
#include "../lib/calls.h"
#include "../lib/process.h"
#include "../runner/main.h"

#define FAKE_COMMAND 0xc0181be4

const struct hfi1c_field fake_fields[] = {
	{ "vaddr", 0, 8, 1, HFI1C_FIELD_HEX, 1, 0 },
	{ "count", 8, 4, 1, HFI1C_FIELD_UNSIGNED, 1, 0 },
	{ "delta", 12, 2, 1, HFI1C_FIELD_SIGNED, 1, 0 },
	{ "tag", 14, 1, 2, HFI1C_FIELD_BYTES, 1, 0 },
	{ "result", 16, 8, 1, HFI1C_FIELD_UNSIGNED, 0, 1 },
};

const struct hfi1c_command hfi1c_commands[] = {
	{ "FAKE", "HFI1_IOCTL_FAKE", FAKE_COMMAND, 24, "fake", fake_fields, 5 },
};
const size_t hfi1c_command_count = 1;

struct fake_argument {
	uint64_t vaddr;
	uint32_t count;
	int16_t delta;
	uint8_t tag[2];
	uint64_t result;
};

static void pass(const struct hfi1c_case *c)
{
	hfi1c_note("nobody sees the notes of a case that passes");
	(void)c;
}

static void fail(const struct hfi1c_case *c)
{
	struct fake_argument arg = { 0x1000, 7, -2, { 0xab, 0xcd }, 99 };
	int fd = hfi1c_open(hfi1c_device(), O_RDWR);
	int i;

	(void)c;
	for (i = 1; i <= 6; i++)
		hfi1c_note("note %d", i);
	hfi1c_expect_errno(hfi1c_ioctl(fd, FAKE_COMMAND, &arg), EINVAL);
}

static void fail_pointer(const struct hfi1c_case *c)
{
	int fd = hfi1c_open(hfi1c_device(), O_RDWR);

	(void)c;
	hfi1c_expect_ok(hfi1c_ioctl(fd, FAKE_COMMAND, NULL));
}

static void fail_value(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_expect_u64(0x10, 0x20, "the <answer> & its \"question\" # 1");
}

static void crash(const struct hfi1c_case *c)
{
	(void)c;
	raise(SIGSEGV);
}

static void leave(const struct hfi1c_case *c)
{
	(void)c;
	exit(0);
}

static void hang(const struct hfi1c_case *c)
{
	(void)c;
	for (;;)
		pause();
}

static void skip(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_skip("there is no moon tonight");
}

static void unsupported(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_not_supported("runtime_flags do not show WINGS");
}

static void broken(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_setup(hfi1c_open("/nonexistent", O_RDWR) >= 0,
		    "cannot open the set-up");
}

static void leak_fd(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_open(hfi1c_device(), O_RDWR);
}

static void sleeper(struct hfi1c_peer *parent, void *data)
{
	(void)data;
	(void)parent;
	pause();
}

static void leak_child(const struct hfi1c_case *c)
{
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, sleeper, NULL);
}

static void child_body(struct hfi1c_peer *parent, void *data)
{
	(void)data;
	hfi1c_tell(parent, 1);
	hfi1c_fail("the child saw it");
}

static void child_fails(const struct hfi1c_case *c)
{
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, child_body, NULL);
	hfi1c_hear(&child);
	hfi1c_hear(&child);
}

static void child_dies_body(struct hfi1c_peer *parent, void *data)
{
	(void)data;
	(void)parent;
	abort();
}

static void child_dies(const struct hfi1c_case *c)
{
	struct hfi1c_peer child;

	(void)c;
	hfi1c_fork(&child, child_dies_body, NULL);
	hfi1c_reap(&child);
}

static void *thread_body(void *data)
{
	(void)data;
	hfi1c_fail("the thread saw it");
}

static void thread_fails(const struct hfi1c_case *c)
{
	pthread_t thread;

	(void)c;
	pthread_create(&thread, NULL, thread_body, NULL);
	pthread_join(thread, NULL);
}

/* Fails in the third repetition, and only then. */
static void third_time(const struct hfi1c_case *c)
{
	static const char path[] = "fake-counter";
	int fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
	off_t n;

	(void)c;
	hfi1c_setup(fd >= 0 && write(fd, "x", 1) == 1, "no counter");
	n = lseek(fd, 0, SEEK_END);
	close(fd);
	hfi1c_expect(n != 3, "this was the third time");
}

static void draws(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_fail("seed %llu draws %llu", (unsigned long long)hfi1c_seed(),
		   (unsigned long long)hfi1c_random());
}

static void kill_runner(const struct hfi1c_case *c)
{
	(void)c;
	kill(getppid(), SIGKILL);
	pause();
}

static const struct hfi1c_case good_cases[] = {
	{ "good.one", "FAKE", "passes", pass, NULL, 0, 0 },
	{ "good.two", "FAKE.first FAKE", "passes too", pass, NULL,
	  HFI1C_EXCLUSIVE, 0 },
};

static const struct hfi1c_case bad_cases[] = {
	{ "bad.fail", "FAKE.first", "a call is refused", fail, NULL, 0, 0 },
	{ "bad.pointer", "FAKE", "a call succeeds", fail_pointer, NULL, 0, 0 },
	{ "bad.value", "FAKE.none", "a value is right", fail_value, NULL, 0,
	  0 },
	{ "bad.crash", "FAKE", "nothing crashes", crash, NULL, 0, 0 },
	{ "bad.leave", "FAKE", "nobody leaves", leave, NULL, 0, 0 },
	{ "bad.hang", "FAKE", "all come to an end", hang, NULL, 0, 1 },
	{ "bad.broken", "FAKE", "the set-up holds", broken, NULL, 0, 0 },
	{ "bad.leak-fd", "FAKE", "no descriptor is left", leak_fd, NULL, 0, 0 },
	{ "bad.leak-child", "FAKE", "no child is left", leak_child, NULL, 0,
	  0 },
	{ "bad.child", "FAKE", "the child is content", child_fails, NULL, 0,
	  0 },
	{ "bad.child-dies", "FAKE", "the child lives", child_dies, NULL, 0, 0 },
	{ "bad.thread", "FAKE", "the thread is content", thread_fails, NULL, 0,
	  0 },
};

static const struct hfi1c_case other_cases[] = {
	{ "other.skip", "FAKE", "the moon shines", skip, NULL, 0, 0 },
	{ "other.unsupported", "FAKE", "it flies", unsupported, NULL, 0, 0 },
	{ "other.needs-ctl", "FAKE", "faults are met", pass, NULL,
	  HFI1C_NEEDS_CTL, 0 },
	{ "other.slow", "FAKE", "time passes", pass, NULL, HFI1C_NEEDS_SLOW,
	  0 },
	{ "other.deviates", "FAKE", "it is as the spec says", fail_value, NULL,
	  0, 0 },
	{ "other.known", "FAKE", "it fails as expected", fail_value, NULL, 0,
	  0 },
	{ "other.repaired", "FAKE", "it passes again", pass, NULL, 0, 0 },
};

/* A case may ask what is known of others, by name and by clause. */
static void knows(const struct hfi1c_case *c)
{
	(void)c;
	hfi1c_expect(!hfi1c_deviates("other.slow") &&
			     !hfi1c_deviates_from("FAKE.knows"),
		     "too much is known");
	hfi1c_expect(hfi1c_deviates("other.deviates") &&
			     hfi1c_deviates_from("FAKE"),
		     "nothing is known");
}

static const struct hfi1c_case extra_cases[] = {
	{ "extra.third-time", "FAKE", "it never fails", third_time, NULL, 0,
	  0 },
	{ "extra.draws", "FAKE", "it draws", draws, NULL, 0, 0 },
	{ "extra.knows", "FAKE.knows", "the driver deviates", knows, NULL, 0,
	  0 },
	{ "extra.kill-runner", "FAKE", "the runner lives", kill_runner, NULL, 0,
	  0 },
	{ "extra.after", "FAKE", "the next one runs", pass, NULL, 0, 0 },
};

static HFI1C_GROUP(good, "good", "Cases that pass.", good_cases);
static HFI1C_GROUP(bad, "bad", "Cases that do not.", bad_cases);
static HFI1C_GROUP(other, "other", "Cases in between.", other_cases);
static HFI1C_GROUP(extra, "extra", "Cases for one test each.", extra_cases);
/* Last, and only there when a test asks for a suite that is wrong. */
static HFI1C_GROUP(twins, "twins", "The good cases once more.", good_cases);

static const struct hfi1c_group *const groups[] = {
	&hfi1c_group_good,  &hfi1c_group_bad,	&hfi1c_group_other,
	&hfi1c_group_extra, &hfi1c_group_twins,
};

static const struct hfi1c_clause clauses[] = {
	{ "FAKE", "spec/fake.yaml:10", "Does nothing.", NULL },
	{ "FAKE.first", "spec/fake.yaml:12", "delta < 0 gives EINVAL", NULL },
	{ "FAKE.second", "spec/fake.yaml:13", "EIO when tired", NULL },
	{ "FAKE.third", "spec/fake.yaml:14", "ENOMEM",
	  "needs a small machine" },
};

static const char *const deviating[] = { "other.dev*", NULL };

static const struct hfi1c_deviation deviations[] = {
	{ "fake-two", "fakedriver", ">=2.0,<3", deviating, "It says 16.",
	  "Seen in its source.", "spec/fake.yaml:20" },
	{ "fake-four", "fakedriver", "4.0..4.2", deviating, "It says 16.",
	  "Seen in its source.", "spec/fake.yaml:26" },
	{ "fake-kernel", "linux", ">=6.4", deviating, "Nobody asks it.",
	  "Seen in the kernel's source.", "spec/fake.yaml:32" },
};

int main(int argc, char **argv)
{
	const struct hfi1c_suite suite = {
		.program = "hfi1-conformance",
		.interface = "nothing but the runner",
		.device = "/dev/null",
		.ctl = "HFI1_CONFORMANCE_CTL",
		.groups = groups,
		.group_count = sizeof(groups) / sizeof(groups[0]) -
			       !getenv("FAKE_TWINS"),
		.clauses = clauses,
		.clause_count = sizeof(clauses) / sizeof(clauses[0]),
		.deviations = deviations,
		.deviation_count = sizeof(deviations) / sizeof(deviations[0]),
	};

	return hfi1c_main(&suite, argc, argv);
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * Kills processes at random points of opening, assigning and mapping, and
 * shows that the emulator keeps nothing of them; then watches it idle.
 *
 *	hfi1-emu run -- hfi1-emu-soak [CYCLES [SEED]]
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <rdma/hfi/hfi1_cmds.h>
#include <rdma/hfi/hfi1_user.h>

#define CYCLES		   10000
#define AT_A_TIME	   4
#define KILL_WITHIN_US	   2000
#define IDLE_SECONDS	   5
#define IDLE_LIMIT_PERCENT 1.0
#define PAGE_OFFSET_MASK   0xfffull

/* Members of the status object that must be the same before and after. */
static const char *const kept[] = {
	"connections",	"processes",	 "open_files",	"address_spaces",
	"pinned_pages", "notifiers",	 "allocations", "dma_mappings",
	"contexts",	"send_contexts", "tids",	"tid_nodes",
	"warnings",	"cpus",
};

#define KEPT (sizeof(kept) / sizeof(kept[0]))

struct status {
	long values[KEPT];
	long pid;
	long fds;
	long threads;
};

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static long count_entries(long pid, const char *folder)
{
	char command[64];
	long n = -1;
	FILE *f;

	snprintf(command, sizeof(command), "ls /proc/%ld/%s | wc -l", pid,
		 folder);
	f = popen(command, "r");
	if (!f || fscanf(f, "%ld", &n) != 1)
		fail(command);
	pclose(f);
	return n;
}

/* The first member of this name; members of units come behind the totals. */
static void read_member(struct status *s, const char *line)
{
	char name[64];
	long value;
	size_t i;

	if (sscanf(line, " \"%63[^\"]\": %ld", name, &value) != 2)
		return;
	if (!strcmp(name, "pid"))
		s->pid = value;
	for (i = 0; i < KEPT; i++)
		if (!strcmp(name, kept[i]) && s->values[i] < 0)
			s->values[i] = value;
}

static struct status read_status(void)
{
	struct status s = { .pid = -1 };
	char line[256];
	FILE *f;

	memset(s.values, 0xff, sizeof(s.values));
	f = popen("hfi1-emu ctl status", "r");
	if (!f)
		fail("hfi1-emu ctl status");
	while (fgets(line, sizeof(line), f))
		read_member(&s, line);
	if (pclose(f) || s.pid < 0) {
		fprintf(stderr, "soak: no status; run it under hfi1-emu\n");
		exit(2);
	}
	s.fds = count_entries(s.pid, "fd");
	s.threads = count_entries(s.pid, "task");
	return s;
}

/* What it is once two looks in a row see the same. */
static struct status settled_status(void)
{
	struct status last, now = read_status();
	int tries = 50;

	do {
		last = now;
		usleep(300000);
		now = read_status();
	} while (memcmp(&last, &now, sizeof(now)) && --tries);
	return now;
}

static void map_all(int fd, const struct hfi1_ctxt_info *ci,
		    const struct hfi1_base_info *bi)
{
	const struct {
		__u64 token;
		size_t length;
		int prot;
	} maps[] = {
		{ bi->pio_bufbase, ci->credits * 64u, PROT_WRITE },
		{ bi->pio_bufbase_sop, ci->credits * 64u, PROT_WRITE },
		{ bi->sc_credits_addr, 4096, PROT_READ },
		{ bi->rcvhdr_bufbase, ci->rcvhdrq_cnt * ci->rcvhdrq_entsize,
		  PROT_READ },
		{ bi->rcvegr_bufbase, (size_t)ci->egrtids * ci->rcvegr_size,
		  PROT_READ },
		{ bi->user_regbase, 4096, PROT_READ | PROT_WRITE },
		{ bi->events_bufbase, 4096, PROT_READ },
		{ bi->status_bufbase, 4096, PROT_READ },
	};
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		mmap(NULL, maps[i].length, maps[i].prot, MAP_SHARED, fd,
		     (off_t)(maps[i].token & ~PAGE_OFFSET_MASK));
}

/* One process of the crowd; it works until it is killed. */
static void victim(void)
{
	static char buffer[8 * 4096] __attribute__((aligned(4096)));
	struct hfi1_user_info ui = { .userversion = HFI1_USER_SWMAJOR
						    << HFI1_SWMAJOR_SHIFT };
	struct hfi1_ctxt_info ci;
	struct hfi1_base_info bi;
	__u32 list[64];
	struct hfi1_tid_info tid = { .vaddr = (__u64)(unsigned long)buffer,
				     .tidlist = (__u64)(unsigned long)list,
				     .length = sizeof(buffer) };

	for (;;) {
		int fd = open("/dev/hfi1_0", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			_exit(1);
		if (!ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, &ui) &&
		    !ioctl(fd, HFI1_IOCTL_CTXT_INFO, &ci) &&
		    !ioctl(fd, HFI1_IOCTL_USER_INFO, &bi)) {
			map_all(fd, &ci, &bi);
			ioctl(fd, HFI1_IOCTL_TID_UPDATE, &tid);
		}
		close(fd);
	}
}

/*
 * What the emulator makes once and keeps, such as its read-only view of the
 * memory that programs map, is there before we count.
 */
static void warm_up(void)
{
	struct hfi1_user_info ui = { .userversion = HFI1_USER_SWMAJOR
						    << HFI1_SWMAJOR_SHIFT };
	struct hfi1_ctxt_info ci;
	struct hfi1_base_info bi;
	int fd = open("/dev/hfi1_0", O_RDWR | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, HFI1_IOCTL_ASSIGN_CTXT, &ui) ||
	    ioctl(fd, HFI1_IOCTL_CTXT_INFO, &ci) ||
	    ioctl(fd, HFI1_IOCTL_USER_INFO, &bi))
		fail("/dev/hfi1_0");
	map_all(fd, &ci, &bi);
	_exit(0);
}

static void in_child(void (*work)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		work();
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "soak: the device cannot be used\n");
		exit(2);
	}
}

static void one_round(void)
{
	pid_t pids[AT_A_TIME];
	int i;

	for (i = 0; i < AT_A_TIME; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			fail("fork");
		if (!pids[i])
			victim();
	}
	usleep(rand() % KILL_WITHIN_US);
	for (i = 0; i < AT_A_TIME; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < AT_A_TIME; i++)
		waitpid(pids[i], NULL, 0);
}

static int compare(const struct status *before, const struct status *after)
{
	int bad = 0;
	size_t i;

	for (i = 0; i < KEPT; i++) {
		if (before->values[i] == after->values[i])
			continue;
		printf("soak: %s: %ld before, %ld after\n", kept[i],
		       before->values[i], after->values[i]);
		bad++;
	}
	if (after->fds > before->fds) {
		printf("soak: descriptors of the emulator: %ld before, %ld after\n",
		       before->fds, after->fds);
		bad++;
	}
	if (after->threads > before->threads) {
		printf("soak: threads of the emulator: %ld before, %ld after\n",
		       before->threads, after->threads);
		bad++;
	}
	return bad;
}

static unsigned long cpu_ticks(long pid)
{
	unsigned long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (!f ||
	    fscanf(f,
		   "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		   &user, &system) != 2)
		fail(path);
	fclose(f);
	return user + system;
}

static int watch_idle(long pid)
{
	unsigned long start = cpu_ticks(pid);
	double percent;

	sleep(IDLE_SECONDS);
	percent = 100.0 * (cpu_ticks(pid) - start) / sysconf(_SC_CLK_TCK) /
		  IDLE_SECONDS;
	printf("soak: idle emulator uses %.2f %% of a CPU\n", percent);
	return percent >= IDLE_LIMIT_PERCENT;
}

int main(int argc, char **argv)
{
	long cycles = argc > 1 ? atol(argv[1]) : CYCLES, done;
	unsigned int seed = argc > 2 ? (unsigned int)atol(argv[2]) : 1;
	struct status before, after;
	int bad, tries = 50;

	srand(seed);
	/* these bring threads and caches to their working size */
	in_child(warm_up);
	one_round();
	before = settled_status();
	for (done = 0; done < cycles; done += AT_A_TIME)
		one_round();
	/* worker threads of the emulator stay a few seconds for more work */
	do {
		after = settled_status();
	} while ((after.threads > before.threads || after.fds > before.fds) &&
		 --tries);
	bad = compare(&before, &after);
	bad += watch_idle(after.pid);
	printf("soak: %ld processes killed, seed %u, %s\n", done, seed,
	       bad ? "something was left behind" : "nothing left behind");
	return bad != 0;
}

// SPDX-License-Identifier: BSD-3-Clause
/*
 * hfi1-vfio: modelled WFR adapters for QEMU.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wfr.h>

#include "adapter.h"
#include "ctl.h"
#include "dma.h"
#include "log.h"
#include "server.h"
#include "session.h"
#include "uplink.h"

#define MAX_SOCKETS 16

static const char help[] =
	"Usage: hfi1-vfio --socket PATH [OPTION]...\n"
	"Serve modelled Omni-Path (WFR) adapters to QEMU over vfio-user.\n"
	"\n"
	"  -s, --socket PATH      socket of an adapter; repeat for more adapters\n"
	"  -f, --fabric[=PATH]    join the adapters by a switch, with PATH also to\n"
	"                         those of other servers that name this socket\n"
	"  -c, --ctl PATH         socket for commands (status, faults); repeatable\n"
	"      --census FILE      at the end write which registers were read that\n"
	"                         did not return the value written last\n"
	"      --impl KIND        silicon (default), rtl, fpga or simulator\n"
	"      --rcvarray N       RcvArray entries (default 8192)\n"
	"      --map-rcvarray     let clients map the RcvArray, which costs them no\n"
	"                         trap; not for drivers that store fillers there,\n"
	"                         as Linux' hfi1 does\n"
	"      --guid GUID        port GUID of the first adapter, the next ones\n"
	"                         count up\n"
	"      --link-delay MS    time of each step of link training (default 20)\n"
	"      --log FILE         write messages there, not to standard error\n"
	"      --log-level LEVEL  error, info (default), debug or trace\n"
	"  -h, --help             show this help\n"
	"\n"
	"A client that leaves, resets or talks nonsense ends its own session; the\n"
	"adapter is reset and waits for the next one.  SIGTERM or SIGINT end the\n"
	"server; SIGUSR1 writes the census without ending it.\n"
	"\n"
	"Example:\n"
	"  hfi1-vfio --socket /tmp/a.sock &\n"
	"  qemu-system-x86_64 -object memory-backend-memfd,id=m,size=2G,share=on \\\n"
	"    -machine q35,memory-backend=m -device '{\"driver\":\"vfio-user-pci\",\n"
	"    \"socket\":{\"type\":\"unix\",\"path\":\"/tmp/a.sock\"}}' ...\n";

enum {
	OPT_CENSUS = 256,
	OPT_IMPL,
	OPT_RCVARRAY,
	OPT_MAP,
	OPT_GUID,
	OPT_LINK_DELAY,
	OPT_LOG,
	OPT_LEVEL
};

static const struct option options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "socket-path", required_argument, NULL, 's' },
	{ "fabric", optional_argument, NULL, 'f' },
	{ "ctl", required_argument, NULL, 'c' },
	{ "census", required_argument, NULL, OPT_CENSUS },
	{ "impl", required_argument, NULL, OPT_IMPL },
	{ "rcvarray", required_argument, NULL, OPT_RCVARRAY },
	{ "map-rcvarray", no_argument, NULL, OPT_MAP },
	{ "guid", required_argument, NULL, OPT_GUID },
	{ "link-delay", required_argument, NULL, OPT_LINK_DELAY },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "log-level", required_argument, NULL, OPT_LEVEL },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct setup {
	const char *socket[MAX_SOCKETS];
	unsigned int sockets;
	const char *ctl[MAX_SOCKETS];
	unsigned int ctls;
	const char *census;
	bool fabric;
	const char *uplink; /* where other servers are met, or NULL */
	bool map_array;
	struct wfr_config cfg;
};

struct service {
	struct vfu_adapter *adapter[MAX_SOCKETS];
	struct vfu_server *server[MAX_SOCKETS];
	struct vfu_server *ctl_server[MAX_SOCKETS];
	struct wfr_fabric *fabric;
	struct vfu_uplink *uplink;
	struct vfu_ctl ctl;
};

static int fail(const char *what, const char *about, int err)
{
	fprintf(stderr, "hfi1-vfio: %s%s%s%s%s\n", what, about ? " " : "",
		about ? about : "", err ? ": " : "", err ? strerror(-err) : "");
	return -1;
}

/* Options */

static int add_path(const char **list, unsigned int *n, const char *path)
{
	if (*n == MAX_SOCKETS)
		return fail("too many sockets at", path, 0);
	list[(*n)++] = path;
	return 0;
}

static int set_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno || *value > max)
		return fail("not a number that fits:", text, 0);
	return 0;
}

static int set_impl(struct wfr_config *cfg, const char *text)
{
	static const char *const kinds[] = {
		[WFR_IMPL_SILICON] = "silicon",
		[WFR_IMPL_RTL] = "rtl",
		[WFR_IMPL_FPGA] = "fpga",
		[WFR_IMPL_SIMULATOR] = "simulator",
	};
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i], text)) {
			cfg->impl = i;
			return 0;
		}
	return fail("no such kind of chip:", text, 0);
}

static int set_rcvarray(struct wfr_config *cfg, const char *text)
{
	uint64_t n;

	if (set_number(text, 1 << 20, &n))
		return -1;
	cfg->rcv_array_cnt = n;
	return 0;
}

static int set_link_delay(struct wfr_config *cfg, const char *text)
{
	uint64_t ms;

	if (set_number(text, 60000, &ms))
		return -1;
	cfg->link_delay_ns = ms * 1000000;
	return 0;
}

static int set_level(const char *text)
{
	int level = vfu_log_parse(text);

	if (level < 0)
		return fail("no such log level:", text, 0);
	vfu_log_set(level);
	return 0;
}

static int set_log(const char *path)
{
	int err = vfu_log_open(path);

	return err ? fail("cannot write", path, err) : 0;
}

static int set_option(struct setup *set, int opt, const char *arg)
{
	switch (opt) {
	case 's':
		return add_path(set->socket, &set->sockets, arg);
	case 'c':
		return add_path(set->ctl, &set->ctls, arg);
	case 'f':
		set->fabric = true;
		set->uplink = arg;
		return 0;
	case OPT_CENSUS:
		set->census = arg;
		return 0;
	case OPT_IMPL:
		return set_impl(&set->cfg, arg);
	case OPT_RCVARRAY:
		return set_rcvarray(&set->cfg, arg);
	case OPT_MAP:
		set->map_array = true;
		return 0;
	case OPT_GUID:
		return set_number(arg, UINT64_MAX, &set->cfg.port_guid);
	case OPT_LINK_DELAY:
		return set_link_delay(&set->cfg, arg);
	case OPT_LOG:
		return set_log(arg);
	case OPT_LEVEL:
		return set_level(arg);
	case 'h':
		fputs(help, stdout);
		exit(0);
	default:
		return fail("try --help", NULL, 0);
	}
}

static int parse(struct setup *set, int argc, char **argv)
{
	int opt;

	wfr_config_init(&set->cfg);
	while ((opt = getopt_long(argc, argv, "s:c:f::h", options, NULL)) != -1)
		if (set_option(set, opt, optarg))
			return -1;
	if (optind < argc)
		return fail("unexpected argument", argv[optind], 0);
	if (!set->sockets)
		return fail("no --socket given; try --help", NULL, 0);
	return 0;
}

/* Start and stop */

static int serve_vfio(int sock, void *arg)
{
	return vfu_session_run(sock, arg);
}

static int add_adapter(struct service *svc, const struct setup *set,
		       unsigned int i)
{
	struct wfr_config cfg = set->cfg;
	struct wfr_device *chip;
	char name[16];
	int err;

	snprintf(name, sizeof(name), "hfi%u", i);
	cfg.port_guid += i;
	svc->adapter[i] = vfu_adapter_create(name, &cfg, set->map_array, &err);
	if (!svc->adapter[i])
		return fail("cannot create adapter", name, err);
	svc->ctl.count++;
	chip = vfu_adapter_chip(svc->adapter[i]);
	if (set->census)
		err = wfr_census_set(chip, true);
	if (!err && svc->fabric)
		err = wfr_fabric_join(svc->fabric, chip);
	return err ? fail("cannot set up adapter", name, err) : 0;
}

static int add_servers(struct service *svc, const struct setup *set)
{
	unsigned int i;
	int err;

	for (i = 0; i < set->sockets; i++) {
		svc->server[i] = vfu_server_start(
			set->socket[i], vfu_adapter_name(svc->adapter[i]),
			serve_vfio, svc->adapter[i], &err);
		if (!svc->server[i])
			return fail("cannot listen on", set->socket[i], err);
	}
	for (i = 0; i < set->ctls; i++) {
		svc->ctl_server[i] = vfu_server_start(
			set->ctl[i], "ctl", vfu_ctl_serve, &svc->ctl, &err);
		if (!svc->ctl_server[i])
			return fail("cannot listen on", set->ctl[i], err);
	}
	return 0;
}

/* Everything exists before the first client can come. */
static int start(struct service *svc, const struct setup *set)
{
	unsigned int i;
	int err;

	svc->ctl.adapters = svc->adapter;
	if (set->fabric) {
		svc->fabric = wfr_fabric_create();
		if (!svc->fabric)
			return fail("no memory", NULL, 0);
	}
	for (i = 0; i < set->sockets; i++)
		if (add_adapter(svc, set, i))
			return -1;
	if (set->uplink) {
		svc->uplink = vfu_uplink_start(set->uplink, svc->fabric, &err);
		if (!svc->uplink)
			return fail("cannot join", set->uplink, err);
	}
	return add_servers(svc, set);
}

static int write_census(const struct service *svc, const char *path)
{
	FILE *f = fopen(path, "we");
	unsigned int i;

	if (!f)
		return fail("cannot write", path, -errno);
	for (i = 0; i < svc->ctl.count; i++) {
		fprintf(f, "# %s\n", vfu_adapter_name(svc->adapter[i]));
		wfr_census_print(vfu_adapter_chip(svc->adapter[i]), f);
	}
	return fclose(f) ? fail("cannot write", path, -errno) : 0;
}

static void stop(struct service *svc)
{
	unsigned int i;

	for (i = 0; i < MAX_SOCKETS; i++) {
		vfu_server_stop(svc->ctl_server[i]);
		vfu_server_stop(svc->server[i]);
	}
	vfu_uplink_stop(svc->uplink);
	for (i = 0; i < MAX_SOCKETS; i++)
		vfu_adapter_destroy(svc->adapter[i]);
	wfr_fabric_destroy(svc->fabric);
}

/* Threads inherit the mask, so signals come to sigwait() only. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

int main(int argc, char **argv)
{
	struct setup set = { 0 };
	struct service svc = { 0 };
	sigset_t signals;
	int sig = 0, err;

	if (parse(&set, argc, argv))
		return 2;
	block_signals(&signals);
	vfu_dma_guard();
	err = start(&svc, &set);
	while (!err && !sigwait(&signals, &sig) && sig == SIGUSR1)
		if (set.census)
			write_census(&svc, set.census);
	if (!err && set.census)
		err = write_census(&svc, set.census);
	stop(&svc);
	return err ? 1 : 0;
}

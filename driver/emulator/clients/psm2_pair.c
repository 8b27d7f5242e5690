// SPDX-License-Identifier: BSD-3-Clause
/*
 * Two processes with libpsm2 endpoints: every endpoint of one exchanges
 * checked messages of all sizes with every endpoint of the other.
 *
 * Usage: psm2-pair [-e ENDPOINTS] [-m MAX_BYTES] [-n ROUNDS] [-r] [-s] [-u]
 *		    [-p PORT [HOST]]
 *	-p: be one process of two that meet at a TCP port: the one that listens,
 *	    or with HOST the one that connects
 *	-r: other memory takes the place of the buffers before each message
 *	-s: the processes may share a context
 *	-u: the second process uses unit 1
 */
#include <netdb.h>
#include <psm2.h>
#include <psm2_mq.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "content.h"
#include "remap.h"

#define MAX_EPS	   8
#define SECOND	   1000000000LL
#define TAG_OF(ep) ((uint32_t)(ep) + 1)

struct side {
	int number;
	int peer;
	unsigned int eps;
	psm2_ep_t ep[MAX_EPS];
	psm2_mq_t mq[MAX_EPS];
	psm2_epaddr_t to[MAX_EPS][MAX_EPS]; /* from mine to theirs */
	unsigned char *in[MAX_EPS];
	unsigned char *out[MAX_EPS];
};

struct options {
	unsigned int eps;
	size_t max;
	unsigned long rounds;
	int remap;
	int share;
	int two_units;
	const char *port; /* NULL: fork the other process */
	const char *host; /* NULL: listen */
};

static psm2_uuid_t job = { 0x70, 0x61, 0x69, 0x72 };

static void must(psm2_error_t err, const char *what)
{
	if (err == PSM2_OK)
		return;
	fprintf(stderr, "psm2-pair: %s: %s\n", what,
		psm2_error_get_string(err));
	exit(EXIT_FAILURE);
}

static void swap(int fd, const void *mine, void *theirs, size_t len)
{
	if (write(fd, mine, len) == (ssize_t)len &&
	    recv(fd, theirs, len, MSG_WAITALL) == (ssize_t)len)
		return;
	fprintf(stderr, "psm2-pair: the other process is gone\n");
	exit(EXIT_FAILURE);
}

static void open_endpoints(struct side *s, const struct options *opt,
			   psm2_epid_t *ids)
{
	struct psm2_ep_open_opts o;
	unsigned int i;

	for (i = 0; i < s->eps; i++) {
		must(psm2_ep_open_opts_get_defaults(&o), "defaults");
		if (opt->two_units)
			o.unit = s->number;
		must(psm2_ep_open(job, &o, &s->ep[i], &ids[i]), "ep_open");
		must(psm2_mq_init(s->ep[i], PSM2_MQ_ORDERMASK_ALL, NULL, 0,
				  &s->mq[i]),
		     "mq_init");
	}
}

static void connect_endpoints(struct side *s, const psm2_epid_t *theirs)
{
	psm2_error_t errs[MAX_EPS];
	unsigned int i;

	for (i = 0; i < s->eps; i++)
		must(psm2_ep_connect(s->ep[i], s->eps, theirs, NULL, errs,
				     s->to[i], 30 * SECOND),
		     "ep_connect");
}

/* All endpoints make progress until @req is done. */
static void finish(struct side *s, psm2_mq_req_t *req, size_t *len)
{
	psm2_mq_status2_t st;
	psm2_error_t err;
	unsigned int i;

	while ((err = psm2_mq_test2(req, &st)) == PSM2_MQ_INCOMPLETE)
		for (i = 0; i < s->eps; i++)
			psm2_poll(s->ep[i]);
	must(err, "mq_test2");
	must(st.error_code, "message");
	*len = st.nbytes;
}

static unsigned long check(struct side *s, unsigned int ep, unsigned int from,
			   size_t len, size_t got, uint64_t round)
{
	uint64_t seed = content_seed(round, len, !s->number * 16 + from, ep);
	long at = content_check(s->in[ep], len, seed);

	if (got == len && at < 0)
		return 0;
	fprintf(stderr, "psm2-pair: %zu of %zu bytes, byte %ld is wrong\n", got,
		len, at);
	return 1;
}

/* One message from each of my endpoints to theirs at distance @shift. */
static unsigned long exchange(struct side *s, size_t len, unsigned int shift,
			      uint64_t round)
{
	psm2_mq_req_t rreq[MAX_EPS], sreq[MAX_EPS];
	psm2_mq_tag_t tag = { .tag = { 0 } }, all = { .tag = { 0 } };
	unsigned long errors = 0;
	unsigned int i, to;
	size_t got, sent;

	for (i = 0; i < s->eps; i++)
		must(psm2_mq_irecv2(s->mq[i], PSM2_MQ_ANY_ADDR, &tag, &all, 0,
				    s->in[i], len, NULL, &rreq[i]),
		     "mq_irecv2");
	for (i = 0; i < s->eps; i++) {
		to = (i + shift) % s->eps;
		content_fill(s->out[i], len,
			     content_seed(round, len, s->number * 16 + i, to));
		tag.tag0 = TAG_OF(i);
		must(psm2_mq_isend2(s->mq[i], s->to[i][to], 0, &tag, s->out[i],
				    len, NULL, &sreq[i]),
		     "mq_isend2");
	}
	for (i = 0; i < s->eps; i++) {
		finish(s, &rreq[i], &got);
		errors += check(s, i, (i + s->eps - shift) % s->eps, len, got,
				round);
		finish(s, &sreq[i], &sent);
	}
	return errors;
}

static void get_buffers(struct side *s, size_t max)
{
	unsigned int i;

	for (i = 0; i < s->eps; i++) {
		s->in[i] = remap(s->in[i], max);
		s->out[i] = remap(s->out[i], max);
	}
}

static unsigned long all_sizes(struct side *s, const struct options *opt)
{
	unsigned long errors = 0, round;
	unsigned int shift;
	size_t len;
	char word;

	for (round = 0; round < opt->rounds; round++)
		for (len = 1; len <= opt->max; len = len * 3 + 1)
			for (shift = 0; shift < s->eps; shift++) {
				if (opt->remap)
					get_buffers(s, opt->max);
				errors += exchange(s, len, shift, round);
				/* The next may overtake: take turns. */
				swap(s->peer, "x", &word, 1);
			}
	return errors;
}

static int run_side(int number, int peer, const struct options *opt)
{
	struct side s = { .number = number, .peer = peer, .eps = opt->eps };
	psm2_epid_t mine[MAX_EPS], theirs[MAX_EPS];
	int major = PSM2_VERNO_MAJOR, minor = PSM2_VERNO_MINOR;
	unsigned long errors;
	unsigned int i;
	char word;

	if (opt->share) {
		/* libpsm2 learns from these who is on the node. */
		setenv("MPI_LOCALRANKID", number ? "1" : "0", 1);
		setenv("MPI_LOCALNRANKS", "2", 1);
	}
	must(psm2_init(&major, &minor), "init");
	open_endpoints(&s, opt, mine);
	swap(peer, mine, theirs, sizeof(mine));
	connect_endpoints(&s, theirs);
	get_buffers(&s, opt->max);
	errors = all_sizes(&s, opt);
	swap(peer, "e", &word, 1);
	for (i = 0; i < s.eps; i++) {
		must(psm2_mq_finalize(s.mq[i]), "mq_finalize");
		must(psm2_ep_close(s.ep[i], PSM2_EP_CLOSE_GRACEFUL, SECOND),
		     "ep_close");
	}
	must(psm2_finalize(), "finalize");
	return errors ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void parse(int argc, char **argv, struct options *opt)
{
	int c;

	while ((c = getopt(argc, argv, "e:m:n:p:rsu")) != -1) {
		if (c == 'e')
			opt->eps = strtoul(optarg, NULL, 0);
		else if (c == 'm')
			opt->max = strtoul(optarg, NULL, 0);
		else if (c == 'n')
			opt->rounds = strtoul(optarg, NULL, 0);
		else if (c == 'p')
			opt->port = optarg;
		else if (c == 'r')
			opt->remap = 1;
		else if (c == 's')
			opt->share = 1;
		else if (c == 'u')
			opt->two_units = 1;
		else
			exit(EXIT_FAILURE);
	}
	opt->host = optind < argc ? argv[optind] : NULL;
	if (!opt->eps || opt->eps > MAX_EPS || !opt->max)
		exit(EXIT_FAILURE);
}

static int accept_one(int fd)
{
	int peer;

	if (listen(fd, 1))
		return -1;
	peer = accept(fd, NULL, NULL);
	close(fd);
	return peer;
}

/* A connection with the process on the other host. */
static int meet(const struct options *opt)
{
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = opt->host ? 0 : AI_PASSIVE };
	struct addrinfo *to;
	int fd = -1, one = 1, err;

	err = getaddrinfo(opt->host, opt->port, &hints, &to);
	if (err) {
		fprintf(stderr, "psm2-pair: %s\n", gai_strerror(err));
		exit(EXIT_FAILURE);
	}
	fd = socket(to->ai_family, to->ai_socktype | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (opt->host)
		err = connect(fd, to->ai_addr, to->ai_addrlen);
	else
		err = bind(fd, to->ai_addr, to->ai_addrlen);
	freeaddrinfo(to);
	if (!err && !opt->host)
		fd = accept_one(fd);
	if (err || fd < 0) {
		perror("psm2-pair: meeting the other process");
		exit(EXIT_FAILURE);
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct options opt = { .eps = 1, .max = 1 << 20, .rounds = 1 };
	int sv[2], status, mine;
	pid_t pid;

	parse(argc, argv, &opt);
	if (opt.port) {
		mine = run_side(!!opt.host, meet(&opt), &opt);
		printf("psm2-pair: %s\n", mine ? "failed" : "ok");
		return mine;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sv) || (pid = fork()) < 0) {
		perror("psm2-pair");
		return EXIT_FAILURE;
	}
	if (!pid) {
		close(sv[0]);
		return run_side(1, sv[1], &opt);
	}
	close(sv[1]);
	mine = run_side(0, sv[0], &opt);
	if (waitpid(pid, &status, 0) != pid || status)
		mine = EXIT_FAILURE;
	printf("psm2-pair: %s\n", mine ? "failed" : "ok");
	return mine;
}

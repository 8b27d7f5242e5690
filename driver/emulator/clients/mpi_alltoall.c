// SPDX-License-Identifier: BSD-3-Clause
/*
 * All ranks exchange random data of random lengths and check every byte.
 *
 * Usage: mpi-alltoall [ITERATIONS [MAX_BYTES [SEED]]]
 *
 * One message in sixteen is as long as MAX_BYTES allows, the others are short,
 * so that short, eager and rendezvous transfers meet.
 */
#include "content.h"
#include "mpi_check.h"

struct exchange {
	int rank;
	int size;
	size_t max;
	uint64_t seed;
	unsigned char *out;
	unsigned char *in;
	int *counts; /* 4 arrays of size: sent, where, received, where */
};

/* Length of what @from sends to @to: both know it. */
static int length(const struct exchange *x, unsigned long round, int from,
		  int to)
{
	uint64_t s = content_seed(x->seed, round, from, to);
	uint64_t pick = content_next(&s);
	size_t limit = pick % 16 ? (x->max < 4096 ? x->max : 4096) : x->max;

	return content_next(&s) % (limit + 1);
}

static void layout(struct exchange *x, unsigned long round)
{
	int *sent = x->counts, *sat = sent + x->size;
	int *got = sat + x->size, *gat = got + x->size;
	int i;

	for (i = 0; i < x->size; i++) {
		sent[i] = length(x, round, x->rank, i);
		got[i] = length(x, round, i, x->rank);
		sat[i] = gat[i] = i * (int)x->max;
	}
}

static unsigned long check(const struct exchange *x, unsigned long round)
{
	const int *got = x->counts + 2 * x->size;
	unsigned long errors = 0;
	long at;
	int i;

	for (i = 0; i < x->size; i++) {
		at = content_check(x->in + i * x->max, got[i],
				   content_seed(x->seed + 1, round, i,
						x->rank));
		if (at < 0)
			continue;
		fprintf(stderr,
			"rank %d, round %lu: byte %ld of %d from %d wrong\n",
			x->rank, round, at, got[i], i);
		errors++;
	}
	return errors;
}

static unsigned long exchange(struct exchange *x, unsigned long round)
{
	int *c = x->counts, n = x->size, i;

	layout(x, round);
	for (i = 0; i < n; i++)
		content_fill(x->out + i * x->max, c[i],
			     content_seed(x->seed + 1, round, x->rank, i));
	memset(x->in, 0xee, n * x->max);
	MPI_Alltoallv(x->out, c, c + n, MPI_BYTE, x->in, c + 2 * n, c + 3 * n,
		      MPI_BYTE, MPI_COMM_WORLD);
	return check(x, round);
}

int main(int argc, char **argv)
{
	unsigned long rounds, round, errors = 0;
	struct exchange x = { 0 };
	int ret;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &x.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &x.size);
	rounds = number_arg(argc, argv, 1, 100);
	x.max = number_arg(argc, argv, 2, 1 << 17);
	x.seed = number_arg(argc, argv, 3, 1);
	x.out = malloc(x.size * x.max + 1);
	x.in = malloc(x.size * x.max + 1);
	x.counts = calloc(4 * x.size, sizeof(int));
	if (!x.out || !x.in || !x.counts)
		MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
	for (round = 0; round < rounds; round++)
		errors += exchange(&x, round);
	ret = verdict(errors, "alltoall");
	free(x.out);
	free(x.in);
	free(x.counts);
	MPI_Finalize();
	return ret;
}

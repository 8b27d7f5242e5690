// SPDX-License-Identifier: BSD-3-Clause
/*
 * A message goes round the ring of ranks, once per size; each rank checks it
 * and passes on one of its own making.
 *
 * Usage: mpi-ring [ROUNDS [MAX_BYTES [REMAP]]]
 *
 * If REMAP is not 0, other memory takes the place of the buffers before each
 * message.
 */
#include "content.h"
#include "mpi_check.h"
#include "remap.h"

static int rank, size;

static unsigned long check(const unsigned char *buf, size_t len,
			   unsigned long round, int from)
{
	long at = content_check(buf, len,
				content_seed(1, round * len, from, rank));

	if (at < 0)
		return 0;
	fprintf(stderr, "rank %d, round %lu: byte %ld of %zu is wrong\n", rank,
		round, at, len);
	return 1;
}

static unsigned long hop(unsigned char *out, unsigned char *in, size_t len,
			 unsigned long round)
{
	int next = (rank + 1) % size, prev = (rank + size - 1) % size;
	unsigned long errors = 0;
	int count;
	MPI_Status st;

	content_fill(out, len, content_seed(1, round * len, rank, next));
	if (!rank)
		MPI_Send(out, len, MPI_BYTE, next, 7, MPI_COMM_WORLD);
	MPI_Recv(in, len, MPI_BYTE, prev, 7, MPI_COMM_WORLD, &st);
	MPI_Get_count(&st, MPI_BYTE, &count);
	errors += (size_t)count != len;
	errors += check(in, len, round, prev);
	if (rank)
		MPI_Send(out, len, MPI_BYTE, next, 7, MPI_COMM_WORLD);
	return errors;
}

int main(int argc, char **argv)
{
	unsigned long rounds, errors = 0, round, remapped;
	unsigned char *in, *out;
	size_t max, len;
	int ret;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	rounds = number_arg(argc, argv, 1, 3);
	max = number_arg(argc, argv, 2, 1 << 20);
	remapped = number_arg(argc, argv, 3, 0);
	in = remap(NULL, max);
	out = remap(NULL, max);
	for (round = 0; round < rounds; round++)
		for (len = 1; len <= max; len *= 4) {
			errors += hop(out, in, len, round);
			if (remapped) {
				in = remap(in, max);
				out = remap(out, max);
			}
		}
	ret = verdict(errors, "ring");
	munmap(in, max);
	munmap(out, max);
	MPI_Finalize();
	return ret;
}

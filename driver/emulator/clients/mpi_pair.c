// SPDX-License-Identifier: BSD-3-Clause
/*
 * Latency and bandwidth between two ranks, per size; the content is checked
 * outside the timed part.
 *
 * Usage: mpi-pair [MAX_BYTES [ROUNDS]]
 */
#include "content.h"
#include "mpi_check.h"

#define WINDOW 8

static int rank;

static double ping_pong(unsigned char *buf, size_t len, unsigned long rounds)
{
	double start = MPI_Wtime();
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		if (!rank)
			MPI_Send(buf, len, MPI_BYTE, 1, 1, MPI_COMM_WORLD);
		MPI_Recv(buf, len, MPI_BYTE, !rank, 1, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
		if (rank)
			MPI_Send(buf, len, MPI_BYTE, 0, 1, MPI_COMM_WORLD);
	}
	return (MPI_Wtime() - start) / rounds / 2;
}

/* A window of messages one way, a word back. */
static double stream(unsigned char *buf, size_t len, unsigned long rounds)
{
	MPI_Request req[WINDOW];
	double start = MPI_Wtime();
	unsigned long i;
	int w;

	for (i = 0; i < rounds; i++) {
		for (w = 0; w < WINDOW && !rank; w++)
			MPI_Isend(buf + w * len, len, MPI_BYTE, 1, 2,
				  MPI_COMM_WORLD, &req[w]);
		for (w = 0; w < WINDOW && rank; w++)
			MPI_Irecv(buf + w * len, len, MPI_BYTE, 0, 2,
				  MPI_COMM_WORLD, &req[w]);
		MPI_Waitall(WINDOW, req, MPI_STATUSES_IGNORE);
		MPI_Sendrecv(&w, 1, MPI_INT, !rank, 3, &w, 1, MPI_INT, !rank, 3,
			     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	}
	return WINDOW * rounds * len / (MPI_Wtime() - start) / 1e6;
}

static unsigned long measure(unsigned char *buf, size_t len,
			     unsigned long rounds)
{
	double seconds, rate;
	long at;

	memset(buf, rank, WINDOW * len);
	if (!rank)
		content_fill(buf, WINDOW * len, len);
	seconds = ping_pong(buf, len, rounds);
	rate = stream(buf, len, rounds);
	at = content_check(buf, WINDOW * len, len);
	if (at >= 0)
		fprintf(stderr, "rank %d, %zu bytes: byte %ld wrong\n", rank,
			len, at);
	if (!rank)
		printf("pair: %8zu bytes %10.1f us %10.1f MB/s\n", len,
		       seconds * 1e6, rate);
	return at >= 0;
}

int main(int argc, char **argv)
{
	unsigned long rounds, errors = 0;
	unsigned char *buf;
	size_t max, len;
	int size, ret;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	max = number_arg(argc, argv, 1, 1 << 20);
	rounds = number_arg(argc, argv, 2, 20);
	buf = malloc(WINDOW * max);
	if (!buf || size != 2) {
		fprintf(stderr,
			"mpi-pair: two ranks, and memory, are needed\n");
		MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
	}
	for (len = 8; len <= max; len *= 8)
		errors += measure(buf, len, rounds);
	ret = verdict(errors, "pair");
	free(buf);
	MPI_Finalize();
	return ret;
}

/* SPDX-License-Identifier: BSD-3-Clause */
/* What the MPI programs share: one verdict of all ranks. */
#ifndef CLIENTS_MPI_CHECK_H
#define CLIENTS_MPI_CHECK_H

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static inline unsigned long number_arg(int argc, char **argv, int i,
				       unsigned long otherwise)
{
	return i < argc ? strtoul(argv[i], NULL, 0) : otherwise;
}

/* Every rank's errors added up; the exit status of all of them. */
static inline int verdict(unsigned long errors, const char *what)
{
	unsigned long all = 0;
	int rank;

	MPI_Allreduce(&errors, &all, 1, MPI_UNSIGNED_LONG, MPI_SUM,
		      MPI_COMM_WORLD);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (!rank)
		printf("%s: %lu errors\n", what, all);
	return all ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif

// SPDX-License-Identifier: BSD-3-Clause
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "words.h"

const struct ctl_word ctl_switch[] = {
	{ "off", 0 },
	{ "on", 1 },
	{ .name = NULL },
};

int ctl_number(const char *text, uint64_t max, uint64_t *value, FILE *out)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (isdigit((unsigned char)*text) && !*end && !errno && *value <= max)
		return 0;
	fprintf(out, "'%s' is not a number up to %llu\n", text,
		(unsigned long long)max);
	return -EINVAL;
}

int ctl_number_or(int argc, char **argv, int at, uint64_t dflt, uint64_t *value,
		  FILE *out)
{
	*value = dflt;
	return at < argc ? ctl_number(argv[at], UINT64_MAX, value, out) : 0;
}

int ctl_lookup(const struct ctl_word *list, const char *text,
	       unsigned int *value, FILE *out)
{
	const struct ctl_word *w;

	for (w = list; w->name; w++)
		if (!strcasecmp(w->name, text)) {
			*value = w->value;
			return 0;
		}
	fprintf(out, "'%s' is none of", text);
	for (w = list; w->name; w++)
		fprintf(out, " %s", w->name);
	fprintf(out, "\n");
	return -EINVAL;
}

int ctl_result(int err, FILE *out)
{
	if (err)
		fprintf(out, "%s\n", strerror(-err));
	return err;
}

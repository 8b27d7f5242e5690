// SPDX-License-Identifier: BSD-3-Clause
/*
 * What sysfs tells about the port of the unit under test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../case.h"
#include "wire.h"

static bool read_attribute(const char *attribute, char *line, size_t size)
{
	const char *slash = strrchr(hfi1c_device(), '/');
	char path[256];
	bool ok;
	FILE *f;

	snprintf(path, sizeof(path),
		 "/sys/class/infiniband/%.64s/ports/1/%.64s",
		 slash ? slash + 1 : hfi1c_device(), attribute);
	f = fopen(path, "re");
	if (!f)
		return false;
	ok = fgets(line, size, f);
	fclose(f);
	return ok;
}

long hfi1c_port_number(const char *attribute)
{
	char line[64], *end;
	long value;

	if (!read_attribute(attribute, line, sizeof(line)))
		return -1;
	value = strtol(line, &end, 0);
	return end == line ? -1 : value;
}

unsigned int hfi1c_port_pkeys(uint16_t *table, unsigned int size)
{
	char name[32];
	unsigned int i;
	long key;

	for (i = 0; i < size; i++) {
		snprintf(name, sizeof(name), "pkeys/%u", i);
		key = hfi1c_port_number(name);
		if (key < 0)
			break;
		table[i] = key;
	}
	return i;
}

bool hfi1c_port_is_active(void)
{
	return hfi1c_port_number("state") == 4;
}

// SPDX-License-Identifier: BSD-3-Clause
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "driver.h"
#include "options.h"

#define RELEASE_TRIES	200
#define RELEASE_WAIT_US 1000

static const char *unit_name(const char *device)
{
	const char *slash = strrchr(device, '/');

	return slash ? slash + 1 : device;
}

static bool read_line(const char *path, char *buffer, size_t size)
{
	FILE *f = fopen(path, "r");
	bool ok;

	if (!f)
		return false;
	ok = fgets(buffer, size, f);
	fclose(f);
	if (ok)
		buffer[strcspn(buffer, "\n")] = '\0';
	return ok;
}

static void take_given(struct hfi1c_driver *d, const char *given)
{
	size_t length = strcspn(given, ":");
	const char *kernel;

	snprintf(d->name, sizeof(d->name), "%.*s", (int)length, given);
	if (!given[length])
		return;
	given += length + 1;
	length = strcspn(given, "@");
	kernel = given[length] ? given + length + 1 : "";
	snprintf(d->version, sizeof(d->version), "%.*s", (int)length, given);
	snprintf(d->kernel, sizeof(d->kernel), "%s", kernel);
}

/* In-tree modules carry no version of their own: the kernel's is theirs. */
static void find_version(struct hfi1c_driver *d)
{
	struct utsname uts;
	char path[128];

	if (!uname(&uts))
		snprintf(d->kernel, sizeof(d->kernel), "%.60s", uts.release);
	snprintf(path, sizeof(path), "/sys/module/%s/version", d->name);
	if (!read_line(path, d->version, sizeof(d->version)))
		strcpy(d->version, d->kernel);
}

static bool ask_sysfs(struct hfi1c_driver *d, const char *device)
{
	char path[256], target[256];
	ssize_t n;

	snprintf(path, sizeof(path),
		 "/sys/class/infiniband/%.64s/device/driver/module",
		 unit_name(device));
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	snprintf(d->name, sizeof(d->name), "%.60s", unit_name(target));
	find_version(d);
	return true;
}

/* The command's status, JSON, has a member "driver": "NAME VERSION". */
static bool parse_status(struct hfi1c_driver *d, const char *line)
{
	return sscanf(line, " \"driver\": \"%63[^ \"] %63[^\"]", d->name,
		      d->version) >= 1;
}

static bool ask_ctl(struct hfi1c_driver *d, const char *ctl)
{
	char command[512], line[256];
	bool found = false;
	FILE *f;

	snprintf(command, sizeof(command), "%s status 2>/dev/null", ctl);
	f = popen(command, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (!found)
			found = parse_status(d, line);
	}
	pclose(f);
	return found;
}

static bool is_loaded(struct hfi1c_driver *d, const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%.60s", module);
	if (access(path, F_OK))
		return false;
	snprintf(d->name, sizeof(d->name), "%.60s", module);
	find_version(d);
	return true;
}

void hfi1c_driver_find(struct hfi1c_driver *d, const struct hfi1c_options *o,
		       const char *usual)
{
	memset(d, 0, sizeof(*d));
	if (o->driver) {
		take_given(d, o->driver);
		return;
	}
	if (ask_sysfs(d, o->device) || (o->ctl && ask_ctl(d, o->ctl)) ||
	    (usual && is_loaded(d, usual)))
		return;
	snprintf(d->name, sizeof(d->name), "unknown");
}

/* Compares the leading dotted numbers: "6.1.0-49-amd64" is 6.1.0. */
static int compare_versions(const char *a, const char *b, bool as_far_as_b)
{
	unsigned long x, y;
	char *end;

	while ((!as_far_as_b && isdigit((unsigned char)*a)) ||
	       isdigit((unsigned char)*b)) {
		x = strtoul(a, &end, 10);
		a = *end == '.' ? end + 1 : "";
		y = strtoul(b, &end, 10);
		b = *end == '.' ? end + 1 : "";
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* FIRST..LAST, both included, and 6.12.95 is one of 6.12. */
static bool within(const char *version, const char *range, const char *dots)
{
	char first[64];

	snprintf(first, sizeof(first), "%.*s", (int)(dots - range), range);
	return compare_versions(version, first, false) >= 0 &&
	       compare_versions(version, dots + 2, true) <= 0;
}

static bool comparison_holds(const char *version, const char *constraint)
{
	size_t op = strspn(constraint, "<>=");
	int order = compare_versions(version, constraint + op, false);
	const char *dots = strstr(constraint, "..");

	if (constraint[0] == '*')
		return true;
	if (dots)
		return within(version, constraint, dots);
	if (!strncmp(constraint, ">=", 2))
		return order >= 0;
	if (!strncmp(constraint, "<=", 2))
		return order <= 0;
	if (constraint[0] == '<')
		return order < 0;
	if (constraint[0] == '>')
		return order > 0;
	return order == 0;
}

bool hfi1c_driver_matches(const struct hfi1c_driver *d, const char *name,
			  const char *versions)
{
	bool any = !strcmp(name, "linux");
	const char *version = any ? d->kernel : d->version;
	char list[128], *save, *one;

	if (any ? !d->kernel[0] : strcmp(d->name, name))
		return false;
	snprintf(list, sizeof(list), "%s", versions);
	for (one = strtok_r(list, ", ", &save); one;
	     one = strtok_r(NULL, ", ", &save))
		if (!version[0] || !comparison_holds(version, one))
			return false;
	return true;
}

int hfi1c_free_contexts(const char *device)
{
	static const char *const places[] = {
		"/sys/class/infiniband/%.64s/nfreectxts",
		"/sys/class/infiniband/%.64s/device/nfreectxts",
	};
	char path[256], line[32];
	unsigned int i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), places[i], unit_name(device));
		if (read_line(path, line, sizeof(line)))
			return atoi(line);
	}
	return -1;
}

bool hfi1c_contexts_return(const char *device, int before)
{
	int tries;

	if (before < 0)
		return true;
	for (tries = 0; tries < RELEASE_TRIES; tries++) {
		if (hfi1c_free_contexts(device) >= before)
			return true;
		usleep(RELEASE_WAIT_US);
	}
	return false;
}

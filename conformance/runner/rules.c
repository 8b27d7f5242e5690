// SPDX-License-Identifier: BSD-3-Clause
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

int hfi1c_rules_add(struct hfi1c_rules *rules, const char *pattern,
		    const char *reason)
{
	struct hfi1c_rule *list, *rule;

	list = realloc(rules->list, (rules->count + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	rules->list = list;
	rule = &list[rules->count];
	rule->pattern = strdup(pattern);
	rule->reason = strdup(reason);
	if (!rule->pattern || !rule->reason) {
		free(rule->pattern);
		free(rule->reason);
		return -ENOMEM;
	}
	rules->count++;
	return 0;
}

static char *trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static int add_line(struct hfi1c_rules *rules, char *line, const char *path,
		    unsigned int number, bool need_reason)
{
	char *comment = strchr(line, '#'), *pattern, *reason;

	if (comment)
		*comment = '\0';
	pattern = trim(line);
	if (!*pattern)
		return 0;
	reason = strchr(pattern, ':');
	if (reason)
		*reason++ = '\0';
	reason = reason ? trim(reason) : "";
	if (need_reason && !*reason) {
		fprintf(stderr, "%s:%u: '%s' has no reason: write '%s: why'\n",
			path, number, pattern, pattern);
		return -EINVAL;
	}
	return hfi1c_rules_add(rules, trim(pattern), reason);
}

int hfi1c_rules_read(struct hfi1c_rules *rules, const char *path,
		     bool need_reason)
{
	FILE *f = fopen(path, "r");
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	int ret = 0, error;

	if (!f) {
		ret = -errno;
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return ret;
	}
	while (getline(&line, &size, f) >= 0) {
		error = add_line(rules, line, path, ++number, need_reason);
		if (error)
			ret = error;
	}
	free(line);
	fclose(f);
	return ret;
}

const char *hfi1c_rules_find(const struct hfi1c_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (!fnmatch(rules->list[i].pattern, name, 0))
			return rules->list[i].reason;
	return NULL;
}

void hfi1c_rules_free(struct hfi1c_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->count; i++) {
		free(rules->list[i].pattern);
		free(rules->list[i].reason);
	}
	free(rules->list);
	memset(rules, 0, sizeof(*rules));
}

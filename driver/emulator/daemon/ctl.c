// SPDX-License-Identifier: BSD-3-Clause
/*
 * Commands of hfi1-emu ctl: statistics and fault hooks.
 *
 * Anyone may look; only the user who started the emulator, or root, may
 * change something.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/err.h>
#include <linux/sched.h>
#include "daemon.h"
#include "words.h"

#define MAX_ARGS 32

static int cmd_status(int argc, char **argv, FILE *out)
{
	struct hosted_live live;

	(void)argc;
	(void)argv;
	conn_settle();
	hosted_live(&live);
	fprintf(out, "{\n");
	fprintf(out, "  \"pid\": %d,\n", getpid());
	fprintf(out, "  \"connections\": %u,\n", conn_count());
	fprintf(out, "  \"processes\": %u,\n", proc_count());
	fprintf(out, "  \"threads\": %ld,\n", live.threads);
	fprintf(out, "  \"server_threads\": %u,\n", server_threads());
	fprintf(out, "  \"open_files\": %ld,\n", live.files);
	fprintf(out, "  \"address_spaces\": %ld,\n", live.mms);
	fprintf(out, "  \"pinned_pages\": %ld,\n", live.pinned_pages);
	fprintf(out, "  \"notifiers\": %ld,\n", live.notifiers);
	fprintf(out, "  \"dma_mappings\": %ld,\n", live.dma_maps);
	fprintf(out, "  \"allocations\": %ld,\n", live.objects);
	fprintf(out, "  \"allocated_bytes\": %ld,\n", live.bytes);
	fprintf(out, "  \"mappable_pages\": %ld,\n", live.arena_pages);
	fprintf(out, "  \"warnings\": %lu", hosted_warn_count());
	emu_devices.status(out);
	fprintf(out, "\n}\n");
	return 0;
}

static int cmd_fail_alloc(int argc, char **argv, FILE *out)
{
	uint64_t n;

	(void)argc;
	if (ctl_number(argv[1], INT32_MAX, &n, out))
		return -EINVAL;
	hosted_fail_alloc(NULL, n);
	return 0;
}

static int cmd_fail_left(int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	fprintf(out, "%ld\n", hosted_fail_alloc_left(NULL));
	return 0;
}

static int cmd_param(int argc, char **argv, FILE *out)
{
	char value[4096];
	int err;

	if (argc == 3)
		err = hosted_param_set(argv[1], argv[2]);
	else
		err = hosted_param_get(argv[1], value, sizeof(value));
	if (err == -ENOENT)
		fprintf(out, "no parameter '%s'\n", argv[1]);
	else if (err < 0)
		fprintf(out, "parameter '%s': %s\n", argv[1], strerror(-err));
	else if (argc == 2)
		fprintf(out, "%s\n", value);
	return err < 0 ? err : 0;
}

static int cmd_params(int argc, char **argv, FILE *out)
{
	struct hosted_param_info info;
	char value[4096];
	unsigned int i;

	(void)argc;
	(void)argv;
	for (i = 0; hosted_param_at(i, &info); i++) {
		if (hosted_param_get(info.name, value, sizeof(value)) < 0)
			value[0] = 0;
		fprintf(out, "%s=%s\t%s\n", info.name, value, info.desc);
	}
	return 0;
}

static int cmd_warn_reset(int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	(void)out;
	hosted_warn_reset();
	return 0;
}

static int cmd_help(int argc, char **argv, FILE *out);

static const struct ctl_command commands[] = {
	{ "help", "", "show this list", 0, 0, cmd_help },
	{ "status", "", "what is in use, as JSON", 0, 0, cmd_status },
	{ "params", "", "parameters, their values and meaning", 0, 0,
	  cmd_params },
	{ "param", "NAME [VALUE]", "show or set a parameter", 1, 2, cmd_param },
	{ "fail-alloc", "N", "let the Nth allocation from now fail, 0: none", 1,
	  1, cmd_fail_alloc },
	{ "fail-left", "", "allocations until the one that fails", 0, 0,
	  cmd_fail_left },
	{ "reset-warnings", "", "forget the warnings so far", 0, 0,
	  cmd_warn_reset },
	{ .name = NULL },
};

static void list_commands(const struct ctl_command *c, FILE *out)
{
	char left[96];

	for (; c->name; c++) {
		snprintf(left, sizeof(left), "%s %s", c->name, c->args);
		fprintf(out, "  %-40s %s\n", left, c->help);
	}
}

static int cmd_help(int argc, char **argv, FILE *out)
{
	(void)argc;
	(void)argv;
	list_commands(commands, out);
	list_commands(emu_devices.commands, out);
	return 0;
}

static const struct ctl_command *find(const struct ctl_command *c,
				      const char *name)
{
	for (; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Commands that only look. */
static bool harmless(const struct ctl_command *c, int argc)
{
	return c->run == cmd_help || c->run == cmd_status ||
	       c->run == cmd_params || c->run == cmd_fail_left ||
	       (c->run == cmd_param && argc == 2);
}

static int execute(char *text, uid_t uid, FILE *out)
{
	const struct ctl_command *c;
	char *argv[MAX_ARGS + 1], *save = NULL, *word;
	int argc = 0;

	for (word = strtok_r(text, "\n", &save); word && argc < MAX_ARGS;
	     word = strtok_r(NULL, "\n", &save))
		argv[argc++] = word;
	argv[argc] = NULL;
	c = argc ? find(commands, argv[0]) : NULL;
	if (!c && argc)
		c = find(emu_devices.commands, argv[0]);
	if (!c) {
		fprintf(out, "unknown command '%s'; see 'hfi1-emu ctl help'\n",
			argc ? argv[0] : "");
		return -EINVAL;
	}
	if (argc - 1 < c->min || argc - 1 > c->max) {
		fprintf(out, "usage: %s %s\n", c->name, c->args);
		return -EINVAL;
	}
	if (uid && uid != getuid() && !harmless(c, argc)) {
		fprintf(out, "'%s' is for the user who started the emulator\n",
			c->name);
		return -EPERM;
	}
	return c->run(argc, argv, out);
}

void ctl_serve(struct request *req)
{
	struct {
		struct emu_reply head;
		char text[EMU_CTL_MAX];
	} *rep = calloc(1, sizeof(*rep));
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!rep || !out || !req->nfds) {
		reply_result(req, -ENOMEM);
		goto done;
	}
	reply_init(&rep->head, req, execute(req->text, req->who.uid, out));
	fclose(out);
	out = NULL;
	len = min(len, (size_t)EMU_CTL_MAX - 1);
	memcpy(rep->text, text, len);
	reply_send(req->fds[0], rep, sizeof(rep->head) + len, NULL, 0);
done:
	if (out)
		fclose(out);
	free(text);
	free(rep);
}

// SPDX-License-Identifier: BSD-3-Clause
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "../tables.h"
#include "print.h"

void (*hfi1c_print_head)(const void *head, char *buffer, size_t size);

/* A bounded text under construction. */
struct text {
	char *at;
	size_t left;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at, t->left, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= t->left)
		n = t->left ? t->left - 1 : 0;
	t->at += n;
	t->left -= n;
}

static const struct hfi1c_command *find_command(uint64_t request)
{
	size_t i;

	for (i = 0; i < hfi1c_command_count; i++)
		if (hfi1c_commands[i].cmd == (uint32_t)request)
			return &hfi1c_commands[i];
	return NULL;
}

size_t hfi1c_argument_size(unsigned long request)
{
	const struct hfi1c_command *c = find_command(request);

	return c && c->size <= HFI1C_CALL_ARGUMENT ? c->size : 0;
}

static uint64_t load(const unsigned char *from, unsigned int size)
{
	uint64_t value = 0;

	memcpy(&value, from, size);
	return value;
}

static int64_t sign_extend(uint64_t value, unsigned int size)
{
	unsigned int shift = 64 - 8 * size;

	return (int64_t)(value << shift) >> shift;
}

static void add_element(struct text *t, const struct hfi1c_field *f,
			uint64_t value)
{
	switch (f->kind) {
	case HFI1C_FIELD_SIGNED:
		add(t, "%lld", (long long)sign_extend(value, f->size));
		break;
	case HFI1C_FIELD_HEX:
		add(t, "%#llx", (unsigned long long)value);
		break;
	case HFI1C_FIELD_BYTES:
		add(t, "%02x", (unsigned int)value);
		break;
	default:
		add(t, "%llu", (unsigned long long)value);
	}
}

static void add_field(struct text *t, const struct hfi1c_field *f,
		      const unsigned char *argument)
{
	unsigned int i;

	if (f->name[0])
		add(t, "%s=", f->name);
	for (i = 0; i < f->count; i++) {
		if (i && f->kind != HFI1C_FIELD_BYTES)
			add(t, " ");
		add_element(t, f,
			    load(argument + f->offset + i * f->size, f->size));
	}
}

static bool is_scalar(const struct hfi1c_command *c)
{
	return c->count == 1 && !c->fields[0].name[0];
}

/* Fields that do not flow in are what the caller left there: not shown. */
static void add_argument(struct text *t, const struct hfi1c_command *c,
			 const struct hfi1c_call *call)
{
	const char *separator = "";
	size_t i;

	if (!call->argument_size) {
		add(t, "%#llx (unreadable)", (unsigned long long)call->address);
		return;
	}
	add(t, is_scalar(c) ? "[" : "{");
	for (i = 0; i < c->count; i++) {
		if (!c->fields[i].in)
			continue;
		add(t, "%s", separator);
		add_field(t, &c->fields[i], call->argument);
		separator = ", ";
	}
	add(t, is_scalar(c) ? "]" : "}");
}

static void add_ioctl(struct text *t, const struct hfi1c_call *call)
{
	const struct hfi1c_command *c = find_command(call->request);

	if (!c) {
		add(t, "ioctl(%d, %#llx, %#llx)", call->fd,
		    (unsigned long long)call->request,
		    (unsigned long long)call->address);
		return;
	}
	add(t, "ioctl(%d, %s", call->fd, c->c_name);
	if (c->size) {
		add(t, ", ");
		add_argument(t, c, call);
	}
	add(t, ")");
}

static void add_mmap(struct text *t, const struct hfi1c_call *call)
{
	add(t, "mmap(NULL, %zu, %s%s%s%s, %s, %d, %#llx)", call->length,
	    call->prot & PROT_READ ? "r" : "-",
	    call->prot & PROT_WRITE ? "w" : "-",
	    call->prot & PROT_EXEC ? "x" : "-",
	    call->prot == PROT_NONE ? " (PROT_NONE)" : "",
	    call->flags & MAP_SHARED ? "MAP_SHARED" : "MAP_PRIVATE", call->fd,
	    (unsigned long long)call->request);
}

static void add_writev(struct text *t, const struct hfi1c_call *call)
{
	char head[128];
	int i;

	add(t, "writev(%d, {", call->fd);
	if (call->argument_size && hfi1c_print_head) {
		hfi1c_print_head(call->argument, head, sizeof(head));
		add(t, "%s ", head);
	}
	for (i = 0; i < call->count && i < HFI1C_CALL_VECTORS; i++)
		add(t, "%s%p+%zu", i ? ", " : "", call->vectors[i].iov_base,
		    call->vectors[i].iov_len);
	add(t, "%s}, %d)", call->count > HFI1C_CALL_VECTORS ? ", ..." : "",
	    call->count);
}

static void add_result(struct text *t, long result)
{
	const char *name = result < 0 ? strerrorname_np(-result) : NULL;

	if (result >= 0)
		add(t, " = %ld", result);
	else
		add(t, " = -1 %s (%s)", name ? name : "?",
		    name ? strerrordesc_np(-result) : "unknown errno");
}

const char *hfi1c_call_print(const struct hfi1c_call *call, char *buffer,
			     size_t size)
{
	struct text t = { buffer, size };

	buffer[0] = '\0';
	switch (call->kind) {
	case HFI1C_CALL_NONE:
		return buffer;
	case HFI1C_CALL_IOCTL:
		add_ioctl(&t, call);
		break;
	case HFI1C_CALL_MMAP:
		add_mmap(&t, call);
		break;
	case HFI1C_CALL_WRITEV:
		add_writev(&t, call);
		break;
	case HFI1C_CALL_OTHER:
		add(&t, "%s", call->text);
		break;
	}
	add_result(&t, call->result);
	return buffer;
}

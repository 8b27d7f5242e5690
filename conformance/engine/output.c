// SPDX-License-Identifier: BSD-3-Clause
/*
 * Results byte by byte: what is promised of them, what is written, what is
 * left alone, and what is not even read.
 */
#include <stdint.h>
#include <string.h>

#include "../lib/calls.h"
#include "../tables.h"
#include "command.h"

#define GUARD	 64
#define PATTERNS 3

static const unsigned char patterns[PATTERNS] = { 0x00, 0xff, 0xa5 };

struct frame {
	unsigned char before[GUARD];
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	unsigned char after[GUARD];
};

static const struct hfi1c_command *printed(uint32_t cmd)
{
	size_t i;

	for (i = 0; i < hfi1c_command_count; i++)
		if (hfi1c_commands[i].cmd == cmd)
			return &hfi1c_commands[i];
	hfi1c_broken("no table describes command %#x", cmd);
}

/* Copies the bytes that flow in from @input; the others keep the poison. */
static void overlay(const struct hfi1c_rules *rules, unsigned char *arg,
		    const unsigned char *input)
{
	const struct hfi1c_command *command = printed(rules->cmd);
	const struct hfi1c_field *f;

	for (f = command->fields; f < command->fields + command->count; f++)
		if (f->in)
			memcpy(arg + f->offset, input + f->offset,
			       f->size * f->count);
}

static void poison_call(struct hfi1c_world *w, const struct hfi1c_rules *rules,
			unsigned char pattern, struct frame *frame,
			unsigned char *sent)
{
	unsigned char input[HFI1C_MAX_ARGUMENT];
	long result;

	hfi1c_input(w, rules, NULL, 0, input);
	memset(frame, pattern, sizeof(*frame));
	overlay(rules, frame->arg, input);
	memcpy(sent, frame->arg, rules->size);
	hfi1c_isolated(w, rules->checks, rules->check_count, NULL, input);
	result = hfi1c_ioctl(w->fd, rules->cmd, frame->arg);
	hfi1c_expect_check(result, NULL, rules->name);
}

void hfi1c_run_ensure(const struct hfi1c_case *c)
{
	const struct hfi1c_output *o = c->data;
	unsigned char sent[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;
	struct frame frame;

	hfi1c_world_build(&w, o->scenario);
	poison_call(&w, o->rules, patterns[2], &frame, sent);
	hfi1c_expect(o->ensure->holds(&w, frame.arg), "%s does not hold: %s",
		     o->ensure->id, o->ensure->text);
	hfi1c_world_close(&w);
}

/* A byte that changes from call to call was written if it lost its poison. */
static bool is_written(unsigned int at, const struct frame *frames)
{
	unsigned int i;

	for (i = 0; i < PATTERNS; i++)
		if (frames[i].arg[at] != patterns[i])
			return true;
	return false;
}

/* Judges one byte of the three results. */
static void judge(const struct hfi1c_rules *rules, const char *name,
		  unsigned int at, struct frame *frames,
		  unsigned char sent[][HFI1C_MAX_ARGUMENT])
{
	unsigned int i;

	for (i = 0; i < PATTERNS; i++) {
		unsigned char byte = frames[i].arg[at];

		switch (rules->bytes[at]) {
		case 'o':
			hfi1c_expect(!rules->changing || is_written(at, frames),
				     "byte %u (%s) was not written", at, name);
			hfi1c_expect(
				rules->changing || byte == frames[0].arg[at],
				"byte %u (%s) depends on what was there: %#x over %#x, %#x over %#x",
				at, name, byte, patterns[i], frames[0].arg[at],
				patterns[0]);
			break;
		case 'z':
			hfi1c_expect(!byte, "byte %u (%s) is %#x, not zero", at,
				     name, byte);
			break;
		default:
			hfi1c_expect(byte == sent[i][at],
				     "byte %u (%s) was written: %#x over %#x",
				     at, name, byte, sent[i][at]);
		}
	}
}

void hfi1c_run_padding(const struct hfi1c_case *c)
{
	const struct hfi1c_bytes *b = c->data;
	unsigned char sent[PATTERNS][HFI1C_MAX_ARGUMENT];
	struct frame frames[PATTERNS];
	struct hfi1c_world w;
	unsigned int i, at;

	hfi1c_world_build(&w, b->scenario);
	for (i = 0; i < PATTERNS; i++)
		poison_call(&w, b->rules, patterns[i], &frames[i], sent[i]);
	for (i = 0; i < b->count; i++)
		for (at = 0; at < b->parts[i].size; at++)
			judge(b->rules, b->parts[i].name,
			      b->parts[i].offset + at, frames, sent);
	hfi1c_world_close(&w);
}

static void expect_filled(const unsigned char *p, size_t size,
			  unsigned char pattern, const char *where)
{
	size_t i;

	for (i = 0; i < size; i++)
		hfi1c_expect(p[i] == pattern,
			     "a byte %s the argument was written: %#x over %#x",
			     where, p[i], pattern);
}

void hfi1c_run_outside(const struct hfi1c_case *c)
{
	const struct hfi1c_bytes *b = c->data;
	unsigned char sent[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;
	struct frame frame;
	unsigned int i;

	hfi1c_world_build(&w, b->scenario);
	for (i = 0; i < PATTERNS; i++) {
		poison_call(&w, b->rules, patterns[i], &frame, sent);
		expect_filled(frame.before, GUARD, patterns[i], "before");
		expect_filled(frame.arg + b->rules->size,
			      HFI1C_MAX_ARGUMENT - b->rules->size + GUARD,
			      patterns[i], "behind");
	}
	hfi1c_world_close(&w);
}

static void randomise(const struct hfi1c_bytes *b, unsigned char *arg)
{
	unsigned int i, at;

	for (i = 0; i < b->count; i++)
		for (at = 0; at < b->parts[i].size; at++)
			arg[b->parts[i].offset + at] = hfi1c_random();
}

/* A repeatable command must even give the same bytes. */
static void compare(const struct hfi1c_world *w, const struct hfi1c_bytes *b,
		    const unsigned char *result)
{
	unsigned char plain[HFI1C_MAX_ARGUMENT];
	unsigned int at;

	if (!b->rules->idempotent || !b->rules->bytes)
		return;
	hfi1c_input(w, b->rules, NULL, 0, plain);
	hfi1c_expect_check(hfi1c_ioctl(w->fd, b->rules->cmd, plain), NULL,
			   b->rules->name);
	for (at = 0; at < b->rules->size; at++)
		if (b->rules->bytes[at] != '.')
			hfi1c_expect(plain[at] == result[at],
				     "byte %u of the result depends on %s", at,
				     b->parts[0].name);
}

void hfi1c_run_not_read(const struct hfi1c_case *c)
{
	const struct hfi1c_bytes *b = c->data;
	unsigned char arg[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;
	unsigned int i;

	for (i = 0; i < PATTERNS; i++) {
		hfi1c_world_build(&w, b->scenario);
		hfi1c_input(&w, b->rules, NULL, 0, arg);
		randomise(b, arg);
		hfi1c_isolated(&w, b->rules->checks, b->rules->check_count,
			       NULL, arg);
		hfi1c_expect_check(hfi1c_ioctl(w.fd, b->rules->cmd, arg), NULL,
				   b->rules->name);
		compare(&w, b, arg);
		hfi1c_world_close(&w);
	}
}

void hfi1c_run_not_written(const struct hfi1c_case *c)
{
	const struct hfi1c_bytes *b = c->data;
	unsigned char sent[HFI1C_MAX_ARGUMENT], arg[HFI1C_MAX_ARGUMENT];
	struct hfi1c_world w;
	unsigned int i;

	hfi1c_world_build(&w, b->scenario);
	hfi1c_input(&w, b->rules, NULL, 0, arg);
	memcpy(sent, arg, b->rules->size);
	hfi1c_isolated(&w, b->rules->checks, b->rules->check_count, NULL, arg);
	hfi1c_expect_check(hfi1c_ioctl(w.fd, b->rules->cmd, arg), NULL,
			   b->rules->name);
	for (i = 0; i < b->count; i++)
		hfi1c_expect(!memcmp(arg + b->parts[i].offset,
				     sent + b->parts[i].offset,
				     b->parts[i].size),
			     "%s was written", b->parts[i].name);
	hfi1c_world_close(&w);
}

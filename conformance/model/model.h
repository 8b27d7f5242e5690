/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The stateful model test: random calls of several processes, each compared
 * with what a reference model says.
 *
 * The model knows open files, contexts, descriptors, mappings, registered
 * buffers and packets, and takes its rules from the spec: states and
 * transitions, ordered checks with their conditions, regions, the rules of
 * poll().  One process holds the model and makes no call on the device
 * itself; actors, processes that fork from one another, make the calls, one
 * at a time.
 */
#ifndef HFI1C_MODEL_H
#define HFI1C_MODEL_H

#include <semaphore.h>

#include "../lib/tids.h"
#include "../lib/wire.h"
#include "../runner/verdict.h"
#include "../hfi1/world.h"

#define MODEL_ACTORS  4
#define MODEL_SLOTS   6 /* descriptors of an actor */
#define MODEL_FILES   64
#define MODEL_CTXTS   8
#define MODEL_MAPS    16
#define MODEL_PAGES   48 /* of an actor's memory that can be registered */
#define MODEL_ENTRIES HFI1C_MAX_TIDS
#define MODEL_PACKETS 48 /* that wait in a header queue */
#define MODEL_PAYLOAD 512
#define MODEL_RING    64 /* completion slots that are used */
#define MODEL_STEPS   100000
#define MODEL_TEXT    320
#define MODEL_TRACE   48 /* calls that are printed */

enum model_op {
	MODEL_OPEN,
	MODEL_CLOSE,
	MODEL_DUP,
	MODEL_FORK,
	MODEL_EXIT,
	MODEL_ASSIGN,
	MODEL_IOCTL,
	MODEL_UNKNOWN,
	MODEL_MMAP,
	MODEL_MUNMAP,
	MODEL_EVENTS,
	MODEL_POLL,
	MODEL_REGISTER,
	MODEL_FREE,
	MODEL_INVALID,
	MODEL_MEMORY,
	MODEL_WRITEV,
	MODEL_SEND,
	MODEL_RECEIVE,
	MODEL_HALT,
	MODEL_FREEZE,
	MODEL_LINK,
	MODEL_OPS,
};

/**
 * struct model_step - a step; what it does depends on the state it meets
 * @op:     enum model_op
 * @actor, @slot: who and on what; -1 until the first run has chosen
 * @idle:   the state had nothing to do for it
 * @draw:   random numbers for everything else
 */
struct model_step {
	unsigned char op;
	signed char actor;
	signed char slot;
	bool idle;
	uint32_t draw[6];
};

/* --- actors ------------------------------------------------------------- */

struct model_call;
typedef long (*model_act)(struct model_call *c);

/**
 * struct model_call - what an actor is asked to do, in shared memory
 * @act:    runs in the actor
 * @slot:   descriptor, or -1
 * @a:      numbers for @act
 * @result: 0 or more, or -errno
 * @value:  further results
 * @text:   the call, decoded
 * @context: of the file, for acts that map or send
 * @wire:   positions in the context's queues
 * @other:  the receiver's
 * @packet, @payload: to send
 * @plan:   of a writev()
 * @argument: of a command; at the end of a page
 * @list:   of TID words
 */
struct model_call {
	model_act act;
	int slot;
	int other_slot;
	uint64_t a[6];
	long result;
	uint64_t value[4];
	char text[MODEL_TEXT];
	struct hfi1c_context context, other;
	struct hfi1c_wire wire, other_wire;
	struct hfi1c_packet packet;
	unsigned char payload[MODEL_PAYLOAD];
	struct hfi1_ctxt_info info;
	struct hfi1_base_info base;
	unsigned char plan[2048];
	unsigned char argument[HFI1C_MAX_ARGUMENT];
	uint32_t list[MODEL_ENTRIES];
};

struct model_port {
	sem_t go, done;
	pid_t pid; /* 0: there is no such actor */
};

/* What all processes of a run share. */
struct model_shared {
	struct hfi1c_record record; /* of the run, not of the case */
	unsigned int at; /* step under way */
	unsigned int lines;
	char trace[MODEL_TRACE][MODEL_TEXT];
	struct model_port ports[MODEL_ACTORS];
	struct model_call call;
	int free_contexts; /* when nothing runs; -1: the driver does not tell */
	unsigned int count;
	struct model_step steps[MODEL_STEPS];
};

/* --- the state ---------------------------------------------------------- */

struct model_packet {
	uint64_t mark;
	uint32_t length;
};

/**
 * struct model_ctxt - a hardware context and who shares it
 * @members:  places it has, 0 for a private one
 * @id, @version: what the founder said
 * @in_use:   mask of places
 * @owner:    of each expected entry: file number + 1
 * @queue:    packets that were delivered and not read
 * @wire:     positions: block and fill of the sender, entry and sequence of
 *            the next packet to read
 */
struct model_ctxt {
	bool live;
	unsigned int number;
	unsigned int members;
	unsigned int id, version;
	unsigned int in_use;
	unsigned int poll_type;
	bool receives;
	bool halted, frozen;
	bool faulted; /* members that join later may find events of it */
	bool armed_any, armed_urgent, urgent, urgent_unsure;
	bool has_key;
	uint16_t key;
	unsigned short owner[MODEL_ENTRIES];
	unsigned int owned;
	struct model_packet queue[MODEL_PACKETS];
	unsigned int queued;
	struct hfi1c_wire wire;
};

/**
 * struct model_tid - a registered entry
 * @mm:    actor whose memory it covers
 * @first, @pages: which pages
 * @gone:  they were unmapped
 */
struct model_tid {
	uint32_t word;
	unsigned char mm;
	unsigned char first, pages;
	bool gone;
};

/**
 * struct model_file - an open file
 * @w:        its world, as conditions of the spec read it
 * @ctxt:     number of its context, or -1
 * @tids:     what it registered
 * @pending:  words that TID_INVAL_READ must return
 * @optional: words it may return
 * @events, @unsure: bits that are set, bits that may be either
 * @slots:    what the completion ring shows
 * @mm:       actor that bound the context
 */
struct model_file {
	bool live;
	struct hfi1c_world w;
	int ctxt;
	struct model_tid *tids;
	unsigned int tid_count;
	uint32_t *pending, *optional;
	unsigned int pending_count, optional_count;
	uint64_t events, unsure;
	struct hfi1_sdma_comp_entry slots[MODEL_RING];
	unsigned int mm;
};

/** struct model_map - a mapping; each actor that inherited it holds it */
struct model_map {
	int file; /* -1: none */
	unsigned int actors;
	const struct hfi1c_map_region *region;
	uint64_t address, length;
};

struct model_actor {
	bool live;
	int files[MODEL_SLOTS]; /* -1: closed */
	uint64_t mapped; /* pages of its memory */
};

struct model {
	struct model_shared *s;
	struct model_actor actors[MODEL_ACTORS];
	struct model_file files[MODEL_FILES];
	struct model_ctxt ctxts[MODEL_CTXTS];
	struct model_map maps[MODEL_MAPS];
	uint64_t memory; /* address of the pages, the same in all actors */
	void *writable; /* two views of one page, */
	void *read_only; /* of which actors may write to one */
	uint16_t keys[16];
	unsigned int key_count;
	int free_contexts; /* -1: the driver does not tell */
	bool link_up;
	uint64_t marks;
};

/* What a condition of the spec is asked about. */
struct model_question {
	struct model *m;
	struct model_file *f;
	unsigned int actor;
	const struct hfi1c_rules *rules;
	const void *arg;
	uint32_t word;
	bool bad_list; /* of TIDs */
	const char *bad_memory; /* clause of the check that meets it */
	bool bad_lane, bad_type;
};

/* actors.c */
void model_actor_start(struct model *m);
long model_do(struct model *m, unsigned int actor, model_act act, int slot);
void model_actor_end(struct model *m, unsigned int actor, bool kill);
int model_fd(int slot);
void model_set_fd(int slot, int fd);
bool model_fork(struct model *m, unsigned int from, unsigned int to);
void model_note(struct model *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* acts.c: what runs in actors */
long model_act_open(struct model_call *c);
long model_act_close(struct model_call *c);
long model_act_dup(struct model_call *c);
long model_act_ioctl(struct model_call *c);
long model_act_infos(struct model_call *c);
long model_act_mmap(struct model_call *c);
long model_act_munmap(struct model_call *c);
long model_act_event(struct model_call *c);
long model_act_poll(struct model_call *c);
long model_act_memory(struct model_call *c);
long model_act_writev(struct model_call *c);
long model_act_slot(struct model_call *c);
long model_act_send(struct model_call *c);
long model_act_arrival(struct model_call *c);
long model_act_receive(struct model_call *c);
long model_act_credits(struct model_call *c);
long model_act_halted(struct model_call *c);

/* state.c */
void model_init(struct model *m, struct model_shared *s);
struct model_file *model_file_at(struct model *m, unsigned int actor, int slot);
int model_new_file(struct model *m);
void model_settle(struct model *m); /* ends what nobody holds any more */
struct model_ctxt *model_ctxt_of(struct model *m, const struct model_file *f);
unsigned int model_tid_limit(struct model *m, const struct model_file *f);
struct hfi1c_context model_context(const struct model_file *f);
int model_slot_of(struct model *m, unsigned int actor,
		  const struct model_ctxt *ctxt);

/* predict.c */
const struct hfi1c_check *model_predict(const struct model_question *q,
					bool bad_in, bool bad_out);
const struct hfi1c_check *model_predict_list(const struct model_question *q,
					     const struct hfi1c_check *checks,
					     unsigned int count,
					     const void *locals);
unsigned int model_predict_poll(struct model *m, struct model_file *f);
bool model_goes_to(const struct model_file *f, const struct hfi1c_rules *rules,
		   unsigned int state);
struct model_ctxt *model_group(struct model *m,
			       const struct hfi1_user_info *info);
void model_expect(struct model *m, long result, long success,
		  const struct hfi1c_check *check);

/**
 * model_leaves_out() - whether the driver is known to answer otherwise where
 * @check does, so that nothing is learned by asking it again.
 */
bool model_leaves_out(const struct hfi1c_check *check);

/* the steps; false when the state has nothing to do for one */
bool model_step_open(struct model *m, const struct model_step *s);
bool model_step_close(struct model *m, const struct model_step *s);
bool model_step_dup(struct model *m, const struct model_step *s);
bool model_step_fork(struct model *m, const struct model_step *s);
bool model_step_exit(struct model *m, const struct model_step *s);
bool model_step_memory(struct model *m, const struct model_step *s);
bool model_step_mmap(struct model *m, const struct model_step *s);
bool model_step_munmap(struct model *m, const struct model_step *s);
bool model_step_assign(struct model *m, const struct model_step *s);
bool model_step_ioctl(struct model *m, const struct model_step *s);
bool model_step_unknown(struct model *m, const struct model_step *s);
bool model_step_register(struct model *m, const struct model_step *s);
bool model_step_free(struct model *m, const struct model_step *s);
bool model_step_invalid(struct model *m, const struct model_step *s);
bool model_step_events(struct model *m, const struct model_step *s);
bool model_step_poll(struct model *m, const struct model_step *s);
bool model_step_writev(struct model *m, const struct model_step *s);
bool model_step_send(struct model *m, const struct model_step *s);
bool model_step_receive(struct model *m, const struct model_step *s);
bool model_step_halt(struct model *m, const struct model_step *s);
bool model_step_freeze(struct model *m, const struct model_step *s);
bool model_step_link(struct model *m, const struct model_step *s);

/* tids.c */
void model_unmapped(struct model *m, unsigned int mm, uint64_t pages);
void model_mm_ends(struct model *m, unsigned int mm);

/* traffic.c */
void model_unarm(struct model_ctxt *c);

/* commands.c */
enum model_place { MODEL_GOOD, MODEL_UNREADABLE, MODEL_READ_ONLY };
/** model_place() - put the argument somewhere and call; the result. */
long model_command(struct model *m, const struct model_step *s,
		   const struct hfi1c_rules *rules, enum model_place place);
const struct hfi1c_rules *model_rules(uint32_t cmd);

void model_check_free(struct model *m);

/* run.c */

/** struct model_profile - how often each kind of step is drawn */
struct model_profile {
	unsigned char weight[MODEL_OPS];
	unsigned int steps;
	bool faults;
};

/** hfi1c_run_model() - the case: draw, run, and shrink what fails. */
void hfi1c_run_model(const struct hfi1c_case *c);

#endif

/* What every guest shares: the shape of an AO module towards its host, and just enough JSON to read a message and to
 * answer it. No C library. One build is 32-bit (tag wasm32-unknown-emscripten4), one 64-bit
 * (tag wasm64-unknown-emscripten-draft_2024_02_15); `usize` is the width of a pointer in each. */
#ifndef AO_H
#define AO_H

typedef __SIZE_TYPE__ usize;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define EXPORT(name) __attribute__((export_name(#name), used))
#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))
#define IMPORT_NAMED(name) IMPORT(name) /* for a name that is a macro */

/* A piece of somebody else's bytes. Empty (length 0) also stands for "not there". */
struct text {
  const char *start;
  usize length;
};

struct text text_of(const char *zero_terminated);
int text_equal(struct text a, struct text b);

/* ---- JSON in: values are handed out as the raw text they have in the document, strings with their quotes ---- */

/* The value of the object's member `key`; the last one when it is there twice. */
struct text json_member(struct text object, const char *key);
/* The element of the array that begins at *cursor (0 at first), which moves on; empty after the last one. */
struct text json_element(struct text array, usize *cursor);
/* What is between the quotes of a raw string, escapes untouched; empty for anything else. */
struct text json_inner(struct text string);
/* The raw value (a string) of the first tag of this name. `owner` has a member Tags: a message, or env's Process. */
struct text tag(struct text owner, const char *name);
int tag_is(struct text owner, const char *name, const char *value);
/* The tag as an unsigned decimal number; `otherwise` when it is absent or no number below 2^53. */
u64 tag_number(struct text owner, const char *name, u64 otherwise);

/* ---- the answer ---- */

/* A buffer that grows; on refused growth the guest traps, as there is no answer left to give. */
struct buffer {
  char *bytes;
  usize length, capacity;
};

void put(struct buffer *b, const char *zero_terminated);
void put_text(struct buffer *b, struct text t);
void put_number(struct buffer *b, i64 n);
/* `n` bytes of `c`. */
void put_fill(struct buffer *b, char c, usize n);

/* The parts of one answer: output, error and response.Messages, Spawns, Assignments. Cleared by answer_begin. */
struct answer {
  struct buffer output, error, messages, spawns, assignments;
};
extern struct answer answer;

/* Clears the parts and returns the message's text. */
struct text answer_begin(const char *message);
/* {"ok":true,"response":{...}} of the parts, ended by NUL; valid until the next call of `handle`. Without output: "". */
const char *answer_end(void);
/* Output {"data":"<the given text>"}; the text holds no character that JSON escapes. */
void output_data(const char *zero_terminated);
/* The same with `before`, a number and `after`. */
void output_number(const char *before, i64 n, const char *after);
/* response.Error */
void answer_error(const char *zero_terminated);
/* Adds a separating comma when the list is not empty. */
void next_element(struct buffer *list);
/* One {"name":..,"value":..}; `value` is a raw JSON string. A comma comes before it unless it is the list's first. */
void put_tag(struct buffer *b, const char *name, struct text value);

/* ---- memory ---- */

void *malloc(usize bytes); /* 0 when the host refuses to grow; blocks lie on 16 bytes */
void free(void *block);
void *memcpy(void *to, const void *from, usize bytes);
void *memset(void *to, int value, usize bytes);

usize emscripten_stack_get_current(void);

#endif

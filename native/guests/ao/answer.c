/* The answer of one `handle` call, gathered in parts and put together at its end. */
#include "ao.h"

struct answer answer;
static struct buffer whole;

static void reserve(struct buffer *b, usize more) {
  if (b->capacity - b->length >= more) return;
  usize capacity = b->capacity * 2 > b->length + more ? b->capacity * 2 : b->length + more + 1024;
  char *bytes = malloc(capacity);
  if (!bytes) __builtin_trap();
  if (b->length) memcpy(bytes, b->bytes, b->length);
  free(b->bytes);
  b->bytes = bytes;
  b->capacity = capacity;
}

void put_text(struct buffer *b, struct text t) {
  if (t.length == 0) return;
  reserve(b, t.length);
  memcpy(b->bytes + b->length, t.start, t.length);
  b->length += t.length;
}

void put(struct buffer *b, const char *s) { put_text(b, text_of(s)); }

void put_fill(struct buffer *b, char c, usize n) {
  reserve(b, n);
  memset(b->bytes + b->length, c, n);
  b->length += n;
}

void put_number(struct buffer *b, i64 n) {
  char digits[24];
  usize i = sizeof digits;
  u64 rest = n < 0 ? 0 - (u64)n : (u64)n;
  do {
    digits[--i] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (n < 0) digits[--i] = '-';
  put_text(b, (struct text){digits + i, sizeof digits - i});
}

struct text answer_begin(const char *message) {
  answer.output.length = answer.error.length = 0;
  answer.messages.length = answer.spawns.length = answer.assignments.length = 0;
  return text_of(message);
}

static struct text written(struct buffer *b) { return (struct text){b->bytes, b->length}; }

const char *answer_end(void) {
  whole.length = 0;
  put(&whole, "{\"ok\":true,\"response\":{\"Output\":");
  if (answer.output.length) {
    put_text(&whole, written(&answer.output));
  } else {
    put(&whole, "\"\"");
  }
  if (answer.error.length) {
    put(&whole, ",\"Error\":");
    put_text(&whole, written(&answer.error));
  }
  put(&whole, ",\"Messages\":[");
  put_text(&whole, written(&answer.messages));
  put(&whole, "],\"Spawns\":[");
  put_text(&whole, written(&answer.spawns));
  put(&whole, "],\"Assignments\":[");
  put_text(&whole, written(&answer.assignments));
  put(&whole, "]}}");
  put_fill(&whole, 0, 1);
  return whole.bytes;
}

void output_number(const char *before, i64 n, const char *after) {
  answer.output.length = 0;
  put(&answer.output, "{\"data\":\"");
  put(&answer.output, before);
  put_number(&answer.output, n);
  put(&answer.output, after);
  put(&answer.output, "\"}");
}

void output_data(const char *s) {
  answer.output.length = 0;
  put(&answer.output, "{\"data\":\"");
  put(&answer.output, s);
  put(&answer.output, "\"}");
}

void answer_error(const char *s) {
  put(&answer.error, "\"");
  put(&answer.error, s);
  put(&answer.error, "\"");
}

void next_element(struct buffer *list) {
  if (list->length) put(list, ",");
}

void put_tag(struct buffer *b, const char *name, struct text value) {
  if (b->length && b->bytes[b->length - 1] == '}') put(b, ",");
  put(b, "{\"name\":\"");
  put(b, name);
  put(b, "\",\"value\":");
  put_text(b, value);
  put(b, "}");
}

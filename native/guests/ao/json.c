/* A reader of JSON that looks but does not build: values are found by walking over the text, without recursion and
 * never past its end. The host only hands over well-formed text; on anything else "not there" comes out. */
#include "ao.h"

static const struct text NOTHING = {0, 0};

struct text text_of(const char *s) {
  usize n = 0;
  while (s[n]) n++;
  return (struct text){s, n};
}

int text_equal(struct text a, struct text b) {
  if (a.length != b.length) return 0;
  for (usize i = 0; i < a.length; i++)
    if (a.start[i] != b.start[i]) return 0;
  return 1;
}

static usize skip_space(struct text t, usize i) {
  while (i < t.length && (t.start[i] == ' ' || t.start[i] == '\n' || t.start[i] == '\r' || t.start[i] == '\t')) i++;
  return i;
}

/* The end of the string whose opening quote is at i. */
static usize skip_string(struct text t, usize i) {
  for (i++; i < t.length && t.start[i] != '"'; i++)
    if (t.start[i] == '\\') i++;
  return i < t.length ? i + 1 : t.length;
}

/* The end of the value that begins at i: a string, or up to the comma or bracket that ends it. */
static usize skip_value(struct text t, usize i) {
  usize depth = 0;
  while (i < t.length) {
    char c = t.start[i];
    if (c == '"') {
      i = skip_string(t, i);
      if (depth == 0) return i;
      continue;
    }
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') {
      if (depth == 0) return i;
      if (--depth == 0) return i + 1;
    }
    if (depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) return i;
    i++;
  }
  return i;
}

static struct text part(struct text t, usize from, usize to) { return (struct text){t.start + from, to - from}; }

struct text json_member(struct text object, const char *key) {
  struct text name = text_of(key), found = NOTHING;
  usize i = skip_space(object, 0);
  if (i >= object.length || object.start[i] != '{') return NOTHING;
  for (i = skip_space(object, i + 1); i < object.length && object.start[i] == '"';) {
    usize end = skip_string(object, i);
    int match = text_equal(json_inner(part(object, i, end)), name);
    i = skip_space(object, end);
    if (i >= object.length || object.start[i] != ':') return found;
    i = skip_space(object, i + 1);
    end = skip_value(object, i);
    if (match) found = part(object, i, end);
    i = skip_space(object, end);
    if (i >= object.length || object.start[i] != ',') return found;
    i = skip_space(object, i + 1);
  }
  return found;
}

struct text json_element(struct text array, usize *cursor) {
  usize i = skip_space(array, *cursor);
  if (i >= array.length) return NOTHING;
  if (array.start[i] != (*cursor == 0 ? '[' : ',')) return NOTHING;
  i = skip_space(array, i + 1);
  usize end = skip_value(array, i);
  *cursor = end;
  return part(array, i, end);
}

struct text json_inner(struct text string) {
  if (string.length < 2 || string.start[0] != '"') return NOTHING;
  return part(string, 1, string.length - 1);
}

struct text tag(struct text owner, const char *name) {
  struct text tags = json_member(owner, "Tags"), wanted = text_of(name), each;
  for (usize cursor = 0; (each = json_element(tags, &cursor)).length;)
    if (text_equal(json_inner(json_member(each, "name")), wanted)) return json_member(each, "value");
  return NOTHING;
}

int tag_is(struct text owner, const char *name, const char *value) {
  return text_equal(json_inner(tag(owner, name)), text_of(value));
}

u64 tag_number(struct text owner, const char *name, u64 otherwise) {
  struct text digits = json_inner(tag(owner, name));
  u64 n = 0;
  if (digits.length == 0 || digits.length > 15) return otherwise;
  for (usize i = 0; i < digits.length; i++) {
    if (digits.start[i] < '0' || digits.start[i] > '9') return otherwise;
    n = n * 10 + (u64)(digits.start[i] - '0');
  }
  return n;
}

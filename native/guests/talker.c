/* A process that talks to others: enough for a whole network to be seen at work without a Lua module. Its state is a
 * handful of counters; Action decides:
 *
 *   Eval     Data is integer arithmetic (+ - * / %, parentheses): Output.data is its value, as aos answers `1+1`.
 *   Ping     replies to From with Action=Pong and the same Data.
 *   Pong     is counted.
 *   Send     sends a message to the process named by the tag Recipient: its Action is the tag Say (default Ping), its
 *            Data this message's Data.
 *   Spawn    spawns a child of the same module; the tag Name is passed on.
 *   Spawned  (from the messenger, with the new id in the tag Process) is counted, and the child gets a Ping.
 *   Assign   assigns the message named by the tag Message to the process named by the tag Process.
 *   Cron     is counted; so is any message whose Cron is true.
 *   Fail     changes the counters, sends a message and answers with Error: none of the changes may last.
 *   Info     changes nothing but the number of messages heard; every message's answer is the counters or what was done. */
#include "ao/ao.h"

static i64 heard, pings, pongs, children, ticks, reference;

/* Data-Protocol, Type, Variant and Reference, as aos tags what it sends. */
static void put_protocol_tags(struct buffer *b, const char *type) {
  put_tag(b, "Data-Protocol", text_of("\"ao\""));
  put_tag(b, "Type", text_of(type));
  put_tag(b, "Variant", text_of("\"ao.TN.1\""));
  put(b, ",{\"name\":\"Reference\",\"value\":\"");
  put_number(b, reference);
  put(b, "\"}");
}

/* 32 digits of the reference: the messenger takes only anchors of 32 bytes. */
static void put_anchor(struct buffer *b) {
  usize digits = 1;
  for (i64 n = reference; n >= 10; n /= 10) digits++;
  put(b, "\"Anchor\":\"");
  put_fill(b, '0', 32 - digits);
  put_number(b, reference);
  put(b, "\"");
}

static struct text or_blank(struct text raw_string) { return raw_string.length > 2 ? raw_string : text_of("\" \""); }

/* `target`, `action`, `data` and `answers` (the Reference that is replied to, or empty) are raw JSON strings. */
static void send(struct text target, struct text action, struct text data, struct text answers) {
  struct buffer *b = &answer.messages;
  reference++;
  next_element(b);
  put(b, "{\"Target\":");
  put_text(b, target);
  put(b, ",\"Data\":");
  put_text(b, or_blank(data));
  put(b, ",");
  put_anchor(b);
  put(b, ",\"Tags\":[");
  put_protocol_tags(b, "\"Message\"");
  put_tag(b, "Action", action);
  if (answers.length) put_tag(b, "X-Reference", answers);
  put(b, "]}");
}

static void spawn(struct text message, struct text environment) {
  struct text process = json_member(json_member(environment, "Process"), "Id");
  struct text module = json_member(json_member(environment, "Module"), "Id"), name = tag(message, "Name");
  struct buffer *b = &answer.spawns;
  reference++;
  next_element(b);
  put(b, "{\"Data\":\" \",");
  put_anchor(b);
  put(b, ",\"Tags\":[");
  put_protocol_tags(b, "\"Process\"");
  put_tag(b, "From-Process", process);
  put_tag(b, "Module", module);
  if (name.length) put_tag(b, "Name", name);
  put(b, "]}");
}

static void assign(struct text message) {
  struct buffer *b = &answer.assignments;
  next_element(b);
  put(b, "{\"Message\":");
  put_text(b, tag(message, "Message"));
  put(b, ",\"Processes\":[");
  put_text(b, tag(message, "Process"));
  put(b, "]}");
}

/* ---- arithmetic ---- */

/* Deeper nesting is refused: it would be paid in native stack. */
#define NESTING 100

struct reader {
  struct text in;
  usize at;
  int depth;
  const char *error;
};

static i64 sum(struct reader *r);

static char peek(struct reader *r) {
  while (r->at < r->in.length && r->in.start[r->at] == ' ') r->at++;
  return r->at < r->in.length ? r->in.start[r->at] : 0;
}

static i64 fail(struct reader *r, const char *error) {
  if (!r->error) r->error = error;
  return 0;
}

static i64 operand(struct reader *r) {
  char c = peek(r);
  u64 n = 0;
  if (++r->depth > NESTING) return fail(r, "too deeply nested");
  if (c == '-') {
    r->at++;
    n = 0 - (u64)operand(r);
  } else if (c == '(') {
    r->at++;
    n = (u64)sum(r);
    if (peek(r) != ')') return fail(r, "a closing parenthesis is missing");
    r->at++;
  } else if (c >= '0' && c <= '9') {
    for (; r->at < r->in.length && (c = r->in.start[r->at]) >= '0' && c <= '9'; r->at++) n = n * 10 + (u64)(c - '0');
  } else {
    return fail(r, "a number is missing");
  }
  r->depth--;
  return (i64)n;
}

static i64 product(struct reader *r) {
  i64 left = operand(r);
  for (char c; !r->error && ((c = peek(r)) == '*' || c == '/' || c == '%');) {
    r->at++;
    i64 right = operand(r);
    if (c == '*') {
      left = (i64)((u64)left * (u64)right);
    } else if (right == 0) {
      return fail(r, "division by zero");
    } else if (right == -1) { /* the only divisor for which the machine's division can trap */
      left = c == '/' ? (i64)(0 - (u64)left) : 0;
    } else {
      left = c == '/' ? left / right : left % right;
    }
  }
  return left;
}

static i64 sum(struct reader *r) {
  i64 left = product(r);
  for (char c; !r->error && ((c = peek(r)) == '+' || c == '-');) {
    r->at++;
    u64 right = (u64)product(r);
    left = (i64)(c == '+' ? (u64)left + right : (u64)left - right);
  }
  return left;
}

static void eval(struct text data) {
  static const char RETURN[] = "return ";
  struct reader r = {json_inner(data), 0, 0, 0};
  struct text word = {r.in.start, sizeof RETURN - 1};
  if (r.in.length > word.length && text_equal(word, text_of(RETURN))) r.at = word.length;
  i64 value = sum(&r);
  if (!r.error && peek(&r)) fail(&r, "something is left after the expression");
  if (r.error) {
    answer_error(r.error);
    return;
  }
  put(&answer.output, "{\"data\":\"");
  put_number(&answer.output, value);
  put(&answer.output, "\",\"prompt\":\"talker> \",\"print\":true}");
}

/* ---- */

static void info(void) {
  struct buffer *b = &answer.output;
  struct {
    const char *name;
    i64 value;
  } each[] = {{"heard ", heard},         {", pings ", pings}, {", pongs ", pongs},
              {", children ", children}, {", ticks ", ticks}, {", sent ", reference}};
  put(b, "{\"data\":\"");
  for (usize i = 0; i < sizeof each / sizeof *each; i++) {
    put(b, each[i].name);
    put_number(b, each[i].value);
  }
  put(b, "\"}");
}

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  static const struct text NOTHING = {0, 0};
  struct text message = answer_begin(message_text), data = json_member(message, "Data");
  struct text from = json_member(message, "From"), ping = text_of("\"Ping\"");
  heard++;
  if (tag_is(message, "Action", "Cron") || text_equal(json_member(message, "Cron"), text_of("true"))) {
    ticks++;
  } else if (tag_is(message, "Action", "Eval")) {
    eval(data);
  } else if (tag_is(message, "Action", "Ping")) {
    pings++;
    send(from, text_of("\"Pong\""), data, tag(message, "Reference"));
  } else if (tag_is(message, "Action", "Pong")) {
    pongs++;
  } else if (tag_is(message, "Action", "Send")) {
    struct text recipient = tag(message, "Recipient"), say = tag(message, "Say");
    if (recipient.length) {
      send(recipient, say.length ? say : ping, data, NOTHING);
    } else {
      answer_error("Send needs the tag Recipient");
    }
  } else if (tag_is(message, "Action", "Spawn")) {
    spawn(message, text_of(environment));
  } else if (tag_is(message, "Action", "Spawned")) {
    children++;
    if (tag(message, "Process").length) send(tag(message, "Process"), ping, text_of("\"hello, child\""), NOTHING);
  } else if (tag_is(message, "Action", "Assign")) {
    if (tag(message, "Message").length && tag(message, "Process").length) {
      assign(message);
    } else {
      answer_error("Assign needs the tags Message and Process");
    }
  } else if (tag_is(message, "Action", "Fail")) {
    heard += 1000;
    send(from, text_of("\"Failed\""), data, NOTHING);
    answer_error("failed as asked");
  }
  if (!answer.output.length) info();
  return answer_end();
}

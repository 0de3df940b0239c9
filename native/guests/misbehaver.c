/* Does every wrong thing that a guest can do, as Action says. Before that it counts the message and overwrites a static
 * area, so that a host which keeps anything of a failed evaluation is found out: Action=Count answers how many messages
 * were kept, and "spoiled" when the area and the count do not belong together. */
#include "ao/ao.h"

IMPORT(exit) void host_exit(int status);
IMPORT(_abort_js) void host_abort(void);
IMPORT(_emscripten_throw_longjmp) void host_throw_longjmp(void);
IMPORT(emscripten_resize_heap) int emscripten_resize_heap(usize bytes);

extern char __heap_base;

static i64 count;
static volatile u8 area[256 * 1024];
static volatile u64 sink;

static void scribble(void) {
  for (usize i = 0; i < sizeof area; i += 1024) area[i] = (u8)count;
}

static void report_count(void) {
  for (usize i = 0; i < sizeof area; i += 1024)
    if (area[i] != (u8)count) {
      output_number("spoiled ", count, "");
      return;
    }
  output_number("", count, "");
}

/* Endless, on the engine's stack. */
__attribute__((noinline)) static u64 recurse(u64 n) {
  sink = n;
  if (sink == ~0ull) return 0; /* never: the compiler wants a way out */
  return recurse(n + 1) * 3 + sink;
}

/* Endless, on the C stack in linear memory, which runs over the static data and then below address 0. */
__attribute__((noinline)) static u64 recurse_in_memory(u64 n) {
  volatile u64 frame[4096];
  for (usize i = 0; i < 4096; i += 64) frame[i] = n;
  if (frame[0] == ~0ull) return 0; /* never */
  return recurse_in_memory(n + 1) + frame[64];
}

__attribute__((noreturn)) static void loop(void) {
  for (;;) sink++;
}

/* Endless too, but each turn makes the memory larger as long as the host lets it. */
__attribute__((noreturn)) static void loop_and_grow(void) {
  for (;;) {
    volatile u8 *block = malloc(1 << 20);
    if (block) block[0] = 1;
    sink++;
  }
}

/* All the memory that can be had, each page written; then answers how much it was. */
static void grow(struct text message) {
  u64 most = tag_number(message, "Bytes", ~0ull), got = 0;
  for (; got < most; got += 1 << 20) {
    volatile u8 *block = malloc((1 << 20) - 64);
    if (!block) break;
    for (usize i = 0; i < (1 << 20) - 64; i += 4096) block[i] = 1;
  }
  output_number("grown by ", (i64)got, "");
}

/* Without asking the host: only the module's maximum and the engine's limiter stand in the way. */
static void grow_directly(struct text message) {
  usize pages = (usize)tag_number(message, "Pages", 1), before = __builtin_wasm_memory_grow(0, pages);
  if (before == (usize)-1) {
    answer_error("memory.grow refused");
  } else {
    output_number("grown from page ", (i64)before, "");
  }
}

static void many_messages(struct text message) {
  u64 n = tag_number(message, "Times", 1000);
  for (u64 i = 0; i < n; i++) {
    next_element(&answer.messages);
    put(&answer.messages, "{\"Target\":");
    put_text(&answer.messages, json_member(message, "From"));
    put(&answer.messages, ",\"Anchor\":\"00000000000000000000000000000000\",\"Data\":\"x\",\"Tags\":[]}");
  }
}

/* The heap from here to the end of memory becomes text without an end. */
static const char *unterminated(void) {
  usize start = (usize)malloc(16), end = (usize)__builtin_wasm_memory_size(0) << 16;
  for (usize i = start; i < end; i++) *(volatile char *)i = '7';
  return (const char *)start;
}

static void trap(struct text action) {
  volatile i64 zero = 0;
  if (text_equal(action, text_of("Trap"))) __builtin_trap();
  if (text_equal(action, text_of("Loop"))) loop();
  if (text_equal(action, text_of("LoopAndGrow"))) loop_and_grow();
  if (text_equal(action, text_of("Recurse"))) sink = recurse(1);
  if (text_equal(action, text_of("RecurseInMemory"))) sink = recurse_in_memory(1);
  if (text_equal(action, text_of("DivideByZero"))) sink = (u64)(count / zero);
  if (text_equal(action, text_of("OutOfBounds"))) sink = *(volatile u8 *)((usize)0xfff00000u + (usize)zero);
  if (text_equal(action, text_of("CallNull"))) ((void (*)(void))(usize)zero)();
  if (text_equal(action, text_of("CallOutside"))) ((void (*)(void))((usize)100000 + (usize)zero))();
  if (text_equal(action, text_of("Exit"))) host_exit(3);
  if (text_equal(action, text_of("Abort"))) host_abort();
  if (text_equal(action, text_of("Throw"))) host_throw_longjmp();
}

/* Answers that are none; 0 when the action is not one of these. */
static const char *bad_answer(struct text action, struct text message) {
  static const struct {
    const char *action, *text;
  } BAD[] = {
      {"NotJson", "this is not JSON"},
      {"Truncated", "{\"ok\":true,\"response\":{\"Output\":\"abc"},
      {"Trailing", "{\"ok\":true,\"response\":{}} and more"},
      {"Empty", ""},
      {"Null", "null"},
      {"Number", "12"},
      {"EmptyObject", "{}"},
      {"NoResponse", "{\"ok\":true}"},
      {"Refuse", "{\"ok\":false,\"response\":\"refused as asked\"}"},
      {"RefuseWithObject", "{\"ok\":false,\"response\":{\"code\":7}}"},
      {"RefuseSilently", "{\"ok\":false}"},
      {"WrongTypes", "{\"ok\":true,\"response\":{\"Output\":5,\"Messages\":\"none\",\"Spawns\":{},\"Assignments\":7}}"},
      {"WrongMessages", "{\"ok\":true,\"response\":{\"Messages\":[1,null,{\"Target\":5},{\"Tags\":{}}]}}"},
      {"InvalidUtf8", "{\"ok\":true,\"response\":{\"Output\":\"a\xff\xfe\xc3(\xe2\x82 z\"}}"},
      {"EncodedSurrogate", "{\"ok\":true,\"response\":{\"Output\":\"a\xed\xa0\x80 z\"}}"},
      {"LoneSurrogate", "{\"ok\":true,\"response\":{\"Output\":\"a\\ud83d z\"}}"},
      {"RawControl", "{\"ok\":true,\"response\":{\"Output\":\"a\x01 z\"}}"},
      {"DuplicateKeys", "{\"ok\":true,\"response\":{\"Output\":\"first\",\"Output\":\"last\"}}"},
      {"LargeInteger", "{\"ok\":true,\"response\":{\"Output\":{\"n\":12345678901234567890}}}"},
      {"ByteOrderMark", "\xef\xbb\xbf{\"ok\":true,\"response\":{\"Output\":\"marked\"}}"},
  };
  static struct buffer large;
  for (usize i = 0; i < sizeof BAD / sizeof *BAD; i++)
    if (text_equal(action, text_of(BAD[i].action))) return BAD[i].text;
  if (text_equal(action, text_of("NullPointer"))) return 0;
  if (text_equal(action, text_of("OutsidePointer"))) return (const char *)(usize)0xfffffff0u;
  if (text_equal(action, text_of("NegativePointer"))) return (const char *)(usize)-16;
  if (text_equal(action, text_of("Unterminated"))) return unterminated();
  large.length = 0;
  if (text_equal(action, text_of("Huge"))) { /* good JSON, 100 MB of it unless the tag Bytes says otherwise */
    put(&large, "{\"ok\":true,\"response\":{\"Output\":\"");
    put_fill(&large, 'x', (usize)tag_number(message, "Bytes", 100000000));
    put(&large, "\"}}");
  } else if (text_equal(action, text_of("Deep"))) { /* good JSON, nested as often as the tag Times says */
    u64 times = tag_number(message, "Times", 100000);
    put(&large, "{\"ok\":true,\"response\":{\"Output\":");
    put_fill(&large, '[', (usize)times);
    put_fill(&large, ']', (usize)times);
    put(&large, "}}");
  } else {
    return 0;
  }
  put_fill(&large, 0, 1);
  return large.bytes;
}

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  struct text message = answer_begin(message_text), action = json_inner(tag(message, "Action"));
  if (text_equal(action, text_of("Count"))) {
    report_count();
    return answer_end();
  }
  count++;
  scribble();
  trap(action);
  const char *bad = bad_answer(action, message);
  if (bad || text_equal(action, text_of("NullPointer"))) return bad;
  if (text_equal(action, text_of("Grow"))) {
    grow(message);
  } else if (text_equal(action, text_of("GrowDirectly"))) {
    grow_directly(message);
  } else if (text_equal(action, text_of("ManyMessages"))) {
    many_messages(message);
  } else if (text_equal(action, text_of("Error"))) {
    answer_error("failed as asked");
    output_data("an output beside the error");
    many_messages(message);
  } else {
    report_count();
  }
  return answer_end();
}

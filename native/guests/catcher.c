/* Protected calls without Lua: as many setjmp/longjmp rounds as the tag Times says (default 1), nested as deep as the tag
 * Depth says (default 1). Action=Fail: every innermost call throws; any other: every call returns. What the compiler makes
 * of setjmp is written out by hand here: invoke_*, __THREW__, and the throw. */
#include "ao/ao.h"

#if __wasm64__
IMPORT(invoke_vjj) void invoke(u64 function, u64 a, u64 b);
#define DYNCALL dynCall_vjj
typedef u64 argument;
#else
IMPORT(invoke_vii) void invoke(u32 function, u32 a, u32 b);
#define DYNCALL dynCall_vii
typedef u32 argument;
#endif
IMPORT(_emscripten_throw_longjmp) __attribute__((noreturn)) void host_throw_longjmp(void);

static usize threw;
static int threw_value;
static i64 caught, returned, crooked;

EXPORT(setThrew) void set_threw(usize thrown, int value) {
  if (threw) return;
  threw = thrown;
  threw_value = value;
}

typedef void (*protected_call)(argument, argument);

#define EXPORT_AS(name) EXPORT(name)
EXPORT_AS(DYNCALL) void dyncall(u32 function, argument a, argument b) { ((protected_call)(usize)function)(a, b); }

/* Uses some C stack before it throws, so that a host which does not restore the stack pointer is seen. */
__attribute__((noinline)) static void innermost(argument fail) {
  volatile char frame[256];
  frame[0] = (char)fail;
  if (frame[0]) {
    set_threw(1, 7);
    host_throw_longjmp();
  }
}

static void protect(argument depth, argument fail) {
  if (depth <= 1) {
    innermost(fail);
    return;
  }
  usize stack = emscripten_stack_get_current();
  threw = 0;
  invoke((argument)(usize)protect, depth - 1, fail);
  usize thrown = threw;
  threw = 0;
  if (emscripten_stack_get_current() != stack || (thrown && threw_value != 7)) crooked++;
  if (!thrown) {
    returned++;
    return;
  }
  caught++;
  /* Every level catches and throws on, as nested pcalls that rethrow. */
  set_threw(1, 7);
  host_throw_longjmp();
}

EXPORT(handle) const char *handle(const char *message_text, const char *environment) {
  (void)environment;
  struct text message = answer_begin(message_text);
  u64 times = tag_number(message, "Times", 1), depth = tag_number(message, "Depth", 1);
  argument fail = tag_is(message, "Action", "Fail");
  caught = returned = crooked = 0;
  for (u64 i = 0; i < times; i++) {
    usize stack = emscripten_stack_get_current();
    threw = 0;
    invoke((argument)(usize)protect, (argument)depth, fail);
    if (emscripten_stack_get_current() != stack) crooked++;
    if (threw) {
      caught++;
    } else {
      returned++;
    }
    threw = 0;
  }
  put(&answer.output, "{\"data\":\"caught ");
  put_number(&answer.output, caught);
  put(&answer.output, ", returned ");
  put_number(&answer.output, returned);
  put(&answer.output, ", crooked ");
  put_number(&answer.output, crooked);
  put(&answer.output, "\"}");
  return answer_end();
}

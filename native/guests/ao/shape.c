/* The exports by which a host knows the family of a module and boots it, besides `handle` and those of stack.S. */
#include "ao.h"

extern char __heap_base;

EXPORT(emscripten_stack_get_base) usize emscripten_stack_get_base(void) { return (usize)&__heap_base; }

/* The host writes its stack cookie here. */
EXPORT(emscripten_stack_get_end) usize emscripten_stack_get_end(void) { return (usize)&__heap_base - STACK_BYTES; }

/* The bounds are constants of the linker: nothing to set up. */
EXPORT(emscripten_stack_init) void emscripten_stack_init(void) {}

/* No guest imports one of the WeaveDrive functions, the only ones for which a host unwinds: these are never called. Their
 * presence is what tells the families v4 and v64 from the older ones. */
EXPORT(asyncify_start_unwind) void asyncify_start_unwind(usize data) { (void)data; __builtin_trap(); }
EXPORT(asyncify_stop_unwind) void asyncify_stop_unwind(void) { __builtin_trap(); }
EXPORT(asyncify_start_rewind) void asyncify_start_rewind(usize data) { (void)data; __builtin_trap(); }
EXPORT(asyncify_stop_rewind) void asyncify_stop_rewind(void) { __builtin_trap(); }

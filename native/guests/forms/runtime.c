/* What the C library and the compiler's glue of emscripten give to a module, as far as a host or compiled code asks for it:
 * boot, the stack, setjmp's labels. Exports are those of the family, in its names. */
#include "host.h"

extern char __heap_base;
void _emscripten_stack_restore(usize stack);
void *_emscripten_stack_alloc(usize bytes);

struct start start;

static void note_environment(void) {
  start.constructors++;
  environ_sizes_get(&start.environment_count, &start.environment_bytes);
  char *texts[16];
  if (start.environment_count > 16 || start.environment_bytes > sizeof start.environment) __builtin_trap();
  environ_get(texts, start.environment);
  for (usize i = 0; i + 1 < start.environment_count; i++)
    if (texts[i + 1] <= texts[i]) __builtin_trap();
  for (usize i = 0; i + 1 < start.environment_bytes; i++)
    if (start.environment[i] == 0) start.environment[i] = '|';
}

__attribute__((constructor)) static void construct(void) { note_environment(); }

/* The entry of C programs, under the name that the compiler would give to it. */
static int run_main(int argc, char **argv) {
  start.mains++;
  start.argc = argc;
  start.argv = (usize)argv;
  if (argc > 0)
    for (usize i = 0; argv[0][i] && i + 1 < sizeof start.program; i++) start.program[i] = argv[0][i];
  return 0;
}
EXPORT(main) int exported_main(int argc, char **argv) { return run_main(argc, argv); }

/* ---- stack ---- */

usize current_stack(void) { return emscripten_stack_get_current(); }

#if EARLY || FORM == E3
EXPORT(stackSave) usize stack_save(void) { return emscripten_stack_get_current(); }
EXPORT(stackRestore) void stack_restore(usize stack) { _emscripten_stack_restore(stack); }
EXPORT(stackAlloc) void *stack_alloc(usize bytes) { return _emscripten_stack_alloc(bytes); }
#endif
#if FULL
EXPORT(emscripten_stack_get_base) usize emscripten_stack_get_base(void) { return (usize)&__heap_base; }
/* The host writes its stack cookie here. */
EXPORT(emscripten_stack_get_end) usize emscripten_stack_get_end(void) { return (usize)&__heap_base - STACK_BYTES; }
EXPORT(emscripten_stack_get_free) usize emscripten_stack_get_free(void) {
  return emscripten_stack_get_current() - emscripten_stack_get_end();
}
EXPORT(emscripten_stack_init) void emscripten_stack_init(void) {}
EXPORT(fflush) int fflush(void *file) { return file ? -1 : 0; }
#endif
#if STANDALONE
void __wasm_call_ctors(void);

/* Never called by a host that calls `handle`: then the constructors have not run either. */
EXPORT(_start) void program_start(void) {
  __wasm_call_ctors();
  host_exit(run_main(0, 0));
}
#endif

/* ---- error numbers ---- */

#if EARLY
static int error_number;
EXPORT(__errno_location) int *errno_location(void) { return &error_number; }
#endif

/* ---- memory for files that are mapped ---- */

#if FORM == V2 || FORM == E3
EXPORT(emscripten_builtin_memalign) void *emscripten_builtin_memalign(usize alignment, usize bytes) {
  char *block = malloc(bytes + alignment);
  return block ? (void *)(((usize)block + alignment - 1) & ~(alignment - 1)) : 0;
}
#endif

/* ---- setjmp ---- */

#if EARLY
IMPORT(setTempRet0) void setTempRet0(int value);
IMPORT(getTempRet0) int getTempRet0(void);
#else
static int temporary;
#if FORM == E3
EXPORT(setTempRet0)
#elif FORM == V4 || FORM == V64
EXPORT(_emscripten_tempret_set)
#endif
void setTempRet0(int value) { temporary = value; }
int getTempRet0(void) { return temporary; }
#endif
void put_high_word(int value) { setTempRet0(value); }
int high_word(void) { return getTempRet0(); }

/* The labels of the setjmps that one call of a function has passed: number and label of each, then a zero. */
static usize jumps;

u32 *saveSetjmp(struct jump *jump, u32 label, u32 *table, u32 size) {
  jump->number = ++jumps;
  u32 i = 0;
  while (i < size && table[2 * i]) i++;
  if (i == size) {
    u32 *larger = malloc(8 * (2 * (usize)size + 1));
    memcpy(larger, table, 8 * (usize)size);
    free(table);
    table = larger;
    size *= 2;
  }
  table[2 * i] = (u32)jump->number;
  table[2 * i + 1] = label;
  table[2 * i + 2] = 0;
  setTempRet0((int)size);
  return table;
}

u32 testSetjmp(usize number, u32 *table, u32 size) {
  for (u32 i = 0; i < size && table[2 * i]; i++)
    if (table[2 * i] == (u32)number) return table[2 * i + 1];
  return 0;
}

#if FORM == HB_EXCEPTIONS
/* Thrown with the tag of C's longjmp, number 1 in the compiler's count. */
static struct {
  struct jump *jump;
  int value;
} thrown;

void __wasm_longjmp(struct jump *jump, int value) {
  thrown.jump = jump;
  thrown.value = value ? value : 1;
  __builtin_wasm_throw(1, &thrown);
}
#else
usize __THREW__;
int __threwValue;

EXPORT(setThrew) void setThrew(usize thrown, int value) {
  if (__THREW__) return;
  __THREW__ = thrown;
  __threwValue = value;
}

void emscripten_longjmp(struct jump *jump, int value) {
  setThrew((usize)jump, value ? value : 1);
  host_throw_longjmp();
}

/* Newer families export what calls the table, for their hosts. */
#if FORM == V64
EXPORT(dynCall_vjj) void dyncall(u32 function, u64 a, u64 b) { ((void (*)(u64, u64))(usize)function)(a, b); }
#elif FORM == V4
EXPORT(dynCall_vii) void dyncall(u32 function, u32 a, u32 b) { ((void (*)(u32, u32))(usize)function)(a, b); }
#endif
#endif

/* Nothing here imports what makes a host unwind: these are never called, and tell the family. */
#if FORM == V4 || FORM == V64
EXPORT(asyncify_start_unwind) void asyncify_start_unwind(usize data) { (void)data; __builtin_trap(); }
EXPORT(asyncify_stop_unwind) void asyncify_stop_unwind(void) { __builtin_trap(); }
EXPORT(asyncify_start_rewind) void asyncify_start_rewind(usize data) { (void)data; __builtin_trap(); }
EXPORT(asyncify_stop_rewind) void asyncify_stop_rewind(void) { __builtin_trap(); }
#endif

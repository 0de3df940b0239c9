/* The peer of CallBenchmark: the same calls of the same guest on the same library, from C. Prints one JSON line for each.
 * calls GUEST.wat */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wasmtime.h>

enum { ROUNDS = 9, CALLS = 10000 };

static void fail(const char *what) {
  fprintf(stderr, "calls: %s\n", what);
  exit(1);
}

static wasm_trap_t *increment(void *env, wasmtime_caller_t *caller, wasmtime_val_raw_t *values, size_t count) {
  (void)env, (void)count;
  /* The binding finds the caller's store in the same way. */
  if (wasmtime_context_get_data(wasmtime_caller_context(caller)) != (void *)1) fail("another store");
  values[0].i64 = values[0].i64 + 1;
  return NULL;
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static wasmtime_context_t *context;
static wasmtime_instance_t instance;

static wasmtime_func_t function(const char *name) {
  wasmtime_extern_t e;
  if (!wasmtime_instance_export_get(context, &instance, name, strlen(name), &e) || e.kind != WASMTIME_EXTERN_FUNC)
    fail(name);
  return e.of.func;
}

/* Surfaces a trap as the binding does: its code and its frames are read, then it is freed. */
static void take(wasmtime_error_t *error, wasm_trap_t *trap) {
  if (error) fail("rejected");
  if (!trap) fail("no trap");
  wasmtime_trap_code_t code;
  if (!wasmtime_trap_code(trap, &code)) fail("no code");
  wasm_byte_vec_t text;
  wasm_trap_message(trap, &text);
  wasm_byte_vec_delete(&text);
  wasm_frame_vec_t frames;
  wasm_trap_trace(trap, &frames);
  wasm_frame_vec_delete(&frames);
  wasm_trap_delete(trap);
}

/* Median over the rounds of nanoseconds per operation. */
static void measure(const char *name, const char *export, long times, long operations, int traps) {
  wasmtime_func_t f = function(export);
  wasmtime_val_raw_t values[2];
  double rounds[ROUNDS];
  for (int round = -1; round < ROUNDS; round++) { /* the first warms up */
    double start = now_ns();
    for (long i = 0; i < times; i++) {
      wasm_trap_t *trap = NULL;
      values[0].i64 = CALLS;
      values[1].i64 = 2;
      wasmtime_error_t *error = wasmtime_func_call_unchecked(context, &f, values, 2, &trap);
      if (traps) take(error, trap);
      else if (error || trap) fail("did not return");
    }
    if (round >= 0) rounds[round] = (now_ns() - start) / ((double)times * operations);
  }
  qsort(rounds, ROUNDS, sizeof rounds[0], by_value);
  printf("{\"peer\":\"C, Wasmtime " WASMTIME_VERSION "\",\"benchmark\":\"%s\",\"nsPerOp\":%.1f,\"best\":%.1f}\n", name,
         rounds[ROUNDS / 2], rounds[0]);
}

int main(int argc, char **argv) {
  if (argc != 2) fail("usage: calls GUEST.wat");
  static char wat[65536];
  FILE *file = fopen(argv[1], "r");
  if (!file) fail("cannot read the guest");
  size_t length = fread(wat, 1, sizeof wat, file);
  fclose(file);

  wasm_config_t *config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  wasm_engine_t *engine = wasm_engine_new_with_config(config);
  wasmtime_store_t *store = wasmtime_store_new(engine, (void *)1, NULL);
  context = wasmtime_store_context(store);
  wasmtime_context_set_epoch_deadline(context, 1);
  wasmtime_linker_t *linker = wasmtime_linker_new(engine);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i64(), wasm_valtype_new_i64());
  if (wasmtime_linker_define_func_unchecked(linker, "host", 4, "increment", 9, type, increment, NULL, NULL)) fail("define");
  wasm_functype_delete(type);
  wasm_byte_vec_t wasm;
  if (wasmtime_wat2wasm(wat, length, &wasm)) fail("guest's text");
  wasmtime_module_t *module;
  if (wasmtime_module_new(engine, (uint8_t *)wasm.data, wasm.size, &module)) fail("guest's binary");
  wasm_trap_t *trap = NULL;
  if (wasmtime_linker_instantiate(linker, context, module, &instance, &trap) || trap) fail("instantiate");

  measure("hostToWasm", "add", 5000000, 1, 0);
  measure("wasmToHost", "call_host", 1000, CALLS, 0);
  measure("trap", "out_of_bounds", 30000, 1, 1);
  measure("stackOverflow", "overflow", 500, 1, 1);

  wasm_byte_vec_delete(&wasm);
  wasmtime_module_delete(module);
  wasmtime_linker_delete(linker);
  wasmtime_store_delete(store);
  wasm_engine_delete(engine);
  return 0;
}

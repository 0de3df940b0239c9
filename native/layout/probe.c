/* Prints size and alignment of each struct of Wasmtime's C API that the Java binding reads or writes, and the offset of each
 * of its members, as key=value lines. Java's layouts are compared with that (LayoutTest). */
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <wasmtime.h>

#define TYPE(t) printf("sizeof." #t "=%zu\nalignof." #t "=%zu\n", sizeof(t), alignof(t));
#define AT(t, m) printf("offsetof." #t "." #m "=%zu\n", offsetof(t, m));

int main(void) {
  puts("wasmtime.version=" WASMTIME_VERSION);
  TYPE(wasm_byte_vec_t) AT(wasm_byte_vec_t, size) AT(wasm_byte_vec_t, data)
  TYPE(wasm_limits_t) AT(wasm_limits_t, min) AT(wasm_limits_t, max)
  TYPE(wasmtime_func_t) AT(wasmtime_func_t, store_id) AT(wasmtime_func_t, __private)
  TYPE(wasmtime_table_t) AT(wasmtime_table_t, store_id) AT(wasmtime_table_t, __private1) AT(wasmtime_table_t, __private2)
  TYPE(wasmtime_memory_t) AT(wasmtime_memory_t, store_id) AT(wasmtime_memory_t, __private1) AT(wasmtime_memory_t, __private2)
  TYPE(wasmtime_tag_t) AT(wasmtime_tag_t, store_id) AT(wasmtime_tag_t, __private1) AT(wasmtime_tag_t, __private2)
  TYPE(wasmtime_global_t) AT(wasmtime_global_t, store_id) AT(wasmtime_global_t, __private1)
  AT(wasmtime_global_t, __private2) AT(wasmtime_global_t, __private3)
  TYPE(wasmtime_instance_t) AT(wasmtime_instance_t, store_id) AT(wasmtime_instance_t, __private)
  TYPE(wasmtime_extern_union_t) AT(wasmtime_extern_union_t, func) AT(wasmtime_extern_union_t, global)
  AT(wasmtime_extern_union_t, table) AT(wasmtime_extern_union_t, memory) AT(wasmtime_extern_union_t, sharedmemory)
  AT(wasmtime_extern_union_t, tag)
  TYPE(wasmtime_extern_t) AT(wasmtime_extern_t, kind) AT(wasmtime_extern_t, of)
  TYPE(wasmtime_exnref_t) AT(wasmtime_exnref_t, store_id) AT(wasmtime_exnref_t, __private1)
  AT(wasmtime_exnref_t, __private2) AT(wasmtime_exnref_t, __private3)
  TYPE(wasmtime_valunion_t) AT(wasmtime_valunion_t, i32) AT(wasmtime_valunion_t, i64) AT(wasmtime_valunion_t, f32)
  AT(wasmtime_valunion_t, f64) AT(wasmtime_valunion_t, exnref) AT(wasmtime_valunion_t, funcref)
  AT(wasmtime_valunion_t, v128)
  TYPE(wasmtime_val_t) AT(wasmtime_val_t, kind) AT(wasmtime_val_t, of)
  TYPE(wasmtime_val_raw_t) AT(wasmtime_val_raw_t, i32) AT(wasmtime_val_raw_t, i64) AT(wasmtime_val_raw_t, f32)
  AT(wasmtime_val_raw_t, f64) AT(wasmtime_val_raw_t, v128) AT(wasmtime_val_raw_t, funcref)
  TYPE(wasmtime_heaptype_t) AT(wasmtime_heaptype_t, kind) AT(wasmtime_heaptype_t, of)
  TYPE(wasmtime_reftype_t) AT(wasmtime_reftype_t, nullable) AT(wasmtime_reftype_t, heaptype)
  TYPE(wasmtime_valtype_t) AT(wasmtime_valtype_t, kind) AT(wasmtime_valtype_t, reftype)
  return 0;
}

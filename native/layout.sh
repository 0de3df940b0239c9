#!/usr/bin/env bash
# Prints the C API's layouts again: compiles native/layout/probe.c against the headers of the pinned release and writes what
# it prints to layout.properties, which the binding's tests compare with Java's. The headers are fetched, never committed.
set -euo pipefail
cd "$(dirname "$0")"
out=src/main/resources/dev/flywheel/nativelib/layout.properties
include="$(./crate-source.sh headers)/include"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# conf.h is made by the library's own build; these features are on in the pinned library.
mkdir "$work/wasmtime"
for feature in PROFILING WAT CACHE PARALLEL_COMPILATION WASI LOGGING COREDUMP ADDR2LINE DEMANGLE THREADS GC GC_DRC GC_NULL \
  ASYNC CRANELIFT COMPILER POOLING_ALLOCATOR; do
  echo "#define WASMTIME_FEATURE_$feature"
done >"$work/wasmtime/conf.h"
"${CC:-cc}" -std=c11 -Wall -Werror -I "$include" -I "$work" -o "$work/probe" layout/probe.c
{
  echo "# Sizes, alignments and member offsets of Wasmtime's C structs on 64-bit machines, as a C compiler has them."
  echo "# Printed by native/layout/probe.c: do not edit, run \`make native-layout\`."
  "$work/probe"
} >"$work/layout.properties"
if cmp -s "$work/layout.properties" "$out"; then
  echo "Layouts are as committed: native/$out"
else
  cp "$work/layout.properties" "$out"
  echo "Layouts have changed, see: git diff native/$out"
fi

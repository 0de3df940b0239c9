#!/usr/bin/env bash
# Builds calls.c against the headers of the pinned release (cargo fetches them) and runs it on the library that Java loads.
# Prints JSON lines; says on standard error what is missing.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)
cc=${CC:-cc}
command -v "$cc" >/dev/null || { echo "no C compiler ($cc; Debian: apt install gcc)" >&2; exit 1; }
include=$("$root/native/crate-source.sh" headers)/include
library=$("$root/native/fetch-wasmtime.sh" --path | tail -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# conf.h is made by the library's own build: the features that calls.c needs.
mkdir "$work/wasmtime"
for feature in WAT COMPILER CRANELIFT; do echo "#define WASMTIME_FEATURE_$feature"; done >"$work/wasmtime/conf.h"
"$cc" -std=c11 -O2 -Wall -Werror -D_POSIX_C_SOURCE=200809L -I "$include" -I "$work" -o "$work/calls" calls.c "$library" \
  -Wl,-rpath,"$(dirname "$library")"
"$work/calls" "$root/jmh/src/main/resources/dev/flywheel/jmh/wasmtime/calls.wat"

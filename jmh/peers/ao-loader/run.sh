#!/usr/bin/env bash
# Installs the pinned reference loader and times it on aos 2.0.6. Prints JSON lines; says on standard error what is missing.
set -euo pipefail
cd "$(dirname "$0")"
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt install nodejs npm)" >&2; exit 1; }
done
../../../native/fetch-modules.sh >&2
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --ignore-scripts >&2
node --experimental-wasm-memory64 --no-warnings bench.mjs "${XDG_CACHE_HOME:-$HOME/.cache}/flywheel/modules/aos2_0_6.wasm" 300

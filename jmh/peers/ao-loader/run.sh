#!/usr/bin/env bash
# Installs the pinned reference loader and lets it answer (bench.mjs), one JSON object a line. Says on standard error what is missing.
set -euo pipefail
cd "$(dirname "$0")"
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt install nodejs npm)" >&2; exit 1; }
done
../../../native/fetch-modules.sh >&2
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --ignore-scripts >&2
exec node --experimental-wasm-memory64 --no-warnings --max-old-space-size=4096 bench.mjs

#!/usr/bin/env bash
# Installs the pinned libraries and times them. Prints JSON lines; says on standard error what is missing.
set -euo pipefail
cd "$(dirname "$0")"
for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: apt install nodejs npm)" >&2; exit 1; }
done
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --ignore-scripts >&2
node bench.mjs ../../../protocol/src/test/resources/golden/items/valid.jsonl.gz

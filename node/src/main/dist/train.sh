#!/usr/bin/env bash
# Starts a whole node once, on ports of its own and without downloads, and keeps the classes that it loaded in
# node/target/flywheel.aot (a Java 25 AOT cache), which bin/flywheel uses from then on. Takes about ten seconds; `make build`
# runs it when the jars are newer. Without it everything works, only starting takes longer.
set -eu
root=$(cd "$(dirname "$0")/../../../.." && pwd)
out=$root/node/target/flywheel.aot
newest=$(ls -t "$root"/node/target/flywheel-node-*.jar "$root"/node/target/lib/*.jar | head -n 1)
if [ -f "$out" ] && [ "$out" -nt "$newest" ]; then
  exit 0
fi
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
rm -f "$out"
echo "Training the start of bin/flywheel (once for each build)..."
FLYWHEEL_JAVA_OPTS="-XX:AOTCacheOutput=$out" FLYWHEEL_LOG=WARN "$root/bin/flywheel" node --demo --once \
  --data "$data/data" --modules "$data" --gateway-port 0 --su-port 0 --mu-port 0 --cu-port 0 --mainnet-port 0 --ops-port 0 >"$data/log" 2>&1 ||
  { echo "The training start failed; bin/flywheel works without it. It printed:" >&2; tail -n 20 "$data/log" >&2; rm -f "$out"; }

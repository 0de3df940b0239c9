#!/usr/bin/env bash
# Starts a fresh node, measures it over HTTP, and prints one JSON object: start to first answer with caches warm, latency of a
# message and its result, warm result reads, resident memory. `make build` and `make modules` must have run.
#   jmh/load/run.sh [messages] [processes]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$("$root/native/find-jdk.sh")
data=$(mktemp -d)
log=$data/log
trap 'kill "$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true; rm -rf "$data"' EXIT
node=

start() { # starts the node; sets node, the addresses, and ms until the compute unit answered
  local began ended
  : >"$log"
  began=$(date +%s%N)
  "$root/bin/flywheel" node --data "$data/data" --gateway-port 0 --su-port 0 --mu-port 0 --cu-port 0 --mainnet-port 0 --ops-port 0 >"$log" 2>&1 &
  node=$!
  until grep -q '^  address' "$log"; do
    kill -0 "$node" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.02
  done
  address() { awk -v unit="$1" '$1 == unit { print $2; exit }' "$log"; }
  gateway=$(address gateway) su=$(address scheduler) mu=$(address messenger) cu=$(address compute)
  curl -fsS "$cu/" >/dev/null
  ended=$(date +%s%N)
  ms=$(((ended - began) / 1000000))
}

start # makes key, modules and caches
kill "$node"; wait "$node" 2>/dev/null || true
start
warm_ms=$ms

module=$(curl -fsS "$gateway/graphql" -H 'content-type: application/json' -d \
  '{"query":"{ transactions(first: 1, sort: HEIGHT_DESC, tags: [{name: \"Type\", values: [\"Module\"]}, {name: \"Name\", values: [\"aos2_0_6\"]}]) { edges { node { id } } } }"}' |
  sed -n 's/.*"id":"\([A-Za-z0-9_-]*\)".*/\1/p')
[ -n "$module" ] || { echo "the gateway has no module aos2_0_6: run 'make modules'" >&2; exit 1; }
path=$root/jmh/target/classes
for jar in "$root"/node/target/flywheel-node-*.jar "$root"/node/target/lib/*.jar; do path=$path:$jar; done
load=$("$home/bin/java" -XX:+UseSerialGC -Xmx256m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "$path" dev.flywheel.jmh.load.NetworkLoad \
  su="$su" mu="$mu" cu="$cu" module="$module" pid="$node" messages="${1:-1000}" processes="${2:-10}")
echo "{\"startToFirstAnswerMs\":$warm_ms,${load#\{}"

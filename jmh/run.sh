#!/usr/bin/env bash
# Runs benchmarks, each beside its peers, and writes one report for each suite (a minute or two each). `make bench` runs all.
#   jmh/run.sh [--record] [SUITE...] [-- JMH OPTIONS]
# Suites are listed in jmh/suites. What follows -- goes to JMH, or to the program of a suite that is one. Reports go to jmh/target/benchmarks, with --record to docs/benchmarks, to be committed. Needs
# `make build`, or mvn -Dquickly package. FLYWHEEL_JAVA_OPTS is passed to Java.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
reports=jmh/target/benchmarks
suites=()
while [ $# -gt 0 ]; do
  case $1 in
    --record) reports=docs/benchmarks ;;
    --) shift; break ;;
    -*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) suites+=("$1") ;;
  esac
  shift
done
table() { grep -v '^#' jmh/suites; }
if [ ${#suites[@]} = 0 ]; then
  while read -r name package peers; do
    # A suite whose benchmarks are not there yet is no failure of `make bench`.
    classes=jmh/target/classes/dev/flywheel/jmh/${package//.//}
    if compgen -G "$classes/*Benchmark.class" >/dev/null || [ -f "$classes.class" ]; then suites+=("$name"); fi
  done < <(table)
fi

java_home=$(native/find-jdk.sh)
[ -n "$java_home" ] || { native/find-jdk.sh --explain; exit 1; }
jar=$(compgen -G "jmh/target/flywheel-jmh-*.jar" | head -n 1 || true)
[ -n "$jar" ] && [ -d jmh/target/lib ] || { echo "The benchmarks are not built: run 'make build'." >&2; exit 1; }
mkdir -p "$reports" jmh/target/benchmarks

for suite in "${suites[@]}"; do
  row=$(table | awk -v name="$suite" '$1 == name') || true
  [ -n "$row" ] || { echo "No suite $suite; there are: $(table | awk '{print $1}' | tr '\n' ' ')" >&2; exit 2; }
  read -r _ package peers <<<"$row"
  results=jmh/target/benchmarks/$suite
  rm -f "$results".*
  : >"$results.peers"
  echo "== $suite"
  command=("$java_home/bin/java" @node/src/main/dist/jvm.options -Djmh.ignoreLock=true -Dflywheel.root="$root"
    -Dflywheel.bench.items=protocol/src/test/resources/golden/items/valid.jsonl.gz)
  # shellcheck disable=SC2206 # several options in one variable
  command+=(${FLYWHEEL_JAVA_OPTS:-} -cp "$jar:jmh/target/lib/*")
  if [[ $package = *Figures ]]; then
    # A program that prints the tables itself, with what it compares taken in turns.
    "${command[@]}" -Dlogback.configurationFile=jmh/figures-log.xml "dev.flywheel.jmh.$package" "$@" | tee "$results.md"
  else
    "${command[@]}" org.openjdk.jmh.Main "dev.flywheel.jmh.$package." -rf json -rff "$results.json" -foe true "$@"
  fi
  missing=
  for peer in $peers; do
    echo "== peer $peer"
    if ! "jmh/peers/$peer/run.sh" 2>"$results.err" | tee -a "$results.peers"; then
      cat "$results.err" >&2
      missing="$missing$peer: $(tail -n 1 "$results.err"). "
      echo "PEER MISSING for suite $suite: $peer. The report has no figure to compare with." >&2
    fi
  done
  report=$reports/$(date -u +%Y-%m-%d)-$suite.md
  JAVA_HOME=$java_home python3 jmh/report.py "$suite" "$results" "$results.peers" "jmh/run.sh $suite${*:+ -- $*}" "$missing" >"$report"
  echo "== $report"
done

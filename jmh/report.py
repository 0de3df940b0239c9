"""Makes a report of one run: what it ran on, then JMH's JSON or the tables that a program printed, and the peers' JSON lines.

report.py SUITE RESULTS PEERS COMMAND MISSING     reads RESULTS.json or else RESULTS.md; prints Markdown
"""
import json
import os
import platform
import subprocess
import sys


def machine():
    model, memory = platform.processor() or platform.machine(), ""
    try:
        with open("/proc/cpuinfo") as f:
            model = next(line.split(":")[1].strip() for line in f if line.startswith("model name"))
        with open("/proc/meminfo") as f:
            memory = f", {int(f.readline().split()[1]) / 2**20:.0f} GiB"
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} CPUs{memory}, {platform.system()} {platform.release()}"


def load():
    try:
        return ", ".join(f"{x:.1f}" for x in os.getloadavg())
    except OSError:
        return "unknown"


def commit():
    try:
        found = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        return found.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def figure(value):
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def rows(peers):
    """Peer figures as (benchmark, peer, figure, best round), flat lines and nested ones alike."""
    for line in peers:
        name = line.pop("peer")
        if "benchmark" in line:
            for key, unit in (("nsPerOp", "ns/op"), ("usPerOp", "us/op"), ("msPerOp", "ms/op"), ("opsPerSecond", "ops/s")):
                if key in line:
                    best = f"{figure(line['best'])} {unit}" if "best" in line else "-"
                    yield line["benchmark"], name, f"{figure(line[key])} {unit}", best
        else:
            for key, value in line.items():
                if isinstance(value, dict) and "medianMs" in value:
                    yield key, name, f"{value['medianMs']:.3f} ms (median of {value.get('rounds', '?')})", "-"


def head(suite, command, missing, jvm, flags):
    print(f"# Suite {suite}\n")
    print(f"- Command: `{command}`")
    print(f"- Machine: {machine()}; load average {load()} at the end")
    print(f"- JVM: {jvm}")
    print(f"- Flags: {flags}those of `node/src/main/dist/jvm.options`")
    print(f"- Commit: {commit()}")
    if missing:
        print(f"- **Peer missing**: {missing}")


def java_version():
    home = os.environ.get("JAVA_HOME", "")
    java = os.path.join(home, "bin", "java") if home else "java"
    try:
        found = subprocess.run([java, "-version"], capture_output=True, text=True, check=True)
        return found.stderr.splitlines()[-1]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def main():
    suite, results, peers, command, missing = sys.argv[1:]
    with open(peers) as f:
        lines = [json.loads(line) for line in f if line.startswith("{")]
    if os.path.exists(results + ".md"):
        head(suite, command, missing, java_version(), "")
        with open(results + ".md") as f:
            print("\n" + f.read().strip())
        return
    with open(results + ".json") as f:
        runs = json.load(f)
    first = runs[0]
    flags = " ".join(arg for arg in first["jvmArgs"] if not arg.startswith(("-D", "--add-")))
    head(suite, command, missing, f"{first['vmName']} {first['vmVersion']}", f"`{flags}` and ")
    print("\nThe best round is the one that other work on the machine disturbed least.")
    print("\n| Flywheel | mean | best round | 99.9 % interval |\n|---|---|---|---|")
    for run in runs:
        metric = run["primaryMetric"]
        name = run["benchmark"].rsplit(".", 1)[1]
        parameters = " ".join(run.get("params", {}).values())
        low, high = metric["scoreConfidence"]
        # One measurement has no interval: JMH writes the text NaN.
        interval = "-" if "NaN" in (str(low), str(high)) else f"{figure(low)} to {figure(high)}"
        unit = metric["scoreUnit"]
        if "rawData" in metric:
            raw = [x for fork in metric["rawData"] for x in fork]
            best = figure(max(raw) if run["mode"] == "thrpt" else min(raw)) + " " + unit
        else:  # sampled times come as a histogram
            percentiles = metric["scorePercentiles"]
            best = f"median {figure(percentiles['50.0'])}, least {figure(percentiles['0.0'])} {unit}"
        print(f"| {' '.join([name, parameters]).strip()} | {figure(metric['score'])} {unit} | {best} | {interval} |")
    if lines:
        print("\n| peer's | median | best round | peer |\n|---|---|---|---|")
        for benchmark, peer, value, best in rows(lines):
            print(f"| {benchmark} | {value} | {best} | {peer} |")


main()

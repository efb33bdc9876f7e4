#!/usr/bin/env python3
"""Compares proxies in one interleaved run: CPU time per message or request and memory per idle tunnel. See README.md."""

import argparse
import datetime
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from suite import cases, peers, report  # noqa: E402
from suite.bench import Bench  # noqa: E402
from suite.process import Failure  # noqa: E402
from suite.site import make_certificate  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--case", default=",".join(cases.DEFAULT), help="comma-separated: " + ", ".join(cases.ALL))
    parser.add_argument(
        "--peers",
        help=f"comma-separated: {', '.join(peers.ALL)} (default: nginx, haproxy if it is installed, and tidegate)",
        default=argparse.SUPPRESS,
    )
    parser.add_argument("--reference", default="nginx", help="the peer that ratios refer to")
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each peer and case")
    parser.add_argument("--seconds", type=float, default=3, help="length of a window in which CPU time is counted")
    parser.add_argument("--warmup", type=float, default=1, help="seconds of load before a window")
    parser.add_argument("--tunnels", type=int, default=4000, help="tunnels of the idle cases")
    parser.add_argument("--echo-tunnels", type=int, default=200, help="tunnels of the echo cases")
    parser.add_argument("--bytes", type=int, default=128, help="payload of an echo message")
    parser.add_argument("--request-connections", type=int, default=100, help="connections of the request cases")
    parser.add_argument("--answer-bytes", type=int, default=1024, help="body of an answer to a plain request")
    parser.add_argument("--pin", action="store_true", help="give the proxy the last CPU for itself")
    parser.add_argument("--tidegate", default=os.path.join(HERE, "../.build/release/tidegate"), help="the program to measure")
    parser.add_argument("--nginx", default="/usr/sbin/nginx", help="the nginx to measure")
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy", help="the HAProxy to measure")
    parser.add_argument("--tools", help="where bench-load and bench-echo are (default: build them here)")
    parser.add_argument("--json", help="where the record goes (default: a dated file under .build/records)")
    options = parser.parse_args()
    if "peers" not in options:
        options.peers = ",".join(peers.default(options))
    return options


def chosen(text, known, what):
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        sys.exit(f"no such {what}: {', '.join(unknown) or '(none named)'}; there are: {', '.join(known)}")
    return {name: known[name] for name in dict.fromkeys(names)}


def build_tools():
    """Builds the tools in release mode; where they are."""
    print("building bench-load and bench-echo", flush=True)
    subprocess.run(["swift", "build", "-c", "release", "--package-path", HERE], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(HERE, ".build/release")


def raise_descriptor_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = (hard - 200) // 2
    print(f"open descriptors a process: soft limit {soft} raised to {hard}, which is at most {most} tunnels", flush=True)
    return hard, most


def run(bench, selected_cases, selected_peers, repeats):
    """All measurements, interleaved: each repetition of a case measures every peer, in the given order and the next time in the
    reverse, so that no peer always comes first. What failed is told and left out."""
    conclusions, failures = {}, []
    for case in selected_cases.values():
        measured = {name: {} for name in selected_peers}
        for repetition in range(1, repeats + 1):
            order = list(selected_peers.items())
            for name, peer in order if repetition % 2 else reversed(order):
                try:
                    result = case.measure(bench, peer)
                except Failure as failure:
                    failures.append({"case": case.name, "peer": name, "repetition": repetition, "reason": str(failure)})
                    print(f"{case.name} {repetition}/{repeats} {name}: FAILED: {failure}", flush=True)
                    continue
                measured[name][repetition] = result
                print(f"{case.name} {repetition}/{repeats} {name}: {result['value']:.2f}", flush=True)
        conclusions[case.name] = report.conclude(case, measured, bench.options.reference)
    return conclusions, failures


def save(record, path):
    if not path:
        folder = os.path.join(HERE, ".build/records")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, datetime.datetime.now().strftime("%Y%m%d-%H%M%S.json"))
    with open(path, "w") as file:
        json.dump(record, file, indent=1)
    print(f"\nrecord: {path}")


def main():
    options = arguments()
    selected_cases = chosen(options.case, cases.ALL, "case")
    selected_peers = {name: kind.from_options(options) for name, kind in chosen(options.peers, peers.ALL, "peer").items()}
    missing = [reason for peer in selected_peers.values() if (reason := peer.missing())]
    if missing:
        sys.exit("; ".join(missing))
    descriptors, most = raise_descriptor_limit()
    if max(case.tunnels(options) for case in selected_cases.values()) > most:
        sys.exit(f"more tunnels than the {most} that descriptors allow")
    options.tools = options.tools or build_tools()
    # A terminated run cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    load_before = os.getloadavg()
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as directory:
        bench = Bench(options, directory, make_certificate(directory), descriptors)
        conclusions, failures = run(bench, selected_cases, selected_peers, options.repeats)
    print(report.table(conclusions, options.reference))
    if warning := report.disturbance(conclusions):
        print("\n" + warning)
    record = {
        "started": started,
        "options": vars(options),
        "machine": report.machine(selected_peers, options.tools),
        "load_average": {"before": load_before, "after": os.getloadavg()},
        "pinned": bench.pinned,
        "cases": conclusions,
        "failures": failures,
    }
    save(record, options.json)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

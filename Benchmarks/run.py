#!/usr/bin/env python3
"""Compares proxies in one interleaved run: CPU time, memory, latency. See README.md."""

import datetime
import os
import resource
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from suite import cases, install, peers, records, report  # noqa: E402
from suite.bench import Bench  # noqa: E402
from suite.markdown import markdown  # noqa: E402
from suite.options import arguments  # noqa: E402
from suite.process import Failure  # noqa: E402
from suite.site import make_certificate  # noqa: E402


def chosen(text, known, what, groups=()):
    """What a comma-separated list names, groups spelled out, each once."""
    names = []
    for name in filter(None, text.split(",")):
        names += groups[name] if name in groups else [name]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        sys.exit(f"no such {what}: {', '.join(unknown) or '(none named)'}; there are: {', '.join([*groups, *known])}")
    return {name: known[name] for name in dict.fromkeys(names)}


def chosen_peers(options):
    """The peers to measure. One that was asked for must be there; of the others, what is not there is told and left out."""
    asked = "peers" in options
    kinds = chosen(options.peers if asked else ",".join(peers.DEFAULT), peers.ALL, "peer")
    found = {name: kind.from_options(options) for name, kind in kinds.items()}
    missing = {name: reason for name, peer in found.items() if (reason := peer.missing())}
    if missing and asked:
        sys.exit("; ".join(missing.values()))
    for reason in missing.values():
        print(f"skipped: {reason}", flush=True)
    present = {name: peer for name, peer in found.items() if name not in missing}
    if not present:
        sys.exit("no peer is there")
    return present


def build_tools():
    """Builds the tools in release mode; where they are."""
    print("building bench-load, bench-echo and bench-relay", flush=True)
    subprocess.run(["swift", "build", "-c", "release", "--package-path", HERE], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(HERE, ".build/release")


def raise_descriptor_limit():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = (hard - 200) // 2
    print(f"open descriptors a process: soft limit {soft} raised to {hard}, which is at most {most} tunnels", flush=True)
    return hard, most


def rotated(names, repetition):
    """The order in which a repetition (from 1) measures: each begins with the next peer, and every other one goes backwards, so that
    no peer always comes first, nor always behind the same one."""
    start = (repetition - 1) % len(names)
    first, *others = names[start:] + names[:start]
    return [first, *(others if repetition % 2 else others[::-1])]


def able(case, selected_peers, options):
    """The peers that can have a part in a case; the others are told."""
    reasons = {name: peer.lacks(case.tls, case.site_options(options)) for name, peer in selected_peers.items()}
    for name, reason in reasons.items():
        if reason:
            print(f"{case.name}: without {name}: {reason}", flush=True)
    return {name: peer for name, peer in selected_peers.items() if not reasons[name]}


def least_disturbed(case, bench, peer):
    """One measurement; a disturbed one is taken anew, `--again` times at most, and the one that others disturbed least counts. What was
    measured plays no part in the choice."""
    best, taken = None, 0
    while taken <= bench.options.again and (best is None or report.disturbance_of(best) > report.DISTURBED):
        result = case.measure(bench, peer)
        taken += 1
        best = min(filter(None, [best, result]), key=report.disturbance_of)
    return best | {"taken": taken}


def run_case(bench, case, selected_peers, failures):
    """All measurements of a case. What failed is told and left out."""
    options = bench.options
    present = able(case, selected_peers, options)
    measured = {name: {} for name in present}
    prepared = {}
    try:
        prepared = case.prepare(bench, present)
    except Failure as failure:
        failures.append({"case": case.name, "reason": str(failure)})
        print(f"{case.name}: FAILED: {failure}", flush=True)
        present = {}
    for repetition in range(1, options.repeats + 1):
        for name in rotated(list(present), repetition) if present else []:
            try:
                result = least_disturbed(case, bench, present[name])
            except Failure as failure:
                failures.append({"case": case.name, "peer": name, "repetition": repetition, "reason": str(failure)})
                print(f"{case.name} {repetition}/{options.repeats} {name}: FAILED: {failure}", flush=True)
                continue
            measured[name][repetition] = result
            print(f"{case.name} {repetition}/{options.repeats} {name}: {result['value']:.2f}", flush=True)
    return report.conclude(case, measured, options.reference) | ({"prepared": prepared} if prepared else {})


def measure(options):
    selected_cases = chosen(options.case, cases.ALL, "case", cases.GROUPS)
    selected_peers = chosen_peers(options)
    descriptors, most = raise_descriptor_limit()
    if max(case.tunnels(options) for case in selected_cases.values()) > most:
        sys.exit(f"more tunnels than the {most} that descriptors allow")
    if not options.tools:
        options.tools = build_tools()
        # Of the tools one is a peer.
        selected_peers = {name: peers.ALL[name].from_options(options) for name in selected_peers}
    # A terminated run cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    load_before = os.getloadavg()
    conclusions, failures = {}, []
    with tempfile.TemporaryDirectory(prefix="tidegate-bench-") as directory:
        bench = Bench(options, directory, make_certificate(directory), descriptors)
        with bench.awake():
            for case in selected_cases.values():
                conclusions[case.name] = run_case(bench, case, selected_peers, failures)
    print(report.table(conclusions))
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
    print(f"\nrecord: {records.save(record, options.json)}")
    return 1 if failures else 0


def main():
    options = arguments()
    if options.install:
        return install.install(options.venv)
    if options.markdown:
        return print(markdown(records.load(options.markdown)))
    if options.plot:
        install.continue_with_plots(options.venv)
        from suite import plot

        return print("\n".join(plot.plot(records.load(options.plot), plot.stem_of(options.plot[0]))))
    return measure(options)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

"""From measurements to conclusions, a table, and what they belong to."""

import os
import platform
import statistics
import subprocess

from suite.peers import competitors

# CPUs' worth of work by others from which on a measurement counts as disturbed.
DISTURBED = 0.1

# The peer that stands for the limit.
BARE = "bare"


def summary(values):
    """Median and spread of a list that is not empty."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values), "count": len(values)}


def conclude(case, measured, reference):
    """One case's conclusion: `measured` has, for each peer, the results by repetition. Each row (the number itself, then the figures)
    has a summary for each peer, of its values and of its ratios to the reference and to the bare relay."""
    rows = {}
    if case.measures:
        rows[""] = row(case.measures, _values(measured, lambda run: run["value"]), reference)
    for name, measures in case.figures.items():
        if values := _values(measured, lambda run: run["figures"].get(name)):
            rows[name] = row(measures, values, reference)
    return {"rows": rows, "digits": case.digits, "runs": measured}


def _values(measured, value):
    """For each peer that has any, its numbers by repetition."""
    found = {peer: {turn: value(run) for turn, run in runs.items() if value(run) is not None} for peer, runs in measured.items()}
    return {peer: turns for peer, turns in found.items() if turns}


def row(measures, values, reference):
    """`values`: for each peer its numbers by repetition. A ratio is taken within one repetition, between neighbours in time, so that
    what slows the whole machine for a while cancels out."""
    peers = {name: summary(list(turns.values())) for name, turns in values.items()}
    base = best(peers) if reference == "best" else reference
    for name, turns in values.items():
        for key, other in (("ratio", base), ("to_bare", BARE)):
            against = values.get(other, {})
            ratios = [value / against[turn] for turn, value in turns.items() if against.get(turn, 0) > 0]
            if ratios:
                peers[name][key] = summary(ratios)
    return {"measures": measures, "reference": base if base in peers else None, "peers": peers}


def best(peers):
    """Of the peers that Tidegate is compared with, the one with the least median; None without any."""
    return min(competitors(peers), key=lambda name: peers[name]["median"], default=None)


def table(conclusions):
    """The conclusions as text."""
    lines = []
    for case, conclusion in conclusions.items():
        for name, row in conclusion["rows"].items():
            lines += ["", f"{case}{' ' + name if name else ''}: {row['measures']}"]
            heads = "".join(f"{head:>10}" for head in ("median", "least", "most", "runs"))
            lines.append(f"  {'peer':<12}{heads}   {'ratio to ' + str(row['reference']):<22}{'ratio to bare':<22}beside it")
            for peer, numbers in row["peers"].items():
                lines.append(_line(peer, numbers, conclusion, with_beside=name == list(conclusion["rows"])[0]))
    return "\n".join(lines)


def _line(peer, row, conclusion, with_beside):
    digits = 0 if abs(row["median"]) >= 1000 else conclusion["digits"]
    numbers = "".join(f"{row[key]:>10.{digits}f}" for key in ("median", "least", "most"))
    ratios = ["{median:.3f} ({least:.3f}-{most:.3f})".format(**row[key]) if key in row else "-" for key in ("ratio", "to_bare")]
    beside = _beside(list(conclusion["runs"][peer].values())) if with_beside else ""
    return f"  {peer:<12}{numbers}{row['count']:>10}   {ratios[0]:<22}{ratios[1]:<22}{beside}".rstrip()


def disturbance_of(run):
    """CPUs' worth of time that others had during a measurement; 0 where nobody looked."""
    return run.get("foreign_cpus", 0) + run.get("stolen_cpus", 0)


def disturbance(conclusions):
    """A sentence about runs that shared the machine with something else; empty when there were none."""
    everything = [run for case in conclusions.values() for runs in case["runs"].values() for run in runs.values()]
    windows = [run for run in everything if "foreign_cpus" in run]
    disturbed = [run for run in windows if disturbance_of(run) > DISTURBED]
    if not disturbed:
        return ""
    return (
        f"{len(disturbed)} of {len(windows)} CPU measurements were disturbed: other processes or the hypervisor took more than "
        f"{DISTURBED} of a CPU. Trust the ratios less, or take more and shorter repetitions."
    )


def machine(peers, tools):
    """What the numbers belong to."""
    with open("/proc/cpuinfo") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo") as file:
        memory_kib = int(file.readline().split()[1])
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout.strip()
    return {
        "cpu": models[0] if models else platform.machine(),
        "cpus": os.cpu_count(),
        "memory_bytes": memory_kib * 1024,
        "kernel": platform.release(),
        "openssl": openssl,
        "peers": {name: peer.version() for name, peer in peers.items()},
        "tools": tools,
    }


def _beside(runs):
    """The median of what was seen beside the number."""

    def median(key):
        return statistics.median(run[key] for run in runs)

    if "units_a_second" in runs[0]:
        text = f"{median('units_a_second'):.0f} {runs[0]['unit']}/s, proxy {median('proxy_cpu_share'):.2f} CPU"
        if runs[0]["latency_us"]:
            p50 = statistics.median(run["latency_us"]["p50_us"] for run in runs)
            p99 = statistics.median(run["latency_us"]["p99_us"] for run in runs)
            text += f", p50 {p50:.0f} us, p99 {p99:.0f} us"
        if "backend_connections" in runs[0]:
            text += f", {median('backend_connections'):.0f} backend connections"
        if "resumed_share" in runs[0]:
            text += f", {median('resumed_share'):.0%} resumed"
        return text + f", others {median('foreign_cpus'):.2f}, stolen {median('stolen_cpus'):.2f}"
    if "rss_per_tunnel" in runs[0]:
        kept = statistics.median(run["after_close"]["pss"] / run["before"]["pss"] for run in runs)
        return f"Rss {median('rss_per_tunnel'):.0f}, {runs[0]['tunnels']} tunnels, after they closed {kept:.2f} x the start"
    if "handshakes_a_second" in runs[0]:
        return f"{median('handshakes_a_second'):.0f} handshakes/s"
    return ""

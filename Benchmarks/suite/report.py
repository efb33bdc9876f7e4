"""From measurements to a table and a record."""

import os
import platform
import statistics
import subprocess

# CPUs' worth of work by others from which on a measurement counts as disturbed.
DISTURBED = 0.1


def summary(values):
    """Median and spread of a list that is not empty."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values), "count": len(values)}


def conclude(case, measured, reference):
    """One case's conclusion: for each peer the summary of its values and of its ratios to the reference. A ratio is taken
    within one repetition, between neighbours in time, so that what slows the whole machine for a while cancels out."""
    peers = {}
    for name, runs in measured.items():
        if not runs:
            continue
        peers[name] = summary([run["value"] for run in runs.values()])
        base = measured.get(reference, {})
        ratios = [run["value"] / base[turn]["value"] for turn, run in runs.items() if turn in base and base[turn]["value"] > 0]
        if ratios:
            peers[name]["ratio"] = summary(ratios)
    return {"measures": case.measures, "peers": peers, "runs": measured}


def table(conclusions, reference):
    """The conclusions as text."""
    lines = []
    for name, conclusion in conclusions.items():
        lines += ["", f"{name}: {conclusion['measures']}"]
        heads = "".join(f"{head:>10}" for head in ("median", "least", "most", "runs"))
        lines.append(f"  {'peer':<12}{heads}   {'ratio to ' + reference:<22}beside it")
        for peer, row in conclusion["peers"].items():
            digits = 0 if abs(row["median"]) >= 1000 else 2
            numbers = "".join(f"{row[key]:>10.{digits}f}" for key in ("median", "least", "most"))
            ratio = "{median:.3f} ({least:.3f}-{most:.3f})".format(**row["ratio"]) if "ratio" in row else "-"
            beside = _beside(list(conclusion["runs"][peer].values()))
            lines.append(f"  {peer:<12}{numbers}{row['count']:>10}   {ratio:<22}{beside}")
    return "\n".join(lines)


def disturbance(conclusions):
    """A sentence about runs that shared the machine with something else; empty when there were none."""
    everything = [run for case in conclusions.values() for runs in case["runs"].values() for run in runs.values()]
    windows = [run for run in everything if "foreign_cpus" in run]
    disturbed = [run for run in windows if run["foreign_cpus"] + run["stolen_cpus"] > DISTURBED]
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
    return ""

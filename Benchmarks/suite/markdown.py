"""A record as a Markdown table: rows are numbers, columns are peers."""

from suite import report


def markdown(record):
    """The table, and below it what it belongs to."""
    conclusions = record["cases"]
    seen = {peer for conclusion in conclusions.values() for row in conclusion["rows"].values() for peer in row["peers"]}
    peers = [peer for peer in record["machine"]["peers"] if peer in seen]
    own = "tidegate" in peers
    ratios = ["Tidegate / best peer", "Tidegate / bare"] if own else []
    lines = ["| case | " + " | ".join(peers + ratios) + " |", "|---" * (1 + len(peers + ratios)) + "|"]
    for case, conclusion in conclusions.items():
        for name, row in conclusion["rows"].items():
            cells = [_cell(row["peers"].get(peer), row, conclusion["digits"]) for peer in peers]
            if own:
                cells += [_ratio(row["peers"].get("tidegate", {}).get(key)) for key in ("ratio", "to_bare")]
            lines.append(f"| {_title(case, name)}: {row['measures']} | " + " | ".join(cells) + " |")
    return "\n".join(lines + ["", _footnote(record)])


def _title(case, figure):
    return f"`{case}`" + (f" {figure}" if figure else "")


def _cell(numbers, row, digits):
    """The median, then the least and the most; in bold where it is the least of all but the bare relay."""
    if not numbers:
        return "-"
    digits = 0 if abs(numbers["median"]) >= 1000 else digits
    median = f"{numbers['median']:.{digits}f}"
    others = [other["median"] for peer, other in row["peers"].items() if peer != report.BARE]
    if numbers["median"] == min(others, default=None):
        median = f"**{median}**"
    if numbers["count"] == 1:
        return median
    return f"{median} ({numbers['least']:.{digits}f}-{numbers['most']:.{digits}f})"


def _ratio(numbers):
    return "{median:.2f} ({least:.2f}-{most:.2f})".format(**numbers) if numbers else "-"


def _footnote(record):
    machine = record["machine"]
    versions = ", ".join(version if name in version.lower() else f"{name}: {version}" for name, version in machine["peers"].items())
    counts = sorted({len(runs) for case in record["cases"].values() for runs in case["runs"].values() if runs})
    repetitions = " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
    awake = ", CPUs kept from halting" if record["options"].get("keep_awake") else ""
    text = (
        f"Medians (least-most) of {repetitions} interleaved repetitions on {record['started'][:10]}; one worker each{awake}. "
        f"{machine['cpu']}, {machine['cpus']} CPUs, Linux {machine['kernel']}, {machine['openssl']}; {versions}."
    )
    disturbed = report.disturbance(record["cases"])
    return text + (" " + disturbed if disturbed else "")

"""Pictures of a record, as PNG and SVG: what each peer needs, and how Tidegate stands to the best peer."""

import math
import os
import textwrap

import matplotlib

matplotlib.use("Agg")
# Text stays text in SVG, and the same record gives the same file.
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "tidegate", "font.size": 8})

import matplotlib.pyplot as plt  # noqa: E402
import matplotlib.ticker  # noqa: E402

from suite import report  # noqa: E402

COLORS = {
    "tidegate": "#0b6e99",
    "nginx": "#5a9e4b",
    "nginx-again": "#a5cf9b",
    "haproxy": "#d9822b",
    "envoy": "#b04a9d",
    "caddy": "#c9b037",
    "traefik": "#6b7fd7",
    "bare": "#555555",
}


def plot(record, stem):
    """Writes `stem`-bars and `stem`-ratios; the paths of the files."""
    rows = [
        (f"{case}{' ' + name if name else ''}", row)
        for case, conclusion in record["cases"].items()
        for name, row in conclusion["rows"].items()
        if row["peers"]
    ]
    paths = []
    for name, draw in (("bars", bars), ("ratios", ratios)):
        figure = draw(rows)
        if figure is None:
            continue
        for kind in ("png", "svg"):
            paths.append(f"{stem}-{name}.{kind}")
            figure.savefig(paths[-1], dpi=150, bbox_inches="tight", metadata={"Date": None} if kind == "svg" else None)
        plt.close(figure)
    return paths


def bars(rows):
    """A small chart for each row: medians, with whiskers from the least to the most; the bare relay is a line."""
    columns = min(3, len(rows))
    lines = math.ceil(len(rows) / columns)
    figure, grid = plt.subplots(lines, columns, figsize=(4.2 * columns, 2.1 * lines), squeeze=False, layout="constrained")
    for axes in grid.flat[len(rows) :]:
        axes.set_visible(False)
    for axes, (title, row) in zip(grid.flat, rows):
        names = [name for name in row["peers"] if name != report.BARE][::-1]
        numbers = [row["peers"][name] for name in names]
        medians = [entry["median"] for entry in numbers]
        whiskers = [[entry["median"] - entry["least"] for entry in numbers], [entry["most"] - entry["median"] for entry in numbers]]
        colors = [COLORS.get(name, "#999999") for name in names]
        axes.barh(names, medians, xerr=whiskers, color=colors, height=0.7, error_kw={"elinewidth": 0.8, "ecolor": "#333333"})
        if report.BARE in row["peers"]:
            axes.axvline(row["peers"][report.BARE]["median"], color=COLORS["bare"], linestyle="--", linewidth=1, label="bare relay")
            axes.legend(loc="lower right", fontsize=6, frameon=False)
        axes.set_title(title, loc="left", fontweight="bold", fontsize=8)
        axes.set_xlabel("\n".join(textwrap.wrap(row["measures"], 64)), fontsize=6)
        axes.xaxis.set_major_locator(matplotlib.ticker.MaxNLocator(5))
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def ratios(rows):
    """Tidegate's ratio to the reference of each row, with the range of the paired ratios; None when there is none."""
    shown = [(title, row) for title, row in rows if "ratio" in row["peers"].get("tidegate", {})][::-1]
    if not shown:
        return None
    figure, axes = plt.subplots(figsize=(7, 0.6 + 0.28 * len(shown)), layout="constrained")
    for place, (title, row) in enumerate(shown):
        ratio = row["peers"]["tidegate"]["ratio"]
        axes.plot([ratio["least"], ratio["most"]], [place, place], color="#9bbfce", linewidth=4, solid_capstyle="round")
        axes.plot(ratio["median"], place, "o", color=COLORS["tidegate"], markersize=5)
    axes.axvline(1, color="#333333", linewidth=0.8)
    axes.set_yticks(range(len(shown)), [f"{title} / {row['reference']}" for title, row in shown])
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
    axes.set_xlabel("Tidegate relative to the best peer (left of 1: less)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def stem_of(path):
    return os.path.splitext(path)[0]

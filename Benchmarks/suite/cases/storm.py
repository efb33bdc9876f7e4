"""Live tunnels while others shake hands."""

from suite.cases.case import Case, wait_until_open
from suite.cases.window import PATIENCE, latency_of
from suite.others import Others
from suite.process import Failure

TUNNELS = 200
# Messages a second and tunnel.
RATE = 10
# Handshakes that may be under way; a dial for which there is no place waits.
AT_ONCE = 256


class Storm(Case):
    """200 tunnels over TLS echo 10 messages of 256 bytes a second each, on a fixed schedule: first alone, then, on the same proxy,
    while new clients shake hands (TLS 1.3, in full), get their tunnel and close it, at a fixed rate."""

    measures = "us to an echo on live tunnels while TLS handshakes come in: 99%"
    figures = {"quiet": "us to an echo on live tunnels without handshakes: 99%", "times": "with handshakes relative to without: 99%"}
    digits = 1

    def tunnels(self, options):
        return TUNNELS + AT_ONCE

    def measure(self, bench, peer):
        with bench.backend("echo") as (backend, port), bench.proxy(peer, port) as (proxy, site):
            quiet, alone = self._quiet(bench, site, proxy, backend)
            stormy, dials, together = self._storm(bench, site, proxy, backend)
        return {
            "value": stormy["p99_us"],
            "figures": {"quiet": quiet["p99_us"], "times": stormy["p99_us"] / quiet["p99_us"]},
            "quiet_us": quiet,
            "storm_us": stormy,
            "handshakes_a_second": dials,
        } | {key: max(alone[key], together[key]) for key in alone}

    def _quiet(self, bench, site, proxy, backend):
        """The live tunnels' latencies alone, and what others did meanwhile."""
        with self._live(bench, site) as load:
            wait_until_open(load, proxy)
            others = Others(bench.own_pids, proxy, backend, load)
            return self._finish(bench, load), others.since()

    def _storm(self, bench, site, proxy, backend):
        """The live tunnels' latencies, how many handshakes came in a second, and what others did meanwhile."""
        seconds = warmup(bench) + bench.options.seconds
        dial = {"tunnels": AT_ONCE, "rate": bench.options.storm_rate, "warmup": 0, "seconds": seconds, "linger": True}
        with self._live(bench, site) as load:
            wait_until_open(load, proxy)
            with bench.load("dial", site, True, **dial, **{"tls-version": "1.3"}) as storm:
                others = Others(bench.own_pids, proxy, backend, load, storm)
                latency = self._finish(bench, load)
                seen = others.since()
                storm.event("open", 10)
                storm.event("begin", 10)
                end = storm.event("end", seconds + 10)
                if end["errors"]:
                    raise Failure(f"handshakes failed: {end['errors']}; the proxy: {proxy.log_tail()}")
        return latency, end["messages"] * 1e9 / end["window_ns"], seen

    def _live(self, bench, site):
        options = {"tunnels": TUNNELS, "bytes": 256, "rate": RATE, "warmup": warmup(bench), "seconds": bench.options.seconds}
        return bench.load("echo", site, True, **options, linger=True)

    def _finish(self, bench, load):
        load.event("begin", warmup(bench) + 30)
        end = load.event("end", bench.options.seconds + 30)
        if end["errors"]:
            raise Failure(f"live tunnels failed: {end['errors']}")
        latency = load.event("latency", PATIENCE + 10)
        if latency["unanswered"]:
            raise Failure(f"{latency['unanswered']} of {latency['count']} unanswered {PATIENCE} s after the window")
        return latency_of(latency)


def warmup(bench):
    """Seconds until the window of the live tunnels begins; the handshakes are under way by then."""
    return max(bench.options.warmup, 0.5)

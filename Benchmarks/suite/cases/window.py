"""Cases that count the proxy's CPU time while a load runs."""

import os
import time

from suite import procfs
from suite.cases.case import Case, wait_until_open
from suite.process import Failure

# A reading of the CPU time may come this late after the load's own mark, as a share of the window.
LATENESS = 0.2


class Window(Case):
    """CPU time of the proxy (all its processes and threads) a second, divided by what went through a second. The two windows are
    not quite the same, as this runner wakes some milliseconds after the load's marks; the load goes on meanwhile."""

    def tool_options(self, options):
        """The mode and options of the load generator."""
        raise NotImplementedError

    def backend_mode(self):
        return "echo"

    def backend_options(self, options):
        """What else the backend is told; `tls` gives it the run's certificate."""
        return {}

    def site_options(self, options):
        """What the proxies must be set up for beyond tunnels (see `Site`)."""
        return {}

    def seen_at_backend(self, told, units):
        """What the backend's closing report says that belongs beside the number, as further members of the result. `units` went through
        in the window; the backend's counts are of its whole life. Raises Failure when something else was measured."""
        return {}

    # What `units` counts.
    unit = "messages"

    def units(self, end):
        """How many of the counted things the load's closing report holds."""
        return end["messages"]

    # Nanoseconds to the unit of the table.
    scale = 1000

    def measure(self, bench, peer):
        mode, load_options = self.tool_options(bench.options)
        load_options |= {"seconds": bench.options.seconds, "warmup": bench.options.warmup, "linger": True}
        seconds = bench.options.seconds
        backend_options, site_options = self.backend_options(bench.options), self.site_options(bench.options)
        with bench.backend(self.backend_mode(), **backend_options) as (backend, port):
            with bench.proxy(peer, port, **site_options) as (proxy, site), bench.load(mode, site, self.tls, **load_options) as load:
                opened = wait_until_open(load, proxy)
                begin = self._mark(load, "begin", bench.options.warmup + 30, proxy, backend)
                end = self._mark(load, "end", seconds + 30, proxy, backend)
                load.close_input()
                load.finish(10)
            backend.close_input()
            told = backend.event("end", 10)
        result = self._result(opened, begin, end)
        return result | self.seen_at_backend(told, end["report"]["messages"])

    def _mark(self, load, event, timeout, proxy, backend):
        report = load.event(event, timeout)
        pids = proxy.tree()
        at = time.monotonic_ns()
        threads = procfs.cpu_by_thread(pids)
        ours = procfs.cpu_by_thread([backend.pid, load.pid, os.getpid()])
        return {"report": report, "threads": threads, "at": at, "ours": ours, "machine": procfs.machine_ns()}

    def _result(self, opened, begin, end):
        report = end["report"]
        window = end["at"] - begin["at"]
        late = max(mark["at"] - mark["report"]["monotonic_ns"] for mark in (begin, end))
        if late > LATENESS * window:
            raise Failure(f"the CPU time was read {late / 1e6:.0f} ms late: the machine is too busy, or --seconds too short")
        units = self.units(report) / report["window_ns"]
        if units <= 0:
            raise Failure("nothing went through")
        used, by_thread = procfs.cpu_between(begin["threads"], end["threads"])
        ours, _ = procfs.cpu_between(begin["ours"], end["ours"])
        busy, stolen = (after - before for before, after in zip(begin["machine"], end["machine"]))
        return {
            "value": used / window / units / self.scale,
            "unit": self.unit,
            "units_a_second": units * 1e9,
            "proxy_cpu_share": used / window,
            # CPUs' worth of work by processes that are no part of this, and of time that a hypervisor took away: above a
            # few hundredths, mistrust the run.
            "foreign_cpus": max(0, busy - used - ours) / window,
            "stolen_cpus": stolen / window,
            "read_late_ms": late / 1e6,
            "cpu_ns_by_thread": by_thread,
            "open_seconds": opened["seconds"],
            "latency_us": {key: report[key] for key in ("p50_us", "p90_us", "p99_us", "p999_us", "max_us") if key in report},
        }

"""Cases that count the proxy's CPU time while a load runs."""

import time

from suite import procfs
from suite.cases.case import Case, wait_until_open
from suite.process import Failure

# A reading of the CPU time may come this late after the load's own mark, as a share of the window.
LATENESS = 0.2

# For so many seconds after the window the load awaits answers to what began in it.
PATIENCE = 10


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

    def warmup(self, options):
        """Seconds of load before the window."""
        return options.warmup

    def seen(self, end, told, units):
        """What the load's and the backend's closing reports say that belongs beside the number, as further members of the result.
        `units` went through in the window; the backend's counts are of its whole life. Raises Failure when something else was
        measured."""
        return {}

    def finish(self, result):
        """The result as the case wants it: with figures, or with another number in place of the CPU time."""
        return result

    # What `units` counts.
    unit = "messages"

    def units(self, end):
        """How many of the counted things the load's closing report holds."""
        return end["messages"]

    # Nanoseconds to the unit of the table.
    scale = 1000

    def measure(self, bench, peer):
        mode, load_options = self.tool_options(bench.options)
        warmup, seconds = self.warmup(bench.options), bench.options.seconds
        load_options |= {"seconds": seconds, "warmup": warmup, "linger": True}
        backend_options, site_options = self.backend_options(bench.options), self.site_options(bench.options)
        with bench.backend(self.backend_mode(), **backend_options) as (backend, port):
            with bench.proxy(peer, port, **site_options) as (proxy, site), bench.load(mode, site, self.tls, **load_options) as load:
                opened = wait_until_open(load, proxy)
                begin = self._mark(bench, load, "begin", warmup + 30, proxy, backend)
                end = self._mark(bench, load, "end", seconds + 30, proxy, backend)
                latency = load.event("latency", PATIENCE + 10)
                load.close_input()
                load.finish(10)
            backend.close_input()
            told = backend.event("end", 10)
        if latency["unanswered"]:
            raise Failure(f"{latency['unanswered']} of {latency['count']} unanswered {PATIENCE} s after the window")
        result = self._result(opened, begin, end, latency)
        result |= self.seen(end["report"], told, end["report"]["messages"])
        return self.finish(result)

    def _mark(self, bench, load, event, timeout, proxy, backend):
        report = load.event(event, timeout)
        pids = proxy.tree()
        at = time.monotonic_ns()
        groups = {"proxy": pids, "load": [load.pid], "backend": [backend.pid], "runner": bench.own_pids}
        threads = {name: procfs.cpu_by_thread(group) for name, group in groups.items()}
        return {"report": report, "threads": threads, "at": at, "machine": procfs.machine_ns()}

    def _result(self, opened, begin, end, latency):
        report = end["report"]
        window = end["at"] - begin["at"]
        late = max(mark["at"] - mark["report"]["monotonic_ns"] for mark in (begin, end))
        if late > LATENESS * window:
            raise Failure(f"the CPU time was read {late / 1e6:.0f} ms late: the machine is too busy, or --seconds too short")
        units = self.units(report) / report["window_ns"]
        if units <= 0:
            raise Failure("nothing went through")
        used = {name: procfs.cpu_between(begin["threads"][name], end["threads"][name])[0] for name in begin["threads"]}
        _, by_name = procfs.cpu_between(begin["threads"]["proxy"], end["threads"]["proxy"])
        busiest = procfs.busiest_between(begin["threads"]["proxy"], end["threads"]["proxy"])
        busy, stolen = (after - before for before, after in zip(begin["machine"], end["machine"]))
        return {
            "value": used["proxy"] / window / units / self.scale,
            "unit": self.unit,
            "units_a_second": units * 1e9,
            "proxy_cpu_share": used["proxy"] / window,
            "busiest_thread_share": busiest / window,
            # Near 1 the load, or the backend, is what was measured.
            "load_cpu_share": used["load"] / window,
            "backend_cpu_share": used["backend"] / window,
            # CPUs' worth of work by processes that are no part of this, and of time that a hypervisor took away: above a
            # few hundredths, mistrust the run.
            "foreign_cpus": max(0, busy - sum(used.values())) / window,
            "stolen_cpus": stolen / window,
            "read_late_ms": late / 1e6,
            "cpu_ns_by_thread": by_name,
            "open_seconds": opened["seconds"],
            "latency_us": latency_of(latency),
        }


def latency_of(report):
    """The quantiles of a load's report."""
    return {key: report[key] for key in ("p50_us", "p90_us", "p99_us", "p999_us", "max_us") if key in report}

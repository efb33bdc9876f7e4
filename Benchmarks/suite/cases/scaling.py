"""What a second worker brings."""

from suite.cases.case import Case
from suite.cases.echo import Echo

WORKERS = 2


class WithWorkers(Echo):
    """The echo case with so many workers."""

    def __init__(self, name, tls, workers):
        super().__init__(name, tls)
        self._workers = workers

    def site_options(self, options):
        return {"workers": self._workers}


class Scaling(Case):
    """The echo case with one worker and with two, each with a fresh proxy. Where there are CPUs enough the proxy is pinned to as many
    as it has workers, and the load and the backend to two others; then the messages a second tell what the second worker brings.
    Elsewhere only the CPU time does: of the busiest worker, as it is the one that is full first."""

    # 0.5 is perfect; 0.59 is 1.7 times the load.
    measures = "two workers: CPU of the busier one a message, relative to one worker's"
    figures = {"carried": "messages a second with one worker, relative to two"}
    digits = 3

    def tunnels(self, options):
        return options.echo_tunnels

    def site_options(self, options):
        return {"workers": WORKERS}

    def measure(self, bench, peer):
        pinned = len(bench.cpus) >= WORKERS + 2
        runs = {}
        try:
            for workers in (1, WORKERS):
                bench.place(workers, pinned)
                runs[workers] = WithWorkers(self.name, self.tls, workers).measure(bench, peer)
        finally:
            bench.place(1, bench.pinned)
        one, two = runs[1], runs[WORKERS]
        worst = {key: max(one[key], two[key]) for key in ("foreign_cpus", "stolen_cpus")}
        return {
            "value": self._cost(peer, two, WORKERS) / self._cost(peer, one, 1),
            # Without CPUs to themselves all of them carry what the machine does.
            "figures": {"carried": one["units_a_second"] / two["units_a_second"]} if pinned else {},
            "pinned": pinned,
            "one": one,
            "two": two,
        } | worst

    def _cost(self, peer, run, workers):
        """CPU a message of the worker that is full first."""
        busiest = run["busiest_thread_share"] if peer.has_worker_threads else run["proxy_cpu_share"] / workers
        return busiest / run["units_a_second"]

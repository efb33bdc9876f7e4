"""How much the machine did for others while something was measured."""

import time

from suite import procfs


class Others:
    """Counts from its making. `own_pids` (see `Bench`) and `children` are what belongs to the measurement."""

    def __init__(self, own_pids, *children):
        self._own_pids = own_pids
        self._children = children
        self._at = time.monotonic_ns()
        self._machine = procfs.machine_ns()
        self._ours = self._threads()

    def since(self):
        """CPUs' worth of work by processes that are no part of this, and of time that a hypervisor took away: above a few hundredths,
        mistrust the measurement."""
        window = time.monotonic_ns() - self._at
        ours, _ = procfs.cpu_between(self._ours, self._threads())
        busy, stolen = (after - before for before, after in zip(self._machine, procfs.machine_ns()))
        return {"foreign_cpus": max(0, busy - ours) / window, "stolen_cpus": stolen / window}

    def _threads(self):
        return procfs.cpu_by_thread([*self._own_pids, *(pid for child in self._children for pid in child.tree())])

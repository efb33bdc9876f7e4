"""The most resident memory a process had while something went on."""

import threading

from . import binary
from .process import MiB


class MemoryPeak:
    """`with MemoryPeak(process) as memory: ...`, then `memory.assert_grown_at_most(bound)`."""

    def __init__(self, process, every=0.05):
        self._process, self._every = process, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self):
        while not self._stop.wait(self._every):
            self._look()

    def _look(self):
        self.peak = max(self.peak, self._process.resident())

    def __enter__(self):
        self.before = self.peak = self._process.resident()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(5)
        self._look()

    def assert_grown_at_most(self, bound):
        if binary.is_sanitized():
            return
        growth = self.peak - self.before
        assert growth <= bound, f"resident memory grew by {growth / MiB:.1f} MiB at its highest, more than {bound / MiB:.1f} MiB"

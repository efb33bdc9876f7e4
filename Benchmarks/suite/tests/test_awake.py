import os
import tempfile
import time
import types
import unittest

from suite import procfs
from suite.bench import Bench


def bench(directory, keep_awake):
    return Bench(types.SimpleNamespace(pin=False, keep_awake=keep_awake), directory, (None, None), 100)


class AwakeTests(unittest.TestCase):
    def test_each_cpu_has_a_process_that_spins_at_the_lowest_priority_and_ends_with_the_block(self):
        with tempfile.TemporaryDirectory() as directory:
            kept = bench(directory, True)
            with kept.awake():
                this, *spinning = kept.own_pids
                self.assertEqual((this, len(spinning)), (os.getpid(), len(kept.cpus)))
                self.assertEqual(sorted(os.sched_getaffinity(pid).pop() for pid in spinning), kept.cpus)
                deadline = time.monotonic() + 10
                while not all(self._spins(pid) for pid in spinning) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertTrue(all(self._spins(pid) for pid in spinning))
            self.assertEqual(kept.own_pids, [os.getpid()])
            self.assertFalse(any(os.path.exists(f"/proc/{pid}") for pid in spinning))

    def _spins(self, pid):
        used, _ = procfs.cpu_between({}, procfs.cpu_by_thread([pid]))
        return used > 0 and os.sched_getscheduler(pid) == os.SCHED_IDLE

    def test_unless_asked_there_is_none(self):
        with tempfile.TemporaryDirectory() as directory:
            idle = bench(directory, False)
            with idle.awake():
                self.assertEqual(idle.own_pids, [os.getpid()])


if __name__ == "__main__":
    unittest.main()

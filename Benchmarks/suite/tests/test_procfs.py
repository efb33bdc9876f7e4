import os
import time
import unittest
from unittest import mock

from suite import procfs
from suite.others import Others


class ProcfsTests(unittest.TestCase):
    def test_cpu_of_a_busy_process_is_close_to_the_clock_that_counts_it(self):
        before, clock = procfs.cpu_by_thread([os.getpid()]), time.process_time_ns()
        while time.process_time_ns() - clock < 200_000_000:
            pass
        used, by_name = procfs.cpu_between(before, procfs.cpu_by_thread([os.getpid()]))
        self.assertAlmostEqual(used / 200_000_000, 1, delta=0.1)
        self.assertEqual(sum(by_name.values()), used)

    def test_a_thread_that_is_new_counts_from_zero(self):
        used, by_name = procfs.cpu_between({(1, 1): ("a", 5)}, {(1, 1): ("a", 7), (1, 2): ("b", 4)})
        self.assertEqual((used, by_name), (6, {"a": 2, "b": 4}))

    def test_the_busiest_thread_is_the_one_that_used_most_in_between(self):
        before, after = {(1, 1): ("a", 90)}, {(1, 1): ("a", 95), (1, 2): ("b", 7)}
        self.assertEqual(procfs.busiest_between(before, after), 7)
        self.assertEqual(procfs.busiest_between({}, {}), 0)

    def test_work_of_others_is_what_the_machine_did_and_we_did_not(self):
        machine, ours = [(0, 0), (500, 20)], [{(1, 1): ("a", 0)}, {(1, 1): ("a", 300)}]
        with mock.patch("suite.others.procfs.machine_ns", lambda: machine.pop(0)):
            with mock.patch("suite.others.procfs.cpu_by_thread", lambda pids: ours.pop(0)):
                with mock.patch("suite.others.time.monotonic_ns", iter((0, 1000)).__next__):
                    seen = Others([1]).since()
        self.assertEqual(seen, {"foreign_cpus": 0.2, "stolen_cpus": 0.02})

    def test_memory_grows_by_what_is_touched(self):
        before = procfs.memory([os.getpid()])
        held = bytearray(32 << 20)
        held[::4096] = b"x" * len(held[::4096])
        grown = procfs.memory([os.getpid()])["pss"] - before["pss"]
        self.assertAlmostEqual(grown / len(held), 1, delta=0.05)

    def test_a_process_that_is_gone_has_nothing(self):
        self.assertEqual(procfs.cpu_by_thread([2**22 + 1]), {})
        self.assertEqual(procfs.descriptors([2**22 + 1]), 0)


if __name__ == "__main__":
    unittest.main()

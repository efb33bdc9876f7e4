import os
import sys
import tempfile
import unittest

from suite.process import Child, Failure


class ChildTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tidegate-bench-test-")
        self.addCleanup(folder.cleanup)
        self.log = os.path.join(folder.name, "log")

    def child(self, program, **options):
        return Child([sys.executable, "-c", program], self.log, **options)

    def test_what_cannot_be_started_is_a_failure_that_says_so(self):
        with self.assertRaisesRegex(Failure, "/nonexistent: cannot be started: No such file"):
            Child(["/nonexistent"], self.log)

    def test_events_come_in_order_and_another_one_is_a_failure(self):
        with self.child("print('{\"event\": \"open\"}\\n{\"event\": \"end\"}')") as child:
            self.assertEqual(child.event("open", 10), {"event": "open"})
            with self.assertRaisesRegex(Failure, "expected 'latency', got {'event': 'end'}"):
                child.event("latency", 10)

    def test_an_early_end_is_told_with_its_status_and_what_the_log_says(self):
        with self.child("import sys; sys.exit('no more')") as child:
            with self.assertRaisesRegex(Failure, r"ended too soon \(exit status 1\); its log ends: no more"):
                child.event("open", 10)

    def test_one_that_does_not_talk_writes_into_the_log_and_gets_its_variables(self):
        with self.child("import os; print(os.environ['BENCH_X'])", environment={"BENCH_X": "seen"}, talks=False) as child:
            child.finish(10)
        with open(self.log) as file:
            self.assertEqual(file.read(), "seen\n")


if __name__ == "__main__":
    unittest.main()

"""python3 -m unittest discover -s Benchmarks -t Benchmarks"""

import types
import unittest

from suite import report


def run(value, foreign=0.0, stolen=0.0):
    return {
        "value": value,
        "unit": "messages",
        "units_a_second": 1000.0,
        "proxy_cpu_share": 0.5,
        "foreign_cpus": foreign,
        "stolen_cpus": stolen,
        "latency_us": {},
    }


class ReportTests(unittest.TestCase):
    case = types.SimpleNamespace(measures="something")

    def test_ratios_pair_the_measurements_of_one_repetition(self):
        # The machine became twice as slow in the middle; the ratio does not notice.
        measured = {"a": {1: run(10), 2: run(20), 3: run(20)}, "b": {1: run(9), 2: run(18), 3: run(18)}}
        row = report.conclude(self.case, measured, "a")["peers"]["b"]
        self.assertAlmostEqual(row["ratio"]["median"], 0.9)
        self.assertAlmostEqual(row["ratio"]["least"], 0.9)
        self.assertEqual((row["median"], row["least"], row["most"], row["count"]), (18, 9, 18, 3))

    def test_a_repetition_without_the_reference_gives_no_ratio(self):
        measured = {"a": {1: run(10)}, "b": {1: run(5), 2: run(500)}}
        ratio = report.conclude(self.case, measured, "a")["peers"]["b"]["ratio"]
        self.assertEqual((ratio["median"], ratio["count"]), (0.5, 1))

    def test_without_the_reference_there_are_values_but_no_ratios(self):
        conclusion = report.conclude(self.case, {"b": {1: run(5)}, "c": {}}, "a")
        self.assertNotIn("ratio", conclusion["peers"]["b"])
        self.assertNotIn("c", conclusion["peers"])
        self.assertIn("b ", report.table({"x": conclusion}, "a"))

    def test_disturbed_measurements_are_counted(self):
        measured = {"a": {1: run(1), 2: run(1, foreign=0.2), 3: run(1, stolen=0.2)}}
        conclusions = {"x": report.conclude(self.case, measured, "a")}
        self.assertTrue(report.disturbance(conclusions).startswith("2 of 3 "))
        quiet = {"x": report.conclude(self.case, {"a": {1: run(1)}}, "a")}
        self.assertEqual(report.disturbance(quiet), "")


if __name__ == "__main__":
    unittest.main()

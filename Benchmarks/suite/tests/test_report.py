"""python3 -m unittest discover -s Benchmarks -t Benchmarks"""

import json
import os
import tempfile
import types
import unittest

from run import least_disturbed
from suite import records, report
from suite.markdown import markdown


def run(value, foreign=0.0, stolen=0.0, **figures):
    return {
        "value": value,
        "unit": "messages",
        "units_a_second": 1000.0,
        "proxy_cpu_share": 0.5,
        "foreign_cpus": foreign,
        "stolen_cpus": stolen,
        "latency_us": {},
        "figures": figures,
    }


CASE = types.SimpleNamespace(measures="something", figures={}, digits=2)


def conclude(measured, reference="best", case=CASE):
    return report.conclude(case, measured, reference)


def peers_of(conclusion, row=""):
    return conclusion["rows"][row]["peers"]


class ReportTests(unittest.TestCase):
    def test_ratios_pair_the_measurements_of_one_repetition(self):
        # The machine became twice as slow in the middle; the ratio does not notice.
        measured = {"nginx": {1: run(10), 2: run(20), 3: run(20)}, "tidegate": {1: run(9), 2: run(18), 3: run(18)}}
        row = peers_of(conclude(measured))["tidegate"]
        self.assertAlmostEqual(row["ratio"]["median"], 0.9)
        self.assertAlmostEqual(row["ratio"]["least"], 0.9)
        self.assertEqual((row["median"], row["least"], row["most"], row["count"]), (18, 9, 18, 3))

    def test_a_repetition_without_the_reference_gives_no_ratio(self):
        measured = {"nginx": {1: run(10)}, "tidegate": {1: run(5), 2: run(500)}}
        ratio = peers_of(conclude(measured))["tidegate"]["ratio"]
        self.assertEqual((ratio["median"], ratio["count"]), (0.5, 1))

    def test_the_best_peer_is_neither_tidegate_nor_the_bare_relay_nor_a_control(self):
        measured = {name: {1: run(value)} for name, value in {"tidegate": 1, "bare": 2, "nginx-again": 3, "envoy": 4, "nginx": 8}.items()}
        conclusion = conclude(measured)
        self.assertEqual(conclusion["rows"][""]["reference"], "envoy")
        self.assertEqual(peers_of(conclusion)["tidegate"]["ratio"]["median"], 0.25)
        self.assertEqual(peers_of(conclusion)["tidegate"]["to_bare"]["median"], 0.5)

    def test_a_named_reference_holds_though_others_are_better(self):
        measured = {"nginx": {1: run(8)}, "envoy": {1: run(4)}}
        self.assertEqual(peers_of(conclude(measured, "nginx"))["envoy"]["ratio"]["median"], 0.5)

    def test_without_the_reference_there_are_values_but_no_ratios(self):
        conclusion = conclude({"tidegate": {1: run(5)}, "nginx": {}})
        self.assertNotIn("ratio", peers_of(conclusion)["tidegate"])
        self.assertNotIn("nginx", peers_of(conclusion))
        self.assertIn("tidegate ", report.table({"x": conclusion}))

    def test_figures_have_rows_of_their_own_each_with_its_own_best_peer(self):
        case = types.SimpleNamespace(measures="", figures={"p50": "middle", "p99": "nearly all"}, digits=2)
        measured = {"nginx": {1: run(0, p50=1, p99=9)}, "envoy": {1: run(0, p50=2, p99=3)}}
        conclusion = conclude(measured, case=case)
        self.assertEqual({name: row["reference"] for name, row in conclusion["rows"].items()}, {"p50": "nginx", "p99": "envoy"})
        self.assertIn("x p99: nearly all", report.table({"x": conclusion}))

    def test_a_figure_that_no_run_has_gives_no_row(self):
        case = types.SimpleNamespace(measures="something", figures={"carried": "more"}, digits=2)
        self.assertEqual(list(conclude({"nginx": {1: run(1)}}, case=case)["rows"]), [""])

    def test_disturbed_measurements_are_counted(self):
        measured = {"nginx": {1: run(1), 2: run(1, foreign=0.2), 3: run(1, stolen=0.2)}}
        self.assertTrue(report.disturbance({"x": conclude(measured)}).startswith("2 of 3 "))
        self.assertEqual(report.disturbance({"x": conclude({"nginx": {1: run(1)}})}), "")

    def test_a_disturbed_measurement_is_taken_anew_and_the_least_disturbed_counts(self):
        def taken(again, *results):
            results = iter(results)
            case = types.SimpleNamespace(measure=lambda bench, peer: next(results))
            bench = types.SimpleNamespace(options=types.SimpleNamespace(again=again))
            chosen = least_disturbed(case, bench, None)
            return chosen["value"], chosen["taken"]

        self.assertEqual(taken(2, run(5), run(1)), (5, 1))
        self.assertEqual(taken(2, run(5, stolen=0.3), run(6), run(1)), (6, 2))
        self.assertEqual(taken(2, run(5, stolen=0.3), run(6, foreign=0.2), run(1, stolen=0.4), run(1)), (6, 3))
        self.assertEqual(taken(0, run(5, stolen=0.3), run(1)), (5, 1))


def record(**measured):
    machine = {"cpu": "a CPU", "cpus": 2, "kernel": "6.1", "openssl": "OpenSSL 3"}
    machine["peers"] = {name: f"{name}/1" for name in next(iter(measured.values()))}
    return {
        "started": "2026-01-02T03:04:05+00:00",
        "options": {"repeats": 2},
        "machine": machine,
        "cases": {name: conclude(peers) for name, peers in measured.items()},
    }


class RecordTests(unittest.TestCase):
    measured = {"nginx": {1: run(4), 2: run(6)}, "bare": {1: run(2), 2: run(2)}, "tidegate": {1: run(3), 2: run(3)}}

    def test_the_footnote_has_the_repetitions_that_were_taken_and_whether_cpus_could_halt(self):
        told = record(echo=self.measured, idle={"tidegate": {1: run(1), 2: run(1), 3: run(1)}})
        self.assertIn("Medians (least-most) of 2 to 3 interleaved repetitions on 2026-01-02; one worker each. ", markdown(told))
        told["options"]["keep_awake"] = True
        self.assertIn("one worker each, CPUs kept from halting. ", markdown(told))

    def test_a_markdown_table_has_the_least_in_bold_and_tidegates_ratios_last(self):
        lines = markdown(record(echo=self.measured)).splitlines()
        self.assertEqual(lines[0], "| case | nginx | bare | tidegate | Tidegate / best peer | Tidegate / bare |")
        self.assertEqual(lines[1].count("|"), lines[0].count("|"))
        wanted = "5.00 (4.00-6.00) | 2.00 (2.00-2.00) | **3.00** (3.00-3.00) | 0.62 (0.50-0.75) | 1.50 (1.50-1.50) |"
        self.assertEqual(lines[2], f"| `echo`: something | {wanted}")
        self.assertIn("2 interleaved repetitions on 2026-01-02", lines[-1])

    def test_a_peer_that_was_not_in_a_case_has_a_dash(self):
        both = record(echo=self.measured, tls={"nginx": {1: run(4)}})
        self.assertIn("| `tls`: something | **4.00** | - | - | - | - |", markdown(both))

    def test_records_taken_together_have_the_cases_and_versions_of_all(self):
        with tempfile.TemporaryDirectory(prefix="tidegate-bench-test-") as folder:
            paths = [os.path.join(folder, name) for name in ("one.json", "two.json")]
            records.save(record(echo={"nginx": {1: run(4)}}), paths[0])
            records.save(record(echo={"envoy": {1: run(5)}}, push={"envoy": {1: run(6)}}), paths[1])
            merged = records.load(paths)
        self.assertEqual(list(merged["cases"]), ["echo", "push"])
        self.assertEqual(list(merged["cases"]["echo"]["rows"][""]["peers"]), ["envoy"])
        self.assertEqual(merged["machine"]["peers"], {"nginx": "nginx/1", "envoy": "envoy/1"})

    def test_a_record_is_json(self):
        json.dumps(record(echo=self.measured))


class PlotTests(unittest.TestCase):
    def test_a_record_becomes_pictures(self):
        try:
            from suite import plot
        except ImportError:
            self.skipTest("no matplotlib")
        with tempfile.TemporaryDirectory(prefix="tidegate-bench-test-") as folder:
            paths = plot.plot(record(echo=RecordTests.measured), os.path.join(folder, "x"))
            self.assertEqual([os.path.basename(path) for path in paths], ["x-bars.png", "x-bars.svg", "x-ratios.png", "x-ratios.svg"])
            with open(paths[1]) as file:
                self.assertIn("tidegate", file.read())


if __name__ == "__main__":
    unittest.main()

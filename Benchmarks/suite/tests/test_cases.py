import contextlib
import types
import unittest
from unittest import mock

from suite import bench, cases
from suite.process import Failure
from suite.report import _beside
from suite.cases.window import Window

OPTIONS = types.SimpleNamespace(
    request_connections=100, answer_bytes=1024, echo_tunnels=200, tunnels=4000, bytes=128, seconds=1, warmup=0.1
)


class CaseTests(unittest.TestCase):
    def test_every_case_that_runs_by_default_exists_and_names_are_told_once(self):
        self.assertTrue(set(cases.DEFAULT) <= set(cases.ALL))
        self.assertTrue(all(name == case.name for name, case in cases.ALL.items()))

    def test_requests_over_fresh_connections_are_not_a_measurement_of_kept_ones(self):
        case = cases.ALL["request"]
        self.assertEqual(case.seen_at_backend({"accepted": 100}, 20000), {"backend_connections": 100})
        with self.assertRaisesRegex(Failure, "not kept alive"):
            case.seen_at_backend({"accepted": 20000}, 20000)

    def test_proxies_may_keep_a_connection_for_each_client(self):
        few, many = (types.SimpleNamespace(request_connections=count) for count in (10, 500))
        case = cases.ALL["request-tls"]
        self.assertEqual((case.site_options(few)["kept"], case.site_options(many)["kept"]), (128, 500))

    def test_a_handshake_counts_as_what_the_backend_saw(self):
        self.assertEqual(cases.ALL["dial"].seen_at_backend({"accepted": 100, "resumed": 0}, 90), {})
        full, resumed = cases.ALL["dial-tls"], cases.ALL["dial-tls-resumed"]
        self.assertEqual(resumed.seen_at_backend({"accepted": 100, "resumed": 80}, 90), {"resumed_share": 0.8})
        with self.assertRaisesRegex(Failure, "only 10%"):
            resumed.seen_at_backend({"accepted": 100, "resumed": 10}, 90)
        with self.assertRaisesRegex(Failure, "does not offer"):
            full.seen_at_backend({"accepted": 100, "resumed": 1}, 90)

    def test_only_the_backend_of_full_handshakes_gives_no_tickets(self):
        wanted = {"dial": {}, "dial-tls": {"tls": True, "no-resumption": True}, "dial-tls-resumed": {"tls": True}}
        for name, options in wanted.items():
            self.assertEqual(cases.ALL[name].backend_options(OPTIONS), options)

    def test_what_the_backend_saw_stands_in_the_table(self):
        run = {"units_a_second": 9.0, "unit": "requests", "proxy_cpu_share": 0.5, "latency_us": {}, "foreign_cpus": 0, "stolen_cpus": 0}
        self.assertIn("100 backend connections", _beside([run | {"backend_connections": 100}]))
        self.assertIn("98% resumed", _beside([run | {"resumed_share": 0.98}]))

    def test_options_become_words_of_a_command_line(self):
        self.assertEqual(bench._flags({"port": 9, "tls": True}), ["--port", "9", "--tls"])


class FakeChild:
    """A process that reports what it is told to."""

    pid = 2**22 + 1

    def __init__(self, **events):
        self.events = events

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def event(self, name, timeout):
        return self.events[name]

    def tree(self):
        return []

    def close_input(self):
        pass

    def finish(self, timeout):
        pass


class WindowTests(unittest.TestCase):
    def measure(self, late_ns=0, messages=1000):
        # The runner's clock as it reads the two marks.
        clock = iter((0, 10**9))
        marks = [{"monotonic_ns": at, "window_ns": 10**9, "messages": messages} for at in (0, 10**9 - late_ns)]
        load = FakeChild(open={"tunnels": 1, "seconds": 0, "errors": {}}, begin=marks[0], end=marks[1])
        fake = types.SimpleNamespace(options=OPTIONS, asked={})

        @contextlib.contextmanager
        def backend(mode, **options):
            fake.asked["backend"] = (mode, options)
            yield FakeChild(end={"accepted": 100, "resumed": 0}), 9

        @contextlib.contextmanager
        def proxy(peer, port, **options):
            fake.asked["proxy"] = options
            yield FakeChild(), types.SimpleNamespace()

        fake.backend, fake.proxy = backend, proxy
        fake.load = lambda mode, site, tls, **options: load
        with mock.patch("suite.cases.window.time", types.SimpleNamespace(monotonic_ns=lambda: next(clock))):
            return cases.ALL["request"].measure(fake, None), fake.asked

    def test_a_case_tells_backend_and_proxy_what_it_needs_and_keeps_what_the_backend_saw(self):
        result, asked = self.measure()
        self.assertEqual(asked, {"backend": ("echo", {"answer": 1024}), "proxy": {"kept": 128}})
        self.assertEqual((result["backend_connections"], result["unit"]), (100, "requests"))

    def test_a_reading_that_came_too_late_is_no_measurement(self):
        with self.assertRaisesRegex(Failure, "late"):
            self.measure(late_ns=3 * 10**8)

    def test_a_window_in_which_nothing_passed_is_no_measurement(self):
        with self.assertRaisesRegex(Failure, "nothing went through"):
            self.measure(messages=0)

    def test_a_plain_window_demands_nothing_of_backend_and_proxy(self):
        window = Window("x", tls=False)
        self.assertEqual((window.backend_options(OPTIONS), window.site_options(OPTIONS), window.seen_at_backend({}, 1)), ({}, {}, {}))


if __name__ == "__main__":
    unittest.main()

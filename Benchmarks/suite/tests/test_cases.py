import contextlib
import io
import types
import unittest
from unittest import mock

from suite import bench, cases, peers
from suite.process import Failure
from suite.report import _beside
from suite.cases.connect import Connect
from suite.cases.latency import Latency
from suite.cases.scaling import Scaling
from suite.cases.window import Window

OPTIONS = types.SimpleNamespace(
    request_connections=100,
    answer_bytes=1024,
    echo_tunnels=200,
    tunnels=4000,
    bytes=128,
    seconds=1,
    warmup=0.1,
    repeats=5,
    latency_rate=0,
    storm_rate=1000,
)


class CaseTests(unittest.TestCase):
    def test_every_case_of_a_group_exists_and_names_are_told_once(self):
        self.assertTrue(all(set(group) <= set(cases.ALL) for group in cases.GROUPS.values()))
        self.assertTrue(all(name == case.name for name, case in cases.ALL.items()))

    def test_every_case_says_what_it_measures_and_how_many_tunnels_it_opens(self):
        for case in cases.ALL.values():
            self.assertTrue(case.measures or case.figures, case.name)
            self.assertGreater(case.tunnels(OPTIONS), 0)

    def test_requests_over_fresh_connections_are_not_a_measurement_of_kept_ones(self):
        case = cases.ALL["request"]
        self.assertEqual(case.seen({}, {"accepted": 100}, 20000), {"backend_connections": 100})
        with self.assertRaisesRegex(Failure, "not kept alive"):
            case.seen({}, {"accepted": 20000}, 20000)

    def test_proxies_may_keep_a_connection_for_each_client(self):
        few, many = (types.SimpleNamespace(request_connections=count) for count in (10, 500))
        case = cases.ALL["request-tls"]
        self.assertEqual((case.site_options(few)["kept"], case.site_options(many)["kept"]), (128, 500))

    def test_a_handshake_toward_the_backend_counts_as_what_the_backend_saw(self):
        self.assertEqual(cases.ALL["connect-plain"].seen({"resumed": 0}, {"accepted": 100, "resumed": 0}, 90), {})
        full, resumed = cases.ALL["connect-backend-tls"], cases.ALL["connect-backend-tls-resumed"]
        self.assertEqual(resumed.seen({"resumed": 0}, {"accepted": 100, "resumed": 80}, 90), {"resumed_share": 0.8})
        with self.assertRaisesRegex(Failure, "only 10%"):
            resumed.seen({"resumed": 0}, {"accepted": 100, "resumed": 10}, 90)
        with self.assertRaisesRegex(Failure, "not offered"):
            full.seen({"resumed": 0}, {"accepted": 100, "resumed": 1}, 90)

    def test_a_handshake_of_a_client_counts_as_what_the_load_saw(self):
        told = {"accepted": 100, "resumed": 0}
        full, resumed = cases.ALL["connect-tls"], cases.ALL["connect-tls-resumed"]
        self.assertEqual(resumed.seen({"resumed": 45}, told, 90), {"resumed_share": 0.5})
        with self.assertRaisesRegex(Failure, "only 0%"):
            resumed.seen({"resumed": 0}, told, 90)
        with self.assertRaisesRegex(Failure, "not offered"):
            full.seen({"resumed": 1}, told, 90)

    def test_only_clients_that_are_to_come_back_offer_a_session(self):
        offers = {name: "resume" in case.tool_options(OPTIONS)[1] for name, case in cases.ALL.items() if isinstance(case, Connect)}
        self.assertEqual([name for name, offer in offers.items() if offer], ["connect-tls-resumed"])

    def test_only_the_backend_of_full_handshakes_gives_no_tickets(self):
        wanted = {
            "connect-plain": {},
            "connect-tls": {},
            "connect-backend-tls": {"tls": True, "no-resumption": True},
            "connect-backend-tls-resumed": {"tls": True},
        }
        for name, options in wanted.items():
            self.assertEqual(cases.ALL[name].backend_options(OPTIONS), options)

    def test_a_steady_load_reaches_every_tunnel_before_the_window(self):
        case = cases.ALL["latency-many-plain"]
        case.rate = 1000
        self.assertEqual(case.warmup(OPTIONS), 9)
        self.assertAlmostEqual(case.tool_options(OPTIONS)[1]["rate"] * case.tunnels(OPTIONS), 1000)

    def test_a_steady_load_that_fell_behind_is_no_measurement(self):
        case = cases.ALL["paced-plain"]
        self.assertEqual(case.finish({"units_a_second": 4600}), {"units_a_second": 4600})
        for went in (4400, 5600):
            with self.assertRaisesRegex(Failure, f"5000 messages a second were demanded, {went} went"):
                case.finish({"units_a_second": went})

    def test_what_the_backend_saw_stands_in_the_table(self):
        run = {"units_a_second": 9.0, "unit": "requests", "proxy_cpu_share": 0.5, "latency_us": {}, "foreign_cpus": 0, "stolen_cpus": 0}
        self.assertIn("100 backend connections", _beside([run | {"backend_connections": 100}]))
        self.assertIn("98% resumed", _beside([run | {"resumed_share": 0.98}]))

    def test_options_become_words_of_a_command_line(self):
        self.assertEqual(bench._flags({"port": 9, "tls": True}), ["--port", "9", "--tls"])


class LatencyTests(unittest.TestCase):
    def prepare(self, carried, names, **options):
        """What half of the capacity is when each peer carries so much."""
        case = Latency("latency", tls=False, tunnels=200)
        fake = types.SimpleNamespace(options=types.SimpleNamespace(**(vars(OPTIONS) | options)))

        def measure(case, bench, peer):
            if carried[peer] is None:
                raise Failure("no")
            return {"units_a_second": carried[peer]}

        with mock.patch("suite.cases.latency.Echo.measure", measure), contextlib.redirect_stdout(io.StringIO()):
            return case.prepare(fake, {name: name for name in names}), case.rate

    def test_the_rate_is_half_of_what_the_best_peer_carries_not_tidegate_nor_the_bare_relay(self):
        carried = {"nginx": 100, "envoy": 300, "haproxy": None, "tidegate": 900, "bare": 1000}
        prepared, rate = self.prepare(carried, list(carried))
        self.assertEqual(rate, 150)
        self.assertEqual(prepared, {"rate": 150, "capacity": {"nginx": 100, "envoy": 300}})

    def test_a_rate_that_was_told_is_taken(self):
        self.assertEqual(self.prepare({}, ["nginx"], latency_rate=7), ({"rate": 7}, 7))

    def test_without_any_capacity_there_is_no_rate(self):
        with self.assertRaisesRegex(Failure, "latency-rate"):
            self.prepare({"nginx": None}, ["nginx"])


class ScalingTests(unittest.TestCase):
    def cost(self, kind, workers):
        run = {"busiest_thread_share": 0.6, "proxy_cpu_share": 1.0, "units_a_second": 100}
        return Scaling("scaling", tls=False)._cost(kind, run, workers)

    def test_the_busiest_worker_counts_and_where_workers_are_no_threads_the_mean(self):
        self.assertAlmostEqual(self.cost(peers.ALL["nginx"], 2), 0.006)
        self.assertAlmostEqual(self.cost(peers.ALL["caddy"], 2), 0.005)


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
    def measure(self, late_ns=0, messages=1000, unanswered=0):
        # The runner's clock as it reads the two marks.
        clock = iter((0, 10**9))
        marks = [{"monotonic_ns": at, "window_ns": 10**9, "messages": messages} for at in (0, 10**9 - late_ns)]
        latency = {"count": messages, "unanswered": unanswered, "p50_us": 5.0}
        load = FakeChild(open={"tunnels": 1, "seconds": 0, "errors": {}}, begin=marks[0], end=marks[1], latency=latency)
        fake = types.SimpleNamespace(options=OPTIONS, own_pids=[], asked={})

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

    def test_messages_that_were_never_answered_are_no_measurement(self):
        with self.assertRaisesRegex(Failure, "3 of 1000 unanswered"):
            self.measure(unanswered=3)

    def test_a_window_in_which_nothing_passed_is_no_measurement(self):
        with self.assertRaisesRegex(Failure, "nothing went through"):
            self.measure(messages=0)

    def test_a_plain_window_demands_nothing_of_backend_and_proxy(self):
        window = Window("x", tls=False)
        self.assertEqual((window.backend_options(OPTIONS), window.site_options(OPTIONS), window.seen({}, {}, 1)), ({}, {}, {}))


if __name__ == "__main__":
    unittest.main()

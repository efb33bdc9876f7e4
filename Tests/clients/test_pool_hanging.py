"""A backend that hangs: its queue of connections is full, so a dial gets no answer at all."""

import collections
import threading

from harness.deaf import deaf_port
from harness.frozen import frozen
from harness.heads import switching
from harness.raw_backend import RawBackend
from harness.waiting import Stopwatch, wait_until
from pool_backend import PoolBackend, pool_backends
from pool_client import answered, ask_for_tunnel, landed, opened, opened_many
from pool_settings import pooled

SYN_SENT = "02"


def dials(port):
    """How many dials to this port wait for their answer, on the whole machine. By their own addresses: a table that changes while it is
    read may show a row twice."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return len({row[1] for row in rows if row[3] == SYN_SENT and int(row[2].split(":")[1], 16) == port})


class MostDials(threading.Thread):
    """The most dials to a port that were under way at once, beyond those that were there before."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.before, self.most, self._over = port, dials(port), 0, threading.Event()

    def run(self):
        while not self._over.wait(0.005):
            self.most = max(self.most, dials(self.port) - self.before)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()


def test_clients_get_another_backend_within_the_connect_timeout(launch):
    with deaf_port() as port, PoolBackend() as sound:
        proxy = launch(pooled([f"ws://127.0.0.1:{port}", sound], timeouts={"connect": "500ms", "handshake": "5s"}))
        wires, watch = [ask_for_tunnel(proxy.port) for _ in range(40)], Stopwatch()
        tunnels = [answered(wire) for wire in wires]
        assert watch.seconds < 2
        assert landed(tunnels) == {sound.label: 40}
        for tunnel in tunnels:
            tunnel.echoes()
        assert proxy.metric("tidegate_backend_connect_failures_total", backend=f"127.0.0.1:{port}") >= 10


def test_with_ejection_it_costs_time_only_for_a_while(launch):
    with deaf_port() as port, PoolBackend() as sound:
        proxy = launch(pooled(
            [f"ws://127.0.0.1:{port}", sound], timeouts={"connect": "300ms"},
            ejection={"failures": 2, "base": "30s", "longest": "30s"}))
        wires = [ask_for_tunnel(proxy.port) for _ in range(10)]
        assert landed(answered(wire) for wire in wires) == {sound.label: 10}
        proxy.wait_metric("tidegate_backend_up", 0, backend=f"127.0.0.1:{port}")
        watch = Stopwatch()
        assert landed(opened_many(proxy.port, 20)) == {sound.label: 20}
        assert watch.seconds < 1


def test_no_more_dials_than_the_cap_are_under_way_and_others_go_elsewhere(launch):
    with deaf_port() as port, PoolBackend() as sound:
        proxy = launch(pooled(
            [f"ws://127.0.0.1:{port}", sound], max_dials=3, queue={"size": 100, "timeout": "4s"},
            timeouts={"connect": "1s", "handshake": "5s"}))
        with MostDials(port) as watched:
            wires, watch = [ask_for_tunnel(proxy.port) for _ in range(60)], Stopwatch()
            wait_until(lambda: sound.live >= 57, 5, lambda: f"{sound.live} tunnels")
            assert watch.seconds < 0.9, "those beyond the cap waited for the others"
            assert landed(answered(wire) for wire in wires) == {sound.label: 60}
        assert 1 <= watched.most <= 3


def test_a_herd_waits_for_its_turn_to_dial(launch):
    """A single backend and two dials at once: all the others wait in the queue, and each comes to it."""
    with RawBackend() as slow:
        proxy = launch(pooled([slow], max_dials=2, queue={"size": 100, "timeout": "5s"}))
        wires = [ask_for_tunnel(proxy.port) for _ in range(30)]
        for _ in wires:
            server, head = slow.request()
            server.send(switching(head.one("Sec-WebSocket-Key")))
        for wire in wires:
            assert wire.read_head().status == 101
        proxy.wait_metric("tidegate_tunnels_active", 30)


def test_a_herd_that_comes_at_once_is_served_whole(launch):
    """As after a crash: 400 clients before one processor has had a turn. The usual cap on dials makes them wait, not fail."""
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one]))
        with frozen(proxy):
            wires = [ask_for_tunnel(proxy.port) for _ in range(400)]
        statuses = collections.Counter(wire.read_head().status for wire in wires)
        assert statuses == {101: 400}


def test_dials_that_are_over_free_their_places(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], max_dials=1))
        for _ in range(30):
            opened(proxy.port).leave()
        one.fall()
        for _ in range(3):
            wire = ask_for_tunnel(proxy.port)
            assert wire.read_head().status in (502, 503)
            wire.close()
        one.listen()
        opened(proxy.port).echoes()

"""Backends that take an upgrade's connection and end it without a word: another one is tried, as after a dial that failed."""

import pytest

from harness.frames import TEXT, frame
from harness.heads import plain
from harness.waiting import wait_until
from harness.wire import Wire
from pool_backend import PoolBackend, pool_backends
from pool_client import answered, ask_for_tunnel, opened_many, refused
from pool_settings import pooled


class Absent(PoolBackend):
    """Ends what it has accepted: `at_once`, or when it has read the request; with RST or FIN. `words` go before."""

    def __init__(self, how="reset", *, at_once=False, words=b""):
        self.how, self.at_once, self.words = how, at_once, words
        super().__init__()

    async def _serve(self, reader, writer):
        self.connections += 1
        if not self.at_once:
            await reader.readuntil(b"\r\n\r\n")
        writer.write(self.words)
        writer.transport.abort() if self.how == "reset" else writer.close()


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("how", ["reset", "fin"])
def test_upgrades_go_to_another_backend(launch, how, at_once):
    with Absent(how, at_once=at_once) as absent, pool_backends(1) as (one,):
        proxy = launch(pooled([absent, one]))
        tunnels = opened_many(proxy.port, 6)
        for tunnel in tunnels:
            tunnel.echoes()
        assert absent.connections >= 3 and one.live == 6
        assert proxy.metric("tidegate_backend_connect_failures_total", backend=absent.label) == absent.connections
        assert proxy.metric("tidegate_backend_connect_failures_total", backend=one.label) == 0


def test_what_a_client_said_early_arrives_once(launch):
    with Absent() as absent, pool_backends(1) as (one,):
        proxy = launch(pooled([absent, one]))
        for _ in range(4):
            wire = ask_for_tunnel(proxy.port)
            wire.send(frame(TEXT, b"early", masked=True))
            tunnel = answered(wire)
            assert tunnel.wire.read_frame().payload == b"early"
            tunnel.echoes()
        assert absent.connections >= 2


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_no_more_are_tried_than_may_be(launch, attempts):
    backends = [Absent() for _ in range(3)]
    try:
        proxy = launch(pooled(backends, retry={"attempts": attempts} if attempts > 1 else "off"))
        assert refused(proxy.port).status == 502
        assert sum(backend.connections for backend in backends) == attempts
        assert proxy.metric("tidegate_upgrade_failures_total", reason="backend_closed") == 1
    finally:
        for backend in backends:
            backend.close()


def test_whoever_has_said_a_word_is_believed_to_have_taken_it(launch):
    with Absent("fin", words=b"HTTP/1.1 1") as absent, pool_backends(1) as (one,):
        proxy = launch(pooled([absent, one]))
        seen = []
        for _ in range(4):
            wire = ask_for_tunnel(proxy.port)
            seen.append(wire.read_head().status)
        assert seen.count(502) == absent.connections == 2 and seen.count(101) == 2


def test_a_plain_request_is_asked_once(launch):
    with Absent() as absent, pool_backends(1) as (one,):
        proxy = launch(pooled([absent, one]))
        seen = []
        for _ in range(4):
            wire = Wire.connect(proxy.port)
            wire.send(plain("/", extra=[("Connection", "close")]))
            seen.append(wire.read_head().status)
        assert seen.count(502) == absent.connections == 2 and seen.count(200) == 2


def test_it_is_ejected_for_that(launch):
    with Absent() as absent, pool_backends(1) as (one,):
        proxy = launch(pooled([absent, one], ejection={"failures": 3, "max_share": 50}))
        tunnels = opened_many(proxy.port, 10)
        wait_until(lambda: proxy.metric("tidegate_backend_ejections_total", backend=absent.label) == 1)
        before = absent.connections
        tunnels += opened_many(proxy.port, 6)
        assert absent.connections == before
        wait_until(lambda: one.live == len(tunnels))

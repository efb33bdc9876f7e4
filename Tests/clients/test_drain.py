"""SIGTERM: everybody is told politely and in time, and the exit status says whether all went."""

import asyncio
import signal
import time

import pytest

from harness.frames import BINARY, TEXT, close_frame, frame
from harness.heads import upgrade
from harness.load import close_code, connect_many
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire

TUNNELS = 500
PERIOD = 3.0


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


@pytest.mark.timeout(120)
def test_l11_500_tunnels_hear_1012_spread_over_the_period_and_it_ends_well(launch, echo, certificates, authority):
    proxy = launch(settings(echo, tls=certificates, drain={"period": f"{PERIOD:.0f}s"}))
    context = authority.client_context()

    async def play():
        half = TUNNELS // 2
        tunnels = await connect_many(f"ws://127.0.0.1:{proxy.port}/", half)
        tunnels += await connect_many(f"wss://127.0.0.1:{proxy.secure_port}/", half, tls=context)
        ends = []

        async def watch(tunnel):
            await tunnel.wait_closed()
            ends.append((time.monotonic() - start, close_code(tunnel), tunnel.protocol.close_rcvd))

        watching = [asyncio.ensure_future(watch(tunnel)) for tunnel in tunnels]
        start = time.monotonic()
        proxy.signal(signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(*watching), PERIOD + 15)
        return ends

    ends = asyncio.run(play())
    assert {code for _, code, _ in ends} == {1012}
    assert {received.reason for _, _, received in ends} == {"service restart"}
    assert proxy.wait_exit(10) == 0
    moments = sorted(moment for moment, _, _ in ends)
    # Spread: each third of the period sees its share, none all of it; and nobody is told after it, give or take a loaded machine.
    for third in range(3):
        share = sum(third * PERIOD / 3 <= moment < (third + 1) * PERIOD / 3 for moment in moments)
        assert TUNNELS * 0.15 < share < TUNNELS * 0.6, f"{share} of {TUNNELS} in third {third}"
    assert moments[-1] < PERIOD + 3
    wait_until(lambda: echo.live == 0, 5, lambda: f"{echo.live} tunnels alive at the backend")
    assert set(echo.codes[-TUNNELS:]) == {1001}
    ended = proxy.log.wait("drain_ended")
    assert ended and proxy.log.events("drain_started")


def test_a_drain_with_nothing_to_drain_ends_at_once(launch, backend):
    proxy = launch(settings(backend, drain={"period": "30s"}))
    watch = Stopwatch()
    assert proxy.stop() == 0
    assert watch.seconds < 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGINT])
def test_each_of_three_signals_drains(launch, backend, number):
    proxy = launch(settings(backend))
    client, server = backend.tunnel(proxy.port)
    proxy.signal(number)
    assert client.read_frame().code == 1012
    client.send(close_frame(1012, masked=True))
    assert server.read_frame().code == 1001
    server.close()
    assert proxy.wait_exit() == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_l9_a_second_signal_ends_at_once(launch, backend, second):
    proxy = launch(settings(backend, drain={"period": "60s"}))
    client, _ = backend.tunnel(proxy.port)
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    watch = Stopwatch()
    proxy.signal(second)
    code = proxy.wait_exit(5)
    assert watch.seconds < 3
    assert code in (0, 1) and code == 1, "sockets were cut, so it did not end well"
    assert client.wait_end() in ("fin", "reset")


def test_clients_that_never_answer_are_cut_and_the_status_is_1(launch, backend):
    proxy = launch(settings(backend, drain={"period": "500ms"}, timeouts={"close": "700ms"}))
    tunnels = [backend.tunnel(proxy.port) for _ in range(5)]
    watch = Stopwatch()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait_exit(10) == 1
    assert 0.5 < watch.seconds < 6
    for client, server in tunnels:
        assert client.read_frame().code == 1012
        assert client.wait_end() in ("fin", "reset") and server.wait_end() in ("fin", "reset")


def test_f21_a_close_waits_for_the_end_of_a_frame_that_is_half_sent(launch, backend):
    proxy = launch(settings(backend, drain={"period": "100ms"}, timeouts={"close": "8s"}))
    client, server = backend.tunnel(proxy.port)
    whole = frame(BINARY, bytes(range(256)) * 16)
    server.send(whole[:2000])
    assert client.receive(2000) == whole[:2000]
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    assert client.is_silent(0.5), "something was put inside the backend's frame"
    server.send(whole[2000:])
    assert client.receive(len(whole) - 2000) == whole[2000:]
    got = client.read_frame()
    assert (got.opcode, got.code, got.masked) == (8, 1012, False)
    client.send(close_frame(1012, masked=True))
    assert server.read_frame().code == 1001
    server.close()
    assert proxy.wait_exit() == 0


def test_f21_a_clients_half_sent_frame_is_finished_before_the_backend_hears_1001(launch, backend):
    proxy = launch(settings(backend, drain={"period": "100ms"}, timeouts={"close": "8s"}))
    client, server = backend.tunnel(proxy.port)
    whole = frame(BINARY, bytes(range(256)) * 16, masked=True)
    client.send(whole[:1000])
    assert server.receive(1000) == whole[:1000]
    proxy.signal(signal.SIGTERM)
    assert client.read_frame().code == 1012
    assert server.is_silent(0.2), "something was put inside the client's frame"
    client.send(whole[1000:] + close_frame(1012, masked=True))
    assert server.receive(len(whole) - 1000) == whole[1000:]
    got = server.read_frame()
    assert got.opcode == 8 and got.masked
    server.close()
    assert proxy.wait_exit() == 0


def test_messages_go_on_until_the_close_of_their_own_tunnel(launch, backend):
    proxy = launch(settings(backend, drain={"period": "1s"}))
    client, server = backend.tunnel(proxy.port)
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    client.send(frame(TEXT, b"one more", masked=True))
    assert server.read_frame().payload == b"one more"
    server.send(frame(TEXT, b"an answer"))
    got = client.read_frame()
    if got.opcode != 8:
        assert got.payload == b"an answer"
        got = client.read_frame()
    assert got.code == 1012
    client.send(close_frame(1012, masked=True))
    server.close()
    assert proxy.wait_exit() == 0


def test_new_connections_are_not_taken_during_a_drain(launch, backend):
    proxy = launch(settings(backend, drain={"period": "2s"}))
    client, server = backend.tunnel(proxy.port)
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")

    def turned_away():
        try:
            late = Wire.connect(proxy.port)
            late.send(upgrade())
            return late.read_rest()[:12] in (b"", b"HTTP/1.1 503")
        except OSError:
            return True

    wait_until(turned_away, 3, what="a late connection turned away")
    assert backend.is_untouched()
    assert client.read_frame().code == 1012
    client.send(close_frame(1012, masked=True))
    server.close()
    assert proxy.wait_exit() == 0


def test_a_drain_does_not_wait_for_connections_that_have_not_asked_yet(launch, backend):
    proxy = launch(settings(backend, timeouts={"handshake": "20s"}, drain={"period": "500ms"}))
    silent = [Wire.connect(proxy.port) for _ in range(5)]
    proxy.wait_metric("tidegate_connections_active", 5)
    watch = Stopwatch()
    proxy.signal(signal.SIGTERM)
    assert proxy.wait_exit(10) in (0, 1)
    assert watch.seconds < 6
    for wire in silent:
        wire.wait_end()

"""A side that does not read stops its sender and nobody else, and costs no more than its bound."""

import pytest

from harness.flood import FloodBackend, PingFlood, stalled
from harness.frames import BINARY, TEXT, frame
from harness.heads import upgrade
from harness.process import MemoryMark, MiB
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire

KiB = 1024
BOUND = 64 * KiB


def deaf_client(port):
    """A client past its 101 that reads nothing more."""
    client = Wire.connect(port, receive_buffer=8192)
    client.send(upgrade())
    assert client.receive_until(b"\r\n\r\n").startswith(b"HTTP/1.1 101")
    return client


def assert_echoes(client, server, count=50):
    """Echoes go on, each within the deadline of a wire, whatever else is going on."""
    for number in range(count):
        client.send(frame(TEXT, b"%d" % number, masked=True))
        assert server.read_frame().payload == b"%d" % number
        server.send(frame(TEXT, b"%d" % number))
        assert client.read_frame().payload == b"%d" % number


@pytest.fixture
def two_pools(launch):
    """A proxy with a flood at /flood and a raw backend everywhere else."""
    with FloodBackend() as flood, RawBackend() as backend:
        yield launch(settings(
            pools={"flood": {"backends": [flood.url]}, "main": {"backends": [backend.url]}},
            routes=[{"path": "/flood", "pool": "flood"}, {"path": "/*", "pool": "main"}],
            limits={"buffer": "64KiB"})), flood, backend


def test_r5_a_client_that_never_reads_stops_its_backend_and_costs_its_bound(two_pools):
    proxy, flood, backend = two_pools
    other, server = backend.tunnel(proxy.port)
    memory = MemoryMark(proxy.process)
    client = Wire.connect(proxy.port, receive_buffer=8192)
    client.send(upgrade("/flood"))
    pushed = stalled(flood.total)
    assert pushed > 0
    assert pushed < 64 * MiB, "the backend was never stopped"
    memory.assert_grown_at_most(2 * MiB)
    assert 0 < proxy.metric("tidegate_buffered_bytes", pool="flood", direction="to_client") <= BOUND
    assert proxy.metric("tidegate_flow_control_pauses_total", pool="flood", direction="to_client") >= 1
    assert_echoes(other, server)
    # What was held is given in order once the client reads, and the backend goes on.
    client.receive_until(b"\r\n\r\n")
    whole = client.receive(8 * MiB, deadline=20)
    assert whole.count(flood.message) >= 8 * MiB // len(flood.message) - 1
    assert flood.total() > pushed


def test_r6_a_backend_that_never_reads_stops_its_client_and_costs_its_bound(launch):
    with RawBackend(receive_buffer=8192) as backend:
        proxy = launch(settings(backend, limits={"buffer": "64KiB"}))
        client, server = backend.tunnel(proxy.port)
        other, other_server = backend.tunnel(proxy.port)
        memory = MemoryMark(proxy.process)
        block = frame(BINARY, bytes(range(256)) * 64, masked=True)
        taken = client.send_until_blocked(block, limit=64 * MiB)
        assert taken < 64 * MiB, "the client was never stopped"
        memory.assert_grown_at_most(2 * MiB)
        assert 0 < proxy.metric("tidegate_buffered_bytes", pool="main", direction="to_backend") <= BOUND
        assert_echoes(other, other_server)
        received = server.receive(taken, deadline=20)
        whole, rest = divmod(taken, len(block))
        assert received == block * whole + block[:rest]


def test_both_directions_are_held_independently(launch):
    with RawBackend(receive_buffer=8192) as backend:
        proxy = launch(settings(backend))
        client, server = backend.tunnel(proxy.port)
        client.send_until_blocked(frame(BINARY, bytes(16384), masked=True), limit=64 * MiB)
        for number in range(20):
            server.send(frame(TEXT, b"%d" % number))
            assert client.read_frame().payload == b"%d" % number


def test_a_deaf_client_that_leaves_frees_its_backend(two_pools):
    proxy, flood, _ = two_pools
    client = Wire.connect(proxy.port, receive_buffer=8192)
    client.send(upgrade("/flood"))
    stalled(flood.total)
    client.reset()
    proxy.wait_metric("tidegate_tunnels_active", 0)
    proxy.wait_metric("tidegate_buffered_bytes", 0)


@pytest.mark.parametrize("buffer", ["4KiB", "256KiB"])
def test_the_bound_is_what_the_file_says(launch, buffer):
    with FloodBackend() as flood:
        proxy = launch(settings(flood, limits={"buffer": buffer}))
        client = deaf_client(proxy.port)
        stalled(flood.total)
        bound = {"4KiB": 4 * KiB, "256KiB": 256 * KiB}[buffer]
        held = proxy.metric("tidegate_buffered_bytes", pool="main", direction="to_client")
        assert 0 < held <= bound
        client.close()


def test_a_larger_buffer_by_reload_holds_for_tunnels_that_are_there_and_cuts_none(launch):
    with FloodBackend() as flood:
        proxy = launch(settings(flood, limits={"buffer": "4KiB"}))
        client = deaf_client(proxy.port)
        stalled(flood.total)
        assert proxy.reload(proxy.config | {"limits": {"buffer": "256KiB"}})
        held = []
        for _ in range(20):
            client.receive(MiB, deadline=20)
            stalled(flood.total, quiet=0.1)
            held.append(proxy.metric("tidegate_buffered_bytes", pool="main", direction="to_client"))
        assert proxy.metric("tidegate_tunnels_active") == 1
        # Every pause is one read of the new size, of which the kernel takes a part, at times nearly all.
        assert 4 * KiB < max(held) <= 256 * KiB


@pytest.mark.timeout(120)
def test_500_clients_that_never_read_cost_no_more_than_the_sum_of_their_bounds(launch):
    with FloodBackend(size=8192, send_buffer=16384) as flood, RawBackend() as backend:
        proxy = launch(settings(
            pools={"flood": {"backends": [flood.url]}, "main": {"backends": [backend.url]}},
            routes=[{"path": "/flood", "pool": "flood"}, {"path": "/*", "pool": "main"}],
            limits={"buffer": "64KiB"}, timeouts={"handshake": "30s"}))
        other, server = backend.tunnel(proxy.port)
        memory = MemoryMark(proxy.process)
        clients = []
        for _ in range(500):
            client = Wire.connect(proxy.port, receive_buffer=4096)
            client.send(upgrade("/flood"))
            clients.append(client)
        proxy.wait_metric("tidegate_tunnels_active", 500, deadline=30, pool="flood")
        stalled(flood.total, deadline=60)
        held = proxy.metric("tidegate_buffered_bytes", pool="flood", direction="to_client")
        assert 0 < held <= 500 * BOUND
        assert proxy.metric("tidegate_buffered_bytes", pool="flood", direction="to_backend") == 0
        memory.assert_grown_at_most(500 * 2 * BOUND)
        assert_echoes(other, server, count=20)
        proxy.process.assert_no_busy_loop("it turns while everybody is stopped")
        for client in clients:
            client.close()
        proxy.wait_metric("tidegate_tunnels_active", 0, deadline=15, pool="flood")


def test_f18_a_flood_of_tiny_frames_from_one_client_does_not_starve_another(launch):
    """One worker has both. The flood's backend reads all the time, so that nothing but the proxy's fairness slows it."""
    with RawBackend() as backend:
        proxy = launch(settings(backend, workers=1))
        other, other_server = backend.tunnel(proxy.port)
        with PingFlood(*backend.tunnel(proxy.port)) as flood:
            wait_until(lambda: flood.received > MiB, 10, what="a flood")
            for _ in range(5):
                before = flood.received
                assert_echoes(other, other_server)
                wait_until(lambda: flood.received > before, 5, what="a flood that is still going on")
            flood.stop()
            wait_until(lambda: flood.received == flood.sent, 10, lambda: f"{flood.received} of {flood.sent} bytes came through")
            assert flood.complaint is None

"""Deadlines: every one is kept, none is stretched by a trickle of bytes, and nothing is left behind."""

import resource

import pytest

from harness.frames import BINARY, TEXT, close_frame, frame
from harness.heads import upgrade
from harness.process import MemoryMark, MiB
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.settings import settings
from harness.waiting import Missed, Stopwatch, wait_until
from harness.wire import Wire

HANDSHAKE = 0.8


@pytest.fixture(scope="module")
def hasty(backend, certificates, launch_once):
    """A proxy with a handshake deadline of 800 ms."""
    return launch_once(settings(backend, tls=certificates, timeouts={"handshake": "800ms"}))


def trickle(client, data, every=0.1):
    """Sends a byte every so often until the proxy ends the connection, and gives how long that took."""
    watch = Stopwatch()
    client.sock.settimeout(every)
    for at in range(len(data)):
        try:
            client.sock.send(data[at:at + 1])
            if client.sock.recv(4096) == b"":
                return watch.seconds
        except TimeoutError:
            continue
        except OSError:
            return watch.seconds
    raise Missed(f"{len(data)} bytes were taken over {watch.seconds:.1f} s")


def test_r1_a_silent_connection_is_closed_at_the_deadline(hasty):
    watch = Stopwatch()
    client = Wire.connect(hasty.port)
    client.wait_end()
    assert HANDSHAKE * 0.8 < watch.seconds < HANDSHAKE + 1.5


def test_r1_a_connection_that_stops_inside_its_head_is_closed_at_the_deadline(hasty, backend):
    watch = Stopwatch()
    answer = ask(hasty.port, upgrade()[:-1])
    assert_refused(answer, 408, None)
    assert HANDSHAKE * 0.8 < watch.seconds < HANDSHAKE + 1.5
    assert backend.is_untouched()


def test_r2_a_byte_now_and_then_does_not_stretch_the_deadline(hasty, backend):
    client = Wire.connect(hasty.port)
    assert HANDSHAKE * 0.8 < trickle(client, upgrade(extra=[("X-Slow", "a" * 200)])) < HANDSHAKE + 1.5
    assert backend.is_untouched()


@pytest.mark.parametrize("what, data", [
    ("a record that stops after its header", b"\x16\x03\x01\x02\x00"),
    ("half a ClientHello", bytes.fromhex("16030100c8010000c40303") + bytes(32)),
    ("nothing", b""),
])
def test_r4_a_stalled_tls_handshake_is_closed_at_the_deadline(hasty, what, data):
    watch = Stopwatch()
    client = Wire.connect(hasty.secure_port)
    client.send(data)
    client.wait_end()
    assert HANDSHAKE * 0.8 < watch.seconds < HANDSHAKE + 1.5


def test_r4_a_clienthello_in_single_bytes_does_not_stretch_the_deadline(hasty):
    client = Wire.connect(hasty.secure_port)
    assert HANDSHAKE * 0.8 < trickle(client, bytes.fromhex("16030100c8010000c40303") + bytes(180)) < HANDSHAKE + 1.5


def test_r4_the_deadline_of_the_head_counts_from_accept_not_from_the_handshake(hasty, authority):
    watch = Stopwatch()
    client = Wire.connect(hasty.secure_port, tls=authority.client_context())
    client.wait_end()
    assert watch.seconds < HANDSHAKE + 1.5


def test_r8_an_idle_tunnel_is_closed_with_1001_and_a_message_keeps_it(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, timeouts={"idle": "1s"}))
        client, server = backend.tunnel(proxy.port)
        watch = Stopwatch()
        for _ in range(3):
            assert client.is_silent(0.6), "closed although a message had just passed"
            client.send(frame(TEXT, b"here", masked=True))
            assert server.read_frame().payload == b"here"
        assert watch.seconds > 1.5
        watch = Stopwatch()
        got = client.read_frame()
        assert (got.opcode, got.code, got.masked) == (8, 1001, False)
        assert 0.5 < watch.seconds < 3
        client.send(close_frame(1001, masked=True))
        got = server.read_frame()
        assert (got.opcode, got.code, got.masked) == (8, 1001, True)
        server.send(close_frame(1001))
        assert client.wait_end() in ("fin", "reset") and server.wait_end() in ("fin", "reset")
        closed = proxy.log.wait("tunnel_closed")
        assert (closed["side"], closed["code"]) == ("proxy", 1001)


def test_r11_after_a_clients_fin_the_backend_still_delivers(proxy, backend):
    client, server = backend.tunnel(proxy.port)
    client.half_close()
    data = frame(BINARY, bytes(range(256)) * (MiB // 256))
    server.sock.settimeout(10)
    server.send(data)
    assert client.receive(len(data), deadline=10) == data
    server.close()
    assert client.wait_end() in ("fin", "reset")


def test_r11_after_a_backends_close_and_fin_everything_still_arrives(proxy, backend):
    client, server = backend.tunnel(proxy.port, receive_buffer=8192)
    data = frame(BINARY, bytes(range(256)) * (MiB // 256)) + close_frame(1000)
    server.sock.settimeout(10)
    server.send(data)
    server.half_close()
    assert client.receive(len(data), deadline=10) == data
    client.send(close_frame(1000, masked=True))
    client.close()


def test_r12_a_fin_that_nothing_follows_is_bounded(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, timeouts={"half_close": "1s"}))
        client, server = backend.tunnel(proxy.port)
        watch = Stopwatch()
        client.half_close()
        client.wait_end()
        assert 0.7 < watch.seconds < 4
        server.wait_end()


def test_a_backend_that_vanishes_between_frames_becomes_1014(proxy, backend):
    client, server = backend.tunnel(proxy.port)
    server.send(frame(TEXT, b"last words"))
    assert client.read_frame().payload == b"last words"
    server.close()
    got = client.read_frame()
    assert (got.opcode, got.code, got.masked) == (8, 1014, False)
    client.send(close_frame(1014, masked=True))
    assert client.wait_end() in ("fin", "reset")


@pytest.mark.parametrize("how", ["fin", "reset"])
def test_a_backend_that_vanishes_inside_a_frame_leaves_no_frame_of_ours(proxy, backend, how):
    client, server = backend.tunnel(proxy.port)
    half = frame(BINARY, bytes(1000))[:500]
    server.send(half)
    assert client.receive(500) == half
    server.close() if how == "fin" else server.reset()
    assert client.read_rest() == b"", "bytes of ours were put into the backend's frame"


def test_r17_writing_to_closed_sockets_ends_tunnels_and_not_the_proxy(proxy, backend):
    for _ in range(50):
        client, server = backend.tunnel(proxy.port)
        server.sock.settimeout(0.05)
        client.reset()
        try:
            for _ in range(20):
                server.send(frame(BINARY, bytes(32768)))
        except OSError:
            pass
        server.close()
    proxy.wait_metric("tidegate_tunnels_active", 0)
    assert proxy.is_alive()


def test_r22_connections_and_refusals_leave_nothing_behind(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend))

        def round_of(count):
            for _ in range(count):
                Wire.connect(proxy.port).close()
                ask(proxy.port, upgrade(drop=["Sec-WebSocket-Key"]))
                client, server = backend.tunnel(proxy.port)
                client.reset()
                server.close()
            proxy.wait_metric("tidegate_connections_active", 0)

        round_of(200)
        descriptors, threads, memory = proxy.process.descriptors(), proxy.process.threads(), MemoryMark(proxy.process)
        round_of(600)
        wait_until(lambda: proxy.process.descriptors() <= descriptors, 5, lambda: f"{proxy.process.descriptors()} descriptors")
        assert proxy.process.threads() <= threads + 2, "threads come with connections"
        memory.assert_grown_at_most(2 * MiB)


def test_r14_without_descriptors_left_tunnels_and_the_admin_go_on(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend), descriptors=400)
        client, server = backend.tunnel(proxy.port)
        crowd = []
        for _ in range(600):
            try:
                crowd.append(Wire.connect(proxy.port))
            except OSError:
                break
        assert len(crowd) > 400, "the crowd is too small to prove anything"
        client.send(frame(TEXT, b"still", masked=True))
        assert server.read_frame().payload == b"still"
        assert proxy.admin.status("/readyz") == 200
        proxy.process.assert_no_busy_loop("it turns while it cannot accept")
        for wire in crowd:
            wire.close()
        wait_until(lambda: tunnel_opens(proxy, backend), 10, what="a tunnel once there were descriptors again")


def test_r14_when_accept_itself_fails_for_want_of_descriptors_nothing_spins_and_it_recovers(launch):
    """The limit falls under a running proxy, so that its own bound on connections cannot keep EMFILE away."""
    with RawBackend() as backend:
        proxy = launch(settings(backend))
        client, server = backend.tunnel(proxy.port)
        before = resource.prlimit(proxy.child.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(proxy.child.pid, resource.RLIMIT_NOFILE, (proxy.process.descriptors() + 4, before[1]))
        crowd = [Wire.connect(proxy.port) for _ in range(40)]
        proxy.process.assert_no_busy_loop("it turns while it cannot accept")
        client.send(frame(TEXT, b"still", masked=True))
        assert server.read_frame().payload == b"still"
        assert proxy.admin.status("/livez") == 200, "no descriptor was kept for the admin"
        resource.prlimit(proxy.child.pid, resource.RLIMIT_NOFILE, before)
        for wire in crowd:
            wire.close()
        wait_until(lambda: tunnel_opens(proxy, backend), 10, what="a tunnel once there were descriptors again")


def tunnel_opens(proxy, backend):
    try:
        client = Wire.connect(proxy.port)
        client.send(upgrade())
        backend.request(deadline=0.5)
    except (OSError, AssertionError):
        return False
    return True

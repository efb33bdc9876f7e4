"""Pings of the proxy's own, to both sides: they find the dead, measure the living, and are not seen by the other side."""

import pytest

from harness.frames import BINARY, CONTINUATION, PING, PONG, TEXT, close_frame, frame
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Stopwatch

QUICK = {"interval": "400ms", "timeout": "500ms"}


@pytest.fixture
def pinging(launch, backend):
    return launch(settings(backend, ping=QUICK))


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def answer_pings(wire, masked, count):
    for _ in range(count):
        got = wire.read_frame()
        assert got.opcode == PING and got.fin and got.masked != masked
        wire.send(frame(PONG, got.payload, masked=masked))


def test_both_silent_sides_are_pinged_and_their_pongs_are_kept_from_the_other_side(pinging, backend):
    client, server = backend.tunnel(pinging.port)
    for _ in range(3):
        answer_pings(client, True, 1)
        answer_pings(server, False, 1)
    # Were a pong of one side passed on, the other side's next frame would be that pong and no ping.
    for side in ("client", "backend"):
        pinging.wait_metric("tidegate_ping_rtt_seconds_count", lambda count: count >= 2, pool="main", side=side)


def test_a_ping_and_a_pong_of_the_peers_own_pass(pinging, backend):
    client, server = backend.tunnel(pinging.port)
    client.send(frame(PING, b"mine", masked=True))
    server.send(frame(PING, b"theirs"))
    client.send(frame(PONG, b"unasked", masked=True))
    server.send(frame(PONG, b"unasked too"))
    assert _without_ours(server, 2) == [(PING, b"mine"), (PONG, b"unasked")]
    assert _without_ours(client, 2) == [(PING, b"theirs"), (PONG, b"unasked too")]


def _without_ours(wire, count):
    """The next frames that the other end wrote: a ping of the proxy's is none of the four above."""
    ours, found = {b"mine", b"theirs", b"unasked", b"unasked too"}, []
    while len(found) < count:
        got = wire.read_frame()
        if got.payload in ours:
            found.append((got.opcode, got.payload))
        else:
            assert got.opcode == PING
    return found


def test_no_ping_is_put_inside_a_frame_and_one_comes_after_it(pinging, backend):
    """The client has been silent for long, but the backend's frame toward it is not at its end yet."""
    client, server = backend.tunnel(pinging.port)
    whole = frame(BINARY, bytes(range(200)) * 3)
    answer_pings(client, True, 1)
    for at in range(0, len(whole), 50):
        server.send(whole[at:at + 50])
        assert client.receive(len(whole[at:at + 50])) == whole[at:at + 50]
        if at + 50 < len(whole):
            assert client.is_silent(0.1), "something was put inside the backend's frame"
    answer_pings(client, True, 1)


def test_a_ping_may_stand_between_the_fragments_of_a_message(pinging, backend):
    client, server = backend.tunnel(pinging.port)
    server.send(frame(TEXT, b"one", fin=False))
    assert client.read_frame().payload == b"one"
    answer_pings(client, True, 1)
    server.send(frame(CONTINUATION, b"two"))
    got = client.read_frame()
    assert (got.opcode, got.payload) == (CONTINUATION, b"two")


def test_a_client_that_answers_no_ping_is_ended_and_its_backend_gets_1001(pinging, backend):
    client, server = backend.tunnel(pinging.port)
    watch = Stopwatch()
    while (got := server.read_frame()).opcode == PING:
        server.send(frame(PONG, got.payload))
    assert (got.opcode, got.code, got.masked) == (8, 1001, True)
    assert 0.6 < watch.seconds < 4
    server.send(close_frame(1001))
    assert client.wait_end() in ("fin", "reset")


def test_a_backend_that_answers_no_ping_is_ended_and_its_client_gets_1014(pinging, backend):
    client, server = backend.tunnel(pinging.port)
    while (got := client.read_frame()).opcode == PING:
        client.send(frame(PONG, got.payload, masked=True))
    assert (got.opcode, got.code, got.masked) == (8, 1014, False)
    client.send(close_frame(1014, masked=True))
    assert client.wait_end() in ("fin", "reset")
    server.read_rest()
    assert server.end in ("fin", "reset")
    closed = pinging.log.wait("tunnel_closed")
    assert closed["side"] in ("backend", "proxy")


def test_any_byte_counts_as_a_sign_of_life(pinging, backend):
    """A side that talks is not pinged, and one that answers a ping with a message instead of a pong still lives."""
    client, server = backend.tunnel(pinging.port)
    watch = Stopwatch()
    while watch.seconds < 2:
        for wire, other, masked in ((client, server, True), (server, client, False)):
            wire.send(frame(TEXT, b"tick", masked=masked))
            while other.read_frame().opcode == PING:
                pass
        client.is_silent(0.1)
    client.send(frame(TEXT, b"still", masked=True))
    while (got := server.read_frame()).payload != b"still":
        assert got.opcode in (PING, TEXT)


def test_idle_counts_messages_and_not_pings(launch, backend):
    proxy = launch(settings(backend, ping={"interval": "300ms", "timeout": "2s"}, timeouts={"idle": "1500ms"}))
    client, server = backend.tunnel(proxy.port)
    watch = Stopwatch()
    pings = 0
    while (got := client.read_frame()).opcode == PING:
        pings += 1
        client.send(frame(PONG, got.payload, masked=True))
        server.send(frame(PONG, server.read_frame().payload))
    assert (got.opcode, got.code) == (8, 1001)
    assert pings >= 2 and 1 < watch.seconds < 4


def test_with_pings_off_a_silent_tunnel_stays_silent(launch, backend):
    proxy = launch(settings(backend, ping="off"))
    client, server = backend.tunnel(proxy.port)
    assert client.is_silent(1) and server.is_silent(0.1)

"""What drains and reloads leave alone: tails that are still taken, and requests that have nothing to do with what was retired."""

import signal
import socket

import pytest

from harness.frozen import frozen, wait_arrived
from harness.heads import answer, plain
from harness.messages import LAST, asked, chunk, read_answer, serving
from harness.process import MiB
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Missed, Stopwatch, wait_until
from harness.wire import Wire

HELD = "tidegate_buffered_bytes"
CHUNKED = ("Transfer-Encoding", "chunked")
EVENTS = answer(200, ("Content-Type", "text/event-stream"), CHUNKED, length=False)
FIRST = chunk(b"data: first\n\n")


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


# Slow readers

def narrow(port):
    """A client toward which the proxy's system holds little: small segments, a small window."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    sock.settimeout(Wire.deadline)
    sock.connect(("127.0.0.1", port))
    return Wire(sock)


def settles(proxy):
    """True when the system takes all that the proxy has for its clients, if not at once then as soon as it heard from them."""
    try:
        proxy.wait_metric(HELD, 0, deadline=0.7)
    except Missed:
        return False
    return True


def begin(proxy, backend):
    """A chunked answer to a client that reads nothing, and the backend's end of it."""
    client = narrow(proxy.port)
    client.send(plain())
    server, _ = backend.request()
    server.send(answer(200, CHUNKED, length=False))
    return client, server


def filled(proxy, backend):
    """The same after as much of the answer as the system takes, which is not the same for each client, and how much that is."""
    size, step = 64 * MiB, 8192
    while True:
        client, server = begin(proxy, backend)
        sent = 0
        while sent < size:
            server.send(chunk(b"1" * step))
            wait_arrived(server)
            sent += step
            if not settles(proxy):
                break
        else:
            return client, server, sent
        client.close()
        server.close()
        assert settles(proxy)
        size = sent - step
        assert size > 0


def in_the_system(proxy, client):
    """How many bytes the system holds between the proxy and a client: sent and not yet acknowledged, and not yet received."""
    def named(port):
        return f"0100007F:{port:04X}"

    ours, theirs = named(proxy.port), named(client.sock.getsockname()[1])
    held = 0
    with open("/proc/net/tcp") as table:
        for _, local, remote, _, queues, *_ in map(str.split, table):
            sending, _, receiving = queues.partition(":")
            if (local, remote) == (ours, theirs):
                held += int(sending, 16)
            elif (local, remote) == (theirs, ours):
                held += int(receiving, 16)
    assert held > 0
    return held


def take_slowly(wire, size, seconds):
    """Up to `size` bytes, evenly over so many seconds; fewer when the end comes before."""
    got, watch = bytearray(), Stopwatch()
    while len(got) < size and wire.wait_readable(3):
        data = wire.sock.recv(2048)
        if not data:
            break
        got += data
        wait_until(lambda: watch.seconds >= seconds * len(got) / size, seconds)
    return bytes(got)


def test_l12_a_drain_does_not_cut_the_tail_of_an_answer_that_a_slow_reader_still_takes(launch, backend):
    """The backend is done, the proxy holds the rest, and of that nothing fits for longer than an idle connection may stay."""
    proxy = launch(settings(backend, workers=1, drain={"period": "10s"}))
    client, server, first = filled(proxy, backend)
    last = 60_000
    with frozen(proxy):
        # All of it in one read, of which the system takes what is left of its room.
        server.send(chunk(b"2" * last) + LAST)
        wait_arrived(server)
    proxy.wait_metric("tidegate_backend_connections_idle", 1)
    assert in_the_system(proxy, client) < first + last, "the system has everything, which proves nothing"
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    got = take_slowly(client, 10_000, seconds=1.6) + client.read_rest()
    assert got.count(b"1") >= first and got.count(b"2" * last) == 1, f"{len(got)} bytes of {first} and {last}"
    assert got.endswith(b"2\r\n" + LAST)
    assert client.end == "fin"
    assert proxy.wait_exit(5) == 0


# Routes that a reload removes

def two_routes(backend, **top):
    """`/events` will be removed, `/poll` stays."""
    return settings(backend, routes=[{"path": "/events", "pool": "main"}, {"path": "/poll", "pool": "main"}], workers=1, **top)


def without_events(config):
    return dict(config, routes=config["routes"][1:])


def open_stream(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain("/events"))
    server.send(EVENTS + FIRST)
    assert client.read_head().status == 200 and client.receive(len(FIRST)) == FIRST
    return client, server


def test_l6_a_removed_routes_stream_that_ended_by_itself_costs_the_next_request_nothing(launch, backend):
    """The moment that the stream was given passes while the same connection waits for something else."""
    period = 2.0
    proxy = launch(two_routes(backend, drain={"period": "2s"}, timeouts={"response": "60s"}))
    streams = [open_stream(proxy, backend) for _ in range(6)]
    watch = Stopwatch()
    assert proxy.reload(without_events(proxy.config))
    polls = []
    for client, server in streams:
        server.send(LAST)
        assert client.receive(len(LAST)) == LAST
        if client.is_silent(0.02):  # Else its moment was the first of them, and came before its own end.
            client.send(plain("/poll"))
            polls.append((client, serving(server, backend)))
    assert len(polls) >= 4
    for _, server in polls:
        assert server.read_head().target == "/poll"
    # All moments of the period pass.
    for client, _ in polls:
        assert client.is_silent(max(0.05, period + 0.3 - watch.seconds)), "a poll was ended with its predecessor's route"
    for client, server in polls:
        server.send(answer(200, body=b"news"))
        assert read_answer(client).body == b"news"


@pytest.mark.parametrize("what", ["route", "backend"])
def test_l6_a_stream_whose_head_comes_after_the_reload_that_removed_its_way_ends_in_the_period(launch, backend, what):
    with RawBackend() as other:
        proxy = launch(two_routes(backend, drain={"period": "500ms"}))
        client, server, _ = asked(proxy.port, backend, plain("/events"))
        config = without_events(proxy.config) if what == "route" else dict(
            proxy.config, pools={"main": {"backends": [other.url]}})
        assert proxy.reload(config)
        server.send(EVENTS + FIRST)
        watch = Stopwatch()
        assert client.read_head().status == 200
        assert client.read_rest(deadline=4) == FIRST + LAST and client.end == "fin"
        assert watch.seconds < 3
        assert server.wait_end() in ("fin", "reset")

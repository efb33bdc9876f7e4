"""What a backend says beyond its answer, or is not told to its end: none of it becomes part of another exchange."""

import contextlib
import random
import socket
import sys

import pytest

from harness.answering import AnsweringBackend
from harness.frozen import frozen, wait_arrived
from harness.heads import Head, answer, plain
from harness.messages import asked, read_answer
from harness.process import MiB
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Missed
from harness.wire import Wire

POISON = answer(200, body=b"poison")
VICTIMS = 4


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def answer_fresh(backend, count):
    """Answers each request over a new connection with its target; gives the backend's ends. Fewer come when some were sent
    over connections that may not be used again: then their clients tell."""
    servers = []
    with contextlib.suppress(Missed):
        for _ in range(count):
            server, head = backend.request(deadline=2)
            server.send(answer(200, body=head.target.encode()))
            servers.append(server)
    return servers


def ask_all(clients, targets):
    for client, target in zip(clients, targets):
        client.send(plain(target))


def assert_answers(clients, targets):
    for client, target in zip(clients, targets):
        assert read_answer(client).body == target.encode(), f"{target} got the answer to another request, or to none"


def kept_connections(proxy, backend):
    """Clients whose first requests were answered, and the backend's ends of as many connections that now wait."""
    clients = [Wire.connect(proxy.port) for _ in range(VICTIMS)]
    targets = [f"/first/{number}" for number in range(VICTIMS)]
    ask_all(clients, targets)
    servers = answer_fresh(backend, VICTIMS)
    assert_answers(clients, targets)
    proxy.wait_metric("tidegate_backend_connections_idle", VICTIMS)
    return clients, servers


def test_a_surplus_that_came_behind_the_next_requests_but_before_they_were_read_reaches_nobody(launch, backend):
    proxy = launch(settings(backend, workers=1))
    clients, servers = kept_connections(proxy, backend)
    targets = [f"/next/{number}" for number in range(VICTIMS)]
    with frozen(proxy):
        ask_all(clients, targets)
        for server in servers:
            server.send(POISON)
            wait_arrived(server)
    answer_fresh(backend, VICTIMS)
    assert_answers(clients, targets)
    assert all(server.read_rest() == b"" for server in servers), "a request went over a connection with a surplus"


def test_a_surplus_in_a_second_segment_reaches_nobody_however_it_falls_among_requests(launch, backend):
    """Each round all kept connections have said too much by the time that the next requests are read, in any order."""
    proxy = launch(settings(backend, workers=1))
    clients, servers = kept_connections(proxy, backend)
    order = random.Random(7)
    for number in range(40):
        targets = [f"/round/{number}/{victim}" for victim in range(VICTIMS)]
        moves = [(server, POISON) for server in servers] + [(c, plain(t)) for c, t in zip(clients, targets)]
        order.shuffle(moves)
        with frozen(proxy):
            for wire, data in moves:
                wire.send(data)
            for wire, _ in moves:
                wait_arrived(wire)
        servers = answer_fresh(backend, VICTIMS)
        assert_answers(clients, targets)
        proxy.wait_metric("tidegate_backend_connections_idle", VICTIMS)


@pytest.mark.parametrize("reads", [1, 3])
def test_a_surplus_right_behind_an_answer_that_ends_with_a_read_is_not_the_pipelined_requests_answer(launch, backend, reads):
    """The reads of the answer end exactly where it does: that there is more, only the socket can tell."""
    proxy = launch(settings(backend, workers=1, limits={"buffer": "4KiB"}))
    head = len(answer(200, body=bytes(reads * 4096 - 100))) - (reads * 4096 - 100)
    exact = answer(200, body=b"1" * (reads * 4096 - head))
    assert len(exact) == reads * 4096
    client, server, _ = asked(proxy.port, backend, plain("/first") + plain("/second"))
    with frozen(proxy):
        server.send(exact)
        server.send(POISON)
        wait_arrived(server)
    answer_fresh(backend, 1)
    assert read_answer(client).body.strip(b"1") == b""
    assert_answers([client], ["/second"])
    assert server.read_rest() == b""


# Bodies

def narrow(backend):
    """Toward this backend the kernel takes little at a time: small segments, a small window."""
    backend.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 88)
    return backend


def post(target, size, byte):
    return plain(target, method="POST", extra=[("Content-Length", str(size))], body=byte * size)


def window(wire):
    """How many bytes the peer's system takes at once: tcpi_snd_wnd of TCP_INFO."""
    return int.from_bytes(wire.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232)[228:], sys.byteorder)


def wide(proxy, size):
    """A client for which the proxy's system takes `size` bytes at once, as it comes to do in long uploads."""
    for _ in range(5):
        client = Wire.connect(proxy.port)
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MiB)
        client.sock.settimeout(20)
        for _ in range(8):
            client.send(post("/wide", 8 * MiB, b"w"))
            assert read_answer(client, deadline=20).body == b"ok"
            if window(client) > size:
                return client
    raise AssertionError(f"the system takes no more than {window(client)} bytes at once")


def all_that_comes(wire, quiet=1.0):
    """Everything up to the end, or until nothing more has come for a while."""
    got = bytearray()
    while not wire.end:
        got += wire.held
        wire.held.clear()
        if not wire.wait_readable(quiet):
            break
        wire.is_silent(0.01)
    return bytes(got + wire.held)


@pytest.mark.parametrize("size", [180_000, 240_000])
def test_h50_the_next_request_never_stands_inside_a_body_that_came_with_its_head(launch, size):
    """The answer comes early and keeps the connection, while most of the body waits for a backend that takes it slowly."""
    with narrow(RawBackend()) as backend, AnsweringBackend() as other:
        proxy = launch(settings(
            pools={"main": {"backends": [backend.url]}, "wide": {"backends": [other.url]}},
            routes=[{"path": "/*", "pool": "main"}, {"path": "/wide", "pool": "wide"}],
            workers=1, limits={"buffer": "4KiB", "max_head": "4KiB"}))
        client = wide(proxy, 2 * size)
        with frozen(proxy):
            client.send(post("/first", size, b"B"))
            wait_arrived(client)
        server, _ = backend.request()
        server.send(answer(200, body=b"early"))
        early = read_answer(client)
        assert early.body == b"early"
        goes_on = "close" not in early.head.tokens("Connection")
        if goes_on:
            client.send(plain("/next"))
        came = all_that_comes(server)
        body, rest = came[:size], came[size:]
        assert body.strip(b"B") == b"", f"inside the body stood {body.strip(b'B')[:200]!r}"
        assert len(body) == size or server.end, "half a body, and the connection goes on"
        if goes_on:
            head = Head(rest) if rest else None
            if not rest:
                server, head = backend.request()
            assert head.target == "/next"
            server.send(answer(200, body=b"next"))
            assert read_answer(client).body == b"next"

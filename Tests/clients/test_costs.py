"""What a message, a request and an idle tunnel may cost in allocations, system calls and bytes.

None of it is time: the counts are the same on a slow machine and on a busy one. A bound here is what the proxy's workers need
today and a little room; whoever raises one says in ARCHITECTURE.md what was bought with it.
"""

import pytest

from harness import binary
from harness.answering import AnsweringBackend
from harness.costs import Costs
from harness.frames import BINARY, frame
from harness.heads import answer, plain
from harness.messages import read_answer
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire

pytestmark = pytest.mark.skipif(
    binary.is_sanitized() or binary.is_debug(), reason="what a debug build or a sanitizer costs says nothing of a release")

MESSAGES = 1000
REQUESTS = 500
TUNNELS = 200
# What a worker does by the clock while the play goes on: deadlines, a command, a measure of its load.
ROOM = 30


@pytest.fixture
def costs(tmp_path):
    with Costs(tmp_path) as counted:
        yield counted


@pytest.fixture
def counted(launch, costs, certificates):
    """Starts a proxy of one worker whose costs are counted."""
    log = {"level": "warn", "format": "json"}
    return lambda backend: launch(settings(backend, tls=certificates, workers=1, log=log), environment=costs.environment)


def echo(client, server, payload, count):
    """`count` messages to the backend and back, one after the other."""
    there, back = frame(BINARY, payload, masked=True), frame(BINARY, payload)
    for _ in range(count):
        client.send(there)
        assert server.receive(len(there))[-1:] == there[-1:]
        server.send(back)
        assert client.receive(len(back)) == back


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("size", [128, 4096])
def test_an_echoed_message_costs_four_system_calls_and_no_allocation_of_ours(counted, costs, backend, authority, secure, size):
    proxy = counted(backend)
    port, tls = (proxy.secure_port, authority.client_context()) if secure else (proxy.port, None)
    client, server = backend.tunnel(port, tls=tls)
    echo(client, server, bytes(size), 50)
    before = costs.read()
    echo(client, server, bytes(size), MESSAGES)
    spent = costs.since(before)
    assert spent.receives >= 2 * MESSAGES and spent.sends >= 2 * MESSAGES, f"the library does not count: {spent}"
    assert spent.receives + spent.sends <= 4 * MESSAGES + ROOM, spent
    assert spent.waits <= 2 * MESSAGES + ROOM, spent
    assert spent.interests <= ROOM and spent.others <= ROOM, spent
    # OpenSSL's own: it gives its buffers back after each record, so that an idle tunnel does not hold them.
    library = 6 * MESSAGES if secure else 0
    assert spent.allocations <= library + ROOM, spent


def test_a_plain_request_costs_five_system_calls_and_few_allocations(counted, costs):
    with AnsweringBackend(lambda message: answer(200, body=b"x" * 1024)) as backend:
        proxy = counted(backend)
        client = Wire.connect(proxy.port)

        def ask(count):
            for _ in range(count):
                client.send(plain("/some/where"))
                assert len(read_answer(client).body) == 1024

        ask(50)
        before = costs.read()
        ask(REQUESTS)
        spent = costs.since(before)
    # The fifth looks whether the kept connection is still silent.
    assert spent.receives + spent.sends <= 5 * REQUESTS + ROOM, spent
    assert spent.waits <= 2 * REQUESTS + ROOM, spent
    assert spent.interests <= ROOM and spent.others <= ROOM, spent
    assert 0 < spent.allocations <= 9 * REQUESTS, spent


@pytest.mark.parametrize("secure, sends", [(False, 2), (True, 3)], ids=["plain", "tls"])
def test_a_tunnel_that_comes_and_goes_costs_few_system_calls(counted, costs, backend, authority, secure, sends):
    proxy = counted(backend)
    port, tls = (proxy.secure_port, authority.client_context()) if secure else (proxy.port, None)

    def come_and_go(count):
        for _ in range(count):
            client, server = backend.tunnel(port, tls=tls)
            client.close()
            server.wait_end()
            server.close()
        wait_until(lambda: proxy.metric("tidegate_tunnels_active") == 0, interval=0.2)

    come_and_go(20)
    before = costs.read()
    come_and_go(TUNNELS)
    spent = costs.since(before)
    room = TUNNELS // 2
    # The request, and the 101 with the ticket behind it; over TLS the handshake's flight before them.
    assert sends * TUNNELS <= spent.sends <= sends * TUNNELS + room, spent
    # Head, answer, and both ends, over TLS the client's Finished, which may come alone.
    assert spent.receives <= (6 if secure else 4) * TUNNELS + room, spent
    # Both sockets are watched, and one that has ended no more.
    assert spent.interests <= 3 * TUNNELS + room, spent
    # An option of the dialled socket, a FIN or two resets, two closes.
    assert spent.others <= 5 * TUNNELS + room, spent


@pytest.mark.parametrize("secure, tunnels, bound", [(False, 1000, 2 * 1024), (True, 300, 16 * 1024)], ids=["plain", "tls"])
def test_an_idle_tunnel_holds_little_memory(launch, backend, authority, certificates, secure, tunnels, bound):
    proxy = launch(settings(backend, tls=certificates, workers=1))
    port, tls = (proxy.secure_port, authority.client_context()) if secure else (proxy.port, None)

    ends = []

    def open_tunnels(count):
        for _ in range(count):
            ends.extend(backend.tunnel(port, tls=tls))

    # What is there once, and the room that tables take ahead of need.
    open_tunnels(tunnels // 4)
    before = proxy.process.proportional()
    open_tunnels(tunnels)
    wait_until(lambda: proxy.metric("tidegate_tunnels_active") == tunnels + tunnels // 4, 5.0)
    each = (proxy.process.proportional() - before) / tunnels
    assert 0 < each <= bound, f"{each:.0f} bytes a tunnel"

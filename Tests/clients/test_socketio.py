"""Socket.IO through the proxy: python-socketio's server under uvicorn, its client with aiohttp."""

import asyncio
import contextlib
import os
import time

import aiohttp
import pytest
import socketio

from harness.settings import settings
from harness.socketio_backend import SocketIOBackend
from harness.waiting import wait_until


@contextlib.asynccontextmanager
async def client(url, *, tls=None, transports=None):
    """A connected client; `ticks` on it collects the numbers of the server's own events."""
    connector = aiohttp.TCPConnector(ssl=tls) if tls else aiohttp.TCPConnector()
    async with aiohttp.ClientSession(connector=connector) as session:
        one = socketio.AsyncClient(http_session=session, reconnection=False)
        one.ticks, one.sources = [], set()

        async def tick(data):
            one.ticks.append(data["number"])
            one.sources.add(data["from"])

        one.on("tick", tick)
        await one.connect(url, transports=transports, wait_timeout=10)
        try:
            yield one
        finally:
            # By polling, the client says goodbye at once and then waits out its last poll.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(one.disconnect(), 0.5)


async def until(condition, deadline=10.0):
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.01)


async def echoes(one, count, size=200):
    """Each event is acknowledged with what it brought, text and bytes alike; gives the slowest of them."""
    slowest, sources = 0.0, set()
    for number in range(count):
        data = {"number": number, "text": "x" * size, "bytes": os.urandom(size)}
        began = time.monotonic()
        answered = await one.call("echo", data, timeout=10)
        slowest = max(slowest, time.monotonic() - began)
        assert answered["data"] == data
        sources.add(answered["from"])
    return slowest, sources


@pytest.fixture(scope="module")
def backend():
    with SocketIOBackend() as backend:
        yield backend


@pytest.fixture(scope="module")
def front(backend, launch_once, certificates):
    return launch_once(settings(backend, tls=certificates))


def test_a_client_begins_by_polling_and_upgrades_through_tls(front, backend, authority):
    polls = backend.polls

    async def play():
        async with client(f"https://127.0.0.1:{front.secure_port}", tls=authority.client_context()) as one:
            assert backend.polls > polls, "it did not begin by polling"
            await until(lambda: one.transport() == "websocket")
            front.wait_metric("tidegate_tunnels_active", 1, pool="main")
            settled = backend.polls
            await echoes(one, 50)
            await one.emit("start", (40, 0.005))
            await until(lambda: len(one.ticks) == 40)
            assert one.ticks == list(range(40))
            assert backend.polls == settled, "events still come by polling"
            # Past the server's own ping interval, so that its pings and the client's pongs go through, too.
            quiet = time.monotonic()
            await until(lambda: time.monotonic() - quiet > 2.2)
            await echoes(one, 5, size=100_000)

    asyncio.run(play())
    wait_until(lambda: backend.connected == 0)
    assert front.metric("tidegate_tunnels_total", pool="main") >= 1
    assert front.metric("tidegate_requests_total", pool="main", code="200") >= 1


def test_ten_clients_upgrade_at_once_and_each_hears_its_own(front, backend, authority):
    async def play():
        async def one_of_them():
            async with client(f"https://127.0.0.1:{front.secure_port}", tls=authority.client_context()) as one:
                await until(lambda: one.transport() == "websocket")
                await one.emit("start", (20, 0.01))
                await echoes(one, 20)
                await until(lambda: len(one.ticks) == 20)
                assert one.ticks == list(range(20))

        await asyncio.gather(*(one_of_them() for _ in range(10)))

    asyncio.run(play())
    wait_until(lambda: backend.connected == 0)


def test_polling_alone_carries_events_both_ways_for_ten_seconds(front, backend, authority):
    """Longer than two of the server's ping intervals; half of the clients come by TLS."""
    async def play():
        async def one_of_them(number):
            url, tls = f"http://127.0.0.1:{front.port}", None
            if number % 2:
                url, tls = f"https://127.0.0.1:{front.secure_port}", authority.client_context()
            async with client(url, tls=tls, transports=["polling"]) as one:
                began = time.monotonic()
                await one.emit("start", (90, 0.1))
                slowest = 0.0
                while time.monotonic() - began < 10:
                    slowest = max(slowest, (await echoes(one, 1))[0])
                    await asyncio.sleep(0.1)
                await until(lambda: len(one.ticks) == 90)
                assert one.ticks == list(range(90)) and one.transport() == "polling"
                return slowest

        slowest = await asyncio.gather(*(one_of_them(number) for number in range(4)))
        # A poll is held until there is something to say; were answers held back, an event would wait for the next ping.
        assert max(slowest) < 1.5, slowest

    asyncio.run(play())
    # A client that was cut off while it said goodbye is missed by the server's pings only.
    wait_until(lambda: backend.connected == 0, deadline=20)
    front.wait_metric("tidegate_streams_active", 0, pool="main")
    assert front.metric("tidegate_tunnels_active", pool="main") == 0


def test_two_backends_work_where_the_websocket_is_the_only_transport(launch, certificates, authority):
    with SocketIOBackend(name="one", transports=["websocket"]) as one, SocketIOBackend(name="two", transports=["websocket"]) as two:
        proxy = launch(settings(one, two, tls=certificates))

        async def play():
            async def one_of_them():
                async with client(
                        f"https://127.0.0.1:{proxy.secure_port}", tls=authority.client_context(), transports=["websocket"]) as one:
                    await one.emit("start", (10, 0.01))
                    _, sources = await echoes(one, 10)
                    await until(lambda: len(one.ticks) == 10)
                    assert len(sources | one.sources) == 1
                    return sources.pop()

            return await asyncio.gather(*(one_of_them() for _ in range(8)))

        assert sorted(asyncio.run(play())) == ["one"] * 4 + ["two"] * 4
        wait_until(lambda: one.connected == two.connected == 0)


def test_the_server_and_the_client_understand_each_other_without_the_proxy(backend):
    async def play():
        for transports in (["polling"], ["websocket"], None):
            async with client(backend.url, transports=transports) as one:
                await one.emit("start", (5, 0.01))
                await echoes(one, 5)
                await until(lambda: len(one.ticks) == 5)

    asyncio.run(play())
    wait_until(lambda: backend.connected == 0)

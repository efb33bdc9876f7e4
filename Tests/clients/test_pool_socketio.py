"""Socket.IO over two backends that know nothing of each other: by polling it works only with stickiness."""

import asyncio
import contextlib

import aiohttp
import pytest
import socketio

from harness.socketio_backend import SocketIOBackend
from harness.waiting import wait_until
from pool_settings import pooled

STICKY = {"cookie": "place", "keys": ["a key of the plays, which is long enough"]}
CLIENTS = 8


@pytest.fixture(scope="module")
def two():
    with SocketIOBackend(name="one") as one, SocketIOBackend(name="two") as other:
        yield one, other


async def _client(url, transports, upgraded, **session):
    """Connects, has twenty events answered by one backend only, and gives its name."""
    session.setdefault("cookie_jar", aiohttp.CookieJar(unsafe=True))
    async with aiohttp.ClientSession(**session) as http:
        one = socketio.AsyncClient(http_session=http, reconnection=False)
        await one.connect(url, transports=transports, wait_timeout=10)
        try:
            async with asyncio.timeout(10):
                while upgraded and one.transport() != "websocket":
                    await asyncio.sleep(0.01)
            sources = set()
            for number in range(20):
                answered = await one.call("echo", {"number": number}, timeout=5)
                assert answered["data"] == {"number": number}
                sources.add(answered["from"])
            assert one.transport() == ("websocket" if upgraded else "polling")
            assert len(sources) == 1, sources
            return sources.pop()
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(one.disconnect(), 0.5)


async def _clients(port, transports, upgraded):
    url = f"http://127.0.0.1:{port}"
    return await asyncio.gather(*(_client(url, transports, upgraded) for _ in range(CLIENTS)))


def gone(two):
    wait_until(lambda: all(backend.connected == 0 for backend in two), deadline=20)


@pytest.mark.parametrize("kind", ["polling alone", "polling, then a websocket"])
def test_with_a_cookie_each_client_stays_with_its_backend(launch, two, kind):
    transports, upgraded = (["polling"], False) if kind == "polling alone" else (None, True)
    proxy = launch(pooled(two, sticky=STICKY))
    sources = asyncio.run(_clients(proxy.port, transports, upgraded))
    assert set(sources) == {"one", "two"}
    gone(two)


def test_with_a_hash_of_a_field_it_works_without_cookies(launch, two):
    """Clients that keep no cookies are told apart by a field of their own."""
    async def play(port):
        return await asyncio.gather(*(
            _client(f"http://127.0.0.1:{port}", ["polling"], False, cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"X-Client": f"client {number}"})
            for number in range(CLIENTS)))

    proxy = launch(pooled(two, balance="hash", hash={"key": "header.X-Client", "max_load": "off"}))
    asyncio.run(play(proxy.port))
    gone(two)

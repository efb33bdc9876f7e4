"""Clients and servers that other people wrote, through the proxy: every payload is compared by its hash, both ways."""

import asyncio
import hashlib
import random

import aiohttp
import pytest
import websockets
from websockets.asyncio.client import connect as websockets_connect

from harness.echo_backends import AiohttpEcho, WebsocketsEcho
from harness.load import connect
from harness.settings import settings
from harness.waiting import wait_until

MiB = 1 << 20
CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999]
SERVERS = {
    "websockets": lambda: WebsocketsEcho(),
    "websockets deflate": lambda: WebsocketsEcho(compression="deflate"),
    "aiohttp": lambda: AiohttpEcho(compress=True),
}


def digest(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


class WebsocketsClient:
    """Python's `websockets`, with the few verbs the plays need."""

    async def open(self, url, tls, compression):
        self.socket = await connect(url, tls=tls, compression="deflate" if compression else None)
        return self

    async def echo(self, data):
        await self.socket.send(data)
        return await self.socket.recv()

    async def fragments(self, parts):
        await self.socket.send(iter(parts))
        return await self.socket.recv()

    async def ping(self):
        await asyncio.wait_for(await self.socket.ping(), 5)

    async def close(self, code):
        await self.socket.close(code, "done")
        return self.socket.close_code


class AiohttpClient:
    """aiohttp's client. It has no verb for fragments, so those go as one message."""

    async def open(self, url, tls, compression):
        self.session = aiohttp.ClientSession()
        self.socket = await self.session.ws_connect(
            url, ssl=tls or True, server_hostname="site.test" if tls else None, compress=15 if compression else 0,
            max_msg_size=0, autoping=False)
        return self

    async def echo(self, data):
        await (self.socket.send_str(data) if isinstance(data, str) else self.socket.send_bytes(data))
        return (await self.socket.receive(timeout=30)).data

    async def fragments(self, parts):
        return await self.echo(b"".join(parts))

    async def ping(self):
        await self.socket.ping(b"there?")
        message = await self.socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"there?")

    async def close(self, code):
        await self.socket.close(code=code, message=b"done")
        code = self.socket.close_code
        await self.session.close()
        return code


CLIENTS = {"websockets": WebsocketsClient, "aiohttp": AiohttpClient}


@pytest.fixture(scope="module", params=list(SERVERS))
def server(request):
    with SERVERS[request.param]() as server:
        yield server


@pytest.fixture(scope="module")
def front(server, launch_once, certificates):
    return launch_once(settings(server, tls=certificates, timeouts={"handshake": "15s"}))


@pytest.fixture(params=["ws", "wss"])
def address(request, front, authority):
    """The URL of the front, and the TLS context it wants."""
    if request.param == "ws":
        return f"ws://127.0.0.1:{front.port}/chat?room=1", None
    return f"wss://127.0.0.1:{front.secure_port}/chat?room=1", authority.client_context()


@pytest.fixture(params=list(CLIENTS))
def client(request):
    return CLIENTS[request.param]


def play(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 60))


@pytest.mark.parametrize("compression", [False, True], ids=["as it is", "deflate offered"])
def test_text_binary_and_fragments_come_back_as_they_went(client, address, compression):
    source = random.Random(7)
    payloads = ["", "hello", "zażółć 🦆 " * 100, "x" * 125, "x" * 126, "y" * 65535, "y" * 65536, b"", source.randbytes(126),
                source.randbytes(65536), source.randbytes(300_000), bytes(1_000_000)]

    async def talk():
        socket = await client().open(*address, compression)
        for payload in payloads:
            back = await socket.echo(payload)
            assert type(back) is type(payload) and digest(back) == digest(payload)
        parts = [source.randbytes(size) for size in (1, 125, 126, 70_000, 3)]
        assert digest(await socket.fragments(parts)) == digest(b"".join(parts))
        await socket.ping()
        assert await socket.close(1000) == 1000

    play(talk())


def test_16_mib_come_back_whole(client, address):
    payload = random.Random(11).randbytes(16 * MiB)

    async def talk():
        socket = await client().open(*address, False)
        assert digest(await socket.echo(payload)) == digest(payload)
        await socket.close(1000)

    play(talk())


@pytest.mark.parametrize("code", CODES)
def test_a_clients_close_code_reaches_the_backend(client, front, server, code):
    seen = len(server.codes)

    async def talk():
        socket = await client().open(f"ws://127.0.0.1:{front.port}/", None, False)
        await socket.close(code)

    play(talk())
    wait_until(lambda: code in server.codes[seen:], 5, lambda: f"close code {code} at the backend, not {server.codes[seen:]}")


@pytest.mark.parametrize("code", CODES)
def test_a_backends_close_code_reaches_the_client(front, server, code):
    async def talk():
        async with websockets_connect(f"ws://127.0.0.1:{front.port}/", proxy=None) as socket:
            await socket.send(f"close {code}")
            await socket.wait_closed()
            return socket.close_code, socket.close_reason

    assert play(talk()) == (code, "as you asked")


def test_many_clients_at_once_get_their_own_answers(front, address):
    url, tls = address

    async def one(number):
        async with connect(url, tls=tls) as socket:
            for turn in range(20):
                text = f"{number}/{turn} " * 50
                await socket.send(text)
                assert await socket.recv() == text

    async def talk():
        await asyncio.gather(*(one(number) for number in range(50)))

    play(talk())


def test_the_path_the_query_and_the_origin_reach_the_backend(front, server):
    async def talk():
        async with websockets_connect(
            f"ws://127.0.0.1:{front.port}/chat/a%20b?x=%2F&y=1", origin="https://app.example", proxy=None
        ):
            pass

    play(talk())
    path, headers = server.requests[-1]
    assert path == "/chat/a%20b?x=%2F&y=1"
    assert headers["Origin"] == "https://app.example"
    assert headers["X-Forwarded-For"] == "127.0.0.1" and headers["X-Forwarded-Proto"] == "http"


def test_a_subprotocol_is_agreed_on_through_the_proxy(launch):
    with WebsocketsEcho(subprotocols=["chat.v2", "chat.v1"]) as echo:
        proxy = launch(settings(echo))

        async def talk():
            async with websockets_connect(
                f"ws://127.0.0.1:{proxy.port}/", subprotocols=["chat.v1", "chat.v2"], proxy=None
            ) as socket:
                return socket.subprotocol

        assert play(talk()) == "chat.v2"


def test_deflate_is_agreed_on_and_what_is_sent_is_really_smaller(launch):
    with WebsocketsEcho(compression="deflate") as echo:
        proxy = launch(settings(echo))

        async def talk():
            async with connect(f"ws://127.0.0.1:{proxy.port}/", compression="deflate") as socket:
                assert socket.protocol.extensions, "nothing was agreed on"
                await socket.send("a" * MiB)
                assert await socket.recv() == "a" * MiB

        play(talk())
        proxy.wait_metric("tidegate_tunnels_active", 0)
        assert 0 < proxy.metric("tidegate_bytes_total", direction="to_backend") < MiB / 10


def test_a_client_that_leaves_without_a_word_ends_the_backends_side(front, server):
    async def talk():
        socket = await connect(f"ws://127.0.0.1:{front.port}/")
        await socket.send("hello")
        assert await socket.recv() == "hello"
        live = server.live
        socket.transport.abort()
        return live

    live = play(talk())
    wait_until(lambda: server.live < live, 5, what="one tunnel fewer at the backend")


def test_a_clients_refused_upgrade_raises_what_a_client_expects(front):
    async def talk():
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets_connect(f"ws://127.0.0.1:{front.port}/..;/", proxy=None)
        return refused.value.response.status_code

    assert play(talk()) == 400

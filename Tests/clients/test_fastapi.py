"""A voice chat as people build it: FastAPI under uvicorn, audio up, text down."""

import asyncio
import hashlib
import random

import aiohttp
import pytest
import websockets
from websockets.asyncio.client import connect as websockets_connect

from harness.load import connect
from harness.settings import settings
from harness.voice_backend import VoiceBackend

CHUNKS = 100
CHUNK = 3200  # A tenth of a second of 16 kHz, 16 bit.


@pytest.fixture(scope="module")
def voice():
    with VoiceBackend() as voice:
        yield voice


@pytest.fixture(scope="module")
def front(voice, launch_once, certificates):
    return launch_once(settings(
        voice, tls=certificates, routes=[{"path": "/ws/*", "pool": "main"}], timeouts={"handshake": "15s"}))


def chunks(seed):
    source = random.Random(seed)
    return [source.randbytes(CHUNK) for _ in range(CHUNKS)]


async def speak(socket, audio):
    """Sends all the audio while the texts come in, and checks that each chunk had its three texts in order."""
    async def listen():
        for number in range(CHUNKS):
            for part in range(3):
                assert await socket.recv() == f"heard {(number + 1) * CHUNK} part {part}"
        return await socket.recv()

    listening = asyncio.ensure_future(listen())
    for chunk in audio:
        await socket.send(chunk)
    await socket.send("end")
    said = await asyncio.wait_for(listening, 20)
    await asyncio.wait_for(socket.wait_closed(), 5)
    return said, socket.close_code, socket.close_reason


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_audio_goes_up_and_text_streams_down(front, authority, scheme):
    port = front.port if scheme == "ws" else front.secure_port
    tls = authority.client_context() if scheme == "wss" else None
    audio = chunks(1)

    async def play():
        async with connect(f"{scheme}://127.0.0.1:{port}/ws/voice-chat", tls=tls) as socket:
            return await speak(socket, audio)

    said, code, reason = asyncio.run(play())
    assert said == hashlib.sha256(b"".join(audio)).hexdigest()
    assert (code, reason) == (1000, "spoken")


def test_twenty_callers_at_once_each_hear_their_own_hash(front):
    async def one(seed):
        audio = chunks(seed)
        async with connect(f"ws://127.0.0.1:{front.port}/ws/voice-chat") as socket:
            said, code, _ = await speak(socket, audio)
            return said == hashlib.sha256(b"".join(audio)).hexdigest() and code == 1000

    async def play():
        return await asyncio.gather(*(one(seed) for seed in range(20)))

    assert all(asyncio.run(play()))


def test_aiohttp_as_a_caller(front):
    audio = chunks(3)

    async def play():
        texts = []
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"http://127.0.0.1:{front.port}/ws/voice-chat") as socket:
                for chunk in audio:
                    await socket.send_bytes(chunk)
                    texts += [await socket.receive_str(timeout=5) for _ in range(3)]
                await socket.send_str("end")
                said = await socket.receive_str(timeout=5)
                closing = await socket.receive(timeout=5)
                assert closing.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED)
                return said, texts, socket.close_code

    said, texts, code = asyncio.run(play())
    assert said == hashlib.sha256(b"".join(audio)).hexdigest()
    assert texts[-1] == f"heard {CHUNKS * CHUNK} part 2" and len(texts) == 3 * CHUNKS
    assert code == 1000


@pytest.mark.parametrize("path, status", [("/ws/members-only", 403), ("/ws/nowhere", 403), ("/elsewhere", 404)])
def test_the_applications_refusal_reaches_the_caller(front, path, status):
    """The first two statuses are the application's own answers; the last is the proxy's, for want of a route."""
    async def play():
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets_connect(f"ws://127.0.0.1:{front.port}{path}", proxy=None)
        return refused.value.response.status_code

    assert asyncio.run(play()) == status

"""How backends answer the proxy's own checks: well, badly, and as nobody should. Each is (head, reader, writer) -> awaitable."""

import asyncio

from harness.frames import PING, PONG, TEXT, frame
from harness.heads import answer, switching
from harness.process import MiB
from pool_frames import echo, read_frame


def replies(status, *fields, body=b""):
    async def reply(head, reader, writer):
        writer.write(answer(status, *fields, body=body))
        await writer.drain()

    return reply


passes = replies(200, body=b"all is well")
fails = replies(500, body=b"all is lost")


def late(event, then=passes):
    """Answers once `event` (of asyncio or anything with `is_set`) is set, and not before."""
    async def reply(head, reader, writer):
        while not event.is_set():
            await asyncio.sleep(0.01)
        await then(head, reader, writer)

    return reply


async def never(head, reader, writer):
    """Says nothing until the proxy gives up."""
    await reader.read()


async def upgraded(head, reader, writer):
    """A handshake; pings are answered and texts come back."""
    writer.write(switching(head.one("Sec-WebSocket-Key")))
    await writer.drain()
    await echo(reader, writer, [])


async def upgraded_and_mute(head, reader, writer):
    """A handshake, and then no word."""
    writer.write(switching(head.one("Sec-WebSocket-Key")))
    await writer.drain()
    await reader.read()


def upgraded_and_says(payload, pong=None):
    """A handshake; every text is answered with `payload`, every ping with what it brought, or with `pong`."""
    async def reply(head, reader, writer):
        writer.write(switching(head.one("Sec-WebSocket-Key")))
        await writer.drain()
        while True:
            kind, data = await read_frame(reader)
            if kind == PING:
                writer.write(frame(PONG, data if pong is None else pong))
            elif kind == TEXT:
                writer.write(frame(TEXT, payload))
            await writer.drain()

    return reply


class Floods:
    """A 200 with a body of `size` bytes; `given` is how many went out in all."""

    def __init__(self, size, begins=b""):
        self.size, self.begins, self.given = size, begins, 0

    async def __call__(self, head, reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self.size + self.begins)
        part = b"\xa5" * MiB
        for _ in range(self.size // MiB):
            writer.write(part)
            await writer.drain()
            self.given += MiB


async def endless_head(head, reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: %s\r\n" % (b"v" * 4096))
        await writer.drain()


async def drips(head, reader, writer):
    """A byte of a good answer every 50 ms: never silent, and never done in time."""
    for byte in answer(200, body=b"x" * 1000):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def garbage(head, reader, writer):
    writer.write(b"\x00\x01\x02 no answer at all\r\n\r\n")
    await writer.drain()


async def hangs_up(head, reader, writer):
    writer.transport.abort()

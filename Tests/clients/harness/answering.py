"""A backend that answers plain requests by itself, over connections it keeps, and writes down all that reached it."""

import asyncio
import socket

from .background import Background
from .heads import Head, answer
from .messages import Message


class AnsweringBackend:
    """`reply(message)` gives the bytes of the answer, or an iterator over parts of it; None ends the connection.

    `requests` holds (number of the connection, message) in the order they came; `connections` counts the accepted ones."""

    def __init__(self, reply=None, *, send_buffer=None):
        self._reply = reply or (lambda message: answer(200, body=b"ok"))
        self._send_buffer = send_buffer
        self.requests, self.connections = [], 0
        self._writers = set()
        self.background = Background()
        self.port = self.background.run(self._start())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def label(self):
        return f"127.0.0.1:{self.port}"

    async def _start(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20, backlog=1024)
        return self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        self.connections += 1
        number = self.connections
        self._writers.add(writer)
        if self._send_buffer:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._send_buffer)
            writer.transport.set_write_buffer_limits(high=self._send_buffer)
        try:
            while True:
                message = await _read(reader)
                self.requests.append((number, message))
                reply = self._reply(message)
                if reply is None:
                    return
                for part in [reply] if isinstance(reply, bytes) else reply:
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def close(self):
        async def stop():
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()

        try:
            self.background.run(stop())
        finally:
            self.background.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


async def _read(reader):
    message = Message(Head(await reader.readuntil(b"\r\n\r\n")))
    if "chunked" in message.head.tokens("Transfer-Encoding"):
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            message.body += await reader.readexactly(size)
            await reader.readexactly(2)
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            message.trailers.append(tuple(part.strip() for part in line.decode("latin-1").split(":", 1)))
    elif message.head.all("Content-Length"):
        message.body = await reader.readexactly(int(message.head.one("Content-Length")))
    message.whole = True
    return message

"""A backend whose checks, handshakes and tunnels a play turns as it likes. It says its name in every answer: X-Backend."""

import asyncio
import collections
import contextlib

import pool_checks
from harness.background import Background
from harness.heads import Head, answer, switching
from harness.ports import free_port
from pool_frames import echo

CHECK, EVENTS = "/check", "/events"


class PoolBackend:
    """Echoes what comes through its tunnels, and answers plain requests with 200; those for `/events` with events without end.

    A request for `/check` is answered by `check`, or, as long as it has entries, by the next one of `script`; `checks` counts those
    that began, `checks_ended` those that are over. Upgrades are answered by `refusal` (bytes) where there is one, and `surplus` is
    what came behind their heads; with `dies` the connection is aborted just behind the 101, which comes after `thinks` seconds. `heads` holds
    all other requests, `codes` the Closes that came, `connections` counts what was accepted. `tls` is a server's context, `unix` the
    path of a socket to listen on instead of a port."""

    def __init__(self, *, port=None, background=None, tls=None, unix=None):
        self.check, self.script = pool_checks.passes, collections.deque()
        self.checks = self.checks_ended = self.connections = 0
        self.thinks = 0
        self.refusal, self.dies, self.sets_cookie, self.cache_control = None, False, None, None
        self.heads, self.codes, self.surplus = [], [], b""
        self._tunnels, self._writers = set(), set()
        self._tls, self._unix = tls, unix
        self._own = background is None
        self.background = background or Background()
        self.port, self._server = port or free_port(), None
        self.listen()

    @property
    def url(self):
        if self._unix:
            return f"unix:{self._unix}"
        return f"wss://localhost:{self.port}" if self._tls else f"ws://127.0.0.1:{self.port}"

    @property
    def label(self):
        if self._unix:
            return f"unix:{self._unix}"
        return f"localhost:{self.port}" if self._tls else f"127.0.0.1:{self.port}"

    @property
    def live(self):
        return len(self._tunnels)

    @property
    def is_listening(self):
        return self._server.is_serving()

    @property
    def open_now(self):
        """Connections that are open, of whatever kind."""
        return len(self._writers)

    # Life

    def listen(self):
        """Takes connections (again), always at the same place."""
        if self._unix:
            start = asyncio.start_unix_server(self._serve, self._unix, limit=1 << 20)
        else:
            start = asyncio.start_server(
                self._serve, "127.0.0.1", self.port, ssl=self._tls, limit=1 << 20, backlog=4096, reuse_address=True)
        self._server = self.background.run(start)

    def deafen(self):
        """Takes no more connections; what is open stays."""
        async def stop():
            self._server.close()

        self.background.run(stop())

    def cut(self):
        """Resets all that is open."""
        async def abort():
            for writer in list(self._writers):
                writer.transport.abort()

        self.background.run(abort())

    def fall(self):
        """As if its process had died."""
        self.deafen()
        self.cut()

    def close(self):
        try:
            self.fall()
        finally:
            if self._own:
                self.background.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Serving

    async def _serve(self, reader, writer):
        self.connections += 1
        self._writers.add(writer)
        try:
            while True:
                head = Head(await reader.readuntil(b"\r\n\r\n"))
                if head.target == CHECK:
                    await self._checked(head, reader, writer)
                    return
                self.heads.append(head)
                if "upgrade" in head.tokens("Connection"):
                    await self._upgraded(head, reader, writer)
                    return
                if head.target == EVENTS:
                    await self._events(writer)
                await reader.readexactly(int(head.get("Content-Length") or 0))
                writer.write(answer(200, *self._fields(), body=self.label.encode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _fields(self):
        told = [("X-Backend", self.label), ("Set-Cookie", self.sets_cookie), ("Cache-Control", self.cache_control)]
        return [(name, value) for name, value in told if value]

    async def _events(self, writer):
        """An event every 20 ms, until nobody listens."""
        writer.write(answer(
            200, ("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"), *self._fields(), length=False))
        while True:
            writer.write(b"d\r\ndata: event\n\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def _checked(self, head, reader, writer):
        reply = self.script.popleft() if self.script else self.check
        self.checks += 1
        try:
            await reply(head, reader, writer)
        finally:
            self.checks_ended += 1

    async def _upgraded(self, head, reader, writer):
        if self.refusal:
            writer.write(self.refusal)
            await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
                self.surplus += await reader.read()
            return
        if self.thinks:
            await asyncio.sleep(self.thinks)
        writer.write(switching(head.one("Sec-WebSocket-Key"), *self._fields()))
        await writer.drain()
        if self.dies:
            writer.transport.abort()
            return
        self._tunnels.add(writer)
        try:
            await echo(reader, writer, self.codes)
        finally:
            self._tunnels.discard(writer)


@contextlib.contextmanager
def pool_backends(count):
    """So many backends, on one thread."""
    with contextlib.ExitStack() as stack:
        background = Background()
        stack.callback(background.close)
        yield [stack.enter_context(PoolBackend(background=background)) for _ in range(count)]

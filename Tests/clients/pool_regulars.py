"""Clients that come back at once, by themselves, whenever they are sent away."""

import asyncio
import collections
import time

import websockets

from harness.background import Background
from harness.load import close_code, connect


# An upgrade that was answered 502: when it was asked for and when the answer came (monotonic), and the request's id.
Cut = collections.namedtuple("Cut", "asked answered id")


class Regulars:
    """`count` tunnels through the proxy on `port` that are opened anew whenever one is closed, and never speak unless told to.

    `codes` counts the Closes that came, `complaint` is the first connection that failed. `places` says where they are now.
    A 502 goes into `cut` and is asked again: a backend died with the upgrade in its hands."""

    def __init__(self, port, count):
        self.codes, self.complaint, self.cut = collections.Counter(), None, []
        self._url, self._count = f"ws://127.0.0.1:{port}/", count
        self._now = [None] * count
        self._over = False
        self.background = Background()

    async def _live(self, number):
        try:
            while not self._over:
                asked = time.monotonic()
                try:
                    tunnel = await connect(self._url)
                except websockets.InvalidStatus as refused:
                    if refused.response.status_code != 502:
                        raise
                    self.cut.append(Cut(asked, time.monotonic(), refused.response.headers["X-Request-ID"]))
                    continue
                self._now[number] = tunnel
                await tunnel.wait_closed()
                self._now[number] = None
                if not self._over:
                    self.codes[close_code(tunnel)] += 1
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            self.complaint = self.complaint or repr(error)

    async def _begin(self):
        self._tasks = [asyncio.ensure_future(self._live(number)) for number in range(self._count)]
        while None in self._now and not self.complaint:
            await asyncio.sleep(0.01)

    def places(self):
        return collections.Counter(
            tunnel.response.headers["X-Backend"] for tunnel in list(self._now) if tunnel is not None)

    @property
    def closed(self):
        return sum(self.codes.values())

    def all_speak(self):
        """Whoever is here now gets his echo; those who are sent away meanwhile are left out."""
        async def one(tunnel):
            try:
                await tunnel.send("hello")
                assert await tunnel.recv() == "hello"
                return True
            except websockets.ConnectionClosed:
                return False

        async def all_of_them():
            return await asyncio.gather(*(one(tunnel) for tunnel in list(self._now) if tunnel is not None))

        return sum(self.background.run(all_of_them(), 20))

    def __enter__(self):
        self.background.run(self._begin(), 30)
        assert not self.complaint, self.complaint
        return self

    def __exit__(self, *_):
        self._over = True

        async def end():
            for tunnel in self._now:
                if tunnel is not None:
                    tunnel.transport.abort()

        self.background.run(end())
        self.background.close()

"""Many tunnels at once, each with numbered and checksummed messages in flight."""

import asyncio
import random
import zlib

import websockets
import websockets.asyncio.client


def connect(url, *, tls=None, **options):
    """`websockets` as a client without pings, limits or compression of its own; `tls` is a context for wss."""
    if tls is not None:
        options.setdefault("server_hostname", "site.test")
    return websockets.asyncio.client.connect(
        url, ssl=tls, compression=options.pop("compression", None), ping_interval=None, max_size=None, proxy=None,
        open_timeout=20, close_timeout=options.pop("close_timeout", 5), **options)


async def connect_many(url, count, *, at_once=50, **options):
    """`count` open tunnels. Any one that does not open raises."""
    gate = asyncio.Semaphore(at_once)

    async def one():
        async with gate:
            return await connect(url, **options)

    return await asyncio.gather(*(one() for _ in range(count)))


class Sequence:
    """One tunnel to an echo: keeps `window` messages in flight until told to stop, and checks order, length and checksum."""

    def __init__(self, connection, seed, window=3):
        self.connection, self.window = connection, window
        self.random = random.Random(seed)
        self.sent = self.received = 0
        self.wrong = None

    def _message(self):
        body = self.random.randbytes(self.random.randrange(1, 2000))
        head = self.sent.to_bytes(8, "big")
        self.sent += 1
        return head + zlib.crc32(head + body).to_bytes(4, "big") + body

    def _check(self, message):
        head, checksum, body = message[:8], int.from_bytes(message[8:12], "big"), message[12:]
        if int.from_bytes(head, "big") != self.received:
            self.wrong = f"message {int.from_bytes(head, 'big')} came where {self.received} was due"
        elif zlib.crc32(head + body) != checksum:
            self.wrong = f"message {self.received} came damaged"
        self.received += 1
        return self.wrong is None

    async def run(self, stop, pace=0.0):
        """Until the event `stop`; then takes in what is in flight. With a `pace`, seconds between two messages."""
        try:
            while not stop.is_set():
                while self.sent - self.received < self.window:
                    await self.connection.send(self._message())
                if not self._check(await self.connection.recv()):
                    return
                if pace:
                    await asyncio.sleep(pace)
            while self.received < self.sent:
                if not self._check(await self.connection.recv()):
                    return
        except websockets.ConnectionClosed as closed:
            self.wrong = f"the tunnel closed: {closed}"


def close_code(connection):
    """The code the peer sent in its Close; 1006 when the connection ended without one."""
    received = connection.protocol.close_rcvd
    return received.code if received else 1006

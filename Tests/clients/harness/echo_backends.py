"""Echo backends of foreign make. Text comes back as text, binary as binary; close codes are written down."""

import asyncio

import aiohttp
import aiohttp.web
import websockets
import websockets.asyncio.server

from .background import Background


class EchoBackend:
    """What all of them share: a thread, a port, and what was seen: `requests` (path, headers) and `codes` of closes."""

    def __init__(self):
        self.background = Background()
        self.requests, self.codes, self.live = [], [], 0
        self.port = self.background.run(self.start())

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    @property
    def label(self):
        return f"127.0.0.1:{self.port}"

    async def start(self):
        raise NotImplementedError

    async def stop(self):
        raise NotImplementedError

    def close(self):
        try:
            self.background.run(self.stop())
        finally:
            self.background.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class WebsocketsEcho(EchoBackend):
    """Python's `websockets`. A message `close CODE` makes it close with that code; permessage-deflate on request."""

    def __init__(self, *, compression=None, subprotocols=None, port=0):
        self._compression, self._subprotocols, self._wanted = compression, subprotocols, port
        super().__init__()

    async def start(self):
        self.server = await websockets.asyncio.server.serve(
            self._serve, "127.0.0.1", self._wanted, compression=self._compression, max_size=None,
            subprotocols=self._subprotocols, ping_interval=None, close_timeout=5, backlog=4096)
        return self.server.sockets[0].getsockname()[1]

    async def _serve(self, connection):
        self.requests.append((connection.request.path, connection.request.headers))
        self.live += 1
        try:
            async for message in connection:
                if isinstance(message, str) and message.startswith("close "):
                    await connection.close(int(message[6:]), "as you asked")
                else:
                    await connection.send(message)
        except websockets.ConnectionClosedError:
            pass
        finally:
            self.live -= 1
            self.codes.append(connection.close_code)

    async def stop(self):
        self.server.close(close_connections=False)
        for connection in list(self.server.connections):
            connection.transport.abort()
        await asyncio.wait_for(self.server.wait_closed(), 5)


class AiohttpEcho(EchoBackend):
    """aiohttp's server, with the same `close CODE`."""

    def __init__(self, *, compress=False):
        self._compress = compress
        super().__init__()

    async def start(self):
        app = aiohttp.web.Application()
        app.router.add_get("/{tail:.*}", self._serve)
        self.runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self.runner.setup()
        site = aiohttp.web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    async def _serve(self, request):
        self.requests.append((request.path_qs, request.headers))
        socket = aiohttp.web.WebSocketResponse(max_msg_size=0, compress=self._compress, autoping=True)
        await socket.prepare(request)
        self.live += 1
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("close "):
                    await socket.close(code=int(message.data[6:]), message=b"as you asked")
                elif message.type is aiohttp.WSMsgType.TEXT:
                    await socket.send_str(message.data)
                elif message.type is aiohttp.WSMsgType.BINARY:
                    await socket.send_bytes(message.data)
        finally:
            self.live -= 1
            self.codes.append(socket.close_code)
        return socket

    async def stop(self):
        await self.runner.cleanup()

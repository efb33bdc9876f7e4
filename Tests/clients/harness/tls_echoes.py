"""Echo backends of foreign make behind TLS."""

import asyncio

import aiohttp.web
import websockets.asyncio.server

from .echo_backends import EchoBackend, WebsocketsEcho


class WebsocketsTLSEcho(WebsocketsEcho):
    def __init__(self, context):
        self._context = context
        super().__init__()

    @property
    def url(self):
        return f"wss://localhost:{self.port}"

    async def start(self):
        self.server = await websockets.asyncio.server.serve(
            self._serve, "127.0.0.1", 0, ssl=self._context, compression=None, max_size=None, ping_interval=None)
        return self.server.sockets[0].getsockname()[1]


class AiohttpTLSEcho(EchoBackend):
    """`POST` streams the body back as it comes."""

    def __init__(self, context):
        self._context = context
        super().__init__()

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    async def start(self):
        app = aiohttp.web.Application()
        app.router.add_post("/{tail:.*}", self._echo)
        self.runner = aiohttp.web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self.runner.setup()
        site = aiohttp.web.TCPSite(self.runner, "127.0.0.1", 0, ssl_context=self._context)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    async def _echo(self, request):
        response = aiohttp.web.StreamResponse()
        await response.prepare(request)
        async for part in request.content.iter_any():
            await response.write(part)
        await response.write_eof()
        return response

    async def stop(self):
        await asyncio.wait_for(self.runner.cleanup(), 5)

"""A Socket.IO server (python-socketio) under uvicorn."""

import asyncio

import socketio
import uvicorn

from .echo_backends import EchoBackend


class SocketIOBackend(EchoBackend):
    """`echo` is acknowledged with what it brought; `start` makes the server emit `tick` events of its own, numbered.

    `transports` holds how each session's last message came; `polls` counts HTTP requests of the polling kind."""

    def __init__(self, *, name="one", transports=None):
        self.name, self._transports = name, transports
        self.transports, self.polls, self.connected = {}, 0, 0
        super().__init__()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def start(self):
        self.server = socketio.AsyncServer(
            async_mode="asgi", transports=self._transports, ping_interval=2, ping_timeout=5, cors_allowed_origins="*")
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("echo", self._echo)
        self.server.on("start", self._start)
        self._config = uvicorn.Config(
            self._counted(socketio.ASGIApp(self.server)), host="127.0.0.1", port=0, log_level="error", ws_ping_interval=None,
            timeout_keep_alive=60)
        self._uvicorn = uvicorn.Server(self._config)
        self._task = asyncio.ensure_future(self._uvicorn.serve())
        while not self._uvicorn.started:
            await asyncio.sleep(0.01)
        return self._uvicorn.servers[0].sockets[0].getsockname()[1]

    def _counted(self, application):
        async def counted(scope, receive, send):
            if scope["type"] == "http":
                self.polls += 1
            if scope["type"] in ("http", "websocket"):
                self.requests.append((scope["path"], dict(scope["headers"])))
            await application(scope, receive, send)

        return counted

    async def _connect(self, session, environment):
        self.connected += 1

    async def _disconnect(self, session, reason):
        self.connected -= 1
        self.codes.append(reason)

    async def _echo(self, session, data):
        self.transports[session] = self.server.transport(session)
        return {"from": self.name, "data": data}

    async def _start(self, session, count, pause):
        async def ticks():
            for number in range(count):
                await self.server.emit("tick", {"number": number, "from": self.name}, to=session)
                await asyncio.sleep(pause)

        self.server.start_background_task(ticks)

    async def stop(self):
        self._uvicorn.should_exit = True
        self._uvicorn.force_exit = True
        await asyncio.wait_for(self._task, 10)

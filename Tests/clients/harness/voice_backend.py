"""A FastAPI application under uvicorn: `/ws/voice-chat` takes audio bytes and streams text back."""

import asyncio
import hashlib

import fastapi
import uvicorn

from .echo_backends import EchoBackend


def application():
    app = fastapi.FastAPI()

    @app.websocket("/ws/voice-chat")
    async def voice_chat(socket: fastapi.WebSocket):
        """Every chunk of audio is answered with three texts; `end` is answered with the hash of all the audio, then a Close."""
        await socket.accept()
        audio = hashlib.sha256()
        total = 0
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                audio.update(message["bytes"])
                total += len(message["bytes"])
                for part in range(3):
                    await socket.send_text(f"heard {total} part {part}")
            elif message.get("text") == "end":
                await socket.send_text(audio.hexdigest())
                await socket.close(1000, "spoken")
                return

    @app.websocket("/ws/members-only")
    async def members_only(socket: fastapi.WebSocket):
        """Refuses before it accepts: uvicorn answers the upgrade with 403."""
        await socket.close(1008)

    return app


class VoiceBackend(EchoBackend):
    async def start(self):
        self._config = uvicorn.Config(
            application(), host="127.0.0.1", port=0, log_level="error", ws_ping_interval=None, ws_max_size=1 << 26)
        self._server = uvicorn.Server(self._config)
        self._task = asyncio.ensure_future(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.01)
        return self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self):
        self._server.should_exit = True
        self._server.force_exit = True
        await asyncio.wait_for(self._task, 10)

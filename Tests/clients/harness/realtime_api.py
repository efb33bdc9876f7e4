"""A stand-in of a realtime voice API: `wss` with a bearer key, JSON events, base64 audio up and down.

    python -m harness.realtime_api PORT CERTIFICATE KEY TOKEN_FILE      from Tests/clients, to try conf/examples/voice-gateway.yaml
"""

import asyncio
import base64
import hashlib
import http
import json
import random
import sys

import websockets
import websockets.asyncio.server

from .certificates import Certificate
from .echo_backends import EchoBackend
from .tls_backend import server_context

PATH = "/v1/realtime"


class RealtimeAPI(EchoBackend):
    """Takes `input_audio_buffer.append` events until a `response.create`, which it answers with one `response.audio.delta` of
    each of the sizes asked for, then `response.done` with the hashes of what it heard and said."""

    def __init__(self, certificate, token, *, port=0):
        self._context, self._token, self._wanted = server_context(certificate), token, port
        self.names = []
        self._context.sni_callback = lambda _, name, __: self.names.append(name)
        super().__init__()

    @property
    def url(self):
        return f"wss://localhost:{self.port}"

    async def start(self):
        self.server = await websockets.asyncio.server.serve(
            self._serve, "127.0.0.1", self._wanted, ssl=self._context, process_request=self._admit, max_size=1 << 26,
            ping_interval=None, compression=None)
        return self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close(close_connections=False)
        for connection in list(self.server.connections):
            connection.transport.abort()
        await asyncio.wait_for(self.server.wait_closed(), 5)

    def _admit(self, connection, request):
        """401 for anyone without the key, as a provider words it; 404 for any other place."""
        self.requests.append((request.path, request.headers))
        if request.headers.get_all("Authorization") != [f"Bearer {self._token}"]:
            return self._refuse(connection, http.HTTPStatus.UNAUTHORIZED, "invalid_api_key")
        if request.path.partition("?")[0] != PATH:
            return self._refuse(connection, http.HTTPStatus.NOT_FOUND, "unknown_url")
        return None

    def _refuse(self, connection, status, code):
        response = connection.respond(status, json.dumps({"error": {"type": "invalid_request_error", "code": code}}))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        response.headers["X-Provider"] = "stand-in"
        return response

    async def _serve(self, connection):
        heard = hashlib.sha256()
        self.live += 1
        try:
            await connection.send(json.dumps({"type": "session.created"}))
            async for message in connection:
                event = json.loads(message)
                if event["type"] == "input_audio_buffer.append":
                    heard.update(base64.b64decode(event["audio"], validate=True))
                elif event["type"] == "response.create":
                    await self._speak(connection, event, heard)
                    heard = hashlib.sha256()
        except websockets.ConnectionClosedError:
            pass
        finally:
            self.live -= 1
            self.codes.append(connection.close_code)

    async def _speak(self, connection, event, heard):
        source, said = random.Random(event.get("seed", 0)), hashlib.sha256()
        for size in event.get("sizes", [4800] * 3):
            audio = source.randbytes(size)
            said.update(audio)
            delta = base64.b64encode(audio).decode()
            await connection.send(json.dumps({"type": "response.audio.delta", "delta": delta}))
        await connection.send(json.dumps(
            {"type": "response.done", "heard": heard.hexdigest(), "said": said.hexdigest()}))


def main(port, certificate, key, token_file):
    with open(token_file) as file:
        token = file.read().strip()
    with RealtimeAPI(Certificate(certificate, key, 0), token, port=int(port)) as api:
        print(f"listening at {api.url}{PATH}", flush=True)
        api.background._thread.join()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass

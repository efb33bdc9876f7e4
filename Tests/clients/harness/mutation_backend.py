"""The backends of the mutation plays, each in a process of its own: one that reads strictly, and one that answers oddly.

    python -m harness.mutation_backend strict
    python -m harness.mutation_backend odd SEED        prints its port, serves until it is killed"""

import asyncio
import json
import pathlib
import socket
import subprocess
import sys

from . import mutations, strict_http
from .heads import switching

REPORT = "/report-to-the-play"
_KNOWN_OPTIONS = {b"upgrade", b"close", b"te", b"keep-alive"}
_ONCE = (b"x-forwarded-for", b"x-forwarded-proto", b"x-real-ip", b"x-request-id")


class Strict(asyncio.Protocol):
    """Answers what is a request by the letter, and writes down what is none. Behind a 101 it echoes bytes."""

    taken = tunnels = 0
    complaints = []

    def connection_made(self, transport):
        self.transport, self.held, self.tunnel, self.continued = transport, bytearray(), False, False

    def data_received(self, data):
        if self.tunnel:
            self.transport.write(data)
            return
        self.held += data
        try:
            while self.held and not self.tunnel and self._step():
                pass
        except Exception as wrong:  # Whatever it is, the play must hear of it.
            self._complain(f"{type(wrong).__name__}: {wrong}")

    def _step(self):
        request = strict_http.request(self.held)
        if request is None:
            return False
        if request.start[1] == REPORT.encode():
            self._answer(json.dumps({
                "taken": Strict.taken, "tunnels": Strict.tunnels, "complaints": Strict.complaints}).encode())
            self.held.clear()
            return False
        if b"upgrade" in request.fields:
            self._check(request)
            self._switch(request)
            return False
        if request.end is None:
            if b"expect" in request.fields and not self.continued:
                self.continued = True
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return False
        self._check(request)
        Strict.taken += 1
        self.continued = False
        del self.held[:request.end]
        self._answer(b"" if request.start[0] == b"HEAD" else b"you said %d" % len(request.body))
        return True

    def _check(self, request):
        fields = request.fields
        if request.start[2] == b"1" and len(fields.get(b"host", ())) != 1:
            raise strict_http.Malformed(f"Host {fields.get(b'host')}")
        for name in _ONCE:
            if len(fields.get(name, ())) != 1:
                raise strict_http.Malformed(f"{name} {fields.get(name)}")
        if fields[b"x-forwarded-for"] != [b"127.0.0.1"]:
            raise strict_http.Malformed(f"X-Forwarded-For {fields[b'x-forwarded-for']}")
        if any(b"_" in name for name in fields):
            raise strict_http.Malformed(f"an underscore in {list(fields)}")
        options = {token.strip().lower() for value in fields.get(b"connection", ()) for token in value.split(b",")}
        if not options <= _KNOWN_OPTIONS:
            raise strict_http.Malformed(f"Connection {options}")
        if b"proxy-connection" in fields or b"http2-settings" in fields or b"keep-alive" in fields:
            raise strict_http.Malformed(f"a field of another hop in {list(fields)}")

    def _switch(self, request):
        key = request.fields.get(b"sec-websocket-key", ())
        if len(key) != 1 or request.start[0] != b"GET" or request.fields[b"upgrade"] != [b"websocket"]:
            raise strict_http.Malformed(f"an upgrade that is none: {request.start} {request.fields}")
        Strict.tunnels += 1
        self.tunnel = True
        self.transport.write(switching(key[0]) + bytes(self.held[request.head_end:]))
        self.held.clear()

    def _answer(self, body):
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def _complain(self, what):
        if len(Strict.complaints) < 20:
            Strict.complaints.append(f"{what} in {bytes(self.held[:1000])!r}")
        self.transport.abort()


class Odd(asyncio.Protocol):
    """Answers the (valid) request of a case with that case's mutated answer, and then ends, or stays for a moment."""

    seed = 0

    def connection_made(self, transport):
        self.transport, self.held, self.timer = transport, bytearray(), None

    def connection_lost(self, _):
        if self.timer:
            self.timer.cancel()

    def data_received(self, data):
        self.held += data
        try:
            request = strict_http.request(self.held)
        except strict_http.Malformed:
            return  # Bytes behind an odd 101.
        if request is None or request.end is None:
            return
        if self.timer:
            self.timer.cancel()
            self.timer = None
        case = request.fields.get(b"x-case")
        del self.held[:request.end]
        if not case:
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return
        answer, stays = mutations.mutated_answer(self.seed, int(case[0]), b"upgrade" in request.fields)
        self.transport.write(answer)
        if stays:
            self.timer = asyncio.get_running_loop().call_later(0.03, self.transport.close)
        else:
            self.transport.close()


class MutationBackend:
    """Runs this file as a child."""

    def __init__(self, *arguments):
        self.child = subprocess.Popen(
            [sys.executable, "-B", "-m", "harness.mutation_backend", *map(str, arguments)],
            cwd=pathlib.Path(__file__).parent.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def report(self):
        """What the strict one has seen: `taken` requests, `tunnels`, and `complaints`."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as sock:
            sock.sendall(f"GET {REPORT} HTTP/1.1\r\nHost: play\r\n\r\n".encode())
            data = b""
            while (answer := strict_http.response(data, b"GET")) is None or answer.end is None:
                more = sock.recv(65536)
                assert more, "the backend is gone"
                data += more
        return json.loads(answer.body)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


async def serve(protocol):
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "odd":
        Odd.seed = int(sys.argv[2])
    asyncio.run(serve(Odd if sys.argv[1] == "odd" else Strict))

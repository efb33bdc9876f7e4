"""Whole messages by their framing (RFC 9112 6), read strictly: what a peer may not send fails the play."""

import time

from .heads import Head, answer, plain
from .wire import Ended, Wire

LAST = b"0\r\n\r\n"


def chunk(data):
    return b"%x\r\n" % len(data) + data + b"\r\n"


def chunked(*parts, trailers=b""):
    """A chunked body of these parts; `trailers` is raw field lines."""
    return b"".join(map(chunk, parts)) + b"0\r\n" + trailers + b"\r\n"


class Message:
    """`whole` is False when the connection ended inside the body; `end` says how, "fin" or "reset"; None while it goes on."""

    def __init__(self, head):
        self.head, self.body, self.trailers, self.whole, self.end = head, b"", [], False, None
        self.interims = []

    @property
    def status(self):
        return self.head.status


def read_body(wire, message, *, deadline=None, until_close=False):
    """Fills in the body that the head promises. Without a length a request has none, an answer goes on until the close."""
    head = message.head
    try:
        if "chunked" in head.tokens("Transfer-Encoding"):
            assert not head.all("Content-Length"), head.raw
            _read_chunks(wire, message, deadline)
        elif head.all("Content-Length"):
            _read_length(wire, message, int(head.one("Content-Length")), deadline)
        elif until_close:
            message.body = wire.read_rest(deadline)
            message.end = wire.end
            message.whole = wire.end == "fin"
            return message
        message.whole = True
    except Ended:
        message.end = wire.end
    return message


def _read_length(wire, message, length, deadline):
    try:
        message.body = wire.receive(length, deadline)
    except Ended:
        message.body = bytes(wire.held)
        wire.held.clear()
        raise


def _read_chunks(wire, message, deadline):
    content = bytearray()
    try:
        while True:
            line = wire.receive_until(b"\r\n", deadline)[:-2]
            size = int(line.split(b";")[0], 16)
            if size == 0:
                break
            content += wire.receive(size, deadline)
            assert wire.receive(2, deadline) == b"\r\n", "a chunk that does not end with a line end"
        while (line := wire.receive_until(b"\r\n", deadline)) != b"\r\n":
            name, _, value = line[:-2].decode("latin-1").partition(":")
            message.trailers.append((name, value.strip()))
    finally:
        message.body = bytes(content)


def read_answer(wire, *, method="GET", deadline=None):
    """The next final answer, whole; the heads of interim ones are in `interims`."""
    interims = []
    while (head := wire.read_head(deadline)).status < 200 and head.status != 101:
        interims.append(head)
    message = Message(head)
    message.interims = interims
    if method == "HEAD" or head.status in (101, 204, 304):
        message.whole = True
        return message
    return read_body(wire, message, deadline=deadline, until_close=True)


def read_request(wire, *, deadline=None):
    """The next request, whole."""
    return read_body(wire, Message(wire.read_head(deadline)), deadline=deadline)


def asked(port, backend, request, *, tls=None):
    """Sends `request` over a fresh connection: the client's end, the backend's end, and the head that reached the backend."""
    client = Wire.connect(port, tls=tls)
    client.send(request)
    server, head = backend.request()
    return client, server, head


def serving(server, backend):
    """The connection over which the next request reaches the backend: `server` once more, or a new one."""
    if server.wait_readable(0.5) and (server.held or server._fill(time.monotonic() + 1)):
        return server
    return backend.accept()


def goes_on(client, server, backend):
    """The client's connection takes another request, over whatever connection the proxy then takes to the backend."""
    client.send(plain("/next"))
    again = serving(server, backend)
    assert again.read_head().target == "/next"
    again.send(answer(200, body=b"next"))
    assert read_answer(client).body == b"next"


class Dechunker:
    """Takes the raw bytes of a chunked body as they come; `content` grows, `done` turns True behind the last chunk."""

    def __init__(self):
        self._held, self.content, self.done = b"", b"", False

    def take(self, data):
        self._held += data
        while not self.done:
            line, separator, rest = self._held.partition(b"\r\n")
            if not separator:
                return self.content
            size = int(line.split(b";")[0], 16)
            if len(rest) < size + 2:
                return self.content
            assert rest[size:size + 2] == b"\r\n", f"a chunk of {size} bytes that does not end there: {rest[:200]!r}"
            self.content += rest[:size]
            self._held = rest[size + 2:]
            self.done = size == 0
        return self.content


def head_of(data):
    head, separator, rest = data.partition(b"\r\n\r\n")
    assert separator, f"half a head: {data!r}"
    return Head(head + separator), rest

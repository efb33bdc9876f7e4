"""HTTP/1.1 heads as bytes: builders for exact, often wrong, requests and answers."""

from .frames import accept_value

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="

UPGRADE_FIELDS = [
    (b"Host", b"site.test"),
    (b"Upgrade", b"websocket"),
    (b"Connection", b"Upgrade"),
    (b"Sec-WebSocket-Key", KEY),
    (b"Sec-WebSocket-Version", b"13"),
]


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def upgrade(target="/", *, method="GET", version="HTTP/1.1", drop=(), change=None, extra=(), body=b""):
    """A valid upgrade request, less the fields in `drop`, with those in `change` replaced and `extra` appended."""
    change = {name.lower(): value for name, value in (change or {}).items()}
    lines = [b" ".join([_bytes(method), _bytes(target), _bytes(version)])]
    for name, value in UPGRADE_FIELDS:
        key = name.decode().lower()
        if key in {name.lower() for name in drop}:
            continue
        lines.append(name + b": " + _bytes(change.get(key, value)))
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in extra]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def plain(target="/", *, method="GET", version="HTTP/1.1", host="site.test", extra=(), body=b""):
    """A request that asks for no tunnel."""
    lines = [b" ".join([_bytes(method), _bytes(target), _bytes(version)])]
    if host is not None:
        lines.append(b"Host: " + _bytes(host))
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in extra]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answer(status, *extra, reason=b"Whatever", body=b"", length=True):
    """A backend's answer with `extra` (name, value) pairs, and its Content-Length unless told otherwise."""
    lines = [b"HTTP/1.1 %d %s" % (status, _bytes(reason))]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in extra]
    if length:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def switching(key, *extra, drop=(), change=None):
    """A 101 that accepts `key`, less the fields in `drop`."""
    fields = {
        "Upgrade": b"websocket",
        "Connection": b"Upgrade",
        "Sec-WebSocket-Accept": accept_value(_bytes(key)),
    }
    fields.update(change or {})
    lines = [b"HTTP/1.1 101 Switching Protocols"]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in fields.items() if name not in drop]
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in extra]
    return b"\r\n".join(lines) + b"\r\n\r\n"


class Head:
    """A head as it was read: the first line, and the fields in their order with their names as sent."""

    def __init__(self, raw):
        self.raw = raw
        text = raw.decode("latin-1")
        assert text.endswith("\r\n\r\n"), f"a head that does not end: {raw!r}"
        self.line, *rest = text[:-4].split("\r\n")
        self.fields = []
        for line in rest:
            name, separator, value = line.partition(":")
            assert separator, f"a field line without a colon: {line!r}"
            self.fields.append((name, value.strip(" \t")))

    @property
    def status(self):
        return int(self.line.split(" ")[1])

    @property
    def method(self):
        return self.line.split(" ")[0]

    @property
    def target(self):
        return self.line.split(" ")[1]

    def all(self, name):
        return [value for have, value in self.fields if have.lower() == name.lower()]

    def one(self, name):
        """The value of a field that must be there exactly once."""
        values = self.all(name)
        assert len(values) == 1, f"{name} is there {len(values)} times in {self.raw!r}"
        return values[0]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    def tokens(self, name):
        return {token.strip().lower() for value in self.all(name) for token in value.split(",") if token.strip()}

    def names(self):
        return [name for name, _ in self.fields]

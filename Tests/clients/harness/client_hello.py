"""TLS ClientHellos made by hand, for names and lists no honest client would send (RFC 8446 4.1.2, RFC 6066 3, RFC 7301)."""

import os


def _vector(data, size):
    return len(data).to_bytes(size, "big") + data


def _extension(kind, body):
    return kind.to_bytes(2, "big") + _vector(body, 2)


def server_names(*names):
    """A server_name extension with these host names, however odd."""
    return _extension(0, _vector(b"".join(b"\0" + _vector(name, 2) for name in names), 2))


def protocols(*names, raw=None):
    """An ALPN extension."""
    body = b"".join(_vector(name, 1) for name in names) if raw is None else raw
    return _extension(16, _vector(body, 2))


def unknown(kind, size):
    """An extension of a type nobody has assigned, `size` bytes long."""
    return _extension(kind, bytes(size))


def ticket(data):
    """A session_ticket extension (RFC 5077 3.2)."""
    return _extension(35, data)


def client_hello(*extensions, version=0x0303):
    """A ClientHello that offers TLS 1.2 with ECDHE and AES-GCM, and `extensions` besides, in as many records as it takes."""
    suites = b"".join(suite.to_bytes(2, "big") for suite in (0xC02B, 0xC02F, 0xC02C, 0xC030, 0x00FF))
    body = version.to_bytes(2, "big") + os.urandom(32) + _vector(b"", 1) + _vector(suites, 2) + _vector(b"\0", 1)
    always = (
        _extension(10, _vector(b"\0\x1d\0\x17", 2)) + _extension(11, _vector(b"\0", 1))
        + _extension(13, _vector(b"\x04\x03\x08\x04\x04\x01", 2)))
    body += _vector(always + b"".join(extensions), 2)
    message = b"\x01" + _vector(body, 3)
    return b"".join(b"\x16\x03\x01" + _vector(message[at:at + 16384], 2) for at in range(0, len(message), 16384))

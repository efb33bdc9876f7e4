"""Answers no honest backend gives. Whatever was asked, they become 502."""

from .heads import switching, upgrade
from .process import MiB
from .rows import Row

# The key of every upgrade that `harness.heads.upgrade` makes.
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
OK = b"200 OK"


def line(status, *fields):
    return b"HTTP/1.1 " + status + b"\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


BROKEN = [
    Row("U13", "a 101 without Upgrade", switching(KEY, drop=["Upgrade"])),
    Row("U13", "a 101 without Connection", switching(KEY, drop=["Connection"])),
    Row("U13", "a 101 to another protocol", switching(KEY, change={"Upgrade": "h2c"})),
    Row("U14", "a 101 without Sec-WebSocket-Accept", switching(KEY, drop=["Sec-WebSocket-Accept"])),
    Row("U14", "a 101 with a wrong Sec-WebSocket-Accept", switching(b"AAAAAAAAAAAAAAAAAAAAAA==")),
    Row("U14", "a 101 with two Sec-WebSocket-Accept", switching(KEY, ("Sec-WebSocket-Accept", "x"))),
    Row("U24", "garbage", b"\x00\x01\x02garbage\r\n\r\n"),
    Row("U24", "an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Row("U24", "an HTTP/2 SETTINGS frame", b"\0\0\0\4\0\0\0\0\0" + bytes(200) + b"\r\n\r\n"),
    Row("U24", "a request", upgrade()),
    Row("H46", "a field's name with a space", line(OK, b"X Bad: 1", b"Content-Length: 0")),
    Row("H46", "Content-Length beside chunked", line(OK, b"Content-Length: 5", b"Transfer-Encoding: chunked")),
    Row("H46", "two Content-Length that differ", line(OK, b"Content-Length: 5", b"Content-Length: 6")),
    Row("H46", "a folded field", line(OK, b"X-Folded: 1", b" 2", b"Content-Length: 0")),
    Row("H46", "NUL in a value", line(OK, b"X-Nul: a\0b", b"Content-Length: 0")),
    Row("H46", "bare LFs", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n"),
    Row("H46", "an unknown Transfer-Encoding", line(OK, b"Transfer-Encoding: blegh")),
    Row("H46", "a status of two digits", line(b"99 Odd", b"Content-Length: 0")),
    Row("H46", "a negative Content-Length", line(OK, b"Content-Length: -1")),
    Row("H46", "a head of 2 MiB", line(OK, *[b"X-Field: " + b"v" * 1000] * 2048)),
    Row("U24", "10 MiB without an end of the head", b"HTTP/1.1 200 OK\r\nX: " + b"a" * (10 * MiB)),
]

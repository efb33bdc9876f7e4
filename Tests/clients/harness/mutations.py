"""Valid messages, and seeded changes to them. A seed and a number give the same bytes wherever they are asked for."""

import random
import zlib

from .frames import TEXT, accept_value, close_frame, frame
from .heads import KEY, plain, upgrade

_ODD = [bytes([byte]) for byte in b"\0\r\n \t:;,=\"/\\%#?@[]{}\x0b\x7f\x80\xff0159aAfFxX+-_"] + [
    b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r", b"\n ", b"\r\n ", b"%00", b"%2f", b"..", b"0x", b"\xef\xbb\xbf"]
_NUMBERS = [
    b"0", b"00", b"1", b"-1", b"+1", b"4", b"5", b"6", b"255", b"65536", b"2147483648", b"4294967296", b"9223372036854775807",
    b"9223372036854775808", b"18446744073709551615", b"18446744073709551616", b"1e3", b"0x10", b"ffffffffffffffff", b"5, 5"]
_LINES = [
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
    b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Connection: Upgrade\r\n", b"Upgrade: websocket\r\n",
    b"Upgrade: h2c\r\n", b"Host: other.test\r\n", b"Expect: 100-continue\r\n", b"TE: trailers\r\n", b"Trailer: X-Late\r\n",
    b"Content-Encoding: gzip\r\n", b" folded\r\n", b"X_Under: 1\r\n", b"Content-Type: text/event-stream\r\n", b"HTTP/1.1 200 OK\r\n"]


def mark(number):
    """A word of 17 bytes that names a case and cannot come about by accident."""
    return b"%08d-%08x" % (number, zlib.crc32(b"%d" % number))


def generator(seed, number, side):
    return random.Random(seed << 40 | number << 4 | side)


def mutated(data, source, others):
    """`data` with one to three changes; `others` are what a splice takes its other half from."""
    data = bytearray(data)
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        _change(data, source, others)
    return bytes(data)


def _change(data, source, others):
    kind, size = source.randrange(12), len(data)
    at = source.randrange(size + 1)
    if size == 0 or kind == 0:
        data[at:at] = source.choice(_ODD)
    elif kind == 1:
        data[min(at, size - 1)] ^= 1 << source.randrange(8)
    elif kind == 2:
        data[at:at + 1] = source.choice(_ODD)
    elif kind == 3:
        data[at:at + source.choice((1, 1, 2, 4, 8, 30))] = b""
    elif kind == 4:
        data[at:at] = data[at:at + source.choice((1, 2, 8, 40, 200))]
    elif kind == 5:
        other = source.choice(others)
        data[at:] = other[source.randrange(len(other) + 1):]
    elif kind == 6:
        del data[at:]
    elif kind == 7:
        data[at:at] = source.randbytes(source.choice((1, 4, 64)))
    elif kind == 8:
        _change_number(data, source)
    elif kind in (9, 10):
        end = data.find(b"\r\n", at)
        data[end + 2 if end >= 0 else 0:end + 2 if end >= 0 else 0] = source.choice(_LINES)
    else:
        _move_line(data, source)


def _change_number(data, source):
    places = [at for at, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not places:
        return
    at = end = source.choice(places)
    while end < len(data) and 0x30 <= data[end] <= 0x39:
        end += 1
    data[at:end] = source.choice(_NUMBERS)


def _move_line(data, source):
    lines = bytes(data).split(b"\r\n")
    line = lines.pop(source.randrange(len(lines)))
    if source.random() < 0.5:
        lines.insert(source.randrange(len(lines) + 1), line)
    lines.insert(source.randrange(len(lines) + 1), line)
    data[:] = b"\r\n".join(lines)


# Requests


def _post(*fields, body):
    return plain("/post?x=1", method="POST", extra=fields, body=body)


_CHUNKED = ("Transfer-Encoding", "chunked")
REQUESTS = [
    plain("/plain?a=b&c=%20"),
    plain("/fields", extra=[
        ("Accept", "text/html,*/*;q=0.8"), ("Cookie", "a=b; c=d"), ("User-Agent", "play/1 (x; y)"), ("Accept-Encoding", "gzip, br"),
        ("X-Forwarded-For", "6.6.6.6"), ("Connection", "keep-alive")]),
    plain("/head", method="HEAD"),
    plain("http://site.test/absolute"),
    plain("/old", version="HTTP/1.0"),
    plain("*", method="OPTIONS"),
    _post(("Content-Length", "11"), body=b"hello world"),
    _post(_CHUNKED, body=b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"),
    _post(_CHUNKED, ("Trailer", "X-Late"), body=b"b\r\nhello world\r\n0\r\nX-Late: 1\r\n\r\n"),
    _post(("Content-Length", "11"), ("Expect", "100-continue"), body=b"hello world"),
    upgrade("/ws") + frame(TEXT, b"early", masked=True) + close_frame(1000, masked=True),
    upgrade("/ws", extra=[("Sec-WebSocket-Protocol", "chat"), ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Origin", "null")]),
    plain("/one") + plain("/two", method="HEAD") + plain("/three"),
    _post(("Content-Length", "5"), body=b"first") + _post(_CHUNKED, body=b"6\r\nsecond\r\n0\r\n\r\n") + plain("/third"),
]


def mutated_request(seed, number):
    source = generator(seed, number, 0)
    return mutated(source.choice(REQUESTS), source, REQUESTS)


# Answers


def asked(seed, number):
    """The method and the bytes of the (valid) request that brings about answer `number`."""
    source = generator(seed, number, 1)
    fields = [("X-Case", str(number))]
    kind = source.randrange(10)
    if kind < 6:
        return b"GET", plain("/case", extra=fields)
    if kind == 6:
        return b"HEAD", plain("/case", method="HEAD", extra=fields)
    if kind == 7:
        return b"POST", plain("/case", method="POST", extra=[*fields, ("Content-Length", "5")], body=b"hello")
    if kind == 8:
        return b"POST", plain("/case", method="POST", extra=[*fields, _CHUNKED], body=b"5\r\nhello\r\n0\r\n\r\n")
    return b"UPGRADE", upgrade("/case", extra=fields)


def _answers(word):
    body = b"<p>" + word + b"</p>"
    length = b"Content-Length: %d\r\n" % len(body)
    chunks = b"%x\r\n%s\r\n" % (len(body), body)
    chunked = b"HTTP/1.1 200 OK\r\nX-Echo: " + word + b"\r\nTransfer-Encoding: chunked\r\n"
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: play\r\nX-Echo: " + word + b"\r\n" + length + b"\r\n" + body
    switching = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + accept_value(KEY) + b"\r\n\r\n" + frame(TEXT, word) + close_frame(1000))
    return [
        whole, whole, whole,
        chunked + b"\r\n" + chunks + b"3;a=b\r\nabc\r\n0\r\n\r\n",
        chunked + b"Trailer: X-Late\r\n\r\n" + chunks + b"0\r\nX-Late: " + word + b"\r\n\r\n",
        chunked + b"Content-Type: text/event-stream\r\n\r\n" + b"".join(
            b"%x\r\n%s\r\n" % (len(event), event) for event in (b"data: one\n\n", b": ping\n\ndata: " + word + b"\n\n")) + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Echo: " + word + b"\r\n\r\n" + body,
        b"HTTP/1.0 200 OK\r\nX-Echo: " + word + b"\r\n\r\n" + body,
        b"HTTP/1.1 204 No Content\r\nX-Echo: " + word + b"\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n" + length + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole,
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + whole,
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n" + length + b"\r\n" + body,
        b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n" + length + b"\r\n" + body,
    ], switching


def mutated_answer(seed, number, is_upgrade):
    """The bytes of answer `number`, and whether its connection stays open for another request; one in ten is left as it is, and
    one in ten is an answer to something else than what was asked."""
    source = generator(seed, number, 2)
    data = SWITCHING if is_upgrade == (source.random() < 0.9) else source.choice(ANSWERS)
    if source.random() < 0.9:
        data = mutated(data, source, [*ANSWERS, SWITCHING])
    return data.replace(_WORD, mark(number)), source.random() < 0.2


_WORD = b"#case-goes-here#!"
ANSWERS, SWITCHING = _answers(_WORD)

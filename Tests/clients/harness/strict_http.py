"""A strict reading of HTTP/1.1 (RFC 9112), to tell whether bytes that the proxy wrote are what it must write.

Whole buffers only, made for speed: a head is one regular expression."""

import re

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_LINE = rb"(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*"
_REQUEST = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) HTTP/1\.([01])\r\n(" + _LINE + rb")\r\n")
_RESPONSE = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) [\t\x20-\x7e\x80-\xff]*\r\n(" + _LINE + rb")\r\n")
# Blanks may stand before an extension (BWS, RFC 9112 7.1.1).
_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})([ \t]*;[^\r\n\0]*)?\r\n")
_TRAILERS = re.compile(_LINE + rb"\r\n")


class Malformed(AssertionError):
    """Bytes that no correct proxy writes."""


class Message:
    """`fields` maps names in lower case to lists of values; `end` is where the message ends in its buffer, None while its body
    is not whole; `cut` says that it can only end with its connection."""

    __slots__ = ("start", "fields", "head_end", "end", "body", "until_close")

    def tokens(self, name):
        return {token.strip().lower() for value in self.fields.get(name, ()) for token in value.split(b",") if token.strip()}


def request(data, at=0):
    """The request that begins at `at`; None while its head is not whole."""
    found = _head(_REQUEST, data, at)
    if found is None:
        return None
    message = _message(found, found.group(4), data)
    message.start = (found.group(1), found.group(2), found.group(3))
    length, chunked = _framing(message)
    _body(message, data, length, chunked)
    return message


def response(data, method, at=0):
    """The response to `method` that begins at `at`; None while its head is not whole. A 101 ends with its head."""
    found = _head(_RESPONSE, data, at)
    if found is None:
        return None
    message = _message(found, found.group(2), data)
    status = int(found.group(1))
    message.start = status
    length, chunked = _framing(message)
    if status < 200 or status == 204:
        if length is not None or chunked:
            raise Malformed(f"framing on a {status}: {data[at:at + 300]!r}")
        length = 0
    elif method == b"HEAD" or status == 304:
        length, chunked = 0, False
    elif length is None and not chunked:
        message.until_close = True
    _body(message, data, length, chunked)
    return message


def _head(pattern, data, at):
    end = data.find(b"\r\n\r\n", at)
    if end < 0:
        return None
    found = pattern.match(data, at)
    if not found or found.end() != end + 4:
        raise Malformed(f"a head that is none: {bytes(data[at:end + 4])[:600]!r}")
    return found


def _message(found, lines, data):
    message = Message()
    message.head_end, message.until_close = found.end(), False
    message.fields = fields = {}
    for line in lines.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        fields.setdefault(name.lower(), []).append(value.strip(b" \t"))
    return message


def _framing(message):
    lengths, codings = message.fields.get(b"content-length", ()), message.fields.get(b"transfer-encoding", ())
    if len(lengths) + len(codings) > 1 or (codings and codings[0] != b"chunked"):
        raise Malformed(f"framed twice, or oddly: {lengths} {codings}")
    if lengths and not (lengths[0].isdigit() and len(lengths[0]) <= 19 and str(int(lengths[0])).encode() == lengths[0]):
        raise Malformed(f"a length that is not canonical: {lengths[0]!r}")
    return (int(lengths[0]) if lengths else None), bool(codings)


def _body(message, data, length, chunked):
    at = message.head_end
    if chunked:
        message.body, message.end = _chunks(data, at)
        return
    if message.until_close:
        message.body, message.end = bytes(data[at:]), None
        return
    length = length or 0
    message.body = bytes(data[at:at + length])
    message.end = at + length if len(data) - at >= length else None


def _chunks(data, at):
    parts = []
    while True:
        if data.find(b"\r\n", at) < 0:
            return b"".join(parts), None
        found = _SIZE.match(data, at)
        if not found:
            raise Malformed(f"a chunk's size that is none: {bytes(data[at:at + 60])!r}")
        size, at = int(found.group(1), 16), found.end()
        if size == 0:
            trailers = _TRAILERS.match(data, at)
            if trailers:
                return b"".join(parts), trailers.end()
            if b"\r\n\r\n" in data[at:] or data[at:at + 2] == b"\r\n":
                raise Malformed(f"trailers that are none: {bytes(data[at:at + 200])!r}")
            return b"".join(parts), None
        parts.append(bytes(data[at:at + size]))
        if len(data) < at + size + 2:
            return b"".join(parts), None
        if data[at + size:at + size + 2] != b"\r\n":
            raise Malformed(f"a chunk that does not end: {bytes(data[at + size:at + size + 10])!r}")
        at += size + 2

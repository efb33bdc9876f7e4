"""Saved sessions of OpenSSL (PEM around its SSL_SESSION, DER), changed so that a client believes what its server never said."""

import base64

_MAX_EARLY_DATA = 15


def _length(count):
    if count < 0x80:
        return bytes([count])
    data = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(data)]) + data


def _element(data, at):
    """The tag of the element at `at`, where its content begins, and where it ends."""
    tag, first, start = data[at], data[at + 1], at + 2
    if first & 0x80:
        start += first & 0x7F
        first = int.from_bytes(data[at + 2:start], "big")
    return tag, start, start + first


def allow_early_data(pem, count=16384):
    """The session with `max_early_data` (field 15 of the sequence, absent when 0) set to `count`."""
    lines = pem.strip().splitlines()
    der = base64.b64decode("".join(lines[1:-1]))
    _, at, end = _element(der, 0)
    before, after = b"", b""
    while at < end:
        tag, _, following = _element(der, at)
        field = tag & 0x1F if tag & 0xC0 == 0x80 else -1
        assert field != _MAX_EARLY_DATA, "the session allows early data already"
        if field < _MAX_EARLY_DATA:
            before += der[at:following]
        else:
            after += der[at:following]
        at = following
    number = count.to_bytes(count.bit_length() // 8 + 1, "big")
    integer = b"\x02" + _length(len(number)) + number
    body = before + bytes([0xA0 | _MAX_EARLY_DATA]) + _length(len(integer)) + integer + after
    text = base64.b64encode(b"\x30" + _length(len(body)) + body).decode()
    return "\n".join([lines[0], *(text[at:at + 64] for at in range(0, len(text), 64)), lines[-1], ""])

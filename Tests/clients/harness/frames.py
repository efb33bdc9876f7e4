"""WebSocket frames as bytes (RFC 6455 5.2), valid or not: whatever a play wants on the wire."""

import base64
import hashlib
import os

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x37\xfa\x21\x3d"


class Frame:
    def __init__(self, opcode, payload, fin, rsv, masked):
        self.opcode, self.payload, self.fin, self.rsv, self.masked = opcode, payload, fin, rsv, masked

    @property
    def code(self):
        """The close code of a Close frame; 1005 when it carries none."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) >= 2 else 1005

    @property
    def reason(self):
        return self.payload[2:].decode("utf-8", "replace")

    def __repr__(self):
        return f"Frame(opcode={self.opcode:#x} fin={self.fin} masked={self.masked} {self.payload[:32]!r})"


def apply_mask(payload, mask):
    if not payload:
        return b""
    length = len(payload)
    key = int.from_bytes((mask * (length // 4 + 1))[:length], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(length, "big")


def frame(opcode, payload=b"", *, fin=True, rsv=0, masked=False, length_form=None, length=None, mask=MASK):
    """One frame. `length_form` (7, 16, 64) forces a longer form than needed; `length` claims another length than the payload's."""
    claimed = len(payload) if length is None else length
    form = length_form or (7 if claimed < 126 else 16 if claimed < 65536 else 64)
    head = bytes([(0x80 if fin else 0) | (rsv << 4) | opcode])
    bit = 0x80 if masked else 0
    if form == 7:
        head += bytes([bit | claimed])
    elif form == 16:
        head += bytes([bit | 126]) + claimed.to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + claimed.to_bytes(8, "big")
    return head + (mask + apply_mask(payload, mask) if masked else payload)


def close_frame(code=None, reason=b"", *, masked=False):
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason, masked=masked)


def accept_value(key):
    """Sec-WebSocket-Accept for a key (RFC 6455 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


def new_key():
    return base64.b64encode(os.urandom(16))

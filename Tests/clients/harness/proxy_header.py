"""PROXY protocol headers as bytes (HAProxy's proxy-protocol.txt), valid or not."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def v1(source="203.0.113.7", port=51234, *, destination="198.51.100.1", to=443):
    family = "TCP4" if ipaddress.ip_address(source).version == 4 else "TCP6"
    return f"PROXY {family} {source} {destination} {port} {to}\r\n".encode()


def v2(source="203.0.113.7", port=51234, *, destination="198.51.100.1", to=443, command=1, family=None, extra=b"", length=None):
    """`extra` follows the addresses (TLVs); `length` claims another one than there is."""
    addresses = b"".join(ipaddress.ip_address(one).packed for one in (source, destination)) + struct.pack("!HH", port, to)
    if family is None:
        family = 0x11 if ipaddress.ip_address(source).version == 4 else 0x21
    body = addresses + extra
    return SIGNATURE + struct.pack("!BBH", 0x20 | command, family, len(body) if length is None else length) + body


def local():
    """What a health checker sends: the connection speaks for itself."""
    return SIGNATURE + struct.pack("!BBH", 0x20, 0x00, 0)


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


class Told:
    """A header as a backend received it; `source` and `destination` are (address, port) or None."""

    def __init__(self, version, source, destination):
        self.version, self.source, self.destination = version, source, destination


def read_v1(wire):
    line = _until_line_end(wire)
    assert len(line) <= 107 and line.endswith(b"\r\n"), line
    words = line[:-2].decode("ascii").split(" ")
    assert words[0] == "PROXY", line
    if words[1] == "UNKNOWN":
        return Told(1, None, None)
    assert len(words) == 6 and words[1] in ("TCP4", "TCP6"), line
    return Told(1, (words[2], int(words[4])), (words[3], int(words[5])))


def read_v2(wire):
    head = _exactly(wire, 16)
    assert head[:12] == SIGNATURE and head[12] >> 4 == 2, head
    body = _exactly(wire, int.from_bytes(head[14:16], "big"))
    if head[12] & 15 == 0 or head[13] == 0:
        return Told(2, None, None)
    assert head[12] & 15 == 1 and head[13] in (0x11, 0x21), head
    size = 4 if head[13] == 0x11 else 16
    ports = struct.unpack("!HH", body[2 * size:2 * size + 4])
    addresses = [str(ipaddress.ip_address(body[at:at + size])) for at in (0, size)]
    return Told(2, (addresses[0], ports[0]), (addresses[1], ports[1]))


def _exactly(wire, count):
    """Exactly `count` bytes off the socket and no more: what follows may have to go into OpenSSL."""
    data = b""
    while len(data) < count:
        more = wire.sock.recv(count - len(data))
        assert more, f"ended inside a PROXY header: {data!r}"
        data += more
    return data


def _until_line_end(wire):
    line = b""
    while not line.endswith(b"\r\n"):
        line += _exactly(wire, 1)
        assert len(line) <= 107, line
    return line

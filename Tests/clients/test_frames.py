"""Frames, valid and not, pass byte for byte in both directions, and nothing is put between them."""

import hashlib
import threading
import zlib

import pytest

from harness.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_frame, frame
from harness.heads import plain
from harness.process import MemoryMark, MiB
from harness.rows import Row, rows

MARK = b"a mark behind the row"


class Odd(Row):
    """Bytes that the end named by `source` sends."""

    def __init__(self, row, words, data, source):
        super().__init__(row, words, data)
        self.source = source


def both(row, words, *parts):
    """A row for each direction; a part is (arguments, options) of `frame`, masked as the direction wants."""
    yield Odd(row, f"{words}, from the client", b"".join(frame(*a, **{"masked": True, **o}) for a, o in parts), "client")
    yield Odd(row, f"{words}, from the backend", b"".join(frame(*a, **{"masked": False, **o}) for a, o in parts), "backend")


def one(*arguments, **options):
    return arguments, options


def compressed(size):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(bytes(size)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


ODD = [
    Odd("F1", "an unmasked frame from the client", frame(TEXT, b"bare"), "client"),
    Odd("F2", "a masked frame from the backend", frame(TEXT, b"covered", masked=True), "backend"),
    *[row for opcode in (3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)
      for row in both("F3", f"opcode {opcode:#x}", one(opcode, b"reserved"))],
    *[row for rsv in (1, 2, 3, 4, 5, 6, 7) for row in both("F4", f"RSV bits {rsv:03b}", one(TEXT, b"rsv", rsv=rsv))],
    *both("F5", "a fragmented ping", one(PING, b"half", fin=False), one(CONTINUATION, b"rest")),
    *both("F5", "a fragmented Close", one(CLOSE, b"\x03\xe8", fin=False), one(CONTINUATION, b"rest")),
    *both("F5", "a ping of 126 bytes", one(PING, bytes(126))),
    *both("F5", "a pong of 70,000 bytes", one(PONG, bytes(70_000))),
    *both("F6", "a length with its highest bit", one(BINARY, b"x" * 5000, length_form=64, length=1 << 63)),
    *both("F6", "a length of 2^63 - 1", one(BINARY, b"x" * 5000, length_form=64, length=(1 << 63) - 1)),
    *both("F6", "a length of all ones", one(BINARY, b"x" * 5000, length_form=64, length=(1 << 64) - 1)),
    *both("F6", "a Close with a length of 2^63 - 1", one(CLOSE, b"x" * 500, length_form=64, length=(1 << 63) - 1)),
    *both("F7", "5 bytes in the 16-bit form", one(TEXT, b"five!", length_form=16)),
    *both("F7", "200 bytes in the 64-bit form", one(BINARY, bytes(200), length_form=64)),
    *both("F7", "nothing in the 64-bit form", one(BINARY, b"", length_form=64)),
    *both("F8", "a continuation of nothing", one(CONTINUATION, b"of what?")),
    *both("F8", "a new message inside a message", one(TEXT, b"one", fin=False), one(TEXT, b"two"), one(CONTINUATION, b"end")),
    *both("F9", "a ping between fragments", one(TEXT, b"one", fin=False), one(PING, b"?"), one(CONTINUATION, b"two")),
    *both("F10", "text that is not UTF-8", one(TEXT, b"\xff\xfe\xc3\x28")),
    *both("F10", "text split inside a code point", one(TEXT, b"\xe2\x82", fin=False), one(CONTINUATION, b"\xac")),
    *both("F10", "a Close whose reason is not UTF-8", one(CLOSE, b"\x03\xe8\xff\xfe")),
    *[row for code in (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 65535)
      for row in both("F11", f"close code {code}", one(CLOSE, code.to_bytes(2, "big")))],
    *both("F12", "a Close of one byte", one(CLOSE, b"\x03")),
    *both("F12", "a Close with a reason of 200 bytes", one(CLOSE, b"\x03\xe8" + b"r" * 200)),
    *both("F13", "data, a ping and a Close after a Close",
          one(CLOSE, b"\x03\xe8"), one(TEXT, b"late"), one(PING, b"late"), one(CLOSE, b"\x03\xe9")),
    *both("F16", "a deflated message a thousand times its size", one(BINARY, compressed(4 * MiB), rsv=4)),
]


def ends(proxy, backend, direction):
    """A tunnel's sending and receiving end."""
    client, server = backend.tunnel(proxy.port)
    return (client, server) if direction == "client" else (server, client)


@rows(*ODD)
def test_odd_frames_pass_unchanged(proxy, backend, row):
    source, sink = ends(proxy, backend, row.source)
    mark = frame(TEXT, MARK, masked=row.source == "client")
    source.send(row.data)
    assert sink.receive(len(row.data)) == row.data
    source.send(mark)
    assert sink.receive(len(mark)) == mark, "something was put between the row and the next frame"
    back = frame(TEXT, MARK, masked=row.source != "client")
    sink.send(back)
    assert source.receive(len(back)) == back, "something was sent back to where the row came from"


@rows(*[row for row in ODD if len(row.data) < 300])
def test_f19_odd_frames_pass_unchanged_in_single_bytes(proxy, backend, row):
    source, sink = ends(proxy, backend, row.source)
    mark = frame(TEXT, MARK, masked=row.source == "client")
    source.send_bytewise(row.data + mark)
    assert sink.receive(len(row.data + mark)) == row.data + mark


def test_f19_a_stream_cut_at_every_byte_arrives_whole(proxy, backend):
    stream = b"".join([
        frame(TEXT, b"small", masked=True), frame(BINARY, bytes(200), masked=True), frame(PING, b"?", masked=True),
        frame(TEXT, b"frag", fin=False, masked=True), frame(CONTINUATION, b"ment", masked=True),
        frame(BINARY, b"", masked=True), frame(BINARY, bytes(300), length_form=64, masked=True)])
    client, server = backend.tunnel(proxy.port)
    for cut in range(1, len(stream)):
        client.send(stream[:cut])
        server.wait_readable(0.005)  # Half a header may be held back; what matters is that the two parts are read apart.
        client.send(stream[cut:])
        assert server.receive(len(stream)) == stream, f"cut at {cut}"


def test_f20_http_inside_a_tunnel_is_never_parsed(proxy, backend):
    requests = plain("/admin") + plain("/metrics") * 50
    client, server = backend.tunnel(proxy.port)
    client.send(requests)
    assert server.receive(len(requests)) == requests
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    server.send(answer * 20)
    assert client.receive(len(answer) * 20) == answer * 20
    assert backend.is_untouched()


def pump(source, sink, chunks):
    """Sends every chunk from a thread and gives the hashes of what was sent and what arrived."""
    sent = hashlib.sha256()
    total = sum(map(len, chunks))

    def feed():
        for chunk in chunks:
            sent.update(chunk)
            source.sock.sendall(chunk)

    feeder = threading.Thread(target=feed)
    source.sock.settimeout(60)
    feeder.start()
    received = hashlib.sha256()
    left = total
    while left:
        piece = sink.receive(min(left, 1 << 18), deadline=20)
        received.update(piece)
        left -= len(piece)
    feeder.join(60)
    return sent.hexdigest(), received.hexdigest()


SIZE = 16 * MiB


def one_message(masked):
    return [frame(BINARY, bytes(range(256)) * (SIZE // 256), masked=masked)]


def small_fragments(masked):
    middle = frame(CONTINUATION, b"f" * 64, fin=False, masked=masked)
    first = frame(BINARY, b"f" * 64, fin=False, masked=masked)
    last = frame(CONTINUATION, b"f" * 64, masked=masked)
    return [first, *[middle * 1024] * (SIZE // 65536), last]


def small_writes(masked):
    data = one_message(masked)[0]
    return [data[at:at + 64] for at in range(0, len(data), 64)]


@pytest.mark.parametrize("direction", ["client", "backend"])
@pytest.mark.parametrize("shape", [one_message, small_fragments, small_writes])
def test_f14_16_mib_pass_in_any_shape_without_being_collected(proxy, backend, direction, shape):
    source, sink = ends(proxy, backend, direction)
    chunks = shape(direction == "client")
    memory = MemoryMark(proxy.process)
    sent, received = pump(source, sink, chunks)
    assert sent == received
    memory.assert_grown_at_most(2 * MiB)


@pytest.mark.parametrize("size", [0, 1])
def test_f15_an_endless_message_of_tiny_fragments_takes_no_memory(proxy, backend, size):
    client, server = backend.tunnel(proxy.port)
    fragment = frame(CONTINUATION, b"x" * size, fin=False, masked=True)
    memory = MemoryMark(proxy.process)
    sent, received = pump(client, server, [frame(TEXT, b"", fin=False, masked=True), *[fragment * 1000] * 400])
    assert sent == received
    memory.assert_grown_at_most(2 * MiB)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999])
@pytest.mark.parametrize("first", ["client", "backend"])
def test_a_close_handshake_passes_with_its_code_and_is_counted(proxy, backend, code, first):
    before = proxy.metric("tidegate_closes_total", pool="main", side=first, code=code)
    source, sink = ends(proxy, backend, first)
    closing = close_frame(code, b"bye", masked=first == "client")
    source.send(closing)
    assert sink.receive(len(closing)) == closing
    reply = close_frame(code, masked=first != "client")
    sink.send(reply)
    assert source.receive(len(reply)) == reply
    client, server = (source, sink) if first == "client" else (sink, source)
    server.close()
    assert client.wait_end() == "fin"
    client.close()
    proxy.wait_metric("tidegate_closes_total", before + 1, pool="main", side=first, code=code)


def test_messages_and_bytes_are_counted_by_opcode_and_direction(proxy, backend):
    def counted():
        metrics = proxy.metrics()
        return {
            (direction, opcode): metrics.value("tidegate_messages_total", pool="main", direction=direction, opcode=opcode)
            for direction in ("to_backend", "to_client") for opcode in ("text", "binary", "ping", "pong", "close")
        } | {("bytes", direction): metrics.value("tidegate_bytes_total", pool="main", direction=direction)
             for direction in ("to_backend", "to_client")}

    before = counted()
    client, server = backend.tunnel(proxy.port)
    up = (frame(TEXT, b"one", masked=True) + frame(TEXT, b"tw", fin=False, masked=True) + frame(CONTINUATION, b"o", masked=True)
          + frame(BINARY, bytes(1000), masked=True) + frame(PING, b"?", masked=True))
    down = frame(BINARY, b"1") + frame(BINARY, b"2") + frame(PONG, b"?")
    client.send(up)
    assert server.receive(len(up)) == up
    server.send(down)
    assert client.receive(len(down)) == down
    client.send(close_frame(1000, masked=True))
    server.read_frame()
    server.send(close_frame(1000))
    client.read_frame()
    server.close()
    client.wait_end()
    client.close()
    proxy.wait_metric("tidegate_tunnels_active", 0)
    after = counted()
    grown = {key: after[key] - before[key] for key in after if after[key] != before[key]}
    assert grown == {
        ("to_backend", "text"): 2, ("to_backend", "binary"): 1, ("to_backend", "ping"): 1, ("to_backend", "close"): 1,
        ("to_client", "binary"): 2, ("to_client", "pong"): 1, ("to_client", "close"): 1,
        ("bytes", "to_backend"): len(up) + 8, ("bytes", "to_client"): len(down) + 4,
    }

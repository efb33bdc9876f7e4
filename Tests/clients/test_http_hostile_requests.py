"""Bodies and pipelined requests nobody honest sends: refused with 400 and a close, and no backend takes them for whole."""

import pytest

from harness.answering import AnsweringBackend
from harness.frames import TEXT, frame
from harness.heads import answer, plain, switching, upgrade
from harness.messages import asked, chunk, chunked, read_answer
from harness.process import MemoryMark, MiB
from harness.rows import Row, rows
from harness.settings import settings
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")
BEGIN = plain(method="POST", extra=[CHUNKED])

BAD_CHUNKS = [
    *[Row("H13", f"the chunk size {size!r}", size.encode() + b"\r\nhello\r\n0\r\n\r\n")
      for size in ("0x5", "+5", "-0x0", "5_0", "", "  5", "g", "ffffffffffffffff1", "0" * 17 + "5", "8000000000000000", "5 x")],
    Row("H13", "data longer than its chunk", b"5\r\nhello!\r\n0\r\n\r\n"),
    Row("H13", "a chunk that ends with a bare LF", b"5\r\nhello\n0\r\n\r\n"),
    Row("H13", "a size that ends with a bare LF", b"5\nhello\r\n0\r\n\r\n"),
    Row("H14", "an extension of 2 KiB", b"5" + b";a=b" * 512 + b"\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "an extension of 1 MiB", b"5" + b";a=b" * (MiB // 4) + b"\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "extensions of 32 KiB together", (b"1;" + b"a" * 1000 + b"\r\nx\r\n") * 33 + b"0\r\n\r\n"),
    Row("H14", "a line break inside a quoted extension", b"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "a quote that is not closed", b"5;a=\"b\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "bare CRs in an extension", b"5;\r\r;x\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "a bare LF in an extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "NUL in an extension", b"5;a=\0\r\nhello\r\n0\r\n\r\n"),
    *[Row("H16", f"{name.decode()} as a trailer", b"5\r\nhello\r\n0\r\n" + name + b": 3\r\n\r\n")
      for name in (b"Content-Length", b"Transfer-Encoding", b"Host")],
    Row("H16", "ten thousand trailers", b"5\r\nhello\r\n0\r\n" + b"a: b\r\n" * 10_000 + b"\r\n"),
    Row("H16", "a trailer without a colon", b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n"),
    Row("H17", "a folded trailer", b"5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n"),
]


@pytest.mark.parametrize("separate", [False, True], ids=["glued", "after the head"])
@rows(*BAD_CHUNKS)
def test_a_bad_chunk_ends_in_400_and_an_unfinished_body(proxy, backend, row, separate):
    memory = MemoryMark(proxy.process)
    client = Wire.connect(proxy.port)
    server = None
    try:
        client.send(BEGIN if separate else BEGIN + row.data)
        if separate:
            server, _ = backend.request()
            client.send(row.data)
    except OSError:
        pass  # Refused before all of it was sent.
    got = read_answer(client)
    assert got.status in (400, 431) and got.whole
    assert "close" in got.head.tokens("Connection")
    assert client.read_rest() == b""
    if server:
        assert not server.read_rest().endswith(b"0\r\n\r\n"), "the backend saw a whole body"
    else:
        assert_unfinished(backend)
    memory.assert_grown_at_most(4 * MiB)


def assert_unfinished(backend):
    """What reached the backend, if anything did, is no whole request."""
    try:
        server = backend.accept(deadline=0.02)
    except AssertionError:
        return
    assert not server.read_rest().endswith(b"0\r\n\r\n"), "the backend saw a whole request"


def test_a_bad_chunk_behind_the_answers_head_cuts_the_answer(proxy, backend):
    client, server, _ = asked(proxy.port, backend, BEGIN)
    server.send(answer(200, CHUNKED, length=False) + chunk(b"so far"))
    client.read_head()
    client.receive(len(chunk(b"so far")))
    client.send(b"nonsense\r\n")
    assert not client.read_rest().endswith(b"0\r\n\r\n")
    assert server.wait_end() in ("fin", "reset")


@pytest.fixture(scope="module")
def answering():
    with AnsweringBackend(lambda message: answer(200, body=message.head.target.encode() + b" " + message.body)) as backend:
        yield backend


@pytest.fixture(scope="module")
def served(answering, launch_once):
    return launch_once(settings(answering))


GOOD = plain("/1") + plain("/2", method="POST", extra=[CHUNKED], body=chunked(b"two", b"!"))
BAD = [
    Row("H43", "an unknown version", b"GET / HTTP/9.9\r\nHost: site.test\r\n\r\n", 400, 505),
    Row("H43", "no Host", plain("/bad", host=None)),
    Row("H43", "garbage", b"\x00\x01\x02\r\n\r\n"),
    Row("H18", "bare LFs", b"GET /bad HTTP/1.1\nHost: site.test\n\n"),
    Row("H1", "Content-Length beside chunked", plain(
        "/bad", method="POST", extra=[CHUNKED, ("Content-Length", "5")], body=chunked(b""))),
    Row("H2", "two Content-Length that differ", plain("/bad", extra=[("Content-Length", "5"), ("Content-Length", "0")])),
    Row("H12", "chunked in HTTP/1.0", plain("/bad", version="HTTP/1.0", method="POST", extra=[CHUNKED], body=chunked(b""))),
    Row("H20", "NUL in a value", plain("/bad", extra=[("X", "a\0b")])),
    Row("H24", "a field of 64 KiB", plain("/bad", extra=[("X", "a" * 65536)]), 431),
    Row("H31", "two Hosts", plain("/bad", extra=[("Host", "site.test")])),
    Row("H34", "CONNECT", plain("site.test:1", method="CONNECT"), 405, 501),
    Row("H35", "a dot segment", plain("/a/../bad")),
    Row("U2", "an upgrade without a key", upgrade("/bad", drop=["Sec-WebSocket-Key"])),
]


def assert_refused_in_turn(served, answering, row, bytewise):
    before = len(answering.requests)
    client = Wire.connect(served.port)
    try:
        (client.send_bytewise if bytewise else client.send)(GOOD + row.data + plain("/after"))
    except OSError:
        pass  # Refused before all of it was sent.
    assert read_answer(client).body == b"/1 "
    assert read_answer(client).body == b"/2 two!"
    refused = read_answer(client)
    assert refused.status in row.statuses and refused.whole
    assert "close" in refused.head.tokens("Connection")
    assert client.read_rest() == b"", "an answer behind the refusal"
    assert {message.head.target for _, message in answering.requests[before:]} == {"/1", "/2"}


@rows(*BAD)
def test_h43_behind_two_good_requests_a_bad_one_is_refused_in_its_turn(served, answering, row):
    assert_refused_in_turn(served, answering, row, bytewise=False)


@rows(*[row for row in BAD if len(row.data) < 200])
def test_h43_behind_two_good_requests_a_bad_one_is_refused_byte_by_byte(served, answering, row):
    assert_refused_in_turn(served, answering, row, bytewise=True)


def test_h43_an_upgrade_behind_plain_requests_opens_its_tunnel(launch, backend):
    proxy = launch(settings(backend))
    client = Wire.connect(proxy.port)
    client.send(plain("/page") + upgrade("/socket"))
    server, head = backend.request()
    assert head.target == "/page" and server.is_silent(0.05)
    server.send(answer(200, body=b"page"))
    assert read_answer(client).body == b"page"
    tunnel, head = backend.request()
    assert head.target == "/socket", "the upgrade went over a kept connection"
    tunnel.send(switching(head.one("Sec-WebSocket-Key")))
    assert client.read_head().status == 101
    client.send(frame(TEXT, b"hello", masked=True))
    assert tunnel.read_frame().payload == b"hello"

"""Backends that answer a plain request with what is no answer, too much of one, or half of one."""

import pytest

from harness.broken_answers import BROKEN, line
from harness.heads import answer, plain
from harness.messages import asked, read_answer
from harness.process import MemoryMark, MiB
from harness.rows import Row, rows
from harness.wire import Wire


def handed(proxy, backend, data, *, close=False, request=None):
    """A client whose request the backend answered with `data`."""
    client, server, _ = asked(proxy.port, backend, request or plain())
    try:
        server.send(data)
    except OSError:
        pass  # The proxy had read enough of it.
    if close:
        server.close()
    return client, server


def chunks(data):
    return line(b"200 OK", b"Transfer-Encoding: chunked") + data


@rows(*BROKEN)
def test_a_broken_answer_becomes_502_and_ends_its_connection(proxy, backend, row):
    memory = MemoryMark(proxy.process)
    client, server = handed(proxy, backend, row.data)
    got = read_answer(client)
    assert got.status == 502 and got.whole, got.head.raw
    assert "close" in got.head.tokens("Connection")
    assert client.read_rest() == b"", "something of the broken answer behind the proxy's own"
    assert server.wait_end() in ("fin", "reset")
    assert backend.is_untouched(), "the request was sent a second time"
    memory.assert_grown_at_most(4 * MiB)


@rows(
    Row("H46", "a Transfer-Encoding list that does not end with chunked", line(b"200 OK", b"Transfer-Encoding: chunked, gzip")),
    Row("H46", "chunked twice", line(b"200 OK", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked")),
    Row("H46", "two equal Content-Length", line(b"200 OK", b"Content-Length: 5", b"Content-Length: 5")),
    Row("H46", "a Content-Length past 64 bits", line(b"200 OK", b"Content-Length: 18446744073709551616")),
    Row("H46", "a bare CR in a value", line(b"200 OK", b"X: a\rb", b"Content-Length: 0")),
    Row("H46", "a space before a colon", line(b"200 OK", b"Content-Length : 0")),
    Row("H46", "a line without a colon", line(b"200 OK", b"nonsense", b"Content-Length: 0")),
    Row("H46", "a version that is none", b"HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    Row("H46", "no version", b"200 OK\r\nContent-Length: 0\r\n\r\n"),
    Row("H46", "a status of four digits", line(b"2000 OK", b"Content-Length: 0")),
    Row("H46", "a hundred thousand fields", line(b"200 OK", *[b"a: b"] * 100_000)),
    Row("H46", "chunked in HTTP/1.0", b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    Row("H46", "the end inside the fields", b"HTTP/1.1 200 OK\r\nContent-Le"),
    Row("U24", "the end inside the status line", b"HTTP/1.1 20"),
    Row("U23", "the end before any byte", b""),
)
def test_an_answer_that_cannot_be_framed_becomes_502(proxy, backend, row):
    client, _ = handed(proxy, backend, row.data, close=True)
    got = read_answer(client)
    assert got.status == 502, got.head.raw
    assert client.read_rest() == b""
    assert backend.is_untouched(), "the request was sent a second time"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_b3_a_reset_before_the_first_byte_of_a_fresh_connection_is_not_tried_again(proxy, backend, method):
    client, server, _ = asked(proxy.port, backend, plain(method=method))
    server.reset()
    assert read_answer(client).status == 502
    assert backend.is_untouched()


@pytest.mark.parametrize("glued", [True, False], ids=["in one segment", "a moment later"])
def test_h47_bytes_past_the_answer_reach_nobody_and_end_their_connection(proxy, backend, glued):
    extra = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
    client, server = handed(proxy, backend, answer(200, body=b"exact") + (extra if glued else b""))
    got = read_answer(client)
    assert got.body == b"exact"
    if not glued:
        server.send(extra)
    client.send(plain("/next"))
    fresh, head = backend.request()
    assert head.target == "/next"
    fresh.send(answer(200, body=b"right"))
    assert read_answer(client).body == b"right"
    assert server.wait_end() in ("fin", "reset")


@rows(
    Row("H47", "a body to HEAD", answer(200, body=b"a body"), "HEAD"),
    Row("H47", "a body behind 204", answer(204, length=False) + b"a body", "GET"),
    Row("H47", "a body behind 304", answer(304, ("Content-Length", "6"), length=False) + b"a body", "GET"),
    Row("H47", "bytes behind the last chunk", chunks(b"0\r\n\r\nextra"), "GET"),
)
def test_h47_a_body_where_none_belongs_is_dropped_with_its_connection(proxy, backend, row):
    method = row.statuses[0]
    client, server = handed(proxy, backend, row.data, request=plain(method=method))
    got = read_answer(client, method=method)
    assert got.whole and got.body == b""
    client.send(plain("/next"))
    fresh, _ = backend.request()
    fresh.send(answer(200, body=b"right"))
    assert read_answer(client).body == b"right"
    assert server.wait_end() in ("fin", "reset")


@pytest.mark.parametrize("how", ["fin", "reset"])
def test_h48_a_body_of_known_length_cut_short_never_looks_whole(proxy, backend, how):
    client, server = handed(proxy, backend, line(b"200 OK", b"Content-Length: 100") + b"only this")
    head = client.read_head()
    assert head.one("Content-Length") == "100" and client.receive(9) == b"only this"
    server.close() if how == "fin" else server.reset()
    assert client.read_rest() == b"" and client.end in ("fin", "reset")


@rows(
    Row("H48", "an end inside a chunk", b"64\r\nonly this"),
    Row("H48", "an end between chunks", b"5\r\nhello\r\n"),
    Row("H48", "an end inside a size", b"5\r\nhello\r\n5"),
    Row("H48", "an end inside the last line", b"5\r\nhello\r\n0\r\n\r"),
    Row("H48", "an end inside the trailers", b"5\r\nhello\r\n0\r\nX-Late: 1\r\n"),
)
def test_h48_a_chunked_body_cut_short_never_looks_whole(proxy, backend, row):
    client, _ = handed(proxy, backend, chunks(row.data), close=True)
    got = read_answer(client)
    assert got.status == 200 and not got.whole and got.end in ("fin", "reset")


def test_h48_a_body_until_the_close_that_is_reset_does_not_end_cleanly(proxy, backend):
    client, server = handed(proxy, backend, answer(200, length=False) + b"only this")
    client.read_head()
    assert client.receive(9) == b"only this"
    server.reset()
    assert client.read_rest() == b"" and client.end == "reset"


def test_h48_an_event_stream_cut_inside_a_chunk_does_not_end_cleanly(proxy, backend):
    begun = line(b"200 OK", b"Content-Type: text/event-stream", b"Transfer-Encoding: chunked")
    client, server = handed(proxy, backend, begun + b"9\r\ndata: 1\n\n\r\n")
    client.read_head()
    assert client.receive_until(b"\n\n") .endswith(b"data: 1\n\n")
    server.close()
    assert not client.read_rest().endswith(b"0\r\n\r\n")


BAD_CHUNKS = [
    *[Row("H13", f"the chunk size {size!r}", size.encode() + b"\r\nhello\r\n0\r\n\r\n")
      for size in ("0x5", "+5", "-0x0", "5_0", "", "  5", "g", "ffffffffffffffff1", "0" * 17 + "5", "8000000000000000", "5 x")],
    Row("H13", "data longer than its chunk", b"5\r\nhello!\r\n0\r\n\r\n"),
    Row("H13", "a chunk that ends with a bare LF", b"5\r\nhello\n0\r\n\r\n"),
    Row("H13", "a size that ends with a bare LF", b"5\nhello\r\n0\r\n\r\n"),
    Row("H14", "an extension of 1 MiB", b"5" + b";a=b" * (MiB // 4) + b"\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "a line break inside a quoted extension", b"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "bare CRs in an extension", b"5;\r\r;x\r\nhello\r\n0\r\n\r\n"),
    Row("H14", "a bare LF in an extension", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    Row("H16", "Content-Length as a trailer", b"5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n"),
    Row("H16", "Transfer-Encoding as a trailer", b"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    Row("H16", "ten thousand trailers", b"5\r\nhello\r\n0\r\n" + b"a: b\r\n" * 10_000 + b"\r\n"),
    Row("H17", "a folded trailer", b"5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n"),
]


@rows(*BAD_CHUNKS)
def test_a_backends_bad_chunk_never_becomes_a_whole_answer(proxy, backend, row):
    memory = MemoryMark(proxy.process)
    client, server = handed(proxy, backend, chunks(row.data))
    got = read_answer(client)
    assert got.status == 502 or not got.whole
    if got.status == 200:
        assert client.wait_end() in ("fin", "reset")
    assert server.wait_end() in ("fin", "reset")
    memory.assert_grown_at_most(4 * MiB)


def test_h49_nothing_a_client_sends_turns_up_in_the_head_of_the_proxys_own_answer(proxy):
    for target in ("/%0d%0aX-Injected:%20yes", "/a?b=%0d%0aX-Injected:%20yes"):
        client = Wire.connect(proxy.port)
        client.send(plain(target, extra=[("Expect", "injected"), ("X-Request-Id", "injected")]))
        got = read_answer(client)
        assert got.status in (400, 417)
        assert b"injected" not in got.head.raw.lower()

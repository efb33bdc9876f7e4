"""Backends that answer an upgrade with something else than a right 101."""

import pytest

from harness.broken_answers import BROKEN, KEY, line
from harness.frames import TEXT, frame
from harness.heads import answer, switching, upgrade
from harness.process import MemoryMark, MiB
from harness.rows import Row, ask, assert_refused, rows
from harness.settings import settings
from harness.waiting import Stopwatch
from harness.wire import Wire

GLUED = frame(TEXT, b"must never be seen")


def handed(proxy, backend, data, *, early=b"", close=False):
    """A client whose upgrade the backend answered with `data`."""
    client = Wire.connect(proxy.port)
    client.send(upgrade() + early)
    server, _ = backend.request()
    try:
        server.send(data)
    except OSError:
        pass  # The proxy had read enough of it.
    if close:
        server.close()
    return client, server


@rows(*BROKEN)
def test_a_broken_answer_becomes_502(proxy, backend, row):
    memory = MemoryMark(proxy.process)
    client, server = handed(proxy, backend, row.data)
    head = client.read_head()
    assert head.status == 502, head.raw
    assert len(client.read_rest()) == int(head.one("Content-Length"))
    assert server.wait_end() in ("fin", "reset")
    memory.assert_grown_at_most(4 * MiB)


@rows(
    Row("U23", "the end before any byte", b""),
    Row("U24", "the end inside the status line", b"HTTP/1.1 10"),
    Row("U24", "the end inside a right 101", switching(KEY)[:-2]),
)
def test_a_backend_that_ends_before_its_head_becomes_502(proxy, backend, row):
    client, _ = handed(proxy, backend, row.data, close=True)
    assert client.read_head().status == 502
    assert backend.is_untouched(), "the request was sent a second time"


def test_b3_a_reset_after_the_request_is_not_tried_again(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, _ = backend.request()
    server.reset()
    assert client.read_head().status == 502
    assert backend.is_untouched()


@pytest.mark.parametrize("advertises", [False, True])
def test_u11_a_200_is_relayed_and_opens_no_tunnel(proxy, backend, advertises):
    fields = [("Upgrade", "websocket"), ("Connection", "Upgrade")] if advertises else []
    client, server = handed(proxy, backend, answer(200, *fields, body=b"page") + GLUED, early=frame(TEXT, b"early", masked=True))
    head = client.read_head()
    assert head.status == 200 and "close" in head.tokens("Connection")
    assert client.read_rest() == b"page"
    assert server.read_rest() == b"", "tunnel bytes reached a backend that opened none"


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 426, 429, 500, 503])
def test_u12_a_refusal_is_relayed_whole_and_the_connection_ends(proxy, backend, status):
    body = b"because " * 5000
    client, server = handed(proxy, backend, answer(
        status, ("Location", "/login"), ("WWW-Authenticate", "Basic"), ("Retry-After", "7"), ("Connection", "keep-alive"),
        reason="Some Reason", body=body))
    head = client.read_head()
    assert head.line == f"HTTP/1.1 {status} Some Reason"
    assert (head.one("Location"), head.one("WWW-Authenticate"), head.one("Retry-After")) == ("/login", "Basic", "7")
    assert head.tokens("Connection") & {"close", "keep-alive"} == {"close"}
    assert client.read_rest() == body
    assert client.end == "fin"
    assert server.wait_end() in ("fin", "reset")


def test_u30_a_426_keeps_its_advertisement(proxy, backend):
    client, _ = handed(proxy, backend, answer(
        426, ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13, 8")))
    head = client.read_head()
    assert head.status == 426 and head.tokens("Upgrade") == {"websocket"}
    assert head.one("Sec-WebSocket-Version") == "13, 8"


def unchunked(data):
    """The content of a chunked body, and whether its end was there."""
    content = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if length == 0:
            return content, True
        content, data = content + data[:length], data[length + 2:]
    return content, False


def test_u12_a_chunked_refusal_is_relayed_whole(proxy, backend):
    chunked = b"5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n"
    client, _ = handed(proxy, backend, answer(403, ("Transfer-Encoding", "chunked"), length=False) + chunked)
    head = client.read_head()
    assert head.status == 403 and head.tokens("Transfer-Encoding") == {"chunked"} and not head.all("Content-Length")
    assert unchunked(client.read_rest()) == (b"hello world", True)


def test_u12_a_refusal_that_ends_with_its_connection_is_relayed_whole(proxy, backend):
    client, _ = handed(proxy, backend, answer(403, length=False) + b"until the end", close=True)
    assert client.read_head().status == 403
    assert client.read_rest() == b"until the end"


@pytest.mark.parametrize("status", [204, 304])
def test_u12_a_refusal_without_a_body_ends_after_its_head(proxy, backend, status):
    client, _ = handed(proxy, backend, answer(status, length=False))
    assert client.read_head().status == status
    assert client.read_rest(deadline=2) == b""


def test_h47_bytes_past_content_length_are_not_delivered(proxy, backend):
    client, server = handed(proxy, backend, answer(403, body=b"exact") + b"HTTP/1.1 200 OK\r\n\r\n")
    client.read_head()
    assert client.read_rest() == b"exact"
    assert server.wait_end() in ("fin", "reset")


def test_h48_a_body_cut_short_never_looks_whole(proxy, backend):
    client, _ = handed(proxy, backend, line(b"403 No", b"Content-Length: 100") + b"only this", close=True)
    head = client.read_head()
    assert head.one("Content-Length") == "100"
    assert len(client.read_rest()) < 100


@rows(
    Row("H48", "an end inside a chunk", b"64\r\nonly this"),
    Row("H48", "an end between chunks", b"5\r\nhello\r\n"),
)
def test_h48_a_chunked_body_cut_short_never_looks_whole(proxy, backend, row):
    client, _ = handed(proxy, backend, line(b"403 No", b"Transfer-Encoding: chunked") + row.data, close=True)
    client.read_head()
    assert not client.read_rest().endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("size", ["0x5", "+5", "-0x0", "5_0", "", "  5", "ffffffffffffffff1", "0" * 17 + "5", "5 ;\r\r;x"])
def test_h13_a_backends_bad_chunk_size_ends_the_connection(proxy, backend, size):
    data = line(b"403 No", b"Transfer-Encoding: chunked") + size.encode() + b"\r\nhello\r\n0\r\n\r\n"
    client, server = handed(proxy, backend, data)
    head = client.read_head()
    assert head.status in (403, 502)
    if head.status == 403:
        assert not client.read_rest().endswith(b"0\r\n\r\n")
    assert server.wait_end() in ("fin", "reset")


def test_h14_a_chunk_extension_of_1_mib_ends_the_connection(proxy, backend):
    data = line(b"403 No", b"Transfer-Encoding: chunked") + b"5" + b";a=b" * (MiB // 4) + b"\r\nhello\r\n0\r\n\r\n"
    client, _ = handed(proxy, backend, data)
    client.read_head()
    assert not client.read_rest().endswith(b"0\r\n\r\n")


def test_u16_a_subprotocol_that_was_not_offered_passes_or_is_refused(proxy, backend):
    client, _ = handed(proxy, backend, switching(KEY, ("Sec-WebSocket-Protocol", "unasked")))
    head = client.read_head()
    assert head.status in (101, 502)
    if head.status == 101:
        assert head.one("Sec-WebSocket-Protocol") == "unasked"


@pytest.mark.parametrize("offer, answered", [
    ("permessage-deflate; server_max_window_bits=99", "permessage-deflate; server_max_window_bits=99"),
    ("permessage-deflate; client_max_window_bits=junk", "permessage-deflate; client_max_window_bits"),
])
def test_f17_the_negotiation_of_extensions_passes_unchanged(proxy, backend, offer, answered):
    client = Wire.connect(proxy.port)
    client.send(upgrade(extra=[("Sec-WebSocket-Extensions", offer)]))
    server, head = backend.request()
    assert head.one("Sec-WebSocket-Extensions") == offer
    server.send(switching(KEY, ("Sec-WebSocket-Extensions", answered)))
    assert client.read_head().one("Sec-WebSocket-Extensions") == answered


def test_u25_a_backend_that_never_answers_becomes_504_at_the_deadline(launch, backend):
    proxy = launch(settings(backend, timeouts={"handshake": "700ms"}))
    client = Wire.connect(proxy.port)
    watch = Stopwatch()
    client.send(upgrade())
    server, _ = backend.request()
    assert client.read_head().status == 504
    assert 0.5 < watch.seconds < 2.5
    client.wait_end()
    assert server.wait_end() in ("fin", "reset")
    proxy.wait_metric("tidegate_connections_active", 0)
    proxy.wait_metric("tidegate_upgrade_failures_total", 1)


def test_a_client_that_leaves_while_the_backend_thinks_frees_the_backend(launch, backend):
    proxy = launch(settings(backend, timeouts={"handshake": "30s"}))
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, _ = backend.request()
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    proxy.wait_metric("tidegate_connections_active", 0)


def test_a_refusal_is_told_apart_from_our_own_answer_in_the_log(proxy, backend):
    """Every refusal of the proxy's own leaves one `refused` line with a status and a reason out of a bounded set."""
    before = len(proxy.log.events("refused", status=426))
    assert_refused(ask(proxy.port, upgrade(change={"Sec-WebSocket-Version": "7"})), 426)
    lines = proxy.log.wait("refused", count=before + 1, status=426)
    line = lines[-1] if isinstance(lines, list) else lines
    assert isinstance(line["reason"], str) and line["reason"] and line["id"]

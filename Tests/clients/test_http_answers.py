"""What reaches a client of a plain answer: the same answer, framed anew, as it comes, and never whole when it was not."""

import pytest

from harness.heads import answer, plain
from harness.messages import LAST, asked, chunk, chunked, goes_on, read_answer
from harness.process import MiB
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")


def test_an_answer_keeps_its_status_its_reason_and_its_fields_in_order(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    sent = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Server", "play"), ("Set-Cookie", "a=b"), ("x-CASE", "kept"),
            ("Set-Cookie", "c=d"), ("ETag", '"e"'), ("Content-Type", "text/html"), ("Alt-Svc", "clear")]
    server.send(answer(299, *sent, reason="Quite Fine", body=b"page"))
    got = read_answer(client)
    assert got.head.line == "HTTP/1.1 299 Quite Fine" and got.body == b"page"
    assert [field for field in got.head.fields if field[0] not in ("Content-Length", "X-Request-Id")] == sent


def test_an_answer_loses_the_fields_of_its_hop(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "timeout=5"),
                       ("Proxy-Connection", "keep-alive"), ("X-End", "kept"), body=b"page"))
    head = read_answer(client).head
    assert head.one("X-End") == "kept"
    for name in ("X-Hop", "Keep-Alive", "Proxy-Connection"):
        assert not head.all(name), name
    assert not head.tokens("Connection") - {"keep-alive"}


@pytest.mark.parametrize("name", ["Content-Length", "Transfer-Encoding", "Set-Cookie"])
def test_h38_a_backend_cannot_nominate_away_what_frames_its_answer(proxy, backend, name):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Connection", name), ("Set-Cookie", "a=b"), body=b"page"))
    got = read_answer(client, deadline=3)
    assert got.status == 502 or got.whole and got.body == b"page"


def test_a_body_of_known_length_is_passed_on_part_by_part(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Length", "30"), length=False))
    assert client.read_head().one("Content-Length") == "30"
    for part in (b"0123456789", b"abcdefghij", b"ABCDEFGHIJ"):
        server.send(part)
        assert client.receive(10) == part
    assert client.is_silent()


def test_a_chunked_body_is_passed_on_chunk_by_chunk_with_its_trailers(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain(extra=[("TE", "trailers"), ("Connection", "TE")]))
    server.send(answer(200, CHUNKED, ("Trailer", "X-Sum"), length=False))
    head = client.read_head()
    assert head.tokens("Transfer-Encoding") == {"chunked"} and not head.all("Content-Length")
    for part in (b"one", b"two" * 5000):
        server.send(chunk(part))
        size = int(client.receive_until(b"\r\n").split(b";")[0], 16)
        assert client.receive(size + 2) == part + b"\r\n"
    server.send(b"0\r\nX-Sum: 7\r\n\r\n")
    assert client.receive_until(b"\r\n\r\n") == b"0\r\nX-Sum: 7\r\n\r\n"
    assert client.is_silent()


def test_a_chunked_answer_in_single_bytes_arrives_whole_and_the_connection_goes_on(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send_bytewise(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"a;b\"\r\nhello\r\n06\r\n world\r\n0\r\nX-Late: 1\r\n\r\n")
    got = read_answer(client)
    assert got.whole and got.body == b"hello world"
    goes_on(client, server, backend)


def test_a_body_that_ends_with_its_connection_ends_the_clients(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, length=False) + b"until ")
    head = client.read_head()
    assert head.status == 200 and not head.all("Content-Length")
    assert client.receive(6) == b"until "
    server.send(b"the end")
    server.close()
    assert client.read_rest() == b"the end" and client.end == "fin"
    assert "close" in head.tokens("Connection")


@pytest.mark.parametrize("fields, expected", [([("Content-Length", "12345")], "12345"), ([CHUNKED], None), ([], None)])
def test_head_is_answered_with_the_fields_of_a_get_and_no_body(proxy, backend, fields, expected):
    client, server, head = asked(proxy.port, backend, plain(method="HEAD"))
    assert head.method == "HEAD"
    server.send(answer(200, *fields, length=False))
    assert client.read_head().get("Content-Length") == expected
    assert client.is_silent(), "a body to HEAD"
    goes_on(client, server, backend)


@pytest.mark.parametrize("status, fields", [(204, []), (304, []), (304, [("Content-Length", "777")])])
def test_an_answer_that_has_no_body_ends_after_its_head(proxy, backend, status, fields):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(status, *fields, ("ETag", '"e"'), length=False))
    head = client.read_head()
    assert head.status == status and head.one("ETag") == '"e"'
    assert client.is_silent()
    goes_on(client, server, backend)


def test_interim_answers_are_passed_on_in_order(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    hint = client.read_head()
    assert hint.status == 103 and hint.one("Link") == "</a.css>; rel=preload"
    server.send(b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n" + answer(200, body=b"page"))
    got = read_answer(client)
    assert [head.status for head in got.interims] == [102, 103]
    assert (got.status, got.body) == (200, b"page")


def test_an_http_1_0_client_gets_no_interim_answer(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain(version="HTTP/1.0"))
    server.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(200, body=b"page"))
    got = read_answer(client)
    assert got.status == 200 and not got.interims and got.body == b"page"


def test_an_endless_row_of_interim_answers_becomes_502(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    try:
        server.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 10_000)
    except OSError:
        pass
    got = read_answer(client)
    assert got.status == 502 and len(got.interims) < 100
    assert server.wait_end() in ("fin", "reset")


def test_an_http_1_0_client_never_sees_chunks(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain(version="HTTP/1.0"))
    server.send(answer(200, CHUNKED, length=False) + chunked(b"hello"))
    got = read_answer(client)
    assert not got.head.all("Transfer-Encoding")
    assert got.status == 502 or got.body == b"hello"


def test_an_answer_in_http_1_0_is_relayed_as_1_1(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\npage")
    got = read_answer(client)
    assert got.head.line == "HTTP/1.1 200 OK" and got.body == b"page"
    assert server.wait_end() in ("fin", "reset"), "a connection in HTTP/1.0 was kept"


def test_h50_an_early_answer_is_relayed_whole_and_closes_without_waiting_for_the_body(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain(
        method="POST", extra=[("Content-Length", str(64 * MiB))], body=b"x" * 65536))
    server.send(answer(413, body=b"too much of it" * 1000))
    got = read_answer(client)
    assert (got.status, got.body) == (413, b"too much of it" * 1000)
    assert "close" in got.head.tokens("Connection")
    assert client.wait_end() in ("fin", "reset")
    assert server.wait_end() in ("fin", "reset")


def test_h50_a_client_that_goes_on_sending_can_still_read_the_early_answer(proxy, backend):
    """Closing with unread bytes would reset the connection and destroy the answer on its way."""
    client, server, _ = asked(proxy.port, backend, plain(method="POST", extra=[("Content-Length", str(MiB))]))
    server.send(answer(401, body=b"who are you"))
    server.close()
    try:
        for _ in range(16):
            client.send(bytes(65536))
    except OSError:
        pass
    got = read_answer(client)
    assert (got.status, got.body) == (401, b"who are you")


def test_an_early_answer_that_does_not_end_lets_the_body_go_on(proxy, backend):
    """Both directions at once: what some RPC over HTTP does."""
    client, server, _ = asked(proxy.port, backend, plain(method="POST", extra=[CHUNKED]))
    server.send(answer(200, CHUNKED, length=False))
    assert client.read_head().status == 200
    for number in range(5):
        part = chunk(b"ping %d" % number)
        client.send(part)
        assert server.receive(len(part)) == part
        server.send(part)
        assert client.receive(len(part)) == part
    client.send(LAST)
    assert server.receive(5) == LAST
    server.send(LAST)
    assert client.receive(5) == LAST


def test_a_client_that_leaves_while_the_backend_thinks_frees_the_backend(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    proxy.wait_metric("tidegate_connections_active", 0)


def test_a_client_that_leaves_inside_an_answer_frees_the_backend(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Length", "100000"), length=False) + bytes(1000))
    client.read_head()
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")


def test_every_answer_of_the_proxys_own_is_small_whole_and_final(proxy, backend):
    for method in ("GET", "HEAD"):
        client = Wire.connect(proxy.port)
        client.send(plain(method=method, extra=[("Connection", "Host")]) + plain())
        got = read_answer(client, method=method)
        assert got.status == 400 and got.whole and "close" in got.head.tokens("Connection")
        assert client.read_rest() == b"", "a body to HEAD, or an answer behind the last one"
    assert backend.is_untouched()

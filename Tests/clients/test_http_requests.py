"""What reaches a backend of a plain request: the same request, framed anew, and not one byte more."""

import pytest

from harness.frames import TEXT, frame
from harness.heads import answer, plain, switching, upgrade
from harness.messages import LAST, asked, chunk, chunked, read_answer, read_body, read_request, Message
from harness.rows import Row, ask, assert_refused, rows
from harness.settings import settings
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")
# What the proxy may add to a request of its own.
OURS = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "x-request-id", "cdn-loop", "connection"}


def length(value):
    return ("Content-Length", str(value))


def post(*fields, body=b"", target="/", **options):
    return plain(target, method="POST", extra=fields, body=body, **options)


def serve(client, server, *, body=b"done"):
    """The backend answers, the client hears it."""
    server.send(answer(200, body=body))
    got = read_answer(client)
    assert (got.status, got.body) == (200, body)
    return got


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "M-SEARCH"])
def test_b20_a_request_arrives_with_its_line_its_host_and_its_fields_in_order(proxy, backend, method):
    sent = [("User-Agent", "play/1"), ("x-LOWER-upper", "1"), ("Accept", "a/b;q=0.1,  c"), ("Cookie", "a=b"), ("Accept", "d"),
            ("Authorization", "Bearer x.y"), ("Origin", "https://evil.test"), ("Range", "bytes=0-"), ("If-None-Match", '"e"')]
    client, server, head = asked(proxy.port, backend, plain("/a/b?c=%2F&d=e+f", method=method, extra=sent))
    assert head.line == f"{method} /a/b?c=%2F&d=e+f HTTP/1.1"
    assert head.fields[0] == ("Host", "site.test")
    theirs = [(name, value) for name, value in head.fields[1:] if name.lower() not in OURS]
    assert theirs == sent
    assert not head.tokens("Connection") and not head.all("Content-Length") and not head.all("Transfer-Encoding")
    serve(client, server)
    assert server.is_silent(), "something came behind a request without a body"


def test_options_for_the_server_as_a_whole_goes_on_as_it_is_or_has_no_route(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(plain("*", method="OPTIONS"))
    if client.wait_readable(0.5):
        assert read_answer(client).status == 404
        return
    server, head = backend.request()
    assert head.line == "OPTIONS * HTTP/1.1"
    serve(client, server)


def test_h32_an_absolute_target_is_forwarded_as_a_path_with_its_host(proxy, backend):
    client, server, head = asked(proxy.port, backend, plain("http://site.test/deep?x", host="site.test"))
    assert head.line == "GET /deep?x HTTP/1.1" and head.one("Host") == "site.test"
    serve(client, server)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "GET", "DELETE"])
def test_h42_a_body_of_known_length_arrives_framed_and_exact(proxy, backend, method):
    body = bytes(range(256)) * 100
    client, server, head = asked(proxy.port, backend, plain(method=method, extra=[length(len(body))], body=body))
    assert head.one("Content-Length") == str(len(body)) and not head.all("Transfer-Encoding")
    assert server.receive(len(body)) == body
    serve(client, server)
    assert server.is_silent()


@pytest.mark.parametrize("value", ["010", "0000000000000000000010"])
def test_h5_leading_zeros_of_a_length_are_decimal_and_written_anew_or_refused(proxy, backend, value):
    client = Wire.connect(proxy.port)
    client.send(post(length(value), body=b"0123456789"))
    try:
        server, head = backend.request(deadline=1)
    except AssertionError:
        assert read_answer(client).status == 400
        return
    assert head.one("Content-Length") == "10"
    assert server.receive(10) == b"0123456789"
    serve(client, server)
    assert server.is_silent()


def test_a_length_of_nothing_is_passed_on_and_followed_by_nothing(proxy, backend):
    client, server, head = asked(proxy.port, backend, post(length(0)))
    assert head.one("Content-Length") == "0"
    serve(client, server)


def test_a_body_is_streamed_part_by_part_before_its_end_is_known(proxy, backend):
    client, server, head = asked(proxy.port, backend, post(length(30)))
    for part in (b"0123456789", b"abcdefghij", b"ABCDEFGHIJ"):
        client.send(part)
        assert server.receive(10) == part
    serve(client, server)


def test_a_chunked_body_is_streamed_chunk_by_chunk_with_its_trailers(proxy, backend):
    client, server, head = asked(proxy.port, backend, post(CHUNKED, ("Trailer", "X-Sum")))
    assert head.tokens("Transfer-Encoding") == {"chunked"} and not head.all("Content-Length")
    for part in (b"one", b"two" * 1000):
        client.send(chunk(part))
        got = server.receive_until(b"\r\n")
        assert server.receive(int(got.split(b";")[0], 16) + 2) == part + b"\r\n"
    client.send(b"0\r\nX-Sum: 7\r\n\r\n")
    message = read_body(server, Message(head))
    assert message.whole and message.trailers in ([("X-Sum", "7")], [])
    serve(client, server)


def test_h13_a_chunked_body_cut_at_every_byte_arrives_the_same(proxy, backend):
    body = b"5;ext=\"a;b\"\r\nhello\r\n0005 \t;x\r\n worl\r\n1\r\nd\r\n000\r\nX-Late: 1\r\n\r\n"
    client = Wire.connect(proxy.port)
    client.send_bytewise(post(CHUNKED, body=body))
    server = backend.accept()
    message = read_request(server)
    assert message.whole and message.body == b"hello world"
    serve(client, server)
    assert server.is_silent()


@rows(
    Row("H1", "a body of known length that looks like a request", post(length(len(plain("/admin"))), body=plain("/admin"))),
    Row("H1", "a chunked body that looks like a request", post(CHUNKED, body=chunked(plain("/admin")))),
    Row("H13", "a chunk that looks like the end of a body", post(CHUNKED, body=chunked(LAST + plain("/admin")))),
)
def test_a_request_inside_a_body_stays_inside_it(proxy, backend, row):
    client = Wire.connect(proxy.port)
    client.send(row.data)
    server = backend.accept()
    message = read_request(server)
    assert message.whole and message.body.endswith(plain("/admin"))
    serve(client, server)
    assert server.is_silent() and backend.is_untouched()


@pytest.mark.parametrize("value", ["gzip", "trailers, gzip;q=0.5", "trailers;q=0.1, deflate"])
def test_h40_codings_that_only_the_client_takes_are_not_offered_to_the_backend(proxy, backend, value):
    client, server, head = asked(proxy.port, backend, plain(extra=[("TE", value), ("Connection", "TE")]))
    assert not head.tokens("TE") - {"trailers"}
    serve(client, server)


def test_h40_te_trailers_may_pass_and_then_connection_names_it(proxy, backend):
    client, server, head = asked(proxy.port, backend, plain(extra=[("TE", "trailers"), ("Connection", "TE")]))
    assert head.tokens("TE") in ({"trailers"}, set())
    assert ("te" in head.tokens("Connection")) == bool(head.all("TE"))
    serve(client, server)


H2C = {"change": {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings"}, "extra": [("HTTP2-Settings", "AAMAAABkAAQAAP__")]}
NO_UPGRADE = [
    Row("U1", "Upgrade without Connection", upgrade(drop=["Connection"])),
    Row("U1", "Connection without Upgrade", upgrade(drop=["Upgrade"])),
    Row("U1", "Connection that does not name upgrade", upgrade(change={"Connection": "keep-alive"})),
    Row("U7", "Upgrade in HTTP/1.0", upgrade(version="HTTP/1.0")),
    Row("U8", "h2c", upgrade(**H2C)),
    Row("U10", "an unknown protocol", upgrade(change={"Upgrade": "foo"})),
]


@rows(*NO_UPGRADE)
def test_what_is_no_upgrade_is_a_plain_request_without_a_trace_of_one(proxy, backend, row):
    client, server, head = asked(proxy.port, backend, row.data)
    for name in ("Upgrade", "HTTP2-Settings", "Sec-WebSocket-Key", "Sec-WebSocket-Version"):
        assert not head.all(name), f"{name} reached the backend"
    assert not head.tokens("Connection") - {"close"}
    serve(client, server, body=b"a page")


@rows(*NO_UPGRADE, Row("U17", "a plain GET", plain()))
def test_u17_a_101_to_what_is_no_upgrade_becomes_502(proxy, backend, row):
    client, server, _ = asked(proxy.port, backend, row.data)
    server.send(switching(b"dGhlIHNhbXBsZSBub25jZQ==") + frame(TEXT, b"never"))
    raw = client.read_rest()
    assert raw.startswith(b"HTTP/1.1 502 ") and b"never" not in raw
    assert server.read_rest() == b"" and server.end in ("fin", "reset")


@pytest.mark.parametrize("extra", [[], [("Expect", "100-continue")]])
def test_h41_a_client_that_waits_for_100_gets_the_backends(proxy, backend, extra):
    client, server, head = asked(proxy.port, backend, post(length(5), *extra))
    assert bool(head.all("Expect")) == bool(extra)
    assert server.is_silent(0.05)
    if extra:
        server.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert client.read_head().status == 100
    client.send(b"hello")
    assert server.receive(5) == b"hello"
    serve(client, server)


def test_h41_a_final_answer_instead_of_100_is_relayed_and_closes(proxy, backend):
    client, server, _ = asked(proxy.port, backend, post(length(5), ("Expect", "100-continue")))
    server.send(answer(403, body=b"no need"))
    got = read_answer(client)
    assert (got.status, got.body) == (403, b"no need")
    # Whether the five bytes still come is the client's choice: nobody could tell them from a request.
    assert "close" in got.head.tokens("Connection")
    assert client.read_rest() == b""
    assert server.read_rest() == b""


def test_h41_another_expectation_is_answered_417(proxy, backend):
    assert_refused(ask(proxy.port, post(length(5), ("Expect", "foo"), body=b"hello")), 417)
    assert backend.is_untouched()


def test_h34_connect_is_refused_and_the_connection_closed(proxy, backend):
    assert_refused(ask(proxy.port, plain("host.test:443", method="CONNECT", host="host.test:443") + plain()), 405, 501)
    assert backend.is_untouched()


def test_an_http_1_0_request_goes_on_as_one_and_is_closed_after_its_answer(proxy, backend):
    client, server, head = asked(proxy.port, backend, plain("/old", version="HTTP/1.0"))
    assert head.line == "GET /old HTTP/1.0" and head.one("Host") == "site.test"
    serve(client, server)
    assert client.read_rest() == b"" and client.end == "fin"


def test_an_http_1_0_request_without_host_is_served(proxy, backend):
    client, server, head = asked(proxy.port, backend, plain("/old", version="HTTP/1.0", host=None))
    assert not head.all("Host")
    serve(client, server)


def test_a_route_for_websockets_only_answers_a_plain_request_426(launch, backend):
    proxy = launch(settings(backend, routes=[{"path": "/*", "pool": "main", "upgrade": "websocket only"}]))
    got = ask(proxy.port, plain())
    assert_refused(got, 426)
    assert got.head.tokens("Upgrade") == {"websocket"}
    assert backend.is_untouched()
    client, _ = backend.tunnel(proxy.port)
    assert client.is_silent()

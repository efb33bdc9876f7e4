"""What clients claim about themselves, in heads and behind bodies: nobody but a trusted proxy is believed, and not in all."""

import pytest

from harness.heads import plain
from harness.messages import asked, chunk, chunked, read_answer
from harness.rows import Row, ask, assert_refused, rows
from harness.ruled import both_kinds, ruled, seen
from harness.wire import Wire

FORGED = "6.6.6.6"


@pytest.fixture(scope="module")
def front(backend, launch_once):
    """Nobody is trusted."""
    return launch_once(ruled(backend))


@pytest.fixture(scope="module")
def behind(backend, launch_once):
    """The play is a trusted proxy."""
    return launch_once(ruled(backend, trusted_proxies=["127.0.0.0/8"]))


@both_kinds
@pytest.mark.parametrize("lists, wanted", [
    (["203.0.113.9"], "203.0.113.9"),
    ([f"{FORGED}, 203.0.113.9"], "203.0.113.9"),
    ([f"{FORGED},203.0.113.9 , 127.0.0.7"], "203.0.113.9"),
    ([FORGED, "203.0.113.9"], "203.0.113.9"),
    (["203.0.113.9", "127.0.0.7"], "203.0.113.9"),
    (["unknown, 203.0.113.9"], "203.0.113.9"),
    (["2001:db8::9"], "2001:db8::9"),
    (["nonsense, \"x\", 127.0.0.1, 203.0.113.9"], "203.0.113.9")], ids=repr)
def test_x_real_ip_cannot_be_forged_through_a_proxy_that_only_appends(behind, backend, make, lists, wanted):
    """Such a proxy appends whom it saw to X-Forwarded-For, and lets its client's X-Real-IP through as it came."""
    head = seen(behind, backend, make(
        extra=[("X-Real-IP", FORGED), *[("X-Forwarded-For", value) for value in lists]]))
    assert head.one("X-Real-IP") == wanted
    assert [part.strip() for part in head.one("X-Forwarded-For").split(",")][-1] == "127.0.0.1"


@both_kinds
@pytest.mark.parametrize("last", ["203.0.113.9:4711", "[2001:db8::9]:4711", "[2001:db8::9]", "unknown", "_hidden"])
def test_x_real_ip_cannot_be_forged_where_the_lists_last_member_is_no_bare_address(behind, backend, make, last):
    """Some proxies append a port, or a word for a client that they do not tell: still it was they who wrote it, not the client."""
    head = seen(behind, backend, make(extra=[("X-Real-IP", FORGED), ("X-Forwarded-For", f"{FORGED}, {last}")]))
    assert head.one("X-Real-IP") != FORGED


@both_kinds
def test_x_real_ip_of_a_trusted_proxy_that_tells_no_list_is_believed(behind, backend, make):
    assert seen(behind, backend, make(extra=[("X-Real-IP", "203.0.113.9")])).one("X-Real-IP") == "203.0.113.9"


@both_kinds
@pytest.mark.parametrize("claims", [[("X-Real-IP", FORGED)], [("X-Real-IP", FORGED), ("X-Forwarded-For", FORGED)],
                                    [("x-real-ip", FORGED), ("X-REAL-IP", FORGED)]], ids=repr)
def test_x_real_ip_of_a_stranger_is_the_stranger(front, backend, make, claims):
    head = seen(front, backend, make(extra=claims))
    assert head.one("X-Real-IP") == "127.0.0.1" and FORGED.encode() not in head.raw


# Fields that the proxy itself does not write, and that backends believe

OTHERS = [
    "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Forwarded-Prefix", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Server",
    "X-Forwarded-By", "X-Forwarded-Path", "X-Forwarded-", "X-Original-URL", "X-Rewrite-URL", "X-Original-Host", "Front-End-Https",
    "X-Client-IP", "True-Client-IP",
]


@both_kinds
@pytest.mark.parametrize("change", [str, str.lower, str.upper], ids=["as usual", "lower", "upper"])
def test_no_forwarding_field_of_a_stranger_arrives(front, backend, make, change):
    head = seen(front, backend, make(extra=[(change(name), "claimed") for name in OTHERS] + [("X-End", "kept")]))
    assert b"claimed" not in head.raw and head.one("X-End") == "kept"
    assert not {name.lower() for name in OTHERS} & {name.lower() for name in head.names()}


@both_kinds
def test_forwarding_fields_of_a_trusted_proxy_pass_as_they_came(behind, backend, make):
    head = seen(behind, backend, make(extra=[(name, "told") for name in OTHERS]))
    assert [name for name in head.names() if name in OTHERS] == OTHERS
    assert all(head.one(name) == "told" for name in OTHERS)


@both_kinds
def test_fields_that_only_resemble_them_pass(front, backend, make):
    alike = ["X-Forward", "X-Forwarded", "XX-Forwarded-For", "X-Original", "X-Original-URLs", "Client-IP-X", "Front-End-Http"]
    head = seen(front, backend, make(extra=[(name, "mine") for name in alike]))
    assert all(head.one(name) == "mine" for name in alike), head.raw


# Trailers, which many backends merge into the head

CHUNKED = ("Transfer-Encoding", "chunked")
BEGIN = plain(method="POST", extra=[CHUNKED])
REFUSED = [
    "X-Forwarded-For", "x-forwarded-for", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-User", "X_Auth", "X_Forwarded_For",
    "_", "X-Real-IP", "X-Request-Id", "Forwarded", "traceparent", "Sec-WebSocket-Key", "Sec-Fetch-Site", "Authorization", "Cookie",
]


def with_trailer(name):
    return chunked(b"hello", trailers=b"X-Sum: 1\r\n" + name.encode() + b": 6.6.6.6\r\n")


@rows(*[Row("H16", f"{name} as a trailer", BEGIN + with_trailer(name)) for name in REFUSED])
def test_h16_a_claim_in_a_trailer_is_refused_and_reaches_no_backend(front, backend, row):
    assert_refused(ask(front.port, row.data), *row.statuses)
    assert backend.is_untouched()


@pytest.mark.parametrize("name", REFUSED)
def test_h16_a_claim_in_a_late_trailer_leaves_the_backend_without_an_end(front, backend, name):
    client, server, _ = asked(front.port, backend, BEGIN + chunk(b"hello"))
    assert server.receive_until(b"hello\r\n").endswith(b"hello\r\n")
    client.send(with_trailer(name))
    assert read_answer(client).status == 400
    client.wait_end()
    rest = server.read_rest()
    assert b"6.6.6.6" not in rest and not rest.endswith(b"0\r\n\r\n")


def test_h16_a_trusted_proxy_may_not_claim_in_trailers_either(behind, backend):
    for name in ("X-Forwarded-For", "X_Auth"):
        assert_refused(ask(behind.port, BEGIN + with_trailer(name)), 400)
    assert backend.is_untouched()


def test_other_trailers_do_no_harm(front, backend):
    client = Wire.connect(front.port)
    client.send(BEGIN + chunked(b"hello", trailers=b"X-Sum: 1\r\nServer-Timing: a\r\nX-Forward: b\r\n"))
    server, _ = backend.request()
    assert server.receive_until(b"0\r\n").startswith(b"5\r\nhello\r\n")
    server.receive_until(b"\r\n")
    server.send(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert client.read_head().status == 204

"""What a backend sees of a plain request's head, whatever its client does to it."""

import pytest

from harness.heads import plain
from harness.rows import Row, ask, assert_refused, rows
from harness.ruled import both_kinds, ruled, seen


@pytest.fixture(scope="module")
def front(backend, launch_once):
    """A proxy with a rule of its pool and one of its route."""
    return launch_once(ruled(
        backend, pool={"request_headers": {"set": {"X-Pool": "pool"}}}, route={"request_headers": {"set": {"X-Both": "route"}}}))


UNDERSCORED = ["X_Forwarded_For", "X_Auth_User", "_", "Host_", "Content_Length", "Sec-WebSocket-Extension_s", "sec-websocket_key"]


@both_kinds
def test_h23_a_field_with_an_underscore_never_reaches_a_backend(front, backend, make):
    head = seen(front, backend, make(extra=[(name, "1.2.3.4") for name in UNDERSCORED]))
    assert b"1.2.3.4" not in head.raw and not [name for name in head.names() if "_" in name]


@pytest.mark.parametrize("connection", [
    "close, X-Forwarded-For, X-Real-IP, X-Request-Id, X-Pool",
    "CLOSE, X-FORWARDED-FOR, X-REAL-IP, X-REQUEST-ID, x-pool",
    "x-forwarded-for, x-forwarded-proto, x-forwarded-host, x-real-ip, x-request-id, X-Both",
])
def test_h37_naming_our_fields_in_connection_does_not_remove_them(front, backend, connection):
    head = seen(front, backend, plain(extra=[("Connection", connection), ("X-Forwarded-For", "6.6.6.6")]))
    assert head.one("X-Forwarded-For") == "127.0.0.1" and head.one("X-Real-IP") == "127.0.0.1"
    assert head.one("X-Forwarded-Proto") == "http" and head.one("X-Forwarded-Host") == "site.test"
    assert head.one("X-Request-Id") and head.one("X-Pool") == "pool" and head.one("X-Both") == "route"
    assert "tidegate" in head.tokens("CDN-Loop")
    assert not head.tokens("Connection") & {"x-forwarded-for", "x-real-ip", "x-pool", "x-both"}


def test_h37_a_field_that_connection_names_is_dropped(front, backend):
    head = seen(front, backend, plain(extra=[("Connection", "X-Hop"), ("X-Hop", "secret"), ("X-End", "kept")]))
    assert not head.all("X-Hop") and head.one("X-End") == "kept"


def nominating(name, *extra, body=b"", method="GET"):
    return plain(method=method, extra=[("Connection", name), *extra], body=body)


@rows(
    Row("H38", "Connection names Host", nominating("Host")),
    Row("H38", "Connection names Content-Length", nominating("Content-Length", ("Content-Length", "5"), body=b"hello", method="POST")),
    Row("H38", "Connection names Transfer-Encoding", nominating(
        "Transfer-Encoding", ("Transfer-Encoding", "chunked"), body=b"0\r\n\r\n", method="POST")),
    Row("H38", "Connection names Authorization", nominating("close, Authorization", ("Authorization", "Bearer x"))),
    Row("H38", "Connection names CDN-Loop, to hide a loop", nominating("cdn-loop", ("CDN-Loop", "tidegate"))),
    Row("H38", "Connection names Cookie", nominating("keep-alive, cookie", ("Cookie", "a=b"))),
)
def test_h38_an_end_to_end_field_named_in_connection_is_refused(front, backend, row):
    assert_refused(ask(front.port, row.data), *row.statuses)
    assert backend.is_untouched()


CLAIMS = [
    ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.test"),
    ("Forwarded", "for=6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("X-Request-Id", "from-outside"),
]


def test_h39_what_an_untrusted_client_claims_is_replaced(front, backend):
    head = seen(front, backend, plain(extra=CLAIMS))
    assert head.one("X-Forwarded-For") == "127.0.0.1" and head.one("X-Real-IP") == "127.0.0.1"
    assert head.one("X-Forwarded-Proto") == "http" and head.one("X-Forwarded-Host") == "site.test"
    for claim in (b"6.6.6.6", b"evil.test", b"from-outside"):
        assert claim not in head.raw


def test_h39_what_a_trusted_proxy_says_is_kept_and_added_to(launch, backend):
    proxy = launch(ruled(backend, trusted_proxies=["127.0.0.0/8"]))
    head = seen(proxy, backend, plain(extra=CLAIMS))
    assert head.one("X-Forwarded-For") == "6.6.6.6, 127.0.0.1" and head.one("X-Real-IP") == "6.6.6.6"
    assert head.one("X-Forwarded-Proto") == "https" and head.one("X-Forwarded-Host") == "evil.test"
    assert head.one("X-Request-Id") == "from-outside"


@pytest.mark.parametrize("name, value", [
    ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("TE", "gzip"), ("Proxy-Authorization", "Basic eA=="),
    ("Trailer", "X-Late"),
])
def test_h40_a_hop_by_hop_field_is_removed(front, backend, name, value):
    assert not seen(front, backend, plain(extra=[(name, value)])).all(name)

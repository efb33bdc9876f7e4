"""What a backend sees of the client's head, and the client of the backend's."""

import pytest

from harness.heads import KEY, switching, upgrade
from harness.raw_backend import RawBackend
from harness.rows import assert_accepted
from harness.settings import settings
from harness.wire import Wire


def seen(proxy, backend, request):
    """The head that reaches the backend for `request`, with the tunnel opened to its end."""
    client = Wire.connect(proxy.port)
    client.send(request)
    server, head = backend.request()
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)
    client.close()
    return head


@pytest.fixture(scope="module")
def trusting(backend, launch_once):
    """A proxy that believes what the plays say of whom they speak for."""
    return launch_once(settings(backend, trusted_proxies=["127.0.0.0/8"]))


def test_a_good_head_sent_byte_by_byte_opens_a_tunnel(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send_bytewise(upgrade("/slow"))
    server, head = backend.request()
    assert head.line == "GET /slow HTTP/1.1"
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)


def test_h30_one_empty_line_before_the_request_is_accepted(proxy, backend):
    assert seen(proxy, backend, b"\r\n" + upgrade("/after")).target == "/after"


@pytest.mark.parametrize("name", ["X_Forwarded_For", "X_Auth_User"])
def test_h23_a_field_with_an_underscore_never_reaches_a_backend(proxy, backend, name):
    head = seen(proxy, backend, upgrade(extra=[(name, "1.2.3.4")]))
    assert name not in head.names() and "1.2.3.4" not in head.raw.decode()


@pytest.mark.parametrize("connection", [
    "close, X-Forwarded-For, X-Real-IP, Upgrade",
    "CLOSE, X-FORWARDED-FOR, X-REAL-IP, UPGRADE",
    "x-forwarded-for, x-forwarded-proto, x-forwarded-host, x-request-id, upgrade",
])
def test_h37_naming_our_fields_in_connection_does_not_remove_them(proxy, backend, connection):
    head = seen(proxy, backend, upgrade(change={"Connection": connection}, extra=[("X-Forwarded-For", "6.6.6.6")]))
    assert head.one("X-Forwarded-For") == "127.0.0.1"
    assert head.one("X-Real-IP") == "127.0.0.1"
    assert head.one("X-Forwarded-Proto") == "http"
    assert head.one("X-Forwarded-Host") == "site.test"
    assert head.one("X-Request-Id")
    assert head.tokens("Connection") == {"upgrade"}


def test_h37_a_field_that_connection_names_is_dropped(proxy, backend):
    request = upgrade(change={"Connection": "Upgrade, X-Hop"}, extra=[("X-Hop", "secret"), ("X-End", "kept")])
    head = seen(proxy, backend, request)
    assert not head.all("X-Hop") and head.one("X-End") == "kept"


CLAIMS = [
    ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.test"),
    ("Forwarded", "for=6.6.6.6"), ("X-Real-IP", "6.6.6.6"),
]


def test_h39_what_an_untrusted_client_claims_is_replaced(proxy, backend):
    head = seen(proxy, backend, upgrade(extra=CLAIMS))
    assert head.one("X-Forwarded-For") == "127.0.0.1"
    assert head.one("X-Forwarded-Proto") == "http"
    assert head.one("X-Forwarded-Host") == "site.test"
    assert head.one("X-Real-IP") == "127.0.0.1"
    assert "6.6.6.6" not in head.raw.decode() and "evil.test" not in head.raw.decode()


def test_h39_what_a_trusted_proxy_says_is_kept_and_added_to(trusting, backend):
    head = seen(trusting, backend, upgrade(extra=CLAIMS))
    assert head.one("X-Forwarded-For") == "6.6.6.6, 127.0.0.1"
    assert head.one("X-Forwarded-Proto") == "https"
    assert head.one("X-Forwarded-Host") == "evil.test"
    assert head.one("X-Real-IP") == "6.6.6.6"


def test_h39_behind_a_trusted_proxy_the_client_is_the_first_stranger_from_the_right(trusting, backend):
    head = seen(trusting, backend, upgrade(extra=[("X-Forwarded-For", "6.6.6.6, 198.51.100.4, 127.0.0.9")]))
    assert head.one("X-Real-IP") == "198.51.100.4"
    assert head.one("X-Forwarded-For") == "6.6.6.6, 198.51.100.4, 127.0.0.9, 127.0.0.1"
    line = trusting.log.wait("tunnel_opened", client="198.51.100.4")
    assert line["peer"].startswith("127.0.0.1:")


def test_a_request_id_is_made_for_a_stranger_and_kept_from_a_trusted_proxy(proxy, trusting, backend):
    mine = upgrade(extra=[("X-Request-Id", "from-outside")])
    first, second = (seen(proxy, backend, mine).one("X-Request-Id") for _ in range(2))
    assert first and second and first != second and "from-outside" not in (first, second)
    assert seen(trusting, backend, mine).one("X-Request-Id") == "from-outside"


@pytest.mark.parametrize("name, value", [
    ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "keep-alive"), ("TE", "gzip"), ("Proxy-Authorization", "Basic eA=="),
    ("Trailer", "X-Late"),
])
def test_h40_a_hop_by_hop_field_is_removed(proxy, backend, name, value):
    assert not seen(proxy, backend, upgrade(extra=[(name, value)])).all(name)


def test_h38_the_fields_of_the_handshake_reach_the_backend_with_the_case_they_were_sent_in(proxy, backend):
    extra = [("sec-websocket-protocol", "chat"), ("Sec-WebSocket-Extensions", "permessage-deflate"), ("x-LOWER-upper", "1")]
    names = seen(proxy, backend, upgrade(extra=extra)).names()
    for name in ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "sec-websocket-protocol", "Sec-WebSocket-Extensions", "x-LOWER-upper"):
        assert name in names


@pytest.mark.parametrize("host", ["site.test", "SITE.test:8080", "[::1]:8080", "10.0.0.1"])
def test_b20_host_reaches_the_backend_as_it_was_sent(proxy, backend, host):
    assert seen(proxy, backend, upgrade(change={"Host": host})).one("Host") == host


def test_u27_origin_cookies_and_authorization_pass_unchanged(proxy, backend):
    sent = [("Origin", "https://evil.test"), ("Cookie", "a=b; c=d"), ("Authorization", "Bearer x.y.z"), ("User-Agent", "play/1")]
    head = seen(proxy, backend, upgrade(extra=sent))
    for name, value in sent:
        assert head.one(name) == value


@pytest.mark.parametrize("path, forwarded, admin", [
    ("/admin", "/admin", True), ("/%61dmin", "/admin", True), ("/admin?x=/../y%00", None, True),
    ("//admin", "//admin", False), ("/%2fadmin", "/%2Fadmin", False), ("/Admin", "/Admin", False), ("/adminx", "/adminx", False),
])
def test_h35_the_bytes_that_were_routed_are_the_bytes_that_are_forwarded(launch, path, forwarded, admin):
    with RawBackend() as inner, RawBackend() as outer:
        proxy = launch(settings(
            pools={"admin": {"backends": [inner.url]}, "rest": {"backends": [outer.url]}},
            routes=[{"path": "/admin", "pool": "admin"}, {"path": "/*", "pool": "rest"}]))
        head = seen(proxy, inner if admin else outer, upgrade(path))
        assert head.target == (forwarded or path)
        assert (outer if admin else inner).is_untouched()


def test_the_answer_keeps_its_fields_and_loses_those_of_its_hop(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade(extra=[("Sec-WebSocket-Protocol", "chat, other")]))
    server, head = backend.request()
    server.send(switching(
        head.one("Sec-WebSocket-Key"), ("Sec-WebSocket-Protocol", "chat"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d"),
        ("X-Hop", "1"), ("Keep-Alive", "timeout=5"), ("x-CASE", "kept"), change={"Connection": "upgrade, X-Hop"}))
    answer = assert_accepted(client, KEY)
    assert answer.one("Sec-WebSocket-Protocol") == "chat"
    assert answer.all("Set-Cookie") == ["a=b", "c=d"]
    assert "x-CASE" in answer.names()
    assert not answer.all("X-Hop") and not answer.all("Keep-Alive")


def test_h25_as_many_fields_as_the_limit_allows_are_accepted(proxy, backend):
    head = seen(proxy, backend, upgrade(extra=[(f"X-{n}", "v") for n in range(95)]))
    assert head.one("X-0") == "v" and head.one("X-94") == "v"

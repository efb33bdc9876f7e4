"""A plain listener that only sends people to https."""

import re
import socket

import pytest

from harness.exchange import read_answer
from harness.heads import answer, plain, switching, upgrade
from harness.ports import free_port
from harness.rows import Row, ask, assert_refused, rows
from harness.settings import settings
from harness.wire import Wire


@pytest.fixture(scope="module")
def front(backend, launch_once, certificates):
    """Listeners: `secure` with the routes, `plain` to port 443, `other` to the port of `secure`."""
    config = settings(backend, tls=certificates)
    config["listeners"][0]["redirect_to_https"] = True
    secure = int(config["listeners"][1]["bind"].rsplit(":", 1)[1])
    config["listeners"].append({"name": "other", "bind": f"127.0.0.1:{free_port()}", "redirect_to_https": secure})
    return launch_once(config)


def redirected(port, request, method="GET"):
    """The status and Location of a redirect that is whole, and after which the connection ends."""
    with Wire.connect(port) as client:
        client.send(request)
        head, _ = read_answer(client, method=method)
        client.wait_end()
        assert "close" in head.tokens("Connection"), head.raw
    return head.status, head.get("Location")


@pytest.mark.parametrize("method, status", [
    ("GET", 301), ("HEAD", 301), ("POST", 308), ("PUT", 308), ("DELETE", 308), ("PATCH", 308), ("OPTIONS", 308)])
def test_a_request_is_sent_to_the_same_place_by_https(front, backend, method, status):
    extra = [("Content-Length", "0")] if method in ("POST", "PUT", "PATCH") else []
    request = plain("/a/b?x=1&y=%20", method=method, extra=extra)
    assert redirected(front.port, request, method) == (status, "https://site.test/a/b?x=1&y=%20")
    assert backend.is_untouched()


@pytest.mark.parametrize("host, wanted", [
    ("site.test", "site.test"), ("site.test:80", "site.test"), ("site.test:8080", "site.test"), ("SITE.test", None),
    ("10.0.0.1", "10.0.0.1"), ("10.0.0.1:8080", "10.0.0.1"), ("[::1]", "[::1]"), ("[::1]:8080", "[::1]"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example")])
def test_the_place_is_the_host_without_its_port(front, host, wanted):
    status, location = redirected(front.port, plain("/x", host=host))
    assert status == 301
    assert location == f"https://{wanted}/x" if wanted else location.lower() == f"https://{host.lower()}/x"


@pytest.mark.parametrize("host", ["site.test", "site.test:8080", "[::1]:8080"])
def test_another_port_than_443_is_told(front, host):
    bare = re.sub(r":\d+$", "", host)
    status, location = redirected(front.port_of("other"), plain("/x?y", host=host))
    assert (status, location) == (301, f"https://{bare}:{front.secure_port}/x?y")


def test_an_absolute_target_names_the_host(front):
    assert redirected(front.port, plain("http://site.test/x?y")) == (301, "https://site.test/x?y")


def test_an_upgrade_is_redirected_like_any_get(front, backend):
    assert redirected(front.port, upgrade("/ws")) == (301, "https://site.test/ws")
    assert backend.is_untouched()


def test_http_1_0_with_a_host_is_redirected(front):
    assert redirected(front.port, plain("/x", version="HTTP/1.0")) == (301, "https://site.test/x")


@rows(
    Row("H31", "HTTP/1.0 without a Host", plain(version="HTTP/1.0", host=None)),
    Row("H31", "HTTP/1.1 without a Host", plain(host=None)),
    *[Row("H49", f"Host {host!r}", plain("/x", host=host)) for host in (
        "evil.test/..", "user@evil.test", "a b", "a, b", "site.test:0", "site.test:99999", "site.test:80:80", "[::1", "",
        "evil.test\\", "evil.test%0d%0aX-Injected: 1", "<script>", "site.test\x0bX", 'a"b', "a\tb", "..", "evil.test#", "evil.test?")],
    Row("H49", "a line break in the Host", b"GET / HTTP/1.1\r\nHost: site.test\r\n X-Injected: 1\r\n\r\n"),
    Row("H49", "a bare CR in the Host", b"GET / HTTP/1.1\r\nHost: site.test\rX-Injected: 1\r\n\r\n"),
    Row("H49", "an escaped line break in the path", plain("/%0d%0aX-Injected:%201")),
    Row("H49", "a NUL in the path", plain("/%00")),
    Row("H31", "two Hosts", plain(extra=[("Host", "other.test")])),
    Row("H34", "CONNECT", plain("site.test:443", method="CONNECT"), 400, 405, 501),
    Row("H1", "Content-Length beside chunked", plain(
        method="POST", extra=[("Content-Length", "5"), ("Transfer-Encoding", "chunked")], body=b"hello")),
)
def test_what_makes_no_sense_is_refused_and_not_echoed(front, row):
    answered = ask(front.port, row.data)
    assert_refused(answered, *row.statuses)
    assert answered.head.get("Location") is None and b"injected" not in answered.head.raw.lower()


@pytest.mark.parametrize("query, forbidden", [
    ("?a=%0d%0aX-Injected:%201", b"\r\nx-injected"), ('?a="><script>alert(1)</script>', b"<script>")])
def test_h49_what_stands_in_a_query_cannot_leave_its_line(front, query, forbidden):
    """A query may hold almost anything: it stays within one field, or the request is refused. The body never repeats it."""
    answered = ask(front.port, plain("/x" + query.replace(" ", "%20")))
    assert answered.status in (301, 400)
    if forbidden.startswith(b"\r\n"):
        assert forbidden not in answered.head.raw.lower()
    assert b"script" not in answered.body and b"Injected" not in answered.body
    assert answered.head.get("Content-Type") is None or answered.head.one("Content-Type").startswith("text/plain")


def test_h35_a_path_that_looks_like_a_host_stays_a_path(front):
    """`//evil.test` behind the authority is a path; without it, it would be another host."""
    status, location = redirected(front.port, plain("//evil.test/x"))
    assert (status, location) == (301, "https://site.test//evil.test/x")


def test_a_post_with_a_body_is_answered_without_its_body(front):
    with Wire.connect(front.port) as client:
        client.send(plain(method="POST", extra=[("Content-Length", str(1 << 30))]) + b"x" * 100)
        assert client.read_head().status == 308
        client.wait_end()


def test_pipelined_requests_after_a_redirect_are_not_answered(front):
    with Wire.connect(front.port) as client:
        client.send(plain("/one") + plain("/two"))
        head, _ = read_answer(client)
        assert head.one("Location") == "https://site.test/one"
        assert client.read_rest() == b""


def test_the_other_listener_serves(front, backend, authority):
    client, server = backend.tunnel(front.secure_port, tls=authority.client_context())
    assert server and client.sock.version()


# Behind a proxy that has done TLS


@pytest.fixture(scope="module")
def behind(backend, launch_once, certificates):
    """Like `front`; who comes from 127.0.0.2 is a trusted proxy."""
    config = settings(
        pools={"main": {"backends": [backend.url], "keep_alive": "off"}}, tls=certificates, trusted_proxies=["127.0.0.2/32"])
    config["listeners"][0]["redirect_to_https"] = True
    return launch_once(config)


def connect_from(address, port):
    return Wire(socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0)))


HTTPS = ("X-Forwarded-Proto", "https")


@pytest.mark.parametrize("make", [plain, upgrade], ids=["a plain request", "an upgrade"])
def test_what_a_trusted_proxy_took_by_https_is_routed(behind, backend, make):
    client = connect_from("127.0.0.2", behind.port)
    client.send(make("/x", extra=[HTTPS, ("X-Forwarded-For", "203.0.113.9")]))
    server, head = backend.request()
    assert head.target == "/x" and head.one("X-Forwarded-Proto") == "https" and head.one("X-Real-IP") == "203.0.113.9"
    server.send(switching(head.one("Sec-WebSocket-Key")) if make is upgrade else answer(200, body=b"served"))
    got = client.read_head()
    assert got.status == (101 if make is upgrade else 200) and got.get("Location") is None


@pytest.mark.parametrize("make", [plain, upgrade], ids=["a plain request", "an upgrade"])
def test_what_a_stranger_says_it_sent_by_https_is_redirected(behind, backend, make):
    for extra in ([HTTPS], [HTTPS, ("X-Forwarded-For", "127.0.0.2")], [HTTPS, ("Forwarded", "for=127.0.0.2;proto=https")]):
        assert redirected(behind.port, make("/x", extra=extra)) == (301, "https://site.test/x")
    assert backend.is_untouched()


@pytest.mark.parametrize("extra", [
    [], [("X-Forwarded-Proto", "http")], [("X-Forwarded-Proto", "https, http")], [HTTPS, HTTPS],
    [HTTPS, ("X-Forwarded-Proto", "http")], [("X-Forwarded-Proto", "wss.evil")], [("X_Forwarded_Proto", "https")],
    [("X-Forwarded-Ssl", "on")], [("Connection", "X-Forwarded-Proto"), ("X-Forwarded-Proto", "http")]], ids=repr)
def test_what_a_trusted_proxy_does_not_say_came_by_https_is_redirected(behind, backend, extra):
    with connect_from("127.0.0.2", behind.port) as client:
        client.send(plain("/x", extra=extra))
        head, _ = read_answer(client)
        assert head.status == 301 and head.one("Location") == "https://site.test/x"
    assert backend.is_untouched()


def test_each_request_of_a_trusted_proxys_connection_is_judged_by_itself(behind, backend):
    """A proxy may send requests of many clients over one connection: what one came by says nothing about the next."""
    client = connect_from("127.0.0.2", behind.port)
    client.send(plain("/secure", extra=[HTTPS]))
    server, _ = backend.request()
    server.send(answer(200, body=b"ok"))
    assert read_answer(client)[1] == b"ok"
    client.send(plain("/plain"))
    head, _ = read_answer(client)
    assert head.status == 301 and head.one("Location") == "https://site.test/plain"
    assert backend.is_untouched()

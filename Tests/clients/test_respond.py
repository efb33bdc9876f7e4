"""Routes that answer by themselves."""

import http.client

import pytest

from harness.exchange import ask_plain, read_answer
from harness.heads import plain, upgrade
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.wire import Wire

HSTS = "max-age=31536000; includeSubDomains"


@pytest.fixture(scope="module")
def front(launch_once, certificates):
    with RawBackend() as backend:
        config = settings(
            pools={"main": {"backends": [backend.url]}, "dead": {"backends": ["ws://127.0.0.1:1"]}}, tls=certificates,
            routes=[
                {"path": "/healthz", "respond": {"status": 200, "body": "ok\n"}},
                {"path": "/json", "respond": {"status": 200, "body": '{"ok": true}', "content_type": "application/json"}},
                {"path": "/gone", "respond": 410},
                {"path": "/nothing", "respond": {"status": 204}},
                {"path": "/teapot", "respond": {"status": 418, "body": "caf\u00e9"}},
                {"path": "/away", "respond": {"status": 503, "body": "back soon"}, "response_headers": {
                    "set": {"Strict-Transport-Security": HSTS, "Retry-After": "120"}, "add": {"X-Many": "one"}}},
                {"path": "/dead", "pool": "dead", "response_headers": {"set": {"Strict-Transport-Security": HSTS}}},
                {"path": "/sockets", "pool": "main", "upgrade": "websocket only",
                 "response_headers": {"set": {"Strict-Transport-Security": HSTS}}},
            ])
        yield launch_once(config)
        assert backend.is_untouched()


@pytest.mark.parametrize("path, status, body, kind", [
    ("/healthz", 200, b"ok\n", "text/plain; charset=utf-8"), ("/json", 200, b'{"ok": true}', "application/json"),
    ("/teapot", 418, "caf\u00e9".encode(), "text/plain; charset=utf-8"), ("/away", 503, b"back soon", None)])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_a_route_answers_by_itself(front, path, status, body, kind, method):
    with Wire.connect(front.port) as client:
        extra = [("Content-Length", "0")] if method == "POST" else []
        client.send(plain(path, method=method, extra=[*extra, ("Connection", "close")]))
        head = client.read_head()
        assert head.status == status and int(head.one("Content-Length")) == len(body)
        assert kind is None or head.one("Content-Type") == kind
        assert client.read_rest() == (b"" if method == "HEAD" else body)


def test_a_bare_status_is_an_answer_too(front):
    head, _ = ask_plain(front.port, plain("/gone"))
    assert head.status == 410


def test_204_has_neither_body_nor_length(front):
    with Wire.connect(front.port) as client:
        client.send(plain("/nothing", extra=[("Connection", "close")]))
        head = client.read_head()
        assert head.status == 204 and not head.all("Content-Length") and not head.all("Transfer-Encoding")
        assert client.read_rest() == b""


def test_answers_keep_the_connection_and_come_in_order(front):
    with Wire.connect(front.port) as client:
        client.send(plain("/healthz") + plain("/json", method="HEAD") + plain("/nothing") + plain("/gone"))
        assert read_answer(client)[1] == b"ok\n"
        assert read_answer(client, method="HEAD")[0].one("Content-Type") == "application/json"
        assert client.read_head().status == 204
        assert client.read_head().status == 410


def test_a_body_that_nobody_asked_for_is_taken_or_the_connection_ends(front):
    """Never is a body read as the next request."""
    hidden = plain("/json")
    with Wire.connect(front.port) as client:
        client.send(plain("/healthz", method="POST", extra=[("Content-Length", str(len(hidden)))], body=hidden) + plain("/gone"))
        head, body = read_answer(client)
        assert (head.status, body) == (200, b"ok\n")
        rest = client.read_head().status if "close" not in head.tokens("Connection") else None
        assert rest in (None, 410)
    with Wire.connect(front.port) as client:
        client.send(plain("/healthz", method="POST", extra=[("Transfer-Encoding", "chunked")], body=b"5\r\nhello\r\n0\r\n\r\n"))
        client.send(plain("/gone"))
        head, body = read_answer(client)
        assert (head.status, body) == (200, b"ok\n")
        rest = client.read_head().status if "close" not in head.tokens("Connection") else None
        assert rest in (None, 410)


def test_an_upgrade_gets_the_answer_and_no_tunnel(front):
    head, body = ask_plain(front.port, upgrade("/healthz"))
    assert head.status == 200 and body == b"ok\n" and not head.all("Upgrade")


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "by TLS"])
def test_hsts_stands_on_answers_and_on_the_proxys_own_errors_of_the_route(front, authority, secure):
    port, tls = (front.secure_port, authority.client_context()) if secure else (front.port, None)
    for request, status in (
            (plain("/away"), {503}), (plain("/dead"), {502, 503}), (upgrade("/dead"), {502, 503}), (plain("/sockets"), {426})):
        head, _ = ask_plain(port, request, tls=tls)
        assert head.status in status and head.all("Strict-Transport-Security") == [HSTS], head.raw
    head, _ = ask_plain(port, plain("/away"), tls=tls)
    assert head.one("Retry-After") == "120" and head.one("X-Many") == "one"
    assert not ask_plain(port, plain("/healthz"), tls=tls)[0].all("Strict-Transport-Security")
    assert not ask_plain(port, plain("/no-route"), tls=tls)[0].all("Strict-Transport-Security")


def test_a_reload_changes_the_answer(launch):
    config = settings("ws://127.0.0.1:1", routes=[{"path": "/*", "respond": {"status": 200, "body": "before"}}], pools={
        "main": {"backends": ["ws://127.0.0.1:1"]}})
    proxy = launch(config)
    client = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    client.request("GET", "/")
    assert client.getresponse().read() == b"before"
    assert proxy.reload({**config, "routes": [{"path": "/*", "respond": {"status": 503, "body": "after"}}]})
    client.close()
    client.request("GET", "/")
    response = client.getresponse()
    assert (response.status, response.read()) == (503, b"after")
    client.close()


def test_no_pool_is_needed_where_every_route_answers(launch):
    config = settings("ws://127.0.0.1:1", routes=[{"path": "/*", "respond": 404}])
    config.pop("pools")
    proxy = launch(config)
    assert ask_plain(proxy.port)[0].status == 404

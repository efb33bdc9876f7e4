"""One id for each refusal: what the client is told is what the log says, so that a complaint finds its line."""

import signal

import pytest

from harness.heads import answer, plain, upgrade
from harness.messages import asked, read_answer
from harness.ports import free_port
from harness.raw_backend import RawBackend
from harness.ruled import both_kinds
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.fixture(scope="module")
def plaintext():
    """A backend that speaks no TLS and is asked for it."""
    with RawBackend() as backend:
        yield backend


@pytest.fixture(scope="module")
def front(backend, plaintext, launch_once):
    return launch_once(_settings(backend, plaintext))


@pytest.fixture(scope="module")
def behind(backend, plaintext, launch_once):
    """The play is a trusted proxy."""
    return launch_once(_settings(backend, plaintext, trusted_proxies=["127.0.0.0/8"]))


def _settings(backend, plaintext, **top):
    return settings(
        pools={
            "main": {"backends": [backend.url], "keep_alive": "off"},
            "small": {"backends": [{"url": backend.url, "max_connections": 1}], "keep_alive": "off"},
            "down": {"backends": [f"ws://127.0.0.1:{free_port()}"], "keep_alive": "off"},
            "secure": {"backends": [f"wss://localhost:{plaintext.port}"], "keep_alive": "off"}},
        routes=[
            {"path": "/only", "pool": "main", "upgrade": "websocket only"}, {"path": "/small", "pool": "small"},
            {"path": "/down", "pool": "down"}, {"path": "/secure", "pool": "secure"},
            {"path": "/", "pool": "main"}],
        timeouts={"handshake": "1s", "connect": "500ms", "response": "1s"}, **top)


def assert_one_id(proxy, head, *statuses, reached=None):
    """The refusal's id is told once to the client, stands in the refusal's one line, and was told to the backend that was asked."""
    assert head.status in statuses, head.raw
    told = head.one("X-Request-Id")
    assert told

    def lines():
        return [line for line in proxy.log.lines() if line.get("event") in ("request", "refused") and line.get("id") == told]

    wait_until(lines, 5, lambda: f"a line with the id {told}:\n{proxy.log.tail()}")
    found = lines()
    assert len(found) == 1 and found[0]["status"] == head.status and found[0]["reason"], found
    if reached is not None:
        assert reached.one("X-Request-Id") == told
    return found[0]


def refused(proxy, request):
    client = Wire.connect(proxy.port)
    client.send(request)
    return read_answer(client).head


LOOP = [("CDN-Loop", "tidegate, " * 8 + "tidegate")]
AT_ONCE = {
    "a plain request where only upgrades go": (plain("/only"), 426), "TRACE": (plain(method="TRACE"), 405),
    "an end-to-end field named in Connection": (plain(extra=[("Connection", "Authorization")]), 400),
    "a loop": (plain(extra=LOOP), 508), "a loop of upgrades": (upgrade(extra=LOOP), 508),
    "a backend that is down": (plain("/down"), 503), "an upgrade to a backend that is down": (upgrade("/down"), 503),
    "HEAD to a backend that is down": (plain("/down", method="HEAD"), 503), "no route": (plain("/nowhere"), 404),
    "an upgrade without a route": (upgrade("/nowhere"), 404),
    "a chunk that is none": (plain(method="POST", extra=[("Transfer-Encoding", "chunked")], body=b"zz\r\n"), 400),
}


def ask_head(proxy, data):
    client = Wire.connect(proxy.port)
    client.send(data)
    head = client.read_head()
    client.wait_end()
    return head


@pytest.mark.parametrize("kind", AT_ONCE)
def test_a_refusal_without_a_backend_has_one_id(front, backend, kind):
    request, status = AT_ONCE[kind]
    assert_one_id(front, ask_head(front, request), status)
    assert backend.is_untouched()


@pytest.mark.parametrize("kind", [
    "TRACE", "a loop", "a loop of upgrades", "a backend that is down", "a plain request where only upgrades go"])
def test_a_trusted_proxys_id_is_the_one(behind, kind):
    request, status = AT_ONCE[kind]
    mine = f"from-outside-{list(AT_ONCE).index(kind)}"
    head = ask_head(behind, request.replace(b"\r\n\r\n", f"\r\nX-Request-Id: {mine}\r\n\r\n".encode(), 1))
    assert assert_one_id(behind, head, status)["id"] == mine


def test_refusals_of_one_connections_requests_have_their_own_ids(front, backend):
    client = Wire.connect(front.port)
    client.send(plain())
    server, first = backend.request()
    server.send(answer(200, body=b"ok"))
    assert read_answer(client).body == b"ok"
    client.send(plain(method="TRACE"))
    head = client.read_head()
    assert_one_id(front, head, 405)
    assert head.one("X-Request-Id") != first.one("X-Request-Id")


@both_kinds
def test_a_full_backend_has_one_id(front, backend, make):
    tunnel, server = backend.tunnel(front.port, "/small")
    assert_one_id(front, ask_head(front, make("/small")), 503)
    tunnel.reset()
    server.close()


@both_kinds
def test_a_handshake_that_fails_has_one_id(front, plaintext, make):
    client = Wire.connect(front.port)
    client.send(make("/secure"))
    plaintext.accept().send(answer(200, body=b"no TLS"))
    assert_one_id(front, client.read_head(), 502)


BROKEN = {
    "nonsense": b"nonsense\r\n\r\n", "two lengths": answer(200, ("Content-Length", "5"), body=b"ok"),
    "a 101 that nobody asked for": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "a close": None,
}


@both_kinds
@pytest.mark.parametrize("said", BROKEN)
def test_an_answer_that_cannot_be_has_one_id(front, backend, make, said):
    client, server, seen = asked(front.port, backend, make())
    if BROKEN[said] is not None:
        server.send(BROKEN[said])
    server.close()
    assert_one_id(front, client.read_head(), 502, reached=seen)


@both_kinds
def test_a_backend_that_says_nothing_has_one_id(front, backend, make):
    client, server, seen = asked(front.port, backend, make())
    assert_one_id(front, client.read_head(), 504, reached=seen)
    server.close()


def test_a_body_that_breaks_on_its_way_has_one_id(front, backend):
    client, server, seen = asked(front.port, backend, plain(method="POST", extra=[("Transfer-Encoding", "chunked")]))
    client.send(b"zz\r\n")
    assert_one_id(front, client.read_head(), 400, reached=seen)
    server.close()


def test_a_request_that_a_drain_ends_has_one_id(launch, backend):
    proxy = launch(settings(backend, drain={"period": "500ms"}))
    client, server, seen = asked(proxy.port, backend, plain("/poll"))
    proxy.signal(signal.SIGTERM)
    assert_one_id(proxy, client.read_head(), 503, reached=seen)
    server.close()
    client.close()
    assert proxy.wait_exit(4) == 0

"""What comes late: a word that lets a body begin, the end of a connection that was thought good."""

import pytest

from harness.heads import answer, plain
from harness.messages import asked, read_answer
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Stopwatch
from harness.wire import Wire

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
WINDOW = 0.7


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def within(watch):
    return WINDOW * 0.6 < watch.seconds < WINDOW + 2.5


def expecting(*framing):
    return plain(method="POST", extra=[*framing, ("Expect", "100-continue")])


FRAMINGS = {"length": ("Content-Length", "10"), "chunked": ("Transfer-Encoding", "chunked")}


@pytest.mark.parametrize("response", ["off", "60s"])
@pytest.mark.parametrize("framing", FRAMINGS)
def test_r3_a_client_that_is_silent_after_a_late_100_is_answered_408_in_time(launch, backend, framing, response):
    """Its time begins with the 100, and nothing else happens any more that could remind the proxy of it."""
    proxy = launch(settings(backend, timeouts={"handshake": "500ms", "response": response, "body": "700ms"}))
    client, server, _ = asked(proxy.port, backend, expecting(FRAMINGS[framing]))
    assert client.is_silent(0.9), "ended while it waited for the backend's word"
    server.send(CONTINUE)
    assert client.read_head().status == 100
    watch = Stopwatch()
    got = read_answer(client)
    assert got.status == 408 and "close" in got.head.tokens("Connection")
    assert within(watch)
    assert client.read_rest() == b"" and client.end == "fin"
    assert server.wait_end() in ("fin", "reset")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_kept_connection_that_dies_after_a_long_silence_is_replaced_whatever_the_handshakes_time(launch, backend, method):
    """`handshake` bounds a request's dial; how long the first connection was silent for is not to be taken off it."""
    proxy = launch(settings(backend, workers=1, timeouts={"handshake": "700ms", "response": "20s"}))
    first, server, _ = asked(proxy.port, backend, plain("/first"))
    server.send(answer(200, body=b"first"))
    assert read_answer(first).body == b"first"
    client = Wire.connect(proxy.port)
    client.send(plain("/again", method=method))
    assert server.read_head().target == "/again"
    assert client.is_silent(2 * WINDOW), "answered although its backend had time"
    server.close()
    fresh, head = backend.request()
    assert head.line == f"{method} /again HTTP/1.1"
    fresh.send(answer(200, body=b"" if method == "HEAD" else b"right"))
    got = read_answer(client, method=method)
    assert got.status == 200 and got.body == (b"" if method == "HEAD" else b"right")

"""Connections to a backend that wait for the next request: used again when nothing is wrong, by nobody when something is."""

import contextlib

import pytest

from harness.answering import AnsweringBackend
from harness.deaf import deaf_port
from harness.heads import answer, plain, switching, upgrade
from harness.messages import asked, chunked, read_answer
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")


def pooled(backend, **pool):
    """One worker, so that there is one set of kept connections."""
    return settings(pools={"main": {"backends": [backend.url], **pool}}, workers=1)


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


@pytest.fixture
def proxy(launch, backend):
    return launch(pooled(backend))


def exchange(proxy, server, *, body=b"first", reply=None, request=None, client=None):
    """One request over a kept connection, whose backend's end is `server`; gives the client's end."""
    client = client or Wire.connect(proxy.port)
    client.send(request or plain("/again"))
    assert server.read_head().target == "/again"
    server.send(reply or answer(200, body=body))
    assert read_answer(client).body == body
    return client


def kept(proxy, backend, reply=None):
    """The backend's end of a connection that has answered once and now waits."""
    client, server, _ = asked(proxy.port, backend, plain("/first"))
    server.send(reply or answer(200, body=b"first"))
    assert read_answer(client).whole
    client.close()
    return server


def assert_fresh(proxy, backend, server, *, method="GET"):
    """The next request goes over another connection, `server` hears nothing of it, and is ended."""
    client, other, head = asked(proxy.port, backend, plain("/fresh", method=method))
    assert head.target == "/fresh"
    other.send(answer(200, body=b"right"))
    got = read_answer(client)
    assert (got.status, got.body) == (200, b"right")
    if server is not None:
        assert server.read_rest() == b"", "a request went over a connection that may not be used again"
    return other


@pytest.mark.parametrize("reply", [
    answer(200, body=b"first"), answer(200, CHUNKED, length=False) + chunked(b"first"), answer(500, body=b"first"),
    answer(304, length=False), answer(204, length=False),
], ids=["length", "chunked", "500", "304", "204"])
def test_a_connection_whose_answer_ended_well_serves_the_next_client(proxy, backend, reply):
    server = kept(proxy, backend, reply)
    proxy.wait_metric("tidegate_backend_connections_idle", 1, pool="main")
    for number in range(5):
        exchange(proxy, server, body=b"%d" % number).close()
    assert backend.is_untouched(), "a second connection was opened"
    proxy.wait_metric("tidegate_backend_reuses_total", 5, pool="main")


def test_a_request_over_a_kept_connection_carries_nothing_of_the_one_before(proxy, backend):
    client, server, first = asked(proxy.port, backend, plain("/first", extra=[("Cookie", "one=1")]))
    server.send(answer(200, body=b"first"))
    read_answer(client)
    other = Wire.connect(proxy.port)
    other.send(plain("/second", host="other.test"))
    head = server.read_head()
    assert head.one("Host") == "other.test" and not head.all("Cookie")
    assert head.one("X-Request-Id") != first.one("X-Request-Id")
    server.send(answer(200, body=b"second"))
    assert read_answer(other).body == b"second"
    assert client.is_silent(0.05), "the other client's answer"


@pytest.mark.parametrize("reply", [
    answer(200, ("Connection", "close"), body=b"first"), answer(200, ("connection", "x, Close"), body=b"first"),
    b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nfirst",
    answer(200, body=b"first") + b"\r\n", answer(200, body=b"first") + answer(200, body=b"poison"),
], ids=["close", "close among others", "HTTP/1.0", "HTTP/1.0 keep-alive", "an empty line too many", "an answer too many"])
def test_a_connection_that_says_or_shows_that_it_is_done_is_not_used_again(proxy, backend, reply):
    server = kept(proxy, backend, reply)
    assert_fresh(proxy, backend, server)


def test_a_connection_whose_answer_went_on_until_its_end_is_not_used_again(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, length=False) + b"until the end")
    server.half_close()
    assert read_answer(client).body == b"until the end"
    assert_fresh(proxy, backend, server)


def test_a_connection_that_carried_an_upgrade_is_not_used_again(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, _ = backend.request()
    server.send(answer(403, body=b"no"))
    assert read_answer(client).status == 403
    assert_fresh(proxy, backend, server)


def test_an_upgrade_gets_a_connection_of_its_own(proxy, backend):
    server = kept(proxy, backend)
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    fresh, head = backend.request()
    fresh.send(switching(head.one("Sec-WebSocket-Key")))
    assert client.read_head().status == 101
    exchange(proxy, server)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("what", ["an answer", "408 and the end", "the end", "a reset", "one byte"])
def test_what_comes_while_a_connection_waits_reaches_nobody(proxy, backend, what, method):
    """The bytes were there before the next request was sent, so not even a POST is at risk."""
    server = kept(proxy, backend)
    if what in ("an answer", "408 and the end"):
        server.send(answer(200 if what == "an answer" else 408, body=b"poison"))
    elif what == "one byte":
        server.send(b"H")
    if what in ("408 and the end", "the end"):
        # The proxy may have closed it already, for what was said unasked.
        with contextlib.suppress(OSError):
            server.half_close()
    if what == "a reset":
        server.reset()
        server = None
    assert_fresh(proxy, backend, server, method=method)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_whose_kept_connection_died_is_tried_once_more(proxy, backend, method):
    server = kept(proxy, backend)
    client = Wire.connect(proxy.port)
    client.send(plain("/again", method=method))
    assert server.read_head().target == "/again"
    server.close()
    fresh, head = backend.request()
    assert head.line == f"{method} /again HTTP/1.1"
    fresh.send(answer(200, body=b"" if method == "HEAD" else b"right"))
    assert read_answer(client, method=method).status == 200


def test_a_get_is_tried_once_more_only(proxy, backend):
    server = kept(proxy, backend)
    client = Wire.connect(proxy.port)
    client.send(plain("/again"))
    server.read_head()
    server.close()
    fresh, _ = backend.request()
    fresh.close()
    assert read_answer(client).status == 502
    assert backend.is_untouched()


def test_a_post_whose_kept_connection_died_is_502_and_not_sent_again(proxy, backend):
    server = kept(proxy, backend)
    client = Wire.connect(proxy.port)
    client.send(plain("/again", method="POST", extra=[("Content-Length", "5")], body=b"hello"))
    assert server.read_head().target == "/again"
    assert server.receive(5) == b"hello"
    server.close()
    assert read_answer(client).status == 502
    assert backend.is_untouched(), "a POST was sent twice"


def test_a_get_whose_answer_had_begun_is_not_tried_again(proxy, backend):
    server = kept(proxy, backend)
    client = Wire.connect(proxy.port)
    client.send(plain("/again"))
    server.read_head()
    server.send(b"HTTP/1.1 2")
    server.close()
    assert read_answer(client).status == 502
    assert backend.is_untouched()


def test_h50_a_connection_that_was_answered_early_is_not_used_again(proxy, backend):
    """The rest of the body would be the next request's beginning."""
    client, server, _ = asked(proxy.port, backend, plain(method="POST", extra=[("Content-Length", "100")], body=b"only this"))
    server.send(answer(413, body=b"no"))
    assert read_answer(client).status == 413
    assert server.receive(9) == b"only this"
    assert_fresh(proxy, backend, server)


def test_a_connection_whose_client_left_inside_the_answer_is_not_used_again(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Length", "100"), length=False) + b"a part")
    client.read_head()
    client.reset()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    assert_fresh(proxy, backend, None)


def test_two_requests_at_once_have_two_connections(proxy, backend):
    one, first, _ = asked(proxy.port, backend, plain("/one"))
    two, second, _ = asked(proxy.port, backend, plain("/two"))
    second.send(answer(200, body=b"two"))
    first.send(answer(200, body=b"one"))
    assert read_answer(one).body == b"one" and read_answer(two).body == b"two"


def test_no_more_connections_wait_than_the_file_says(launch, backend):
    proxy = launch(pooled(backend, keep_alive={"connections": 1, "timeout": "30s"}))
    ends = [asked(proxy.port, backend, plain(f"/{number}")) for number in range(3)]
    for client, server, _ in ends:
        server.send(answer(200, body=b"ok"))
        assert read_answer(client).body == b"ok"
    wait_until(lambda: sum(server.is_silent(0.05) for _, server, _ in ends) == 1, 3, what="one of three connections kept")
    proxy.wait_metric("tidegate_backend_connections_idle", 1, pool="main")


def test_with_keep_alive_off_each_request_has_its_own_connection(launch, backend):
    proxy = launch(pooled(backend, keep_alive="off"))
    for _ in range(3):
        server = kept(proxy, backend)
        assert server.wait_end() in ("fin", "reset")
    assert proxy.metric("tidegate_backend_reuses_total") == 0


def test_a_connection_waits_no_longer_than_the_file_says(launch, backend):
    proxy = launch(pooled(backend, keep_alive={"connections": 8, "timeout": "1s"}))
    server = kept(proxy, backend)
    watch = Stopwatch()
    assert server.wait_end() == "fin"
    assert 0.5 < watch.seconds < 3
    proxy.wait_metric("tidegate_backend_connections_idle", 0, pool="main")


def test_a_backend_that_a_reload_took_away_loses_its_kept_connections(launch, backend):
    with RawBackend() as other:
        proxy = launch(pooled(backend, keep_alive={"connections": 8, "timeout": "1s"}))
        server = kept(proxy, backend)
        config = dict(proxy.config, pools={"main": {"backends": [other.url]}})
        assert proxy.reload(config)
        client, fresh, _ = asked(proxy.port, other, plain())
        fresh.send(answer(200, body=b"other"))
        assert read_answer(client).body == b"other"
        assert server.read_rest(deadline=3) == b""
        assert backend.is_untouched()


def test_a_reload_keeps_connections_to_backends_that_stay_and_ends_the_others(launch, backend):
    with RawBackend() as other:
        config = settings(
            pools={"main": {"backends": [backend.url]}, "other": {"backends": [other.url]}},
            routes=[{"path": "/*", "pool": "main"}, {"path": "/other/*", "pool": "other"}], workers=1)
        proxy = launch(config)
        server = kept(proxy, backend)
        client, gone, _ = asked(proxy.port, other, plain("/other/x"))
        gone.send(answer(200, body=b"x"))
        assert read_answer(client).whole
        client.close()
        proxy.wait_metric("tidegate_backend_connections_idle", 1, pool="other")
        with RawBackend() as moved:
            config["pools"]["other"]["backends"] = [moved.url]
            config["routes"][0]["response_headers"] = {"set": {"X-Reloaded": "yes"}}
            proxy.reload(config)
            assert gone.read_rest() == b"", "the connection of a backend that is gone stays open"
            exchange(proxy, server, body=b"again").close()
            assert backend.is_untouched(), "a second connection was opened"
            # Whoever is somewhere else is another backend.
            client, _, _ = asked(proxy.port, moved, plain("/other/y"))
            client.close()


def test_a_request_never_goes_over_the_connection_of_another_pool(launch):
    """A reload moves the places where kept connections wait, while a request of before still looks for a backend."""
    def named(name):
        return AnsweringBackend(lambda message: answer(200, body=name))

    with deaf_port() as deaf, named(b"main") as own, named(b"one") as one, named(b"two") as two:
        pool = {"backends": [f"http://127.0.0.1:{deaf}", own.url]}
        proxy = launch(settings(pools={"main": pool}, workers=1))
        early = [Wire.connect(proxy.port) for _ in range(2)]
        for client in early:
            client.send(plain("/main"))
        wait_until(lambda: own.connections == 1)
        config = dict(proxy.config)
        config["pools"] = {"before": {"backends": [one.url, two.url]}, "main": pool}
        config["routes"] = [{"path": "/before/*", "pool": "before"}, {"path": "/*", "pool": "main"}]
        assert proxy.reload(config)
        late = Wire.connect(proxy.port)
        for _ in range(2):
            late.send(plain("/before/"))
            assert read_answer(late).body in (b"one", b"two")
        assert [read_answer(client).body for client in early] == [b"main", b"main"]

"""What an operator sees of plain requests: metrics with bounded labels, and one line of the log for each."""

import pytest

from harness.heads import answer, plain
from harness.messages import asked, read_answer
from harness.ports import free_port
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.settings import settings
from harness.wire import Wire


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


@pytest.fixture
def proxy(launch, backend):
    return launch(settings(backend))


def served(proxy, backend, request, reply):
    client, server, head = asked(proxy.port, backend, request)
    server.send(reply)
    got = read_answer(client, method=head.method)
    client.close()
    server.close()
    return head, got


def post(target, body):
    return plain(target, method="POST", extra=[("Content-Length", str(len(body)))], body=body)


def test_a_request_leaves_one_line_with_its_story(proxy, backend):
    head, _ = served(proxy, backend, post("/page?x=1", b"hello"), answer(201, body=b"stored"))
    line = proxy.log.wait("request")
    wanted = {"listener": "plain", "method": "POST", "host": "site.test", "status": 201, "pool": "main", "backend": backend.label}
    assert {key: line.get(key) for key in wanted} == wanted
    assert line["client"].startswith("127.0.0.1") and line["path"].startswith("/page")
    assert line["id"] and line["id"] == head.one("X-Request-Id")
    assert any(value == 5 for value in line.values()) and any(value == 6 for value in line.values()), "bytes each way"
    assert len(proxy.log.events("request")) == 1


def test_each_request_of_a_connection_has_its_own_line_and_id(proxy, backend):
    client = Wire.connect(proxy.port)
    for number in range(3):
        client.send(plain(f"/{number}"))
        server, _ = backend.request()
        server.send(answer(200, ("Connection", "close"), body=b"ok"))
        read_answer(client)
    lines = proxy.log.wait("request", count=3)
    assert [line["path"] for line in lines] == ["/0", "/1", "/2"]
    assert len({line["id"] for line in lines}) == 3


@pytest.mark.parametrize("key", ["token", "access_token", "password", "signature"])
def test_a8_secret_looking_values_never_reach_the_log(proxy, backend, key):
    secret = [("Cookie", "sid=hunter2"), ("Authorization", "Bearer hunter2")]
    request = plain(f"/room?{key}=hunter2hunter2&room=lobby", extra=secret)
    served(proxy, backend, request, answer(200, ("Set-Cookie", "sid=hunter2"), body=b"hunter2"))
    proxy.log.wait("request")
    assert b"hunter2" not in proxy.log.raw()


def test_a6_what_a_client_chose_cannot_forge_a_line(proxy, backend):
    forged = '"}{"event":"forged"}'
    served(proxy, backend, plain(f"/x?a={forged}", extra=[("User-Agent", forged), ("Referer", forged)]), answer(200, body=b"ok"))
    proxy.log.wait("request")
    assert not proxy.log.events("forged")


def test_requests_are_counted_by_pool_and_code(proxy, backend):
    for code in (200, 200, 404, 500):
        served(proxy, backend, plain(), answer(code, body=b"x"))
    for code, count in ((200, 2), (404, 1), (500, 1)):
        proxy.wait_metric("tidegate_requests_total", count, pool="main", code=code)
    proxy.wait_metric("tidegate_request_duration_seconds_count", 4, pool="main")
    assert proxy.metric("tidegate_request_failures_total") == 0, "a backend's own answer is no failure of the proxy"
    assert proxy.metric("tidegate_tunnels_total") == 0


def test_failures_are_counted_by_route_and_reason_out_of_a_closed_set(launch, backend):
    proxy = launch(settings(
        pools={"main": {"backends": [backend.url]}, "down": {"backends": [f"http://127.0.0.1:{free_port()}"]}},
        routes=[{"name": "good", "path": "/*", "pool": "main"}, {"name": "bad", "path": "/down", "pool": "down"}]))
    assert_refused(ask(proxy.port, plain("/down")), 502, 503)
    proxy.wait_metric("tidegate_request_failures_total", 1, route="bad")
    assert served(proxy, backend, plain(), b"nonsense\r\n\r\n")[1].status == 502
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Length", "9"), length=False) + b"short")
    server.close()
    assert not read_answer(client).whole
    proxy.wait_metric("tidegate_request_failures_total", 2, route="good")


def test_a5_what_clients_choose_makes_no_series(proxy, backend):
    served(proxy, backend, plain(), answer(200, body=b"ok"))
    before = len(proxy.metrics().series)
    for number in range(30):
        odd = plain(f"/path-{number}", method=f"METHOD{number}", host=f"host-{number}.test")
        served(proxy, backend, odd, answer(200, body=b"ok"))
        ask(proxy.port, plain(f"/{number}/../", method=f"BAD{number}"))
    assert len(proxy.metrics().series) <= before + 5


def test_a4_the_admins_paths_belong_to_the_backend_on_a_public_listener(proxy, backend):
    for path in ("/metrics", "/livez", "/readyz"):
        head, got = served(proxy, backend, plain(path, host="localhost"), answer(200, body=b"mine"))
        assert head.target == path and got.body == b"mine"

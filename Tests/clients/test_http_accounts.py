"""Nothing passes unseen: bodies that came with their heads, and answers that need no backend."""

import pytest

from harness.answering import AnsweringBackend
from harness.heads import plain
from harness.messages import chunk, chunked, read_answer
from harness.ports import free_port
from harness.settings import settings
from harness.wire import Wire

SIZE, TIMES = 1000, 10


@pytest.fixture
def front(launch):
    """`/*` goes to a backend, `/fixed` is answered by its route; the listener `sends` redirects."""
    with AnsweringBackend() as backend:
        config = settings(backend, routes=[
            {"path": "/*", "pool": "main"}, {"name": "fixed", "path": "/fixed", "respond": {"status": 418, "body": "short"}}])
        config["listeners"].append({"name": "sends", "bind": f"127.0.0.1:{free_port()}", "redirect_to_https": True})
        yield launch(config)


def to_backend(proxy):
    return proxy.metric("tidegate_bytes_total", pool="main", direction="to_backend")


@pytest.mark.parametrize("with_head", [True, False], ids=["with the head", "later"])
def test_bodies_toward_the_backend_are_counted_however_they_come(front, with_head):
    client = Wire.connect(front.port)
    for _ in range(TIMES):
        request = plain(method="POST", extra=[("Content-Length", str(SIZE))])
        if with_head:
            client.send(request + b"b" * SIZE)
        else:
            client.send(request)
            client.send(b"b" * SIZE)
        assert read_answer(client).body == b"ok"
    assert to_backend(front) == TIMES * SIZE
    lines = front.log.wait("request", count=TIMES)
    assert [line["bytes_to_backend"] for line in lines] == [SIZE] * TIMES


def test_the_log_and_the_counter_agree_about_chunked_bodies(front):
    client = Wire.connect(front.port)
    head = plain(method="POST", extra=[("Transfer-Encoding", "chunked")])
    client.send(head + chunked(b"all", b"at once"))
    assert read_answer(client).body == b"ok"
    client.send(head + chunk(b"a part"))
    client.send(chunked(b"and the rest"))
    assert read_answer(client).body == b"ok"
    lines = front.log.wait("request", count=2)
    assert to_backend(front) == sum(line["bytes_to_backend"] for line in lines) > 0


@pytest.mark.parametrize("method, status", [("GET", 301), ("POST", 308)])
def test_a_redirect_leaves_one_line_with_the_id_that_the_client_was_told(front, method, status):
    client = Wire.connect(front.port_of("sends"))
    client.send(plain("/page?x=1", method=method, extra=[("Content-Length", "0")] if method == "POST" else []))
    head = client.read_head()
    assert head.status == status
    line = front.log.wait("request")
    wanted = {"id": head.one("X-Request-Id"), "listener": "sends", "method": method, "host": "site.test", "status": status}
    assert {key: line.get(key) for key in wanted} == wanted and line["id"]
    assert line["client"].startswith("127.0.0.1") and line["path"].startswith("/page")
    assert len(front.log.events("request")) == 1


def test_each_answer_of_a_route_leaves_one_line_with_its_own_id(front):
    client = Wire.connect(front.port)
    ids = []
    for number in range(3):
        client.send(plain(f"/fixed?{number}"))
        got = read_answer(client)
        assert (got.status, got.body) == (418, b"short")
        ids.append(got.head.one("X-Request-Id"))
    assert all(ids) and len(set(ids)) == 3
    lines = front.log.wait("request", count=3)
    assert [line["id"] for line in lines] == ids
    assert {(line["status"], line["route"], line["method"]) for line in lines} == {(418, "fixed", "GET")}
    assert len(front.log.events("request")) == 3

"""SIGTERM among plain requests: what is under way is finished, what is idle goes, and nobody's answer is cut."""

import http.client
import signal
import threading

import pytest

from harness.answering import AnsweringBackend
from harness.events import EventReader
from harness.heads import answer, plain
from harness.messages import Dechunker, asked, chunk, head_of, read_answer, serving
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until

CHUNKED = ("Transfer-Encoding", "chunked")
EVENTS = answer(200, ("Content-Type", "text/event-stream"), CHUNKED, length=False)


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


def drain(proxy):
    proxy.signal(signal.SIGTERM)
    proxy.log.wait("drain_started")
    return Stopwatch()


def test_l12_idle_connections_are_closed_and_it_ends_well(launch, backend):
    proxy = launch(settings(backend, drain={"period": "20s"}))
    clients = []
    for _ in range(5):
        client, server, _ = asked(proxy.port, backend, plain())
        server.send(answer(200, ("Connection", "close"), body=b"ok"))
        assert read_answer(client).body == b"ok"
        clients.append(client)
    watch = drain(proxy)
    for client in clients:
        assert client.read_rest(deadline=3) == b"" and client.end == "fin"
    assert watch.seconds < 3
    assert proxy.wait_exit(5) == 0
    assert watch.seconds < 4


def test_l12_an_answer_that_has_not_begun_says_close_and_arrives_whole(launch, backend):
    proxy = launch(settings(backend, drain={"period": "20s"}))
    client, server, _ = asked(proxy.port, backend, plain())
    drain(proxy)
    assert client.is_silent(0.2)
    server.send(answer(200, body=b"page"))
    got = read_answer(client)
    assert (got.status, got.body) == (200, b"page") and "close" in got.head.tokens("Connection")
    assert client.read_rest() == b"" and client.end == "fin"
    assert proxy.wait_exit(10) == 0


def test_l12_an_answer_under_way_is_finished_and_then_the_connection_ends(launch, backend):
    proxy = launch(settings(backend, drain={"period": "20s"}))
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Length", "10"), length=False) + b"01234")
    client.read_head()
    assert client.receive(5) == b"01234"
    drain(proxy)
    assert client.is_silent(0.3)
    server.send(b"56789")
    assert client.receive(5) == b"56789"
    assert client.read_rest() == b"" and client.end == "fin"
    assert proxy.wait_exit(10) == 0


def test_l12_a_request_that_came_before_the_drain_is_not_lost_behind_a_long_answer(launch, backend):
    """The client's next request was taken before anybody said close: it has its answer, which says so."""
    proxy = launch(settings(backend, drain={"period": "20s"}))
    client, server, _ = asked(proxy.port, backend, plain() + plain("/behind"))
    server.send(answer(200, ("Content-Length", "10"), length=False) + b"01234")
    client.read_head()
    drain(proxy)
    server.send(b"56789")
    assert client.receive(10) == b"0123456789"
    again = serving(server, backend)
    assert again.read_head().target == "/behind"
    again.send(answer(200, body=b"behind"))
    got = read_answer(client)
    assert got.body == b"behind" and "close" in got.head.tokens("Connection")
    assert client.read_rest() == b""
    assert proxy.wait_exit(10) == 0


def test_l12_an_upload_under_way_is_finished(launch, backend):
    proxy = launch(settings(backend, drain={"period": "20s"}))
    client, server, _ = asked(proxy.port, backend, plain(method="POST", extra=[("Content-Length", "10")], body=b"01234"))
    assert server.receive(5) == b"01234"
    drain(proxy)
    client.send(b"56789")
    assert server.receive(5) == b"56789"
    server.send(answer(201, body=b"stored"))
    assert read_answer(client).body == b"stored"
    assert proxy.wait_exit(10) == 0


def test_a_long_poll_hears_503_at_the_end_of_the_period(launch, backend):
    proxy = launch(settings(backend, drain={"period": "1s"}, timeouts={"response": "60s"}))
    polls = [asked(proxy.port, backend, plain(f"/poll/{number}")) for number in range(5)]
    watch = drain(proxy)
    for client, server, _ in polls:
        got = read_answer(client)
        assert got.status == 503 and "close" in got.head.tokens("Connection")
        assert server.wait_end() in ("fin", "reset")
    assert 0.6 < watch.seconds < 4
    assert proxy.wait_exit(4) == 0


def open_stream(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain("/events"))
    server.send(EVENTS + chunk(b"data: first\n\n"))
    assert client.read_head().status == 200
    assert client.receive_until(b"\n\n\r\n").endswith(b"data: first\n\n\r\n")
    return client, server


def test_event_streams_end_with_a_last_chunk_each_at_its_moment_of_the_period(launch, backend):
    proxy = launch(settings(backend, drain={"period": "1500ms"}))
    streams = [open_stream(proxy, backend) for _ in range(20)]
    proxy.wait_metric("tidegate_streams_active", 20, kind="sse")
    watch = drain(proxy)
    ends = []

    def follow(client):
        assert client.read_rest(deadline=8) == b"0\r\n\r\n" and client.end == "fin"
        ends.append(watch.seconds)

    threads = [threading.Thread(target=follow, args=(client,)) for client, _ in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(ends) == 20, "a stream did not end cleanly"
    assert min(ends) < 1 and max(ends) > 0.5 and max(ends) < 4, f"not spread over the period: {sorted(ends)}"
    assert proxy.wait_exit(5) == 0


def test_an_event_stream_inside_an_event_ends_behind_it(launch, backend):
    proxy = launch(settings(backend, drain={"period": "500ms"}, timeouts={"close": "5s"}))
    client, server = open_stream(proxy, backend)
    server.send(chunk(b"data: half"))
    assert client.receive_until(b"half\r\n")
    drain(proxy)
    assert client.is_silent(0.3), "ended inside an event"
    server.send(chunk(b" and half\n\n"))
    rest = client.read_rest()
    content = Dechunker()
    assert content.take(rest) == b" and half\n\n" and content.done
    assert proxy.wait_exit(5) == 0


def test_an_event_stream_without_chunks_ends_with_its_connection(launch, backend):
    proxy = launch(settings(backend, drain={"period": "500ms"}))
    client, server, _ = asked(proxy.port, backend, plain())
    server.send(answer(200, ("Content-Type", "text/event-stream"), length=False) + b"data: 1\n\n")
    _, rest = head_of(client.receive_until(b"data: 1\n\n"))
    assert EventReader().take(rest) == [("message", "1", None)]
    drain(proxy)
    assert client.read_rest() == b"" and client.end == "fin"
    assert proxy.wait_exit(5) == 0


def test_l12_a_busy_crowd_sees_no_half_answer_and_each_last_one_says_close(launch):
    """A request that crosses its connection's end in flight may go unanswered; an answer that began comes whole."""
    body = b"x" * 20_000
    with AnsweringBackend(lambda message: answer(200, body=body)) as backend:
        proxy = launch(settings(backend, drain={"period": "2s"}))
        halves, answered, closing = [], [], []

        def crowd():
            connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
            while True:
                try:
                    connection.request("GET", "/")
                    response = connection.getresponse()
                except (OSError, http.client.HTTPException):
                    return
                try:
                    got = response.read()
                except (OSError, http.client.HTTPException) as error:
                    halves.append(error)
                    return
                if got != body or response.status != 200:
                    halves.append((response.status, len(got)))
                answered.append(response.status)
                if response.will_close:
                    closing.append(response.status)
                    return

        threads = [threading.Thread(target=crowd) for _ in range(10)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answered) > 100, 10, what="a crowd under way")
        watch = drain(proxy)
        for thread in threads:
            thread.join(5)
        assert not halves, halves[:3]
        assert not any(thread.is_alive() for thread in threads)
        assert closing, "no answer during the drain said that it was the last one"
        assert proxy.wait_exit(5) == 0
        assert watch.seconds < 5

"""Many requests of one client's connection: in turn, one answer at a time, for as long as both sides want."""

import threading

import pytest

from harness.answering import AnsweringBackend
from harness.heads import answer, plain
from harness.memory_peak import MemoryPeak
from harness.messages import asked, chunked, read_answer, serving
from harness.process import MiB
from harness.settings import settings
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")


def echo(message):
    """The request's target, and a body of `?size` bytes besides."""
    _, _, size = message.head.target.partition("?")
    return answer(200, body=message.head.target.encode() + b" " + message.body + b"x" * int(size or 0))


@pytest.fixture(scope="module")
def answering():
    with AnsweringBackend(echo) as backend:
        yield backend


@pytest.fixture(scope="module")
def served(answering, launch_once, certificates):
    return launch_once(settings(answering, tls=certificates))


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_hundred_requests_go_over_one_connection(served, authority, secure):
    before = served.metric("tidegate_connections_total")
    port, tls = (served.secure_port, authority.client_context()) if secure else (served.port, None)
    client = Wire.connect(port, tls=tls)
    for number in range(100):
        client.send(plain(f"/{number}", method="POST", extra=[("Content-Length", "4")], body=b"%04d" % number))
        got = read_answer(client)
        assert got.body == b"/%d %04d" % (number, number)
        assert "close" not in got.head.tokens("Connection")
    served.wait_metric("tidegate_connections_total", before + 1)


@pytest.mark.parametrize("bytewise", [False, True], ids=["in one segment", "byte by byte"])
def test_pipelined_requests_are_answered_in_order(served, bytewise):
    requests = b"".join([
        plain("/1"), plain("/2", method="POST", extra=[("Content-Length", "3")], body=b"two"), b"\r\n",
        plain("/3", method="POST", extra=[CHUNKED], body=chunked(b"th", b"ree", trailers=b"X-Late: 1\r\n")),
        plain("/4", method="HEAD"), plain("/5", extra=[("Content-Length", "0")]), plain("/6?5000")])
    client = Wire.connect(served.port)
    (client.send_bytewise if bytewise else client.send)(requests)
    assert read_answer(client).body == b"/1 "
    assert read_answer(client).body == b"/2 two"
    assert read_answer(client).body == b"/3 three"
    head = read_answer(client, method="HEAD")
    assert head.status == 200 and head.body == b""
    assert read_answer(client).body == b"/5 "
    assert read_answer(client).body == b"/6?5000 " + b"x" * 5000
    assert client.is_silent()


def test_the_second_of_two_pipelined_requests_waits_until_the_first_is_answered(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain("/slow") + plain("/quick"))
    assert server.is_silent(0.1) and backend.is_untouched(), "the second request went on before the first was answered"
    server.send(answer(200, body=b"slow"))
    assert read_answer(client).body == b"slow"
    again = serving(server, backend)
    assert again.read_head().target == "/quick"
    again.send(answer(200, body=b"quick"))
    assert read_answer(client).body == b"quick"


@pytest.mark.timeout(60)
def test_h44_ten_thousand_pipelined_requests_whose_answers_nobody_reads_cost_their_bound(served, answering):
    """The proxy stops reading requests while answers stand; read in the end, each has its own answer."""
    count, size = 10_000, 4096
    before = len(answering.requests)
    data = b"".join(plain(f"/{number}?{size}") for number in range(count))
    with MemoryPeak(served.process) as memory:
        client = Wire.connect(served.port, receive_buffer=8192)
        sender = threading.Thread(target=lambda: client.sock.sendall(data), daemon=True)
        client.sock.settimeout(40)
        sender.start()
        asked_for = _standing(lambda: len(answering.requests) - before)
        assert 0 < asked_for < count, f"{asked_for} requests went on although nobody read an answer"
    memory.assert_grown_at_most(4 * MiB)
    for number in range(count):
        expected = b"/%d?%d " % (number, size)
        got = read_answer(client, deadline=20)
        assert got.status == 200 and got.body.startswith(expected) and len(got.body) == len(expected) + size
    sender.join(5)


def _standing(count, quiet=0.5, deadline=15):
    last, since = count(), Stopwatch()

    def still():
        nonlocal last, since
        if (now := count()) != last:
            last, since = now, Stopwatch()
        return last and since.seconds >= quiet

    wait_until(still, deadline, lambda: f"{last} requests and more", interval=0.05)
    return last


@pytest.mark.parametrize("request_", [
    plain("/x", extra=[("Connection", "close")]), plain("/x", extra=[("Connection", "Keep-Alive, CLOSE")]),
    plain("/x", version="HTTP/1.0"),
], ids=["close", "close among others", "HTTP/1.0"])
def test_a_client_that_wants_one_answer_gets_one_and_the_end(served, request_):
    client = Wire.connect(served.port)
    client.send(request_ + plain("/never"))
    got = read_answer(client)
    assert got.body == b"/x " and "close" in got.head.tokens("Connection")
    assert client.read_rest() == b"" and client.end in ("fin", "reset")


def test_the_connection_to_the_backend_is_not_the_clients_to_close(proxy, backend):
    """`Connection: close` is between the client and the proxy."""
    client, server, head = asked(proxy.port, backend, plain(extra=[("Connection", "close")]))
    assert "close" not in head.tokens("Connection")
    server.send(answer(200, body=b"ok"))
    assert read_answer(client).body == b"ok"


def test_half_a_connection_is_enough_for_an_answer(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain())
    client.half_close()
    assert server.is_silent(0.3), "the client's FIN was taken for its leaving"
    server.send(answer(200, ("Content-Length", "10"), length=False) + b"01234")
    assert client.read_head().status == 200
    server.send(b"56789")
    assert client.read_rest() == b"0123456789" and client.end == "fin"


def test_requests_pipelined_before_a_half_close_are_all_answered(served):
    client = Wire.connect(served.port)
    client.send(b"".join(plain(f"/{number}") for number in range(20)))
    client.half_close()
    for number in range(20):
        assert read_answer(client).body == b"/%d " % number
    assert client.read_rest() == b"" and client.end == "fin"


def test_a_client_that_half_closes_inside_its_body_frees_the_backend(proxy, backend):
    client, server, _ = asked(proxy.port, backend, plain(method="POST", extra=[("Content-Length", "100")], body=b"only this"))
    assert server.receive(9) == b"only this"
    client.half_close()
    assert server.wait_end(deadline=3) in ("fin", "reset")
    assert client.wait_end() in ("fin", "reset")


def test_a_client_that_half_closes_between_requests_is_closed_at_once(served):
    client = Wire.connect(served.port)
    client.send(plain("/1"))
    assert read_answer(client).body == b"/1 "
    watch = Stopwatch()
    client.half_close()
    assert client.read_rest(deadline=3) == b""
    assert watch.seconds < 2

"""Deadlines of plain requests: each ends what it is for, and no trickle of bytes stretches it."""

import time

import pytest

from harness.bulk import Body, Source
from harness.heads import answer, plain
from harness.messages import asked, chunk, read_answer
from harness.settings import settings
from harness.waiting import Stopwatch
from harness.wire import Wire

CHUNKED = ("Transfer-Encoding", "chunked")
WINDOW = 0.7


@pytest.fixture(scope="module")
def strict(backend, launch_once):
    """Everything within 700 ms."""
    return launch_once(settings(backend, timeouts={
        "handshake": "700ms", "response": "700ms", "keep_alive": "700ms", "body": "700ms", "half_close": "700ms"}))


def post(size):
    return plain(method="POST", extra=[("Content-Length", str(size))])


def trickle(wire, data, every=0.1, seconds=6.0):
    """Sends a byte every so often until the peer has something to say or ends; gives how long that took."""
    watch = Stopwatch()
    for at in range(len(data)):
        try:
            wire.send(data[at:at + 1])
        except OSError:
            break
        if wire.wait_readable(every):
            break
        assert watch.seconds < seconds, f"a trickle was taken for {seconds} s"
    return watch.seconds


def within(watch):
    return WINDOW * 0.6 < watch.seconds < WINDOW + 2.5


def test_a_backend_that_never_answers_becomes_504(strict, backend):
    before = strict.metric("tidegate_request_failures_total", reason="response_timeout")
    client, server, _ = asked(strict.port, backend, plain())
    watch = Stopwatch()
    got = read_answer(client)
    assert got.status == 504 and "close" in got.head.tokens("Connection")
    assert within(watch)
    assert server.wait_end() in ("fin", "reset")
    strict.wait_metric("tidegate_request_failures_total", before + 1, reason="response_timeout")


def test_a_head_that_comes_byte_by_byte_does_not_stretch_the_answers_deadline(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    watch = Stopwatch()
    trickle(server, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100)
    assert read_answer(client).status == 504
    assert within(watch)


def test_without_its_own_key_the_answers_deadline_is_the_handshakes(launch, backend):
    proxy = launch(settings(backend, timeouts={"handshake": "700ms"}))
    client, _, _ = asked(proxy.port, backend, plain())
    watch = Stopwatch()
    assert read_answer(client).status == 504
    assert within(watch)


def test_the_deadline_of_the_answer_begins_when_the_body_has_been_sent(strict, backend):
    """A long upload is no slow backend."""
    client, server, _ = asked(strict.port, backend, post(16 * 4096))
    for _ in range(16):
        client.send(bytes(4096))
        assert server.receive(4096) == bytes(4096)
        assert not client.wait_readable(0.1), "refused inside a body that was coming"
    server.send(answer(200, body=b"all here"))
    assert read_answer(client).body == b"all here"


def test_a_connection_that_waits_between_requests_is_closed_in_time(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    server.send(answer(200, body=b"ok"))
    assert read_answer(client).body == b"ok"
    watch = Stopwatch()
    assert client.read_rest() == b"" and client.end == "fin"
    assert within(watch)


def test_r2_the_head_of_a_later_request_has_its_deadline_too(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    server.send(answer(200, body=b"ok"))
    assert read_answer(client).body == b"ok"
    watch = Stopwatch()
    trickle(client, plain("/" + "a" * 300))
    rest = client.read_rest()
    assert rest == b"" or rest.startswith(b"HTTP/1.1 408 ")
    assert within(watch)


@pytest.mark.parametrize("chunks", [False, True], ids=["length", "chunked"])
def test_r3_a_body_that_trickles_is_answered_408_and_frees_the_backend(strict, backend, chunks):
    request = plain(method="POST", extra=[CHUNKED]) if chunks else post(100_000)
    data = chunk(b"x") * 100 if chunks else bytes(100)
    client, server, _ = asked(strict.port, backend, request)
    watch = Stopwatch()
    trickle(client, data)
    got = read_answer(client)
    assert got.status == 408 and "close" in got.head.tokens("Connection")
    assert within(watch)
    server.read_rest()
    assert server.end in ("fin", "reset")


def test_r3_a_body_that_stops_behind_its_answers_head_cuts_the_answer(strict, backend):
    client, server, _ = asked(strict.port, backend, post(100_000))
    server.send(answer(200, CHUNKED, length=False) + chunk(b"so far"))
    assert client.read_head().status == 200
    watch = Stopwatch()
    assert not client.read_rest().endswith(b"0\r\n\r\n")
    assert within(watch)
    assert server.wait_end() in ("fin", "reset")


@pytest.fixture(scope="module")
def impatient(backend, launch_once):
    """Bodies have 700 ms, everything else has time."""
    return launch_once(settings(backend, timeouts={"handshake": "30s", "response": "60s", "body": "700ms"}))


def test_r6_a_backend_that_takes_nothing_of_a_body_is_504_and_not_its_clients_fault(impatient, backend):
    size = 64 << 20
    client, server, _ = asked(impatient.port, backend, post(size))
    assert client.send_until_blocked(bytes(65536), limit=size) < size
    watch = Stopwatch()
    got = read_answer(client)
    assert got.status == 504, "the client was told off for its backend's slowness"
    assert watch.seconds < WINDOW + 2.5
    server.read_rest()
    assert server.end in ("fin", "reset")


def takes_slowly(wire, windows=3):
    """Takes 16 KiB ten times a second, for several windows: far more than what counts as nothing, far less than what the kernel
    holds for it. Gives the bytes it took; 0 as soon as the peer ends."""
    watch, taken = Stopwatch(), len(wire.held)
    wire.held.clear()
    wire.sock.settimeout(2)
    while watch.seconds < windows * WINDOW:
        try:
            data = wire.sock.recv(16384)
        except ConnectionError:
            data = b""
        if not data:
            return 0
        taken += len(data)
        time.sleep(0.1)
    return taken


def test_r5_a_client_that_takes_its_answer_slowly_but_steadily_is_not_cut(impatient, backend):
    """What the kernel has taken off the proxy's hands says little: only what the peer has acknowledged is progress."""
    client = Wire.connect(impatient.port, receive_buffer=65536)
    client.send(plain())
    server, _ = backend.request()
    source = Source(server.sock, Body(256 << 20))
    server.send(answer(200, ("Content-Length", str(256 << 20)), length=False))
    source.start()
    assert takes_slowly(client) > 0, "a client that reads 160 KiB a second was cut"
    client.reset()
    source.join(5)


def test_r6_a_backend_that_takes_a_body_slowly_but_steadily_is_not_given_up(impatient, backend):
    client, server, _ = asked(impatient.port, backend, post(256 << 20))
    source = Source(client.sock, Body(256 << 20))
    source.start()
    assert takes_slowly(server) > 0, "a backend that reads 160 KiB a second was given up"
    client.reset()
    source.join(5)


def test_r5_a_client_that_takes_nothing_of_its_answer_is_cut(strict, backend):
    client = Wire.connect(strict.port, receive_buffer=4096)
    client.send(plain())
    server, _ = backend.request()
    server.send(answer(200, ("Content-Length", str(1 << 30)), length=False))
    taken = server.send_until_blocked(bytes(65536), limit=1 << 30)
    assert taken < 64 << 20, "the backend was never stopped"
    watch = Stopwatch()
    assert server.wait_end() in ("fin", "reset")
    assert watch.seconds < WINDOW + 4
    strict.wait_metric("tidegate_connections_active", 0)


def test_an_answer_that_takes_long_between_its_parts_goes_on_within_its_deadline(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    server.send(answer(200, ("Content-Length", "3"), length=False))
    assert client.read_head().status == 200
    for part in (b"a", b"b", b"c"):
        assert client.is_silent(0.35)
        server.send(part)
        assert client.receive(1) == part


def test_an_answer_that_stops_inside_its_body_is_cut_after_the_deadline(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    server.send(answer(200, ("Content-Length", "10"), length=False) + b"some")
    assert client.read_head().status == 200
    watch = Stopwatch()
    assert client.read_rest() == b"some"
    assert within(watch)
    assert server.wait_end() in ("fin", "reset")


def test_r7_an_event_stream_may_be_silent_for_longer_than_any_answer(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    server.send(answer(200, ("Content-Type", "text/event-stream"), CHUNKED, length=False))
    assert client.read_head().status == 200
    assert client.is_silent(1.5), "an idle event stream was ended"
    server.send(chunk(b"data: late\n\n"))
    assert client.receive_until(b"\n\n").endswith(b"data: late\n\n")


def test_r12_a_client_that_half_closed_is_not_waited_for_for_ever(strict, backend):
    client, server, _ = asked(strict.port, backend, plain())
    client.half_close()
    watch = Stopwatch()
    rest = client.read_rest()
    assert rest == b"" or rest.startswith(b"HTTP/1.1 504 ")
    assert within(watch)
    assert server.wait_end() in ("fin", "reset")


def test_r12_half_close_bounds_the_wait_for_an_answer(launch, backend):
    proxy = launch(settings(backend, timeouts={"response": "60s", "half_close": "700ms"}))
    client, server, _ = asked(proxy.port, backend, plain())
    client.half_close()
    watch = Stopwatch()
    client.read_rest()
    assert within(watch)
    assert server.wait_end() in ("fin", "reset")

"""Ends that do not read: memory stays flat, senders are stopped, nothing is lost."""

import pytest

from harness.answering import AnsweringBackend
from harness.bulk import Body, Sink, Source
from harness.flood import stalled
from harness.heads import answer, plain
from harness.memory_peak import MemoryPeak
from harness.messages import Message, asked, chunked, read_answer, read_body
from harness.process import MiB
from harness.raw_backend import RawBackend
from harness.settings import settings
from harness.wire import Wire

GiB = 1024 * MiB


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
def test_a_reader_that_stops_stops_its_backend_and_later_gets_every_byte(launch, certificates, authority, secure):
    with RawBackend(send_buffer=65536) as backend:
        proxy = launch(settings(backend, tls=certificates))
        body = Body(48 * MiB)
        port, tls = (proxy.secure_port, authority.client_context()) if secure else (proxy.port, None)
        client = Wire.connect(port, tls=tls, receive_buffer=16384)
        client.send(plain())
        server, _ = backend.request()
        with MemoryPeak(proxy.process) as memory:
            server.send(answer(200, ("Content-Length", str(body.size)), length=False))
            source = Source(server.sock, body)
            source.start()
            sent = stalled(lambda: source.sent)
            assert 0 < sent < body.size, "the backend was never stopped"
            proxy.wait_metric("tidegate_streams_active", 1, pool="main", kind="body")
            client.read_head()
            sink = Sink(client.sock, body.size, held=_taken(client))
            sink.start()
            source.finish()
            assert sink.finish() == body.sha256
        memory.assert_grown_at_most(4 * MiB)


def _taken(wire):
    held = bytes(wire.held)
    wire.held.clear()
    return held


def test_a_backend_that_stops_reading_stops_its_client_and_later_gets_every_byte(launch):
    with RawBackend(receive_buffer=8192) as backend:
        proxy = launch(settings(backend))
        body = Body(48 * MiB)
        client, server, _ = asked(proxy.port, backend, plain(method="PUT", extra=[("Content-Length", str(body.size))]))
        with MemoryPeak(proxy.process) as memory:
            source = Source(client.sock, body)
            source.start()
            sent = stalled(lambda: source.sent)
            assert 0 < sent < body.size, "the client was never stopped"
            sink = Sink(server.sock, body.size, held=_taken(server))
            sink.start()
            source.finish()
            assert sink.finish() == body.sha256
        memory.assert_grown_at_most(4 * MiB)
        server.send(answer(200, body=b"taken"))
        client.sock.settimeout(5)
        assert read_answer(client).body == b"taken"


def test_a_chunk_may_be_larger_than_any_buffer(proxy, backend):
    """One chunk of 8 MiB and ten thousand chunks of a byte, both ways."""
    for body in (chunked(bytes(8 * MiB)), chunked(*[b"%d" % (number % 10) for number in range(10_000)])):
        client = Wire.connect(proxy.port)
        source = Source(client.sock, [plain(method="POST", extra=[("Transfer-Encoding", "chunked")]) + body])
        source.start()
        server, head = backend.request()
        request = read_body(server, Message(head), deadline=20)
        source.finish()
        assert request.whole
        back = Source(server.sock, [answer(200, ("Transfer-Encoding", "chunked"), length=False) + body])
        back.start()
        got = read_answer(client, deadline=20)
        back.finish()
        assert got.whole and got.body == request.body
        assert len(got.body) in (8 * MiB, 10_000)
        client.close()
        server.close()


def test_60_clients_that_never_read_cost_no_more_than_the_sum_of_their_bounds(launch):
    """Each asked for far more than the kernel takes off the proxy's hands."""
    count, part, given = 60, bytes(65536), []

    def endless(message):
        yield answer(200, ("Content-Length", str(GiB)), length=False)
        for _ in range(GiB // len(part)):
            given.append(len(part))
            yield part

    with AnsweringBackend(endless, send_buffer=16384) as backend:
        proxy = launch(settings(backend, limits={"buffer": "64KiB"}))
        with MemoryPeak(proxy.process) as memory:
            clients = []
            for number in range(count):
                client = Wire.connect(proxy.port, receive_buffer=4096)
                client.send(plain(f"/{number}"))
                clients.append(client)
            proxy.wait_metric("tidegate_streams_active", count, deadline=30, kind="body")
            taken = stalled(lambda: sum(given), deadline=30)
            assert 0 < taken < count * 64 * MiB, "the backends were never stopped"
            assert proxy.metric("tidegate_buffered_bytes") <= count * 65536
        memory.assert_grown_at_most(count * 2 * 65536)
        proxy.process.assert_no_busy_loop("it turns while everybody is stopped")
        for client in clients:
            client.close()
        proxy.wait_metric("tidegate_connections_active", 0, deadline=15)

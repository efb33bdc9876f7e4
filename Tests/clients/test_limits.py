"""Bounds an operator sets: the size of a message, the number of connections, the size of a head."""

import pytest

from harness.frames import BINARY, CONTINUATION, TEXT, frame
from harness.heads import upgrade
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.mark.parametrize("shape", ["one frame", "fragments"])
@pytest.mark.parametrize("direction", ["client", "backend"])
def test_a_message_over_max_message_is_closed_with_1009_to_both(launch, shape, direction):
    with RawBackend() as backend:
        proxy = launch(settings(backend, limits={"max_message": "4KiB"}))
        client, server = backend.tunnel(proxy.port)
        source = client if direction == "client" else server
        masked = direction == "client"
        fitting = frame(BINARY, bytes(4096), masked=masked)
        source.send(fitting)
        sink = server if direction == "client" else client
        assert sink.receive(len(fitting)) == fitting
        if shape == "one frame":
            source.send(frame(BINARY, bytes(4097), masked=masked))
        else:
            source.send(frame(BINARY, bytes(2048), fin=False, masked=masked))
            source.send(frame(CONTINUATION, bytes(2049), masked=masked))
        assert _next_close(client).code == 1009
        assert _next_close(server).code == 1009
        client.close()
        server.close()
        proxy.wait_metric("tidegate_limits_hit_total", lambda value: value >= 1)


def _next_close(wire):
    while (got := wire.read_frame()).opcode != 8:
        pass
    return got


def test_a_close_toward_the_backend_is_masked_and_one_toward_the_client_is_not(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, limits={"max_message": "1KiB"}))
        client, server = backend.tunnel(proxy.port)
        client.send(frame(BINARY, bytes(2000), masked=True))
        assert not _next_close(client).masked
        assert _next_close(server).masked


def test_without_max_message_nothing_is_too_big(proxy, backend):
    client, server = backend.tunnel(proxy.port)
    big = frame(TEXT, b"x" * (1 << 20), masked=True)
    client.sock.settimeout(10)
    client.send(big)
    assert server.receive(len(big)) == big


def test_max_connections_turns_the_next_one_away_and_takes_one_again_later(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, limits={"max_connections": 3}))
        tunnels = [backend.tunnel(proxy.port) for _ in range(3)]
        refused = ask(proxy.port, upgrade())
        assert refused.status in (503, None)
        assert proxy.metric("tidegate_connections_refused_total") >= 1
        client, server = tunnels[0]
        client.send(frame(TEXT, b"still here", masked=True))
        assert server.read_frame().payload == b"still here"
        client.close()
        server.close()

        def opens():
            again = Wire.connect(proxy.port)
            again.send(upgrade())
            try:
                backend.request(deadline=0.3)
            except AssertionError:
                return False
            return True

        wait_until(opens, 5, what="a tunnel after one had ended")


def test_max_head_and_max_headers_are_what_the_file_says(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend, limits={"max_head": "2KiB", "max_headers": 10}))
        assert_refused(ask(proxy.port, upgrade(extra=[("X-Big", "a" * 2048)])), 431)
        assert_refused(ask(proxy.port, upgrade(extra=[(f"X-{n}", "a") for n in range(6)])), 400, 431)
        assert backend.is_untouched()
        client, _ = backend.tunnel(proxy.port, extra=[(f"X-{n}", "a") for n in range(5)])
        assert client.is_silent()

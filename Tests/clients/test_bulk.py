"""Tunnels that carry much, one worker for all of them: nothing is lost, neither of theirs nor of what others say meanwhile. How long those
wait is not proved here: these senders are slower than the proxy, and let it rest between."""

import ssl

import pytest

from harness.bulk import Body, Sink, Source
from harness.frames import BINARY, frame
from harness.process import MiB
from harness.raw_backend import RawBackend
from harness.settings import settings

TUNNELS = 6
SIZE = 40 * MiB
# Of the messages between: some bytes, and more than one read takes.
SIZES = 20, 300_000


def own(sock):
    """What a thread may set its timeout of while another one uses the socket the other way. No such thing is there of one over TLS."""
    return sock if isinstance(sock, ssl.SSLSocket) else sock.dup()


class OneMessage:
    """One binary message of `SIZE` bytes under way from one end of a tunnel to the other. What its mask is does not matter: none is
    put on or taken off on the way."""

    def __init__(self, sender, receiver, *, masked):
        head = frame(BINARY, masked=masked, length=SIZE)
        self._body = Body(SIZE)
        self._source = Source(own(sender.sock), self._body)
        sender.send(head)
        assert receiver.receive(len(head)) == head
        self._sink = Sink(own(receiver.sock), SIZE, held=bytes(receiver.held))
        receiver.held.clear()
        self._sink.start()
        self._source.start()

    @property
    def is_under_way(self):
        return 0 < self._sink.received < SIZE

    def finish(self):
        self._source.finish()
        assert self._sink.finish() == self._body.sha256


def echo(client, server, payload):
    """There and back, each within the deadline of a wire."""
    client.send(frame(BINARY, payload, masked=True, mask=bytes(4)))
    assert server.read_frame().payload == payload
    server.send(frame(BINARY, payload))
    assert client.read_frame().payload == payload


def carry(tunnels, other, *, to_client=False, to_backend=False):
    messages = []
    if to_client:
        messages += [OneMessage(server, client, masked=False) for client, server in tunnels]
    if to_backend:
        messages += [OneMessage(client, server, masked=True) for client, server in tunnels]
    between = {size: 0 for size in SIZES}
    for number in range(20):
        for size in SIZES:
            echo(*other, bytes([number]) * size)
            between[size] += any(message.is_under_way for message in messages)
    for message in messages:
        message.finish()
    # They did speak meanwhile.
    assert all(between.values()), between
    # They are tunnels as before.
    for tunnel in tunnels:
        echo(*tunnel, b"as before")


@pytest.mark.parametrize("buffer", ["4KiB", "64KiB", "256KiB"])
@pytest.mark.parametrize("direction", ["to the client", "to the backend", "both ways"])
def test_bulk_of_several_tunnels_arrives_whole_while_another_speaks(launch, direction, buffer):
    with RawBackend() as backend:
        proxy = launch(settings(backend, workers=1, limits={"buffer": buffer}))
        other = backend.tunnel(proxy.port)
        tunnels = [backend.tunnel(proxy.port) for _ in range(TUNNELS)]
        carry(tunnels, other, to_client=direction != "to the backend", to_backend=direction != "to the client")
        proxy.process.assert_no_busy_loop("it turns although nobody says anything")


@pytest.mark.parametrize("direction", ["to_client", "to_backend"])
def test_bulk_of_several_tunnels_over_tls_arrives_whole_while_another_speaks(launch, certificates, authority, direction):
    with RawBackend() as backend:
        proxy = launch(settings(backend, tls=certificates, workers=1))
        other = backend.tunnel(proxy.secure_port, tls=authority.client_context())
        tunnels = [backend.tunnel(proxy.secure_port, tls=authority.client_context()) for _ in range(TUNNELS)]
        carry(tunnels, other, **{direction: True})

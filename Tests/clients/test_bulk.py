"""Tunnels that carry all that the proxy can, one worker for all of them: nothing is lost, and a short message goes between."""

import ssl

import pytest

from harness.bulk import Body, Sink, Source
from harness.frames import BINARY, TEXT, frame
from harness.process import MiB
from harness.raw_backend import RawBackend
from harness.settings import settings

TUNNELS = 6
SIZE = 40 * MiB


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
    def received(self):
        return self._sink.received

    def finish(self):
        self._source.finish()
        assert self._sink.finish() == self._body.sha256


def echo(client, server, number):
    """There and back, each within the deadline of a wire."""
    client.send(frame(TEXT, b"%d" % number, masked=True))
    assert server.read_frame().payload == b"%d" % number
    server.send(frame(TEXT, b"%d" % number))
    assert client.read_frame().payload == b"%d" % number


def carry(tunnels, other, *, to_client=False, to_backend=False):
    messages = []
    if to_client:
        messages += [OneMessage(server, client, masked=False) for client, server in tunnels]
    if to_backend:
        messages += [OneMessage(client, server, masked=True) for client, server in tunnels]
    for number in range(20):
        echo(*other, number)
    for message in messages:
        message.finish()
    # They are tunnels as before.
    for number, tunnel in enumerate(tunnels):
        echo(*tunnel, number)


@pytest.mark.parametrize("buffer", ["4KiB", "64KiB", "256KiB"])
@pytest.mark.parametrize("direction", ["to the client", "to the backend", "both ways"])
def test_bulk_of_several_tunnels_arrives_whole_and_an_echo_goes_between(launch, direction, buffer):
    with RawBackend() as backend:
        proxy = launch(settings(backend, workers=1, limits={"buffer": buffer}))
        other = backend.tunnel(proxy.port)
        tunnels = [backend.tunnel(proxy.port) for _ in range(TUNNELS)]
        carry(tunnels, other, to_client=direction != "to the backend", to_backend=direction != "to the client")
        proxy.process.assert_no_busy_loop("it turns although nobody says anything")


@pytest.mark.parametrize("direction", ["to_client", "to_backend"])
def test_bulk_of_several_tunnels_over_tls_arrives_whole_and_an_echo_goes_between(launch, certificates, authority, direction):
    with RawBackend() as backend:
        proxy = launch(settings(backend, tls=certificates, workers=1))
        other = backend.tunnel(proxy.secure_port, tls=authority.client_context())
        tunnels = [backend.tunnel(proxy.secure_port, tls=authority.client_context()) for _ in range(TUNNELS)]
        carry(tunnels, other, **{direction: True})

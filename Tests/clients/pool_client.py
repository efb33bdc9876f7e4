"""Clients that know where they landed."""

import collections

from harness.frames import CLOSE, TEXT, close_frame, frame
from harness.heads import plain, upgrade
from harness.messages import read_answer
from harness.wire import Ended, Wire


class Tunnel:
    """An open tunnel to a `PoolBackend`; `backend` is the label of the one it landed on. It lasts as long as a play holds it."""

    def __init__(self, wire, head):
        self.wire, self.head, self.backend = wire, head, head.one("X-Backend")

    def echoes(self, text=b"hello"):
        """What is sent comes back."""
        self.wire.send(frame(TEXT, text, masked=True))
        got = self.wire.read_frame()
        assert (got.opcode, got.payload) == (TEXT, text), got

    def close_code(self, deadline=5.0):
        """The code of the Close that comes; it is answered, and the connection has ended. 1006 for an end without a Close."""
        try:
            while (got := self.wire.read_frame(deadline)).opcode != CLOSE:
                pass
        except Ended:
            return 1006
        try:
            self.wire.send(close_frame(got.code, masked=True))
        except OSError:
            pass
        self.wire.wait_end()
        self.wire.close()
        return got.code

    def is_closing(self):
        """Whether something came: a Close, as nobody speaks to it unasked."""
        return bool(self.wire.held) or self.wire.wait_readable(0)

    def leave(self):
        """Says goodbye and waits for the answer."""
        self.wire.send(close_frame(1000, masked=True))
        while self.wire.read_frame().opcode != CLOSE:
            pass
        self.wire.wait_end()
        self.wire.close()


def ask_for_tunnel(port, target="/", *, tls=None, extra=(), change=None):
    """Sends the upgrade, and reads nothing."""
    wire = Wire.connect(port, tls=tls)
    wire.send(upgrade(target, extra=extra, change=change))
    return wire


def answered(wire, deadline=None):
    """The tunnel that was asked for."""
    head = wire.read_head(deadline)
    assert head.status == 101, head.raw
    return Tunnel(wire, head)


def opened(port, target="/", *, deadline=None, **options):
    return answered(ask_for_tunnel(port, target, **options), deadline)


def opened_many(port, count, target="/", **options):
    return [opened(port, target, **options) for _ in range(count)]


def landed(tunnels):
    """How many of them each backend has."""
    return collections.Counter(tunnel.backend for tunnel in tunnels)


def refused(port, target="/", *, deadline=None, **options):
    """The head of an answer that is no 101."""
    wire = ask_for_tunnel(port, target, **options)
    head, _ = _answer(wire, deadline)
    assert head.status != 101, head.raw
    wire.close()
    return head


def fetched(port, target="/", *, tls=None, extra=(), host="site.test"):
    """The head of a plain request's answer."""
    wire = Wire.connect(port, tls=tls)
    wire.send(plain(target, host=host, extra=[("Connection", "close"), *extra]))
    head, _ = _answer(wire)
    wire.close()
    return head


def _answer(wire, deadline=None):
    message = read_answer(wire, deadline=deadline)
    return message.head, message.body


def close_all(tunnels):
    for tunnel in tunnels:
        tunnel.leave()

"""A backend that hangs."""

import contextlib
import socket


@contextlib.contextmanager
def full(port):
    """Fills the queue of connections of whoever listens there with a backlog of 0: one more dial gets no answer at all."""
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield


@contextlib.contextmanager
def deaf_port():
    """A port of a backend that never accepts, and whose queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        with full(port):
            yield port

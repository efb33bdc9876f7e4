"""A backend that the play itself speaks for: it sees every byte that reached it and answers what the play says."""

import socket
import weakref

from .heads import switching, upgrade
from .waiting import Missed
from .wire import Wire


class RawBackend:
    _open = weakref.WeakSet()

    def __init__(self, *, port=0, backlog=1024, receive_buffer=None, send_buffer=None):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if receive_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if send_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        self.sock.bind(("127.0.0.1", port))
        self.sock.listen(backlog)
        self.port = self.sock.getsockname()[1]
        self.wires = []
        RawBackend._open.add(self)

    @classmethod
    def drain_all(cls):
        """Closes the connections that still wait at the backends which play on."""
        for backend in list(cls._open):
            while not backend.is_untouched():
                pass

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    @property
    def label(self):
        return f"127.0.0.1:{self.port}"

    def accept(self, deadline=5.0):
        """The next connection that reached this backend."""
        self.sock.settimeout(deadline)
        try:
            sock, _ = self.sock.accept()
        except TimeoutError:
            raise Missed("no connection reached the backend") from None
        wire = Wire(sock)
        self.wires.append(wire)
        return wire

    def is_untouched(self):
        """True when no connection waits here. Ask only after the proxy has answered, or it proves nothing."""
        self.sock.setblocking(False)
        try:
            sock, _ = self.sock.accept()
        except BlockingIOError:
            return True
        sock.close()
        return False

    def request(self, deadline=5.0):
        """The next connection and the head it sent."""
        wire = self.accept(deadline)
        return wire, wire.read_head()

    def tunnel(self, port, target="/", *, request=None, tls=None, receive_buffer=None, extra=()):
        """Opens a tunnel through the proxy on `port`: its client's end and its backend's end, both past the 101."""
        client = Wire.connect(port, tls=tls, receive_buffer=receive_buffer)
        client.send(request or upgrade(target, extra=extra))
        server, head = self.request()
        server.send(switching(head.one("Sec-WebSocket-Key")))
        answer = client.read_head()
        assert answer.status == 101, answer.raw
        return client, server

    def close(self):
        for wire in self.wires:
            wire.close()
        RawBackend._open.discard(self)
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

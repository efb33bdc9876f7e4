"""One end of a TCP (or TLS) connection, in exact bytes and with deadlines on everything."""

import select
import socket
import ssl
import struct
import time
import weakref

from .frames import Frame, apply_mask
from .heads import Head
from .waiting import Missed


class Ended(AssertionError):
    """The peer ended the connection before what was asked for had arrived."""


class Wire:
    """A connected socket. Reads keep what they did not need; nothing is interpreted that a play did not ask for."""

    deadline = 5.0
    _open = weakref.WeakSet()

    def __init__(self, sock):
        self.sock = sock
        Wire._open.add(self)
        self.held = bytearray()
        self.end = None
        sock.settimeout(self.deadline)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def connect(cls, port, *, tls=None, server_name="site.test", receive_buffer=None, host="127.0.0.1"):
        sock = socket.socket()
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(cls.deadline)
        try:
            sock.connect((host, port))
            if tls is not None:
                sock = tls.wrap_socket(sock, server_hostname=server_name, suppress_ragged_eofs=False)
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    # Sending

    def send(self, data):
        self.sock.sendall(data)

    def send_bytewise(self, data):
        for at in range(len(data)):
            self.sock.sendall(data[at:at + 1])

    def send_until_blocked(self, data, quiet=0.3, limit=1 << 30):
        """Sends `data` again and again until the peer has taken nothing for `quiet` seconds; gives the bytes taken."""
        taken, self_blocking = 0, self.sock.gettimeout()
        self.sock.setblocking(False)
        try:
            while taken < limit:
                view = memoryview(data)
                while view:
                    _, writable, _ = select.select([], [self.sock], [], quiet)
                    if not writable:
                        return taken
                    try:
                        sent = self.sock.send(view)
                    except BlockingIOError:
                        continue
                    taken += sent
                    view = view[sent:]
        finally:
            self.sock.settimeout(self_blocking)
        return taken

    # Receiving

    def wait_readable(self, seconds):
        """True once something has arrived, False when nothing did for `seconds`."""
        return bool(select.select([self.sock], [], [], seconds)[0])

    def _fill(self, end):
        """Receives something into `held`; False at the end of the stream, `Missed` past the moment `end`."""
        if self.end:
            return False
        left = end - time.monotonic()
        if left <= 0:
            raise Missed(f"nothing more came in time; held so far: {bytes(self.held[:200])!r}")
        self.sock.settimeout(left)
        try:
            data = self.sock.recv(1 << 18)
        except (TimeoutError, ssl.SSLWantReadError):
            raise Missed(f"nothing more came in time; held so far: {bytes(self.held[:200])!r}") from None
        except ssl.SSLError:
            self.end = "truncated"
            return False
        except ConnectionError:
            self.end = "reset"
            return False
        if not data:
            self.end = "fin"
            return False
        self.held += data
        return True

    def receive(self, count, deadline=None):
        """Exactly `count` bytes."""
        end = time.monotonic() + (deadline or self.deadline)
        while len(self.held) < count:
            if not self._fill(end):
                raise Ended(f"{self.end} after {len(self.held)} of {count} bytes: {bytes(self.held[:200])!r}")
        taken = bytes(self.held[:count])
        del self.held[:count]
        return taken

    def receive_until(self, mark, deadline=None):
        end = time.monotonic() + (deadline or self.deadline)
        start = 0
        while (at := self.held.find(mark, max(0, start - len(mark)))) < 0:
            start = len(self.held)
            if not self._fill(end):
                raise Ended(f"{self.end} before {mark!r}: {bytes(self.held[:200])!r}")
        taken = bytes(self.held[:at + len(mark)])
        del self.held[:at + len(mark)]
        return taken

    def read_head(self, deadline=None):
        return Head(self.receive_until(b"\r\n\r\n", deadline))

    def read_frame(self, deadline=None):
        """One whole frame, its payload unmasked."""
        first, second = self.receive(2, deadline)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(self.receive(2 if length == 126 else 8, deadline), "big")
        mask = self.receive(4, deadline) if second & 0x80 else None
        payload = self.receive(length, deadline)
        if mask:
            payload = apply_mask(payload, mask)
        return Frame(first & 0x0F, payload, bool(first & 0x80), (first >> 4) & 7, mask is not None)

    def read_rest(self, deadline=None):
        """Everything up to the end of the stream; how it ended is in `end` ("fin", "reset" or "truncated")."""
        end = time.monotonic() + (deadline or self.deadline)
        while self._fill(end):
            pass
        rest = bytes(self.held)
        self.held.clear()
        return rest

    def wait_end(self, deadline=None):
        self.read_rest(deadline)
        return self.end

    def is_silent(self, seconds=0.15):
        """True when nothing at all comes for `seconds`: no byte and no end."""
        if self.held or self.end:
            return False
        try:
            self._fill(time.monotonic() + seconds)
        except Missed:
            return True
        return False

    # Ending

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Ends with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        self.sock.close()

    @classmethod
    def close_all(cls):
        """Closes every end a play left open."""
        for wire in list(cls._open):
            wire.close()
        cls._open.clear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

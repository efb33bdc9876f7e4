"""Bodies far larger than anybody may collect: made, hashed and compared part by part."""

import hashlib
import socket
import threading
import time

from .process import MiB


class Body:
    """`size` bytes that differ everywhere, given in parts of a MiB. `sha256` is known once all of them were given."""

    def __init__(self, size):
        self.size = size
        self._hash = hashlib.sha256()
        self._base = bytes(range(256)) * (MiB // 256)

    def __iter__(self):
        for at in range(0, self.size, MiB):
            part = (at.to_bytes(8, "big") + self._base)[:min(MiB, self.size - at)]
            self._hash.update(part)
            yield part

    @property
    def sha256(self):
        return self._hash.hexdigest()


class Sink(threading.Thread):
    """Takes `size` bytes off a socket and hashes them; `received` is how far it is, `complaint` what went wrong."""

    def __init__(self, sock, size, *, held=b"", timeout=30):
        super().__init__(daemon=True)
        self._sock, self._size, self._timeout = sock, size, timeout
        self._hash = hashlib.sha256(held)
        self.received, self.complaint = len(held), None

    def run(self):
        self._sock.settimeout(self._timeout)
        try:
            while self.received < self._size:
                data = self._sock.recv(min(1 << 18, self._size - self.received))
                if not data:
                    self.complaint = f"the end after {self.received} of {self._size} bytes"
                    return
                self._hash.update(data)
                self.received += len(data)
        except OSError as error:
            self.complaint = f"{error!r} after {self.received} bytes"

    def finish(self, deadline=60):
        """Waits for the last byte and gives the hash of all."""
        self.join(deadline)
        assert not self.is_alive(), f"{self.received} of {self._size} bytes after {deadline} s"
        assert self.complaint is None, self.complaint
        return self._hash.hexdigest()


class Source(threading.Thread):
    """Sends a `Body`; `sent` is how many bytes the kernel took, so it stands still while the peer does not read."""

    def __init__(self, sock, body, *, timeout=60):
        super().__init__(daemon=True)
        self._sock, self._body, self._timeout = sock, body, timeout
        self.sent, self.complaint = 0, None

    def run(self):
        self._sock.settimeout(0.5)
        end = time.monotonic() + self._timeout
        try:
            for part in self._body:
                view = memoryview(part)
                while view:
                    try:
                        count = self._sock.send(view)
                    except (TimeoutError, socket.timeout):
                        if time.monotonic() > end:
                            self.complaint = f"stood still at {self.sent} bytes"
                            return
                        continue
                    self.sent += count
                    view = view[count:]
        except OSError as error:
            self.complaint = f"{error!r} after {self.sent} bytes"

    def finish(self, deadline=60):
        self.join(deadline)
        assert not self.is_alive(), f"{self.sent} bytes sent after {deadline} s"
        assert self.complaint is None, self.complaint

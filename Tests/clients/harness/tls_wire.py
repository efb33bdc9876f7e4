"""A TLS client whose records are ours to cut, hold back and damage: OpenSSL over memory, the socket by hand."""

import ssl
import time

from .heads import Head
from .waiting import Missed
from .wire import Ended, Wire


class TLSWire:
    """Plain bytes go through `send` and `receive`; what goes over the socket can be cut into pieces of `piece` bytes."""

    def __init__(self, port, context, *, server_name="site.test", piece=None, session=None):
        self.wire = Wire.connect(port)
        self.piece = piece
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=server_name, session=session)
        self.held = bytearray()
        self.end = None
        self._until(self.tls.do_handshake)

    def flush(self):
        data = self.outgoing.read()
        step = self.piece or len(data) or 1
        for at in range(0, len(data), step):
            self.wire.send(data[at:at + step])

    def _take(self):
        """Ciphertext from the socket into OpenSSL; False at the end of the stream."""
        if not self.wire.held and not self.wire._fill(_deadline()):
            self.incoming.write_eof()
            return False
        self.incoming.write(bytes(self.wire.held))
        self.wire.held.clear()
        return True

    def _until(self, call, *arguments):
        while True:
            try:
                value = call(*arguments)
                self.flush()
                return value
            except ssl.SSLWantReadError:
                self.flush()
                if not self._take():
                    raise Ended(f"{self.wire.end} inside TLS") from None

    def send(self, data, *, record=16384):
        """Sends `data` in records of at most `record` bytes."""
        for at in range(0, len(data), record):
            self.tls.write(data[at:at + record])
        self.flush()

    def _fill(self):
        try:
            data = self._until(self.tls.read, 65536)
        except ssl.SSLZeroReturnError:
            data = b""
        except ssl.SSLError as error:
            self.end = f"tls: {error.reason}"
            raise Ended(self.end) from None
        if not data:
            self.end = "close_notify"
            raise Ended(f"close_notify; held: {bytes(self.held[:200])!r}")
        self.held += data

    def _cut(self, count):
        taken = bytes(self.held[:count])
        del self.held[:count]
        return taken

    def receive(self, count):
        while len(self.held) < count:
            self._fill()
        return self._cut(count)

    def receive_until(self, mark):
        while mark not in self.held:
            self._fill()
        return self._cut(self.held.index(mark) + len(mark))

    def read_head(self):
        return Head(self.receive_until(b"\r\n\r\n"))

    def close_notify(self):
        """Says close_notify and goes on reading."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            pass
        self.flush()

    def ending(self):
        """How the proxy ends its side: "close_notify", or what the socket did without one."""
        try:
            while True:
                self._fill()
        except Ended:
            return self.end or self.wire.end
        except Missed:
            return "open"


def _deadline():
    return time.monotonic() + Wire.deadline

"""Backends and clients that push, and ones that never read."""

import socket
import threading

from .frames import BINARY, PING, frame
from .heads import switching
from .wire import Wire


class FloodBackend:
    """Accepts every upgrade and pushes binary messages of `size` for as long as its sends go through.

    `pushed` holds, for each connection, the bytes the kernel took. The sockets' buffers are small, so that what is pushed
    beyond them stands in the proxy."""

    def __init__(self, *, size=16384, send_buffer=65536):
        self.message = frame(BINARY, b"\xa5" * size)
        self.pushed = {}
        self._stop = threading.Event()
        self._threads = []
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.listen(4096)
        self.sock.settimeout(0.1)
        self.port = self.sock.getsockname()[1]
        self._start(self._accept)

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._stop.is_set():
            try:
                sock, _ = self.sock.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self._start(self._push, Wire(sock))

    def _push(self, wire):
        try:
            head = wire.read_head()
            wire.send(switching(head.one("Sec-WebSocket-Key")))
            wire.sock.settimeout(0.2)
            view = memoryview(self.message)
            while not self._stop.is_set():
                try:
                    sent = wire.sock.send(view)
                except TimeoutError:
                    continue
                self.pushed[wire] = self.pushed.get(wire, 0) + sent
                view = view[sent:] or memoryview(self.message)
        except (OSError, AssertionError):
            pass
        finally:
            wire.close()

    def total(self):
        return sum(list(self.pushed.values()))

    def close(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(5)
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class PingFlood:
    """A tunnel whose client sends empty pings as fast as they are taken while its backend reads and compares them.

    `sent` and `received` are bytes; `complaint` says what went wrong, or None."""

    def __init__(self, client, server):
        self._client, self._server = client, server
        self._ping = frame(PING, b"", masked=True)
        self._stopped, self._ended = threading.Event(), threading.Event()
        self.sent = self.received = 0
        self.complaint = None
        self._sender = threading.Thread(target=self._guarded, args=(self._send,), daemon=True)
        self._receiver = threading.Thread(target=self._guarded, args=(self._receive,), daemon=True)

    def _guarded(self, work):
        try:
            work()
        except Exception as error:
            self.complaint = self.complaint or repr(error)

    def _send(self):
        block = self._ping * 4096
        sock, view = self._client.sock, memoryview(block)
        sock.settimeout(0.2)
        while not self._stopped.is_set():
            try:
                count = sock.send(view)
            except TimeoutError:
                continue
            self.sent += count
            view = view[count:] or memoryview(block)

    def _receive(self):
        size = len(self._ping)
        expected = self._ping * (65536 // size + 2)
        sock = self._server.sock
        sock.settimeout(0.2)
        while not self._ended.is_set():
            try:
                data = sock.recv(65536)
            except TimeoutError:
                continue
            phase = self.received % size
            if not data or data != expected[phase:phase + len(data)]:
                raise AssertionError(f"the flood was changed after {self.received} bytes, or ended")
            self.received += len(data)

    def stop(self):
        """No more is sent; what is under way is still received."""
        self._stopped.set()
        self._sender.join(5)

    def __enter__(self):
        self._receiver.start()
        self._sender.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._ended.set()
        self._receiver.join(5)


def stalled(total, deadline=10.0, quiet=0.5):
    """Waits until `total()` has not changed for `quiet` seconds, and gives it: the pushing has come to a stand."""
    from .waiting import Stopwatch, wait_until

    last, since = total(), Stopwatch()

    def still():
        nonlocal last, since
        now = total()
        if now != last:
            last, since = now, Stopwatch()
        return since.seconds >= quiet

    wait_until(still, deadline, lambda: f"the pushing goes on: {last} bytes", interval=0.05)
    return last

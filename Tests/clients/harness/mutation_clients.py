"""The clients of the mutation plays: many threads, each case one exchange that must end, and end in sense."""

import re
import select
import socket
import struct
import threading
import time
import zlib
from collections import Counter

from . import mutations, strict_http

DEADLINE = 15.0
_MARK = re.compile(rb"(\d{8})-([0-9a-f]{8})")
_LINGER = struct.pack("ii", 1, 0)


class Crowd:
    """Plays the cases 0 ..< `count`, spread over threads. `outcomes` counts what came of them, by status or ending; the first
    complaint stops everybody and is told with its case and seed by `finish`."""

    def __init__(self, port, seed, count, *, threads=16):
        self.port, self.seed, self.count, self.step = port, seed, count, threads
        self.outcomes = Counter()
        self.complaint = None
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(first,), daemon=True) for first in range(threads)]
        for thread in self._threads:
            thread.start()

    def is_running(self):
        return any(thread.is_alive() for thread in self._threads)

    def finish(self, deadline):
        end = time.monotonic() + deadline
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        assert not self.complaint, f"TIDEGATE_SEED={self.seed}: {self.complaint}"
        assert not self.is_running(), f"TIDEGATE_SEED={self.seed}: not done in time"
        assert sum(self.outcomes.values()) == self.count, self.outcomes

    def _run(self, first):
        mine, number = Counter(), first
        try:
            for number in range(first, self.count, self.step):
                if self.complaint:
                    return
                mine[self.play(number, first)] += 1
        except Exception as error:
            with self._lock:
                self.complaint = self.complaint or f"case {number}: {type(error).__name__}: {error}"
        finally:
            with self._lock:
                self.outcomes.update(mine)

    def play(self, number, thread):
        raise NotImplementedError


def _connect(port):
    sock = socket.socket()
    sock.settimeout(DEADLINE)
    sock.connect(("127.0.0.1", port))
    return sock


class Requesters(Crowd):
    """Each sends a mutated request, ends its sending, and reads what comes until the connection ends."""

    def play(self, number, thread):
        request = mutations.mutated_request(self.seed, number)
        with _connect(self.port) as sock:
            received, ended = b"", "fin"
            try:
                sock.sendall(request)
                if b"websocket" in request:
                    select.select([sock], [], [], 0.05)  # Who ends his sending before the 101 wants no tunnel.
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # Refused before all of it was sent.
            try:
                while data := sock.recv(65536):
                    received += data
            except ConnectionError:
                ended = "reset"
            except TimeoutError:
                raise AssertionError(f"no end within {DEADLINE} s of {request!r}; came: {received[:500]!r}") from None
        return self._judge(request, received, ended)

    def _judge(self, request, received, ended):
        """The status of the first final answer, after every answer was read by the letter."""
        first, at, method = None, 0, request.split(b" ", 1)[0]
        while at < len(received):
            try:
                answer = strict_http.response(received, method, at)
            except strict_http.Malformed as wrong:
                raise AssertionError(f"{wrong} for {request!r}") from None
            if answer and b"HEAD" in request:
                return answer.start  # Its length may have no body behind it.
            if answer is None or answer.end is None:
                assert ended == "reset" or answer and answer.until_close, f"half an answer: {received!r} for {request!r}"
                return first or "cut"
            if answer.start >= 200 or answer.start == 101:
                first = first or answer.start
            if answer.start == 101:
                return first  # What follows are bytes of a tunnel.
            at = answer.end
        return first or ended


class Readers(Crowd):
    """Each sends a valid request, whose answer is mutated, over a connection that is kept for as long as the proxy keeps it."""

    def __init__(self, *arguments, **options):
        self._kept = {}
        super().__init__(*arguments, **options)

    def _run(self, first):
        super()._run(first)
        if kept := self._kept.pop(first, None):
            kept.close()

    def play(self, number, thread):
        method, request = mutations.asked(self.seed, number)
        sock = self._kept.pop(thread, None)
        if sock is not None and not self._is_quiet(sock):
            sock.close()
            sock = None
        sock = sock or _connect(self.port)
        try:
            sock.sendall(request)
            outcome, keeps = self._read(sock, method, number)
        except BaseException:
            sock.close()
            raise
        if keeps:
            self._kept[thread] = sock
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
            sock.close()
        return outcome

    def _is_quiet(self, sock):
        """False when the proxy has ended a kept connection; bytes on it that nobody asked for are a fault."""
        sock.setblocking(False)
        try:
            data = sock.recv(4096)
        except BlockingIOError:
            sock.settimeout(DEADLINE)
            return True
        except ConnectionError:
            return False
        assert not data, f"bytes that nobody asked for: {data!r}"
        return False

    def _read(self, sock, method, number):
        """What the answer was, and whether the connection may go on."""
        received, ended, at = b"", None, 0
        while True:
            while (answer := strict_http.response(received, b"GET" if method == b"UPGRADE" else method, at)) is not None:
                if answer.start == 101:
                    assert method == b"UPGRADE", f"a tunnel that nobody asked for: {received!r}"
                    self._mine(received, number)
                    return 101, False
                if answer.end is None:
                    break
                at = answer.end
                if answer.start >= 200:
                    self._mine(received, number)
                    assert at == len(received), f"more than an answer: {received!r}"
                    return answer.start, b"close" not in answer.tokens(b"connection")
            if ended:
                self._mine(received, number)
                return (answer.start if answer.until_close else "cut") if answer else ended, False
            try:
                data = sock.recv(65536)
            except ConnectionError:
                ended = "reset"
                continue
            except TimeoutError:
                raise AssertionError(f"no end within {DEADLINE} s; came: {received[:500]!r}") from None
            received += data
            ended = None if data else "fin"

    def _mine(self, received, number):
        for found in _MARK.finditer(received):
            other = int(found.group(1))
            if other != number and b"%08x" % zlib.crc32(b"%d" % other) == found.group(2):
                raise AssertionError(f"the answer of case {other}: {received!r}")

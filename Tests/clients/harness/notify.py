"""A service manager's notify socket (sd_notify(3)): datagrams of KEY=VALUE lines."""

import socket
import time

from .waiting import Missed


class NotifySocket:
    def __init__(self, folder):
        self.path = str(folder / "notify.sock")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        self.messages = []

    def wait(self, *keys, deadline=10.0):
        """The next datagram that holds every one of `keys` ("READY=1", or "STATUS" for any value), as a mapping."""
        end = time.monotonic() + deadline
        while (left := end - time.monotonic()) > 0:
            self.sock.settimeout(left)
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                break
            pairs = dict(line.split("=", 1) for line in data.decode().split("\n") if "=" in line)
            self.messages.append((time.monotonic(), pairs))
            if all(pairs.get(key.partition("=")[0]) == key.partition("=")[2] if "=" in key else key in pairs for key in keys):
                return pairs
        raise Missed(f"no notification with {keys} within {deadline} s; seen: {[pairs for _, pairs in self.messages]}")

    def seen(self, key):
        return any(key in pairs for _, pairs in self.messages)

    def close(self):
        self.sock.close()

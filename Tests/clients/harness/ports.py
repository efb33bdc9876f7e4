"""Free ports below the ephemeral range, so that no outgoing connection of ours takes one between the choice and the bind."""

import os
import socket

_LOW, _HIGH = 15000, 32000
_next = _LOW + (os.getpid() * 97) % (_HIGH - _LOW)


def free_port():
    """A TCP port of 127.0.0.1 on which nothing listens; each call gives another one."""
    global _next
    for _ in range(_HIGH - _LOW):
        _next = _LOW + (_next + 1 - _LOW) % (_HIGH - _LOW)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", _next))
            except OSError:
                continue
            return _next
    raise RuntimeError("no free port below the ephemeral range")


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

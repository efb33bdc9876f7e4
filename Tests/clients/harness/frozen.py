"""A proxy that stands still while the play arranges what lies before it, and what its system holds meanwhile."""

import contextlib
import fcntl
import signal
import sys
import termios

from .waiting import wait_until


@contextlib.contextmanager
def frozen(proxy):
    """All that happens inside lies before the proxy at once when it goes on."""
    proxy.signal(signal.SIGSTOP)
    try:
        wait_until(lambda: _is_stopped(proxy.child.pid), what="a proxy that stands still")
        yield
    finally:
        proxy.signal(signal.SIGCONT)


def _is_stopped(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] == "T"


def wait_arrived(wire, deadline=5.0):
    """Waits until the peer's system has all that was sent, whether or not the peer reads."""
    wait_until(
        lambda: int.from_bytes(fcntl.ioctl(wire.sock, termios.TIOCOUTQ, bytes(4)), sys.byteorder) == 0, deadline,
        what="all that was sent with the peer's system")

"""What the kernel says about a process."""

import os

from . import binary
from .waiting import Stopwatch, wait_until

MiB = 1 << 20


class Process:
    def __init__(self, pid):
        self.pid = pid

    def resident(self):
        """Resident memory in bytes."""
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        return 0

    def proportional(self):
        """Proportional set size in bytes, to the byte of a page."""
        with open(f"/proc/{self.pid}/smaps_rollup") as rollup:
            return next(int(line.split()[1]) * 1024 for line in rollup if line.startswith("Pss:"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sockets(self):
        """How many of the descriptors are sockets: what connections cost, without what libraries open once when first used."""
        return sum(target.startswith("socket:") for target in self._targets())

    def _targets(self):
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                yield os.readlink(f"/proc/{self.pid}/fd/{name}")
            except OSError:
                continue

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def assert_no_busy_loop(self, what, seconds=1.0):
        """Watches it for a while with nothing to do. This only tells a busy loop from none: a loop takes a whole processor,
        and anything below four fifths of one passes."""
        before, watch = self.cpu_seconds(), Stopwatch()
        wait_until(lambda: watch.seconds >= seconds, seconds + 5)
        used, watched = self.cpu_seconds() - before, watch.seconds
        assert used < 0.8 * watched, f"{what}: {used:.2f} s of processor time in {watched:.2f} s"

    def listening(self):
        """The (address, port) pairs, IPv4 only, on which this process listens."""
        inodes = {target[8:-1] for target in self._targets() if target.startswith("socket:[")}
        found = set()
        with open(f"/proc/{self.pid}/net/tcp") as table:
            for line in table.readlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    address, port = fields[1].split(":")
                    octets = [str(octet) for octet in reversed(bytes.fromhex(address))]
                    found.add((".".join(octets), int(port, 16)))
        return found


class MemoryMark:
    """Resident memory at one moment; `assert_grown_at_most` compares with now, and asks nothing of a sanitized build."""

    def __init__(self, process):
        self.process, self.before = process, process.resident()

    def growth(self):
        return self.process.resident() - self.before

    def assert_grown_at_most(self, bound, what="resident memory"):
        if binary.is_sanitized():
            return
        growth = self.growth()
        assert growth <= bound, f"{what} grew by {growth / MiB:.1f} MiB, more than {bound / MiB:.1f} MiB"

"""A real name server for plays: Debian's dnsmasq on a port of 127.0.0.1, with a zone that changes while it runs."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import struct
import subprocess

from harness.ports import free_port
from harness.waiting import wait_until

A, AAAA, SRV = 1, 28, 33
NO_ERROR, NXDOMAIN, REFUSED = 0, 3, 5


class Dnsmasq:
    """Knows what `hosts` and `services` say, and that nothing else exists below `zone`; refuses all other names.

        with Dnsmasq(tmp_path, hosts={"chat.test": ["127.0.0.1", "::1"]}, ttl=1) as dns:
            dns.set_hosts({"chat.test": ["127.0.0.2"]})                      # at once: SIGHUP
            dns.set_services({"_ws._tcp.chat.test": [("a.test", 9001, 0, 10)]})    # a restart, on the same port
            dns.pause(), dns.resume()                                        # no answer at all, as of a lost server

    `hosts`: name to addresses, IPv4 and IPv6. `services`: name to (target, port, priority, weight). `ttl`: seconds, of every answer.
    """

    def __init__(self, folder, hosts=None, services=None, ttl=1, zone="test"):
        self.folder = pathlib.Path(folder) / "dnsmasq"
        self.folder.mkdir()
        self.port = free_port()
        self.hosts, self.services = dict(hosts or {}), dict(services or {})
        self.ttl, self.zone = ttl, zone
        self.child, self._serial = None, 0
        self._log = self.folder / "log"

    # Life

    def start(self):
        self._write()
        # Not every user's path leads to where the package puts it.
        program = shutil.which("dnsmasq", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        assert program, "dnsmasq is missing: packaging/install-packages.sh test"
        with open(self._log, "ab") as log:
            self.child = subprocess.Popen(
                [program, f"--conf-file={self.folder / 'conf'}", "--keep-in-foreground"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait_until_loaded()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Nobody listens on the port any more."""
        if self.child:
            self.resume()
            self.child.terminate()
            self.child.wait(10)
            self.child = None

    def pause(self):
        """It is there, and says nothing: questions wait for it, or time out."""
        self.child.send_signal(signal.SIGSTOP)

    def resume(self):
        self.child.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # The zone

    def set_hosts(self, hosts):
        """The new addresses of all names; in force when this returns."""
        self.hosts = dict(hosts)
        self._write()
        self.child.send_signal(signal.SIGHUP)
        self._wait_until_loaded()

    def set_services(self, services):
        """The new SRV records; dnsmasq reads them only when it starts."""
        self.services = dict(services)
        self.stop()
        self.start()

    @property
    def address(self):
        """As it stands in `resolver.servers`."""
        return f"127.0.0.1:{self.port}"

    @property
    def _mark(self):
        return f"serial-{self._serial}.{self.zone}"

    def _write(self):
        self._serial += 1
        lines = [f"127.0.0.1 {self._mark}"]
        lines += [f"{address} {name}" for name, addresses in self.hosts.items() for address in addresses]
        (self.folder / "hosts").write_text("\n".join(lines) + "\n")
        options = [
            f"port={self.port}", "listen-address=127.0.0.1", "bind-interfaces", "no-resolv", "no-hosts", "no-poll",
            f"addn-hosts={self.folder / 'hosts'}", f"local=/{self.zone}/", f"local-ttl={self.ttl}", "log-queries", "log-facility=-",
            "pid-file=", f"user={pwd.getpwuid(os.geteuid()).pw_name}",
        ]
        options += [
            f"srv-host={name},{target},{port},{priority},{weight}"
            for name, records in self.services.items() for target, port, priority, weight in records]
        (self.folder / "conf").write_text("\n".join(options) + "\n")

    def _wait_until_loaded(self):
        def loaded():
            assert self.child.poll() is None, f"dnsmasq ended:\n{self._log.read_text()}"
            return self.ask(self._mark, patience=0.2)[1]

        wait_until(loaded, 10, lambda: f"dnsmasq has not loaded its zone:\n{self._log.read_text()}")

    # What it says, and what it was asked

    def ask(self, name, kind=A, patience=2.0):
        """(code, records, ttls) of a question by UDP; a code of None for no answer. An address as text, SRV as it is set."""
        question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + struct.pack(">xHH", kind, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
            sock.settimeout(patience)
            sock.connect(("127.0.0.1", self.port))
            sock.send(struct.pack(">HHHHHH", self._serial, 0x0100, 1, 0, 0, 0) + question)
            return _parsed(sock.recv(4096), 12 + len(question))
        return None, [], []

    def questions(self, name, kind="A"):
        """How often it was asked for a name since it was made, by the proxy or by anybody."""
        mark = f"query[{kind}] {name} from "
        return sum(mark in line for line in self._log.read_text().splitlines())


def _parsed(reply, offset):
    code, count = reply[3] & 15, struct.unpack(">H", reply[6:8])[0]
    records, ttls = [], []
    for _ in range(count):
        offset = _name(reply, offset)[1]
        kind, _, ttl, length = struct.unpack(">HHIH", reply[offset:offset + 10])
        offset += 10
        data = reply[offset:offset + length]
        if kind == A:
            records.append(socket.inet_ntop(socket.AF_INET, data))
        elif kind == AAAA:
            records.append(socket.inet_ntop(socket.AF_INET6, data))
        elif kind == SRV:
            priority, weight, port = struct.unpack(">HHH", data[:6])
            records.append((_name(reply, offset + 6)[0], port, priority, weight))
        ttls.append(ttl)
        offset += length
    return code, sorted(records), ttls


def _name(reply, offset):
    """A name and where it ends; the server is ours, so its pointers are believed."""
    labels = []
    while reply[offset]:
        if reply[offset] >= 0xC0:
            rest, _ = _name(reply, struct.unpack(">H", reply[offset:offset + 2])[0] & 0x3FFF)
            return ".".join(labels + [rest]), offset + 2
        labels.append(reply[offset + 1:offset + 1 + reply[offset]].decode())
        offset += 1 + reply[offset]
    return ".".join(labels), offset + 1

"""Where one measurement takes place: a directory, ports, a certificate."""

import dataclasses
import http.client
import os
import socket
import ssl
import subprocess
import time

from suite.process import Failure


# What the certificate is for.
NAME = "bench.test"


@dataclasses.dataclass
class Site:
    """What a peer needs to know to write its configuration. All addresses are 127.0.0.1."""

    directory: str
    certificate: str
    key: str
    plain_port: int
    tls_port: int
    admin_port: int
    backend_port: int
    descriptors: int
    # How many idle connections to the backend must be kept for plain requests; 0 where a case has only tunnels.
    kept: int = 0
    # Whether the backend speaks TLS. Its certificate is `certificate`, for `name`, and is to be verified.
    backend_tls: bool = False
    # Whether its sessions are to be taken up again.
    backend_resumption: bool = False
    name: str = NAME
    # Worker threads or processes.
    workers: int = 1

    def path(self, name):
        return os.path.join(self.directory, name)


def make_certificate(directory):
    """A self-signed ECDSA P-256 certificate; the paths of certificate and key."""
    certificate, key = os.path.join(directory, "bench.pem"), os.path.join(directory, "bench.key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def free_ports(count):
    """Ports that were free a moment ago, below the range from which the kernel takes ports of outgoing connections:
    otherwise one of thousands of tunnels could take a port that a proxy is about to listen on."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        ephemeral = int(file.read().split()[0])
    ports = []
    start = 10000 + os.getpid() % 2000 * 8
    for port in [*range(start, ephemeral), *range(10000, min(start, ephemeral))]:
        if len(ports) == count:
            break
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
    if len(ports) < count:
        raise Failure("no free ports")
    return ports


def wait_until_it_serves(port, tls, child, timeout=20):
    """Returns once `child` hands a plain request on and its answer back. That it takes connections is not enough: some proxies do
    before they know what to do with them."""
    deadline = time.monotonic() + timeout
    last = "nothing was tried"
    while time.monotonic() < deadline:
        if not child.is_alive():
            raise Failure(f"{child.command[0]}: ended at start; {child.log_tail()}")
        try:
            last = _status(port, tls)
            if last == 200:
                return
        except (OSError, http.client.HTTPException) as error:
            last = error
        time.sleep(0.02)
    raise Failure(f"{child.command[0]}: does not serve ({last}); {child.log_tail()}")


def _status(port, tls):
    """The status of a plain request's answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    connection = kind("127.0.0.1", port, timeout=2, **({"context": context} if tls else {}))
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()

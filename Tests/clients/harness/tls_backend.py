"""A backend behind TLS that the play itself speaks for: it sees what was asked for, and every byte inside."""

import socket
import ssl

from .raw_backend import RawBackend
from .wire import Wire


def server_context(certificate, *, version=None, clients=None, alpn=None):
    """A server's TLS context. `version` is the only one it speaks, `clients` the authority whose certificate it wants from
    clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(str(clients.path))
    if alpn is not None:
        context.set_alpn_protocols(alpn)
    return context


class TLSBackend(RawBackend):
    """`names` holds the server name that each handshake asked for, None for none; `host` is how the proxy is told to call it."""

    def __init__(self, context, *, host="localhost", port=0, **options):
        super().__init__(port=port, **options)
        self.context, self.host, self.names = context, host, []
        context.sni_callback = lambda _, name, __: self.names.append(name)

    @property
    def url(self):
        return f"wss://{self.host}:{self.port}"

    @property
    def label(self):
        return f"{self.host}:{self.port}"

    def wrap(self, wire):
        """Speaks TLS from here on over a connection that was accepted plain."""
        self.wires.remove(wire)
        secure = Wire(self.context.wrap_socket(wire.sock, server_side=True, suppress_ragged_eofs=False))
        self.wires.append(secure)
        return secure

    def accept_plain(self, deadline=5.0):
        """The next connection, nothing of TLS spoken yet."""
        return super().accept(deadline)

    def accept(self, deadline=5.0):
        return self.wrap(self.accept_plain(deadline))

    def refused(self, deadline=5.0):
        """The next connection must fail its handshake; gives OpenSSL's reason, or what the socket did."""
        wire = self.accept_plain(deadline)
        try:
            secure = self.wrap(wire)
        except ssl.SSLError as error:
            return error.reason or "closed"
        except OSError as error:
            return type(error).__name__
        return f"no refusal: {secure.sock.version()}"


def end_politely(wire):
    """Says close_notify, then ends."""
    try:
        wire.sock = wire.sock.unwrap()
    except (ssl.SSLError, OSError):
        pass
    try:
        wire.sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass

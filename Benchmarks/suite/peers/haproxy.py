"""HAProxy, as its documentation tells to set it up for WebSocket, TLS and the reuse of connections to servers."""

from suite.peers.peer import Peer, write

CONFIGURATION = """
global
    nbthread {workers}
    # Each connection takes two descriptors; more than the limit allows is refused at start.
    maxconn {connections}

defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
    timeout http-keep-alive 1h
    # "always" is what the documentation advises where a backend does not close connections that it just let go of. The pool of
    # idle connections has no bound of its own (pool-max-conn -1).
    http-reuse always
    option forwardfor

frontend bench
    bind 127.0.0.1:{plain_port} backlog 4096
    bind 127.0.0.1:{tls_port} backlog 4096 ssl crt {directory}/both.pem ssl-min-ver TLSv1.2
    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
    default_backend backend

backend backend
    server backend 127.0.0.1:{backend_port}{backend_tls}
"""

# Sessions are taken up again unless `no-ssl-reuse` says otherwise.
BACKEND_TLS = " ssl verify required ca-file {certificate} verifyhost {name} sni str({name})"


class Haproxy(Peer):
    name = "haproxy"
    advice = "Debian's package is haproxy; --haproxy tells another place"

    @classmethod
    def from_options(cls, options):
        return cls(options.haproxy)

    def version(self):
        return self.output_of("-v").splitlines()[0]

    def configure(self, site):
        # HAProxy wants the certificate and its key in one file.
        with open(site.path("both.pem"), "w") as file:
            for part in (site.certificate, site.key):
                with open(part) as source:
                    file.write(source.read())
        backend_tls = BACKEND_TLS.format(certificate=site.certificate, name=site.name) if site.backend_tls else ""
        connections = min(32000, (site.descriptors - 200) // 2)
        write(site, "haproxy.cfg", CONFIGURATION, connections=connections, backend_tls=backend_tls)

    def command(self, site):
        return [self.program, "-db", "-f", site.path("haproxy.cfg")]

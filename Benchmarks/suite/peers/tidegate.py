"""Tidegate with its defaults, but for the number of workers, a quiet log and as many kept connections as the others keep."""

from suite.peers.peer import Peer, write

CONFIGURATION = """\
workers: {workers}
listeners:
  - name: plain
    bind: 127.0.0.1:{plain_port}
  - name: tls
    bind: 127.0.0.1:{tls_port}
    tls:
      certificates:
        - {{ certificate: "{certificate}", key: "{key}" }}
routes:
  - {{ path: "/*", pool: backend }}
pools:
  backend:
    backends: [ "{scheme}://127.0.0.1:{backend_port}" ]
{pool}admin:
  bind: 127.0.0.1:{admin_port}
log: {{ level: warn, format: json }}
"""

# Only the cases that need these say them: an older Tidegate, which does not know them, can then be measured in the others.
KEEP_ALIVE = "    keep_alive: {{ connections: {kept}, timeout: 1h }}\n"
BACKEND_TLS = '    tls: {{ ca: "{certificate}", server_name: {name} }}\n'


class Tidegate(Peer):
    name = "tidegate"
    competes = False
    advice = "`swift build -c release` one folder up makes it; --tidegate tells another place"

    @classmethod
    def from_options(cls, options):
        return cls(options.tidegate)

    def version(self):
        return self.output_of("version")

    def configure(self, site):
        pool = KEEP_ALIVE.format(kept=site.kept) if site.kept else ""
        pool += BACKEND_TLS.format(certificate=site.certificate, name=site.name) if site.backend_tls else ""
        write(site, "tidegate.yaml", CONFIGURATION, scheme="wss" if site.backend_tls else "ws", pool=pool)

    def command(self, site):
        return [self.program, "run", "-c", site.path("tidegate.yaml")]

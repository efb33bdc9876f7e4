"""Tidegate with its defaults, but for one worker and a quiet log."""

from suite.peers.peer import Peer

CONFIGURATION = """\
workers: 1
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
    backends: [ "ws://127.0.0.1:{backend_port}" ]
admin:
  bind: 127.0.0.1:{admin_port}
log: {{ level: warn, format: json }}
"""


class Tidegate(Peer):
    name = "tidegate"

    @classmethod
    def from_options(cls, options):
        return cls(options.tidegate)

    def version(self):
        return self.output_of("version")

    def configure(self, site):
        with open(site.path("tidegate.yaml"), "w") as file:
            file.write(
                CONFIGURATION.format(
                    plain_port=site.plain_port,
                    tls_port=site.tls_port,
                    admin_port=site.admin_port,
                    backend_port=site.backend_port,
                    certificate=site.certificate,
                    key=site.key,
                )
            )

    def command(self, site):
        return [self.program, "run", "-c", site.path("tidegate.yaml")]

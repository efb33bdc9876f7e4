"""Envoy, as its documentation tells to set it up for WebSocket, TLS and streams without time-outs."""

import glob
import os

from suite.peers.peer import Peer, write

CONFIGURATION = """\
static_resources:
  listeners:
  - name: plain
    address: {{ socket_address: {{ address: 127.0.0.1, port_value: {plain_port} }} }}
    tcp_backlog_size: 4096
    filter_chains:
    - filters: &filters
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: bench
          use_remote_address: true
          # https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades
          upgrade_configs: [ {{ upgrade_type: websocket }} ]
          # https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts: long-lived streams need these off.
          stream_idle_timeout: 0s
          route_config:
            virtual_hosts:
            - name: all
              domains: [ "*" ]
              routes: [ {{ match: {{ prefix: "/" }}, route: {{ cluster: backend, timeout: 0s }} }} ]
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{ "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }}
  - name: tls
    address: {{ socket_address: {{ address: 127.0.0.1, port_value: {tls_port} }} }}
    tcp_backlog_size: 4096
    filter_chains:
    - filters: *filters
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            tls_params: {{ tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3 }}
            tls_certificates: [ {{ certificate_chain: {{ filename: {certificate} }}, private_key: {{ filename: {key} }} }} ]
  clusters:
  - name: backend
    type: STATIC
    connect_timeout: 5s
    # The defaults, 1,024 of each, refuse what comes above:
    # https://www.envoyproxy.io/docs/envoy/latest/faq/load_balancing/disable_circuit_breaking
    circuit_breakers:
      thresholds: [ {{ max_connections: 1000000, max_pending_requests: 1000000, max_requests: 1000000, max_retries: 1000000 }} ]
    load_assignment:
      cluster_name: backend
      endpoints:
      - lb_endpoints:
        - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {backend_port} }} }} }}
{backend_transport}"""

# Of TLS 1.3 a session can be taken up once, so that one (the default) is too few where several connections begin at once.
BACKEND_TLS = """\
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        sni: {name}
        max_session_keys: 128
        common_tls_context:
          tls_params: {{ tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3 }}
          validation_context:
            trusted_ca: {{ filename: {certificate} }}
            match_typed_subject_alt_names: [ {{ san_type: DNS, matcher: {{ exact: {name} }} }} ]
"""


class Envoy(Peer):
    name = "envoy"
    advice = "run.py --install gets it from PyPI; --envoy tells another place"

    @classmethod
    def from_options(cls, options):
        # The wheel's own `envoy` is a Python script that becomes this program.
        found = glob.glob(os.path.join(options.venv, "lib/python*/site-packages/envoy/_bin/envoy"))
        return cls(options.envoy or (found[0] if found else os.path.join(options.venv, "bin/envoy")))

    def version(self):
        # .../envoy  version: COMMIT/VERSION/Clean/RELEASE/SSL
        return "envoy/" + self.output_of("--version").partition("version: ")[2].strip().partition("/")[2]

    def configure(self, site):
        transport = BACKEND_TLS.format(certificate=site.certificate, name=site.name) if site.backend_tls else ""
        write(site, "envoy.yaml", CONFIGURATION, backend_transport=transport)

    def command(self, site):
        # One worker thread beside the main thread, which serves nothing.
        limits = ["--concurrency", str(site.workers), "--disable-hot-restart", "--log-level", "error"]
        return [self.program, "-c", site.path("envoy.yaml"), *limits]

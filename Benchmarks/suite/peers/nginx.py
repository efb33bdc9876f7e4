"""nginx, as its documentation tells to set it up for WebSocket, TLS and many connections."""

import os

from suite.peers.peer import Peer, write

CONFIGURATION = """
daemon off;
{user}
worker_processes {workers};
worker_rlimit_nofile {descriptors};
pid {directory}/pid;
error_log {directory}/log warn;

events {{
    use epoll;
    # Above what descriptors allow: with less than a sixteenth of them free, nginx closes connections to reuse them.
    worker_connections 32000;
}}

http {{
    access_log off;
    tcp_nodelay on;
    server_tokens off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;

    # https://nginx.org/en/docs/http/websocket.html
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        ''      '';
    }}

    # The default of 1,000 would end a client's connection in the middle of a case.
    keepalive_requests 1000000000;
    keepalive_timeout 1h;

    # https://nginx.org/en/docs/http/configuring_https_servers.html; a small ssl_buffer_size is advised for short answers;
    # with 16k pushes cost the same here and an idle tunnel 8 KiB more.
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:SSL:10m;
    ssl_session_timeout 1h;
    ssl_session_tickets on;
    ssl_buffer_size {ssl_buffer};

    upstream backend {{
        server 127.0.0.1:{backend_port} max_fails=0;
        {upstream_keepalive}
    }}

    server {{
        listen 127.0.0.1:{plain_port} backlog=4096 {reuseport};
        listen 127.0.0.1:{tls_port} ssl backlog=4096 {reuseport};

        location / {{
            proxy_pass {scheme}://backend;
            {proxy_ssl}
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_read_timeout 1h;
            proxy_send_timeout 1h;
        }}
    }}
}}
"""

# https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive
UPSTREAM_KEEPALIVE = "keepalive {kept}; keepalive_requests 1000000000; keepalive_timeout 1h;"

# https://docs.nginx.com/nginx/admin-guide/security-controls/securing-http-traffic-upstream/
PROXY_SSL = (
    "proxy_ssl_trusted_certificate {certificate}; proxy_ssl_verify on; proxy_ssl_name {name}; "
    "proxy_ssl_server_name on; proxy_ssl_session_reuse on; proxy_ssl_protocols TLSv1.2 TLSv1.3;"
)


class Nginx(Peer):
    name = "nginx"
    advice = "Debian's package is nginx-light; --nginx tells another place"

    @classmethod
    def from_options(cls, options):
        return cls(options.nginx)

    def version(self):
        return self.output_of("-v").removeprefix("nginx version: ")

    def configure(self, site):
        # Started by root, workers keep to root: the files of a run belong to nobody else.
        user = "user root;" if os.geteuid() == 0 else ""
        write(
            site,
            "nginx.conf",
            CONFIGURATION,
            user=user,
            # A socket for each worker spreads connections evenly: https://www.nginx.com/blog/socket-sharding-nginx-release-1-9-1/
            reuseport="reuseport" if site.workers > 1 else "",
            ssl_buffer="4k",
            scheme="https" if site.backend_tls else "http",
            upstream_keepalive=UPSTREAM_KEEPALIVE.format(kept=site.kept) if site.kept else "",
            proxy_ssl=PROXY_SSL.format(certificate=site.certificate, name=site.name) if site.backend_tls else "",
        )

    def command(self, site):
        return [self.program, "-p", site.directory, "-c", site.path("nginx.conf"), "-e", site.path("log")]


class NginxAgain(Nginx):
    """The same program a second time, as a control: its ratio to nginx is what chance makes of 1 in this run."""

    name = "nginx-again"
    competes = False

"""The proxies that can be measured, by name. A new one is a file beside this one and an entry here."""

from suite.peers.bare import Bare
from suite.peers.caddy import Caddy
from suite.peers.envoy import Envoy
from suite.peers.haproxy import Haproxy
from suite.peers.nginx import Nginx, NginxAgain
from suite.peers.tidegate import Tidegate
from suite.peers.traefik import Traefik

ALL = {peer.name: peer for peer in (Nginx, NginxAgain, Haproxy, Envoy, Caddy, Traefik, Bare, Tidegate)}

# What is measured when nobody says.
DEFAULT = [name for name in ALL if name != NginxAgain.name]


def competitors(names):
    """Those of `names` that Tidegate is compared with."""
    return [name for name in names if ALL[name].competes]

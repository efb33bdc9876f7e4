"""The proxies that can be measured, by name. A new one is a file beside this one and an entry here."""

from suite.peers.haproxy import Haproxy
from suite.peers.nginx import Nginx, NginxAgain
from suite.peers.tidegate import Tidegate

ALL = {peer.name: peer for peer in (Nginx, NginxAgain, Haproxy, Tidegate)}


def default(options):
    """What is measured when nobody says: nginx and Tidegate, and HAProxy where it is installed."""
    names = [Nginx.name, Haproxy.name, Tidegate.name]
    if Haproxy.from_options(options).missing():
        names.remove(Haproxy.name)
    return names

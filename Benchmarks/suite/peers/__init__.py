"""The proxies that can be measured, by name. A new one is a file beside this one and an entry here."""

from suite.peers.nginx import Nginx, NginxAgain
from suite.peers.tidegate import Tidegate

ALL = {peer.name: peer for peer in (Nginx, NginxAgain, Tidegate)}

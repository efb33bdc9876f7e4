"""New tunnels, one after the other."""

from suite.cases.window import Window
from suite.process import Failure

# Few enough that a dial waits little for its neighbours, enough to keep a proxy busy.
DIALS_AT_ONCE = 8

# Below this share of handshakes that took up an earlier session the number is more of full ones. The table tells the share.
LEAST_RESUMED = 0.5


class Dial(Window):
    """Closed loop: a tunnel is opened, closed when its 101 came, and the next one opened. The clients are plain; the proxy speaks plain
    or TLS to the backend, which takes up earlier sessions or does not."""

    measures = "proxy CPU, us per tunnel opened and closed"
    unit = "tunnels"

    def __init__(self, name, backend_tls, resumed=False):
        super().__init__(name, tls=False)
        self._backend_tls = backend_tls
        self._resumed = resumed

    def tunnels(self, options):
        return DIALS_AT_ONCE

    def tool_options(self, options):
        return "dial", {"tunnels": DIALS_AT_ONCE}

    def backend_options(self, options):
        if not self._backend_tls:
            return {}
        return {"tls": True} | ({} if self._resumed else {"no-resumption": True})

    def site_options(self, options):
        return {"backend_tls": self._backend_tls}

    def seen_at_backend(self, told, tunnels):
        if not self._backend_tls:
            return {}
        share = told["resumed"] / max(1, told["accepted"])
        if self._resumed and share < LEAST_RESUMED:
            raise Failure(f"only {share:.0%} of the handshakes with the backend took up an earlier session")
        if not self._resumed and told["resumed"]:
            raise Failure("handshakes with the backend took up earlier sessions, which it does not offer")
        return {"resumed_share": share}

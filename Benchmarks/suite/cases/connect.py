"""New tunnels, one after the other."""

from suite.cases.window import Window
from suite.process import Failure

# Few enough that a dial waits little for its neighbours, enough to keep a proxy busy.
DIALS_AT_ONCE = 8

# Below this share of handshakes that took up an earlier session the number is more of full ones. The table tells the share.
LEAST_RESUMED = 0.5


class Connect(Window):
    """Closed loop: a tunnel is opened, closed when its 101 came, and the next one opened. TLS (1.3, a certificate with ECDSA P-256)
    is spoken by the clients, or by the proxy to the backend; sessions are taken up by ticket, or every handshake is a full one."""

    measures = "proxy CPU, us per tunnel opened and closed"
    unit = "tunnels"

    def __init__(self, name, tls=False, backend_tls=False, resumed=False):
        super().__init__(name, tls)
        self._backend_tls = backend_tls
        self._resumed = resumed

    def tunnels(self, options):
        return DIALS_AT_ONCE

    def tool_options(self, options):
        tls = {"tls-version": "1.3"} if self.tls else {}
        return "dial", {"tunnels": DIALS_AT_ONCE} | tls | ({"resume": True} if self.tls and self._resumed else {})

    def backend_options(self, options):
        if not self._backend_tls:
            return {}
        return {"tls": True} | ({} if self._resumed else {"no-resumption": True})

    def site_options(self, options):
        return {"backend_tls": self._backend_tls, "backend_resumption": self._backend_tls and self._resumed}

    def seen(self, end, told, tunnels):
        if not self.tls and not self._backend_tls:
            return {}
        share = told["resumed"] / max(1, told["accepted"]) if self._backend_tls else end["resumed"] / max(1, tunnels)
        if self._resumed and share < LEAST_RESUMED:
            raise Failure(f"only {share:.0%} of the handshakes took up an earlier session")
        if not self._resumed and share > 0:
            raise Failure("handshakes took up earlier sessions, which was not offered")
        return {"resumed_share": share}

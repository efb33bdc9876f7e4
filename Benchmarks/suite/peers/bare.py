"""The limit: a relay that looks at nothing (recv and send in a loop, epoll, one thread; Sources/bench-relay)."""

import os

from suite.peers.peer import Peer


class Bare(Peer):
    name = "bare"
    advice = "built with the tools"
    competes = False
    tls = False

    @classmethod
    def from_options(cls, options):
        return cls(os.path.join(options.tools, "bench-relay") if options.tools else "bench-relay")

    def missing(self):
        # The tools, of which it is one, are built later.
        return super().missing() if os.sep in self.program else None

    def lacks(self, tls, demands):
        if tls or demands.get("backend_tls"):
            return "it knows no TLS"
        return "it has one thread" if demands.get("workers", 1) > 1 else None

    def version(self):
        return "bench-relay of this suite"

    def configure(self, site):
        pass

    def command(self, site):
        return [self.program, "--port", str(site.plain_port), "--backend", str(site.backend_port)]

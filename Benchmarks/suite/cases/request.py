"""Plain requests."""

from suite.cases.window import Window
from suite.process import Failure

# A proxy may keep at least this many idle connections to the backend. When that is fewer than there are clients, a proxy closes some
# for want of room and opens them again: nginx with room for 64 and 100 clients did so some thousand times a second.
KEPT = 128


class Request(Window):
    """Closed loop: every connection, kept alive, sends the next request when the answer to the last is there."""

    measures = "proxy CPU, us per plain request"
    unit = "requests"

    def tunnels(self, options):
        return options.request_connections

    def tool_options(self, options):
        return "request", {"tunnels": options.request_connections, "bytes": options.answer_bytes, "path": "/1k"}

    def backend_options(self, options):
        return {"answer": options.answer_bytes}

    def site_options(self, options):
        return {"kept": max(KEPT, options.request_connections)}

    def seen(self, end, told, requests):
        # A proxy that opens a connection for each request is measured doing something else.
        if told["accepted"] > max(KEPT, requests * 0.5):
            raise Failure(f"{told['accepted']} connections to the backend for {requests} requests: they are not kept alive")
        return {"backend_connections": told["accepted"]}

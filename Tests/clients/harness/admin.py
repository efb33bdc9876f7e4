"""The admin endpoint, asked over fresh connections."""

import http.client
import socket

from .metrics import Metrics


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Admin:
    """`bind` as in the configuration: host:port, or unix:PATH."""

    def __init__(self, bind):
        self.bind = bind

    def get(self, path, *, method="GET", headers=None, host=None, timeout=5):
        if self.bind.startswith("unix:"):
            connection = _UnixConnection(self.bind[5:], timeout)
        else:
            name, port = self.bind.rsplit(":", 1)
            connection = http.client.HTTPConnection(name if name != "0.0.0.0" else "127.0.0.1", int(port), timeout=timeout)
        try:
            connection.putrequest(method, path, skip_host=host is not None)
            if host is not None:
                connection.putheader("Host", host)
            connection.putheader("Connection", "close")
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def status(self, path):
        """The status of a path; None while nobody listens."""
        try:
            return self.get(path).status
        except (OSError, http.client.HTTPException):
            return None

    def metrics(self):
        reply = self.get("/metrics")
        assert reply.status == 200, f"/metrics answered {reply.status}"
        return Metrics(reply.text)

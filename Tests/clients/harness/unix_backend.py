"""A backend on a Unix socket that the play itself speaks for."""

import os
import shutil
import socket
import tempfile

from .raw_backend import RawBackend


class UnixBackend(RawBackend):
    """The folder is a short one: a socket's path has at most 107 bytes."""

    def __init__(self, backlog=1024):
        self.folder = tempfile.mkdtemp(prefix="tidegate-")
        self.path = os.path.join(self.folder, "backend.sock")
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.bind(self.path)
        self.sock.listen(backlog)
        self.port = None
        self.wires = []
        RawBackend._open.add(self)

    @property
    def url(self):
        return f"unix:{self.path}"

    @property
    def label(self):
        return self.url

    def close(self):
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)

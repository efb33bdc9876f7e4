"""A backend in a process of its own, for plays that kill it. Prints its port, then serves until it is killed."""

import contextlib
import importlib
import pathlib
import subprocess
import sys
import time


class BackendProcess:
    """One of the class `kind`, which takes no arguments; `kill` is SIGKILL, after which the kernel alone ends its connections."""

    def __init__(self, kind):
        self.child = subprocess.Popen(
            [sys.executable, "-B", "-m", "harness.backend_process", kind.__module__, kind.__name__],
            cwd=pathlib.Path(__file__).parent.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}"

    @property
    def label(self):
        return f"127.0.0.1:{self.port}"

    def kill(self):
        self.child.kill()
        self.child.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.child.stdout.close()


def serve(module, kind):
    with getattr(importlib.import_module(module), kind)() as backend, contextlib.suppress(KeyboardInterrupt):
        print(backend.port, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    serve(*sys.argv[1:])

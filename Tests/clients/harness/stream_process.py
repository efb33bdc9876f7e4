"""uvicorn with `stream_application` in a process of its own, so that its work and the play's do not share one interpreter."""

import pathlib
import subprocess
import sys


class StreamProcess:
    def __init__(self):
        self.child = subprocess.Popen(
            [sys.executable, "-B", "-m", "harness.stream_process"], cwd=pathlib.Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.port = int(self.child.stdout.readline())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def label(self):
        return f"127.0.0.1:{self.port}"

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def serve():
    import socket

    import uvicorn

    from .stream_application import application

    # With the protocol named: asyncio turns Nagle's algorithm off only on sockets that say they are TCP.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen(1024)
    print(sock.getsockname()[1], flush=True)
    config = uvicorn.Config(application(), log_level="error", timeout_keep_alive=60)
    uvicorn.Server(config).run(sockets=[sock])


if __name__ == "__main__":
    serve()

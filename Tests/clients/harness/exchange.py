"""One plain request through the proxy, with both ends in the play's hands."""

from .heads import answer, plain
from .wire import Wire


class Exchange:
    """`seen` is the head that reached the backend, `body` what reached the client after `head`."""

    def __init__(self, seen, head, body):
        self.seen, self.head, self.body = seen, head, body


def exchange(port, backend, request=None, reply=None, *, tls=None):
    """Sends `request`, lets `backend` answer it with `reply` (which must have a Content-Length), and reads the answer whole."""
    client = Wire.connect(port, tls=tls)
    client.send(request or plain())
    server, seen = backend.request()
    server.send(reply or answer(200, body=b"ok"))
    head, body = read_answer(client)
    client.close()
    server.close()
    return Exchange(seen, head, body)


def read_answer(client, *, method="GET"):
    """The next answer's head and body, by Content-Length."""
    head = client.read_head()
    length = int(head.get("Content-Length") or 0)
    return head, b"" if method == "HEAD" or head.status in (204, 304) else client.receive(length)


def ask_plain(port, request=None, *, tls=None, server_name="site.test"):
    """An answer that no backend has a hand in: its head and body; the connection is closed after it."""
    with Wire.connect(port, tls=tls, server_name=server_name) as client:
        data = request or plain()
        client.send(data)
        return read_answer(client, method=data.split(b" ", 1)[0].decode("latin-1"))

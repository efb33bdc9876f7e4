"""A proxy with one route and one pool that change what passes, and one request of either kind through it."""

import pytest

from .heads import KEY, answer, plain, switching, upgrade
from .rows import assert_accepted
from .settings import settings
from .wire import Wire

KINDS = {"an upgrade": upgrade, "a plain request": plain}
both_kinds = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


def ruled(backend, *, route=None, pool=None, **top):
    """A proxy's settings with one route and one pool, each with more keys."""
    return settings(
        pools={"main": {"backends": [backend.url] if backend else [], "keep_alive": "off", **(pool or {})}},
        routes=[{"path": "/*", "pool": "main", **(route or {})}], **top)


def reached(proxy, backend, request):
    """The head that reaches the backend for `request`, which gets a 101 or a 200, and that answer's head."""
    client = Wire.connect(proxy.port)
    client.send(request)
    server, head = backend.request()
    if b"\r\nUpgrade: websocket" in request:
        server.send(switching(head.one("Sec-WebSocket-Key")))
        got = assert_accepted(client, KEY)
    else:
        server.send(answer(200, body=b"ok"))
        got = client.read_head()
        assert got.status == 200 and client.receive(2) == b"ok"
    client.close()
    server.close()
    return head, got


def seen(proxy, backend, request):
    return reached(proxy, backend, request)[0]


def reloaded(proxy, backend, **keys):
    """The same proxy with other rules."""
    config = ruled(backend, **keys)
    config["listeners"], config["admin"] = proxy.config["listeners"], proxy.config["admin"]
    assert proxy.reload(config), proxy.log.tail()

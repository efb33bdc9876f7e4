"""Bytes that are no HTTP at all, and heads that never end."""

import pytest

from harness.heads import upgrade
from harness.process import MemoryMark, MiB
from harness.raw_backend import RawBackend
from harness.rows import Row, ask, assert_refused, rows
from harness.settings import settings
from harness.waiting import Stopwatch
from harness.wire import Wire

LINGER = 4.0

CLIENT_HELLO_START = bytes.fromhex("16030100c8010000c40303") + bytes(64)

NO_HTTP = [
    Row("H45", "a PROXY protocol v1 line", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + upgrade(), 400, None),
    Row("H45", "a PROXY protocol v2 head", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + bytes(12) + upgrade(), 400, None),
    Row("H45", "a TLS ClientHello on a plain port", CLIENT_HELLO_START + b"\r\n\r\n", 400, None),
    Row("H45", "an SSH banner", b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n", 400, None),
    Row("H45", "an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 405, 505, None),
    Row("H45", "a response where a request is due", b"HTTP/1.1 200 OK\r\nHost: site.test\r\n\r\n", 400, 501, 505, None),
    Row("H45", "nothing but zeros", bytes(4096), 400, None),
]


@rows(*NO_HTTP)
def test_bytes_that_are_no_request_end_in_400_or_a_close(proxy, backend, row):
    assert_refused(ask(proxy.port, row.data), *row.statuses)
    assert backend.is_untouched()


def test_h45_plain_http_on_the_tls_port_ends_the_connection(launch, backend, certificates):
    proxy = launch(settings(backend, tls=certificates))
    client = Wire.connect(proxy.secure_port)
    client.send(upgrade())
    rest = client.read_rest()
    assert not rest.startswith(b"HTTP/1.1 101"), rest
    assert backend.is_untouched()


@pytest.mark.parametrize("what", ["one endless field", "endless fields", "an endless request line"])
def test_h24_an_endless_head_is_cut_at_the_cap_without_being_collected(proxy, what):
    """The proxy may take and drop what is on its way, so that its answer is not lost, but only for a while."""
    start, more = {
        "one endless field": (upgrade()[:-2] + b"X-Big: ", b"a" * 65536),
        "endless fields": (upgrade()[:-2], b"X-Field: value\r\n" * 4096),
        "an endless request line": (b"GET /", b"a" * 65536),
    }[what]
    client = Wire.connect(proxy.port)
    memory = MemoryMark(proxy.process)
    watch = Stopwatch()
    try:
        client.send(start)
        while watch.seconds < LINGER:
            client.send(more)
    except OSError:
        pass
    assert watch.seconds < LINGER, "the proxy goes on taking a head that has long been refused"
    client.wait_end()
    memory.assert_grown_at_most(4 * MiB)


def test_a_hostile_neighbour_does_not_disturb_a_tunnel(launch):
    with RawBackend() as backend:
        proxy = launch(settings(backend))
        client, server = backend.tunnel(proxy.port)
        for row in NO_HTTP:
            assert_refused(ask(proxy.port, row.data), *row.statuses)
            client.send(b"\x81\x82\0\0\0\0ok")
            assert server.receive(8) == b"\x81\x82\0\0\0\0ok"
            server.send(b"\x81\x02ok")
            assert client.receive(4) == b"\x81\x02ok"

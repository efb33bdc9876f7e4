"""The log: one line an event, one id a connection, nothing a client chose that could forge a line or leak a secret."""

import os
import signal

import pytest

from harness.frames import TEXT, close_frame, frame
from harness.heads import upgrade
from harness.raw_backend import RawBackend
from harness.rows import ask
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.fixture
def backend():
    with RawBackend() as backend:
        yield backend


@pytest.fixture
def proxy(launch, backend):
    return launch(settings(backend))


def close_politely(client, server, code=1000, reason=b""):
    closing = close_frame(code, reason, masked=True)
    client.send(closing)
    assert server.receive(len(closing)) == closing
    server.send(close_frame(code))
    server.close()
    client.wait_end()
    client.close()


def test_a_tunnel_leaves_two_lines_with_one_id_and_its_story(proxy, backend):
    client, server = backend.tunnel(proxy.port, "/room?x=1", extra=[("Sec-WebSocket-Protocol", "chat")])
    opened = proxy.log.wait("tunnel_opened")
    for key, value in {"listener": "plain", "pool": "main", "host": "site.test", "backend": backend.label}.items():
        assert opened[key] == value
    assert opened["client"].startswith("127.0.0.1") and opened["path"].startswith("/room")
    client.send(frame(TEXT, b"one", masked=True) + frame(TEXT, b"two", masked=True))
    server.receive(18)
    close_politely(client, server, 4001, b"done here")
    closed = proxy.log.wait("tunnel_closed")
    assert closed["id"] == opened["id"]
    assert (closed["side"], closed["code"], closed["reason"]) == ("client", 4001, "done here")
    assert closed["cause"]
    assert len(proxy.log.events("tunnel_closed")) == 1


def test_ids_differ_and_the_backend_hears_the_one_in_the_log(proxy, backend):
    ids = set()
    for _ in range(3):
        client = Wire.connect(proxy.port)
        client.send(upgrade())
        _, head = backend.request()
        ids.add(head.one("X-Request-Id"))
        client.reset()
    assert len(ids) == 3


def test_a_refusal_leaves_one_line_with_status_and_reason(proxy):
    ask(proxy.port, upgrade(drop=["Host"]))
    line = proxy.log.wait("refused")
    assert line["status"] == 400 and line["reason"] and line["id"]
    ask(proxy.port, upgrade(change={"Sec-WebSocket-Version": "12"}))
    proxy.log.wait("refused", status=426)
    assert len(proxy.log.events("refused")) == 2


@pytest.mark.parametrize("key", ["token", "access_token", "api_key", "password", "secret", "TOKEN", "signature"])
def test_a8_secret_looking_values_of_a_query_never_reach_the_log(proxy, backend, key):
    """A refused request's line tells the query, its secrets masked; a tunnel's lines tell none."""
    target = f"/room?{key}=hunter2hunter2&room=lobby"
    assert ask(proxy.port, upgrade(target, change={"Sec-WebSocket-Version": "12"})).status == 426
    refused = proxy.log.wait("refused", status=426)
    assert "room=lobby" in refused["path"] and f"{key}=" in refused["path"]
    client, server = backend.tunnel(proxy.port, target)
    close_politely(client, server)
    proxy.log.wait("tunnel_closed")
    assert b"hunter2" not in proxy.log.raw()


def test_a8_cookies_and_authorization_never_reach_the_log(proxy, backend):
    client, server = backend.tunnel(proxy.port, extra=[("Cookie", "sid=hunter2"), ("Authorization", "Bearer hunter2")])
    close_politely(client, server)
    proxy.log.wait("tunnel_closed")
    assert b"hunter2" not in proxy.log.raw()


@pytest.mark.parametrize("reason", [
    b'"}\n{"event":"forged"}', b"\x1b[31mred", b"\r\nforged", b"\x00nul", b"\xff\xfe not UTF-8", "\u2028 \u202e".encode(),
], ids=["a line", "ESC", "CRLF", "NUL", "no UTF-8", "odd separators"])
def test_a6_a_close_reason_cannot_forge_a_line(proxy, backend, reason):
    client, server = backend.tunnel(proxy.port)
    close_politely(client, server, 4000, reason)
    closed = proxy.log.wait("tunnel_closed")
    assert closed["code"] == 4000
    assert not proxy.log.events("forged")
    raw = proxy.log.raw()
    assert b"\x1b" not in raw and b"\x00" not in raw and b"\r" not in raw
    raw.decode("utf-8")
    assert b"\n\n" not in raw


def test_a6_long_fields_are_cut_and_stay_one_line(proxy, backend):
    client, server = backend.tunnel(
        proxy.port, "/" + "p" * 7000, extra=[("User-Agent", "u" * 9000), ("Origin", "o" * 9000)])
    close_politely(client, server)
    proxy.log.wait("tunnel_closed")
    assert max(len(line) for line in proxy.log.raw().split(b"\n")) <= 16384


def test_level_warn_keeps_tunnels_out_of_the_log(launch, backend):
    proxy = launch(settings(backend, log={"level": "warn", "format": "json"}))
    client, server = backend.tunnel(proxy.port)
    close_politely(client, server)
    proxy.wait_metric("tidegate_tunnels_active", 0)
    assert not proxy.log.events("tunnel_opened") and not proxy.log.events("tunnel_closed")


def test_sigusr1_opens_the_log_file_anew(launch, backend, tmp_path):
    path = tmp_path / "proxy.log"
    proxy = launch(settings(backend, log={"level": "info", "format": "json", "file": str(path)}))
    ask(proxy.port, upgrade(drop=["Host"]))
    wait_until(lambda: b'"refused"' in path.read_bytes(), 5, what="a line in the file")
    path.rename(tmp_path / "proxy.log.1")
    proxy.signal(signal.SIGUSR1)
    wait_until(path.exists, 5, what="the file opened anew")
    ask(proxy.port, upgrade(drop=["Host"]))
    wait_until(lambda: b'"refused"' in path.read_bytes(), 5, what="a line in the new file")
    assert (tmp_path / "proxy.log.1").read_bytes().count(b'"refused"') == 1


def test_r24_a_log_that_nobody_reads_stops_nothing(launch, backend, tmp_path):
    """The log goes to a pipe whose reader never reads: lines are dropped, tunnels open and close all the same."""
    path = tmp_path / "log.fifo"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        proxy = launch(settings(backend, log={"level": "info", "format": "json", "file": str(path)}))
        def tunnels(count):
            for _ in range(count):
                client, server = backend.tunnel(proxy.port, "/" + "p" * 900)
                client.reset()
                server.close()

        # Several times what a pipe holds; the writer gives up after a while, and what it could not write is counted.
        tunnels(300)
        proxy.wait_metric("tidegate_log_lines_dropped_total", lambda value: value > 0, deadline=20)
        tunnels(20)
        proxy.wait_metric("tidegate_tunnels_active", 0)
        assert proxy.stop() == 0
    finally:
        os.close(reader)

"""TLS toward backends: what is asked for, what is resumed, what goes through it, and how it ends."""

import asyncio
import hashlib
import random
import socket
import ssl
import threading

import pytest

from harness.certificates import Authority
from harness.exchange import exchange
from harness.frames import BINARY, frame
from harness.heads import answer, plain, upgrade
from harness.load import connect
from harness.process import MiB
from harness.tls_backend import TLSBackend, end_politely, server_context
from harness.tls_echoes import AiohttpTLSEcho, WebsocketsTLSEcho
from harness.tls_pool import secure
from harness.waiting import wait_until
from harness.wire import Wire


@pytest.fixture(scope="module")
def local(authority):
    """A good certificate for the name and the address of this machine."""
    return authority.issue("localhost", "127.0.0.1")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_tunnel_and_a_plain_request_go_out_by_verified_tls(launch, authority, local, version):
    with TLSBackend(server_context(local, version=version)) as backend:
        proxy = launch(secure(authority, backend))
        client, server = backend.tunnel(proxy.port)
        assert server.sock.version() == f"TLSv1.{3 if version is ssl.TLSVersion.TLSv1_3 else 2}"
        message = frame(BINARY, b"up", masked=True)
        client.send(message)
        assert server.receive(len(message)) == message
        server.send(frame(BINARY, b"down"))
        assert client.read_frame().payload == b"down"
        got = exchange(proxy.port, backend, plain("/plain?x=1"), answer(200, body=b"inside"))
        assert got.seen.line == "GET /plain?x=1 HTTP/1.1" and got.body == b"inside"
        assert backend.names == ["localhost", "localhost"]
        proxy.wait_metric("tidegate_backend_tls_handshake_duration_seconds_count", 2, pool="main")
        assert proxy.metric("tidegate_backend_tls_handshake_duration_seconds_sum", pool="main") > 0


def test_https_and_wss_are_the_same(launch, authority, local):
    with TLSBackend(server_context(local)) as backend:
        proxy = launch(secure(authority, backend.url.replace("wss://", "https://")))
        client, server = backend.tunnel(proxy.port)
        server.send(frame(BINARY, b"down"))
        assert client.read_frame().payload == b"down"
        assert exchange(proxy.port, backend).body == b"ok"


def test_b20_an_address_is_verified_as_an_address_and_never_asked_for_by_name(launch, authority, local):
    with TLSBackend(server_context(local), host="127.0.0.1") as backend:
        proxy = launch(secure(authority, backend))
        assert exchange(proxy.port, backend).body == b"ok"
        assert backend.names == [None]


def test_b20_server_name_is_what_is_asked_for_and_verified(launch, authority):
    with TLSBackend(server_context(authority.issue("voice.internal")), host="127.0.0.1") as backend:
        proxy = launch(secure(authority, backend, server_name="voice.internal"))
        assert exchange(proxy.port, backend).body == b"ok"
        assert backend.names == ["voice.internal"]


def test_a_wildcard_stands_for_one_label(launch, authority):
    with TLSBackend(server_context(authority.issue("*.wild.internal")), host="127.0.0.1") as backend:
        proxy = launch(secure(authority, backend, server_name="one.wild.internal"))
        assert exchange(proxy.port, backend).body == b"ok"
        config = secure(authority, backend, server_name="one.two.wild.internal")
        config["listeners"], config["admin"] = proxy.config["listeners"], proxy.config["admin"]
        assert proxy.reload(config)
        with Wire.connect(proxy.port) as client:
            client.send(plain())
            backend.refused()
            assert client.read_head().status == 502


def test_http_1_1_is_offered_and_a_backend_may_pick_it(launch, authority, local):
    with TLSBackend(server_context(local, alpn=["h2", "http/1.1"])) as backend:
        proxy = launch(secure(authority, backend))
        client, server = backend.tunnel(proxy.port)
        assert server.sock.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_the_second_connection_resumes_the_first_ones_session(launch, authority, local, version):
    with TLSBackend(server_context(local, version=version)) as backend:
        proxy = launch(secure(authority, backend))
        resumed = []
        for _ in range(4):
            client, server = backend.tunnel(proxy.port)
            server.send(frame(BINARY, b"down"))
            assert client.read_frame().payload == b"down"
            resumed.append(server.sock.session_reused)
        assert resumed == [False, True, True, True]


def test_a_session_is_not_resumed_once_its_authority_is_no_longer_believed(launch, authority, local, tmp_path):
    with TLSBackend(server_context(local)) as backend:
        proxy = launch(secure(authority, backend))
        client, _ = backend.tunnel(proxy.port)
        config = secure(Authority(tmp_path / "other"), backend)
        config["listeners"], config["admin"] = proxy.config["listeners"], proxy.config["admin"]
        assert proxy.reload(config)
        with Wire.connect(proxy.port) as late:
            late.send(upgrade())
            assert "no refusal" not in backend.refused()
            assert late.read_head().status == 502
        wait_until(lambda: b"certificate_unknown_authority" in proxy.log.raw(), 5, proxy.log.tail)
        client.close()


def plain_over(server, proxy, path):
    """One plain request from a client of its own, which must reach the backend over `server`."""
    client = Wire.connect(proxy.port)
    client.send(plain(path))
    assert server.read_head().target == path
    server.send(answer(200, body=path.encode()))
    assert client.read_head().status == 200 and client.receive(len(path)) == path.encode()
    client.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_plain_requests_reuse_an_encrypted_connection(launch, authority, local, version):
    """Session tickets that come while it is idle are no words that nobody asked for."""
    with TLSBackend(server_context(local, version=version)) as backend:
        proxy = launch({**secure(authority, backend, pool={"keep_alive": {"connections": 4, "timeout": "30s"}}), "workers": 1})
        first = Wire.connect(proxy.port)
        first.send(plain("/0"))
        server, _ = backend.request()
        server.send(answer(200, body=b"ok"))
        assert first.read_head().status == 200
        first.close()
        for number in range(1, 5):
            plain_over(server, proxy, f"/{number}")
        assert backend.names == ["localhost"]
        proxy.wait_metric("tidegate_backend_reuses_total", 4, pool="main")
        proxy.wait_metric("tidegate_backend_connections_idle", 1, pool="main")
        end_politely(server)
        server.close()
        proxy.wait_metric("tidegate_backend_connections_idle", 0, pool="main")
        assert exchange(proxy.port, backend).body == b"ok"


def test_16_mib_go_both_ways_through_a_tunnel(launch, authority, local):
    data = random.Random(16).randbytes(16 * MiB)
    with WebsocketsTLSEcho(server_context(local)) as echo:
        proxy = launch(secure(authority, echo))

        async def play():
            async with connect(f"ws://127.0.0.1:{proxy.port}/") as socket:
                await socket.send(data)
                return await asyncio.wait_for(socket.recv(), 30)

        assert hashlib.sha256(asyncio.run(play())).digest() == hashlib.sha256(data).digest()


def test_16_mib_go_both_ways_as_bodies(launch, authority, local):
    data = random.Random(17).randbytes(16 * MiB)
    with AiohttpTLSEcho(server_context(local)) as echo:
        proxy = launch(secure(authority, echo))
        client = Wire.connect(proxy.port)
        request = plain("/echo", method="POST", extra=[("Content-Length", str(len(data))), ("Connection", "close")], body=b"")
        sender = threading.Thread(target=client.send, args=(request + data,), daemon=True)
        sender.start()
        head = client.read_head()
        body = dechunked(client.read_rest(30))
        sender.join(5)
        assert head.status == 200 and head.tokens("Transfer-Encoding") == {"chunked"}
        assert client.end == "fin"
        assert hashlib.sha256(body).digest() == hashlib.sha256(data).digest()


def dechunked(data):
    parts, at = [], 0
    while True:
        end = data.index(b"\r\n", at)
        size = int(data[at:end], 16)
        if size == 0:
            assert data[end:] == b"\r\n\r\n"
            return b"".join(parts)
        parts.append(data[end + 2:end + 2 + size])
        at = end + 2 + size + 2


def test_t10_an_answer_until_the_end_is_whole_only_with_close_notify(launch, authority, local):
    with TLSBackend(server_context(local)) as backend:
        proxy = launch(secure(authority, backend))
        for polite in (True, False):
            client = Wire.connect(proxy.port)
            client.send(plain())
            server, _ = backend.request()
            server.send(answer(200, body=b"until the end", length=False))
            head = client.read_head()
            if polite:
                end_politely(server)
            else:
                server.sock.shutdown(socket.SHUT_WR)  # The FIN alone: anyone on the way could have sent it.
            try:
                body = client.read_rest()
            finally:
                server.close()
            if polite:
                assert head.status == 200 and client.end == "fin" and b"until the end" in body
            else:
                whole = client.end == "fin" and not head.tokens("Transfer-Encoding")
                assert not whole and not body.endswith(b"0\r\n\r\n"), f"a cut answer looked whole: {client.end} {body!r}"

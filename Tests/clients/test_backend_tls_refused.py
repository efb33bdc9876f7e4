"""TLS toward backends that cannot be: who is not believed, and who speaks none or too little of it."""

import ssl

import pytest

from harness.certificates import Authority
from harness.exchange import exchange, read_answer
from harness.frames import BINARY, frame
from harness.heads import answer, plain, switching, upgrade
from harness.raw_backend import RawBackend
from harness.rows import ask, assert_refused
from harness.self_signed import self_signed
from harness.tls_backend import TLSBackend, server_context
from harness.tls_pool import secure
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire

REQUESTS = {"an upgrade": upgrade(), "a plain request": plain()}


@pytest.fixture(scope="module")
def local(authority):
    """A good certificate for the name and the address of this machine."""
    return authority.issue("localhost", "127.0.0.1")


def bad_certificate(kind, authority, folder):
    if kind == "expired":
        return authority.issue("localhost", starts=-60, ends=-30)
    if kind == "not yet valid":
        return authority.issue("localhost", starts=10, ends=30)
    if kind == "of another name":
        return authority.issue("other.test")
    if kind == "self-signed":
        return self_signed(folder, "localhost")
    assert kind == "of an unknown authority"
    return Authority(folder / "unknown").issue("localhost")


BAD = {
    "expired": "certificate_expired", "not yet valid": "certificate_not_yet_valid",
    "of another name": "certificate_name_mismatch", "self-signed": "certificate_unknown_authority",
    "of an unknown authority": "certificate_unknown_authority",
}


@pytest.mark.parametrize("request_kind", REQUESTS)
@pytest.mark.parametrize("kind", BAD)
def test_t17_a_certificate_that_proves_nothing_ends_in_502(launch, authority, tmp_path, kind, request_kind):
    with TLSBackend(server_context(bad_certificate(kind, authority, tmp_path))) as backend:
        proxy = launch(secure(authority, backend))
        client = Wire.connect(proxy.port)
        client.send(REQUESTS[request_kind])
        assert "no refusal" not in backend.refused()
        head, _ = read_answer(client)
        assert head.status == 502 and "close" in head.tokens("Connection")
        wait_until(lambda: BAD[kind].encode() in proxy.log.raw(), 5, proxy.log.tail)
        name = "upgrade" if request_kind == "an upgrade" else "request"
        proxy.wait_metric(f"tidegate_{name}_failures_total", 1, reason="backend_tls")


def test_without_a_ca_only_the_systems_authorities_are_believed(launch, authority, local):
    with TLSBackend(server_context(local)) as backend:
        proxy = launch(secure(None, backend))
        client = Wire.connect(proxy.port)
        client.send(plain())
        assert "UNKNOWN_CA" in backend.refused()
        assert client.read_head().status == 502


@pytest.mark.parametrize("kind", BAD)
def test_insecure_skip_verify_believes_anyone_and_shouts_at_the_start(launch, authority, tmp_path, kind):
    with TLSBackend(server_context(bad_certificate(kind, authority, tmp_path))) as backend:
        proxy = launch(secure(authority, backend, insecure_skip_verify=True))
        assert exchange(proxy.port, backend).body == b"ok"
        warned = [
            line for line in proxy.log.lines()
            if line.get("level") in ("warn", "warning") and "insecure_skip_verify" in str(line) and "main" in str(line)]
        assert len(warned) == 1, proxy.log.tail()


def test_a_backend_older_than_the_minimum_version_is_refused(launch, authority, local):
    with TLSBackend(server_context(local, version=ssl.TLSVersion.TLSv1_2)) as backend:
        proxy = launch(secure(authority, backend, minimum_version="1.3"))
        client = Wire.connect(proxy.port)
        client.send(plain())
        assert "no refusal" not in backend.refused()
        assert client.read_head().status == 502


# Our own certificate


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_backend_that_asks_for_a_certificate_gets_ours(launch, authority, local, version):
    mine = authority.issue("the-proxy.internal")
    with TLSBackend(server_context(local, version=version, clients=authority)) as backend:
        proxy = launch(secure(authority, backend, certificate=mine.certificate, key=mine.key))
        for _ in range(2):
            client, server = backend.tunnel(proxy.port)
            subject = dict(pair for group in server.sock.getpeercert()["subject"] for pair in group)
            assert subject["commonName"] == "the-proxy.internal"
            server.send(frame(BINARY, b"down"))
            assert client.read_frame().payload == b"down"


@pytest.mark.parametrize("request_kind", REQUESTS)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_backend_that_asks_for_a_certificate_we_lack_ends_in_502(launch, authority, local, version, request_kind):
    with TLSBackend(server_context(local, version=version, clients=authority)) as backend:
        proxy = launch(secure(authority, backend))
        client = Wire.connect(proxy.port)
        client.send(REQUESTS[request_kind])
        assert "PEER_DID_NOT_RETURN_A_CERTIFICATE" in backend.refused()
        assert client.read_head().status == 502


@pytest.mark.parametrize("kind, word", [("key of another", "key"), ("ca missing", "nowhere.pem"), ("ca empty", "empty.pem")])
def test_files_that_cannot_serve_refuse_the_start_with_a_message(launch, authority, tmp_path, kind, word):
    one, other = authority.issue("one.test"), authority.issue("two.test")
    (tmp_path / "empty.pem").write_bytes(b"")
    tls = {
        "key of another": {"certificate": one.certificate, "key": other.key},
        "ca missing": {"ca": str(tmp_path / "nowhere.pem")}, "ca empty": {"ca": str(tmp_path / "empty.pem")},
    }[kind]
    proxy = launch(secure(authority, "wss://localhost:9", **tls), start=False).spawn()
    assert proxy.wait_exit() == 1
    assert word in proxy.log.tail() and "pools.main" in proxy.log.tail()


# Those who speak no TLS, or too little of it


@pytest.mark.parametrize("request_kind", REQUESTS)
@pytest.mark.parametrize("early", [True, False], ids=["before our ClientHello", "instead of a ServerHello"])
@pytest.mark.parametrize("said", ["an answer", "a 101"])
def test_t17_plaintext_before_the_handshake_is_done_is_never_believed(launch, authority, said, early, request_kind):
    with RawBackend() as backend:
        proxy = launch(secure(authority, f"wss://localhost:{backend.port}"))
        client = Wire.connect(proxy.port)
        client.send(REQUESTS[request_kind])
        server = backend.accept()
        if not early:
            assert server.receive(1) == b"\x16"
        server.send(answer(200, body=b"injected") if said == "an answer" else switching(b"dGhlIHNhbXBsZSBub25jZQ=="))
        head, body = read_answer(client)
        assert head.status == 502 and b"injected" not in body
        assert b"GET " not in server.read_rest()


def test_a_backend_that_hangs_up_instead_of_a_handshake_ends_in_502(launch, authority):
    with RawBackend() as backend:
        proxy = launch(secure(authority, f"wss://localhost:{backend.port}"))
        for end in ("reset", "half_close"):
            client = Wire.connect(proxy.port)
            client.send(plain())
            server = backend.accept()
            server.receive(1)
            getattr(server, end)()
            assert client.read_head().status == 502


def test_b2_a_backend_that_never_answers_the_client_hello_costs_one_connect_timeout(launch, authority, local):
    """The kernel takes the connection, nobody ever says a word on it: the dial's time covers the handshake."""
    with RawBackend() as silent, TLSBackend(server_context(local)) as backend:
        proxy = launch(secure(
            authority, f"wss://localhost:{silent.port}", backend, timeouts={"connect": "300ms", "handshake": "8s"}))
        for request in (plain(), upgrade(), plain(), upgrade()):
            watch = Stopwatch()
            client = Wire.connect(proxy.port)
            client.send(request)
            server, head = backend.request()
            server.send(
                switching(head.one("Sec-WebSocket-Key")) if head.get("Upgrade") else answer(200, body=b"ok"))
            assert client.read_head().status in (101, 200)
            assert watch.seconds < 3
            server.close()
            client.close()


def test_b2_when_no_backend_answers_the_client_hello_the_client_is_told_in_time(launch, authority):
    with RawBackend() as silent:
        proxy = launch(secure(
            authority, f"wss://localhost:{silent.port}", timeouts={"connect": "300ms", "handshake": "2s"}))
        for request in REQUESTS.values():
            watch = Stopwatch()
            assert_refused(ask(proxy.port, request), 502, 503, 504)
            assert watch.seconds < 4


def test_handshakes_that_fail_leave_nothing_behind(launch, authority, tmp_path):
    with TLSBackend(server_context(Authority(tmp_path / "unknown").issue("localhost"))) as backend:
        proxy = launch(secure(authority, backend))
        for _ in range(100):
            client = Wire.connect(proxy.port)
            client.send(plain())
            backend.refused()
            assert client.read_head().status == 502
            client.close()
        proxy.wait_metric("tidegate_request_failures_total", 100, reason="backend_tls")

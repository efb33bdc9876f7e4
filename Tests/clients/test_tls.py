"""TLS at the front: which certificate, which versions, what a handshake may not do, and how a stream ends."""

import socket
import ssl
import subprocess

import pytest

from harness.certificates import serial_of
from harness.client_hello import client_hello, protocols, server_names, ticket, unknown
from harness.frames import BINARY, TEXT, frame
from harness.heads import KEY, switching, upgrade
from harness.rows import assert_refused, ask
from harness.sessions import allow_early_data
from harness.settings import settings
from harness.tls_wire import TLSWire
from harness.wire import Wire

ALERT, HANDSHAKE = 0x15, 0x16


@pytest.fixture(scope="module")
def secure(backend, certificates, launch_once):
    return launch_once(settings(backend, tls=certificates))


@pytest.fixture
def trusting(authority):
    return authority.client_context()


def tls_tunnel(proxy, backend, context, **options):
    client = TLSWire(proxy.secure_port, context, **options)
    client.send(upgrade())
    server, head = backend.request()
    server.send(switching(KEY))
    assert client.read_head().status == 101
    return client, server, head


def first_record(port, data):
    """The type and content of the first record that answers `data`; (None, b"") when the connection just ends."""
    client = Wire.connect(port)
    client.send(data)
    try:
        kind, *_ = head = client.receive(5)
        return kind, client.receive(int.from_bytes(head[3:5], "big"))
    except AssertionError:
        return None, b""
    finally:
        client.close()


def s_client(proxy, *arguments, text="", deadline=10):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{proxy.secure_port}", "-servername", "site.test", *arguments],
        input=text, capture_output=True, text=True, timeout=deadline, errors="replace")
    return done.stdout + done.stderr


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def test_frames_pass_over_tls_and_the_backend_hears_of_https(secure, backend, authority, version):
    context = authority.client_context(newest=version)
    context.minimum_version = version
    client, server, head = tls_tunnel(secure, backend, context)
    assert head.one("X-Forwarded-Proto") == "https"
    up, down = frame(BINARY, bytes(200_000), masked=True), frame(BINARY, bytes(range(256)) * 800)
    server.sock.settimeout(10)
    client.send(up)
    assert server.receive(len(up)) == up
    server.send(down)
    assert client.receive(len(down)) == down
    label = "TLSv1.2" if version is ssl.TLSVersion.TLSv1_2 else "TLSv1.3"
    assert secure.metric("tidegate_tls_handshakes_total", listener="secure", version=label) >= 1


@pytest.mark.parametrize("name, which", [
    ("site.test", 1), ("SITE.test", 1), ("a.wild.test", 2), ("b.wild.test", 2),
    ("a.b.wild.test", 0), ("wild.test", 0), ("unknown.test", 0), (None, 0),
])
def test_t3_the_certificate_is_chosen_by_name(secure, authority, certificates, name, which):
    context = authority.client_context(check=False)
    with Wire.connect(secure.secure_port, tls=context, server_name=name) as client:
        assert serial_of(client.sock.getpeercert(binary_form=True)) == certificates[which].serial


@pytest.mark.parametrize("names", [
    [b"127.0.0.1"], [b"a" * 300], [b"site.test\0.evil"], [b"site..test"], [b".."], [b"."], [b""], [b"\xff\xfe"],
    [b"site.test", b"other.test"], [b"-"], [b"*.wild.test"],
], ids=["an address", "300 bytes", "NUL", "two dots", "only dots", "a dot", "nothing", "not UTF-8", "two names", "a dash", "a star"])
def test_t3_an_odd_server_name_gets_the_default_or_an_alert(secure, names):
    kind, content = first_record(secure.secure_port, client_hello(server_names(*names)))
    assert kind in (ALERT, HANDSHAKE)
    if kind == HANDSHAKE:
        assert content[0] == 2, "no ServerHello"
    assert secure.is_alive()


@pytest.mark.parametrize("offered, chosen", [
    (None, None), (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"), (["http/1.1", "h2"], "http/1.1"),
    (["junk"] * 50 + ["http/1.1"], "http/1.1"),
])
def test_t6_http_1_1_is_agreed_on_or_nothing_was_offered(secure, authority, offered, chosen):
    context = authority.client_context(alpn=offered)
    with Wire.connect(secure.secure_port, tls=context) as client:
        assert client.sock.selected_alpn_protocol() == chosen


@pytest.mark.parametrize("offered", [["h2"], ["junk"], ["h2", "http/1.0", "spdy/3"]])
def test_t6_without_an_overlap_the_handshake_ends_in_no_application_protocol(secure, authority, offered):
    with pytest.raises(ssl.SSLError) as failed:
        Wire.connect(secure.secure_port, tls=authority.client_context(alpn=offered))
    assert "NO_APPLICATION_PROTOCOL" in str(failed.value).upper().replace(" ", "_")


@pytest.mark.parametrize("extension", [
    protocols(raw=b""), protocols(b""), protocols(*[b"x%d" % n for n in range(1000)]), protocols(raw=b"\xff\x01"),
], ids=["an empty list", "an empty name", "a thousand names", "a name longer than the list"])
def test_t6_an_odd_alpn_list_ends_in_an_alert(secure, extension):
    kind, _ = first_record(secure.secure_port, client_hello(server_names(b"site.test"), extension))
    assert kind == ALERT
    assert secure.is_alive()


def test_t1_renegotiation_is_refused_and_the_connection_ends(secure, backend):
    """s_client renegotiates on a line with `R`: the proxy refuses, and no request got through before that."""
    output = s_client(secure, "-tls1_2", text="R\n")
    assert "RENEGOTIATING" in output
    assert "no renegotiation" in output.lower() or "handshake failure" in output.lower(), output[-1500:]
    assert backend.is_untouched()


@pytest.mark.parametrize("version", [0x0301, 0x0302], ids=["TLS 1.0", "TLS 1.1"])
def test_t2_an_old_version_ends_in_a_protocol_version_alert(secure, version):
    kind, content = first_record(secure.secure_port, client_hello(version=version))
    assert (kind, content) == (ALERT, b"\x02\x46")


def test_t2_ssl_3_ends_in_an_alert(secure):
    """SSL 3.0 knows no protocol_version alert, so that a handshake_failure is right as well."""
    kind, content = first_record(secure.secure_port, client_hello(version=0x0300))
    assert kind == ALERT and content in (b"\x02\x46", b"\x02\x28")


def test_t2_minimum_version_1_3_refuses_1_2(launch, backend, certificates, authority):
    config = settings(backend, tls=certificates)
    config["listeners"][1]["tls"]["minimum_version"] = "1.3"
    proxy = launch(config)
    with pytest.raises(ssl.SSLError) as failed:
        Wire.connect(proxy.secure_port, tls=authority.client_context(newest=ssl.TLSVersion.TLSv1_2))
    assert "PROTOCOL_VERSION" in str(failed.value).upper().replace(" ", "_")
    with Wire.connect(proxy.secure_port, tls=authority.client_context()) as client:
        assert client.sock.version() == "TLSv1.3"


def test_t7_records_of_one_byte_carry_a_tunnel(secure, backend, trusting):
    client = TLSWire(secure.secure_port, trusting)
    client.send(upgrade(), record=1)
    server, _ = backend.request()
    server.send(switching(KEY))
    assert client.read_head().status == 101
    data = frame(TEXT, b"one byte a record " * 50, masked=True)
    client.send(data, record=1)
    assert server.receive(len(data)) == data


def test_f19_tls_cut_into_single_bytes_carries_a_tunnel(secure, backend, trusting):
    client, server, _ = tls_tunnel(secure, backend, trusting, piece=1)
    data = frame(TEXT, b"cut everywhere", masked=True)
    client.send(data)
    assert server.receive(len(data)) == data


def test_t7_a_record_longer_than_allowed_ends_the_connection(secure, backend, trusting):
    client, server, _ = tls_tunnel(secure, backend, trusting)
    client.wire.send(b"\x17\x03\x03" + (2**14 + 257).to_bytes(2, "big") + bytes(2**14 + 257))
    assert client.ending() != "open"
    assert server.wait_end() in ("fin", "reset")


def test_t20_a_damaged_record_ends_that_connection_alone(secure, backend, trusting):
    client, server, _ = tls_tunnel(secure, backend, trusting)
    other, other_server, _ = tls_tunnel(secure, backend, trusting)
    client.wire.send(b"\x17\x03\x03\x00\x40" + bytes(64))
    assert client.ending() != "open"
    assert server.wait_end() in ("fin", "reset")
    for text in (b"one", b"two"):
        other.send(frame(TEXT, text, masked=True))
        assert other_server.read_frame().payload == text


def test_t10_a_fin_without_close_notify_is_no_clean_end(secure, backend, trusting):
    """Truncation may be an attacker's work: the backend is told of an abnormal end, and at once."""
    client, server, _ = tls_tunnel(secure, backend, trusting)
    client.send(frame(TEXT, b"whole", masked=True))
    assert server.read_frame().payload == b"whole"
    client.wire.half_close()
    rest = server.read_rest()
    closed_by_us = len(rest) >= 8 and rest[0] == 0x88 and rest[1] & 0x80
    assert server.end == "reset" or closed_by_us, f"ended as if the client had meant it: {server.end} {rest!r}"


def test_t11_after_a_clients_close_notify_the_backend_still_delivers(secure, backend, trusting):
    client, server, _ = tls_tunnel(secure, backend, trusting)
    client.close_notify()
    data = frame(BINARY, bytes(range(256)) * 400)
    server.send(data)
    assert client.receive(len(data)) == data


def test_t12_an_end_of_ours_is_said_with_close_notify(secure, trusting):
    client = TLSWire(secure.secure_port, trusting)
    client.send(upgrade(drop=["Sec-WebSocket-Key"]))
    assert client.read_head().status == 400
    assert client.ending() == "close_notify"


def test_t12_the_last_frames_of_a_backend_arrive_before_close_notify(secure, backend, trusting):
    client, server, _ = tls_tunnel(secure, backend, trusting)
    data = frame(BINARY, bytes(100_000)) + b"\x88\x02\x03\xe8"
    server.send(data)
    server.close()
    assert client.receive(len(data)) == data
    client.send(b"\x88\x82\0\0\0\0\x03\xe8")
    assert client.ending() == "close_notify"


def early_data_play(secure, tmp_path, *, forged):
    """Resumes a session with a request as early data; `forged` makes s_client believe that the ticket allows it."""
    saved, early = tmp_path / "session.pem", tmp_path / "early"
    first = s_client(secure, "-ign_eof", "-tls1_3", "-sess_out", str(saved), text="GET / HTTP/1.1\r\n\r\n")
    assert saved.exists(), first[-1500:]
    early.write_bytes(upgrade("/early"))
    if forged:
        saved.write_text(allow_early_data(saved.read_text()))
    return first, s_client(
        secure, "-ign_eof", "-tls1_3", "-sess_in", str(saved), "-early_data", str(early), text="GET / HTTP/1.1\r\n\r\n")


def test_t13_a_ticket_allows_no_early_data(secure, tmp_path):
    first, second = early_data_play(secure, tmp_path, forged=False)
    assert "Max Early Data: 0" in first, first[-1500:]
    assert "Reused, TLSv1.3" in second and "Early data was not sent" in second, second[-1500:]


def test_t13_early_data_that_is_sent_all_the_same_is_rejected(secure, backend, tmp_path):
    """The upgrade in it reaches nobody, and what comes after the handshake is a request like any other."""
    _, output = early_data_play(secure, tmp_path, forged=True)
    assert "Early data was rejected" in output, output[-1500:]
    assert "HTTP/1.1 400" in output, output[-1500:]
    assert backend.is_untouched()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def test_a_ticket_of_one_worker_is_taken_by_every_other(secure, authority, version):
    context = authority.client_context(newest=version)
    context.minimum_version = version
    session = _session(secure, context)
    for _ in range(10):
        with context.wrap_socket(_socket(secure), server_hostname="site.test", session=session) as client:
            assert client.session_reused
            session = client.session if version is ssl.TLSVersion.TLSv1_2 else _drain(client)
    assert secure.metric("tidegate_tls_handshakes_total", listener="secure", resumed="true") >= 10


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def test_t5_a_ticket_of_one_name_used_at_another_carries_a_tunnel(secure, backend, authority, certificates, version):
    """Resumed, it says whom the first handshake proved; in full, it must prove the name that is asked for now."""
    context = authority.client_context(newest=version)
    context.minimum_version = version
    session = _session(secure, context)
    with context.wrap_socket(_socket(secure), server_hostname="a.wild.test", session=session) as sock:
        expected = certificates[1 if sock.session_reused else 2]
        assert serial_of(sock.getpeercert(binary_form=True)) == expected.serial
        client = Wire(sock)
        client.send(upgrade())
        server, _ = backend.request()
        server.send(switching(KEY))
        assert client.read_head().status == 101
        client.send(frame(TEXT, b"elsewhere", masked=True))
        assert server.read_frame().payload == b"elsewhere"


@pytest.mark.parametrize("extensions, records", [
    ([unknown(0x4A4A + 0x1010 * n, 0) for n in range(8)], 1),
    ([unknown(0x6000 + n, 8) for n in range(300)], 1),
    ([unknown(0x6000, 15_000)], 1),
    ([unknown(0x6000 + n, 15_000) for n in range(4)], 4),
    ([ticket(b"s" * 60_000)], 4),
], ids=["GREASE", "300 unknown extensions", "one of 15,000 bytes", "60,000 bytes in four records", "a ticket of 60,000 bytes"])
def test_t19_extensions_of_no_use_are_ignored(secure, extensions, records):
    hello = client_hello(server_names(b"site.test"), *extensions)
    assert len(hello) > (records - 1) * 16384
    kind, content = first_record(secure.secure_port, hello)
    assert kind == HANDSHAKE and content[0] == 2, f"{kind} {content[:2]!r} is no ServerHello"
    assert secure.is_alive()


@pytest.mark.parametrize("hello", [
    client_hello(unknown(0x6000, 4), server_names(b"site.test"), server_names(b"site.test")),
    client_hello(b"\x60\x00\xff\xff"),
    b"\x16\x03\x01\x40\x00\x01\xff\xff\xff\x03\x03" + bytes(16378),
], ids=["a name twice", "an extension longer than the hello", "16 MiB announced"])
def test_t19_a_clienthello_beyond_reason_ends_in_an_alert(secure, hello):
    kind, _ = first_record(secure.secure_port, hello)
    assert kind == ALERT
    assert secure.is_alive()


def _socket(proxy):
    return socket.create_connection(("127.0.0.1", proxy.secure_port), timeout=5)


def _drain(client):
    """TLS 1.3 tickets come after the handshake: read an answer, then take the session."""
    client.sendall(upgrade(drop=["Sec-WebSocket-Key"]))
    while client.recv(65536):
        pass
    return client.session


def _session(proxy, context):
    with context.wrap_socket(_socket(proxy), server_hostname="site.test") as client:
        assert not client.session_reused
        return _drain(client)


def test_h45_http_on_the_tls_port_is_counted_as_a_failed_handshake(secure):
    before = secure.metric("tidegate_tls_handshakes_total", listener="secure")
    client = Wire.connect(secure.secure_port)
    client.send(upgrade())
    client.wait_end()
    secure.wait_metric("tidegate_tls_handshakes_total", before + 1, listener="secure")


def test_a_refusal_over_tls_is_as_over_plain_tcp(secure, authority, backend):
    assert_refused(ask(secure.secure_port, upgrade(drop=["Host"]), tls=authority.client_context()), 400)
    assert backend.is_untouched()

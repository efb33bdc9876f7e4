"""The PROXY protocol: believed from trusted peers only, and told to backends that want it."""

import socket
import ssl
import tempfile

import pytest

from harness.exchange import read_answer
from harness.frames import TEXT, frame
from harness.heads import KEY, answer, plain, switching, upgrade
from harness.proxy_header import SIGNATURE, local, read_v1, read_v2, tlv, v1, v2
from harness.rows import Row, assert_accepted, rows
from harness.settings import settings
from harness.tls_backend import TLSBackend, server_context
from harness.waiting import wait_until
from harness.wire import Ended, Wire

TRUSTED = "127.0.0.1"
STRANGER = "127.0.0.2"


@pytest.fixture(scope="module")
def front(backend, launch_once, certificates):
    """A plain and an encrypted listener that take the header from 127.0.0.1 alone."""
    config = settings(
        pools={"main": {"backends": [backend.url], "keep_alive": "off"}}, tls=certificates, trusted_proxies=["127.0.0.1/32"],
        timeouts={"handshake": "2s"})
    for listener in config["listeners"]:
        listener["proxy_protocol"] = True
    return launch_once(config)


def dial(port, source=TRUSTED):
    """A connection that comes from `source`, one of this machine's loopback addresses."""
    sock = socket.socket()
    sock.settimeout(Wire.deadline)
    sock.bind((source, 0))
    sock.connect(("127.0.0.1", port))
    return Wire(sock)


def encrypted(wire, authority):
    """Speaks TLS from here on."""
    sock = authority.client_context().wrap_socket(wire.sock, server_hostname="site.test", suppress_ragged_eofs=False)
    return Wire(sock)


def served(client, backend):
    """The head that reaches the backend for what the client sent, and the answer's status."""
    server, head = backend.request()
    if head.get("Upgrade"):
        server.send(switching(head.one("Sec-WebSocket-Key")))
        assert_accepted(client, KEY)
    else:
        server.send(answer(200, body=b"ok"))
        head_back, body = read_answer(client)
        assert head_back.status == 200 and body == b"ok"
    client.close()
    server.close()
    return head


def assert_client(head, address, proto="http"):
    assert head.one("X-Forwarded-For") == address and head.one("X-Real-IP") == address, head.raw
    assert head.one("X-Forwarded-Proto") == proto


HEADERS = {
    "v1 over IPv4": (v1(), "203.0.113.7"), "v1 over IPv6": (v1("2001:db8::7", destination="2001:db8::1"), "2001:db8::7"),
    "v2 over IPv4": (v2(), "203.0.113.7"), "v2 over IPv6": (v2("2001:db8::7", destination="2001:db8::1"), "2001:db8::7"),
    "v2 with more to skip": (v2(extra=tlv(0x02, b"site.test") + tlv(0x04, b"\0" * 300)), "203.0.113.7"),
    "v1 unknown": (b"PROXY UNKNOWN\r\n", "127.0.0.1"), "v1 unknown with more": (b"PROXY UNKNOWN ff:: ::1 1 2\r\n", "127.0.0.1"),
    "v2 local": (local(), "127.0.0.1"), "v2 of no family": (SIGNATURE + b"\x21\x00\0\0", "127.0.0.1"),
    "the longest v1": (
        v1("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1", 65535, destination="ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", to=65535),
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1"),
}


@pytest.mark.parametrize("make", [upgrade, plain], ids=["an upgrade", "a plain request"])
@pytest.mark.parametrize("kind", HEADERS)
def test_a_trusted_peers_header_tells_who_the_client_is(front, backend, kind, make):
    header, address = HEADERS[kind]
    client = dial(front.port)
    client.send(header + make("/" + kind.replace(" ", "-")))
    assert_client(served(client, backend), address)


@pytest.mark.parametrize("kind", ["v1 over IPv4", "v1 over IPv6", "v2 over IPv6", "v2 with more to skip", "v1 unknown"])
def test_a_header_split_at_every_byte_is_the_same_header(front, backend, kind):
    header, address = HEADERS[kind]
    client = dial(front.port)
    client.send_bytewise(header + plain()[:20])
    client.send(plain()[20:])
    assert_client(served(client, backend), address)


def test_a_header_cut_in_two_at_every_byte_is_the_same_header(front, backend):
    for header in (v1(), v2()):
        for at in range(1, len(header)):
            client = dial(front.port)
            client.send(header[:at])
            client.send(header[at:] + plain())
            assert_client(served(client, backend), "203.0.113.7")


@pytest.mark.parametrize("kind", ["v1 over IPv4", "v2 over IPv6", "v2 local"])
def test_the_header_comes_before_the_client_hello(front, backend, authority, kind):
    header, address = HEADERS[kind]
    for make in (plain, upgrade):
        client = dial(front.secure_port)
        client.send(header)
        client = encrypted(client, authority)
        client.send(make())
        assert_client(served(client, backend), address, "https")


def test_the_log_tells_the_real_client_and_the_peer(front, backend):
    client = dial(front.port)
    client.send(v1("203.0.113.99", 40001) + upgrade("/logged"))
    served(client, backend)
    line = front.log.wait("tunnel_closed", path="/logged")
    assert line["client"].startswith("203.0.113.99"), line


def test_h39_what_the_real_client_claims_of_itself_is_not_believed(front, backend):
    client = dial(front.port)
    client.send(v1() + plain(extra=[("X-Forwarded-For", "6.6.6.6"), ("X-Real-IP", "6.6.6.6"), ("X-Forwarded-Proto", "https")]))
    head = served(client, backend)
    assert_client(head, "203.0.113.7")
    assert b"6.6.6.6" not in head.raw


def test_one_header_holds_for_all_requests_of_a_connection(front, backend):
    client = dial(front.port)
    client.send(v2())
    for number in range(3):
        client.send(plain(f"/{number}"))
        server, head = backend.request()
        assert_client(head, "203.0.113.7")
        server.send(answer(200, body=b"ok"))
        assert read_answer(client)[1] == b"ok"
        server.close()


def test_a_tunnel_carries_bytes_behind_a_header(front, backend):
    client = dial(front.port)
    message = frame(TEXT, b"early", masked=True)
    client.send(v2() + upgrade() + message)
    server, head = backend.request()
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)
    assert server.receive(len(message)) == message


# Those who may not, and those who do not make sense


def test_a_stranger_needs_no_header_and_is_itself(front, backend):
    client = dial(front.port, STRANGER)
    client.send(plain())
    assert_client(served(client, backend), STRANGER)


def refused(client, backend):
    """The connection ends, perhaps with a 400; no backend hears of it."""
    try:
        status = client.read_head().status
    except Ended:
        status = None
    assert status in (None, 400), status
    client.wait_end()
    assert backend.is_untouched()


@pytest.mark.parametrize("kind", ["v1 over IPv4", "v2 over IPv4", "v1 unknown", "v2 local"])
def test_a_header_from_a_stranger_is_refused(front, backend, kind):
    client = dial(front.port, STRANGER)
    client.send(HEADERS[kind][0] + plain())
    refused(client, backend)


def test_h45_a_header_on_a_listener_that_takes_none_is_refused(launch, backend):
    proxy = launch(settings(backend, trusted_proxies=["127.0.0.0/8"]))
    for header in (v1(), v2()):
        client = dial(proxy.port)
        client.send(header + plain())
        refused(client, backend)


BROKEN = [
    Row("H45", "no header, a request at once", b""),
    Row("H45", "a header in lower case", b"proxy TCP4 203.0.113.7 198.51.100.1 1 2\r\n"),
    Row("H45", "v1 with a bare LF", b"PROXY TCP4 203.0.113.7 198.51.100.1 1 2\n"),
    Row("H45", "v1 with two spaces", b"PROXY  TCP4 203.0.113.7 198.51.100.1 1 2\r\n"),
    Row("H45", "v1 with a name instead of an address", b"PROXY TCP4 evil.test 198.51.100.1 1 2\r\n"),
    Row("H45", "v1 with leading zeros", b"PROXY TCP4 203.0.113.007 198.51.100.1 1 2\r\n"),
    Row("H45", "v1 with a port past 65535", b"PROXY TCP4 203.0.113.7 198.51.100.1 65536 2\r\n"),
    Row("H45", "v1 with a negative port", b"PROXY TCP4 203.0.113.7 198.51.100.1 -1 2\r\n"),
    Row("H45", "v1 without a port", b"PROXY TCP4 203.0.113.7 198.51.100.1 1\r\n"),
    Row("H45", "v1 with one word too many", b"PROXY TCP4 203.0.113.7 198.51.100.1 1 2 3\r\n"),
    Row("H45", "v1 whose addresses are of the other family", b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n"),
    Row("H45", "v1 over UDP", b"PROXY UDP4 203.0.113.7 198.51.100.1 1 2\r\n"),
    Row("H45", "v1 of 108 bytes", b"PROXY UNKNOWN " + b"x" * 92 + b"\r\n"),
    Row("H45", "v1 that never ends", b"PROXY TCP4 " + b"1" * 5000),
    Row("H45", "v2 of version 3", SIGNATURE + b"\x31\x11\0\x0c" + bytes(12)),
    Row("H45", "v2 with an unknown command", v2(command=2)),
    Row("H45", "v2 over UDP", v2(family=0x12)),
    Row("H45", "v2 of an unknown family", v2(family=0x41)),
    Row("H45", "v2 shorter than its addresses", SIGNATURE + b"\x21\x11\0\x04" + bytes(4)),
    Row("H45", "v2 of 64 KiB", v2(extra=tlv(0xE0, bytes(65000)))),
    Row("H45", "v2 with an extension past its end", v2(extra=b"\x02\xff\xffabc")),
    Row("H45", "v2 with a wrong checksum", v2(extra=tlv(0x03, b"\xde\xad\xbe\xef"))),
    Row("H45", "v2 with a broken signature", SIGNATURE[:-1] + b"\r" + v2()[12:]),
    Row("H45", "two headers", v1() + v1("198.51.100.200")),
    Row("H45", "a v1 and a v2", v1() + v2("198.51.100.200")),
]


@rows(*BROKEN)
def test_a_header_that_makes_no_sense_ends_the_connection(front, backend, row):
    client = dial(front.port)
    try:
        client.send(row.data + plain())
    except ConnectionError:
        pass
    refused(client, backend)


def test_a_refused_header_is_logged_and_counted_by_its_reason(front, backend):
    before = front.metric("tidegate_connections_refused_total", reason="proxy_protocol")
    client = dial(front.port)
    client.send(b"PROXY TCP4 evil.test 198.51.100.1 1 2\r\n" + plain())
    refused(client, backend)
    front.wait_metric("tidegate_connections_refused_total", before + 1, reason="proxy_protocol")


def test_tls_without_a_header_is_refused(front, backend, authority):
    client = dial(front.secure_port)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        encrypted(client, authority)


def test_r1_half_a_header_ends_at_the_handshakes_deadline(front):
    client = dial(front.port)
    client.send(v2()[:20])
    client.read_rest(5)
    assert client.end in ("fin", "reset")


def test_a_peer_that_ends_inside_its_header_leaves_nothing(front):
    for header in (v1(), v2()):
        for at in (0, 1, 13, len(header) - 1):
            client = dial(front.port)
            client.send(header[:at])
            client.close()
    front.wait_metric("tidegate_connections_active", 0)


# Told to backends


READERS = {"v1": read_v1, "v2": read_v2}


@pytest.mark.parametrize("version", READERS)
@pytest.mark.parametrize("make", [upgrade, plain], ids=["an upgrade", "a plain request"])
def test_a_backend_that_wants_it_is_told_the_client_first(launch, backend, version, make):
    proxy = launch(settings(pools={"main": {"backends": [backend.url], "proxy_protocol": version}}))
    client = dial(proxy.port, "127.0.0.3")
    client.send(make())
    server = backend.accept()
    told = READERS[version](server)
    assert told.source == client.sock.getsockname() and told.destination == ("127.0.0.1", proxy.port)
    head = server.read_head()
    server.send(switching(head.one("Sec-WebSocket-Key")) if make is upgrade else answer(200, body=b"ok"))
    assert client.read_head().status in (101, 200)


@pytest.mark.parametrize("version", READERS)
def test_the_header_goes_out_before_the_handshake_of_tls(launch, authority, version):
    with TLSBackend(server_context(authority.issue("localhost"))) as backend:
        proxy = launch(settings(pools={"main": {
            "backends": [backend.url], "proxy_protocol": version, "tls": {"ca": str(authority.path)}}}))
        for make in (upgrade, plain):
            client = dial(proxy.port, "127.0.0.3")
            client.send(make())
            wire = backend.accept_plain()
            assert READERS[version](wire).source == client.sock.getsockname()
            server = backend.wrap(wire)
            head = server.read_head()
            server.send(switching(head.one("Sec-WebSocket-Key")) if make is upgrade else answer(200, body=b"ok"))
            assert client.read_head().status in (101, 200)
            client.close()
            server.close()


@pytest.mark.parametrize("version", READERS)
def test_a_kept_connection_never_carries_another_clients_requests(launch, backend, version):
    """The header speaks for one client, so its connection does too."""
    proxy = launch(settings(
        pools={"main": {"backends": [backend.url], "proxy_protocol": version, "keep_alive": {"connections": 8, "timeout": "30s"}}},
        workers=1))
    for number in range(3):
        client = dial(proxy.port, f"127.0.0.{4 + number}")
        client.send(plain())
        server = backend.accept()
        assert READERS[version](server).source == client.sock.getsockname()
        server.read_head()
        server.send(answer(200, body=b"ok"))
        assert read_answer(client)[1] == b"ok"
        client.close()


def test_the_client_behind_a_header_is_the_one_that_a_backend_is_told(launch, backend):
    config = settings(
        pools={"main": {"backends": [backend.url], "proxy_protocol": "v1"}}, trusted_proxies=["127.0.0.1/32"])
    config["listeners"][0]["proxy_protocol"] = True
    proxy = launch(config)
    client = dial(proxy.port)
    client.send(v2("203.0.113.7", 51234, destination="198.51.100.1", to=443) + plain())
    server = backend.accept()
    assert read_v1(server).source == ("203.0.113.7", 51234)
    server.read_head()
    server.send(answer(200, body=b"ok"))
    assert read_answer(client)[1] == b"ok"


def test_a_client_on_a_unix_socket_has_no_address_to_tell(launch, backend):
    folder = tempfile.mkdtemp(prefix="tidegate-")
    config = settings(pools={"main": {"backends": [backend.url], "proxy_protocol": "v1"}})
    config["listeners"].append({"name": "unix", "bind": f"unix:{folder}/front.sock"})
    launch(config)
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(5)
    wait_until(lambda: sock.connect_ex(f"{folder}/front.sock") == 0)
    client = Wire(sock)
    client.send(plain())
    server = backend.accept()
    assert read_v1(server).source is None
    server.read_head()
    server.send(answer(200, body=b"ok"))
    assert read_answer(client)[1] == b"ok"


def test_the_plays_own_headers_are_as_the_protocol_says():
    """The examples of proxy-protocol.txt, 2.1 and 2.2."""
    assert v1("192.168.0.1", 56324, destination="192.168.0.11", to=443) == b"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n"
    assert len(HEADERS["the longest v1"][0]) == 104 and len(v2()) == 28 and len(local()) == 16

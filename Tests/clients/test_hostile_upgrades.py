"""Upgrade requests that must not become a tunnel, and what comes early."""

import pytest

from harness.frames import BINARY, TEXT, frame
from harness.heads import KEY, answer, plain, switching, upgrade
from harness.process import MemoryMark, MiB
from harness.rows import Row, ask, assert_accepted, assert_refused, rows
from harness.wire import Wire

VERSION = "Sec-WebSocket-Version"


def keyed(key):
    return upgrade(change={"Sec-WebSocket-Key": key})


NO_TUNNEL = [
    Row("U2", "no key", upgrade(drop=["Sec-WebSocket-Key"])),
    Row("U2", "two keys", upgrade(extra=[("Sec-WebSocket-Key", KEY)])),
    Row("U2", "a key that is not base64", keyed("!!!!!!!!!!!!!!!!!!!!!!==")),
    Row("U2", "a key of 15 bytes", keyed("AAAAAAAAAAAAAAAAAAAA")),
    Row("U2", "a key of 17 bytes", keyed("AAAAAAAAAAAAAAAAAAAAAAA=")),
    Row("U2", "an empty key", keyed("")),
    *[Row("U5", f"{method} with Upgrade", upgrade(method=method), 400, 405) for method in ("POST", "PUT", "DELETE", "OPTIONS")],
    Row("U6", "an upgrade with Content-Length", upgrade(extra=[("Content-Length", "5")], body=b"hello")),
    Row("U6", "an upgrade with a chunked body", upgrade(extra=[("Transfer-Encoding", "chunked")], body=b"0\r\n\r\n")),
]


@rows(*NO_TUNNEL)
def test_no_tunnel_is_opened(proxy, backend, row):
    assert_refused(ask(proxy.port, row.data), *row.statuses)
    assert backend.is_untouched()


def test_u5_head_with_upgrade_is_refused_without_a_body(proxy, backend):
    answer = ask(proxy.port, upgrade(method="HEAD"))
    assert answer.status in (400, 405) and answer.body == b""
    assert backend.is_untouched()


@rows(
    Row("U4", "no version", upgrade(drop=[VERSION])),
    Row("U4", "version 12", upgrade(change={VERSION: "12"})),
    Row("U4", "a list of versions", upgrade(change={VERSION: "13, 8"})),
    Row("U4", "two version fields", upgrade(extra=[(VERSION, "8")])),
    Row("U4", "version 013", upgrade(change={VERSION: "013"})),
)
def test_a_wrong_version_is_answered_426_by_the_proxy_itself(proxy, backend, row):
    answer = ask(proxy.port, row.data)
    assert_refused(answer, 426)
    assert answer.head.one(VERSION) == "13"
    assert answer.head.tokens("Upgrade") == {"websocket"}
    assert {"close", "upgrade"} <= answer.head.tokens("Connection")
    assert backend.is_untouched()


@pytest.mark.parametrize("change", [
    {"Upgrade": "WebSocket"}, {"Upgrade": "websocket, foo"}, {"Connection": "keep-alive, Upgrade"}, {"Connection": "UPGRADE"},
])
def test_tokens_are_compared_whatever_their_case_and_company(proxy, backend, change):
    client = Wire.connect(proxy.port)
    client.send(upgrade(change=change))
    server, head = backend.request()
    assert head.tokens("Upgrade") == {"websocket"}
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)


def test_u18_frames_in_one_segment_with_the_101_are_delivered_once(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, head = backend.request()
    frames = frame(TEXT, b"first") + frame(BINARY, b"second")
    server.send(switching(head.one("Sec-WebSocket-Key")) + frames)
    assert_accepted(client, KEY)
    assert client.receive(len(frames)) == frames
    assert client.is_silent()


def test_u18_a_101_in_single_bytes_opens_the_tunnel(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, head = backend.request()
    server.send_bytewise(switching(head.one("Sec-WebSocket-Key")) + frame(TEXT, b"glued"))
    assert_accepted(client, KEY)
    assert client.read_frame().payload == b"glued"


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"])
def test_u18_an_interim_answer_before_the_101_does_not_count(proxy, backend, interim):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, head = backend.request()
    server.send(interim + interim + switching(head.one("Sec-WebSocket-Key")) + frame(TEXT, b"x"))
    first = client.read_head()
    while first.status in (100, 103):
        first = client.read_head()
    assert first.status == 101
    assert client.read_frame().payload == b"x"


@pytest.mark.parametrize("size", [1, 1000, 16 * 1024])
def test_u19_frames_sent_with_the_request_arrive_after_the_101_in_order(proxy, backend, size):
    early = frame(BINARY, bytes(range(256)) * (size // 256) + bytes(size % 256), masked=True)
    client = Wire.connect(proxy.port)
    client.send(upgrade() + early)
    server, head = backend.request()
    assert server.is_silent(), "early bytes reached the backend before its 101"
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)
    late = frame(TEXT, b"late", masked=True)
    client.send(late)
    assert server.receive(len(early) + len(late)) == early + late


@pytest.mark.parametrize("status", [200, 403])
def test_u20_a_request_smuggled_behind_a_refused_upgrade_is_discarded(proxy, backend, status):
    client = Wire.connect(proxy.port)
    client.send(upgrade() + plain("/admin"))
    server, _ = backend.request()
    server.send(answer(status, body=b"no"))
    head = client.read_head()
    assert head.status == status
    assert client.read_rest() == b"no"
    assert server.read_rest() == b"", "bytes behind the upgrade reached the backend"
    assert backend.is_untouched()


@pytest.mark.parametrize("accepted", [True, False])
def test_u22_a_second_upgrade_behind_the_first_is_tunnel_data_or_nothing(proxy, backend, accepted):
    client = Wire.connect(proxy.port)
    client.send(upgrade("/one") + upgrade("/two"))
    server, head = backend.request()
    assert head.target == "/one"
    if accepted:
        server.send(switching(head.one("Sec-WebSocket-Key")))
        assert_accepted(client, KEY)
        assert server.receive(len(upgrade("/two"))) == upgrade("/two")
    else:
        server.send(answer(403))
        assert client.read_head().status == 403
        assert client.read_rest() == b""
        assert server.read_rest() == b""
    assert backend.is_untouched()


def test_u21_more_early_bytes_than_the_cap_wait_in_the_kernel_and_arrive_whole(proxy, backend):
    """The client's sends block until the 101: nothing is lost, nothing is collected in the proxy."""
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, head = backend.request()
    memory = MemoryMark(proxy.process)
    block = bytes(range(256)) * 256
    taken = client.send_until_blocked(block, limit=256 * MiB)
    assert taken < 256 * MiB, "the proxy took 256 MiB before there was a tunnel"
    memory.assert_grown_at_most(2 * MiB)
    assert server.is_silent(), "early bytes reached the backend before its 101"
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)
    received = server.receive(taken, deadline=20)
    whole, rest = divmod(taken, len(block))
    assert received == block * whole + block[:rest]


def test_u21_early_bytes_of_a_refused_upgrade_are_dropped_with_the_connection(proxy, backend):
    client = Wire.connect(proxy.port)
    client.send(upgrade())
    server, _ = backend.request()
    client.send_until_blocked(bytes(65536), limit=256 * MiB)
    server.send(answer(403, body=b"forbidden"))
    server.close()
    try:
        assert client.read_head().status == 403
    except AssertionError:
        assert client.end == "reset", "neither the answer nor a reset"
    client.wait_end()


@rows(
    Row("U28", "a subprotocol list with thirty thousand spaces",
        upgrade(extra=[("Sec-WebSocket-Protocol", "b" + " " * 30_000 + "x")])),
    Row("U28", "a thousand extension offers", upgrade(extra=[("Sec-WebSocket-Extensions", ", ".join(["x; y=1"] * 1000))])),
    Row("U28", "a thousand subprotocols",
        upgrade(extra=[("Sec-WebSocket-Protocol", ", ".join(f"p{n}" for n in range(1000)))])),
)
def test_u28_long_lists_are_an_upgrade_like_any_other(proxy, backend, row):
    client = Wire.connect(proxy.port)
    client.send(row.data)
    server, head = backend.request()
    server.send(switching(head.one("Sec-WebSocket-Key")))
    assert_accepted(client, KEY)

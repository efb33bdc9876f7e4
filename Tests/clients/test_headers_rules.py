"""Header rules by route and pool: the exact lines that reach a backend, and those that reach the client."""

import re

import pytest

from harness.command import tidegate
from harness.exchange import ask_plain, exchange
from harness.frames import TEXT, frame
from harness.heads import answer, plain, upgrade
from harness.rows import ask, assert_refused
from harness.ruled import KINDS, both_kinds, reached, ruled, seen
from harness.wire import Wire

SECRET = "sk-rules-5f1d9c02b7aa4e61"


@pytest.fixture(scope="module")
def front(backend, launch_once):
    """Rules of the pool and of the route, on requests and on answers."""
    return launch_once(ruled(
        backend,
        pool={
            "request_headers": {
                "set": {"X-Pool": "pool", "X-Both": "pool", "Origin": "https://pool.test"},
                "add": {"X-Many": "pool"}, "remove": ["Cookie", "X-Dropped", "x-again"]},
            "response_headers": {
                "set": {"X-Answer": "pool", "Cache-Control": "no-store"}, "add": {"Set-Cookie": "pool=1"},
                "remove": ["Server", "X-Powered-By"]}},
        route={
            "request_headers": {"set": {"X-Both": "route", "X-Again": "route"}, "add": {"X-Many": "route"}, "remove": ["X-Hidden"]},
            "response_headers": {"set": {"X-Answer": "route", "Strict-Transport-Security": "max-age=31536000"}}}))


@both_kinds
def test_set_add_and_remove_of_pool_and_route_reach_the_backend_as_lines(front, backend, make):
    head = seen(front, backend, make(extra=[
        ("X-Many", "client"), ("Origin", "https://evil.test"), ("origin", "https://evil2.test"), ("Cookie", "a=b"),
        ("x-dropped", "1"), ("X-DROPPED", "2"), ("X-Hidden", "1"), ("x-pool", "client"), ("X-End", "kept")]))
    for line in (b"X-Pool: pool", b"X-Both: route", b"X-Again: route", b"Origin: https://pool.test", b"X-End: kept"):
        assert head.raw.count(b"\r\n" + line + b"\r\n") == 1, (line, head.raw)
    assert head.all("X-Pool") == ["pool"] and head.all("X-Both") == ["route"] and head.all("Origin") == ["https://pool.test"]
    assert head.all("X-Many") == ["client", "pool", "route"]
    for name in ("Cookie", "X-Dropped", "X-Hidden"):
        assert not head.all(name), head.raw
    assert b"evil" not in head.raw


@both_kinds
def test_fields_that_no_rule_names_keep_their_order_their_case_and_their_bytes(front, backend, make):
    sent = [("x-LOWER-upper", "1"), ("Accept", "a/b;q=0.5,  c/d"), ("X-Latin", b"caf\xe9"), ("Accept", "e/f"), ("x-empty", "")]
    head = seen(front, backend, make(extra=sent))
    names = [name for name in head.names() if name in dict(sent)]
    assert names == [name for name, _ in sent]
    assert b"\r\nX-Latin: caf\xe9\r\n" in head.raw and b"\r\nAccept: a/b;q=0.5,  c/d\r\n" in head.raw
    assert head.one("x-empty") == ""


def test_rules_on_answers_reach_the_client_as_lines(front, backend):
    got = exchange(front.port, backend, reply=answer(
        200, ("Server", "secret/1.0"), ("x-powered-by", "php"), ("Set-Cookie", "a=b"), ("Cache-Control", "public"),
        ("Cache-Control", "max-age=5"), ("ETag", '"x"'), ("Date", "Mon, 23 Nov 2026 00:00:00 GMT"), body=b"body"))
    assert got.body == b"body"
    assert got.head.all("X-Answer") == ["route"] and got.head.all("Cache-Control") == ["no-store"]
    assert got.head.all("Set-Cookie") == ["a=b", "pool=1"]
    assert got.head.one("Strict-Transport-Security") == "max-age=31536000"
    assert not got.head.all("Server") and not got.head.all("X-Powered-By")
    assert got.head.one("ETag") == '"x"' and got.head.one("Date") == "Mon, 23 Nov 2026 00:00:00 GMT"


def test_rules_on_answers_hold_for_a_101_too(front, backend):
    _, head = reached(front, backend, upgrade())
    assert head.all("X-Answer") == ["route"] and head.all("Set-Cookie") == ["pool=1"]


def test_rules_on_answers_hold_for_a_refused_upgrade_too(front, backend):
    client = Wire.connect(front.port)
    client.send(upgrade())
    server, _ = backend.request()
    server.send(answer(403, ("Server", "secret/1.0"), body=b"members only"))
    head = client.read_head()
    assert head.status == 403 and head.all("X-Answer") == ["route"] and not head.all("Server")
    assert client.receive(12) == b"members only"


def test_a_value_from_the_environment_and_from_a_file_reaches_the_backend(launch, backend, tmp_path):
    (tmp_path / "key").write_text(f"{SECRET}\n")
    proxy = launch(
        ruled(backend, route={"request_headers": {
            "set": {
                "X-Env": "${PLAY_KEY}", "X-Inside": "<${PLAY_KEY}/${PLAY_ROOM}>", "X-File": f"file:{tmp_path}/key",
                "Authorization": f"Bearer file:{tmp_path}/key"}}}),
        environment={"PLAY_KEY": "key-of-the-environment-77", "PLAY_ROOM": "lobby"})
    for make in KINDS.values():
        head = seen(proxy, backend, make(extra=[("Authorization", "Basic b3RoZXI=")]))
        assert head.one("X-Env") == "key-of-the-environment-77"
        assert head.one("X-Inside") == "<key-of-the-environment-77/lobby>"
        assert head.one("X-File") == SECRET
        assert head.one("Authorization") == f"Bearer {SECRET}"
    checked = tidegate("check", "-c", str(proxy.path), env=proxy.environment)
    assert checked.returncode == 0, checked
    for place in (proxy.log.raw().decode(), proxy.admin.get("/metrics").text, checked.stdout + checked.stderr):
        assert SECRET not in place and "key-of-the-environment" not in place


def test_a_value_is_read_again_at_sighup(launch, backend, tmp_path):
    path = tmp_path / "key"
    path.write_text("first-key-1111")
    proxy = launch(ruled(backend, route={"request_headers": {"set": {"X-Key": f"file:{path}"}}}))
    client, server = backend.tunnel(proxy.port)
    assert seen(proxy, backend, plain()).one("X-Key") == "first-key-1111"
    path.write_text("second-key-2222")
    assert seen(proxy, backend, plain()).one("X-Key") == "first-key-1111"
    assert proxy.reload()
    assert seen(proxy, backend, plain()).one("X-Key") == "second-key-2222"
    assert seen(proxy, backend, upgrade()).one("X-Key") == "second-key-2222"
    server.send(frame(TEXT, b"still open"))
    assert client.read_frame().payload == b"still open"
    assert b"first-key" not in proxy.log.raw() and b"second-key" not in proxy.log.raw()


@pytest.mark.parametrize("rules, word", [
    ({"set": {"Connection": "close"}}, "Connection"), ({"set": {"Content-Length": "5"}}, "Content-Length"),
    ({"add": {"Transfer-Encoding": "chunked"}}, "Transfer-Encoding"), ({"remove": ["Upgrade"]}, "Upgrade"),
    ({"set": {"Sec-WebSocket-Key": "x"}}, "Sec-WebSocket-Key"), ({"remove": ["Host"]}, "Host"),
    ({"add": {"Host": "a.test"}}, "Host"), ({"set": {"Bad Name": "x"}}, "no name"),
    ({"set": {"X-Split": "a\r\nX-Injected: b"}}, "X-Split"), ({"set": {"X-A": "1"}, "remove": ["x-a"]}, "x-a"),
    ({"set": {"X-Env": "${NOT_THERE_AT_ALL}"}}, "NOT_THERE_AT_ALL"),
])
def test_a_rule_that_cannot_be_is_refused_by_check_with_its_place(launch, backend, rules, word):
    config = ruled(backend, route={"request_headers": rules})
    proxy = launch(config, start=False)
    proxy.write()
    checked = tidegate("check", "-c", str(proxy.path))
    output = checked.stdout + checked.stderr
    assert checked.returncode == 1, output
    assert re.search(r":\d+: routes\[0\]\.request_headers\S*: .*; ", output) and word.lower() in output.lower(), output


def test_the_proxys_own_errors_of_a_route_carry_its_rules(launch, backend):
    proxy = launch(ruled(
        None, pool={"backends": ["ws://127.0.0.1:1"]},
        route={"response_headers": {"set": {"Strict-Transport-Security": "max-age=1"}}}))
    for make in KINDS.values():
        head, _ = ask_plain(proxy.port, make())
        assert head.status in (502, 503) and head.one("Strict-Transport-Security") == "max-age=1"


@pytest.mark.parametrize("target, extra", [
    ("/", []), ("/a?b=c", []), ("http://site.test/", []), ("/", [("Max-Forwards", "0")]),
    ("/", [("X-HTTP-Method-Override", "GET")])], ids=["a path", "a query", "an absolute target", "Max-Forwards", "an override"])
def test_trace_is_refused_so_that_nobody_is_shown_what_a_rule_adds(launch, backend, target, extra):
    """A backend that obeys TRACE answers with the request as it got it, with the secrets that were meant for it alone."""
    proxy = launch(ruled(backend, route={"request_headers": {"set": {"Authorization": f"Bearer {SECRET}"}}}))
    assert seen(proxy, backend, plain()).one("Authorization") == f"Bearer {SECRET}"
    answered = ask(proxy.port, plain(target, method="TRACE", extra=extra))
    assert_refused(answered, 405)
    assert "get" in answered.head.tokens("Allow") and "trace" not in answered.head.tokens("Allow")
    assert backend.is_untouched()
    assert SECRET.encode() not in answered.head.raw + answered.body + proxy.log.raw()
    assert not answered.head.all("Authorization") and b"TRACE" not in answered.body

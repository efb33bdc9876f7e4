"""Host and path by route and pool, and what a backend is told about the way a request came."""

import re

import pytest

from harness.heads import plain
from harness.rows import ask, assert_refused
from harness.ruled import both_kinds, reloaded, ruled, seen
from harness.settings import settings
from harness.waiting import wait_until
from harness.wire import Wire


@both_kinds
@pytest.mark.parametrize("policy, wanted", [
    (None, "site.test"), ("preserve", "site.test"), ("backend", "127.0.0.1:PORT"), ("api.internal", "api.internal"),
    ("api.internal:8443", "api.internal:8443")])
def test_b20_host_is_what_the_pool_says(launch, backend, policy, wanted, make):
    proxy = launch(ruled(backend, pool={"host": policy} if policy else {}))
    head = seen(proxy, backend, make())
    assert head.one("Host") == wanted.replace("PORT", str(backend.port))
    assert head.one("X-Forwarded-Host") == "site.test"
    assert head.names()[0] == "Host"


@both_kinds
def test_a_host_that_a_rule_sets_wins(launch, backend, make):
    proxy = launch(ruled(
        backend, pool={"host": "backend"}, route={"request_headers": {"set": {"Host": "rule.internal"}}}))
    assert seen(proxy, backend, make()).all("Host") == ["rule.internal"]


STRIPPED = [
    ("/api/users", "/users"), ("/api", "/"), ("/api/", "/"), ("/apis", "/apis"), ("/api/api/x", "/api/x"),
    ("/api//admin", "/admin"), ("/api/users?a=/api/b&c", "/users?a=/api/b&c"), ("/api?x=1", "/?x=1"), ("/other", "/other"),
    ("/%61pi/users", "/users"), ("/api/%2e%2e%2f", None), ("/api%2Fusers", "/api%2Fusers"), ("/API/users", "/API/users"),
]


@pytest.fixture(scope="module")
def stripping(backend, launch_once):
    return launch_once(ruled(backend, route={"strip_prefix": "/api"}))


@both_kinds
@pytest.mark.parametrize("sent, wanted", STRIPPED)
def test_strip_prefix_takes_whole_segments_and_leaves_a_path(stripping, backend, sent, wanted, make):
    if wanted is None:
        assert_refused(ask(stripping.port, make(sent)), 400)
    else:
        assert seen(stripping, backend, make(sent)).target == wanted


@both_kinds
def test_replace_path_keeps_the_query(launch, backend, make):
    proxy = launch(ruled(backend, route={"replace_path": "/v2/socket"}))
    assert seen(proxy, backend, make("/anything/at/all?x=1&y=%2F")).target == "/v2/socket?x=1&y=%2F"
    assert seen(proxy, backend, make("/")).target == "/v2/socket"


# Who the client is, and traces


@both_kinds
def test_forwarded_tells_what_the_x_forwarded_fields_tell(launch, backend, make):
    proxy = launch(ruled(backend, forwarding={"forwarded": True}))
    head = seen(proxy, backend, make(extra=[("Forwarded", "for=6.6.6.6;proto=https")]))
    pairs = dict(pair.strip().split("=", 1) for pair in head.one("Forwarded").split(";"))
    assert pairs["for"].strip('"') == "127.0.0.1" and pairs["proto"] == "http" and pairs["host"].strip('"') == "site.test"
    assert b"6.6.6.6" not in head.raw
    reloaded(proxy, backend, forwarding={"forwarded": True}, trusted_proxies=["127.0.0.0/8"])
    value = seen(proxy, backend, make(extra=[("Forwarded", "for=6.6.6.6;proto=https")])).one("Forwarded")
    assert value.startswith("for=6.6.6.6;proto=https, ") and "for=127.0.0.1" in value
    reloaded(proxy, backend)
    assert not seen(proxy, backend, make(extra=[("Forwarded", "for=6.6.6.6")])).all("Forwarded")


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
MADE = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]")


@both_kinds
def test_traceparent_passes_and_is_made_only_when_asked_for(launch, backend, make):
    proxy = launch(ruled(backend))
    assert seen(proxy, backend, make(extra=[("traceparent", TRACE)])).one("traceparent") == TRACE
    assert not seen(proxy, backend, make()).all("traceparent")
    reloaded(proxy, backend, forwarding={"traceparent": "create"})
    assert seen(proxy, backend, make(extra=[("traceparent", TRACE), ("tracestate", "a=1")])).one("traceparent") == TRACE
    made = {seen(proxy, backend, make()).one("traceparent") for _ in range(5)}
    assert len(made) == 5 and all(MADE.fullmatch(one) for one in made), made
    for broken in ("", "00-xyz", TRACE.replace("4bf9", "4BF9"), "00-" + "0" * 32 + "-00f067aa0ba902b7-01", TRACE + "-x"):
        value = seen(proxy, backend, make(extra=[("traceparent", broken)])).one("traceparent")
        assert MADE.fullmatch(value) and value != broken, (broken, value)


@both_kinds
def test_every_request_says_that_it_came_through_here(stripping, backend, make):
    head = seen(stripping, backend, make(extra=[("CDN-Loop", "other.example; v=1")]))
    assert head.tokens("CDN-Loop") == {"other.example; v=1", "tidegate"}


@both_kinds
def test_b17_a_proxy_pointed_at_itself_answers_508_and_gives_everything_back(launch, make):
    proxy = launch(settings("ws://127.0.0.1:1"), start=False)
    proxy.config["pools"]["main"] = {"backends": [f"ws://127.0.0.1:{proxy.port}"], "keep_alive": "off"}
    proxy.start()
    before = proxy.process.descriptors()
    for _ in range(20):
        client = Wire.connect(proxy.port)
        client.send(make("/loop", extra=[("Connection", "close")] if make is plain else []))
        assert client.read_head().status == 508
        client.wait_end()
        client.close()
    proxy.wait_metric("tidegate_connections_active", 0)
    wait_until(lambda: proxy.process.descriptors() <= before + 2, 5, lambda: proxy.process.descriptors())
    assert 20 <= proxy.metric("tidegate_connections_total", listener="plain") <= 20 * 12

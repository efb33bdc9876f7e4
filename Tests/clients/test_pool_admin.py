"""The admin API of pools: what it tells, what it refuses, and who may use it."""

import contextlib
import urllib.parse

import pytest

from harness.heads import plain
from harness.ports import free_port
from harness.process import MemoryMark, MiB
from harness.wire import Ended, Wire
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import opened_many
from pool_settings import check, pooled
from pool_states import states

TOKEN = "the-plays-own-token-123"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def two():
    with pool_backends(2) as two:
        yield two


@pytest.fixture(scope="module")
def api(two, launch_once):
    entries = [{"url": two[0].url, "weight": 3, "zone": "near", "priority": 2}, two[1].url]
    return PoolAPI(launch_once(pooled(entries, drain={"over": "24h"}, check=check("tcp"), top={"zone": "near"})))


def test_a_pool_is_told_with_its_backends(api, two):
    tunnels = opened_many(api.proxy.port, 3)
    told = {backend.label: api.backend(backend) for backend in two}
    assert len(api.pool()["backends"]) == 2
    assert sum(one["live"] for one in told.values()) == 3
    assert told[two[0].label]["weight"] == 3 and told[two[0].label]["zone"] == "near"
    assert all(one["administrative"] == "ready" for one in told.values())
    for key in ("state", "health", "ejected", "priority", "backup", "in_service"):
        assert all(key in one for one in told.values()), key
    for tunnel in tunnels:
        tunnel.leave()


def test_all_pools_are_told(api):
    told = api.pools()["pools"]
    assert [pool["name"] for pool in told] == ["main"] and len(told[0]["backends"]) == 2, told


@pytest.mark.parametrize("path, method", [
    ("/pools/nothing", "GET"), ("/pools/", "GET"), ("/pools/main/nothing", "GET"), ("/nothing", "GET"),
    ("/pools/nothing/rebalance", "POST"), ("/pools/main/backends/nothing/state?state=drain", "POST"),
    ("/pools/nothing/backends/nothing/state?state=drain", "POST"), ("/pools/main/backends//state?state=drain", "POST"),
    ("/pools/main%2Fbackends", "GET"), ("/pools/%00", "GET"),
])
def test_a_wrong_name_is_404(api, path, method):
    status, body = api.ask(path, method)
    assert status in (404, 400) if "%00" in path else status == 404
    assert isinstance(body, dict), "no JSON"


@pytest.mark.parametrize("word", ["", "up", "READY", "drain%00", "drain&state=ready", "x" * 5000])
def test_a_wrong_state_is_400_and_changes_nothing(api, two, word):
    assert api.state(two[0], word) in (400, 414, 431)
    assert states(api.proxy, two[0]) != {"drain"} and api.backend(two[0])["administrative"] == "ready"


def test_a_state_without_a_word_is_400(api, two):
    label = urllib.parse.quote(two[0].label, safe="")
    assert api.ask(f"/pools/main/backends/{label}/state", "POST")[0] == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_states_are_set_by_post_alone(api, two, method):
    assert api.state(two[0], "drain", method) == 405
    assert api.backend(two[0])["administrative"] == "ready"


@pytest.mark.parametrize("path", ["/pools", "/pools/main"])
def test_what_is_told_is_not_posted(api, path):
    assert api.ask(path, "POST")[0] == 405


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "null"},
], ids=["origin", "cross-site", "same-site", "null"])
def test_another_site_changes_nothing(api, two, headers):
    assert api.state(two[0], "drain", headers=headers) == 403
    assert api.backend(two[0])["administrative"] == "ready"


def test_a_foreign_host_is_turned_away(api, two):
    label = urllib.parse.quote(two[0].label, safe="")
    path = f"/api/v1/pools/main/backends/{label}/state?state=drain"
    reply = api.proxy.admin.get(path, method="POST", host="evil.example", headers={"Content-Length": "0"})
    assert reply.status == 403
    assert api.backend(two[0])["administrative"] == "ready"


def test_a_state_may_be_set_twice(api, two):
    for state in ("drain", "drain", "maint", "ready", "ready"):
        api.set(two[1], state)
        assert api.backend(two[1])["administrative"] == state


def test_rebalancing_is_refused_where_clients_come_back_to_where_they_were(launch, two):
    proxy = launch(pooled(two, balance="hash", hash={"key": "query.room"}))
    assert PoolAPI(proxy).rebalance() in (400, 409)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_with_a_token_nobody_gets_in_without_it(launch, two, headers):
    bind = f"127.0.0.1:{free_port()}"
    proxy = launch(pooled(two, top={"admin": {"bind": bind, "token": TOKEN}}))
    stranger, friend = PoolAPI(proxy, headers=headers), PoolAPI(proxy, headers=BEARER)
    assert stranger.ask("/pools")[0] == 401
    assert stranger.ask("/pools/nothing")[0] == 401, "names are told to strangers"
    assert stranger.state(two[0], "drain") == 401
    assert stranger.rebalance() == 401
    assert friend.backend(two[0])["administrative"] == "ready"
    friend.set(two[0], "drain")
    assert friend.backend(two[0])["administrative"] == "drain"
    assert proxy.admin.get("/metrics").status == 200


def test_beyond_loopback_and_without_a_token_there_is_no_api(launch, two):
    proxy = launch(pooled(two, top={"admin": {"bind": f"0.0.0.0:{free_port()}"}}))
    api = PoolAPI(proxy)
    assert api.ask("/pools")[0] == 404
    assert api.state(two[0], "drain") == 404
    assert states(proxy, two[0]) != {"drain"}


def test_on_a_unix_socket_the_path_is_the_key(launch, two, tmp_path):
    proxy = launch(pooled(two, top={"admin": {"bind": f"unix:{tmp_path / 'admin.sock'}"}}))
    api = PoolAPI(proxy)
    api.set(two[0], "drain")
    assert api.backend(two[0])["state"] == "drain"


def posted(api, backend, body, *extra, length=None):
    """The status of setting a state by a body, over bytes of our own."""
    label = urllib.parse.quote(backend.label, safe="")
    host, port = api.proxy.config["admin"]["bind"].rsplit(":", 1)
    fields = [("Content-Length", str(len(body) if length is None else length)), ("Connection", "close"), *extra]
    with Wire.connect(int(port)) as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(plain(f"/api/v1/pools/main/backends/{label}/state", method="POST", host=host, extra=fields, body=body))
        return wire.read_head().status


@pytest.mark.parametrize("body", [
    b"state=drain", b'{"state":"drain"}', b'{ "state": "drain" }\n', b"state=drain\n",
])
def test_a_state_may_stand_in_the_body(api, two, body):
    assert posted(api, two[1], body) == 200
    assert api.backend(two[1])["administrative"] == "drain"
    api.set(two[1], "ready")


@pytest.mark.parametrize("body", [
    b"", b"drain", b'{"state":1}', b'{"state":"drain","state":"ready"}', b'{"state":', b"\xff\xfe", b"state=drain\0", b"x" * 2000,
])
def test_a_body_that_says_nothing_of_the_kind_is_400_and_changes_nothing(api, two, body):
    assert posted(api, two[1], body) in (400, 413)
    assert api.backend(two[1])["administrative"] == "ready"


def test_a_body_of_a_mebibyte_is_refused(api, two):
    memory = MemoryMark(api.proxy.process)
    try:
        assert posted(api, two[1], b"state=drain" + b" " * MiB) == 413
    except Ended:
        pass  # Cut off in the middle of it: refused as well.
    memory.assert_grown_at_most(4 * MiB)
    assert api.backend(two[1])["administrative"] == "ready"


def test_half_a_body_keeps_nobody_else_waiting(api, two):
    label = urllib.parse.quote(two[1].label, safe="")
    host, port = api.proxy.config["admin"]["bind"].rsplit(":", 1)
    for _ in range(20):
        wire = Wire.connect(int(port))
        wire.send(plain(
            f"/api/v1/pools/main/backends/{label}/state", method="POST", host=host, extra=[("Content-Length", "11")],
            body=b"state"))
    assert api.proxy.admin.get("/livez").status == 200
    assert api.backend(two[1])["administrative"] == "ready"

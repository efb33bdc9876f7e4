"""A backend's drain meets what else happens: reloads, the end of the process, streams, cookies, keys, and a change of mind."""

import copy
import signal

import pytest

import pool_checks
from harness.heads import plain
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire
from pool_api import PoolAPI
from pool_backend import EVENTS, pool_backends
from pool_client import fetched, landed, opened, opened_many
from pool_regulars import Regulars
from pool_settings import check, pooled
from pool_states import is_down, is_up

DRAINING = "tidegate_backend_draining_tunnels"


@pytest.fixture
def two():
    with pool_backends(2) as two:
        yield two


def on(tunnels, backend):
    return [tunnel for tunnel in tunnels if tunnel.backend == backend.label]


def changed(proxy, **keys):
    config = copy.deepcopy(proxy.config)
    config["pools"]["main"].update(keys)
    assert proxy.reload(config), proxy.log.tail()


def test_a_slow_drain_does_not_hold_up_the_end_of_the_process(launch, two):
    proxy = launch(pooled(two, drain={"over": "24h"}))
    tunnels = opened_many(proxy.port, 8)
    PoolAPI(proxy).set(two[0], "drain")
    is_down(proxy, two[0])
    watch = Stopwatch()
    proxy.signal(signal.SIGTERM)
    assert [tunnel.close_code() for tunnel in tunnels] == [1012] * 8
    assert proxy.wait_exit() == 0 and watch.seconds < 5


def test_a_slow_drain_does_not_hold_up_the_removal_of_its_backend(launch, two):
    proxy = launch(pooled(two, drain={"over": "24h"}))
    tunnels = opened_many(proxy.port, 8)
    PoolAPI(proxy).set(two[0], "drain")
    is_down(proxy, two[0])
    changed(proxy, backends=[two[1].url])
    watch = Stopwatch()
    assert [tunnel.close_code() for tunnel in on(tunnels, two[0])] == [1012] * 4
    assert watch.seconds < 3, "the proxy's own drain is a third of a second"
    for tunnel in on(tunnels, two[1]):
        tunnel.echoes()


def test_a_reload_of_other_things_lets_a_drain_go_on(launch, two):
    proxy = launch(pooled(two, drain={"over": "2s"}))
    tunnels = opened_many(proxy.port, 20)
    PoolAPI(proxy).set(two[0], "drain")
    for number in range(3):
        changed(proxy, max_dials=50 + number)
    assert [tunnel.close_code() for tunnel in on(tunnels, two[0])] == [1012] * 10
    for tunnel in on(tunnels, two[1]):
        tunnel.echoes()


def test_one_changes_ones_mind_again_and_again(launch, two):
    proxy = launch(pooled(two, drain={"over": "24h"}))
    api = PoolAPI(proxy)
    tunnels = opened_many(proxy.port, 20)
    for _ in range(20):
        api.set(two[0], "drain")
        api.set(two[0], "ready")
    is_up(proxy, two[0])
    proxy.wait_metric(DRAINING, 0, pool="main", backend=two[0].label)
    # The first of a drain is told at once, on each worker; all others have been reprieved.
    kept = [tunnel for tunnel in on(tunnels, two[0]) if not tunnel.is_closing()]
    for tunnel in kept + on(tunnels, two[1]):
        tunnel.echoes()
    changed(proxy, drain={"over": "0s"})
    api.set(two[0], "drain")
    assert {tunnel.close_code() for tunnel in kept} <= {1012}
    wait_until(lambda: two[0].live == 0)


def test_a_drain_over_no_time_is_at_once(launch, two):
    proxy = launch(pooled(two, drain={"over": "0s"}))
    tunnels = opened_many(proxy.port, 40)
    watch = Stopwatch()
    PoolAPI(proxy).set(two[0], "drain")
    assert [tunnel.close_code() for tunnel in on(tunnels, two[0])] == [1012] * 20
    assert watch.seconds < 3


def test_event_streams_are_ended_too_and_answers_are_not_cut(launch, two):
    proxy = launch(pooled(two, drain={"over": "300ms"}))
    streams = []
    while len(streams) < 4:
        wire = Wire.connect(proxy.port)
        wire.send(plain(EVENTS))
        streams.append((wire, wire.read_head().one("X-Backend")))
    assert {label for _, label in streams} == {backend.label for backend in two}
    PoolAPI(proxy).set(two[0], "drain")
    for wire, label in streams:
        if label == two[0].label:
            rest = wire.read_rest()
            assert rest.endswith((b"0\r\n\r\n", b"\n\n\r\n")), rest[-60:]
    for wire, label in streams:
        if label == two[1].label:
            assert wire.receive(10)
    assert fetched(proxy.port).one("X-Backend") == two[1].label


def test_kept_connections_of_a_drained_backend_are_given_up(launch, two):
    proxy = launch(pooled(two, keep_alive={"connections": 8}))
    with Wire.connect(proxy.port) as client:
        for _ in range(4):
            client.send(plain("/"))
            client.receive(int(client.read_head().one("Content-Length")))
        wait_until(lambda: two[0].open_now >= 1)
        PoolAPI(proxy).set(two[0], "drain")
        wait_until(lambda: two[0].open_now == 0, what="idle connections to a drained backend are closed")
        for _ in range(3):
            client.send(plain("/"))
            head = client.read_head()
            client.receive(int(head.one("Content-Length")))
            assert head.one("X-Backend") == two[1].label


def test_a_connection_whose_answer_ends_in_the_drain_is_not_kept(launch, two):
    proxy = launch(pooled(two, keep_alive={"connections": 8, "timeout": "1m"}))
    clients = [Wire.connect(proxy.port) for _ in range(4)]
    for client in clients:
        client.send(plain("/", method="POST", extra=[("Content-Length", "4")], body=b"ha"))
    wait_until(lambda: [backend.open_now for backend in two] == [2, 2])
    PoolAPI(proxy).set(two[0], "drain")
    is_down(proxy, two[0])
    for client in clients:
        client.send(b"lf")
        assert client.read_head().status == 200
    wait_until(lambda: two[0].open_now == 0, what="a drained backend has idle connections")
    assert two[1].open_now == 2


def test_a_sticky_client_of_a_drained_backend_gets_another_and_a_new_cookie(launch, two):
    proxy = launch(pooled(two, sticky={"cookie": "place", "keys": ["k" * 40]}, drain={"over": "24h"}))
    tunnels = opened_many(proxy.port, 2)
    cookie = on(tunnels, two[0])[0].head.one("Set-Cookie").split(";")[0]
    PoolAPI(proxy).set(two[0], "drain")
    is_down(proxy, two[0])
    again = opened(proxy.port, extra=[("Cookie", cookie)])
    assert again.backend == two[1].label
    assert again.head.one("Set-Cookie").split(";")[0] != cookie


def test_a_room_of_a_drained_backend_moves_together(launch):
    with pool_backends(3) as three:
        proxy = launch(pooled(three, balance="hash", hash={"key": "query.room"}, drain={"over": "24h"}))
        first = opened(proxy.port, "/?room=1")
        leaving = next(backend for backend in three if backend.label == first.backend)
        PoolAPI(proxy).set(leaving, "drain")
        is_down(proxy, leaving)
        moved = opened_many(proxy.port, 5, "/?room=1")
        assert len(landed(moved)) == 1 and moved[0].backend != leaving.label
        PoolAPI(proxy).set(leaving, "ready")
        is_up(proxy, leaving)
        after = opened_many(proxy.port, 5, "/?room=1")
        assert len(landed(after)) == 1, landed(after)


def test_a_client_that_opens_while_the_drain_begins_is_not_forgotten(launch, two):
    """Whoever had been given the backend a moment before is drained like all the others."""
    proxy = launch(pooled(two, drain={"over": "500ms"}))
    api = PoolAPI(proxy)
    for _ in range(5):
        api.set(two[0], "ready")
        is_up(proxy, two[0])
        tunnels = opened_many(proxy.port, 6)
        api.set(two[0], "drain")
        tunnels += opened_many(proxy.port, 6)
        assert {tunnel.close_code() for tunnel in on(tunnels, two[0])} == {1012}
        wait_until(lambda: two[0].live == 0)


def test_health_and_the_operator_both_drain_and_both_must_relent(launch, two):
    proxy = launch(pooled(two, check=check(), drain={"over": "24h"}))
    api = PoolAPI(proxy)
    is_up(proxy, two[0])
    two[0].check = pool_checks.replies(200, ("X-Tidegate-State", "draining"))
    is_down(proxy, two[0])
    api.set(two[0], "drain")
    api.set(two[0], "ready")
    wait_until(lambda: two[0].checks >= 3)
    assert proxy.metric("tidegate_backend_up", backend=two[0].label) == 0, "it still says that it drains"
    api.set(two[0], "drain")
    two[0].check = pool_checks.passes
    before = two[0].checks
    wait_until(lambda: two[0].checks >= before + 4)
    assert proxy.metric("tidegate_backend_up", backend=two[0].label) == 0, "the operator has not relented"
    api.set(two[0], "ready")
    is_up(proxy, two[0])


def test_a_drain_takes_those_along_whom_rebalancing_would_have_later(launch):
    """Ten are too many at the first two, and have their moments within minutes; then one of these is drained."""
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections", drain={"over": "2s"}))
        with Regulars(proxy.port, 30) as regulars:
            changed(proxy, backends=[{"url": backend.url} for backend in (*two, third)])
            api = PoolAPI(proxy)
            assert api.rebalance(share=100, interval="5m") == 202
            proxy.wait_metric("tidegate_rebalanced_tunnels_total", lambda told: told >= 6, pool="main")
            api.set(two[0], "drain")
            drained = proxy.log.wait("backend_drained", deadline=6)
            assert drained["backend"] == two[0].label and drained["tunnels"] <= 15
            assert two[0].label not in regulars.places()

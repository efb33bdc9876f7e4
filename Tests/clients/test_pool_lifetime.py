"""Tunnels end after their time, each at its own; new and returned backends come to their share slowly."""

import copy

import pytest

from harness.frames import TEXT, frame
from harness.settings import backend_entry
from harness.waiting import Stopwatch, wait_until
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import landed, opened, opened_many
from pool_settings import check, pooled
from pool_states import is_down, is_up


def test_tunnels_end_with_1012_after_their_time_and_not_before(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], max_lifetime={"time": "2s", "jitter": 0}))
        watch = Stopwatch()
        tunnels = opened_many(proxy.port, 10)
        spent = watch.seconds
        wait_until(lambda: any(tunnel.is_closing() for tunnel in tunnels), 5)
        assert watch.seconds >= 1.9
        assert [tunnel.close_code() for tunnel in tunnels] == [1012] * 10
        assert watch.seconds <= 3.5 + spent
        proxy.wait_metric("tidegate_tunnels_active", 0)
        opened(proxy.port).echoes()


def test_jitter_spreads_them(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], max_lifetime={"time": "3s", "jitter": 80}))
        tunnels, watch, moments = opened_many(proxy.port, 60), Stopwatch(), {}

        def look():
            for tunnel in tunnels:
                if tunnel not in moments and tunnel.is_closing():
                    moments[tunnel] = watch.seconds
            return len(moments) == 60

        wait_until(look, 6)
        assert min(moments.values()) >= 0.3 and max(moments.values()) <= 4
        assert max(moments.values()) - min(moments.values()) >= 1
        assert {tunnel.close_code() for tunnel in tunnels} == {1012}


def test_a_message_that_is_under_way_is_not_cut(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], max_lifetime={"time": "1s", "jitter": 0}))
        tunnel = opened(proxy.port)
        whole = frame(TEXT, b"x" * 1000, masked=True)
        tunnel.wire.send(whole[:500])
        watch = Stopwatch()
        wait_until(lambda: watch.seconds >= 1.4)
        tunnel.wire.send(whole[500:])
        wait_until(lambda: one.codes, 6)
        got = tunnel.wire.read_frame()
        if got.opcode == TEXT:
            assert got.payload == b"x" * 1000
        else:
            assert got.code == 1012
        assert one.codes[0] in (1012, 1001)


def test_a_tunnel_that_is_never_quiet_ends_all_the_same(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], max_lifetime={"time": "1s", "jitter": 0}))
        tunnel, watch = opened(proxy.port), Stopwatch()
        while not tunnel.is_closing():
            assert watch.seconds < 8, "it lives on"
            tunnel.wire.send(frame(TEXT, b"hello", masked=True))
            got = tunnel.wire.read_frame()
            if got.opcode != TEXT:
                assert got.code == 1012
                return
        assert tunnel.close_code() == 1012


def test_a_reload_gives_new_tunnels_their_time_and_leaves_the_old_ones_theirs(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one]))
        old = opened(proxy.port)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["max_lifetime"] = {"time": "1s", "jitter": 0}
        assert proxy.reload(config)
        assert opened(proxy.port).close_code() == 1012
        old.echoes()


SLOW = {"period": "1h", "connections": 100}


@pytest.mark.parametrize("balance", ["round_robin", "least_connections", "random", "power_of_two"])
def test_a_new_backend_is_not_overrun(launch, balance):
    """An hour long it has a share that grows: of the first hundred and twenty it gets a few, and not its half or more."""
    with pool_backends(2) as (old, new):
        proxy = launch(pooled([old], balance=balance, slow_start={"period": "1h", "connections": 10000}))
        held = opened_many(proxy.port, 60)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"].append(backend_entry(new))
        assert proxy.reload(config)
        share = landed(opened_many(proxy.port, 120))[new.label]
        assert share <= 24, f"{share} of 120"
        if balance != "power_of_two":
            assert share >= 1
        held[0].echoes()


def test_after_so_many_connections_it_has_its_share(launch):
    with pool_backends(2) as (old, new):
        proxy = launch(pooled([old], slow_start={"period": "1h", "connections": 20}))
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"].append(backend_entry(new))
        assert proxy.reload(config)
        started = 0
        while started < 20:
            started += landed(opened_many(proxy.port, 20))[new.label]
        assert landed(opened_many(proxy.port, 20)) == {old.label: 10, new.label: 10}


def test_how_far_a_slow_start_is_is_told(launch):
    """0.05 of its weight at first, then by its connections; the others have all of theirs."""
    with pool_backends(2) as (old, new):
        proxy = launch(pooled([old], slow_start={"period": "1h", "connections": 20}))
        api = PoolAPI(proxy)

        def ratios(backend):
            return proxy.metric("tidegate_backend_slow_start_ratio", backend=backend.label), api.backend(backend)["slow_start_ratio"]

        assert ratios(old) == (1, 1)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"].append(backend_entry(new))
        assert proxy.reload(config)
        assert ratios(new) == (0.05, 0.05) and ratios(old) == (1, 1)
        held, count = [], 0
        while count < 10:
            held += opened_many(proxy.port, 5)
            count = landed(held)[new.label]
        assert ratios(new) == (min(1, count / 20),) * 2
        while landed(held)[new.label] < 20:
            held += opened_many(proxy.port, 5)
        assert ratios(new) == (1, 1) and ratios(old) == (1, 1)


def test_after_its_time_it_has_its_share(launch):
    with pool_backends(2) as (old, new):
        proxy = launch(pooled([old], slow_start={"period": "1s", "connections": "off"}))
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"].append(backend_entry(new))
        assert proxy.reload(config)
        watch = Stopwatch()
        wait_until(lambda: watch.seconds > 1.1)
        assert landed(opened_many(proxy.port, 20)) == {old.label: 10, new.label: 10}


def test_a_returned_backend_starts_slowly_and_those_of_the_start_do_not(launch):
    with pool_backends(2) as (steady, returned):
        proxy = launch(pooled([steady, returned], check=check("tcp"), slow_start=SLOW | {"connections": 1000}))
        is_up(proxy, returned)
        assert landed(opened_many(proxy.port, 10)) == {steady.label: 5, returned.label: 5}, "the whole pool started slowly"
        returned.fall()
        is_down(proxy, returned)
        returned.listen()
        is_up(proxy, returned)
        share = landed(opened_many(proxy.port, 60))[returned.label]
        assert share <= 15, f"{share} of 60"

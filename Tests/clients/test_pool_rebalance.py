"""A pool that grew is made level again by those that come back, and no more are sent away than are too many."""

import copy

import pytest

from harness.settings import backend_entry
from harness.waiting import Stopwatch, wait_until
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import landed, opened_many
from pool_regulars import Regulars
from pool_settings import pooled

CLIENTS = 60
MENDED = "tidegate_rebalanced_tunnels_total"
RULES = {"threshold": 1.2, "share": 100, "interval": "1s"}


def grow(proxy, backend):
    config = copy.deepcopy(proxy.config)
    config["pools"]["main"]["backends"].append(backend_entry(backend))
    assert proxy.reload(config), proxy.log.tail()


def watches(proxy, rules):
    """From here on the pool is rebalanced by these rules."""
    config = copy.deepcopy(proxy.config)
    config["pools"]["main"]["rebalance"] = rules
    assert proxy.reload(config), proxy.log.tail()


def is_level(regulars, threshold=RULES["threshold"], slack=1):
    """Each of the three has its third, give or take the threshold."""
    places, mean = regulars.places(), CLIENTS / 3
    return len(places) == 3 and sum(places.values()) == CLIENTS and all(
        mean / threshold - slack <= count <= mean * threshold + slack for count in places.values())


def stands_still(regulars, seconds=2.5):
    """Nobody is sent away for a while: longer than two looks at the pool."""
    count, watch = regulars.closed, Stopwatch()
    wait_until(lambda: watch.seconds >= seconds, seconds + 1, interval=0.05)
    return regulars.closed == count


@pytest.mark.timeout(60)
def test_a_third_backend_is_filled_by_the_excess_of_the_others(launch):
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections", rebalance=RULES))
        with Regulars(proxy.port, CLIENTS) as regulars:
            before = regulars.places()
            assert stands_still(regulars), "a level pool was rebalanced"
            watch = Stopwatch()
            assert proxy.metric("tidegate_pool_rebalancing", pool="main") == 0
            grow(proxy, third)
            proxy.wait_metric("tidegate_pool_rebalancing", 1, pool="main")
            wait_until(lambda: is_level(regulars), 40, lambda: f"{regulars.places()}, {regulars.closed} closed", interval=0.1)
            assert watch.seconds > 3, "all at once"
            wait_until(lambda: stands_still(regulars), 30)
            proxy.wait_metric("tidegate_pool_rebalancing", 0, pool="main")
            excess = sum(max(0, count - CLIENTS / 3) for count in before.values())
            assert regulars.closed <= 1.1 * excess, f"{regulars.closed} closed where {excess} were too many"
            assert set(regulars.codes) == {1012} and not regulars.complaint and not regulars.cut
            assert is_level(regulars) and regulars.all_speak() == CLIENTS
            assert proxy.metric(MENDED, pool="main") == regulars.closed


@pytest.mark.timeout(60)
def test_the_share_a_minute_is_a_bound(launch):
    """Ten percent of sixty tunnels are six a minute: in ten seconds one or two."""
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections", rebalance={**RULES, "share": 10}))
        with Regulars(proxy.port, CLIENTS) as regulars:
            grow(proxy, third)
            watch = Stopwatch()
            wait_until(lambda: watch.seconds >= 12, 15, interval=0.1)
            assert 1 <= regulars.closed <= 3, regulars.closed


@pytest.mark.timeout(90)
def test_one_call_levels_a_pool_that_is_never_rebalanced_at_the_pace_it_names(launch):
    """It ends when nobody is further from the mean than half of what the threshold allows: 1.1 times of 20."""
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections", rebalance="off"))
        with Regulars(proxy.port, CLIENTS) as regulars:
            before = regulars.places()
            grow(proxy, third)
            assert stands_still(regulars) and regulars.closed == 0
            api, watch = PoolAPI(proxy), Stopwatch()
            assert api.rebalance(share="100%", interval="1s") == 202
            assert proxy.log.wait("pool_rebalance")["share"] == 100
            wait_until(lambda: not api.pool()["rebalancing"], 60, lambda: f"{regulars.places()}, {regulars.closed} closed", interval=0.1)
            assert watch.seconds >= regulars.closed - 2, "faster than one a second"
            wait_until(lambda: is_level(regulars, 1.1, slack=0), 5, regulars.places)
            ended = proxy.log.wait("pool_rebalance_ended", reason="done")
            assert regulars.closed == ended["tunnels"] == proxy.metric(MENDED, pool="main")
            assert 0 < regulars.closed <= sum(max(0, count - CLIENTS / 3) for count in before.values())
            assert stands_still(regulars) and regulars.all_speak() == CLIENTS
            assert set(regulars.codes) == {1012} and not regulars.complaint and not regulars.cut


@pytest.mark.timeout(90)
@pytest.mark.parametrize("pool", [{}, {"balance": "random"}, {"slow_start": "5s"}], ids=["in turn", "random", "slow start"])
def test_one_call_closes_no_more_than_are_too_many_whatever_the_pool(launch, pool):
    """Those that are sent away come to the newcomer by any algorithm, as fast as it takes them."""
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, **pool))
        with Regulars(proxy.port, CLIENTS) as regulars:
            before = regulars.places()
            grow(proxy, third)
            api = PoolAPI(proxy)
            assert api.rebalance(share=100, interval="1s") == 202
            ended = proxy.log.wait("pool_rebalance_ended", deadline=60)
            assert ended["reason"] == "done"
            wait_until(lambda: is_level(regulars, 1.1, slack=0), 5, lambda: f"{regulars.places()}, {regulars.closed} closed")
            excess = sum(max(0, count - CLIENTS / 3) for count in before.values())
            assert 0 < regulars.closed <= excess, f"{regulars.closed} closed where {excess} were too many"
            assert set(regulars.codes) == {1012} and not regulars.complaint and not regulars.cut


def test_a_call_that_is_taken_back_closes_nobody_whose_moment_has_not_come(launch):
    """One goes every second and a half."""
    with pool_backends(2) as (one, other):
        proxy = launch(pooled([one]))
        with Regulars(proxy.port, CLIENTS) as regulars:
            grow(proxy, other)
            api = PoolAPI(proxy)
            assert api.rebalance(share=100, interval="45s") == 202
            wait_until(lambda: regulars.closed >= 1, 10)
            assert api.cancel_rebalance() == 200
            ended = proxy.log.wait("pool_rebalance_ended", reason="admin")
            assert stands_still(regulars, 5) and regulars.closed <= 4
            assert ended["tunnels"] <= regulars.closed <= ended["tunnels"] + 2, ended
            assert regulars.all_speak() == CLIENTS


def test_a_call_that_names_no_pace_goes_by_the_usual_one_and_a_later_one_changes_it(launch):
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections"))
        with Regulars(proxy.port, CLIENTS) as regulars:
            grow(proxy, third)
            api = PoolAPI(proxy)
            assert api.rebalance(share=0) == api.rebalance(pace=5) == api.rebalance(interval="1") == 400
            assert api.rebalance() == api.rebalance(share=100, interval="1s") == 202
            usual, faster = proxy.log.wait("pool_rebalance", count=2)
            assert (usual["share"], faster["share"], faster["threshold"]) == (5, 100, 1.2)
            assert api.rebalance(threshold=1.5) == 202
            last = proxy.log.wait("pool_rebalance", count=3)[-1]
            assert (last["share"], last["interval"], last["threshold"]) == (100, 1, 1.5)
            wait_until(lambda: regulars.closed >= 3, 10)
            assert api.cancel_rebalance() == 200 and stands_still(regulars)


def test_without_rebalance_nobody_is_sent_away_and_once_by_hand_is_enough(launch):
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections"))
        with Regulars(proxy.port, CLIENTS) as regulars:
            grow(proxy, third)
            assert stands_still(regulars)
            api = PoolAPI(proxy)
            assert api.cancel_rebalance() == 404
            assert api.rebalance() == 202 and api.pool()["rebalancing"]
            assert api.cancel_rebalance() == 200 and not api.pool()["rebalancing"]
            assert api.cancel_rebalance() == 404
            proxy.log.wait("pool_rebalance_ended", reason="admin")


def test_one_call_mends_once_what_is_below_the_threshold(launch):
    """30, 30 and 18: within the threshold of 1.5, and mended to halfway between it and level."""
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections"))
        with Regulars(proxy.port, CLIENTS) as regulars:
            grow(proxy, third)
            more = opened_many(proxy.port, 18)
            assert landed(more) == {third.label: 18}
            watches(proxy, {**RULES, "threshold": 1.5})
            assert stands_still(regulars), f"{regulars.places()}, {regulars.closed} closed"
            closed = regulars.closed
            assert 200 <= PoolAPI(proxy).rebalance() < 300
            wait_until(lambda: regulars.closed >= closed + 2, 10)
            wait_until(lambda: stands_still(regulars), 20)
            assert regulars.closed <= closed + 6 and set(regulars.codes) == {1012}


def test_the_quiet_ones_are_sent_away(launch):
    with pool_backends(3) as (*two, third):
        proxy = launch(pooled(two, balance="least_connections", rebalance=RULES))
        with Regulars(proxy.port, CLIENTS) as quiet:
            busy = opened_many(proxy.port, 10)
            for tunnel in busy:
                tunnel.echoes()
            grow(proxy, third)
            while quiet.closed < 8:
                for tunnel in busy:
                    assert not tunnel.is_closing(), "a busy one was sent away before the quiet ones"
                    tunnel.echoes()


@pytest.mark.timeout(60)
def test_a_backend_that_takes_nothing_is_no_reason_to_send_anybody_away(launch):
    with pool_backends(3) as (one, other, third):
        proxy = launch(pooled([one, other, {"url": third.url, "state": "maint"}], balance="least_connections", rebalance=RULES))
        with Regulars(proxy.port, CLIENTS) as regulars:
            assert stands_still(regulars, 4)
            assert regulars.closed == 0

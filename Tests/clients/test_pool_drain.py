"""Draining one backend by the admin API and by the configuration: empty within its time, at a pace, and cancelled."""

import copy
import time

import pytest

from harness.frames import CLOSE, TEXT, frame
from harness.waiting import Stopwatch, wait_until
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import landed, opened, opened_many, refused
from pool_settings import check, pooled
from pool_states import is_down, is_in, is_up, states

DRAINING = "tidegate_backend_draining_tunnels"


def split(tunnels, backend):
    """Those on this backend, and the others."""
    return ([one for one in tunnels if one.backend == backend.label], [one for one in tunnels if one.backend != backend.label])


def closing(tunnels):
    return sum(tunnel.is_closing() for tunnel in tunnels)


class Talker:
    """A tunnel that says something whenever it may; `code` is that of the Close it was told."""

    def __init__(self, tunnel):
        self.tunnel, self.code = tunnel, None

    def speaks(self):
        if self.code is not None:
            return
        self.tunnel.wire.send(frame(TEXT, b"hello", masked=True))
        got = self.tunnel.wire.read_frame()
        if got.opcode == CLOSE:
            self.code = got.code


# What a drain may be late for us to see: a timer's tick of the worker, then a Close that is read once the other talkers have spoken,
# on a machine that does other things besides. Not so much that a busy tunnel could be put off by a second more.
SLACK = 0.8


def test_a_drain_empties_a_backend_within_its_time_at_an_even_pace(launch):
    """However busy they are: ten of the forty talk without a pause."""
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], drain={"over": "2s"}))
        api = PoolAPI(proxy)
        doomed, others = split(opened_many(proxy.port, 80), leaving)
        talkers, quiet = [Talker(tunnel) for tunnel in doomed[:10]], doomed[10:]

        def told():
            for talker in talkers:
                talker.speaks()
            return closing(quiet) + sum(talker.code is not None for talker in talkers)

        assert told() == 0
        watch, progress = Stopwatch(), []
        api.set(leaving, "drain")
        while (count := told()) < 40 and watch.seconds < 6:
            progress.append((watch.seconds, count))
            time.sleep(0.02)
        assert 1 < watch.seconds < 2 + SLACK, f"{count} of 40 are told after {watch.seconds:.1f} s"
        assert max(later[1] - sooner[1] for sooner, later in zip(progress, progress[1:])) <= 15, "not at a pace"
        assert {talker.code for talker in talkers} | {tunnel.close_code() for tunnel in quiet} == {1012}
        for talker in talkers:
            talker.tunnel.wire.close()
        for tunnel in others:
            tunnel.echoes()
        proxy.wait_metric("tidegate_tunnels_active", 0, backend=leaving.label)
        proxy.wait_metric(DRAINING, 0, pool="main", backend=leaving.label)


def test_a_rate_is_kept(launch):
    with pool_backends(1) as (leaving,):
        proxy = launch(pooled([leaving], drain={"per_second": 20}))
        api = PoolAPI(proxy)
        doomed = opened_many(proxy.port, 30)
        api.set(leaving, "drain")
        watch = Stopwatch()
        wait_until(lambda: closing(doomed) == 30, 6)
        assert 1 < watch.seconds < 3
        assert {tunnel.close_code() for tunnel in doomed} == {1012}


def test_progress_is_told_and_nothing_new_comes(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], drain={"over": "24h"}))
        api = PoolAPI(proxy)
        tunnels = opened_many(proxy.port, 10)
        assert api.backend(leaving)["state"] == "ready" and states(proxy, leaving) & {"ready", "unknown", "up"}
        api.set(leaving, "drain")
        is_down(proxy, leaving)
        is_in(proxy, leaving, "drain")
        assert states(proxy, leaving) == {"drain"}
        assert api.backend(leaving)["state"] == "drain"
        told = api.backend(leaving)
        assert told["live"] >= 4, told
        proxy.wait_metric(DRAINING, lambda value: 4 <= value <= 5, pool="main", backend=leaving.label)
        assert landed(opened_many(proxy.port, 6)) == {staying.label: 6}
        assert proxy.log.wait("backend_state", pool="main", backend=leaving.label)
        assert sum(tunnel.is_closing() for tunnel in tunnels) <= 1


def test_ready_cancels_a_drain_and_reprieves_those_that_are_left(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], drain={"over": "6s"}))
        api = PoolAPI(proxy)
        doomed, _ = split(opened_many(proxy.port, 60), leaving)
        api.set(leaving, "drain")
        wait_until(lambda: closing(doomed) >= 3)
        api.set(leaving, "ready")
        is_up(proxy, leaving)
        told = wait_until(lambda: _settled(doomed), 10, what="a drain that stands still")
        assert 3 <= told <= 20, f"{told} of 30 were told to go"
        for tunnel in doomed:
            if not tunnel.is_closing():
                tunnel.echoes()
        proxy.wait_metric(DRAINING, 0, pool="main", backend=leaving.label)
        assert landed(opened_many(proxy.port, 4))[leaving.label] >= 1


def _settled(tunnels, seconds=1.5):
    """How many are closing, once that number has not changed for a while; two gaps of the drain's pace and more."""
    count, watch = closing(tunnels), Stopwatch()
    while watch.seconds < seconds:
        if closing(tunnels) != count:
            return 0
        time.sleep(0.02)
    return count


def test_maint_drains_and_is_not_checked(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], check=check(), drain={"over": "200ms"}))
        api = PoolAPI(proxy)
        is_up(proxy, leaving)
        doomed, others = split(opened_many(proxy.port, 8), leaving)
        api.set(leaving, "maint")
        is_in(proxy, leaving, "maint")
        assert [tunnel.close_code() for tunnel in doomed] == [1012] * 4
        wait_until(lambda: leaving.checks == leaving.checks_ended)
        checks, seen = leaving.checks, staying.checks
        wait_until(lambda: staying.checks >= seen + 6)
        assert leaving.checks <= checks + 1, "it is checked although it is in maintenance"
        api.set(leaving, "ready")
        is_up(proxy, leaving)
        wait_until(lambda: leaving.checks >= checks + 3)
        assert landed(opened_many(proxy.port, 4)) == {leaving.label: 2, staying.label: 2}
        for tunnel in others:
            tunnel.echoes()


def test_a_drained_backend_is_still_checked(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], check=check(), drain={"over": "24h"}))
        is_up(proxy, leaving)
        PoolAPI(proxy).set(leaving, "drain")
        is_down(proxy, leaving)
        before = leaving.checks
        wait_until(lambda: leaving.checks >= before + 3)


@pytest.mark.parametrize("state", ["drain", "maint"])
def test_all_out_of_service_is_503_whatever_panic_says(launch, state):
    with pool_backends(2) as two:
        proxy = launch(pooled(two, panic=100))
        api = PoolAPI(proxy)
        for backend in two:
            api.set(backend, state)
        for backend in two:
            is_down(proxy, backend)
        assert refused(proxy.port).status == 503
        api.set(two[0], "ready")
        is_up(proxy, two[0])
        assert opened(proxy.port).backend == two[0].label


def with_state(config, index, state):
    other = copy.deepcopy(config)
    entry = other["pools"]["main"]["backends"][index]
    url = entry if isinstance(entry, str) else entry["url"]
    other["pools"]["main"]["backends"][index] = {"url": url, **({"state": state} if state else {})}
    return other


def test_the_configuration_drains_and_brings_back(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], drain={"over": "300ms"}))
        doomed, others = split(opened_many(proxy.port, 8), leaving)
        assert proxy.reload(with_state(proxy.config, 0, "drain"))
        assert [tunnel.close_code() for tunnel in doomed] == [1012] * 4
        assert landed(opened_many(proxy.port, 4)) == {staying.label: 4}
        assert proxy.reload(with_state(proxy.config, 0, "ready"))
        is_up(proxy, leaving)
        assert landed(opened_many(proxy.port, 4)) == {leaving.label: 2, staying.label: 2}
        for tunnel in others:
            tunnel.echoes()


def test_what_an_operator_set_outlives_a_reload_until_the_file_says_otherwise(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], drain={"over": "100ms"}))
        api = PoolAPI(proxy)
        api.set(leaving, "drain")
        is_down(proxy, leaving)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["max_dials"] = 50
        assert proxy.reload(config)
        assert states(proxy, leaving) == {"drain"}
        assert landed(opened_many(proxy.port, 4)) == {staying.label: 4}
        assert proxy.reload(with_state(proxy.config, 0, "maint"))
        is_in(proxy, leaving, "maint")
        assert proxy.reload(with_state(proxy.config, 0, "ready"))
        is_up(proxy, leaving)
        assert landed(opened_many(proxy.port, 4)) == {leaving.label: 2, staying.label: 2}


def test_idle_tunnels_go_before_busy_ones(launch):
    """The busy ones echo without a pause; the quiet ones have said nothing for more than a second."""
    with pool_backends(1) as (leaving,):
        proxy = launch(pooled([leaving], drain={"over": "6s"}))
        quiet, busy = opened_many(proxy.port, 10), opened_many(proxy.port, 10)
        early, watch = [], Stopwatch()

        def turn():
            for tunnel in busy:
                if tunnel not in early and not tunnel.is_closing():
                    tunnel.echoes()
            early.extend(tunnel for tunnel in quiet + busy if tunnel not in early and tunnel.is_closing())

        while watch.seconds < 1.2:
            turn()
        PoolAPI(proxy).set(leaving, "drain")
        while watch.seconds < 8 and len(early) < 8:
            turn()
        assert len(early) >= 8 and all(tunnel in quiet for tunnel in early), "busy ones were sent away before the quiet ones"
        wait_until(lambda: closing(quiet + busy) == 20, 10)
        assert {tunnel.close_code() for tunnel in quiet + busy} == {1012}

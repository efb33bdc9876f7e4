"""Caps and the queue before them: who waits, who gets a place, and who hears 503."""

import copy
import signal

import pytest

from harness.frames import TEXT, frame
from harness.heads import plain
from harness.waiting import Stopwatch, wait_until
from harness.wire import Wire
from pool_backend import pool_backends
from pool_client import answered, ask_for_tunnel, fetched, opened, opened_many, refused
from pool_settings import capped, pooled
from pool_states import waiting

CAPS = ["backend", "pool"]


@pytest.mark.parametrize("kind", CAPS)
def test_those_who_wait_get_their_places_one_after_the_other(launch, kind):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], kind, 1, queue={"size": 10, "timeout": "10s"}))
        first = opened(proxy.port)
        second = ask_for_tunnel(proxy.port)
        waiting(proxy, 1)
        third = ask_for_tunnel(proxy.port)
        waiting(proxy, 2)
        assert second.is_silent() and third.is_silent() and len(one.heads) == 1
        first.leave()
        both = wait_until(lambda: [wire for wire in (second, third) if wire.held or wire.wait_readable(0)])
        assert len(both) == 1, "two got one place"
        waiting(proxy, 1)
        served = answered(both[0])
        served.echoes()
        assert one.live == 1
        served.leave()
        last = answered(third if both[0] is second else second)
        last.echoes()
        waiting(proxy, 0)
        assert proxy.metric("tidegate_queue_wait_seconds_count", pool="main") >= 2


def test_one_worker_serves_first_who_came_first(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}) | {"workers": 1})
        current, wires = opened(proxy.port), []
        for number in range(4):
            wires.append(ask_for_tunnel(proxy.port))
            waiting(proxy, number + 1)
        for wire in wires:
            watch = Stopwatch()
            current.leave()
            current = answered(wire)
            assert watch.seconds < 1, "a free place stood empty"


@pytest.mark.parametrize("kind", CAPS)
def test_whoever_waits_too_long_hears_503_with_retry_after(launch, kind):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], kind, 1, queue={"size": 10, "timeout": "400ms"}))
        kept = opened(proxy.port)
        watch = Stopwatch()
        head = refused(proxy.port)
        assert head.status == 503 and 1 <= int(head.one("Retry-After")) <= 5
        assert 0.35 <= watch.seconds < 2
        waiting(proxy, 0)
        kept.echoes()
        assert proxy.metric("tidegate_upgrade_failures_total", reason="queue_timeout") == 1
        kept.leave()
        opened(proxy.port).echoes()


def test_a_full_queue_is_503_at_once(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 2, "timeout": "10s"}) | {"workers": 1})
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(2)]
        waiting(proxy, 2)
        watch = Stopwatch()
        head = refused(proxy.port)
        assert head.status == 503 and 1 <= int(head.one("Retry-After")) <= 5
        assert watch.seconds < 1
        assert proxy.metric("tidegate_upgrade_failures_total", reason="queue_full") == 1
        kept.leave()
        assert wires[0].read_head().status == 101


def test_the_queue_is_that_of_the_pool_over_all_workers(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 4, "timeout": "10s"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(12)]
        wait_until(lambda: sum(bool(wire.held) or wire.wait_readable(0) for wire in wires) == 8)
        waiting(proxy, 4)
        kept.echoes()


@pytest.mark.parametrize("how", ["fin", "reset"])
def test_whoever_leaves_while_waiting_is_taken_out(launch, how):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        gone = [ask_for_tunnel(proxy.port) for _ in range(3)]
        waiting(proxy, 3)
        patient = ask_for_tunnel(proxy.port)
        waiting(proxy, 4)
        for wire in gone:
            wire.close() if how == "fin" else wire.reset()
        waiting(proxy, 1)
        kept.leave()
        answered(patient).echoes()
        assert len(one.heads) == 2, "somebody who had left was given a place"


def test_plain_requests_wait_as_upgrades_do(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        wire = Wire.connect(proxy.port)
        wire.send(plain("/poll", extra=[("Connection", "close")]))
        waiting(proxy, 1)
        kept.leave()
        assert wire.read_head().status == 200
        assert fetched(proxy.port).status == 200


def test_what_a_client_says_while_it_waits_is_not_lost(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        wire = ask_for_tunnel(proxy.port)
        waiting(proxy, 1)
        wire.send(frame(TEXT, b"early", masked=True))
        kept.leave()
        tunnel = answered(wire)
        assert tunnel.wire.read_frame().payload == b"early"


def test_without_a_queue_a_full_pool_is_503_at_once(launch):
    with pool_backends(2) as two:
        proxy = launch(capped(two, "pool", 3))
        tunnels = opened_many(proxy.port, 3)
        watch = Stopwatch()
        assert refused(proxy.port).status == 503
        assert watch.seconds < 1
        # Who is refused together is not to come back together: twenty alike would be one chance in 5^19.
        moments = {int(refused(proxy.port).one("Retry-After")) for _ in range(20)}
        assert moments <= {1, 2, 3, 4, 5} and len(moments) > 1, moments
        tunnels.pop().leave()
        proxy.wait_metric("tidegate_tunnels_active", 2)
        opened(proxy.port).echoes()


def test_a_pools_cap_holds_over_all_workers_under_a_herd(launch):
    with pool_backends(2) as two:
        proxy = launch(capped(two, "pool", 20, queue={"size": 100, "timeout": "10s"}))
        wires = [ask_for_tunnel(proxy.port) for _ in range(80)]
        open_wires, served, most = list(wires), 0, 0
        while open_wires:
            ready = wait_until(lambda: [wire for wire in open_wires if wire.held or wire.wait_readable(0)])
            most = max(most, sum(backend.live for backend in two))
            for wire in ready:
                tunnel = answered(wire)
                served += 1
                tunnel.leave()
                open_wires.remove(wire)
        assert served == 80 and most <= 20
        waiting(proxy, 0)


def test_nobody_waits_where_nobody_is_well(launch):
    """The queue is for full backends; those that are out of service may never come back."""
    with pool_backends(1) as (one,):
        proxy = launch(pooled(
            [{"url": one.url, "state": "maint"}], queue={"size": 10, "timeout": "10s"}))
        watch = Stopwatch()
        assert refused(proxy.port).status == 503
        assert watch.seconds < 1


def test_a_reload_that_lifts_the_cap_lets_them_in(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        wires = [ask_for_tunnel(proxy.port) for _ in range(3)]
        waiting(proxy, 3)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["max_connections"] = 10
        assert proxy.reload(config)
        for wire in wires:
            answered(wire).echoes()
        kept.echoes()
        waiting(proxy, 0)


def test_a_new_backend_serves_those_who_wait(launch):
    with pool_backends(2) as (one, other):
        proxy = launch(capped([one], "backend", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        wire = ask_for_tunnel(proxy.port)
        waiting(proxy, 1)
        config = copy.deepcopy(proxy.config)
        config["pools"]["main"]["backends"].append({"url": other.url})
        assert proxy.reload(config)
        assert answered(wire).backend == other.label
        kept.echoes()


def test_a_drain_of_the_proxy_answers_those_who_wait(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "10s"}))
        kept = opened(proxy.port)
        wire = ask_for_tunnel(proxy.port)
        waiting(proxy, 1)
        proxy.signal(signal.SIGTERM)
        assert kept.close_code() == 1012
        wire.sock.settimeout(5)
        assert wire.read_head().status == 503, "it got the place of one who was sent away"
        wire.close()
        assert proxy.wait_exit() == 0


def test_the_handshake_deadline_goes_on_in_the_queue(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 10, "timeout": "1m"}, timeouts={"handshake": "600ms"}))
        kept = opened(proxy.port)
        watch = Stopwatch()
        assert refused(proxy.port).status == 503
        assert watch.seconds < 2
        waiting(proxy, 0)
        kept.echoes()


def test_herds_that_give_up_leave_nothing_in_the_queue(launch):
    with pool_backends(1) as (one,):
        proxy = launch(capped([one], "pool", 1, queue={"size": 50, "timeout": "10s"}))
        kept = opened(proxy.port)
        for _ in range(4):
            wires = [ask_for_tunnel(proxy.port) for _ in range(50)]
            waiting(proxy, 50)
            for wire in wires:
                wire.reset()
            waiting(proxy, 0)
        kept.echoes()
        assert len(one.heads) == 1

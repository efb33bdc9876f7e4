"""Answers to checks that no honest backend gives: bounded in bytes and in time."""

import threading

import pytest

import pool_checks
from harness.process import MiB, MemoryMark
from harness.waiting import Stopwatch, wait_until
from pool_backend import pool_backends
from pool_client import landed, opened, opened_many, refused
from pool_settings import check, pooled
from pool_states import checked, is_down, is_up

GiB = 1024 * MiB

BAD = {
    "a byte now and then": pool_checks.drips,
    "a head without an end": pool_checks.endless_head,
    "garbage": pool_checks.garbage,
    "a 101 nobody asked for": pool_checks.replies(101, ("Upgrade", "websocket"), ("Connection", "Upgrade")),
    "a head cut short": None,
}


async def _half_a_head(head, reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()


BAD["a head cut short"] = _half_a_head


@pytest.mark.parametrize("what", BAD)
def test_an_answer_that_is_none_takes_a_backend_down(launch, what):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], check=check(timeout="300ms")))
        is_up(proxy, sick)
        memory = MemoryMark(proxy.process)
        sick.check = BAD[what]
        is_down(proxy, sick)
        checked(sick, 3)
        assert landed(opened_many(proxy.port, 4)) == {sound.label: 4}
        memory.assert_grown_at_most(16 * MiB)
        sick.check = pool_checks.passes
        is_up(proxy, sick)


def test_a_body_of_a_gibibyte_is_not_taken_in(launch):
    flood = pool_checks.Floods(GiB)
    with pool_backends(1) as (one,):
        one.check = flood
        proxy = launch(pooled([one], check=check()))
        is_up(proxy, one)
        memory = MemoryMark(proxy.process)
        before, checks = flood.given, one.checks
        checked(one, 10)
        assert flood.given - before <= (one.checks - checks + 1) * 16 * MiB, "most of it is to stay where it is"
        memory.assert_grown_at_most(8 * MiB)
        assert proxy.process.cpu_seconds() < 5
        assert not proxy.log.events("backend_down")


def test_what_the_body_must_contain_is_looked_for_at_its_beginning_only(launch):
    with pool_backends(2) as (early, late):
        early.check = pool_checks.Floods(64 * MiB, b"x" * 10000 + b"well")
        late.check = pool_checks.Floods(64 * MiB, b"x" * 40000 + b"well")
        proxy = launch(pooled([early, late], check=check(body="well")))
        is_down(proxy, late)
        checked(early, 3)
        assert landed(opened_many(proxy.port, 4)) == {early.label: 4}


def test_slow_checks_hold_up_nobody_elses(launch):
    """Twenty backends that never answer, and one that falls ill meanwhile."""
    with pool_backends(21) as (one, *deaf):
        for other in deaf:
            other.check = pool_checks.never
        proxy = launch(pooled([one, *deaf], check=check(timeout="5s", start="down")))
        is_up(proxy, one)
        wait_until(lambda: all(other.checks for other in deaf), 10)
        checked(one, 3)
        one.check = pool_checks.fails
        watch = Stopwatch()
        is_down(proxy, one)
        assert watch.seconds < 3


def test_with_start_down_nothing_goes_there_before_the_first_pass(launch):
    gate = threading.Event()
    with pool_backends(1) as (one,):
        one.check = pool_checks.late(gate)
        proxy = launch(pooled([one], check=check(start="down", timeout="5s")))
        wait_until(lambda: one.checks)
        assert refused(proxy.port).status == 503
        assert not one.heads
        gate.set()
        wait_until(lambda: one.checks_ended)
        is_up(proxy, one)
        opened(proxy.port).echoes()


def test_with_start_up_it_takes_traffic_before_the_first_answer(launch):
    gate = threading.Event()
    with pool_backends(1) as (one,):
        one.check = pool_checks.late(gate)
        proxy = launch(pooled([one], check=check(timeout="5s")))
        wait_until(lambda: one.checks)
        opened(proxy.port).echoes()
        gate.set()


def test_a_flapping_backend_turns_nobody_away(launch):
    """It changes with every check, while clients come all the time; each change is told."""
    with pool_backends(2) as (flapping, steady):
        flapping.script.extend([pool_checks.passes, pool_checks.fails] * 15)
        proxy = launch(pooled([flapping, steady], check=check(rise=1, fall=1)))
        tunnels = []
        while flapping.script:
            tunnels.append(opened(proxy.port))
            if len(tunnels) > 100:
                tunnels.pop(0).leave()
        for tunnel in tunnels:
            tunnel.echoes()
        is_up(proxy, flapping)
        downs = proxy.log.events("backend_down", backend=flapping.label)
        assert 10 <= len(downs) <= 15, f"{len(downs)} falls"
        assert not proxy.log.events("backend_down", backend=steady.label)


def test_fall_and_rise_calm_a_backend_that_flaps(launch):
    with pool_backends(1) as (one,):
        proxy = launch(pooled([one], check=check(rise=2, fall=2)))
        # It takes connections before it is known; what is known first decides at once.
        checked(one)
        is_up(proxy, one)
        one.script.extend([pool_checks.fails, pool_checks.passes] * 10)
        wait_until(lambda: not one.script, 10)
        checked(one)
        assert not proxy.log.events("backend_down")

"""Ejection by what live traffic sees: dials, handshakes, tunnels that die early; probation; and never the last one."""

import pytest

from harness.heads import answer
from harness.waiting import Stopwatch, wait_until
from pool_api import PoolAPI
from pool_backend import pool_backends
from pool_client import ask_for_tunnel, fetched, landed, opened, opened_many
from pool_settings import pooled
from pool_states import is_down, is_in, is_up, states

RULES = {"failures": 2, "early_death": "500ms", "base": "1s", "longest": "4s", "max_share": 50}
EJECTIONS = "tidegate_backend_ejections_total"


def asks(proxy, count=1):
    """So many upgrades one after the other, whatever becomes of them."""
    for _ in range(count):
        wire = ask_for_tunnel(proxy.port)
        wire.read_head()
        wire.close()


def dies(backend):
    backend.dies = True


def refuses(status):
    def set_(backend):
        backend.refusal = answer(status, ("Connection", "close"), body=b"no")

    return set_


def speaks_garbage(backend):
    backend.refusal = b"\x00\x01\x02 no answer at all\r\n\r\n"


def is_gone(backend):
    backend.fall()


def is_well(backend):
    backend.refusal, backend.dies = None, False
    if not backend.is_listening:
        backend.listen()


ILLS = {
    "refuses dials": is_gone,
    "answers upgrades with 502": refuses(502),
    "answers upgrades with garbage": speaks_garbage,
    "lets tunnels die early": dies,
}


@pytest.mark.parametrize("ill", ILLS)
def test_a_backend_that_fails_again_and_again_is_left_out_and_comes_back(launch, ill):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], ejection=RULES))
        ILLS[ill](sick)
        asks(proxy, 8)
        proxy.log.wait("backend_ejected", pool="main", backend=sick.label)
        assert proxy.metric(EJECTIONS, pool="main", backend=sick.label) >= 1
        is_well(sick)
        sick_before = len(sick.heads)
        proxy.log.wait("backend_readmitted", pool="main", backend=sick.label)
        assert len(sick.heads) == sick_before, "it was asked while it was out"
        is_up(proxy, sick)
        assert landed(opened_many(proxy.port, 6)) == {sick.label: 3, sound.label: 3}
        assert proxy.metric(EJECTIONS, pool="main", backend=sound.label) == 0


def test_nothing_goes_to_an_ejected_backend(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], ejection={**RULES, "base": "20s", "longest": "20s"}))
        sick.fall()
        wait_until(lambda: asks(proxy) or proxy.metric(EJECTIONS, backend=sick.label) == 1)
        is_down(proxy, sick)
        dials = proxy.metric("tidegate_backend_connect_failures_total", backend=sick.label)
        assert landed(opened_many(proxy.port, 20)) == {sound.label: 20}
        assert {fetched(proxy.port).one("X-Backend") for _ in range(4)} == {sound.label}
        assert proxy.metric("tidegate_backend_connect_failures_total", backend=sick.label) == dials


def test_one_failure_on_probation_is_enough_and_the_next_time_is_longer(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], ejection={**RULES, "failures": 3}))
        sick.fall()
        wait_until(lambda: asks(proxy) or proxy.metric(EJECTIONS, backend=sick.label) == 1)
        failures = proxy.metric("tidegate_backend_connect_failures_total", backend=sick.label)
        assert failures >= 3
        proxy.log.wait("backend_readmitted", backend=sick.label)
        asks(proxy, 2)
        proxy.wait_metric(EJECTIONS, 2, backend=sick.label)
        assert proxy.metric("tidegate_backend_connect_failures_total", backend=sick.label) - failures <= 2
        sick.listen()
        proxy.log.wait("backend_readmitted", 2, backend=sick.label)
        is_up(proxy, sick)
        tunnels = opened_many(proxy.port, 10)
        assert landed(tunnels) == {sick.label: 5, sound.label: 5}


def test_probation_is_a_state_until_it_has_proved_well_or_fails_again(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], ejection={**RULES, "base": "500ms", "early_death": "100ms"}))
        api = PoolAPI(proxy)
        sick.fall()
        wait_until(lambda: asks(proxy) or "ejected" in states(proxy, sick))
        assert api.backend(sick)["ejected"] and not api.backend(sick)["probation"]
        is_in(proxy, sick, "probation")
        told = api.backend(sick)
        assert (told["state"], told["probation"], told["ejected"], told["in_service"]) == ("probation", True, False, True)
        assert states(proxy, sound) == {"ready"} and not api.backend(sound)["probation"]
        asks(proxy, 2)
        is_in(proxy, sick, "ejected")
        sick.listen()
        is_in(proxy, sick, "probation")
        # Tunnels that outlive `early_death` are what proves it.
        held = opened_many(proxy.port, 10)
        is_in(proxy, sick, "ready")
        assert not api.backend(sick)["probation"]
        assert {"probation", "ejected"} & states(proxy, sound) == set()
        for tunnel in held:
            tunnel.echoes()


@pytest.mark.parametrize("ill", ILLS)
def test_the_last_one_is_never_ejected(launch, ill):
    with pool_backends(2) as two:
        proxy = launch(pooled(two, ejection={**RULES, "max_share": 100, "base": "20s", "longest": "20s"}))
        for backend in two:
            ILLS[ill](backend)
        asks(proxy, 12)
        proxy.wait_metric(EJECTIONS, 1, pool="main")
        asks(proxy, 4)
        assert sum(proxy.metric("tidegate_backend_up", backend=backend.label) for backend in two) == 1
        for backend in two:
            is_well(backend)
        for tunnel in opened_many(proxy.port, 4):
            tunnel.echoes()


def test_a_single_backend_stays_whatever_it_does(launch):
    with pool_backends(1) as (only,):
        proxy = launch(pooled([only], ejection={**RULES, "max_share": 100}))
        only.fall()
        asks(proxy, 10)
        only.listen()
        opened(proxy.port).echoes()
        assert proxy.metric(EJECTIONS, pool="main") == 0


def test_no_more_than_the_share_is_ejected(launch):
    with pool_backends(4) as four:
        proxy = launch(pooled(four, ejection={**RULES, "max_share": 25, "base": "20s", "longest": "20s"}))
        for backend in four[:3]:
            backend.fall()
        asks(proxy, 24)
        proxy.wait_metric(EJECTIONS, 1, pool="main")
        assert sum(proxy.metric("tidegate_backend_up", backend=backend.label) for backend in four) == 3
        assert landed(opened_many(proxy.port, 6)) == {four[3].label: 6}


def test_clients_that_leave_early_are_no_failures(launch):
    with pool_backends(2) as two:
        proxy = launch(pooled(two, ejection=RULES))
        for number in range(20):
            tunnel = opened(proxy.port)
            if number % 2:
                tunnel.leave()
            else:
                tunnel.wire.reset()
        proxy.wait_metric("tidegate_tunnels_active", 0)
        assert proxy.metric(EJECTIONS, pool="main") == 0
        assert landed(opened_many(proxy.port, 4)) == {backend.label: 2 for backend in two}


def test_tunnels_that_lived_are_no_early_deaths(launch):
    with pool_backends(2) as (one, other):
        proxy = launch(pooled([one, other], ejection={**RULES, "early_death": "50ms"}))
        tunnels, watch = opened_many(proxy.port, 8), Stopwatch()
        wait_until(lambda: watch.seconds > 0.2)
        one.cut()
        assert sum(tunnel.close_code() == 1014 for tunnel in tunnels if tunnel.backend == one.label) == 4
        opened_many(proxy.port, 4)
        assert proxy.metric(EJECTIONS, pool="main") == 0

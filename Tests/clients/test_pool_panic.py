"""Too few backends, or none, are well: the panic rule, and the way back."""

import pool_checks
from harness.waiting import wait_until
from pool_backend import pool_backends
from pool_client import fetched, landed, opened, opened_many, refused
from pool_settings import check, pooled
from pool_states import is_down, is_up


def all_fail(proxy, backends):
    for backend in backends:
        backend.check = pool_checks.fails
    for backend in backends:
        is_down(proxy, backend)


def test_without_panic_nobody_well_is_503_at_once_and_then_it_serves_again(launch):
    with pool_backends(3) as three:
        proxy = launch(pooled(three, check=check()))
        kept = opened_many(proxy.port, 3)
        all_fail(proxy, three)
        heads = sum(len(backend.heads) for backend in three)
        head = refused(proxy.port)
        assert head.status == 503 and 1 <= int(head.one("Retry-After")) <= 5
        assert fetched(proxy.port).status == 503
        assert sum(len(backend.heads) for backend in three) == heads, "one that is down was asked"
        for tunnel in kept:
            tunnel.echoes()
        assert proxy.metric("tidegate_pool_panic", pool="main") == 0
        for backend in three:
            backend.check = pool_checks.passes
        for backend in three:
            is_up(proxy, backend)
        assert landed(opened_many(proxy.port, 6)) == {backend.label: 2 for backend in three}


def test_by_default_all_are_used_when_fewer_than_half_are_well(launch):
    with pool_backends(3) as three:
        config = pooled(three, check=check())
        del config["pools"]["main"]["panic"]
        proxy = launch(config)
        all_fail(proxy, three[:1])
        assert set(landed(opened_many(proxy.port, 8))) == {backend.label for backend in three[1:]}
        all_fail(proxy, three[:2])
        proxy.wait_metric("tidegate_pool_panic", 1, pool="main")
        assert landed(opened_many(proxy.port, 6)) == {backend.label: 2 for backend in three}
        all_fail(proxy, three)
        opened(proxy.port).echoes()
        for backend in three:
            backend.check = pool_checks.passes
        for backend in three:
            is_up(proxy, backend)
        proxy.wait_metric("tidegate_pool_panic", 0, pool="main")


def test_all_down_for_real_and_back(launch):
    with pool_backends(3) as three:
        proxy = launch(pooled(three, check=check("tcp"), panic=50))
        lost = opened_many(proxy.port, 9)
        for backend in three:
            backend.fall()
        assert [tunnel.close_code() for tunnel in lost] == [1014] * 9
        for backend in three:
            is_down(proxy, backend)
        assert refused(proxy.port).status in (502, 503)
        for backend in three:
            backend.listen()
        for backend in three:
            is_up(proxy, backend)
        tunnels = opened_many(proxy.port, 9)
        assert landed(tunnels) == {backend.label: 3 for backend in three}
        for tunnel in tunnels:
            tunnel.echoes()


def test_a_backend_that_says_it_drains_gets_nothing_new_and_is_emptied(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], check=check(), drain={"over": "500ms"}))
        is_up(proxy, leaving)
        tunnels = opened_many(proxy.port, 8)
        assert landed(tunnels) == {leaving.label: 4, staying.label: 4}
        leaving.check = pool_checks.replies(200, ("X-Tidegate-State", "draining"))
        is_down(proxy, leaving)
        proxy.log.wait("backend_draining", pool="main", backend=leaving.label)
        assert landed(opened_many(proxy.port, 4)) == {staying.label: 4}
        assert [tunnel.close_code() for tunnel in tunnels if tunnel.backend == leaving.label] == [1012] * 4
        for tunnel in tunnels:
            if tunnel.backend == staying.label:
                tunnel.echoes()
        leaving.check = pool_checks.passes
        is_up(proxy, leaving)
        assert landed(opened_many(proxy.port, 4)) == {leaving.label: 2, staying.label: 2}


def test_a_503_that_begins_with_draining_is_no_fall(launch):
    with pool_backends(2) as (leaving, staying):
        proxy = launch(pooled([leaving, staying], check=check(), drain={"over": "24h"}))
        is_up(proxy, leaving)
        leaving.check = pool_checks.replies(503, body=b"draining, please come back")
        is_down(proxy, leaving)
        proxy.log.wait("backend_draining", pool="main", backend=leaving.label)
        assert landed(opened_many(proxy.port, 4)) == {staying.label: 4}
        assert not proxy.log.events("backend_down", backend=leaving.label)


def test_panic_does_not_overrule_a_backend_that_drains(launch):
    with pool_backends(1) as (only,):
        only.check = pool_checks.replies(200, ("X-Tidegate-State", "draining"))
        proxy = launch(pooled([only], check=check(), panic=100))
        is_down(proxy, only)
        assert refused(proxy.port).status == 503


def test_when_down_keep_leaves_the_tunnels_alone(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], check=check(), when_down="keep", drain={"over": "0s"}))
        is_up(proxy, sick)
        tunnels = opened_many(proxy.port, 6)
        sick.check = pool_checks.fails
        is_down(proxy, sick)
        wait_until(lambda: sick.checks >= 6)
        for tunnel in tunnels:
            tunnel.echoes()


def test_when_down_close_ends_them_with_1012_at_the_pace_of_the_drain(launch):
    with pool_backends(2) as (sick, sound):
        proxy = launch(pooled([sick, sound], check=check(), when_down="close", drain={"over": "1s"}))
        is_up(proxy, sick)
        tunnels = opened_many(proxy.port, 20)
        sick.check = pool_checks.fails
        is_down(proxy, sick)
        moments = proxy.log.events("backend_down")
        assert moments
        doomed = [tunnel for tunnel in tunnels if tunnel.backend == sick.label]
        wait_until(lambda: 0 < sum(tunnel.is_closing() for tunnel in doomed) < 10, what="some that are closed before the others")
        assert [tunnel.close_code() for tunnel in doomed] == [1012] * 10
        for tunnel in tunnels:
            if tunnel.backend == sound.label:
                tunnel.echoes()
        wait_until(lambda: sick.codes.count(1012) + sick.codes.count(1001) == 10)
